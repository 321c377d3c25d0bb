package doctor

import (
	"context"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

// shapeNames are how the parts of a mixed layer are called.
var shapeNames = []struct {
	shape geofile.Shape
	name  string
}{{geofile.Areas, "面"}, {geofile.Lines, "线"}, {geofile.Points, "点"}}

// unmixed puts a layer of each shape in the place of layers that mix them: areas
// and points of one file are different things. Rows without a shape stay with
// the first.
func unmixed(ctx context.Context, data *geofile.Dataset) error {
	var out []geofile.Source
	for _, s := range data.Layers {
		if s.Shape != geofile.Mixed {
			out = append(out, s)
			continue
		}
		counts := map[geofile.Shape]int64{}
		rings := int64(0)
		err := s.Rows(ctx, func(geofile.Finding) {}, func(r geofile.Row) error {
			counts[kindOf(r.Geometry)]++
			if ringLike(r.Geometry) {
				rings++
			}
			return nil
		})
		if err != nil {
			return err
		}
		if counts[geofile.Areas] > 0 { // among areas, a closed line is one
			counts[geofile.Areas] += rings
			counts[geofile.Lines] -= rings
		}
		var parts []geofile.Source
		for _, k := range shapeNames {
			if counts[k.shape] == 0 {
				continue
			}
			part := s
			part.Name, part.Shape, part.Count = s.Name+"（"+k.name+"）", k.shape, counts[k.shape]
			first := len(parts) == 0
			if first {
				part.Count += counts[geofile.NoShape]
			}
			part.Rows = onlyShape(s, k.shape, first, counts[geofile.Areas] > 0)
			parts = append(parts, part)
		}
		if len(parts) < 2 {
			parts = []geofile.Source{s}
		} else {
			data.Findings = append(data.Findings, geofile.Finding{Kind: "mixed_types", Layer: s.Name, Detail: "图层里混有不同类型的图形，已按类型分开"})
		}
		out = append(out, parts...)
	}
	data.Layers = out
	return nil
}

// kindOf is the shape of a geometry; a collection counts as its areas.
func kindOf(g orb.Geometry) geofile.Shape {
	if g == nil {
		return geofile.NoShape
	}
	if kind := shapeOf(g); kind != geofile.Mixed {
		return kind
	}
	return geofile.Areas
}

// ringLike tells whether a line ends where it begins.
func ringLike(g orb.Geometry) bool {
	line, ok := g.(orb.LineString)
	return ok && len(line) >= 4 && line[0] == line[len(line)-1]
}

func onlyShape(s geofile.Source, shape geofile.Shape, shapeless, areas bool) func(context.Context, func(geofile.Finding), func(geofile.Row) error) error {
	return func(ctx context.Context, find func(geofile.Finding), yield func(geofile.Row) error) error {
		return s.Rows(ctx, find, func(r geofile.Row) error {
			kind := kindOf(r.Geometry)
			if areas && ringLike(r.Geometry) {
				kind = geofile.Areas
			}
			if kind == shape || kind == geofile.NoShape && shapeless {
				return yield(r)
			}
			return nil
		})
	}
}
