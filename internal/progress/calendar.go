package progress

import (
	"time"

	"github.com/lianpian/lianpian/internal/policy"
)

// Defaults of the product for plans that say nothing of monthly reports.
const (
	defaultReportDay  = 25
	defaultFormDay    = 28
	defaultFilingDays = 15
)

// Due is a date with the clause that sets it.
type Due struct {
	On     string `json:"on" format:"date"`
	Clause string `json:"clause" doc:"empty: the plan says nothing; default of the product"`
	Text   string `json:"text"`

	at time.Time
}

// Calendar are the dates of a monthly report: the period that its cumulative
// figures cover and both deadlines that the plan names (A2).
type Calendar struct {
	From   string `json:"from" format:"date" doc:"1 January"`
	To     string `json:"to" format:"date" doc:"what the figures are as of"`
	Report Due    `json:"report" doc:"subdistrict to bureau"`
	Form   Due    `json:"form" doc:"submission of the form"`

	to time.Time
}

// calendarOf are the dates of a month by the readings of a district.
func calendarOf(c policy.Choice, m Month) Calendar {
	reportDay, reportSaid := dayParam(c, "month_report_day", defaultReportDay)
	formDay, formSaid := dayParam(c, "month_form_day", defaultFormDay)
	periodDay := reportDay
	if d := dateOf(c, "month_period"); d.DayOfMonth != nil {
		periodDay = *d.DayOfMonth
	}
	to := onDay(m, periodDay)
	return Calendar{
		From: time.Date(m.Year(), 1, 1, 0, 0, 0, 0, time.UTC).Format(dateForm), To: to.Format(dateForm), to: to,
		Report: due(onDay(m, reportDay), dateOf(c, "month_report"), reportSaid, "街镇、业主单位向主管部门报送月报"),
		Form:   due(onDay(m, formDay), dateOf(c, "month_form"), formSaid, "按表注报送附件6、附件7"),
	}
}

func due(at time.Time, d policy.Date, said bool, text string) Due {
	out := Due{On: at.Format(dateForm), Clause: d.Clause, Text: text, at: at}
	if !said {
		out.Text += "（方案未规定，产品默认）"
	}
	return out
}

// dayParam is a day of the month that a parameter sets; false is the default of
// the product.
func dayParam(c policy.Choice, key string, otherwise int) (int, bool) {
	if _, known := c.Policy.Parameter(key); !known {
		return otherwise, false
	}
	if v, set := c.Number(key); set {
		return int(v), true
	}
	return otherwise, false
}

func dateOf(c policy.Choice, key string) policy.Date {
	for _, d := range c.Policy.Dates {
		if d.Key == key {
			return d
		}
	}
	return policy.Date{}
}

// onDay is a day of a month, or its last one where it is shorter.
func onDay(m Month, d int) time.Time {
	last := m.AddDate(0, 1, -1).Day()
	return m.AddDate(0, 0, min(d, last)-1)
}
