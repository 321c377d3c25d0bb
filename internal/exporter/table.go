package exporter

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// column is a column of a table over rows of type T.
type column[T any] struct {
	title  string // with its unit
	width  float64
	format format
	field  string // name of the field in lists of generated ones; may be empty
	sum    bool
	total  *float64     // what the sum has to be, where the plan says it
	note   string       // for the dictionary: what it is and where it comes from
	value  func(*T) any // nil is an empty cell
}

// sums are where a table has its sums: formulas by the titles of their columns,
// for other sheets to point at.
type sums map[string]string

// table writes a header, the rows and, where a column asks for it, the sums as
// formulas with their present values.
func table[T any](b *book, name, title string, paper int, columns []column[T], rows []T, of func(*T) []string) error {
	_, err := tableOf(b, name, title, paper, 0, "", columns, rows, of)
	return err
}

// tableOf is table with frozen columns and a sentence that stands where there are
// no rows; it tells where the sums are.
func tableOf[T any](b *book, name, title string, paper, frozen int, empty string, columns []column[T], rows []T, of func(*T) []string) (sums, error) {
	if len(rows) > excelize.TotalRows-2 {
		return nil, fmt.Errorf("%d rows do not fit on a sheet", len(rows))
	}
	made := generated(rows, of)
	widths := make([]float64, len(columns))
	header := make([]any, len(columns))
	heads := 2
	id, err := b.style(style{header: true})
	if err != nil {
		return nil, err
	}
	for i, c := range columns {
		widths[i] = c.width
		label := c.title
		if made[c.field] {
			label += "\n（演示数据：生成）"
			widths[i] = max(widths[i], 11)
		}
		heads = max(heads, linesOf(label, widths[i]))
		header[i] = excelize.Cell{StyleID: id, Value: label}
		title, unit := unitOf(c.title)
		b.dictionary = append(b.dictionary, fieldNote{name, title, unit, c.note})
	}
	out, err := b.sheet(name, title, paper, len(rows), frozen, widths)
	if err != nil {
		return nil, err
	}
	if err := out.SetRow("A1", header, excelize.RowOpts{Height: max(40, height(heads).Height)}); err != nil {
		return nil, err
	}
	added, known, err := tableRows(b, out, columns, widths, rows, of)
	if err != nil {
		return nil, err
	}
	last := len(rows) + 1
	where := sums{}
	if slices.ContainsFunc(columns, func(c column[T]) bool { return c.sum }) {
		last++
		if where, err = totalRow(b, out, name, columns, added, known, len(rows)); err != nil {
			return nil, err
		}
	}
	if len(rows) == 0 && empty != "" {
		last++
		if err := out.SetRow(cell(1, last), []any{excelize.Cell{Value: empty}}, height(1)); err != nil {
			return nil, err
		}
	}
	if err := b.printArea(name, len(columns), last); err != nil {
		return nil, err
	}
	return where, out.Flush()
}

// tableRows writes the rows and adds up the columns; known tells those of which
// some figure is.
func tableRows[T any](b *book, out *excelize.StreamWriter, columns []column[T], widths []float64, rows []T, of func(*T) []string) (added []float64, known []bool, err error) {
	added, known = make([]float64, len(columns)), make([]bool, len(columns))
	cells := make([]any, len(columns))
	for r := range rows {
		fields := of(&rows[r])
		lines := 1
		for i, c := range columns {
			id, err := b.style(style{format: c.format, generated: c.field != "" && slices.Contains(fields, c.field)})
			if err != nil {
				return nil, nil, err
			}
			v := plain(c.value(&rows[r]))
			if x, ok := number(v); ok && c.sum {
				added[i] += x
				known[i] = true
			}
			cells[i] = excelize.Cell{StyleID: id, Value: v}
			if c.format == wrapped {
				lines = max(lines, linesOf(v, widths[i]))
			}
		}
		if err := out.SetRow(cell(1, r+2), cells, height(lines)); err != nil {
			return nil, nil, err
		}
	}
	return added, known, nil
}

// unitOf takes the unit off a title: 户数（户） is counted in 户.
func unitOf(title string) (name, unit string) {
	title = strings.ReplaceAll(title, "\n", " ")
	name, unit, ok := strings.Cut(strings.TrimSuffix(title, "）"), "（")
	if ok && strings.HasSuffix(title, "）") && slices.Contains(units, unit) {
		return name, unit
	}
	return title, ""
}

var units = []string{"户", "栋", "个", "层", "米", "元", "万元", "平方米", "分钟", "处", "年", "度", "公里"}

// printArea makes the table what is printed.
func (b *book) printArea(sheet string, columns, rows int) error {
	last, err := excelize.CoordinatesToCellName(columns, rows, true)
	if err != nil {
		return err
	}
	return b.define("_xlnm.Print_Area", sheet, "$A$1:"+last)
}

// totalRow writes the sums. A sum that the rows do not give, because the plan
// counts what is not shown, is a figure by itself; a sum of which no row knows
// anything stays empty.
func totalRow[T any](b *book, out *excelize.StreamWriter, name string, columns []column[T], added []float64, known []bool, rows int) (sums, error) {
	cells := make([]any, len(columns))
	where := sums{}
	for i, c := range columns {
		id, err := b.style(style{format: c.format, total: true})
		if err != nil {
			return nil, err
		}
		sum := excelize.Cell{StyleID: id}
		switch {
		case i == 0:
			sum.Value = "合计"
		case c.sum && (known[i] || c.total != nil || rows == 0):
			value, adds := added[i], true
			if c.total != nil {
				value, adds = *c.total, math.Abs(*c.total-added[i]) < 0.005
			}
			sum.Value = math.Round(value*10_000) / 10_000
			if rows > 0 && adds {
				area := fmt.Sprintf("%s:%s", cell(i+1, 2), cell(i+1, rows+1))
				sum.Formula = "SUM(" + area + ")"
				where[c.title] = "SUM(" + quoted(name) + "!" + area + ")"
			}
		}
		cells[i] = sum
	}
	return where, out.SetRow(cell(1, rows+2), cells, height(1))
}
