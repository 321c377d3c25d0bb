package programme

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/policy"
)

// stage is how far the works of a project are.
type stage int

const (
	idle      stage = iota // not in the year's programme
	unbegun                // of this year, nothing has begun
	preparing              // asking residents, papers
	working                // builders are on the ground
	done                   // all works are done, not accepted yet
	accepted               // accepted a few days ago
	overdue                // accepted, and the filing is late
	filed                  // filed in time
	handed                 // handed over
)

// role is what a project plays in the programme. Years count from this one.
type role struct {
	library, state, phase string
	year                  int
	stage                 stage
	reason                string
}

const (
	comprehensive = "comprehensive"
	management    = "management"
)

// roles are dealt out in turn; a programme of their number shows each once.
var roles = []role{
	{comprehensive, "confirmed", "implement", 0, working, ""},
	{comprehensive, "confirmed", "implement", -2, handed, ""},
	{comprehensive, "confirmed", "implement", 0, preparing, ""},
	{comprehensive, "confirmed", "plan", 1, idle, ""},
	{comprehensive, "confirmed", "implement", 0, overdue, ""},
	{comprehensive, "confirmed", "implement", -1, handed, ""},
	{management, "confirmed", "implement", 0, working, ""},
	{comprehensive, "confirmed", "reserve", 2, idle, ""},
	{comprehensive, "applied", "", 0, idle, ""},
	{comprehensive, "confirmed", "implement", 0, accepted, ""},
	{comprehensive, "confirmed", "implement", -1, filed, ""},
	{management, "confirmed", "implement", -1, handed, ""},
	{comprehensive, "confirmed", "implement", 0, unbegun, ""},
	{comprehensive, "accepted", "", 0, idle, ""},
	{comprehensive, "confirmed", "plan", 1, idle, ""},
	{management, "applied", "", 0, idle, ""},
	{comprehensive, "confirmed", "implement", 0, working, ""},
	{comprehensive, "returned", "", 0, idle, "申请材料缺少业主大会决议，请补充后重新申请"},
	{comprehensive, "confirmed", "implement", -2, handed, ""},
	{management, "confirmed", "plan", 1, idle, ""},
	{comprehensive, "confirmed", "implement", 0, done, ""},
	{comprehensive, "confirmed", "reserve", 2, idle, ""},
	{comprehensive, "confirmed", "implement", 0, preparing, ""},
	{management, "withdrawn", "", 0, idle, "条件成熟，升级为综合改造"},
	{management, "accepted", "", 0, idle, ""},
	{comprehensive, "confirmed", "plan", 1, idle, ""},
}

// project is one of the programme.
type project struct {
	role
	id           int64
	code, name   string
	towns        []*community
	households   int
	buildings    int
	area         float64
	appliedOn    time.Time
	central      bool
	estimatedWan float64
	cost         int64 // fen
	milestones   map[string]time.Time
	sharesWrong  bool // one that does not add up yet
}

func (p *project) live() bool { return p.state != "returned" && p.state != "withdrawn" }

// begun tells that the project is in a year's programme.
func (p *project) begun() bool { return p.phase == "implement" }

func (p *project) subdistrict() string { return p.towns[0].subdistrict }

// cast deals the communities out: those in scope to projects that are confirmed,
// doubtful ones to applications.
func (in *inventor) cast() {
	var sure, doubtful []*community
	for _, c := range in.towns {
		switch c.verdict {
		case "in":
			sure = append(sure, c)
		case "borderline":
			doubtful = append(doubtful, c)
		}
	}
	need := map[bool]int{}
	for i := range in.Projects {
		need[roles[i%len(roles)].state == "confirmed"]++
	}
	pools := map[bool][][]*community{true: in.groups(sure, need[true]), false: in.groups(doubtful, need[false])}
	numbers := map[string]int{}
	for i := range in.Projects {
		r := roles[i%len(roles)]
		pool := pools[r.state == "confirmed"]
		if len(pool) == 0 {
			continue
		}
		pools[r.state == "confirmed"] = pool[1:]
		in.projects = append(in.projects, in.project(r, pool[0], numbers))
	}
}

// groups cuts the pool into n groups of neighbours, one to four in each, spread
// over the district.
func (in *inventor) groups(pool []*community, n int) [][]*community {
	var groups [][]*community
	for at := 0; at < len(pool); {
		size := in.between(1, max(1, min(4, len(pool)/max(n, 1))))
		end := at + 1
		for end < len(pool) && end < at+size && pool[end].subdistrict == pool[at].subdistrict {
			end++
		}
		groups = append(groups, pool[at:end])
		at = end
	}
	in.random.Shuffle(len(groups), func(i, j int) { groups[i], groups[j] = groups[j], groups[i] })
	return groups[:min(n, len(groups))]
}

func (in *inventor) project(r role, towns []*community, numbers map[string]int) *project {
	p := &project{role: r, towns: towns, milestones: map[string]time.Time{}}
	for _, c := range towns {
		p.households += c.households
		p.buildings += c.buildings
		p.area += c.area
	}
	year := in.today.Year() + min(r.year, 0)
	p.appliedOn = time.Date(year-1, time.Month(in.between(2, 10)), in.between(1, 28), 0, 0, 0, 0, time.UTC)
	if r.state != "confirmed" {
		p.appliedOn = in.daysAgo(in.between(3, 60))
	}
	letter, kind := "综", "老旧小区综合改造"
	if r.library == management {
		letter, kind = "管", "管理提升"
	}
	key := fmt.Sprintf("%d-%s", p.appliedOn.Year(), letter)
	numbers[key]++
	p.code = fmt.Sprintf("%s-%03d", key, numbers[key])
	p.name = towns[0].name + kind
	if len(towns) > 1 {
		p.name = fmt.Sprintf("%s等%d个小区%s", towns[0].name, len(towns), kind)
	}
	p.central = r.library == comprehensive && in.chance(0.5)
	return p
}

func (in *inventor) writeProjects(ctx context.Context, tx pgx.Tx) error {
	for i, p := range in.projects {
		in.price(p)
		if p.begun() {
			in.reach(p, i)
		}
	}
	if err := in.copyProjects(ctx, tx); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, `select code, id from project where district_code = $1`, in.District)
	if err != nil {
		return fmt.Errorf("read the projects' ids: %w", err)
	}
	ids := map[string]int64{}
	var code string
	var id int64
	if _, err := pgx.ForEachRow(rows, []any{&code, &id}, func() error { ids[code] = id; return nil }); err != nil {
		return fmt.Errorf("read the projects' ids: %w", err)
	}
	type member struct {
		p *project
		c *community
	}
	var members []member
	for _, p := range in.projects {
		p.id = ids[p.code]
		for _, c := range p.towns {
			members = append(members, member{p, c})
		}
	}
	in.made.Projects = len(in.projects)
	return write(ctx, tx, "project_community", []string{"project_id", "community_id", "live"}, members, func(m member) []any {
		return []any{m.p.id, m.c.id, m.p.live()}
	})
}

// readiness is what residents have agreed to, by condition of the library: all of
// it where the project was confirmed.
func (in *inventor) readiness(p *project) map[string]any {
	answers := map[string]any{}
	for i, c := range (policy.Choice{Policy: in.Policy}).LibraryConditions(p.library) {
		if p.state == "confirmed" || p.state == "accepted" && i == 0 {
			answers[c.Key] = map[string]any{"holds": true, "note": "居民会议决定（演示）"}
		}
	}
	return answers
}

func (in *inventor) copyProjects(ctx context.Context, tx pgx.Tx) error {
	return write(ctx, tx, "project", []string{
		"district_code", "code", "name", "library", "state", "state_reason", "applicant", "applied_on", "phase", "year", "owner",
		"demonstration", "central_subsidy", "estimated_wan", "subdistrict_codes", "readiness", "generated", "created_by", "updated_by", "created_at", "updated_at",
	}, in.projects, func(p *project) []any {
		var phase *string
		var year *int
		if p.phase != "" {
			y := in.today.Year() + p.year
			phase, year = &p.phase, &y
		}
		subdistricts := []string{}
		if s := p.subdistrict(); s != "" {
			subdistricts = append(subdistricts, s)
		}
		applicant := "社区居民委员会"
		if p.towns[0].around != "" {
			applicant = p.towns[0].around + "居民委员会"
		}
		return []any{
			in.District, p.code, p.name, p.library, p.state, p.reason, applicant, p.appliedOn, phase, year, "城投公司（演示）",
			p.stage == handed && p.year == -2, p.central, p.estimatedWan, subdistricts, in.readiness(p),
			[]string{"name", "applicant", "applied_on", "phase", "year", "owner", "estimated_wan", "communities", "readiness"},
			by, by, p.appliedOn, in.today,
		}
	})
}
