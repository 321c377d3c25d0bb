package tile

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/ewkb"
	"github.com/tidwall/rtree"

	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

// errNoRoom says that a layer does not fit into the stock's budget.
var errNoRoom = errors.New("the layer does not fit into the memory for held layers")

// stock holds layers of the base map in memory, whole, one district and zoom at a
// time, so that their part of a tile is drawn without the database. A layer is read
// when its first tile is asked for, in the background, and let go of when it changes
// or when others that are asked for need the room.
//
// Why no stale row is drawn after a change was told: forget drops what is held and
// counts, and what was being read meanwhile is thrown away; a tile that took its rows
// before is marked as stale by the shelf like one that read the database.
type stock struct {
	budget  int64           // bytes; 0: hold nothing
	follows map[string]bool // layers of changes that show in those that can be held
	read    func(ctx context.Context, do func(context.Context, *pgxpool.Conn) error) error
	log     *slog.Logger

	mu      sync.Mutex
	held    map[holdingKey]*holding
	refused map[holdingKey]bool // until something changes
	bytes   int64
	clock   int64 // counts what was asked for
	changes int64 // counts what was told
	reading bool  // one layer at a time

	ctx    context.Context // of reading; ends with close
	cancel context.CancelFunc
	done   sync.WaitGroup
}

type holdingKey struct {
	district string
	layer    string
	zoom     uint32
}

// holding is a layer of a district as its query answers for one zoom.
type holding struct {
	follows []string
	columns []pgconn.FieldDescription
	values  []byte // row after row, each value behind its length (32 bits, -1: null)
	rows    []int  // where each begins, by ascending id
	places  rtree.RTreeGN[float64, int32]
	used    int64
}

// perRow is what a row takes beside its values: where it begins, and its place in
// the tree.
const perRow = 8 + 56

func (h *holding) bytes() int64 { return int64(cap(h.values) + perRow*len(h.rows)) }

func newStock(budget int64, c *catalogue, read func(context.Context, func(context.Context, *pgxpool.Conn) error) error, log *slog.Logger) *stock {
	ctx, cancel := context.WithCancel(context.Background())
	follows := map[string]bool{}
	for l := range c.in(c.all) {
		if l.info.WholeFrom > 0 {
			for _, name := range l.info.Follows {
				follows[name] = true
			}
		}
	}
	return &stock{
		budget: max(0, budget), follows: follows, read: read, log: log,
		held: map[holdingKey]*holding{}, refused: map[holdingKey]bool{}, ctx: ctx, cancel: cancel,
	}
}

// close ends reading.
func (s *stock) close() {
	s.cancel()
	s.done.Wait()
}

// of returns what is held of a layer for a view, or nil, in which case it may be held
// soon.
func (s *stock) of(l *layer, v View) *holding {
	if s.budget == 0 || l.info.WholeFrom == 0 || v.Zoom < l.info.WholeFrom {
		return nil
	}
	// Deeper than where a map stops asking, a layer shows what it shows there.
	k := holdingKey{v.District, l.info.Name, min(v.Zoom, l.info.MaxZoom)}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.clock++
	if h := s.held[k]; h != nil {
		h.used = s.clock
		return h
	}
	if !s.reading && !s.refused[k] && s.ctx.Err() == nil {
		s.reading = true
		s.done.Add(1)
		go s.fetch(l, k, s.changes)
	}
	return nil
}

// fetch reads a layer and holds it, unless something has changed since.
func (s *stock) fetch(l *layer, k holdingKey, since int64) {
	defer s.done.Done()
	var h *holding
	err := panics.Contain(func() (err error) {
		h, err = s.readWhole(l, k)
		return err
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.reading = false
	switch {
	case s.changes != since || s.ctx.Err() != nil || postgis.Lost(err):
		return // whoever asks next begins anew
	case err != nil:
		if !errors.Is(err, errNoRoom) {
			s.log.Warn("a layer could not be read to hold it in memory", "district", k.district, "layer", k.layer, "zoom", k.zoom, "error", err)
		}
		s.refused[k] = true
		return
	}
	s.clock++
	h.used = s.clock
	for s.bytes+h.bytes() > s.budget {
		s.letGo()
	}
	s.held[k] = h
	s.bytes += h.bytes()
}

// letGo drops what nobody has asked for for longest.
func (s *stock) letGo() {
	var oldest holdingKey
	var found *holding
	for k, h := range s.held {
		if found == nil || h.used < found.used {
			oldest, found = k, h
		}
	}
	if found != nil {
		s.bytes -= found.bytes()
		delete(s.held, oldest)
	}
}

// readWhole reads a layer of a district as its query answers for a zoom, with the
// whole world as the tile.
func (s *stock) readWhole(l *layer, k holdingKey) (*holding, error) {
	world := orb.Bound{Min: orb.Point{-worldSize / 2, -worldSize / 2}, Max: orb.Point{worldSize / 2, worldSize / 2}}
	view := newView(Request{District: k.district, Z: k.zoom})
	view.Exact, view.Index = world, world
	sql, values := l.statement(view)
	h := &holding{follows: l.info.Follows}
	err := s.read(s.ctx, func(ctx context.Context, conn *pgxpool.Conn) error {
		h.values, h.rows, h.places = nil, nil, rtree.RTreeGN[float64, int32]{}
		rows, err := conn.Query(ctx, sql, values...)
		if err != nil {
			return fmt.Errorf("layer %s: %w", k.layer, err)
		}
		return h.take(rows, s.budget)
	})
	h.values = slices.Clip(h.values)
	return h, err
}

// take reads the rows of a layer; errNoRoom where they weigh more than room.
func (h *holding) take(rows pgx.Rows, room int64) error {
	defer rows.Close()
	h.columns = slices.Clone(rows.FieldDescriptions())
	for rows.Next() {
		values := rows.RawValues()
		if values[1] == nil {
			continue
		}
		shape, _, err := ewkb.Unmarshal(values[1])
		if err != nil {
			return fmt.Errorf("read a shape: %w", err)
		}
		b := shape.Bound()
		h.places.Insert(b.Min, b.Max, int32(len(h.rows)))
		h.rows = append(h.rows, len(h.values))
		for _, v := range values {
			if v == nil {
				h.values = binary.LittleEndian.AppendUint32(h.values, math.MaxUint32)
				continue
			}
			h.values = binary.LittleEndian.AppendUint32(h.values, uint32(len(v)))
			h.values = append(h.values, v...)
		}
		if int64(len(h.values)+perRow*len(h.rows)) > room {
			return errNoRoom
		}
	}
	return rows.Err()
}

// within gives do the rows that meet a bound (EPSG:3857), by ascending id. The values
// are valid until it returns.
func (h *holding) within(b orb.Bound, do func(values [][]byte) error) error {
	var found []int32
	h.places.Search(b.Min, b.Max, func(_, _ [2]float64, row int32) bool {
		found = append(found, row)
		return true
	})
	slices.Sort(found)
	values := make([][]byte, len(h.columns))
	for _, row := range found {
		at := h.values[h.rows[row]:]
		for i := range values {
			n := binary.LittleEndian.Uint32(at)
			at = at[4:]
			if n == math.MaxUint32 {
				values[i] = nil
				continue
			}
			values[i], at = at[:n:n], at[n:]
		}
		if err := do(values); err != nil {
			return err
		}
	}
	return nil
}

// forget lets go of what changes may show in.
func (s *stock) forget(changes []postgis.Change) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.ContainsFunc(changes, s.concerned) {
		return
	}
	s.changes++
	clear(s.refused)
	for k, h := range s.held {
		if slices.ContainsFunc(changes, func(c postgis.Change) bool {
			return (c.District == "" || c.District == k.district) && (c.Layer == "" || slices.Contains(h.follows, c.Layer))
		}) {
			s.bytes -= h.bytes()
			delete(s.held, k)
		}
	}
}

// concerned tells whether a change may show in any layer that can be held.
func (s *stock) concerned(c postgis.Change) bool { return c.Layer == "" || s.follows[c.Layer] }

// weight is how many layers are held, and their bytes.
func (s *stock) weight() (layers int, bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.held), s.bytes
}
