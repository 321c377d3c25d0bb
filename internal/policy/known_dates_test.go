package policy

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func day(text string) time.Time {
	d, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return d
}

func TestDeadlinesByClause(t *testing.T) {
	working := map[string]any{"filing_day_kind": "working"}
	tests := []struct {
		name, policy, key string
		params            map[string]any
		from, due         string
		says              string
	}{
		{"三(四) filing 15 days after acceptance", "tongnan-2021", "filing", nil, "2026-03-10", "2026-03-25", "验收合格后15日（自然日）"},
		{"三(四) filing over the end of a year", "tongnan-2021", "filing", nil, "2025-12-20", "2026-01-04", ""},
		{"三(四) filing over 29 February", "tongnan-2021", "filing", nil, "2024-02-20", "2024-03-06", ""},
		{"B6 filing read as working days from a Friday", "tongnan-2021", "filing", working, "2026-03-06", "2026-03-27", "未计法定节假日"},
		{"B6 filing read as working days from a Saturday", "tongnan-2021", "filing", working, "2026-03-07", "2026-03-27", "工作日"},
		{"B6 filing with 10 days", "tongnan-2021", "filing", map[string]any{"filing_days": 10}, "2026-03-10", "2026-03-20", "后10日"},
		{"六(四) report of March by the 25th", "wansheng-2020", "month_report", nil, "2026-03-01", "2026-03-25", "每月25日"},
		{"附件6说明1 form of March by the 28th", "wansheng-2020", "month_form", nil, "2026-03-01", "2026-03-28", "每月28日"},
		{"A2 the report's day set to the 31st is the last of February", "wansheng-2020", "month_report", map[string]any{"month_report_day": 31}, "2026-02-10", "2026-02-28", ""},
		{"A2 and of a leap year's", "wansheng-2020", "month_report", map[string]any{"month_report_day": 31}, "2028-02-10", "2028-02-29", ""},
		{"A2 and of April", "wansheng-2020", "month_form", map[string]any{"month_form_day": 31}, "2026-04-02", "2026-04-30", ""},
		{"四(九)1 ledger by 31 August 2020", "wansheng-2020", "ledger_2020", nil, "2026-01-01", "2020-08-31", "2020年8月31日前"},
		{"product default: filing in 万盛", "wansheng-2020", "filing", nil, "2026-03-10", "2026-03-25", ""},
		{"product default: monthly report in 潼南", "tongnan-2021", "month_report", nil, "2026-03-01", "2026-03-25", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := Choice{Policy: named(t, tt.policy), Params: tt.params}.Deadline(tt.key, day(tt.from))
			if err != nil || !d.Due.Equal(day(tt.due)) || !strings.Contains(d.Text, tt.says) || d.Clause == "" {
				t.Errorf("%+v, %v; want %s with %q", d, err, tt.due, tt.says)
			}
		})
	}
	wansheng := Choice{Policy: named(t, "wansheng-2020")}
	if _, err := wansheng.Deadline("payday", time.Time{}); !errors.Is(err, ErrUnknown) {
		t.Errorf("a date that is not there: %v", err)
	}
	if _, err := wansheng.Deadline("yearly", time.Time{}); !errors.Is(err, ErrNoDay) {
		t.Errorf("a duty without a day: %v", err)
	}
}

func TestDaysLeft(t *testing.T) {
	d := Deadline{Due: day("2026-03-25")}
	chongqing := time.FixedZone("CST", 8*3600)
	for when, want := range map[time.Time]int{
		day("2026-03-10"): 15, day("2026-03-25"): 0, day("2026-03-26"): -1,
		time.Date(2026, 3, 25, 23, 59, 0, 0, chongqing): 0, time.Date(2026, 3, 26, 0, 1, 0, 0, chongqing): -1,
	} {
		if got := d.Left(when); got != want {
			t.Errorf("%v: %d days left, want %d", when, got, want)
		}
	}
}

func TestReportPeriods(t *testing.T) {
	for key, clause := range map[string]string{"wansheng-2020": "附件6", "tongnan-2021": NotInDocument} {
		c := Choice{Policy: named(t, key)}
		for _, tt := range []struct{ month, from, to, report, form string }{
			{"2026-01-01", "2026-01-01", "2026-01-25", "2026-01-25", "2026-01-28"},
			{"2026-12-31", "2026-01-01", "2026-12-25", "2026-12-25", "2026-12-28"},
		} {
			t.Run("附件6、7 说明1 "+key+" "+tt.month[:7], func(t *testing.T) {
				p, err := c.ReportPeriod(day(tt.month))
				if err != nil || !p.From.Equal(day(tt.from)) || !p.To.Equal(day(tt.to)) || !p.ReportDue.Equal(day(tt.report)) || !p.FormDue.Equal(day(tt.form)) {
					t.Errorf("%+v, %v", p, err)
				}
				if !strings.HasPrefix(p.Clause, clause) || !strings.Contains(p.Text, "累计") {
					t.Errorf("%q %q", p.Clause, p.Text)
				}
			})
		}
	}
	late := Choice{Policy: named(t, "wansheng-2020"), Params: map[string]any{"month_report_day": 20}}
	if p, err := late.ReportPeriod(day("2026-03-01")); err != nil || !p.ReportDue.Equal(day("2026-03-20")) || !p.To.Equal(day("2026-03-25")) {
		t.Errorf("A2: the report's day moves, the period's does not: %+v, %v", p, err)
	}
}
