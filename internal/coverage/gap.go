package coverage

import (
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"
)

// Gap is a patch of uncovered homes that lie near each other (盲区).
type Gap struct {
	Rank        int               `json:"rank" doc:"1 is the most households"`
	Households  int64             `json:"households"`
	Buildings   int64             `json:"buildings"`
	FloorAreaM2 float64           `json:"floor_area_m2"`
	Unreached   int64             `json:"unreached" doc:"buildings without a network or a way among them"`
	WorstBeyond *float64          `json:"worst_beyond" doc:"over the limit, in its unit; null where none of its homes has a way"`
	MeanBeyond  *float64          `json:"mean_beyond" doc:"mean over households"`
	Communities []GapCommunity    `json:"communities" doc:"the most uncovered households first"`
	Outline     *geojson.Geometry `json:"outline" doc:"MultiPolygon, longitude/latitude"`
	Location    orb.Point         `json:"location"`
}

// GapCommunity is what a gap holds of a community.
type GapCommunity struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Households int64  `json:"households"`
	Buildings  int64  `json:"buildings"`
}

// Gaps are the gaps of a run, the largest first.
type Gaps struct {
	Unit  string          `json:"unit" enum:"metres,minutes" doc:"of what is beyond the limit"`
	Items []Gap           `json:"items"`
	Works []CatalogueItem `json:"works" doc:"items of the district's policy that answer such a gap"`
}

// Isochrone is the ground from which the facilities are reached within a limit.
type Isochrone struct {
	Limit  float64           `json:"limit" doc:"in its unit"`
	Unit   string            `json:"unit" enum:"metres,minutes"`
	AreaM2 float64           `json:"area_m2"`
	CellM  float64           `json:"cell_m" doc:"distance of the points that it was sampled at"`
	Shed   *float64          `json:"shed" doc:"area as a share of the circle of the same distance around one facility (pedestrian shed)"`
	Ground *geojson.Geometry `json:"ground" doc:"MultiPolygon with the pockets that are not reached as holes"`
}
