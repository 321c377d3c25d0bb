// Package registry keeps what a district has: subdistricts, neighborhoods,
// communities with the verdict on their eligibility, buildings, facilities and
// the base map. It alone reads and writes these tables. It must never know of
// zones or coverage runs (but for who may read what), of HTTP, or of file formats.
package registry

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Store is the register of one database. It is safe for concurrent use.
type Store struct {
	db        *postgis.DB
	lib       *policy.Library
	followers []Follower

	undoFollowers []UndoFollower
}

// New makes the register of a database, with the policies and standards that
// its districts may choose from.
func New(db *postgis.DB, lib *policy.Library) *Store {
	return &Store{db: db, lib: lib}
}

// Follower is told, inside the writing transaction, which communities appeared,
// moved or changed their extent, by their ids. What it returns as an error rolls
// the write back. It is how those above the register keep what they derive from
// the place of communities.
type Follower func(ctx context.Context, tx *postgis.Tx, district string, ids []int64) error

// Follow adds a follower. Call it while wiring, before the store is used.
func (s *Store) Follow(f Follower) { s.followers = append(s.followers, f) }

func (s *Store) tellMoved(ctx context.Context, tx *postgis.Tx, district string, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	for _, f := range s.followers {
		if err := f(ctx, tx, district, ids); err != nil {
			return fmt.Errorf("follow %d moved communities of %s: %w", len(ids), district, err)
		}
	}
	return nil
}

// querier is what a pool and a transaction have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// inDistrict refuses a district that the scope does not reach, as if it did not
// exist.
func inDistrict(scope account.Scope, district string) error {
	if scope.District != "" && scope.District != district || !storable(district) {
		return fmt.Errorf("district %q: %w", district, postgis.ErrNotFound)
	}
	return nil
}

// mayEdit demands that both the scope given and the person in ctx reach the
// subdistricts where a thing lies or is to lie; "" is nowhere known, which only
// those with the whole district reach.
func mayEdit(ctx context.Context, scope account.Scope, district string, subdistricts ...string) error {
	at := account.Place{District: district, Subdistricts: []string{}}
	outside := scope.Zones != nil
	for _, code := range subdistricts {
		outside = outside || scope.Subdistricts != nil && !slices.Contains(scope.Subdistricts, code)
		if code != "" && !slices.Contains(at.Subdistricts, code) {
			at.Subdistricts = append(at.Subdistricts, code)
		}
	}
	if outside {
		return &account.OutsideError{Capability: account.EditRegister, Place: at}
	}
	return account.Demand(ctx, account.EditRegister, at)
}

// scopeArgs are the arguments of the scope predicates below.
func scopeArgs(scope account.Scope, district string) pgx.NamedArgs {
	return pgx.NamedArgs{"district": district, "subs": scope.Subdistricts, "zones": scope.Zones}
}

// The predicates by which every read keeps to a scope. The zones of a contractor
// decide what they see; a building or facility of no community counts where it
// lies inside.
const (
	communityInScope = `c.district_code = @district
		and (@subs::text[] is null or c.subdistrict_code = any(@subs))
		and (@zones::bigint[] is null or c.id in (select zc.community_id from published_zone_community zc where zc.zone_id = any(@zones)))`
	buildingInScope = `b.district_code = @district
		and (@subs::text[] is null or b.subdistrict_code = any(@subs))
		and (@zones::bigint[] is null
			or b.community_id in (select zc.community_id from published_zone_community zc where zc.zone_id = any(@zones))
			or b.community_id is null and exists (
				select from published_zone z where z.id = any(@zones) and z.district_code = @district and ST_Intersects(z.geom, b.point)))`
	facilityInScope = `f.district_code = @district
		and (@subs::text[] is null or f.subdistrict_code = any(@subs))
		and (@zones::bigint[] is null or exists (
			select from published_zone z where z.id = any(@zones) and z.district_code = @district and ST_Intersects(z.geom, f.geom)))`
)

// BBox is west, south, east, north in degrees.
type BBox [4]float64

// Bound is the box as orb has it.
func (b BBox) Bound() orb.Bound {
	return orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}}
}

// SQL expressions of a box and of a point, null where there is none. They are
// JSON because pgx scans no SQL array into a pointer to a Go array.
func bboxOf(geom string) string {
	return fmt.Sprintf(`case when %[1]s is not null and not ST_IsEmpty(%[1]s)
		then json_build_array(ST_XMin(%[1]s), ST_YMin(%[1]s), ST_XMax(%[1]s), ST_YMax(%[1]s)) end`, geom)
}

func pointOf(geom string) string {
	return fmt.Sprintf(`case when %[1]s is not null and not ST_IsEmpty(%[1]s) then json_build_array(ST_X(%[1]s), ST_Y(%[1]s)) end`, geom)
}

// announce tells of a change of a layer at the old and the new place, in the old
// and the new subdistricts ("" is none). A point gets no margin: those who cache
// tiles add their buffer. What has a place neither before nor after is told of as
// nowhere, for the lists that it stands in.
func announce(tx *postgis.Tx, district, layer string, subdistricts []string, bounds ...*orb.Bound) {
	subdistricts = slices.DeleteFunc(slices.Clone(subdistricts), func(code string) bool { return code == "" })
	c := postgis.Change{District: district, Layer: layer, Bound: postgis.Nowhere(), Subdistricts: subdistricts}
	placed := slices.DeleteFunc(slices.Clone(bounds), func(b *orb.Bound) bool { return b == nil })
	if len(placed) == 0 && len(bounds) > 0 {
		tx.Changed(c)
	}
	for _, b := range placed {
		c.Bound = *b
		tx.Changed(c)
	}
}

// TellOf tells of a change of what another layer says of a community: those of its
// subdistrict and of the zones that it is in.
func TellOf(ctx context.Context, tx *postgis.Tx, district, layer string, community int64) error {
	c := postgis.Change{District: district, Layer: layer}
	err := tx.QueryRow(ctx, `
		select array(select subdistrict_code from community where id = $1 and subdistrict_code is not null),
		       array(select zone_id from published_zone_community where community_id = $1 order by zone_id)`, community).
		Scan(&c.Subdistricts, &c.Zones)
	if err != nil {
		return fmt.Errorf("find whose business a community of %s is: %w", district, err)
	}
	tx.Changed(c)
	return nil
}

// orNowhere are the bounds of things that changed, of which none may have a place.
func orNowhere(bounds []*orb.Bound) []*orb.Bound {
	if len(bounds) == 0 {
		return []*orb.Bound{nil}
	}
	return bounds
}

// extentOf is the bound of a box or a point; nil where there is neither.
func extentOf(box *BBox, point *orb.Point) *orb.Bound {
	switch {
	case box != nil:
		b := box.Bound()
		return &b
	case point != nil:
		b := point.Bound()
		return &b
	}
	return nil
}
