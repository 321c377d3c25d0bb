package faults

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/internal/app/apptest"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// TestATileCacheOfNothingKeepsNothing starts the service with --tile-cache 0: tiles
// are made every time, and a browser that has one still hears that it has not
// changed.
func TestATileCacheOfNothingKeepsNothing(t *testing.T) {
	w := furnish(t, postgistest.New(t))
	for budget, keeps := range map[int]bool{0: false, 1: true} {
		s := apptest.New(t, fmt.Sprint("cache", budget), w.url, apptest.DataDir(t), "--tile-cache", fmt.Sprint(budget))
		s.Start()
		var l ledger
		c := w.client(&l, at(s))
		tile := maptile.At(orb.Point{106.905, 28.955}, 14)
		if c.tile(t.Context(), t, "communities", tile) {
			t.Errorf("%d MiB: the first tile was kept already", budget)
		}
		if kept := c.tile(t.Context(), t, "communities", tile); kept != keeps {
			t.Errorf("%d MiB: kept %v, want %v", budget, kept, keeps)
		}
		path := fmt.Sprintf("/districts/%s/tiles/communities/%d/%d/%d.mvt", w.district, tile.Z, tile.X, tile.Y)
		first, err := c.ask(t.Context(), http.MethodGet, path, nil)
		if err != nil || len(first.body) == 0 {
			t.Fatalf("%d %s %v", first.status, first.body, err)
		}
		again, err := c.ask(t.Context(), http.MethodGet, path, nil, "If-None-Match", first.head.Get("ETag"))
		if err != nil || again.status != http.StatusNotModified {
			t.Errorf("%d MiB: who has the tile gets %d %v", budget, again.status, err)
		}
		s.Stop()
	}
}
