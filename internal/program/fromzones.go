package program

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// ZonesAsk asks for a project for each zone of a scenario, with the years of its
// phasing: the first year is proposed for implementation, the next for planning,
// later ones for the reserve.
type ZonesAsk struct {
	ScenarioCode string   `json:"scenario_code,omitempty" maxLength:"100" doc:"omitted: the main scenario"`
	Zones        []string `json:"zones,omitempty" maxItems:"1000" doc:"codes; omitted: all that have a year"`
	Library      Library  `json:"library" enum:"comprehensive,management"`
	Applicant    string   `json:"applicant" minLength:"1" maxLength:"200"`
	AppliedOn    string   `json:"applied_on" format:"date"`
	FirstYear    *int     `json:"first_year,omitempty" minimum:"1990" maximum:"2200" nullable:"true" doc:"omitted: the earliest of the zones"`
	Trial        bool     `json:"trial,omitempty" doc:"nothing is saved"`
}

// ZonesMade says what became of the zones.
type ZonesMade struct {
	Made    []ZoneProject `json:"made"`
	Skipped []ZoneSkipped `json:"skipped"`
}

// ZoneProject is a project that a zone became, or in a trial would become.
type ZoneProject struct {
	Zone        string   `json:"zone"`
	Name        string   `json:"name"`
	Year        *int     `json:"year"`
	Phase       Phase    `json:"phase" enum:"reserve,plan,implement" doc:"proposed"`
	Communities int      `json:"communities"`
	LeftOut     []string `json:"left_out" doc:"sentences about communities that may not enter"`
	Project     string   `json:"project" doc:"code; empty in a trial"`
}

// ZoneSkipped is a zone that no project can be made of.
type ZoneSkipped struct {
	Zone string `json:"zone"`
	Name string `json:"name"`
	Why  string `json:"why"`
}

// phaseOf is the phase that a year of a phasing gives.
func phaseOf(year, first int) Phase {
	switch {
	case year <= first:
		return Implement
	case year == first+1:
		return Plan
	}
	return Reserve
}

// FromZones applies for a project for each zone. Communities that are out of
// scope or in another project are left out and named.
func (s *Store) FromZones(ctx context.Context, scope account.Scope, district string, ask ZonesAsk) (ZonesMade, error) {
	out := ZonesMade{Made: []ZoneProject{}, Skipped: []ZoneSkipped{}}
	choice, err := s.choice(ctx, scope, district)
	if err != nil {
		return out, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		zones, err := zonesOf(ctx, tx, scope, district, ask)
		if err != nil {
			return err
		}
		first := firstYear(zones, ask.FirstYear)
		for _, z := range zones {
			if err := s.fromZone(ctx, tx, district, choice, z, first, ask, &out); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

func firstYear(zones []zone, given *int) int {
	if given != nil {
		return *given
	}
	first := 0
	for _, z := range zones {
		if z.year != nil && (first == 0 || *z.year < first) {
			first = *z.year
		}
	}
	return first
}

func (s *Store) fromZone(ctx context.Context, tx *postgis.Tx, district string, choice policy.Choice, z zone, first int, ask ZonesAsk, out *ZonesMade) error {
	skip := func(why string) { out.Skipped = append(out.Skipped, ZoneSkipped{z.code, z.name, why}) }
	list, err := members(ctx, tx, 0, district, z.communities)
	if err != nil {
		return err
	}
	made := ZoneProject{Zone: z.code, Name: z.name, Year: z.year, Phase: Reserve, LeftOut: []string{}}
	list = slices.DeleteFunc(list, func(m member) bool {
		said := m.outside()
		if m.taken != nil {
			said = m.taken.Sentence()
		}
		if said != "" {
			made.LeftOut = append(made.LeftOut, said)
		}
		return said != ""
	})
	if len(list) == 0 {
		why := "片区内没有小区"
		if len(made.LeftOut) > 0 {
			why = "片区内没有可进入项目库的小区：" + strings.Join(made.LeftOut, "；")
		}
		skip(why)
		return nil
	}
	if z.year != nil {
		made.Phase = phaseOf(*z.year, first)
	}
	made.Communities = len(list)
	if err := account.Demand(ctx, account.EditProgram, place(district, list)); err != nil {
		return err
	}
	e := newEntry{library: ask.Library, zone: &z, year: z.year, proposedPhase: &made.Phase, members: list}
	e.facts = facts{name: z.name, applicant: strings.TrimSpace(ask.Applicant), appliedOn: ask.AppliedOn, owner: ownerOf(choice)}
	if err := e.facts.check(choice, s.today()); err != nil {
		return err
	}
	if err := checkPlanned(e.library, e.proposedPhase, e.year); err != nil {
		return err
	}
	if !ask.Trial {
		if made.Project, err = s.insert(ctx, tx, district, e); err != nil {
			return err
		}
		if _, err := s.recorded(ctx, tx, district, made.Project, "project.apply", nil); err != nil {
			return err
		}
	}
	out.Made = append(out.Made, made)
	return nil
}

// zonesOf reads the zones that are asked for, by year and name.
func zonesOf(ctx context.Context, q querier, scope account.Scope, district string, ask ZonesAsk) ([]zone, error) {
	if !storable(ask.ScenarioCode) {
		return nil, &InvalidError{"scenario_code", "没有这个方案"}
	}
	var named []string
	if ask.Zones != nil {
		named = onlyStorable(ask.Zones)
	}
	rows, err := q.Query(ctx, `
		select z.id, z.scenario_code, z.code, z.name, z.year, z.subdistrict_codes,
		       array(select c.code from published_zone_community zc join published_community c on c.id = zc.community_id
		             where zc.zone_id = z.id order by c.code)
		from published_zone z
		where z.district_code = $1 and case when $2 = '' then z.main else z.scenario_code = $2 end
		  and case when $3::text[] is null then z.year is not null else z.code = any($3) end
		  and ($4::text[] is null or z.subdistrict_codes <@ $4)
		order by z.year, z.name, z.code`, district, ask.ScenarioCode, named, scope.Subdistricts)
	if err != nil {
		return nil, fmt.Errorf("read the zones of a scenario: %w", err)
	}
	zones, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (z zone, err error) {
		err = r.Scan(&z.id, &z.scenario, &z.code, &z.name, &z.year, &z.subdistricts, &z.communities)
		return z, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the zones of a scenario: %w", err)
	}
	if len(zones) == 0 {
		return nil, &InvalidError{"zones", "方案中没有已排年度的片区"}
	}
	return zones, nil
}
