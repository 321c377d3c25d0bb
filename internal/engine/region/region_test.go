package region_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/engine/region"
)

func graph(t testing.TB, communities int, links ...region.Link) *region.Graph {
	t.Helper()
	g, err := region.NewGraph(communities, links)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// on is a usable link, off one that isn't.
func on(a, b int32, length float64) region.Link {
	return region.Link{A: a, B: b, LengthM: length, Usable: true}
}

func off(a, b int32, length float64) region.Link {
	return region.Link{A: a, B: b, LengthM: length}
}

func TestNewGraphRefusesBadLinks(t *testing.T) {
	tests := []struct {
		name string
		link region.Link
		want error
	}{
		{"index too high", on(0, 3, 1), region.ErrUnknownCommunity},
		{"index below zero", on(-1, 2, 1), region.ErrUnknownCommunity},
		{"self link", on(1, 1, 1), region.ErrSelfLink},
		{"no number", on(0, 1, math.NaN()), region.ErrBadLength},
		{"negative", on(0, 1, -0.1), region.ErrBadLength},
		{"infinite", on(0, 1, math.Inf(1)), region.ErrBadLength},
		{"bad though not usable", off(0, 1, math.NaN()), region.ErrBadLength},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := region.NewGraph(3, []region.Link{on(0, 1, 5), test.link})
			var fault *region.LinkError
			if !errors.Is(err, test.want) || !errors.As(err, &fault) || fault.Index != 1 {
				t.Errorf("error %v, want %v of link 1", err, test.want)
			}
		})
	}
	if _, err := region.NewGraph(-1, nil); !errors.Is(err, region.ErrTooMany) {
		t.Errorf("minus one communities: %v", err)
	}
	if g, err := region.NewGraph(0, nil); err != nil || g.Parts(nil) != nil || !g.Contiguous(nil) {
		t.Errorf("an empty district: %v", err)
	}
}

// 0 ─10─ 1 ─10─ 2        6 ╌╌ 7 not usable
//
//	│      │
//	3 ─10─ 4 ─10─ 5
func sketch(t testing.TB) *region.Graph {
	return graph(t, 8,
		on(0, 1, 10), on(1, 2, 10), on(1, 3, 10), on(2, 4, 10), on(3, 4, 10), on(4, 5, 10), off(6, 7, 10))
}

func TestPartsOfASketch(t *testing.T) {
	g := sketch(t)
	tests := []struct {
		name    string
		members []int32
		want    [][]int32
	}{
		{"nothing", nil, nil},
		{"one", []int32{3}, [][]int32{{3}}},
		{"a link that isn't usable ties nothing", []int32{7, 6}, [][]int32{{6}, {7}}},
		{"smallest first, then lowest first", []int32{5, 4, 7, 0, 1}, [][]int32{{7}, {0, 1}, {4, 5}}},
		{"named twice counts once", []int32{1, 0, 1, 0}, [][]int32{{0, 1}}},
		{"only links inside the set count", []int32{0, 2}, [][]int32{{0}, {2}}},
		{"unknown communities stand alone", []int32{99, 0, 1, -5}, [][]int32{{-5}, {99}, {0, 1}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, g.Parts(test.members)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if got, want := g.Contiguous(test.members), len(test.want) < 2; got != want {
				t.Errorf("contiguous: %v", got)
			}
		})
	}
}
