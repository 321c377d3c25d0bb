package progress

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
)

// Snapshot is a report by itself: everything that its form prints, so that it
// prints the same for good, whatever becomes of the projects, the policy and
// the people.
type Snapshot struct {
	Schema        int           `json:"schema"`
	District      ReportUnit    `json:"district"`
	Unit          ReportUnit    `json:"unit"`
	Month         string        `json:"month"`
	Form          Form          `json:"form"`
	Title         string        `json:"title"`
	Columns       []Column      `json:"columns"`
	Header        []string      `json:"header"`
	Footer        []string      `json:"footer"`
	Notes         []string      `json:"notes"`
	From          string        `json:"from"`
	To            string        `json:"to"`
	ReportDue     string        `json:"report_due"`
	FormDue       string        `json:"form_due"`
	Policy        string        `json:"policy"`
	Rows          []SnapshotRow `json:"rows"`
	Totals        MonthFigures  `json:"totals"`
	Difficulties  string        `json:"difficulties"`
	Missing       []ReportUnit  `json:"missing"`
	ClosingReason string        `json:"closing_reason"`
	SubmittedBy   string        `json:"submitted_by"`
	SubmittedAt   string        `json:"submitted_at"`
	FrozenBy      string        `json:"frozen_by"`
	FrozenAt      string        `json:"frozen_at"`
}

// Column is a leaf column of the form with the headers above it.
type Column struct {
	Key  string   `json:"key"`
	Path []string `json:"path"`
	Name string   `json:"name"`
}

// SnapshotRow is a row of a snapshot.
type SnapshotRow struct {
	MonthLineDraft
	Name      string     `json:"name"`
	Unit      ReportUnit `json:"unit"`
	Generated bool       `json:"generated,omitempty"`
}

func (r SnapshotRow) line() MonthLine {
	return MonthLine{MonthLineDraft: r.MonthLineDraft, Name: r.Name, Unit: r.Unit, Generated: r.Generated, Problems: []MonthProblem{}}
}

const snapshotSchema = 1

// snapshotOf is a report as it stands.
func snapshotOf(choice policy.Choice, district ReportUnit, r MonthReport) Snapshot {
	form := layoutOf(choice, r.Form)
	out := Snapshot{
		Schema: snapshotSchema, District: district, Unit: r.Unit, Month: r.Month, Form: r.Form, Title: r.Title,
		Columns: []Column{}, Header: form.form.Header, Footer: form.form.Footer, Notes: form.form.Notes,
		From: r.Calendar.From, To: r.Calendar.To, ReportDue: r.Calendar.Report.On, FormDue: r.Calendar.Form.On,
		Policy: choice.Policy.ID(), Rows: []SnapshotRow{}, Totals: r.Totals, Difficulties: r.Difficulties, Missing: r.Missing,
		ClosingReason: r.StateReason, SubmittedBy: r.SubmittedBy, SubmittedAt: moment(r.SubmittedAt),
		FrozenBy: r.FrozenBy, FrozenAt: moment(r.FrozenAt),
	}
	if r.State == Returned { // why it was sent back is not printed
		out.ClosingReason = ""
	}
	for _, c := range form.columns {
		out.Columns = append(out.Columns, Column{Key: c.Key, Path: c.Path, Name: c.Name})
	}
	for _, l := range r.Lines {
		out.Rows = append(out.Rows, SnapshotRow{MonthLineDraft: l.MonthLineDraft, Name: l.Name, Unit: l.Unit, Generated: l.Generated})
	}
	return out
}

// moment is a time as a snapshot has it, to the second, in China.
func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.In(clock.China).Format("2006-01-02 15:04:05")
}

// encode writes a snapshot canonically: fields in their order, no escapes that
// are not needed, so that equal snapshots have equal bytes.
func (s Snapshot) encode() (text, digest []byte, err error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(s); err != nil {
		return nil, nil, fmt.Errorf("encode a snapshot: %w", err)
	}
	text = bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	sum := sha256.Sum256(text)
	return text, sum[:], nil
}

// GeneratedNote says that rows were made up for the demo district, or nothing.
func (s Snapshot) GeneratedNote() string {
	for _, r := range s.Rows {
		if r.Generated {
			return "演示数据：生成，不是真实项目"
		}
	}
	return ""
}
