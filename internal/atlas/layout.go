package atlas

import (
	"fmt"

	"github.com/paulmach/orb"
)

// pageSize is a paper in landscape, in millimetres.
type pageSize struct {
	name          string
	width, height float64
	margin        float64 // outside everything
	side          float64 // width of the column with legend, tables and title block
	k             float64 // size of texts, 1 for A3
}

var pages = []pageSize{
	{"A3", 420, 297, 10, 90, 1},
	{"A4", 297, 210, 7, 68, 0.78},
	{"A1", 841, 594, 16, 160, 1.7},
}

func pageOf(name string) (pageSize, error) {
	if name == "" {
		name = "A3"
	}
	for _, p := range pages {
		if p.name == name {
			return p, nil
		}
	}
	return pageSize{}, fmt.Errorf("atlas: paper %q is none of A4, A3, A1", name)
}

// layout are the boxes of a sheet.
type layout struct {
	title  orb.Bound // band above the map
	outer  orb.Bound // outer neat line
	inner  orb.Bound // inner neat line: the map
	side   orb.Bound // column with legend, tables and title block
	bottom orb.Bound // band below
}

func (p pageSize) layout() layout {
	const titleBand, bottomBand, gap, border = 14.0, 9.0, 3.0, 6.0
	box := func(x0, y0, x1, y1 float64) orb.Bound {
		return orb.Bound{Min: orb.Point{x0, y0}, Max: orb.Point{x1, y1}}
	}
	x1, y0, y1 := p.width-p.margin-p.side-gap*p.k, p.margin+titleBand*p.k, p.height-p.margin-bottomBand*p.k
	l := layout{
		title:  box(p.margin, p.margin, p.width-p.margin, y0),
		outer:  box(p.margin, y0, x1, y1),
		side:   box(p.width-p.margin-p.side, y0, p.width-p.margin, y1),
		bottom: box(p.margin, y1, p.width-p.margin, p.height-p.margin),
	}
	l.inner = padded(l.outer, -border*p.k)
	return l
}
