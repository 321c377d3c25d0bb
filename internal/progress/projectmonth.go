package progress

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// ProjectMonth is a project's row of a monthly report.
type ProjectMonth struct {
	Month    string        `json:"month"`
	Form     Form          `json:"form" enum:"annex6,annex7"`
	FormName string        `json:"form_name"`
	Unit     ReportUnit    `json:"unit" doc:"the subdistrict that reports the project"`
	ID       *uuid.UUID    `json:"id" doc:"of the report; null: not begun"`
	State    string        `json:"state" enum:"none,draft,submitted,returned,frozen"`
	Line     *MonthLine    `json:"line" doc:"as saved, else as proposed; null: the project is not to be reported"`
	Saved    bool          `json:"saved" doc:"the row is in the report"`
	Calendar MonthCalendar `json:"calendar"`
	MayFill  bool          `json:"may_fill"`
	Version  int           `json:"version" doc:"of the report; 0: not begun"`
}

// ProjectMonthDraft replaces a project's row.
type ProjectMonthDraft struct {
	Line           MonthLineDraft `json:"line"`
	AreasConfirmed bool           `json:"areas_confirmed,omitempty"`
}

// ProjectMonth returns a project's row of a month, or postgis.ErrNotFound.
func (s *Store) ProjectMonth(ctx context.Context, scope account.Scope, district, code string, m Month) (ProjectMonth, error) {
	h, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return ProjectMonth{}, err
	}
	out, c, err := s.rowOf(ctx, s.db.Pool, district, h.ID, m)
	if err != nil || c == nil {
		return out, err
	}
	open := out.State == "none" || out.State == string(Draft) || out.State == string(Returned)
	out.MayFill = open && h.Live && (c.listed || out.Saved) && account.Demand(ctx, account.FillProgress, h.Place()) == nil
	return out, nil
}

// rowOf reads a project's row as it is saved, or else as it is proposed; nil
// means that no subdistrict reports it.
func (s *Store) rowOf(ctx context.Context, q querier, district string, project int64, m Month) (ProjectMonth, *candidate, error) {
	out := ProjectMonth{Month: m.String(), State: "none"}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return out, nil, err
	}
	if out.Calendar, err = calendarOf(choice, m); err != nil {
		return out, nil, err
	}
	found, err := candidates(ctx, q, about{
		district: district, month: m, cutOff: out.Calendar.to, project: &project, besides: []int64{project},
	})
	if err != nil || len(found) == 0 {
		return out, nil, err
	}
	c := found[0]
	out.Unit, out.Form, out.FormName = c.unit, c.form, formNames[c.form]
	r, err := reportOf(ctx, q, district, m, project, c)
	if errors.Is(err, pgx.ErrNoRows) {
		if c.listed && c.unit.Code != "" {
			offer := c.offer()
			out.Line = &offer
		}
		return out, &c, nil
	}
	if err != nil {
		return out, nil, fmt.Errorf("read the row of a project: %w", err)
	}
	out.ID, out.State, out.Version, out.Form, out.FormName = &r.id, string(r.state), r.version, r.form, formNames[r.form]
	_, lines, err := linesOf(ctx, q, r.id)
	if err != nil {
		return out, nil, err
	}
	shown := MonthReport{Unit: ReportUnit{Code: r.unit}, Form: r.form}
	shown.fill(lines, found)
	switch {
	case len(shown.Lines) > 0:
		out.Line, out.Saved = &shown.Lines[0], true
	case c.listed:
		offer := c.offer()
		out.Line = &offer
	}
	return out, &c, nil
}

// reportOf is the report that holds the project's row, else the one that it
// belongs in.
func reportOf(ctx context.Context, q querier, district string, m Month, project int64, c candidate) (stored, error) {
	rows, err := q.Query(ctx, selectReport+`
		where district_code = $1 and month = $2 and subdistrict_code <> ''
		  and (id in (select report_id from month_line where project_id = $3) or subdistrict_code = $4 and form = $5)
		order by (id in (select report_id from month_line where project_id = $3)) desc
		limit 1`, district, m.Time, project, c.unit.Code, c.form)
	if err != nil {
		return stored{}, err
	}
	return pgx.CollectExactlyOneRow(rows, scanReport)
}

// SaveProjectMonth replaces a project's row in the report of its subdistrict,
// which is begun where there is none; version is the report's that the person
// saw, 0 for none. Errors as of SaveReport.
func (s *Store) SaveProjectMonth(ctx context.Context, scope account.Scope, district, code string, m Month, version int, draft ProjectMonthDraft) (ProjectMonth, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return ProjectMonth{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		h, err := s.projects.Hold(ctx, tx, scope, district, code, account.FillProgress)
		if err != nil {
			return err
		}
		calendar, err := calendarOf(choice, m)
		if err != nil {
			return err
		}
		found, err := candidates(ctx, tx, about{district: district, month: m, cutOff: calendar.to, project: &h.ID, besides: []int64{h.ID}})
		if err != nil {
			return err
		}
		if len(found) == 0 || found[0].unit.Code == "" {
			return &InvalidError{Field: "line", Detail: "项目的小区不在任何街道（镇）内，没有单位填报它"}
		}
		if err := s.belongs(ctx, tx, m, h.ID, found[0]); err != nil {
			return err
		}
		r, err := reportOf(ctx, tx, district, m, h.ID, found[0])
		switch {
		case errors.Is(err, pgx.ErrNoRows) && version == 0:
			r, err = s.begin(ctx, tx, choice, district, m, NewMonthReport{Subdistrict: found[0].unit.Code, Form: found[0].form})
			version = r.version
		case errors.Is(err, pgx.ErrNoRows):
			return fmt.Errorf("report of %s: %w", m, postgis.ErrVersion)
		case err == nil:
			r, err = find(ctx, tx, account.Everything, district, m, r.id, "for update")
		}
		if err != nil {
			return err
		}
		if err := r.writable(version); err != nil {
			return err
		}
		before, err := s.report(ctx, tx, choice, account.Everything, r)
		if err != nil {
			return err
		}
		draft.Line.Project = code
		return s.replaceRow(ctx, tx, district, choice, r, before, draft)
	})
	if err != nil {
		return ProjectMonth{}, err
	}
	return s.ProjectMonth(ctx, scope, district, code, m)
}

// belongs: a row is of a project that is to be reported, or has one already.
func (s *Store) belongs(ctx context.Context, q querier, m Month, project int64, c candidate) error {
	var has bool
	err := q.QueryRow(ctx, `
		select exists (select from month_line l join month_report r on r.id = l.report_id where l.project_id = $1 and r.month = $2)`,
		project, m.Time).Scan(&has)
	if err != nil {
		return fmt.Errorf("look for the row of project %s: %w", c.line.Project, err)
	}
	if !has && !c.listed {
		return &InvalidError{Field: "line", Detail: "项目不在这一年的实施项目中，不需要填报"}
	}
	return nil
}

// replaceRow writes the report anew with one row changed.
func (s *Store) replaceRow(ctx context.Context, tx *postgis.Tx, district string, choice policy.Choice, r stored, before MonthReport, draft ProjectMonthDraft) error {
	changed, err := readLines(ctx, tx, choice, r, MonthReportDraft{Lines: []MonthLineDraft{draft.Line}, AreasConfirmed: draft.AreasConfirmed})
	if err != nil {
		return err
	}
	ids, lines, err := linesOf(ctx, tx, r.id)
	if err != nil {
		return err
	}
	rows, replaced := make([]placed, 0, len(lines)+1), false
	for i, l := range lines {
		row := placed{ids[i], l.MonthLineDraft}
		if l.Project == draft.Line.Project {
			row, replaced = changed[0], true
		}
		rows = append(rows, row)
	}
	if !replaced {
		rows = append(rows, changed[0])
	}
	if err := writeLines(ctx, tx, district, r.id, rows); err != nil {
		return err
	}
	_, err = s.stamp(ctx, tx, choice, account.Everything, r, "month.save", before)
	return err
}

// ProjectMonths returns the rows of a project in all reports, the newest month
// first, without what the data propose now.
func (s *Store) ProjectMonths(ctx context.Context, scope account.Scope, district, code string) ([]ProjectMonth, error) {
	h, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select to_char(r.month, 'YYYY-MM'), r.form, r.subdistrict_code, coalesce(b.name, ''), r.id, r.state, r.version,
		       l.plan_area_wan, l.plan_households, l.plan_buildings, l.investment_wan,
		       l.g1_area_wan, l.g1_households, l.g1_buildings, l.g2_area_wan, l.g2_households, l.g2_buildings,
		       l.g3_area_wan, l.g3_households, l.g3_buildings, l.spent_wan, l.remark, l.starts_on::text, l.correction
		from month_line l
		join month_report r on r.id = l.report_id
		left join published_subdistrict b on b.district_code = r.district_code and b.code = r.subdistrict_code
		where l.project_id = $1
		order by r.month desc
		limit 120`, h.ID)
	if err != nil {
		return nil, fmt.Errorf("read the months of project %s: %w", code, err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ProjectMonth, error) {
		p := ProjectMonth{Saved: true, ID: new(uuid.UUID), Line: &MonthLine{Name: h.Name, Problems: []MonthProblem{}}}
		l := p.Line
		l.Project = code
		err := row.Scan(&p.Month, &p.Form, &p.Unit.Code, &p.Unit.Name, p.ID, &p.State, &p.Version,
			&l.Plan.AreaWan, &l.Plan.Households, &l.Plan.Buildings, &l.InvestmentWan,
			&l.G1.AreaWan, &l.G1.Households, &l.G1.Buildings, &l.G2.AreaWan, &l.G2.Households, &l.G2.Buildings,
			&l.G3.AreaWan, &l.G3.Households, &l.G3.Buildings, &l.SpentWan, &l.Remark, &l.StartsOn, &l.Correction)
		p.FormName, l.Unit = formNames[p.Form], p.Unit
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the months of project %s: %w", code, err)
	}
	return out, nil
}
