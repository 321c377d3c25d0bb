package tile

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/internal/geofile/pmtiles"
	"github.com/lianpian/lianpian/tiles"
)

// Baking says which tiles are written to one file.
type Baking struct {
	District string
	Layers   []string // names as ParseLayers returns them
	MinZoom  uint32
	MaxZoom  uint32    // at most MaxZoom
	Path     string    // of the archive
	At       time.Time // the moment that the archive says it shows
}

// origin is what an archive says of where it comes from, under originKey of its
// metadata; web/src/baked reads it.
type origin struct {
	Version  int       `json:"version"`
	District string    `json:"district"`
	At       time.Time `json:"at"`
	Demo     bool      `json:"demo"`
}

// originVersion is raised when a viewer of before would show an archive wrongly.
const (
	originKey     = "lianpian"
	originVersion = 1
)

// Baked tells what was written.
type Baked struct {
	District string `json:"district"`
	Tiles    uint64 `json:"tiles" doc:"tiles that are not empty"`
	Asked    int64  `json:"asked" doc:"tiles that were made now, with the empty ones"`
	Before   int64  `json:"before" doc:"tiles that an interrupted run had left"`
}

// keepEvery is after how many tiles a baking brings what it has to the disk.
const keepEvery = 500

// Bake writes the tiles of a district, as they are at one moment, to a PMTiles
// archive. A run that was interrupted is gone on with where nothing has changed in
// the database since; advance is told of tiles done. Errors: ErrNoLayer, ErrNoTile
// for zooms that do not exist, postgis.ErrNotFound.
func (s *Server) Bake(ctx context.Context, b Baking, total func(int64), advance func(int64)) (Baked, error) {
	done := Baked{District: b.District}
	chosen, err := s.catalogue.set(b.Layers)
	if err != nil {
		return done, err
	}
	if b.MinZoom > b.MaxZoom || b.MaxZoom > MaxZoom {
		return done, fmt.Errorf("zooms %d to %d: %w", b.MinZoom, b.MaxZoom, ErrNoTile)
	}
	described, err := s.TileJSON(ctx, b.District, b.Layers, "")
	if err != nil {
		return done, err
	}
	place, err := s.place(ctx, b.District)
	if err != nil {
		return done, err
	}
	moment, err := s.snapshot(ctx)
	if err != nil {
		return done, err
	}
	defer moment.end()
	purpose, err := b.purpose(moment.seq)
	if err != nil {
		return done, err
	}
	bound := orb.Bound{Min: orb.Point{described.Bounds[0], described.Bounds[1]}, Max: orb.Point{described.Bounds[2], described.Bounds[3]}}
	ids := idsWithin(bound, b.MinZoom, b.MaxZoom)
	w, err := pmtiles.Create(b.Path, purpose)
	if err != nil {
		return done, err
	}
	from, _ := slices.BinarySearch(ids, w.Next())
	done.Before, done.Asked = int64(from), int64(len(ids)-from)
	total(int64(len(ids)))
	advance(int64(from))
	if err := s.bakeAll(ctx, b.District, chosen, ids[from:], moment, w, advance); err != nil {
		return done, errors.Join(err, w.Keep(), w.Close())
	}
	done.Tiles = w.Tiles()
	metadata := map[string]any{
		"name": described.Name, "format": "pbf", "type": "overlay", "attribution": described.Attribution,
		"vector_layers": described.VectorLayers, "generator": "Lianpian",
		originKey: origin{Version: originVersion, District: b.District, At: b.At.UTC().Truncate(time.Second), Demo: place.demo},
	}
	return done, w.Finish(pmtiles.Info{MinZoom: b.MinZoom, MaxZoom: b.MaxZoom, Bound: bound, Metadata: metadata})
}

// purpose names a baking: what is to be written, of which state of the database, by
// which definitions of the layers.
func (b Baking) purpose(seq int64) (string, error) {
	sum := sha256.New()
	err := fs.WalkDir(tiles.Files, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(tiles.Files, path)
		fmt.Fprintf(sum, "%s %d\n%s", path, len(text), text)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read the layer definitions: %w", err)
	}
	text, err := json.Marshal([]any{b.District, b.Layers, b.MinZoom, b.MaxZoom, seq, fmt.Sprintf("%x", sum.Sum(nil)[:8])})
	return string(text), err
}

// idsWithin are the numbers of the tiles that meet a bound, in order.
func idsWithin(bound orb.Bound, shallowest, deepest uint32) []uint64 {
	var ids []uint64
	for z := shallowest; z <= deepest; z++ {
		a := maptile.At(orb.Point{bound.Min[0], bound.Max[1]}, maptile.Zoom(z))
		b := maptile.At(orb.Point{bound.Max[0], bound.Min[1]}, maptile.Zoom(z))
		for x := a.X; x <= b.X; x++ {
			for y := a.Y; y <= b.Y; y++ {
				ids = append(ids, pmtiles.ID(z, x, y))
			}
		}
	}
	slices.Sort(ids)
	return ids
}

// bakeAll makes the tiles side by side and adds them in their order.
func (s *Server) bakeAll(ctx context.Context, district string, chosen layerSet, ids []uint64, moment *moment, w *pmtiles.Writer, advance func(int64)) error {
	given := ctx
	ctx, stop := context.WithCancel(given)
	defer stop()
	type order struct {
		id   uint64
		made chan []byte
	}
	workers := s.config.Workers
	orders, queue := make(chan order), make(chan order, 8*workers) // made in any order, written in theirs
	failed := make(chan error, workers+1)
	var people sync.WaitGroup
	for range workers {
		people.Go(func() {
			err := moment.read(ctx, func(conn *pgx.Conn) error {
				for o := range orders {
					body, err := s.bakeOne(ctx, conn, district, chosen, o.id)
					if err != nil {
						return err
					}
					o.made <- body
				}
				return nil
			})
			if err != nil {
				failed <- err
				stop()
			}
		})
	}
	people.Go(func() {
		defer close(queue)
		defer close(orders)
		for _, id := range ids {
			o := order{id, make(chan []byte, 1)}
			select {
			case queue <- o:
			case <-ctx.Done():
				return
			}
			select {
			case orders <- o:
			case <-ctx.Done():
				return
			}
		}
	})
	err := func() error {
		written := 0
		for o := range queue {
			select {
			case body := <-o.made:
				if err := w.Add(o.id, body); err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
			advance(1)
			if written++; written%keepEvery == 0 {
				if err := w.Keep(); err != nil {
					return err
				}
			}
		}
		return ctx.Err()
	}()
	if err != nil {
		stop()
	}
	people.Wait()
	if err != nil && given.Err() != nil {
		return given.Err()
	}
	select {
	case cause := <-failed:
		return cause
	default:
		return err
	}
}

func (s *Server) bakeOne(ctx context.Context, conn *pgx.Conn, district string, chosen layerSet, id uint64) ([]byte, error) {
	z, x, y, err := pmtiles.Place(id)
	if err != nil {
		return nil, err
	}
	layers := chosen & s.catalogue.shown[z]
	if layers == 0 {
		return nil, nil
	}
	e := easels.Get().(*easel)
	defer easels.Put(e)
	if err := e.draw(ctx, conn, s.parts(layers), newView(Request{District: district, Z: z, X: x, Y: y})); err != nil {
		return nil, fmt.Errorf("make tile %d/%d/%d: %w", z, x, y, err)
	}
	if len(e.body) == 0 {
		return nil, nil
	}
	return packGzip(e.body), nil
}

// moment is a state of the database that several connections read.
type moment struct {
	pool *pgxpool.Pool
	tx   pgx.Tx
	name string // of the exported snapshot
	seq  int64  // of the last change in it
}

func (s *Server) snapshot(ctx context.Context) (*moment, error) {
	config := s.reader.Pools()["tiles"].Config()
	config.MaxConns = int32(s.config.Workers + 1)
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connect to the database for baking: %w", err)
	}
	m := &moment{pool: pool}
	if m.tx, err = pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err != nil {
		pool.Close()
		return nil, fmt.Errorf("hold the state of the database: %w", err)
	}
	err = m.tx.QueryRow(ctx, `select pg_export_snapshot(), (select coalesce(max(seq), 0) from change_log)`).Scan(&m.name, &m.seq)
	if err != nil {
		m.end()
		return nil, fmt.Errorf("hold the state of the database: %w", err)
	}
	return m, nil
}

// read runs fn with a connection that sees the moment.
func (m *moment) read(ctx context.Context, fn func(conn *pgx.Conn) error) error {
	return pgx.BeginTxFunc(ctx, m.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		// The name is of the server's making: digits and hyphens.
		if _, err := tx.Exec(ctx, fmt.Sprintf(`set transaction snapshot '%s'`, m.name)); err != nil {
			return fmt.Errorf("see the state of the database: %w", err)
		}
		return fn(tx.Conn())
	})
}

func (m *moment) end() {
	_ = m.tx.Rollback(context.Background()) // it has read only
	m.pool.Close()
}
