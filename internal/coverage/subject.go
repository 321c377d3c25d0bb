package coverage

import (
	"math"
	"slices"
	"time"
)

// subject is what can be covered: a building, or a community without buildings,
// which is judged by its location.
type subject struct {
	id          int64 // building; 0 for a community without buildings
	code        string
	community   int64 // 0: none
	at          place
	subdistrict string // "": not known
	use         string // of the building; "": not known
	households  *int64
	floorArea   *float64
	weight      float64 // floor area, estimated from the footprint where it is not known
	generated   bool
	updatedAt   time.Time

	// Its part of its community's figures, which every sum is made of.
	wholeHouseholds int64
	wholeFloorArea  float64
}

// home tells whether people live there, as far as is known: a building of a use
// that nobody wrote down may well be one.
func (s *subject) home() bool {
	return s.wholeHouseholds > 0 || s.households == nil && (s.community != 0 || s.use == "residential" || s.use == "")
}

// plain tells whether the households of no home are known, so that each counts
// as one where homes are compared.
func (in *inputs) plain() bool {
	return !slices.ContainsFunc(in.subjects, func(s subject) bool { return s.wholeHouseholds > 0 })
}

// facility is one of the places that cover.
type facility struct {
	id        int64 // 0: a proposed one
	code      string
	name      string
	at        place
	capacity  *int
	proposed  bool
	generated bool
	updatedAt time.Time
}

// community is a community with what is known of all its buildings, also of
// those outside the area.
type community struct {
	id              int64
	code, name      string
	subdistrict     string
	subdistrictName string
	households      *int64
	floorArea       *float64
	generated       bool
	location        *[2]float64
	updatedAt       time.Time
	buildings       int64
	sumHouseholds   *int64
	sumWeight       float64
}

// member is a building of a community, for dividing the community's households.
type member struct {
	id                 int64
	households, weight float64
}

// divide gives every building of a community its whole households, in the order
// given. The community's own figure counts, else the sum over its buildings; it
// is divided as the buildings' households are and, where none of them says, as
// their floor area is. The parts add up to it: a building gets what the rounded
// running sum grows by.
func (c *community) divide(members []member, whole map[int64]int64) {
	if c.households == nil {
		for _, m := range members {
			whole[m.id] = int64(m.households)
		}
		return
	}
	sum := 0.0
	part := func(m member) float64 { return m.households }
	for _, m := range members {
		sum += m.households
	}
	if sum == 0 {
		part = func(m member) float64 { return m.weight }
		for _, m := range members {
			sum += m.weight
		}
	}
	if sum == 0 {
		part = func(member) float64 { return 1 }
		sum = float64(len(members))
	}
	given, running := int64(0), 0.0
	for _, m := range members {
		running += part(m)
		upTo := int64(math.Round(float64(*c.households) * running / sum))
		whole[m.id] = upTo - given
		given = upTo
	}
}

// floorShare is a building's part of its community's floor area.
func (c *community) floorShare(s *subject) float64 {
	if c.floorArea == nil {
		return value(s.floorArea)
	}
	if c.sumWeight > 0 {
		return *c.floorArea * s.weight / c.sumWeight
	}
	return *c.floorArea / float64(max(c.buildings, 1))
}

func value[N int64 | float64](n *N) float64 {
	if n == nil {
		return 0
	}
	return float64(*n)
}

func whole(x float64) int64   { return int64(math.Round(x)) }
func cents(x float64) float64 { return math.Round(x*100) / 100 }
