package progress

import (
	"context"
	"encoding/hex"
	"encoding/json"
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

// MonthClosing asks to close a month.
type MonthClosing struct {
	Reason string `json:"reason,omitempty" maxLength:"500" doc:"why it is closed although units have not handed in"`
}

// CloseMonth freezes a month for good: the reports of its units and, per form,
// the district's own, which is their union. Errors: *StateError where it is
// closed already, not over yet or follows an open one, *InvalidError where units
// are missing and no reason is given, *account.OutsideError.
func (s *Store) CloseMonth(ctx context.Context, scope account.Scope, district string, m Month, closing MonthClosing) ([]MonthReport, error) {
	closing.Reason = strings.TrimSpace(closing.Reason)
	if err := personal("reason", closing.Reason); err != nil {
		return nil, err
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return nil, err
	}
	if scope.District != "" && scope.District != district {
		return nil, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err := account.Demand(ctx, account.DecideProgram, account.Place{District: district}); err != nil {
		return nil, err
	}
	out := []MonthReport{}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		c := closer{store: s, choice: choice, district: district, month: m, reason: closing.Reason, by: account.Name(ctx), at: s.now().Truncate(time.Second)}
		if err := c.gather(ctx, tx); err != nil {
			return err
		}
		if err := c.freezeUnits(ctx, tx); err != nil {
			return err
		}
		after := map[string]any{"reason": c.reason}
		for _, form := range Forms() {
			r, err := c.freezeDistrict(ctx, tx, form)
			if err != nil {
				return err
			}
			after[string(form)] = r.SHA256
			out = append(out, r)
		}
		tx.Changed(postgis.Change{District: district, Layer: "progress", Everybody: true})
		return account.Record(ctx, tx, account.Entry{Action: "month.close", Entity: "month", Code: m.String(), District: district, After: after})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// closer closes one month.
type closer struct {
	store      *Store
	choice     policy.Choice
	district   string
	name       string
	month      Month
	reason, by string
	at         time.Time
	units      []MonthReport // handed in
	stored     []stored
	missing    map[Form][]ReportUnit
}

// gather locks the month's reports and refuses what keeps it open.
func (c *closer) gather(ctx context.Context, tx *postgis.Tx) error {
	calendar, err := calendarOf(c.choice, c.month)
	if err != nil {
		return err
	}
	if clock.Day(c.at).Before(calendar.to) {
		return &StateError{Detail: fmt.Sprintf("统计期到%s为止，还不能关闭", spoken(calendar.to))}
	}
	if c.name, err = c.store.unitName(ctx, tx, c.district, ""); err != nil {
		return err
	}
	// One at a time: who comes second finds the month closed.
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('month ' || $1, 0))`, c.district); err != nil {
		return fmt.Errorf("close %s: %w", c.month, err)
	}
	if err := mayClose(ctx, tx, c.district, c.month); err != nil {
		return err
	}
	rows, err := tx.Query(ctx, selectReport+`
		where district_code = $1 and month = $2 and subdistrict_code <> '' and state = 'submitted'
		order by subdistrict_code, form for update`, c.district, c.month.Time)
	if err != nil {
		return fmt.Errorf("close %s: %w", c.month, err)
	}
	if c.stored, err = pgx.CollectRows(rows, scanReport); err != nil {
		return fmt.Errorf("close %s: %w", c.month, err)
	}
	for _, r := range c.stored {
		report, err := c.store.report(ctx, tx, c.choice, account.Everything, r)
		if err != nil {
			return err
		}
		if report.Faults > 0 {
			return &StateError{Detail: fmt.Sprintf("%s的%s有%d处不符合填报要求，请先退回更正", report.Unit.Name, report.FormName, report.Faults)}
		}
		c.units = append(c.units, report)
	}
	return c.findMissing(ctx, tx, calendar)
}

// findMissing: units that have projects to report and have not handed in.
func (c *closer) findMissing(ctx context.Context, tx *postgis.Tx, calendar MonthCalendar) error {
	found, err := candidates(ctx, tx, about{district: c.district, month: c.month, cutOff: calendar.to})
	if err != nil {
		return err
	}
	c.missing = missingUnits(found, func(form Form, unit string) bool {
		return slices.ContainsFunc(c.stored, func(r stored) bool { return r.form == form && r.unit == unit })
	})
	var names []string
	for _, form := range Forms() {
		for _, u := range c.missing[form] {
			names = append(names, u.Name+formNames[form])
		}
	}
	if len(names) > 0 && c.reason == "" {
		return &InvalidError{Field: "reason", Detail: "还没有报送：" + strings.Join(names, "、") + "。要不等它们就关闭，请写明原因"}
	}
	return nil
}

// missingUnits are the units that have projects to report, by form, and have not
// handed in.
func missingUnits(found []candidate, handedIn func(Form, string) bool) map[Form][]ReportUnit {
	missing := map[Form][]ReportUnit{}
	for _, p := range found {
		if p.unit.Code != "" && !handedIn(p.form, p.unit.Code) && !slices.Contains(missing[p.form], p.unit) {
			missing[p.form] = append(missing[p.form], p.unit)
		}
	}
	for _, units := range missing {
		slices.SortFunc(units, func(a, b ReportUnit) int { return strings.Compare(a.Code, b.Code) })
	}
	return missing
}

// mayClose: a month is closed once, and after the months before it.
func mayClose(ctx context.Context, q querier, district string, m Month) error {
	var closed *time.Time
	var earlier *time.Time
	err := q.QueryRow(ctx, `
		select (select max(frozen_at) from month_report where district_code = $1 and subdistrict_code = '' and month = $2 and state = 'frozen'),
		       (select min(r.month) from month_report r
		        where r.district_code = $1 and r.month < $2 and r.month >= date_trunc('year', $2::date) and r.subdistrict_code <> ''
		          and not exists (select from month_report d where d.district_code = $1 and d.subdistrict_code = '' and d.month = r.month))`,
		district, m.Time).Scan(&closed, &earlier)
	switch {
	case err != nil:
		return fmt.Errorf("look whether %s may be closed: %w", m, err)
	case closed != nil:
		return &StateError{Frozen: true, Detail: fmt.Sprintf("%d年%d月已于%s关闭，不能重复关闭", m.Year(), m.Month(), spoken(closed.In(clock.China)))}
	case earlier != nil:
		return &StateError{Detail: fmt.Sprintf("请先关闭%d年%d月：累计数逐月相接", earlier.Year(), earlier.Month())}
	}
	return nil
}

func (c *closer) freezeUnits(ctx context.Context, tx *postgis.Tx) error {
	for i, r := range c.units {
		r.State, r.FrozenBy, r.FrozenAt = Frozen, c.by, &c.at
		text, digest, printed, err := c.preserve(r)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `
			update month_report
			set state = 'frozen', frozen_by = $2, frozen_at = $3, snapshot = $4, sha256 = $5, printed = $6, version = version + 1
			where id = $1`, c.stored[i].id, c.by, c.at, text, digest, printed); err != nil {
			return refused(err, "freeze a report")
		}
	}
	return nil
}

// freezeDistrict keeps the union of the units' reports on one form.
func (c *closer) freezeDistrict(ctx context.Context, tx *postgis.Tx, form Form) (MonthReport, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return MonthReport{}, fmt.Errorf("make an id: %w", err)
	}
	row := stored{id: id, district: c.district, month: c.month, form: form, state: Frozen, version: 1, frozenBy: c.by, frozenAt: &c.at}
	r, err := c.store.head(ctx, tx, c.choice, row)
	if err != nil {
		return r, err
	}
	r.join(c.units, form)
	if r.Missing = c.missing[form]; r.Missing == nil {
		r.Missing = []ReportUnit{}
	}
	if len(r.Missing) > 0 {
		r.StateReason = c.reason
	}
	text, digest, printed, err := c.preserve(r)
	if err != nil {
		return r, err
	}
	if _, err := tx.Exec(ctx, `
		insert into month_report (id, district_code, month, form, state, state_reason, difficulties, frozen_by, frozen_at, snapshot, sha256, printed)
		values ($1, $2, $3, $4, 'frozen', $5, $6, $7, $8, $9, $10, $11)`,
		id, c.district, c.month.Time, form, r.StateReason, r.Difficulties, c.by, c.at, text, digest, printed); err != nil {
		return r, refused(err, "freeze the district's report")
	}
	r.SHA256 = hex.EncodeToString(digest)
	return r, nil
}

func (c *closer) preserve(r MonthReport) (text, digest, printed []byte, err error) {
	snapshot := snapshotOf(c.choice, ReportUnit{Code: c.district, Name: c.name}, r)
	if text, digest, err = snapshot.encode(); err != nil {
		return nil, nil, nil, err
	}
	printed, err = snapshot.Print(hex.EncodeToString(digest))
	return text, digest, printed, err
}

// join makes the union of units' reports on a form.
func (r *MonthReport) join(units []MonthReport, form Form) {
	var words []string
	for _, u := range units {
		if u.Form != form {
			continue
		}
		for _, l := range u.Lines {
			r.add(l)
		}
		if u.Difficulties != "" {
			words = append(words, u.Unit.Name+"："+u.Difficulties)
		}
	}
	r.Difficulties = strings.Join(words, "\n")
}

// RollUp is the district's report of a month on a form: frozen once the month is
// closed, until then the union of what has been handed in. Only who reaches the
// whole district sees it.
func (s *Store) RollUp(ctx context.Context, scope account.Scope, district string, m Month, form Form) (MonthReport, error) {
	if scope.Subdistricts != nil || scope.Zones != nil || scope.District != "" && scope.District != district {
		return MonthReport{}, fmt.Errorf("roll-up of %s: %w", district, postgis.ErrNotFound)
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return MonthReport{}, err
	}
	rows, err := s.db.Pool.Query(ctx, selectReport+`
		where district_code = $1 and month = $2 and form = $3 and (subdistrict_code = '' or state = 'submitted')
		order by subdistrict_code`, district, m.Time, form)
	if err != nil {
		return MonthReport{}, fmt.Errorf("roll %s up: %w", m, err)
	}
	found, err := pgx.CollectRows(rows, scanReport)
	if err != nil {
		return MonthReport{}, fmt.Errorf("roll %s up: %w", m, err)
	}
	if len(found) > 0 && found[0].unit == "" {
		return s.report(ctx, s.db.Pool, choice, scope, found[0])
	}
	return s.union(ctx, choice, district, m, form, found)
}

func (s *Store) union(ctx context.Context, choice policy.Choice, district string, m Month, form Form, found []stored) (MonthReport, error) {
	out, err := s.head(ctx, s.db.Pool, choice, stored{district: district, month: m, form: form, state: Draft})
	if err != nil {
		return out, err
	}
	out.ID, out.MayFill, out.Late = nil, false, false
	listed, err := unionOf(ctx, s.db.Pool, &out, district, m, form, found)
	if err != nil {
		return out, err
	}
	missing := missingUnits(listed, func(_ Form, unit string) bool {
		return slices.ContainsFunc(found, func(r stored) bool { return r.unit == unit })
	})
	out.Missing = append(out.Missing, missing[form]...)
	return out, nil
}

// unionOf puts the rows of units' reports into one, all of them judged by one
// look at the data, which it returns.
func unionOf(ctx context.Context, q querier, into *MonthReport, district string, m Month, form Form, found []stored) ([]candidate, error) {
	ids := make([]uuid.UUID, 0, len(found))
	for _, r := range found {
		ids = append(ids, r.id)
	}
	projects, lines, err := linesOfAll(ctx, q, ids)
	if err != nil {
		return nil, err
	}
	listed, err := candidates(ctx, q, about{district: district, month: m, cutOff: into.Calendar.to, form: form, besides: projects})
	if err != nil {
		return nil, err
	}
	var words []string
	for _, r := range found {
		name := r.unit
		for _, c := range listed {
			if c.unit.Code == r.unit {
				name = c.unit.Name
			}
		}
		unit := MonthReport{Unit: ReportUnit{Code: r.unit, Name: name}, Form: form}
		unit.fill(lines[r.id], listed)
		for _, l := range unit.Lines {
			into.add(l)
		}
		if r.difficulties != "" {
			words = append(words, name+"："+r.difficulties)
		}
	}
	into.Difficulties = strings.Join(words, "\n")
	return slices.DeleteFunc(listed, func(c candidate) bool { return !c.listed || c.form != form }), nil
}

// Snapshot is a report by itself with its digest: of a frozen one, what was
// frozen. A contractor, who sees rows only, gets none.
func (s *Store) Snapshot(ctx context.Context, scope account.Scope, district string, m Month, id uuid.UUID) (Snapshot, string, error) {
	r, err := s.whole(ctx, scope, district, m, id)
	if err != nil {
		return Snapshot{}, "", err
	}
	if r.state == Frozen {
		var kept Snapshot
		if err := json.Unmarshal(r.snapshot, &kept); err != nil {
			return kept, "", fmt.Errorf("read the snapshot of report %s: %w", id, err)
		}
		return kept, hex.EncodeToString(r.sha256), nil
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return Snapshot{}, "", err
	}
	report, err := s.report(ctx, s.db.Pool, choice, scope, r)
	if err != nil {
		return Snapshot{}, "", err
	}
	name, err := s.unitName(ctx, s.db.Pool, district, "")
	return snapshotOf(choice, ReportUnit{Code: district, Name: name}, report), "", err
}

// Print is a report as it is printed. What was frozen is the very page that was
// made then.
func (s *Store) Print(ctx context.Context, scope account.Scope, district string, m Month, id uuid.UUID) ([]byte, error) {
	r, err := s.whole(ctx, scope, district, m, id)
	if err != nil {
		return nil, err
	}
	if r.printed != nil {
		return r.printed, nil
	}
	snapshot, digest, err := s.Snapshot(ctx, scope, district, m, id)
	if err != nil {
		return nil, err
	}
	return snapshot.Print(digest)
}

func (s *Store) whole(ctx context.Context, scope account.Scope, district string, m Month, id uuid.UUID) (stored, error) {
	if scope.Zones != nil {
		return stored{}, fmt.Errorf("report %s: %w", id, postgis.ErrNotFound)
	}
	return find(ctx, s.db.Pool, scope, district, m, id, "")
}
