package exporter

import (
	"errors"
	"io"

	"github.com/lianpian/lianpian/internal/areaplan"
)

// Book writes the plan as a workbook: what is planned, community by community,
// building by building, and what one must know to read it.
func Book(w io.Writer, p *areaplan.Plan) error {
	return errors.New("books are not written yet")
}
