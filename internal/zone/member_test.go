package zone_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

func TestACommunityBelongsWhereMoreThanHalfOfItLies(t *testing.T) {
	// The zone is the left half of this strip:  |--- zone ---|............|
	//                                         .90          .91           .92
	shape := box(106.90, 28.95, 106.91, 28.96)
	cases := map[string]struct {
		place orb.Geometry
		in    bool
	}{
		"inside":              {box(106.902, 28.952, 106.904, 28.954), true},
		"outside":             {box(106.912, 28.952, 106.914, 28.954), false},
		"most of it":          {box(106.904, 28.952, 106.914, 28.954), true},
		"less than half":      {box(106.906, 28.952, 106.916, 28.954), false},
		"touching the edge":   {box(106.910, 28.952, 106.914, 28.954), false},
		"around the zone":     {box(106.895, 28.945, 106.915, 28.965), false},
		"the zone itself":     {shape, true},
		"a point inside":      {orb.Point{106.905, 28.955}, true},
		"a point outside":     {orb.Point{106.915, 28.955}, false},
		"nowhere":             {nil, false},
		"just more than half": {box(106.9085, 28.952, 106.9113, 28.954), true},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			b.community("A", west, c.place, 10, "in")
			want := "[]"
			if c.in {
				want = "[A]"
			}
			if z := b.create("一号片区", shape); b.members(z) != want {
				t.Errorf("members %s, want %s", b.members(z), want)
			}
		})
	}
	t.Run("exactly half is not more than half", func(t *testing.T) {
		b := newBench(t)
		b.community("A", west, box(106.25+0.5, 28.5, 107.25, 29.5), 10, "in") // binary fractions: no rounding
		if z := b.create("半个", box(106.25+0.5, 28.5, 107, 29.5)); b.members(z) != "[]" {
			t.Errorf("members %s", b.members(z))
		}
	})
}

func TestMembershipFollowsTheCommunities(t *testing.T) {
	b := newBench(t)
	left := b.create("左", box(106.90, 28.95, 106.91, 28.96))
	right := b.create("右", box(106.96, 28.95, 106.97, 28.96))
	var heard []string
	b.db.OnChange(func(cs []postgis.Change) {
		for _, c := range cs {
			heard = append(heard, c.Layer)
		}
	})
	// move puts a community somewhere and tells the zones, as registry and importer do.
	move := func(tell func(ctx context.Context, tx *postgis.Tx, id int64, to orb.Bound) error, to orb.Polygon, subdistrict string) {
		t.Helper()
		err := b.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
			var id int64
			if err := tx.QueryRow(ctx, `
				insert into community (district_code, code, name, subdistrict_code, geom) values ($1, 'A', '小区', $3, $2)
				on conflict (district_code, code) do update set geom = excluded.geom, subdistrict_code = excluded.subdistrict_code
				returning id`, b.district, postgis.Geom{Geometry: orb.MultiPolygon{to}}, subdistrict).Scan(&id); err != nil {
				return err
			}
			return tell(ctx, tx, id, to.Bound())
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	byID := func(ctx context.Context, tx *postgis.Tx, id int64, _ orb.Bound) error {
		return b.zones.CommunitiesMoved(ctx, tx, b.district, []int64{id})
	}
	byBound := func(ctx context.Context, tx *postgis.Tx, _ int64, to orb.Bound) error {
		return b.zones.Refresh(ctx, tx, b.district, to)
	}
	byDistrict := func(ctx context.Context, tx *postgis.Tx, _ int64, _ orb.Bound) error {
		return b.zones.Refresh(ctx, tx, b.district, orb.Bound{})
	}
	inLeft, inRight := box(106.902, 28.952, 106.904, 28.954), box(106.962, 28.952, 106.964, 28.954)
	for name, tell := range map[string]func(context.Context, *postgis.Tx, int64, orb.Bound) error{
		"by id": byID, "by bound": byBound, "whole district": byDistrict,
	} {
		t.Run(name, func(t *testing.T) {
			move(tell, inLeft, west)
			if b.members(left) != "[A]" || b.members(right) != "[]" {
				t.Errorf("appeared on the left: %s %s", b.members(left), b.members(right))
			}
			heard = nil
			move(tell, inRight, east)
			if b.members(left) != "[]" || b.members(right) != "[A]" {
				t.Errorf("moved to the right: %s %s", b.members(left), b.members(right))
			}
			if diff := cmp.Diff([]string{"zones", "zones"}, heard); diff != "" {
				t.Errorf("heard:\n%s", diff)
			}
			heard = nil
			move(tell, inRight, east)
			if len(heard) != 0 {
				t.Errorf("nothing changed, but heard %v", heard)
			}
		})
	}
	got, err := b.zones.Get(t.Context(), account.Everything, b.district, right.Code)
	if err != nil || got.Version != 1 || cmp.Diff([]string{east}, got.SubdistrictCodes) != "" {
		t.Errorf("the zone's version is its people's: %+v %v", got, err)
	}
	b.exec(`delete from community where code = 'A'`)
	if b.members(right) != "[]" {
		t.Errorf("a deleted community is still %s", b.members(right))
	}
}

// The register tells the zones, as app wires them.
func TestTheRegisterTellsTheZones(t *testing.T) {
	b := newBench(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	register := registry.New(b.db, lib)
	register.Follow(b.zones.CommunitiesMoved)
	z := b.create("一号片区", box(106.90, 28.95, 106.91, 28.96))
	households := 40
	bring := func(outline orb.Polygon) {
		t.Helper()
		err := b.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
			_, err := register.UpsertCommunities(ctx, tx, b.district, []registry.CommunityRow{{
				Code: "A", Name: "小区", SubdistrictCode: west, Households: &households, Geometry: orb.MultiPolygon{outline},
			}})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	bring(box(106.902, 28.952, 106.904, 28.954))
	got, err := b.zones.Get(t.Context(), account.Everything, b.district, z.Code)
	if err != nil || b.members(z) != "[A]" || got.Totals.Households != 40 {
		t.Errorf("imported: %s %+v %v", b.members(z), got.Totals, err)
	}
	bring(box(106.922, 28.952, 106.924, 28.954))
	if b.members(z) != "[]" {
		t.Errorf("imported elsewhere: %s", b.members(z))
	}
}

// Who deletes a community holds it and waits for the zones; who draws holds the zones
// and waits for what becomes of the community.
func TestOfTwoWhoWaitForEachOtherOneIsToldToTryAgain(t *testing.T) {
	b := newBench(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	register := registry.New(b.db, lib)
	register.Follow(b.zones.CommunitiesMoved)
	community := b.community("A", west, box(106.902, 28.952, 106.904, 28.954), 40, "in")
	z := b.create("一号片区", box(106.90, 28.96, 106.91, 28.97))
	drawer, err := b.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = drawer.Rollback(context.Background()) }()
	if _, err := drawer.Exec(t.Context(), `select pg_advisory_xact_lock(hashtext('zone membership'), hashtext($1))`, b.district); err != nil {
		t.Fatal(err)
	}
	deleted := make(chan error, 1)
	go func() { deleted <- register.DeleteCommunity(t.Context(), account.Everything, b.district, "A", 1) }()
	postgistest.Blocked(t, b.db)
	_, drawn := drawer.Exec(t.Context(), `
		insert into zone_community (zone_id, community_id, district_code) select id, $2, district_code from zone where code = $1`, z.Code, community)
	if err := drawer.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-deleted; (err == nil) == (drawn == nil) || !postgis.Overtaken(errors.Join(err, drawn)) {
		t.Errorf("deleted: %v; drawn: %v", err, drawn)
	}
}

// An import and a person who draws around what it brings must find each other,
// whoever commits first.
func TestAZoneAndAnImportFindEachOther(t *testing.T) {
	b := newBench(t)
	place := box(106.902, 28.952, 106.904, 28.954)
	told, saved := make(chan struct{}), make(chan error, 1)
	err := b.db.Write(t.Context(), func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := tx.Exec(ctx, `insert into community (district_code, code, name, geom) values ($1, 'A', '小区', $2)`,
			b.district, postgis.Geom{Geometry: orb.MultiPolygon{place}}); err != nil {
			return err
		}
		if err := b.zones.Refresh(ctx, tx, b.district, place.Bound()); err != nil {
			return err
		}
		go func() {
			close(told)
			_, err := b.zones.Create(context.WithoutCancel(ctx), account.Everything, b.district, zone.Draft{
				Name: "一号片区", Geometry: box(106.90, 28.95, 106.91, 28.96),
			})
			saved <- err
		}()
		<-told
		select {
		case err := <-saved:
			return errors.Join(errors.New("the save did not wait for the import"), err)
		case <-time.After(300 * time.Millisecond):
			return nil
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := <-saved; err != nil {
		t.Fatal(err)
	}
	list, err := b.zones.List(t.Context(), account.Everything, b.district, "")
	if err != nil || len(list) != 1 || b.members(list[0]) != "[A]" {
		t.Errorf("%v %v", list, err)
	}
}
