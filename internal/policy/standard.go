package policy

// FacilityType is a kind of service facility (设施类型).
type FacilityType struct {
	Key       string     `json:"key" yaml:"key"`
	Name      string     `json:"name" yaml:"name"` // Chinese
	NameEN    string     `json:"name_en" yaml:"name_en"`
	Tier      string     `json:"tier" yaml:"tier"` // key of a Circle, or city
	Kind      string     `json:"kind" yaml:"kind"` // place: has a location and can be covered; network, service, indicator: has none
	Standards []Standard `json:"standards" yaml:"-"`
}

// Standard is one cited row: what one standard asks of one facility type. A
// nil figure means that the standard gives none.
type Standard struct {
	ID             string   `json:"id" yaml:"-"`          // code:facility[:variant] in lower case, e.g. gb50180:health_station
	Code           string   `json:"code" yaml:"code"`     // code of the Source, e.g. GB50180
	Version        string   `json:"version" yaml:"-"`     // edition of the source, e.g. 2018
	Source         string   `json:"source" yaml:"-"`      // title of the source
	Clause         string   `json:"clause" yaml:"clause"` // e.g. 表C.0.2; "" where the source has no numbering
	FacilityKey    string   `json:"facility_key" yaml:"facility"`
	Variant        string   `json:"variant,omitempty" yaml:"variant"`
	Tier           string   `json:"tier" yaml:"tier"`
	RadiusM        *float64 `json:"radius_m" yaml:"radius_m"`         // service radius, metres
	RadiusMaxM     *float64 `json:"radius_max_m" yaml:"radius_max_m"` // where the row allows more in stated cases
	RadiusMark     string   `json:"radius_mark" yaml:"radius_mark"`   // mark of the radius: the one to show beside a coverage result
	Method         string   `json:"method" yaml:"-"`                  // radius; "" where the row gives no radius
	FloorMinM2     *float64 `json:"floor_min_m2" yaml:"floor_min_m2"`
	FloorMaxM2     *float64 `json:"floor_max_m2" yaml:"floor_max_m2"`
	LandMinM2      *float64 `json:"land_min_m2" yaml:"land_min_m2"`
	LandMaxM2      *float64 `json:"land_max_m2" yaml:"land_max_m2"`
	PerCapitaM2    *float64 `json:"per_capita_m2" yaml:"per_capita_m2"`
	PopulationMin  *int     `json:"population_min" yaml:"population_min"`
	PopulationMax  *int     `json:"population_max" yaml:"population_max"`
	Figures        []Figure `json:"figures,omitempty" yaml:"figures"`         // other sizes: classes, beds, widths
	Context        string   `json:"context" yaml:"context"`                   // any | new | renewal
	OnlyBeyond     string   `json:"only_beyond,omitempty" yaml:"only_beyond"` // asked for only where this facility type does not cover
	OnlyBeyondMark string   `json:"only_beyond_mark,omitempty" yaml:"only_beyond_mark"`
	Scale          string   `json:"scale,omitempty" yaml:"scale"` // the sizes in words
	Mark           string   `json:"mark" yaml:"mark"`             // C | P | M | L: how well the row's figures are checked
	Note           string   `json:"note,omitempty" yaml:"note"`
}

// Figure is a named size.
type Figure struct {
	Name string   `json:"name" yaml:"name"`
	Min  *float64 `json:"min" yaml:"min"`
	Max  *float64 `json:"max" yaml:"max"`
	Unit string   `json:"unit" yaml:"unit"`
}

// Mark says how well a figure is checked (C, P, M, L).
type Mark struct {
	Key  string `json:"key" yaml:"key"`
	Name string `json:"name" yaml:"name"`
	Text string `json:"text" yaml:"text"`
}

// Source is a document that standards are cited from.
type Source struct {
	Code        string `json:"code" yaml:"code"`
	Version     string `json:"version" yaml:"version"`
	Title       string `json:"title" yaml:"title"`
	DocumentNo  string `json:"document_no,omitempty" yaml:"document_no"`
	InForce     string `json:"in_force,omitempty" yaml:"in_force"` // YYYY-MM-DD
	InForceMark string `json:"in_force_mark,omitempty" yaml:"in_force_mark"`
	Note        string `json:"note,omitempty" yaml:"note"`
}

// Circle is a level of the living circle (生活圈).
type Circle struct {
	Key           string   `json:"key" yaml:"key"`
	Name          string   `json:"name" yaml:"name"`
	WalkMinM      *float64 `json:"walk_min_m" yaml:"walk_min_m"`
	WalkMaxM      *float64 `json:"walk_max_m" yaml:"walk_max_m"`
	MinutesMin    *float64 `json:"minutes_min" yaml:"minutes_min"`
	MinutesMax    *float64 `json:"minutes_max" yaml:"minutes_max"`
	PopulationMin *int     `json:"population_min" yaml:"population_min"`
	PopulationMax *int     `json:"population_max" yaml:"population_max"`
	DwellingsMin  *int     `json:"dwellings_min" yaml:"dwellings_min"`
	DwellingsMax  *int     `json:"dwellings_max" yaml:"dwellings_max"`
	Source        string   `json:"source" yaml:"source"` // code of a Source
	Clause        string   `json:"clause" yaml:"clause"`
	Mark          string   `json:"mark" yaml:"mark"`           // of population and dwellings
	WalkMark      string   `json:"walk_mark" yaml:"walk_mark"` // of the walking distance
	Note          string   `json:"note,omitempty" yaml:"note"`
}

// Walker is a person on foot as walking times assume one; no standard gives the
// figures.
type Walker struct {
	Key         string  `json:"key" yaml:"key"` // adult | elder | frail
	Name        string  `json:"name" yaml:"name"`
	NameEN      string  `json:"name_en" yaml:"name_en"`
	SpeedMS     float64 `json:"speed_m_s" yaml:"speed_m_s"`       // metres per second on level ground
	StairsMS    float64 `json:"stairs_m_s" yaml:"stairs_m_s"`     // along stairs, up and down
	CrossingS   float64 `json:"crossing_s" yaml:"crossing_s"`     // seconds of waiting at a marked crossing
	SlopeSource string  `json:"slope_source" yaml:"slope_source"` // code of the Source of how slopes change the speed
	Note        string  `json:"note" yaml:"note"`
}

// GeneralRule is a rule of a standard that is about no single facility type.
type GeneralRule struct {
	Key     string   `json:"key" yaml:"key"`
	Source  string   `json:"source" yaml:"source"`
	Clause  string   `json:"clause" yaml:"clause"`
	Mark    string   `json:"mark" yaml:"mark"`
	Text    string   `json:"text" yaml:"text"`
	Share   *float64 `json:"share,omitempty" yaml:"share"`
	Context string   `json:"context,omitempty" yaml:"context"`
}

// Practice is a rule of another place: an example, never applicable here.
type Practice struct {
	Place      string   `json:"place" yaml:"place"`
	Year       string   `json:"year" yaml:"year"`
	Mark       string   `json:"mark" yaml:"mark"`
	Facilities []string `json:"facilities" yaml:"facilities"`
	RadiusM    *float64 `json:"radius_m" yaml:"radius_m"`
	Text       string   `json:"text" yaml:"text"`
}

// Profile is a chosen set of rows: at most one per facility type. Its key and
// version are stored with every coverage run.
type Profile struct {
	Key          string   `json:"key" yaml:"key"`
	Version      string   `json:"version" yaml:"version"`
	Name         string   `json:"name" yaml:"name"`
	NameEN       string   `json:"name_en" yaml:"name_en"`
	Context      string   `json:"context" yaml:"context"` // new | renewal
	Note         string   `json:"note,omitempty" yaml:"note"`
	Codes        []string `json:"codes" yaml:"codes"`           // standards whose rows apply
	Rows         []string `json:"rows,omitempty" yaml:"rows"`   // rows added, or in the place of one of the same type
	Focus        []string `json:"focus,omitempty" yaml:"focus"` // facility types that the plan itself names
	FacilityKeys []string `json:"facility_keys" yaml:"-"`       // types with a row, in table order

	rows map[string]Standard
}

// ID names the profile and its version.
func (p Profile) ID() string { return p.Key + "@" + p.Version }

// Standard returns the profile's row for a facility type.
func (p Profile) Standard(facilityKey string) (Standard, bool) {
	s, ok := p.rows[facilityKey]
	return s, ok
}
