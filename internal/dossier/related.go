package dossier

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
)

// FileSurvey is the newest survey of a community with its sums. Counts of one to
// four households are null for those who need no detail.
type FileSurvey struct {
	ID           uuid.UUID `json:"id"`
	State        string    `json:"state" enum:"open,closed"`
	StartedOn    string    `json:"started_on" format:"date"`
	DueOn        *string   `json:"due_on" format:"date"`
	ClosedOn     *string   `json:"closed_on" format:"date"`
	Households   int       `json:"households"`
	Asked        *int      `json:"asked"`
	Agreed       *int      `json:"agreed"`
	Disagreed    *int      `json:"disagreed"`
	FloorAreaM2  *float64  `json:"floor_area_m2"`
	AgreedAreaM2 *float64  `json:"agreed_area_m2"`
	Masked       bool      `json:"masked"`
}

// ProjectOf is a project that the community is or was in, with its items,
// money, steps and milestones.
type ProjectOf struct {
	Code         string          `json:"code"`
	Name         string          `json:"name"`
	Library      string          `json:"library" enum:"comprehensive,management"`
	State        string          `json:"state" enum:"applied,accepted,confirmed,returned,withdrawn"`
	Live         bool            `json:"live"`
	Phase        *string         `json:"phase" enum:"reserve,plan,implement"`
	Year         *int            `json:"year"`
	EstimatedWan *float64        `json:"estimated_wan"`
	Generated    []string        `json:"generated"`
	CostYuan     float64         `json:"cost_yuan" doc:"of its items, of the whole project"`
	SharedYuan   float64         `json:"shared_yuan"`
	FundedYuan   float64         `json:"funded_yuan"`
	Items        []FileItem      `json:"items" doc:"of the whole project or of this community"`
	Shares       []FileShare     `json:"shares"`
	Steps        []FileStep      `json:"steps"`
	Milestones   []FileMilestone `json:"milestones"`

	id int64
}

// FileItem is an item of the catalogue as the project answers it.
type FileItem struct {
	No         int      `json:"no"`
	Name       string   `json:"name"`
	Here       bool     `json:"here" doc:"of this community alone"`
	Answer     string   `json:"answer" enum:"do,not_needed,cannot"`
	Reason     string   `json:"reason"`
	Quantity   *float64 `json:"quantity"`
	Unit       string   `json:"unit"`
	AmountYuan *float64 `json:"amount_yuan"`
}

// FileShare is what a source pays.
type FileShare struct {
	Source     string  `json:"source" enum:"residents,pipelines,society,central,municipal,district,bonds"`
	AmountYuan float64 `json:"amount_yuan"`
}

// FileStep is a step of the approval route.
type FileStep struct {
	Key        string  `json:"key"`
	Name       string  `json:"name"`
	Need       string  `json:"need" enum:"required,exempt,check,unknown"`
	Clause     string  `json:"clause"`
	Department string  `json:"department"`
	DueOn      *string `json:"due_on" format:"date"`
	DoneOn     *string `json:"done_on" format:"date"`
	DocumentNo string  `json:"document_no"`
}

// FileMilestone is how far a project got.
type FileMilestone struct {
	Kind string `json:"kind" enum:"start,works_done,acceptance,filing,handover"`
	On   string `json:"on" format:"date"`
}

func (s *Store) readSurvey(ctx context.Context, f *File, h held, _ policy.Choice) error {
	var v FileSurvey
	var asked, agreed, disagreed int
	err := s.db.Pool.QueryRow(ctx, `
		select id, state, started_on::text, due_on::text, closed_on::text, households, asked, agreed, disagreed, floor_area_m2, agreed_area_m2, small
		from published_survey where community_id = $1`, h.ID).
		Scan(&v.ID, &v.State, &v.StartedOn, &v.DueOn, &v.ClosedOn, &v.Households, &asked, &agreed, &disagreed, &v.FloorAreaM2, &v.AgreedAreaM2, &v.Masked)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the survey: %w", err)
	}
	v.Asked, v.Agreed, v.Disagreed = &asked, &agreed, &disagreed
	v.Masked = v.Masked && account.Demand(ctx, account.SeeCounts, h.place()) != nil
	if v.Masked { // the others, and the area, would tell the small one
		v.Asked, v.Agreed, v.Disagreed, v.AgreedAreaM2 = nil, nil, nil, nil
	}
	f.Survey = &v
	return nil
}

func (s *Store) readProjects(ctx context.Context, f *File, h held, choice policy.Choice) error {
	rows, err := s.db.Pool.Query(ctx, `
		select p.id, p.code, p.name, p.library, p.state, p.live, p.phase, p.year, p.estimated_wan::float8, p.generated,
		       coalesce(c.cost_yuan, 0)::float8, coalesce(c.shared_yuan, 0)::float8, coalesce(c.allocated_yuan, 0)::float8
		from published_project_community m
		join published_project p on p.id = m.project_id
		left join published_project_cost c on c.project_id = p.id
		where m.community_id = $1
		order by p.live desc, p.id desc`, h.ID)
	if err != nil {
		return fmt.Errorf("read its projects: %w", err)
	}
	f.Projects, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p ProjectOf, err error) {
		err = row.Scan(&p.id, &p.Code, &p.Name, &p.Library, &p.State, &p.Live, &p.Phase, &p.Year, &p.EstimatedWan, &p.Generated,
			&p.CostYuan, &p.SharedYuan, &p.FundedYuan)
		return p, err
	})
	if err != nil {
		return fmt.Errorf("read its projects: %w", err)
	}
	for i := range f.Projects {
		if err := s.readProject(ctx, &f.Projects[i], h.ID, choice.Policy); err != nil {
			return fmt.Errorf("read project %s: %w", f.Projects[i].Code, err)
		}
	}
	return nil
}

// readProject fills in the lists of a project; a community is in a few at most.
func (s *Store) readProject(ctx context.Context, p *ProjectOf, community int64, plan *policy.Policy) (err error) {
	if p.Items, err = list(ctx, s.db.Pool, func(row pgx.CollectableRow) (w FileItem, err error) {
		err = row.Scan(&w.No, &w.Here, &w.Answer, &w.Reason, &w.Quantity, &w.Unit, &w.AmountYuan)
		if item, ok := plan.Item(w.No); ok {
			w.Name = item.Name
		}
		return w, err
	}, `
		select item_no, community_id is not null, answer, reason, quantity::float8, unit, amount_yuan::float8
		from published_work_item
		where project_id = $1 and (community_id is null or community_id = $2)
		order by item_no, community_id nulls first`, p.id, community); err != nil {
		return err
	}
	if p.Shares, err = list(ctx, s.db.Pool, pgx.RowToStructByPos[FileShare], `
		select source, amount_yuan::float8 from published_cost_share where project_id = $1 order by amount_yuan desc, source`, p.id); err != nil {
		return err
	}
	if p.Steps, err = list(ctx, s.db.Pool, pgx.RowToStructByPos[FileStep], `
		select key, name, need, clause, department, due_on::text, done_on::text, document_no
		from published_approval_step where project_id = $1 order by place, key`, p.id); err != nil {
		return err
	}
	p.Milestones, err = list(ctx, s.db.Pool, pgx.RowToStructByPos[FileMilestone], `
		select kind, on_date::text from published_milestone where project_id = $1 order by on_date, kind`, p.id)
	return err
}

func list[T any](ctx context.Context, q querier, scan pgx.RowToFunc[T], sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scan)
}
