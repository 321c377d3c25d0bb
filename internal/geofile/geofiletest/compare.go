package geofiletest

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// Read returns all rows and findings of a layer that was opened.
func Read(t testing.TB, s geofile.Source) ([]geofile.Row, []geofile.Finding) {
	t.Helper()
	var rows []geofile.Row
	var findings []geofile.Finding
	err := s.Rows(t.Context(), func(f geofile.Finding) { findings = append(findings, f) }, func(r geofile.Row) error {
		rows = append(rows, r)
		return nil
	})
	if err != nil {
		t.Fatalf("read layer %s: %v", s.Name, err)
	}
	return rows, findings
}

// Loss is what a format cannot carry.
type Loss struct {
	CRS        bool // it has one system of its own: compare on the earth
	Kinds      bool // of fields
	MultiOfOne bool // a geometry of one part comes back as a single one, or the other way round
	EmptyText  bool // an empty text comes back as nil
	Order      bool // of rows: they are matched by their first value
}

// Same compares a layer that was written with what was read: names and kinds of
// fields, values, the system and geometry to a millimetre.
func Same(t testing.TB, want geofile.Layer, got geofile.Source, loss Loss) {
	t.Helper()
	compareHead(t, want, got, loss)
	rows, findings := Read(t, got)
	if len(findings) > 0 {
		t.Errorf("layer %s: findings %v", want.Name, findings)
	}
	if loss.Order {
		arrange(t, want, rows)
	}
	n := 0
	for f, err := range want.Features {
		if err != nil {
			t.Fatal(err)
		}
		if n >= len(rows) {
			t.Fatalf("layer %s: %d rows read, more were written", want.Name, len(rows))
		}
		row := rows[n]
		n++
		where := fmt.Sprintf("layer %s in %s, row %d", want.Name, want.CRS, n)
		if row.Fault != "" || row.Number != int64(n) && !loss.Order {
			t.Errorf("%s: number %d, fault %q", where, row.Number, row.Fault)
		}
		compareValues(t, where, f.Values, row.Values, loss)
		compareShapes(t, where, want, f.Geometry, row.Geometry, loss)
	}
	if n != len(rows) {
		t.Errorf("layer %s: %d rows were written, %d read", want.Name, n, len(rows))
	}
}

// arrange puts rows into the order of the features that were written.
func arrange(t testing.TB, want geofile.Layer, rows []geofile.Row) {
	t.Helper()
	place := map[any]int{}
	for f, err := range want.Features {
		if err != nil {
			t.Fatal(err)
		}
		place[f.Values[0]] = len(place)
	}
	slices.SortStableFunc(rows, func(a, b geofile.Row) int { return place[a.Values[0]] - place[b.Values[0]] })
}

func compareHead(t testing.TB, want geofile.Layer, got geofile.Source, loss Loss) {
	t.Helper()
	if got.Name != want.Name && got.Name != want.Title {
		t.Errorf("layer %s came back as %s", want.Name, got.Name)
	}
	if got.Count != -1 && got.Count != want.Count {
		t.Errorf("layer %s: %d rows are said, want %d", want.Name, got.Count, want.Count)
	}
	if !loss.CRS && (got.CRS == nil || got.CRS.String() != want.CRS.String()) {
		t.Errorf("layer %s: system %v (%s), want %s", want.Name, got.CRS, got.CRSText, want.CRS)
	}
	if got.Shape != want.Shape && (want.Count > 0 || got.Shape != geofile.NoShape) {
		t.Errorf("layer %s: shape %s, want %s", want.Name, got.Shape, want.Shape)
	}
	if loss.Kinds {
		return
	}
	var names, wanted []string
	for _, f := range want.Fields {
		wanted = append(wanted, f.Name+" "+string(f.Kind))
	}
	for _, f := range got.Fields {
		names = append(names, f.Name+" "+string(f.Kind))
	}
	if diff := cmp.Diff(wanted, names); diff != "" && want.Count > 0 {
		t.Errorf("layer %s: fields (-written +read)\n%s", want.Name, diff)
	}
}

func compareValues(t testing.TB, where string, want, got []any, loss Loss) {
	t.Helper()
	wanted := make([]any, len(want))
	for i, v := range want {
		if v == "" && loss.EmptyText {
			v = nil
		}
		wanted[i] = v
	}
	if loss.Kinds {
		return
	}
	if diff := cmp.Diff(wanted, got, cmpopts.EquateApprox(1e-15, 0)); diff != "" {
		t.Errorf("%s: values (-written +read)\n%s", where, diff)
	}
}

// millimetre in degrees of a meridian, and in metres.
const (
	degreeMM = 0.001 / 111_320
	metreMM  = 0.001
)

func compareShapes(t testing.TB, where string, l geofile.Layer, want, got orb.Geometry, loss Loss) {
	t.Helper()
	tolerance := metreMM
	if l.CRS.Geographic() || loss.CRS {
		tolerance = degreeMM
	}
	if loss.CRS && !l.CRS.Geographic() {
		want = geofile.Transform(want, l.CRS.Inverse)
	}
	if loss.MultiOfOne {
		want, got = geofile.Multi(want), geofile.Multi(got)
	}
	if d := Apart(want, got); !(d <= tolerance) {
		t.Errorf("%s: geometry is %g apart (at most %g)\nwritten %v\nread    %v", where, d, tolerance, want, got)
	}
}

// Apart is how far two geometries of the same make are from each other at most,
// in the unit of their coordinates; infinite where they differ in make. Rings may
// be wound either way and begin anywhere.
func Apart(a, b orb.Geometry) float64 {
	if a == nil && b == nil {
		return 0
	}
	listA, listB := parts(a), parts(b)
	if listA == nil || len(listA) != len(listB) || fmt.Sprintf("%T", a) != fmt.Sprintf("%T", b) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range listA {
		if listA[i].ring != listB[i].ring || listA[i].of != listB[i].of {
			return math.Inf(1)
		}
		worst = max(worst, apart(listA[i], listB[i]))
	}
	return worst
}

type part struct {
	points []orb.Point
	of     int // polygon that it belongs to
	ring   bool
}

func parts(g orb.Geometry) []part {
	switch g := g.(type) {
	case orb.Point:
		return []part{{points: []orb.Point{g}}}
	case orb.MultiPoint:
		return []part{{points: g}}
	case orb.LineString:
		return []part{{points: g}}
	case orb.MultiLineString:
		var out []part
		for _, l := range g {
			out = append(out, part{points: l})
		}
		return out
	case orb.Polygon:
		return parts(orb.MultiPolygon{g})
	case orb.MultiPolygon:
		var out []part
		for i, p := range g {
			for _, r := range p {
				out = append(out, part{points: r, of: i, ring: true})
			}
		}
		return out
	}
	return nil
}

func apart(a, b part) float64 {
	if len(a.points) != len(b.points) || len(a.points) == 0 {
		return math.Inf(1)
	}
	n := len(a.points)
	if !a.ring {
		return shifted(a.points, b.points, n, 0, 1)
	}
	best := math.Inf(1)
	for from := range n - 1 { // the last point is the first
		best = min(best, shifted(a.points[:n-1], b.points[:n-1], n-1, from, 1), shifted(a.points[:n-1], b.points[:n-1], n-1, from, -1))
	}
	return best
}

func shifted(a, b []orb.Point, n, from, step int) float64 {
	worst := 0.0
	for i := range n {
		p, q := a[i], b[((from+step*i)%n+n)%n]
		worst = max(worst, math.Abs(p[0]-q[0]), math.Abs(p[1]-q[1]))
	}
	return worst
}
