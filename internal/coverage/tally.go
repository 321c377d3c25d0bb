package coverage

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"time"
)

// subject is what can be covered: a building, or a community without buildings,
// which is judged by its location.
type subject struct {
	id          int64 // building; 0 for a community without buildings
	community   int64 // 0: none
	at          place
	subdistrict string // "": not known
	households  *int64
	floorArea   *float64
	weight      float64 // floor area, estimated from the footprint where it is not known
	generated   bool
	updatedAt   time.Time
}

// facility is one of the places that cover.
type facility struct {
	id        int64
	code      string
	at        place
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

// outcome is the answer for one subject.
type outcome struct {
	facility int // position among the facilities; -1: there is none
	metres   float64
	covered  bool
}

// answer is everything that follows from the outcomes.
type answer struct {
	summary     Summary
	communities []communityAnswer
	split       int // communities whose households were split over buildings by floor area
	byLocation  int // communities judged by their location
}

type communityAnswer struct {
	id          int64
	subdistrict string
	row         CommunityCoverage
}

// share is a subject's part of its community's figures. The community's own
// figure counts, else the sum over its buildings; it is divided as the buildings'
// households are and, where none of them says, as their floor area is.
func (c *community) share(s *subject) (households, floorArea float64) {
	if s.id == 0 {
		return value(c.households), value(c.floorArea)
	}
	part := 1 / float64(max(c.buildings, 1))
	if c.sumWeight > 0 {
		part = s.weight / c.sumWeight
	}
	if c.floorArea != nil {
		floorArea = *c.floorArea * part
	} else {
		floorArea = value(s.floorArea)
	}
	switch {
	case c.households == nil:
		households = value(s.households)
	case value(c.sumHouseholds) > 0:
		households = float64(*c.households) * value(s.households) / value(c.sumHouseholds)
	default:
		households = float64(*c.households) * part
	}
	return households, floorArea
}

func value[N int64 | float64](n *N) float64 {
	if n == nil {
		return 0
	}
	return float64(*n)
}

// tally sums the outcomes up, in the given order, so that the same inputs give
// the same figures. Households are whole and areas rounded to 0.01 m² for each
// community; the summary is the sum of what is shown.
func tally(subjects []subject, outcomes []outcome, communities []community) answer {
	type part struct {
		row            CommunityCoverage
		all, covered   sums
		met, reached   bool
		splitsByWeight bool
	}
	var a answer
	parts := make([]part, len(communities))
	index := make(map[int64]int, len(communities))
	for i, c := range communities {
		index[c.id] = i
		parts[i].row = CommunityCoverage{Code: c.code, Name: c.name, SubdistrictName: c.subdistrictName}
		parts[i].splitsByWeight = c.households != nil && value(c.sumHouseholds) == 0
	}
	var loose part
	for i := range subjects {
		s, covered := &subjects[i], outcomes[i].covered
		p, households, floorArea := &loose, value(s.households), value(s.floorArea)
		if at, member := index[s.community]; member {
			p = &parts[at]
			households, floorArea = communities[at].share(s)
			a.summary.Generated = a.summary.Generated || communities[at].generated
		}
		a.summary.Generated = a.summary.Generated || s.generated
		p.met = true
		p.reached = p.reached || covered
		p.all.add(households, floorArea)
		if s.id != 0 {
			p.row.Buildings++
		} else {
			a.byLocation++
		}
		if covered {
			p.covered.add(households, floorArea)
			if s.id != 0 {
				p.row.CoveredBuildings++
			}
		}
	}
	close := func(p *part) {
		p.row.Households, p.row.CoveredHouseholds = whole(p.all.households), whole(p.covered.households)
		p.row.FloorAreaM2, p.row.CoveredFloorAreaM2 = cents(p.all.floorArea), cents(p.covered.floorArea)
		a.summary.Buildings += p.row.Buildings
		a.summary.CoveredBuildings += p.row.CoveredBuildings
		a.summary.Households += p.row.Households
		a.summary.CoveredHouseholds += p.row.CoveredHouseholds
		a.summary.FloorAreaM2 += p.row.FloorAreaM2
		a.summary.CoveredFloorAreaM2 += p.row.CoveredFloorAreaM2
	}
	close(&loose)
	for i := range parts {
		p := &parts[i]
		if !p.met {
			continue
		}
		close(p)
		a.summary.Communities++
		if !p.reached {
			a.summary.UncoveredCommunities++
		}
		if p.splitsByWeight && p.row.Buildings > 0 {
			a.split++
		}
		a.communities = append(a.communities, communityAnswer{communities[i].id, communities[i].subdistrict, p.row})
	}
	a.summary.FloorAreaM2, a.summary.CoveredFloorAreaM2 = cents(a.summary.FloorAreaM2), cents(a.summary.CoveredFloorAreaM2)
	return a
}

type sums struct{ households, floorArea float64 }

func (s *sums) add(households, floorArea float64) {
	s.households += households
	s.floorArea += floorArea
}

func whole(x float64) int64   { return int64(math.Round(x)) }
func cents(x float64) float64 { return math.Round(x*100) / 100 }

// digest is the SHA-256 of all that the figures follow from, so that two runs
// can be told to rest on the same data.
func digest(radius float64, facilities []facility, subjects []subject, communities []community) string {
	h := sha256.New()
	buf := make([]byte, 0, 128)
	number := func(x float64) { buf = binary.LittleEndian.AppendUint64(buf, math.Float64bits(x)) }
	maybe := func(x float64, known bool) {
		if known {
			number(x)
		} else {
			number(math.NaN())
		}
	}
	flush := func() {
		h.Write(buf)
		buf = buf[:0]
	}
	fmt.Fprintf(h, "%s %g %d %d %d\n", MethodRadius, radius, len(facilities), len(subjects), len(communities))
	for _, f := range facilities {
		fmt.Fprintf(h, "%q", f.code)
		number(f.at.lon)
		number(f.at.lat)
		flush()
	}
	for i := range subjects {
		s := &subjects[i]
		buf = binary.LittleEndian.AppendUint64(buf, uint64(s.id))
		buf = binary.LittleEndian.AppendUint64(buf, uint64(s.community))
		number(s.at.lon)
		number(s.at.lat)
		maybe(value(s.households), s.households != nil)
		maybe(value(s.floorArea), s.floorArea != nil)
		number(s.weight)
		flush()
	}
	for i := range communities {
		c := &communities[i]
		fmt.Fprintf(h, "%q", c.code)
		maybe(value(c.households), c.households != nil)
		maybe(value(c.floorArea), c.floorArea != nil)
		maybe(value(c.sumHouseholds), c.sumHouseholds != nil)
		number(c.sumWeight)
		flush()
	}
	return hex.EncodeToString(h.Sum(nil))
}
