package siting_test

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

func TestCurveHoldsTheBestOfEveryNumberOfSites(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, rapid.Bool().Draw(t, "loaded"))
		q := drawQuestion(t, p)
		if q.Model == siting.LSCP {
			q.Model = siting.MCLP
		}
		points, err := siting.Curve(t.Context(), p, q)
		if err != nil {
			t.Fatal(err)
		}
		byN := map[int]siting.Point{}
		for _, point := range points {
			byN[point.N] = point
		}
		p.Fixed = append([]int(nil), p.Fixed...)
		for n := range q.N + 1 {
			q.N = n
			want, found := newReference(p, q).atMost()
			point, has := byN[n]
			if found != has {
				t.Fatalf("n %d: found %v, has a point %v", n, found, has)
			}
			if has && (math.Abs(point.Value-want) > 1e-6 || math.Abs(point.Bound-want) > 1e-6 || !point.Proven) {
				t.Fatalf("n %d: the best is %v, got %+v", n, want, point)
			}
		}
	})
}

func TestCurveOfTheStoresIsExact(t *testing.T) {
	s := readStores(t)
	for _, want := range s.Answers {
		if want.Problem != "mclp" || want.P != 16 {
			continue
		}
		p, q := s.ask(want)
		points, err := siting.Curve(t.Context(), p, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, other := range s.Answers {
			if other.Problem == "mclp" && other.Weight == want.Weight && other.Radius == want.Radius && points[other.P].Value != other.Optimum {
				t.Errorf("%s, radius %v, p %d: %v, want %v", other.Weight, other.Radius, other.P, points[other.P].Value, other.Optimum)
			}
		}
	}
}
