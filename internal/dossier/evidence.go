package dossier

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/policy"
)

// CheckEvidence is what the newest coverage run of a facility type found of the
// community. It informs a check and decides nothing.
type CheckEvidence struct {
	FacilityType      string    `json:"facility_type"`
	FacilityName      string    `json:"facility_name"`
	State             string    `json:"state" enum:"covered,partly,uncovered"`
	Households        int64     `json:"households"`
	CoveredHouseholds int64     `json:"covered_households"`
	Buildings         int64     `json:"buildings"`
	CoveredBuildings  int64     `json:"covered_buildings"`
	Method            string    `json:"method" enum:"radius,walk,walk_slope"`
	Limit             string    `json:"limit" doc:"e.g. 300 m"`
	RunID             uuid.UUID `json:"run_id"`
	At                time.Time `json:"at"`
	First             bool      `json:"first" doc:"of the facility that has to fail before the item is asked for"`
}

// evidence reads the newest answers about a community by facility type. Runs
// that count proposed facilities say what could be, and are left out.
func (s *Store) evidence(ctx context.Context, h held) (map[string]CheckEvidence, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select distinct on (facility_type)
		       facility_type, households, covered_households, buildings, covered_buildings, method, radius_m, minutes, run_id, created_at
		from published_coverage_answer
		where district_code = $1 and community_id = $2 and scenario = '' and buildings > 0
		order by facility_type, created_at desc`, h.District, h.ID)
	if err != nil {
		return nil, fmt.Errorf("read coverage: %w", err)
	}
	answers := map[string]CheckEvidence{}
	var e CheckEvidence
	var metres, minutes *float64
	_, err = pgx.ForEachRow(rows, []any{
		&e.FacilityType, &e.Households, &e.CoveredHouseholds, &e.Buildings, &e.CoveredBuildings, &e.Method, &metres, &minutes, &e.RunID, &e.At,
	}, func() error {
		e.State, e.Limit = coveredState(e), limit(metres, minutes)
		if t, ok := s.lib.FacilityType(e.FacilityType); ok {
			e.FacilityName = t.Name
		}
		answers[e.FacilityType] = e
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read coverage: %w", err)
	}
	return answers, nil
}

func coveredState(e CheckEvidence) string {
	switch e.CoveredBuildings {
	case e.Buildings:
		return "covered"
	case 0:
		return "uncovered"
	}
	return "partly"
}

func limit(metres, minutes *float64) string {
	switch {
	case metres != nil:
		return fmt.Sprintf("%.0f m", *metres)
	case minutes != nil:
		return fmt.Sprintf("%g min", *minutes)
	}
	return ""
}

// evidenceFor picks what bears on an item: its own facilities, and where it is
// only asked for beyond the reach of another facility (item 34), that one first.
func (s *Store) evidenceFor(p *policy.Policy, item policy.Item, answers map[string]CheckEvidence) []CheckEvidence {
	picked := []CheckEvidence{}
	profile, _ := s.lib.Profile(p.Profile)
	for _, facility := range item.Facilities {
		if standard, ok := profile.Standard(facility); ok && item.GapTrigger && standard.OnlyBeyond != "" {
			if e, ok := answers[standard.OnlyBeyond]; ok {
				e.First = true
				picked = append(picked, e)
			}
		}
		if e, ok := answers[facility]; ok {
			picked = append(picked, e)
		}
	}
	return picked
}
