package font

import (
	"bytes"
	"slices"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
)

func embeddedFont(t testing.TB) *Font {
	t.Helper()
	f, err := Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFontHoldsWhatMapsOfChinaNeed(t *testing.T) {
	f := embeddedFont(t)
	var missing []rune
	ask := func(r rune) {
		if !f.Has(r) {
			missing = append(missing, r)
		}
	}
	decoder := simplifiedchinese.HZGB2312.NewDecoder()
	for hi := byte(0x21); hi < 0x78; hi++ {
		for lo := byte(0x21); lo < 0x7F; lo++ {
			out, err := decoder.Bytes([]byte{'~', '{', hi, lo})
			if r := []rune(string(out)); err == nil && len(r) == 1 && r[0] != '\uFFFD' {
				ask(r[0])
			}
		}
	}
	for r := rune(0x4E00); r <= 0x9FEF; r++ { // the CJK block
		ask(r)
	}
	for r := rune(' '); r < 0x7F; r++ {
		ask(r)
	}
	for _, r := range "°′″±²³㎡㎞×–—·…−→≤≥①⑳ⅠⅫ〔〕（）《》“”‘’￥％‰℃№𬭸𬍛䓖㙟〇" { // the last from 通用规范汉字表
		ask(r)
	}
	if len(missing) > 0 {
		t.Errorf("the font lacks %d characters: %q", len(missing), string(missing[:min(len(missing), 50)]))
	}
	if f.Has('\uE123') {
		t.Error("the font has a character of the private use area")
	}
}

func TestWidths(t *testing.T) {
	f := embeddedFont(t)
	if got := f.Width("片区"); got != 2 {
		t.Errorf("two Chinese characters are %v ems wide", got)
	}
	if a, b := f.Width("i"), f.Width("m"); !(a > 0.1 && a < b && b < 1) {
		t.Errorf("i is %v ems wide and m %v", a, b)
	}
}

func TestSubsetKeepsGlyphsAndWidths(t *testing.T) {
	f := embeddedFont(t)
	var glyphs []uint16
	for _, r := range "老旧小区改造 1:2 000 Åé½" {
		glyphs = append(glyphs, f.Glyph(r))
	}
	subset, err := f.Subset(glyphs)
	if err != nil {
		t.Fatal(err)
	}
	if len(subset.File) > 20_000 {
		t.Errorf("%d bytes for %d glyphs", len(subset.File), len(glyphs))
	}
	tables, err := readTables(subset.File)
	if err != nil {
		t.Fatal(err)
	}
	loca, err := readLoca(tables)
	if err != nil {
		t.Fatal(err)
	}
	small := &Font{tables: tables, loca: loca}
	for place, g := range subset.Glyphs {
		want, _ := f.glyphData(g)
		got, err := small.glyphData(uint16(place))
		if err != nil {
			t.Fatal(err)
		}
		got = got[:min(len(got), len(want))]
		if len(want) >= 2 && int8(want[0]) >= 0 && !bytes.Equal(got, want) { // composites are renumbered
			t.Errorf("glyph %d differs", g)
		}
		if !bytes.Equal(small.metric(uint16(place)), f.metric(g)) {
			t.Errorf("the width of glyph %d differs", g)
		}
	}
	for _, g := range glyphs {
		if !slices.Contains(subset.Glyphs, g) {
			t.Errorf("glyph %d is lost", g)
		}
	}
	if sum := checksum(subset.File); sum != 0xB1B0AFBA {
		t.Errorf("the file's checksum is %08X", sum)
	}
}

func TestCompositesBringTheirParts(t *testing.T) {
	keep := map[uint16]uint16{7: 1, 900: 2}
	data := []byte{0xFF, 0xFF, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x21, 0, 7, 0, 1, 0, 2, 0, 0x08, 3, 132, 5, 6, 0x40, 0}
	renumberParts(data, func(g uint16) uint16 { return keep[g] })
	if data[13] != 1 || data[20] != 0 || data[21] != 2 {
		t.Errorf("got % X", data)
	}
}

func TestBrokenFontsAreRefused(t *testing.T) {
	whole := notoSansSC
	for name, data := range map[string][]byte{
		"empty": nil, "text": []byte("no font at all, but some text"), "cut off": whole[:len(whole)/2], "head only": whole[:200],
		"OpenType with CFF": append([]byte("OTTO"), whole[4:4096]...),
	} {
		if _, err := Parse(data); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzParseFont(f *testing.F) {
	font, err := Embedded()
	if err != nil {
		f.Fatal(err)
	}
	subset, err := font.Subset([]uint16{font.Glyph('片')})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(subset.File)
	f.Add([]byte{0, 1, 0, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		font, err := Parse(data)
		if err != nil {
			return
		}
		g := font.Glyph('片')
		font.Advance(g)
		font.Outline(g)
		_, _ = font.Subset([]uint16{g})
	})
}
