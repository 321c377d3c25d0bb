package progress

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// The figures of a report are cumulative, and so is its total (合计): a row that has
// something done or spent stays in the reports of the year, whatever becomes of its
// project. What was wrong is corrected in the row, with a reason.

// withLast are the candidates of a unit's report, with those whose newest earlier
// row of the year is the unit's on the form.
func withLast(ctx context.Context, q querier, a about) ([]candidate, error) {
	rows, err := q.Query(ctx, `
		select l.project_id
		from (select distinct on (project_id) project_id, subdistrict_code, form from published_month_line
		      where district_code = $1 and month < $2 and month >= make_date($3, 1, 1)
		      order by project_id, month desc) l
		where l.subdistrict_code = $4 and l.form = $5`, a.district, a.month.Time, a.month.Year(), *a.unit, a.form)
	if err != nil {
		return nil, fmt.Errorf("read what was reported before: %w", err)
	}
	last, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("read what was reported before: %w", err)
	}
	a.besides = slices.Concat(a.besides, last)
	found, err := candidates(ctx, q, a)
	for i := range found {
		found[i].last = !found[i].listed && slices.Contains(last, found[i].id)
	}
	return found, err
}

// kept tells whether the unit's report on the form has to go on showing the
// project, because a month before said that something is done or spent.
func (c candidate) kept(unit string, form Form) bool {
	b := c.line.Before
	return b != nil && (!b.G3.none() || b.SpentWan > 0) && (c.reported(unit, form) || c.last)
}

// dropped says what a total would lose.
func (b MonthBefore) dropped() string {
	return fmt.Sprintf("%s已报第3组%s万平方米、%d户、%d栋，累计完成投资额%s万元：合计为累计数，不能减少，请保留本行；若上月填报有误，改正数字并填写更正说明",
		b.Month, figure(b.G3.AreaWan), b.G3.Households, b.G3.Buildings, figure(b.SpentWan))
}

// noneDropped refuses rows that leave out what the total cannot lose.
func noneDropped(lines []MonthLineDraft, before MonthReport) error {
	var left []string
	for _, l := range slices.Concat(before.Lines, before.Offered) {
		if l.kept && !slices.ContainsFunc(lines, func(d MonthLineDraft) bool { return d.Project == l.Project }) {
			left = append(left, "“"+l.Name+"”"+l.Before.dropped())
		}
	}
	if len(left) > 0 {
		return &InvalidError{Field: "lines", Detail: strings.Join(left, "；") + "（" + growth + "）"}
	}
	return nil
}
