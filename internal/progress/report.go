package progress

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// MonthReport is a monthly report of a unit on one form. A frozen one is what was
// frozen, whatever its projects are called now.
type MonthReport struct {
	ID           *uuid.UUID    `json:"id" doc:"null: a roll-up that is not closed yet"`
	Month        string        `json:"month"`
	Form         Form          `json:"form" enum:"annex6,annex7"`
	FormName     string        `json:"form_name"`
	Title        string        `json:"title"`
	Unit         ReportUnit    `json:"unit"`
	Calendar     MonthCalendar `json:"calendar"`
	State        State         `json:"state" enum:"draft,submitted,returned,frozen"`
	StateReason  string        `json:"state_reason"`
	Difficulties string        `json:"difficulties" doc:"遇到的困难问题及有关意见建议"`
	Lines        []MonthLine   `json:"lines"`
	Totals       MonthFigures  `json:"totals"`
	Offered      []MonthLine   `json:"offered" doc:"projects that are to be reported and have no row"`
	Gone         []string      `json:"gone" doc:"names of projects that the month before had and that are not to be reported any more"`
	Missing      []ReportUnit  `json:"missing" doc:"of a roll-up: units that have not handed in"`
	Partial      bool          `json:"partial" doc:"only the rows of the person's own projects are shown"`
	Faults       int           `json:"faults"`
	Late         bool          `json:"late" doc:"not handed in, or after the day"`
	Version      int           `json:"version"`
	SubmittedBy  string        `json:"submitted_by"`
	SubmittedAt  *time.Time    `json:"submitted_at"`
	FrozenBy     string        `json:"frozen_by"`
	FrozenAt     *time.Time    `json:"frozen_at"`
	SHA256       string        `json:"sha256" doc:"of the frozen snapshot"`
	MayFill      bool          `json:"may_fill" doc:"the person may change it as it stands"`
	MayReturn    bool          `json:"may_return" doc:"the person may send it back as it stands"`
}

// stored is a row of month_report.
type stored struct {
	id                        uuid.UUID
	district, unit            string
	month                     Month
	form                      Form
	state                     State
	reason, difficulties      string
	version                   int
	submittedBy, frozenBy     string
	submittedAt, frozenAt     *time.Time
	snapshot, sha256, printed []byte
}

// change tells of the report: a subdistrict's to that, the district's to who sees
// all of it.
func (r stored) change() postgis.Change {
	c := postgis.Change{District: r.district, Layer: "progress"}
	if r.unit != "" {
		c.Subdistricts = []string{r.unit}
	}
	return c
}

const selectReport = `
	select id, district_code, subdistrict_code, month, form, state, state_reason, difficulties, version,
	       submitted_by, submitted_at, frozen_by, frozen_at, snapshot, sha256, printed
	from month_report `

func scanReport(row pgx.CollectableRow) (r stored, err error) {
	err = row.Scan(&r.id, &r.district, &r.unit, &r.month.Time, &r.form, &r.state, &r.reason, &r.difficulties, &r.version,
		&r.submittedBy, &r.submittedAt, &r.frozenBy, &r.frozenAt, &r.snapshot, &r.sha256, &r.printed)
	return r, err
}

// find returns a report that the scope reaches: a unit's to who reaches the unit,
// the district's to who reaches all of it.
func find(ctx context.Context, q querier, scope account.Scope, district string, m Month, id uuid.UUID, lock string) (stored, error) {
	rows, err := q.Query(ctx, selectReport+`
		where id = $1 and district_code = $2 and month = $3 and ($4 = '' or district_code = $4)
		  and ($5::text[] is null or subdistrict_code = any($5)) `+lock,
		id, district, m.Time, scope.District, scope.Subdistricts)
	if err != nil {
		return stored{}, fmt.Errorf("find report %s: %w", id, err)
	}
	r, err := pgx.CollectExactlyOneRow(rows, scanReport)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, fmt.Errorf("report %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return r, fmt.Errorf("find report %s: %w", id, err)
	}
	return r, nil
}

// place is where a report's things lie, for account.Demand.
func (r stored) place() account.Place {
	if r.unit == "" {
		return account.Place{District: r.district}
	}
	return account.Place{District: r.district, Subdistricts: []string{r.unit}}
}

// Report returns a monthly report, or postgis.ErrNotFound.
func (s *Store) Report(ctx context.Context, scope account.Scope, district string, m Month, id uuid.UUID) (MonthReport, error) {
	r, err := find(ctx, s.db.Pool, scope, district, m, id, "")
	if err != nil {
		return MonthReport{}, err
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return MonthReport{}, err
	}
	return s.report(ctx, s.db.Pool, choice, scope, r)
}

func (s *Store) report(ctx context.Context, q querier, choice policy.Choice, scope account.Scope, r stored) (MonthReport, error) {
	out, err := s.head(ctx, q, choice, r)
	if err != nil {
		return out, err
	}
	if r.state == Frozen {
		return s.asFrozen(ctx, q, scope, out, r)
	}
	projects, saved, err := linesOf(ctx, q, r.id)
	if err != nil {
		return out, err
	}
	found, err := withLast(ctx, q, about{
		district: r.district, month: r.month, cutOff: out.Calendar.to, unit: &r.unit, form: r.form, besides: projects, scope: scope,
	})
	if err != nil {
		return out, err
	}
	out.fill(saved, found)
	if err := out.onlyOwn(scope.Zones != nil); err != nil {
		return out, err
	}
	if out.Gone, err = gone(ctx, q, scope, r, found); err != nil {
		return out, err
	}
	return out, nil
}

// head is a report without its rows.
func (s *Store) head(ctx context.Context, q querier, choice policy.Choice, r stored) (MonthReport, error) {
	name, err := s.unitName(ctx, q, r.district, r.unit)
	if err != nil {
		return MonthReport{}, err
	}
	calendar, err := calendarOf(choice, r.month)
	if err != nil {
		return MonthReport{}, err
	}
	id := r.id
	out := MonthReport{
		ID: &id, Month: r.month.String(), Form: r.form, FormName: formNames[r.form], Title: layoutOf(choice, r.form).title(r.month),
		Unit: ReportUnit{Code: r.unit, Name: name}, Calendar: calendar, State: r.state, StateReason: r.reason, Difficulties: r.difficulties,
		Lines: []MonthLine{}, Offered: []MonthLine{}, Gone: []string{}, Missing: []ReportUnit{},
		Late: late(r.submittedAt, calendar, s.now()), Version: r.version, SubmittedBy: r.submittedBy, SubmittedAt: r.submittedAt,
		FrozenBy: r.frozenBy, FrozenAt: r.frozenAt, SHA256: hex.EncodeToString(r.sha256),
	}
	open := r.state == Draft || r.state == Returned
	out.MayFill = open && account.Demand(ctx, account.FillProgress, r.place()) == nil
	out.MayReturn = r.state == Submitted && account.Demand(ctx, account.DecideProgram, r.place()) == nil
	return out, nil
}

// late tells whether a report came after its day, or has not come although the
// day is over.
func late(submitted *time.Time, c MonthCalendar, now time.Time) bool {
	at := now
	if submitted != nil {
		at = *submitted
	}
	return clock.Day(at).After(c.Report.at)
}

// fill puts the rows in, each judged by what the data say now, and offers what
// has none.
func (r *MonthReport) fill(saved []MonthLine, found []candidate) {
	for _, l := range saved {
		at := slices.IndexFunc(found, func(c candidate) bool { return c.line.Project == l.Project })
		if at < 0 {
			continue // outside the person's scope
		}
		c := found[at]
		l.Name, l.Unit, l.CarriedOver, l.Generated, l.Before = c.line.Name, c.unit, c.line.CarriedOver, c.line.Generated, c.line.Before
		proposed := c.line.MonthFigures
		l.Proposed = &proposed
		l.Problems, l.kept = c.check(l), c.kept(r.Unit.Code, r.Form)
		switch {
		case c.reported(r.Unit.Code, r.Form):
		case l.kept:
			l.Problems = append(l.Problems, MonthProblem{
				Field: "project", Level: Warning, Clause: growth, Text: "项目已不在实施项目中，但已报累计完成数，须保留本行",
			})
		default:
			l.Problems = append(l.Problems, MonthProblem{
				Field: "project", Level: Warning, Clause: noteOne, Text: "项目已不在本单位本年的实施项目中，请核对是否保留本行",
			})
		}
		r.add(l)
	}
	for _, c := range found {
		kept := c.kept(r.Unit.Code, r.Form)
		if !kept && !c.reported(r.Unit.Code, r.Form) || slices.ContainsFunc(saved, func(l MonthLine) bool { return l.Project == c.line.Project }) {
			continue
		}
		l := c.offer()
		if l.kept = kept; kept {
			l.Problems = append(l.Problems, MonthProblem{Field: "row", Level: Fault, Clause: growth, Text: c.line.Before.dropped()})
			r.Faults++
		}
		r.Offered = append(r.Offered, l)
	}
}

func (r *MonthReport) add(l MonthLine) {
	r.Lines = append(r.Lines, l)
	r.Totals = r.Totals.plus(l.MonthFigures)
	for _, p := range l.Problems {
		if p.Level == Fault {
			r.Faults++
		}
	}
}

// reported tells whether the project is to be reported by the unit on the form.
func (c candidate) reported(unit string, form Form) bool {
	return c.listed && c.unit.Code == unit && c.form == form
}

// offer is a row as the data propose it.
func (c candidate) offer() MonthLine {
	l := c.line
	proposed := l.MonthFigures
	l.Unit, l.Proposed, l.Problems = c.unit, &proposed, c.check(l)
	return l
}

const selectLine = `
	select l.project_id, p.code, p.name, l.plan_area_wan, l.plan_households, l.plan_buildings, l.investment_wan,
	       l.g1_area_wan, l.g1_households, l.g1_buildings, l.g2_area_wan, l.g2_households, l.g2_buildings,
	       l.g3_area_wan, l.g3_households, l.g3_buildings, l.spent_wan, l.remark, l.starts_on::text, l.correction
	from month_line l
	join published_project p on p.id = l.project_id `

// scanLine reads a row of selectLine, behind what first points to.
func scanLine(row pgx.CollectableRow, first ...any) (id int64, l MonthLine, err error) {
	err = row.Scan(append(first, &id, &l.Project, &l.Name, &l.Plan.AreaWan, &l.Plan.Households, &l.Plan.Buildings, &l.InvestmentWan,
		&l.G1.AreaWan, &l.G1.Households, &l.G1.Buildings, &l.G2.AreaWan, &l.G2.Households, &l.G2.Buildings,
		&l.G3.AreaWan, &l.G3.Households, &l.G3.Buildings, &l.SpentWan, &l.Remark, &l.StartsOn, &l.Correction)...)
	return id, l, err
}

// linesOf are the saved rows of a report in their order, with the ids of their
// projects.
func linesOf(ctx context.Context, q querier, report uuid.UUID) (ids []int64, lines []MonthLine, err error) {
	rows, err := q.Query(ctx, selectLine+`where l.report_id = $1 order by l.place, p.code`, report)
	if err != nil {
		return nil, nil, fmt.Errorf("read the rows of report %s: %w", report, err)
	}
	lines, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (MonthLine, error) {
		id, l, err := scanLine(row)
		ids = append(ids, id)
		return l, err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("read the rows of report %s: %w", report, err)
	}
	return ids, lines, nil
}

// linesOfAll are the saved rows of reports, with the ids of all their projects.
func linesOfAll(ctx context.Context, q querier, reports []uuid.UUID) ([]int64, map[uuid.UUID][]MonthLine, error) {
	rows, err := q.Query(ctx, strings.Replace(selectLine, "select ", "select l.report_id, ", 1)+`where l.report_id = any($1) order by l.place, p.code`, reports)
	if err != nil {
		return nil, nil, fmt.Errorf("read the rows of reports: %w", err)
	}
	defer rows.Close()
	var ids []int64
	out := map[uuid.UUID][]MonthLine{}
	for rows.Next() {
		var report uuid.UUID
		id, l, err := scanLine(rows, &report)
		if err != nil {
			return nil, nil, fmt.Errorf("read the rows of reports: %w", err)
		}
		ids = append(ids, id)
		out[report] = append(out[report], l)
	}
	return ids, out, rows.Err()
}

// gone are the projects of the newest earlier report of the unit in this year
// that are not to be reported any more.
func gone(ctx context.Context, q querier, scope account.Scope, r stored, found []candidate) ([]string, error) {
	if scope.Zones != nil {
		return []string{}, nil
	}
	codes := []string{}
	for _, c := range found {
		if c.listed {
			codes = append(codes, c.line.Project)
		}
	}
	rows, err := q.Query(ctx, `
		select p.name from month_report b
		join month_line l on l.report_id = b.id
		join published_project p on p.id = l.project_id
		where b.id = (
			select id from month_report
			where district_code = $1 and subdistrict_code = $2 and form = $3 and month < $4 and month >= make_date($5, 1, 1)
			order by month desc limit 1)
		  and not p.code = any($6)
		order by p.code`, r.district, r.unit, r.form, r.month.Time, r.month.Year(), codes)
	if err != nil {
		return nil, fmt.Errorf("read what is not reported any more: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("read what is not reported any more: %w", err)
	}
	return names, nil
}

// asFrozen is a report as its snapshot has it.
func (s *Store) asFrozen(ctx context.Context, q querier, scope account.Scope, out MonthReport, r stored) (MonthReport, error) {
	var snapshot Snapshot
	if err := json.Unmarshal(r.snapshot, &snapshot); err != nil {
		return out, fmt.Errorf("read the snapshot of report %s: %w", r.id, err)
	}
	own, err := s.ownProjects(ctx, q, scope, r.district)
	if err != nil {
		return out, err
	}
	out.Title, out.Unit, out.Difficulties, out.Missing = snapshot.Title, snapshot.Unit, snapshot.Difficulties, snapshot.Missing
	out.StateReason = snapshot.ClosingReason
	for _, row := range snapshot.Rows {
		if own == nil || slices.Contains(own, row.Project) {
			out.add(row.line())
		}
	}
	if out.Missing == nil {
		out.Missing = []ReportUnit{}
	}
	return out, out.onlyOwn(own != nil)
}

// onlyOwn keeps from a contractor what others wrote; a report without rows of
// its own does not exist for it.
func (r *MonthReport) onlyOwn(narrow bool) error {
	if !narrow {
		return nil
	}
	if len(r.Lines) == 0 {
		return fmt.Errorf("report %s: %w", r.ID, postgis.ErrNotFound)
	}
	r.Partial, r.Difficulties, r.StateReason, r.Offered, r.Missing = true, "", "", []MonthLine{}, []ReportUnit{}
	return nil
}

// ownProjects are the codes of the projects that a contractor works on; nil is
// no limit.
func (s *Store) ownProjects(ctx context.Context, q querier, scope account.Scope, district string) ([]string, error) {
	if scope.Zones == nil {
		return nil, nil
	}
	rows, err := q.Query(ctx, `select code from published_project where district_code = $1 and zone_id = any($2)`, district, scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("read the projects of zones: %w", err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, fmt.Errorf("read the projects of zones: %w", err)
	}
	return codes, nil
}
