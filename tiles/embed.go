// Package tiles embeds what a map looks like, as data: the layers of the vector
// tiles (layers.yaml and one query each) and the style. Package tile reads it.
// It must never hold code that draws.
//
// A layer's query in layers/NAME.sql yields the columns id, geom (EPSG:3857,
// generalised for the zoom, not clipped) and the fields that layers.yaml names.
// It must restrict itself to the district, to the index bound and, in a scoped
// layer, to what the person may see, by these arguments:
//
//	@district            code of the district
//	@exact, @index       the tile, and the tile with its buffer, as geometries in EPSG:3857
//	@zoom                zoom of the tile
//	@pixel, @ground      side of a screen pixel in units of EPSG:3857, and in metres on the ground
//	@west @south …       the sides of the tile, EPSG:3857
//	@subdistricts        codes that the person is limited to; null: the whole district
//	@zones               ids of the zones that the person is limited to; null: no such limit
//	@run                 id of a coverage run; null: none
//	@scenario            code of a scenario; null: the main one
//
// From a layer's packed_from on, layers/NAME.packed.sql stands for that query: its rows
// are bundles of features that have some fields in common. They have the columns id (of
// the bundle), records and those fields. Records are one after the other: the length of
// what follows (4 bytes, as are all numbers the greater byte first), the feature's id (8
// bytes), the packed fields (a text behind its length in 4 bytes, -1 for none; a number
// of 4 bytes, the least one for none; a flag of 1 byte), and its area in EPSG:3857 as
// TWKB.
package tiles

import "embed"

// Files holds layers.yaml, layers/*.sql, style.json and themes.json.
//
//go:embed layers.yaml layers style.json themes.json
var Files embed.FS
