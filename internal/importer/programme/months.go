package programme

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// report is a month of a subdistrict.
type report struct {
	id          uuid.UUID
	subdistrict string
	month       time.Time
	form, state string
	reason      string
}

type monthLine struct {
	report   uuid.UUID
	p        *project
	place    int
	plan     [3]int // area in m², households, buildings
	group    int    // 0: not begun
	spentWan float64
	remark   string
	startsOn *time.Time
	settled  bool
}

// writeMonths reports every month up to now. What is past has been handed in,
// and can be closed; the last one is being written: some subdistricts have sent
// theirs, one was sent back, one has nothing yet.
func (in *inventor) writeMonths(ctx context.Context, tx pgx.Tx) error {
	var reports []report
	var lines []monthLine
	this := time.Date(in.today.Year(), in.today.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := in.Months - 1; back >= 0; back-- {
		month := this.AddDate(0, -back, 0)
		for _, form := range []string{"annex6", "annex7"} {
			bySubdistrict, order := in.reporters(month.Year(), form == "annex6")
			for i, code := range order {
				r := report{id: in.id(), subdistrict: code, month: month, form: form, state: "submitted"}
				if back == 0 {
					r.state, r.reason = in.current(i)
				}
				if r.state != "" {
					reports = append(reports, r)
					lines = append(lines, in.monthLines(r, bySubdistrict[code])...)
				}
			}
		}
	}
	in.made.Reports, in.made.Lines = len(reports), len(lines)
	return in.copyMonths(ctx, tx, reports, lines)
}

// current is how far the i-th subdistrict is with the month that is not over.
func (in *inventor) current(i int) (state, reason string) {
	switch i % 4 {
	case 1:
		return "returned", "未开工项目请写明情况和启动日期"
	case 2:
		return "draft", ""
	case 3:
		return "", ""
	}
	return "submitted", ""
}

// reporters are the projects of a year by the subdistrict that reports them.
func (in *inventor) reporters(year int, central bool) (map[string][]*project, []string) {
	projects := map[string][]*project{}
	var order []string
	for _, p := range in.projects {
		if !p.begun() || in.today.Year()+p.year != year || p.central != central || p.subdistrict() == "" {
			continue
		}
		code := p.subdistrict()
		if projects[code] == nil {
			order = append(order, code)
		}
		projects[code] = append(projects[code], p)
	}
	return projects, order
}

func (in *inventor) monthLines(r report, projects []*project) []monthLine {
	until := r.month.AddDate(0, 0, 24) // the 25th
	if until.After(in.today) {
		until = in.today
	}
	lines := make([]monthLine, 0, len(projects))
	for i, p := range projects {
		l := monthLine{report: r.id, p: p, place: i + 1, settled: r.state == "submitted", plan: [3]int{int(math.Round(p.area)), p.households, p.buildings}}
		started, hasStarted := p.milestones["start"]
		finished, hasFinished := p.milestones["works_done"]
		switch {
		case hasFinished && !finished.After(until):
			l.group = 3
		case hasStarted && !started.After(until):
			l.group = 2
		case p.stage != unbegun && r.month.Month() > 1:
			l.group = 1
		default:
			start := time.Date(r.month.Year(), 12, 28, 0, 0, 0, 0, time.UTC)
			if hasStarted {
				start = started
			}
			l.remark, l.startsOn = "正在落实资金和施工图", &start
		}
		l.spentWan = p.spent(until)
		lines = append(lines, l)
	}
	return lines
}

// investmentWan is what the project costs: its works, or the estimate where none
// are listed. It is what reports propose.
func (p *project) investmentWan() float64 {
	if p.cost > 0 {
		return math.Round(float64(p.cost)/100) / 10_000
	}
	return p.estimatedWan
}

// spent grows evenly from the start of the works to their end.
func (p *project) spent(until time.Time) float64 {
	started, has := p.milestones["start"]
	if !has || until.Before(started) {
		return 0
	}
	finished, has := p.milestones["works_done"]
	whole := 240.0 // days
	if has {
		whole = max(1, finished.Sub(started).Hours()/24)
	}
	part := min(0.96, until.Sub(started).Hours()/24/whole)
	return math.Floor(p.investmentWan()*part*100) / 100
}

func (in *inventor) copyMonths(ctx context.Context, tx pgx.Tx, reports []report, lines []monthLine) error {
	err := write(ctx, tx, "month_report", []string{
		"id", "district_code", "subdistrict_code", "month", "form", "state", "state_reason", "submitted_by", "submitted_at",
	}, reports, func(r report) []any {
		var at *time.Time
		name := ""
		if r.state == "submitted" {
			day := r.month.AddDate(0, 0, 23)
			at, name = &day, by
		}
		return []any{r.id, in.District, r.subdistrict, r.month, r.form, r.state, r.reason, name, at}
	})
	if err != nil {
		return err
	}
	columns := []string{"report_id", "project_id", "place", "plan_area_wan", "plan_households", "plan_buildings", "investment_wan", "spent_wan", "remark", "starts_on", "settled"}
	for _, g := range []string{"g1", "g2", "g3"} {
		columns = append(columns, g+"_area_wan", g+"_households", g+"_buildings")
	}
	return write(ctx, tx, "month_line", columns, lines, func(l monthLine) []any {
		values := []any{l.report, l.p.id, l.place, wan(l.plan[0]), l.plan[1], l.plan[2], l.p.investmentWan(), l.spentWan, l.remark, l.startsOn, l.settled}
		for g := 1; g <= 3; g++ {
			if g == l.group {
				values = append(values, wan(l.plan[0]), l.plan[1], l.plan[2])
			} else {
				values = append(values, "0", 0, 0)
			}
		}
		return values
	})
}

// wan writes square metres in 10,000, exactly.
func wan(m2 int) string {
	return fmt.Sprintf("%d.%04d", m2/10_000, m2%10_000)
}
