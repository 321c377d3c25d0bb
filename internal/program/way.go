package program

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// way is how far a project has got, by what works and progress publish. What has
// begun is not given up or put back without a reason, what is finished not at all.
type way struct {
	start, done, accepted *time.Time
	allocated             float64 // yuan
}

func wayOf(ctx context.Context, q querier, project int64) (way, error) {
	var w way
	err := q.QueryRow(ctx, `
		select max(on_date) filter (where kind = 'start'), max(on_date) filter (where kind = 'works_done'),
		       max(on_date) filter (where kind = 'acceptance'),
		       coalesce((select allocated_yuan::float8 from published_project_cost where project_id = $1), 0)
		from published_milestone where project_id = $1`, project).Scan(&w.start, &w.done, &w.accepted, &w.allocated)
	if err != nil {
		return w, fmt.Errorf("look up how far a project has got: %w", err)
	}
	return w, nil
}

func (w way) finished() bool { return w.done != nil || w.accepted != nil }
func (w way) begun() bool    { return w.finished() || w.start != nil || w.allocated > 0 }

// said is what has happened to the project, as a sentence begins.
func (w way) said() string {
	var parts []string
	for _, p := range []struct {
		on   *time.Time
		what string
	}{{w.start, "开工"}, {w.done, "完工"}, {w.accepted, "通过竣工验收"}} {
		if p.on != nil {
			parts = append(parts, fmt.Sprintf("已于%s%s", p.on.Format(time.DateOnly), p.what))
		}
	}
	if w.allocated > 0 {
		parts = append(parts, "已安排资金"+strconv.FormatFloat(math.Round(w.allocated)/10_000, 'f', -1, 64)+"万元")
	}
	return "项目" + strings.Join(parts, "、")
}

// because says why a reason is asked for.
func (w way) because(asked bool) string {
	if !asked || !w.begun() {
		return ""
	}
	return "：" + w.said()
}

// mayMove: whether a project may go to another phase and year.
func mayMove(ctx context.Context, q querier, project int64, before Project, to Phase, year *int, reason string) error {
	back := before.Phase != nil && to.rank() < before.Phase.rank() || before.Year != nil && year != nil && *year > *before.Year ||
		before.Year != nil && year == nil
	if !back {
		return nil
	}
	w, err := wayOf(ctx, q, project)
	switch {
	case err != nil:
		return err
	case w.finished():
		return &InvalidError{"phase", w.said() + "，不能退回前面的批次或改到以后的年度"}
	case w.begun() && reason == "":
		return &InvalidError{"reason", "调整批次或年度须说明理由：" + w.said()}
	}
	return nil
}
