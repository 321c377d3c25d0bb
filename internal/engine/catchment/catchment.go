// Package catchment answers which homes a facility serves: the nearest one of
// each home with the way there and back, what changes when facilities or paths
// do, who is served where places are few, the gaps that are left, and the ground
// that is within reach. Homes and facilities are numbers, costs are metres or
// seconds, places are metres in a plane. It must never know of databases, HTTP
// or files, and never put a straight line where there is no way.
package catchment

import "fmt"

// InputError says which figure of the question cannot be used.
type InputError struct {
	What  string // "demand", "capacity" …
	Index int    // which of them; -1: all together
	Why   string
}

func (e *InputError) Error() string {
	if e.Index < 0 {
		return fmt.Sprintf("catchment: %s: %s", e.What, e.Why)
	}
	return fmt.Sprintf("catchment: %s of number %d: %s", e.What, e.Index, e.Why)
}
