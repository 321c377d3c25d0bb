package font

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
)

// Subset is a font file with some glyphs only.
type Subset struct {
	File   []byte
	Glyphs []uint16 // numbers in the whole font; the place is the number in the file
}

// Subset makes a font file that holds the glyphs asked for and those that they
// are composed of, for embedding as a CIDFontType2 of PDF (ISO 32000-1, 9.9:
// glyf, head, hhea, hmtx, loca and maxp are enough).
func (f *Font) Subset(glyphs []uint16) (Subset, error) {
	kept := []uint16{0}
	place := map[uint16]uint16{0: 0}
	keep := func(g uint16) uint16 {
		if at, known := place[g]; known {
			return at
		}
		place[g] = uint16(len(kept))
		kept = append(kept, g)
		return place[g]
	}
	sorted := slices.Clone(glyphs)
	slices.Sort(sorted)
	for _, g := range sorted {
		keep(g)
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(kept); i++ { // grows by the parts of composites
		data, err := f.glyphData(kept[i])
		if err != nil {
			return Subset{}, err
		}
		data = slices.Clone(data)
		renumberParts(data, keep)
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, data...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = append(hmtx, f.metric(kept[i])...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))

	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1) // long offsets
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(kept)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(kept)))
	file := writeTables(map[string][]byte{"glyf": glyf, "head": head, "hhea": hhea, "hmtx": hmtx, "loca": loca, "maxp": maxp})
	return Subset{File: file, Glyphs: kept}, nil
}

func (f *Font) glyphData(g uint16) ([]byte, error) {
	glyf := f.tables["glyf"]
	if int(g)+1 >= len(f.loca) {
		return nil, fmt.Errorf("the font has no glyph %d", g)
	}
	from, to := f.loca[g], f.loca[g+1]
	if from > to || int(to) > len(glyf) {
		return nil, fmt.Errorf("glyph %d of the font lies outside its table", g)
	}
	return glyf[from:to], nil
}

// metric is the width and left bearing of a glyph as hmtx has them: glyphs after
// the last full entry share its width.
func (f *Font) metric(g uint16) []byte {
	hmtx, full := f.tables["hmtx"], int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	out := make([]byte, 4)
	at := min(int(g), full-1) * 4
	if full < 1 || at+4 > len(hmtx) {
		return out
	}
	copy(out, hmtx[at:at+4])
	if int(g) >= full {
		if at = full*4 + (int(g)-full)*2; at+2 <= len(hmtx) {
			copy(out[2:], hmtx[at:at+2])
		}
	}
	return out
}

// renumberParts rewrites the glyph numbers of a composite glyph (OpenType, glyf
// table, composite glyph description).
func renumberParts(data []byte, keep func(uint16) uint16) {
	if len(data) < 10 || int16(binary.BigEndian.Uint16(data)) >= 0 {
		return
	}
	const (
		wordArguments = 1 << 0
		scale         = 1 << 3
		more          = 1 << 5
		twoScales     = 1 << 6
		matrix        = 1 << 7
	)
	for at := 10; at+4 <= len(data); {
		flags := binary.BigEndian.Uint16(data[at:])
		binary.BigEndian.PutUint16(data[at+2:], keep(binary.BigEndian.Uint16(data[at+2:])))
		at += 6
		if flags&wordArguments != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&twoScales != 0:
			at += 4
		case flags&matrix != 0:
			at += 8
		}
		if flags&more == 0 {
			return
		}
	}
}

func readTables(data []byte) (map[string][]byte, error) {
	if len(data) < 12 || binary.BigEndian.Uint32(data) != 0x00010000 && string(data[:4]) != "true" {
		return nil, errors.New("the font is no TrueType font: its outlines have to be of the glyf kind")
	}
	tables := map[string][]byte{}
	for i := range int(binary.BigEndian.Uint16(data[4:])) {
		at := 12 + 16*i
		if at+16 > len(data) {
			return nil, errors.New("the font's table of contents is cut off")
		}
		from, size := uint64(binary.BigEndian.Uint32(data[at+8:])), uint64(binary.BigEndian.Uint32(data[at+12:]))
		if from+size > uint64(len(data)) {
			return nil, fmt.Errorf("table %q of the font is cut off", data[at:at+4])
		}
		tables[string(data[at:at+4])] = data[from : from+size]
	}
	for name, least := range map[string]int{"head": 54, "hhea": 36, "maxp": 6, "hmtx": 4, "loca": 4, "glyf": 1} {
		if len(tables[name]) < least {
			return nil, fmt.Errorf("the font lacks the table %q", name)
		}
	}
	return tables, nil
}

func readLoca(tables map[string][]byte) ([]uint32, error) {
	loca := tables["loca"]
	var out []uint32
	if binary.BigEndian.Uint16(tables["head"][50:]) == 0 {
		for at := 0; at+2 <= len(loca); at += 2 {
			out = append(out, 2*uint32(binary.BigEndian.Uint16(loca[at:])))
		}
	} else {
		for at := 0; at+4 <= len(loca); at += 4 {
			out = append(out, binary.BigEndian.Uint32(loca[at:]))
		}
	}
	if len(out) < 2 {
		return nil, errors.New("the font has no glyphs")
	}
	return out, nil
}

// writeTables writes a font file; its checksum is that of the OpenType
// specification (head.checkSumAdjustment).
func writeTables(tables map[string][]byte) []byte {
	names := make([]string, 0, len(tables))
	for name := range tables {
		names = append(names, name)
	}
	slices.Sort(names)
	power, log := 1, 0
	for power*2 <= len(names) {
		power, log = power*2, log+1
	}
	out := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(names), power * 16, log, (len(names) - power) * 16} {
		out = binary.BigEndian.AppendUint16(out, uint16(v))
	}
	at, head := 12+16*len(names), 0
	for _, name := range names {
		out = append(out, name...)
		for _, v := range []uint32{checksum(tables[name]), uint32(at), uint32(len(tables[name]))} {
			out = binary.BigEndian.AppendUint32(out, v)
		}
		if name == "head" {
			head = at
		}
		at += (len(tables[name]) + 3) &^ 3
	}
	for _, name := range names {
		out = append(out, tables[name]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	binary.BigEndian.PutUint32(out[head+8:], 0xB1B0AFBA-checksum(out))
	return out
}

func checksum(data []byte) uint32 {
	var sum uint32
	for ; len(data) >= 4; data = data[4:] {
		sum += binary.BigEndian.Uint32(data)
	}
	if len(data) > 0 {
		var rest [4]byte
		copy(rest[:], data)
		sum += binary.BigEndian.Uint32(rest[:])
	}
	return sum
}
