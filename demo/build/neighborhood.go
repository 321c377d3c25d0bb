package main

import (
	"fmt"
	"math"

	"github.com/peterstace/simplefeatures/geom"
)

// makeNeighborhoods divides every subdistrict into parts of about eight
// communities.
func (d *district) makeNeighborhoods() error {
	for _, s := range d.subdistricts {
		var stand []*building // k-means over places
		var own []*community
		for _, c := range d.communities {
			if c.subdistrict.code == s.code {
				stand = append(stand, &building{at: c.at})
				own = append(own, c)
			}
		}
		if len(own) == 0 {
			continue
		}
		centres := centresOf(stand, int(math.Ceil(float64(len(own))/8)))
		parts, err := s.divideBy(centres)
		if err != nil {
			return err
		}
		for i, shape := range parts {
			n := neighborhoodOf(s, i+1, shape)
			d.neighborhoods = append(d.neighborhoods, n)
			for _, c := range own {
				if nearest(centres, c.at) == i {
					c.neighborhood = n.code
				}
			}
		}
	}
	return nil
}

// divideBy gives every centre the part of the subdistrict that is nearest to it.
func (s subdistrict) divideBy(centres []geom.XY) ([]geom.Geometry, error) {
	around, err := geom.Buffer(s.shape, 5)
	if err != nil {
		return nil, err
	}
	lines := []geom.Geometry{s.shape.Boundary()}
	for i := range centres {
		line, err := geom.Intersection(cell(centres, i).Boundary(), around)
		if err != nil {
			return nil, err
		}
		lines = append(lines, line)
	}
	pieces, err := faces(lines)
	if err != nil {
		return nil, err
	}
	groups := make([][]geom.Geometry, len(centres))
	for _, f := range pieces {
		if p := inside(f.AsGeometry()); holds(s.shape, p) {
			i := nearest(centres, p)
			groups[i] = append(groups[i], f.AsGeometry())
		}
	}
	parts := make([]geom.Geometry, len(centres))
	for i, g := range groups {
		whole, err := geom.UnionMany(g)
		if err != nil {
			return nil, err
		}
		parts[i] = multi(polygons(whole))
	}
	return parts, nil
}

type neighborhood struct {
	code, name, subdistrict string
	shape                   geom.Geometry
}

func neighborhoodOf(s subdistrict, i int, shape geom.Geometry) neighborhood {
	return neighborhood{
		code: fmt.Sprintf("%s%03d", s.code, i), name: fmt.Sprintf("%s演示社区%d", s.title, i),
		subdistrict: s.code, shape: shape,
	}
}
