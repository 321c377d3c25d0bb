package catchment

import (
	"slices"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// outcome is what a trial makes of a home.
type outcome struct {
	home  int32
	after Nearest
}

// affected returns the homes for which a trial may matter, by number, on a net
// where there and back differ. These are the homes of facilities that are gone or
// step elsewhere since paths were drawn, those that do so themselves, those whose
// walk a drawn path may shorten, and those to which a facility that is new or
// steps elsewhere is better than what they have.
func (t *Trial) affected() []outcome {
	homes := t.unsettled()
	list := make([]outcome, len(homes))
	var disputes []dispute
	var numbers []int // of them in the list
	for i, h := range homes {
		d := t.read(h)
		list[i] = outcome{h, none}
		if d.to == d.from {
			list[i].after = Nearest{int32(d.to), d.there, d.back}
		} else if d.to >= 0 && d.from >= 0 {
			disputes, numbers = append(disputes, d), append(numbers, i)
		}
	}
	for i, n := range t.settle(disputes) {
		list[numbers[i]].after = n
	}
	list = t.improve(list)
	slices.SortFunc(list, func(a, b outcome) int { return int(a.home - b.home) })
	return list
}

// read is what the trial's overlays tell of a home.
func (t *Trial) read(home int32) dispute {
	d := dispute{home: home}
	d.to, d.there = t.to.Cost(t.c.homes.doors, int(home))
	d.from, d.back = t.from.Cost(t.c.homes.doors, int(home))
	return d
}

// unsettled returns, in order, the homes that must look for a facility anew.
func (t *Trial) unsettled() (homes []int32) {
	for f := range t.c.facilities.Ties().Len() {
		if t.closed[f] {
			homes = append(homes, t.c.domains()[f].homes...)
		}
	}
	t.to.Moved(func(f int, less bool) {
		if less && f < t.c.facilities.Ties().Len() {
			homes = append(homes, t.c.domains()[f].homes...)
		}
	})
	if len(t.drawn) > 0 {
		homes = append(homes, t.to.Retied(t.c.homes.doors)...)
		s, slack := t.survey, 0.0
		for _, path := range t.drawn {
			slack = max(slack, t.c.slackNear(path.Bound()))
		}
		s.to.ExploreDrawn(t.to, t.c.question.Reach, slack)
		s.from.ExploreDrawn(t.from, t.c.question.Reach, slack)
		s.begin()
		look := func(home int32) {
			_, there := s.to.Cost(t.c.homes.doors, int(home))
			_, back := s.from.Cost(t.c.homes.doors, int(home))
			if cost := t.c.nearest[home].Cost(); there <= cost || back <= cost {
				homes = append(homes, home)
			}
		}
		for _, explored := range []*network.Surroundings{s.to, s.from} {
			s.each(explored.Nodes(), explored.Edges(), s.at, look)
		}
	}
	slices.Sort(homes)
	return slices.Compact(homes)
}

// improve adds the homes to which a facility that was added, or steps elsewhere
// since paths were drawn, is better than what they have. Those in the list have
// looked at it already; so has every home whose way to it leads over a path.
func (t *Trial) improve(list []outcome) []outcome {
	number := map[int32]int{} // of a home: where it is in the list; -1: settled
	for _, o := range list {
		number[o.home] = -1
	}
	for _, f := range t.unlike() {
		site := t.site(f)
		at := site.doors.Ties().Place(site.place).Bound()
		t.survey.exploreMoved(t.to, t.from, f, t.c.question.Reach, t.c.slackNear(at))
		for _, x := range t.survey.around(t.survey.at, func(home int32) float64 { return t.c.nearest[home].Cost() }) {
			n := x.nearest(f)
			k, known := number[x.home]
			switch {
			case known && k >= 0 && n.better(list[k].after):
				list[k].after = n
			case !known && n.better(t.c.nearest[x.home]):
				number[x.home] = len(list)
				list = append(list, outcome{x.home, n})
			}
		}
	}
	return list
}

// unlike returns the facilities that are open and not as in the cover.
func (t *Trial) unlike() (facilities []int) {
	t.to.Moved(func(f int, _ bool) {
		if f < t.c.facilities.Ties().Len() && !t.closed[f] {
			facilities = append(facilities, f)
		}
	})
	for f := t.c.facilities.Ties().Len(); f < t.facilities(); f++ {
		if !t.closed[f] {
			facilities = append(facilities, f)
		}
	}
	return facilities
}
