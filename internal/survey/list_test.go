package survey_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/survey"
)

func (d *desk) list(f survey.Filter) survey.List {
	d.t.Helper()
	out, err := d.List(context.Background(), account.Everything, d.district, f)
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}

func codes(l survey.List) string {
	var out []string
	for _, e := range l.Items {
		out = append(out, e.Community.Code)
	}
	return strings.Join(out, " ")
}

func TestListOfSurveys(t *testing.T) {
	d := newDesk(t)
	d.community("C", "安居小区", west, 106.91, 40, 3000.0)
	d.close(d.mustSave(d.open("B"), whole(30, 30, 16)))
	a := d.mustSave(d.open("A"), at("B2", "", 60, 30, 20), at("B10", "", 40, 0, 0))
	yes, no := true, false
	d.exec(`update survey set started_on = '2026-10-01', due_on = '2026-11-19' where id = $1`, a.ID)
	for name, c := range map[string]struct {
		f    survey.Filter
		want string
	}{
		"all, by name":      {survey.Filter{}, "C A B"}, // an, he, jian
		"open":              {survey.Filter{States: []survey.State{survey.Open}}, "A"},
		"never asked":       {survey.Filter{States: []survey.State{survey.None}}, "C"},
		"late":              {survey.Filter{Late: true}, "A"},
		"passed":            {survey.Filter{Passed: &yes}, "B"},
		"not passed":        {survey.Filter{Passed: &no}, "C A"},
		"of a subdistrict":  {survey.Filter{Subdistricts: []string{east}}, "B"},
		"by text":           {survey.Filter{Q: "和平"}, "A"},
		"by share, falling": {survey.Filter{Sort: "-share"}, "B A C"},
		"most unasked":      {survey.Filter{Sort: "-unasked"}, "A B C"},
		"a wildcard":        {survey.Filter{Q: "%"}, ""},
	} {
		if got := d.list(c.f); codes(got) != c.want || got.Total != int64(len(got.Items)) {
			t.Errorf("%s: %q of %d, want %q", name, codes(got), got.Total, c.want)
		}
	}
	all := d.list(survey.Filter{})
	if all.Summary != (survey.Summary{None: 1, Open: 1, Closed: 1, Late: 1, Passed: 1}) {
		t.Errorf("%+v", all.Summary)
	}
	if e := all.Items[1]; !e.Late || e.Outcome != policy.Failed || !strings.Contains(e.Missing, "还差31户") || *e.Sums.Asked != 30 {
		t.Errorf("%+v", e)
	}
	if all.Items[0].Sums != nil || all.Items[0].State != survey.None {
		t.Errorf("%+v", all.Items[0])
	}
}

func TestListsArePagedWithoutGaps(t *testing.T) {
	d := newDesk(t)
	for i := range 7 {
		code := fmt.Sprintf("P%d", i)
		d.community(code, "小区"+code, west, 106.91, 40, 3000.0)
		if i%2 == 0 {
			d.mustSave(d.open(code), whole(40, 10+i/2, 10))
		}
	}
	for _, sort := range []string{"", "name", "-name", "share", "-share", "unasked", "-unasked", "due_on", "updated_at", "-updated_at", "-code"} {
		want := codes(d.list(survey.Filter{Sort: sort}))
		var got []string
		f := survey.Filter{Sort: sort, Limit: 2}
		for {
			page := d.list(f)
			got = append(got, codes(page))
			if f.Cursor = page.NextCursor; f.Cursor == "" {
				break
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("sort %q: %s, want %s", sort, s, want)
		}
	}
	for _, cursor := range []string{"x", "eyJzIjoiIiwidiI6IngiLCJjIjoiXHUwMDAwIn0"} {
		_, err := d.List(context.Background(), account.Everything, d.district, survey.Filter{Cursor: cursor})
		refused(t, err, "cursor", "")
	}
	_, err := d.List(context.Background(), account.Everything, d.district, survey.Filter{Sort: "agreed"})
	refused(t, err, "sort", "")
}

// The list filters in SQL by the rule that the policy computes.
func TestTheListPassesWhatTheRulePasses(t *testing.T) {
	d := newDesk(t)
	n := 0
	for _, households := range []int{0, 1, 2, 3, 100, 301} {
		for _, agreed := range []int{0, 1, 2, 50, 51, 150, 151, 201, 301} {
			for _, m2 := range []float64{-1, 0, 0.5, 0.500001, 2.0 / 3, 1} {
				if agreed > households {
					continue
				}
				code := fmt.Sprintf("R%d", n)
				n++
				d.community(code, code, west, 106.9, households, nil)
				d.exec(`insert into survey (id, district_code, community_id, started_on, households, asked, agreed, floor_area_m2, agreed_area_m2)
					select $1, district_code, id, '2026-01-01', $3::int, $4::int, $4::int, case when $5::float8 >= 0 then 9000 end, case when $5::float8 >= 0 then $5::float8 * 9000 end
					from community where code = $2`, uuid.New(), code, households, agreed, m2)
			}
		}
	}
	yes := true
	for _, key := range []string{"wansheng-2020", "tongnan-2021"} {
		for _, basis := range []string{"households", "area", "both", "either"} {
			for _, share := range []string{"", `,"consent_share":0.5`, `,"consent_share":0.6666666666666666`, `,"consent_share":1`} {
				d.exec(`update district set policy_key = $2, policy_params = $3::jsonb where code = $1`, d.district, key, `{"consent_basis":"`+basis+`"`+share+`}`)
				passed := map[string]bool{}
				for _, e := range d.list(survey.Filter{Passed: &yes, Limit: 5000}).Items {
					passed[e.Community.Code] = true
				}
				for _, e := range d.list(survey.Filter{Limit: 5000}).Items {
					if e.Sums != nil && passed[e.Community.Code] != (e.Outcome == policy.Met) {
						t.Fatalf("%s %s %s: %+v passed %v by SQL, %s by the rule", key, basis, share, e.Sums, passed[e.Community.Code], e.Outcome)
					}
				}
			}
		}
	}
}

func TestWhoNeedsNoDetailSeesNoSmallCounts(t *testing.T) {
	d := newDesk(t)
	small := d.close(d.mustSave(d.open("B"), whole(30, 30, 3)))
	large := d.mustSave(d.open("A"), at("B2", "1单元", 30, 30, 20), at("B2", "2单元", 30, 30, 17), at("B10", "", 40, 40, 40))
	viewer, scope := d.as(account.Viewer, account.Scope{})
	list, err := d.List(viewer, scope, d.district, survey.Filter{Sort: "share"})
	if err != nil {
		t.Fatal(err)
	}
	if codes(list) != "A B" || !list.Items[1].Sums.Masked || list.Items[1].Sums.Agreed != nil || list.Items[1].Missing != "" {
		t.Errorf("%+v", list.Items[1])
	}
	if list.Items[0].Sums.Masked || *list.Items[0].Sums.Agreed != 77 {
		t.Errorf("%+v", list.Items[0].Sums)
	}
	v, err := d.Survey(viewer, scope, d.district, small.ID)
	if err != nil || !v.Sums.Masked || v.Counts[0].Agreed != nil || v.Verdict.Households.Agreed != nil || v.Verdict.Unasked != nil ||
		strings.Contains(v.Verdict.Text+v.Verdict.Missing+v.Verdict.Households.Text, "3") || v.Verdict.Outcome != policy.Failed {
		t.Errorf("%v %+v", err, v.Verdict)
	}
	v, err = d.Survey(viewer, scope, d.district, large.ID)
	if err != nil || rows(v) != "B2:60 B10:40" || *v.Counts[0].Agreed != 37 {
		t.Errorf("%v %s", err, rows(v))
	}
	rounds, err := d.Rounds(viewer, scope, d.district, "B")
	if err != nil || !rounds[0].Sums.Masked {
		t.Errorf("%v %+v", err, rounds)
	}
	statistics, err := d.Statistics(viewer, scope, d.district, east)
	if err != nil || len(statistics) != 1 || !statistics[0].Masked || statistics[0].AgreedPercent != nil {
		t.Errorf("%v %+v", err, statistics)
	}
}

func TestAnnex4(t *testing.T) {
	d := newDesk(t)
	row := whole(30, 30, 16)
	row.FloorAreaM2, row.AgreedAreaM2 = area(2401), area(1200)
	d.mustSave(d.open("B"), row)
	d.open("A")
	list, err := d.Statistics(context.Background(), account.Everything, d.district, east)
	if err != nil || len(list) != 1 {
		t.Fatal(err, list)
	}
	const want = "需要改造提升的并签名的户数16户，占小区总户数53.3%；面积1200平方米，占小区总面积49.9%。"
	if got := list[0].Sentence(); got != want {
		t.Errorf("附件4: %s", got)
	}
	if got := (survey.Statistic{}).Sentence(); got != "需要改造提升的并签名的户数　户，占小区总户数　%；面积　平方米，占小区总面积　%。" {
		t.Errorf("附件4, nothing known: %s", got)
	}
	all, err := d.Statistics(context.Background(), account.Everything, d.district, "")
	if err != nil || len(all) != 2 {
		t.Error(err, len(all))
	}
}

// A district of 3,000 communities, all of them asked, 21,000 rows.
func TestTheListIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a district")
	}
	d := newDesk(t)
	d.exec(`insert into community (district_code, code, name, subdistrict_code, households)
		select $1, 'Q' || n, '小区' || n, $2, 140 from generate_series(1, 3000) n`, d.district, west)
	d.exec(`insert into survey (id, district_code, community_id, started_on)
		select gen_random_uuid(), district_code, id, '2026-01-01' from community where code like 'Q%'`)
	d.exec(`insert into survey_count (survey_id, building_code, households, asked, agreed)
		select s.id, 'b' || n, 20, 15, (n * 3) % 15 from survey s, generate_series(1, 7) n`)
	d.exec(`analyze`)
	yes := true
	for name, f := range map[string]survey.Filter{
		"first page": {}, "by share": {Sort: "-share"}, "passed": {Passed: &yes}, "text": {Q: "小区29"}, "all": {Limit: 5000},
	} {
		postgistest.Within(t, d.db, 200*time.Millisecond, name, func() { d.list(f) })
	}
}
