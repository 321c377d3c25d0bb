package link

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"github.com/lianpian/lianpian/internal/engine/network"
	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// freeMetres of open ground around a community may be walked in any direction:
	// where its gates are, nobody knows.
	freeMetres = 30
	// farMetres is how far the nearest street may be from a community that has
	// none within freeMetres.
	farMetres = 150
	// wideWater is from how many square metres on a lake or pond is a barrier.
	wideWater = 10_000
)

// ground is the walking network and the barriers of a district or a part of it,
// in metres of its Gauss-Krüger zone.
type ground struct {
	graph    *network.Graph
	road     []int64 // the roads' ids
	barriers []barrier
	lines    *network.Lines // of the barriers
}

// barrier is a line that keeps apart, or passes above or below.
type barrier struct {
	kind           Barrier
	name           string
	road           int64 // its id, where it is one
	bridge, tunnel bool
}

// shut tells whether the barrier is one on the ground.
func (b *barrier) shut() bool { return !b.bridge && !b.tunnel }

// roadBarriers are the roads that are barriers. Their ramps are not: what they
// keep apart, the road itself does.
var roadBarriers = map[string]Barrier{"motorway": Expressway, "trunk": Expressway, "primary": Primary}

// noFooting are roads that nobody steps onto but at a junction.
var noFooting = []string{"motorway", "motorway_link", "trunk", "trunk_link"}

// loadGround reads the ground of a district, or of the part of it that window
// (metres) meets.
func loadGround(ctx context.Context, tx pgx.Tx, district string, srid int32, window *orb.Bound) (*ground, error) {
	args := []any{district, srid}
	where := ` where district_code = $1`
	if window != nil {
		var box postgis.Geom
		err := tx.QueryRow(ctx, `select ST_Envelope(ST_Transform(ST_MakeEnvelope($1, $2, $3, $4, $5), 4490))`,
			window.Min[0], window.Min[1], window.Max[0], window.Max[1], srid).Scan(&box)
		if err != nil {
			return nil, fmt.Errorf("place a window in %s: %w", district, err)
		}
		args = append(args, box)
		where += ` and geom && $3`
	}
	g := &ground{}
	var roads []network.Road
	var lines []orb.LineString
	add := func(b barrier, shape orb.Geometry) {
		switch shape := shape.(type) {
		case orb.LineString:
			g.barriers, lines = append(g.barriers, b), append(lines, shape)
		case orb.MultiLineString:
			for _, line := range shape {
				g.barriers, lines = append(g.barriers, b), append(lines, line)
			}
		}
	}

	rows, err := tx.Query(ctx, `
		select id, class, name, walkable, stairs, bridge, tunnel, level, ST_Transform(geom, $2::integer)
		from published_road`+where+` and (walkable or class in ('motorway', 'trunk', 'primary'))
		order by id`, args...)
	if err != nil {
		return nil, fmt.Errorf("read the roads of %s: %w", district, err)
	}
	var id int64
	var r network.Road
	var shape postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&id, &r.Class, &r.Name, &r.Walkable, &r.Stairs, &r.Bridge, &r.Tunnel, &r.Level, &shape}, func() error {
		r.Line, _ = shape.Geometry.(orb.LineString)
		if r.Walkable {
			roads, g.road = append(roads, r), append(g.road, id)
		}
		if kind, is := roadBarriers[r.Class]; is {
			add(barrier{kind, r.Name, id, r.Bridge, r.Tunnel}, r.Line)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the roads of %s: %w", district, err)
	}

	rows, err = tx.Query(ctx, `
		select 'railway', name, bridge, tunnel, ST_Transform(geom, $2::integer)
		from published_railway`+where+` and class in ('rail', 'light_rail', 'narrow_gauge')
		union all
		select 'river', name, false, tunnel, ST_Transform(geom, $2::integer)
		from published_waterway`+where+` and class in ('river', 'canal')
		union all
		select 'river', name, false, false, ST_Transform(ST_Boundary(geom), $2::integer)
		from published_water`+where+fmt.Sprintf(` and (class in ('river', 'canal')
		     or class in ('lake', 'reservoir', 'lagoon', 'water', 'basin', 'dock') and area_m2 >= %d)`, wideWater), args...)
	if err != nil {
		return nil, fmt.Errorf("read the barriers of %s: %w", district, err)
	}
	var b barrier
	_, err = pgx.ForEachRow(rows, []any{&b.kind, &b.name, &b.bridge, &b.tunnel, &shape}, func() error {
		add(b, shape.Geometry)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the barriers of %s: %w", district, err)
	}
	g.graph, g.lines = network.Build(roads), network.IndexLines(lines)
	return g, nil
}

// access is how communities reach the network: nobody wades, climbs a railway or
// expressway, or steps onto the side of a bridge.
func (g *ground) access() network.Access {
	return network.Access{
		Free: freeMetres, Far: farMetres,
		Usable: func(edge int) bool {
			way := g.graph.Way(edge)
			return !way.Bridge && !way.Tunnel && !slices.Contains(noFooting, way.Class)
		},
		Clear: func(from, to orb.Point) bool {
			clear := true
			g.lines.Met(from, to, func(line int, _, _ orb.Point) bool {
				b := &g.barriers[line]
				clear = !b.shut() || b.kind == Primary
				return clear
			})
			return clear
		},
	}
}

// join completes measured links: what their line crosses, and the walking path.
// The footprints are those of all communities of the links. A path leads from
// the community of the smaller id to the other.
func (g *ground) join(ctx context.Context, links []*found, footprints map[int64]orb.Geometry) error {
	ids := make([]int64, 0, len(footprints))
	for id := range footprints {
		ids = append(ids, id)
	}
	feet := make([]network.Feet, len(ids))
	place := make(map[int64]int, len(ids))
	access := g.access()
	err := share(ctx, len(ids), func() func(int) {
		return func(i int) { feet[i] = g.graph.FeetOf(footprints[ids[i]], access) }
	})
	if err != nil {
		return err
	}
	for i, id := range ids {
		place[id] = i
	}
	// Links come in the order of their first community: one search for each.
	var starts []int
	for i, l := range links {
		if i == 0 || links[i-1].aID != l.aID {
			starts = append(starts, i)
		}
	}
	return share(ctx, len(starts), func() func(int) {
		searcher := g.graph.Searcher()
		return func(k int) {
			end := len(links)
			if k+1 < len(starts) {
				end = starts[k+1]
			}
			of := links[starts[k]:end]
			targets := make([]network.Feet, len(of))
			for i, l := range of {
				targets[i] = feet[place[l.bID]]
			}
			searcher.ToMany(feet[place[of[0].aID]], targets, WalkMetres)
			for i, l := range of {
				g.finish(l, searcher, i)
			}
		}
	})
}

// share does n pieces of work on all processors but one, which is left to people.
// Each has a worker of its own.
func share(ctx context.Context, n int, worker func() func(i int)) error {
	hands := min(max(1, runtime.GOMAXPROCS(0)-1), n)
	group, ctx := errgroup.WithContext(ctx)
	for hand := range hands {
		group.Go(func() error {
			return panics.Contain(func() error {
				do := worker()
				for i := hand; i < n; i += hands {
					if err := ctx.Err(); err != nil {
						return err
					}
					do(i)
				}
				return nil
			})
		})
	}
	return group.Wait()
}

// finish says of a link what its line crosses and how its path does. Communities
// that touch need no street.
func (g *ground) finish(l *found, searcher *network.Searcher, target int) {
	if l.gapM >= 0.01 && len(l.line) == 2 {
		l.crossed = g.crossed(l.line[0], l.line[1])
	}
	if l.gapM <= EdgeMetres && len(l.crossed) == 0 {
		walk := l.gapM
		l.walkM, l.path = &walk, l.line
		return
	}
	path, found := searcher.Path(target)
	if !found {
		return
	}
	walk := rounded(path.Metres, 0.1)
	l.walkM, l.path = &walk, path.Line
	for _, street := range path.Streets {
		l.streets = append(l.streets, Street{street.Name, rounded(street.Metres, 0.1)})
	}
	l.crossings = g.crossings(l.crossed, path)
}

// crossed returns the kinds of barriers on the ground between two points.
func (g *ground) crossed(from, to orb.Point) []Barrier {
	met := map[Barrier]bool{}
	g.lines.Met(from, to, func(line int, _, _ orb.Point) bool {
		if b := &g.barriers[line]; b.shut() {
			met[b.kind] = true
		}
		return true
	})
	var kinds []Barrier
	for _, kind := range []Barrier{River, Railway, Expressway, Primary} {
		if met[kind] {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}

// crossings returns how a path gets over barriers of some kinds, in the order of
// the kinds and then of the path. That it passes over a tunnel of a barrier is
// told only where it crosses no other of the kind.
func (g *ground) crossings(kinds []Barrier, path network.Path) []Crossing {
	if len(kinds) == 0 {
		return nil
	}
	var seen, above []Crossing
	look := func(a, b orb.Point, way *network.Road, id int64) {
		g.lines.Met(a, b, func(line int, from, to orb.Point) bool {
			bar := &g.barriers[line]
			if !slices.Contains(kinds, bar.kind) {
				return true
			}
			c := crossing(bar, way, id, a == from || a == to || b == from || b == to)
			list := &seen
			if bar.tunnel && c.Kind == Level && (way == nil || id != bar.road) {
				list = &above
			}
			if !slices.Contains(*list, c) {
				*list = append(*list, c)
			}
			return true
		})
	}
	first, last := path.Line[0], path.Line[len(path.Line)-1]
	for i, part := range path.Parts {
		line := g.graph.LineOf(part)
		if i == 0 {
			look(first, line[0], nil, 0)
		}
		for k := 1; k < len(line); k++ {
			look(line[k-1], line[k], g.graph.Way(part.Edge), g.road[g.graph.Road(part.Edge)])
		}
		if i == len(path.Parts)-1 {
			look(line[len(line)-1], last, nil, 0)
		}
	}
	var all []Crossing
	for _, kind := range kinds {
		before := len(all)
		for _, list := range [][]Crossing{seen, above} {
			if len(all) > before {
				break
			}
			for _, c := range list {
				if c.Barrier == kind {
					all = append(all, c)
				}
			}
		}
		if len(all) == before {
			all = append(all, Crossing{kind, Around, ""})
		}
	}
	return all
}

// crossing says how a street (nil: open ground) gets over a barrier. joined says
// that they have a vertex in common: roads that do are on one height there.
func crossing(b *barrier, way *network.Road, id int64, joined bool) Crossing {
	c := Crossing{Barrier: b.kind, Kind: Level, Name: b.name}
	if way != nil {
		c.Name = way.Name
	}
	switch {
	case way != nil && id == b.road: // walking along it, one crosses it somewhere
	case way != nil && b.road != 0 && joined:
	case way != nil && way.Bridge:
		c.Kind = Bridge
	case way != nil && way.Tunnel:
		c.Kind = Tunnel
	case b.bridge:
		c.Kind = Underpass
	}
	return c
}
