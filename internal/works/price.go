package works

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Book is the price book of a district for the catalogue of its plan.
type Book struct {
	Policy    string     `json:"policy" doc:"key@version of the plan"`
	Version   int        `json:"version" doc:"0: never saved"`
	UpdatedBy string     `json:"updated_by"`
	UpdatedAt *time.Time `json:"updated_at"`
	Prices    []Price    `json:"prices"`
}

// Price is what a unit of an item costs.
type Price struct {
	ItemNo    int     `json:"item_no" minimum:"1" maximum:"1000"`
	Unit      string  `json:"unit" minLength:"1" maxLength:"20"`
	PriceYuan float64 `json:"price_yuan" minimum:"0" maximum:"999999999999"`
	Source    string  `json:"source,omitempty" maxLength:"200" doc:"where the price comes from"`
}

// Prices returns the district's price book. Errors: postgis.ErrNotFound.
func (s *Store) Prices(ctx context.Context, scope account.Scope, district string) (Book, error) {
	choice, err := s.plan(ctx, scope, district)
	if err != nil {
		return Book{}, err
	}
	var book Book
	err = s.view(ctx, func(tx pgx.Tx) (err error) {
		book, err = priceBook(ctx, tx, district, choice.Policy.Key)
		return err
	})
	book.Policy = choice.Policy.ID()
	return book, err
}

// plan is the district's plan, if the scope reaches the district.
func (s *Store) plan(ctx context.Context, scope account.Scope, district string) (policy.Choice, error) {
	if scope.District != "" && scope.District != district {
		return policy.Choice{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	return s.reg.Policy(ctx, district)
}

func priceBook(ctx context.Context, tx pgx.Tx, district, policyKey string) (Book, error) {
	var book Book
	err := tx.QueryRow(ctx, `select version, by, at from price_book where district_code = $1 and policy_key = $2`, district, policyKey).
		Scan(&book.Version, &book.UpdatedBy, &book.UpdatedAt)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return book, fmt.Errorf("read the price book: %w", err)
	}
	rows, err := tx.Query(ctx, `
		select item_no, unit, price_yuan::float8, source from price where district_code = $1 and policy_key = $2 order by item_no`, district, policyKey)
	if err != nil {
		return book, fmt.Errorf("read the price book: %w", err)
	}
	book.Prices, err = pgx.CollectRows(rows, pgx.RowToStructByPos[Price])
	if err != nil {
		return book, fmt.Errorf("read the price book: %w", err)
	}
	return book, nil
}

// SavePrices replaces the district's price book. It changes no line that has a
// price already. Errors: *InvalidError, postgis.ErrVersion,
// *account.OutsideError.
func (s *Store) SavePrices(ctx context.Context, scope account.Scope, district string, version int, prices []Price) (Book, error) {
	choice, err := s.plan(ctx, scope, district)
	if err != nil {
		return Book{}, err
	}
	if err := account.Demand(ctx, account.DecideProgram, account.Place{District: district}); err != nil {
		return Book{}, err
	}
	if err := checkPrices(choice.Policy, prices); err != nil {
		return Book{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := priceBook(ctx, tx, district, choice.Policy.Key)
		if err != nil {
			return err
		}
		if err := bookVersion(ctx, tx, district, choice.Policy.Key, version); err != nil {
			return err
		}
		raw, err := recordset(prices)
		if err != nil {
			return fmt.Errorf("encode prices: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from price where district_code = $1 and policy_key = $2`, district, choice.Policy.Key); err != nil {
			return fmt.Errorf("write prices: %w", err)
		}
		_, err = tx.Exec(ctx, `
			insert into price (district_code, policy_key, item_no, unit, price_yuan, source)
			select $1, $2, item_no, unit, price_yuan, coalesce(source, '')
			from jsonb_to_recordset($3::jsonb) as x (item_no integer, unit text, price_yuan numeric, source text)`, district, choice.Policy.Key, raw)
		if err != nil {
			return fmt.Errorf("write prices: %w", err)
		}
		tx.Changed(postgis.Change{District: district, Layer: "works", Everybody: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "prices.save", Entity: "district", Code: district, District: district, Before: before.Prices, After: prices,
		})
	})
	if err != nil {
		return Book{}, err
	}
	return s.Prices(ctx, scope, district)
}

func checkPrices(p *policy.Policy, prices []Price) error {
	seen := map[int]bool{}
	for i := range prices {
		here := at("prices", i)
		item, known := p.Item(prices[i].ItemNo)
		switch {
		case !known:
			return invalid(here+"item_no", "%s没有第%d项", p.ShortTitle, prices[i].ItemNo)
		case seen[item.No]:
			return invalid(here+"item_no", "第%d项“%s”有两个单价", item.No, item.Name)
		case !isSum(prices[i].PriceYuan) || prices[i].PriceYuan >= maxYuan:
			return invalid(here+"price_yuan", "第%d项“%s”的单价不合理", item.No, item.Name)
		}
		seen[item.No] = true
		if err := texts(here, 20, map[string]*string{"unit": &prices[i].Unit}); err != nil {
			return err
		}
		if err := texts(here, 200, map[string]*string{"source": &prices[i].Source}); err != nil {
			return err
		}
		if prices[i].Unit == "" {
			return invalid(here+"unit", "第%d项“%s”缺少单位", item.No, item.Name)
		}
	}
	return nil
}

// bookVersion counts the version on from the one that the person saw.
func bookVersion(ctx context.Context, tx *postgis.Tx, district, policyKey string, version int) error {
	tag, err := tx.Exec(ctx, `
		insert into price_book (district_code, policy_key, by) select $1, $2, $3 where $4 = 0
		on conflict do nothing`, district, policyKey, account.Name(ctx), version)
	if err == nil && version > 0 {
		tag, err = tx.Exec(ctx, `
			update price_book set version = version + 1, by = $3, at = now()
			where district_code = $1 and policy_key = $2 and version = $4`, district, policyKey, account.Name(ctx), version)
	}
	if err != nil {
		return fmt.Errorf("count the version of the price book: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return fmt.Errorf("price book of %s is not at version %d: %w", district, version, postgis.ErrVersion)
	}
	return nil
}
