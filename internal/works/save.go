package works

import (
	"context"
	"encoding/json"
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
)

// maxLines is the most that a project's works have: the catalogue for each of a
// hundred communities.
const maxLines = 5000

// Save replaces the lines of a project's works by those that the person made of
// version (0: of none). Errors: *InvalidError, postgis.ErrVersion,
// *account.OutsideError.
func (s *Store) Save(ctx context.Context, scope account.Scope, district, code string, version int, drafts []LineDraft) (Works, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return Works{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		held, err := s.hold(ctx, tx, scope, district, code)
		if err != nil {
			return err
		}
		current, err := s.version(ctx, tx, held.ID, nil)
		if err != nil {
			return err
		}
		if current != version {
			return fmt.Errorf("works of project %s are at version %d, not %d: %w", code, current, version, postgis.ErrVersion)
		}
		return s.replace(ctx, tx, held, choice.Policy, drafts)
	})
	if err != nil {
		return Works{}, err
	}
	return s.Works(ctx, scope, district, code)
}

// hold locks a project that the person may plan works for.
func (s *Store) hold(ctx context.Context, tx *postgis.Tx, scope account.Scope, district, code string) (program.Held, error) {
	held, err := s.projects.Hold(ctx, tx, scope, district, code, account.EditProgram)
	if err == nil && !held.Live {
		err = invalid("project", "项目已退回或撤回，不能再修改改造内容和资金")
	}
	return held, err
}

func (s *Store) replace(ctx context.Context, tx *postgis.Tx, held program.Held, p *policy.Policy, drafts []LineDraft) error {
	communities, err := communitiesOf(ctx, tx, held.ID)
	if err != nil {
		return err
	}
	if err := checkLines(p, communities, drafts); err != nil {
		return err
	}
	before, err := linesOf(ctx, tx, held.ID)
	if err != nil {
		return err
	}
	g := gatherer{lib: s.lib, policy: p, communities: communities}
	if err := g.gather(ctx, tx, held.District); err != nil {
		return err
	}
	if err := write(ctx, tx, held, p.Key, rowsOf(communities, g.found, drafts)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into works as w (project_id, by, district_code) values ($1, $2, $3)
		on conflict (project_id, district_code) do update set version = w.version + 1, by = excluded.by, at = now()`, held.ID, account.Name(ctx), held.District)
	if err != nil {
		return fmt.Errorf("count the version of works: %w", err)
	}
	tx.Changed(held.Change("works"))
	return account.Record(ctx, tx, account.Entry{
		Action: "works.save", Entity: "project", Code: held.Code, District: held.District,
		Before: draftsOf(before), After: drafts,
	})
}

func draftsOf(lines []Line) []LineDraft {
	drafts := make([]LineDraft, 0, len(lines))
	for _, l := range lines {
		drafts = append(drafts, l.LineDraft)
	}
	return drafts
}

// checkLines cleans the texts of the drafts and refuses what cannot be.
func checkLines(p *policy.Policy, communities []Community, drafts []LineDraft) error {
	if len(drafts) > maxLines {
		return invalid("lines", "最多%d行", maxLines)
	}
	here := map[string]bool{"": true}
	for _, c := range communities {
		here[c.Code] = true
	}
	type place struct {
		no        int
		community string
	}
	taken := map[place]bool{}
	whole := map[int]bool{}
	split := map[int]bool{}
	for i := range drafts {
		d := &drafts[i]
		item, known := p.Item(d.ItemNo)
		switch {
		case !known:
			return invalid(at("lines", i)+"item_no", "%s没有第%d项", p.ShortTitle, d.ItemNo)
		case !here[d.Community]:
			return invalid(at("lines", i)+"community_code", "小区 %s 不在本项目中", d.Community)
		case taken[place{d.ItemNo, d.Community}]:
			return invalid(at("lines", i)+"item_no", "第%d项“%s”填写了两次", d.ItemNo, item.Name)
		}
		taken[place{d.ItemNo, d.Community}] = true
		if d.Community == "" {
			whole[d.ItemNo] = true
		} else {
			split[d.ItemNo] = true
		}
		if whole[d.ItemNo] && split[d.ItemNo] {
			return invalid(at("lines", i)+"community_code", "第%d项“%s”既按整个项目又按小区填写，请只用一种", d.ItemNo, item.Name)
		}
		if err := checkLine(i, item, d); err != nil {
			return err
		}
	}
	return nil
}

func checkLine(i int, item policy.Item, d *LineDraft) error {
	here := at("lines", i)
	if err := texts(here, 500, map[string]*string{"reason": &d.Reason, "note": &d.Note}); err != nil {
		return err
	}
	if err := texts(here, 20, map[string]*string{"unit": &d.Unit}); err != nil {
		return err
	}
	switch d.Answer {
	case Do:
	case NotNeeded, Cannot:
		if d.Reason == "" {
			return invalid(here+"reason", "第%d项“%s”不实施，请写明理由", item.No, item.Name)
		}
	default:
		return invalid(here+"answer", "第%d项“%s”的答复应为实施、不需要或不具备条件", item.No, item.Name)
	}
	if d.Quantity != nil && !(*d.Quantity >= 0 && *d.Quantity < 1e11) {
		return invalid(here+"quantity", "第%d项“%s”的数量不合理", item.No, item.Name)
	}
	if d.PriceYuan != nil && !(*d.PriceYuan >= 0 && *d.PriceYuan < 1e12) {
		return invalid(here+"price_yuan", "第%d项“%s”的单价不合理", item.No, item.Name)
	}
	if d.Quantity != nil && d.PriceYuan != nil && *d.Quantity**d.PriceYuan > maxYuan {
		return invalid(here+"quantity", "第%d项“%s”的金额过大，请核对数量和单价", item.No, item.Name)
	}
	return nil
}

// row is a line as the database takes it.
type row struct {
	CommunityID *int64          `json:"community_id"`
	ItemNo      int             `json:"item_no"`
	Answer      string          `json:"answer"`
	Reason      string          `json:"reason"`
	Quantity    *float64        `json:"quantity"`
	Unit        string          `json:"unit"`
	PriceYuan   *float64        `json:"price_yuan"`
	Note        string          `json:"note"`
	Evidence    json.RawMessage `json:"evidence"`
}

// rowsOf adds to each line what speaks for it now.
func rowsOf(communities []Community, found map[int][]Evidence, drafts []LineDraft) []row {
	ids := map[string]*int64{}
	for i := range communities {
		ids[communities[i].Code] = &communities[i].id
	}
	rows := make([]row, 0, len(drafts))
	for _, d := range drafts {
		evidence := []Evidence{}
		for _, e := range found[d.ItemNo] {
			if e.Speaks == For && (d.Community == "" || e.Community == d.Community) {
				evidence = append(evidence, e)
			}
		}
		raw, err := json.Marshal(evidence)
		if err != nil { // plain texts always encode
			raw = []byte("[]")
		}
		rows = append(rows, row{ids[d.Community], d.ItemNo, d.Answer, d.Reason, d.Quantity, d.Unit, rounded(d.PriceYuan), d.Note, raw})
	}
	return rows
}

func rounded(price *float64) *float64 {
	if price == nil {
		return nil
	}
	to := math.Round(*price*100) / 100
	return &to
}

// write puts the rows in the place of those that are there. Who answered what
// stays with lines that have not changed.
func write(ctx context.Context, tx *postgis.Tx, held program.Held, policyKey string, rows []row) error {
	raw, err := recordset(rows)
	if err != nil {
		return fmt.Errorf("encode the lines: %w", err)
	}
	_, err = tx.Exec(ctx, `
		delete from work_item w where w.project_id = $1 and not exists (
		    select from jsonb_to_recordset($2::jsonb) as x (community_id bigint, item_no integer)
		    where x.item_no = w.item_no and x.community_id is not distinct from w.community_id)`, held.ID, raw)
	if err != nil {
		return fmt.Errorf("delete lines: %w", err)
	}
	_, err = tx.Exec(ctx, `
		insert into work_item as w (project_id, community_id, policy_key, item_no, answer, reason, quantity, unit, price_yuan, evidence, note, by, district_code)
		select $1, x.community_id, $3, x.item_no, x.answer, x.reason, x.quantity, x.unit, x.price_yuan, x.evidence, x.note, $4, $5
		from jsonb_to_recordset($2::jsonb) as x (community_id bigint, item_no integer, answer text, reason text, quantity numeric, unit text,
		                                         price_yuan numeric, evidence jsonb, note text)
		on conflict (project_id, community_id, item_no, district_code) do update
		set policy_key = excluded.policy_key, answer = excluded.answer, reason = excluded.reason, quantity = excluded.quantity, unit = excluded.unit,
		    price_yuan = excluded.price_yuan, evidence = excluded.evidence, note = excluded.note, by = excluded.by, at = now()
		where (w.policy_key, w.answer, w.reason, w.quantity, w.unit, w.price_yuan, w.note)
		   is distinct from (excluded.policy_key, excluded.answer, excluded.reason, excluded.quantity, excluded.unit, excluded.price_yuan, excluded.note)`,
		held.ID, raw, policyKey, account.Name(ctx), held.District)
	if err != nil {
		return fmt.Errorf("write lines: %w", err)
	}
	return nil
}
