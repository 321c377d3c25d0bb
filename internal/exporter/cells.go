package exporter

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/clock"
)

// linesOf guesses how many lines a text takes in a column that many digits wide;
// a Chinese character is as wide as two.
func linesOf(v any, width float64) int {
	s, ok := v.(string)
	if !ok {
		return 1
	}
	lines := 0
	for part := range strings.SplitSeq(s, "\n") {
		digits := 0.0
		for _, r := range part {
			digits++
			if r >= 0x1100 {
				digits++
			}
		}
		lines += max(1, int(math.Ceil(digits/(width-1))))
	}
	return lines
}

// height is that of a row with so many lines; a row cannot be higher than 409 points.
func height(lines int) excelize.RowOpts {
	return excelize.RowOpts{Height: min(409, 4+13*float64(lines))}
}

func cell(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	if err != nil {
		panic(err) // columns are ours, and table limits the rows
	}
	return name
}

// maxText is how many characters a cell holds.
const maxText = excelize.TotalCellChars

// plain takes the pointer off a value; nil pointers become empty cells. Times
// become days in China, texts what a cell can hold.
func plain(v any) any {
	switch v := v.(type) {
	case *int:
		if v != nil {
			return *v
		}
		return nil
	case *int64:
		if v != nil {
			return *v
		}
		return nil
	case *float64:
		if v != nil {
			return *v // as it is, so that the sums are the plan's; the format shows two decimals
		}
		return nil
	case float64:
		return math.Round(v*10_000) / 10_000
	case time.Time:
		y, m, d := v.In(clock.China).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	case string:
		v = strings.Map(writable, v)
		if v == "" {
			return nil
		}
		if utf8.RuneCountInString(v) > maxText {
			v = string([]rune(v)[:maxText])
		}
		return v
	default:
		return v
	}
}

// writable drops the characters that XML has no place for.
func writable(r rune) rune {
	if r < ' ' && r != '\n' && r != '\t' || r == 0xfffe || r == 0xffff {
		return -1
	}
	return r
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case float64:
		return v, true
	}
	return 0, false
}

// styled makes cells of one style.
func styled(id int, values []string) []any {
	cells := make([]any, len(values))
	for i, v := range values {
		cells[i] = excelizeCell(id, plain(v))
	}
	return cells
}

func excelizeCell(id int, v any) excelize.Cell { return excelize.Cell{StyleID: id, Value: v} }
