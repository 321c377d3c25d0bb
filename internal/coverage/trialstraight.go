package coverage

import (
	"context"
	"fmt"
	"math"
)

// straightTrial looks only at the subjects whose facility goes and at those that
// a new place is nearer to.
type straightTrial struct {
	m     straight
	set   []facility
	limit float64
	base  []outcome

	without string // facilities that rest leaves out
	rest    *nearest
	kept    []int // positions of those of rest
}

// try applies moves, additions and closures.
func (t *straightTrial) try(ctx context.Context, changes []Change) ([]otherwise, []string, error) {
	gone := make([]bool, len(t.set))
	var added []place
	for _, c := range changes {
		if c.Kind == "move" || c.Kind == "close" {
			for i := range t.set {
				gone[i] = gone[i] || t.set[i].code == c.Facility
			}
		}
		if c.Kind == "move" || c.Kind == "add" {
			added = append(added, placeAt(c.Location[0], c.Location[1]))
		}
	}
	t.leave(gone)
	b := boundOf(append(append([]place{}, t.m.at...), added...))
	flat := floorFor(b.Min[0], b.Min[1], b.Max[0], b.Max[1])
	var changed []otherwise
	for i := range t.m.at {
		if i%checkEvery == 0 && ctx.Err() != nil {
			return nil, nil, fmt.Errorf("try changes: %w", ctx.Err())
		}
		p, o := t.m.at[i], t.base[i]
		moved := o.facility >= 0 && gone[o.facility]
		if moved {
			f := t.rest.to(p)
			o.facility, o.metres = -1, f.metres
			if f.order >= 0 {
				o.facility = t.kept[f.order]
			}
		}
		for k, q := range added {
			east, north := flat.perLon*(p.lon-q.lon), flat.perLat*(p.lat-q.lat)
			if east*east+north*north > o.metres*o.metres {
				continue
			}
			if d := metres(p, q); d < o.metres {
				moved, o.facility, o.metres = true, len(t.set)+k, d
			}
		}
		if moved {
			o.cost, o.status = o.metres, Uncovered
			if o.metres <= t.limit {
				o.status = Covered
			}
			changed = append(changed, otherwise{i, o})
		}
	}
	return changed, nil, nil
}

// leave prepares the facilities that stay where they are.
func (t *straightTrial) leave(gone []bool) {
	key := fmt.Sprint(gone)
	if t.rest != nil && t.without == key {
		return
	}
	t.without, t.kept = key, nil
	var kept []facility
	for i := range t.set {
		if !gone[i] {
			kept, t.kept = append(kept, t.set[i]), append(t.kept, i)
		}
	}
	t.rest = t.m.tree(kept)
}

func (t *straightTrial) gains(context.Context, Change) ([]otherwise, float64, bool, error) {
	return nil, math.NaN(), false, &InvalidError{Field: "method", Detail: "直线半径法不沿道路计算"}
}
