package tile

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/lianpian/lianpian/internal/engine/mvt"
	"github.com/lianpian/lianpian/internal/postgis"
)

// easel is what a tile is drawn with. It is used again, and then makes no garbage
// but the tile itself.
type easel struct {
	layer   mvt.Layer
	body    []byte
	records []record
	shared  []int // field of each column that a bundle has in common
}

var easels = sync.Pool{New: func() any { return new(easel) }}

// draw asks for the rows of all layers and encodes them. Feature ids are row ids.
func (s *Server) draw(ctx context.Context, layers layerSet, v View) ([]byte, error) {
	e := easels.Get().(*easel)
	defer easels.Put(e)
	parts := s.parts(layers)
	asks := false
	for i := range parts {
		parts[i].held = s.stock.of(parts[i].layer, v)
		asks = asks || parts[i].held == nil
	}
	if !asks {
		if err := e.draw(ctx, nil, parts, v); err != nil {
			return nil, err
		}
		return bytes.Clone(e.body), nil
	}
	draw := func(ctx context.Context, conn *pgxpool.Conn) error {
		return e.draw(ctx, conn.Conn(), parts, v)
	}
	err := s.reader.Read(ctx, draw)
	if postgis.Lost(err) && ctx.Err() == nil { // in the middle of a tile; it is drawn anew
		err = s.reader.Read(ctx, draw)
	}
	if err != nil {
		return nil, err
	}
	return bytes.Clone(e.body), nil
}

// part is one layer of a tile: its rows come out of memory where they are held.
type part struct {
	layer *layer
	held  *holding // nil: ask the database
}

// parts are the layers of a set, out of the database.
func (s *Server) parts(layers layerSet) []part {
	parts := make([]part, 0, len(s.catalogue.layers))
	for l := range s.catalogue.in(layers) {
		parts = append(parts, part{layer: l})
	}
	return parts
}

// draw leaves the tile in the easel's body. All layers that the database is asked for
// take one round trip; rows are encoded as they come in. Conn may be nil where it is
// asked for none.
func (e *easel) draw(ctx context.Context, conn *pgx.Conn, parts []part, v View) error {
	e.body = e.body[:0]
	batch := &pgx.Batch{}
	for _, p := range parts {
		if p.held == nil {
			sql, values := p.layer.statement(v)
			batch.Queue(sql, values...)
		}
	}
	var answers pgx.BatchResults
	if batch.Len() > 0 {
		answers = conn.SendBatch(ctx, batch)
		defer answers.Close()
	}
	for _, p := range parts {
		e.begin(p.layer, v)
		var err error
		if p.held != nil {
			err = p.held.within(v.Index, func(values [][]byte) error {
				return e.add(p.layer, p.held.columns, values)
			})
		} else {
			err = e.answer(p.layer, answers, v)
		}
		if err != nil {
			return fmt.Errorf("layer %s: %w", p.layer.info.Name, err)
		}
		e.body = e.layer.Append(e.body)
	}
	if answers == nil {
		return nil
	}
	return answers.Close()
}

func (e *easel) begin(l *layer, v View) {
	side := v.Exact.Max[0] - v.Exact.Min[0]
	frame := mvt.Frame{West: v.Exact.Min[0], North: v.Exact.Max[1], Side: side, Extent: extent, Margin: l.info.margin()}
	e.layer.Begin(l.info.Name, frame, len(l.info.Fields))
}

// answer draws the rows of the database's next answer.
func (e *easel) answer(l *layer, answers pgx.BatchResults, v View) error {
	rows, err := answers.Query()
	if err != nil {
		return err
	}
	defer rows.Close()
	if l.bundles(v.Zoom) {
		return e.bundles(l, rows, v.Zoom)
	}
	columns := rows.FieldDescriptions()
	for rows.Next() {
		if err := e.add(l, columns, rows.RawValues()); err != nil {
			return err
		}
	}
	return rows.Err()
}

// add draws one row: its id, its shape, its fields.
func (e *easel) add(l *layer, columns []pgconn.FieldDescription, values [][]byte) error {
	if values[1] == nil {
		return nil
	}
	shows, err := e.layer.Shape(values[1])
	if err != nil || !shows {
		return err
	}
	for i, f := range l.info.Fields {
		if value := values[2+i]; value != nil {
			if err := e.attribute(i, f.Name, columns[2+i], value); err != nil {
				return err
			}
		}
	}
	id, err := whole(columns[0].DataTypeOID, values[0])
	if err != nil {
		return err
	}
	e.layer.Feature(id)
	return nil
}

// attribute adds a value as it came from the database, in the type that ST_AsMVT
// gives it.
func (e *easel) attribute(i int, name string, column pgconn.FieldDescription, value []byte) error {
	switch column.DataTypeOID {
	case pgtype.TextOID, pgtype.VarcharOID:
		e.layer.Text(i, name, value)
	case pgtype.BoolOID:
		e.layer.Bool(i, name, len(value) > 0 && value[0] != 0)
	case pgtype.Int2OID, pgtype.Int4OID, pgtype.Int8OID:
		n, err := whole(column.DataTypeOID, value)
		if err != nil {
			return err
		}
		e.layer.Int(i, name, n)
	case pgtype.Float8OID:
		e.layer.Double(i, name, math.Float64frombits(binary.BigEndian.Uint64(value)))
	case pgtype.Float4OID:
		e.layer.Float(i, name, math.Float32frombits(binary.BigEndian.Uint32(value)))
	default:
		return fmt.Errorf("column %s has a type (%d) that no tile carries", column.Name, column.DataTypeOID)
	}
	return nil
}

// whole reads a whole number as PostgreSQL sends it in binary.
func whole(oid uint32, value []byte) (int64, error) {
	switch {
	case oid == pgtype.Int8OID && len(value) == 8:
		return int64(binary.BigEndian.Uint64(value)), nil
	case oid == pgtype.Int4OID && len(value) == 4:
		return int64(int32(binary.BigEndian.Uint32(value))), nil
	case oid == pgtype.Int2OID && len(value) == 2:
		return int64(int16(binary.BigEndian.Uint16(value))), nil
	}
	return 0, fmt.Errorf("a number of type %d in %d bytes", oid, len(value))
}
