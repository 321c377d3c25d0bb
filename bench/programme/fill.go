package main

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/importer/programme"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/registry"
)

// months of reports that the programme has.
const months = 24

// facts are what a register knows of its communities, which the generated
// district leaves open. Some leave the scope, some were never asked.
const facts = `
	update community c set
		floor_area_m2        = households * 78,
		building_count       = greatest(1, households / 24),
		verdict              = (array['in', 'in', 'in', 'in', 'in', 'in', 'borderline', 'borderline', 'borderline', 'out'])[1 + id % 10],
		neglected            = true,
		municipal_missing    = (array['供水管网', '消防设施', '雨污管网', '小区道路'])[1 + id % 3 : 2 + id % 3],
		service_missing      = (array['health_station', 'elder_daycare', 'nursery'])[1 + id % 2 : 2 + id % 2],
		households_agreed    = case when id % 11 = 0 then null else households * (30 + id * 37 % 65) / 100 end,
		floor_area_agreed_m2 = case when id % 11 = 0 then null else households * 78 * (30 + id * 37 % 65) / 100 end,
		prior_works          = (array['none', 'none', 'single_item', 'partial'])[1 + id % 4],
		management_mode      = (array['', 'professional', 'service_centre', 'self_managed'])[1 + id % 4]
	where district_code = $1 and households > 0`

// fill makes a district with a programme of the size that the product is
// promised for.
func fill(ctx context.Context, db *postgis.DB, size district.Size, projects int, now time.Time) (programme.Made, error) {
	var made programme.Made
	if err := district.Load(ctx, db, district.New(size, district.Seed)); err != nil {
		return made, err
	}
	if _, err := db.Pool.Exec(ctx, facts, district.Code); err != nil {
		return made, fmt.Errorf("fill the facts in: %w", err)
	}
	lib, err := policy.Load()
	if err != nil {
		return made, err
	}
	p, err := lib.Policy("wansheng-2020")
	if err != nil {
		return made, err
	}
	err = pgx.BeginFunc(ctx, db.Pool, func(tx pgx.Tx) error {
		made, err = programme.Invent(ctx, tx, programme.Options{
			District: district.Code, Policy: p, Projects: projects, Months: months, Surveyed: 1, Now: now, Seed: district.Seed,
		})
		return err
	})
	if err != nil {
		return made, fmt.Errorf("invent the programme: %w", err)
	}
	_, err = db.Pool.Exec(ctx, `vacuum analyze`)
	return made, err
}

// closeMonths freezes the monthly reports but for the last two.
func closeMonths(ctx context.Context, db *postgis.DB, now time.Time) error {
	lib, err := policy.Load()
	if err != nil {
		return err
	}
	reg := registry.New(db, lib)
	clock := func() time.Time { return now }
	reports := progress.New(db, program.New(db, reg, lib, clock), reg, lib, clock)
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := months - 1; back >= 2; back-- {
		month := progress.Month{Time: this.AddDate(0, -back, 0)}
		_, err := reports.CloseMonth(ctx, account.Everything, district.Code, month, progress.MonthClosing{Reason: "基准测试"})
		if err != nil {
			return fmt.Errorf("close %s: %w", month, err)
		}
	}
	return nil
}
