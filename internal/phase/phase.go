// Package phase plans in which year each renovation zone of a scenario is done:
// it gathers zones, budgets and targets, has engine/schedule put zones into
// years, and judges what a planner moves by hand. It keeps only what the
// phasing is planned by; the year of a zone belongs to the zone package.
package phase

import (
	"fmt"
	"time"

	"github.com/lianpian/lianpian/internal/engine/schedule"
)

// Settings are what a phasing is planned by.
type Settings struct {
	Years        []Year  `json:"years" minItems:"1" maxItems:"20" doc:"ascending, each once"`
	DiscountRate float64 `json:"discount_rate,omitempty" minimum:"0" maximum:"1" doc:"a year later is worth 1/(1+rate)"`
	Continuation float64 `json:"continuation,omitempty" minimum:"0" maximum:"10" doc:"what continuing next to what was begun is worth, in mean zone values"`
	ConsentAbove float64 `json:"consent_above,omitempty" minimum:"0" maximum:"1" doc:"share of the households above which a zone is ready; 0: 0.5"`
	UnreadyFrom  int     `json:"unready_from,omitempty" minimum:"0" maximum:"2200" doc:"first year for zones whose consent is not above it; 0: the second year of the plan"`
}

// Year is one year of a phasing.
type Year struct {
	Year           int     `json:"year" minimum:"1990" maximum:"2200"`
	BudgetYuan     float64 `json:"budget_yuan,omitempty" minimum:"0" doc:"0: unlimited"`
	MinCommunities int     `json:"min_communities,omitempty" minimum:"0" doc:"target, number of communities"`
	MinFloorAreaM2 float64 `json:"min_floor_area_m2,omitempty" minimum:"0" doc:"target, square metres"`
	Source         string  `json:"source,omitempty" maxLength:"300" doc:"clause that the targets come from"`
}

// Plan is a phasing with its figures, its proof, and what it breaks.
type Plan struct {
	Scenario       string          `json:"scenario"`
	Revision       int             `json:"revision" doc:"of the scenario that it was made from"`
	Settings       Settings        `json:"settings"`
	SettingsSaved  bool            `json:"settings_saved" doc:"false: suggested from the district's policy"`
	Years          []YearTotals    `json:"years"`
	Zones          []Zone          `json:"zones"`
	Score          float64         `json:"score"`
	Bound          float64         `json:"bound" doc:"no phasing that misses its targets by as little can reach more"`
	Gap            float64         `json:"gap"`
	Proven         bool            `json:"proven"`
	Shortfall      float64         `json:"shortfall" doc:"sum of the missing shares of all targets"`
	ShortfallBound float64         `json:"shortfall_bound" doc:"no phasing can miss less"`
	Broken         []Breach        `json:"broken"`
	Contradictions []Contradiction `json:"contradictions"`
}

// YearTotals are the figures of one year.
type YearTotals struct {
	Year               int     `json:"year"`
	BudgetYuan         float64 `json:"budget_yuan"`
	CostYuan           float64 `json:"cost_yuan"`
	Zones              int     `json:"zones"`
	Communities        int     `json:"communities"`
	Households         int     `json:"households"`
	FloorAreaM2        float64 `json:"floor_area_m2"`
	MissingCommunities int     `json:"missing_communities"`
	MissingFloorAreaM2 float64 `json:"missing_floor_area_m2"`
}

// Zone is one zone of a phasing.
type Zone struct {
	Code         string   `json:"code"`
	Name         string   `json:"name"`
	Year         *int     `json:"year" doc:"null: in none; of a begun zone the year in which it began"`
	Locked       bool     `json:"locked"`
	Begun        bool     `json:"begun" doc:"locked to a year before the plan"`
	Ready        bool     `json:"ready" doc:"consent is above the rule's share"`
	ConsentShare *float64 `json:"consent_share" doc:"null: nobody has been asked, or it is not shown"`
	CountsMasked bool     `json:"counts_masked" doc:"the share is not shown to this person: a count in it is small"`
	CostYuan     float64  `json:"cost_yuan" doc:"estimate"`
	Communities  int      `json:"communities"`
	Households   int      `json:"households"`
	FloorAreaM2  float64  `json:"floor_area_m2"`
	Value        float64  `json:"value" doc:"households weighed by need"`
	Neighbours   []string `json:"neighbours" doc:"codes of the zones next to it"`
	Why          string   `json:"why" doc:"a sentence for people"`
}

// Breach is a rule that does not hold.
type Breach struct {
	Kind   string   `json:"kind"`
	Detail string   `json:"detail"`
	Year   int      `json:"year"`
	Zones  []string `json:"zones" doc:"codes"`
}

// Contradiction is something in the settings that cannot be.
type Contradiction struct {
	Kind   string `json:"kind"`
	Detail string `json:"detail"`
	Zone   string `json:"zone" doc:"code, where it is about one"`
	Year   int    `json:"year"`
	Fatal  bool   `json:"fatal"`
}

// Placement puts a zone into a year by hand; nil is none.
type Placement struct {
	Code   string `json:"code" maxLength:"100"`
	Year   *int   `json:"year" nullable:"true"`
	Locked *bool  `json:"locked,omitempty" doc:"whether it is to stay there; omitted: as it is, to the year that it has now"`
}

// Stored are settings with who saved them.
type Stored struct {
	Settings  Settings   `json:"settings"`
	Version   int        `json:"version" doc:"0: never saved"`
	UpdatedBy string     `json:"updated_by"`
	UpdatedAt *time.Time `json:"updated_at"`
}

// InvalidError says which field of a request cannot be.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return "phase, " + e.Field + ": " + e.Detail }

// Sentence says it to a person.
func (c Contradiction) Sentence() string { return c.Detail }

// ContradictoryError refuses settings that contradict themselves.
type ContradictoryError struct{ Contradictions []Contradiction }

func (e *ContradictoryError) Error() string {
	return fmt.Sprintf("the settings contradict themselves in %d ways, first: %s", len(e.Contradictions), e.Contradictions[0].Detail)
}

func (s Settings) check() error {
	if len(s.Years) == 0 {
		return &InvalidError{"years", "请至少给出一个年份"}
	}
	for i, y := range s.Years {
		if i > 0 && y.Year <= s.Years[i-1].Year {
			return &InvalidError{"years", "年份应从小到大，且不重复"}
		}
	}
	return nil
}

func (s Settings) consentAbove() float64 {
	if s.ConsentAbove == 0 {
		return 0.5
	}
	return s.ConsentAbove
}

func (s Settings) unreadyFrom() int {
	switch {
	case s.UnreadyFrom != 0:
		return s.UnreadyFrom
	case len(s.Years) > 1:
		return s.Years[1].Year
	case len(s.Years) == 1:
		return s.Years[0].Year + 1
	}
	return 0
}

func (s Settings) years() []schedule.Year {
	years := make([]schedule.Year, 0, len(s.Years))
	for _, y := range s.Years {
		years = append(years, schedule.Year{
			Year: y.Year, Budget: y.BudgetYuan, MinCommunities: y.MinCommunities, MinFloorAreaM2: y.MinFloorAreaM2,
		})
	}
	return years
}
