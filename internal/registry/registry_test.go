package registry_test

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

var library = sync.OnceValues(policy.Load)

// bench is a register in a database of its own with the district 500110.
type bench struct {
	*registry.Store
	t        testing.TB
	db       *postgis.DB
	district string

	mu      sync.Mutex
	changes []postgis.Change
}

const (
	west = "500110001" // 万盛街道
	east = "500110002" // 东林街道
)

func newBench(t testing.TB) *bench {
	t.Helper()
	lib, err := library()
	if err != nil {
		t.Fatal(err)
	}
	db := postgistest.New(t)
	b := &bench{Store: registry.New(db, lib), t: t, db: db, district: postgistest.District(t, db)}
	db.OnChange(func(changes []postgis.Change) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.changes = append(b.changes, changes...)
	})
	return b
}

// changed returns what was announced of a layer since the last call, and
// forgets all announcements.
func (b *bench) changed(layer string) []orb.Bound {
	b.mu.Lock()
	defer b.mu.Unlock()
	var bounds []orb.Bound
	for _, c := range b.changes {
		if c.Layer == layer && c.District == b.district {
			bounds = append(bounds, c.Bound)
		}
	}
	b.changes = nil
	return bounds
}

// write runs fn in a transaction and fails the test on an error.
func (b *bench) write(fn func(context.Context, *postgis.Tx) error) {
	b.t.Helper()
	if err := b.db.Write(b.t.Context(), fn); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) upsertCommunities(rows ...registry.CommunityRow) registry.BulkResult {
	b.t.Helper()
	var out registry.BulkResult
	b.write(func(ctx context.Context, tx *postgis.Tx) (err error) {
		out, err = b.UpsertCommunities(ctx, tx, b.district, rows)
		return err
	})
	return out
}

func (b *bench) upsertBuildings(rows iter.Seq[registry.BuildingRow]) registry.BulkResult {
	b.t.Helper()
	var out registry.BulkResult
	b.write(func(ctx context.Context, tx *postgis.Tx) (err error) {
		out, err = b.UpsertBuildings(ctx, tx, b.district, rows)
		return err
	})
	return out
}

func (b *bench) attach() int64 {
	b.t.Helper()
	var n int64
	b.write(func(ctx context.Context, tx *postgis.Tx) (err error) {
		n, err = b.AttachBuildings(ctx, tx, b.district)
		return err
	})
	return n
}

func (b *bench) community(code string) registry.Community {
	b.t.Helper()
	c, err := b.Community(b.t.Context(), account.Everything, b.district, code)
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

func (b *bench) building(code string) registry.Building {
	b.t.Helper()
	got, err := b.Building(b.t.Context(), account.Everything, b.district, code)
	if err != nil {
		b.t.Fatal(err)
	}
	return got
}

// count asks the database itself.
func (b *bench) count(sql string, args ...any) int64 {
	b.t.Helper()
	var n int64
	if err := b.db.Pool.QueryRow(b.t.Context(), sql, args...).Scan(&n); err != nil {
		b.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// audited returns the actions in the audit trail of an entity, oldest first.
func (b *bench) audited(entity string) []string {
	b.t.Helper()
	rows, err := b.db.Pool.Query(b.t.Context(), `select action from audit_entry where entity = $1 order by id`, entity)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	var actions []string
	for rows.Next() {
		var a string
		if err := rows.Scan(&a); err != nil {
			b.t.Fatal(err)
		}
		actions = append(actions, a)
	}
	return actions
}

// square is a square outline of about 100 m (0.001°) with its south-west corner
// at a point.
func square(lon, lat float64) orb.MultiPolygon { return box(lon, lat, 0.001) }

func box(lon, lat, size float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{
		{lon, lat}, {lon + size, lat}, {lon + size, lat + size}, {lon, lat + size}, {lon, lat},
	}}}
}

func boundOf(lon, lat, size float64) orb.Bound { return box(lon, lat, size).Bound() }

func ptr[T any](v T) *T { return &v }

// eligible is a community that meets every condition of wansheng-2020.
func eligible(code, name string) registry.CommunityRow {
	return registry.CommunityRow{
		Code: code, Name: name, UnitKind: "compound", BuiltYear: ptr(1985),
		Households: ptr(100), HouseholdsAgreed: ptr(95), FloorAreaM2: ptr(8000.0), FloorAreaAgreedM2: ptr(7700.0),
		Neglected: ptr(true), MunicipalMissing: &[]string{"雨污管网"}, ServiceMissing: &[]string{"卫生服务站"},
		PriorWorks: ptr("none"), InShantytownPlan: ptr(false), DemolishRebuild: ptr(false),
		SelfBuiltMajority: ptr(false), UrbanVillage: ptr(false), PoorConditions: ptr(true),
		Source: "测试台账",
	}
}

var (
	planner = account.Person{ID: uuid.New(), Name: "planner", DisplayName: "规划员", Role: account.Planner, District: "500110", Scope: account.Scope{District: "500110"}}
	officer = account.Person{ID: uuid.New(), Name: "officer", DisplayName: "万盛街道办", Role: account.Officer, District: "500110", Scope: account.Scope{District: "500110", Subdistricts: []string{west}}}
	viewer  = account.Person{ID: uuid.New(), Name: "viewer", Role: account.Viewer, District: "500110", Scope: account.Scope{District: "500110"}}
)

// as is a context in which a person acts, with their scope.
func (b *bench) as(p account.Person) (context.Context, account.Scope) {
	return account.With(b.t.Context(), p), p.Scope
}

func codes[T any](items []T, code func(T) string) []string {
	out := make([]string, 0, len(items))
	for _, item := range items {
		out = append(out, code(item))
	}
	return out
}

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// insertZone draws a zone with communities behind the registry's back: zones
// are the business of the floor above.
func (b *bench) insertZone(name string, shape orb.MultiPolygon, communities ...string) int64 {
	b.t.Helper()
	var id int64
	err := b.db.Pool.QueryRow(b.t.Context(), `
		insert into zone (district_code, code, name, geom) values ($1, $2, $3, $4) returning id`,
		b.district, fmt.Sprintf("zone-%s", name), name, postgis.Geom{Geometry: shape}).Scan(&id)
	if err != nil {
		b.t.Fatal(err)
	}
	if _, err := b.db.Pool.Exec(b.t.Context(), `
		insert into zone_community (zone_id, community_id)
		select $1, id from community where district_code = $2 and code = any($3)`, id, b.district, communities); err != nil {
		b.t.Fatal(err)
	}
	return id
}

func nan() float64 { return math.NaN() }
