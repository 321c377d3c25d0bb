// Package pmtiles writes and reads PMTiles, version 3 of its specification: all tiles
// of a map in one file, which any server of static files can hand out in ranges. It
// must never know where tiles come from.
package pmtiles

import "fmt"

// MaxZoom is the deepest zoom whose tiles have a number here.
const MaxZoom = 26

// ID numbers the tiles of all zooms: zoom after zoom, and within one along a Hilbert
// curve. Z is at most MaxZoom, x and y are below 2^z.
func ID(z, x, y uint32) uint64 {
	id := (uint64(1)<<(2*z) - 1) / 3
	for n := int(z) - 1; n >= 0; n-- {
		s := uint32(1) << n
		rx, ry := s&x, s&y
		id += uint64((3*rx)^ry) << n
		x, y = rotate(s, x, y, rx, ry)
	}
	return id
}

// Place is the tile with a number, the other way round.
func Place(id uint64) (z, x, y uint32, err error) {
	first := uint64(0) // of the zoom
	for ; ; z++ {
		if z > MaxZoom {
			return 0, 0, 0, fmt.Errorf("tile %d lies deeper than zoom %d", id, MaxZoom)
		}
		if count := uint64(1) << (2 * z); id-first < count {
			break
		} else {
			first += count
		}
	}
	t := id - first
	for n := range z {
		s := uint32(1) << n
		rx := s & uint32(t>>1)
		ry := s & (uint32(t) ^ rx)
		x, y = rotate(s, x, y, rx, ry)
		x, y = x|rx, y|ry
		t >>= 1
	}
	return z, x, y, nil
}

func rotate(s, x, y, rx, ry uint32) (uint32, uint32) {
	if ry != 0 {
		return x, y
	}
	if rx != 0 {
		x, y = s-1-x, s-1-y
	}
	return y, x
}
