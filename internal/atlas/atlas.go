// Package atlas draws area plans as map sheets: PDF with vectors and embedded
// fonts, and the same sheets as pictures. It must never compute a figure that
// the plan does not hold, and gives the same bytes for the same plan.
package atlas

import (
	"context"
	"io"

	"github.com/lianpian/lianpian/internal/areaplan"
)

// Options say how an atlas is drawn. The zero value is A3 landscape.
type Options struct {
	Paper    string `json:"paper,omitempty" enum:"A4,A3,A1" doc:"landscape; A3 when empty"`
	Reviewer string `json:"reviewer,omitempty" maxLength:"50" doc:"审核"`
	Grey     bool   `json:"grey,omitempty" doc:"for printing without colours"`
}

// PDF writes the atlas; advance is told of each sheet that is done (nil: nobody).
func PDF(ctx context.Context, w io.Writer, p *areaplan.Plan, o Options, advance func(done, total int)) error {
	panic("drawn by the atlas")
}

// Sheet is one map sheet as a picture.
type Sheet struct {
	Kind          string // overview, existing, zone, coverage, phasing, facility, index
	Number        string // 图号
	Title         string // 图名
	Zone          string // code, "" for sheets of the whole plan
	Facility      string // facility type, "" for others
	PNG           []byte
	Width, Height int // pixels
}

// Pictures draws chosen sheets as PNG, dpi dots per inch, without frame and title block.
func Pictures(ctx context.Context, p *areaplan.Plan, o Options, dpi int, want func(kind, zone, facility string) bool) ([]Sheet, error) {
	panic("drawn by the atlas")
}
