package catchment

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/paulmach/orb"
)

// Uncovered is a home beyond the limit.
type Uncovered struct {
	Home       int32 // its number, which patches name it by
	At         orb.Point
	Households float64
	FloorArea  float64 // square metres
	Excess     float64 // metres or seconds beyond the limit; +Inf: there is no way
}

// PatchRules say what makes a patch.
type PatchRules struct {
	// Gap is how near (metres) two homes are in one patch; 0: 100.
	Gap float64
	// Barred tells whether something lies between two places that keeps their
	// homes apart, such as a river; nil: nothing does.
	Barred func(a, b orb.Point) bool
	// Margin is how far (metres) around its homes the outline of a patch runs; 0: 35.
	Margin float64
}

// Patch is a part of the gap: uncovered homes near each other.
type Patch struct {
	ID          int32 // the lowest number of its homes
	Homes       []int32
	Households  float64
	FloorArea   float64
	NoWay       int     // homes from which no facility is reached at all
	WorstExcess float64 // metres or seconds, of homes with a way; 0: none has one
	MeanExcess  float64 // of them, weighted with households (equally where they have none)
	Outline     orb.MultiPolygon
}

// Patches puts uncovered homes that are near each other, directly or by others
// between them, into patches: first the one with the most households, then floor
// area, then homes.
func Patches(ctx context.Context, homes []Uncovered, rules PatchRules) ([]Patch, error) {
	if rules.Gap == 0 {
		rules.Gap = 100
	}
	if rules.Margin == 0 {
		rules.Margin = 35
	}
	if err := rules.check(homes); err != nil {
		return nil, err
	}
	homes = slices.Clone(homes)
	slices.SortStableFunc(homes, func(a, b Uncovered) int { return cmp.Compare(a.Home, b.Home) })
	s, err := cluster(ctx, homes, rules)
	if err != nil {
		return nil, err
	}
	number := map[int32]int{}
	var members [][]Uncovered
	for i, h := range homes {
		root := s.root(int32(i))
		n, known := number[root]
		if !known {
			n = len(members)
			number[root] = n
			members = append(members, nil)
		}
		members[n] = append(members[n], h)
	}
	patches := make([]Patch, len(members))
	for n, m := range members {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("outline patches: %w", context.Cause(ctx))
		}
		patches[n] = patchOf(m, rules.Margin)
	}
	slices.SortFunc(patches, func(a, b Patch) int {
		return cmp.Or(cmp.Compare(b.Households, a.Households), cmp.Compare(b.FloorArea, a.FloorArea),
			cmp.Compare(len(b.Homes), len(a.Homes)), cmp.Compare(a.ID, b.ID))
	})
	return patches, nil
}

func (r PatchRules) check(homes []Uncovered) error {
	if !(r.Gap > 0) || math.IsInf(r.Gap, 1) {
		return &InputError{"gap", -1, "it must be a number of metres above 0"}
	}
	if !(r.Margin > 0) || math.IsInf(r.Margin, 1) {
		return &InputError{"margin", -1, "it must be a number of metres above 0"}
	}
	for i, h := range homes {
		switch {
		case !finite(h.At):
			return &InputError{"place", i, "it is not finite"}
		case !(h.Households >= 0), math.IsInf(h.Households, 1):
			return &InputError{"households", i, "it must be a number from 0 on"}
		case !(h.FloorArea >= 0), math.IsInf(h.FloorArea, 1):
			return &InputError{"floor area", i, "it must be a number from 0 on"}
		case !(h.Excess >= 0):
			return &InputError{"excess", i, "it must be a number from 0 on"}
		}
	}
	return nil
}

func finite(p orb.Point) bool {
	return !math.IsNaN(p[0]+p[1]) && !math.IsInf(p[0], 0) && !math.IsInf(p[1], 0)
}

// cluster joins homes nearer than the gap. Those are in the same or in
// neighbouring cells of a grid.
func cluster(ctx context.Context, homes []Uncovered, rules PatchRules) (sets, error) {
	s := newSets(len(homes))
	cells := map[[2]int64][]int32{}
	cellOf := func(p orb.Point) [2]int64 {
		return [2]int64{int64(math.Floor(p[0] / rules.Gap)), int64(math.Floor(p[1] / rules.Gap))}
	}
	for i, h := range homes {
		if i%4096 == 0 && ctx.Err() != nil {
			return nil, fmt.Errorf("join homes to patches: %w", context.Cause(ctx))
		}
		cell := cellOf(h.At)
		for dx := int64(-1); dx <= 1; dx++ {
			for dy := int64(-1); dy <= 1; dy++ {
				for _, j := range cells[[2]int64{cell[0] + dx, cell[1] + dy}] {
					other := homes[j].At
					if math.Hypot(h.At[0]-other[0], h.At[1]-other[1]) < rules.Gap &&
						s.root(int32(i)) != s.root(j) && (rules.Barred == nil || !rules.Barred(other, h.At)) {
						s.join(int32(i), j)
					}
				}
			}
		}
		cells[cell] = append(cells[cell], int32(i))
	}
	return s, nil
}

// patchOf sums up a patch; its homes come by number.
func patchOf(homes []Uncovered, margin float64) Patch {
	p := Patch{ID: homes[0].Home}
	places := make([]orb.Point, len(homes))
	sum, weight, plain := 0.0, 0.0, 0.0
	for i, h := range homes {
		p.Homes = append(p.Homes, h.Home)
		p.Households += h.Households
		p.FloorArea += h.FloorArea
		places[i] = h.At
		if math.IsInf(h.Excess, 1) {
			p.NoWay++
			continue
		}
		p.WorstExcess = max(p.WorstExcess, h.Excess)
		sum += h.Households * h.Excess
		weight += h.Households
		plain += h.Excess
	}
	if weight > 0 {
		p.MeanExcess = sum / weight
	} else if with := len(homes) - p.NoWay; with > 0 {
		p.MeanExcess = plain / float64(with)
	}
	p.Outline = outline(places, margin)
	return p
}
