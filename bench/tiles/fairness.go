package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/tile"
)

const (
	heavyClients, lightClients = 20, 8
	fairGoal                   = 300 * time.Millisecond
	heavyLayers                = "communities,community_points,projects,zones,facilities,buildings"
)

// fairness lets 20 clients ask for the heaviest tiles of the district without a
// pause, as one person and as twenty, and prints what eight others wait for
// ordinary tiles meanwhile. Nothing is kept, and everybody's scope is another, so
// that nobody gains from what others ask.
func fairness(ctx context.Context, db *postgis.DB, o options, out io.Writer) error {
	heavy, err := tilesBetween(ctx, db, 11, 13, 40)
	if err != nil {
		return err
	}
	light, err := tilesBetween(ctx, db, 15, 17, 400)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "\n%d clients ask for the heaviest tiles (zoom 11 to 13, %s) beside %d who ask for ordinary ones (zoom 15 to 17); nothing is kept\n",
		heavyClients, heavyLayers, lightClients)
	for _, persons := range []int{0, 1, heavyClients} {
		if err := fairRound(ctx, db, o, persons, heavy, light, out); err != nil {
			return err
		}
	}
	return nil
}

// tilesBetween are tiles of zooms that hold many buildings.
func tilesBetween(ctx context.Context, db *postgis.DB, from, to maptile.Zoom, length int) (list []maptile.Tile, err error) {
	places, err := placesOf(ctx, db)
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(district.Seed, uint64(from)))
	seen := map[maptile.Tile]bool{}
	for throws := 0; len(list) < length && throws < 100*length; throws++ {
		t := maptile.At(places[random.IntN(len(places))], from+maptile.Zoom(throws)%(to-from+1))
		if !seen[t] {
			seen[t] = true
			list = append(list, t)
		}
	}
	return list, nil
}

// asker is a client of a person.
type asker struct {
	server *tile.Server
	layers []string
	person uuid.UUID
	scope  account.Scope
	random *rand.Rand
}

func newAsker(server *tile.Server, layers string, person, client int) (asker, error) {
	names, err := server.ParseLayers(layers)
	if err != nil {
		return asker{}, err
	}
	scope := account.Scope{District: district.Code}
	for n := range 9 {
		scope.Subdistricts = append(scope.Subdistricts, fmt.Sprintf("%s%03d", district.Code, n+1))
	}
	scope.Subdistricts = append(scope.Subdistricts, fmt.Sprint("of client ", client))
	return asker{server, names, uuid.NewSHA1(uuid.Nil, fmt.Append(nil, person)), scope, rand.New(rand.NewPCG(1, uint64(client)))}, nil
}

func (a asker) ask(ctx context.Context, list []maptile.Tile) (time.Duration, error) {
	at := list[a.random.IntN(len(list))]
	ctx = account.With(ctx, account.Person{ID: a.person, District: district.Code, Scope: a.scope})
	began := time.Now()
	_, err := a.server.Tile(ctx, tile.Request{District: district.Code, Layers: a.layers, Z: uint32(at.Z), X: at.X, Y: at.Y, Scope: a.scope, Takes: tile.Gzip})
	return time.Since(began), err
}

// fairRound is one round, with the heavy clients as so many persons; as none, they
// stay at home.
func fairRound(ctx context.Context, db *postgis.DB, o options, persons int, heavy, light []maptile.Tile, out io.Writer) error {
	server, err := tile.New(db, tile.Config{CacheBytes: -1}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer server.Close()
	all, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	var heavyTook, lightTook []time.Duration
	var refused atomic.Int64
	var failed error
	var asking sync.WaitGroup
	begin := func(a asker, list []maptile.Tile, took *[]time.Duration, pause time.Duration) {
		asking.Go(func() {
			for all.Err() == nil {
				d, err := a.ask(all, list)
				switch {
				case all.Err() != nil:
				case errors.Is(err, tile.ErrBusy):
					refused.Add(1)
				case err != nil:
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					cancel()
				default:
					mu.Lock()
					*took = append(*took, d)
					mu.Unlock()
				}
				select {
				case <-all.Done():
				case <-time.After(pause):
				}
			}
		})
	}
	if persons > 0 {
		for n := range heavyClients {
			a, err := newAsker(server, heavyLayers, n%persons, n)
			if err != nil {
				return err
			}
			begin(a, heavy, &heavyTook, 0)
		}
		time.Sleep(2 * time.Second)
	}
	for n := range lightClients {
		a, err := newAsker(server, o.layers, 1000+n, 1000+n)
		if err != nil {
			return err
		}
		begin(a, light, &lightTook, 30*time.Millisecond)
	}
	select {
	case <-time.After(3 * o.atLeast):
	case <-all.Done():
	}
	cancel()
	asking.Wait()
	if failed != nil {
		return failed
	}
	name := map[int]string{0: "nobody beside", 1: "20 clients of one person"}[persons]
	if name == "" {
		name = fmt.Sprintf("20 clients of %d persons", persons)
	}
	fmt.Fprintf(out, "%-26s ordinary tiles: %5d, p50 %s, p95 %s (goal: below %s); heavy ones: %d, p50 %s, p95 %s, refused %d\n",
		name, len(lightTook), share(lightTook, 0.5), share(lightTook, 0.95), fairGoal,
		len(heavyTook), share(heavyTook, 0.5), share(heavyTook, 0.95), refused.Load())
	return nil
}

// share is the time that a share of the requests took at the most.
func share(took []time.Duration, part float64) string {
	if len(took) == 0 {
		return "–"
	}
	slices.Sort(took)
	return milliseconds(took[min(len(took)-1, int(math.Floor(part*float64(len(took)))))])
}
