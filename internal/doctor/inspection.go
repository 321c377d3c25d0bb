package doctor

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"
)

// State is where an inspection stands.
type State string

// The states of an inspection.
const (
	Inspecting State = "inspecting" // a job reads the file
	Ready      State = "ready"      // waits for the person
	Importing  State = "importing"
	Imported   State = "imported"
	Undone     State = "undone" // imported, and taken back
	Failed     State = "failed"
	Discarded  State = "discarded"
)

// Inspection is a file that somebody wants brought in: what was found in it, and
// what they decided.
type Inspection struct {
	ID         uuid.UUID       `json:"id"`
	District   string          `json:"district"`
	Name       string          `json:"name" doc:"what the person calls the file"`
	SHA256     string          `json:"sha256"`
	Size       int64           `json:"size" doc:"bytes"`
	Format     string          `json:"format" doc:"shapefile, geopackage, geojson, kml, dxf, flatgeobuf, csv, xlsx, osm_pbf, osm_xml, geotiff, hgt"`
	State      State           `json:"state" enum:"inspecting,ready,importing,imported,undone,failed,discarded"`
	Error      string          `json:"error" doc:"a sentence, where it failed"`
	Auto       bool            `json:"auto" doc:"imports by itself where nothing is left to ask and its source is known, or every layer was decided about"`
	Remembered bool            `json:"remembered" doc:"the decisions are those of the last file of this source"`
	Diagnosis  *Diagnosis      `json:"diagnosis,omitempty"`
	Decisions  Decisions       `json:"decisions"`
	Report     json.RawMessage `json:"report,omitempty" doc:"of the import, as of a job of kind import"`
	Version    int             `json:"version"`
	CreatedBy  string          `json:"created_by"`
	CreatedAt  time.Time       `json:"created_at"`
	UpdatedAt  time.Time       `json:"updated_at"`
	ExpiresAt  time.Time       `json:"expires_at" doc:"when the file is forgotten, where it is not imported"`
	Job        *uuid.UUID      `json:"job" doc:"that works on it, or did last"`
	Import     *uuid.UUID      `json:"import" doc:"the job that imported it, by which it is undone"`

	path      string
	signature string
}

// Decisions are what the person decided; what is empty is as the diagnosis
// proposes, where that needs no question.
type Decisions struct {
	Encoding string          `json:"encoding,omitempty" doc:"of texts: UTF-8, GB18030 …; empty: as found"`
	Layers   []LayerDecision `json:"layers,omitempty" maxItems:"500"`
}

// LayerDecision is what is decided about one layer of the file.
type LayerDecision struct {
	Layer      string            `json:"layer" maxLength:"300" doc:"as the file names it"`
	Target     string            `json:"target,omitempty" enum:",communities,buildings,facilities,zones,neighborhoods,roads,barriers,idle_buildings,none" doc:"layer of the register; none leaves it out; empty: as proposed"`
	CRS        string            `json:"crs,omitempty" maxLength:"80" doc:"EPSG:4545, gk:cm=107.5,fe=500000,prefix=0 …; empty: as proposed"`
	Axes       string            `json:"axes,omitempty" enum:",xy,yx" doc:"yx: northing or latitude comes first"`
	Unit       string            `json:"unit,omitempty" enum:",m,mm,cm,km" doc:"of plane coordinates"`
	Datum      string            `json:"datum,omitempty" enum:",none,gcj02,bd09,offset" doc:"how the coordinates are shifted"`
	Offset     *[2]float64       `json:"offset,omitempty" doc:"metres east and north that are added, where datum is offset"`
	Columns    *PlaceColumns     `json:"columns,omitempty" doc:"where a table has its places; null: as found"`
	Fields     map[string]string `json:"fields,omitempty" doc:"field of the file → field of the register, \"\" leaves it out; fields that are not named: as proposed"`
	AreaUnit   string            `json:"area_unit,omitempty" enum:",m2,wan_m2" doc:"of areas"`
	Repairs    string            `json:"repairs,omitempty" enum:",accept,refuse" doc:"refuse: rows with faulty shapes are left out"`
	Duplicates string            `json:"duplicates,omitempty" enum:",skip,update,new" doc:"rows for what the register has already"`
	Rows       map[string]string `json:"rows,omitempty" doc:"row number → skip, update or new: outweighs duplicates"`
	Scenario   string            `json:"scenario,omitempty" maxLength:"100" doc:"of zones; empty: the main one"`
	// Type is the facility type of all rows, where no field tells it.
	Type string `json:"type,omitempty" maxLength:"60" doc:"facility type of rows that do not tell theirs"`
}

// PlaceColumns name the columns of a table that hold places.
type PlaceColumns struct {
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
	WKT string `json:"wkt,omitempty" doc:"well-known text or GeoJSON; either this, or x and y"`
	// Angles says how X and Y write degrees.
	Angles string `json:"angles,omitempty" enum:",decimal,dms,packed" doc:"how x and y write degrees; empty: as each looks"`
	None   bool   `json:"none,omitempty" doc:"the table has no places"`
}

// layer finds what is decided about a layer; the zero value is nothing.
func (d Decisions) layer(name string) LayerDecision {
	for _, l := range d.Layers {
		if l.Layer == name {
			return l
		}
	}
	return LayerDecision{Layer: name}
}

// Habit is what was decided about the last file of a source.
type Habit struct {
	ID        uuid.UUID `json:"id"`
	Name      string    `json:"name" doc:"of the file it was decided for"`
	Signature string    `json:"signature"`
	Decisions Decisions `json:"decisions"`
	Used      int       `json:"used" doc:"files that were read by it"`
	CreatedBy string    `json:"created_by"`
	UpdatedAt time.Time `json:"updated_at"`
}
