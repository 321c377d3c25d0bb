package dashboard_test

import (
	"testing"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dashboard"
)

// Years that have only one of projects, budget and fund.
func TestTheBoardHasYearsWithoutProjectsOrWithoutMoney(t *testing.T) {
	db, s := town(t)
	scope := account.Scope{District: district.Code, Subdistricts: []string{subdistrictOf(t, db)}}
	for _, statement := range []string{
		`insert into fund (district_code, year, source, name, amount_yuan) values ('` + district.Code + `', 2190, 'central', '提前下达', 5000000)`,
		`insert into fund_year (district_code, year, budget_yuan) values ('` + district.Code + `', 2191, 3000000)`,
		`insert into fund_year (district_code, year, budget_yuan) values ('` + district.Code + `', 2192, null)`,
		`delete from fund_year where year = 2026`,
		`delete from fund where year = 2026`,
	} {
		if _, err := db.Pool.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	years := map[int]dashboard.YearMoney{}
	for _, y := range board(t, s, account.Everything, true).Money.Years {
		years[y.Year] = y
	}
	yuan := func(v *float64) float64 {
		if v == nil {
			return -1
		}
		return *v
	}
	for year, want := range map[int]struct {
		projects, noBudget bool
		budget, funds      float64 // yuan; −1 is none
	}{
		2190: {false, false, -1, 5_000_000},
		2191: {false, false, 3_000_000, 0},
		2192: {false, false, -1, 0},
		2026: {true, true, -1, 0},
	} {
		y, listed := years[year]
		if !listed || y.Projects > 0 != want.projects || y.NoBudget != want.noBudget || yuan(y.BudgetYuan) != want.budget || yuan(y.FundsYuan) != want.funds {
			t.Errorf("%d: %+v (listed %v), want %+v; budget %f, funds %f", year, y, listed, want, yuan(y.BudgetYuan), yuan(y.FundsYuan))
		}
	}
	// Who sees a part of the district sees its projects, and no money of the whole.
	for _, y := range board(t, s, scope, true).Money.Years {
		if y.Projects == 0 || y.NoBudget || y.BudgetYuan != nil || y.FundsYuan != nil {
			t.Errorf("an officer: %+v", y)
		}
	}
}
