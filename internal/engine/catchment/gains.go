package catchment

import (
	"context"
	"fmt"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// Gain is what a drawn path gains alone.
type Gain struct {
	Path int // its number in the list
	Effect
}

// Gains returns what each of some paths gains alone, the best first: by the
// households that it covers, then by their floor area, then by the walk that it
// saves; and what all of them gain together. Sizes as for Trial.Effect.
func (c *Cover) Gains(ctx context.Context, paths []*network.Drawn, sizes []Size) (alone []Gain, together Effect, err error) {
	t := c.Trial()
	alone = make([]Gain, len(paths))
	for i, p := range paths {
		if ctx.Err() != nil {
			return nil, Effect{}, fmt.Errorf("try path %d of %d: %w", i+1, len(paths), context.Cause(ctx))
		}
		t.Reset()
		t.Draw(p)
		alone[i] = Gain{i, t.Effect(sizes)}
	}
	slices.SortStableFunc(alone, func(a, b Gain) int { return best(a.Effect, b.Effect) })
	t.Reset()
	t.Draw(paths...)
	return alone, t.Effect(sizes), nil
}
