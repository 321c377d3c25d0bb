package coverage_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// Page by page come all buildings, each once, those with the most households
// first.
func TestBuildingsComeInPages(t *testing.T) {
	s := divided(t)
	run := s.ask(daycare, walk(400))
	var wanted []string
	rows, err := s.db.Pool.Query(t.Context(), `
		select coalesce(b.code, '') from coverage_building r left join building b on b.id = r.building_id
		where r.run_id = $1 order by r.households desc, r.building_id`, run.ID)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var code string
		if err := rows.Scan(&code); err != nil {
			t.Fatal(err)
		}
		wanted = append(wanted, code)
	}
	for _, size := range []int{1, 7, 100, 1000} {
		var got []string
		filter := coverage.BuildingFilter{Limit: size}
		for {
			page, err := s.runs.Buildings(t.Context(), account.Everything, s.district, run.ID, filter)
			if err != nil || page.Total != int64(len(wanted)) || len(page.Items) > size {
				t.Fatalf("pages of %d: %d of %d, %v", size, len(page.Items), page.Total, err)
			}
			for _, b := range page.Items {
				got = append(got, b.Code)
			}
			if filter.Cursor = page.Cursor; page.Cursor == "" {
				break
			}
		}
		if diff := cmp.Diff(wanted, got); diff != "" {
			t.Errorf("pages of %d (-want +got):\n%s", size, diff)
		}
	}
}

func TestBuildingsOfAStatus(t *testing.T) {
	s := island(t)
	s.community("empty", west, s.at(120, 10), 7, nil) // judged by its place
	run := s.ask(daycare, walk(300))
	for status, want := range map[string][]string{
		"covered": {"near", ""}, "uncovered": {"far"}, "cut_off": {"cut"}, "unreached": {"off"}, "spared": nil,
	} {
		page, err := s.runs.Buildings(t.Context(), account.Everything, s.district, run.ID, coverage.BuildingFilter{Status: []string{status}})
		var got []string
		for _, b := range page.Items {
			got = append(got, b.Code)
			if b.Location == nil || b.Status != status || b.Code == "" && (b.CommunityCode != "empty" || b.Households != 7) {
				t.Errorf("%s: %+v", status, b)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" || err != nil || page.Total != int64(len(want)) {
			t.Errorf("%s (-want +got): %v\n%s", status, err, diff)
		}
	}
	for _, filter := range []coverage.BuildingFilter{{Status: []string{"lost"}}, {Cursor: "x"}, {Cursor: "1"}, {Cursor: "1.x"}} {
		var invalid *coverage.InvalidError
		if _, err := s.runs.Buildings(t.Context(), account.Everything, s.district, run.ID, filter); !errors.As(err, &invalid) {
			t.Errorf("%+v: %v", filter, err)
		}
	}
}

// A run is a record: a building that is gone stays in it, without a place.
func TestABuildingThatIsGoneStaysInItsRun(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, walk(300))
	s.exec(`delete from building where code = 'near'`)
	got := s.answers(run)
	if a, kept := got[""]; !kept || len(got) != 4 || a.Status != coverage.Covered || a.Households != 10 || a.Location != nil {
		t.Errorf("%+v", got)
	}
}
