package coverage_test

import (
	"errors"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// A run of which only sums are kept says so where somebody asks for a building,
// and still has its communities.
func TestARunWithoutDetailsSaysSo(t *testing.T) {
	b := town(t)
	batch, err := b.runs.RunBatch(t.Context(), account.Everything, b.district, coverage.BatchRequest{FacilityTypes: []string{station}})
	if err != nil {
		t.Fatal(err)
	}
	run := batch.Runs[0]
	if !run.Detailed {
		t.Fatal("a small scorecard keeps no buildings")
	}
	b.exec(`update coverage_run set detailed = false where id = $1`, run.ID)
	for what, ask := range map[string]func() error{
		"buildings": func() error {
			_, err := b.runs.Buildings(t.Context(), account.Everything, b.district, run.ID, coverage.BuildingFilter{})
			return err
		},
		"a proof": func() error {
			_, err := b.runs.Prove(t.Context(), account.Everything, b.district, run.ID, "A1")
			return err
		},
		"gaps": func() error {
			_, err := b.runs.Gaps(t.Context(), account.Everything, b.district, run.ID, 100)
			return err
		},
		"parts": func() error {
			_, err := b.runs.Parts(t.Context(), account.Everything, b.district, run.ID, "zone")
			return err
		},
		"a comparison": func() error {
			_, err := b.runs.Compare(t.Context(), account.Everything, b.district, run.ID, run.ID)
			return err
		},
	} {
		var invalid *coverage.InvalidError
		if err := ask(); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if list, err := b.runs.Communities(t.Context(), account.Everything, b.district, run.ID); err != nil || len(list) == 0 {
		t.Errorf("communities %v, %v", list, err)
	}
}
