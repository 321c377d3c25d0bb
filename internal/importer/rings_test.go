package importer

import (
	"slices"
	"testing"

	"github.com/paulmach/orb"
)

// grid is an extract whose node 10·y+x lies at (x, y) · 0.001°.
func grid(ways map[int64][]int64) *osmFile {
	f := &osmFile{}
	for y := range int64(10) {
		for x := range int64(10) {
			_ = f.node(10*y+x, int32(1069000000+x*10000), int32(289000000+y*10000), nil)
		}
	}
	for id, refs := range ways {
		_ = f.way(id, refs, nil)
	}
	f.arrange()
	return f
}

func outer(ids ...int64) (m []osmMember) {
	for _, id := range ids {
		m = append(m, osmMember{id, true, "outer"})
	}
	return m
}

func TestRingsAreAssembledFromWays(t *testing.T) {
	tests := []struct {
		name     string
		ways     map[int64][]int64
		members  []osmMember
		polygons []int // rings of each polygon
		absent   int
		unclosed int
	}{
		{
			name:     "one closed way",
			ways:     map[int64][]int64{1: {0, 5, 55, 50, 0}},
			members:  outer(1),
			polygons: []int{1},
		},
		{
			// 50──55
			//  │  │   two ways, one drawn the other way round
			//  0──5
			name:     "two ways that run against each other",
			ways:     map[int64][]int64{1: {0, 5, 55}, 2: {0, 50, 55}},
			members:  outer(1, 2),
			polygons: []int{1},
		},
		{
			name:     "a hole whose role is wrong",
			ways:     map[int64][]int64{1: {0, 9, 99, 90, 0}, 2: {22, 25, 55, 52, 22}},
			members:  outer(1, 2),
			polygons: []int{2},
		},
		{
			name:     "an island in a lake on an island",
			ways:     map[int64][]int64{1: {0, 9, 99, 90, 0}, 2: {11, 18, 88, 81, 11}, 3: {33, 36, 66, 63, 33}},
			members:  outer(3, 1, 2),
			polygons: []int{2, 1},
		},
		{
			// Two squares that touch in node 22, out of four half rings.
			name:     "two rings that touch in a node",
			ways:     map[int64][]int64{1: {0, 2, 22}, 2: {22, 20, 0}, 3: {22, 24, 44}, 4: {44, 42, 22}},
			members:  outer(1, 3, 4, 2),
			polygons: []int{1, 1},
		},
		{
			name:     "a hole that touches its shell",
			ways:     map[int64][]int64{1: {0, 5, 55, 50, 0}, 2: {0, 12, 22, 21, 0}},
			members:  []osmMember{{1, true, "outer"}, {2, true, "inner"}},
			polygons: []int{2},
		},
		{
			name:     "a ring that does not close beside one that does",
			ways:     map[int64][]int64{1: {0, 2, 22, 20, 0}, 2: {55, 57, 77}},
			members:  outer(1, 2),
			polygons: []int{1},
			unclosed: 1,
		},
		{
			name:     "a spur on a ring",
			ways:     map[int64][]int64{1: {0, 2, 22}, 2: {22, 20, 0}, 3: {22, 44}},
			members:  outer(1, 3, 2),
			polygons: []int{1},
			unclosed: 1,
		},
		{
			name:    "a way that is not in the file",
			ways:    map[int64][]int64{1: {0, 2, 22}},
			members: outer(1, 2), absent: 1, unclosed: 1,
		},
		{
			name:     "a way that is named twice",
			ways:     map[int64][]int64{1: {0, 5, 55, 50, 0}},
			members:  outer(1, 1),
			polygons: []int{1},
		},
		{
			name:     "labels and centres do not count",
			ways:     map[int64][]int64{1: {0, 5, 55, 50, 0}},
			members:  append(outer(1), osmMember{7, false, "admin_centre"}, osmMember{8, true, "label"}),
			polygons: []int{1},
		},
		{name: "nothing at all"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := assembleArea(grid(tt.ways), tt.members)
			var polygons []int
			for _, p := range got.area {
				polygons = append(polygons, len(p))
			}
			slices.Sort(polygons)
			slices.Sort(tt.polygons)
			if !slices.Equal(polygons, tt.polygons) || len(got.absent) != tt.absent || len(got.unclosed) != tt.unclosed {
				t.Errorf("polygons %v, absent %v, unclosed %v", polygons, got.absent, got.unclosed)
			}
			for _, p := range got.area {
				for _, r := range p {
					if !r.Closed() {
						t.Errorf("ring %v is open", r)
					}
				}
			}
		})
	}
}

func TestANodeThatIsMissingIsNamed(t *testing.T) {
	f := grid(map[int64][]int64{1: {0, 5, 777, 50, 0}})
	got := assembleArea(f, outer(1))
	if len(got.area) != 0 || !slices.Equal(got.gaps, []int64{777}) {
		t.Errorf("got %+v", got)
	}
}

func TestTheInnerPointIsInside(t *testing.T) {
	horseshoe := orb.Polygon{{{0, 0}, {10, 0}, {10, 10}, {8, 10}, {8, 2}, {2, 2}, {2, 10}, {0, 10}, {0, 0}}}
	ring := orb.Polygon{{{0, 0}, {10, 0}, {10, 10}, {0, 10}, {0, 0}}, {{1, 1}, {1, 9}, {9, 9}, {9, 1}, {1, 1}}}
	for _, p := range []orb.Polygon{horseshoe, ring} {
		at, ok := innerPoint(orb.MultiPolygon{p})
		if !ok || !pointInside(at, orb.MultiPolygon{p}) {
			t.Errorf("%v is not inside %v", at, p)
		}
	}
}
