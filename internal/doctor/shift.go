package doctor

import (
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

// How a file may be shifted.
const (
	datumNone   = "none"
	datumGCJ02  = "gcj02"
	datumBD09   = "bd09"
	datumOffset = "offset"
)

// unshift takes a point of a file with a shift to where it is.
func unshift(datum string, offset *[2]float64) func(orb.Point) orb.Point {
	switch {
	case datum == datumGCJ02:
		return geo.GCJ02ToWGS84
	case datum == datumBD09:
		return geo.BD09ToWGS84
	case datum == datumOffset && offset != nil:
		return func(p orb.Point) orb.Point { return moved(p, *offset) }
	}
	return nil
}

var datumNames = map[string]string{
	datumNone: "没有偏移", datumGCJ02: "火星坐标（GCJ-02）", datumBD09: "百度坐标（BD-09）", datumOffset: "整体平移",
}

// landmark is something by whose place two data sets can be compared: the middle
// of a shape, its area, its name.
type landmark struct {
	at   orb.Point
	m2   float64 // 0 for points
	name string  // normal, "" for none
}

const (
	pairWithin  = 30.0   // metres between a shape and its counterpart
	fullMarks   = 15.0   // metres at which a pair counts nothing
	voteWithin  = 1500.0 // metres that a free shift may have
	voteBin     = 6.0    // metres
	clearMetres = 12.0   // residual of what counts as fitting
)

// trial is how well the file fits under one hypothesis.
type trial struct {
	datum  string
	offset *[2]float64
	dists  []float64 // metres, of the pairs, ascending
	raw    []float64 // metres between the shapes of the pairs as the file has them
	pairs  []pair
	score  float64
}

// pair is a place in the file and where the register has it.
type pair struct{ from, to orb.Point }

// away is how far, in the middle, places of the file are from where the register
// has them, when the file is read by a hypothesis. To ask each hypothesis for
// pairs of its own would measure how near the nearest neighbours are.
func away(pairs []pair, datum string, offset *[2]float64) *float64 {
	if len(pairs) < 3 {
		return nil
	}
	move := unshift(datum, offset)
	dists := make([]float64, len(pairs))
	for i, p := range pairs {
		from := p.from
		if move != nil {
			from = move(from)
		}
		dists[i] = (plane{p.to}).distance(from, p.to)
	}
	m := math.Round(median(dists)*100) / 100
	return &m
}

func (t trial) residual() *float64 {
	if len(t.dists) < 3 {
		return nil
	}
	m := math.Round(t.dists[len(t.dists)/2]*100) / 100
	return &m
}

// public is what is said of a hypothesis: how many shapes find a counterpart by
// it, and how far they then are from those that they have by the best one.
func (t trial) public(compared int, best []pair) ShiftHypothesis {
	return ShiftHypothesis{
		Datum: t.datum, Pairs: len(t.dists), Share: math.Round(float64(len(t.dists))/float64(max(1, compared))*1000) / 1000,
		Residual: away(best, t.datum, t.offset),
	}
}

// compareAreas measures the shapes of a file against those of the register: each
// hypothesis by how many shapes then lie on one of about the same size, and how
// near. The shift as a whole is found by a vote of all pairs of about one size.
func compareAreas(sample, stored []landmark) *ShiftDiagnosis {
	if len(sample) < 5 || len(stored) < 5 {
		return nil
	}
	index := newGrid(stored, voteWithin/4)
	trials := []trial{}
	for _, datum := range []string{datumNone, datumGCJ02, datumBD09} {
		trials = append(trials, index.try(sample, datum, nil))
	}
	if offset, ok := index.vote(sample); ok {
		trials = append(trials, index.try(sample, datumOffset, &offset))
	}
	return judgeShift(trials, len(sample))
}

// try pairs every shape with the nearest stored one of about its size.
func (g *grid) try(sample []landmark, datum string, offset *[2]float64) trial {
	t := trial{datum: datum, offset: offset}
	move := unshift(datum, offset)
	for _, s := range sample {
		p := s.at
		if move != nil {
			p = move(p)
		}
		best, twin := math.Inf(1), orb.Point{}
		g.near(p, pairWithin, func(o landmark, way orb.Point) {
			if ratio := s.m2 / o.m2; ratio > 0.7 && ratio < 1.43 && math.Hypot(way[0], way[1]) < best {
				best, twin = math.Hypot(way[0], way[1]), o.at
			}
		})
		if best <= pairWithin {
			t.dists = append(t.dists, best)
			t.raw = append(t.raw, g.distance(s.at, twin))
			t.pairs = append(t.pairs, pair{s.at, twin})
			t.score += math.Max(0, 1-best/fullMarks)
		}
	}
	slices.Sort(t.dists)
	return t
}

// vote finds the shift that most pairs of shapes of one size agree on.
func (g *grid) vote(sample []landmark) (offset [2]float64, ok bool) {
	if len(sample) > 400 {
		sample = everyNth(sample, 400)
	}
	bins := map[[2]int32]int{}
	for _, s := range sample {
		g.near(s.at, voteWithin, func(o landmark, way orb.Point) {
			if ratio := s.m2 / o.m2; ratio > 0.95 && ratio < 1.05 {
				bins[[2]int32{int32(math.Floor(way[0] / voteBin)), int32(math.Floor(way[1] / voteBin))}]++
			}
		})
	}
	var peak [2]int32
	most := 0
	for bin := range bins {
		sum := 0
		for dx := int32(-1); dx <= 1; dx++ {
			for dy := int32(-1); dy <= 1; dy++ {
				sum += bins[[2]int32{bin[0] + dx, bin[1] + dy}]
			}
		}
		if sum > most || sum == most && (bin[0] < peak[0] || bin[0] == peak[0] && bin[1] < peak[1]) {
			most, peak = sum, bin
		}
	}
	if most < max(6, len(sample)/5) {
		return offset, false
	}
	centre := orb.Point{(float64(peak[0]) + 0.5) * voteBin, (float64(peak[1]) + 0.5) * voteBin}
	var east, north []float64
	for _, s := range sample {
		g.near(s.at, voteWithin, func(o landmark, way orb.Point) {
			ratio := s.m2 / o.m2
			if ratio > 0.95 && ratio < 1.05 && math.Hypot(way[0]-centre[0], way[1]-centre[1]) < 2*voteBin {
				east, north = append(east, way[0]), append(north, way[1])
			}
		})
	}
	if len(east) < 5 {
		return offset, false
	}
	return [2]float64{math.Round(median(east)*100) / 100, math.Round(median(north)*100) / 100}, true
}

// judgeShift decides which hypothesis the evidence is for. Nothing but clear
// evidence may move a file that lies where it is.
func judgeShift(trials []trial, compared int) *ShiftDiagnosis {
	out := &ShiftDiagnosis{Against: "buildings", Compared: compared, Proposed: datumNone}
	none := trials[0]
	best := none
	for _, t := range trials {
		switch {
		case t.datum == datumOffset:
			out.Offset = t.offset
			far := math.Hypot(t.offset[0], t.offset[1])
			if far >= 4 && t.score > 1.25*best.score+1 {
				best = t
			}
		case t.score > best.score:
			best = t
		}
	}
	for _, t := range trials {
		out.Hypotheses = append(out.Hypotheses, t.public(compared, best.pairs))
	}
	enough := max(5, compared/5)
	fits := func(t trial) bool { r := t.residual(); return r != nil && *r <= clearMetres && len(t.dists) >= enough }
	out.Before = none.residual()
	switch {
	case best.datum == datumNone:
		out.Clear, out.After = fits(none), none.residual()
		out.Reason = "坐标与已有数据相符，没有偏移"
		if !out.Clear {
			out.Reason = fmt.Sprintf("能与已有数据对上的图形太少（%d 个中有 %d 个），看不出有没有偏移", compared, len(none.dists))
		}
	case fits(best) && best.score >= 2*none.score+2:
		out.Clear, out.Proposed, out.After = true, best.datum, best.residual()
		before := math.Round(median(best.raw)*100) / 100
		out.Before = &before
		out.Reason = sayShift(best, before, compared)
	default:
		out.After = none.residual()
		out.Reason = "偏移的证据不足，按没有偏移处理"
	}
	return out
}

func sayShift(best trial, before float64, compared int) string {
	what := "坐标是" + datumNames[best.datum]
	if best.datum == datumOffset {
		what = fmt.Sprintf("图形整体偏移，应向东移 %.1f 米、向北移 %.1f 米", best.offset[0], best.offset[1])
	}
	return fmt.Sprintf("%s：%d 个图形中有 %d 个与已有数据对上，改正前相差 %.1f 米，改正后 %.1f 米", what, compared, len(best.dists), before, *best.residual())
}

// compareNames measures things that have a name against the stored ones of the
// same name. Their places come from different hands and agree less well, so only
// a great difference counts.
func compareNames(sample, stored []landmark) *ShiftDiagnosis {
	places := map[string][]orb.Point{}
	for _, s := range stored {
		if s.name != "" {
			places[s.name] = append(places[s.name], s.at)
		}
	}
	var pairs []pair
	for _, s := range sample {
		if to := places[s.name]; s.name != "" && len(to) == 1 {
			if (plane{s.at}).distance(s.at, to[0]) < 5000 {
				pairs = append(pairs, pair{s.at, to[0]})
			}
		}
	}
	if len(pairs) < 5 {
		return nil
	}
	out := &ShiftDiagnosis{Compared: len(pairs), Proposed: datumNone}
	var best trial
	for _, datum := range []string{datumNone, datumGCJ02, datumBD09} {
		t := trial{datum: datum}
		move := unshift(datum, nil)
		for _, p := range pairs {
			from := p.from
			if move != nil {
				from = move(from)
			}
			t.dists = append(t.dists, (plane{from}).distance(from, p.to))
		}
		slices.Sort(t.dists)
		out.Hypotheses = append(out.Hypotheses, t.public(len(pairs), pairs))
		if best.dists == nil || *t.residual() < *best.residual() {
			best = t
		}
	}
	out.Before = out.Hypotheses[0].Residual
	out.After = out.Before
	switch {
	case best.datum == datumNone:
		out.Clear = *out.Before < 100
		out.Reason = fmt.Sprintf("与 %d 处同名的已有数据相差 %.0f 米，没有偏移", len(pairs), *out.Before)
	case *best.residual() < 0.4**out.Before && *best.residual() < 100:
		out.Clear, out.Proposed, out.After = true, best.datum, best.residual()
		out.Reason = fmt.Sprintf("坐标是%s：与 %d 处同名的已有数据，改正前相差 %.0f 米，改正后 %.0f 米", datumNames[best.datum], len(pairs), *out.Before, *out.After)
	default:
		out.Reason = "偏移的证据不足，按没有偏移处理"
	}
	return out
}

// segment is a piece of a stored road.
type segment struct{ a, b orb.Point }

const roadReach = 120.0 // metres beyond which a road is not looked for

// compareRoads measures points along lines against stored roads.
func compareRoads(sample []orb.Point, roads []segment) *ShiftDiagnosis {
	if len(sample) < 20 || len(roads) < 20 {
		return nil
	}
	index := newSegmentGrid(roads, roadReach)
	out := &ShiftDiagnosis{Against: "roads", Compared: len(sample), Proposed: datumNone}
	var none, best trial
	var trials []trial
	for _, datum := range []string{datumNone, datumGCJ02, datumBD09} {
		t := trial{datum: datum}
		move := unshift(datum, nil)
		all := make([]float64, 0, len(sample))
		for _, p := range sample {
			given := p
			if move != nil {
				p = move(p)
			}
			d, at := index.nearest(p, roadReach)
			all = append(all, d)
			if d <= 10 {
				t.dists, t.pairs = append(t.dists, d), append(t.pairs, pair{given, at})
			}
		}
		t.score = median(all)
		trials = append(trials, t)
		if datum == datumNone {
			none, best = t, t
		} else if t.score < best.score {
			best = t
		}
	}
	for _, t := range trials {
		out.Hypotheses = append(out.Hypotheses, t.public(len(sample), best.pairs))
	}
	near := func(t trial) *float64 { far := math.Round(t.score*100) / 100; return &far }
	out.Before, out.After = near(none), near(best)
	switch {
	case best.datum == datumNone:
		out.Clear = none.score <= clearMetres
		out.Reason = fmt.Sprintf("与已有道路相差 %.1f 米，没有偏移", none.score)
	case best.score < 0.35*none.score && len(best.dists)*2 > len(sample):
		out.Clear, out.Proposed = true, best.datum
		out.Reason = fmt.Sprintf("坐标是%s：与已有道路，改正前相差 %.1f 米，改正后 %.1f 米", datumNames[best.datum], none.score, best.score)
	default:
		out.After = out.Before
		out.Reason = "偏移的证据不足，按没有偏移处理"
	}
	return out
}

func everyNth[T any](list []T, n int) []T {
	if len(list) <= n {
		return list
	}
	out := make([]T, n)
	for i := range out {
		out[i] = list[i*len(list)/n]
	}
	return out
}
