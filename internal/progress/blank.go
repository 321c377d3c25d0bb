package progress

import (
	"fmt"

	"github.com/lianpian/lianpian/internal/policy"
)

// Blank is a form of a year that nothing was reported on, to be filled in by
// hand: the month is left open, as the document prints it.
func Blank(choice policy.Choice, district ReportUnit, form Form, year int) Snapshot {
	l := layoutOf(choice, form)
	period := fmt.Sprintf("%d年1月至%d年　月", year, year)
	title := period + l.form.Title
	if periodInTitle.MatchString(l.form.Title) {
		title = periodInTitle.ReplaceAllString(l.form.Title, period)
	}
	out := Snapshot{
		Schema: snapshotSchema, District: district, Form: form, Title: title, Columns: []Column{},
		Header: l.form.Header, Footer: l.form.Footer, Notes: l.form.Notes, Policy: choice.Policy.ID(), Rows: []SnapshotRow{},
		Missing: []ReportUnit{},
	}
	for _, c := range l.columns {
		out.Columns = append(out.Columns, Column{Key: c.Key, Path: c.Path, Name: c.Name})
	}
	return out
}
