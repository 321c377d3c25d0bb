package importer

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/registry"
)

// Report is what an import tells the person when it ends.
type Report struct {
	ID       uuid.UUID `json:"id,omitzero"` // by which it can be taken back; absent where nothing was written
	File     string    `json:"file"`
	SHA256   string    `json:"sha256"`
	Format   string    `json:"format"`   // osm_pbf | osm_xml | csv | xlsx | geojson | hgt | geotiff | demo
	District string    `json:"district"` // "" where none was found

	RowsTaken   int64 `json:"rows_taken"`
	Inserted    int64 `json:"inserted"`
	Updated     int64 `json:"updated"`
	Unchanged   int64 `json:"unchanged"`
	RowsRefused int64 `json:"rows_refused"`
	// Refused and Repairs hold the first maxListed of each.
	Refused      []RefusedRow `json:"refused"`
	Repairs      []Repair     `json:"repairs"`
	RepairsTotal int64        `json:"repairs_total"`

	// Dropped is what the file says about persons, which nothing keeps.
	Dropped []Dropped `json:"dropped,omitempty"`

	Layers  map[string]LayerReport `json:"layers"`
	Notes   []string               `json:"notes"`
	Seconds float64                `json:"seconds"`

	// FaultySheet is where the refused rows of a ledger wait to be put right.
	FaultySheet *FaultySheet `json:"faulty_sheet,omitempty"`
	// Question is what the person has to answer before the file can be taken.
	Question *Question `json:"question,omitempty"`

	rows string // what rows are called in sentences: 行, 个要素
}

// LayerReport counts the rows of one layer.
type LayerReport struct {
	registry.BulkResult
	Refused int64 `json:"refused"`
}

// RefusedRow is a row that was not taken. Row counts from 1 as a spreadsheet
// does, or the features of a GeoJSON file; it is 0 for an OpenStreetMap object,
// which Object names.
type RefusedRow struct {
	Row    int64  `json:"row"`
	Object string `json:"object,omitempty"` // e.g. relation/123
	Reason string `json:"reason"`
	Value  string `json:"value"` // as it stands in the file
}

// Repair is a row that was taken after it was put right.
type Repair struct {
	Row    int64  `json:"row"`
	Object string `json:"object,omitempty"`
	What   string `json:"what"`
	Before string `json:"before"`
	After  string `json:"after"`
}

const maxListed = 1000

// place is where in a file something is: a row, or an object of OpenStreetMap.
type place struct {
	row    int64
	object string
	layer  string
}

// dropped tells what was dropped of a file.
func (r *Report) dropped(p *Persons) {
	r.Dropped = append(r.Dropped, p.Dropped()...)
	r.Notes = append(r.Notes, DroppedNotes(p.Dropped())...)
}

// sayPlace puts a place into words.
func (r *Report) sayPlace(row int64, object string) string {
	if object != "" {
		return object
	}
	return fmt.Sprintf("第 %d %s", row, r.rows)
}

func newReport(file, format string) *Report {
	return &Report{
		File: file, Format: format, rows: "行",
		Refused: []RefusedRow{}, Repairs: []Repair{}, Notes: []string{},
		Layers: map[string]LayerReport{},
	}
}

func (r *Report) refuse(at place, reason, value string) {
	r.RowsRefused++
	if at.layer != "" {
		l := r.Layers[at.layer]
		l.Refused++
		r.Layers[at.layer] = l
	}
	if len(r.Refused) < maxListed {
		if value == "" {
			value = at.object
		}
		r.Refused = append(r.Refused, RefusedRow{at.row, at.object, reason, shorten(value, 120)})
	}
}

func (r *Report) repaired(at place, what, before, after string) {
	r.RepairsTotal++
	if len(r.Repairs) < maxListed {
		if at.object != "" {
			what = at.object + "：" + what
		}
		r.Repairs = append(r.Repairs, Repair{at.row, at.object, what, shorten(before, 120), shorten(after, 120)})
	}
}

func (r *Report) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}

func (r *Report) wrote(layer string, result registry.BulkResult) {
	l := r.Layers[layer]
	l.Inserted += result.Inserted
	l.Updated += result.Updated
	l.Unchanged += result.Unchanged
	r.Layers[layer] = l
	r.Inserted += result.Inserted
	r.Updated += result.Updated
	r.Unchanged += result.Unchanged
	r.RowsTaken += result.Inserted + result.Updated + result.Unchanged
}

// undo takes back what the report says was written, after the transaction was
// rolled back.
func (r *Report) undo() {
	r.ID = uuid.UUID{}
	r.RowsTaken, r.Inserted, r.Updated, r.Unchanged = 0, 0, 0, 0
	for name, l := range r.Layers {
		r.Layers[name] = LayerReport{Refused: l.Refused}
	}
}

// nothingLeft is the refusal of a file of which no row could be taken.
func (r *Report) nothingLeft(what string) error {
	if len(r.Refused) == 0 {
		return refuse("文件里没有%s", what)
	}
	first := r.Refused[0]
	at := r.sayPlace(first.Row, first.Object)
	if r.RowsRefused == 1 {
		return refuse("没有可以导入的%s：%s %s", what, at, first.Reason)
	}
	return refuse("没有可以导入的%s，%d %s都被拒绝；例如%s：%s", what, r.RowsRefused, r.rows, at, first.Reason)
}

func refuse(format string, args ...any) error {
	return &job.Refusal{Detail: fmt.Sprintf(format, args...)}
}
