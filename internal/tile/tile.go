// Package tile turns the stored layers into vector tiles, TileJSON and a style,
// and keeps finished tiles in memory until something in them changes. It must
// never write to the database, and never show a person a feature outside their
// scope, or a tile from before an edit that has returned.
package tile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

var (
	// ErrNoTile says that the coordinates name no tile that exists.
	ErrNoTile = errors.New("no such tile")
	// ErrNoLayer says that a layer asked for does not exist.
	ErrNoLayer = errors.New("no such layer")
	// ErrBusy says that the database took too long to make the tile; the same
	// request may succeed later.
	ErrBusy = errors.New("the tile took too long")
)

// Config says how much a Server may use. Its zero value works.
type Config struct {
	CacheBytes   int64         // memory for finished tiles; 0 is 128 MiB, negative turns the cache off
	HeldBytes    int64         // memory for layers of the base map that are held whole; 0 is none
	QueryTimeout time.Duration // for all layers of one tile; 0 is 10 s
	Workers      int           // tiles made at once, beside half as many that take long; 0 is 4
	Watch        Watch         // is told of every tile; nil is nobody
}

// Watch is told of every tile whether it was kept ("kept"), had to be waited for
// ("waited") or failed ("failed"), and of those that were made their zoom, their
// size in bytes before compression and how long that took; several may have waited for
// one.
type Watch interface {
	Tile(how string)
	TileMade(zoom uint32, size int, took time.Duration)
}

// unwatched is the Watch of nobody.
type unwatched struct{}

func (unwatched) Tile(string)                         {}
func (unwatched) TileMade(uint32, int, time.Duration) {}

func (c Config) withDefaults() Config {
	if c.CacheBytes == 0 {
		c.CacheBytes = 128 << 20
	}
	if c.QueryTimeout <= 0 {
		c.QueryTimeout = 10 * time.Second
	}
	if c.Workers <= 0 {
		c.Workers = max(4, runtime.NumCPU())
	}
	if c.Watch == nil {
		c.Watch = unwatched{}
	}
	return c
}

// Request names one tile and the person who may see it.
type Request struct {
	District string
	Layers   []string // names as ParseLayers returns them
	Z, X, Y  uint32   // XYZ scheme, as ParsePlace checks them
	Scope    account.Scope
	Run      string // of the coverage layer: the run's id; empty shows nothing in it
	Scenario string // of layers of zones: the scenario's code; empty is the main one
	Takes    Encodings
}

// Tile is one finished vector tile, in the encoding that suits the client best. Its
// body is shared: do not change it.
type Tile struct {
	Body     []byte // MVT 2.1; empty where no layer has anything
	Encoding string // Content-Encoding; empty for none
	ETag     string // strong, quoted
	Kept     bool   // it was in memory, and nobody waited for the database
}

// Server makes tiles. Use New to make one, and Close when done.
type Server struct {
	db        *postgis.DB
	config    Config
	log       *slog.Logger
	reader    *postgis.Reader
	catalogue *catalogue
	styles    map[Theme]json.RawMessage
	shelf     *shelf
	stock     *stock
	lanes     *lanes
}

// New makes a Server with database connections of its own, so that heavy tiles
// and everything else do not wait for each other. It hears of changes from db.
func New(db *postgis.DB, config Config, log *slog.Logger) (*Server, error) {
	config = config.withDefaults()
	catalogue, err := readCatalogue()
	if err != nil {
		return nil, fmt.Errorf("read the layer definitions: %w", err)
	}
	styles, err := readStyles()
	if err != nil {
		return nil, fmt.Errorf("read the style: %w", err)
	}
	reader, err := db.NewReader("tiles", func(c *pgxpool.Config) { connect(c, config) })
	if err != nil {
		return nil, err
	}
	shelf, err := newShelf(config.CacheBytes)
	if err != nil {
		reader.Close()
		return nil, err
	}
	s := &Server{db: db, config: config, log: log, reader: reader, catalogue: catalogue, styles: styles, shelf: shelf, stock: newStock(config.HeldBytes, catalogue, reader.Read, log), lanes: newLanes(config)}
	db.OnChange(s.forget)
	return s, nil
}

// Close ends the connections. Tiles under way fail.
func (s *Server) Close() {
	s.stock.close()
	s.reader.Close()
}

// Tile returns the tile, from memory or made now. Requests for the same tile
// that nobody has finished yet share one query, which is cancelled when the
// last of them has gone. Errors: ErrNoTile, ErrNoLayer, ErrBusy,
// postgis.ErrNotFound for a district outside the person's scope.
func (s *Server) Tile(ctx context.Context, r Request) (Tile, error) {
	if r.Scope.District != "" && r.Scope.District != r.District {
		return Tile{}, fmt.Errorf("district %s: %w", r.District, postgis.ErrNotFound)
	}
	if err := checkPlace(r.Z, r.X, r.Y); err != nil {
		return Tile{}, err
	}
	layers, err := s.catalogue.set(r.Layers)
	if err != nil {
		return Tile{}, err
	}
	if r.Run != "" && uuid.Validate(r.Run) != nil {
		return Tile{}, fmt.Errorf("coverage run %q: %w", r.Run, postgis.ErrNotFound)
	}
	layers &= s.catalogue.shown[r.Z]
	if layers == 0 {
		t, _ := emptySheet.representation(0)
		t.Kept = true
		return t, nil
	}
	k := newKey(s.catalogue, r, layers)
	made, kept := s.shelf.kept(k)
	if kept {
		s.config.Watch.Tile("kept")
	} else if made, err = s.fly(ctx, r, k, layers); err != nil {
		return Tile{}, err
	}
	t, grew := made.representation(r.Takes)
	if grew {
		s.shelf.reweigh(k, made)
	}
	t.Kept = kept
	return t, nil
}

// fly makes a tile, or waits for somebody else's flight.
func (s *Server) fly(ctx context.Context, r Request, k key, layers layerSet) (*sheet, error) {
	view := newView(r)
	made, err := s.shelf.tile(ctx, k, view.Index, func(ctx context.Context) (*sheet, error) {
		began := time.Now()
		made, err := s.make(ctx, layers, view)
		if err == nil {
			s.config.Watch.TileMade(r.Z, len(made.body), time.Since(began))
		}
		return made, err
	})
	if err != nil {
		s.config.Watch.Tile("failed")
	} else {
		s.config.Watch.Tile("waited")
	}
	return made, err
}

// Kept tells how many tiles are kept and their weight in bytes.
func (s *Server) Kept() (tiles int, bytes uint64) {
	if s.shelf.tiles == nil {
		return 0, 0
	}
	return s.shelf.tiles.EstimatedSize(), s.shelf.tiles.WeightedSize()
}

// Held tells how many layers are held in memory as a whole, each of one district and
// zoom, and their weight in bytes.
func (s *Server) Held() (layers int, bytes int64) { return s.stock.weight() }

// Pools are those of the tiles' own connections by name, for who watches them.
func (s *Server) Pools() map[string]*pgxpool.Pool { return s.reader.Pools() }
