package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/privacy"
)

const (
	sampledShapes = 800     // kept of a layer, evenly
	sampledPoints = 400_000 // of all kept shapes
	maxFindings   = 200
	maxSamples    = 5 // values shown of a field
)

// profile is what a first look over a layer tells.
type profile struct {
	rows   int64
	placed int64 // rows with a geometry
	points []orb.Point
	shapes []sampled
	fields []fieldProfile
	kinds  map[geofile.Shape]int64
	faults int64
}

// sampled is a shape of the file with the values beside it.
type sampled struct {
	shape orb.Geometry // in the file's coordinates
	cells []string
}

type fieldProfile struct {
	filled  int64
	samples []string
}

// profileLayer reads a layer once.
func profileLayer(ctx context.Context, s geofile.Source, find func(geofile.Finding), advance func(int64)) (profile, error) {
	p := profile{fields: make([]fieldProfile, len(s.Fields)), kinds: map[geofile.Shape]int64{}}
	keep := newKeeper(sampledShapes)
	personal := make([]bool, len(s.Fields))
	for i, f := range s.Fields {
		personal[i] = importer.Personal(f.Name)
	}
	err := s.Rows(ctx, find, func(row geofile.Row) error {
		p.rows++
		advance(1)
		if row.Fault != "" {
			p.faults++
		}
		var cells []string
		for i := range s.Fields {
			if i >= len(row.Values) || personal[i] {
				continue
			}
			text := cellText(row.Values[i])
			if text == "" {
				continue
			}
			f := &p.fields[i]
			f.filled++
			if len(f.samples) < maxSamples {
				clean, _ := privacy.WithoutPersonalNumbers(geofile.Shorten(text, 60))
				if !contains(f.samples, clean) && clean != "" {
					f.samples = append(f.samples, clean)
				}
			}
		}
		if row.Geometry == nil {
			return nil
		}
		p.placed++
		p.kinds[shapeOf(row.Geometry)]++
		if !keep.wants() || countPoints(row.Geometry) > 5_000 || !finite(row.Geometry) {
			return nil
		}
		for i := range s.Fields {
			text := ""
			if i < len(row.Values) && !personal[i] {
				text = cellText(row.Values[i])
			}
			cells = append(cells, text)
		}
		keep.take(sampled{row.Geometry, cells})
		return nil
	})
	p.shapes = keep.kept()
	for _, s := range p.shapes {
		if at, ok := somewhere(s.shape); ok {
			p.points = append(p.points, at)
		}
	}
	return p, err
}

// keeper keeps about n of many, evenly.
type keeper struct {
	n, step, seen int
	list          []sampled
}

func newKeeper(n int) *keeper { return &keeper{n: n, step: 1} }

// wants counts one more and tells whether it is to be taken.
func (k *keeper) wants() bool {
	k.seen++
	return (k.seen-1)%k.step == 0
}

func (k *keeper) take(s sampled) {
	k.list = append(k.list, s)
	if len(k.list) < 2*k.n {
		return
	}
	for i := range k.n {
		k.list[i] = k.list[2*i]
	}
	k.list = k.list[:k.n]
	k.step *= 2
}

func (k *keeper) kept() []sampled {
	points := 0
	for i, s := range k.list {
		if points += countPoints(s.shape); points > sampledPoints {
			return k.list[:i]
		}
	}
	return k.list
}

// somewhere is a point of a shape that stands for its place.
func somewhere(g orb.Geometry) (orb.Point, bool) {
	var at orb.Point
	found := false
	eachPoint(g, func(p orb.Point) bool { at, found = p, true; return false })
	return at, found
}

func shapeOf(g orb.Geometry) geofile.Shape {
	switch g.(type) {
	case orb.Point, orb.MultiPoint:
		return geofile.Points
	case orb.LineString, orb.MultiLineString:
		return geofile.Lines
	case orb.Polygon, orb.MultiPolygon, orb.Ring:
		return geofile.Areas
	}
	return geofile.Mixed
}

// shape is what most of a layer's geometries are; Mixed where no kind has nine
// in ten.
func (p profile) shape() geofile.Shape {
	for kind, n := range p.kinds {
		if n*10 >= p.placed*9 && n > 0 {
			return kind
		}
	}
	if p.placed == 0 {
		return geofile.NoShape
	}
	return geofile.Mixed
}

// cellText is a value of a file as a person would write it.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(v, "\x00", ""), "\uFFFD"))
	case int64:
		return strconv.FormatInt(v, 10)
	case int:
		return strconv.Itoa(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		if v {
			return "是"
		}
		return "否"
	case time.Time:
		return v.Format(time.DateOnly)
	case []byte:
		return ""
	}
	return strings.TrimSpace(fmt.Sprint(v))
}

func contains(list []string, s string) bool {
	for _, l := range list {
		if l == s {
			return true
		}
	}
	return false
}

// findings gathers what readers tell, without end only in number.
type findings struct {
	list []geofile.Finding
	seen map[geofile.Finding]bool
}

func (f *findings) add(one geofile.Finding) {
	one.Detail, _ = privacy.WithoutPersonalNumbers(one.Detail)
	one.Layer, _ = privacy.WithoutPersonalNumbers(one.Layer)
	if one.Severity == "" {
		one.Severity = geofile.SeverityOf(one.Kind)
	}
	if f.seen == nil {
		f.seen = map[geofile.Finding]bool{}
	}
	if len(f.list) >= maxFindings || f.seen[one] {
		return
	}
	f.seen[one] = true
	f.list = append(f.list, one)
}
