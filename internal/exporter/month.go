package exporter

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/progress"
)

// MonthXLSX writes a monthly report as its form is printed. The same snapshot
// gives the same bytes.
func MonthXLSX(w io.Writer, s progress.Snapshot, digest string) error {
	made, err := time.ParseInLocation("2006-01-02 15:04:05", s.FrozenAt, clock.China)
	if err != nil {
		made = time.Unix(0, 0) // a draft has no time of its own
	}
	b, err := newBook(s.Title, "月报", s.FrozenBy, made)
	if err != nil {
		return fmt.Errorf("write a monthly report as XLSX: %w", err)
	}
	defer b.file.Close()
	if err := b.month(s, digest); err != nil {
		return fmt.Errorf("write a monthly report as XLSX: %w", err)
	}
	if err := b.save(w); err != nil {
		return fmt.Errorf("write a monthly report as XLSX: %w", err)
	}
	return nil
}

// annexOf is what the document calls a monthly form.
func annexOf(f progress.Form) string {
	return "附件" + strings.TrimPrefix(string(f), "annex")
}

// monthWidths are those of the form's columns, in digits.
func monthWidths(columns []progress.Column) []float64 {
	widths := make([]float64, len(columns))
	for i, c := range columns {
		switch {
		case c.Key == "":
			widths[i] = 5.5
		case c.Key == "plan_name":
			widths[i] = 22
		case c.Key == "remark":
			widths[i] = 20
		case strings.HasSuffix(c.Key, "_households") || strings.HasSuffix(c.Key, "_buildings"):
			widths[i] = 7.5
		case c.Key == "plan_investment" || c.Key == "invested":
			widths[i] = 13 // sums of nine digits
		default:
			widths[i] = 10.5
		}
	}
	return widths
}

// month is the sheet of annex 6 or 7.
func (b *book) month(s progress.Snapshot, digest string) error {
	widths := monthWidths(s.Columns)
	if len(widths) == 0 {
		widths = []float64{80}
	}
	heads := s.Heads()
	f, err := b.form(strings.TrimSpace(s.Month+" "+annexOf(s.Form)), page{
		annex: annexOf(s.Form), landscape: true, repeated: 2 + len(heads), footer: s.GeneratedNote(),
	}, widths)
	if err != nil {
		return err
	}
	if err := f.band(s.Title, penTitle); err != nil {
		return err
	}
	if err := f.band(unitLine(s), penField); err != nil {
		return err
	}
	if err := f.heads(heads, 24, 36, 40); err != nil {
		return err
	}
	if err := f.monthRows(s); err != nil {
		return err
	}
	for _, line := range closingLines(s, digest) {
		if err := f.band(line, penNote); err != nil {
			return err
		}
	}
	return f.close()
}

func unitLine(s progress.Snapshot) string {
	label := "单位（公章）："
	if len(s.Header) > 0 {
		label = s.Header[0]
	}
	return label + s.Unit.Name + "　　　　　　" + s.FilledOn()
}

// monthRows are the projects, the empty rows that the blank form has beyond them,
// and the sums.
func (f *form) monthRows(s progress.Snapshot) error {
	first := f.row + 1
	for i, r := range s.Rows {
		if err := f.line(monthEntries(s.Columns, i+1, r.Name, r.Value, r.Remarks(), r.Generated), 24); err != nil {
			return err
		}
	}
	for i := len(s.Rows); i < s.PrintedRows(); i++ {
		empty := func(string) (float64, bool) { return 0, false }
		if err := f.line(monthEntries(s.Columns, i+1, "", empty, "", false), 24); err != nil {
			return err
		}
	}
	sums := monthEntries(s.Columns, "合计", "", s.Totals.Value, "", false)
	for i, c := range s.Columns {
		sums[i].look.total = true
		if sum, ok := s.Totals.Value(c.Key); ok {
			rows := []float64{0} // without rows the sum runs over the empty ones
			for _, r := range s.Rows {
				x, _ := r.Value(c.Key)
				rows = append(rows, x)
			}
			sums[i] = f.total(i+1, first, rows, sum, sums[i].look)
		}
	}
	return f.line(sums, 24)
}

func monthEntries(columns []progress.Column, number any, name string, figures func(key string) (float64, bool), remark string, made bool) []entry {
	out := make([]entry, len(columns))
	for i, c := range columns {
		v, isFigure := figures(c.Key)
		switch {
		case isFigure && isMoneyOrArea(c.Key):
			out[i] = entry{value: v, look: penCell.as(wanNumber)}
		case isFigure:
			out[i] = entry{value: int64(v), look: penCell.as(wholeNumber)}
		case c.Key == "plan_name":
			out[i] = entry{value: name, look: penText}
		case c.Key == "remark":
			out[i] = entry{value: remark, look: penText}
		case c.Key == "":
			out[i] = entry{value: number, look: penCell.as("0")}
		default:
			out[i] = entry{look: penCell}
		}
		out[i].look.generated = made
	}
	return out
}

func isMoneyOrArea(key string) bool {
	return strings.HasSuffix(key, "area") || key == "plan_investment" || key == "invested"
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
	switch {
	case digest != "":
		lines = append(lines, s.FrozenAt+" 冻结（"+s.FrozenBy+"），校验 SHA-256 "+digest)
	case s.Month == "":
		lines = append(lines, "没有已冻结的月报，本表为空表")
	default:
		lines = append(lines, "未冻结，数字仍可能变动")
	}
	return lines
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
