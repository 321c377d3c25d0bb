package exporter

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/progress"
)

// page is the paper of a form.
type page struct {
	annex     string // 附件3, printed at the top left
	landscape bool
	repeated  int    // rows at the top that every page repeats
	footer    string // at the bottom left
}

// form is the sheet of a printed form in the making, from its top down.
type form struct {
	*book
	out    *excelize.StreamWriter
	name   string
	widths []float64 // of the columns, in digits
	row    int
}

// form opens a sheet on A4 paper, one page wide.
func (b *book) form(name string, paper page, widths []float64) (*form, error) {
	if err := b.newSheet(name); err != nil {
		return nil, err
	}
	orientation, size, wide, long, fit := "portrait", paperA4, 1, 0, true
	if paper.landscape {
		orientation = "landscape"
	}
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return nil, err
	}
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &long,
	}); err != nil {
		return nil, err
	}
	narrow, middle := 0.5, true
	header, edge, foot := 0.35, 0.75, 0.35
	if err := b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{
		Left: &narrow, Right: &narrow, Top: &edge, Bottom: &edge, Header: &header, Footer: &foot, Horizontally: &middle,
	}); err != nil {
		return nil, err
	}
	if err := b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: `&L&"黑体,Regular"&14` + printText(paper.annex), OddFooter: "&L" + printText(paper.footer) + "&R第 &P 页 共 &N 页",
	}); err != nil {
		return nil, err
	}
	if err := b.define("_xlnm.Print_Titles", name, fmt.Sprintf("$1:$%d", paper.repeated)); err != nil {
		return nil, err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	return &form{book: b, out: out, name: name, widths: widths}, nil
}

// newSheet takes the sheet that a new workbook comes with, or adds one.
func (b *book) newSheet(name string) error {
	if b.used {
		_, err := b.file.NewSheet(name)
		return err
	}
	b.used = true
	return b.file.SetSheetName("Sheet1", name)
}

// define sets a name of the sheet that programs know: what is printed, what is
// repeated on every page.
func (b *book) define(what, sheet, area string) error {
	return b.file.SetDefinedName(&excelize.DefinedName{Name: what, RefersTo: quoted(sheet) + "!" + area, Scope: sheet})
}

// quoted is a sheet's name as references have it.
func quoted(sheet string) string { return "'" + strings.ReplaceAll(sheet, "'", "''") + "'" }

// close ends the form; what it holds is what is printed.
func (f *form) close() error {
	last, err := excelize.CoordinatesToCellName(len(f.widths), max(f.row, 1), true)
	if err != nil {
		return err
	}
	if err := f.define("_xlnm.Print_Area", f.name, "$A$1:"+last); err != nil {
		return err
	}
	return f.out.Flush()
}

// band is a line across the whole form.
func (f *form) band(words string, look pen) error {
	id, err := f.pen(look)
	if err != nil {
		return err
	}
	cells := make([]any, len(f.widths))
	for i := range cells {
		cells[i] = excelize.Cell{StyleID: id}
	}
	cells[0] = excelizeCell(id, plain(words))
	f.row++
	if err := f.out.MergeCell(cell(1, f.row), cell(len(f.widths), f.row)); err != nil {
		return err
	}
	return f.out.SetRow(cell(1, f.row), cells, tall(linesIn(words, sumOf(f.widths), look.size), look.size))
}

// entry is a cell of a row of a form; sum is a formula whose present value it is.
type entry struct {
	value any
	look  pen
	sum   string
}

// line is a row of the form's table, as high as its texts need, and no lower
// than lowest points.
func (f *form) line(entries []entry, lowest float64) error {
	f.row++
	cells := make([]any, len(entries))
	height := lowest
	for i, e := range entries {
		id, err := f.pen(e.look)
		if err != nil {
			return err
		}
		v := plain(e.value)
		cells[i] = excelize.Cell{StyleID: id, Value: v, Formula: e.sum}
		if s, ok := v.(string); ok {
			room := f.widths[i]
			if e.look.align == "left" {
				room -= 1.5 // the indent
			}
			height = max(height, tall(linesIn(s, room, e.look.size), e.look.size).Height)
		}
	}
	return f.out.SetRow(cell(1, f.row), cells, excelize.RowOpts{Height: height})
}

// heads are the header rows; heights are in points.
func (f *form) heads(rows [][]progress.HeadCell, heights ...float64) error {
	id, err := f.pen(penHead)
	if err != nil {
		return err
	}
	texts := make([][]any, len(rows))
	for level := range rows {
		texts[level] = make([]any, len(f.widths))
	}
	top := f.row + 1
	for level, cells := range rows {
		column := 0
		for _, h := range cells {
			for column < len(f.widths) && texts[level][column] != nil {
				column++
			}
			for r := range h.RowSpan {
				for c := range h.Columns {
					texts[level+r][column+c] = excelize.Cell{StyleID: id}
				}
			}
			texts[level][column] = excelizeCell(id, h.Text)
			if h.RowSpan > 1 || h.Columns > 1 {
				if err := f.out.MergeCell(cell(column+1, top+level), cell(column+h.Columns, top+level+h.RowSpan-1)); err != nil {
					return err
				}
			}
			column += h.Columns
		}
	}
	for level, cells := range texts {
		f.row++
		if err := f.out.SetRow(cell(1, f.row), cells, excelize.RowOpts{Height: heights[min(level, len(heights)-1)]}); err != nil {
			return err
		}
	}
	return nil
}

// total is a sum over the rows from first to the one above, with its present
// value. Where the rows do not add up to it, because some of them are not shown,
// it is a figure by itself.
func (f *form) total(column, first int, rows []float64, sum float64, look pen) entry {
	look.total = true
	e := entry{value: sum, look: look}
	added := 0.0
	for _, x := range rows {
		added += x
	}
	if len(rows) > 0 && math.Abs(added-sum) < 5e-5 {
		e.sum = fmt.Sprintf("SUM(%s:%s)", cell(column, first), cell(column, f.row))
	}
	return e
}

func sumOf(list []float64) (sum float64) {
	for _, x := range list {
		sum += x
	}
	return sum
}

// linesIn guesses how many lines a text takes in a column that many digits wide
// (7 pixels each, 3 of padding on each side), at a size in points: a Chinese
// character is as wide as it is high, others are half of that.
func linesIn(s string, width, size float64) int {
	room := (width*7 - 4) * 0.96 // words are not broken at every letter
	lines := 0
	for part := range strings.SplitSeq(s, "\n") {
		em := 0.0
		for _, r := range part {
			em += 0.5
			if r >= 0x1100 || r == '²' || r == '°' {
				em += 0.5
			}
		}
		lines += max(1, int(math.Ceil(em*size*96/72/room)))
	}
	return lines
}

// tall is a row of so many lines at a size in points.
func tall(lines int, size float64) excelize.RowOpts {
	return excelize.RowOpts{Height: math.Ceil(min(409, size*0.7+size*1.35*float64(lines)))}
}

// joined is a list as Chinese prose has it, each once.
func joined(list []string) string {
	var once []string
	for _, s := range list {
		if s != "" && !slices.Contains(once, s) {
			once = append(once, s)
		}
	}
	return strings.Join(once, "、")
}
