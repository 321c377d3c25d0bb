package progress

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"
)

// printed numbered rows of the blank forms; a report of fewer projects keeps the
// empty ones.
var printedRows = map[Form]int{Annex6: 4, Annex7: 3}

//go:embed print.html
var printPage string

var printTemplate = template.Must(template.New("print").Parse(printPage))

// Print is the snapshot as a page to be printed: the same bytes for the same
// snapshot.
func (s Snapshot) Print(digest string) ([]byte, error) {
	var out bytes.Buffer
	if err := printTemplate.Execute(&out, s.page(digest)); err != nil {
		return nil, fmt.Errorf("print report %s %s: %w", s.Month, s.Form, err)
	}
	return out.Bytes(), nil
}

// page is what the template shows.
type page struct {
	Title, Unit, Filled string
	Heads               [][]HeadCell
	Rows                [][]string
	Totals              []string
	Difficulties        string
	DifficultiesLabel   string
	Footer, Notes       []string
	Missing             string
	Frozen, Draft       string
	Digest, Generated   string
}

// HeadCell is a cell of the form's header.
type HeadCell struct {
	Text             string
	Columns, RowSpan int
}

func (s Snapshot) page(digest string) page {
	p := page{
		Title: s.Title, Unit: first(s.Header) + s.Unit.Name, Filled: s.FilledOn(), Heads: s.Heads(),
		Totals: s.cells("合计", "", s.Totals, ""), Difficulties: s.Difficulties, DifficultiesLabel: first(s.Footer),
		Notes: s.Notes, Digest: digest, Generated: s.GeneratedNote(),
	}
	if len(s.Footer) > 1 {
		p.Footer = s.Footer[1:]
	}
	for i, r := range s.Rows {
		p.Rows = append(p.Rows, s.cells(strconv.Itoa(i+1), r.Name, r.MonthFigures, r.Remarks()))
	}
	for i := len(s.Rows); i < s.PrintedRows(); i++ {
		empty := make([]string, len(s.Columns))
		empty[0] = strconv.Itoa(i + 1)
		p.Rows = append(p.Rows, empty)
	}
	if len(s.Missing) > 0 {
		var names []string
		for _, u := range s.Missing {
			names = append(names, u.Name)
		}
		p.Missing = "未报送的单位：" + strings.Join(names, "、")
		if s.ClosingReason != "" {
			p.Missing += "（" + s.ClosingReason + "）"
		}
	}
	if s.FrozenAt == "" {
		p.Draft = "未冻结，数字仍可能变动"
	} else {
		p.Frozen = s.FrozenAt + " 冻结（" + s.FrozenBy + "）"
	}
	return p
}

// PrintedRows is how many numbered rows the blank form has.
func (s Snapshot) PrintedRows() int { return printedRows[s.Form] }

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

// FilledOn is the header's date of the report.
func (s Snapshot) FilledOn() string {
	on := s.SubmittedAt
	if on == "" {
		on = s.FrozenAt
	}
	if t, err := time.Parse("2006-01-02 15:04:05", on); err == nil {
		return "填报日期：" + spoken(t)
	}
	return "填报日期：　　年　月　日"
}

// Remarks are the remarks of a row as the form has them, with the day on which
// what waits is to begin.
func (r SnapshotRow) Remarks() string {
	parts := []string{}
	if r.Remark != "" {
		parts = append(parts, r.Remark)
	}
	if t, err := time.Parse(dateForm, deref(r.StartsOn)); err == nil && !r.allBegun() {
		parts = append(parts, "启动日期："+spoken(t))
	}
	if r.Correction != "" {
		parts = append(parts, "更正："+r.Correction)
	}
	return strings.Join(parts, "；")
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// cells are the cells of a row in the order of the form's columns.
func (s Snapshot) cells(number, name string, f MonthFigures, remark string) []string {
	out := make([]string, 0, len(s.Columns))
	for _, c := range s.Columns {
		switch c.Key {
		case "":
			out = append(out, number)
		case "plan_name":
			out = append(out, name)
		case "remark":
			out = append(out, remark)
		default:
			v, _ := f.Value(c.Key)
			out = append(out, figure(v))
		}
	}
	return out
}

// Value is the figure of a column of the form by its key.
func (f MonthFigures) Value(key string) (float64, bool) {
	group, what, _ := strings.Cut(key, "_")
	switch key {
	case "plan_investment":
		return f.InvestmentWan, true
	case "invested":
		return f.SpentWan, true
	}
	m, ok := map[string]MonthMeasures{"plan": f.Plan, "g1": f.G1, "g2": f.G2, "g3": f.G3}[group]
	switch what {
	case "area":
		return m.AreaWan, ok
	case "households":
		return float64(m.Households), ok
	case "buildings":
		return float64(m.Buildings), ok
	}
	return 0, false
}

// Heads are the header rows of the form: neighbours under one heading are
// joined, and what has no heading above it reaches down.
func (s Snapshot) Heads() [][]HeadCell {
	deep := 1
	for _, c := range s.Columns {
		deep = max(deep, len(c.Path)+1)
	}
	rows := make([][]HeadCell, deep)
	for level := range deep {
		for i, c := range s.Columns {
			full := append(append([]string{}, c.Path...), c.Name)
			if level >= len(full) {
				continue
			}
			if level < len(c.Path) && i > 0 && sharesHead(s.Columns[i-1], c, level) {
				rows[level][len(rows[level])-1].Columns++
				continue
			}
			cell := HeadCell{Text: full[level], Columns: 1, RowSpan: 1}
			if level == len(full)-1 {
				cell.RowSpan = deep - level
			}
			rows[level] = append(rows[level], cell)
		}
	}
	return rows
}

func sharesHead(a, b Column, level int) bool {
	if level >= len(a.Path) {
		return false
	}
	for i := range level + 1 {
		if a.Path[i] != b.Path[i] {
			return false
		}
	}
	return true
}
