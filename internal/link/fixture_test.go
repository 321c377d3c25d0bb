package link_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

const (
	west = "500110001" // 万盛街道
	east = "500110002" // 东林街道
)

// plan is a district whose places are given in metres of its Gauss-Krüger zone,
// from a point in the middle of 万盛街道.
type plan struct {
	*registry.Store
	t        *testing.T
	db       *postgis.DB
	links    *link.Store
	district string
	origin   orb.Point
}

func newPlan(t *testing.T) *plan {
	t.Helper()
	db := postgistest.New(t)
	p := &plan{t: t, db: db, links: newLinks(t, db), district: postgistest.District(t, db)}
	library, err := policy.Load()
	p.must(err)
	p.Store = registry.New(db, library)
	p.Follow(p.links.CommunitiesMoved)
	var at postgis.Geom
	p.must(db.Pool.QueryRow(t.Context(), `
		select ST_SnapToGrid(ST_Transform(ST_SetSRID(ST_MakePoint(106.87, 29), 4490), 4545), 1)`).Scan(&at))
	p.origin = at.Geometry.(orb.Point)
	return p
}

func newLinks(t *testing.T, db *postgis.DB) *link.Store {
	return link.New(db, slog.New(slog.NewTextHandler(testLog{t}, nil)))
}

// testLog fails a test in which something goes wrong in the background.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Errorf("%s", line)
	return len(line), nil
}

func (p *plan) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func (p *plan) exec(sql string, args ...any) {
	p.t.Helper()
	_, err := p.db.Pool.Exec(p.t.Context(), sql, args...)
	p.must(err)
}

// degrees turns a shape in metres of the plan into longitude/latitude.
func (p *plan) degrees(shape orb.Geometry) postgis.Geom {
	p.t.Helper()
	var out postgis.Geom
	p.must(p.db.Pool.QueryRow(p.t.Context(), `
		select ST_Transform(ST_SetSRID(ST_Translate($1::geometry, $2, $3), 4545), 4490)`,
		postgis.Geom{Geometry: shape}, p.origin[0], p.origin[1]).Scan(&out))
	return out
}

func box(w, s, e, n float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{{w, s}, {e, s}, {e, n}, {w, n}, {w, s}}}}
}

// community adds one; place is an area, a point or nil.
func (p *plan) community(code string, place orb.Geometry, subdistrict ...string) (id int64) {
	p.t.Helper()
	var outline, location postgis.Geom
	switch place := place.(type) {
	case orb.MultiPolygon:
		outline, location = p.degrees(place), p.degrees(place.Bound().Center())
	case orb.Point:
		location = p.degrees(place)
	}
	p.must(p.db.Pool.QueryRow(p.t.Context(), `
		insert into community (district_code, code, name, subdistrict_code, geom, location)
		values ($1, $2, '小区' || $2, $3, $4, $5) returning id`,
		p.district, code, append(subdistrict, west)[0], outline, location).Scan(&id))
	return id
}

// line is a line through points given as x and y by turns.
func line(xy ...float64) (l orb.LineString) {
	for i := 0; i+1 < len(xy); i += 2 {
		l = append(l, orb.Point{xy[i], xy[i+1]})
	}
	return l
}

// road adds a road; flags are bridge, tunnel, closed.
func (p *plan) road(class, name string, at orb.LineString, flags ...string) {
	p.t.Helper()
	has := map[string]bool{}
	for _, f := range flags {
		has[f] = true
	}
	p.exec(`insert into road (district_code, source_ref, class, name, walkable, bridge, tunnel, geom)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		p.district, uuid.NewString(), class, name, !has["closed"], has["bridge"], has["tunnel"], p.degrees(at))
}

func (p *plan) river(name string, at orb.LineString) {
	p.t.Helper()
	p.exec(`insert into waterway (district_code, source_ref, class, name, geom) values ($1, $2, 'river', $3, $4)`,
		p.district, uuid.NewString(), name, p.degrees(at))
}

func (p *plan) railway(at orb.LineString, bridge bool) {
	p.t.Helper()
	p.exec(`insert into railway (district_code, source_ref, class, bridge, geom) values ($1, $2, 'rail', $3, $4)`,
		p.district, uuid.NewString(), bridge, p.degrees(at))
}

func (p *plan) building(code string, community int64, at orb.MultiPolygon) {
	p.t.Helper()
	p.exec(`insert into building (district_code, code, community_id, geom) values ($1, $2, $3, $4)`,
		p.district, code, community, p.degrees(at))
}

func (p *plan) refresh() {
	p.t.Helper()
	p.must(p.links.Refresh(p.t.Context(), p.district))
}

func (p *plan) list(f link.Filter) link.Page {
	p.t.Helper()
	page, err := p.links.List(p.t.Context(), account.Everything, p.district, f)
	p.must(err)
	return page
}

// find returns the link of two communities after a refresh, or nil.
func (p *plan) find(a, b string) *link.Link {
	p.t.Helper()
	p.refresh()
	for _, l := range p.list(link.Filter{}).Items {
		if l.A.Code == a && l.B.Code == b || l.A.Code == b && l.B.Code == a {
			return &l
		}
	}
	return nil
}

// mustFind is find for a link that has to be there.
func (p *plan) mustFind(a, b string) link.Link {
	p.t.Helper()
	l := p.find(a, b)
	if l == nil {
		p.t.Fatalf("%s and %s have no link", a, b)
	}
	return *l
}

// pairs lists the codes of all links.
func (p *plan) pairs() string {
	p.t.Helper()
	text := ""
	for _, l := range p.list(link.Filter{}).Items {
		text += fmt.Sprintf("%s-%s ", l.A.Code, l.B.Code)
	}
	return text
}

// as is a context in which a person of the role and scope acts.
func (p *plan) as(role account.Role, scope account.Scope) (context.Context, account.Scope) {
	scope.District = p.district
	return account.With(p.t.Context(), account.Person{
		ID: uuid.New(), Name: string(role), Role: role, District: p.district, Scope: scope,
	}), scope
}
