package zone_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

// generate fills a district with a town on a grid: blocks of about 100 m with a
// community on most of them (one in five known only by a point, one in seven
// without figures of its own) and 20 buildings on each block, some of which
// belong to no community.
func (b *bench) generate(blocks int) {
	b.t.Helper()
	side := int(math.Ceil(math.Sqrt(float64(blocks))))
	b.exec(`select setseed(0.42)`)
	b.exec(`
		insert into community (district_code, code, name, subdistrict_code, geom, location, households, floor_area_m2, verdict, generated)
		select $1, 'C' || i, '小区' || i, case when x < 106.95 then '500110001' else '500110002' end,
		       case when i % 5 > 0 then ST_Multi(ST_Buffer(ST_SetSRID(ST_MakePoint(x, y), 4490), 0.0004, 2)) end,
		       ST_SetSRID(ST_MakePoint(x, y), 4490),
		       case when i % 7 > 0 then 40 + i % 300 end,
		       case when i % 7 > 1 then 90.5 * (40 + i % 300) end,
		       (array['in', 'out', 'borderline'])[1 + i % 3],
		       case when i % 11 = 0 then array['households'] else '{}' end
		from (select i, 106.81 + 0.28 * (i % $3) / $3 as x, 28.91 + 0.18 * (i / $3) / $3 as y
		      from generate_series(0, $2 - 1) i where i % 6 > 0) grid`, b.district, blocks, side)
	b.exec(`
		insert into building (district_code, code, community_id, subdistrict_code, households, floor_area_m2, storeys, geom)
		select $1, 'B' || i || '-' || j, case when j > 1 then c.id end,
		       case when x < 106.95 then '500110001' else '500110002' end,
		       case when (i + j) % 4 > 0 then 2 + j end, case when (i + j) % 5 > 0 then 100.25 * j end, 1 + j % 6,
		       ST_Multi(ST_MakeEnvelope(x + dx, y + dy, x + dx + 0.00008, y + dy + 0.0001, 4490))
		from (select i, 106.81 + 0.28 * (i % $3) / $3 as x, 28.91 + 0.18 * (i / $3) / $3 as y
		      from generate_series(0, $2 - 1) i) grid
		cross join lateral (select j, 0.00015 * (j % 5 - 2.2) as dx, 0.00018 * (j / 5 - 1.6) as dy
		                    from generate_series(0, 19) j) spot
		left join community c on c.district_code = $1 and c.code = 'C' || i`, b.district, blocks, side)
	b.exec(`analyze community`)
	b.exec(`analyze building`)
}

// circle is a ring of n points around a place, with a wavy edge.
func circle(at orb.Point, radius float64, n int) orb.Polygon {
	ring := make(orb.Ring, 0, n+1)
	for i := range n {
		a := 2 * math.Pi * float64(i) / float64(n)
		r := radius * (1 + 0.2*math.Sin(9*a))
		ring = append(ring, orb.Point{at[0] + r*math.Cos(a), at[1] + r*math.Sin(a)})
	}
	return orb.Polygon{append(ring, ring[0])}
}

// comb is a boundary with teeth over a whole district: valid, and hard on every
// shortcut that looks at extents.
func comb(teeth int) orb.Polygon {
	ring := orb.Ring{{106.81, 28.90}}
	w := 0.28 / float64(teeth)
	for i := range teeth {
		x := 106.81 + w*float64(i)
		ring = append(ring, orb.Point{x, 28.905}, orb.Point{x + w*0.3, 29.09}, orb.Point{x + w*0.6, 29.09}, orb.Point{x + w*0.9, 28.905})
	}
	return orb.Polygon{append(ring, orb.Point{107.09, 28.90}, ring[0])}
}

// plainTotals is what the glossary says, written without regard to speed and
// without anything of the package under test.
func (b *bench) plainTotals(shape orb.Geometry) zone.Totals {
	b.t.Helper()
	var t zone.Totals
	err := b.db.Pool.QueryRow(b.t.Context(), `
		with members as (
		    select id, households, floor_area_m2, eligibility, generated from community
		    where district_code = $1
		      and case when geom is null then ST_Contains($2, location)
		               else ST_Area(ST_Intersection(geom, $2)) / ST_Area(geom) > 0.5 end
		),
		figures as (
		    select m.id, m.eligibility, m.generated,
		           (select count(*) from building where community_id = m.id) as buildings,
		           coalesce(m.households, (select sum(households) from building where community_id = m.id), 0) as households,
		           coalesce(m.floor_area_m2, (select sum(floor_area_m2) from building where community_id = m.id), 0) as floor_area
		    from members m
		),
		loose as (
		    select households, floor_area_m2 from building
		    where district_code = $1 and community_id is null and ST_Contains($2, point)
		)
		select round(ST_Area($2::geography)::numeric, 2)::float8,
		       (select count(*) from figures),
		       (select coalesce(sum(buildings), 0)::bigint from figures) + (select count(*) from loose),
		       ((select coalesce(sum(households), 0) from figures) + (select coalesce(sum(households), 0) from loose))::bigint,
		       round(((select coalesce(sum(floor_area), 0) from figures) + (select coalesce(sum(floor_area_m2), 0) from loose))::numeric, 2)::float8,
		       (select count(*) from figures where eligibility = 'in'),
		       (select coalesce(sum(households), 0)::bigint from figures where eligibility = 'in'),
		       exists (select from figures where generated <> '{}')`,
		b.district, postgis.Geom{Geometry: shape}).
		Scan(&t.AreaM2, &t.Communities, &t.Buildings, &t.Households, &t.FloorAreaM2, &t.EligibleCommunities, &t.EligibleHouseholds, &t.Generated)
	if err != nil {
		b.t.Fatal(err)
	}
	if t.Households > 0 {
		t.EligibleShare = float64(t.EligibleHouseholds) / float64(t.Households)
	} else if t.Communities > 0 {
		t.EligibleShare = float64(t.EligibleCommunities) / float64(t.Communities)
	}
	return t
}

func TestTotalsEqualPlainSQL(t *testing.T) {
	b := newBench(t)
	b.generate(600)
	random := rand.New(rand.NewPCG(1, 1))
	shapes := map[string]orb.Geometry{
		"everything":   box(106.8, 28.9, 107.1, 29.1),
		"nothing":      box(106.8, 28.9, 106.8001, 28.9001),
		"with a hole":  orb.Polygon{box(106.9, 28.95, 107, 29.05)[0], {{106.93, 28.98}, {106.93, 29.02}, {106.97, 29.02}, {106.97, 28.98}, {106.93, 28.98}}},
		"a comb":       comb(300),
		"3,000 points": circle(orb.Point{106.93, 29.01}, 0.04, 3_000),
		"two parts":    orb.MultiPolygon{box(106.85, 28.92, 106.9, 28.97), box(107, 29, 107.05, 29.05)},
	}
	for i := range 25 {
		at := orb.Point{106.83 + 0.24*random.Float64(), 28.93 + 0.14*random.Float64()}
		shapes["drawn "+string(rune('a'+i))] = circle(at, 0.003+0.03*random.Float64(), 5+random.IntN(200))
	}
	met := 0
	for name, shape := range shapes {
		t.Run(name, func(t *testing.T) {
			want := b.plainTotals(shape)
			met += int(want.Communities)
			got, err := b.zones.Measure(t.Context(), account.Everything, b.district, zone.Question{Shape: shape})
			if err != nil {
				t.Fatal(err)
			}
			close := cmpopts.EquateApprox(1e-9, 0.011)
			if diff := cmp.Diff(want, got.Totals, close); diff != "" {
				t.Errorf("measured (-plain +got):\n%s", diff)
			}
			z := b.create(name, shape)
			if diff := cmp.Diff(want, z.Totals, close); diff != "" {
				t.Errorf("saved (-plain +got):\n%s", diff)
			}
			var households int64
			members, err := b.zones.Communities(t.Context(), account.Everything, b.district, z.Code)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range members {
				households += m.Households
			}
			if int64(len(members)) != want.Communities || households > want.Households {
				t.Errorf("%d members with %d households", len(members), households)
			}
		})
	}
	if met < 500 {
		t.Errorf("the shapes hold only %d communities: the test says little", met)
	}
}

func TestEligibleShareWithoutHouseholds(t *testing.T) {
	b := newBench(t)
	b.community("A", west, box(106.901, 28.951, 106.902, 28.952), nil, "in")
	b.community("B", west, box(106.903, 28.951, 106.904, 28.952), nil, "out")
	got, err := b.zones.Measure(t.Context(), account.Everything, b.district, zone.Question{Shape: box(106.9, 28.95, 106.91, 28.96)})
	if err != nil || got.EligibleShare != 0.5 || got.Households != 0 {
		t.Errorf("%+v %v", got, err)
	}
}

// measureBlocks is the size of the district in which Measure is timed; each
// block has 20 buildings.
const measureBlocks = 3_000

func TestMeasureFollowsThePointer(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a district with 60,000 buildings")
	}
	b := newBench(t)
	b.generate(measureBlocks)
	random := rand.New(rand.NewPCG(2, 2))
	boundary := func(points int) orb.Polygon {
		// holds about 500 buildings: 25 blocks
		radius := math.Sqrt(25 * (0.28 * 0.18 / measureBlocks) / math.Pi)
		return circle(orb.Point{106.85 + 0.2*random.Float64(), 28.94 + 0.12*random.Float64()}, radius, points)
	}
	for name, c := range map[string]struct {
		points int
		limit  time.Duration
	}{
		"a drawn boundary":           {60, 50 * time.Millisecond},
		"a boundary of 5,000 points": {5_000, 250 * time.Millisecond}, // 12 ms on an idle machine
	} {
		t.Run(name, func(t *testing.T) {
			var took []time.Duration
			var buildings int64
			for range 60 {
				shape := boundary(c.points)
				start := time.Now()
				totals, err := b.zones.Measure(t.Context(), account.Everything, b.district, zone.Question{Shape: shape})
				took = append(took, time.Since(start))
				if err != nil {
					t.Fatal(err)
				}
				buildings += totals.Buildings
			}
			slices.Sort(took)
			t.Logf("%d buildings on average, median %v, slowest %v", buildings/60, took[30], took[59])
			if took[30] > c.limit {
				t.Errorf("the median is %v", took[30])
			}
		})
	}
	t.Run("a list of 100 zones", func(t *testing.T) {
		for i := range 100 {
			b.create(fmt.Sprintf("片区 %d", i), boundary(60))
		}
		start := time.Now()
		list, err := b.zones.List(t.Context(), account.Everything, b.district, "")
		took := time.Since(start)
		t.Logf("in %v", took)
		if err != nil || len(list) != 100 || list[0].Totals.Buildings == 0 || took > 2*time.Second {
			t.Errorf("%d zones in %v, %v", len(list), took, err)
		}
	})
	t.Run("a plan is made for each boundary", func(t *testing.T) {
		// After many boundaries of one kind the plan must still be right for another.
		for _, shape := range []orb.Polygon{boundary(60), box(106.8, 28.9, 107.1, 29.1), boundary(60)} {
			plan := b.explain(shape)
			small := shape.Bound().Max[0]-shape.Bound().Min[0] < 0.1
			if small && strings.Contains(plan, `"Seq Scan"`) {
				t.Errorf("a small boundary reads a whole table:\n%s", plan)
			}
			if small && !strings.Contains(plan, "building_point_idx") {
				t.Errorf("the index on the buildings' points is not used:\n%s", plan)
			}
		}
	})
}

// explain returns the plan of Measure for a boundary as the server makes it.
func (b *bench) explain(shape orb.Polygon) string {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), time.Minute)
	defer cancel()
	tx, err := b.db.Pool.Begin(ctx)
	if err != nil {
		b.t.Fatal(err)
	}
	defer tx.Rollback(ctx)
	// as a server that is not our own may be configured
	if _, err := tx.Exec(ctx, `set local random_page_cost = 4`); err != nil {
		b.t.Fatal(err)
	}
	var plan json.RawMessage
	err = tx.QueryRow(ctx, "explain (format json) "+zone.MeasureSQL,
		b.district, nil, nil, postgis.Geom{Geometry: orb.MultiPolygon{shape}}).Scan(&plan)
	if err != nil {
		b.t.Fatal(err)
	}
	return string(plan)
}
