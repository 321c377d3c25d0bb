package shapefile

import (
	"bytes"
	"encoding/binary"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// What can be wrong with a cell.
const (
	fine       = ""
	overflow   = "number_overflow" // **** where the number was wider than its field
	badNumber  = "bad_number"
	badDate    = "bad_date"
	badText    = "bad_text"
	memoUnread = "memo_unread"
)

var oddCells = map[string]string{
	overflow:   "数字比字段宽，原软件只写了星号，按空值读取",
	badNumber:  "内容不是数字，按空值读取",
	badDate:    "内容不是日期，按空值读取",
	badText:    "文字有不合法的字节，已用替代符号显示",
	memoUnread: "备注（memo）字段的内容在另外的文件里，没有读取",
}

// value decodes a cell. nil is unknown.
func (t *table) value(c column, row []byte) (v any, odd string) {
	cell := c.cell(row)
	switch c.kind {
	case 'N', 'F':
		return c.number(strings.TrimSpace(string(trim(cell))))
	case 'I', '+':
		if len(cell) < 4 {
			return nil, badNumber
		}
		return int64(int32(binary.LittleEndian.Uint32(cell))), fine
	case 'O':
		return double(cell)
	case 'B':
		if len(cell) == 8 && t.foxPro() {
			return double(cell)
		}
		return nil, memoOf(cell)
	case 'Y':
		if len(cell) < 8 {
			return nil, badNumber
		}
		return float64(int64(binary.LittleEndian.Uint64(cell))) / 10_000, fine
	case 'L':
		return logical(cell), fine
	case 'D':
		return date(strings.TrimSpace(string(trim(cell))))
	case '@', 'T':
		return moment(cell)
	case 'M', 'G', 'P':
		return nil, memoOf(cell)
	}
	text, valid := charset.Decode(t.encoding, trim(cell))
	if !valid && len(trim(cell)) >= c.width-3 {
		// The field was too short and cut a character.
		if cut := strings.TrimSuffix(text, "\ufffd"); !strings.ContainsRune(cut, '\ufffd') {
			text, valid = cut, true
		}
	}
	if text == "" {
		return nil, fine
	}
	if !valid {
		return text, badText
	}
	return text, fine
}

func (t *table) foxPro() bool {
	version := make([]byte, 1)
	_, _ = t.ReadAt(version, 0)
	return version[0] == 0x30 || version[0] == 0x31 || version[0] == 0x32
}

func memoOf(cell []byte) string {
	if len(bytes.Trim(cell, " \x000")) == 0 {
		return fine
	}
	return memoUnread
}

func (c column) number(s string) (any, string) {
	switch {
	case s == "":
		return nil, fine
	case strings.Trim(s, "*") == "":
		return nil, overflow
	}
	if c.fieldKind() == geofile.Integer {
		if v, err := strconv.ParseInt(s, 10, 64); err == nil {
			return v, fine
		}
	}
	v, err := strconv.ParseFloat(strings.Replace(s, ",", ".", 1), 64)
	switch {
	case err != nil || math.IsNaN(v) || math.IsInf(v, 0):
		return nil, badNumber
	case c.fieldKind() == geofile.Real:
		return v, fine
	case v == math.Trunc(v) && math.Abs(v) < 1<<53:
		return int64(v), fine
	}
	return nil, badNumber
}

func double(cell []byte) (any, string) {
	if len(cell) < 8 {
		return nil, badNumber
	}
	v := math.Float64frombits(binary.LittleEndian.Uint64(cell))
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil, badNumber
	}
	return v, fine
}

func logical(cell []byte) any {
	if len(cell) > 0 {
		switch cell[0] {
		case 'T', 't', 'Y', 'y':
			return true
		case 'F', 'f', 'N', 'n':
			return false
		}
	}
	return nil
}

func date(s string) (any, string) {
	if strings.Trim(s, "0 ") == "" {
		return nil, fine
	}
	day, err := time.Parse("20060102", s)
	if err != nil {
		return nil, badDate
	}
	return day, fine
}

// moment reads a Julian day and the milliseconds of the day; the day is kept.
func moment(cell []byte) (any, string) {
	if len(cell) < 8 {
		return nil, badDate
	}
	days := int64(int32(binary.LittleEndian.Uint32(cell)))
	const julianDayOf1970 = 2440588
	switch {
	case days == 0 || bytes.Trim(cell, " ") == nil:
		return nil, fine
	case days < 1721426 || days > 5373484: // the years 1 to 9999
		return nil, badDate
	}
	return time.Unix((days-julianDayOf1970)*86400, 0).UTC(), fine
}
