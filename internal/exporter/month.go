package exporter

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/progress"
)

// MonthXLSX writes a monthly report as its form is printed. The same snapshot
// gives the same bytes.
func MonthXLSX(w io.Writer, s progress.Snapshot, digest string) error {
	made, err := time.ParseInLocation("2006-01-02 15:04:05", s.FrozenAt, beijing)
	if err != nil {
		made = time.Unix(0, 0) // a draft has no time of its own
	}
	b, err := newBook(s.Title, "月报", s.FrozenBy, made)
	if err != nil {
		return fmt.Errorf("write a monthly report as XLSX: %w", err)
	}
	defer b.file.Close()
	f := monthForm{book: b, sheet: s.Month + " " + string(s.Form), snapshot: s}
	if err := f.write(digest); err != nil {
		return fmt.Errorf("write a monthly report as XLSX: %w", err)
	}
	if _, err := b.file.WriteTo(w); err != nil {
		return fmt.Errorf("write a monthly report as XLSX: %w", err)
	}
	return nil
}

// monthForm is the sheet of a monthly form in the making.
type monthForm struct {
	*book
	sheet    string
	snapshot progress.Snapshot
	row      int
}

func (f *monthForm) write(digest string) error {
	if err := f.file.SetSheetName("Sheet1", f.sheet); err != nil {
		return err
	}
	if err := f.layOut(); err != nil {
		return err
	}
	s := f.snapshot
	if err := f.band(s.Title, style{header: true}); err != nil {
		return err
	}
	if err := f.band(unitLine(s), style{}); err != nil {
		return err
	}
	if err := f.heads(); err != nil {
		return err
	}
	for i, r := range s.Rows {
		if err := f.figures(strconv.Itoa(i+1), r.Name, r.MonthFigures, r.Remarks(), false); err != nil {
			return err
		}
	}
	if err := f.figures("合计", "", s.Totals, "", true); err != nil {
		return err
	}
	for _, line := range closingLines(s, digest) {
		if err := f.band(line, style{format: wrapped}); err != nil {
			return err
		}
	}
	return nil
}

func unitLine(s progress.Snapshot) string {
	line := "单位：" + s.Unit.Name
	if on, _, ok := strings.Cut(s.SubmittedAt, " "); ok {
		line += "　　填报日期：" + on
	}
	return line
}

// closingLines are what stands below the table.
func closingLines(s progress.Snapshot, digest string) []string {
	lines := []string{}
	if len(s.Footer) > 0 {
		lines = append(lines, s.Footer[0]+s.Difficulties)
		lines = append(lines, strings.Join(s.Footer[1:], "　　　　　　"))
	}
	if len(s.Missing) > 0 {
		names := make([]string, 0, len(s.Missing))
		for _, u := range s.Missing {
			names = append(names, u.Name)
		}
		lines = append(lines, "未报送的单位："+strings.Join(names, "、")+"　"+s.ClosingReason)
	}
	if note := s.GeneratedNote(); note != "" {
		lines = append(lines, note)
	}
	for i, note := range s.Notes {
		lines = append(lines, fmt.Sprintf("说明%d. %s", i+1, note))
	}
	if digest != "" {
		return append(lines, s.FrozenAt+" 冻结（"+s.FrozenBy+"），校验 SHA-256 "+digest)
	}
	return append(lines, "未冻结，数字仍可能变动")
}

func (f *monthForm) layOut() error {
	landscape, wide, long, fit, paper := "landscape", 1, 0, true, paperA4
	if err := f.file.SetSheetProps(f.sheet, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	if err := f.file.SetPageLayout(f.sheet, &excelize.PageLayoutOptions{
		Size: &paper, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &long,
	}); err != nil {
		return err
	}
	for i, c := range f.snapshot.Columns {
		width := 11.0
		switch c.Key {
		case "":
			width = 6
		case "plan_name", "remark":
			width = 28
		}
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.file.SetColWidth(f.sheet, name, name, width); err != nil {
			return err
		}
	}
	return nil
}

// band is a line across the whole form.
func (f *monthForm) band(words string, look style) error {
	f.row++
	last := max(len(f.snapshot.Columns), 1)
	id, err := f.style(look)
	if err != nil {
		return err
	}
	from, to := cell(1, f.row), cell(last, f.row)
	if err := f.file.MergeCell(f.sheet, from, to); err != nil {
		return err
	}
	if err := f.file.SetCellStr(f.sheet, from, words); err != nil {
		return err
	}
	lines := 1 + len([]rune(words))/90 + strings.Count(words, "\n")
	if err := f.file.SetRowHeight(f.sheet, f.row, float64(16*lines+4)); err != nil {
		return err
	}
	return f.file.SetCellStyle(f.sheet, from, to, id)
}

func (f *monthForm) heads() error {
	id, err := f.style(style{header: true})
	if err != nil {
		return err
	}
	heads := f.snapshot.Heads()
	first, taken := f.row+1, map[string]bool{}
	for level, cells := range heads {
		column := 1
		for _, h := range cells {
			for taken[cell(column, first+level)] {
				column++
			}
			from, to := cell(column, first+level), cell(column+h.Columns-1, first+level+h.RowSpan-1)
			for r := range h.RowSpan {
				for c := range h.Columns {
					taken[cell(column+c, first+level+r)] = true
				}
			}
			if from != to {
				if err := f.file.MergeCell(f.sheet, from, to); err != nil {
					return err
				}
			}
			if err := f.file.SetCellStr(f.sheet, from, h.Text); err != nil {
				return err
			}
			column += h.Columns
		}
		if err := f.file.SetRowHeight(f.sheet, first+level, 32); err != nil {
			return err
		}
	}
	f.row += len(heads)
	return f.file.SetCellStyle(f.sheet, cell(1, first), cell(len(f.snapshot.Columns), f.row), id)
}

func (f *monthForm) figures(number, name string, figures progress.MonthFigures, remark string, total bool) error {
	f.row++
	for i, c := range f.snapshot.Columns {
		at, look := cell(i+1, f.row), style{format: wrapped, total: total}
		var err error
		switch v, isFigure := figures.Value(c.Key); {
		case isFigure && (strings.HasSuffix(c.Key, "area") || c.Key == "plan_investment" || c.Key == "invested"):
			look.format = area4
			err = f.file.SetCellFloat(f.sheet, at, v, -1, 64)
		case isFigure:
			look.format = count
			err = f.file.SetCellInt(f.sheet, at, int64(v))
		case c.Key == "plan_name":
			err = f.file.SetCellStr(f.sheet, at, name)
		case c.Key == "remark":
			err = f.file.SetCellStr(f.sheet, at, remark)
		default:
			err = f.file.SetCellStr(f.sheet, at, number)
		}
		if err != nil {
			return err
		}
		id, err := f.style(look)
		if err != nil {
			return err
		}
		if err := f.file.SetCellStyle(f.sheet, at, at, id); err != nil {
			return err
		}
	}
	lines := 1 + max(len([]rune(remark)), len([]rune(name)))/14
	return f.file.SetRowHeight(f.sheet, f.row, float64(16*lines+2))
}

// MonthCSV writes the rows of a monthly report as a table for spreadsheets.
func MonthCSV(w io.Writer, s progress.Snapshot) error {
	header := []string{}
	for _, c := range s.Columns {
		header = append(header, strings.Join(append(append([]string{}, c.Path...), c.Name), "／"))
	}
	rows := [][]string{header}
	for i, r := range s.Rows {
		rows = append(rows, monthCells(s.Columns, strconv.Itoa(i+1), r.Name, r.MonthFigures, r.Remarks()))
	}
	return writeCSV(w, append(rows, monthCells(s.Columns, "合计", "", s.Totals, "")))
}

func monthCells(columns []progress.Column, number, name string, figures progress.MonthFigures, remark string) []string {
	out := make([]string, 0, len(columns))
	for _, c := range columns {
		switch v, ok := figures.Value(c.Key); {
		case ok:
			out = append(out, strconv.FormatFloat(v, 'f', -1, 64))
		case c.Key == "plan_name":
			out = append(out, name)
		case c.Key == "remark":
			out = append(out, remark)
		default:
			out = append(out, number)
		}
	}
	return out
}
