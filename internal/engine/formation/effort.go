package formation

// DefaultSteps is the effort that Solve spends where Options.Steps is 0: about
// ten seconds on two cores for a large problem. The problem must be valid.
func DefaultSteps(p Problem) int64 { return defaultSteps(newSpace(p).nodes()) }
