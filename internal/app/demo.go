package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/progress"
)

// monthsOpen are the last months of the demo's reports, which are left for people
// to close.
const monthsOpen = 2

// loadDemo founds the demo district where it is not there yet.
func loadDemo(ctx context.Context, n *nouns, out io.Writer) error {
	_, err := n.registry.District(ctx, account.Everything, demo.DistrictCode)
	if !errors.Is(err, postgis.ErrNotFound) {
		return err
	}
	fmt.Fprintln(out, "Loading the demo district …")
	report, err := n.importer.LoadDemo(ctx, demo.Open, nil)
	if err != nil || report.Inserted == 0 { // another service has loaded it meanwhile
		return err
	}
	return closeDemoMonths(account.WithOperator(ctx, "演示数据"), n.progress, time.Now())
}

// closeDemoMonths freezes the monthly reports of the demo, but for the last ones.
func closeDemoMonths(ctx context.Context, p *progress.Store, now time.Time) error {
	now = now.In(clock.China)
	this := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	for back := importer.DemoMonths - 1; back >= monthsOpen; back-- {
		month := progress.Month{Time: this.AddDate(0, -back, 0)}
		if _, err := p.CloseMonth(ctx, account.Everything, demo.DistrictCode, month, progress.MonthClosing{}); err != nil {
			return fmt.Errorf("close %s of the demo: %w", month, err)
		}
	}
	return nil
}
