package progress_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/progress"
)

func (d *desk) targets(year int) map[string]progress.TargetProgress {
	d.t.Helper()
	list, err := d.progress.Targets(d.t.Context(), account.Everything, d.district, year)
	d.must(err)
	out := map[string]progress.TargetProgress{}
	for _, t := range list {
		out[t.ID] = t
	}
	return out
}

func TestTargetsOfTongnanAgainstWhatWasReached(t *testing.T) {
	d := newDesk(t, "2021-07-01")
	d.exec(`update district set policy_key = 'tongnan-2021'`)
	d.project("A", projectOptions{year: 2021}, d.community(west, 1000), d.community(west, 500)) // 8 + 4 万平方米
	d.project("B", projectOptions{year: 2021}, d.community(east, 250))                          // 2
	d.project("C", projectOptions{year: 2022}, d.community(east, 125))                          // 1
	d.milestone("A", progress.Start, "2021-03-01")
	d.milestone("A", progress.WorksDone, "2021-06-30")
	d.milestone("B", progress.Start, "2020-12-31")
	d.plan("B", progress.WorksDone, "2021-11-01")
	d.plan("C", progress.WorksDone, "2022-01-01")

	in2021 := d.targets(2021)
	for id, want := range map[string]struct {
		count  int
		area   float64
		actual progress.TargetTally
		plan   progress.TargetTally
	}{
		"completed-2021": {77, 66.7, progress.TargetTally{Count: 2, AreaWan: 12}, progress.TargetTally{Count: 3, AreaWan: 14}}, // 一(三)
		"started-2021":   {99, 77.3, progress.TargetTally{Count: 2, AreaWan: 12}, progress.TargetTally{Count: 2, AreaWan: 12}},
	} {
		got, ok := in2021[id]
		if !ok || *got.Count != want.count || *got.AreaWan != want.area || got.Clause != "一(三)" {
			t.Errorf("一(三) %s: %+v", id, got)
			continue
		}
		if got.Actual != want.actual || got.Forecast == nil || got.Forecast.Plan != want.plan || *got.Forecast.Reaches {
			t.Errorf("一(三) %s: actual %+v, forecast %+v", id, got.Actual, got.Forecast)
		}
		// 2 in 182 of 365 days
		if got.Forecast.Pace.Count != 4 || got.Forecast.Pace.AreaWan < 24 || got.Forecast.Pace.AreaWan > 24.1 {
			t.Errorf("一(三) %s: pace %+v", id, got.Forecast.Pace)
		}
	}
	in2022 := d.targets(2022)
	if got := in2022["launched-2022"]; *got.Count != 38 || *got.AreaWan != 62 || got.Actual != (progress.TargetTally{Count: 1, AreaWan: 1}) || got.Forecast != nil {
		t.Errorf("一(三) launched-2022: %+v", got)
	}
	if got := in2022["completed-2022"]; *got.Count != 99 || got.AreaWan != nil || got.AreaShare != nil || got.Same {
		t.Errorf("一(三) completed-2022: %+v", got)
	}
	d.exec(`update district set policy_params = '{"launched_2021_2022": "same"}'`)
	if got := d.targets(2022)["completed-2022"]; !got.Same || *got.AreaWan != 77.3 {
		t.Errorf("B1 read as the same communities: %+v", got)
	}
	if got := d.targets(2023)["state-2023"]; *got.Count != 4 || got.Actual.Count != 2 || *got.Share != 0.5 {
		t.Errorf("一(三) state-2023: %+v", got)
	}
}

func TestDemonstrationsAreCountedPlaceByPlace(t *testing.T) {
	d := newDesk(t, "2020-09-01")
	d.project("A", projectOptions{year: 2020}, d.community(west, 80))
	d.project("B", projectOptions{year: 2020}, d.community(west, 80))
	d.project("C", projectOptions{year: 2021}, d.community(east, 80))
	d.exec(`update project set demonstration = true`)
	got := d.targets(2020)["demo-2020"]
	if *got.Count != 4 || got.Actual.Count != 1 || len(got.Places) != 4 || got.Places[0].Name != "万盛街道" || len(got.Places[0].Projects) != 2 || len(got.Places[1].Projects) != 0 {
		t.Errorf("二(二) 1 demonstration project each: %+v", got)
	}
}

func TestAYearsOwnPlanAndItsReports(t *testing.T) {
	d := newDesk(t, "2026-03-26")
	d.project("A", projectOptions{year: 2026}, d.community(west, 1000))
	d.project("B", projectOptions{year: 2026}, d.community(east, 500))
	d.milestone("A", progress.Start, "2026-01-05")
	d.handIn("2026-03", west, progress.Annex7)
	got := d.targets(2026)["plan-started-2026"]
	if *got.Count != 2 || *got.AreaWan != 12 || got.Actual.Count != 1 || *got.Share != 0.5 || got.Clause == "" {
		t.Errorf("own plan: %+v", got)
	}
	if r := got.Reported; r == nil || r.Month != "2026-03" || r.AreaWan != 8 || r.Households != 1000 {
		t.Errorf("reported: %+v", r)
	}
	if f := got.Forecast; f == nil || f.Plan.Count != 2 || !*f.Reaches {
		t.Errorf("a project of the year without a planned start counts at its end: %+v", f)
	}
	officer, scope := d.as(account.Officer, account.Scope{Subdistricts: []string{east}})
	list, err := d.progress.Targets(officer, scope, d.district, 2026)
	d.must(err)
	for _, p := range list {
		if p.Actual.Count != 0 || p.Reported != nil {
			t.Errorf("an officer sees what others reached: %+v", p)
		}
	}
}

// finish ends a project as Follow does once its works are done.
func (d *desk) finish(code string) {
	d.t.Helper()
	d.exec(`update project set state = 'closed', state_reason = '结项并接续管理提升', proposed_phase = phase, phase = null where code = $1`, code)
}

func TestAFinishedProjectCountsAfterItWasClosed(t *testing.T) {
	d := newDesk(t, "2026-06-24")
	d.project("A", projectOptions{year: 2025}, d.community(west, 1000))
	d.project("B", projectOptions{year: 2026}, d.community(west, 500))
	d.exec(`update project set demonstration = true`)
	for code, on := range map[string]string{"A": "2025-11-01", "B": "2026-05-01"} {
		d.milestone(code, progress.Start, on)
		d.milestone(code, progress.WorksDone, on)
		d.milestone(code, progress.Acceptance, on)
	}
	before25, before26 := d.targets(2025), d.targets(2026)
	if before25["plan-completed-2025"].Actual.Count != 1 || before26["plan-completed-2026"].Actual.Count != 1 {
		t.Fatalf("not counted at all: %+v", before25)
	}
	d.finish("A")
	d.finish("B")
	if diff := cmp.Diff(before25, d.targets(2025)); diff != "" {
		t.Errorf("附件2注: closing changes the targets of 2025:\n%s", diff)
	}
	if diff := cmp.Diff(before26, d.targets(2026)); diff != "" {
		t.Errorf("附件2注: closing changes the targets of 2026:\n%s", diff)
	}
	list, err := d.progress.List(t.Context(), account.Everything, d.district, false)
	if err != nil || len(list) != 2 || list[0].Phase == nil || *list[0].Phase != "implement" {
		t.Errorf("the list loses them: %+v %v", list, err)
	}
	r := d.draft("2026-06", west, progress.Annex7)
	if len(r.Lines) != 1 || r.Lines[0].Project != "B" || r.Lines[0].G3.Households != 500 || len(r.Gone) != 0 {
		t.Errorf("the month of the year that it was done in: %+v", r.Lines)
	}

	d.exec(`insert into project (district_code, code, name, library, promoted_from) select district_code, 'P', '升级', 'comprehensive', id from project where code = 'A'`)
	if got := d.targets(2025)["plan-completed-2025"]; got.ID != "" {
		t.Errorf("a project that went on in the other library still counts: %+v", got)
	}
}

func TestFinishedByTheEndOfAYearIsRenovationUntilThen(t *testing.T) {
	d := newDesk(t, "2027-01-24")
	d.exec(`update district set policy_key = 'tongnan-2021'`)
	for code, on := range map[string]string{"A": "2023-12-31", "B": "2024-01-01", "M": "2023-05-01"} {
		d.project(code, projectOptions{year: 2023}, d.community(west, 80))
		d.milestone(code, progress.WorksDone, on)
	}
	d.exec(`update project set library = 'management' where code = 'M'`)
	if got := d.targets(2023)["state-2023"]; *got.Count != 3 || got.Actual.Count != 1 {
		t.Errorf("一(三) by the end of 2023: %+v", got.Actual)
	}
}

func TestAYearsOwnPlanCountsItsBatchOnly(t *testing.T) {
	d := newDesk(t, "2026-06-24")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.project("B", projectOptions{year: 2025}, d.community(west, 80), d.community(west, 80))
	d.milestone("B", progress.Start, "2026-02-01")
	d.milestone("B", progress.WorksDone, "2026-05-01")
	if got := d.targets(2026)["plan-completed-2026"]; *got.Count != 1 || got.Actual.Count != 0 || *got.Share != 0 {
		t.Errorf("others are counted against the batch: %+v", got)
	}
	d.milestone("A", progress.Start, "2025-12-20")
	if got := d.targets(2026)["plan-started-2026"]; got.Actual.Count != 1 || got.Forecast.Pace.Count != 1 {
		t.Errorf("a start before the year: %+v", got)
	}
}

func TestTargetsTakeTheNewestCompleteMonth(t *testing.T) {
	d := newDesk(t, "2026-04-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 1000))
	d.project("B", projectOptions{year: 2026}, d.community(east, 500))
	d.milestone("A", progress.Start, "2026-01-05")
	d.milestone("B", progress.Start, "2026-01-05")
	reported := func() progress.TargetReported {
		t.Helper()
		r := d.targets(2026)["plan-started-2026"].Reported
		if r == nil {
			t.Fatal("nothing is reported")
		}
		return *r
	}
	d.handIn("2026-03", west, progress.Annex7)
	if r := reported(); r.Month != "2026-03" || r.Missing != 1 || r.Households != 1000 {
		t.Errorf("only a part is there, and it is not said: %+v", r)
	}
	d.handIn("2026-03", east, progress.Annex7)
	d.handIn("2026-04", west, progress.Annex7)
	if r := reported(); r.Month != "2026-03" || r.Missing != 0 || r.Households != 1500 {
		t.Errorf("March is complete, April is not: %+v", r)
	}
	d.handIn("2026-04", east, progress.Annex7)
	if r := reported(); r.Month != "2026-04" || r.Missing != 0 {
		t.Errorf("April is complete: %+v", r)
	}
}
