package progress

import (
	"fmt"
	"time"

	"github.com/lianpian/lianpian/internal/policy"
)

// Filing is how the filing of the acceptance report stands: it is due some days
// after the acceptance.
type Filing struct {
	State    string `json:"state" enum:"none,due,late,done,done_late" doc:"none: not accepted yet"`
	DueOn    string `json:"due_on" doc:"YYYY-MM-DD; empty: not accepted yet"`
	DaysLeft int    `json:"days_left" doc:"of a due one; negative is late"`
	Clause   string `json:"clause"`
	Text     string `json:"text"`
}

// filing judges by the readings of a district. filed is nil where nothing was
// filed yet.
func filing(c policy.Choice, accepted, filed *time.Time, today time.Time) Filing {
	rule := filingRule(c)
	if accepted == nil {
		return Filing{State: "none", Clause: rule.clause, Text: fmt.Sprintf("验收合格后%s内备案", rule.text)}
	}
	due := rule.from(*accepted)
	out := Filing{DueOn: due.Format(dateForm), Clause: rule.clause, DaysLeft: int(due.Sub(today).Hours() / 24)}
	switch {
	case filed != nil && filed.After(due):
		out.State, out.DaysLeft = "done_late", 0
		out.Text = fmt.Sprintf("已于%s备案，超过期限%d天（应在%s前）", spoken(*filed), int(filed.Sub(due).Hours()/24), spoken(due))
	case filed != nil:
		out.State, out.DaysLeft = "done", 0
		out.Text = fmt.Sprintf("已于%s备案", spoken(*filed))
	case out.DaysLeft < 0:
		out.State = "late"
		out.Text = fmt.Sprintf("备案已逾期%d天：应在%s前（验收合格后%s内）", -out.DaysLeft, spoken(due), rule.text)
	default:
		out.State = "due"
		out.Text = fmt.Sprintf("还有%d天：应在%s前备案（验收合格后%s内）", out.DaysLeft, spoken(due), rule.text)
	}
	return out
}

// filingDays is the period as a district reads the plan.
type filingDays struct {
	days         int
	working      bool
	clause, text string
}

func filingRule(c policy.Choice) filingDays {
	r := filingDays{days: defaultFilingDays, clause: dateOf(c, "filing").Clause}
	if d := dateOf(c, "filing").Days; d != nil {
		r.days = *d
	}
	if v, ok := c.Number("filing_days"); ok {
		r.days = int(v)
	}
	r.working = c.Text("filing_day_kind") == "working"
	r.text = fmt.Sprintf("%d日（自然日）", r.days)
	if r.working {
		r.text = fmt.Sprintf("%d个工作日（只除去周六、周日）", r.days)
	}
	if r.clause == "" {
		r.text += "，方案未规定，产品默认"
	}
	return r
}

func (r filingDays) from(accepted time.Time) time.Time {
	if !r.working {
		return accepted.AddDate(0, 0, r.days)
	}
	due := accepted
	for left := r.days; left > 0; {
		due = due.AddDate(0, 0, 1)
		if w := due.Weekday(); w != time.Saturday && w != time.Sunday {
			left--
		}
	}
	return due
}
