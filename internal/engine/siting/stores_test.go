package siting_test

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// stores are the San Francisco case: 205 census tracts, 16 candidate stores.
type stores struct {
	cost                   [][]float64
	population, households []float64
	number                 map[string]int // site by name
	Answers                []storesAnswer `json:"answers"`
}

// storesAnswer was proven by complete enumeration.
type storesAnswer struct {
	Problem  string   `json:"problem"`
	Weight   string   `json:"weight"`
	P        int      `json:"p"`
	Radius   float64  `json:"radius_m"`
	Optimum  float64  `json:"optimum"`
	New      int      `json:"new_sites"`
	Existing []string `json:"existing"`
	Missing  []string `json:"uncoverable_tracts"`
}

func readStores(t testing.TB) *stores {
	s := &stores{number: map[string]int{}}
	for _, row := range table(t, "sf_stores", "demand.csv") {
		s.population = append(s.population, number(t, row[3]))
		s.households = append(s.households, number(t, row[4]))
	}
	for j, row := range table(t, "sf_stores", "sites.csv") {
		s.number[row[0]] = j
	}
	for _, row := range table(t, "sf_stores", "network_distance_m.csv") {
		var costs []float64
		for _, v := range row[1:] {
			costs = append(costs, number(t, v))
		}
		s.cost = append(s.cost, costs)
	}
	text, err := os.ReadFile("testdata/sf_stores/answers.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, s); err != nil {
		t.Fatal(err)
	}
	return s
}

// ask puts the question that an answer belongs to.
func (s *stores) ask(a storesAnswer) (*siting.Problem, siting.Question) {
	p := complete(s.population, s.cost)
	if a.Weight == "households" {
		p.Weight = s.households
	}
	q := siting.Question{N: a.P, Limit: a.Radius}
	switch a.Problem {
	case "p_median":
		q.Model = siting.PMedian
	case "p_center":
		q.Model = siting.PCenter
	case "mclp":
		q.Model = siting.MCLP
	case "mclp_with_existing":
		q.Model, q.N = siting.MCLP, a.New
		for _, name := range a.Existing {
			p.Fixed = append(p.Fixed, s.number[name])
		}
	default:
		q.Model = siting.LSCP
	}
	return p, q
}

func sum(list []float64) float64 {
	total := 0.0
	for _, v := range list {
		total += v
	}
	return total
}

func TestStoresAreExactInAllModels(t *testing.T) {
	s := readStores(t)
	for _, want := range s.Answers {
		if want.Problem == "lscp" {
			continue // asks that all rows be covered, which the next test looks at
		}
		p, q := s.ask(want)
		a, err := siting.Solve(t.Context(), p, q)
		if err != nil {
			t.Errorf("%+v: %v", want, err)
			continue
		}
		slack := 1e-9 // the distances were rounded to 0.1 mm after the answers were found
		if want.Problem == "p_median" {
			slack = 5e-5 * sum(p.Weight)
		}
		if math.Abs(a.Value-want.Optimum) > slack || !a.Proven || a.Bound != a.Value {
			t.Errorf("%s %s p=%d r=%v: value %v, bound %v, proven %v; want %v", want.Problem, want.Weight, want.P, want.Radius, a.Value, a.Bound, a.Proven, want.Optimum)
		}
	}
}

func TestRowsThatNoSiteCanCoverAreListed(t *testing.T) {
	s := readStores(t)
	for _, want := range s.Answers {
		if want.Problem != "lscp" {
			continue
		}
		p, q := s.ask(want)
		a, err := siting.Solve(t.Context(), p, q)
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Unreachable) != len(want.Missing) || len(a.Unserved) != 0 {
			t.Errorf("radius %v: %d unreachable, %d unserved; want %d, 0", want.Radius, len(a.Unreachable), len(a.Unserved), len(want.Missing))
		}
	}
}
