package progress

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
)

// ProjectProgress is where a project has got.
type ProjectProgress struct {
	Project    string         `json:"project" doc:"code"`
	Name       string         `json:"name"`
	Milestones []Milestone    `json:"milestones" doc:"all five, in their order"`
	Filing     Filing         `json:"filing"`
	Handover   []PartHandover `json:"handover" doc:"all three parts by ownership"`
	ReportedBy *ReportUnit    `json:"reported_by" doc:"the subdistrict whose monthly report it is in: the one that holds most of its households; null: its communities lie in none"`
	Spans      int            `json:"spans" doc:"subdistricts that its communities lie in"`
	Warnings   []MonthProblem `json:"warnings"`
	Version    int            `json:"version" doc:"0: never saved"`
}

// ProgressDraft replaces the milestones and the handover of a project.
type ProgressDraft struct {
	Milestones []Milestone    `json:"milestones" maxItems:"5"`
	Handover   []PartHandover `json:"handover" maxItems:"3"`
}

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// Project returns where a project has got, or postgis.ErrNotFound.
func (s *Store) Project(ctx context.Context, scope account.Scope, district, code string) (ProjectProgress, error) {
	h, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return ProjectProgress{}, err
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return ProjectProgress{}, err
	}
	return s.project(ctx, s.db.Pool, choice, h)
}

func (s *Store) project(ctx context.Context, q querier, choice policy.Choice, h program.Held) (p ProjectProgress, err error) {
	p = ProjectProgress{Project: h.Code, Name: h.Name, Warnings: []MonthProblem{}}
	if p.Milestones, err = milestonesOf(ctx, q, h.ID); err != nil {
		return p, err
	}
	if p.Handover, err = handoverOf(ctx, q, h.ID); err != nil {
		return p, err
	}
	var unit ReportUnit
	err = q.QueryRow(ctx, `
		select coalesce((select version from project_progress where project_id = $1), 0),
		       coalesce(u.subdistrict_code, ''), coalesce(d.name, ''), coalesce(u.units, 0)
		from (select) as one
		left join published_project_unit u on u.project_id = $1
		left join published_subdistrict d on d.district_code = $2 and d.code = u.subdistrict_code`,
		h.ID, h.District).Scan(&p.Version, &unit.Code, &unit.Name, &p.Spans)
	if err != nil {
		return p, fmt.Errorf("read the progress of project %s: %w", h.Code, err)
	}
	if unit.Code != "" {
		p.ReportedBy = &unit
	}
	p.Filing = filing(choice, p.date(Acceptance), p.date(Filed), clock.Day(s.now()))
	if p.date(Start) == nil {
		return p, nil
	}
	consents, err := consentsOf(ctx, q, choice, h.ID, h.Place())
	p.Warnings = append(p.Warnings, consents...)
	return p, err
}

// consentsOf names the communities that have not agreed as the plan asks before
// works begin.
func consentsOf(ctx context.Context, q querier, choice policy.Choice, project int64, place account.Place) ([]MonthProblem, error) {
	rows, err := q.Query(ctx, `
		select c.name, coalesce(v.households, c.households), v.asked, v.agreed, coalesce(v.floor_area_m2, c.floor_area_m2), v.agreed_area_m2,
		       coalesce(v.small, false)
		from published_project_community pc
		join published_community c on c.id = pc.community_id
		left join lateral (select * from published_survey where community_id = pc.community_id) v on true
		where pc.project_id = $1
		order by c.code`, project)
	if err != nil {
		return nil, fmt.Errorf("read the consent of a project's communities: %w", err)
	}
	problems, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*MonthProblem, error) {
		var name string
		var a policy.Asked
		var small bool
		if err := row.Scan(&name, &a.Households, &a.Asked, &a.Agreed, &a.FloorAreaM2, &a.AgreedAreaM2, &small); err != nil {
			return nil, err
		}
		v := choice.Consent(a)
		if v.Passed {
			return nil, nil
		}
		text := "已开工，但“" + name + "”的征求意见未达到开工条件（" + v.Rule + "）"
		if !small || account.Demand(ctx, account.SeeCounts, place) == nil { // small counts are not for everybody
			text += "：" + v.Text
		}
		return &MonthProblem{Field: "milestones", Level: Warning, Clause: v.Clause, Text: text}, nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the consent of a project's communities: %w", err)
	}
	var out []MonthProblem
	for _, p := range problems {
		if p != nil {
			out = append(out, *p)
		}
	}
	return out, nil
}

// date is when a milestone was reached, or nil.
func (p ProjectProgress) date(k Kind) *time.Time {
	for _, m := range p.Milestones {
		if m.Kind == k {
			return m.on
		}
	}
	return nil
}

func milestonesOf(ctx context.Context, q querier, project int64) ([]Milestone, error) {
	rows, err := q.Query(ctx, `select kind, on_date, planned_on, note from milestone where project_id = $1`, project)
	if err != nil {
		return nil, fmt.Errorf("read milestones: %w", err)
	}
	found := map[Kind]Milestone{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (m Milestone, err error) {
		err = row.Scan(&m.Kind, &m.on, &m.planned, &m.Note)
		m.OnDate, m.PlannedOn = dateText(m.on), dateText(m.planned)
		found[m.Kind] = m
		return m, err
	})
	if err != nil {
		return nil, fmt.Errorf("read milestones: %w", err)
	}
	out := make([]Milestone, 0, len(Kinds()))
	for _, k := range Kinds() {
		m := found[k]
		m.Kind = k
		out = append(out, m)
	}
	return out, nil
}

func handoverOf(ctx context.Context, q querier, project int64) ([]PartHandover, error) {
	rows, err := q.Query(ctx, `select part, receiver, on_date, agreement from handover where project_id = $1`, project)
	if err != nil {
		return nil, fmt.Errorf("read a handover: %w", err)
	}
	found := map[string]PartHandover{}
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p PartHandover, err error) {
		var agreement []byte
		if err = row.Scan(&p.Part, &p.Receiver, &p.on, &agreement); err == nil {
			err = json.Unmarshal(agreement, &p.Agreement)
		}
		p.OnDate = dateText(p.on)
		found[p.Part] = p
		return p, err
	})
	if err != nil {
		return nil, fmt.Errorf("read a handover: %w", err)
	}
	out := make([]PartHandover, 0, len(owned))
	for _, o := range owned {
		p := found[o.part]
		p.Part, p.Name, p.Rule = o.part, o.name, o.rule
		out = append(out, p)
	}
	return out, nil
}

// SaveProject replaces the milestones and the handover of a project that the
// person saw at version (0: never saved). Errors: *InvalidError,
// postgis.ErrVersion, postgis.ErrNotFound, *account.OutsideError.
func (s *Store) SaveProject(ctx context.Context, scope account.Scope, district, code string, version int, draft ProgressDraft) (ProjectProgress, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return ProjectProgress{}, err
	}
	var after ProjectProgress
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		h, err := s.projects.Hold(ctx, tx, scope, district, code, account.FillProgress)
		if err != nil {
			return err
		}
		before, err := s.project(ctx, tx, choice, h)
		if err != nil {
			return err
		}
		if before.Version != version {
			return fmt.Errorf("progress of project %s is at version %d, not %d: %w", code, before.Version, version, postgis.ErrVersion)
		}
		milestones, err := readMilestones(draft.Milestones, clock.Day(s.now()))
		if err != nil {
			return err
		}
		if err := mayBegin(h, milestones); err != nil {
			return err
		}
		parts, err := readHandover(draft.Handover, reached(milestones, HandedOver))
		if err != nil {
			return err
		}
		if err := writeProgress(ctx, tx, h, milestones, parts); err != nil {
			return fmt.Errorf("save the progress of project %s: %w", code, err)
		}
		if after, err = s.project(ctx, tx, choice, h); err != nil {
			return err
		}
		tx.Changed(h.Change("progress"))
		return account.Record(ctx, tx, account.Entry{
			Action: "progress.save", Entity: "project", Code: code, District: district,
			Before: ProgressDraft{before.Milestones, before.Handover}, After: ProgressDraft{after.Milestones, after.Handover},
		})
	})
	return after, err
}

func reached(list []Milestone, k Kind) bool {
	for _, m := range list {
		if m.Kind == k && m.on != nil {
			return true
		}
	}
	return false
}

// mayBegin: works begin once the project is confirmed into its library.
func mayBegin(h program.Held, list []Milestone) error {
	if h.State != program.Confirmed && reached(list, Start) {
		return &InvalidError{Field: "milestones", Detail: "项目尚未确认入库，不能登记开工"}
	}
	return nil
}

func writeProgress(ctx context.Context, tx *postgis.Tx, h program.Held, milestones []Milestone, parts []PartHandover) error {
	by := account.Name(ctx)
	batch := &pgx.Batch{}
	batch.Queue(`delete from milestone where project_id = $1`, h.ID)
	batch.Queue(`delete from handover where project_id = $1`, h.ID)
	for _, m := range milestones {
		batch.Queue(`insert into milestone (project_id, kind, on_date, planned_on, note, by, district_code) values ($1, $2, $3, $4, $5, $6, $7)`,
			h.ID, m.Kind, m.on, m.planned, m.Note, by, h.District)
	}
	for _, p := range parts {
		agreement, err := json.Marshal(p.Agreement)
		if err != nil {
			return err
		}
		batch.Queue(`insert into handover (project_id, part, receiver, on_date, agreement, by, district_code) values ($1, $2, $3, $4, $5, $6, $7)`,
			h.ID, p.Part, p.Receiver, p.on, agreement, by, h.District)
	}
	batch.Queue(`
		insert into project_progress as p (project_id, by, district_code) values ($1, $2, $3)
		on conflict (project_id, district_code) do update set version = p.version + 1, by = excluded.by, at = now()`, h.ID, by, h.District)
	return tx.SendBatch(ctx, batch).Close()
}

// unitName is the name of a subdistrict, "" is the district itself; it refuses
// one that does not exist.
func (s *Store) unitName(ctx context.Context, q querier, district, code string) (string, error) {
	var name string
	err := q.QueryRow(ctx, `
		select case when $2 = '' then d.name else b.name end
		from published_district d
		left join published_subdistrict b on b.district_code = d.code and b.code = $2
		where d.code = $1 and ($2 = '' or b.code is not null)`, district, code).Scan(&name)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("subdistrict %s of %s: %w", code, district, postgis.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("read the name of subdistrict %s: %w", code, err)
	}
	return strings.TrimSpace(name), nil
}
