package zone

import "time"

// At names a scenario at a revision; 0 is as it is now.
type At struct {
	Scenario string
	Revision int
}

// Comparison is what two scenarios, or two revisions of one, have different.
type Comparison struct {
	A        Scenario         `json:"a"`
	B        Scenario         `json:"b"`
	Zones    []ZonePair       `json:"zones" doc:"zones of both, matched by the households that they share"`
	Moved    []MovedCommunity `json:"moved" doc:"communities that are in different zones, most households first"`
	TotalsA  Totals           `json:"totals_a"`
	TotalsB  Totals           `json:"totals_b"`
	CostA    *float64         `json:"cost_a" doc:"estimate in yuan by the scenario's own rules; null: its rules have no cost"`
	CostB    *float64         `json:"cost_b"`
	Coverage []CoverageChange `json:"coverage" doc:"by facility type, from the latest run over the whole district"`
}

// ZonePair is a zone of each of two scenarios, or of one of them.
type ZonePair struct {
	A       *string `json:"a" doc:"code; null: only in the other scenario"`
	B       *string `json:"b"`
	NameA   string  `json:"name_a"`
	NameB   string  `json:"name_b"`
	TotalsA *Totals `json:"totals_a"`
	TotalsB *Totals `json:"totals_b"`
	Change  string  `json:"change" enum:"same,changed,only_a,only_b"`
}

// MovedCommunity is a community whose zone is another one in the second scenario.
type MovedCommunity struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Households int64    `json:"households"`
	From       *ZoneRef `json:"from" doc:"null: in no zone of the first"`
	To         *ZoneRef `json:"to" doc:"null: in no zone of the second"`
}

// ZoneRef names a zone.
type ZoneRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// CoverageChange is how many households of the zones' communities are covered.
type CoverageChange struct {
	FacilityType       string    `json:"facility_type"`
	CoveredHouseholdsA int64     `json:"covered_households_a"`
	CoveredHouseholdsB int64     `json:"covered_households_b"`
	RunAt              time.Time `json:"run_at"`
}
