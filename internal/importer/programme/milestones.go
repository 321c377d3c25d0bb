package programme

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// reach dates what a project of a year's programme has reached.
func (in *inventor) reach(p *project, i int) {
	year := in.today.Year() + p.year
	on := func(month, day int) time.Time { return time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC) }
	start := on(3+i%3, 5+i%20)
	finish := on(8+i%3, 4+i%20)
	if p.year == 0 { // this year's end may lie ahead
		start = in.past(start, 120+10*(i%4))
		finish = in.past(finish, 40+i%20)
	}
	put := func(kind string, day time.Time) { p.milestones[kind] = day }
	if p.stage >= working {
		put("start", start)
	}
	if p.stage >= done {
		put("works_done", finish)
	}
	switch p.stage {
	case accepted:
		put("works_done", in.daysAgo(20))
		put("acceptance", in.daysAgo(6))
	case overdue:
		put("works_done", in.daysAgo(50))
		put("acceptance", in.daysAgo(28))
	case filed, handed:
		put("acceptance", finish.AddDate(0, 0, 12))
		put("filing", finish.AddDate(0, 0, 12+4+i%10))
	}
	if p.stage == handed {
		put("handover", finish.AddDate(0, 0, 45))
	}
}

// past is a day, or so many days ago where it lies ahead.
func (in *inventor) past(day time.Time, days int) time.Time {
	if day.After(in.daysAgo(days)) {
		return in.daysAgo(days)
	}
	return day
}

// handover is who takes over a part of the works.
type handover struct {
	p              *project
	part, receiver string
}

// agreement is what is agreed for the common parts.
func (h handover) agreement() map[string]string {
	if h.part != "common" {
		return map[string]string{}
	}
	return map[string]string{
		"mode": "社区物业服务中心管理", "manager": h.receiver, "content": "日常保洁、设施设备管护", "standard": "按管理提升标准（附件2）", "fee": "每平方米每月0.6元（演示）",
	}
}

func (in *inventor) writeMilestones(ctx context.Context, tx pgx.Tx) error {
	type milestone struct {
		p    *project
		kind string
		on   time.Time
	}
	var list []milestone
	var given []handover
	for _, p := range in.projects {
		for _, kind := range []string{"start", "works_done", "acceptance", "filing", "handover"} {
			if day, is := p.milestones[kind]; is {
				list = append(list, milestone{p, kind, day})
			}
		}
		if p.stage == handed {
			given = append(given,
				handover{p, "municipal", "供水、供电、燃气、排水专业单位"}, handover{p, "exclusive", "业主"}, handover{p, "common", "社区物业服务中心"})
		}
	}
	err := write(ctx, tx, "milestone", []string{"project_id", "kind", "on_date", "by"}, list, func(m milestone) []any {
		return []any{m.p.id, m.kind, m.on, by}
	})
	if err != nil {
		return err
	}
	return write(ctx, tx, "handover", []string{"project_id", "part", "receiver", "on_date", "agreement", "by"}, given, func(h handover) []any {
		return []any{h.p.id, h.part, h.receiver, h.p.milestones["handover"], h.agreement(), by}
	})
}
