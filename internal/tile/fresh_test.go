package tile_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/tile"
)

func TestNoStaleTileAfterAnEditReturned(t *testing.T) {
	s := newStage(t)
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	request := s.at(14, "communities", "zones", "buildings")

	// Somebody else edits the same tile all the time and readers ask without a
	// pause, so that flights are in the air whenever an edit commits. Each reader
	// checks that what had returned before it asked is there.
	var edited atomic.Int64 // number of the last edit that returned
	var people sync.WaitGroup
	var reads atomic.Int64
	seen := func(r tile.Request) int64 {
		made, err := s.server.Tile(ctx, r)
		if ctx.Err() != nil {
			return edited.Load()
		}
		if err != nil {
			t.Errorf("read: %v", err)
			return edited.Load()
		}
		reads.Add(1)
		for _, f := range decode(t, made.Body)["communities"].Features {
			if f.Properties["code"] == "C西" {
				return int64(f.Properties["households"].(float64))
			}
		}
		t.Error("the community is missing")
		return 0
	}
	if _, err := s.db.Pool.Exec(ctx, `update community set households = 0 where code = 'C西'`); err != nil {
		t.Fatal(err)
	}
	for range 6 {
		people.Go(func() {
			for ctx.Err() == nil {
				least := edited.Load()
				if got := seen(request); got < least {
					t.Errorf("edit %d had returned, the tile shows edit %d", least, got)
					stop()
				}
			}
		})
	}
	people.Go(func() {
		for ctx.Err() == nil {
			err := s.db.Write(ctx, func(_ context.Context, tx *postgis.Tx) error {
				tx.Changed(postgis.Change{District: s.district, Layer: "zones", Bound: orb.Bound{Min: west, Max: west}.Pad(0.001)})
				return nil
			})
			if err != nil && ctx.Err() == nil {
				t.Errorf("the other editor: %v", err)
			}
		}
	})
	const edits = 200
	pause := rand.New(rand.NewPCG(1, 1))
	for i := int64(1); i <= edits && ctx.Err() == nil; i++ {
		err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
			tx.Changed(postgis.Change{District: s.district, Layer: "communities", Bound: orb.Bound{Min: west, Max: west}.Pad(0.001)})
			_, err := tx.Exec(ctx, `update community set households = $1 where code = 'C西'`, i)
			return err
		})
		if err != nil {
			t.Fatalf("edit %d: %v", i, err)
		}
		edited.Store(i)
		if got := seen(request); got < i {
			t.Fatalf("edit %d returned, the next tile shows edit %d", i, got)
		}
		time.Sleep(time.Duration(pause.IntN(1500)) * time.Microsecond)
	}
	stop()
	people.Wait()
	if reads.Load() < edits {
		t.Errorf("only %d reads", reads.Load())
	}
}

func TestChangesReachTheTilesTheyShowIn(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	near, far := orb.Bound{Min: west, Max: west}.Pad(0.0001), orb.Bound{Min: orb.Point{107.05, 29.05}, Max: orb.Point{107.06, 29.06}}
	contractor := account.Scope{District: s.district, Zones: []int64{s.zone}}
	officer := account.Scope{District: s.district, Subdistricts: []string{"500110001"}}
	cases := []struct {
		layers string
		scope  account.Scope
		change postgis.Change
		want   bool
	}{
		{"communities", account.Everything, postgis.Change{Layer: "communities", Bound: near}, true},
		{"communities", account.Everything, postgis.Change{Layer: "communities", Bound: far}, false},
		{"communities", account.Everything, postgis.Change{Layer: "communities"}, true},
		{"communities", account.Everything, postgis.Change{District: "500111", Layer: "communities"}, false},
		{"communities", account.Everything, postgis.Change{Layer: "zones", Bound: near}, false},
		{"communities", contractor, postgis.Change{Layer: "zones", Bound: far}, true},
		{"communities", account.Everything, postgis.Change{Layer: "jobs"}, false},
		{"communities", account.Everything, postgis.Change{}, true},
		{"community_points", account.Everything, postgis.Change{Layer: "communities", Bound: near}, true},
		{"communities", officer, postgis.Change{Layer: "zones", Bound: far}, false},
		{"buildings", account.Everything, postgis.Change{Layer: "communities", Bound: near}, false},
		{"buildings", account.Everything, postgis.Change{Layer: "eligibility", Bound: near}, true},
		{"buildings", account.Everything, postgis.Change{Layer: "eligibility", Bound: far}, false},
		{"buildings", account.Everything, postgis.Change{Layer: "buildings", Bound: far}, false},
		{"coverage", account.Everything, postgis.Change{Layer: "coverage", Bound: near}, true},
		{"base", account.Everything, postgis.Change{Layer: "base", Bound: near}, true},
		{"base", contractor, postgis.Change{Layer: "zones", Bound: near}, false},
		{"base", account.Everything, postgis.Change{Layer: "communities", Bound: near}, false},
		{"subdistricts", account.Everything, postgis.Change{Layer: "subdistricts", Bound: near}, true},
		{"zones", account.Everything, postgis.Change{Layer: "zones", Bound: near}, true},
		{"facilities", account.Everything, postgis.Change{Layer: "facilities", Bound: near}, true},
		{"idle_buildings", account.Everything, postgis.Change{Layer: "idle_buildings", Bound: near}, true},
	}
	for i, c := range cases {
		t.Run(fmt.Sprintf("%d %s", i, c.layers), func(t *testing.T) {
			r := s.at(14, c.layers)
			r.Scope, r.Run = c.scope, run
			before := s.tile(t, r)
			if again := s.tile(t, r); &again.Body[0] != &before.Body[0] {
				t.Fatal("the tile is not kept")
			}
			if c.change.District == "" && c.change.Layer != "" {
				c.change.District = s.district
			}
			err := s.db.Write(ctx, func(_ context.Context, tx *postgis.Tx) error {
				tx.Changed(c.change)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			after := s.tile(t, r)
			if dropped := &after.Body[0] != &before.Body[0]; dropped != c.want {
				t.Errorf("dropped: %v, want %v", dropped, c.want)
			}
			if after.ETag != before.ETag {
				t.Error("the same rows give another entity tag")
			}
		})
	}
}

func TestTheSameChangeIsToldToEveryZoom(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	for zoom := range uint32(13) {
		r := s.at(maptile.Zoom(5+zoom), "community_points")
		before := s.tile(t, r)
		err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
			tx.Changed(postgis.Change{District: s.district, Layer: "communities", Bound: orb.Bound{Min: west, Max: east}})
			_, err := tx.Exec(ctx, `update community set households = households + 1`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if len(before.Body) > 0 && s.tile(t, r).ETag == before.ETag {
			t.Errorf("zoom %d shows the old households", 5+zoom)
		}
	}
}
