package catchment

import (
	"context"
	"math"
	"sync"

	"github.com/lianpian/lianpian/internal/engine/network"
)

// settle finds the nearest facility of disputed homes.
func (c *Cover) settle(ctx context.Context, disputed marks) error {
	any := false
	for range disputed.all() {
		any = true
		break
	}
	if !any {
		return nil
	}
	d := c.homes.doors
	var hand sync.Mutex
	return share(ctx, c.facilities.Ties().Len(), func(_ context.Context, f int) error {
		to, from := c.homes.net.Vicinity(), c.homes.net.Vicinity()
		to.Explore(c.facilities, f, network.ToSource, min(1e5, c.question.Reach))
		from.Explore(c.facilities, f, network.FromSource, min(1e5, c.question.Reach))
		hand.Lock()
		defer hand.Unlock()
		for h := range disputed.all() {
			_, there := to.Cost(d, h)
			_, back := from.Cost(d, h)
			if n := (Nearest{int32(f), there, back}); !math.IsInf(n.Cost(), 1) && n.better(c.nearest[h]) {
				c.nearest[h] = n
			}
		}
		return nil
	})
}
