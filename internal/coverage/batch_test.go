package coverage_test

import (
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
)

func (b *bench) batch(o coverage.Settings, types ...string) coverage.Batch {
	b.t.Helper()
	batch, err := b.runs.RunBatch(b.t.Context(), account.Everything, b.district, coverage.BatchRequest{FacilityTypes: types, Settings: o})
	if err != nil {
		b.t.Fatal(err)
	}
	return batch
}

// checkup is a street with three communities: near has all, far has a nursery
// only, split has half of its households near the day-care.
func checkup(t *testing.T) *streets {
	s := newStreets(t)
	s.street(0, 0, 3000, 0)
	s.daycare("D", 0, 10)
	s.facility("N1", "nursery", s.at(50, 10))
	s.facility("N2", "nursery", s.at(2900, 10))
	near := s.community("near", west, s.at(100, 10), nil, nil)
	far := s.community("far", west, s.at(2800, 10), nil, nil)
	split := s.community("split", west, s.at(1500, 10), nil, nil)
	s.building("A", near, west, s.at(100, 10), 30, nil)
	s.building("B", far, west, s.at(2800, 10), 40, nil)
	s.building("C1", split, west, s.at(200, 10), 50, nil)
	s.building("C2", split, west, s.at(1500, 10), 50, nil)
	return s
}

func TestTheRunsOfAScorecardBelongTogether(t *testing.T) {
	s := checkup(t)
	alone := s.ask(daycare, walk(300))
	made := s.batch(coverage.Settings{Method: coverage.MethodWalk})
	if len(made.Runs) < 12 || made.Method != coverage.MethodWalk || made.Profile == "" {
		t.Fatalf("%d runs, %+v", len(made.Runs), made)
	}
	kept, err := s.runs.Batch(t.Context(), account.Everything, s.district, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	var want, got []uuid.UUID
	for i := range made.Runs {
		want, got = append(want, made.Runs[i].ID), append(got, kept.Runs[i].ID)
		r, err := s.runs.Get(t.Context(), account.Everything, s.district, made.Runs[i].ID)
		if err != nil || r.Batch == nil || *r.Batch != made.ID || r.Standard == nil {
			t.Errorf("%s: %+v %v", made.Runs[i].FacilityType, r, err)
		}
		if r.FacilityType == daycare && cmp.Diff(alone.Summary, r.Summary) != "" {
			t.Errorf("by itself %+v, in the batch %+v", alone.Summary, r.Summary)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" || !kept.CreatedAt.Equal(made.CreatedAt) {
		t.Errorf("kept in another order (-made +kept):\n%s", diff)
	}
	// What has no limit is skipped, and says why.
	if len(made.Skipped) == 0 {
		t.Error("nothing is skipped")
	}
	for _, skipped := range made.Skipped {
		if skipped.FacilityName == "" || skipped.Reason == "" {
			t.Errorf("%+v", skipped)
		}
	}
	if diff := cmp.Diff(made.Skipped, kept.Skipped); diff != "" {
		t.Errorf("skipped (-made +kept):\n%s", diff)
	}
	if list, err := s.runs.List(t.Context(), account.Everything, s.district, 0); err != nil || len(list) != 1 || list[0].ID != alone.ID {
		t.Errorf("the runs by themselves: %v %v", list, err)
	}
	batches, err := s.runs.Batches(t.Context(), account.Everything, s.district, 10)
	if err != nil || len(batches) != 1 || batches[0].ID != made.ID || len(batches[0].Runs) != 0 {
		t.Errorf("batches %+v %v", batches, err)
	}
}

// Types come once, and in the order of the standards, however they are asked for.
func TestTypesAreAskedForInAnyOrder(t *testing.T) {
	s := checkup(t)
	made := s.batch(walk(300), "nursery", daycare, "nursery", "health_centre")
	kept, err := s.runs.Batch(t.Context(), account.Everything, s.district, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	var types, again []string
	for i := range made.Runs {
		types, again = append(types, made.Runs[i].FacilityType), append(again, kept.Runs[i].FacilityType)
	}
	if diff := cmp.Diff(again, types); diff != "" || len(types) != 3 {
		t.Errorf("types %q (-kept +made):\n%s", types, diff)
	}
}

func TestTheWorstCommunityOfAScorecardComesFirst(t *testing.T) {
	s := checkup(t)
	s.community("empty", west, s.at(110, 10), 20, nil) // judged by its place
	made := s.batch(walk(300), daycare, "nursery")
	card, err := s.runs.Scorecard(t.Context(), account.Everything, s.district, made.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(card.Types) != 2 || len(card.Communities) != 4 {
		t.Fatalf("%+v", card)
	}
	column := map[string]int{}
	for i, kind := range card.Types {
		column[kind.FacilityType] = i
		if kind.FacilityName == "" || kind.Run != made.Runs[i].ID || *kind.Limit.Metres != 300 || len(kind.Works) != 1 || kind.Works[0].No != 27 {
			t.Errorf("%+v", kind)
		}
	}
	type score struct {
		Code           string
		Day, Nursery   float64
		Have           int
		Score          float64
		Households     int64
		SubdistrictHas bool
	}
	var got []score
	for _, c := range card.Communities {
		got = append(got, score{c.Code, *c.Share[column[daycare]], *c.Share[column["nursery"]], c.Have, c.Score, c.Households, c.SubdistrictName == "万盛街道"})
	}
	want := []score{
		{"split", 0.5, 0.5, 2, 0.5, 100, true},
		{"far", 0, 1, 1, 0.5, 40, true},
		{"near", 1, 1, 2, 1, 30, true},
		{"empty", 1, 1, 2, 1, 20, true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Spared households want for nothing.
func TestASparedCommunityIsNotAmongTheWorst(t *testing.T) {
	s := twoSteps(t)
	s.exec(`update building set community_id = null`)
	c := s.community("spared", west, s.at(500, 10), nil, nil)
	s.exec(`update building set community_id = $1 where code = 'served'`, c)
	card, err := s.runs.Scorecard(t.Context(), account.Everything, s.district, s.batch(coverage.Settings{}, station).ID)
	if err != nil || len(card.Communities) != 1 || *card.Communities[0].Share[0] != 1 || card.Communities[0].Have != 1 {
		t.Errorf("%+v %v", card.Communities, err)
	}
}

func TestAScorecardWithoutHouseholdsCountsBuildings(t *testing.T) {
	s := checkup(t)
	s.exec(`update building set households = null`)
	s.community("nothing", west, s.at(10, 10), nil, nil)
	card, err := s.runs.Scorecard(t.Context(), account.Everything, s.district, s.batch(walk(300), daycare).ID)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range card.Communities {
		want := map[string]float64{"near": 1, "far": 0, "split": 0.5, "nothing": math.NaN()}[c.Code]
		if math.IsNaN(want) != (c.Share[0] == nil) || c.Share[0] != nil && *c.Share[0] != want {
			t.Errorf("%s: %v, want %v", c.Code, c.Share[0], want)
		}
	}
}

func TestAnImpossibleBatchIsRefused(t *testing.T) {
	s := checkup(t)
	for name, c := range map[string]struct {
		types []string
		o     coverage.Settings
		field string
	}{
		"an unknown type":    {[]string{daycare, "casino"}, walk(300), "facility_type"},
		"not a place":        {[]string{"play_area", "utilities"}, coverage.Settings{}, "facility_type"},
		"no limit for it":    {[]string{"play_area"}, coverage.Settings{}, "limit"},
		"no limit for any":   {[]string{"play_area", "embedded_hub"}, coverage.Settings{}, "facility_types"},
		"a limit of nothing": {[]string{daycare}, walk(0), "limit"},
		"no heights":         {nil, coverage.Settings{Method: coverage.MethodWalkSlope}, "method"},
	} {
		_, err := s.runs.RunBatch(t.Context(), account.Everything, s.district, coverage.BatchRequest{FacilityTypes: c.types, Settings: c.o})
		var invalid *coverage.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list, err := s.runs.Batches(t.Context(), account.Everything, s.district, 10); err != nil || len(list) != 0 {
		t.Errorf("kept %v %v", list, err)
	}
}

// The scorecards of an area are for those who reach all of it.
func TestWhoReadsAScorecard(t *testing.T) {
	s := checkup(t)
	o := walk(300)
	o.Area = coverage.Area{Kind: coverage.AreaSubdistrict, Code: west}
	whole, part := s.batch(walk(300), daycare), s.batch(o, daycare)
	s.building("E", 0, east, s.at(3000, 10), 1, nil)
	both := s.batch(walk(300), daycare)
	for subdistrict, want := range map[string][]uuid.UUID{west: {part.ID, whole.ID}, east: nil} {
		ctx, scope := s.as(account.Officer, account.Scope{Subdistricts: []string{subdistrict}})
		list, err := s.runs.Batches(ctx, scope, s.district, 10)
		var got []uuid.UUID
		for _, b := range list {
			got = append(got, b.ID)
		}
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("the officer of %s (-want +got): %v\n%s", subdistrict, err, diff)
		}
		for _, id := range []uuid.UUID{both.ID, uuid.New()} {
			if _, err := s.runs.Scorecard(ctx, scope, s.district, id); !errors.Is(err, postgis.ErrNotFound) {
				t.Errorf("the officer of %s reads %s: %v", subdistrict, id, err)
			}
		}
	}
}

func TestOldScorecardsAreDeletedWithTheirRuns(t *testing.T) {
	s := checkup(t)
	old := s.batch(walk(300), daycare)
	s.exec(`update coverage_batch set created_at = now() - interval '1 year'`)
	s.exec(`
		insert into coverage_batch (id, district_code, method, profile, area, skipped, subdistrict_codes, created_by, created_at)
		select gen_random_uuid(), $1, 'walk', 'gb50180', '{"kind":"district"}', '[]', '{}', '', now() - i * interval '1 day'
		from generate_series(1, 19) i`, s.district)
	alone := s.ask(daycare, walk(300))
	if _, err := s.runs.Batch(t.Context(), account.Everything, s.district, old.ID); err != nil {
		t.Errorf("twenty are kept: %v", err)
	}
	latest := s.batch(walk(300), daycare, "nursery")
	if _, err := s.runs.Batch(t.Context(), account.Everything, s.district, old.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the oldest of 21: %v", err)
	}
	list, err := s.runs.Batches(t.Context(), account.Everything, s.district, 100)
	if err != nil || len(list) != 20 || list[0].ID != latest.ID {
		t.Errorf("%d scorecards, %v", len(list), err)
	}
	var runs, rows int
	err = s.db.Pool.QueryRow(t.Context(), `select (select count(*) from coverage_run), count(distinct run_id) from coverage_building`).Scan(&runs, &rows)
	if err != nil || runs != 3 || rows != 3 {
		t.Errorf("%d runs, %d with buildings, %v", runs, rows, err)
	}
	if _, err := s.runs.Get(t.Context(), account.Everything, s.district, alone.ID); err != nil {
		t.Errorf("a run by itself: %v", err)
	}
}
