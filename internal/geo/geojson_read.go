package geo

import "github.com/paulmach/orb"

// ReadGeoJSONGeometry is DecodeGeoJSONGeometry without the Check: for those who
// may put a faulty shape right. What it returns must not be stored unchecked.
func ReadGeoJSONGeometry(data []byte, l Limits) (orb.Geometry, *Fault) {
	d := decoder{limit: l.MaxPoints}
	if d.limit <= 0 {
		d.limit = MaxImportPoints
	}
	return d.geometry(data, 0)
}
