// Package zone keeps renovation zones: their drawn boundary, the communities
// that belong to them, their totals and their history. It reads the register
// only through the views that the registry publishes, and must never send a
// geometry to the database that geo.Check has not passed.
package zone

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Zone is a renovation zone (片区).
type Zone struct {
	Code             string            `json:"code" doc:"UUID that never changes"`
	Name             string            `json:"name" doc:"unique in its scenario"`
	Note             string            `json:"note"`
	Geometry         *geojson.Geometry `json:"geometry" doc:"MultiPolygon, longitude/latitude, wound as RFC 7946 asks"`
	BBox             [4]float64        `json:"bbox" doc:"west, south, east, north"`
	Version          int               `json:"version" doc:"counts the saves"`
	Totals           Totals            `json:"totals"`
	SubdistrictCodes []string          `json:"subdistrict_codes" doc:"subdistricts of its communities; without any, of its ground"`
	Scenario         string            `json:"scenario" doc:"code of the scenario that it belongs to"`
	Membership       string            `json:"membership" enum:"within,majority,touched,by_hand" doc:"which communities belong to it: those wholly inside, more than half inside, touched, or chosen by hand"`
	BoundaryRule     string            `json:"boundary_rule" enum:"drawn,derived" doc:"whether the boundary was drawn or made from the communities"`
	Year             *int              `json:"year" doc:"when it is to be done"`
	YearLocked       bool              `json:"year_locked" doc:"no proposal may change the year"`
	CreatedBy        string            `json:"created_by"`
	CreatedAt        time.Time         `json:"created_at"`
	UpdatedBy        string            `json:"updated_by"`
	UpdatedAt        time.Time         `json:"updated_at"`
}

// Shape is the zone's boundary; the same as Geometry, for programs.
func (z Zone) Shape() orb.MultiPolygon {
	if z.Geometry == nil {
		return nil
	}
	shape, _ := z.Geometry.Geometry().(orb.MultiPolygon)
	return shape
}

// Totals are the figures of a zone, or of a boundary that is being drawn.
//
// A community belongs to a zone when more than half of its polygon lies inside,
// or its location where it has no polygon. The zone's buildings are those of its
// communities, and those of no community whose point lies inside. Households and
// floor area are the community's own figures, else the sum over its buildings.
type Totals struct {
	AreaM2              float64 `json:"area_m2" doc:"area of the boundary on the ellipsoid"`
	Communities         int64   `json:"communities"`
	Buildings           int64   `json:"buildings"`
	Households          int64   `json:"households"`
	FloorAreaM2         float64 `json:"floor_area_m2"`
	EligibleCommunities int64   `json:"eligible_communities"`
	EligibleHouseholds  int64   `json:"eligible_households"`
	EligibleShare       float64 `json:"eligible_share" doc:"of the households; of the communities where no households are known; 0 to 1"`
	Generated           bool    `json:"generated" doc:"some figure rests on generated demo data"`
	Partial             bool    `json:"partial" doc:"part of it lies outside what the person may read; the figures count only what they may"`
}

// Community is a community of a zone, as the zone's totals count it.
type Community struct {
	Code            string   `json:"code"`
	Name            string   `json:"name"`
	SubdistrictCode string   `json:"subdistrict_code"`
	SubdistrictName string   `json:"subdistrict_name"`
	BuiltYear       *int     `json:"built_year"`
	Eligibility     string   `json:"eligibility"`
	Buildings       int64    `json:"buildings"`
	Households      int64    `json:"households"`
	FloorAreaM2     float64  `json:"floor_area_m2"`
	Generated       []string `json:"generated" doc:"names of the fields whose values are generated demo data"`
}

// Rules of membership: which communities belong to a zone.
const (
	Within   = "within"   // those that lie wholly inside
	Majority = "majority" // those of which more than half lies inside
	Touched  = "touched"  // those that share more than a square metre with it
	ByHand   = "by_hand"  // those that a person chose
)

// Where a boundary comes from.
const (
	Drawn   = "drawn"
	Derived = "derived" // from the communities
)

// Draft is what a person says about a zone when saving it. The geometry is a
// Polygon or a MultiPolygon in longitude/latitude; without one the boundary is
// made from the communities.
type Draft struct {
	Name        string
	Note        string
	Geometry    orb.Geometry
	Scenario    string   // code; "" is the main one. A saved zone stays in its own
	Membership  string   // "" keeps the rule; of a new zone it is Majority
	Communities []string // codes; nil: the rule finds them. Otherwise the rule is ByHand
}

// HistoryEntry says who did what to a zone, and when.
type HistoryEntry struct {
	At     time.Time       `json:"at"`
	By     string          `json:"by"`
	Action string          `json:"action" doc:"zone.create, zone.update or zone.delete"`
	Before json.RawMessage `json:"before,omitempty"`
	After  json.RawMessage `json:"after,omitempty"`
}

// ErrBusy says that an import is bringing in communities, and that zones can be
// saved when it has ended. It wraps postgis.ErrConflict.
var ErrBusy = fmt.Errorf("本区正在导入小区数据，请稍后再保存片区: %w", postgis.ErrConflict)

// InvalidError says that a draft cannot be a zone. Detail is a sentence for
// people; At is the place of the fault where the geometry has one.
type InvalidError struct {
	Field  string // name | note | geometry | communities | membership | line | zones | rules …
	Detail string
	At     *orb.Point
}

func (e *InvalidError) Error() string { return "zone, " + e.Field + ": " + e.Detail }

// NameTakenError says that the scenario has a zone of that name already. It
// wraps postgis.ErrConflict.
type NameTakenError struct{ Name string }

func (e *NameTakenError) Error() string {
	return fmt.Sprintf("该方案中已有名为“%s”的片区", e.Name)
}

// Unwrap makes errors.Is(err, postgis.ErrConflict) true.
func (e *NameTakenError) Unwrap() error { return postgis.ErrConflict }
