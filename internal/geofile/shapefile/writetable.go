package shapefile

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

const (
	maxText     = 254 // bytes of a text
	maxNumber   = 24  // of a number: what any float64 needs with an exponent
	maxDecimals = 15
	maxFields   = 255 // of a table
)

// outColumn is a field while its widths show.
type outColumn struct {
	field    geofile.Field
	short    string
	width    int // of texts and whole numbers
	whole    int // digits before the point, with the sign
	decimals int
	cut      int64 // texts that were too long
	wide     int64 // with characters that GBK lacks, where that was asked for
	lost     int64 // with characters that no encoding has
}

// outColumns gives each field, at most maxFields, a name of ten bytes that no
// other has.
func outColumns(fields []geofile.Field) []*outColumn {
	seen := map[string]bool{}
	out := make([]*outColumn, len(fields))
	for i, f := range fields {
		out[i] = &outColumn{field: f, short: shortName(f, i, seen), width: 1, whole: 1}
	}
	return out
}

var (
	shortPattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,9}$`)
	notShort     = regexp.MustCompile(`[^A-Za-z0-9_]+`)
)

func shortName(f geofile.Field, i int, seen map[string]bool) string {
	base := f.Short
	if !shortPattern.MatchString(base) {
		base = strings.Trim(notShort.ReplaceAllString(f.Name, "_"), "_")
	}
	if base == "" || base[0] >= '0' && base[0] <= '9' {
		base = fmt.Sprintf("f%d", i+1)
	}
	name := strings.TrimRight(base[:min(10, len(base))], "_")
	for n := 2; seen[strings.ToLower(name)]; n++ {
		end := "_" + strconv.Itoa(n)
		name = base[:min(10-len(end), len(base))] + end
	}
	seen[strings.ToLower(name)] = true
	return name
}

// addValues keeps the values of a feature: a length plus one, 0 for unknown, and
// the bytes of the cell; real numbers as they are.
func (s *set) addValues(f geofile.Feature) error {
	b := s.scratch[:0]
	for i, c := range s.columns {
		var v any
		if i < len(f.Values) {
			v = f.Values[i]
		}
		cell, known, err := c.cell(v, s.w.encode)
		if err != nil {
			return err
		}
		if !known {
			b = append(b, 0)
			continue
		}
		b = binary.AppendUvarint(b, uint64(len(cell))+1)
		b = append(b, cell...)
	}
	s.scratch = b
	_, err := s.values.Write(b)
	return err
}

// cell turns a value into what is kept of it, and measures it.
func (c *outColumn) cell(v any, encode charset.Encode) (cell []byte, known bool, err error) {
	switch v := v.(type) {
	case nil:
		return nil, false, nil
	case string:
		if c.field.Kind != geofile.Text {
			break
		}
		return c.text(v, encode)
	case int64:
		if c.field.Kind == geofile.Integer {
			cell = strconv.AppendInt(nil, v, 10)
			c.width = max(c.width, len(cell))
			return cell, true, nil
		}
		if c.field.Kind == geofile.Real {
			return c.real(float64(v))
		}
	case float64:
		if c.field.Kind == geofile.Real {
			return c.real(v)
		}
	case bool:
		if c.field.Kind == geofile.Boolean {
			return []byte{map[bool]byte{true: 'T', false: 'F'}[v]}, true, nil
		}
	case time.Time:
		if c.field.Kind == geofile.Date {
			return []byte(v.UTC().Format("20060102")), true, nil
		}
	}
	return nil, false, fmt.Errorf("field %s of kind %s has a value of type %T", c.field.Name, c.field.Kind, v)
}

func (c *outColumn) text(v string, encode charset.Encode) (cell []byte, known bool, err error) {
	cell, wide, lost := encode(v)
	if wide > 0 {
		c.wide++
	}
	if lost > 0 {
		c.lost++
	}
	if len(cell) > maxText {
		c.cut++
		for len(cell) > maxText {
			_, size := utf8.DecodeLastRuneInString(v)
			v = v[:len(v)-max(size, (len(cell)-maxText)/4)]
			v = strings.TrimRightFunc(v, func(r rune) bool { return r == utf8.RuneError })
			cell, _, _ = encode(v)
		}
	}
	c.width = max(c.width, len(cell))
	return cell, true, nil
}

func (c *outColumn) real(v float64) (cell []byte, known bool, err error) {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, false, nil
	}
	text := strconv.FormatFloat(v, 'f', -1, 64)
	whole, fraction, _ := strings.Cut(text, ".")
	if len(text) > maxNumber-2 {
		c.width = maxNumber // with an exponent
	} else {
		c.width = max(c.width, len(text))
		c.whole, c.decimals = max(c.whole, len(whole)), max(c.decimals, min(maxDecimals, len(fraction)))
	}
	return binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)), true, nil
}

// layout is the letter, width and decimals of a column in the table.
func (c *outColumn) layout() (kind byte, width, decimals int) {
	switch c.field.Kind {
	case geofile.Integer:
		return 'N', max(4, c.width), 0
	case geofile.Real:
		decimals = max(1, c.decimals)
		return 'N', min(maxNumber, max(c.width, c.whole+1+decimals)), decimals
	case geofile.Boolean:
		return 'L', 1, 0
	case geofile.Date:
		return 'D', 8, 0
	}
	return 'C', c.width, 0
}

func (c *outColumn) typeText() string {
	kind, width, decimals := c.layout()
	switch kind {
	case 'C':
		return fmt.Sprintf("文本（%d 字节）", width)
	case 'L':
		return "是/否"
	case 'D':
		return "日期"
	}
	if decimals > 0 {
		return fmt.Sprintf("数值（%d.%d）", width, decimals)
	}
	return fmt.Sprintf("整数（%d）", width)
}

// number writes a real number for a column: with its decimals, or with an exponent
// where that does not fit. Both read back exactly.
func number(v float64, width, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if back, err := strconv.ParseFloat(text, 64); len(text) <= width && err == nil && back == v {
		return text
	}
	if text = strconv.FormatFloat(v, 'f', -1, 64); len(text) <= width {
		return text
	}
	return strconv.FormatFloat(v, 'e', -1, 64)
}

// writeTable writes the .dbf from the values that were kept.
func (s *set) writeTable(out *bufio.Writer) error {
	columns := s.columns
	if len(columns) == 0 {
		// Programs want at least one field.
		columns = []*outColumn{{field: geofile.Field{Name: "id", Kind: geofile.Integer}, short: "id", width: 10}}
	}
	row := 1
	for _, c := range columns {
		_, width, _ := c.layout()
		row += width
	}
	headLength := 32 + 32*len(columns) + 1
	if int64(headLength)+int64(row)*s.count+1 > s.limit || s.count > math.MaxInt32 {
		return errTooLong
	}
	head := make([]byte, 32, headLength)
	head[0] = 0x03
	at := s.w.opts.At
	head[1], head[2], head[3] = byte(at.Year()-1900), byte(at.Month()), byte(at.Day())
	binary.LittleEndian.PutUint32(head[4:], uint32(s.count))
	binary.LittleEndian.PutUint16(head[8:], uint16(headLength))
	binary.LittleEndian.PutUint16(head[10:], uint16(row))
	if s.w.encoding == charset.GBK {
		head[29] = 0x4d
	}
	for _, c := range columns {
		kind, width, decimals := c.layout()
		var d [32]byte
		copy(d[:10], c.short)
		d[11], d[16], d[17] = kind, byte(width), byte(decimals)
		head = append(head, d[:]...)
	}
	if _, err := out.Write(append(head, 0x0d)); err != nil {
		return err
	}
	if err := s.writeRows(out, columns, row); err != nil {
		return err
	}
	return out.WriteByte(0x1a)
}

func (s *set) writeRows(out *bufio.Writer, columns []*outColumn, length int) error {
	r, err := s.values.reader()
	if err != nil {
		return err
	}
	values := bufio.NewReader(r)
	row := make([]byte, length)
	var cell []byte
	for n := range s.count {
		for i := range row {
			row[i] = ' '
		}
		at := 1
		for _, c := range columns {
			kind, width, decimals := c.layout()
			if len(s.columns) == 0 {
				copy(row[1:], fmt.Sprintf("%*d", width, n+1))
				break
			}
			size, err := binary.ReadUvarint(values)
			if err != nil {
				return fmt.Errorf("read what was kept: %w", err)
			}
			if size == 0 {
				at += width
				continue
			}
			cell = append(cell[:0], make([]byte, size-1)...)
			if _, err := io.ReadFull(values, cell); err != nil {
				return fmt.Errorf("read what was kept: %w", err)
			}
			text := cell
			if c.field.Kind == geofile.Real {
				text = []byte(number(math.Float64frombits(binary.LittleEndian.Uint64(cell)), width, decimals))
			}
			if kind == 'N' { // to the right
				copy(row[at+width-len(text):], text)
			} else {
				copy(row[at:at+width], text)
			}
			at += width
		}
		if _, err := out.Write(row); err != nil {
			return err
		}
	}
	return nil
}

// notices tells what could not be kept.
func (s *set) notices(tell func(geofile.Finding)) {
	for _, c := range s.columns {
		title := c.field.Title
		if title == "" {
			title = c.field.Name
		}
		if c.cut > 0 {
			tell(geofile.Finding{Kind: "text_cut", Layer: s.layer, Detail: fmt.Sprintf("字段“%s”有 %d 处文字超过 %d 字节，已在字符边界截短", title, c.cut, maxText)})
		}
		if c.wide > 0 {
			tell(geofile.Finding{Kind: "characters_beyond_gbk", Layer: s.layer, Detail: fmt.Sprintf("字段“%s”有 %d 处文字含有 GBK 没有的字，该文件改用 GB18030 编码（.cpg 已注明）；只认 GBK 的软件会把这些字显示成乱码", title, c.wide)})
		}
		if c.lost > 0 {
			tell(geofile.Finding{Kind: "characters_lost", Layer: s.layer, Detail: fmt.Sprintf("字段“%s”有 %d 处文字含有无法编码的字符，已用“?”代替", title, c.lost)})
		}
	}
}

// wide tells whether some text has characters that GBK lacks.
func (s *set) wide() bool {
	return slices.ContainsFunc(s.columns, func(c *outColumn) bool { return c.wide > 0 })
}
