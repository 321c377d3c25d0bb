package progress

import (
	"fmt"
	"time"

	"github.com/lianpian/lianpian/internal/policy"
)

// MonthDue is a date with the clause that sets it.
type MonthDue struct {
	On     string `json:"on" format:"date"`
	Clause string `json:"clause"`
	Text   string `json:"text"`

	at time.Time
}

// MonthCalendar are the dates of a monthly report: the period that its cumulative
// figures cover and both deadlines that the plan names (A2).
type MonthCalendar struct {
	From   string   `json:"from" format:"date" doc:"1 January"`
	To     string   `json:"to" format:"date" doc:"what the figures are as of"`
	Clause string   `json:"clause"`
	Text   string   `json:"text"`
	Report MonthDue `json:"report" doc:"subdistrict to bureau"`
	Form   MonthDue `json:"form" doc:"submission of the form"`

	Ambiguity string `json:"ambiguity" doc:"of the plan, where it names two days"`

	to time.Time
}

// calendarOf are the dates of a month by the readings of a district.
func calendarOf(c policy.Choice, m Month) (MonthCalendar, error) {
	period, err := c.ReportPeriod(m.Time)
	if err != nil {
		return MonthCalendar{}, fmt.Errorf("dates of the monthly report of %s: %w", m, err)
	}
	report, err := c.Deadline("month_report", m.Time)
	if err != nil {
		return MonthCalendar{}, fmt.Errorf("dates of the monthly report of %s: %w", m, err)
	}
	form, err := c.Deadline("month_form", m.Time)
	if err != nil {
		return MonthCalendar{}, fmt.Errorf("dates of the monthly report of %s: %w", m, err)
	}
	return MonthCalendar{
		From: period.From.Format(dateForm), To: period.To.Format(dateForm), to: period.To, Clause: period.Clause, Text: period.Text,
		Ambiguity: period.Ambiguity,
		Report:    MonthDue{On: report.Due.Format(dateForm), Clause: report.Clause, Text: report.Name, at: report.Due},
		Form:      MonthDue{On: form.Due.Format(dateForm), Clause: form.Clause, Text: form.Name, at: form.Due},
	}, nil
}
