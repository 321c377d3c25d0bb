package table

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// sampleRows are looked at to find the headers and the columns of coordinates.
const sampleRows = 200

// sheet is a table with what was found in it.
type sheet struct {
	name   string
	grid   grid
	limits geofile.Limits

	first    int64 // line of the first row of data
	count    int64
	fields   []geofile.Field
	columns  geofile.Columns
	at       places
	shape    geofile.Shape
	crs      *geo.CRS
	crsText  string
	headers  [][]string        // the rows that name the columns
	aside    map[string]*aside // rows that are no data, by what they are
	findings []geofile.Finding
}

// places are the indices of the columns of coordinates, -1 for none.
type places struct{ x, y, geometry, crs int }

// line is a row of the sample.
type line struct {
	number int64
	cells  []string
}

func (t *sheet) find(kind, format string, args ...any) {
	t.findings = append(t.findings, geofile.Finding{Kind: kind, Layer: t.name, Detail: fmt.Sprintf(format, args...)})
}

// look reads the table once.
func (t *sheet) look(ctx context.Context, told geofile.Columns) error {
	var sample []line
	decided := false
	var shapes shapeSet
	see := func(number int64, cells []string) error {
		if kind := t.isAside(cells); kind != "" {
			t.leaveOut(kind, number)
			return nil
		}
		t.count++
		if t.count > t.limits.Rows {
			return geofile.Refuse("表格超过 %d 行的上限", t.limits.Rows)
		}
		if t.at.geometry >= 0 && t.at.geometry < len(cells) {
			shapes.add(cells[t.at.geometry])
		}
		return nil
	}
	decide := func() error {
		decided = true
		rows := t.readHeader(sample)
		t.findColumns(told, slices.DeleteFunc(slices.Clone(rows), func(r line) bool { return t.repeats(r.cells) }))
		for _, r := range rows {
			if err := see(r.number, r.cells); err != nil {
				return err
			}
		}
		return nil
	}
	err := t.grid(ctx, func(number int64, cells []string) error {
		if decided {
			return see(number, cells)
		}
		sample = append(sample, line{number, slices.Clone(cells)})
		if len(sample) < sampleRows {
			return nil
		}
		return decide()
	})
	if err == nil && !decided {
		err = decide()
	}
	if err != nil {
		return err
	}
	t.tellAside()
	switch {
	case t.at.geometry >= 0:
		t.shape = shapes.shape()
	case t.at.x >= 0:
		t.shape = geofile.Points
	}
	return nil
}

// readHeader finds the row with the headers and returns the rows below it. Ledgers
// have a title, and often a date, above.
func (t *sheet) readHeader(sample []line) []line {
	if len(sample) == 0 {
		return nil
	}
	width := 0
	for _, r := range sample {
		width = max(width, filled(r.cells))
	}
	header := -1
	for i, r := range sample[:min(headerLook, len(sample))] {
		if n := filled(r.cells); n*10 < width*6 || n == 0 {
			continue
		}
		if numbers(r.cells)*2 <= filled(r.cells) && !hasGeometry(r.cells) {
			header = i
		}
		break
	}
	columns := 0
	for _, r := range sample[max(0, header):] {
		columns = max(columns, len(r.cells))
	}
	var names []string
	below := 0
	if header >= 0 {
		names, below = t.headerNames(sample, header)
	} else {
		t.find("no_header", "没有表头，列名按顺序称为“列1、列2…”")
	}
	t.fields = fieldsOf(names, columns)
	rows := sample[header+1+below:]
	if len(rows) > 0 {
		t.first = rows[0].number
	} else {
		t.first = sample[len(sample)-1].number + 1
	}
	return rows
}

func fieldsOf(names []string, columns int) []geofile.Field {
	out := make([]geofile.Field, columns)
	seen := map[string]bool{}
	for i := range out {
		name := ""
		if i < len(names) {
			name = strings.Join(strings.Fields(names[i]), " ")
		}
		if name == "" {
			name = fmt.Sprintf("列%d", i+1)
		}
		unique := name
		for n := 2; seen[strings.ToLower(unique)]; n++ {
			unique = fmt.Sprintf("%s_%d", name, n)
		}
		seen[strings.ToLower(unique)] = true
		out[i] = geofile.Field{Name: unique, Kind: geofile.Text}
	}
	return out
}

func filled(cells []string) (n int) {
	for _, c := range cells {
		if strings.TrimSpace(c) != "" {
			n++
		}
	}
	return n
}

func numbers(cells []string) (n int) {
	for _, c := range cells {
		if _, ok := coordinate(c, ""); ok {
			n++
		}
	}
	return n
}

func hasGeometry(cells []string) bool {
	return slices.ContainsFunc(cells, func(c string) bool { return geometryWord(c) != "" })
}

// rows reads the table with its geometries.
func (t *sheet) rows(ctx context.Context, _ func(geofile.Finding), yield func(geofile.Row) error) error {
	left := t.limits.AllPoints
	err := t.grid(ctx, func(number int64, cells []string) error {
		if number < t.first || t.isAside(cells) != "" {
			return nil
		}
		row := geofile.Row{Number: number, Values: make([]any, len(t.fields))}
		for i := range min(len(cells), len(t.fields)) {
			if text := unprotected(cells[i]); i != t.at.geometry && strings.TrimSpace(text) != "" {
				row.Values[i] = text
			}
		}
		var points int
		row.Geometry, row.Fault, points = t.geometry(cells)
		if left -= int64(points); left < 0 {
			return geofile.Refuse("文件超过 %d 个坐标点的上限", t.limits.AllPoints)
		}
		return yield(row)
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// formulaLike tells whether a spreadsheet would take a text for a formula, were the
// apostrophes before it gone.
func formulaLike(text string) bool {
	text = strings.TrimLeft(text, "'")
	return text != "" && strings.IndexByte("=+-@\t\r", text[0]) >= 0
}

// unprotected takes away the apostrophe before what a spreadsheet would take for a
// formula.
func unprotected(cell string) string {
	if strings.HasPrefix(cell, "'") && formulaLike(cell) {
		return cell[1:]
	}
	return cell
}
