package program

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// Overview counts the projects that a person's area holds.
type Overview struct {
	Counts         []OverviewCount `json:"counts" doc:"by library and state"`
	Years          []OverviewYear  `json:"years" doc:"live projects by year, phase and library; year null: none given"`
	Demonstrations []Demonstration `json:"demonstrations" doc:"places for which the plan asks for demonstration projects"`
	Strays         int             `json:"strays" doc:"live projects with a community that left the scope"`
	Waiting        OverviewWaiting `json:"waiting"`
}

// OverviewCount is a number of projects.
type OverviewCount struct {
	Library    Library `json:"library" enum:"comprehensive,management"`
	State      State   `json:"state" enum:"applied,accepted,confirmed,returned,withdrawn,closed"`
	Projects   int     `json:"projects"`
	Households int     `json:"households"`
}

// OverviewYear are the projects of a year and phase; phase is empty where none
// is decided yet, and then the proposed one stands beside it.
type OverviewYear struct {
	Year        *int    `json:"year"`
	Phase       string  `json:"phase" enum:"reserve,plan,implement,"`
	Proposed    string  `json:"proposed" enum:"reserve,plan,implement,"`
	Library     Library `json:"library" enum:"comprehensive,management"`
	Projects    int     `json:"projects"`
	Communities int     `json:"communities"`
	Households  int     `json:"households"`
	FloorAreaM2 float64 `json:"floor_area_m2"`
}

// OverviewWaiting counts applications that wait for somebody.
type OverviewWaiting struct {
	Applied  int `json:"applied"`
	Accepted int `json:"accepted"`
}

// Demonstration is a place for which the plan asks for a demonstration project
// (wansheng-2020 二(二)), with those that are there.
type Demonstration struct {
	Place    string   `json:"place"`
	By       string   `json:"by"`
	Clause   string   `json:"clause"`
	Text     string   `json:"text"`
	Projects []string `json:"projects" doc:"codes of live demonstration projects there"`
}

// Overview counts projects for the panel and the years of the map.
func (s *Store) Overview(ctx context.Context, scope account.Scope, district string) (Overview, error) {
	out := Overview{Counts: []OverviewCount{}, Years: []OverviewYear{}, Demonstrations: []Demonstration{}}
	choice, err := s.choice(ctx, scope, district)
	if err != nil {
		return out, err
	}
	rows, err := s.db.Pool.Query(ctx, projectSQL+` where `+inScope, scopeArgs(scope, district))
	if err != nil {
		return out, fmt.Errorf("count the projects of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByName[record])
	if err != nil {
		return out, fmt.Errorf("count the projects of %s: %w", district, err)
	}
	out.count(list)
	for _, t := range choice.Policy.Targets {
		if t.Metric != "demonstration" {
			continue
		}
		for _, place := range t.Places {
			d := Demonstration{Place: place, By: t.By, Clause: t.Clause, Text: t.Text}
			if d.Projects, err = s.demonstrationsAt(ctx, scope, district, place); err != nil {
				return out, err
			}
			out.Demonstrations = append(out.Demonstrations, d)
		}
	}
	return out, nil
}

func (o *Overview) count(list []record) {
	type countKey struct {
		library Library
		state   State
	}
	type yearKey struct {
		year            int
		phase, proposed Phase
		library         Library
	}
	counts, years := map[countKey]int{}, map[yearKey]int{}
	for _, p := range list {
		k := countKey{p.Library, p.State}
		at, known := counts[k]
		if !known {
			at = len(o.Counts)
			counts[k] = at
			o.Counts = append(o.Counts, OverviewCount{Library: p.Library, State: p.State})
		}
		o.Counts[at].Projects++
		o.Counts[at].Households += p.Households
		if !p.Live {
			continue
		}
		if p.Strays > 0 {
			o.Strays++
		}
		switch p.State {
		case Applied:
			o.Waiting.Applied++
		case Accepted:
			o.Waiting.Accepted++
		}
		y := yearKey{library: p.Library}
		if p.Year != nil {
			y.year = *p.Year
		}
		if p.Phase != nil {
			y.phase = *p.Phase
		} else if p.ProposedPhase != nil {
			y.proposed = *p.ProposedPhase
		}
		at, known = years[y]
		if !known {
			at = len(o.Years)
			years[y] = at
			o.Years = append(o.Years, OverviewYear{Year: p.Year, Phase: string(y.phase), Proposed: string(y.proposed), Library: p.Library})
		}
		row := &o.Years[at]
		row.Projects++
		row.Communities += len(p.Communities)
		row.Households += p.Households
		row.FloorAreaM2 += p.FloorAreaM2
	}
	o.sort()
}

func (s *Store) demonstrationsAt(ctx context.Context, scope account.Scope, district, place string) ([]string, error) {
	args := scopeArgs(scope, district)
	args["place"] = place
	rows, err := s.db.Pool.Query(ctx, `
		select p.code from project p
		where `+inScope+` and p.demonstration and p.live
		  and exists (select from published_subdistrict s
		              where s.district_code = p.district_code and s.name = @place and s.code = any(p.subdistrict_codes))
		order by p.code`, args)
	if err != nil {
		return nil, fmt.Errorf("find the demonstration projects of %s: %w", place, err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("find the demonstration projects of %s: %w", place, err)
	}
	if codes == nil {
		codes = []string{}
	}
	return codes, nil
}
