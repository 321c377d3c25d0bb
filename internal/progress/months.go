package progress

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/postgis"
)

// MonthBoard is how the monthly reports of a month stand.
type MonthBoard struct {
	Month    string        `json:"month"`
	Calendar MonthCalendar `json:"calendar"`
	DaysLeft int           `json:"days_left" doc:"until units have to hand in; negative is late"`
	Closed   []ClosedMonth `json:"closed" doc:"the district's reports, once the month is closed"`
	Reason   string        `json:"reason" doc:"why the month was closed without all units"`
	Units    []UnitMonth   `json:"units" doc:"in the person's scope; of a contractor only those with own projects"`
	MayClose bool          `json:"may_close" doc:"the person may close it now"`
	WhyNot   string        `json:"why_not" doc:"why it cannot be closed yet, where the person could"`
}

// ClosedMonth is a frozen report of the district.
type ClosedMonth struct {
	ID       uuid.UUID `json:"id"`
	Form     Form      `json:"form" enum:"annex6,annex7"`
	FrozenBy string    `json:"frozen_by"`
	FrozenAt time.Time `json:"frozen_at"`
	SHA256   string    `json:"sha256"`
}

// UnitMonth is how a unit's report on one form stands.
type UnitMonth struct {
	Unit        ReportUnit `json:"unit"`
	Form        Form       `json:"form" enum:"annex6,annex7"`
	FormName    string     `json:"form_name"`
	Projects    int        `json:"projects" doc:"to be reported"`
	ID          *uuid.UUID `json:"id" doc:"null: not begun"`
	State       string     `json:"state" enum:"none,draft,submitted,returned,frozen"`
	StateReason string     `json:"state_reason"`
	Lines       int        `json:"lines"`
	Late        bool       `json:"late"`
	SubmittedAt *time.Time `json:"submitted_at"`
	Version     int        `json:"version"`
	MayFill     bool       `json:"may_fill"`
}

// Board returns how a month stands.
func (s *Store) Board(ctx context.Context, scope account.Scope, district string, m Month) (MonthBoard, error) {
	out := MonthBoard{Month: m.String(), Closed: []ClosedMonth{}, Units: []UnitMonth{}}
	if scope.District != "" && scope.District != district {
		return out, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return out, err
	}
	if out.Calendar, err = calendarOf(choice, m); err != nil {
		return out, err
	}
	today := clock.Day(s.now())
	out.DaysLeft = int(out.Calendar.Report.at.Sub(today).Hours() / 24)
	if err := s.boardRows(ctx, scope, district, m, &out); err != nil {
		return out, err
	}
	return out, s.closable(ctx, district, m, today, &out)
}

// boardRows joins the projects that are to be reported with the reports that
// there are.
func (s *Store) boardRows(ctx context.Context, scope account.Scope, district string, m Month, out *MonthBoard) error {
	found, err := candidates(ctx, s.db.Pool, about{district: district, month: m, cutOff: out.Calendar.to, scope: scope})
	if err != nil {
		return err
	}
	for _, c := range found {
		if c.unit.Code == "" || scope.Subdistricts != nil && !slices.Contains(scope.Subdistricts, c.unit.Code) {
			continue
		}
		out.row(c.unit, c.form).Projects++
	}
	rows, err := s.db.Pool.Query(ctx, `
		select r.id, r.subdistrict_code, coalesce(b.name, ''), r.form, r.state, r.state_reason, r.version, r.submitted_at,
		       r.frozen_by, r.frozen_at, r.sha256, (select count(*) from month_line l where l.report_id = r.id)
		from month_report r
		left join published_subdistrict b on b.district_code = r.district_code and b.code = r.subdistrict_code
		where r.district_code = $1 and r.month = $2
		order by r.subdistrict_code, r.form`, district, m.Time)
	if err != nil {
		return fmt.Errorf("read the reports of %s: %w", m, err)
	}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) { return struct{}{}, out.scan(row, scope) })
	if err != nil {
		return fmt.Errorf("read the reports of %s: %w", m, err)
	}
	slices.SortFunc(out.Units, func(a, b UnitMonth) int {
		if a.Unit.Code != b.Unit.Code {
			if a.Unit.Code < b.Unit.Code {
				return -1
			}
			return 1
		}
		return slices.Index(Forms(), a.Form) - slices.Index(Forms(), b.Form)
	})
	for i := range out.Units {
		u := &out.Units[i]
		u.Late = late(u.SubmittedAt, out.Calendar, s.now()) && (u.State != string(Frozen) || u.SubmittedAt != nil)
		at := account.Place{District: district, Subdistricts: []string{u.Unit.Code}}
		u.MayFill = len(out.Closed) == 0 && (u.State == "none" || u.State == string(Draft) || u.State == string(Returned)) &&
			account.Demand(ctx, account.FillProgress, at) == nil
	}
	return nil
}

// row is that of a unit on a form, made where there is none.
func (b *MonthBoard) row(unit ReportUnit, form Form) *UnitMonth {
	at := slices.IndexFunc(b.Units, func(u UnitMonth) bool { return u.Unit.Code == unit.Code && u.Form == form })
	if at < 0 {
		at = len(b.Units)
		b.Units = append(b.Units, UnitMonth{Unit: unit, Form: form, FormName: formNames[form], State: "none"})
	}
	return &b.Units[at]
}

func (b *MonthBoard) scan(row pgx.CollectableRow, scope account.Scope) error {
	var id uuid.UUID
	var unit ReportUnit
	var form Form
	var r UnitMonth
	var frozenBy string
	var frozenAt *time.Time
	var digest []byte
	if err := row.Scan(&id, &unit.Code, &unit.Name, &form, &r.State, &r.StateReason, &r.Version, &r.SubmittedAt,
		&frozenBy, &frozenAt, &digest, &r.Lines); err != nil {
		return err
	}
	if unit.Code == "" {
		b.Closed = append(b.Closed, ClosedMonth{ID: id, Form: form, FrozenBy: frozenBy, FrozenAt: *frozenAt, SHA256: hex.EncodeToString(digest)})
		if r.StateReason != "" {
			b.Reason = r.StateReason
		}
		return nil
	}
	if scope.Subdistricts != nil && !slices.Contains(scope.Subdistricts, unit.Code) {
		return nil
	}
	if scope.Zones != nil && !slices.ContainsFunc(b.Units, func(u UnitMonth) bool { return u.Unit.Code == unit.Code && u.Form == form }) {
		return nil
	}
	into := b.row(unit, form)
	r.Unit, r.Form, r.FormName, r.Projects, r.ID = unit, form, formNames[form], into.Projects, &id
	*into = r
	return nil
}

// closable says whether the person may close the month now, and if not yet, why.
func (s *Store) closable(ctx context.Context, district string, m Month, today time.Time, out *MonthBoard) error {
	if account.Demand(ctx, account.DecideProgram, account.Place{District: district}) != nil {
		return nil
	}
	if today.Before(out.Calendar.to) {
		out.WhyNot = fmt.Sprintf("统计期到%s为止，还不能关闭", spoken(out.Calendar.to))
		return nil
	}
	err := mayClose(ctx, s.db.Pool, district, m)
	if state, ok := err.(*StateError); ok {
		out.WhyNot = state.Detail
		return nil
	}
	out.MayClose = err == nil
	return err
}

// MonthState is a month of a year in one line.
type MonthState struct {
	Month     string `json:"month"`
	Due       string `json:"due" format:"date" doc:"when units have to hand in"`
	FormDue   string `json:"form_due" format:"date"`
	Drafts    int    `json:"drafts"`
	Submitted int    `json:"submitted"`
	Returned  int    `json:"returned"`
	Frozen    int    `json:"frozen"`
	Closed    bool   `json:"closed"`
}

// Months returns the twelve months of a year with their reports in the scope.
func (s *Store) Months(ctx context.Context, scope account.Scope, district string, year int) ([]MonthState, error) {
	if scope.District != "" && scope.District != district {
		return nil, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select g.month,
		       count(*) filter (where r.subdistrict_code <> '' and r.state = 'draft'),
		       count(*) filter (where r.subdistrict_code <> '' and r.state = 'submitted'),
		       count(*) filter (where r.subdistrict_code <> '' and r.state = 'returned'),
		       count(*) filter (where r.subdistrict_code <> '' and r.state = 'frozen'),
		       coalesce(bool_or(r.subdistrict_code = ''), false)
		from generate_series(make_date($2, 1, 1), make_date($2, 12, 1), interval '1 month') as g (month)
		left join month_report r on r.district_code = $1 and r.month = g.month::date
		     and ($3::text[] is null or r.subdistrict_code = '' or r.subdistrict_code = any($3))
		group by g.month order by g.month`, district, year, scope.Subdistricts)
	if err != nil {
		return nil, fmt.Errorf("read the months of %d: %w", year, err)
	}
	out, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (MonthState, error) {
		var at time.Time
		var st MonthState
		if err := row.Scan(&at, &st.Drafts, &st.Submitted, &st.Returned, &st.Frozen, &st.Closed); err != nil {
			return st, err
		}
		m := Month{time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)}
		calendar, err := calendarOf(choice, m)
		st.Month, st.Due, st.FormDue = m.String(), calendar.Report.On, calendar.Form.On
		return st, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the months of %d: %w", year, err)
	}
	return out, nil
}
