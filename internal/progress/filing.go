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
	if accepted == nil {
		rule := filingDue(c, today)
		return Filing{State: "none", Clause: rule.Clause, Text: "应在" + rule.Text + "内备案"}
	}
	rule := filingDue(c, *accepted)
	due := rule.Due
	out := Filing{DueOn: due.Format(dateForm), Clause: rule.Clause, DaysLeft: rule.Left(today)}
	switch {
	case filed != nil && filed.After(due):
		out.State, out.DaysLeft = "done_late", 0
		out.Text = fmt.Sprintf("已于%s备案，超过期限%d天（应在%s前）", spoken(*filed), int(filed.Sub(due).Hours()/24), spoken(due))
	case filed != nil:
		out.State, out.DaysLeft = "done", 0
		out.Text = fmt.Sprintf("已于%s备案", spoken(*filed))
	case out.DaysLeft < 0:
		out.State = "late"
		out.Text = fmt.Sprintf("备案已逾期%d天：应在%s前（%s内）", -out.DaysLeft, spoken(due), rule.Text)
	default:
		out.State = "due"
		out.Text = fmt.Sprintf("还有%d天：应在%s前备案（%s内）", out.DaysLeft, spoken(due), rule.Text)
	}
	return out
}

// defaultFilingDays is the product's period for plans that name none.
const defaultFilingDays = 15

// filingDue is the last day for filing what was accepted on a day, with the rule
// in words.
func filingDue(c policy.Choice, accepted time.Time) policy.Deadline {
	d, err := c.Deadline("filing", accepted)
	if err != nil { // the plan names no such day
		return policy.Deadline{
			Clause: policy.NotInDocument, Due: accepted.AddDate(0, 0, defaultFilingDays),
			Text: fmt.Sprintf("验收合格后%d日（自然日）", defaultFilingDays),
		}
	}
	return d
}
