package tile_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

func TestStringsAreSeenWithTheirZone(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	write := func(sql string) {
		t.Helper()
		err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
			_, err := tx.Exec(ctx, sql, s.zone)
			tx.Changed(postgis.Change{District: s.district, Layer: "strings", Bound: square(west, 0.0001).Bound()})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	seen := func(zoom uint32, scope account.Scope) map[string]any {
		t.Helper()
		r := s.at(14, "strings")
		r.Scope, r.X, r.Y, r.Z = scope, r.X>>(14-zoom), r.Y>>(14-zoom), zoom
		l := decode(t, s.tile(t, r).Body)["strings"]
		if l == nil || len(l.Features) != 1 {
			return nil
		}
		return l.Features[0].Properties
	}
	if got := seen(14, account.Everything); got != nil {
		t.Errorf("before there is one: %v", got)
	}
	write(`
		insert into zone_string (zone_id, a_id, b_id, geom, name, length_m)
		select $1, a.id, b.id, ST_MakeLine(a.location, b.location), '万盛大道', 391.4
		from community a, community b where a.code = 'C西' and b.code = 'C东'`)
	want := map[string]any{"zone": "Z西", "name": "万盛大道", "length_m": 391.0}
	for name, c := range map[string]struct {
		scope account.Scope
		want  map[string]any
	}{
		"planner":                        {account.Scope{District: s.district}, want},
		"officer of one end":             {account.Scope{District: s.district, Subdistricts: []string{"500110001"}}, nil},
		"officer of both ends":           {account.Scope{District: s.district, Subdistricts: []string{"500110001", "500110002"}}, want},
		"contractor of the zone":         {account.Scope{District: s.district, Zones: []int64{s.zone}}, want},
		"contractor of another zone":     {account.Scope{District: s.district, Zones: []int64{s.zone + 1}}, nil},
		"contractor of nothing whatever": {account.Scope{District: s.district, Zones: []int64{}}, nil},
	} {
		for _, zoom := range []uint32{12, 14} {
			if diff := cmp.Diff(c.want, seen(zoom, c.scope)); diff != "" {
				t.Errorf("%s at zoom %d: %s", name, zoom, diff)
			}
		}
	}
	write(`delete from zone_string where zone_id = $1`)
	if got := seen(14, account.Everything); got != nil {
		t.Errorf("after it is gone: %v", got)
	}
}
