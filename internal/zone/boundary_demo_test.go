package zone_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// newDemoBench is the demo district with its links.
func newDemoBench(t *testing.T) *bench {
	t.Helper()
	db := postgistest.New(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	im, err := importer.New(db, registry.New(db, lib), lib, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.LoadDemo(t.Context(), demo.Open, nil); err != nil {
		t.Fatal(err)
	}
	if err := link.New(db, slog.New(slog.DiscardHandler)).Refresh(t.Context(), demo.DistrictCode); err != nil {
		t.Fatal(err)
	}
	return &bench{t, db, zone.New(db), demo.DistrictCode}
}

// The demo district is a real town: dual carriageways, outlines across streets,
// a river, blocks of all sizes.
func TestBoundariesOfTheDemoDistrictAreSound(t *testing.T) {
	b := newDemoBench(t)
	var all []int64
	if err := b.db.Pool.QueryRow(t.Context(), `select array_agg(id order by location <-> (select location from community order by code limit 1)) from community`).Scan(&all); err != nil {
		t.Fatal(err)
	}
	b.boundary(all[0]) // builds the blocks
	for start := 0; start < len(all); start += 7 {
		for _, size := range []int{3, 12, 50} {
			ids := all[start:min(len(all), start+size)]
			begun := time.Now()
			got := b.boundary(ids...)
			if took := time.Since(begun); took > 2*time.Second {
				t.Errorf("%d communities take %v", len(ids), took)
			} else if size == 50 {
				t.Logf("%d communities: %v, %d parts", len(ids), took, len(got))
			}
			b.sound(got, ids)
			if parts := b.partsUnderRules(ids); len(got) > parts {
				t.Errorf("%d from %d: %d parts of ground for %d parts of communities", size, start, len(got), parts)
			}
		}
	}
}

// partsUnderRules counts the parts of communities as the product does.
func (b *bench) partsUnderRules(ids []int64) int {
	b.t.Helper()
	var parts int
	err := b.db.Write(b.t.Context(), func(ctx context.Context, tx *postgis.Tx) (err error) {
		parts, err = zone.CountParts(ctx, tx, b.district, b.mainScenario(), ids)
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return parts
}
