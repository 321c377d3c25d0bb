package progress

import (
	"fmt"
	"time"

	"github.com/lianpian/lianpian/internal/policy"
)

// Due is a date with the clause that sets it.
type Due struct {
	On     string `json:"on" format:"date"`
	Clause string `json:"clause"`
	Text   string `json:"text"`

	at time.Time
}

// Calendar are the dates of a monthly report: the period that its cumulative
// figures cover and both deadlines that the plan names (A2).
type Calendar struct {
	From   string `json:"from" format:"date" doc:"1 January"`
	To     string `json:"to" format:"date" doc:"what the figures are as of"`
	Clause string `json:"clause"`
	Text   string `json:"text"`
	Report Due    `json:"report" doc:"subdistrict to bureau"`
	Form   Due    `json:"form" doc:"submission of the form"`

	Ambiguity string `json:"ambiguity" doc:"of the plan, where it names two days"`

	to time.Time
}

// calendarOf are the dates of a month by the readings of a district.
func calendarOf(c policy.Choice, m Month) (Calendar, error) {
	period, err := c.ReportPeriod(m.Time)
	if err != nil {
		return Calendar{}, fmt.Errorf("dates of the monthly report of %s: %w", m, err)
	}
	report, err := c.Deadline("month_report", m.Time)
	if err != nil {
		return Calendar{}, fmt.Errorf("dates of the monthly report of %s: %w", m, err)
	}
	form, err := c.Deadline("month_form", m.Time)
	if err != nil {
		return Calendar{}, fmt.Errorf("dates of the monthly report of %s: %w", m, err)
	}
	return Calendar{
		From: period.From.Format(dateForm), To: period.To.Format(dateForm), to: period.To, Clause: period.Clause, Text: period.Text,
		Ambiguity: period.Ambiguity,
		Report:    Due{On: report.Due.Format(dateForm), Clause: report.Clause, Text: report.Name, at: report.Due},
		Form:      Due{On: form.Due.Format(dateForm), Clause: form.Clause, Text: form.Name, at: form.Due},
	}, nil
}
