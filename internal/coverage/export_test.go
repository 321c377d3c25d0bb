package coverage

import "time"

// SetClock puts a clock of a test in the place of the real one.
func (s *Store) SetClock(now func() time.Time) { s.trials.now = now }
