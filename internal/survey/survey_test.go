package survey_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/survey"
)

func TestASurveyStartsWithEveryHouseholdInOneBuilding(t *testing.T) {
	d := newDesk(t)
	v := d.open("A")
	if got := rows(v); got != "B2:60 B10:40" { // 2幢 before 10幢, no kiosk
		t.Errorf("rows %s", got)
	}
	if v.State != survey.Open || v.Round != 1 || v.StartedOn != "2026-11-20" || v.Sums.Households != 100 || *v.Sums.FloorAreaM2 != 8000 {
		t.Errorf("%+v", v.Head)
	}
	if strings.Join(v.Means, " ") != "入户调查 居民大会" {
		t.Errorf("四(九)2: means %v", v.Means)
	}
	if got := rows(d.open("B")); got != ":30" {
		t.Errorf("a community without buildings is one row: %s", got)
	}
}

func TestMoreThanHalf(t *testing.T) {
	for _, c := range []struct {
		name    string
		agreed  int
		outcome policy.Outcome
		missing string
	}{
		{"四(九)2 过半数: 50 of 100 is not more than half", 50, policy.Failed, "还差1户"},
		{"四(九)2 过半数: 51 of 100 is", 51, policy.Met, ""},
		{"四(九)2 过半数: 39 of 100 lack 12", 39, policy.Failed, "还差12户"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			v := d.mustSave(d.open("A"),
				at("B2", "1单元", 30, 30, min(c.agreed, 30)), at("B2", "3单元", 30, 21, max(0, min(c.agreed-30, 21))),
				at("B10", "", 40, 40, max(0, c.agreed-51)))
			if v.Verdict.Outcome != c.outcome || !strings.Contains(v.Verdict.Missing, c.missing) {
				t.Errorf("%s: %q", v.Verdict.Outcome, v.Verdict.Missing)
			}
			if v.Verdict.Clause != "四(九)2、附件3、附件4" {
				t.Errorf("clause %q", v.Verdict.Clause)
			}
			if c.missing != "" && !strings.Contains(v.Verdict.Missing, "2幢3单元有9户未征询") {
				t.Errorf("missing %q", v.Verdict.Missing)
			}
		})
	}
}

func TestTheAreaStandsBesideTheHouseholds(t *testing.T) {
	d := newDesk(t)
	v := d.open("B")
	row := whole(30, 30, 20)
	row.FloorAreaM2, row.AgreedAreaM2 = area(2400), area(1100)
	v = d.mustSave(v, row)
	if v.Verdict.Households.Outcome != policy.Met || v.Verdict.Area.Outcome != policy.Failed || !v.Verdict.Passed {
		t.Errorf("A3, households count by default: %+v", v.Verdict)
	}
	d.exec(`update district set policy_params = '{"consent_basis": "both"}' where code = $1`, d.district)
	v, err := d.Survey(context.Background(), account.Everything, d.district, v.ID)
	if err != nil || v.Verdict.Passed || !strings.Contains(v.Verdict.Missing, "按面积还差100.01平方米") {
		t.Errorf("A3, both: %v %+v", err, v.Verdict)
	}
}

func TestContradictoryCountsAreRefused(t *testing.T) {
	d := newDesk(t)
	v := d.open("A")
	disagreed, tooWide, ofNobody := at("B2", "", 60, 50, 40), at("B2", "", 60, 50, 40), at("B2", "", 60, 50, 0)
	disagreed.Disagreed = 11
	tooWide.FloorAreaM2, tooWide.AgreedAreaM2 = area(100), area(100.01)
	ofNobody.AgreedAreaM2 = area(1)
	for _, c := range []struct {
		name        string
		rows        []survey.CountDraft
		field, text string
	}{
		{"households agreed above asked", []survey.CountDraft{at("B2", "", 60, 30, 31)}, "counts[0].agreed", "2幢：同意 31 户多于已征询的 30 户"},
		{"asked above households", []survey.CountDraft{at("B2", "", 60, 61, 0)}, "counts[0].asked", "已征询 61 户多于总户数 60 户"},
		{"agreed and disagreed above asked", []survey.CountDraft{disagreed}, "counts[0].disagreed", "共 51 户"},
		{"negative", []survey.CountDraft{at("B2", "", 60, -1, 0)}, "counts[0].asked", "负数"},
		{"agreed area above floor area", []survey.CountDraft{tooWide}, "counts[0].agreed_area_m2", "大于总面积"},
		{"area of nobody", []survey.CountDraft{ofNobody}, "counts[0].agreed_area_m2", "没有同意的户"},
		{"a building of another community", []survey.CountDraft{at("X", "", 1, 0, 0)}, "counts[0].building_code", "不属于这个小区"},
		{"a row twice", []survey.CountDraft{at("B2", "1单元", 1, 0, 0), at("B2", "1单元", 1, 0, 0)}, "counts[1].stairwell", "出现了两次"},
		{"a building as a whole and by stairwell", []survey.CountDraft{at("B2", "", 60, 0, 0), at("B2", "1单元", 30, 0, 0)}, "counts[1].stairwell", "重复计户"},
		{"the community beside its buildings", []survey.CountDraft{at("B2", "", 60, 0, 0), whole(100, 0, 0)}, "counts", "整个小区"},
		{"no row", nil, "counts", "至少要有一行"},
		{"a phone number as stairwell", []survey.CountDraft{at("B2", "13812345678", 60, 0, 0)}, "counts[0].stairwell", "居民个人信息"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := d.save(v, c.rows...)
			refused(t, err, c.field, c.text)
			_, err = d.Try(context.Background(), account.Everything, d.district, v.ID, c.rows)
			refused(t, err, c.field, c.text)
		})
	}
	if now, err := d.Survey(context.Background(), account.Everything, d.district, v.ID); err != nil || now.Version != v.Version {
		t.Errorf("a refused change left its mark: %v %d", err, now.Version)
	}
}

func TestTheDatabaseKeepsTheRulesToo(t *testing.T) {
	d := newDesk(t)
	v := d.open("A")
	for constraint, set := range map[string]string{
		"survey_count_asked":    `asked = households + 1`,
		"survey_count_agreed":   `asked = 5, agreed = 3, disagreed = 3`,
		"survey_count_area":     `asked = 1, agreed = 1, agreed_area_m2 = floor_area_m2 + 1`,
		"survey_count_nobody":   `agreed_area_m2 = 1`,
		"survey_count_personal": `stairwell = 'x 500110198001011234'`,
	} {
		err := d.tryExec(`update survey_count set `+set+` where survey_id = $1 and building_code = 'B2'`, v.ID)
		if got, _ := postgis.Violation(err); got != constraint {
			t.Errorf("%s: %v", constraint, err)
		}
	}
	if got, _ := postgis.Violation(d.tryExec(`update survey set note = '王某，13812345678' where id = $1`, v.ID)); got != "survey_personal" {
		t.Errorf("a phone number was stored: %s", got)
	}
	d.exec(`update survey_count set asked = 7, agreed = 6, agreed_area_m2 = 480 where survey_id = $1 and building_code = 'B2'`, v.ID)
	now, err := d.Survey(context.Background(), account.Everything, d.district, v.ID)
	if err != nil || *now.Sums.Asked != 7 || *now.Sums.Agreed != 6 || *now.Sums.AgreedAreaM2 != 480 {
		t.Errorf("sums do not follow the rows: %v %+v", err, now.Sums)
	}
}

func TestAnAgreedAreaIsKnownOnlyWhereEveryRowSaysIt(t *testing.T) {
	d := newDesk(t)
	said := at("B2", "", 60, 50, 40)
	said.FloorAreaM2, said.AgreedAreaM2 = area(4800), area(3000)
	v := d.mustSave(d.open("A"), said, at("B10", "", 40, 0, 0))
	if v.Sums.AgreedAreaM2 == nil || *v.Sums.AgreedAreaM2 != 3000 || v.Sums.FloorAreaM2 != nil {
		t.Errorf("%+v", v.Sums)
	}
	v = d.mustSave(v, said, at("B10", "", 40, 10, 5))
	if v.Sums.AgreedAreaM2 != nil {
		t.Errorf("an area of half of the rows passes for the whole: %v", *v.Sums.AgreedAreaM2)
	}
}

func TestPersonalNumbersAreRefused(t *testing.T) {
	d := newDesk(t)
	v := d.open("A")
	note, committee, contents := "联系人电话13812345678", "业委会 50011019800101123X", []string{"加装电梯", "问 13812345678"}
	for field, p := range map[string]survey.Patch{
		"note": {Note: &note}, "owners_committee": {OwnersCommittee: &committee}, "contents": {Contents: &contents}, "means": {Means: &contents},
	} {
		_, err := d.Update(context.Background(), account.Everything, d.district, v.ID, v.Version, p)
		refused(t, err, field, "居民个人信息不得录入系统")
	}
	_, err := d.Open(context.Background(), account.Everything, d.district, survey.Draft{Community: "B", Note: note})
	refused(t, err, "note", "居民个人信息不得录入系统")
}

func TestWhenASurveySpeaksForTheCommunity(t *testing.T) {
	d := newDesk(t)
	agreed := func() *int {
		c, err := d.reg.Community(context.Background(), account.Everything, d.district, "B")
		if err != nil {
			t.Fatal(err)
		}
		return c.HouseholdsAgreed
	}
	v := d.mustSave(d.open("B"), whole(30, 10, 8))
	if agreed() != nil || v.Recorded {
		t.Error("an unfinished survey puts the community out of scope")
	}
	v = d.mustSave(v, whole(30, 20, 16))
	if n := agreed(); n == nil || *n != 16 || !v.Recorded {
		t.Errorf("S5: more than half agreed, the community says %v", n)
	}
	v = d.mustSave(v, whole(30, 20, 9)) // a correction
	if n := agreed(); n == nil || *n != 9 {
		t.Errorf("a correction does not reach the community: %v", n)
	}
	d.close(v)
	again := d.open("B")
	if again.Round != 2 || rows(again) != ":30" || *again.Sums.Asked != 0 || again.Recorded {
		t.Errorf("a new round: %+v", again)
	}
	if n := agreed(); n == nil || *n != 9 {
		t.Errorf("a new round took the community's figure away: %v", n)
	}
	again = d.close(d.mustSave(again, whole(30, 30, 10)))
	if n := agreed(); n == nil || *n != 10 || !again.Recorded {
		t.Errorf("a closed survey does not speak for the community: %v", n)
	}
	first, err := d.Survey(context.Background(), account.Everything, d.district, v.ID)
	if err != nil || first.Recorded || first.Newest || first.Round != 1 {
		t.Errorf("the first round: %v %+v", err, first.Head)
	}
}

func TestTheVerdictOnTheCommunityFollows(t *testing.T) {
	d := newDesk(t)
	d.close(d.mustSave(d.open("B"), whole(30, 30, 16)))
	c, err := d.reg.Community(context.Background(), account.Everything, d.district, "B")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range c.VerdictProof {
		if r.Fact == "households_agreed" {
			if r.Outcome != policy.Met || r.Clause != "二(一)、四(九)2" {
				t.Errorf("S5: %+v", r)
			}
			return
		}
	}
	t.Errorf("nothing is said of the residents: %+v", c.VerdictProof)
}

func TestAClosedSurveyDoesNotChange(t *testing.T) {
	d := newDesk(t)
	v := d.close(d.mustSave(d.open("B"), whole(30, 30, 16)))
	if v.State != survey.Closed || *v.ClosedOn != "2026-11-20" {
		t.Errorf("%+v", v.Head)
	}
	var state *survey.StateError
	if _, err := d.save(v, whole(30, 30, 17)); !errors.As(err, &state) || !strings.Contains(state.Detail, "2026-11-20结束") {
		t.Errorf("%v", err)
	}
	if err := d.Discard(context.Background(), account.Everything, d.district, v.ID, v.Version); !errors.As(err, &state) {
		t.Errorf("%v", err)
	}
}

func TestOneSurveyAtATime(t *testing.T) {
	d := newDesk(t)
	v := d.open("A")
	var state *survey.StateError
	if _, err := d.Open(context.Background(), account.Everything, d.district, survey.Draft{Community: "A"}); !errors.As(err, &state) {
		t.Errorf("a second survey was opened: %v", err)
	}
	if err := d.Discard(context.Background(), account.Everything, d.district, v.ID, v.Version); err != nil {
		t.Fatal(err)
	}
	d.open("A")
}

func TestACommunityMayGoWhileItsSurveyIsOpened(t *testing.T) {
	d := newDesk(t)
	other, err := d.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(context.Background()) }()
	if _, err := other.Exec(t.Context(), `delete from community where code = 'A'`); err != nil {
		t.Fatal(err)
	}
	went := make(chan error, 1)
	go func() {
		_, err := d.Open(t.Context(), account.Everything, d.district, survey.Draft{Community: "A"})
		went <- err
	}()
	postgistest.Blocked(t, d.db)
	if err := other.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-went; !postgis.Dangling(err) {
		t.Errorf("got %v", err)
	}
}

func TestTwoOfficersOnOneSurvey(t *testing.T) {
	d := newDesk(t)
	v := d.open("B")
	d.mustSave(v, whole(30, 10, 8))
	if _, err := d.save(v, whole(30, 20, 1)); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("the second officer overwrote the first: %v", err)
	}
	if _, err := d.Close(context.Background(), account.Everything, d.district, v.ID, v.Version, ""); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("closed on an old version: %v", err)
	}
}

func TestDatesOfASurvey(t *testing.T) {
	d := newDesk(t)
	v := d.mustSave(d.open("B"), whole(30, 1, 1))
	text := func(s string) *string { return &s }
	for _, c := range []struct {
		p     survey.Patch
		field string
	}{
		{survey.Patch{DueOn: text("2026-11-19")}, "due_on"},
		{survey.Patch{DueOn: text("25日")}, "due_on"},
		{survey.Patch{StartedOn: text("")}, "started_on"},
		{survey.Patch{PublicisedFrom: text("2026-12-02"), PublicisedTo: text("2026-12-01")}, "publicised_to"},
	} {
		_, err := d.Update(context.Background(), account.Everything, d.district, v.ID, v.Version, c.p)
		refused(t, err, c.field, "")
	}
	for _, on := range []string{"2026-11-19", "2026-11-21"} {
		_, err := d.Close(context.Background(), account.Everything, d.district, v.ID, v.Version, on)
		refused(t, err, "closed_on", "")
	}
	v, err := d.Update(context.Background(), account.Everything, d.district, v.ID, v.Version, survey.Patch{DueOn: text("2026-11-25"), PublicisedFrom: text("2026-11-21")})
	if err != nil || *v.DueOn != "2026-11-25" || *v.PublicisedFrom != "2026-11-21" {
		t.Fatal(err, v.Head)
	}
	if v, err = d.Update(context.Background(), account.Everything, d.district, v.ID, v.Version, survey.Patch{DueOn: text("")}); err != nil || v.DueOn != nil {
		t.Errorf("an empty date does not clear it: %v", err)
	}
}

func TestWhoReachesASurvey(t *testing.T) {
	d := newDesk(t)
	v := d.open("A")
	officer, here := d.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	if _, err := d.SaveCounts(officer, here, d.district, v.ID, v.Version, []survey.CountDraft{at("B2", "", 60, 1, 1)}); err != nil {
		t.Error("the officer of the subdistrict:", err)
	}
	other, there := d.as(account.Officer, account.Scope{Subdistricts: []string{east}})
	if _, err := d.Survey(other, there, d.district, v.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Error("the officer of another subdistrict reads it:", err)
	}
	if _, err := d.Open(other, there, d.district, survey.Draft{Community: "A"}); !errors.Is(err, postgis.ErrNotFound) {
		t.Error("the officer of another subdistrict begins one:", err)
	}
	if _, err := d.Rounds(other, there, d.district, "A"); !errors.Is(err, postgis.ErrNotFound) {
		t.Error(err)
	}
	viewer, all := d.as(account.Viewer, account.Scope{})
	var outside *account.OutsideError
	if _, err := d.Open(viewer, all, d.district, survey.Draft{Community: "B"}); !errors.As(err, &outside) {
		t.Error("a viewer begins a survey:", err)
	}
}

func TestASurveySaysWhereTheRegisterDiffers(t *testing.T) {
	d := newDesk(t)
	v := d.mustSave(d.open("B"), whole(28, 0, 0))
	if got := fmt.Sprint(v.Registered.Differences); got != "[征询的总户数为28户，台账为30户，请核对。]" {
		t.Error(got)
	}
}

func TestTryingSaysWhatSavingWould(t *testing.T) {
	d := newDesk(t)
	v := d.open("A")
	row := at("B2", "", 60, 50, 40)
	row.FloorAreaM2, row.AgreedAreaM2 = area(4800), area(3000)
	other := at("B10", "", 40, 20, 12)
	other.FloorAreaM2, other.AgreedAreaM2 = area(3200.1), area(960.2)
	list := []survey.CountDraft{row, other}
	tried, err := d.Try(context.Background(), account.Everything, d.district, v.ID, list)
	if err != nil {
		t.Fatal(err)
	}
	saved := d.mustSave(v, list...)
	if fmt.Sprint(*tried.Sums.Asked, *tried.Sums.Agreed, *tried.Sums.AgreedAreaM2, *tried.Sums.FloorAreaM2, tried.Verdict.Text, tried.Verdict.Missing, rows(tried)) !=
		fmt.Sprint(*saved.Sums.Asked, *saved.Sums.Agreed, *saved.Sums.AgreedAreaM2, *saved.Sums.FloorAreaM2, saved.Verdict.Text, saved.Verdict.Missing, rows(saved)) {
		t.Errorf("tried %+v\nsaved %+v", tried.Verdict, saved.Verdict)
	}
}
