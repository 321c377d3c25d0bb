package formation

import "context"

func (s *space) search(ctx context.Context, o Options) Answer {
	sc := newScratch(s)
	st := s.greedy(sc, false)
	if st.count < s.loZones {
		if other := s.greedy(sc, true); other.better(st, s) {
			st = other
		}
	}
	bound := 0.0
	for _, c := range s.comps {
		for _, v := range c {
			bound += s.nValue[v]
		}
	}
	a := s.answer(sc, st, bound, sc.work)
	if o.Better != nil {
		o.Better(a)
	}
	return a
}
