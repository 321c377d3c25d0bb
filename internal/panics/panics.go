// Package panics keeps what goes wrong in one goroutine from ending the service for
// everybody: who waits for the work is told instead. Only requests and jobs have
// somebody above them who catches a panic; goroutines have nobody.
package panics

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Contain does a piece of work. Where it panics, the error says so and holds the stack.
func Contain(do func() error) (err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panic: %v\n%s", broken, debug.Stack())
		}
	}()
	return do()
}

// Group waits for goroutines that have no errors. The zero value is ready.
type Group struct {
	all    sync.WaitGroup
	once   sync.Once
	broken error
}

// Go does a piece of work in a goroutine.
func (g *Group) Go(do func()) {
	g.all.Go(func() {
		err := Contain(func() error { do(); return nil })
		if err != nil {
			g.once.Do(func() { g.broken = err })
		}
	})
}

// Wait waits for all of them. Where one panicked it panics too, with the error that
// Contain has for the first.
func (g *Group) Wait() {
	g.all.Wait()
	if g.broken != nil {
		panic(g.broken)
	}
}
