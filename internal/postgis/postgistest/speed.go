package postgistest

import (
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
)

// fixedWork is what the yardstick takes on two cores that do nothing else.
const fixedWork = 40 * time.Millisecond

// slowed tells how many times as long as on a quiet machine the database needs at
// this moment for a fixed piece of work, at least 1.
func slowed(t testing.TB, db *postgis.DB) float64 {
	t.Helper()
	best := time.Hour
	for range 3 { // one alone may have been held up
		began := time.Now()
		if _, err := db.Pool.Exec(t.Context(), `select sum(length(md5(i::text))) from generate_series(1, 40000) i`); err != nil {
			t.Fatalf("measure the machine: %v", err)
		}
		best = min(best, time.Since(began))
	}
	return max(1, float64(best)/float64(fixedWork))
}

// Within fails the test where the best of several runs of do takes longer than the
// goal. Goals are stated for two cores that do nothing else; how slow the machine is
// at the moment of a run stretches them, since other packages' tests run beside.
func Within(t testing.TB, db *postgis.DB, goal time.Duration, what string, do func()) {
	t.Helper()
	best, stretch := time.Hour, 1.0
	for range 8 {
		began := time.Now()
		do()
		took := time.Since(began)
		s := slowed(t, db)
		if took.Seconds()/s < best.Seconds()/stretch {
			best, stretch = took, s
		}
		if took.Seconds() <= goal.Seconds()*s {
			t.Logf("%s: %s, the machine takes %.1f times as long as when it is quiet", what, took.Round(100*time.Microsecond), s)
			return
		}
	}
	t.Errorf("%s: %s at best, where the machine takes %.1f times as long as when it is quiet; want %s on a quiet one", what, best.Round(time.Millisecond), stretch, goal)
}

// Late tells whether something took longer than the goal, also as the goal is
// stretched by how slow the machine is now.
func Late(t testing.TB, db *postgis.DB, took, goal time.Duration) bool {
	t.Helper()
	return took > goal && took.Seconds() > goal.Seconds()*slowed(t, db)
}
