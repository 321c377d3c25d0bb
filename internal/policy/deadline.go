package policy

import (
	"errors"
	"fmt"
	"time"
)

// Deadline is a date that the plan sets, worked out for a day or a month.
type Deadline struct {
	Key       string    `json:"key"`
	Name      string    `json:"name"`
	Clause    string    `json:"clause"`
	Due       time.Time `json:"due"` // midnight UTC of the last day that is in time
	Text      string    `json:"text"`
	Ambiguity string    `json:"ambiguity,omitempty"`
}

// Left is how many days are left on a day; negative once it is late.
func (d Deadline) Left(today time.Time) int {
	return int(d.Due.Sub(dayOf(today)).Hours() / 24)
}

// ErrNoDay says that the plan names a duty without a day for it.
var ErrNoDay = errors.New("the plan names no day")

// NotInDocument stands where a clause would for what the document does not have
// and the product adds.
const NotInDocument = "方案未规定，产品默认"

// Deadline works out a date of the plan. from is the day of the event that a
// period runs from, or any day of the month that a monthly date is wanted for;
// a fixed date needs none. A key that the plan lacks wraps ErrUnknown, one
// without a day ErrNoDay. Working days leave out Saturdays and Sundays only:
// public holidays and the weekends worked in their place are not known here,
// and the text says so.
func (c Choice) Deadline(key string, from time.Time) (Deadline, error) {
	d, ok := c.Policy.date(key)
	if !ok {
		return Deadline{}, fmt.Errorf("date %q of %s: %w", key, c.Policy.Key, ErrUnknown)
	}
	out := Deadline{Key: d.Key, Name: d.Name, Clause: d.Clause, Text: d.Text}
	if q, ok := c.Policy.Parameter(d.Parameter); ok {
		out.Ambiguity = q.Ambiguity
	}
	switch {
	case d.On != "":
		on, err := time.Parse(time.DateOnly, d.On)
		if err != nil {
			return out, fmt.Errorf("date %q of %s: %w", key, c.Policy.Key, err)
		}
		out.Due, out.Text = on, fmt.Sprintf("%d年%d月%d日前", on.Year(), on.Month(), on.Day())
	case d.DayOfMonth != nil:
		day := c.figure(d, *d.DayOfMonth)
		out.Due, out.Text = inMonth(from, day), fmt.Sprintf("每月%d日", day)
	case d.Days != nil:
		out.Due, out.Text = c.daysAfter(d, from)
	default:
		return out, fmt.Errorf("date %q of %s: %w", key, c.Policy.Key, ErrNoDay)
	}
	return out, nil
}

func (p *Policy) date(key string) (Date, bool) {
	for _, d := range p.Dates {
		if d.Key == key {
			return d, true
		}
	}
	return Date{}, false
}

// figure is a date's figure as the district has set it.
func (c Choice) figure(d Date, given int) int {
	if v, ok := c.Number(d.Parameter); ok {
		return int(v)
	}
	return given
}

func (c Choice) daysAfter(d Date, from time.Time) (time.Time, string) {
	days := c.figure(d, *d.Days)
	if d.KindParameter != "" && c.Text(d.KindParameter) == "working" {
		return workingDays(dayOf(from), days), fmt.Sprintf("%s后%d个工作日（只除去周六、周日，未计法定节假日和调休）", d.After, days)
	}
	return dayOf(from).AddDate(0, 0, days), fmt.Sprintf("%s后%d日（自然日）", d.After, days)
}

// dayOf is midnight UTC of the calendar day that t has where it was taken.
func dayOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// inMonth is a day of t's month, its last where the month is shorter.
func inMonth(t time.Time, day int) time.Time {
	y, m, _ := t.Date()
	last := time.Date(y, m+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return time.Date(y, m, min(day, last), 0, 0, 0, 0, time.UTC)
}

func workingDays(from time.Time, days int) time.Time {
	for days > 0 {
		from = from.AddDate(0, 0, 1)
		if w := from.Weekday(); w != time.Saturday && w != time.Sunday {
			days--
		}
	}
	return from
}

// Period is what a monthly report is about and when it is due.
type Period struct {
	From      time.Time `json:"from"`
	To        time.Time `json:"to"` // inclusive
	ReportDue time.Time `json:"report_due"`
	FormDue   time.Time `json:"form_due"`
	Clause    string    `json:"clause"`
	Text      string    `json:"text"`
	Ambiguity string    `json:"ambiguity,omitempty"`
}

// ReportPeriod is the period of the monthly report of a month: from 1 January to
// its 25th, cumulative, with both of the document's deadlines. A plan without
// monthly reports wraps ErrUnknown.
func (c Choice) ReportPeriod(month time.Time) (Period, error) {
	period, err := c.Deadline("month_period", month)
	if err != nil {
		return Period{}, err
	}
	report, err := c.Deadline("month_report", month)
	if err != nil {
		return Period{}, err
	}
	form, err := c.Deadline("month_form", month)
	if err != nil {
		return Period{}, err
	}
	from := time.Date(month.Year(), time.January, 1, 0, 0, 0, 0, time.UTC)
	return Period{
		From: from, To: period.Due, ReportDue: report.Due, FormDue: form.Due, Clause: period.Clause, Ambiguity: report.Ambiguity,
		Text: fmt.Sprintf("%d年1月1日至%d月%d日，累计数", from.Year(), period.Due.Month(), period.Due.Day()),
	}, nil
}
