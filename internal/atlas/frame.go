package atlas

import (
	"fmt"
	"math"
	"strconv"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/atlas/paper"
)

var gridInk = paper.Hex("#6c7a86")

// neatLine draws the frame of the map: the inner and the outer neat line, and
// between them the kilometres of the grid and the longitude and latitude of the
// corners.
func neatLine(s paper.Surface, l layout, v view, t typography) {
	s.Stroke(paper.Box(l.inner), paper.Stroke{Width: 0.2, Colour: ink})
	s.Stroke(paper.Box(l.outer), paper.Stroke{Width: 0.9, Colour: ink})
	corners(s, l, v, t)
	step, extent := gridStep(v.scale), v.extent()
	digits := max(0, 3-int(math.Floor(math.Log10(step)+1e-9)))
	if step >= 1000 {
		digits = 0
	}
	size := t.small()
	clear := 21 * t.k // of the corners, where longitude and latitude stand
	for e := math.Ceil(extent.Min[0]/step) * step; e <= extent.Max[0]; e += step {
		x := v.paper(orb.Point{e, extent.Min[1]})[0]
		for _, y := range [2][2]float64{{l.inner.Max[1], l.outer.Max[1]}, {l.inner.Min[1], l.outer.Min[1]}} {
			inward := math.Copysign(1.5*t.k, y[1]-y[0])
			s.Stroke(paper.Line(orb.Point{x, y[0]}, orb.Point{x, y[0] + inward}), paper.Stroke{Width: 0.2, Colour: ink})
			if x > l.inner.Min[0]+clear && x < l.inner.Max[0]-clear {
				t.write(s, x, (y[0]+y[1])/2+size*0.36+inward*0.35, km(e, digits), size, centre, false)
			}
		}
	}
	for n := math.Ceil(extent.Min[1]/step) * step; n <= extent.Max[1]; n += step {
		y := v.paper(orb.Point{extent.Min[0], n})[1]
		for _, x := range [2][2]float64{{l.inner.Min[0], l.outer.Min[0]}, {l.inner.Max[0], l.outer.Max[0]}} {
			inward := math.Copysign(1.5*t.k, x[1]-x[0])
			s.Stroke(paper.Line(orb.Point{x[0], y}, orb.Point{x[0] + inward, y}), paper.Stroke{Width: 0.2, Colour: ink})
			if y > l.inner.Min[1]+clear && y < l.inner.Max[1]-clear {
				upright(s, (x[0]+x[1])/2+inward*0.35, y, km(n, digits), size, t)
			}
		}
	}
}

// gridCrosses draws the crosses of the grid on the map.
func gridCrosses(s paper.Surface, v view) {
	step, extent := gridStep(v.scale), v.extent()
	var path paper.Path
	for e := math.Ceil(extent.Min[0]/step) * step; e <= extent.Max[0]; e += step {
		for n := math.Ceil(extent.Min[1]/step) * step; n <= extent.Max[1]; n += step {
			p := v.paper(orb.Point{e, n})
			path = append(path, paper.Line(orb.Point{p[0] - 2.5, p[1]}, orb.Point{p[0] + 2.5, p[1]})...)
			path = append(path, paper.Line(orb.Point{p[0], p[1] - 2.5}, orb.Point{p[0], p[1] + 2.5})...)
		}
	}
	s.Stroke(path, paper.Stroke{Width: 0.15, Colour: gridInk})
}

func km(metres float64, digits int) string { return strconv.FormatFloat(metres/1000, 'f', digits, 64) }

// upright writes a text that reads from bottom to top, its middle at a place.
func upright(s paper.Surface, x, y float64, text string, size float64, t typography) {
	s.Text(paper.Text{X: x + size*0.36, Y: y + t.width(text, size)/2, String: text, Size: size, Angle: 90, Colour: ink})
}

// corners writes longitude and latitude at the corners of the inner neat line.
func corners(s paper.Surface, l layout, v view, t typography) {
	size := t.small() * 0.92
	for _, corner := range []orb.Point{l.inner.Min, {l.inner.Max[0], l.inner.Min[1]}, l.inner.Max, {l.inner.Min[0], l.inner.Max[1]}} {
		g := v.ground(corner)
		p := v.gk.Inverse(g[0], g[1])
		lon, lat := degrees(p[0]), degrees(p[1])
		y := (l.outer.Min[1] + l.inner.Min[1]) / 2
		if corner[1] == l.inner.Max[1] {
			y = (l.outer.Max[1] + l.inner.Max[1]) / 2
		}
		a := left
		if corner[0] == l.inner.Max[0] {
			a = right
		}
		t.write(s, corner[0], y+size*0.36, lon, size, a, false)
		x := (l.outer.Min[0] + l.inner.Min[0]) / 2
		if a == right {
			x = (l.outer.Max[0] + l.inner.Max[0]) / 2
		}
		half := t.width(lat, size) / 2
		if corner[1] == l.inner.Max[1] {
			half = -half
		}
		upright(s, x, corner[1]+half, lat, size, t)
	}
}

// degrees writes an angle as 121°29′10.2″.
func degrees(v float64) string {
	tenths := int64(math.Round(math.Abs(v) * 36000))
	sign := ""
	if v < 0 {
		sign = "−"
	}
	return fmt.Sprintf("%s%d°%02d′%02d.%d″", sign, tenths/36000, tenths/600%60, tenths/10%60, tenths%10)
}

// northArrow draws grid north as an arrow and true north as a line that leans by
// the convergence; where the angle is too small to be seen it is drawn wider, as
// topographic maps do, and the figure below tells the truth.
func northArrow(s paper.Surface, at orb.Point, height float64, gamma float64, t typography) {
	top, bottom := orb.Point{at[0], at[1]}, orb.Point{at[0], at[1] + height}
	half := height * 0.17
	tail := orb.Point{bottom[0], bottom[1] - height*0.16}
	s.Fill(paper.Ring(top, orb.Point{bottom[0] - half, bottom[1]}, tail), ink)
	s.Fill(paper.Ring(top, tail, orb.Point{bottom[0] + half, bottom[1]}), paper.Colour{R: 255, G: 255, B: 255})
	s.Stroke(paper.Ring(top, orb.Point{bottom[0] - half, bottom[1]}, tail, orb.Point{bottom[0] + half, bottom[1]}), paper.Stroke{Width: 0.2, Colour: ink})
	t.write(s, top[0], top[1]-0.8*t.k, "N", t.head(), centre, true)

	lean := gamma
	if math.Abs(lean) < 9 && gamma != 0 {
		lean = math.Copysign(9, gamma)
	}
	sin, cos := math.Sincos(lean * math.Pi / 180)
	end := orb.Point{bottom[0] - height*1.02*sin, bottom[1] - height*1.02*cos}
	if gamma != 0 {
		s.Stroke(paper.Line(tail, end), paper.Stroke{Width: 0.2, Colour: ink, Dash: []float64{1.2, 0.6}})
		t.write(s, end[0]-math.Copysign(1.2*t.k, gamma), end[1]+0.6*t.k, "真北", t.small()*0.85, map[bool]align{true: right, false: left}[gamma > 0], false)
	}
}

// convergenceText says in words what the north arrow shows.
func convergenceText(gamma float64) string {
	seconds := math.Round(math.Abs(gamma) * 3600)
	if seconds == 0 {
		return "子午线收敛角 0°"
	}
	side := "西"
	sign := "+"
	if gamma < 0 {
		side, sign = "东", "−"
	}
	return fmt.Sprintf("子午线收敛角 %s%d°%02d′%02d″（真北偏%s）", sign, int(seconds)/3600, int(seconds)/60%60, int(seconds)%60, side)
}

// scaleBar draws a bar of four parts, the first of them halved, within a width.
func scaleBar(s paper.Surface, x, y, width float64, scale int, t typography) {
	part := 1.0
	for _, step := range []float64{5, 10, 20, 25, 50, 100, 200, 250, 500, 1_000, 2_000, 2_500, 5_000, 10_000, 20_000, 50_000} {
		if 4*step*1000/float64(scale) <= width-8*t.k {
			part = step
		}
	}
	length, height := part*1000/float64(scale), 1.3*t.k
	unit, per := "米", 1.0
	if part >= 1000 {
		unit, per = "千米", 1000
	}
	for i := range 4 {
		box := orb.Bound{Min: orb.Point{x + float64(i)*length, y}, Max: orb.Point{x + float64(i+1)*length, y + height}}
		if i%2 == 0 {
			s.Fill(paper.Box(box), ink)
		}
		s.Stroke(paper.Box(box), paper.Stroke{Width: 0.2, Colour: ink})
	}
	for i := range 5 {
		text := strconv.FormatFloat(float64(i)*part/per, 'f', -1, 64)
		if i == 4 {
			text += unit
		}
		if i == 0 || i == 2 || i == 4 || length > 9*t.k {
			t.write(s, x+float64(i)*length, y+height+t.small()*1.05, text, t.small(), centre, false)
		}
	}
}

// checkBar draws the line of 100 mm by which a printed sheet is measured.
func checkBar(s paper.Surface, x, y float64, t typography) {
	s.Stroke(paper.Line(orb.Point{x, y}, orb.Point{x + 100, y}), paper.Stroke{Width: 0.3, Colour: ink})
	for i := 0; i <= 10; i++ {
		tick := 1.2
		if i%5 == 0 {
			tick = 2
		}
		at := x + float64(i)*10
		s.Stroke(paper.Line(orb.Point{at, y}, orb.Point{at, y - tick}), paper.Stroke{Width: 0.2, Colour: ink})
	}
	t.write(s, x, y+t.small()*1.15, "校核线 100 mm：打印后量此线应长 100 mm，否则图上不可按比例尺量距", t.small()*0.9, left, false)
}
