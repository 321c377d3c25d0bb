package panics_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lianpian/lianpian/internal/panics"
)

func TestAPanicIsAnErrorWithItsStack(t *testing.T) {
	refused := errors.New("refused")
	if err := panics.Contain(func() error { return refused }); !errors.Is(err, refused) {
		t.Errorf("an error became %v", err)
	}
	err := panics.Contain(func() error {
		panic("a nil map")
	})
	if err == nil || !strings.Contains(err.Error(), "nil map") || !strings.Contains(err.Error(), "panics_test.go") {
		t.Errorf("a panic became %v", err)
	}
}

func TestWhoWaitsForAGroupIsToldOfAPanic(t *testing.T) {
	for name, c := range map[string]struct {
		broken int // of ten
		want   bool
	}{"none": {0, false}, "one": {1, true}, "all": {10, true}} {
		t.Run(name, func(t *testing.T) {
			var g panics.Group
			var done atomic.Int32
			for n := range 10 {
				g.Go(func() {
					defer done.Add(1)
					if n < c.broken {
						panic("a nil patch")
					}
				})
			}
			err := panics.Contain(func() error { g.Wait(); return nil })
			if (err != nil) != c.want || err != nil && !strings.Contains(err.Error(), "a nil patch") {
				t.Errorf("it is told %v", err)
			}
			if done.Load() != 10 {
				t.Errorf("%d of 10 were waited for", done.Load())
			}
		})
	}
}
