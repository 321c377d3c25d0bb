package zone_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/zone"
)

// seat is a community of a random town: a place in a block.
type seat struct {
	id, i, j int64
	place    orb.Polygon
}

// layouts are how a block may be built up, in fractions of it.
var layouts = [][][4]float64{
	{},
	{{.1, .1, .9, .9}},
	{{.08, .1, .45, .9}, {.55, .1, .92, .9}},
	{{.1, .1, .4, .4}, {.6, .6, .9, .9}},
	{{.1, .1, .45, .45}, {.55, .1, .9, .45}, {.1, .55, .9, .9}},
	{{.1, .1, .25, .25}},
	{{.02, .3, .98, .7}, {.4, .8, .6, .95}},
}

// populate fills the blocks of a town and links what is near each other along
// the streets.
func (b *bench) populate(columns, rows int, choose func(i, j int) [][4]float64) []seat {
	b.t.Helper()
	var seats []seat
	for j := range rows {
		for i := range columns {
			for _, f := range choose(i, j) {
				place := block(i, j, f[0], f[1], f[2], f[3])
				id := b.community(fmt.Sprintf("%d-%d-%d", i, j, len(seats)), west, place, 10, "in")
				seats = append(seats, seat{id, int64(i), int64(j), place})
			}
		}
	}
	for x, p := range seats {
		for _, q := range seats[x+1:] {
			gap := gapM(p.place, q.place)
			if gap > 60 || abs(p.i-q.i) > 1 || abs(p.j-q.j) > 1 {
				continue
			}
			// from p up or down to the street between the rows, along it, and on to q
			a, c := p.place.Bound().Center(), q.place.Bound().Center()
			street := townSouth + float64(max(p.j, q.j))*step
			b.link(p.id, q.id, gap, a, orb.Point{a[0], street}, orb.Point{c[0], street}, c)
		}
	}
	return seats
}

func abs(n int64) int64 { return max(n, -n) }

// gapM is the distance between two boxes in metres.
func gapM(p, q orb.Polygon) float64 {
	a, c := p.Bound(), q.Bound()
	dx := max(0, a.Min[0]-c.Max[0], c.Min[0]-a.Max[0]) * 97484
	dy := max(0, a.Min[1]-c.Max[1], c.Min[1]-a.Max[1]) * 110835
	return math.Hypot(dx, dy)
}

func ids(seats []seat) []int64 {
	var ids []int64
	for _, s := range seats {
		ids = append(ids, s.id)
	}
	return ids
}

// partsOf counts the parts of a set over the links in the database.
func (b *bench) partsOf(members []int64) int {
	rows, err := b.db.Pool.Query(b.t.Context(), `select a_id, b_id from link where a_id = any($1) and b_id = any($1)`, members)
	if err != nil {
		b.t.Fatal(err)
	}
	part := map[int64]int64{}
	for _, m := range members {
		part[m] = m
	}
	root := func(m int64) int64 {
		for part[m] != m {
			m = part[m]
		}
		return m
	}
	parts := len(part)
	for rows.Next() {
		var a, c int64
		if err := rows.Scan(&a, &c); err != nil {
			b.t.Fatal(err)
		}
		if a, c = root(a), root(c); a != c {
			part[a] = c
			parts--
		}
	}
	return parts
}

func TestAnyBoundaryIsSoundAndNoMorePartsThanItsCommunities(t *testing.T) {
	const columns, rows = 4, 4
	b := newBench(t)
	b.town(columns, rows)
	rapid.Check(t, func(rt *rapid.T) {
		b.exec(`delete from zone`)
		b.exec(`delete from community`)
		seats := b.populate(columns, rows, func(i, j int) [][4]float64 {
			return rapid.SampledFrom(layouts).Draw(rt, fmt.Sprintf("layout %d/%d", i, j))
		})
		var members, others []seat
		for _, s := range seats {
			switch rapid.IntRange(0, 9).Draw(rt, "membership") {
			case 0, 1, 2, 3, 4, 5:
				members = append(members, s)
			case 6:
				others = append(others, s)
			}
		}
		if len(members) == 0 {
			return
		}
		got := b.boundary(ids(members)...)
		b.sound(got, ids(members))
		if parts := b.partsOf(ids(members)); len(got) > parts {
			rt.Errorf("%d parts of ground for %d parts of communities: %v", len(got), parts, got)
		}
		if !t.Failed() && len(others) > 0 {
			// A neighbour that was there first keeps its ground, and both are sound.
			first := b.boundary(ids(others)...)
			b.create("邻片", first)
			got := b.boundary(ids(members)...)
			b.sound(got, ids(members))
			if over := b.number(`select ST_Area(ST_Intersection($1::geometry, $2::geometry))`, got, first); over > 1e-11 {
				rt.Errorf("overlaps its neighbour by %g square degrees", over)
			}
		}
		if !t.Failed() {
			// The rule of membership finds the members in it again.
			b.exec(`delete from zone`)
			z := b.create("本片", got)
			if found := b.memberIDs(z); !slices.Equal(found, ids(members)) {
				rt.Errorf("members %v, of %v", found, ids(members))
			}
		}
		if t.Failed() {
			rt.FailNow()
		}
	})
}

func (b *bench) memberIDs(z zone.Zone) (found []int64) {
	b.t.Helper()
	id, err := b.zones.ID(b.t.Context(), b.district, z.Code)
	if err != nil {
		b.t.Fatal(err)
	}
	err = b.db.Pool.QueryRow(b.t.Context(), `select array(select community_id from zone_community where zone_id = $1 order by 1)`, id).Scan(&found)
	if err != nil {
		b.t.Fatal(err)
	}
	return found
}

// One community more changes the boundary only in its own block, the blocks
// beside it, and along the ways to its own neighbours.
func TestABoundaryChangesOnlyNearWhatIsAdded(t *testing.T) {
	const columns, rows = 7, 5
	b := newBench(t)
	b.town(columns, rows)
	rapid.Check(t, func(rt *rapid.T) {
		b.exec(`delete from community`)
		seats := b.populate(columns, rows, func(i, j int) [][4]float64 {
			return rapid.SampledFrom(layouts).Draw(rt, fmt.Sprintf("layout %d/%d", i, j))
		})
		var members []seat
		for _, s := range seats {
			if rapid.Bool().Draw(rt, "member") {
				members = append(members, s)
			}
		}
		if len(members) < 2 {
			return
		}
		added := members[rapid.IntRange(0, len(members)-1).Draw(rt, "added")]
		after := b.boundary(ids(members)...)
		before := b.boundary(ids(slices.DeleteFunc(slices.Clone(members), func(s seat) bool { return s.id == added.id }))...)
		// Links reach at most into the next block, and a corridor is 12 m wide.
		near := block(int(added.i), int(added.j), -1.1, -1.1, 2.1, 2.1)
		// Overlays round to 0.1 mm: what is thinner than a centimetre is no change.
		far := b.number(`
			select ST_Area(ST_Buffer(ST_Difference(ST_SymDifference($1::geometry, $2::geometry), $3::geometry), -5e-8, 'join=mitre')::geography)`,
			before, after, near)
		if far > 0 {
			rt.Fatalf("changed %.2f m² far from it", far)
		}
	})
}
