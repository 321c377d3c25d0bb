package importer

import (
	"fmt"
	"strings"
)

// rowReader reads the cells of one row or feature. The first fault refuses it;
// everything that was more than the bare value is reported as a repair.
type rowReader struct {
	table   *columnTable
	columns columnMapping
	report  *Report
	at      place
	cells   []string

	bad    bool
	faults []fault // all of them, for the sheet of faulty rows
}

func (r *rowReader) cell(c column) cell {
	v, _ := r.columns.cell(r.cells, c)
	return v
}

// title is what the file calls a column.
func (r *rowReader) title(c column) string {
	if title := r.columns.titles[c]; title != "" {
		return title
	}
	return r.table.titles[c]
}

func (r *rowReader) refuse(c column, reason string) {
	said := fmt.Sprintf("%s“%s”%s", r.title(c), shorten(r.cell(c).plain(), 40), reason)
	r.faults = append(r.faults, fault{r.columns.place(c), said})
	r.refuseOnce(said, string(r.cell(c)))
}

func (r *rowReader) refuseWhole(reason, value string) {
	r.faults = append(r.faults, fault{-1, reason})
	r.refuseOnce(reason, value)
}

// refuseOnce reports the first fault of a row.
func (r *rowReader) refuseOnce(reason, value string) {
	if r.bad {
		return
	}
	r.bad = true
	r.report.refuse(r.at, reason, value)
}

// text reads free text, without the personal numbers that people write there.
func (r *rowReader) text(c column, n int) string {
	clean, _ := withoutPersons(r.cell(c).words(n)) // also what only now reads as one
	return clean
}

// take hands out what was read from a cell.
func take[T any](r *rowReader, c column, v reading[T], show func(T) string) *T {
	if v.fault != "" {
		r.refuse(c, v.fault)
		return nil
	}
	if v.fixed && !r.bad {
		r.report.repaired(r.at, r.title(c), strings.TrimSpace(string(r.cell(c))), show(*v.value))
	}
	return v.value
}
