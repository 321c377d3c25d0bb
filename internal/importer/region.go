package importer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// region is a district as an import needs it: where it lies and what its parts
// are called.
type region struct {
	code, name    string
	boundary      orb.MultiPolygon
	subdistricts  []part
	neighborhoods []part
}

type part struct{ code, name, within string }

type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// loadRegion reads a district through the views that the register publishes. A
// district that does not exist is a refusal.
func loadRegion(ctx context.Context, q querier, code string) (region, error) {
	r := region{code: code}
	var boundary postgis.Geom
	err := q.QueryRow(ctx, `select name, boundary from published_district where code = $1`, code).Scan(&r.name, &boundary)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, refuse("没有代码为“%s”的区", shorten(code, 20))
	}
	if err != nil {
		return r, fmt.Errorf("read district %s: %w", code, err)
	}
	r.boundary, _ = boundary.Geometry.(orb.MultiPolygon)
	if r.subdistricts, err = loadParts(ctx, q, `select code, name, '' from published_subdistrict where district_code = $1`, code); err != nil {
		return r, fmt.Errorf("read the subdistricts of %s: %w", code, err)
	}
	if r.neighborhoods, err = loadParts(ctx, q, `select code, name, coalesce(subdistrict_code, '') from published_neighborhood where district_code = $1`, code); err != nil {
		return r, fmt.Errorf("read the neighborhoods of %s: %w", code, err)
	}
	return r, nil
}

func loadParts(ctx context.Context, q querier, sql, district string) ([]part, error) {
	rows, err := q.Query(ctx, sql, district)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (p part, err error) {
		err = row.Scan(&p.code, &p.name, &p.within)
		return p, err
	})
}

func (r region) holds(p orb.Point) bool { return pointInside(p, r.boundary) }

// around is the district's bound with a margin in metres.
func (r region) around(metres float64) orb.Bound { return padMetres(r.boundary.Bound(), metres) }

func padMetres(b orb.Bound, metres float64) orb.Bound {
	lat := metres / 111_320
	lon := lat / math.Max(0.05, math.Cos(b.Center().Lat()*math.Pi/180))
	b.Min[0] -= lon
	b.Max[0] += lon
	b.Min[1] -= lat
	b.Max[1] += lat
	return b
}

// subdistrict finds a subdistrict by its code or its name, which people write
// with and without 街道, 镇 or 办事处.
func (r region) subdistrict(name string) (code string, ok bool) {
	name = strings.Join(strings.Fields(name), "")
	for _, s := range r.subdistricts {
		if s.code == name || s.name == name {
			return s.code, true
		}
	}
	bare := bareName(name, r.name)
	for _, s := range r.subdistricts {
		if bareName(s.name, r.name) == bare {
			return s.code, true
		}
	}
	return "", false
}

// neighborhood finds a 社区 inside a subdistrict, or in the whole district when
// that is "". A name that several have is none.
func (r region) neighborhood(name, subdistrict string) (code string, ok bool) {
	name = strings.Join(strings.Fields(name), "")
	bare := bareName(name, r.name)
	for _, n := range r.neighborhoods {
		if subdistrict != "" && n.within != "" && n.within != subdistrict {
			continue
		}
		if n.code == name {
			return n.code, true
		}
		if n.name == name || bareName(n.name, r.name) == bare {
			if code != "" {
				return "", false
			}
			code = n.code
		}
	}
	return code, code != ""
}

func bareName(name, district string) string {
	name = strings.TrimPrefix(name, district)
	for _, end := range []string{"人民政府", "办事处", "居民委员会", "居委会", "街道", "街办", "镇", "乡", "社区"} {
		if short := strings.TrimSuffix(name, end); short != "" {
			name = short
		}
	}
	return name
}

// regionHolding finds the district whose boundary holds more than half of the
// points; at most a few thousand of them are looked at. "" is none.
func regionHolding(ctx context.Context, q querier, points iter.Seq[orb.Point]) (string, error) {
	sample := thin(points, 4000)
	if len(sample) == 0 {
		return "", nil
	}
	rows, err := q.Query(ctx, `select code, boundary from published_district order by code`)
	if err != nil {
		return "", fmt.Errorf("look for the district of the data: %w", err)
	}
	defer rows.Close()
	best, most := "", len(sample)/2
	for rows.Next() {
		var code string
		var boundary postgis.Geom
		if err := rows.Scan(&code, &boundary); err != nil {
			return "", fmt.Errorf("look for the district of the data: %w", err)
		}
		area, _ := boundary.Geometry.(orb.MultiPolygon)
		bound, inside := area.Bound(), 0
		for _, p := range sample {
			if bound.Contains(p) && pointInside(p, area) {
				inside++
			}
		}
		if inside > most {
			best, most = code, inside
		}
	}
	return best, rows.Err()
}

// thin keeps about n points, evenly.
func thin(points iter.Seq[orb.Point], n int) []orb.Point {
	var kept []orb.Point
	step, i := 1, 0
	for p := range points {
		if i%step == 0 {
			kept = append(kept, p)
		}
		i++
		if len(kept) >= 2*n { // every second of what is there, and of what comes
			for j := range n {
				kept[j] = kept[2*j]
			}
			kept = kept[:n]
			step *= 2
		}
	}
	return kept
}

// freeCode is the next free code for a district that no authority has numbered.
func freeCode(ctx context.Context, tx *postgis.Tx) (string, error) {
	// Two imports that found a district at once must not take the same code.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('lianpian-found-district'))`); err != nil {
		return "", fmt.Errorf("take a code for a new district: %w", err)
	}
	var code string
	err := tx.QueryRow(ctx, `
		select (coalesce(max(code::integer), 990000) + 1)::text
		from published_district where code ~ '^99[0-9]{4}$' and code >= '990001'`).Scan(&code)
	if err != nil {
		return "", fmt.Errorf("take a code for a new district: %w", err)
	}
	return code, nil
}

// hull is the convex hull of points, a little widened so that what lies on its
// edge is inside.
func hull(points iter.Seq[orb.Point]) (orb.MultiPolygon, bool) {
	var sorted []orb.Point
	for p := range points {
		if sorted = append(sorted, p); len(sorted) >= 50_000 {
			sorted = convex(sorted)
		}
	}
	sorted = convex(sorted)
	if len(sorted) == 0 {
		return nil, false
	}
	b := orb.MultiPoint(sorted).Bound()
	if len(sorted) < 3 {
		return orb.MultiPolygon{padMetres(b, 200).ToPolygon()}, true
	}
	// Widen away from the centre by about 100 m.
	c := b.Center()
	ring := make(orb.Ring, 0, len(sorted)+1)
	for _, p := range sorted {
		dx, dy := (p[0]-c[0])*math.Cos(c[1]*math.Pi/180), p[1]-c[1]
		grow := 1 + 0.001/math.Max(math.Hypot(dx, dy), 1e-6)
		ring = append(ring, orb.Point{clamp(c[0]+(p[0]-c[0])*grow, 180), clamp(c[1]+(p[1]-c[1])*grow, 90)})
	}
	ring = append(convex(ring), orb.Point{})
	ring[len(ring)-1] = ring[0]
	return orb.MultiPolygon{{ring}}, true
}

func clamp(v, limit float64) float64 { return math.Max(-limit, math.Min(limit, v)) }

// convex is Andrew's monotone chain, counterclockwise, not closed.
func convex(points []orb.Point) []orb.Point {
	sortPoints(points)
	n := len(points)
	if n < 3 {
		return points
	}
	chain := make([]orb.Point, 0, 2*n)
	half := func(from, to, step, floor int) {
		for i := from; i != to; i += step {
			for len(chain) >= floor+2 && turn(chain[len(chain)-2], chain[len(chain)-1], points[i]) <= 0 {
				chain = chain[:len(chain)-1]
			}
			chain = append(chain, points[i])
		}
	}
	half(0, n, 1, 0)
	half(n-2, -1, -1, len(chain)-1)
	return chain[:len(chain)-1]
}

func turn(o, a, b orb.Point) float64 {
	return (a[0]-o[0])*(b[1]-o[1]) - (a[1]-o[1])*(b[0]-o[0])
}

func sortPoints(points []orb.Point) {
	slices.SortFunc(points, func(a, b orb.Point) int {
		return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1]))
	})
}
