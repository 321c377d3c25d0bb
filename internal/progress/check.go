package progress

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/lianpian/lianpian/internal/privacy"
)

// MonthLineDraft is what a person fills in of a row.
type MonthLineDraft struct {
	Project string `json:"project" maxLength:"200" doc:"code"`
	MonthFigures
	Remark     string  `json:"remark" maxLength:"500"`
	StartsOn   *string `json:"starts_on" nullable:"true" doc:"启动日期 of what has not begun, YYYY-MM-DD"`
	Correction string  `json:"correction,omitempty" maxLength:"300" doc:"why a figure is smaller than the month before"`
}

// MonthLine is a row of a monthly report with what is known of its project.
type MonthLine struct {
	MonthLineDraft
	Name        string         `json:"name"`
	Unit        ReportUnit     `json:"unit" doc:"who reports it"`
	CarriedOver bool           `json:"carried_over" doc:"of an earlier year, and not done when this one began"`
	Before      *MonthBefore   `json:"before" doc:"the newest earlier month of the same year"`
	Proposed    *MonthFigures  `json:"proposed" doc:"what the district's data say now; null in frozen reports"`
	Generated   bool           `json:"generated" doc:"made up for the demo district"`
	Problems    []MonthProblem `json:"problems"`

	kept bool // cumulative figures of it were reported: without the row the total would fall
}

// MonthBefore are a project's figures of an earlier month.
type MonthBefore struct {
	Month    string        `json:"month"`
	G3       MonthMeasures `json:"g3"`
	SpentWan float64       `json:"spent_wan"`
	Remark   string        `json:"remark"`

	figures  MonthFigures
	startsOn *string
}

// Level says whether a problem keeps a report from being handed in.
type Level string

// The levels.
const (
	Fault   Level = "fault"
	Warning Level = "warning"
)

// MonthProblem is what is wrong or strange with a row, with the note of the form that
// says so.
type MonthProblem struct {
	Field  string `json:"field" doc:"e.g. remark, g3.area_wan"`
	Level  Level  `json:"level" enum:"fault,warning"`
	Clause string `json:"clause"`
	Text   string `json:"text"`
}

const (
	noteTwo   = "附件6、附件7说明2"
	noteThree = "附件6、附件7说明3"
	noteOne   = "附件6、附件7说明1"
	growth    = noteOne // cumulative counts do not shrink
)

// known is what the district's data say of a line's project.
type known struct {
	line   MonthLine // name, figures as proposed, before
	floor  *float64
	stage  stage
	cutOff time.Time
}

// check says what is wrong with a row. It is pure.
func (k known) check(l MonthLine) []MonthProblem {
	problems := tooMuch(l.MonthFigures)
	problems = append(problems, k.waits(l)...)
	if before := k.line.Before; before != nil {
		problems = append(problems, shrinks(l, *before)...)
	}
	return append(problems, k.strange(l)...)
}

// measure is one of the three that a form counts.
type measure struct {
	key, name, unit string
	of              func(MonthMeasures) float64
}

var measures = []measure{
	{"area_wan", "面积", "万平方米", func(m MonthMeasures) float64 { return m.AreaWan }},
	{"households", "户数", "户", func(m MonthMeasures) float64 { return float64(m.Households) }},
	{"buildings", "楼栋数", "栋", func(m MonthMeasures) float64 { return float64(m.Buildings) }},
}

func figure(v float64) string { return strconv.FormatFloat(math.Round(v*1e4)/1e4, 'f', -1, 64) }

// tooMuch: the groups do not overlap and together are no more than the plan.
func tooMuch(f MonthFigures) []MonthProblem {
	var problems []MonthProblem
	begun := f.begun()
	for _, m := range measures {
		if sum, plan := m.of(begun), m.of(f.Plan); sum > plan {
			problems = append(problems, MonthProblem{
				Field: "g1." + m.key, Level: Fault, Clause: noteTwo,
				Text: fmt.Sprintf("%s：1+2+3组共%s%s，多于年度改造计划的%s%s", m.name, figure(sum), m.unit, figure(plan), m.unit),
			})
		}
	}
	return problems
}

// maxAreaWan is what no project's area comes to: a hundred square kilometres.
const maxAreaWan = 10_000

// tooLarge: areas that a form has no room for.
func tooLarge(f MonthFigures) []MonthProblem {
	var problems []MonthProblem
	for _, g := range []struct {
		key, name string
		m         MonthMeasures
	}{{"plan", "计划", f.Plan}, {"g1", "第1组", f.G1}, {"g2", "第2组", f.G2}, {"g3", "第3组", f.G3}} {
		if g.m.rounded().AreaWan >= maxAreaWan {
			problems = append(problems, MonthProblem{
				Field: g.key + ".area_wan", Level: Fault, Clause: noteTwo,
				Text: fmt.Sprintf("%s面积填了%s万平方米；一个项目的面积应小于%d万平方米，请核对单位", g.name, figure(g.m.AreaWan), maxAreaWan),
			})
		}
	}
	return problems
}

// waits: what has not begun says why, and when it will.
func (k known) waits(l MonthLine) []MonthProblem {
	if l.allBegun() {
		return nil
	}
	var problems []MonthProblem
	if l.Remark == "" {
		problems = append(problems, MonthProblem{
			Field: "remark", Level: Fault, Clause: noteThree, Text: "有未开工的部分（1+2+3组少于计划），须在备注中说明情况",
		})
	}
	switch {
	case l.StartsOn == nil:
		problems = append(problems, MonthProblem{
			Field: "starts_on", Level: Fault, Clause: noteThree, Text: "有未开工的部分（1+2+3组少于计划），须填写启动日期",
		})
	case *l.StartsOn <= k.cutOff.Format(dateForm):
		problems = append(problems, MonthProblem{
			Field: "starts_on", Level: Warning, Clause: noteThree, Text: "启动日期已过，而项目仍报为未开工",
		})
	}
	return problems
}

// shrinks: cumulative figures do not decrease from month to month, except where
// an earlier one is corrected and the row says why.
func shrinks(l MonthLine, before MonthBefore) []MonthProblem {
	level, how := Fault, "；若上月填报有误，请填写更正说明"
	if l.Correction != "" {
		level, how = Warning, "（已说明更正）"
	}
	var problems []MonthProblem
	for _, m := range measures {
		if now, then := m.of(l.G3), m.of(before.G3); now < then {
			problems = append(problems, MonthProblem{
				Field: "g3." + m.key, Level: level, Clause: growth,
				Text: fmt.Sprintf("第3组%s为累计数，%s%s少于%s所报的%s%s%s", m.name, figure(now), m.unit, before.Month, figure(then), m.unit, how),
			})
		}
	}
	if l.SpentWan < before.SpentWan {
		problems = append(problems, MonthProblem{
			Field: "spent_wan", Level: level, Clause: growth,
			Text: fmt.Sprintf("累计完成投资额%s万元少于%s所报的%s万元%s", figure(l.SpentWan), before.Month, figure(before.SpentWan), how),
		})
	}
	return problems
}

// strange: what may be right, but is worth a second look.
func (k known) strange(l MonthLine) []MonthProblem {
	var problems []MonthProblem
	warn := func(field, clause, text string) {
		problems = append(problems, MonthProblem{Field: field, Level: Warning, Clause: clause, Text: text})
	}
	if l.SpentWan > l.InvestmentWan {
		warn("spent_wan", growth, fmt.Sprintf("累计完成投资额%s万元超过投资额%s万元", figure(l.SpentWan), figure(l.InvestmentWan)))
	}
	if plan := k.line.Plan; !l.Plan.equal(plan) {
		warn("plan.area_wan", noteTwo, fmt.Sprintf("计划数与台账不同（台账：%s万平方米、%d户、%d栋）", figure(plan.AreaWan), plan.Households, plan.Buildings))
	}
	if k.stage < building && !l.G2.plus(l.G3).none() {
		warn("g2.area_wan", noteTwo, "报为已进场施工或完工，但尚未登记开工日期")
	}
	if k.stage == done && !l.G3.equal(l.Plan) {
		warn("g3.area_wan", noteTwo, "已登记完工日期，但第3组少于计划数")
	}
	for _, g := range []struct {
		key, name string
		m         MonthMeasures
	}{{"plan", "计划", l.Plan}, {"g1", "第1组", l.G1}, {"g2", "第2组", l.G2}, {"g3", "第3组", l.G3}} {
		if !g.m.none() && (g.m.AreaWan == 0 || g.m.Buildings == 0) {
			warn(g.key+".area_wan", noteTwo, g.name+"的面积、户数、楼栋数没有填全")
		}
	}
	return problems
}

// Areas may be at most so many times the project's floor area, or so many m² a
// household, before somebody asks whether they are in square metres.
const (
	absurdTimes        = 500
	absurdPerHousehold = 2_000
)

// squareMetres finds areas that are in square metres where 10,000 square metres
// are meant.
func (k known) squareMetres(l MonthLine) []AreaDoubt {
	var doubts []AreaDoubt
	look := func(field, name string, m MonthMeasures) {
		absurd := m.Households > 0 && m.AreaWan*m2PerWan/float64(m.Households) > absurdPerHousehold && m.AreaWan >= 1
		if k.floor != nil && *k.floor > 0 {
			absurd = m.AreaWan*m2PerWan > absurdTimes**k.floor
		}
		if !absurd {
			return
		}
		times := k.timesTooLarge(m)
		suggested := MonthMeasures{AreaWan: m.AreaWan / times}.rounded().AreaWan
		why := "是否把平方米填成了万平方米？"
		if times != m2PerWan {
			why = fmt.Sprintf("约为台账面积%s万平方米的%.0f倍，是否填错了单位或小数点？", figure(*k.floor/m2PerWan), times)
		}
		doubts = append(doubts, AreaDoubt{
			Project: l.Project, Field: field, Given: m.AreaWan, Suggested: suggested,
			Text: fmt.Sprintf("“%s”的%s面积填了%s万平方米，%s应为%s万平方米", k.line.Name, name, figure(m.AreaWan), why, figure(suggested)),
		})
	}
	look("plan.area_wan", "计划", l.Plan)
	look("g1.area_wan", "第1组", l.G1)
	look("g2.area_wan", "第2组", l.G2)
	look("g3.area_wan", "第3组", l.G3)
	return doubts
}

// timesTooLarge is what an absurd area is to be divided by: where it is nearly a
// power of ten of the register's area, by that; else it is in square metres.
func (k known) timesTooLarge(m MonthMeasures) float64 {
	if k.floor == nil || *k.floor <= 0 {
		return m2PerWan
	}
	ratio := m.AreaWan * m2PerWan / *k.floor
	power := math.Pow(10, math.Round(math.Log10(ratio)))
	if math.Abs(ratio/power-1) > 0.1 {
		return m2PerWan
	}
	return power
}

// personal refuses what names a resident.
func personal(field, text string) error {
	if privacy.PersonalNumbers(text) {
		return &InvalidError{Field: field, Detail: "请勿填写身份证号码或手机号码：系统不保存居民个人信息"}
	}
	return nil
}
