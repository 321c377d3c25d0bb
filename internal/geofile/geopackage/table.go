package geopackage

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"net/url"
	"strings"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/sync/errgroup"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/wkb"
)

// batchRows is how many rows go into one statement.
const batchRows = 32

// table is a layer while it is written.
type table struct {
	name   string
	fields []geofile.Field
	shape  geofile.Shape
	kind   string // of geometries, "" for none
	srs    int64
	bound  orb.Bound
	boxes  []box
}

func newTable(l geofile.Layer, srs int64) *table {
	kind := map[geofile.Shape]string{
		geofile.Points: "POINT", geofile.Lines: "MULTILINESTRING", geofile.Areas: "MULTIPOLYGON", geofile.Mixed: "GEOMETRY",
	}[l.Shape]
	empty := orb.Bound{Min: orb.Point{math.Inf(1), math.Inf(1)}, Max: orb.Point{math.Inf(-1), math.Inf(-1)}}
	return &table{name: l.Name, fields: l.Fields, shape: l.Shape, kind: kind, srs: srs, bound: empty}
}

func (t *table) dataType() string {
	if t.kind == "" {
		return "attributes"
	}
	return "features"
}

func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// escapePath is a file's name as SQLite takes it in an address.
func escapePath(name string) string { return (&url.URL{Path: name}).EscapedPath() }

func (t *table) create() string {
	var b strings.Builder
	fmt.Fprintf(&b, "create table %s (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL", quote(t.name))
	if t.kind != "" {
		b.WriteString(", geom " + t.kind)
	}
	for _, f := range t.fields {
		fmt.Fprintf(&b, ", %s %s", quote(f.Name), columnType(f))
	}
	b.WriteString(")")
	return b.String()
}

func columnType(f geofile.Field) string {
	switch f.Kind {
	case geofile.Integer:
		return "INTEGER"
	case geofile.Real:
		return "DOUBLE"
	case geofile.Boolean:
		return "BOOLEAN"
	case geofile.Date:
		return "DATE"
	}
	if f.Length > 0 {
		return fmt.Sprintf("TEXT(%d)", f.Length)
	}
	return "TEXT"
}

// insert writes the rows: another goroutine inserts what this one reads and encodes.
// The features are the caller's, and so is a panic of theirs.
func (t *table) insert(ctx context.Context, conn *sql.Conn, l geofile.Layer) (err error) {
	width := len(t.fields) + 1
	if t.kind != "" {
		width++
	}
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan []any, 4)
	free := make(chan []any, 6)
	for range cap(free) {
		free <- make([]any, 0, batchRows*width)
	}
	group.Go(func() error { return t.store(ctx, conn, width, batches, free) })
	defer func() {
		close(batches)
		if stored := group.Wait(); stored != nil {
			err = stored // which ended the reading
		}
	}()
	return t.encode(ctx, l, batches, free)
}

func (t *table) encode(ctx context.Context, l geofile.Layer, batches chan<- []any, free <-chan []any) error {
	var args []any
	var row int64
	send := func() error {
		if len(args) == 0 {
			return nil
		}
		select {
		case batches <- args:
			args = nil
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for f, err := range l.Features {
		if err != nil {
			return err
		}
		if args == nil {
			select {
			case args = <-free:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		row++
		if args, err = t.row(args, row, f); err != nil {
			return fmt.Errorf("row %d: %w", row, err)
		}
		if row%batchRows == 0 {
			if err := send(); err != nil {
				return err
			}
		}
	}
	return send()
}

func (t *table) row(args []any, id int64, f geofile.Feature) ([]any, error) {
	if len(f.Values) != len(t.fields) {
		return args, fmt.Errorf("%d values for %d fields", len(f.Values), len(t.fields))
	}
	args = append(args, id)
	if t.kind != "" {
		blob, err := t.geometry(id, f.Geometry)
		if err != nil {
			return args, err
		}
		args = append(args, blob)
	}
	for i, v := range f.Values {
		switch value := v.(type) {
		case nil, string, int64:
		case bool:
			if v = int64(0); value {
				v = int64(1)
			}
		case float64:
			if math.IsNaN(value) || math.IsInf(value, 0) {
				v = nil // SQLite has no such number
			}
		case time.Time:
			v = value.Format(time.DateOnly)
		default:
			return args, fmt.Errorf("field %s: values of type %T cannot be written", t.fields[i].Name, v)
		}
		args = append(args, v)
	}
	return args, nil
}

// geometry is a geometry as the standard has it (clause 2.1.3): a header with the
// envelope, then well-known binary. nil where there is none.
func (t *table) geometry(id int64, g orb.Geometry) (any, error) {
	if geofile.CountPoints(g) == 0 {
		return nil, nil
	}
	if t.shape == geofile.Areas || t.shape == geofile.Lines {
		g = geofile.Multi(g)
	}
	b := g.Bound()
	t.bound = t.bound.Union(b)
	t.boxes = append(t.boxes, newBox(id, b))
	p, isPoint := g.(orb.Point)
	blob := make([]byte, 0, 40+geofile.CountPoints(g)*16+64)
	if isPoint {
		blob = binary.LittleEndian.AppendUint32(append(blob, 'G', 'P', 0, 1), uint32(int32(t.srs)))
		return wkb.Append(blob, p)
	}
	blob = binary.LittleEndian.AppendUint32(append(blob, 'G', 'P', 0, 3), uint32(int32(t.srs)))
	for _, v := range []float64{b.Min[0], b.Max[0], b.Min[1], b.Max[1]} {
		blob = binary.LittleEndian.AppendUint64(blob, math.Float64bits(v))
	}
	return wkb.Append(blob, g)
}

func (t *table) store(ctx context.Context, conn *sql.Conn, width int, batches <-chan []any, free chan<- []any) (err error) {
	full, err := conn.PrepareContext(ctx, t.statement(width, batchRows))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, full.Close()) }()
	for args := range batches {
		if len(args) == width*batchRows {
			// the driver watches a context with a goroutine per call: the channel watches it here
			_, err = full.ExecContext(context.WithoutCancel(ctx), args...)
		} else {
			_, err = conn.ExecContext(ctx, t.statement(width, len(args)/width), args...)
		}
		if err != nil {
			return err
		}
		clear(args)
		free <- args[:0]
	}
	return ctx.Err()
}

func (t *table) statement(width, rows int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", width), ",") + ")"
	return "insert into " + quote(t.name) + " values " + strings.TrimSuffix(strings.Repeat(one+",", rows), ",")
}
