package approval

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Which selects open steps.
type Which string

// The selections: late, due within the asked days, the next open step of each
// project, or all that are open.
const (
	Late Which = "late"
	Due  Which = "due"
	Next Which = "next"
	Open Which = "open"
)

// DueFilter narrows the open steps of a district.
type DueFilter struct {
	Which       Which
	Within      int    // days, of Due
	Subdistrict string // "" is every one
	Limit       int
	After       int // rows to leave out
}

// DueStep is an open step of a live project.
type DueStep struct {
	Project      string      `json:"project" doc:"code"`
	ProjectName  string      `json:"project_name"`
	Subdistricts []string    `json:"subdistrict_codes"`
	Key          string      `json:"key"`
	Kind         string      `json:"kind" enum:"task,table,review"`
	Name         string      `json:"name"`
	Need         policy.Need `json:"need" enum:"required,check,unknown"`
	Clause       string      `json:"clause"`
	Department   string      `json:"department"`
	DueOn        *string     `json:"due_on" format:"date"`
	DaysLeft     *int        `json:"days_left" doc:"negative: late"`
}

// Unrouted is a project whose approval nobody has looked at.
type Unrouted struct {
	Project string `json:"project" doc:"code"`
	Name    string `json:"name"`
}

// DueList are the open steps of a district, the most urgent first.
type DueList struct {
	Items    []DueStep  `json:"items"`
	Total    int        `json:"total" doc:"of this selection"`
	Late     int        `json:"late"`
	Due      int        `json:"due" doc:"within the asked days, without the late"`
	Open     int        `json:"open"`
	Projects int        `json:"projects" doc:"that have open steps"`
	Check    int        `json:"check" doc:"steps whose need lies on a boundary"`
	Unknown  int        `json:"unknown" doc:"steps whose need is undecided"`
	Unrouted []Unrouted `json:"unrouted" doc:"confirmed projects without a route, the first fifty"`
	NoRoute  int        `json:"no_route" doc:"how many there are of them"`
}

// Steps returns the open steps of a district's live projects that the scope
// reaches.
func (s *Store) Steps(ctx context.Context, scope account.Scope, district string, f DueFilter) (DueList, error) {
	out := DueList{Items: []DueStep{}, Unrouted: []Unrouted{}}
	if scope.District != "" && scope.District != district {
		return out, fmt.Errorf("steps of %s: %w", district, postgis.ErrNotFound)
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return out, err
	}
	set, err := s.deadlines(ctx, choice, district)
	if err != nil {
		return out, err
	}
	args := pgx.NamedArgs{
		"district": district, "subdistricts": scope.Subdistricts, "zones": scope.Zones, "subdistrict": f.Subdistrict,
		"ids": set.projects, "keys": set.keys, "dues": set.dues,
		"today": s.today().Format(time.DateOnly), "within": f.Within, "which": string(f.Which), "limit": f.Limit, "after": f.After,
	}
	if err := s.openSteps(ctx, &out, args); err != nil {
		return out, err
	}
	return out, s.unrouted(ctx, &out, args)
}

const openSteps = `
	with open as materialized (
		select p.code as project, p.name as project_name, p.subdistrict_codes, s.key, s.kind, s.place, s.name, s.need, s.clause, s.department,
		       coalesce(d.due, s.due_on) as due_on, row_number() over (partition by s.project_id order by s.place) as turn
		from approval_step s
		join published_project p on p.id = s.project_id
		left join published_milestone m on m.project_id = s.project_id and m.kind = s.milestone
		left join unnest(@ids::bigint[], @keys::text[], @dues::date[]) d (project_id, key, due) on d.project_id = s.project_id and d.key = s.key
		where p.district_code = @district and p.live and (@subdistrict = '' or @subdistrict = any(p.subdistrict_codes))
		  and ` + within + `
		  and s.need <> 'exempt' and s.change <> 'dropped' and s.done_on is null and m.on_date is null
	), asked as (
		select * from open
		where case @which
			when 'late' then due_on < @today::date
			when 'due' then due_on <= @today::date + @within::integer
			when 'next' then turn = 1
			else true end
	)`

func (s *Store) openSteps(ctx context.Context, out *DueList, args pgx.NamedArgs) error {
	err := s.db.Pool.QueryRow(ctx, openSteps+`
		select (select count(*) from asked),
		       count(*) filter (where due_on < @today::date),
		       count(*) filter (where due_on between @today::date and @today::date + @within::integer),
		       count(*), count(distinct project), count(*) filter (where need = 'check'), count(*) filter (where need = 'unknown')
		from open`, args).
		Scan(&out.Total, &out.Late, &out.Due, &out.Open, &out.Projects, &out.Check, &out.Unknown)
	if err != nil {
		return fmt.Errorf("count open steps: %w", err)
	}
	rows, err := s.db.Pool.Query(ctx, openSteps+`
		select project, project_name, subdistrict_codes, key, kind, name, need, clause, department,
		       to_char(due_on, 'YYYY-MM-DD'), due_on - @today::date
		from asked
		order by due_on nulls last, project, place, key
		limit @limit offset @after`, args)
	if err != nil {
		return fmt.Errorf("list open steps: %w", err)
	}
	if out.Items, err = pgx.CollectRows(rows, pgx.RowToStructByPos[DueStep]); err != nil {
		return fmt.Errorf("list open steps: %w", err)
	}
	return nil
}

// unrouted are the projects in a library whose approval was never saved.
func (s *Store) unrouted(ctx context.Context, out *DueList, args pgx.NamedArgs) error {
	rows, err := s.db.Pool.Query(ctx, `
		select p.code, p.name, count(*) over ()
		from published_project p
		where p.district_code = @district and p.state = 'confirmed' and (@subdistrict = '' or @subdistrict = any(p.subdistrict_codes))
		  and `+within+`
		  and not exists (select from approval a where a.project_id = p.id)
		order by p.code
		limit 50`, args)
	if err != nil {
		return fmt.Errorf("list projects without a route: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var u Unrouted
		if err := rows.Scan(&u.Project, &u.Name, &out.NoRoute); err != nil {
			return fmt.Errorf("list projects without a route: %w", err)
		}
		out.Unrouted = append(out.Unrouted, u)
	}
	return rows.Err()
}

// dues are due dates that the policy sets, as parallel columns.
type dues struct {
	projects []int64
	keys     []string
	dues     []time.Time
}

// deadlines works out when the steps that the policy sets a deadline for are due,
// for every project that has got as far as the step from which it counts.
func (s *Store) deadlines(ctx context.Context, c policy.Choice, district string) (dues, error) {
	out := dues{projects: []int64{}, keys: []string{}, dues: []time.Time{}}
	tasks := c.Policy.Tasks()
	for _, t := range tasks {
		if t.Deadline == "" {
			continue
		}
		from := t.DeadlineFrom
		for _, other := range tasks {
			if other.Key == from && other.Milestone != "" {
				if err := s.deadlinesOf(ctx, c, district, t, other.Milestone, &out); err != nil {
					return out, err
				}
			}
		}
	}
	return out, nil
}

func (s *Store) deadlinesOf(ctx context.Context, c policy.Choice, district string, t policy.StepTask, milestone string, out *dues) error {
	rows, err := s.db.Pool.Query(ctx, `
		select m.project_id, m.on_date
		from published_milestone m
		join published_project p on p.id = m.project_id
		where p.district_code = $1 and p.live and m.kind = $2
		  and not exists (select from published_milestone d where d.project_id = m.project_id and d.kind = $3)`,
		district, milestone, t.Milestone)
	if err != nil {
		return fmt.Errorf("read what deadlines count from: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var project int64
		var on time.Time
		if err := rows.Scan(&project, &on); err != nil {
			return fmt.Errorf("read what deadlines count from: %w", err)
		}
		d, err := c.Deadline(t.Deadline, on)
		if err != nil {
			return fmt.Errorf("deadline of %s: %w", t.Key, err)
		}
		out.projects, out.keys, out.dues = append(out.projects, project), append(out.keys, t.Key), append(out.dues, d.Due)
	}
	return rows.Err()
}
