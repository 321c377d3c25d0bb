package works_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/works"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// town is a district with three projects of a year that cost 100, 60 and 40.
func town(t *testing.T) *bench {
	b := newBench(t)
	b.exec(`delete from project`)
	for i, cost := range []float64{100, 60, 40} {
		code := string(rune('1' + i))
		b.community("C"+code, 10, 100)
		b.project(code, 2027, []string{wanSheng, dongLin, wanSheng}[i], "C"+code)
		b.exec(`insert into work_item (project_id, policy_key, item_no, answer, quantity, price_yuan)
			select id, 'wansheng-2020', $2, 'do', 1, $3 from project where code = $1`, code, []int{1, 31, 34}[i], cost)
	}
	return b
}

func (b *bench) fund(name string, amount float64, r works.Restriction) works.Fund {
	b.t.Helper()
	f, err := b.works.AddFund(b.t.Context(), account.Everything, district, works.FundDraft{Year: 2027, Source: works.Own, Name: name, AmountYuan: amount, Restriction: r})
	if err != nil {
		b.t.Fatal(err)
	}
	return f
}

func (b *bench) match(ask works.MatchAsk) works.Match {
	b.t.Helper()
	ask.Year = 2027
	m, err := b.works.Match(b.t.Context(), account.Everything, district, ask)
	if err != nil {
		b.t.Fatal(err)
	}
	return m
}

func outcome(m works.Match) map[string]float64 {
	got := map[string]float64{}
	for _, p := range m.Projects {
		got[p.Code] = p.GotYuan
	}
	return got
}

func TestThePoolsAreMatched(t *testing.T) {
	for _, tt := range []struct {
		name    string
		arrange func(*bench)
		ask     works.MatchAsk
		want    map[string]float64
		lacking map[string]string
	}{
		{"enough for all", func(b *bench) { b.fund("大池", 200, works.Restriction{}) }, works.MatchAsk{}, map[string]float64{"1": 100, "2": 60, "3": 40}, nil},
		{
			"in the order of priority, in full or not at all",
			func(b *bench) { b.fund("区级", 150, works.Restriction{}) },
			works.MatchAsk{},
			map[string]float64{"1": 100, "2": 0, "3": 40},
			map[string]string{"2": "可用于本项目的“区级”共150元，排在前面的1个项目和本项目共需160元，还差10元。"},
		},
		{
			"in part",
			func(b *bench) { b.fund("区级", 150, works.Restriction{}) },
			works.MatchAsk{Partial: true},
			map[string]float64{"1": 100, "2": 50, "3": 0},
			map[string]string{"2": "还差10元", "3": "还差40元"},
		},
		{
			"another order",
			func(b *bench) { b.fund("区级", 150, works.Restriction{}) },
			works.MatchAsk{Order: []string{"3", "2"}},
			map[string]float64{"1": 0, "2": 60, "3": 40},
			map[string]string{"1": "排在前面的2个项目和本项目共需200元，还差50元"},
		},
		{
			"by subdistrict",
			func(b *bench) { b.fund("东林", 200, works.Restriction{Subdistricts: []string{dongLin}}) },
			works.MatchAsk{},
			map[string]float64{"1": 0, "2": 60, "3": 0},
			map[string]string{"1": "没有任何资金可以使用", "3": "没有任何资金可以使用"},
		},
		{
			"by category and item",
			func(b *bench) {
				b.fund("小区内", 100, works.Restriction{Categories: []string{"inside"}})
				b.fund("卫生", 100, works.Restriction{Items: []int{34}})
			},
			works.MatchAsk{},
			map[string]float64{"1": 100, "2": 0, "3": 40},
			map[string]string{"2": "没有任何资金"},
		},
		{
			"by library and central subsidy",
			func(b *bench) {
				b.exec(`update project set central_subsidy = true where code = '2'`)
				b.fund("中央", 200, works.Restriction{Central: true})
				b.fund("管理", 200, works.Restriction{Libraries: []string{"management"}})
			},
			works.MatchAsk{},
			map[string]float64{"1": 0, "2": 60, "3": 0},
			nil,
		},
		{
			"under the year's budget",
			func(b *bench) {
				b.fund("大池", 500, works.Restriction{})
				budget := 140.0
				if _, err := b.works.SetBudget(b.t.Context(), account.Everything, district, 2027, 0, works.BudgetDraft{BudgetYuan: &budget}); err != nil {
					b.t.Fatal(err)
				}
			},
			works.MatchAsk{},
			map[string]float64{"1": 100, "2": 0, "3": 40},
			map[string]string{"2": "本年预算140元，排在前面的1个项目和本项目共需160元，还差20元。"},
		},
		{
			"what others pay by themselves is not asked of the pool",
			func(b *bench) {
				b.exec(`insert into cost_share select id, 'pipelines', 70 from project where code = '1'`)
				b.fund("区级", 30, works.Restriction{})
			},
			works.MatchAsk{},
			map[string]float64{"1": 30, "2": 0, "3": 0},
			nil,
		},
		{
			"a demonstration project comes first",
			func(b *bench) {
				b.exec(`update project set demonstration = true where code = '3'`)
				b.fund("区级", 100, works.Restriction{})
			},
			works.MatchAsk{},
			map[string]float64{"1": 0, "2": 60, "3": 40},
			nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := town(t)
			tt.arrange(b)
			m := b.match(tt.ask)
			if diff := cmp.Diff(tt.want, outcome(m)); diff != "" {
				t.Error(diff)
			}
			for _, p := range m.Projects {
				if p.Funded != (p.Lacking == nil) {
					t.Errorf("%+v", p)
				}
				if says := tt.lacking[p.Code]; says != "" && (p.Lacking == nil || !contains(p.Lacking.Text, says)) {
					t.Errorf("%s: %+v, want %s", p.Code, p.Lacking, says)
				}
			}
			pool, err := b.works.Allocate(t.Context(), account.Everything, district, 2027, m.Version, m.Allocations)
			if err != nil {
				t.Fatalf("the answer cannot be saved: %v", err)
			}
			if pool.Year.Allocated != m.MatchedYuan || pool.Year.Unfunded != m.UnfundedYuan || pool.Year.Version != m.Version+1 {
				t.Errorf("saved %v of %v, unfunded %v of %v", pool.Year.Allocated, m.MatchedYuan, pool.Year.Unfunded, m.UnfundedYuan)
			}
			again := b.match(tt.ask)
			if diff := cmp.Diff(m.Allocations, again.Allocations); diff != "" {
				t.Errorf("matched again after saving: %s", diff)
			}
		})
	}
}

func TestAYearWithoutABudget(t *testing.T) {
	b := town(t)
	_, err := b.works.Match(t.Context(), account.Everything, district, works.MatchAsk{Year: 2027})
	refused(t, err, "year", "2027年没有预算，也没有资金")
	pool, err := b.works.Pool(t.Context(), account.Everything, district, 2027)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"2027年有3个项目，但没有设定预算。"}, pool.Year.Notices); diff != "" {
		t.Error(diff)
	}
	is2022 := func(y works.Year) bool { return y.Year == 2022 }
	if slices.ContainsFunc(pool.Years, is2022) {
		t.Errorf("二(二): a target of 2022 that nobody paid for is still to be planned in 2026: %+v", pool.Years)
	}
	b.now = time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)
	if pool, err = b.works.Pool(t.Context(), account.Everything, district, 0); err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(pool.Years, is2022)
	if at < 0 || len(pool.Years[at].Targets) == 0 || !slices.Equal(pool.Years[at].Notices, []string{"2022年有目标，但没有预算，也没有资金。"}) {
		t.Errorf("二(二): a target year without a budget: %+v", pool.Years)
	}
	budget := 10.0
	if _, err := b.works.SetBudget(t.Context(), account.Everything, district, 2027, 0, works.BudgetDraft{BudgetYuan: &budget}); err != nil {
		t.Fatal(err)
	}
	_, err = b.works.Match(t.Context(), account.Everything, district, works.MatchAsk{Year: 2027})
	refused(t, err, "year", "有预算10元，但资金池中没有登记资金")
}

func TestAllocationsThatCannotBeAreRefused(t *testing.T) {
	b := town(t)
	free := b.fund("区级", 120, works.Restriction{})
	inside := b.fund("小区内", 500, works.Restriction{Categories: []string{"inside"}})
	budget := 130.0
	if _, err := b.works.SetBudget(t.Context(), account.Everything, district, 2027, 0, works.BudgetDraft{BudgetYuan: &budget}); err != nil {
		t.Fatal(err)
	}
	give := func(fund works.Fund, project string, amount float64) works.Allocation {
		return works.Allocation{Fund: fund.Code, Project: project, AmountYuan: amount}
	}
	for _, tt := range []struct {
		name, field, says string
		allocations       []works.Allocation
	}{
		{"no such fund", "allocations[0].fund", "没有这笔资金", []works.Allocation{{Fund: "x", Project: "1", AmountYuan: 1}}},
		{"no such project", "allocations[0].project", "没有确认入库", []works.Allocation{give(free, "9", 1)}},
		{"twice", "allocations[1].project", "两次", []works.Allocation{give(free, "1", 1), give(free, "1", 1)}},
		{"more than it needs", "allocations[1].amount_yuan", "只需100元，分配了101元", []works.Allocation{give(free, "1", 1), give(inside, "1", 100)}},
		{"outside the restriction", "allocations[0].amount_yuan", "最多可用于项目“项目2”0元", []works.Allocation{give(inside, "2", 1)}},
		{"more than the fund holds", "allocations[1].amount_yuan", "只有120元，分配了130元", []works.Allocation{give(free, "1", 90), give(free, "3", 40)}},
		{"more than the budget", "allocations", "超过2027年预算130元", []works.Allocation{give(inside, "1", 100), give(free, "3", 40)}},
		{"nothing", "allocations[0].amount_yuan", "不合理", []works.Allocation{give(free, "1", 0)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := b.works.Allocate(t.Context(), account.Everything, district, 2027, 1, tt.allocations)
			refused(t, err, tt.field, tt.says)
		})
	}

	if _, err := b.works.Allocate(t.Context(), account.Everything, district, 2027, 1, []works.Allocation{give(free, "1", 100)}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.works.Allocate(t.Context(), account.Everything, district, 2027, 1, nil); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("the second of two who saw version 1: %v", err)
	}
	lower := 99.0
	_, err := b.works.SetBudget(t.Context(), account.Everything, district, 2027, 2, works.BudgetDraft{BudgetYuan: &lower})
	refused(t, err, "budget_yuan", "已分配100元")
	_, err = b.works.ChangeFund(t.Context(), account.Everything, district, free.Code, free.Version, works.FundDraft{Year: 2027, Source: works.Own, Name: "区级", AmountYuan: 99})
	refused(t, err, "amount_yuan", "已分配100元")
	_, err = b.works.ChangeFund(t.Context(), account.Everything, district, free.Code, free.Version, works.FundDraft{Year: 2028, Source: works.Own, Name: "区级", AmountYuan: 120})
	refused(t, err, "year", "先取消分配")
	refused(t, b.works.DropFund(t.Context(), account.Everything, district, free.Code, free.Version), "fund", "先取消分配")
	if err := b.works.DropFund(t.Context(), account.Everything, district, inside.Code, inside.Version); err != nil {
		t.Errorf("a fund that pays for nothing: %v", err)
	}
	m, err := b.works.Money(t.Context(), account.Everything, district, "1")
	if err != nil || m.Allocated != 100 || len(m.Allocations) != 1 || m.Allocations[0].Name != "区级" {
		t.Errorf("seen from the project: %+v, %v", m.Allocations, err)
	}
}

func TestWhatIsAllocatedWhileAFundIsChangedIsNotLost(t *testing.T) {
	draft := func(year int, amount float64) works.FundDraft {
		return works.FundDraft{Year: year, Source: works.Own, Name: "区级", AmountYuan: amount}
	}
	for name, of := range map[string]struct {
		do    func(ctx context.Context, s *works.Store, f works.Fund) error
		field string
	}{
		"dropped": {func(ctx context.Context, s *works.Store, f works.Fund) error {
			return s.DropFund(ctx, account.Everything, district, f.Code, f.Version)
		}, "fund"},
		"moved to another year": {func(ctx context.Context, s *works.Store, f works.Fund) error {
			_, err := s.ChangeFund(ctx, account.Everything, district, f.Code, f.Version, draft(2028, 120))
			return err
		}, "year"},
		"cut": {func(ctx context.Context, s *works.Store, f works.Fund) error {
			_, err := s.ChangeFund(ctx, account.Everything, district, f.Code, f.Version, draft(2027, 99))
			return err
		}, "amount_yuan"},
	} {
		t.Run(name, func(t *testing.T) {
			b := town(t)
			f := b.fund("区级", 120, works.Restriction{})
			other, err := b.db.Pool.Begin(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = other.Rollback(context.Background()) }()
			for _, sql := range []string{ // as Allocate does
				`select from fund where code = $1 for update`,
				`insert into fund_allocation (fund_id, project_id, amount_yuan) select f.id, p.id, 100 from fund f, project p where f.code = $1 and p.code = '1'`,
			} {
				if _, err := other.Exec(t.Context(), sql, f.Code); err != nil {
					t.Fatal(err)
				}
			}
			went := make(chan error, 1)
			go func() { went <- of.do(t.Context(), b.works, f) }()
			postgistest.Blocked(t, b.db)
			if err := other.Commit(t.Context()); err != nil {
				t.Fatal(err)
			}
			refused(t, <-went, of.field, "已分配100元")
			if m, err := b.works.Money(t.Context(), account.Everything, district, "1"); err != nil || m.Allocated != 100 {
				t.Errorf("the project has %v, %v", m.Allocated, err)
			}
		})
	}
}

func TestWhatResidentsTakeOverWhileAProjectIsFundedIsNotPaidTwice(t *testing.T) {
	b := town(t)
	f := b.fund("区级", 120, works.Restriction{})
	other, err := b.db.Pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = other.Rollback(context.Background()) }()
	for _, sql := range []string{ // as SaveMoney does
		`select from project where code = '1' for no key update`,
		`insert into cost_share (project_id, source, amount_yuan) select id, 'residents', 60 from project where code = '1'`,
	} {
		if _, err := other.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	went := make(chan error, 1)
	go func() {
		_, err := b.works.Allocate(t.Context(), account.Everything, district, 2027, 0, []works.Allocation{{Fund: f.Code, Project: "1", AmountYuan: 100}})
		went <- err
	}()
	postgistest.Blocked(t, b.db)
	if err := other.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	refused(t, <-went, "allocations", "只需40元")
}

func TestTheDatabaseKeepsFundsFromBeingOverdrawn(t *testing.T) {
	b := town(t)
	f := b.fund("区级", 120, works.Restriction{})
	_, err := b.db.Pool.Exec(t.Context(), `insert into fund_allocation (fund_id, project_id, amount_yuan)
		select f.id, p.id, 70 from fund f, project p where f.code = $1 and p.code in ('1', '2')`, f.Code)
	if name, ok := postgis.Violation(err); !ok || name != "fund_not_overdrawn" {
		t.Errorf("got %v", err)
	}
	b.exec(`insert into fund_allocation (fund_id, project_id, amount_yuan)
		select f.id, p.id, 100 from fund f, project p where f.code = $1 and p.code = '1'`, f.Code)
	_, err = b.db.Pool.Exec(t.Context(), `update fund set amount_yuan = 99`)
	if name, ok := postgis.Violation(err); !ok || name != "fund_not_overdrawn" {
		t.Errorf("got %v", err)
	}
}

func TestFundsThatCannotBeAreRefused(t *testing.T) {
	b := town(t)
	for name, tt := range map[string]struct {
		change      func(*works.FundDraft)
		field, says string
	}{
		"no name":              {func(d *works.FundDraft) { d.Name = " " }, "name", "名称"},
		"no such source":       {func(d *works.FundDraft) { d.Source = "lottery" }, "source", "来源"},
		"less than nothing":    {func(d *works.FundDraft) { d.AmountYuan = -1 }, "amount_yuan", "金额"},
		"no such year":         {func(d *works.FundDraft) { d.Year = 1 }, "year", "年份"},
		"no such category":     {func(d *works.FundDraft) { d.Restriction.Categories = []string{"x"} }, "restriction.categories", "没有类别"},
		"no such item":         {func(d *works.FundDraft) { d.Restriction.Items = []int{40} }, "restriction.items", "没有第40项"},
		"no such library":      {func(d *works.FundDraft) { d.Restriction.Libraries = []string{"x"} }, "restriction.libraries", "项目库"},
		"somewhere else":       {func(d *works.FundDraft) { d.Restriction.Subdistricts = []string{"999"} }, "restriction.subdistrict_codes", "不在本区"},
		"a number of somebody": {func(d *works.FundDraft) { d.Note = "13912345678" }, "note", "个人信息"},
	} {
		t.Run(name, func(t *testing.T) {
			d := works.FundDraft{Year: 2027, Source: works.Own, Name: "区级", AmountYuan: 1}
			tt.change(&d)
			_, err := b.works.AddFund(t.Context(), account.Everything, district, d)
			refused(t, err, tt.field, tt.says)
		})
	}
}

func TestThePoolIsSeenAsFarAsTheScopeReaches(t *testing.T) {
	b := town(t)
	f := b.fund("区级", 100, works.Restriction{})
	if err := b.allocate([]works.Allocation{{Fund: f.Code, Project: "2", AmountYuan: 60}, {Fund: f.Code, Project: "3", AmountYuan: 40}}); err != nil {
		t.Fatal(err)
	}
	b.exec(`update fund_year set budget_yuan = 90, note = '某说明'`)
	for _, tt := range []struct {
		name      string
		scope     account.Scope
		projects  []string
		allocated float64 // to them
		whole     bool
	}{
		{"the whole district", account.Scope{District: district}, []string{"1", "2", "3"}, 100, true},
		{"an officer", account.Scope{District: district, Subdistricts: []string{wanSheng}}, []string{"1", "3"}, 40, false},
		{"an officer of another subdistrict", account.Scope{District: district, Subdistricts: []string{dongLin}}, []string{"2"}, 60, false},
		{"a contractor of another zone", account.Scope{District: district, Zones: []int64{1}}, nil, 0, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pool, err := b.works.Pool(t.Context(), tt.scope, district, 2027)
			if err != nil {
				t.Fatal(err)
			}
			y := *pool.Year
			var projects []string
			for _, p := range y.ProjectList {
				projects = append(projects, p.Code)
			}
			var given float64
			for _, a := range y.Allocations {
				given += a.AmountYuan
			}
			if diff := cmp.Diff(tt.projects, projects); diff != "" || y.Allocated != tt.allocated || given != tt.allocated || pool.Whole != tt.whole {
				t.Errorf("allocated %v, of them listed %v, whole %v %s", y.Allocated, given, pool.Whole, diff)
			}
			money := y.BudgetYuan != nil || y.FundsYuan != 0 || y.Funds != 0 || len(y.FundList) != 0 || y.Note != "" || len(y.Notices) != 0 || len(y.BoundList) != 0
			if money != tt.whole {
				t.Errorf("budget and funds: %+v", y)
			}
		})
	}
	if _, err := b.works.Pool(t.Context(), account.Scope{District: "500152"}, district, 0); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("another district's: %v", err)
	}
}
