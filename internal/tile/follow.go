package tile

import (
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// shows tells whether a change may show in the tile of k, whose rows come from
// inside index (EPSG:3857).
func (c *catalogue) shows(change postgis.Change, k key, index orb.Bound) bool {
	if change.District != "" && change.District != k.district {
		return false
	}
	if change.Layer == "" {
		return true
	}
	near := change.Everywhere() || mercator(change.Bound).Intersects(index)
	for l := range c.in(k.layers) {
		info := l.info
		if near && slices.Contains(info.Follows, change.Layer) || slices.Contains(info.Anywhere, change.Layer) {
			return true
		}
		if k.z <= tallyZoom && slices.Contains(info.Tallies, change.Layer) {
			return true
		}
		// Which communities a person of certain zones may see follows the
		// zones, wherever they are.
		if info.Scoped && k.byZones && change.Layer == "zones" {
			return true
		}
	}
	return false
}
