package progress

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// NewMonthReport begins the report of a unit.
type NewMonthReport struct {
	Subdistrict string `json:"subdistrict_code" maxLength:"20"`
	Form        Form   `json:"form" enum:"annex6,annex7"`
}

// MonthReportDraft replaces what was filled in.
type MonthReportDraft struct {
	Difficulties   string           `json:"difficulties" maxLength:"5000"`
	Lines          []MonthLineDraft `json:"lines" maxItems:"1000"`
	AreasConfirmed bool             `json:"areas_confirmed,omitempty" doc:"areas that look like square metres are meant as they are"`
}

// CreateReport drafts the report of a unit from the district's data and the month
// before. Errors: *InvalidError, *StateError where there is one already or the
// month is closed, postgis.ErrNotFound, *account.OutsideError.
func (s *Store) CreateReport(ctx context.Context, scope account.Scope, district string, m Month, n NewMonthReport) (MonthReport, error) {
	if n.Subdistrict == "" {
		return MonthReport{}, &InvalidError{Field: "subdistrict_code", Detail: "请指明填报的街道（镇）"}
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return MonthReport{}, err
	}
	var out MonthReport
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if scope.District != "" && scope.District != district {
			return fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
		}
		if _, err := s.unitName(ctx, tx, district, n.Subdistrict); err != nil {
			return err
		}
		at := account.Place{District: district, Subdistricts: []string{n.Subdistrict}}
		if err := account.Demand(ctx, account.FillProgress, at); err != nil {
			return err
		}
		r, err := s.begin(ctx, tx, choice, district, m, n)
		if err != nil {
			return err
		}
		out, err = s.report(ctx, tx, choice, scope, r)
		return err
	})
	return out, err
}

// begin stores a draft with a row for each project that is to be reported.
func (s *Store) begin(ctx context.Context, tx *postgis.Tx, choice policy.Choice, district string, m Month, n NewMonthReport) (stored, error) {
	if clock.Day(s.now()).Before(m.Time) {
		return stored{}, &InvalidError{Field: "month", Detail: "这个月还没有到"}
	}
	id, err := uuid.NewV7()
	if err != nil {
		return stored{}, fmt.Errorf("make an id: %w", err)
	}
	calendar, err := calendarOf(choice, m)
	if err != nil {
		return stored{}, err
	}
	found, err := withLast(ctx, tx, about{
		district: district, month: m, cutOff: calendar.to, unit: &n.Subdistrict, form: n.Form,
	})
	if err != nil {
		return stored{}, err
	}
	if _, err := tx.Exec(ctx, `
		insert into month_report (id, district_code, subdistrict_code, month, form) values ($1, $2, $3, $4, $5)`,
		id, district, n.Subdistrict, m.Time, n.Form); err != nil {
		return stored{}, refused(err, "draft a monthly report")
	}
	lines := make([]placed, 0, len(found))
	for _, c := range found {
		if c.reported(n.Subdistrict, n.Form) || c.kept(n.Subdistrict, n.Form) {
			lines = append(lines, placed{c.id, c.line.MonthLineDraft})
		}
	}
	if err := writeLines(ctx, tx, district, id, lines); err != nil {
		return stored{}, err
	}
	tx.Changed(stored{district: district, unit: n.Subdistrict}.change())
	err = account.Record(ctx, tx, account.Entry{
		Action: "month.draft", Entity: "month", Code: m.String(), District: district,
		After: map[string]any{"subdistrict_code": n.Subdistrict, "form": n.Form, "lines": len(lines)},
	})
	if err != nil {
		return stored{}, err
	}
	return find(ctx, tx, account.Everything, district, m, id, "for update")
}

// placed is a row with the id of its project.
type placed struct {
	project int64
	MonthLineDraft
}

func writeLines(ctx context.Context, tx *postgis.Tx, district string, report uuid.UUID, lines []placed) error {
	batch := &pgx.Batch{}
	batch.Queue(`delete from month_line where report_id = $1`, report)
	for i, l := range lines {
		f := l.rounded()
		batch.Queue(`
			insert into month_line (report_id, project_id, place, plan_area_wan, plan_households, plan_buildings, investment_wan,
			    g1_area_wan, g1_households, g1_buildings, g2_area_wan, g2_households, g2_buildings,
			    g3_area_wan, g3_households, g3_buildings, spent_wan, remark, starts_on, correction, district_code)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19::date, $20, $21)`,
			report, l.project, i+1, f.Plan.AreaWan, f.Plan.Households, f.Plan.Buildings, f.InvestmentWan,
			f.G1.AreaWan, f.G1.Households, f.G1.Buildings, f.G2.AreaWan, f.G2.Households, f.G2.Buildings,
			f.G3.AreaWan, f.G3.Households, f.G3.Buildings, f.SpentWan, l.Remark, l.StartsOn, l.Correction, district)
	}
	return refused(tx.SendBatch(ctx, batch).Close(), "store the rows of a report")
}

// refused says in words which rule of the database a write would break.
func refused(err error, doing string) error {
	if err == nil {
		return nil
	}
	constraint, _ := postgis.Violation(err)
	switch constraint {
	case "month_report_frozen":
		return &StateError{Frozen: true, Detail: "这个月已经关闭冻结，不能再改；更正请填在下个月的报表里"}
	case "month_report_district_code_subdistrict_code_month_form_key":
		return &StateError{Detail: "本单位这个月已有这张表"}
	case "month_line_area", "month_line_households", "month_line_buildings":
		return &InvalidError{Field: "lines", Detail: "1+2+3组之和多于年度改造计划（" + noteTwo + "）"}
	case "month_line_remark", "month_report_settled":
		return &InvalidError{Field: "lines", Detail: "有未开工部分的项目须在备注中说明情况并填写启动日期（" + noteThree + "）"}
	}
	if strings.HasPrefix(constraint, "month_line_") {
		return &InvalidError{Field: "lines", Detail: "有数值超出报表的范围"}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "22003" {
		return &InvalidError{Field: "lines", Detail: "数值过大"}
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// SaveReport replaces what was filled in of a report that the person saw at
// version. Errors: *InvalidError, *AreaUnitError, *StateError,
// postgis.ErrVersion, postgis.ErrNotFound, *account.OutsideError.
func (s *Store) SaveReport(ctx context.Context, scope account.Scope, district string, m Month, id uuid.UUID, version int, draft MonthReportDraft) (MonthReport, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return MonthReport{}, err
	}
	var out MonthReport
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		r, err := s.open(ctx, tx, scope, district, m, id, version)
		if err != nil {
			return err
		}
		before, err := s.report(ctx, tx, choice, account.Everything, r)
		if err != nil {
			return err
		}
		draft.Difficulties = strings.TrimSpace(draft.Difficulties)
		if err := personal("difficulties", draft.Difficulties); err != nil {
			return err
		}
		lines, err := readLines(ctx, tx, choice, r, draft)
		if err != nil {
			return err
		}
		if err := complete(draft.Lines, before); err != nil {
			return err
		}
		if err := writeLines(ctx, tx, district, id, lines); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update month_report set difficulties = $2 where id = $1`, id, draft.Difficulties); err != nil {
			return refused(err, "save a report")
		}
		out, err = s.stamp(ctx, tx, choice, scope, r, "month.save", before)
		return err
	})
	return out, err
}

// open locks a report that the person may fill in and saw at version.
func (s *Store) open(ctx context.Context, tx *postgis.Tx, scope account.Scope, district string, m Month, id uuid.UUID, version int) (stored, error) {
	r, err := find(ctx, tx, scope, district, m, id, "for update")
	if err != nil {
		return r, err
	}
	if err := account.Demand(ctx, account.FillProgress, r.place()); err != nil {
		return r, err
	}
	return r, r.writable(version)
}

// writable tells whether the report may be filled in by who saw it at version.
func (r stored) writable(version int) error {
	switch {
	case r.state == Frozen:
		return &StateError{Frozen: true, Detail: "报表已冻结，不能再改；更正请填在下个月的报表里"}
	case r.state == Submitted:
		return &StateError{Detail: "报表已报送；需要更正时请主管部门退回"}
	case r.version != version:
		return fmt.Errorf("report %s is at version %d, not %d: %w", r.id, r.version, version, postgis.ErrVersion)
	}
	return nil
}

// stamp raises the version of a changed report, leaves an audit entry and reads
// it back.
func (s *Store) stamp(ctx context.Context, tx *postgis.Tx, choice policy.Choice, scope account.Scope, r stored, action string, before MonthReport) (MonthReport, error) {
	if _, err := tx.Exec(ctx, `update month_report set version = version + 1 where id = $1`, r.id); err != nil {
		return MonthReport{}, refused(err, "save a report")
	}
	after, err := find(ctx, tx, account.Everything, r.district, r.month, r.id, "")
	if err != nil {
		return MonthReport{}, err
	}
	whole, err := s.report(ctx, tx, choice, account.Everything, after)
	if err != nil {
		return MonthReport{}, err
	}
	tx.Changed(r.change())
	err = account.Record(ctx, tx, account.Entry{
		Action: action, Entity: "month", Code: r.month.String(), District: r.district, Before: trail(before), After: trail(whole),
	})
	if err != nil || scope.Zones == nil {
		return whole, err
	}
	return s.report(ctx, tx, choice, scope, after)
}

// trail is what the audit trail keeps of a report.
func trail(r MonthReport) any {
	lines := make([]MonthLineDraft, 0, len(r.Lines))
	for _, l := range r.Lines {
		lines = append(lines, l.MonthLineDraft)
	}
	return map[string]any{
		"subdistrict_code": r.Unit.Code, "form": r.Form, "state": r.State, "state_reason": r.StateReason,
		"difficulties": r.Difficulties, "lines": lines, "version": r.Version,
	}
}

// readLines finds the projects of what was sent and refuses what cannot be
// stored: rows twice, unknown projects, residents' numbers, groups above the
// plan; areas in square metres are asked about.
func readLines(ctx context.Context, q querier, choice policy.Choice, r stored, draft MonthReportDraft) ([]placed, error) {
	codes := make([]string, 0, len(draft.Lines))
	for i, l := range draft.Lines {
		if slices.Contains(codes, l.Project) {
			return nil, &InvalidError{Field: fmt.Sprintf("lines[%d].project", i), Detail: "同一项目出现了两行"}
		}
		codes = append(codes, l.Project)
	}
	found, err := projectsOf(ctx, q, choice, r, codes)
	if err != nil {
		return nil, err
	}
	var out []placed
	var wrong []Part
	var doubts []AreaDoubt
	for i, l := range draft.Lines {
		field := fmt.Sprintf("lines[%d].", i)
		at := slices.IndexFunc(found, func(c candidate) bool { return c.line.Project == l.Project })
		if at < 0 {
			return nil, &InvalidError{Field: field + "project", Detail: "没有这个项目：" + l.Project}
		}
		l.Remark, l.Correction = strings.TrimSpace(l.Remark), strings.TrimSpace(l.Correction)
		if err := readTexts(field, &l); err != nil {
			return nil, err
		}
		if !draft.AreasConfirmed {
			doubts = append(doubts, found[at].squareMetres(MonthLine{MonthLineDraft: l})...)
		}
		for _, p := range slices.Concat(tooLarge(l.MonthFigures), tooMuch(l.MonthFigures)) {
			wrong = append(wrong, Part{Field: field + p.Field, Detail: "“" + found[at].line.Name + "”" + p.Text + "（" + p.Clause + "）"})
		}
		out = append(out, placed{found[at].id, l})
	}
	if len(doubts) > 0 {
		return nil, &AreaUnitError{doubts}
	}
	if len(wrong) > 0 {
		return nil, &InvalidError{Field: wrong[0].Field, Detail: wrong[0].Detail, More: wrong[1:]}
	}
	return out, nil
}

func readTexts(field string, l *MonthLineDraft) error {
	for _, t := range []struct{ key, text string }{{"remark", l.Remark}, {"correction", l.Correction}} {
		if err := personal(field+t.key, t.text); err != nil {
			return err
		}
	}
	if l.StartsOn != nil && *l.StartsOn == "" {
		l.StartsOn = nil
	}
	if l.StartsOn == nil {
		return nil
	}
	_, err := parseDate(field+"starts_on", *l.StartsOn)
	return err
}

// projectsOf are the projects that a report may have rows of, by code: those of
// the district, whether they are to be reported or not.
func projectsOf(ctx context.Context, q querier, choice policy.Choice, r stored, codes []string) ([]candidate, error) {
	rows, err := q.Query(ctx, `select id from published_project where district_code = $1 and code = any($2)`, r.district, codes)
	if err != nil {
		return nil, fmt.Errorf("look projects up: %w", err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, fmt.Errorf("look projects up: %w", err)
	}
	calendar, err := calendarOf(choice, r.month)
	if err != nil {
		return nil, err
	}
	return candidates(ctx, q, about{
		district: r.district, month: r.month, cutOff: calendar.to, unit: &r.unit, form: r.form, besides: ids,
	})
}

// complete: the projects of the year's plan all have a row, and so has what the
// total cannot lose.
func complete(lines []MonthLineDraft, before MonthReport) error {
	var left []string
	for _, l := range slices.Concat(before.Lines, before.Offered) {
		listed := !slices.ContainsFunc(l.Problems, func(p MonthProblem) bool { return p.Field == "project" })
		if listed && !l.CarriedOver && !slices.ContainsFunc(lines, func(d MonthLineDraft) bool { return d.Project == l.Project }) {
			left = append(left, "“"+l.Name+"”")
		}
	}
	if len(left) > 0 {
		return &InvalidError{Field: "lines", Detail: "本年度改造计划的项目须逐个列入，缺：" + strings.Join(left, "、")}
	}
	return noneDropped(lines, before)
}

// SubmitReport hands a report in to the bureau. What the form asks for has to be
// there; the rows are then settled in the database's eyes too.
func (s *Store) SubmitReport(ctx context.Context, scope account.Scope, district string, m Month, id uuid.UUID, version int) (MonthReport, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return MonthReport{}, err
	}
	var out MonthReport
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		r, err := s.open(ctx, tx, scope, district, m, id, version)
		if err != nil {
			return err
		}
		before, err := s.report(ctx, tx, choice, account.Everything, r)
		if err != nil {
			return err
		}
		if err := ready(before); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update month_line set settled = true where report_id = $1`, id); err != nil {
			return refused(err, "settle the rows of a report")
		}
		if _, err := tx.Exec(ctx, `
			update month_report set state = 'submitted', state_reason = '', submitted_by = $2, submitted_at = $3 where id = $1`,
			id, account.Name(ctx), s.now().Truncate(time.Second)); err != nil {
			return refused(err, "hand a report in")
		}
		out, err = s.stamp(ctx, tx, choice, scope, r, "month.submit", before)
		return err
	})
	return out, err
}

// ready says everything that keeps a report from being handed in.
func ready(r MonthReport) error {
	drafts := make([]MonthLineDraft, 0, len(r.Lines))
	var wrong []Part
	for i, l := range r.Lines {
		drafts = append(drafts, l.MonthLineDraft)
		for _, p := range l.Problems {
			if p.Level == Fault {
				wrong = append(wrong, Part{Field: fmt.Sprintf("lines[%d].%s", i, p.Field), Detail: fmt.Sprintf("“%s”%s（%s）", l.Name, p.Text, p.Clause)})
			}
		}
	}
	if err := complete(drafts, r); err != nil {
		return err
	}
	if len(wrong) > 0 {
		return &InvalidError{Field: wrong[0].Field, Detail: wrong[0].Detail, More: wrong[1:]}
	}
	return nil
}

// ReturnReport sends a report back to be corrected, with a reason.
func (s *Store) ReturnReport(ctx context.Context, scope account.Scope, district string, m Month, id uuid.UUID, version int, reason string) (MonthReport, error) {
	reason = strings.TrimSpace(reason)
	if reason == "" {
		return MonthReport{}, &InvalidError{Field: "reason", Detail: "请说明退回的原因"}
	}
	if err := personal("reason", reason); err != nil {
		return MonthReport{}, err
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return MonthReport{}, err
	}
	var out MonthReport
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		r, err := find(ctx, tx, scope, district, m, id, "for update")
		if err != nil {
			return err
		}
		if err := account.Demand(ctx, account.DecideProgram, r.place()); err != nil {
			return err
		}
		switch {
		case r.state == Frozen:
			return &StateError{Frozen: true, Detail: "报表已冻结，不能退回；更正请填在下个月的报表里"}
		case r.state != Submitted:
			return &StateError{Detail: "只有已报送的报表可以退回"}
		case r.version != version:
			return fmt.Errorf("report %s is at version %d, not %d: %w", id, r.version, version, postgis.ErrVersion)
		}
		before, err := s.report(ctx, tx, choice, account.Everything, r)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			update month_report set state = 'returned', state_reason = $2, submitted_by = '', submitted_at = null where id = $1`,
			id, reason); err != nil {
			return refused(err, "return a report")
		}
		out, err = s.stamp(ctx, tx, choice, scope, r, "month.return", before)
		return err
	})
	return out, err
}
