package main

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestTheListIsFixedAndDistinct(t *testing.T) {
	db := postgistest.New(t)
	ctx := context.Background()
	if err := district.Load(ctx, db, district.New(district.Scaled(2_000), district.Seed)); err != nil {
		t.Fatal(err)
	}
	one, err := tileList(ctx, db, 60)
	if err != nil {
		t.Fatal(err)
	}
	two, err := tileList(ctx, db, 60)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, two); diff != "" {
		t.Error(diff)
	}
	distinct := map[maptile.Tile]bool{}
	for _, tile := range one {
		distinct[tile] = true
	}
	if len(distinct) != 60 {
		t.Errorf("%d distinct tiles", len(distinct))
	}
	if _, err := tileList(ctx, db, 100_000); err == nil {
		t.Error("a small district has 100,000 tiles")
	}
}

func TestARunPrintsTheRatios(t *testing.T) {
	var out strings.Builder
	o := options{database: postgistest.New(t).URL(), buildings: 2_000, tiles: 40, layers: "buildings"}
	if err := run(context.Background(), o, &out); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"SQL floor", "Lianpian, cache off", "Lianpian, cache warm", "plain memory server", "of the SQL floor:"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report does not say %q:\n%s", want, out.String())
		}
	}
}
