package approval_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/registry"
)

const (
	west = "500110001"
	east = "500110002"
)

// desk is a district that follows Tongnan's plan, with a project on either side.
type desk struct {
	*approval.Store
	t        *testing.T
	db       *postgis.DB
	reg      *registry.Store
	district string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	db := postgistest.New(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	// In China it is the first of May.
	now := func() time.Time { return time.Date(2026, 4, 30, 16, 30, 0, 0, time.UTC) }
	d := &desk{t: t, db: db, district: postgistest.District(t, db), reg: registry.New(db, lib)}
	d.Store = approval.New(db, program.New(db, d.reg, lib, now), d.reg, lib, now)
	d.follow(nil)
	d.project("P1", west, 980)
	d.project("P2", east, 1200)
	return d
}

// follow lets the district follow Tongnan's plan with readings of its own.
func (d *desk) follow(params map[string]any) {
	d.t.Helper()
	d.exec(`update district set policy_key = 'tongnan-2021', policy_params = coalesce($1, '{}'::jsonb)`, params)
}

func (d *desk) exec(sql string, args ...any) {
	d.t.Helper()
	if _, err := d.db.Pool.Exec(d.t.Context(), sql, args...); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) project(code, subdistrict string, wan float64) {
	d.exec(`insert into project (district_code, code, name, library, state, estimated_wan, subdistrict_codes)
		values ($1, $2, '项目' || $2, 'comprehensive', 'confirmed', $3, array[$4])`, d.district, code, wan, subdistrict)
}

func (d *desk) milestone(code, kind, day string) {
	d.exec(`insert into milestone (project_id, kind, on_date) select id, $2, $3::date from project where code = $1`, code, kind, day)
}

var everywhere = account.Everything

func (d *desk) file(code string) approval.File {
	d.t.Helper()
	f, err := d.File(d.t.Context(), everywhere, d.district, code)
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

func (d *desk) save(code string, inputs map[string]any) approval.File {
	d.t.Helper()
	f, err := d.Save(d.t.Context(), everywhere, d.district, code, d.file(code).Version, inputs, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

func (d *desk) set(code string, edits ...approval.StepEdit) (approval.File, error) {
	d.t.Helper()
	return d.SetSteps(d.t.Context(), everywhere, d.district, code, d.file(code).Version, edits)
}

func (d *desk) must(f approval.File, err error) approval.File {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	return f
}

func stepOf(t *testing.T, f approval.File, key string) approval.Step {
	t.Helper()
	for _, s := range f.Steps {
		if s.Key == key {
			return s
		}
	}
	t.Fatalf("no step %s", key)
	return approval.Step{}
}

func p[T any](v T) *T { return &v }

// fault is the sentence of an InvalidError, or fails.
func fault(t *testing.T, err error, field string) string {
	t.Helper()
	var wrong *approval.InvalidError
	if !errors.As(err, &wrong) {
		t.Fatalf("got %v, want an InvalidError", err)
	}
	if wrong.Field != field {
		t.Errorf("field %q, want %q", wrong.Field, field)
	}
	return wrong.Detail
}

// extension adds a building of some floor area, and lacks nothing else.
func extension(m2, total float64) map[string]any {
	return map[string]any{
		"total_investment_wan": total, "works_investment_wan": total, "independent_infrastructure": false,
		"new_construction_land": false, "independent_land": false, "land_right_change": false,
		"structure_change": true, "added_floor_area_m2": m2, "construction_kind": "extend", "risks": []any{},
		"low_risk": true, "commitment_system": true, "planning_works": []any{"other"},
	}
}

func TestAnApprovalBeginsWithWhatIsKnown(t *testing.T) {
	d := newDesk(t)
	f := d.file("P1")
	if f.Version != 0 || f.Inputs["total_investment_wan"] != 980.0 || len(f.Steps) != 15 {
		t.Errorf("version %d, inputs %v, %d steps", f.Version, f.Inputs, len(f.Steps))
	}
	d.exec(`insert into work_item (project_id, policy_key, item_no, answer, quantity, price_yuan)
		select id, 'tongnan-2021', 1, 'do', 1010, 10000 from project where code = 'P1'`)
	f = d.file("P1")
	if f.Inputs["total_investment_wan"] != 1010.0 || f.Inputs["works_investment_wan"] != 1010.0 || f.Known[0].Source != "cost" {
		t.Errorf("inputs %v, known %+v", f.Inputs, f.Known)
	}
	if table, _ := f.Route.Table("project"); table.Need != policy.Undecided {
		t.Errorf("立项 %s", table.Need)
	}
}

func TestTheChecklistFollowsTheInputs(t *testing.T) {
	d := newDesk(t)
	f := d.save("P1", extension(499, 980))
	if s := stepOf(t, f, "construction_permit"); s.Need != policy.Exempt || f.Version != 1 || f.DecidedBy == "" {
		t.Errorf("%+v at version %d by %q", s, f.Version, f.DecidedBy)
	}
	f = d.save("P1", extension(500, 980))
	if s := stepOf(t, f, "construction_permit"); s.Need != policy.Check || !strings.Contains(s.Outcome, "边界") {
		t.Errorf("%+v", s)
	}
	f = d.must(d.set("P1", approval.StepEdit{Key: "plan", DoneOn: p("2026-04-01"), DocumentNo: p("潼建〔2026〕1号")}))
	if s := stepOf(t, f, "plan"); s.DoneOn == nil || s.DocumentNo == "" {
		t.Errorf("%+v", s)
	}
	f = d.save("P1", extension(501, 1000))
	if s := stepOf(t, f, "construction_permit"); s.Need != policy.Required {
		t.Errorf("%+v", s)
	}
	if s := stepOf(t, f, "project"); !strings.Contains(s.Outcome, "可行性研究报告") {
		t.Errorf("三(三) 立项 at 1000 万元: %+v", s)
	}
}

func TestWhatWasDoneStaysWhenTheRouteChanges(t *testing.T) {
	d := newDesk(t)
	d.save("P1", extension(600, 980))
	d.must(d.set("P1", approval.StepEdit{Key: "construction_permit", DoneOn: p("2026-04-01"), DocumentNo: p("许可1")}))
	f := d.save("P1", extension(400, 980))
	if s := stepOf(t, f, "construction_permit"); s.Change != approval.Dropped || s.DocumentNo != "许可1" || s.DoneOn == nil {
		t.Errorf("%+v", s)
	}
	f = d.save("P1", extension(1200, 980))
	if s := stepOf(t, f, "drawing_review"); s.Change != approval.Added {
		t.Errorf("%+v", s)
	}
	if s := stepOf(t, f, "construction_permit"); s.Change != approval.Unchanged || s.DocumentNo != "许可1" {
		t.Errorf("%+v", s)
	}
}

func TestANewReadingMakesARouteOutdated(t *testing.T) {
	d := newDesk(t)
	if f := d.save("P1", extension(500, 980)); f.Outdated {
		t.Error("outdated at once")
	}
	d.follow(map[string]any{"below_includes": "included"})
	f := d.file("P1")
	if !f.Outdated || stepOf(t, f, "construction_permit").Need != policy.Check {
		t.Errorf("outdated %v", f.Outdated)
	}
	f = d.save("P1", f.Inputs)
	if s := stepOf(t, f, "construction_permit"); f.Outdated || s.Need != policy.Exempt {
		t.Errorf("outdated %v, %+v", f.Outdated, s)
	}
}

func TestTwoOfficersOnOneApproval(t *testing.T) {
	d := newDesk(t)
	d.save("P1", extension(500, 980))
	ctx := t.Context()
	if _, err := d.Save(ctx, everywhere, d.district, "P1", 0, extension(1, 1), nil); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a stale save: %v", err)
	}
	if _, err := d.SetSteps(ctx, everywhere, d.district, "P1", 7, []approval.StepEdit{{Key: "plan", Note: p("x")}}); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a stale step: %v", err)
	}
	if f := d.file("P1"); f.Version != 1 || f.Inputs["added_floor_area_m2"] != 500.0 {
		t.Errorf("version %d, %v", f.Version, f.Inputs)
	}
}

func TestBadInputsAreRefusedInWords(t *testing.T) {
	d := newDesk(t)
	for name, test := range map[string]struct {
		inputs      map[string]any
		field, says string
	}{
		"yuan for 万元":       {map[string]any{"total_investment_wan": 9_800_000.0}, "inputs.total_investment_wan", "是否把元填成了万元"},
		"negative":          {map[string]any{"added_floor_area_m2": -1.0}, "inputs.added_floor_area_m2", "不能为负"},
		"a word for figure": {map[string]any{"added_floor_area_m2": "五百"}, "inputs.added_floor_area_m2", "应为数"},
		"unknown choice":    {map[string]any{"construction_kind": "rebuild"}, "inputs.construction_kind", "没有这个选项"},
		"unknown risk":      {map[string]any{"risks": []any{"flood"}}, "inputs.risks", "没有这个选项"},
		"figure for yes":    {map[string]any{"structure_change": 1.0}, "inputs.structure_change", "是或否"},
		"unknown input":     {map[string]any{"weather": "fine"}, "inputs.weather", "没有这一项"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.Save(t.Context(), everywhere, d.district, "P1", 0, test.inputs, nil)
			if says := fault(t, err, test.field); !strings.Contains(says, test.says) {
				t.Errorf("says %q", says)
			}
		})
	}
	if f := d.file("P1"); f.Version != 0 {
		t.Errorf("something was saved: version %d", f.Version)
	}
}

func TestStepsRefuseWhatCannotBe(t *testing.T) {
	d := newDesk(t)
	d.save("P1", extension(499, 980))
	for name, test := range map[string]struct {
		edit        approval.StepEdit
		field, says string
	}{
		"done tomorrow":            {approval.StepEdit{Key: "plan", DoneOn: p("2026-05-02")}, "steps[0].done_on", "不能晚于今天"},
		"no date":                  {approval.StepEdit{Key: "plan", DueOn: p("5月1日")}, "steps[0].due_on", "2026-03-31"},
		"a milestone":              {approval.StepEdit{Key: "acceptance", DoneOn: p("2026-04-01")}, "steps[0].done_on", "进度"},
		"a deadline of the policy": {approval.StepEdit{Key: "filing", DueOn: p("2026-06-01")}, "steps[0].due_on", "方案规定"},
		"days of that deadline":    {approval.StepEdit{Key: "filing", Days: p(30)}, "steps[0].days", "方案规定"},
		"what is spared":           {approval.StepEdit{Key: "construction_permit", DoneOn: p("2026-04-01")}, "steps[0].done_on", "无需办理"},
		"no such step":             {approval.StepEdit{Key: "party"}, "steps[0].key", "没有这一步"},
		"a phone number":           {approval.StepEdit{Key: "plan", Note: p("找王工 13912345678")}, "steps[0].note", "手机号"},
		"an identity number":       {approval.StepEdit{Key: "plan", DocumentNo: p("500110199001011234")}, "steps[0].document_no", "身份证号"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.set("P1", test.edit)
			if says := fault(t, err, test.field); !strings.Contains(says, test.says) {
				t.Errorf("says %q", says)
			}
		})
	}
}

func TestADepartmentCanBeSetAndGivenBack(t *testing.T) {
	d := newDesk(t)
	d.save("P1", extension(499, 980))
	if s := stepOf(t, d.file("P1"), "project"); !s.Assumed || s.Department != "区发展改革委" {
		t.Errorf("%+v", s)
	}
	d.must(d.set("P1", approval.StepEdit{Key: "project", Department: p("区行政审批局")}))
	f := d.save("P1", extension(1500, 980))
	if s := stepOf(t, f, "project"); s.Department != "区行政审批局" || s.Assumed || !s.DepartmentSet {
		t.Errorf("%+v", s)
	}
	f = d.must(d.set("P1", approval.StepEdit{Key: "project", Department: p("")}))
	if s := stepOf(t, f, "project"); s.Department != "区发展改革委" || s.DepartmentSet {
		t.Errorf("%+v", s)
	}
}

func TestOpenStepsOfADistrict(t *testing.T) {
	d := newDesk(t)
	d.save("P1", extension(499, 980))
	d.must(d.set("P1",
		approval.StepEdit{Key: "wishes", DoneOn: p("2026-03-01")},
		approval.StepEdit{Key: "publicity", DueOn: p("2026-04-20")},
		approval.StepEdit{Key: "plan", DueOn: p("2026-05-10")},
		approval.StepEdit{Key: "construction_permit", DueOn: p("2026-01-01")}, // spared: never late
	))
	list := func(scope account.Scope, which approval.Which) approval.DueList {
		t.Helper()
		got, err := d.Steps(t.Context(), scope, d.district, approval.DueFilter{Which: which, Within: 30, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	late := list(everywhere, approval.Late)
	if len(late.Items) != 1 || late.Items[0].Key != "publicity" || *late.Items[0].DaysLeft != -11 || late.Late != 1 || late.Due != 1 {
		t.Errorf("late %+v", late)
	}
	if due := list(everywhere, approval.Due); due.Total != 2 || due.Items[1].Key != "plan" {
		t.Errorf("due %+v", due)
	}
	if next := list(everywhere, approval.Next); next.Total != 1 || next.Items[0].Key != "publicity" {
		t.Errorf("next %+v", next)
	}
	if late.NoRoute != 1 || late.Unrouted[0].Project != "P2" {
		t.Errorf("without a route %+v", late.Unrouted)
	}
	elsewhere := list(account.Scope{District: d.district, Subdistricts: []string{east}}, approval.Open)
	if elsewhere.Open != 0 || elsewhere.NoRoute != 1 {
		t.Errorf("another subdistrict sees %+v", elsewhere)
	}
	if nobody := list(account.Scope{District: d.district, Zones: []int64{}}, approval.Open); nobody.Open != 0 || nobody.NoRoute != 0 {
		t.Errorf("nobody's zones see %+v", nobody)
	}
}

func TestMilestonesDoStepsAndSetDeadlines(t *testing.T) {
	d := newDesk(t)
	d.save("P1", extension(499, 980))
	d.milestone("P1", "acceptance", "2026-04-10")
	f := d.file("P1")
	if s := stepOf(t, f, "acceptance"); s.DoneOn == nil || *s.DoneOn != "2026-04-10" {
		t.Errorf("%+v", s)
	}
	if s := stepOf(t, f, "filing"); s.DueOn == nil || *s.DueOn != "2026-04-25" || *s.DaysLeft != -6 {
		t.Errorf("三(四) 备案: %+v", s)
	}
	late, err := d.Steps(t.Context(), everywhere, d.district, approval.DueFilter{Which: approval.Late, Limit: 10})
	if err != nil || len(late.Items) != 1 || late.Items[0].Key != "filing" {
		t.Errorf("%+v %v", late, err)
	}
	d.milestone("P1", "filing", "2026-04-24")
	late, err = d.Steps(t.Context(), everywhere, d.district, approval.DueFilter{Which: approval.Late, Limit: 10})
	if err != nil || len(late.Items) != 0 {
		t.Errorf("%+v %v", late, err)
	}
	var done int
	if err := d.db.Pool.QueryRow(t.Context(), `select count(*) from published_approval_step where done_on is not null`).Scan(&done); err != nil || done != 2 {
		t.Errorf("%d steps are published as done, %v", done, err)
	}
}

func TestOpinionsOfTheJointReview(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	d.save("P1", extension(499, 980))
	at := orb.Point{106.9, 29}
	objection, err := d.Opine(ctx, everywhere, d.district, "P1", approval.OpinionDraft{Department: "区城市管理局", Verdict: "object", Text: "消防通道被占", Location: &at})
	if err != nil || objection.Location == nil || *objection.Location != at {
		t.Fatalf("%+v %v", objection, err)
	}
	if _, err := d.Opine(ctx, everywhere, d.district, "P1", approval.OpinionDraft{Department: "区财政局", Verdict: "agree"}); err != nil {
		t.Fatal(err)
	}
	f := d.file("P1")
	if f.Review.Open != 1 || f.Review.Objections != 1 || len(f.Review.Departments) != 7 {
		t.Errorf("%+v", f.Review)
	}
	if says := fault(t, second(d.set("P1", approval.StepEdit{Key: "joint_review", DoneOn: p("2026-04-01")})), "steps[0].done_on"); !strings.Contains(says, "1条“不同意”") {
		t.Errorf("says %q", says)
	}
	open, err := d.DistrictOpinions(ctx, everywhere, d.district, true)
	if err != nil || len(open) != 1 || open[0].ProjectName != "项目P1" {
		t.Errorf("%+v %v", open, err)
	}
	if open, err = d.DistrictOpinions(ctx, account.Scope{District: d.district, Subdistricts: []string{east}}, d.district, false); err != nil || len(open) != 0 {
		t.Errorf("another subdistrict sees %+v %v", open, err)
	}

	answered := approval.OpinionDraft{Department: objection.Department, Verdict: "object", Text: objection.Text, Location: &at, Resolved: "改为单侧停车"}
	if _, err := d.Revise(ctx, everywhere, d.district, "P1", objection.ID, 9, answered); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("a stale answer: %v", err)
	}
	if _, err := d.Revise(ctx, everywhere, d.district, "P2", objection.ID, 1, answered); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an opinion on another project: %v", err)
	}
	if o, err := d.Revise(ctx, everywhere, d.district, "P1", objection.ID, 1, answered); err != nil || o.Version != 2 || *o.Resolved != "改为单侧停车" {
		t.Fatalf("%+v %v", o, err)
	}
	f = d.must(d.set("P1", approval.StepEdit{Key: "joint_review", DoneOn: p("2026-04-01")}))
	if f.Review.Open != 0 || stepOf(t, f, "joint_review").DoneOn == nil {
		t.Errorf("%+v", f.Review)
	}
	if err := d.Withdraw(ctx, everywhere, d.district, "P1", objection.ID, 2); err != nil {
		t.Fatal(err)
	}
	if left, err := d.Opinions(ctx, everywhere, d.district, "P1"); err != nil || len(left) != 1 {
		t.Errorf("%+v %v", left, err)
	}
}

func second(_ approval.File, err error) error { return err }

func TestOpinionsAreRefusedInWords(t *testing.T) {
	d := newDesk(t)
	for name, test := range map[string]struct {
		draft       approval.OpinionDraft
		field, says string
	}{
		"an objection without words": {approval.OpinionDraft{Department: "区财政局", Verdict: "object", Text: " "}, "text", "写明意见"},
		"no department":              {approval.OpinionDraft{Department: " ", Verdict: "agree"}, "department", "部门"},
		"outside the district":       {approval.OpinionDraft{Department: "区财政局", Verdict: "agree", Location: &orb.Point{100, 20}}, "location", "不在本区"},
		"a phone number":             {approval.OpinionDraft{Department: "区财政局", Verdict: "object", Text: "联系13912345678"}, "text", "手机号"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.Opine(t.Context(), everywhere, d.district, "P1", test.draft)
			if says := fault(t, err, test.field); !strings.Contains(says, test.says) {
				t.Errorf("says %q", says)
			}
		})
	}
}

func TestAWithdrawnProjectIsClosed(t *testing.T) {
	d := newDesk(t)
	d.exec(`update project set state = 'withdrawn' where code = 'P1'`)
	_, err := d.Save(t.Context(), everywhere, d.district, "P1", 0, map[string]any{}, nil)
	if says := fault(t, err, "project"); !strings.Contains(says, "撤回") {
		t.Errorf("says %q", says)
	}
	if _, err := d.File(t.Context(), everywhere, d.district, "P1"); err != nil {
		t.Errorf("it cannot be read any more: %v", err)
	}
}

// Whoever follows the tables must never be slower than this on a full district.
func TestOpenStepsOfAFullDistrictAnswerQuickly(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a district")
	}
	d := newDesk(t)
	d.exec(`insert into project (district_code, code, name, library, state, phase, year, subdistrict_codes)
		select $1, 'B' || n, '项目' || n, 'comprehensive', 'confirmed', 'implement', 2026, array[$2] from generate_series(1, 500) n`, d.district, west)
	d.exec(`insert into approval (project_id) select id from project where code like 'B%'`)
	d.exec(`insert into approval_step (project_id, key, place, name, need, due_on)
		select p.id, 'k' || n, n, '步骤', 'required', date '2026-04-01' + n from project p, generate_series(1, 15) n where code like 'B%'`)
	d.exec(`insert into review_opinion (id, project_id, department, verdict, text) select gen_random_uuid(), id, '区财政局', 'object', '不同意' from project where code like 'B%'`)
	d.exec(`analyze`)
	ask := func() (time.Duration, approval.DueList) {
		begun := time.Now()
		got, err := d.Steps(context.Background(), everywhere, d.district, approval.DueFilter{Which: approval.Due, Within: 30, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.DistrictOpinions(context.Background(), everywhere, d.district, true); err != nil {
			t.Fatal(err)
		}
		return time.Since(begun), got
	}
	ask()
	took, got := ask()
	t.Logf("500 projects, %d open steps and 500 opinions in %v", got.Open, took)
	if got.Open != 7500 || took > time.Second {
		t.Errorf("%d open steps in %v", got.Open, took)
	}
}
