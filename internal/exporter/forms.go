package exporter

import (
	"errors"
	"io"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/survey"
)

// FormsInput is what the forms need beside the plan. It is plain data, to be
// kept with the plan: written as JSON and read back it gives the same files.
type FormsInput struct {
	// Surveys are the newest survey of each community of the plan that was ever
	// asked, with its rows. The others get their sheets from the plan's buildings.
	Surveys []survey.Survey `json:"surveys"`
	// Statistics are annex 4's rows of the plan's communities that were asked.
	Statistics []survey.Statistic `json:"statistics"`
	// Months are frozen monthly reports; without one of a form, the form is blank.
	Months []Month `json:"months"`
	// Layouts are the forms of the district's plan; empty: those of wansheng-2020.
	Layouts []policy.Form `json:"layouts,omitempty"`
}

// Month is a frozen monthly report with the digest that it was frozen with.
type Month struct {
	Snapshot progress.Snapshot `json:"snapshot"`
	Digest   string            `json:"digest"`
}

// File is a file that can be written any number of times, the same each time.
type File struct {
	Name  string // with extension, without folder
	Write func(w io.Writer) error
}

// Forms are the annexes of the plan's document as workbooks, in their order: 3
// for each community, 4 and 5 with a sheet for each subdistrict, 6 and 7 for
// each frozen monthly report.
func Forms(p *areaplan.Plan, in FormsInput) ([]File, error) {
	return nil, errors.New("forms are not written yet")
}
