package doctor

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/planar"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

// marginM is how far beyond the boundary things still belong to a district:
// boundaries are drawn coarser than buildings.
const marginM = 100.0

// region is the part of a district that a person may bring files into.
type region struct {
	code, name string
	srid       int
	boundary   orb.MultiPolygon
	bound      orb.Bound // with the margin
	own        []string  // the only subdistricts; nil is the whole district
}

// loadRegion reads a district, or of it what the person in ctx may write to.
func (d *Doctor) loadRegion(ctx context.Context, district string) (region, error) {
	r := region{code: district}
	if p, ok := account.From(ctx); ok {
		r.own = p.Scope.Subdistricts
	}
	var boundary postgis.Geom
	err := d.db.Pool.QueryRow(ctx, `
		select name, gk_srid, case when $2::text[] is null then boundary else (
			select ST_Multi(ST_Union(geom)) from published_subdistrict where district_code = $1 and code = any($2)) end
		from published_district where code = $1`, district, r.own).Scan(&r.name, &r.srid, &boundary)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, &job.Refusal{Detail: "没有代码为“" + district + "”的区"}
	}
	if err != nil {
		return r, fmt.Errorf("read district %s: %w", district, err)
	}
	r.boundary, _ = boundary.Geometry.(orb.MultiPolygon)
	r.bound = padded(r.boundary.Bound(), marginM)
	return r, nil
}

// padded is a bound with a margin in metres.
func padded(b orb.Bound, metres float64) orb.Bound {
	lat := metres / metresPerDegree
	lon := lat / math.Max(0.05, math.Cos(b.Center().Lat()*math.Pi/180))
	b.Min[0], b.Max[0], b.Min[1], b.Max[1] = b.Min[0]-lon, b.Max[0]+lon, b.Min[1]-lat, b.Max[1]+lat
	return b
}

// metresPerDegree is the length of a degree of latitude.
const metresPerDegree = 111_195.0

// holds tells whether a point is inside the boundary.
func (r region) holds(p orb.Point) bool {
	return r.bound.Contains(p) && planar.MultiPolygonContains(r.boundary, p)
}

// beyond is how far outside the boundary a point is, in metres; 0 inside.
func (r region) beyond(p orb.Point) float64 {
	if len(r.boundary) == 0 || r.holds(p) {
		return 0
	}
	near := plane{origin: p}
	best := math.Inf(1)
	for _, polygon := range r.boundary {
		for _, ring := range polygon {
			for i := 1; i < len(ring); i++ {
				best = math.Min(best, near.toSegment(p, ring[i-1], ring[i]))
			}
		}
	}
	return best
}

// plane measures in metres around a place: good to a thousandth within some
// kilometres, which is all that comparing needs.
type plane struct{ origin orb.Point }

// metres is the way from the origin to p, east and north.
func (l plane) metres(p orb.Point) orb.Point {
	return orb.Point{(p[0] - l.origin[0]) * metresPerDegree * math.Cos(l.origin[1]*math.Pi/180), (p[1] - l.origin[1]) * metresPerDegree}
}

// moved is p moved by metres east and north.
func moved(p orb.Point, by [2]float64) orb.Point {
	return orb.Point{p[0] + by[0]/(metresPerDegree*math.Max(0.01, math.Cos(p[1]*math.Pi/180))), p[1] + by[1]/metresPerDegree}
}

func (l plane) distance(a, b orb.Point) float64 {
	p, q := l.metres(a), l.metres(b)
	return math.Hypot(q[0]-p[0], q[1]-p[1])
}

func (l plane) toSegment(p, a, b orb.Point) float64 {
	p, a, b = l.metres(p), l.metres(a), l.metres(b)
	dx, dy := b[0]-a[0], b[1]-a[1]
	t := 0.0
	if n := dx*dx + dy*dy; n > 0 {
		t = math.Max(0, math.Min(1, ((p[0]-a[0])*dx+(p[1]-a[1])*dy)/n))
	}
	return math.Hypot(a[0]+t*dx-p[0], a[1]+t*dy-p[1])
}
