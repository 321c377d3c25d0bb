// Package link keeps, for every two communities near enough to count as
// neighbours (连线), how far they are from each other, what lies between and how
// one walks from one to the other; and what a person says about the pair. It
// reads the register only through the views that the registry publishes, and
// must never know of zones (but for who may read what) or of HTTP.
package link

import (
	"encoding/json"
	"time"

	"github.com/paulmach/orb/geojson"
)

const (
	// GapMetres is how far apart two footprints may be and still be linked: a
	// large block with its streets, twice over. No rule of a scenario may ask for
	// neighbours further apart.
	GapMetres = 400
	// WalkMetres is the longest walking path that is looked for: what a grown
	// person walks in about 20 minutes.
	WalkMetres = 1500
	// EdgeMetres is how near two outlines run along each other to share an edge.
	EdgeMetres = 1
	// StreetMetres is how near a community is to a street that it stands at.
	StreetMetres = 25
)

// Barrier is a kind of thing that keeps communities apart.
type Barrier string

// The kinds of barriers, in the order in which they are told.
const (
	River      Barrier = "river"      // rivers, canals, wide water; not in a tunnel
	Railway    Barrier = "railway"    // on the ground: neither in a tunnel nor on a bridge
	Expressway Barrier = "expressway" // motorways and trunk roads on the ground
	Primary    Barrier = "primary"    // primary roads on the ground
)

// How a walking path gets over a barrier.
const (
	Bridge    = "bridge"    // the path is on a bridge
	Tunnel    = "tunnel"    // the path is in a tunnel
	Underpass = "underpass" // the barrier passes over the path on a bridge
	Level     = "level"     // on the ground, also over a barrier's tunnel
	Around    = "around"    // past the end of the barrier: the path does not cross it
)

// Verdict is what a person says about a pair.
type Verdict string

// The verdicts; "" is none.
const (
	Together Verdict = "together" // they count as neighbours, whatever lies between
	Never    Verdict = "never"    // they do not, however near
)

// End is one of the two communities of a link.
type End struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// Crossing is how the walking path of a link gets over a barrier.
type Crossing struct {
	Barrier Barrier `json:"barrier" enum:"river,railway,expressway,primary"`
	Kind    string  `json:"kind" enum:"bridge,tunnel,level,underpass,around" doc:"bridge and tunnel: the path is in one; underpass: the barrier passes over it; level: on the ground, also over a barrier's tunnel; around: past the end of the barrier"`
	Name    string  `json:"name" doc:"of the street that crosses"`
}

// Street is a part of a walking path.
type Street struct {
	Name    string  `json:"name" doc:"empty where the way has no name"`
	LengthM float64 `json:"length_m"`
}

// Link is a pair of communities (连线). Which of the two is A means nothing.
type Link struct {
	A            End               `json:"a"`
	B            End               `json:"b"`
	GapM         float64           `json:"gap_m" doc:"between the footprints, metres"`
	WalkM        *float64          `json:"walk_m" doc:"walking distance, metres; null: no path within reach"`
	SharedEdgeM  float64           `json:"shared_edge_m" doc:"metres along which the outlines run together"`
	SharedStreet string            `json:"shared_street" doc:"name, else class, of a street that both stand at"`
	Crossed      []Barrier         `json:"crossed" doc:"barriers on the straight line between them"`
	Crossings    []Crossing        `json:"crossings" doc:"how the walking path gets over them"`
	Verdict      Verdict           `json:"verdict" enum:",together,never" doc:"what a person says"`
	Reason       string            `json:"reason"`
	OverriddenBy string            `json:"overridden_by"`
	OverriddenAt *time.Time        `json:"overridden_at"`
	Line         *geojson.Geometry `json:"line" doc:"the shortest line between the footprints"`
	Path         *geojson.Geometry `json:"path" doc:"the walking path, or null"`
	Streets      []Street          `json:"streets" doc:"of the walking path, in its order"`
}

// Page is a part of the links of a district.
type Page struct {
	Items        []Link `json:"items" doc:"nearest first"`
	Stale        int64  `json:"stale" doc:"communities whose links are being computed anew"`
	WithoutPlace []End  `json:"without_place" doc:"of the communities asked about, those without any place, which have no links"`
}

// Filter chooses links. Its zero value is the first 1000 of the district.
type Filter struct {
	Community string      // code; "" is all
	Within    *[4]float64 // west, south, east, north in degrees: links whose line meets it
	Limit     int         // 1 … 20000; 0 is 1000
}

// InvalidError says that an override cannot be kept. Detail is a sentence for
// people.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return "link, " + e.Field + ": " + e.Detail }

// override is what a person said about a pair, as the audit trail has it.
type override struct {
	A       string  `json:"a"`
	B       string  `json:"b"`
	Verdict Verdict `json:"verdict"`
	Reason  string  `json:"reason"`
	Version int     `json:"version"`
}

func decodeList[T any](raw []byte, into *[]T) error {
	*into = []T{}
	if len(raw) == 0 {
		return nil
	}
	return json.Unmarshal(raw, into)
}
