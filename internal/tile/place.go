package tile

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
)

const (
	// MaxZoom is the deepest zoom that is answered. TileJSON names a smaller
	// one for each layer: maps enlarge those tiles.
	MaxZoom = 20

	extent = 4096 // units along the side of a tile
	buffer = 64   // units around a tile that are drawn, too, so that outlines do not show its edge
	pixels = 512  // side of a tile on the screen, as maps show them

	earthRadius = 6378137.0 // m, of EPSG:3857
	worldSize   = 2 * math.Pi * earthRadius
)

// ParsePlace reads tile coordinates as they stand in an address. What is no
// number, negative, or beyond the zoom is ErrNoTile.
func ParsePlace(z, x, y string) (zoom, column, row uint32, err error) {
	var numbers [3]uint32
	for i, text := range []string{z, x, y} {
		n, err := strconv.ParseUint(text, 10, 32)
		if err != nil {
			return 0, 0, 0, fmt.Errorf("tile %s/%s/%s: %w", z, x, y, ErrNoTile)
		}
		numbers[i] = uint32(n)
	}
	if err := checkPlace(numbers[0], numbers[1], numbers[2]); err != nil {
		return 0, 0, 0, err
	}
	return numbers[0], numbers[1], numbers[2], nil
}

func checkPlace(z, x, y uint32) error {
	if z > MaxZoom || x >= 1<<z || y >= 1<<z {
		return fmt.Errorf("tile %d/%d/%d: %w", z, x, y, ErrNoTile)
	}
	return nil
}

// View is what a layer needs to know to draw its part of a tile.
type View struct {
	District string
	Zoom     uint32
	Exact    orb.Bound // EPSG:3857; the tile itself, for clipping
	Index    orb.Bound // EPSG:3857; with the buffer, for finding rows
	Pixel    float64   // side of a screen pixel, in units of EPSG:3857
	Ground   float64   // the same in metres on the ground at the tile's middle
	Scope    account.Scope
	Run      string
	Scenario string
}

func newView(r Request) View {
	size := worldSize / float64(uint32(1)<<r.Z)
	west := float64(r.X)*size - worldSize/2
	north := worldSize/2 - float64(r.Y)*size
	margin := size * buffer / extent
	return View{
		District: r.District,
		Zoom:     r.Z,
		Exact:    orb.Bound{Min: orb.Point{west, north - size}, Max: orb.Point{west + size, north}},
		Index:    orb.Bound{Min: orb.Point{west - margin, north - size - margin}, Max: orb.Point{west + size + margin, north + margin}},
		Pixel:    size / pixels,
		Ground:   size / pixels / math.Cosh((north-size/2)/earthRadius),
		Scope:    r.Scope,
		Run:      r.Run,
		Scenario: r.Scenario,
	}
}

// mercator projects a longitude/latitude bound to EPSG:3857.
func mercator(b orb.Bound) orb.Bound {
	project := func(p orb.Point) orb.Point {
		lat := math.Max(-85.06, math.Min(85.06, p[1])) * math.Pi / 180
		return orb.Point{p[0] * worldSize / 360, earthRadius * math.Asinh(math.Tan(lat))}
	}
	return orb.Bound{Min: project(b.Min), Max: project(b.Max)}
}
