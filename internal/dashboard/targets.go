package dashboard

import (
	"context"
	"fmt"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
)

// Counting counts the targets of a year; the noun that keeps the milestones does
// it, so that a target reads the same on every screen.
type Counting func(ctx context.Context, scope account.Scope, district string, year int) ([]BoardTarget, error)

// CountTargets says who counts. Without it boards have no targets.
func (s *Store) CountTargets(c Counting) { s.counting = c }

// targets are those of every year that the plan names, and of the board's year:
// the latest first, those without a figure last.
func (s *Store) targets(ctx context.Context, r *reading, b *Board) error {
	b.Targets = []BoardTarget{}
	if s.counting == nil {
		return nil
	}
	years := []int{r.year}
	for _, t := range r.choice.Targets(0) {
		var year int
		if _, err := fmt.Sscanf(t.By, "%4d", &year); err == nil && !slices.Contains(years, year) {
			years = append(years, year)
		}
	}
	slices.Sort(years)
	slices.Reverse(years)
	for _, year := range years {
		list, err := s.counting(ctx, r.scope, r.code, year)
		if err != nil {
			return fmt.Errorf("count the targets of %d: %w", year, err)
		}
		for _, t := range list {
			if t.Own && year != r.year {
				continue
			}
			t.Over = year < r.today.Year()
			b.Targets = append(b.Targets, t)
		}
	}
	slices.SortStableFunc(b.Targets, func(x, y BoardTarget) int { return order(x) - order(y) })
	return nil
}

// order puts what has a figure before what has none.
func order(t BoardTarget) int {
	if t.Share == nil {
		return 1
	}
	return 0
}
