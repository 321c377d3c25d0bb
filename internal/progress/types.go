package progress

import (
	"fmt"
	"time"
)

// Kind is a milestone (节点) of a project.
type Kind string

// The milestones in the order in which a project passes them.
const (
	Start      Kind = "start"      // 开工
	WorksDone  Kind = "works_done" // 全部改造内容完工
	Acceptance Kind = "acceptance" // 联合竣工验收合格
	Filed      Kind = "filing"     // 竣工验收报告备案
	HandedOver Kind = "handover"   // 移交
)

// Kinds are the milestones in their order.
func Kinds() []Kind { return []Kind{Start, WorksDone, Acceptance, Filed, HandedOver} }

var kindNames = map[Kind]string{
	Start: "开工", WorksDone: "完工", Acceptance: "竣工验收", Filed: "竣工验收报告备案", HandedOver: "移交",
}

// Form is the form that a project is reported on.
type Form string

// The forms: projects with the central subsidy, and those without.
const (
	Annex6 Form = "annex6"
	Annex7 Form = "annex7"
)

// Forms are the forms in their order.
func Forms() []Form { return []Form{Annex6, Annex7} }

var formNames = map[Form]string{Annex6: "附件6", Annex7: "附件7"}

// State is where a monthly report stands.
type State string

// The states: filled in by a subdistrict, handed in to the bureau, sent back by
// it with a reason, frozen for good.
const (
	Draft     State = "draft"
	Submitted State = "submitted"
	Returned  State = "returned"
	Frozen    State = "frozen"
)

// ReportUnit is who reports: a subdistrict, or the district as a whole (code "").
type ReportUnit struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Part is one field at fault.
type Part struct {
	Field  string // JSON path below the body, e.g. lines[2].remark
	Detail string // a sentence for people
}

// InvalidError says which fields cannot be. Detail is a sentence for people.
type InvalidError struct {
	Field, Detail string
	More          []Part
}

func (e *InvalidError) Error() string { return "progress, " + e.Field + ": " + e.Detail }

// AreaUnitError asks whether square metres were typed for 10,000 square metres.
type AreaUnitError struct{ Doubts []AreaDoubt }

func (e *AreaUnitError) Error() string {
	return fmt.Sprintf("%d areas look as if they were in square metres", len(e.Doubts))
}

// AreaDoubt is an area that is about 10,000 times too large.
type AreaDoubt struct {
	Project   string  `json:"project" doc:"code"`
	Field     string  `json:"field" doc:"e.g. plan.area_wan"`
	Given     float64 `json:"given"`
	Suggested float64 `json:"suggested" doc:"the same in 10,000 m²"`
	Text      string  `json:"text"`
}

// StateError says that a report does not stand where an act needs it: it is
// frozen, its month is closed, it has been handed in. Detail is a sentence for
// people.
type StateError struct {
	Frozen bool
	Detail string
}

func (e *StateError) Error() string { return "progress: " + e.Detail }

const dateForm = "2006-01-02"

// parseDate reads a date, or says which field cannot be.
func parseDate(field, text string) (time.Time, error) {
	t, err := time.Parse(dateForm, text)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return t, &InvalidError{Field: field, Detail: "日期应写作 2026-03-25 的样子"}
	}
	return t, nil
}

func dateText(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := t.Format(dateForm)
	return &s
}

// spoken is a date as a sentence has it.
func spoken(t time.Time) string { return fmt.Sprintf("%d年%d月%d日", t.Year(), t.Month(), t.Day()) }

// Month is the first day of a month.
type Month struct{ time.Time }

// ParseMonth reads YYYY-MM.
func ParseMonth(text string) (Month, error) {
	t, err := time.Parse("2006-01", text)
	if err != nil || t.Year() < 1990 || t.Year() > 2200 {
		return Month{}, &InvalidError{Field: "month", Detail: "月份应写作 2026-03 的样子"}
	}
	return Month{t}, nil
}

// String is YYYY-MM.
func (m Month) String() string { return m.Format("2006-01") }
