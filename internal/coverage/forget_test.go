package coverage_test

import (
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// The buildings of a run go with it, however it goes: alone, with its scorecard,
// or with the district.
func TestTheBuildingsOfARunGoWithIt(t *testing.T) {
	for _, gone := range []string{`delete from coverage_run`, `delete from coverage_batch`, `delete from district where code = '500110'`} {
		b := town(t)
		if _, err := b.runs.RunBatch(t.Context(), account.Everything, b.district, coverage.BatchRequest{FacilityTypes: []string{station}}); err != nil {
			t.Fatal(err)
		}
		kept := func() (n int) {
			if err := b.db.Pool.QueryRow(t.Context(), `select count(*) from coverage_building`).Scan(&n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		if kept() == 0 {
			t.Fatal("no buildings were kept")
		}
		b.exec(gone)
		if n := kept(); n != 0 {
			t.Errorf("after %q there are %d rows", gone, n)
		}
	}
}
