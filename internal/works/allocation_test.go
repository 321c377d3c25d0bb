package works_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/works"
)

// kept are the allocations in the database, as fund → project.
func (b *bench) kept() map[string]float64 {
	b.t.Helper()
	rows, err := b.db.Pool.Query(b.t.Context(), `
		select f.name || ' → ' || p.code, a.amount_yuan::float8 from fund_allocation a join fund f on f.id = a.fund_id join project p on p.id = a.project_id`)
	if err != nil {
		b.t.Fatal(err)
	}
	defer rows.Close()
	kept := map[string]float64{}
	for rows.Next() {
		var pair string
		var amount float64
		if err := rows.Scan(&pair, &amount); err != nil {
			b.t.Fatal(err)
		}
		kept[pair] = amount
	}
	return kept
}

func (b *bench) pool() works.YearPool {
	b.t.Helper()
	pool, err := b.works.Pool(b.t.Context(), account.Everything, district, 2027)
	if err != nil {
		b.t.Fatal(err)
	}
	return *pool.Year
}

func (b *bench) allocate(allocations []works.Allocation) error {
	b.t.Helper()
	_, err := b.works.Allocate(b.t.Context(), account.Everything, district, 2027, b.pool().Version, allocations)
	return err
}

// A fund of 150 has paid for project 1 (100) and half of project 2; then project 1
// goes out of the year's match, in whatever way. Its money is not free, and stays.
func TestMoneyOfProjectsThatAreNotMatchedIsNeitherFreeNorLost(t *testing.T) {
	for _, tt := range []struct {
		name, leaves, why string
		year              works.Year // sums of what still counts
	}{
		{"closed because it is done", `state = 'closed', phase = null, state_reason = '已完成'`, "项目已完成", works.Year{Projects: 3, CostYuan: 200, NeedYuan: 200, Allocated: 150, Unfunded: 50}},
		{"moved to another year", `year = 2028`, "项目列入2028年", works.Year{Projects: 2, CostYuan: 100, NeedYuan: 100, Allocated: 50, Unfunded: 50}},
		{"withdrawn", `state = 'withdrawn', phase = null`, "项目已撤回", works.Year{Projects: 2, CostYuan: 100, NeedYuan: 100, Allocated: 50, Unfunded: 50}},
		{"without a year", `year = null`, "项目没有列入年度", works.Year{Projects: 2, CostYuan: 100, NeedYuan: 100, Allocated: 50, Unfunded: 50}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := town(t)
			f := b.fund("区级", 150, works.Restriction{})
			budget := 150.0
			if _, err := b.works.SetBudget(t.Context(), account.Everything, district, 2027, 0, works.BudgetDraft{BudgetYuan: &budget}); err != nil {
				t.Fatal(err)
			}
			if err := b.allocate([]works.Allocation{{Fund: f.Code, Project: "1", AmountYuan: 100}, {Fund: f.Code, Project: "2", AmountYuan: 50}}); err != nil {
				t.Fatal(err)
			}
			b.exec(`update project set ` + tt.leaves + ` where code = '1'`)

			y := b.pool()
			sums := works.Year{Projects: y.Projects, CostYuan: y.CostYuan, NeedYuan: y.NeedYuan, Allocated: y.Allocated, Unfunded: y.Unfunded}
			if diff := cmp.Diff(tt.year, sums); diff != "" || y.Bound != 100 {
				t.Errorf("bound %v %s", y.Bound, diff)
			}
			bound := []works.Bound{{Allocation: works.Allocation{Fund: f.Code, Project: "1", AmountYuan: 100}, Name: "项目1", Why: tt.why}}
			if diff := cmp.Diff(bound, y.BoundList); diff != "" || len(y.Allocations) != 2 {
				t.Errorf("%d allocations %s", len(y.Allocations), diff)
			}
			m := b.match(works.MatchAsk{Partial: true})
			if diff := cmp.Diff(map[string]float64{"2": 50, "3": 0}, outcome(m)); diff != "" || m.BoundYuan != 100 || m.FundsYuan != 50 {
				t.Errorf("only 50 are free: %+v %s", m, diff)
			}
			if err := b.allocate(m.Allocations); err != nil {
				t.Fatal(err)
			}
			both := map[string]float64{"区级 → 1": 100, "区级 → 2": 50}
			if diff := cmp.Diff(both, b.kept()); diff != "" {
				t.Errorf("after the match is saved: %s", diff)
			}
			if err := b.allocate(b.pool().Allocations); err != nil {
				t.Errorf("the year's unchanged allocations: %v", err)
			}
			refused(t, b.allocate([]works.Allocation{{Fund: f.Code, Project: "3", AmountYuan: 40}, {Fund: f.Code, Project: "2", AmountYuan: 50}}), "allocations[1]", "只有150元，分配了190元")
			if diff := cmp.Diff(both, b.kept()); diff != "" {
				t.Errorf("after a refusal: %s", diff)
			}
			if err := b.allocate([]works.Allocation{{Fund: f.Code, Project: "1", AmountYuan: 0}, {Fund: f.Code, Project: "3", AmountYuan: 40}}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(map[string]float64{"区级 → 3": 40}, b.kept()); diff != "" {
				t.Errorf("taken away by name: %s", diff)
			}
		})
	}
}

func TestAProjectOutsideThePoolGetsNoMoreMoney(t *testing.T) {
	b := town(t)
	f := b.fund("区级", 150, works.Restriction{})
	if err := b.allocate([]works.Allocation{{Fund: f.Code, Project: "1", AmountYuan: 50}}); err != nil {
		t.Fatal(err)
	}
	b.exec(`update project set state = 'withdrawn', phase = null where code = '1'`)
	refused(t, b.allocate([]works.Allocation{{Fund: f.Code, Project: "1", AmountYuan: 51}}), "allocations[0].amount_yuan", "现有50元")
	b.exec(`update fund_year set budget_yuan = 100`)
	refused(t, b.allocate([]works.Allocation{{Fund: f.Code, Project: "2", AmountYuan: 60}}), "allocations", "合计110元，超过2027年预算100元")
}

// What became too much afterwards can still be saved as it is, or with less, but
// not with more.
func TestUnchangedAllocationsCanAlwaysBeSavedAgain(t *testing.T) {
	for name, change := range map[string]string{
		"the project needs less":       `insert into cost_share select id, 'residents', 100 from project where code = '1'`,
		"its works cost less":          `update work_item set price_yuan = 10 where item_no = 1`,
		"the fund is restricted":       `update fund set restriction = '{"libraries": ["management"]}'`,
		"the project is not confirmed": `update project set state = 'accepted', phase = null where code = '1'`,
	} {
		t.Run(name, func(t *testing.T) {
			b := town(t)
			f := b.fund("区级", 150, works.Restriction{})
			give := func(amount float64) []works.Allocation {
				return []works.Allocation{{Fund: f.Code, Project: "1", AmountYuan: amount}}
			}
			if err := b.allocate(give(90)); err != nil {
				t.Fatal(err)
			}
			b.exec(change)
			if err := b.allocate(b.pool().Allocations); err != nil {
				t.Errorf("unchanged: %v", err)
			}
			refused(t, b.allocate(give(90.01)), "allocations[0]", "")
			if err := b.allocate(give(80)); err != nil {
				t.Errorf("less: %v", err)
			}
		})
	}
}

func TestAProjectIsNotPaidForTwice(t *testing.T) {
	b := newBench(t)
	b.save(0, done(1, 1, 1000))
	f := b.fund("区级", 600, works.Restriction{})
	if err := b.allocate([]works.Allocation{{Fund: f.Code, Project: project, AmountYuan: 600}}); err != nil {
		t.Fatal(err)
	}
	settled := func(sums map[string]float64) works.MoneyDraft {
		d := shares(sums)
		d.Settled = true
		return d
	}
	for _, tt := range []struct {
		name  string
		draft works.MoneyDraft
		says  string
	}{
		{"residents pay all of it", settled(map[string]float64{"residents": 1000}), "居民、管线单位和社会最多再出400元，现为1,000元"},
		{"a fen too much of the others", settled(map[string]float64{"pipelines": 400.01, "district": 599.99}), "最多再出400元，现为400.01元"},
		{"public shares below what is allocated", shares(map[string]float64{"residents": 100, "central": 599.99}), "财政各来源合计599.99元，不能少于此数"},
		{"just so", settled(map[string]float64{"residents": 400, "central": 100, "district": 500}), ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now, err := b.works.Money(t.Context(), account.Everything, district, project)
			if err != nil {
				t.Fatal(err)
			}
			_, err = b.share(now.Version, tt.draft)
			if tt.says != "" {
				refused(t, err, "shares", tt.says)
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	b.save(1, done(1, 1, 500))
	now, err := b.works.Money(t.Context(), account.Everything, district, project)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.share(now.Version, settled(map[string]float64{"district": 500})); err != nil {
		t.Errorf("a cost that fell below what is allocated, all of it public: %v", err)
	}
}

func TestPublishedCostIsThatOfThePresentPlanAndMembers(t *testing.T) {
	b := newBench(t)
	b.save(0, done(1, 1, 1000))
	b.exec(`insert into work_item (project_id, community_id, policy_key, item_no, answer, quantity, price_yuan)
		select p.id, c.id, 'wansheng-2020', 2, 'do', 1, 300 from project p, community c where c.code = 'B'`)
	b.exec(`insert into work_item (project_id, policy_key, item_no, answer, quantity, price_yuan) select id, 'tongnan-2021', 3, 'do', 1, 70000 from project`)
	costs := func(want float64) {
		t.Helper()
		var published, need float64
		err := b.db.Pool.QueryRow(t.Context(), `
			select k.cost_yuan::float8, n.need_yuan::float8 from published_project_cost k join published_project_need n using (project_id)`).Scan(&published, &need)
		m, moneyErr := b.works.Money(t.Context(), account.Everything, district, project)
		if err != nil || moneyErr != nil || published != want || need != want || m.CostYuan != want {
			t.Errorf("published %v, need %v, of the project %v, want %v (%v, %v)", published, need, m.CostYuan, want, err, moneyErr)
		}
	}
	costs(1300)
	b.exec(`delete from project_community where community_id = (select id from community where code = 'B')`)
	costs(1000)
	b.exec(`update district set policy_key = 'tongnan-2021'`)
	costs(70000)
}
