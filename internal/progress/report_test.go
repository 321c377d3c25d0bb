package progress_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/progress"
)

func invalid(t *testing.T, err error, part string) *progress.InvalidError {
	t.Helper()
	var wrong *progress.InvalidError
	if !errors.As(err, &wrong) || !strings.Contains(wrong.Detail, part) {
		t.Fatalf("error %v, want an *InvalidError that says %q", err, part)
	}
	return wrong
}

func state(t *testing.T, err error, frozen bool, part string) {
	t.Helper()
	var wrong *progress.StateError
	if !errors.As(err, &wrong) || wrong.Frozen != frozen || !strings.Contains(wrong.Detail, part) {
		t.Fatalf("error %v, want a *StateError (frozen: %v) that says %q", err, frozen, part)
	}
}

func faults(l progress.MonthLine) (fields []string) {
	for _, p := range l.Problems {
		if p.Level == progress.Fault {
			fields = append(fields, p.Field)
		}
	}
	return fields
}

func TestDraftPutsProjectsIntoTheGroupsOfTheForm(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	a, b, c, e := d.community(west, 80), d.community(west, 160), d.community(west, 240), d.community(west, 320)
	d.project("A", projectOptions{year: 2026}, a)
	d.project("B", projectOptions{year: 2026}, b)
	d.project("C", projectOptions{year: 2026}, c)
	d.project("D", projectOptions{year: 2026}, e)
	d.exec(`insert into survey (id, district_code, community_id, started_on) values (gen_random_uuid(), $1, $2, '2026-02-01')`, d.district, b)
	d.exec(`insert into survey_count (survey_id, households, asked) select id, 160, 10 from survey`)
	d.milestone("C", progress.Start, "2026-03-25")
	d.milestone("D", progress.Start, "2026-01-10")
	d.milestone("D", progress.WorksDone, "2026-03-18")
	d.milestone("B", progress.Start, "2026-03-26") // after the 25th: not yet
	d.plan("A", progress.Start, "2026-05-06")

	r := d.draft("2026-03", west, progress.Annex7)
	if r.Calendar.From != "2026-01-01" || r.Calendar.To != "2026-03-25" {
		t.Errorf("period %s to %s, 说明1: 1 January to the 25th", r.Calendar.From, r.Calendar.To)
	}
	whole := func(h int) progress.MonthMeasures {
		return progress.MonthMeasures{AreaWan: float64(h) * 80 / 10000, Households: h, Buildings: h / 8}
	}
	want := map[string]progress.MonthFigures{
		"A": {Plan: whole(80), InvestmentWan: 500},
		"B": {Plan: whole(160), InvestmentWan: 500, G1: whole(160)},
		"C": {Plan: whole(240), InvestmentWan: 500, G2: whole(240)},
		"D": {Plan: whole(320), InvestmentWan: 500, G3: whole(320)},
	}
	got := map[string]progress.MonthFigures{}
	for _, l := range r.Lines {
		got[l.Project] = l.MonthFigures
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("groups (-want +got):\n%s", diff)
	}
	if s := r.Lines[0].StartsOn; s == nil || *s != "2026-05-06" {
		t.Errorf("the planned start is not proposed: %v", s)
	}
	if diff := cmp.Diff([]string{"remark"}, faults(r.Lines[0])); diff != "" {
		t.Errorf("说明3: what has not begun needs a remark (-want +got):\n%s", diff)
	}
	if r.Totals.Plan.Households != 800 || r.Totals.G3.AreaWan != 2.56 || r.Totals.InvestmentWan != 2000 {
		t.Errorf("合计 %+v", r.Totals)
	}
	if r.Title != "2026年1月至2026年3月未申请中央补助资金支持改造项目进展情况表" {
		t.Errorf("title %q", r.Title)
	}
}

func TestAProjectIsReportedWhereMostOfItsHouseholdsLive(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026, central: true}, d.community(west, 80), d.community(west, 80), d.community(east, 240))
	if r := d.draft("2026-03", west, progress.Annex6); len(r.Lines)+len(r.Offered) != 0 {
		t.Errorf("the smaller part reports it: %+v", r.Lines)
	}
	if r := d.draft("2026-03", east, progress.Annex6); len(r.Lines) != 1 || r.Lines[0].Plan.Households != 400 {
		t.Errorf("the larger part does not report all of it: %+v", r.Lines)
	}
	p, err := d.progress.Project(t.Context(), account.Everything, d.district, "A")
	d.must(err)
	if p.ReportedBy == nil || p.ReportedBy.Code != east || p.Spans != 2 {
		t.Errorf("reported by %+v, spans %d", p.ReportedBy, p.Spans)
	}
}

func TestCentralSubsidyDecidesTheForm(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026, central: true}, d.community(west, 80))
	d.project("B", projectOptions{year: 2026}, d.community(west, 80))
	for form, want := range map[progress.Form]string{progress.Annex6: "A", progress.Annex7: "B"} {
		if r := d.draft("2026-03", west, form); len(r.Lines) != 1 || r.Lines[0].Project != want {
			t.Errorf("%s: %+v, want %s", form, r.Lines, want)
		}
	}
}

func TestGroupsAboveThePlanAreRefused(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	r := d.draft("2026-03", west, progress.Annex7)
	for name, change := range map[string]struct {
		field string
		by    func(*progress.MonthLineDraft)
	}{
		"附件6、附件7说明2 area":       {"lines[0].g1.area_wan", func(l *progress.MonthLineDraft) { l.G1.AreaWan, l.G3.AreaWan = 0.64, 0.0001 }},
		"附件6、附件7说明2 households": {"lines[0].g1.households", func(l *progress.MonthLineDraft) { l.G1.Households, l.G2.Households = 41, 40 }},
		"附件6、附件7说明2 buildings":  {"lines[0].g1.buildings", func(l *progress.MonthLineDraft) { l.G2.Buildings = 11 }},
	} {
		t.Run(name, func(t *testing.T) {
			draft := rows(r)
			change.by(&draft.Lines[0])
			_, err := d.save(r, draft)
			if wrong := invalid(t, err, "多于年度改造计划"); wrong.Field != change.field {
				t.Errorf("field %q, want %q", wrong.Field, change.field)
			}
		})
	}
	t.Run("the database refuses them by itself", func(t *testing.T) {
		for _, column := range []string{"g1_area_wan", "g2_households", "g3_buildings"} {
			_, err := d.db.Pool.Exec(t.Context(), `update month_line set `+column+` = plan_area_wan + plan_households + 1`)
			if name, ok := postgis.Violation(err); !ok || !strings.HasPrefix(name, "month_line_") {
				t.Errorf("%s: %v", column, err)
			}
		}
		_, err := d.db.Pool.Exec(t.Context(), `update month_line set settled = true`)
		if name, _ := postgis.Violation(err); name != "month_line_remark" {
			t.Errorf("a row without a remark is settled: %v", err)
		}
		_, err = d.db.Pool.Exec(t.Context(), `update month_report set state = 'submitted'`)
		if name, _ := postgis.Violation(err); name != "month_report_settled" {
			t.Errorf("a report with an open row is handed in: %v", err)
		}
	})
}

func TestSquareMetresAreAskedAbout(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80)) // 6,400 m² = 0.64 万平方米
	r := d.draft("2026-03", west, progress.Annex7)
	draft := rows(r)
	draft.Lines[0].Plan.AreaWan, draft.Lines[0].G1.AreaWan = 6400, 0.64
	_, err := d.save(r, draft)
	var asked *progress.AreaUnitError
	if !errors.As(err, &asked) || len(asked.Doubts) != 1 {
		t.Fatalf("error %v, want one doubt", err)
	}
	if q := asked.Doubts[0]; q.Suggested != 0.64 || q.Given != 6400 || q.Field != "plan.area_wan" || !strings.Contains(q.Text, "是否把平方米填成了万平方米？") {
		t.Errorf("doubt %+v", q)
	}
	draft.AreasConfirmed = true
	if _, err := d.save(r, draft); err != nil {
		t.Errorf("a confirmed area is refused: %v", err)
	}
}

func TestHandingInNeedsWhatTheFormAsksFor(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	r := d.draft("2026-03", west, progress.Annex7)
	_, err := d.submit(r)
	if wrong := invalid(t, err, "备注"); wrong.Field != "lines[0].remark" || len(wrong.More) != 1 || wrong.More[0].Field != "lines[0].starts_on" {
		t.Errorf("faults %+v", wrong)
	}
	draft := rows(r)
	on := "2026-05-06"
	draft.Lines[0].Remark, draft.Lines[0].StartsOn = "等待施工图", &on
	r, err = d.save(r, draft)
	d.must(err)
	r, err = d.submit(r)
	if err != nil || r.State != progress.Submitted || r.Late {
		t.Fatalf("%+v %v", r, err)
	}
	_, err = d.save(r, draft)
	state(t, err, false, "请主管部门退回")

	r, err = d.progress.ReturnReport(t.Context(), account.Everything, d.district, month(t, "2026-03"), *r.ID, r.Version, "户数与台账不符")
	if err != nil || r.State != progress.Returned || r.StateReason != "户数与台账不符" {
		t.Fatalf("%+v %v", r, err)
	}
	if r, err = d.save(r, rows(r)); err != nil {
		t.Fatalf("a returned report cannot be corrected: %v", err)
	}
	if _, err = d.submit(r); err != nil {
		t.Fatal(err)
	}
}

func TestReturningNeedsAReason(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	r := d.handIn("2026-03", west, progress.Annex7)
	_, err := d.progress.ReturnReport(t.Context(), account.Everything, d.district, month(t, "2026-03"), *r.ID, r.Version, "  ")
	invalid(t, err, "原因")
}

func TestThePlanOfTheYearHasToBeReportedCompletely(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.project("B", projectOptions{year: 2025}, d.community(west, 80)) // carried over
	d.project("C", projectOptions{year: 2025}, d.community(west, 80))
	d.milestone("C", progress.WorksDone, "2025-12-31")
	r := d.draft("2026-03", west, progress.Annex7)
	if len(r.Lines) != 2 || r.Lines[0].Project != "A" || !r.Lines[1].CarriedOver || r.Lines[1].Project != "B" {
		t.Fatalf("rows %+v", r.Lines)
	}
	draft := rows(r)
	_, err := d.save(r, progress.MonthReportDraft{Lines: draft.Lines[1:]})
	invalid(t, err, "“A项目”")
	if _, err := d.save(r, progress.MonthReportDraft{Lines: draft.Lines[:1]}); err != nil {
		t.Errorf("a project of an earlier year may be left out: %v", err)
	}
}

func TestCumulativeFiguresDoNotShrinkWithinTheYear(t *testing.T) {
	d := newDesk(t, "2026-02-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.milestone("A", progress.Start, "2026-01-05")
	first := d.draft("2026-02", west, progress.Annex7)
	draft := rows(first)
	l := &draft.Lines[0]
	l.G2, l.G3, l.SpentWan = progress.MonthMeasures{AreaWan: 0.32, Households: 40, Buildings: 5}, progress.MonthMeasures{AreaWan: 0.32, Households: 40, Buildings: 5}, 200
	_, err := d.save(first, draft)
	d.must(err)

	d.at("2026-03-20")
	r := d.draft("2026-03", west, progress.Annex7)
	if diff := cmp.Diff(draft.Lines[0].MonthFigures, r.Lines[0].MonthFigures); diff != "" {
		t.Errorf("last month's split and spending are not carried over (-want +got):\n%s", diff)
	}
	lower := rows(r)
	lower.Lines[0].G2.Households, lower.Lines[0].G3.Households, lower.Lines[0].SpentWan = 41, 39, 199
	r, err = d.save(r, lower)
	d.must(err)
	if diff := cmp.Diff([]string{"g3.households", "spent_wan"}, faults(r.Lines[0])); diff != "" {
		t.Errorf("附件6、附件7说明1 faults (-want +got):\n%s", diff)
	}
	_, err = d.submit(r)
	invalid(t, err, "少于2026-02所报的40户")
	lower.Lines[0].Correction = "2月多报1户"
	r, err = d.save(r, lower)
	d.must(err)
	if _, err = d.submit(r); err != nil {
		t.Errorf("an explained correction is refused: %v", err)
	}

	d.at("2027-01-20")
	d.exec(`update project set year = 2027`)
	if r := d.draft("2027-01", west, progress.Annex7); r.Lines[0].Before != nil || r.Lines[0].SpentWan != 0 {
		t.Errorf("12→1: a new year begins at nothing, got %+v", r.Lines[0])
	}
}

func TestSpendingAboveTheInvestmentIsOnlyAWarning(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.milestone("A", progress.Start, "2026-01-05")
	r := d.draft("2026-03", west, progress.Annex7)
	draft := rows(r)
	draft.Lines[0].SpentWan = 500.01
	r, err := d.save(r, draft)
	d.must(err)
	if len(faults(r.Lines[0])) > 0 || r.Lines[0].Problems[0].Field != "spent_wan" || r.Lines[0].Problems[0].Level != progress.Warning {
		t.Errorf("problems %+v", r.Lines[0].Problems)
	}
	_, err = d.submit(r)
	d.must(err)
}

func TestNumbersOfResidentsAreRefused(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	r := d.draft("2026-03", west, progress.Annex7)
	draft := rows(r)
	draft.Lines[0].Remark = "联系 13812345678"
	_, err := d.save(r, draft)
	invalid(t, err, "手机号码")
	draft = rows(r)
	draft.Difficulties = "户主 510212196001011234 不同意"
	_, err = d.save(r, draft)
	invalid(t, err, "身份证号码")
}

func TestTwoOfficersOnOneReport(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	r := d.draft("2026-03", west, progress.Annex7)
	draft := rows(r)
	draft.Difficulties = "甲"
	_, err := d.save(r, draft)
	d.must(err)
	draft.Difficulties = "乙"
	if _, err := d.save(r, draft); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("the second officer overwrites the first: %v", err)
	}
	_, err = d.progress.CreateReport(t.Context(), account.Everything, d.district, month(t, "2026-03"), progress.NewMonthReport{Subdistrict: west, Form: progress.Annex7})
	state(t, err, false, "已有这张表")
}

func TestUnitsReportOnlyForThemselves(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.project("B", projectOptions{year: 2026}, d.community(east, 80))
	officer, scope := d.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	m := month(t, "2026-03")
	var outside *account.OutsideError
	if _, err := d.progress.CreateReport(officer, scope, d.district, m, progress.NewMonthReport{Subdistrict: east, Form: progress.Annex7}); !errors.As(err, &outside) {
		t.Errorf("an officer drafts another unit's report: %v", err)
	}
	foreign := d.draft("2026-03", east, progress.Annex7)
	if _, err := d.progress.Report(officer, scope, d.district, m, *foreign.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an officer reads another unit's report: %v", err)
	}
	if _, err := d.progress.RollUp(officer, scope, d.district, m, progress.Annex7); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an officer reads the roll-up: %v", err)
	}
	if _, err := d.progress.CloseMonth(officer, scope, d.district, m, progress.MonthClosing{}); !errors.As(err, &outside) {
		t.Errorf("an officer closes a month: %v", err)
	}
	board, err := d.progress.Board(officer, scope, d.district, m)
	d.must(err)
	if len(board.Units) != 1 || board.Units[0].Unit.Code != west || !board.Units[0].MayFill || board.Units[0].Projects != 1 || board.MayClose {
		t.Errorf("board %+v", board)
	}
}

func TestTheDistrictsReportIsTheUnionOfItsUnits(t *testing.T) {
	d := newDesk(t, "2026-03-26")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.project("B", projectOptions{year: 2026}, d.community(east, 160))
	a := d.handIn("2026-03", west, progress.Annex7)
	d.draft("2026-03", east, progress.Annex7)
	m := month(t, "2026-03")
	r, err := d.progress.RollUp(t.Context(), account.Everything, d.district, m, progress.Annex7)
	d.must(err)
	if len(r.Lines) != 1 || r.Lines[0].Unit.Code != west || cmp.Diff(r.Totals, a.Totals) != "" || len(r.Missing) != 1 || r.Missing[0].Code != east {
		t.Errorf("roll-up %+v", r)
	}
	if !a.Late {
		t.Error("六(四): handed in on the 26th, after the 25th, and not late")
	}
	board, err := d.progress.Board(t.Context(), account.Everything, d.district, m)
	d.must(err)
	if board.DaysLeft != -1 || board.Calendar.Form.On != "2026-03-28" || len(board.Units) != 2 || board.Units[1].State != "draft" || !board.Units[1].Late {
		t.Errorf("board %+v", board)
	}
}

func TestAMonthIsClosedOnceAndForGood(t *testing.T) {
	d := newDesk(t, "2026-03-24")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.project("B", projectOptions{year: 2026, central: true}, d.community(east, 160))
	d.handIn("2026-03", west, progress.Annex7)
	_, err := d.close("2026-03", "")
	state(t, err, false, "统计期到2026年3月25日为止")

	d.at("2026-03-26")
	_, err = d.close("2026-03", "")
	invalid(t, err, "东林街道附件6")
	closed, err := d.close("2026-03", "东林街道受灾，下月补报")
	d.must(err)
	if len(closed) != 2 || closed[0].Form != progress.Annex6 || len(closed[0].Lines) != 0 || len(closed[1].Lines) != 1 {
		t.Fatalf("closed %+v", closed)
	}
	_, err = d.close("2026-03", "")
	state(t, err, true, "2026年3月已于2026年3月26日关闭，不能重复关闭")

	t.Run("nothing of it changes", func(t *testing.T) {
		m := month(t, "2026-03")
		r, err := d.progress.RollUp(t.Context(), account.Everything, d.district, m, progress.Annex7)
		d.must(err)
		if r.State != progress.Frozen || len(r.SHA256) != 64 || r.Missing == nil {
			t.Errorf("roll-up %+v", r)
		}
		board, err := d.progress.Board(t.Context(), account.Everything, d.district, m)
		d.must(err)
		var unit progress.MonthReport
		for _, u := range board.Units {
			if u.ID != nil {
				unit, err = d.progress.Report(t.Context(), account.Everything, d.district, m, *u.ID)
				d.must(err)
			}
		}
		_, err = d.save(unit, rows(unit))
		state(t, err, true, "已冻结")
		_, err = d.submit(unit)
		state(t, err, true, "已冻结")
		_, err = d.progress.ReturnReport(t.Context(), account.Everything, d.district, m, *unit.ID, unit.Version, "更正")
		state(t, err, true, "已冻结")
		_, err = d.progress.CreateReport(t.Context(), account.Everything, d.district, m, progress.NewMonthReport{Subdistrict: east, Form: progress.Annex6})
		state(t, err, true, "已经关闭")
	})
	t.Run("the database keeps it by itself", func(t *testing.T) {
		for _, sql := range []string{
			`update month_line set remark = 'x'`, `delete from month_line`, `update month_report set difficulties = 'x'`,
			`delete from month_report`, `delete from project where code = 'A'`,
			`insert into month_report (id, district_code, subdistrict_code, month, form) values (gen_random_uuid(), '500110', '500110002', '2026-03-01', 'annex6')`,
		} {
			_, err := d.db.Pool.Exec(t.Context(), sql)
			if name, _ := postgis.Violation(err); name != "month_report_frozen" {
				t.Errorf("%s: %v", sql, err)
			}
		}
	})
	t.Run("only the district takes it along", func(t *testing.T) {
		d.exec(`delete from district where code = $1`, d.district)
	})
}

func TestMonthsAreClosedInTheirOrder(t *testing.T) {
	d := newDesk(t, "2026-04-26")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.handIn("2026-03", west, progress.Annex7)
	d.handIn("2026-04", west, progress.Annex7)
	_, err := d.close("2026-04", "")
	state(t, err, false, "请先关闭2026年3月")
	_, err = d.close("2026-03", "")
	d.must(err)
	_, err = d.close("2026-04", "")
	d.must(err)
}

func TestOfTwoWhoCloseAMonthOneIsTold(t *testing.T) {
	d := newDesk(t, "2026-03-26")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.handIn("2026-03", west, progress.Annex7)
	var wait sync.WaitGroup
	errs := make([]error, 2)
	for i := range errs {
		wait.Go(func() { _, errs[i] = d.close("2026-03", "") })
	}
	wait.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Fatalf("both or none closed it: %v", errs)
	}
	state(t, errors.Join(errs...), true, "不能重复关闭")
}

func TestAFrozenReportPrintsTheSameBytesLater(t *testing.T) {
	d := newDesk(t, "2026-03-26")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.handIn("2026-03", west, progress.Annex7)
	closed, err := d.close("2026-03", "")
	d.must(err)
	id, m := *closed[1].ID, month(t, "2026-03")
	before, err := d.progress.Print(t.Context(), account.Everything, d.district, m, id)
	d.must(err)
	kept, digest, err := d.progress.Snapshot(t.Context(), account.Everything, d.district, m, id)
	d.must(err)
	for _, part := range []string{
		"A项目", "2026年1月至2026年3月未申请中央补助资金支持改造项目进展情况表", "3、全部改造内容已完工的项目", "合计",
		"启动日期：2027年1月5日", "等待施工图", digest, "万盛经开区", "遇到的困难问题及有关意见建议：", "负责人：",
	} {
		if !bytes.Contains(before, []byte(part)) {
			t.Errorf("the page lacks %q", part)
		}
	}

	d.at("2027-06-01")
	d.exec(`update project set name = '另一个名字', year = 2027, estimated_wan = 9`)
	d.exec(`update district set name = '别的区', policy_params = '{"month_report_day": 5}'`)
	d.exec(`update community set households = 1, floor_area_m2 = 1`)
	after, err := d.progress.Print(t.Context(), account.Everything, d.district, m, id)
	d.must(err)
	if !bytes.Equal(before, after) {
		t.Error("the frozen report prints differently")
	}
	again, _, err := d.progress.Snapshot(t.Context(), account.Everything, d.district, m, id)
	d.must(err)
	if diff := cmp.Diff(kept, again); diff != "" {
		t.Errorf("the snapshot changed:\n%s", diff)
	}
	if anew, err := again.Print(digest); err != nil || !bytes.Equal(anew, before) {
		t.Errorf("the page is not a function of the snapshot: %v", err)
	}
	r, err := d.progress.Report(t.Context(), account.Everything, d.district, m, id)
	d.must(err)
	if r.Lines[0].Name != "A项目" || r.Title != kept.Title {
		t.Errorf("the frozen report reads differently: %+v", r.Lines[0])
	}
}

func TestAnUnfrozenPageSaysSo(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	r := d.draft("2026-03", west, progress.Annex7)
	page, err := d.progress.Print(t.Context(), account.Everything, d.district, month(t, "2026-03"), *r.ID)
	if err != nil || !bytes.Contains(page, []byte("未冻结")) {
		t.Errorf("%v\n%s", err, page)
	}
}

func TestAnOwnerFillsInTheRowsOfItsProjects(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.exec(`insert into zone (district_code, code, name, geom, scenario_id) select $1, 'Z', '片区', ST_Multi(ST_MakeEnvelope(106.9, 28.9, 106.91, 28.91, 4490)), id from scenario where district_code = $1 and main`, d.district)
	var zone int64
	d.must(d.db.Pool.QueryRow(t.Context(), `select id from published_zone where code = 'Z'`).Scan(&zone))
	d.project("A", projectOptions{year: 2026, zone: "Z"}, d.community(west, 80))
	d.project("B", projectOptions{year: 2026}, d.community(west, 80))
	owner, scope := d.as(account.Contractor, account.Scope{Zones: []int64{zone}})
	m := month(t, "2026-03")

	p, err := d.progress.ProjectMonth(owner, scope, d.district, "A", m)
	if err != nil || p.State != "none" || p.Line == nil || !p.MayFill || p.Unit.Code != west {
		t.Fatalf("%+v %v", p, err)
	}
	row := p.Line.MonthLineDraft
	row.SpentWan, row.Remark = 12.5, "正在报建"
	p, err = d.progress.SaveProjectMonth(owner, scope, d.district, "A", m, 0, progress.ProjectMonthDraft{Line: row})
	if err != nil || !p.Saved || p.Line.SpentWan != 12.5 || p.State != "draft" {
		t.Fatalf("%+v %v", p, err)
	}
	if _, err := d.progress.SaveProjectMonth(owner, scope, d.district, "A", m, 1, progress.ProjectMonthDraft{Line: row}); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a row that somebody else saved meanwhile: %v", err)
	}
	if _, err := d.progress.SaveProjectMonth(owner, scope, d.district, "B", m, p.Version, progress.ProjectMonthDraft{Line: row}); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an owner fills in another's project: %v", err)
	}
	r, err := d.progress.Report(owner, scope, d.district, m, *p.ID)
	if err != nil || len(r.Lines) != 1 || r.Lines[0].Project != "A" || !r.Partial || r.MayFill {
		t.Errorf("an owner sees more than its own rows: %+v %v", r, err)
	}
	whole, err := d.progress.Report(context.Background(), account.Everything, d.district, m, *p.ID)
	if err != nil || len(whole.Lines) != 2 {
		t.Errorf("the report holds %d rows: %v", len(whole.Lines), err)
	}
	if _, err := d.progress.Print(owner, scope, d.district, m, *p.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an owner prints the whole report: %v", err)
	}
	history, err := d.progress.ProjectMonths(owner, scope, d.district, "A")
	if err != nil || len(history) != 1 || history[0].Line.SpentWan != 12.5 {
		t.Errorf("%+v %v", history, err)
	}
}

func TestAProjectThatLeavesIsPointedOut(t *testing.T) {
	d := newDesk(t, "2026-02-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.project("B", projectOptions{year: 2026}, d.community(west, 80))
	d.handIn("2026-02", west, progress.Annex7)
	d.at("2026-03-20")
	saved := d.draft("2026-03", west, progress.Annex7)
	d.exec(`update project set state = 'withdrawn', phase = null where code = 'B'`)
	r, err := d.progress.Report(t.Context(), account.Everything, d.district, month(t, "2026-03"), *saved.ID)
	d.must(err)
	if diff := cmp.Diff([]string{"B项目"}, r.Gone); diff != "" {
		t.Errorf("gone (-want +got):\n%s", diff)
	}
	if len(r.Lines) != 2 || r.Lines[1].Problems[len(r.Lines[1].Problems)-1].Field != "project" {
		t.Errorf("the row is not pointed out: %+v", r.Lines[1].Problems)
	}
}
