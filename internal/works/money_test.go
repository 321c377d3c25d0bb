package works_test

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/works"
)

func (b *bench) share(version int, draft works.MoneyDraft) (works.Money, error) {
	b.t.Helper()
	return b.works.SaveMoney(b.t.Context(), account.Everything, district, project, version, draft)
}

func shares(sums map[string]float64) works.MoneyDraft {
	var d works.MoneyDraft
	for _, source := range []string{works.Residents, works.Pipelines, works.Society, works.Central, works.Municipal, works.Own, works.Bonds} {
		if sums[source] > 0 {
			d.Shares = append(d.Shares, works.ShareDraft{Source: source, AmountYuan: sums[source]})
		}
	}
	return d
}

func TestSharesHaveToAddUpToTheCost(t *testing.T) {
	b := newBench(t)
	b.save(0, done(1, 100, 1000), done(7, 10, 0.01))
	cost := 100000.1
	settled := func(d works.MoneyDraft) works.MoneyDraft { d.Settled = true; return d }
	for _, tt := range []struct {
		name  string
		draft works.MoneyDraft
		says  string // "" is kept
		state string
		left  float64
	}{
		{"nothing yet", works.MoneyDraft{}, "", "none", cost},
		{"less is kept, and what remains is shown", shares(map[string]float64{"pipelines": 60000, "central": 40000}), "", "short", 0.1},
		{"exactly", shares(map[string]float64{"pipelines": 60000, "central": 40000.1}), "", "even", 0},
		{"a fen too much", shares(map[string]float64{"pipelines": 60000, "central": 40000.11}), "各来源合计100,000.11元，超过造价100,000.10元，多出0.01元", "", 0},
		{"settled a fen short", settled(shares(map[string]float64{"pipelines": 60000, "central": 40000.09})), "还差0.01元，不能定稿", "", 0},
		{"settled exactly", settled(shares(map[string]float64{"pipelines": 60000, "district": 40000.1})), "", "even", 0},
		{"the same source twice", works.MoneyDraft{Shares: []works.ShareDraft{{Source: "central", AmountYuan: 1}, {Source: "central", AmountYuan: 1}}}, "两次", "", 0},
		{"a source that there is not", works.MoneyDraft{Shares: []works.ShareDraft{{Source: "lottery", AmountYuan: 1}}}, "没有这个资金来源", "", 0},
		{"less than nothing", works.MoneyDraft{Shares: []works.ShareDraft{{Source: "central", AmountYuan: -1}}}, "不合理", "", 0},
		{"somebody's number in a note", works.MoneyDraft{Shares: []works.ShareDraft{{Source: "central", AmountYuan: 1, Note: "王某13912345678"}}}, "个人信息", "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before, err := b.works.Money(t.Context(), account.Everything, district, project)
			if err != nil {
				t.Fatal(err)
			}
			m, err := b.share(before.Version, tt.draft)
			if tt.says != "" {
				refused(t, err, "shares", tt.says)
				return
			}
			if err != nil || m.State != tt.state || m.Remaining != tt.left || m.BasisYuan != cost || m.Basis != "items" || m.Settled != tt.draft.Settled {
				t.Errorf("%v: %+v", err, m)
			}
		})
	}
}

func TestCostThatChangesAfterwardsIsSaid(t *testing.T) {
	b := newBench(t)
	b.save(0, done(1, 100, 1000))
	d := shares(map[string]float64{"central": 100000})
	d.Settled = true
	if _, err := b.share(0, d); err != nil {
		t.Fatal(err)
	}
	b.save(1, done(1, 90, 1000))
	m, err := b.works.Money(t.Context(), account.Everything, district, project)
	if err != nil || m.State != "over" || m.Remaining != -10000 {
		t.Fatalf("%v, %+v", err, m)
	}
	var kinds []string
	for _, w := range m.Warnings {
		kinds = append(kinds, w.Kind)
	}
	if diff := cmp.Diff([]string{"over", "unsettled"}, kinds); diff != "" {
		t.Error(diff)
	}
}

func TestTheEstimateStandsInForACostThatIsNotKnown(t *testing.T) {
	b := newBench(t)
	_, err := b.share(0, shares(map[string]float64{"central": 1}))
	refused(t, err, "shares", "还没有造价")
	b.exec(`update project set estimated_wan = 12.5`)
	m, err := b.share(0, shares(map[string]float64{"central": 125000}))
	if err != nil || m.Basis != "estimate" || m.State != "even" {
		t.Errorf("%v, %+v", err, m)
	}
	_, err = b.share(1, shares(map[string]float64{"central": 125000.01}))
	refused(t, err, "shares", "超过预计投资额")
	b.save(0, done(1, 1, 20000))
	if m, err = b.works.Money(t.Context(), account.Everything, district, project); err != nil || m.Basis != "items" || *m.Estimated != 12.5 || m.CostYuan != 20000 || m.State != "over" {
		t.Errorf("cost and estimate together: %v, %+v", err, m)
	}
}

func TestSharesAreSuggestedByTheRules(t *testing.T) {
	b := newBench(t)
	b.save(0, done(1, 1, 1000), done(3, 1, 500), done(13, 1, 200), done(18, 1, 9000), done(29, 1, 300), done(7, 1, 50))
	m, err := b.works.Money(t.Context(), account.Everything, district, project)
	if err != nil {
		t.Fatal(err)
	}
	type suggestion struct {
		Yuan   float64
		May    bool
		Clause string
		Items  []int
	}
	got := map[string]suggestion{}
	for _, s := range m.Sources {
		if s.SuggestedYuan != nil {
			got[s.Source] = suggestion{*s.SuggestedYuan, s.May, s.Clause, s.Items}
		}
	}
	want := map[string]suggestion{
		"residents": {9000, false, "六(二)1", []int{18}},
		"pipelines": {1700, false, "六(二)2", []int{1, 3, 13}},
		"society":   {300, true, "六(二)3", []int{29}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if len(m.Sources) != 7 || m.Rules[0].Text != "据实分摊" || m.Rules[1].Clause != "六(二)1" {
		t.Errorf("rules %+v", m.Rules)
	}
}

// lift is a stairwell of six floors with two households on each.
func lift(total float64) works.ApportionPart {
	part := works.ApportionPart{Name: "1栋1单元电梯", Basis: works.PerFloor, AmountYuan: total, ReliefBy: "budget"}
	for floor, c := range []float64{0, 0.5, 1, 1.2, 1.4, 1.6} {
		part.Groups = append(part.Groups, works.ApportionGroup{Name: string(rune('1'+floor)) + "层", Households: 2, Coefficient: c})
	}
	return part
}

func TestResidentsSharesAreSplit(t *testing.T) {
	b := newBench(t)
	b.save(0, done(18, 1, 570))
	part := lift(570)
	part.Groups[5].Destitute = 1
	d := shares(map[string]float64{"residents": 490, "district": 80})
	d.Apportionment.Parts = []works.ApportionPart{part}
	d.Settled = true
	m, err := b.share(0, d)
	if err != nil {
		t.Fatal(err)
	}
	var each []float64
	for _, g := range m.Split.Parts[0].Groups {
		each = append(each, g.EachYuan)
	}
	if diff := cmp.Diff([]float64{0, 25, 50, 60, 70, 80}, each); diff != "" || m.Split.ResidentsYuan != 490 || m.Split.BudgetYuan != 80 {
		t.Errorf("residents %v, budget %v %s", m.Split.ResidentsYuan, m.Split.BudgetYuan, diff)
	}

	d.Shares[0].AmountYuan, d.Shares[1].AmountYuan = 500, 70
	_, err = b.share(1, d)
	refused(t, err, "apportionment", "居民分摊合计490元，与“居民自筹”500元不一致")

	d.Settled = false
	part.Groups[5].LowIncome = 2
	d.Apportionment.Parts[0] = part
	_, err = b.share(1, d)
	refused(t, err, "apportionment.parts[0].groups[5]", "减免户数3超过总户数2")
}

func TestAreaShares(t *testing.T) {
	answer, err := works.Apportionment{Parts: []works.ApportionPart{{
		Name: "维修", Basis: works.PerArea, AmountYuan: 1200, ReliefBy: "others",
		Groups: []works.ApportionGroup{{Name: "1栋", Households: 10, FloorAreaM2: 800}, {Name: "2栋", Households: 4, FloorAreaM2: 400}},
	}}}.Split()
	if err != nil || answer.Parts[0].Groups[0].TotalYuan != 800 || answer.Parts[0].Groups[0].EachYuan != 80 || *answer.Parts[0].Groups[1].PerM2 != 1 {
		t.Errorf("%v, %+v", err, answer.Parts)
	}
}

func TestSmallCountsOfReliefAreMasked(t *testing.T) {
	b := newBench(t)
	b.save(0, done(18, 1, 570))
	d := shares(map[string]float64{"residents": 490, "district": 80})
	part := lift(570)
	part.Groups[5].Destitute = 1
	d.Apportionment.Parts = []works.ApportionPart{part}
	if _, err := b.share(0, d); err != nil {
		t.Fatal(err)
	}
	viewer := account.Person{Name: "viewer", Role: account.Viewer, District: district, Scope: account.Scope{District: district}}
	m, err := b.works.Money(account.With(t.Context(), viewer), viewer.Scope, district, project)
	if err != nil || !m.Masked || m.Apportion != nil || m.Split != nil || m.SharedYuan != 570 {
		t.Errorf("a viewer sees %+v, %v", m, err)
	}
	officer := account.Person{Name: "officer", Role: account.Officer, District: district, Scope: account.Scope{District: district, Subdistricts: []string{wanSheng}}}
	if m, err = b.works.Money(account.With(t.Context(), officer), officer.Scope, district, project); err != nil || m.Masked || m.Apportion == nil {
		t.Errorf("the officer sees %+v, %v", m, err)
	}
	var trail string
	if err := b.db.Pool.QueryRow(t.Context(), `select string_agg(after::text, '') from audit_entry where action = 'money.save'`).Scan(&trail); err != nil {
		t.Fatal(err)
	}
	if m := cmp.Diff(false, contains(trail, "destitute\": 1")); m != "" {
		t.Errorf("the audit trail tells who is relieved: %s", trail)
	}
}

func TestTwoOfficersOnOneProjectsMoney(t *testing.T) {
	b := newBench(t)
	b.save(0, done(1, 1, 100))
	if _, err := b.share(0, shares(map[string]float64{"central": 100})); err != nil {
		t.Fatal(err)
	}
	if _, err := b.share(0, shares(map[string]float64{"district": 100})); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("the second of two who saw version 0: %v", err)
	}
}
