package progress_test

import (
	"testing"

	"github.com/lianpian/lianpian/internal/progress"
)

func TestTheTotalDoesNotFallByARowThatIsLeftOut(t *testing.T) {
	d := newDesk(t, "2026-02-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.project("B", projectOptions{year: 2025}, d.community(west, 80))
	for _, code := range []string{"A", "B"} {
		d.milestone(code, progress.Start, "2026-01-05")
	}
	first := d.draft("2026-02", west, progress.Annex7)
	draft := rows(first)
	for i := range draft.Lines {
		draft.Lines[i].SpentWan = 100
	}
	first, err := d.save(first, draft)
	d.must(err)
	_, err = d.submit(first)
	d.must(err)

	d.at("2026-03-20")
	r := d.draft("2026-03", west, progress.Annex7)
	draft = rows(r)
	carried := draft.Lines[:1] // without B, of an earlier year
	_, err = d.save(r, progress.MonthReportDraft{Lines: carried})
	invalid(t, err, "“B项目”2026-02已报")

	d.exec(`update project set state = 'withdrawn', phase = null where code = 'B'`)
	_, err = d.save(r, progress.MonthReportDraft{Lines: carried})
	invalid(t, err, "合计为累计数，不能减少")
	r, err = d.save(r, draft)
	d.must(err)
	d.exec(`delete from month_line l using month_report m, project p where m.id = l.report_id and m.month = '2026-03-01' and p.id = l.project_id and p.code = 'B'`)
	_, err = d.submit(r)
	invalid(t, err, "合计为累计数，不能减少")

	draft.Lines[1].SpentWan, draft.Lines[1].Correction = 0, "2月错报，款项退回"
	r, err = d.save(r, draft)
	d.must(err)
	if r, err = d.submit(r); err != nil || r.Totals.SpentWan != 100 {
		t.Errorf("an explained correction is refused: %v %+v", err, r.Totals)
	}

	d.at("2026-04-20")
	if r := d.draft("2026-04", west, progress.Annex7); len(r.Lines) != 1 {
		t.Errorf("what was corrected to nothing may go: %+v", r.Lines)
	}
}

func TestAWithdrawnProjectsFiguresStayInTheNextDraft(t *testing.T) {
	d := newDesk(t, "2026-02-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	d.milestone("A", progress.Start, "2026-01-05")
	r := d.draft("2026-02", west, progress.Annex7)
	draft := rows(r)
	draft.Lines[0].SpentWan = 100
	_, err := d.save(r, draft)
	d.must(err)
	d.exec(`update project set state = 'withdrawn', phase = null`)
	d.at("2026-03-20")
	if r := d.draft("2026-03", west, progress.Annex7); r.Totals.SpentWan != 100 {
		t.Errorf("the total of the draft falls: %+v", r.Totals)
	}
}

func TestAreasThatNoFormHasRoomForAreRefused(t *testing.T) {
	d := newDesk(t, "2026-03-20")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	r := d.draft("2026-03", west, progress.Annex7)
	draft := rows(r)
	draft.AreasConfirmed = true
	draft.Lines[0].Plan.AreaWan = 31642
	_, err := d.save(r, draft)
	if wrong := invalid(t, err, "应小于10000万平方米"); wrong.Field != "lines[0].plan.area_wan" {
		t.Errorf("field %q", wrong.Field)
	}
	draft.Lines[0].Plan.AreaWan = 9999.99996
	_, err = d.save(r, draft)
	invalid(t, err, "应小于10000万平方米")
}
