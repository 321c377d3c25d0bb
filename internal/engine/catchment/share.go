package catchment

import (
	"context"
	"runtime"

	"golang.org/x/sync/errgroup"

	"github.com/lianpian/lianpian/internal/panics"
)

// share does n pieces of work on all processors, until one fails or the context
// ends. Who does which must not matter to the answer.
func share(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			return panics.Contain(func() error { return do(ctx, i) })
		})
	}
	return group.Wait()
}

// stretch is how many homes a processor looks at at a time.
const stretch = 16_384

func stretches(homes int) int { return (homes + stretch - 1) / stretch }

// shareHomes is share for many homes, in stretches of them.
func shareHomes(ctx context.Context, homes int, do func(stretch, from, to int)) error {
	return share(ctx, stretches(homes), func(_ context.Context, i int) error {
		do(i, i*stretch, min(homes, (i+1)*stretch))
		return nil
	})
}
