package doctor

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/paulmach/orb"
)

// executor is a pool or a transaction.
type executor interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

const (
	overlapShare = 0.5  // intersection over union of what counts as one thing
	twinShare    = 0.95 // the same, within the file
	sameShare    = 0.999
	likeShare    = 0.75 // likeness of names of neighbouring things
	likeWithinM  = 150.0
	nameWithinM  = 1000.0
)

// storedLayer says where the register has the things of a layer.
type storedLayer struct {
	view  string
	where string // besides the district, "" for nothing
	place string // where a thing is
	point string // a point of a thing with an index; "" where its outline has one
	areas bool
	named bool   // things are known by their names
	kind  string // column of a kind that has to be equal, "" for none
	code  string // column by which things are known, "" is code
	lines bool   // compared as lines: one lies along the other
}

var storedLayers = map[string]storedLayer{
	"communities":    {view: "published_community", place: "coalesce(t.geom, t.location)", areas: true, named: true},
	"buildings":      {view: "published_building", place: "t.geom", point: "t.point", areas: true},
	"facilities":     {view: "published_facility", place: "t.geom", named: true, kind: "facility_type"},
	"neighborhoods":  {view: "published_neighborhood", place: "t.geom", areas: true, named: true},
	"idle_buildings": {view: "published_idle_building", place: "coalesce(t.geom, t.location)", point: "t.location", areas: true, named: true},
	"roads":          {view: "published_road", place: "t.geom", code: "source_ref", lines: true},
	"barriers":       {view: "published_barrier", place: "t.geom", code: "source_ref", lines: true},
	"zones":          {view: "published_zone", place: "t.geom", areas: true, named: true, where: " and case when $3 = '' then t.main else t.scenario_code = $3 end"},
}

// matching finds what the rows of a layer stand for.
type matching struct {
	q        executor
	id       uuid.UUID
	layer    int
	target   string
	district string
	decided  LayerDecision
	own      []string
	stored   storedLayer
	kindOf   func(cells map[string]string) string
}

// match compares the staged rows of a layer with the register and tells what the
// import would do with each.
func (x *examination) match(ctx context.Context, w *layerWork) error {
	if w.target.Name == "" {
		return nil
	}
	m := matching{
		q: x.db.Pool, id: x.i.ID, layer: w.at, target: w.target.Name, district: x.region.code, decided: w.decided, own: x.region.own,
		kindOf: func(cells map[string]string) string {
			types := w.typesOf(cells["facility_type"])
			if len(types) == 0 {
				return ""
			}
			return types[0]
		},
	}
	if err := m.run(ctx, w.profile.rows); err != nil {
		return err
	}
	return m.report(ctx, w)
}

// run finds the counterparts and settles the actions.
func (m *matching) run(ctx context.Context, rows int64) error {
	known, comparable := storedLayers[m.target]
	m.stored = known
	m.stored.code = cmp.Or(known.code, "code")
	_, err := m.q.Exec(ctx, `
		update inspection_row set match_code = null, match_name = null, match_how = null, match_share = null
		where inspection_id = $1 and layer = $2 and match_how is distinct from 'file' and match_how is not null`, m.id, m.layer)
	if err != nil {
		return fmt.Errorf("forget the matches of inspection %s: %w", m.id, err)
	}
	if comparable {
		if err := m.byCode(ctx); err != nil {
			return err
		}
		if m.stored.areas {
			if err := m.byOverlap(ctx); err != nil {
				return err
			}
			if m.target == "buildings" || m.target == "communities" {
				if err := m.withinFile(ctx, rows); err != nil {
					return err
				}
			}
		}
		if m.stored.lines {
			if err := m.alongLines(ctx); err != nil {
				return err
			}
		}
		if m.stored.named {
			if err := m.byName(ctx); err != nil {
				return err
			}
		}
		if err := m.onlyOnce(ctx); err != nil {
			return err
		}
	}
	return m.act(ctx)
}

// scope are the conditions of what is compared with, and its arguments after the
// first two.
func (m *matching) scope() (sql string, args []any) {
	args = []any{m.id, m.district, m.decided.Scenario, m.layer, m.own}
	sql = `t.district_code = $2` + m.stored.where
	if m.stored.where == "" {
		sql += ` and $3::text is not null`
	}
	if m.stored.lines { // the base map is the whole district's
		return sql + ` and ($5::text[] is null or true)`, args
	}
	if m.target == "zones" {
		return sql + ` and ($5::text[] is null or t.subdistrict_codes && $5)`, args
	}
	return sql + ` and ($5::text[] is null or t.subdistrict_code = any($5))`, args
}

const openRow = `r.inspection_id = $1 and r.layer = $4 and r.fault = '' and not r.outside and r.match_how is null`

func (m *matching) byCode(ctx context.Context) error {
	where, args := m.scope()
	_, err := m.q.Exec(ctx, `
		update inspection_row r set match_code = r.code, match_name = t.name, match_how = 'code', match_share = 1
		from `+m.stored.view+` t
		where `+where+` and t.`+m.stored.code+` = r.code and r.code <> '' and `+openRow, args...)
	if err != nil {
		return fmt.Errorf("match the codes of inspection %s: %w", m.id, err)
	}
	return nil
}

// byOverlap takes, of the stored areas, the one that a row shares most with.
func (m *matching) byOverlap(ctx context.Context) error {
	where, args := m.scope()
	near := `t.geom && r.geom`
	if m.stored.point != "" { // what shares half with a row has its point within a width of it
		near += ` and ` + m.stored.point + ` && ST_Expand(r.geom, greatest(ST_XMax(r.geom) - ST_XMin(r.geom), ST_YMax(r.geom) - ST_YMin(r.geom)))`
	}
	_, err := m.q.Exec(ctx, `
		with best as (
			select r.ord, x.code, x.name, x.share
			from inspection_row r
			cross join lateral (
				select t.code, t.name, a.both / nullif(ST_Area(t.geom) + ST_Area(r.geom) - a.both, 0) as share
				from `+m.stored.view+` t
				cross join lateral (select ST_Area(ST_Intersection(t.geom, r.geom)) as both) a
				where `+where+` and `+near+` and ST_Intersects(t.geom, r.geom)
				order by share desc nulls last, t.code limit 1
			) x
			where `+openRow+` and ST_Dimension(r.geom) = 2 and x.share >= `+fmt.Sprint(overlapShare)+`
		)
		update inspection_row r set match_code = b.code, match_name = b.name, match_how = 'overlap', match_share = b.share
		from best b
		where r.inspection_id = $1 and r.layer = $4 and r.ord = b.ord`, args...)
	if err != nil {
		return fmt.Errorf("match the shapes of inspection %s: %w", m.id, err)
	}
	return nil
}

// sameLineDegrees is how far apart lines may be that are one: about half a metre.
const sameLineDegrees = 5e-6

// alongLines takes the stored line that a row repeats: drawn by other hands, or
// without its identity, it is the same road.
func (m *matching) alongLines(ctx context.Context) error {
	where, args := m.scope()
	_, err := m.q.Exec(ctx, `
		with best as (
			select r.ord, x.code, x.name
			from inspection_row r
			cross join lateral (
				select t.`+m.stored.code+` as code, t.name, ST_HausdorffDistance(t.geom, r.geom) as apart
				from `+m.stored.view+` t
				where `+where+` and t.geom && r.geom
				  and ST_Expand(t.geom, `+fmt.Sprint(sameLineDegrees)+`) ~ r.geom and ST_Expand(r.geom, `+fmt.Sprint(sameLineDegrees)+`) ~ t.geom
				  and ST_NPoints(t.geom) <= 5000
				order by apart, t.`+m.stored.code+` limit 1
			) x
			where `+openRow+` and ST_NPoints(r.geom) <= 5000 and ST_NumGeometries(r.geom) = 1 and x.apart <= `+fmt.Sprint(sameLineDegrees)+`
		)
		update inspection_row r set match_code = b.code, match_name = b.name, match_how = 'overlap', match_share = 1
		from best b
		where r.inspection_id = $1 and r.layer = $4 and r.ord = b.ord`, args...)
	if err != nil {
		return fmt.Errorf("match the lines of inspection %s: %w", m.id, err)
	}
	return nil
}

// withinFile finds rows that lie on an earlier row of the file and are called the
// same: what has a code or name of its own is a thing of its own.
func (m *matching) withinFile(ctx context.Context, rows int64) error {
	if rows > 1_000_000 {
		return nil
	}
	// Conditions that no index but that of shapes could answer: by names or order
	// the rows would be compared each with each.
	_, err := m.q.Exec(ctx, `
		with twin as (
			select b.ord, x.number, x.name, x.share
			from inspection_row b
			cross join lateral (
				select a.ord, a.number, a.name, ST_Area(ST_Intersection(a.geom, b.geom)) as both, ST_Area(a.geom) + ST_Area(b.geom) as sum
				from inspection_row a
				where a.geom && b.geom
				  and (a.inspection_id, a.layer) is not distinct from (b.inspection_id, b.layer) and a.ord + 0 < b.ord
				  and a.code = '' and a.name is not distinct from b.name and a.fault = '' and not a.outside and ST_Dimension(a.geom) = 2
				  and a.match_how is distinct from 'file'
				  and ST_Area(Box2D(a.geom)::geometry) between 0.8 * ST_Area(Box2D(b.geom)::geometry) and 1.25 * ST_Area(Box2D(b.geom)::geometry)
				  and ST_Intersects(a.geom, b.geom)
			) y
			cross join lateral (select y.number, y.name, y.both / nullif(y.sum - y.both, 0) as share) x
			where b.inspection_id = $1 and b.layer = $2 and b.fault = '' and not b.outside and b.code = ''
			  and b.match_how is distinct from 'file' and ST_Dimension(b.geom) = 2 and x.share >= `+fmt.Sprint(twinShare)+`
		)
		update inspection_row r set match_code = t.number::text, match_name = t.name, match_how = 'file', match_share = t.share
		from twin t
		where r.inspection_id = $1 and r.layer = $2 and r.ord = t.ord`, m.id, m.layer)
	if err != nil {
		return fmt.Errorf("look for twins in inspection %s: %w", m.id, err)
	}
	return nil
}

// namedThing is a row or a stored thing that has a name.
type namedThing struct {
	key, name, kind string // key is the row's ord or the thing's code
	ord             int64
	normal          string
	at              *orb.Point
}

// byName compares names as people write them, of things that are near each other.
func (m *matching) byName(ctx context.Context) error {
	stored, err := m.storedNames(ctx)
	if err != nil || len(stored) == 0 {
		return err
	}
	rows, err := m.openNames(ctx)
	if err != nil {
		return err
	}
	index := indexNames(stored)
	var ords []int64
	var codes, names []string
	var shares []float64
	for _, row := range rows {
		if found, share := index.find(row, m.target); found != nil {
			ords, codes, names, shares = append(ords, row.ord), append(codes, found.key), append(names, found.name), append(shares, share)
		}
	}
	if len(ords) == 0 {
		return nil
	}
	_, err = m.q.Exec(ctx, `
		update inspection_row r set match_code = n.code, match_name = n.name, match_how = 'name', match_share = n.share
		from unnest($3::bigint[], $4::text[], $5::text[], $6::float8[]) n(ord, code, name, share)
		where r.inspection_id = $1 and r.layer = $2 and r.ord = n.ord`, m.id, m.layer, ords, codes, names, shares)
	if err != nil {
		return fmt.Errorf("match the names of inspection %s: %w", m.id, err)
	}
	return nil
}

func (m *matching) storedNames(ctx context.Context) ([]namedThing, error) {
	where, args := m.scope()
	kind := "''"
	if m.stored.kind != "" {
		kind = "t." + m.stored.kind
	}
	rows, err := m.q.Query(ctx, `
		select t.code, t.name, `+kind+`, ST_X(c), ST_Y(c)
		from `+m.stored.view+` t left join lateral ST_Centroid(`+m.stored.place+`) c on true
		where `+where+` and t.name <> '' and $1::uuid is not null and $4::int is not null`, args...)
	if err != nil {
		return nil, fmt.Errorf("read the names to match inspection %s with: %w", m.id, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (namedThing, error) {
		var n namedThing
		var x, y *float64
		err := row.Scan(&n.key, &n.name, &n.kind, &x, &y)
		n.normal, n.at = normalName(n.name), pointOf(x, y)
		return n, err
	})
}

func (m *matching) openNames(ctx context.Context) ([]namedThing, error) {
	rows, err := m.q.Query(ctx, `
		select r.ord, r.name, r.cells, ST_X(c), ST_Y(c)
		from inspection_row r left join lateral ST_Centroid(r.geom) c on true
		where r.inspection_id = $1 and r.layer = $2 and r.fault = '' and not r.outside and r.match_how is null and r.name <> ''
		order by r.ord`, m.id, m.layer)
	if err != nil {
		return nil, fmt.Errorf("read the names of inspection %s: %w", m.id, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (namedThing, error) {
		var n namedThing
		var x, y *float64
		var cells map[string]string
		err := row.Scan(&n.ord, &n.name, &cells, &x, &y)
		n.normal, n.at = normalName(n.name), pointOf(x, y)
		if m.stored.kind != "" {
			n.kind = m.kindOf(cells)
		}
		return n, err
	})
}

func pointOf(x, y *float64) *orb.Point {
	if x == nil || y == nil {
		return nil
	}
	return &orb.Point{*x, *y}
}

type nameIndex struct {
	byName map[string][]int
	things []namedThing
	grid   *grid
}

func indexNames(stored []namedThing) *nameIndex {
	n := &nameIndex{byName: map[string][]int{}, things: stored}
	var marks []landmark
	for i, s := range stored {
		n.byName[s.normal] = append(n.byName[s.normal], i)
		if s.at != nil {
			marks = append(marks, landmark{at: *s.at, m2: float64(i)}) // the area carries the position
		}
	}
	n.grid = newGrid(marks, likeWithinM)
	return n
}

// find is the stored thing that a row names: one of the same name nearby, or the
// only one of that name where there is no place, or one nearby of a like name.
func (n *nameIndex) find(row namedThing, target string) (*namedThing, float64) {
	var best *namedThing
	nearest := math.Inf(1)
	same := 0
	for _, i := range n.byName[row.normal] {
		s := &n.things[i]
		if s.kind != row.kind {
			continue
		}
		same++
		far := 0.0
		if row.at != nil && s.at != nil && target != "zones" && target != "neighborhoods" {
			if far = (plane{*row.at}).distance(*row.at, *s.at); far > nameWithinM {
				continue
			}
		}
		if far < nearest {
			best, nearest = s, far
		}
	}
	if best != nil && (row.at != nil && best.at != nil || same == 1) {
		return best, 1
	}
	if row.at == nil {
		return nil, 0
	}
	share := 0.0
	best = nil
	n.grid.near(*row.at, likeWithinM, func(m landmark, _ orb.Point) {
		s := &n.things[int(m.m2)]
		if like := likeness(row.normal, s.normal); s.kind == row.kind && like >= likeShare && like > share {
			best, share = s, like
		}
	})
	return best, math.Round(share*1000) / 1000
}

// onlyOnce leaves a stored thing to the row that is most like it.
func (m *matching) onlyOnce(ctx context.Context) error {
	_, err := m.q.Exec(ctx, `
		update inspection_row r set match_code = null, match_name = null, match_how = null, match_share = null
		from (
			select ord, match_how, row_number() over (partition by match_code order by match_how = 'code' desc, match_share desc, ord) as place
			from inspection_row where inspection_id = $1 and layer = $2 and match_how in ('code', 'overlap', 'name')
		) k
		where r.inspection_id = $1 and r.layer = $2 and r.ord = k.ord and k.place > 1 and k.match_how <> 'code'`, m.id, m.layer)
	if err != nil {
		return fmt.Errorf("settle the matches of inspection %s: %w", m.id, err)
	}
	return nil
}

// act tells what becomes of each row: what was decided about it, about its layer,
// or what is proposed.
func (m *matching) act(ctx context.Context) error {
	action := m.decided.Duplicates
	if action == "" {
		action = proposedDuplicates
	}
	_, err := m.q.Exec(ctx, `
		update inspection_row r
		set action = case
			when fault <> '' or outside then 'refuse'
			when match_how = 'file' then 'skip'
			when match_how is null then case when $4::jsonb ->> number::text = 'skip' then 'skip' else 'insert' end
			else replace(coalesce($4::jsonb ->> number::text, $3), 'new', 'insert') end
		where inspection_id = $1 and layer = $2`, m.id, m.layer, action, rowsOf(m.decided))
	if err != nil {
		return fmt.Errorf("settle the rows of inspection %s: %w", m.id, err)
	}
	return nil
}

// proposedDuplicates is what is done about rows for what is there already.
const proposedDuplicates = "update"

func rowsOf(d LayerDecision) map[string]string {
	if d.Rows == nil {
		return map[string]string{}
	}
	return d.Rows
}

// report counts what was found.
func (m *matching) report(ctx context.Context, w *layerWork) error {
	u, t := &w.diag.Duplicates, &w.diag.Tally
	var west, south, east, north *float64
	err := m.q.QueryRow(ctx, `
		select count(*) filter (where match_how = 'code'), count(*) filter (where match_how = 'overlap'),
		       count(*) filter (where match_how = 'name'), count(*) filter (where match_how = 'file'),
		       count(*) filter (where match_how = 'overlap' and match_share >= $3),
		       count(*) filter (where action = 'insert'), count(*) filter (where action = 'update'),
		       count(*) filter (where action = 'skip'), count(*) filter (where action = 'refuse'),
		       ST_XMin(ST_Extent(geom)), ST_YMin(ST_Extent(geom)), ST_XMax(ST_Extent(geom)), ST_YMax(ST_Extent(geom))
		from inspection_row where inspection_id = $1 and layer = $2`, m.id, m.layer, sameShare).
		Scan(&u.ByCode, &u.ByOverlap, &u.ByName, &u.InFile, &u.Same, &t.Insert, &t.Update, &t.Skip, &t.Refuse, &west, &south, &east, &north)
	if err != nil {
		return fmt.Errorf("count the rows of inspection %s: %w", m.id, err)
	}
	if west != nil {
		w.diag.Bound = &[4]float64{*west, *south, *east, *north}
	}
	u.Chosen, u.Decided = w.decided.Duplicates, w.decided.Duplicates != ""
	if !u.Decided && u.ByCode+u.ByOverlap+u.ByName > 0 {
		u.Chosen = proposedDuplicates
	}
	rows, err := m.q.Query(ctx, `
		select number, name, coalesce(match_code, ''), coalesce(match_name, ''), match_how, coalesce(match_share, 1), action
		from inspection_row where inspection_id = $1 and layer = $2 and match_how is not null
		order by match_how = 'code', match_how = 'file', ord limit $3`, m.id, m.layer, maxListed)
	if err != nil {
		return fmt.Errorf("read the matches of inspection %s: %w", m.id, err)
	}
	u.Examples, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p DuplicatePair, err error) {
		err = row.Scan(&p.Row, &p.Name, &p.Code, &p.Stored, &p.How, &p.Share, &p.Action)
		p.Share = math.Round(p.Share*1000) / 1000
		return p, err
	})
	if err != nil {
		return fmt.Errorf("read the matches of inspection %s: %w", m.id, err)
	}
	return nil
}

// sayMatches puts the counterparts in words.
func sayMatches(u DuplicateDiagnosis) string {
	var parts []string
	for _, p := range []struct {
		n    int64
		what string
	}{{u.ByCode, "编码相同"}, {u.ByOverlap, "图形重叠"}, {u.ByName, "名称相近"}} {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d 条%s", p.n, p.what))
		}
	}
	return strings.Join(parts, "、")
}
