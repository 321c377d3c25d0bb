package registry

import (
	"bytes"
	"compress/zlib"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/engine/terrain"
	"github.com/lianpian/lianpian/internal/postgis"
)

// tileSide is how many heights a stored square has to a side.
const tileSide = 256

// writeTiles stores the heights of a model in squares.
func writeTiles(ctx context.Context, tx *postgis.Tx, district string, id int64, g *terrain.Grid) error {
	down, across := (g.Rows+tileSide-1)/tileSide, (g.Cols+tileSide-1)/tileSide
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"elevation_tile"}, []string{"elevation_id", "tile_row", "tile_col", "heights", "district_code"},
		pgx.CopyFromSlice(down*across, func(i int) ([]any, error) {
			row, col := i/across, i%across
			packed, err := packTile(g, row, col)
			return []any{id, row, col, packed, district}, err
		}))
	return err
}

// square is the part of a grid that a tile holds.
func square(cols, rows, tileRow, tileCol int) (row, col, endRow, endCol int) {
	row, col = tileRow*tileSide, tileCol*tileSide
	return row, col, min(rows, row+tileSide), min(cols, col+tileSide)
}

func packTile(g *terrain.Grid, tileRow, tileCol int) ([]byte, error) {
	row, col, endRow, endCol := square(g.Cols, g.Rows, tileRow, tileCol)
	raw := make([]byte, 0, 4*(endRow-row)*(endCol-col))
	for r := row; r < endRow; r++ {
		for _, h := range g.Heights[r*g.Cols+col : r*g.Cols+endCol] {
			raw = binary.LittleEndian.AppendUint32(raw, bitsOf(h))
		}
	}
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	if _, err := w.Write(raw); err != nil {
		return nil, fmt.Errorf("pack heights: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack heights: %w", err)
	}
	return packed.Bytes(), nil
}

// bitsOf writes every unknown height the same way.
func bitsOf(h float32) uint32 {
	if h != h {
		return math.Float32bits(float32(math.NaN()))
	}
	return math.Float32bits(h)
}

// readTiles puts the squares of a model together.
func readTiles(ctx context.Context, q querier, id int64, cols, rows int) ([]float32, error) {
	heights := make([]float32, cols*rows)
	for i := range heights {
		heights[i] = float32(math.NaN())
	}
	tiles, err := q.Query(ctx, `
		select tile_row, tile_col, heights from elevation_tile where elevation_id = $1`, id)
	if err != nil {
		return nil, err
	}
	var tileRow, tileCol int
	var packed []byte
	_, err = pgx.ForEachRow(tiles, []any{&tileRow, &tileCol, &packed}, func() error {
		return unpackTile(heights, cols, rows, tileRow, tileCol, packed)
	})
	return heights, err
}

func unpackTile(heights []float32, cols, rows, tileRow, tileCol int, packed []byte) error {
	row, col, endRow, endCol := square(cols, rows, tileRow, tileCol)
	if row >= endRow || col >= endCol {
		return fmt.Errorf("a square %d, %d outside the grid", tileRow, tileCol)
	}
	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("unpack heights: %w", err)
	}
	raw := make([]byte, 4*(endRow-row)*(endCol-col))
	if _, err := io.ReadFull(r, raw); err != nil {
		return fmt.Errorf("unpack heights: %w", err)
	}
	for r := row; r < endRow; r++ {
		for c := col; c < endCol; c++ {
			heights[r*cols+c] = math.Float32frombits(binary.LittleEndian.Uint32(raw))
			raw = raw[4:]
		}
	}
	return nil
}

// heightsDigest is a text that is another one for another grid.
func heightsDigest(g *terrain.Grid) string {
	h := sha256.New()
	fmt.Fprintln(h, g.West, g.North, g.StepX, g.StepY, g.Cols, g.Rows)
	line := make([]byte, 0, 4*g.Cols)
	for r := range g.Rows {
		line = line[:0]
		for _, m := range g.Heights[r*g.Cols : (r+1)*g.Cols] {
			line = binary.LittleEndian.AppendUint32(line, bitsOf(m))
		}
		h.Write(line)
	}
	return hex.EncodeToString(h.Sum(nil))
}
