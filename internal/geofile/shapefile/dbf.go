package shapefile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// table is a dBASE table: dBASE III and IV, FoxPro, Visual FoxPro.
type table struct {
	part
	head, row int64 // bytes
	rows      int64
	columns   []column
	language  byte
	encoding  string
}

// column is a field of the table.
type column struct {
	raw      []byte // its name
	name     string
	kind     byte // C N F L D I O B @ T Y + M …
	at       int
	width    int
	decimals int
	fraction bool // an N without decimals that has some
}

const maxColumns = 2046

var errTooMany = errors.New("too many rows")

// openTable reads the head of a .dbf.
func openTable(dbf part, most int64, find func(kind, detail string)) (*table, error) {
	head := make([]byte, 32)
	if n, _ := dbf.ReadAt(head, 0); n < 32 {
		return nil, geofile.Refuse(".dbf 属性表不完整")
	}
	t := &table{
		part: dbf, head: int64(binary.LittleEndian.Uint16(head[8:])),
		row: int64(binary.LittleEndian.Uint16(head[10:])), language: head[29],
	}
	claimed := int64(binary.LittleEndian.Uint32(head[4:]))
	if t.head < 33 || t.head > dbf.size || t.row < 1 {
		return nil, geofile.Refuse(".dbf 属性表已损坏：文件头不对")
	}
	if err := t.readColumns(); err != nil {
		return nil, err
	}
	// A file of the right length ends with 0x1A; some count it to the last row.
	t.rows = (dbf.size - t.head) / t.row
	if t.rows > claimed {
		t.rows = claimed
	} else if t.rows < claimed {
		find("dbf_truncated", fmt.Sprintf(".dbf 属性表声明有 %d 行，实际只有 %d 行", claimed, t.rows))
	}
	if t.rows > most {
		return nil, errors.Join(errTooMany, geofile.Refuse("文件超过 %d 行的上限", most))
	}
	return t, nil
}

func (t *table) readColumns() error {
	descriptors := make([]byte, min(t.head-32, 32*(maxColumns+1)))
	n, _ := t.ReadAt(descriptors, 32)
	descriptors = descriptors[:n]
	for ; len(descriptors) >= 32 && descriptors[0] != 0x0d && descriptors[0] != 0; descriptors = descriptors[32:] {
		d := descriptors[:32]
		name := d[:11]
		if end := bytes.IndexByte(name, 0); end >= 0 {
			name = name[:end]
		}
		t.columns = append(t.columns, column{
			raw: bytes.Clone(bytes.TrimRight(name, " ")), kind: d[11], width: int(d[16]), decimals: int(d[17]),
		})
	}
	if len(t.columns) > maxColumns {
		return geofile.Refuse(".dbf 属性表有 %d 个字段，超过上限", len(t.columns))
	}
	if t.place(false) == int(t.row) || t.place(true) == int(t.row) {
		return nil
	}
	if t.place(false) > int(t.row) {
		return geofile.Refuse(".dbf 属性表已损坏：字段总宽度与行宽不符")
	}
	return nil
}

// place finds where the columns stand in a row, and its length. Clipper writes
// texts of more than 255 bytes with the high byte of the width as decimals.
func (t *table) place(clipper bool) int {
	at := 1
	for i := range t.columns {
		c := &t.columns[i]
		c.at = at
		width := c.width
		if clipper && c.kind == 'C' {
			width += c.decimals << 8
		}
		at += width
	}
	if clipper && at == int(t.row) {
		for i := range t.columns {
			if c := &t.columns[i]; c.kind == 'C' {
				c.width, c.decimals = c.width+c.decimals<<8, 0
			}
		}
	}
	return at
}

// read returns a row, valid until the next call.
func (t *table) read(w *window, i int64) ([]byte, error) { return w.at(t.head+i*t.row, int(t.row)) }

func deleted(row []byte) bool { return row[0] == '*' }

func (c column) cell(row []byte) []byte { return row[c.at:min(c.at+c.width, len(row))] }

// look reads through rows to find the encoding of the texts and what the numbers
// are. All rows of most tables, of longer ones a share.
func (t *table) look() (found charset.Found, erased int64) {
	const most = 50_000
	var d charset.Detector
	for _, c := range t.columns {
		d.Add(c.raw, len(c.raw) >= 9)
	}
	w := window{part: t.part}
	step := max(1, t.rows/most)
	for i := int64(0); i < t.rows; i += step {
		row, err := t.read(&w, i)
		if err != nil {
			break
		}
		if deleted(row) {
			erased++
			continue
		}
		for k := range t.columns {
			c := &t.columns[k]
			switch cell := trim(c.cell(row)); c.kind {
			case 'C':
				d.Add(cell, len(cell) >= c.width-3)
			case 'N':
				c.fraction = c.fraction || c.decimals == 0 && bytes.ContainsAny(cell, ".,eE")
			}
		}
	}
	if step > 1 {
		erased = t.countErased()
	}
	return d.Found(), erased
}

func (t *table) countErased() (n int64) {
	w := window{part: t.part}
	for i := range t.rows {
		if row, err := t.read(&w, i); err == nil && deleted(row) {
			n++
		}
	}
	return n
}

// trim is a cell without what fills it up.
func trim(cell []byte) []byte {
	if end := bytes.IndexByte(cell, 0); end >= 0 {
		cell = cell[:end]
	}
	return bytes.TrimRight(cell, " ")
}

// fields are the columns as fields, their names decoded and each once.
func (t *table) fields(titles map[string]string) []geofile.Field {
	out := make([]geofile.Field, len(t.columns))
	seen := map[string]bool{}
	for i := range t.columns {
		c := &t.columns[i]
		name, _ := charset.Decode(t.encoding, c.raw)
		name = strings.TrimSpace(strings.TrimRight(name, "\ufffd"))
		if name == "" {
			name = fmt.Sprintf("字段%d", i+1)
		}
		c.name = name
		for n := 2; seen[strings.ToLower(c.name)]; n++ {
			c.name = fmt.Sprintf("%s_%d", name, n)
		}
		seen[strings.ToLower(c.name)] = true
		out[i] = geofile.Field{Name: c.name, Title: titles[strings.ToLower(c.name)], Kind: c.fieldKind()}
		if c.kind == 'C' {
			out[i].Length = c.width
		}
	}
	return out
}

func (c column) fieldKind() geofile.Kind {
	switch c.kind {
	case 'N':
		if c.decimals == 0 && c.width <= 19 && !c.fraction {
			return geofile.Integer
		}
		return geofile.Real
	case 'I', '+':
		return geofile.Integer
	case 'F', 'O', 'B', 'Y':
		return geofile.Real
	case 'L':
		return geofile.Boolean
	case 'D', '@', 'T':
		return geofile.Date
	}
	return geofile.Text
}
