package link

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/privacy"
)

// Store keeps the links of one database. Reads show what the scope holds; a link
// is seen by who may read one of its communities. It is safe for concurrent use.
type Store struct {
	db     *postgis.DB
	log    *slog.Logger
	upkeep *postgis.Upkeep
}

// New makes the store of a database. It computes nothing before Run or Refresh.
func New(db *postgis.DB, log *slog.Logger) *Store {
	s := &Store{db: db, log: log}
	s.upkeep = postgis.NewUpkeep(db, log, postgis.Duty{
		Work:      "links",
		Layers:    []string{"base", "buildings", "communities"},
		Districts: `select code from published_district where $1 or code = any($2) order by code`,
		Failed:    "links could not be computed",
		Refresh:   s.refresh,
	})
	return s
}

const (
	defaultLimit = 1000
	mostLinks    = 20000
	reasonRunes  = 2000
)

// reaches tells whether a scope holds anything of a district.
func reaches(scope account.Scope, district string) bool {
	return scope.District == "" || scope.District == district
}

// reader is a pool or a transaction.
type reader interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// readable is the condition under which the scope ($2 subdistricts, $3 zones)
// holds a community c.
const readable = `($2::text[] is null or c.subdistrict_code = any($2))
	and ($3::bigint[] is null or exists (
		select from published_zone_community zc where zc.community_id = c.id and zc.zone_id = any($3)))`

const selectLink = `
select a.code, a.name, b.code, b.name, l.gap_m, l.walk_m, l.shared_edge_m, l.shared_street, l.crossed, l.crossings,
       coalesce(o.verdict, ''), coalesce(o.reason, ''), coalesce(o.by, ''), o.at, l.line, l.path, l.streets
from link l
join published_community a on a.id = l.a_id
join published_community b on b.id = l.b_id
left join link_override o on o.a_id = l.a_id and o.b_id = l.b_id
where l.district_code = $1
  and (($2::text[] is null and $3::bigint[] is null)
       or exists (select from published_community c where c.id in (l.a_id, l.b_id) and ` + readable + `))`

func scanLink(row pgx.CollectableRow) (Link, error) {
	var l Link
	var line, path postgis.Geom
	var crossed []string
	var crossings, streets []byte
	err := row.Scan(&l.A.Code, &l.A.Name, &l.B.Code, &l.B.Name, &l.GapM, &l.WalkM, &l.SharedEdgeM, &l.SharedStreet, &crossed, &crossings,
		&l.Verdict, &l.Reason, &l.OverriddenBy, &l.OverriddenAt, &line, &path, &streets)
	if err != nil {
		return l, err
	}
	l.Crossed = make([]Barrier, len(crossed))
	for i, kind := range crossed {
		l.Crossed[i] = Barrier(kind)
	}
	if err := errors.Join(decodeList(crossings, &l.Crossings), decodeList(streets, &l.Streets)); err != nil {
		return l, err
	}
	l.Line = geojson.NewGeometry(line.Geometry)
	if path.Geometry != nil {
		l.Path = geojson.NewGeometry(path.Geometry)
	}
	return l, nil
}

// List returns the links of a district that the scope may see, nearest first.
// Errors: postgis.ErrNotFound for the community of the filter.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, f Filter) (Page, error) {
	page := Page{Items: []Link{}, WithoutPlace: []End{}}
	if !reaches(scope, district) || strings.ContainsRune(f.Community, 0) {
		return page, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if f.Limit <= 0 {
		f.Limit = defaultLimit
	}
	where, args := "", []any{district, scope.Subdistricts, scope.Zones}
	if f.Community != "" {
		id, err := findCommunity(ctx, s.db.Pool, scope, district, f.Community)
		if err != nil {
			return page, err
		}
		args = append(args, id)
		where = fmt.Sprintf(" and $%d::bigint in (l.a_id, l.b_id)", len(args))
	}
	if f.Within != nil {
		b := *f.Within
		args = append(args, postgis.Geom{Geometry: orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}})
		where += fmt.Sprintf(" and l.line && $%d", len(args))
	}
	rows, err := s.db.Pool.Query(ctx, selectLink+where+fmt.Sprintf(" order by l.gap_m, l.a_id, l.b_id limit %d", min(f.Limit, mostLinks)), args...)
	if err != nil {
		return page, fmt.Errorf("list the links of %s: %w", district, err)
	}
	links, err := pgx.CollectRows(rows, scanLink)
	if err != nil {
		return page, fmt.Errorf("list the links of %s: %w", district, err)
	}
	page.Items = append(page.Items, links...)
	if err := s.db.Pool.QueryRow(ctx, `select count(distinct community_id) from link_stale where district_code = $1`, district).Scan(&page.Stale); err != nil {
		return page, fmt.Errorf("count the communities of %s whose links are out of date: %w", district, err)
	}
	if f.Within == nil {
		rows, err := s.db.Pool.Query(ctx, `
			select c.code, c.name
			from published_community c
			join link_footprint p on p.community_id = c.id
			where c.district_code = $1 and p.basis = 'none' and ($4 = '' or c.code = $4) and `+readable+`
			order by c.code limit $5`, district, scope.Subdistricts, scope.Zones, f.Community, defaultLimit)
		if err != nil {
			return page, fmt.Errorf("list the communities of %s without a place: %w", district, err)
		}
		ends, err := pgx.CollectRows(rows, pgx.RowToStructByPos[End])
		if err != nil {
			return page, fmt.Errorf("list the communities of %s without a place: %w", district, err)
		}
		page.WithoutPlace = append(page.WithoutPlace, ends...)
	}
	return page, nil
}

// findCommunity returns the id of a community that the scope may read, or
// postgis.ErrNotFound.
func findCommunity(ctx context.Context, q reader, scope account.Scope, district, code string) (id int64, err error) {
	err = q.QueryRow(ctx, `select c.id from published_community c where c.district_code = $1 and c.code = $4 and `+readable,
		district, scope.Subdistricts, scope.Zones, code).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, fmt.Errorf("community %s of %s: %w", code, district, postgis.ErrNotFound)
	}
	if err != nil {
		return 0, fmt.Errorf("find community %s of %s: %w", code, district, err)
	}
	return id, nil
}

// pair is two communities, ordered as links are.
type pair struct {
	district     string
	aID, bID     int64
	aCode, bCode string
}

// findPair finds two different communities of which the scope may read one.
func findPair(ctx context.Context, q reader, scope account.Scope, district, a, b string) (pair, account.Place, error) {
	at := account.Place{District: district, Subdistricts: []string{}}
	p := pair{district: district}
	if !reaches(scope, district) || strings.ContainsRune(a+b, 0) {
		return p, at, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if a == b {
		return p, at, &InvalidError{Field: "b", Detail: "连线的两端必须是两个不同的小区"}
	}
	rows, err := q.Query(ctx, `
		select c.id, c.code, coalesce(c.subdistrict_code, ''), `+readable+`
		from published_community c
		where c.district_code = $1 and c.code in ($4, $5)
		order by c.id`, district, scope.Subdistricts, scope.Zones, a, b)
	if err != nil {
		return p, at, fmt.Errorf("find the communities %s and %s of %s: %w", a, b, district, err)
	}
	var ids []int64
	var codes []string
	var id int64
	var code, subdistrict string
	var seen, readable bool
	_, err = pgx.ForEachRow(rows, []any{&id, &code, &subdistrict, &seen}, func() error {
		ids, codes, readable = append(ids, id), append(codes, code), readable || seen
		at.Subdistricts = append(at.Subdistricts, subdistrict)
		return nil
	})
	if err != nil {
		return p, at, fmt.Errorf("find the communities %s and %s of %s: %w", a, b, district, err)
	}
	if len(ids) != 2 || !readable {
		return p, at, fmt.Errorf("communities %s and %s of %s: %w", a, b, district, postgis.ErrNotFound)
	}
	p.aID, p.bID, p.aCode, p.bCode = ids[0], ids[1], codes[0], codes[1]
	return p, at, nil
}

// Override keeps what a person says about a pair: together or never, with a
// reason. Errors: postgis.ErrNotFound, *InvalidError, *account.OutsideError.
func (s *Store) Override(ctx context.Context, scope account.Scope, district, a, b string, verdict Verdict, reason string) (Link, error) {
	reason = strings.TrimSpace(reason)
	switch {
	case verdict != Together && verdict != Never:
		return Link{}, &InvalidError{Field: "verdict", Detail: "只能标为“视为相邻”或“不相邻”"}
	case reason == "":
		return Link{}, &InvalidError{Field: "reason", Detail: "请填写理由"}
	case utf8.RuneCountInString(reason) > reasonRunes || strings.ContainsRune(reason, 0) || !utf8.ValidString(reason):
		return Link{}, &InvalidError{Field: "reason", Detail: fmt.Sprintf("理由最多 %d 字", reasonRunes)}
	case privacy.PersonalNumbers(reason):
		return Link{}, &InvalidError{Field: "reason", Detail: "理由" + privacy.Refusal}
	}
	var saved Link
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		p, was, err := s.claim(ctx, tx, scope, district, a, b)
		if err != nil {
			return err
		}
		is := override{A: p.aCode, B: p.bCode, Verdict: verdict, Reason: reason}
		err = tx.QueryRow(ctx, `
			insert into link_override (district_code, a_id, b_id, verdict, reason, by)
			values ($1, $2, $3, $4, $5, $6)
			on conflict (a_id, b_id, district_code) do update
			set verdict = excluded.verdict, reason = excluded.reason, by = excluded.by, at = now(), version = link_override.version + 1
			returning version`, district, p.aID, p.bID, verdict, reason, account.Name(ctx)).Scan(&is.Version)
		if err != nil {
			return fmt.Errorf("override the link of %s and %s: %w", a, b, err)
		}
		if saved, err = s.settlePair(ctx, tx, p); err != nil {
			return err
		}
		entry := account.Entry{Action: "link.override", Entity: "link", Code: p.aCode + "/" + p.bCode, District: district, After: is}
		if was != nil {
			entry.Before = was
		}
		return account.Record(ctx, tx, entry)
	})
	return saved, err
}

// ClearOverride lets what is computed hold again. A pair without an override is
// postgis.ErrNotFound; the other errors are those of Override.
func (s *Store) ClearOverride(ctx context.Context, scope account.Scope, district, a, b string) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		p, was, err := s.claim(ctx, tx, scope, district, a, b)
		if err != nil {
			return err
		}
		// A refresh under way may know of the override and save its link again.
		if err := s.upkeep.Hold(ctx, tx, district); err != nil {
			return err
		}
		if was == nil {
			return fmt.Errorf("override of the link of %s and %s: %w", a, b, postgis.ErrNotFound)
		}
		if _, err := tx.Exec(ctx, `delete from link_override where a_id = $1 and b_id = $2`, p.aID, p.bID); err != nil {
			return fmt.Errorf("clear the override of the link of %s and %s: %w", a, b, err)
		}
		if err := announcePair(ctx, tx, p); err != nil {
			return err
		}
		// A link that stood only by the override has nothing to stand on now.
		if _, err := tx.Exec(ctx, `delete from link where a_id = $1 and b_id = $2 and gap_m > $3`, p.aID, p.bID, float64(GapMetres)); err != nil {
			return fmt.Errorf("drop the link of %s and %s: %w", a, b, err)
		}
		return account.Record(ctx, tx, account.Entry{
			Action: "link.override.clear", Entity: "link", Code: p.aCode + "/" + p.bCode, District: district, Before: was,
		})
	})
}

// claim finds a pair that is about to be written, asks whether that may be, and
// returns what was said of it; nil where nothing was.
func (s *Store) claim(ctx context.Context, tx pgx.Tx, scope account.Scope, district, a, b string) (pair, *override, error) {
	p, at, err := findPair(ctx, tx, scope, district, a, b)
	if err != nil {
		return p, nil, err
	}
	if err := account.Demand(ctx, account.DrawZone, at); err != nil {
		return p, nil, err
	}
	if _, err := secure(ctx, tx, []int64{p.aID, p.bID}); err != nil {
		return p, nil, err
	}
	was := &override{A: p.aCode, B: p.bCode}
	err = tx.QueryRow(ctx, `select verdict, reason, version from link_override where a_id = $1 and b_id = $2 for update`, p.aID, p.bID).
		Scan(&was.Verdict, &was.Reason, &was.Version)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, nil, nil
	}
	if err != nil {
		return p, nil, fmt.Errorf("read the override of the link of %s and %s: %w", a, b, err)
	}
	return p, was, nil
}

// settlePair computes the link of a pair where it is not there yet, and returns
// it.
func (s *Store) settlePair(ctx context.Context, tx *postgis.Tx, p pair) (Link, error) {
	var present bool
	if err := tx.QueryRow(ctx, `select exists (select from link where a_id = $1 and b_id = $2)`, p.aID, p.bID).Scan(&present); err != nil {
		return Link{}, fmt.Errorf("look for the link of %s and %s: %w", p.aCode, p.bCode, err)
	}
	if !present {
		if err := s.upkeep.Hold(ctx, tx, p.district); err != nil {
			return Link{}, err
		}
		if err := s.computePair(ctx, tx, p); err != nil {
			return Link{}, err
		}
	}
	if err := announcePair(ctx, tx, p); err != nil {
		return Link{}, err
	}
	return readPair(ctx, tx, p)
}

func readPair(ctx context.Context, q reader, p pair) (Link, error) {
	rows, err := q.Query(ctx, selectLink+` and l.a_id = $4 and l.b_id = $5`, p.district, nil, nil, p.aID, p.bID)
	if err != nil {
		return Link{}, fmt.Errorf("read the link of %s and %s: %w", p.aCode, p.bCode, err)
	}
	l, err := pgx.CollectExactlyOneRow(rows, scanLink)
	if errors.Is(err, pgx.ErrNoRows) {
		return l, &InvalidError{Field: "b", Detail: "小区没有位置，不能连线"}
	}
	if err != nil {
		return l, fmt.Errorf("read the link of %s and %s: %w", p.aCode, p.bCode, err)
	}
	return l, nil
}

func announcePair(ctx context.Context, tx *postgis.Tx, p pair) error {
	return announceLinks(ctx, tx, p.district, `a_id = $1 and b_id = $2`, p.aID, p.bID)
}

// announceLinks tells of the place of the links that a condition chooses.
func announceLinks(ctx context.Context, tx *postgis.Tx, district, condition string, args ...any) error {
	var west, south, east, north *float64
	var subdistricts []string
	err := tx.QueryRow(ctx, `
		with chosen as (select a_id, b_id, line from link where `+condition+`)
		select min(ST_XMin(line)), min(ST_YMin(line)), max(ST_XMax(line)), max(ST_YMax(line)),
		       (select array_agg(distinct c.subdistrict_code) filter (where c.subdistrict_code is not null)
		        from published_community c where c.id in (select a_id from chosen union select b_id from chosen))
		from chosen`, args...).Scan(&west, &south, &east, &north, &subdistricts)
	if err != nil {
		return fmt.Errorf("find where links of %s lie: %w", district, err)
	}
	if west != nil {
		bound := orb.Bound{Min: orb.Point{*west, *south}, Max: orb.Point{*east, *north}}
		tx.Changed(postgis.Change{District: district, Layer: "links", Bound: bound, Subdistricts: subdistricts})
	}
	return nil
}
