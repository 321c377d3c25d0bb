package works

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/program"
)

// Money says who pays for a project. Sums are in yuan, exact to the fen.
type Money struct {
	Project     string          `json:"project"`
	Name        string          `json:"name"`
	Policy      string          `json:"policy" doc:"key@version of the plan"`
	Version     int             `json:"version" doc:"0: nothing shared yet"`
	UpdatedBy   string          `json:"updated_by"`
	UpdatedAt   *time.Time      `json:"updated_at"`
	CostYuan    float64         `json:"cost_yuan" doc:"computed from the items"`
	Unpriced    int             `json:"unpriced" doc:"lines to be done that are not in the cost, for want of a quantity or price"`
	Estimated   *float64        `json:"estimated_wan" doc:"预计投资额 of the project, 10,000 yuan"`
	Basis       string          `json:"basis" enum:"items,estimate,none" doc:"what the shares have to add up to: the computed cost, else the estimate"`
	BasisYuan   float64         `json:"basis_yuan"`
	Sources     []SourceShare   `json:"sources" doc:"every source, whether it pays or not"`
	SharedYuan  float64         `json:"shared_yuan"`
	Remaining   float64         `json:"remaining_yuan" doc:"of the basis; negative where more is shared than it costs"`
	State       string          `json:"state" enum:"none,short,even,over"`
	Settled     bool            `json:"settled" doc:"agreed: when it was saved the shares added up exactly"`
	Apportion   *Apportionment  `json:"apportionment" doc:"how the residents' part is split; null for those who do not see small counts"`
	Split       *Apportioned    `json:"apportioned" doc:"the answer; null where there is none, and where it is masked"`
	Masked      bool            `json:"masked" doc:"counts of relieved households are not for this person"`
	Allocations []ProjectMoney  `json:"allocations" doc:"from the fund pool"`
	Allocated   float64         `json:"allocated_yuan"`
	Communities []Community     `json:"communities"`
	Rules       []policy.Clause `json:"rules" doc:"what the plan says of apportioning and relief"`
	Warnings    []Warning       `json:"warnings"`
}

// SourceShare is what one source pays.
type SourceShare struct {
	Source        string   `json:"source"`
	Name          string   `json:"name"`
	Clause        string   `json:"clause"`
	Means         []string `json:"means" doc:"ways to pay, of the plan"`
	AmountYuan    float64  `json:"amount_yuan"`
	Note          string   `json:"note"`
	SuggestedYuan *float64 `json:"suggested_yuan" doc:"what the items say that this source pays for; null where no rule says"`
	May           bool     `json:"may" doc:"the suggestion is what it may pay at most, not what it has to"`
	Why           string   `json:"why"`
	Items         []int    `json:"items" doc:"numbers of the items that the suggestion comes from"`
	AllocatedYuan float64  `json:"allocated_yuan" doc:"of funds of this source in the pool"`
}

// ProjectMoney is an allocation seen from the project.
type ProjectMoney struct {
	Fund       string  `json:"fund"`
	Name       string  `json:"name"`
	Year       int     `json:"year"`
	Source     string  `json:"source"`
	AmountYuan float64 `json:"amount_yuan"`
}

// Money returns who pays for a project. Errors: postgis.ErrNotFound outside the
// scope.
func (s *Store) Money(ctx context.Context, scope account.Scope, district, code string) (Money, error) {
	held, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return Money{}, err
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return Money{}, err
	}
	m := Money{Project: code, Name: held.Name, Policy: choice.Policy.ID()}
	err = s.view(ctx, func(tx pgx.Tx) error { return s.readMoney(ctx, tx, held, choice.Policy, &m) })
	if err != nil {
		return Money{}, fmt.Errorf("money of project %s: %w", code, err)
	}
	m.mask(ctx, held.Place())
	return m, nil
}

func (s *Store) readMoney(ctx context.Context, tx pgx.Tx, held program.Held, p *policy.Policy, m *Money) (err error) {
	cost, err := costOf(ctx, tx, held.ID, p.Key)
	if err != nil {
		return err
	}
	m.take(cost)
	if m.Communities, err = communitiesOf(ctx, tx, held.ID); err != nil {
		return err
	}
	var stored []byte
	err = tx.QueryRow(ctx, `select apportionment, settled, version, by, at from sharing where project_id = $1`, held.ID).
		Scan(&stored, &m.Settled, &m.Version, &m.UpdatedBy, &m.UpdatedAt)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		m.Apportion = &Apportionment{}
	case err != nil:
		return fmt.Errorf("read the sharing: %w", err)
	default:
		if err := json.Unmarshal(stored, &m.Apportion); err != nil {
			return fmt.Errorf("decode the sharing: %w", err)
		}
	}
	if err := m.readShares(ctx, tx, held.ID, p, cost); err != nil {
		return err
	}
	m.judge(p)
	return nil
}

// cost is what a project costs, item by item, in fen.
type cost struct {
	items     map[int]int64
	sum       int64
	unpriced  int
	estimated *float64
}

// basis is what is to be paid, and where the figure comes from.
func (c cost) basis() (int64, string) {
	switch {
	case c.sum > 0:
		return c.sum, "items"
	case c.estimated != nil && *c.estimated > 0:
		return fen(*c.estimated * 10_000), "estimate"
	}
	return 0, "none"
}

func costOf(ctx context.Context, tx pgx.Tx, project int64, policyKey string) (cost, error) {
	c := cost{items: map[int]int64{}}
	rows, err := tx.Query(ctx, `
		select w.item_no, coalesce(sum(w.amount_yuan) * 100, 0)::bigint, (count(*) filter (where w.amount_yuan is null))::integer
		from work_item w
		where w.project_id = $1 and w.answer = 'do' and w.policy_key = $2 and (w.community_id is null or exists (
		    select from published_project_community pc where pc.project_id = w.project_id and pc.community_id = w.community_id))
		group by w.item_no`, project, policyKey)
	if err != nil {
		return c, fmt.Errorf("read the cost: %w", err)
	}
	var no, unpriced int
	var amount int64
	_, err = pgx.ForEachRow(rows, []any{&no, &amount, &unpriced}, func() error {
		c.items[no] = amount
		c.sum += amount
		c.unpriced += unpriced
		return nil
	})
	if err != nil {
		return c, fmt.Errorf("read the cost: %w", err)
	}
	err = tx.QueryRow(ctx, `select estimated_wan::float8 from published_project where id = $1`, project).Scan(&c.estimated)
	if err != nil {
		return c, fmt.Errorf("read the estimate: %w", err)
	}
	return c, nil
}

func (m *Money) take(c cost) {
	basis, from := c.basis()
	m.CostYuan, m.Unpriced, m.Estimated = yuan(c.sum), c.unpriced, c.estimated
	m.BasisYuan, m.Basis = yuan(basis), from
}

func (m *Money) readShares(ctx context.Context, tx pgx.Tx, project int64, p *policy.Policy, c cost) error {
	for _, s := range sourceNames {
		fund := fundOf(p, s.fund)
		share := SourceShare{Source: s.key, Name: s.name, Clause: fund.Clause, Means: fund.Means}
		share.suggest(p, c)
		m.Sources = append(m.Sources, share)
	}
	rows, err := tx.Query(ctx, `select source, amount_yuan::float8, note from cost_share where project_id = $1`, project)
	if err != nil {
		return fmt.Errorf("read the shares: %w", err)
	}
	var source, note string
	var amount float64
	_, err = pgx.ForEachRow(rows, []any{&source, &amount, &note}, func() error {
		share := m.source(source)
		share.AmountYuan, share.Note = amount, note
		return nil
	})
	if err != nil {
		return fmt.Errorf("read the shares: %w", err)
	}
	rows, err = tx.Query(ctx, `
		select f.code, f.name, f.year, f.source, a.amount_yuan::float8
		from fund_allocation a join fund f on f.id = a.fund_id
		where a.project_id = $1 order by f.year, f.name, f.code`, project)
	if err != nil {
		return fmt.Errorf("read the allocations: %w", err)
	}
	m.Allocations, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ProjectMoney])
	if err != nil {
		return fmt.Errorf("read the allocations: %w", err)
	}
	return nil
}

func (m *Money) source(key string) *SourceShare {
	for i := range m.Sources {
		if m.Sources[i].Source == key {
			return &m.Sources[i]
		}
	}
	return &SourceShare{} // the database knows no others
}

// suggest says what a source pays for in the first place, as far as the items
// tell.
func (s *SourceShare) suggest(p *policy.Policy, c cost) {
	rule, ok := payerOf(p, s.Source)
	if !ok {
		return
	}
	var sum int64
	for _, no := range rule.Items {
		if c.items[no] > 0 {
			sum += c.items[no]
			s.Items = append(s.Items, no)
		}
	}
	amount := yuan(sum)
	s.SuggestedYuan, s.May, s.Why, s.Clause = &amount, rule.May, rule.Text, rule.Clause
}

// judge adds up, and says what does not.
func (m *Money) judge(p *policy.Policy) {
	var shared, allocated int64
	for _, s := range m.Sources {
		shared += fen(s.AmountYuan)
	}
	for _, a := range m.Allocations {
		allocated += fen(a.AmountYuan)
		share := m.source(a.Source)
		share.AllocatedYuan = yuan(fen(share.AllocatedYuan) + fen(a.AmountYuan))
	}
	basis := fen(m.BasisYuan)
	m.SharedYuan, m.Allocated, m.Remaining = yuan(shared), yuan(allocated), yuan(basis-shared)
	switch {
	case shared == 0 && (basis > 0 || m.Basis == "none"):
		m.State = "none"
	case shared < basis:
		m.State = "short"
	case shared > basis:
		m.State = "over"
	default:
		m.State = "even"
	}
	m.Rules = append(m.Rules, rulesOf(p)...)
	m.warn(shared, basis)
	m.split()
}

func rulesOf(p *policy.Policy) []policy.Clause {
	rules := []policy.Clause{{Text: "本方案没有规定居民分摊的办法，由居民商定。"}, {Text: "本方案没有规定困难居民的减免，按居民商定或上级规定执行。"}}
	if p.Works.Apportioning != nil {
		rules[0] = *p.Works.Apportioning
	}
	if p.Works.Relief != nil {
		rules[1] = *p.Works.Relief
	}
	return rules
}

func (m *Money) warn(shared, basis int64) {
	if m.State == "over" {
		m.Warnings = append(m.Warnings, Warning{Kind: "over", Text: fmt.Sprintf("各来源合计%s，超过造价%s，多出%s：造价在分摊之后有变化，请重新分摊。", said(shared), said(basis), said(shared-basis))})
	}
	if m.Settled && m.State != "even" {
		m.Warnings = append(m.Warnings, Warning{Kind: "unsettled", Text: "分摊已定稿，但造价此后有变化，合计不再相等。"})
	}
	if m.Unpriced > 0 {
		m.Warnings = append(m.Warnings, Warning{Kind: "unpriced", Text: fmt.Sprintf("%d项列入改造但没有数量或单价，未计入造价。", m.Unpriced)})
	}
}

// split apportions the residents' part. What cannot be split any more is said,
// not hidden.
func (m *Money) split() {
	if m.Apportion == nil || len(m.Apportion.Parts) == 0 {
		return
	}
	answer, err := m.Apportion.Split()
	if err != nil {
		m.Warnings = append(m.Warnings, Warning{Kind: "apportionment", Text: "居民分摊无法计算：" + sentenceOf(err) + "。"})
		return
	}
	m.Split = &answer
	if pays := fen(m.source(Residents).AmountYuan); fen(answer.ResidentsYuan) != pays {
		m.Warnings = append(m.Warnings, Warning{Kind: "apportionment", Text: fmt.Sprintf("居民分摊合计%s，与“居民自筹”%s不一致。", said(fen(answer.ResidentsYuan)), said(pays))})
	}
}

func sentenceOf(err error) string {
	var wrong *InvalidError
	if errors.As(err, &wrong) {
		return wrong.Detail
	}
	return err.Error()
}

// mask takes away what small counts could be seen from.
func (m *Money) mask(ctx context.Context, place account.Place) {
	if account.Demand(ctx, account.SeeCounts, place) == nil {
		return
	}
	m.Masked, m.Apportion, m.Split = true, nil, nil
}
