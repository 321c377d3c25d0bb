package main

import (
	"math"
	"slices"

	"github.com/peterstace/simplefeatures/geom"
)

// facts are what eligibility is judged by. All of them are generated; nil is
// "not surveyed".
type facts struct {
	builtYear        *int
	management       string
	neglected        *bool
	municipalMissing *[]string
	serviceMissing   *[]string
	agreed           *int
	agreedArea       *float64
	priorWorks       *string
	shantytown       *bool
	demolish         *bool
	selfBuilt        *bool
	urbanVillage     *bool
	poor             *bool
}

// scenario is a story that a community's facts tell, so that the demo shows
// every verdict and its reasons. share is in per cent of the older communities.
type scenario struct {
	name  string
	share int
	tell  func(*community)
}

var scenarios = []scenario{
	{"in", 47, func(*community) {}},
	{"built 2000", 6, func(c *community) { c.builtYear = ptr(2000) }},
	{"year unknown", 4, func(c *community) { c.builtYear = nil }},
	{"consent not surveyed", 6, func(c *community) { c.agreed, c.agreedArea = nil, nil }},
	{"condition not surveyed", 4, func(c *community) { c.neglected = nil }},
	{"pipes not surveyed", 3, func(c *community) { c.municipalMissing = nil }},
	{"plan unknown", 2, func(c *community) { c.shantytown = nil }},
	{"built later", 8, func(c *community) { c.builtYear = ptr(2001 + *c.builtYear%5) }},
	{"consent below half", 7, func(c *community) { c.consent(0.22, 0.47) }},
	{"well kept", 3, func(c *community) { c.neglected = ptr(false) }},
	{"fully renovated", 4, func(c *community) { c.priorWorks = ptr("full") }},
	{"shantytown plan", 2, func(c *community) { c.shantytown = ptr(true) }},
	{"demolish", 1, func(c *community) { c.demolish = ptr(true) }},
	{"self-built", 1, func(c *community) { c.selfBuilt = ptr(true) }},
	{"urban village", 2, func(c *community) { c.urbanVillage = ptr(true) }},
}

// municipalItems are what may be missing of the pipes, roads and lights: the
// things that items 1–11 of the catalogue (annex 1) put right.
var municipalItems = []string{
	"供水管网", "供电管网", "供气管网", "地面绿化", "小区道路", "公共照明", "消防设施", "雨污管网", "垃圾分类容器",
}

// serviceRadii: a community misses a service when none stands within this many
// metres (GB 50180-2018 appendix C; 300 where it gives none).
var serviceRadii = []struct {
	key    string
	radius float64
}{
	{"community_service_station", 300},
	{"health_station", 300},
	{"elder_daycare", 300},
	{"nursery", 300},
	{"kindergarten", 300},
	{"community_canteen", 300},
	{"culture_station", 500},
	{"wet_market", 500},
}

func ptr[T any](v T) *T { return &v }

// makeFacts surveys every community. Estates of towers were built late and are
// well run; the rest draws a scenario.
func (d *district) makeFacts() error {
	var older []*community
	for _, c := range d.communities {
		c.survey(d.missingServices(c))
		if c.towers() {
			c.builtYear = ptr(between(dice("tower year "+c.ref), 2001, 2008))
			c.neglected, c.municipalMissing = ptr(false), &[]string{}
			c.management = "professional"
		} else {
			older = append(older, c)
		}
	}
	r := dice("scenarios")
	r.Shuffle(len(older), func(i, j int) { older[i], older[j] = older[j], older[i] })
	for i, c := range older {
		at := i * 100 / len(older)
		for _, s := range scenarios {
			if at < s.share {
				s.tell(c)
				break
			}
			at -= s.share
		}
	}
	for _, c := range d.communities {
		c.dateBuildings()
	}
	return d.dateLoose()
}

func (c *community) towers() bool {
	high, all := 0.0, 0.0
	for _, b := range c.members {
		if b.residential() {
			all += b.floorArea
			if b.storeys > 10 {
				high += b.floorArea
			}
		}
	}
	return high > all/2
}

// survey is the ordinary old community: everything is asked, most of it is bad.
func (c *community) survey(services []string) {
	r := dice("survey " + c.ref)
	year := 1979 + int((r.Float64()+r.Float64())/2*21) // most in the eighties
	if chance(r, 0.06) {
		year = between(r, 1952, 1975)
	}
	c.builtYear = &year
	c.management = []string{
		"service_centre", "service_centre", "service_centre", "service_centre",
		"self_managed", "self_managed", "self_managed", "professional", "professional", "",
	}[r.IntN(10)]
	c.neglected = ptr(true)
	missing := slices.Clone(municipalItems)
	r.Shuffle(len(missing), func(i, j int) { missing[i], missing[j] = missing[j], missing[i] })
	missing = missing[:between(r, 1, 5)]
	slices.SortFunc(missing, func(a, b string) int { return slices.Index(municipalItems, a) - slices.Index(municipalItems, b) })
	c.municipalMissing = &missing
	c.serviceMissing = &services
	c.consent(0.58, 0.96)
	c.priorWorks = ptr([]string{"none", "none", "none", "none", "none", "none", "none", "single_item", "single_item", "partial"}[r.IntN(10)])
	c.shantytown, c.demolish, c.selfBuilt, c.urbanVillage = ptr(false), ptr(false), ptr(false), ptr(false)
	c.poor = ptr(chance(r, 0.35))
}

// consent: the share of households that agree, and nearly the same share of
// the floor area.
func (c *community) consent(lo, hi float64) {
	r := dice("consent " + c.ref)
	share := spread(r, lo, hi)
	c.agreed = ptr(int(math.Floor(float64(c.households()) * share)))
	share = math.Max(lo, math.Min(hi, share+spread(r, -0.04, 0.04)))
	c.agreedArea = ptr(math.Floor(c.floorArea() * share))
}

// missingServices is computed from the facilities of the demo itself.
func (d *district) missingServices(c *community) []string {
	missing := []string{}
	for _, s := range serviceRadii {
		if !slices.ContainsFunc(d.facilities, func(f *facility) bool {
			return f.kind == s.key && metres(f.at, c.at) <= s.radius
		}) {
			missing = append(missing, s.key)
		}
	}
	return missing
}

// dateBuildings: a community is built within two years of its own date, and
// never across the line that a policy draws.
func (c *community) dateBuildings() {
	if c.builtYear == nil {
		return
	}
	for _, b := range c.members {
		if b.residential() {
			year := *c.builtYear
			if year != 2000 {
				year += between(dice("year "+b.ref), -1, 1)
			}
			if *c.builtYear < 2000 {
				year = min(year, 1999)
			} else {
				year = max(year, *c.builtYear)
			}
			b.builtYear = year
		}
	}
}

// dateLoose dates the homes that belong to no community.
func (d *district) dateLoose() error {
	for _, b := range d.buildings {
		if b.community == nil && b.residential() {
			b.builtYear = int(bell(dice("year "+b.ref), 1987, 8, 1960, 2005))
		}
	}
	return nil
}

func communityRows(communities []*community) []row {
	var rows []row
	for _, c := range communities {
		p := props{"code": c.code, "name": c.name, "source": "openstreetmap", "source_ref": c.ref}
		made := []string{"code"}
		if c.nameMade {
			made = append(made, "name")
		}
		if c.shapeMade {
			p["source"] = "generated"
			made = append(made, "geometry", "location")
		}
		set := func(column string, v any) {
			p[column] = v
			made = append(made, column)
		}
		at := pointToDegrees(c.at)
		p["location"] = [2]float64{at.X, at.Y}
		kind := "compound"
		if len(c.members) == 1 {
			kind = "single_building"
		}
		set("unit_kind", kind)
		set("subdistrict_code", c.subdistrict.code)
		set("neighborhood_code", c.neighborhood)
		set("address", c.address)
		set("households", c.households())
		set("building_count", len(c.members))
		set("floor_area_m2", c.floorArea())
		if c.management != "" {
			set("management_mode", c.management)
		}
		c.facts.columns(set)
		p["generated"] = sorted(made)
		rows = append(rows, row{c.shape, p})
	}
	return rows
}

// columns sets what is known; unknown facts stay away.
func (f facts) columns(set func(string, any)) {
	for column, v := range map[string]*bool{
		"neglected": f.neglected, "in_shantytown_plan": f.shantytown, "demolish_rebuild": f.demolish,
		"self_built_majority": f.selfBuilt, "urban_village": f.urbanVillage, "poor_conditions": f.poor,
	} {
		if v != nil {
			set(column, *v)
		}
	}
	if f.builtYear != nil {
		set("built_year", *f.builtYear)
	}
	if f.municipalMissing != nil {
		set("municipal_missing", *f.municipalMissing)
	}
	if f.serviceMissing != nil {
		set("service_missing", *f.serviceMissing)
	}
	if f.agreed != nil {
		set("households_agreed", *f.agreed)
	}
	if f.agreedArea != nil {
		set("floor_area_agreed_m2", *f.agreedArea)
	}
	if f.priorWorks != nil {
		set("prior_works", *f.priorWorks)
	}
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}

// onLand is a place in a community that no building stands on, near its centre.
func (d *district) onLand(c *community, key string) geom.XY {
	r := dice("place " + key)
	best := c.at
	for range 60 {
		p := geom.XY{X: c.at.X + spread(r, -70, 70), Y: c.at.Y + spread(r, -70, 70)}
		if !holds(c.shape, p) {
			continue
		}
		best = p
		if !slices.ContainsFunc(c.members, func(b *building) bool { return holds(b.shape, p) }) {
			return p
		}
	}
	return best
}
