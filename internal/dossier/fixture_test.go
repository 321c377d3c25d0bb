package dossier

import (
	"context"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

const (
	west = "500110001" // 万盛街道, 106.80–106.95
	east = "500110002" // 东林街道, 106.95–107.10
)

var today = time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)

// bench is a district with a store of files.
type bench struct {
	*Store
	t        *testing.T
	db       *postgis.DB
	reg      *registry.Store
	lib      *policy.Library
	district string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	db := postgistest.New(t)
	reg := registry.New(db, lib)
	b := &bench{New(db, reg, lib, func() time.Time { return today }), t, db, reg, lib, postgistest.District(t, db)}
	return b
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) exec(sql string, args ...any) {
	b.t.Helper()
	_, err := b.db.Pool.Exec(b.t.Context(), sql, args...)
	b.must(err)
}

// community is one of which only name and subdistrict are known.
func (b *bench) community(code, subdistrict string, patch registry.CommunityPatch) registry.Community {
	b.t.Helper()
	name := "小区 " + code
	patch.Name, patch.SubdistrictCode = &name, &subdistrict
	c, err := b.reg.CreateCommunity(b.t.Context(), account.Everything, b.district, registry.NewCommunity{Code: code, CommunityPatch: patch})
	b.must(err)
	return c
}

func (b *bench) file(code string) File {
	b.t.Helper()
	f, err := b.File(b.t.Context(), account.Everything, b.district, code)
	b.must(err)
	return f
}

// as is a context in which a person of the role acts, with their scope.
func (b *bench) as(role account.Role, subdistricts ...string) (context.Context, account.Scope) {
	scope := account.Scope{District: b.district}
	if len(subdistricts) > 0 {
		scope.Subdistricts = subdistricts
	}
	return account.With(b.t.Context(), account.Person{Name: "某人", Role: role, District: b.district, Scope: scope}), scope
}

// section is a part of the completeness.
func section(t *testing.T, f File, key string) FileSection {
	t.Helper()
	for _, s := range f.Completeness.Sections {
		if s.Key == key {
			return s
		}
	}
	t.Fatalf("no section %s", key)
	return FileSection{}
}

func ptr[T any](v T) *T { return &v }
