package exporter

import (
	"errors"
	"io"

	"github.com/lianpian/lianpian/internal/areaplan"
)

// Picture is a map sheet as a picture for the report.
type Picture struct {
	Kind          string // as atlas.Sheet has it: overview, existing, zone, coverage, phasing, facility, index
	Zone          string // code, "" for sheets of the whole plan
	Number        string // 图号
	Caption       string // 图名
	PNG           []byte
	Width, Height int // pixels
}

// Report writes the plan as a report in words (DOCX).
func Report(w io.Writer, p *areaplan.Plan, pictures []Picture) error {
	return errors.New("reports are not written yet")
}
