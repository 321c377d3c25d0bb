package site_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/site"
)

// spot is a place in metres, with households where it is a home.
type spot struct {
	x, y       float64
	households int
}

// small is a town at random in which all choices of sites can be tried.
type small struct {
	*town
	homes, existing, candidates []spot
}

func newSmall(t *testing.T, seed uint64) *small {
	w := &small{town: newTown(t)}
	random := rand.New(rand.NewPCG(seed, 2))
	side := func() float64 { return 8 + 4*random.Float64() } // of the street, north
	for i := range 24 {
		h := spot{3000 * random.Float64(), side(), 1 + random.IntN(80)}
		w.homes = append(w.homes, h)
		w.home(name("H", i), h.x, h.y, h.households)
	}
	for i := range 2 {
		f := spot{x: 3000 * random.Float64(), y: -side()}
		w.existing = append(w.existing, f)
		w.facility(name("F", i), daycare, f.x, f.y, nil)
	}
	for range 7 {
		w.candidates = append(w.candidates, spot{x: 3000 * random.Float64(), y: -side()})
	}
	return w
}

func (w *small) request(model, method string, n int, keep bool) site.Request {
	r := site.Request{
		Model: model, FacilityType: daycare, Method: method, Limit: within(350), N: n, KeepExisting: &keep, Candidates: []string{site.Points},
	}
	for _, c := range w.candidates {
		r.Points = append(r.Points, w.at(c.x, c.y))
	}
	return r
}

// cost is the way from a home to a place by the method.
func cost(method string, h, c spot) float64 {
	if method == coverage.MethodRadius {
		return math.Hypot(h.x-c.x, h.y-c.y)
	}
	return math.Abs(h.y) + math.Abs(h.x-c.x) + math.Abs(c.y)
}

// best tries all choices of at most n candidates.
type best struct {
	most, mean, worst float64 // households covered; mean and worst way
	fewest            int     // sites that cover all that can be
	before, hopeless  float64
}

func (w *small) best(method string, n int, keep bool) best {
	b := best{mean: math.Inf(1), worst: math.Inf(1), fewest: math.MaxInt}
	coverable := 0.0
	for chosen := range 1 << len(w.candidates) {
		var open []spot
		sites := 0
		for i, c := range w.candidates {
			if chosen>>i&1 == 1 {
				open, sites = append(open, c), sites+1
			}
		}
		if keep {
			open = append(open, w.existing...)
		}
		covered, sum, worst, all := 0.0, 0.0, 0.0, 0.0
		for _, h := range w.homes {
			least := math.Inf(1)
			for _, c := range open {
				least = min(least, cost(method, h, c))
			}
			households := float64(h.households)
			if least <= 350 {
				covered += households
			}
			all += households
			sum, worst = sum+households*least, max(worst, least)
		}
		if chosen == 0 {
			b.before = covered
		}
		if covered > coverable || covered == coverable && sites < b.fewest {
			coverable, b.fewest = covered, sites
		}
		if sites <= n {
			b.most, b.mean, b.worst = max(b.most, covered), min(b.mean, sum/all), min(b.worst, worst)
		}
		b.hopeless = all - coverable
	}
	return b
}

func TestEveryModelFindsTheBest(t *testing.T) {
	for seed := range uint64(2) {
		w := newSmall(t, seed)
		for _, method := range []string{coverage.MethodRadius, coverage.MethodWalk} {
			for _, keep := range []bool{true, false} {
				for n := 1; n <= 3; n++ {
					want := w.best(method, n, keep)
					w.covers(method, n, keep, want)
					w.shortens(method, n, keep, want)
				}
			}
		}
	}
}

// covers tests the models that count who is within the limit.
func (w *small) covers(method string, n int, keep bool, want best) {
	w.t.Helper()
	what := fmt.Sprintf("%s, n = %d, kept %v", method, n, keep)
	most := w.solve(w.request(site.CoverMost, method, n, keep)).Answer
	if most.Value != want.most || most.After != want.most || most.Before != want.before || most.Hopeless != want.hopeless || most.Unit != "households" {
		w.t.Errorf("%s: %v households of %v, before %v of %v, hopeless %v of %v", what, most.Value, want.most, most.Before, want.before, most.Hopeless, want.hopeless)
	}
	if !most.Proven || most.Bound != most.Value || most.GapPercent != 0 || len(most.Sites) > n || !strings.Contains(most.Sentence, "没有更好的方案") {
		w.t.Errorf("%s: %+v", what, most)
	}
	added, served := 0.0, 0.0
	for i, s := range most.Sites {
		added, served = added+s.New, served+s.Households
		if s.Index != i || s.New > s.Households || i > 0 && s.New > most.Sites[i-1].New {
			w.t.Errorf("%s: site %+v", what, s)
		}
	}
	if most.Before+added != most.After || served > most.After {
		w.t.Errorf("%s: %v covered before, %v by the sites, %v after", what, most.Before, added, most.After)
	}
	w.curve(what, most, n, method, keep)
	all := w.solve(w.request(site.CoverAll, method, 0, keep)).Answer
	if all.Value != float64(want.fewest) || len(all.Sites) != want.fewest || !all.Proven || all.Unit != "sites" || all.After != all.Demand-want.hopeless {
		w.t.Errorf("%s: %v sites cover all, want %d: %+v", what, all.Value, want.fewest, all)
	}
}

// curve tests the households against the number of sites.
func (w *small) curve(what string, a *site.Answer, n int, method string, keep bool) {
	w.t.Helper()
	if len(a.Curve) != n+1 && len(a.Curve) != n {
		w.t.Errorf("%s: the curve has %d points", what, len(a.Curve))
	}
	for i, p := range a.Curve {
		if want := w.best(method, p.N, keep).most; p.N <= n && (p.Households != want || p.Bound < p.Households) {
			w.t.Errorf("%s: point %+v of the curve, want %v households", what, p, want)
		}
		if i > 0 && (p.Households < a.Curve[i-1].Households || p.N != a.Curve[i-1].N+1) {
			w.t.Errorf("%s: the curve falls at %+v", what, p)
		}
		if p.N == n && p.Households != a.Value {
			w.t.Errorf("%s: the curve says %v, the answer %v", what, p.Households, a.Value)
		}
	}
}

// shortens tests the models that count ways.
func (w *small) shortens(method string, n int, keep bool, want best) {
	w.t.Helper()
	what := fmt.Sprintf("%s, n = %d, kept %v", method, n, keep)
	tolerance := 0.05
	if method == coverage.MethodRadius {
		tolerance = 0.001 * want.worst // the plane is not the ellipsoid
	}
	mean := w.solve(w.request(site.LeastWalk, method, n, keep)).Answer
	if !near(mean.Value, want.mean, tolerance) || !mean.Proven || mean.Unit != "metres" || mean.Bound > mean.Value+1e-9 {
		w.t.Errorf("%s: on average %v m, want %v: %+v", what, mean.Value, want.mean, mean)
	}
	worst := w.solve(w.request(site.LeastFar, method, n, keep)).Answer
	if !near(worst.Value, want.worst, tolerance) || !worst.Proven || worst.Unit != "metres" {
		w.t.Errorf("%s: at worst %v m, want %v: %+v", what, worst.Value, want.worst, worst)
	}
	for _, a := range []*site.Answer{mean, worst} {
		if last := a.Curve[len(a.Curve)-1]; last.N != n || last.Households != want.most {
			w.t.Errorf("%s: the curve ends with %+v, want %v households", what, last, want.most)
		}
	}
}

// What an answer promises is what coverage says once its sites are there.
func TestAnAnswerHoldsOnceItsSitesAreThere(t *testing.T) {
	for _, method := range []string{coverage.MethodRadius, coverage.MethodWalk} {
		w := newSmall(t, 5)
		r := w.request(site.CoverMost, method, 2, true)
		q := w.solve(r)
		if before := w.cover(r, ""); float64(before.Summary.CoveredHouseholds) != q.Answer.Before {
			t.Errorf("%s: %d households before, the answer says %v", method, before.Summary.CoveredHouseholds, q.Answer.Before)
		}
		for i, s := range q.Answer.Sites {
			w.exec(`insert into facility (district_code, code, facility_type, geom) values ($1, $2, $3, ST_SetSRID(ST_MakePoint($4, $5), 4490))`,
				w.district, name("new", i), daycare, s.Location[0], s.Location[1])
		}
		after := w.cover(r, "")
		if float64(after.Summary.CoveredHouseholds) != q.Answer.After || float64(after.Summary.Households) != q.Answer.Demand {
			t.Errorf("%s: %d of %d households after, the answer says %v of %v",
				method, after.Summary.CoveredHouseholds, after.Summary.Households, q.Answer.After, q.Answer.Demand)
		}
	}
}

// With capacities, coverage shares the households out and comes to the same.
func TestCapacitiesLimitWhatASiteIsWorth(t *testing.T) {
	for _, units := range []float64{1, 2} {
		w := newSmall(t, 6)
		w.exec(`update facility set capacity = 60`)
		r := w.request(site.CoverMost, coverage.MethodWalk, 2, true)
		capacity := 100.0
		r.Capacity, r.UnitsPerHouse = &capacity, units
		q := w.solve(r)
		made, err := w.sites.Accept(t.Context(), everything, w.district, q.ID, site.Acceptance{})
		if err != nil || len(made) != 2 || made[0].Capacity == nil || *made[0].Capacity != 100 {
			t.Fatalf("%+v %v", made, err)
		}
		run := w.cover(r, q.Request.Scenario)
		served := run.Summary.Capacity.ServedHouseholds
		if !near(q.Answer.Value, float64(served), 0.51) || q.Answer.Value > (2*60+2*100)/units || !q.Answer.Proven {
			t.Errorf("units %v: %v households, coverage serves %d", units, q.Answer.Value, served)
		}
		for _, s := range q.Answer.Sites {
			if s.Households > 100/units+1e-6 || s.New > s.Households {
				t.Errorf("units %v: a site for %v serves %+v", units, 100/units, s)
			}
		}
		if q.Answer.After != float64(run.Summary.CoveredHouseholds) || !strings.Contains(q.Answer.Sentence, "按服务能力可服务") {
			t.Errorf("units %v: %v covered, coverage says %d; %s", units, q.Answer.After, run.Summary.CoveredHouseholds, q.Answer.Sentence)
		}
	}
}

// Homes that the first step serves want no site.
func TestSparedHomesAreNoDemand(t *testing.T) {
	w := newTown(t)
	w.facility("centre", "health_centre", 0, -10, nil)
	w.home("spared", 500, 10, 1000)
	w.home("far", 3000, 10, 10)
	q := w.solve(site.Request{
		Model: site.CoverMost, FacilityType: "health_station", Method: coverage.MethodWalk, N: 1,
		Candidates: []string{site.Points}, Points: w.points(500, -10, 3000, -10),
	})
	if q.Answer.Demand != 10 || q.Answer.After != 10 || len(q.Answer.Sites) != 1 || !strings.Contains(strings.Join(q.Notes, ""), "1000 户") || q.Standard == nil {
		t.Errorf("%+v %q", q.Answer, q.Notes)
	}
	if q.Limit.Metres == nil || *q.Limit.Metres != 300 {
		t.Errorf("limit %+v", q.Limit)
	}
}

// The same question on the same data has the same answer, whoever works on it.
func TestTheSameQuestionHasTheSameAnswer(t *testing.T) {
	w := newSmall(t, 8)
	for _, model := range []string{site.CoverAll, site.CoverMost, site.LeastWalk, site.LeastFar} {
		n := 3
		if model == site.CoverAll {
			n = 0
		}
		r := w.request(model, coverage.MethodWalk, n, true)
		one, two := w.solve(r), w.solve(r)
		if a, b := text(t, one.Answer), text(t, two.Answer); a != b || len(one.Answer.Digest) != 64 || one.Answer.Network == nil {
			t.Errorf("%s: %s\n%s", model, a, b)
		}
	}
}
