package main

import (
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

func TestTheLibraryIsProvenLineByLine(t *testing.T) {
	var out strings.Builder
	b := bench{out: &out, cases: "../../internal/engine/siting/testdata/pmed"}
	if err := b.run(t.Context(), "pmed"); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "proven"); n != 20 {
		t.Errorf("%d of 20 proven:\n%s", n, out.String())
	}
}

func TestThePeerOpensWhatCoversMost(t *testing.T) {
	p := &siting.Problem{Weight: []float64{3, 2, 2}, Sites: 2}
	p.Costs.Add([]int32{0}, []float64{5})
	p.Costs.Add([]int32{1}, []float64{5})
	p.Costs.Add([]int32{0, 1}, []float64{9, 5})
	if v := greedyCover(p, 1, 6, siting.MCLP); v != 4 {
		t.Errorf("one site covers %v, want 4", v)
	}
	if n := greedyCover(p, 0, 6, siting.LSCP); n != 2 {
		t.Errorf("%v sites cover all, want 2", n)
	}
	d := unlinked(3) // a street of three homes
	d[0][1], d[1][0], d[1][2], d[2][1] = 4, 4, 7, 7
	if v := greedyWalks(allToAll(d), 1, siting.PMedian); v != 4+7 {
		t.Errorf("walks sum to %v, want 11", v)
	}
}
