package postgis

import (
	"fmt"
	"runtime/debug"
)

// Contain does a piece of work in the background. Where it panics, the error says so
// and holds the stack: one district that work fails for must not end the service for
// everybody.
func Contain(do func() error) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic: %v\n%s", broken, debug.Stack())
		}
	}()
	return do()
}
