package coverage

import (
	"cmp"
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
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/walking"
)

// open is an uncovered home of a run.
type open struct {
	community  int64
	code, name string
	households int64
}

// Gaps returns the patches of uncovered homes of a run: homes nearer than near
// metres to each other are in one. Buildings where nobody lives are no homes;
// where no households are known, those of a use that people do not live in are
// none.
func (s *Store) Gaps(ctx context.Context, scope account.Scope, district string, id uuid.UUID, near float64) (Gaps, error) {
	run, err := s.detailed(ctx, scope, district, id)
	if err != nil {
		return Gaps{}, err
	}
	if !(near >= 10 && near <= 1000) {
		return Gaps{}, &InvalidError{Field: "near_m", Detail: "相邻距离应在 10 到 1000 米之间"}
	}
	gaps := Gaps{Unit: run.Limit.unit(), Items: []Gap{}, Works: run.Items}
	snap, err := s.networks.Snapshot(ctx, district)
	if err != nil {
		return Gaps{}, fmt.Errorf("get the walking network of %s: %w", district, err)
	}
	plane := snap.Plane
	var homes []catchment.Uncovered
	var of []open
	err = s.reading(ctx, func(tx pgx.Tx) (err error) {
		homes, of, err = readOpen(ctx, tx, run, plane, nil)
		return err
	})
	if err != nil {
		return Gaps{}, err
	}
	patches, err := catchment.Patches(ctx, homes, catchment.PatchRules{Gap: near})
	if err != nil {
		return Gaps{}, fmt.Errorf("put the uncovered homes of run %s into patches: %w", id, err)
	}
	for rank, p := range patches {
		gaps.Items = append(gaps.Items, gapOf(rank+1, p, homes, of, plane))
	}
	return gaps, nil
}

// unit is what a limit is in.
func (l Limit) unit() string {
	if l.Minutes != nil {
		return "minutes"
	}
	return "metres"
}

// readOpen reads the uncovered homes of a run, with how far each is beyond the
// limit, in its unit; only those rows of it (nil: all).
func readOpen(ctx context.Context, tx pgx.Tx, run Run, plane walking.Plane, only []int64) ([]catchment.Uncovered, []open, error) {
	rows, err := tx.Query(ctx, `
		select coalesce(b.point, c.location), r.households::bigint, r.floor_area_m2, r.distance_m, greatest(r.there_s, r.back_s) / 60,
		       coalesce(c.id, 0), coalesce(c.code, ''), coalesce(c.name, '')
		from coverage_building r
		left join published_building b on b.district_code = $3 and b.id = r.building_id
		left join published_community c on c.district_code = $3 and c.id = r.community_id
		where r.run_id = $1
		  and ($4::bigint[] is null or r.building_id = any($4))
		  and r.status in ('uncovered', 'cut_off', 'unreached')
		  and (b.id is not null or r.building_id < 0 and c.location is not null)
		  and (r.households > 0 or $2 and (r.community_id is not null or b.use in ('residential', '')))
		order by r.building_id`, run.ID, run.Summary.Households == 0, run.District, only)
	if err != nil {
		return nil, nil, fmt.Errorf("read the uncovered homes of run %s: %w", run.ID, err)
	}
	var homes []catchment.Uncovered
	var of []open
	var at postgis.Geom
	var o open
	var floor float64
	var metres, minutes *float64
	_, err = pgx.ForEachRow(rows, []any{&at, &o.households, &floor, &metres, &minutes, &o.community, &o.code, &o.name}, func() error {
		p, is := at.Geometry.(orb.Point)
		if !is {
			return nil
		}
		excess := math.Inf(1)
		switch {
		case run.Limit.Metres != nil && metres != nil:
			excess = *metres - *run.Limit.Metres
		case run.Limit.Minutes != nil && minutes != nil:
			excess = *minutes - *run.Limit.Minutes
		}
		homes = append(homes, catchment.Uncovered{
			Home: int32(len(homes)), At: plane.Metres(p), Households: float64(o.households), FloorArea: floor, Excess: max(0, excess),
		})
		of = append(of, o)
		return nil
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read the uncovered homes of run %s: %w", run.ID, err)
	}
	return homes, of, nil
}

func gapOf(rank int, p catchment.Patch, homes []catchment.Uncovered, of []open, plane walking.Plane) Gap {
	g := Gap{
		Rank: rank, Households: whole(p.Households), Buildings: int64(len(p.Homes)), FloorAreaM2: cents(p.FloorArea),
		Unreached: int64(p.NoWay), Communities: []GapCommunity{},
	}
	if p.NoWay < len(p.Homes) {
		worst, mean := cents(p.WorstExcess), cents(p.MeanExcess)
		g.WorstBeyond, g.MeanBeyond = &worst, &mean
	}
	index := map[int64]int{}
	middle := orb.Point{}
	for _, h := range p.Homes {
		middle[0] += homes[h].At[0] / float64(len(p.Homes))
		middle[1] += homes[h].At[1] / float64(len(p.Homes))
		o := of[h]
		if o.community == 0 {
			continue
		}
		i, known := index[o.community]
		if !known {
			i = len(g.Communities)
			index[o.community] = i
			g.Communities = append(g.Communities, GapCommunity{Code: o.code, Name: o.name})
		}
		g.Communities[i].Households += o.households
		g.Communities[i].Buildings++
	}
	slices.SortStableFunc(g.Communities, func(a, b GapCommunity) int {
		return cmp.Or(cmp.Compare(b.Households, a.Households), cmp.Compare(a.Code, b.Code))
	})
	g.Location = plane.Degrees(middle)
	g.Outline = geojson.NewGeometry(degrees(p.Outline, plane))
	return g
}

// degrees takes an area from metres to longitude/latitude, to about a decimetre.
func degrees(area orb.MultiPolygon, plane walking.Plane) orb.MultiPolygon {
	round := func(x float64) float64 { return math.Round(x*1e6) / 1e6 }
	moved := make(orb.MultiPolygon, len(area))
	for i, polygon := range area {
		moved[i] = make(orb.Polygon, len(polygon))
		for k, ring := range polygon {
			moved[i][k] = make(orb.Ring, len(ring))
			for n, at := range ring {
				d := plane.Degrees(at)
				moved[i][k][n] = orb.Point{round(d[0]), round(d[1])}
			}
		}
	}
	return moved
}
