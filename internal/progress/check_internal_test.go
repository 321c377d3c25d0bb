package progress

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/policy"
)

func drawMeasures(t *rapid.T, name string) MonthMeasures {
	return MonthMeasures{
		AreaWan:    wan(rapid.Int64Range(0, 200_000).Draw(t, name+" m2")),
		Households: rapid.IntRange(0, 2000).Draw(t, name+" households"),
		Buildings:  rapid.IntRange(0, 60).Draw(t, name+" buildings"),
	}
}

func TestProposalsNeverExceedThePlanNorShrinkGroupThree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := drawMeasures(t, "plan")
		at := stage(rapid.IntRange(0, 3).Draw(t, "stage"))
		g3 := drawMeasures(t, "g3").within(plan)
		g2 := drawMeasures(t, "g2").within(plan.minus(g3))
		before := MonthFigures{Plan: plan, G3: g3, G2: g2, G1: drawMeasures(t, "g1").within(plan.minus(g3).minus(g2))}
		f := MonthFigures{Plan: plan}
		f.G1, f.G2, f.G3 = propose(plan, at, &before)
		if problems := tooMuch(f); len(problems) > 0 {
			t.Fatalf("%+v: %v", f, problems)
		}
		if !g3.within(f.G3).equal(g3) {
			t.Fatalf("group 3 shrinks from %+v to %+v", g3, f.G3)
		}
		if at >= preparing && !f.allBegun() {
			t.Fatalf("begun works are left out: %+v", f)
		}
	})
}

func TestSumsAreExactToTheSquareMetre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(0, 50).Draw(t, "rows")
		var sum MonthFigures
		var m2 int64
		for range n {
			m := drawMeasures(t, "row")
			m2 += m.m2()
			sum = sum.plus(MonthFigures{Plan: m, G1: m})
		}
		if sum.Plan.m2() != m2 || sum.Plan.AreaWan != wan(m2) || !sum.allBegun() {
			t.Fatalf("%d m² sum up to %v", m2, sum.Plan.AreaWan)
		}
	})
}

func TestChecksOfTheForm(t *testing.T) {
	plan := MonthMeasures{AreaWan: 1, Households: 100, Buildings: 10}
	later, past := "2026-05-01", "2026-03-25"
	base := func() MonthLine {
		return MonthLine{MonthLineDraft: MonthLineDraft{Project: "A", MonthFigures: MonthFigures{Plan: plan, InvestmentWan: 100, G2: plan}}}
	}
	k := known{line: base(), stage: building, cutOff: time.Date(2026, 3, 25, 0, 0, 0, 0, time.UTC)}
	k.line.Before = &MonthBefore{Month: "2026-02", G3: MonthMeasures{}, SpentWan: 10}
	cases := map[string]struct {
		change func(*MonthLine)
		want   []string // field:level
	}{
		"nothing wrong": {func(l *MonthLine) { l.SpentWan = 10 }, nil},
		"附件6、附件7说明2 equal to the plan":           {func(l *MonthLine) { l.SpentWan = 100 }, nil},
		"附件6、附件7说明2 one m² more":                 {func(l *MonthLine) { l.SpentWan = 10; l.G1.AreaWan = 0.0001 }, []string{"g1.area_wan:fault", "g1.area_wan:warning"}},
		"附件6、附件7说明3 one household waits":         {func(l *MonthLine) { l.SpentWan = 10; l.G2.Households = 99 }, []string{"remark:fault", "starts_on:fault"}},
		"附件6、附件7说明3 with remark and date":        {func(l *MonthLine) { l.SpentWan = 10; l.G2.Households = 99; l.Remark = "x"; l.StartsOn = &later }, nil},
		"附件6、附件7说明3 the date is over":            {func(l *MonthLine) { l.SpentWan = 10; l.G2.Households = 99; l.Remark = "x"; l.StartsOn = &past }, []string{"starts_on:warning"}},
		"附件6、附件7说明1 spending shrinks":            {func(l *MonthLine) { l.SpentWan = 9.9999 }, []string{"spent_wan:fault"}},
		"附件6、附件7说明1 spending shrinks, explained": {func(l *MonthLine) { l.SpentWan = 9; l.Correction = "x" }, []string{"spent_wan:warning"}},
		"累计完成投资额 equal to the investment":        {func(l *MonthLine) { l.SpentWan = 100 }, nil},
		"累计完成投资额 above the investment is a hint": {func(l *MonthLine) { l.SpentWan = 100.0001 }, []string{"spent_wan:warning"}},
		"the plan differs from the register":     {func(l *MonthLine) { l.SpentWan = 10; l.Plan.Households, l.G2.Households = 101, 101 }, []string{"plan.area_wan:warning"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			l := base()
			c.change(&l)
			var got []string
			for _, p := range k.check(l) {
				got = append(got, p.Field+":"+string(p.Level))
				if p.Clause == "" || p.Text == "" {
					t.Errorf("no clause or sentence: %+v", p)
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("problems %v, want %v", got, c.want)
			}
		})
	}
}

func TestAreasTenThousandTimesTooLargeAreNoticed(t *testing.T) {
	floor := 6400.0
	cases := map[string]struct {
		floor *float64
		m     MonthMeasures
		want  float64 // suggested; 0 is nothing noticed
	}{
		"as the register has it":              {&floor, MonthMeasures{AreaWan: 0.64, Households: 80}, 0},
		"ten times as much may be":            {&floor, MonthMeasures{AreaWan: 6.4, Households: 80}, 0},
		"just square metres":                  {&floor, MonthMeasures{AreaWan: 6400, Households: 80}, 0.64},
		"C19: a thousand times as much":       {&floor, MonthMeasures{AreaWan: 640, Households: 80}, 0.64},
		"C19: about a thousand times as much": {&floor, MonthMeasures{AreaWan: 650, Households: 80}, 0.65},
		"square metres of a part of it":       {&floor, MonthMeasures{AreaWan: 3000, Households: 40}, 0.3},
		"unknown area, 80 m² a household":     {nil, MonthMeasures{AreaWan: 0.64, Households: 80}, 0},
		"unknown area, by households":         {nil, MonthMeasures{AreaWan: 6400, Households: 80}, 0.64},
		"unknown area and households":         {nil, MonthMeasures{AreaWan: 6400}, 0},
		"2,000 m² a household is not noticed": {nil, MonthMeasures{AreaWan: 16, Households: 80}, 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			doubts := known{floor: c.floor, line: MonthLine{Name: "甲"}}.squareMetres(MonthLine{MonthLineDraft: MonthLineDraft{MonthFigures: MonthFigures{Plan: c.m}}})
			switch {
			case c.want == 0 && len(doubts) > 0:
				t.Errorf("noticed %+v", doubts)
			case c.want != 0 && (len(doubts) != 1 || doubts[0].Suggested != c.want):
				t.Errorf("doubts %+v, want %v", doubts, c.want)
			}
		})
	}
}

func TestTheFormHasSeventeenColumnsUnderThreeRows(t *testing.T) {
	s := Snapshot{Form: Annex6, Columns: testColumns(t)}
	if len(s.Columns) != 17 {
		t.Fatalf("%d columns, annex 6 has 17", len(s.Columns))
	}
	heads := s.Heads()
	if len(heads) != 3 {
		t.Fatalf("%d header rows, want 3", len(heads))
	}
	var top []string
	for _, c := range heads[0] {
		top = append(top, c.Text)
	}
	if strings.Join(top, "|") != "序号|改造提升计划|改造进展情况|备注" || heads[0][1].Columns != 5 || heads[0][2].Columns != 10 || heads[0][0].RowSpan != 3 {
		t.Errorf("first header row %+v", heads[0])
	}
	width := make([]int, 3)
	for level, row := range heads {
		for _, c := range row {
			for deep := range c.RowSpan {
				width[level+deep] += c.Columns
			}
		}
	}
	if !slices.Equal(width, []int{17, 17, 17}) {
		t.Errorf("the header rows are %v wide", width)
	}
	if got := s.cells("合计", "", MonthFigures{Plan: MonthMeasures{AreaWan: 1.5}, SpentWan: 7}, ""); len(got) != 17 || got[2] != "1.5" || got[15] != "7" || got[0] != "合计" {
		t.Errorf("cells %q", got)
	}
}

func testColumns(t *testing.T) (columns []Column) {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	p, err := lib.Policy("wansheng-2020")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range layoutOf(policy.Choice{Policy: p}, Annex6).columns {
		columns = append(columns, Column{Key: c.Key, Path: c.Path, Name: c.Name})
	}
	return columns
}

func TestDeadlinesOfTheMonth(t *testing.T) {
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		plan, month, to, report, form string
		params                        map[string]any
	}{
		"六(四), 附件6说明1: 25th and 28th":    {"wansheng-2020", "2026-03", "2026-03-25", "2026-03-25", "2026-03-28", nil},
		"A2 the district reads the 28th": {"wansheng-2020", "2026-02", "2026-02-25", "2026-02-28", "2026-02-28", map[string]any{"month_report_day": 28}},
		"a day that the month lacks":     {"wansheng-2020", "2026-02", "2026-02-25", "2026-02-25", "2026-02-28", map[string]any{"month_form_day": 31}},
		"a plan without monthly dates":   {"tongnan-2021", "2026-03", "2026-03-25", "2026-03-25", "2026-03-28", nil},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := lib.Policy(c.plan)
			if err != nil {
				t.Fatal(err)
			}
			m, err := ParseMonth(c.month)
			if err != nil {
				t.Fatal(err)
			}
			got, err := calendarOf(policy.Choice{Policy: p, Params: c.params}, m)
			if err != nil || got.From != "2026-01-01" || got.To != c.to || got.Report.On != c.report || got.Form.On != c.form || got.Report.Clause == "" {
				t.Errorf("%+v %v", got, err)
			}
		})
	}
}
