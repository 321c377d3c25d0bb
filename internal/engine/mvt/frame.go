// Package mvt turns shapes as PostGIS sends them into vector tiles (Mapbox Vector
// Tile Specification 2.1): it reads EWKB, generalises to half a unit of the tile,
// clips, snaps to the tile's grid and encodes, with one buffer for all of it. What
// a tile shows is what ST_AsMVTGeom and ST_AsMVT of PostGIS 3.3 show, to one unit.
// It must never ask anybody for anything: bytes come in and bytes go out.
package mvt

import "math"

// Frame maps EPSG:3857 to the grid of one tile: units to the right and down from
// its north-western corner.
type Frame struct {
	West, North float64 // of the tile's corner, EPSG:3857
	Side        float64 // of the tile, in units of EPSG:3857
	Extent      int32   // units along the tile's side, such as 4096
	Margin      int32   // units around the tile that are drawn, too
}

// point is a place on the grid, not yet snapped to it.
type point struct{ x, y float64 }

// cell is a place on the grid.
type cell struct{ x, y int32 }

// box is what a shape covers.
type box struct{ minX, minY, maxX, maxY float64 }

var nothing = box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

func (b *box) add(p point) {
	b.minX, b.maxX = min(b.minX, p.x), max(b.maxX, p.x)
	b.minY, b.maxY = min(b.minY, p.y), max(b.maxY, p.y)
}

// room is the tile with its margin.
func (f Frame) room() box {
	low, high := float64(-f.Margin), float64(f.Extent+f.Margin)
	return box{low, low, high, high}
}

func (b box) meets(o box) bool {
	return b.minX <= o.maxX && b.maxX >= o.minX && b.minY <= o.maxY && b.maxY >= o.minY
}

func (b box) holds(o box) bool {
	return o.minX >= b.minX && o.maxX <= b.maxX && o.minY >= b.minY && o.maxY <= b.maxY
}

// snap takes a place to the nearest one of the grid; of two, the even one, as
// PostGIS does.
func snap(p point) cell {
	return cell{int32(math.RoundToEven(p.x)), int32(math.RoundToEven(p.y))}
}

// round snaps a line before it is cut, so that the cuts are where PostGIS makes them:
// at a flat angle, half a unit moves them far.
func round(line []point) {
	for i, p := range line {
		line[i] = point{math.RoundToEven(p.x), math.RoundToEven(p.y)}
	}
}
