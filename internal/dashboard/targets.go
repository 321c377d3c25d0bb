package dashboard

import (
	"context"
	"strconv"
	"time"

	"github.com/lianpian/lianpian/internal/policy"
)

// fate is a community of a project with what has come of it.
type fate struct {
	Project       int64
	Demonstration bool
	Eligibility   string
	BuiltYear     *int
	AreaM2        float64
	Started       *time.Time
	Done          *time.Time // all works, or else the acceptance
}

// targets counts what the plan's targets speak of. A community counts once its
// project's milestone is dated inside the target's time.
func targets(ctx context.Context, r *reading, b *Board) error {
	fates, err := collect[fate](ctx, r, reached+`
		select p.id, p.demonstration, c.eligibility, c.built_year, coalesce(c.floor_area_m2, 0), m.started, coalesce(m.works_done, m.accepted)
		from seen_project p
		join reached m on m.id = p.id
		join published_project_community pc on pc.project_id = p.id
		join published_community c on c.id = pc.community_id
		where p.library = 'comprehensive' and m.started is not null`)
	if err != nil {
		return err
	}
	type old struct {
		Year   *int
		Count  int
		AreaM2 float64
	}
	olds, err := collect[old](ctx, r, `
		select built_year, count(*)::integer, coalesce(sum(floor_area_m2), 0) from seen_community where eligibility = 'in' group by built_year`)
	if err != nil {
		return err
	}
	b.Targets = []BoardTarget{}
	for _, y := range r.choice.Targets(0) {
		t := judged(y, fates, r.today)
		if t.Count == nil && t.BuiltTo != nil {
			var n int
			var area float64
			for _, o := range olds {
				if o.Year != nil && *o.Year <= *t.BuiltTo {
					n, area = n+o.Count, area+o.AreaM2
				}
			}
			t.Of, t.OfM2 = &n, &area
		}
		t.share()
		b.Targets = append(b.Targets, t)
	}
	return nil
}

// judged counts for one target.
func judged(y policy.YearTarget, fates []fate, today time.Time) BoardTarget {
	year, _ := strconv.Atoi(y.By[:4])
	t := BoardTarget{
		ID: y.ID, Clause: y.Clause, Text: y.Text, By: y.By, Year: year, Metric: y.Metric, Count: y.Count, BuiltTo: y.BuiltTo,
		SeeAlso: y.SeeAlso, Over: time.Date(year+1, 1, 1, 0, 0, 0, 0, time.UTC).Before(today),
	}
	if y.ReadAreaWan != nil {
		area := *y.ReadAreaWan * 10_000
		t.AreaM2 = &area
	}
	// a figure is for its year; a state, and what speaks of built years, for all that came before
	cumulative := y.BuiltTo != nil || y.Metric == "demonstration"
	counted := map[int64]bool{}
	for _, f := range fates {
		on := f.Started
		if y.Metric == "completed" || y.Metric == "state" {
			on = f.Done
		}
		if on == nil || on.Year() > year || !cumulative && on.Year() != year {
			continue
		}
		if y.BuiltTo != nil && (f.BuiltYear == nil || *f.BuiltYear > *y.BuiltTo || f.Eligibility != "in") {
			continue
		}
		if y.Metric == "demonstration" {
			if !f.Demonstration {
				continue
			}
			if !counted[f.Project] {
				counted[f.Project] = true
				t.Actual++
			}
		} else {
			t.Actual++
		}
		t.ActualM2 += f.AreaM2
	}
	t.How = how(y.Metric, cumulative, year)
	return t
}

// how says how a metric is counted.
func how(metric string, cumulative bool, year int) string {
	span := strconv.Itoa(year) + "年内"
	if cumulative {
		span = "截至" + strconv.Itoa(year) + "年底"
	}
	switch metric {
	case "completed", "state":
		return span + "综合改造全部完工的小区（以完工日期计，未填的以验收日期计）"
	case "demonstration":
		return span + "已开工的示范项目"
	}
	return span + "综合改造开工的小区（以开工日期计）"
}

// share divides what is reached by what is asked for.
func (t *BoardTarget) share() {
	part := func(have, of float64) *float64 {
		if of <= 0 {
			return nil
		}
		v := have / of
		return &v
	}
	switch {
	case t.Count != nil:
		t.Share = part(float64(t.Actual), float64(*t.Count))
	case t.Of != nil:
		t.Share = part(float64(t.Actual), float64(*t.Of))
	}
	switch {
	case t.AreaM2 != nil:
		t.ShareArea = part(t.ActualM2, *t.AreaM2)
	case t.OfM2 != nil:
		t.ShareArea = part(t.ActualM2, *t.OfM2)
	}
}
