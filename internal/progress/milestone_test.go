package progress_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/progress"
)

func on(kind progress.Kind, date string) progress.Milestone {
	return progress.Milestone{Kind: kind, OnDate: &date}
}

func (d *desk) saveProject(code string, version int, milestones []progress.Milestone, parts ...progress.PartHandover) (progress.ProjectProgress, error) {
	return d.progress.SaveProject(d.t.Context(), account.Everything, d.district, code, version, progress.ProgressDraft{Milestones: milestones, Handover: parts})
}

func TestMilestonesKeepTheirOrder(t *testing.T) {
	d := newDesk(t, "2026-06-30")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	cases := map[string]struct {
		milestones []progress.Milestone
		refused    string // "" is taken
	}{
		"三(三) in order":                  {[]progress.Milestone{on(progress.Start, "2026-01-05"), on(progress.WorksDone, "2026-05-01"), on(progress.Acceptance, "2026-05-20"), on(progress.Filed, "2026-06-01")}, ""},
		"all on one day":                 {[]progress.Milestone{on(progress.Start, "2026-01-05"), on(progress.WorksDone, "2026-01-05"), on(progress.Acceptance, "2026-01-05")}, ""},
		"today":                          {[]progress.Milestone{on(progress.Start, "2026-06-30")}, ""},
		"tomorrow":                       {[]progress.Milestone{on(progress.Start, "2026-07-01")}, "尚未到"},
		"works done before the start":    {[]progress.Milestone{on(progress.Start, "2026-01-05"), on(progress.WorksDone, "2026-01-04")}, "不能早于“开工”"},
		"works done without a start":     {[]progress.Milestone{on(progress.WorksDone, "2026-01-04")}, "请先填“开工”"},
		"acceptance without works done":  {[]progress.Milestone{on(progress.Start, "2026-01-05"), on(progress.Acceptance, "2026-02-04")}, "请先填“完工”"},
		"三(四) filing without acceptance": {[]progress.Milestone{on(progress.Start, "2026-01-05"), on(progress.WorksDone, "2026-02-01"), on(progress.Filed, "2026-02-04")}, "请先填“竣工验收”"},
		"twice":                          {[]progress.Milestone{on(progress.Start, "2026-01-05"), on(progress.Start, "2026-01-06")}, "两次"},
		"no date":                        {[]progress.Milestone{on(progress.Start, "2026-13-05")}, "日期应写作"},
		"a resident's number":            {[]progress.Milestone{{Kind: progress.Start, OnDate: on(progress.Start, "2026-01-05").OnDate, Note: "电话13812345678"}}, "手机号码"},
	}
	version := 0
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			p, err := d.saveProject("A", version, c.milestones)
			if c.refused != "" {
				invalid(t, err, c.refused)
				return
			}
			d.must(err)
			version = p.Version
		})
	}
}

func TestFilingIsDueSomeDaysAfterTheAcceptance(t *testing.T) {
	accepted := []progress.Milestone{on(progress.Start, "2026-01-05"), on(progress.WorksDone, "2026-02-01"), on(progress.Acceptance, "2026-03-06")}
	cases := map[string]struct {
		today, params, filed string
		state, due           string
		left                 int
	}{
		"三(四) 备案 15日 calendar, day 0":   {"2026-03-06", `{}`, "", "due", "2026-03-21", 15},
		"三(四) 备案 last day":              {"2026-03-21", `{}`, "", "due", "2026-03-21", 0},
		"三(四) 备案 one day late":          {"2026-03-22", `{}`, "", "late", "2026-03-21", -1},
		"B6 working days":               {"2026-03-22", `{"filing_day_kind":"working"}`, "", "due", "2026-03-27", 5},
		"B6 other number of days":       {"2026-03-22", `{"filing_days":20}`, "", "due", "2026-03-26", 4},
		"三(四) 备案 on the last day":       {"2026-04-01", `{}`, "2026-03-21", "done", "2026-03-21", 0},
		"三(四) 备案 after the last day":    {"2026-04-01", `{}`, "2026-03-22", "done_late", "2026-03-21", 0},
		"no acceptance, nothing is due": {"2026-04-01", `{}`, "none", "none", "", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, c.today)
			d.exec(`update district set policy_key = 'tongnan-2021', policy_params = $1`, c.params)
			d.project("A", projectOptions{year: 2026}, d.community(west, 80))
			given := accepted
			switch c.filed {
			case "none":
				given = nil
			case "":
			default:
				given = append(given[:3:3], on(progress.Filed, c.filed))
			}
			p, err := d.saveProject("A", 0, given)
			d.must(err)
			if f := p.Filing; f.State != c.state || f.DueOn != c.due || f.DaysLeft != c.left || f.Clause == "" || f.Text == "" {
				t.Errorf("filing %+v, want %s by %s, %d days left", f, c.state, c.due, c.left)
			}
			alerts, err := d.progress.List(t.Context(), account.Everything, d.district, true)
			d.must(err)
			if alerted := len(alerts) == 1; alerted != (c.state == "due" || c.state == "late") {
				t.Errorf("%s: alerted %v", c.state, alerted)
			}
		})
	}
}

func TestHandoverNamesWhoTakesOverWhat(t *testing.T) {
	d := newDesk(t, "2026-06-30")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	accepted := []progress.Milestone{on(progress.Start, "2026-01-05"), on(progress.WorksDone, "2026-02-01"), on(progress.Acceptance, "2026-03-06")}
	handed := append(accepted[:3:3], on(progress.HandedOver, "2026-06-01"))
	municipal := progress.PartHandover{Part: "municipal", Receiver: "万盛供水公司"}
	exclusive := progress.PartHandover{Part: "exclusive", Receiver: "业主"}
	common := progress.PartHandover{Part: "common", Receiver: "社区物业服务中心"}
	agreed := common
	agreed.Agreement = progress.HandoverAgreement{Mode: "社区物业服务中心", Manager: "某某社区", Content: "保洁", Standard: "日产日清", Fee: "0.5 元/平方米·月"}

	_, err := d.saveProject("A", 0, handed, municipal, agreed)
	invalid(t, err, "“业主专有部分”移交给谁")
	_, err = d.saveProject("A", 0, handed, municipal, exclusive, common)
	invalid(t, err, "管理模式、管理单位、服务内容、服务标准、服务费用")
	p, err := d.saveProject("A", 0, accepted, municipal)
	d.must(err)
	p, err = d.saveProject("A", p.Version, handed, municipal, exclusive, agreed)
	d.must(err)
	if p.Handover[2].Agreement != agreed.Agreement || p.Handover[1].Receiver != "业主" || len(p.Handover) != 3 {
		t.Errorf("handover %+v", p.Handover)
	}
}

func TestOnlyConfirmedProjectsStart(t *testing.T) {
	d := newDesk(t, "2026-06-30")
	d.project("A", projectOptions{year: 2026, state: "accepted"}, d.community(west, 80))
	_, err := d.saveProject("A", 0, []progress.Milestone{on(progress.Start, "2026-01-05")})
	invalid(t, err, "尚未确认入库")
}

func TestAStartWithoutTheConsentOfMoreThanHalfIsPointedOut(t *testing.T) {
	for name, c := range map[string]struct {
		agreed int
		warned bool
	}{"四(九)2 just half": {40, true}, "四(九)2 more than half": {41, false}} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, "2026-06-30")
			c1 := d.community(west, 80)
			d.project("A", projectOptions{year: 2026}, c1)
			d.exec(`insert into survey (id, district_code, community_id, started_on) values (gen_random_uuid(), $1, $2, '2026-01-01')`, d.district, c1)
			d.exec(`insert into survey_count (survey_id, households, asked, agreed) select id, 80, 80, $1 from survey`, c.agreed)
			p, err := d.saveProject("A", 0, []progress.Milestone{on(progress.Start, "2026-03-05")})
			d.must(err)
			if (len(p.Warnings) == 1) != c.warned {
				t.Fatalf("warnings %+v", p.Warnings)
			}
			if c.warned && (p.Warnings[0].Clause == "" || !strings.Contains(p.Warnings[0].Text, "小区1")) {
				t.Errorf("warning %+v", p.Warnings[0])
			}
		})
	}
}

func TestTwoOnOneProject(t *testing.T) {
	d := newDesk(t, "2026-06-30")
	d.project("A", projectOptions{year: 2026}, d.community(west, 80))
	_, err := d.saveProject("A", 0, []progress.Milestone{on(progress.Start, "2026-01-05")})
	d.must(err)
	if _, err := d.saveProject("A", 0, nil); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("the second overwrites the first: %v", err)
	}
	viewer, scope := d.as(account.Viewer, account.Scope{})
	var outside *account.OutsideError
	if _, err := d.progress.SaveProject(viewer, scope, d.district, "A", 1, progress.ProgressDraft{}); !errors.As(err, &outside) {
		t.Errorf("a viewer saves: %v", err)
	}
}

func TestSmallCountsOfAWarningAreNotForEverybody(t *testing.T) {
	d := newDesk(t, "2026-06-30")
	c := d.community(west, 80)
	d.project("A", projectOptions{year: 2026}, c)
	d.milestone("A", progress.Start, "2026-03-05")
	d.exec(`insert into survey (id, district_code, community_id, started_on, households, asked, agreed) values (gen_random_uuid(), $1, $2, '2026-01-01', 80, 80, 3)`, d.district, c)
	for role, told := range map[account.Role]bool{account.Planner: true, account.Viewer: false} {
		ctx, scope := d.as(role, account.Scope{})
		p, err := d.progress.Project(ctx, scope, d.district, "A")
		d.must(err)
		if len(p.Warnings) != 1 || strings.Contains(p.Warnings[0].Text, "同意户数3户") != told {
			t.Errorf("%s: %+v", role, p.Warnings)
		}
	}
}
