package tile_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

func TestLinksAreSeenFromEitherEnd(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	_, err := s.db.Pool.Exec(ctx, `
		insert into link (district_code, a_id, b_id, gap_m, walk_m, path, crossed, crossings, line)
		select $1, a.id, b.id, 195.41, 240.6, ST_MakeLine(a.location, b.location), '{river,primary}',
		       '[{"barrier": "river", "kind": "bridge", "name": "桥"}]', ST_MakeLine(a.location, b.location)
		from community a, community b where a.code = 'C西' and b.code = 'C东'`, s.district)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"a": "C西", "b": "C东", "gap_m": 195.5, "walk_m": 240.6, "crossed": "river primary", "bridged": "river",
	}
	seen := func(scope account.Scope) map[string]any {
		r := s.at(14, "links")
		r.Scope = scope
		l := decode(t, s.tile(t, r).Body)["links"]
		if l == nil || len(l.Features) != 1 {
			return nil
		}
		return l.Features[0].Properties
	}
	for name, c := range map[string]struct {
		scope account.Scope
		want  map[string]any
	}{
		"planner":                        {account.Scope{District: s.district}, want},
		"officer of the west":            {account.Scope{District: s.district, Subdistricts: []string{"500110001"}}, want},
		"officer of the east":            {account.Scope{District: s.district, Subdistricts: []string{"500110002"}}, want},
		"contractor of the western zone": {account.Scope{District: s.district, Zones: []int64{s.zone}}, want},
		"officer of nothing":             {account.Scope{District: s.district, Subdistricts: []string{}}, nil},
		"contractor of nothing":          {account.Scope{District: s.district, Zones: []int64{}}, nil},
	} {
		if diff := cmp.Diff(c.want, seen(c.scope)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}

	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into link_override (district_code, a_id, b_id, verdict, reason, by) select district_code, a_id, b_id, 'together', '桥', '某人' from link`)
		tx.Changed(postgis.Change{District: s.district, Layer: "links", Bound: square(west, 0.0001).Bound()})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	want["verdict"] = "together"
	if diff := cmp.Diff(want, seen(account.Everything)); diff != "" {
		t.Errorf("after an override: %s", diff)
	}
	shallow := decode(t, s.tile(t, s.at(12, "links")).Body)["links"]
	if shallow == nil || shallow.Features[0].Properties["a"] != nil {
		t.Errorf("zoom 12 names the communities: %v", shallow)
	}
}

// Communities that touch have a link without a length: it is drawn all the same.
func TestLinksOfCommunitiesThatTouchAreDrawn(t *testing.T) {
	s := newStage(t)
	_, err := s.db.Pool.Exec(context.Background(), `
		insert into link (district_code, a_id, b_id, gap_m, line)
		select $1, a.id, b.id, 0, ST_MakeLine(p, p)
		from community a, community b, (select ST_SetSRID(ST_MakePoint(106.95, 28.9705), 4490) p) touch
		where a.code = 'C西' and b.code = 'C东'`, s.district)
	if err != nil {
		t.Fatal(err)
	}
	l := decode(t, s.tile(t, s.at(16, "links")).Body)["links"]
	if l == nil || len(l.Features) != 1 || l.Features[0].Geometry.Bound().IsEmpty() {
		t.Errorf("drawn: %v", l)
	}
}
