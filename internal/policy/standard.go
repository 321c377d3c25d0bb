package policy

// FacilityType is a kind of service facility (设施类型).
type FacilityType struct {
	Key       string     `json:"key" yaml:"key"`
	Name      string     `json:"name" yaml:"name"` // Chinese
	NameEN    string     `json:"name_en" yaml:"name_en"`
	Tier      string     `json:"tier" yaml:"tier"` // c15 | c10 | c05 | block | city | community
	Kind      string     `json:"kind" yaml:"kind"` // place: has a location and can be covered; indicator, network, service: has none
	Standards []Standard `json:"standards" yaml:"-"`
}

// Standard is one cited row: what one standard asks of one facility type. A
// nil figure means that the standard gives none.
type Standard struct {
	ID            string   `json:"id" yaml:"id"`           // e.g. gb50180:health_station
	Code          string   `json:"code" yaml:"code"`       // key of the Source, e.g. GB50180
	Version       string   `json:"version" yaml:"version"` // edition of the source, e.g. 2018
	Clause        string   `json:"clause" yaml:"clause"`   // e.g. 表C.0.2
	FacilityKey   string   `json:"facility_key" yaml:"facility_key"`
	Tier          string   `json:"tier" yaml:"tier"`
	RadiusM       *float64 `json:"radius_m" yaml:"radius_m"`         // service radius, metres
	RadiusMaxM    *float64 `json:"radius_max_m" yaml:"radius_max_m"` // where a row allows more in stated cases
	Method        string   `json:"method" yaml:"method"`             // radius | walk; "" where there is no radius
	FloorMinM2    *float64 `json:"floor_min_m2" yaml:"floor_min_m2"`
	FloorMaxM2    *float64 `json:"floor_max_m2" yaml:"floor_max_m2"`
	LandMinM2     *float64 `json:"land_min_m2" yaml:"land_min_m2"`
	LandMaxM2     *float64 `json:"land_max_m2" yaml:"land_max_m2"`
	PerCapitaM2   *float64 `json:"per_capita_m2" yaml:"per_capita_m2"`
	PopulationMin *int     `json:"population_min" yaml:"population_min"`
	PopulationMax *int     `json:"population_max" yaml:"population_max"`
	Context       string   `json:"context" yaml:"context"`                   // any | new | renewal
	OnlyBeyond    string   `json:"only_beyond,omitempty" yaml:"only_beyond"` // asked for only where this facility type does not cover
	Scale         string   `json:"scale,omitempty" yaml:"scale"`             // the row's sizes in words
	Mark          string   `json:"mark" yaml:"mark"`                         // C | P | M | L: how well the row's figures are checked
	RadiusMark    string   `json:"radius_mark" yaml:"radius_mark"`           // mark of the radius, where it differs; else as Mark
	Note          string   `json:"note,omitempty" yaml:"note"`
	Source        string   `json:"source" yaml:"-"` // title of the source, filled in by Load
}

// Profile is a chosen set of rows: at most one per facility type.
type Profile struct {
	Key          string   `json:"key" yaml:"key"`
	Version      string   `json:"version" yaml:"version"`
	Name         string   `json:"name" yaml:"name"`
	NameEN       string   `json:"name_en" yaml:"name_en"`
	Context      string   `json:"context" yaml:"context"` // new | renewal
	Note         string   `json:"note,omitempty" yaml:"note"`
	FacilityKeys []string `json:"facility_keys" yaml:"-"` // types with a row, in table order

	rows map[string]Standard
}

// Standard returns the profile's row for a facility type.
func (p Profile) Standard(facilityKey string) (Standard, bool) {
	s, ok := p.rows[facilityKey]
	return s, ok
}
