package coverage

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/engine/catchment"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/walking"
)

// Isochrones returns the ground from which a facility ("": any) of a run is
// reached within limits, in the unit of the run's limit (none: that limit), by
// the very rule that buildings follow and on today's data. For the method radius
// it is the ground within circles.
func (s *Store) Isochrones(ctx context.Context, scope account.Scope, district string, id uuid.UUID, code string, limits []float64) ([]Isochrone, error) {
	run, err := s.Get(ctx, scope, district, id)
	if err != nil {
		return nil, err
	}
	unit := run.Limit.unit()
	if limits, err = soundLimits(run, limits); err != nil {
		return nil, err
	}
	var set []facility
	snap, err := s.networks.Snapshot(ctx, district)
	if err != nil {
		return nil, fmt.Errorf("get the walking network of %s: %w", district, err)
	}
	plane := snap.Plane
	err = s.reading(ctx, func(tx pgx.Tx) (err error) {
		set, err = readFacilities(ctx, tx, district, run.FacilityType, run.settings.Scenario)
		return err
	})
	if err != nil {
		return nil, err
	}
	if code != "" {
		f, known := withCode(set, code)
		if !known {
			return nil, &InvalidError{Field: "facility", Detail: "没有这个设施"}
		}
		set = []facility{f}
	}
	if len(set) == 0 {
		return []Isochrone{}, nil
	}
	f, err := s.field(ctx, run, set, plane, limits)
	if err != nil {
		return nil, err
	}
	drawn, err := catchment.Isochrones(ctx, f.ground, f.limits)
	if err != nil {
		return nil, fmt.Errorf("draw the isochrones of run %s: %w", id, err)
	}
	list := make([]Isochrone, 0, len(drawn))
	for i, d := range drawn {
		area := degrees(d.Area, plane)
		one := Isochrone{
			Limit: limits[i], Unit: unit, AreaM2: cents(geo.Area(area)), CellM: d.Cell, Ground: geojson.NewGeometry(area),
		}
		if len(set) == 1 && f.radius(i) > 0 {
			shed := math.Round(one.AreaM2/(math.Pi*f.radius(i)*f.radius(i))*1e4) / 1e4
			one.Shed = &shed
		}
		list = append(list, one)
	}
	return list, nil
}

func soundLimits(run Run, limits []float64) ([]float64, error) {
	most := float64(maxMetres)
	own := run.Limit.Metres
	if run.Limit.Minutes != nil {
		most, own = maxMinutes, run.Limit.Minutes
	}
	if len(limits) == 0 {
		return []float64{*own}, nil
	}
	limits = slices.Clone(limits)
	slices.Sort(limits)
	for _, l := range limits {
		if !(l > 0 && l <= most) {
			return nil, &InvalidError{Field: "limits", Detail: fmt.Sprintf("限值应大于 0 且不超过 %s", short(most))}
		}
	}
	return slices.Compact(limits), nil
}

// field is what isochrones are drawn of, with the limits in what the method
// counts.
type field struct {
	ground catchment.Ground
	limits []float64
	pace   float64 // metres per unit of the limits
}

// radius is how far one gets on the flat within a limit.
func (f *field) radius(i int) float64 { return f.limits[i] * f.pace }

func (s *Store) field(ctx context.Context, run Run, set []facility, plane walking.Plane, limits []float64) (*field, error) {
	f := &field{limits: slices.Clone(limits), pace: 1}
	places := make([]orb.Point, len(set))
	for i := range set {
		places[i] = plane.Metres(orb.Point{set[i].at.lon, set[i].at.lat})
	}
	if run.Method == MethodRadius {
		f.ground = circles(set, places, plane)
	} else {
		m, err := s.foot(ctx, run.District, run.settings, run.Walker)
		if err != nil {
			return nil, err
		}
		if m.timed {
			f.pace = m.speed
		}
		for i := range f.limits {
			switch {
			case m.timed:
				f.limits[i] *= 60
			case run.Limit.Minutes != nil:
				f.limits[i] *= 60 * m.speed
			}
		}
		if f.ground, err = m.ground(ctx, set, slices.Max(f.limits)); err != nil {
			return nil, err
		}
	}
	// Downhill one is quicker than on the flat, by up to a fifth.
	far := 1.2*f.radius(len(f.limits)-1) + 50
	f.ground.Bound = orb.MultiPoint(places).Bound().Pad(far)
	f.ground.Costs, f.ground.Most = nearOnly(places, far, f.ground.Costs), mostSamples
	return f, nil
}

// mostSamples is how many points the isochrones of a whole district are sampled
// at; those far from every facility cost next to nothing.
const mostSamples = 4_000_000

// costsOf tells the costs of points.
type costsOf = func(ctx context.Context, points []orb.Point, costs []float64) error

// nearOnly asks only for the costs of points that are not certainly farther than
// so many metres from every place.
func nearOnly(places []orb.Point, far float64, ask costsOf) costsOf {
	square := func(p orb.Point) [2]int { return [2]int{int(math.Floor(p[0] / far)), int(math.Floor(p[1] / far))} }
	near := map[[2]int]bool{}
	for _, p := range places {
		at := square(p)
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				near[[2]int{at[0] + dx, at[1] + dy}] = true
			}
		}
	}
	return func(ctx context.Context, points []orb.Point, costs []float64) error {
		var asked []orb.Point
		var index []int
		for i, p := range points {
			costs[i] = math.Inf(1)
			if near[square(p)] {
				asked, index = append(asked, p), append(index, i)
			}
		}
		if len(asked) == 0 {
			return ctx.Err()
		}
		found := make([]float64, len(asked))
		if err := ask(ctx, asked, found); err != nil {
			return err
		}
		for k, i := range index {
			costs[i] = found[k]
		}
		return nil
	}
}

// circles costs points by straight lines.
func circles(set []facility, places []orb.Point, plane walking.Plane) catchment.Ground {
	m := newStraight(nil)
	b := orb.MultiPoint(places).Bound().Pad(maxMetres)
	low, high := plane.Degrees(b.Min), plane.Degrees(b.Max)
	m.at = []place{placeAt(low[0], low[1]), placeAt(high[0], high[1])}
	tree := m.tree(set)
	return catchment.Ground{Costs: func(ctx context.Context, points []orb.Point, costs []float64) error {
		for i, p := range points {
			if i%checkEvery == 0 && ctx.Err() != nil {
				return ctx.Err()
			}
			d := plane.Degrees(p)
			costs[i] = tree.to(placeAt(d[0], d[1])).metres
		}
		return nil
	}}
}

// ground costs points by the walk from them, as homes are.
func (m *walked) ground(ctx context.Context, set []facility, limit float64) (catchment.Ground, error) {
	nobody := catchment.NewHomes(m.net, m.snap.Tie(nil))
	// Beyond the limit, but not far, costs tell where the border runs.
	cover, err := nobody.Cover(ctx, catchment.Question{Facilities: m.tie(set), Limit: limit, Reach: limit * 1.5})
	if err != nil {
		return catchment.Ground{}, err
	}
	return cover.Ground(m.snap.Rules(), limit)
}
