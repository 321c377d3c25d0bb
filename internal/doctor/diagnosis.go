package doctor

import (
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
)

// Diagnosis is what was found in a file under the decisions of the moment.
type Diagnosis struct {
	Format   string            `json:"format"`
	Rows     int64             `json:"rows" doc:"of all layers"`
	Encoding string            `json:"encoding" doc:"of texts, as found or decided; empty where the format leaves no choice"`
	Findings []geofile.Finding `json:"findings" doc:"what is odd in the file, at most 200"`
	Layers   []LayerDiagnosis  `json:"layers"`
	// Dropped is what the file says about persons, which nothing keeps.
	Dropped []importer.Dropped `json:"dropped,omitempty" doc:"what the file says about persons: neither read nor kept"`
	// Questions have to be answered before the import.
	Questions []OpenQuestion `json:"questions" doc:"to be answered before the import"`
	// Ready says that the import may begin.
	Ready bool `json:"ready"`
	// Path names the importer's own path for files that need no diagnosis.
	Path string `json:"path" doc:"ledger, osm or elevation: imported in that layer's own way; empty: by the diagnosis"`
	// Proposal are the decisions with everything filled in as it will be done.
	Proposal Decisions `json:"proposal" doc:"all decisions as they stand, what was not decided as proposed"`
}

// LayerDiagnosis is what was found in one layer of the file.
type LayerDiagnosis struct {
	Name       string                `json:"name"`
	Shape      string                `json:"shape" doc:"point, line, area, mixed or empty"`
	Rows       int64                 `json:"rows"`
	Bound      *[4]float64           `json:"bound" doc:"west, south, east, north in lon/lat; null where there is no place"`
	Encoding   string                `json:"encoding"`
	Target     TargetGuess           `json:"target"`
	Columns    *PlaceColumns         `json:"columns" doc:"of a table: where the places are"`
	Fields     []FieldDiagnosis      `json:"fields"`
	Choices    []FieldChoice         `json:"choices" doc:"the register's fields that a column may be mapped to"`
	CRS        CRSDiagnosis          `json:"crs"`
	Shift      *ShiftDiagnosis       `json:"shift" doc:"null where there is nothing to measure against"`
	Geometry   []GeometryFault       `json:"geometry" doc:"faults of shapes, each with what is done about it"`
	Duplicates DuplicateDiagnosis    `json:"duplicates"`
	Outside    OutsideDiagnosis      `json:"outside"`
	Values     []importer.Repair     `json:"values" doc:"values that are read as something else than they stand there, at most 100"`
	ValueCount int64                 `json:"value_count"`
	AreaUnit   *importer.Question    `json:"area_unit" doc:"the question what areas are in"`
	Refused    []importer.RefusedRow `json:"refused" doc:"rows that cannot be taken, at most 100"`
	Tally      Tally                 `json:"tally"`
}

// Tally counts what the import would do with the rows of a layer.
type Tally struct {
	Insert int64 `json:"insert"`
	Update int64 `json:"update"`
	Skip   int64 `json:"skip"`
	Refuse int64 `json:"refuse"`
}

// TargetGuess is the layer of the register that a layer of the file goes to.
type TargetGuess struct {
	Layer   string `json:"layer" doc:"empty where there is no telling"`
	Sure    bool   `json:"sure"`
	Reason  string `json:"reason" doc:"a sentence"`
	Decided bool   `json:"decided"`
}

// FieldDiagnosis is a column of the file.
type FieldDiagnosis struct {
	Name     string   `json:"name" doc:"as the file has it"`
	Target   string   `json:"target" doc:"field of the register; empty: left out"`
	Title    string   `json:"title" doc:"of the target"`
	Personal bool     `json:"personal" doc:"holds personal data: never read"`
	Filled   int64    `json:"filled" doc:"rows that have a value"`
	Samples  []string `json:"samples" doc:"at most 5; none of personal columns"`
}

// FieldChoice is a field of the register.
type FieldChoice struct {
	Key   string `json:"key"`
	Title string `json:"title"`
}

// CRSDiagnosis says what the coordinates are in.
type CRSDiagnosis struct {
	Declared   string         `json:"declared" doc:"what the file says, in its words"`
	Chosen     string         `json:"chosen" doc:"as decided or proposed: EPSG:4545 …"`
	Axes       string         `json:"axes" enum:"xy,yx"`
	Unit       string         `json:"unit" enum:"degree,m,mm,cm,km"`
	Sure       bool           `json:"sure"`
	Decided    bool           `json:"decided"`
	Reason     string         `json:"reason" doc:"a sentence"`
	Candidates []CRSCandidate `json:"candidates" doc:"best first"`
}

// CRSCandidate is a way to read the coordinates.
type CRSCandidate struct {
	CRS    string  `json:"crs"`
	Name   string  `json:"name" doc:"CGCS2000 / 3 度带高斯-克吕格 …"`
	Axes   string  `json:"axes" enum:"xy,yx"`
	Unit   string  `json:"unit" enum:"degree,m,mm,cm,km"`
	Inside float64 `json:"inside" doc:"share of the rows inside the district, 0 to 1"`
}

// ShiftDiagnosis says whether the coordinates are shifted as those of Chinese web
// maps are, measured against what the register has already.
type ShiftDiagnosis struct {
	Against    string            `json:"against" enum:"buildings,communities,roads,facilities"`
	Compared   int               `json:"compared" doc:"shapes of the file that were compared"`
	Hypotheses []ShiftHypothesis `json:"hypotheses" doc:"none, gcj02, bd09 and, where measured, offset"`
	Proposed   string            `json:"proposed" enum:"none,gcj02,bd09,offset"`
	Offset     *[2]float64       `json:"offset" doc:"metres east and north that the file has to be moved by, where measured"`
	Clear      bool              `json:"clear" doc:"the evidence is clear"`
	Before     *float64          `json:"before" doc:"residual in metres, of the shapes that found their counterpart, as the file has them; null where too few did"`
	After      *float64          `json:"after" doc:"residual in metres, as proposed"`
	Reason     string            `json:"reason" doc:"a sentence"`
	Decided    bool              `json:"decided"`
}

// ShiftHypothesis is one way in which the file may be shifted, and how well the
// file then fits.
type ShiftHypothesis struct {
	Datum    string   `json:"datum" enum:"none,gcj02,bd09,offset"`
	Pairs    int      `json:"pairs" doc:"shapes that found their counterpart"`
	Share    float64  `json:"share" doc:"of the compared shapes"`
	Residual *float64 `json:"residual" doc:"median distance in metres between the shapes and their counterparts, as the file lies under this hypothesis. The counterparts are those of the hypothesis that fits best, the same for all; null where too few were found"`
}

// GeometryFault is a kind of fault of shapes.
type GeometryFault struct {
	Kind       string           `json:"kind"`
	Detail     string           `json:"detail" doc:"a sentence"`
	Severity   geofile.Severity `json:"severity" enum:"info,warning,error" doc:"warning: mended, look at it; error: the rows are refused"`
	Repair     string           `json:"repair" doc:"what is done about it, a sentence; empty: the rows are refused"`
	Count      int64            `json:"count"`
	AreaBefore float64          `json:"area_before" doc:"m², of the shapes at fault where it can be told"`
	AreaAfter  float64          `json:"area_after"`
	Examples   []FaultyExample  `json:"examples" doc:"at most 20"`
}

// FaultyExample is a row with a fault.
type FaultyExample struct {
	Row    int64      `json:"row"`
	At     *orb.Point `json:"at" doc:"lon, lat"`
	Before string     `json:"before"`
	After  string     `json:"after"`
}

// DuplicateDiagnosis counts the rows for what the register, or the file itself,
// has already.
type DuplicateDiagnosis struct {
	ByCode    int64           `json:"by_code"`
	ByOverlap int64           `json:"by_overlap"`
	ByName    int64           `json:"by_name"`
	InFile    int64           `json:"in_file" doc:"rows that repeat an earlier row of the file: skipped"`
	Same      int64           `json:"same" doc:"of these, rows whose shape is as it is stored"`
	Chosen    string          `json:"chosen" enum:",skip,update,new"`
	Decided   bool            `json:"decided"`
	Examples  []DuplicatePair `json:"examples" doc:"at most 100"`
}

// DuplicatePair is a row and what it stands for.
type DuplicatePair struct {
	Row    int64   `json:"row"`
	Name   string  `json:"name"`
	Code   string  `json:"code" doc:"of what the register has; of an earlier row: its number"`
	Stored string  `json:"stored" doc:"its name"`
	How    string  `json:"how" enum:"code,overlap,name,file"`
	Share  float64 `json:"share" doc:"of overlap: intersection over union, 0 to 1; of names: likeness"`
	Action string  `json:"action" enum:"insert,update,skip,refuse"`
}

// OutsideDiagnosis counts the rows outside the district, or outside the person's
// part of it: they are not imported.
type OutsideDiagnosis struct {
	Count    int64   `json:"count"`
	Rows     []int64 `json:"rows" doc:"numbers, at most 100"`
	Margin   float64 `json:"margin_m" doc:"metres beyond the boundary that still count as inside"`
	Farthest float64 `json:"farthest_m" doc:"metres"`
}

// OpenQuestion is what the person has to answer before the import: by setting the
// decision that it names.
type OpenQuestion struct {
	Kind     string `json:"kind" enum:"target,crs,datum,repairs,duplicates,area_unit,fields,type,places"`
	Layer    string `json:"layer"`
	Text     string `json:"text" doc:"a sentence"`
	Proposed string `json:"proposed" doc:"what the decision would be set to; empty: nothing is proposed"`
}

// RowCollection are staged rows as GeoJSON.
type RowCollection struct {
	Type     string       `json:"type" enum:"FeatureCollection"`
	Features []RowFeature `json:"features"`
	Total    int64        `json:"total" doc:"of the rows that were asked for"`
}

// RowFeature is a staged row under the decisions of the moment.
type RowFeature struct {
	Type       string            `json:"type" enum:"Feature"`
	ID         int64             `json:"id" doc:"number of the row"`
	Geometry   *geojson.Geometry `json:"geometry" doc:"as it would be imported; lon/lat"`
	Properties RowProperties     `json:"properties"`
}

// RowProperties say what becomes of a staged row.
type RowProperties struct {
	Row        int64             `json:"row"`
	Name       string            `json:"name"`
	Code       string            `json:"code"`
	Cells      map[string]string `json:"cells" doc:"by field of the register"`
	Fault      string            `json:"fault" doc:"why it cannot be taken"`
	Outside    bool              `json:"outside"`
	Repairs    []string          `json:"repairs"`
	MatchCode  string            `json:"match_code"`
	MatchName  string            `json:"match_name"`
	MatchHow   string            `json:"match_how" enum:",code,overlap,name,file"`
	MatchShare float64           `json:"match_share"`
	Action     string            `json:"action" enum:"insert,update,skip,refuse"`
	Given      *geojson.Geometry `json:"given" doc:"as the file has it, before shift and repair; only of the first rows, where it differs"`
}
