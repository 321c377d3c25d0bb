package mvt

// tolerance is how far a line may lie from where it was, in units of the tile.
const tolerance = 0.5

// thin leaves out the places of a line that follow another within the tolerance,
// as PostGIS does before it simplifies. The first place stays, and the last.
func thin(line []point) []point {
	if len(line) < 3 {
		return line
	}
	kept := 1
	last := line[0]
	for _, p := range line[1 : len(line)-1] {
		if dx, dy := p.x-last.x, p.y-last.y; dx*dx+dy*dy > tolerance*tolerance {
			line[kept] = p
			kept++
			last = p
		}
	}
	end := line[len(line)-1]
	if dx, dy := end.x-last.x, end.y-last.y; kept > 1 && dx*dx+dy*dy <= tolerance*tolerance {
		kept--
	}
	line[kept] = end
	return line[:kept+1]
}

// longest is how many edges of a line are simplified at once. The method takes
// quadratic time for combs and the like; so no line does.
const longest = 1024

// span is a stretch of a line whose ends are kept.
type span struct{ from, to int32 }

// simplifier thins lines out by Douglas and Peucker (1973).
type simplifier struct {
	keep  []bool
	spans []span
}

// simplify leaves out the places of a line that lie within the tolerance of the
// line without them. A ring begins and ends with the same place. In place.
func (s *simplifier) simplify(line []point) []point {
	n := len(line)
	if n < 3 {
		return line
	}
	if cap(s.keep) < n {
		s.keep = make([]bool, n+n/2)
	}
	keep := s.keep[:n]
	clear(keep)
	keep[0], keep[n-1] = true, true
	s.spans = s.spans[:0]
	for from := 0; from < n-1; from += longest {
		to := min(from+longest, n-1)
		keep[to] = true
		s.spans = append(s.spans, span{int32(from), int32(to)})
	}
	for len(s.spans) > 0 {
		at := s.spans[len(s.spans)-1]
		s.spans = s.spans[:len(s.spans)-1]
		far, worst := farthest(line, at)
		if worst <= tolerance*tolerance {
			continue
		}
		keep[far] = true
		if far-at.from > 1 {
			s.spans = append(s.spans, span{at.from, far})
		}
		if at.to-far > 1 {
			s.spans = append(s.spans, span{far, at.to})
		}
	}
	kept := 0
	for i, p := range line {
		if keep[i] {
			line[kept] = p
			kept++
		}
	}
	return line[:kept]
}

// farthest finds the place of a stretch that is farthest from the straight line
// between its ends, and the square of how far.
func farthest(line []point, at span) (far int32, worst float64) {
	a, b := line[at.from], line[at.to]
	dx, dy := b.x-a.x, b.y-a.y
	length := dx*dx + dy*dy
	worst = -1
	for i := at.from + 1; i < at.to; i++ {
		p := line[i]
		px, py := p.x-a.x, p.y-a.y
		var d float64
		switch along := px*dx + py*dy; {
		case along <= 0 || length == 0:
			d = px*px + py*py
		case along >= length:
			px, py = p.x-b.x, p.y-b.y
			d = px*px + py*py
		default:
			cross := px*dy - py*dx
			d = cross * cross / length
		}
		if d > worst {
			worst, far = d, i
		}
	}
	return far, worst
}
