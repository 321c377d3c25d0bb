package exporter

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// Paper sizes as OOXML numbers them.
const (
	paperA3 = 8
	paperA4 = 9
)

// XLSX writes a plan as a workbook: the zone's totals, its communities, its
// buildings, its strings and the coverage runs over it if there are any, and what one must know
// to read it. Text is always text: nothing that a person typed can become a
// formula.
func XLSX(w io.Writer, p Plan) error {
	b, err := newBook(p.Zone.Name, "片区方案", p.By, p.At)
	if err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	defer b.file.Close()
	for _, write := range []func(Plan) error{b.summary, b.communities, b.buildings, b.strings, b.runs, b.notes} {
		if err := write(p); err != nil {
			return fmt.Errorf("write XLSX: %w", err)
		}
	}
	if err := b.save(w); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return nil
}

// book is a workbook in the making.
type book struct {
	file   *excelize.File
	styles map[style]int
	pens   map[pen]int
	used   bool // the sheet that a new workbook comes with has been taken
}

func newBook(title, subject, by string, made time.Time) (*book, error) {
	b := &book{file: excelize.NewFile(), styles: map[style]int{}, pens: map[pen]int{}}
	at := made.UTC().Format(time.RFC3339)
	err := b.file.SetDocProps(&excelize.DocProperties{
		Title: title, Subject: subject, Creator: by, LastModifiedBy: by, Created: at, Modified: at, Language: "zh-CN",
	})
	return b, err
}

// format is how a value is shown.
type format int

const (
	text format = iota
	wrapped
	year
	count
	area // two decimals
	area4
	share
	date
)

var numberFormats = map[format]string{
	year: "0", count: "#,##0", area: "#,##0.00", area4: "#,##0.####", share: "0.0%", date: "yyyy-mm-dd", text: "@", wrapped: "@",
}

// style is a format and what kind of cell it is in.
type style struct {
	format    format
	header    bool
	total     bool
	generated bool
}

func (b *book) style(s style) (int, error) {
	if id, ok := b.styles[s]; ok {
		return id, nil
	}
	number := numberFormats[s.format]
	line := excelize.Border{Style: 1, Color: "BFBFBF"}
	look := &excelize.Style{
		CustomNumFmt: &number,
		Font:         &excelize.Font{Family: "宋体", Size: 10, Bold: s.header || s.total, Italic: s.generated},
		Alignment:    &excelize.Alignment{Vertical: "center", WrapText: s.header || s.format == wrapped},
	}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		line.Type = side
		look.Border = append(look.Border, line)
	}
	switch {
	case s.header:
		look.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EDF3"}}
		look.Alignment.Horizontal = "center"
	case s.total:
		look.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2F2F2"}}
	}
	if s.generated {
		look.Font.Color = "9A6700"
	}
	id, err := b.file.NewStyle(look)
	if err != nil {
		return 0, err
	}
	b.styles[s] = id
	return id, nil
}

// sheet opens a sheet for streaming: landscape, one page wide, its header row
// frozen and repeated on every page.
func (b *book) sheet(name, title string, paper int, widths []float64) (*excelize.StreamWriter, error) {
	if err := b.newSheet(name); err != nil {
		return nil, err
	}
	landscape, wide, long, fit := "landscape", 1, 0, true
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return nil, err
	}
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &paper, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &long,
	}); err != nil {
		return nil, err
	}
	inch := func(x float64) *float64 { return &x }
	if err := b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{
		Left: inch(0.5), Right: inch(0.5), Top: inch(0.8), Bottom: inch(0.7), Header: inch(0.4), Footer: inch(0.3),
	}); err != nil {
		return nil, err
	}
	if err := b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: "&C&14 " + printText(title), OddFooter: "&L" + printText(name) + "&R第 &P 页 共 &N 页",
	}); err != nil {
		return nil, err
	}
	if err := b.define("_xlnm.Print_Titles", name, "$1:$1"); err != nil {
		return nil, err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// printText makes a text safe for a print header, where & starts a code and the
// whole may have 255 characters.
func printText(s string) string {
	runes := []rune(s)
	return strings.ReplaceAll(string(runes[:min(len(runes), 80)]), "&", "&&")
}

// column is a column of a table over rows of type T.
type column[T any] struct {
	title  string // with its unit
	width  float64
	format format
	field  string // name of the field in lists of generated ones; may be empty
	sum    bool
	value  func(*T) any // nil is an empty cell
}

// table writes a header, the rows and, where a column asks for it, the sums as
// formulas with their present values.
func table[T any](b *book, name, title string, paper int, columns []column[T], rows []T, of func(*T) []string) error {
	if len(rows) > excelize.TotalRows-2 {
		return fmt.Errorf("%d rows do not fit on a sheet", len(rows))
	}
	made := generated(rows, of)
	widths := make([]float64, len(columns))
	header := make([]any, len(columns))
	for i, c := range columns {
		widths[i] = c.width
		label := c.title
		if made[c.field] {
			label += "\n（演示数据：生成）"
			widths[i] = max(widths[i], 19)
		}
		id, err := b.style(style{header: true})
		if err != nil {
			return err
		}
		header[i] = excelize.Cell{StyleID: id, Value: label}
	}
	out, err := b.sheet(name, title, paper, widths)
	if err != nil {
		return err
	}
	if err := out.SetRow("A1", header, excelize.RowOpts{Height: 40}); err != nil {
		return err
	}
	sums := make([]float64, len(columns))
	cells := make([]any, len(columns))
	for r := range rows {
		fields := of(&rows[r])
		lines := 1
		for i, c := range columns {
			id, err := b.style(style{format: c.format, generated: c.field != "" && slices.Contains(fields, c.field)})
			if err != nil {
				return err
			}
			v := plain(c.value(&rows[r]))
			if x, ok := number(v); ok && c.sum {
				sums[i] += x
			}
			cells[i] = excelize.Cell{StyleID: id, Value: v}
			if c.format == wrapped {
				lines = max(lines, linesOf(v, widths[i]))
			}
		}
		if err := out.SetRow(cell(1, r+2), cells, height(lines)); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(columns, func(c column[T]) bool { return c.sum }) {
		if err := totalRow(b, out, columns, sums, len(rows)); err != nil {
			return err
		}
	}
	return out.Flush()
}

func totalRow[T any](b *book, out *excelize.StreamWriter, columns []column[T], sums []float64, rows int) error {
	cells := make([]any, len(columns))
	for i, c := range columns {
		id, err := b.style(style{format: c.format, total: true})
		if err != nil {
			return err
		}
		sum := excelize.Cell{StyleID: id}
		switch {
		case i == 0:
			sum.Value = "合计"
		case c.sum:
			sum.Value = math.Round(sums[i]*100) / 100
			if rows > 0 {
				sum.Formula = fmt.Sprintf("SUM(%s:%s)", cell(i+1, 2), cell(i+1, rows+1))
			}
		}
		cells[i] = sum
	}
	return out.SetRow(cell(1, rows+2), cells, height(1))
}

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
			return math.Round(*v*100) / 100
		}
		return nil
	case float64:
		return math.Round(v*10_000) / 10_000
	case time.Time:
		y, m, d := v.In(beijing).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	case string:
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
