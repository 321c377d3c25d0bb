package geo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
)

func TestAsMultiPolygon(t *testing.T) {
	square := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}
	tests := []struct {
		name string
		g    orb.Geometry
		want orb.MultiPolygon
		kind FaultKind
	}{
		{"polygon", orb.Polygon{square}, orb.MultiPolygon{{square}}, ""},
		{"polygons", orb.MultiPolygon{{square}, {square}}, orb.MultiPolygon{{square}, {square}}, ""},
		{"ring", square, orb.MultiPolygon{{square}}, ""},
		{"bound", orb.Bound{Max: orb.Point{4, 4}}, orb.MultiPolygon{{square}}, ""},
		{"nothing", nil, nil, Empty},
		{"empty polygon", orb.Polygon{}, nil, Empty},
		{"no polygons", orb.MultiPolygon{}, nil, Empty},
		{"point", orb.Point{1, 2}, nil, WrongType},
		{"line", orb.LineString{{1, 2}, {3, 4}}, nil, WrongType},
		{"collection", orb.Collection{square}, nil, WrongType},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, f := AsMultiPolygon(tt.g)
			if (f == nil) != (tt.kind == "") || (f != nil && f.Kind != tt.kind) {
				t.Fatalf("fault %v, want %q", f, tt.kind)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRewind(t *testing.T) {
	left := orb.Ring{{0, 0}, {4, 0}, {4, 4}, {0, 4}, {0, 0}}
	right := orb.Ring{{0, 0}, {0, 4}, {4, 4}, {4, 0}, {0, 0}}
	in := orb.MultiPolygon{{right, left}, {left, right}}
	want := orb.MultiPolygon{{left, right}, {left, right}}
	if diff := cmp.Diff(want, Rewind(in)); diff != "" {
		t.Error(diff)
	}
	if in[0][0][1] != right[1] {
		t.Error("the argument was changed")
	}
	// Far from 0° a naive sum loses the sign of a small ring.
	small := orb.Ring{{121.5, 31.2}, {121.5 + 1e-9, 31.2}, {121.5, 31.2 + 1e-9}, {121.5, 31.2}}
	if got := Rewind(orb.MultiPolygon{{small}}); got[0][0][1] != small[1] {
		t.Error("a tiny ring was turned")
	}
}
