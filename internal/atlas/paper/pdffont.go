package paper

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"slices"
	"unicode/utf16"
)

// fonts writes the one font of the file: a Type 0 font whose codes are glyph
// numbers of the whole font (ISO 32000-1, 9.7.4), with a subset embedded.
func (p *PDF) fonts() error {
	used := slices.Sorted(maps.Keys(p.glyphs))
	subset, err := p.font.Subset(used)
	if err != nil {
		return err
	}
	name := subsetTag(used) + "+" + p.font.Name
	p.dictionary(pdfFont, "/Type/Font/Subtype/Type0/BaseFont/%s/Encoding/Identity-H/DescendantFonts[%d 0 R]/ToUnicode %d 0 R", name, pdfDescendant, pdfToUnicode)
	p.dictionary(pdfDescendant, "/Type/Font/Subtype/CIDFontType2/BaseFont/%s/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/FontDescriptor %d 0 R/DW 1000/W[%s]/CIDToGIDMap %d 0 R", name, pdfDescriptor, p.widths(used), pdfGlyphMap)
	f := p.font
	p.dictionary(pdfDescriptor, "/Type/FontDescriptor/FontName/%s/Flags 4/FontBBox[%.0f %.0f %.0f %.0f]/ItalicAngle 0/Ascent %.0f/Descent %.0f/CapHeight %.0f/StemV 80/FontFile2 %d 0 R",
		name, f.Box[0], f.Box[1], f.Box[2], f.Box[3], f.Ascent, -f.Descent, f.Cap, pdfFontFile)
	p.stream(pdfFontFile, fmt.Sprintf("/Length1 %d", len(subset.File)), subset.File)
	p.stream(pdfToUnicode, "", p.toUnicode(used))
	p.stream(pdfGlyphMap, "", glyphMap(subset.Glyphs))
	return p.err
}

// subsetTag is the six letters that mark the subset of a font; the same glyphs
// have the same.
func subsetTag(glyphs []uint16) string {
	sum := sha256.Sum256(fmt.Append(nil, glyphs))
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + sum[i]%26
	}
	return string(tag)
}

func (p *PDF) widths(used []uint16) string {
	var out bytes.Buffer
	for _, g := range used {
		if w := p.font.Advance(g); w != 1 {
			fmt.Fprintf(&out, "%d[%s]", g, number(w*1000, 1))
		}
	}
	return out.String()
}

// glyphMap is the place in the subset of every glyph number of the whole font.
func glyphMap(kept []uint16) []byte {
	out := make([]byte, 2*(int(slices.Max(kept))+1))
	for place, g := range kept {
		out[2*int(g)], out[2*int(g)+1] = byte(place>>8), byte(place)
	}
	return out
}

// toUnicode says which character each glyph stands for, so that the text can be
// searched and copied (ISO 32000-1, 9.10.3).
func (p *PDF) toUnicode(used []uint16) []byte {
	var out bytes.Buffer
	out.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	for chunk := range slices.Chunk(used, 100) {
		fmt.Fprintf(&out, "%d beginbfchar\n", len(chunk))
		for _, g := range chunk {
			fmt.Fprintf(&out, "<%04X><", g)
			for _, u := range utf16.Encode([]rune{p.glyphs[g]}) {
				fmt.Fprintf(&out, "%04X", u)
			}
			out.WriteString(">\n")
		}
		out.WriteString("endbfchar\n")
	}
	out.WriteString("endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n")
	return out.Bytes()
}
