package coverage

import (
	"context"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/walking"
)

// Demand is who wants a service where, and what serves them already: what sites
// are looked for with. It is of one moment and does not change.
type Demand struct {
	Run      Run    // type, method, limit, walker, standard and area, without an answer
	Homes    []Home // with households; those that the first step spares are left out
	Existing []ExistingFacility
	Spared   int64   // households left out
	Limit    float64 // in what the method counts: metres, or seconds for walk_slope
	Seconds  bool    // costs are seconds
	Plain    bool    // no households are known, so that every home counts as one

	in  *inputs
	of  []int32 // the subject of each home
	set []facility
}

// Home is a building, or a community without buildings, where people live.
type Home struct {
	Code       string // of the building; "": a community
	At         orb.Point
	Households float64

	Existing int     // position of the nearest existing facility; -1: there is no way to any
	Cost     float64 // of the way to it, in what the method counts; +Inf: there is none
}

// ExistingFacility is one that serves already; a proposed one of the scenario
// counts, too.
type ExistingFacility struct {
	Code, Name string
	At         orb.Point
	Capacity   *int
	Proposed   bool
}

// Demand reads who wants a service. Errors: those of Run.
func (s *Store) Demand(ctx context.Context, scope account.Scope, district string, r Request) (*Demand, error) {
	if _, err := s.place(r.FacilityType); err != nil {
		return nil, err
	}
	var err error
	if r.Settings, err = s.checkSettings(r.Settings); err != nil {
		return nil, err
	}
	in, err := s.gather(ctx, scope, account.RunCoverage, district, r.Settings, []string{r.FacilityType})
	if err != nil {
		return nil, err
	}
	q := in.questions[0]
	d := &Demand{
		Run: Run{
			District: district, FacilityType: q.kind.Key, FacilityName: q.kind.Name, Method: in.settings.Method, Limit: q.limit,
			Walker: in.walker, Standard: q.standard, FirstStep: q.firstStep(), Area: in.ground.Area,
		},
		Limit: q.cost(in.settings.Method, in.walker), Seconds: in.settings.Method == MethodWalkSlope, in: in, set: q.set,
	}
	a := &answered{question: q}
	d.Run.Inputs = in.describe(a)
	outcomes, err := in.outcomes(ctx, q)
	if err != nil {
		return nil, err
	}
	d.settle(outcomes)
	for _, f := range q.set {
		d.Existing = append(d.Existing, ExistingFacility{f.code, f.name, orb.Point{f.at.lon, f.at.lat}, f.capacity, f.proposed})
	}
	return d, nil
}

// settle chooses the homes.
func (d *Demand) settle(outcomes []outcome) {
	d.Plain = d.in.plain()
	for i := range d.in.subjects {
		s := &d.in.subjects[i]
		households := float64(s.wholeHouseholds)
		if d.Plain && s.home() {
			households = 1
		}
		switch {
		case households == 0:
		case outcomes[i].status == Spared:
			d.Spared += s.wholeHouseholds
		default:
			d.Homes = append(d.Homes, Home{
				Code: s.code, At: orb.Point{s.at.lon, s.at.lat}, Households: households,
				Existing: outcomes[i].facility, Cost: outcomes[i].cost,
			})
			d.of = append(d.of, int32(i))
		}
	}
}

// Ways are the ways from the homes of a demand to some places.
type Ways struct {
	ranges *catchment.Ranges
	of     []int32
}

// Of returns the places within reach of a home with the costs of the ways.
func (w Ways) Of(home int) []catchment.Option { return w.ranges.Of(int(w.of[home])) }

// WayRules say which ways are listed.
type WayRules struct {
	Cost   float64 // that a way may have: the worse of there and back
	Nearer bool    // only to places that are nearer than the nearest existing facility
	Most   int     // how many ways there may be in all; 0: any number
}

// Ways lists the ways from the homes to some places (longitude/latitude). It is
// ErrTooManyWays where there are more than the rules allow.
func (d *Demand) Ways(ctx context.Context, places []orb.Point, rules WayRules) (Ways, error) {
	set := make([]facility, len(places))
	for i, p := range places {
		set[i].at = placeAt(p[0], p[1])
	}
	below := make([]float64, len(d.in.subjects)) // 0: nobody lives there
	for h, subject := range d.of {
		if below[subject] = math.Inf(1); rules.Nearer {
			below[subject] = d.Homes[h].Cost
		}
	}
	ranges, err := d.in.measure.within(ctx, set, reach{rules.Cost, below, rules.Most})
	return Ways{ranges, d.of}, err
}

// Junctions returns where at least three ways of the walking network meet, on
// its largest parts, in longitude/latitude.
func (s *Store) Junctions(ctx context.Context, district string) ([]orb.Point, error) {
	snap, err := s.networks.Snapshot(ctx, district)
	if err != nil {
		return nil, err
	}
	return junctions(snap), nil
}

func junctions(snap *walking.Snapshot) []orb.Point {
	g := snap.Graph
	meet := make([]int, g.Nodes())
	for e := range g.Edges() {
		from, to := g.Ends(e)
		meet[from]++
		meet[to]++
	}
	const remnant = 200 // metres of ways that lead nowhere
	islands := g.Islands()
	var list []orb.Point
	for n, ways := range meet {
		if ways >= 3 && islands[g.Island(n)].Metres >= remnant {
			list = append(list, snap.Plane.Degrees(g.Node(n)))
		}
	}
	return list
}

// Subdistricts lists where the buildings of the area lie; "" is nowhere known.
func (d *Demand) Subdistricts() []string { return subdistrictsOf(d.in.subjects) }
