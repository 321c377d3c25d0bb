package proposal

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/zone"
)

const keepProposals = 100 // per district; older ones are deleted, once their jobs have ended

// editor makes an answer into zones.
type editor interface {
	Found(ctx context.Context, scope account.Scope, district, scenario, label string, drafts []zone.Draft) (zone.Edit, error)
	CreateScenario(ctx context.Context, scope account.Scope, district string, d zone.ScenarioDraft) (zone.Scenario, error)
	UpdateScenario(ctx context.Context, scope account.Scope, district, code string, version int, p zone.ScenarioPatch) (zone.Scenario, error)
}

// Store makes and keeps proposals. Use New.
type Store struct {
	db    *postgis.DB
	zones editor
}

// New makes the store of a database.
func New(db *postgis.DB, zones editor) *Store { return &Store{db: db, zones: zones} }

const selectProposal = `
select p.id, p.district_code, p.scenario_code,
       case when j.id is not null then j.state when p.answer is null then 'failed' else 'done' end,
       coalesce(j.error, ''), p.request, p.inputs, p.answer, p.curve, p.warnings, p.job_id, p.created_by, p.created_at
from proposal p
left join published_job j on j.id = p.job_id
where p.district_code = $1
  and ($2::text[] is null or p.subdistrict_codes <@ $2)
  and $3::bigint[] is null`

func scanProposal(row pgx.CollectableRow) (Proposal, error) {
	var p Proposal
	var request, answer, curve, warnings []byte
	err := row.Scan(&p.ID, &p.District, &p.Scenario, &p.State, &p.Error, &request, &p.Inputs, &answer, &curve, &warnings,
		&p.job, &p.CreatedBy, &p.CreatedAt)
	if err != nil {
		return p, err
	}
	for _, part := range []struct {
		text []byte
		into any
	}{{request, &p.Request}, {answer, &p.Answer}, {curve, &p.Curve}, {warnings, &p.Warnings}} {
		if part.text == nil {
			continue
		}
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return p, fmt.Errorf("read proposal %s: %w", p.ID, err)
		}
	}
	return p, nil
}

// List returns the proposals of a district that the scope may read, newest
// first, without the communities of their zones.
func (s *Store) List(ctx context.Context, scope account.Scope, district string, limit int) ([]Proposal, error) {
	if scope.District != "" && scope.District != district {
		return []Proposal{}, nil
	}
	rows, err := s.db.Pool.Query(ctx, selectProposal+` order by p.created_at desc, p.id limit $4`,
		district, scope.Subdistricts, scope.Zones, limit)
	if err != nil {
		return nil, fmt.Errorf("list the proposals of district %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, scanProposal)
	if err != nil {
		return nil, fmt.Errorf("list the proposals of district %s: %w", district, err)
	}
	for i := range list {
		list[i].mask(ctx)
		if list[i].Answer != nil {
			for z := range list[i].Answer.Zones {
				list[i].Answer.Zones[z].Communities = []string{}
				list[i].Answer.Zones[z].Links = [][2]string{}
			}
		}
	}
	return list, nil
}

// Get returns one proposal; postgis.ErrNotFound where there is none in the scope.
func (s *Store) Get(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Proposal, error) {
	if scope.District != "" && scope.District != district {
		return Proposal{}, fmt.Errorf("proposal %s: %w", id, postgis.ErrNotFound)
	}
	rows, err := s.db.Pool.Query(ctx, selectProposal+` and p.id = $4`, district, scope.Subdistricts, scope.Zones, id)
	if err != nil {
		return Proposal{}, fmt.Errorf("read proposal %s: %w", id, err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, scanProposal)
	if errors.Is(err, pgx.ErrNoRows) {
		return Proposal{}, fmt.Errorf("proposal %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Proposal{}, fmt.Errorf("read proposal %s: %w", id, err)
	}
	p.mask(ctx)
	return p, nil
}

// Explanations returns why the communities of a proposal are in their zones, or
// in none, by code; code "" is all of them.
func (s *Store) Explanations(ctx context.Context, scope account.Scope, district string, id uuid.UUID, code string) ([]Explanation, error) {
	if _, err := s.Get(ctx, scope, district, id); err != nil {
		return nil, err
	}
	rows, err := s.db.Pool.Query(ctx, `
		select community_code, name, zone_index, kind, detail, terms
		from proposal_community
		where proposal_id = $1 and ($2 = '' or community_code = $2)
		order by community_code`, id, code)
	if err != nil {
		return nil, fmt.Errorf("read the explanations of proposal %s: %w", id, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Explanation])
	if err != nil {
		return nil, fmt.Errorf("read the explanations of proposal %s: %w", id, err)
	}
	if !account.SeesCounts(ctx) {
		for i := range list {
			list[i].mask()
		}
	}
	return list, nil
}

// Ask checks a request against the data and keeps it. Nothing is worked on
// before a job is begun for it. Errors: *InvalidError, *ContradictoryError,
// *account.OutsideError, postgis.ErrNotFound.
func (s *Store) Ask(ctx context.Context, scope account.Scope, district string, r Request, begin ...func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (job uuid.UUID, err error)) (Proposal, error) {
	if scope.District != "" && scope.District != district {
		return Proposal{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err := r.check(); err != nil {
		return Proposal{}, err
	}
	if err := s.settle(ctx, district, &r); err != nil {
		return Proposal{}, err
	}
	if r.needsCost() && *r.Cost == (zone.Cost{}) {
		return Proposal{}, &InvalidError{Field: "cost", Detail: "限制或权衡投资需要造价参数，请先填写每平方米（或每户）的估算造价"}
	}
	if len(r.Subdistricts) == 0 && scope.Subdistricts != nil {
		r.Subdistricts = scope.Subdistricts
	}
	if err := s.knowsSubdistricts(ctx, district, r.Subdistricts); err != nil {
		return Proposal{}, err
	}
	place := account.Place{District: district, Subdistricts: r.Subdistricts}
	if err := account.Demand(ctx, account.DrawZone, place); err != nil {
		return Proposal{}, err
	}
	g, err := s.gather(ctx, scope, district, r)
	if err != nil {
		return Proposal{}, err
	}
	m, err := model(g, r)
	if err != nil {
		return Proposal{}, err
	}
	warnings, err := m.contradictions()
	if err != nil {
		return Proposal{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return Proposal{}, fmt.Errorf("make the id of a proposal: %w", err)
	}
	if err := s.record(ctx, district, id, r, m, warnings, begin); err != nil {
		return Proposal{}, err
	}
	return s.Get(ctx, scope, district, id)
}

func (s *Store) record(ctx context.Context, district string, id uuid.UUID, r Request, m *modelled, warnings []Contradiction, begin []func(context.Context, *postgis.Tx, uuid.UUID) (uuid.UUID, error)) error {
	request, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("encode a request: %w", err)
	}
	inputs, err := json.Marshal(m.inputs())
	if err != nil {
		return fmt.Errorf("encode the inputs: %w", err)
	}
	warned, err := json.Marshal(warnings)
	if err != nil {
		return fmt.Errorf("encode the warnings: %w", err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into proposal (id, district_code, scenario_code, subdistrict_codes, request, inputs, warnings, created_by)
			values ($1, $2, $3, $4, $5, $6, $7, $8)`,
			id, district, r.Scenario, m.subdistricts(), request, inputs, warned, account.Name(ctx))
		if err != nil {
			return fmt.Errorf("keep a proposal of district %s: %w", district, err)
		}
		// One that waits for its job is still to be answered, however many are newer.
		_, err = tx.Exec(ctx, `
			delete from proposal p
			where p.id in (select id from proposal where district_code = $1 order by created_at desc, id offset $2)
			  and not exists (select from published_job_life j where j.id = p.job_id and j.state in ('queued', 'running'))`,
			district, keepProposals)
		if err != nil {
			return fmt.Errorf("drop old proposals of district %s: %w", district, err)
		}
		for _, ask := range begin {
			work, err := ask(ctx, tx, id)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, `update proposal set job_id = $2 where id = $1`, id, work); err != nil {
				return fmt.Errorf("note the job of proposal %s: %w", id, err)
			}
		}
		tx.Changed(postgis.Change{District: district, Layer: "proposals", Subdistricts: m.subdistricts(), Together: true})
		return account.Record(ctx, tx, account.Entry{
			Action: "proposal.ask", Entity: "proposal", Code: id.String(), District: district, After: r,
		})
	})
}

func (s *Store) knowsSubdistricts(ctx context.Context, district string, codes []string) error {
	if len(codes) == 0 {
		return nil
	}
	var unknown *string
	err := s.db.Pool.QueryRow(ctx, `
		select min(named)
		from unnest($2::text[]) named
		where not exists (select from published_subdistrict s where s.district_code = $1 and s.code = named)`,
		district, codes).Scan(&unknown)
	if err != nil {
		return fmt.Errorf("look the subdistricts up: %w", err)
	}
	if unknown != nil {
		return &InvalidError{Field: "subdistricts", Detail: "没有这个街道 / 镇：" + *unknown}
	}
	return nil
}

// keepAnswer writes down a better answer and tells open maps. Nil reasons leave
// those that are there. What also writes is written with it.
func (s *Store) keepAnswer(ctx context.Context, district string, id uuid.UUID, a Answer, curve []CurvePoint, reasons []Explanation, also ...func(ctx context.Context, tx *postgis.Tx) error) error {
	answer, err := json.Marshal(a)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	grown, err := json.Marshal(curve)
	if err != nil {
		return fmt.Errorf("encode how an answer grew: %w", err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		news := postgis.Change{District: district, Layer: "proposals", Together: true}
		err := tx.QueryRow(ctx, `update proposal set answer = $2, curve = $3 where id = $1 returning subdistrict_codes`, id, answer, grown).Scan(&news.Subdistricts)
		if err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("keep the answer of proposal %s: %w", id, err)
		}
		if reasons != nil {
			if err := copyReasons(ctx, tx, district, id, reasons); err != nil {
				return err
			}
		}
		tx.Changed(news)
		for _, write := range also {
			if err := write(ctx, tx); err != nil {
				return err
			}
		}
		return nil
	})
}

func copyReasons(ctx context.Context, tx pgx.Tx, district string, id uuid.UUID, reasons []Explanation) error {
	if _, err := tx.Exec(ctx, `delete from proposal_community where proposal_id = $1`, id); err != nil {
		return fmt.Errorf("renew the explanations of proposal %s: %w", id, err)
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"proposal_community"},
		[]string{"proposal_id", "community_code", "name", "zone_index", "kind", "detail", "terms", "district_code"},
		pgx.CopyFromSlice(len(reasons), func(i int) ([]any, error) {
			r := reasons[i]
			return []any{id, r.Code, r.Name, r.Zone, r.Kind, r.Detail, r.Terms, district}, nil
		}))
	if err != nil {
		return fmt.Errorf("keep the explanations of proposal %s: %w", id, err)
	}
	return nil
}
