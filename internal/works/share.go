package works

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
)

// MoneyDraft is who is to pay for a project.
type MoneyDraft struct {
	Shares        []ShareDraft  `json:"shares" maxItems:"7" doc:"sources that are not named pay nothing"`
	Settled       bool          `json:"settled" doc:"agreed: refused unless the shares add up exactly"`
	Apportionment Apportionment `json:"apportionment"`
}

// ShareDraft is what a source is to pay.
type ShareDraft struct {
	Source     string  `json:"source" enum:"residents,pipelines,society,central,municipal,district,bonds"`
	AmountYuan float64 `json:"amount_yuan" minimum:"0" maximum:"1000000000000"`
	Note       string  `json:"note,omitempty" maxLength:"500"`
}

// SaveMoney keeps who pays for a project, as the person made it of version (0: of
// nothing). Shares that add up to more than the cost are refused; less is kept,
// and what remains is shown. Errors: *InvalidError, postgis.ErrVersion,
// *account.OutsideError.
func (s *Store) SaveMoney(ctx context.Context, scope account.Scope, district, code string, version int, draft MoneyDraft) (Money, error) {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return Money{}, err
	}
	if err := draft.clean(); err != nil {
		return Money{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		held, err := s.hold(ctx, tx, scope, district, code)
		if err != nil {
			return err
		}
		return s.writeMoney(ctx, tx, held, choice.Policy, version, draft)
	})
	if err != nil {
		return Money{}, err
	}
	return s.Money(ctx, scope, district, code)
}

func (d *MoneyDraft) clean() error {
	seen := map[string]bool{}
	for i := range d.Shares {
		share := &d.Shares[i]
		here := at("shares", i)
		switch {
		case sourceName(share.Source) == "":
			return invalid(here+"source", "没有这个资金来源")
		case seen[share.Source]:
			return invalid(here+"source", "“%s”填写了两次", sourceName(share.Source))
		case !isSum(share.AmountYuan):
			return invalid(here+"amount_yuan", "“%s”的金额不合理", sourceName(share.Source))
		}
		seen[share.Source] = true
		if err := texts(here, 500, map[string]*string{"note": &share.Note}); err != nil {
			return err
		}
	}
	for i := range d.Apportionment.Parts {
		part := &d.Apportionment.Parts[i]
		here := at("apportionment.parts", i)
		if err := texts(here, 100, map[string]*string{"name": &part.Name}); err != nil {
			return err
		}
		for k := range part.Groups {
			if err := texts(here+at("groups", k), 100, map[string]*string{"name": &part.Groups[k].Name}); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) writeMoney(ctx context.Context, tx *postgis.Tx, held program.Held, p *policy.Policy, version int, draft MoneyDraft) error {
	var before Money
	if err := s.readMoney(ctx, tx, held, p, &before); err != nil {
		return err
	}
	if before.Version != version {
		return fmt.Errorf("money of project %s is at version %d, not %d: %w", held.Code, before.Version, version, postgis.ErrVersion)
	}
	if err := draft.check(before); err != nil {
		return err
	}
	stored, err := json.Marshal(draft.Apportionment)
	if err != nil {
		return fmt.Errorf("encode the apportionment: %w", err)
	}
	shares, err := recordset(draft.Shares)
	if err != nil {
		return fmt.Errorf("encode the shares: %w", err)
	}
	for _, query := range []struct {
		sql  string
		args []any
	}{
		{`delete from cost_share where project_id = $1`, []any{held.ID}},
		{`insert into cost_share (project_id, source, amount_yuan, note, district_code)
		  select $1, source, amount_yuan, coalesce(note, ''), $3
		  from jsonb_to_recordset($2::jsonb) as x (source text, amount_yuan numeric, note text)
		  where amount_yuan > 0 or coalesce(note, '') <> ''`, []any{held.ID, shares, held.District}},
		{
			`insert into sharing as s (project_id, apportionment, settled, by, district_code) values ($1, $2, $3, $4, $5)
		  on conflict (project_id, district_code) do update
		  set apportionment = excluded.apportionment, settled = excluded.settled, by = excluded.by, version = s.version + 1, at = now()`,
			[]any{held.ID, stored, draft.Settled, account.Name(ctx), held.District},
		},
	} {
		if _, err := tx.Exec(ctx, query.sql, query.args...); err != nil {
			return fmt.Errorf("write the money of project %s: %w", held.Code, err)
		}
	}
	tx.Changed(held.Change("works"))
	return account.Record(ctx, tx, account.Entry{
		Action: "money.save", Entity: "project", Code: held.Code, District: held.District,
		Before: before.draft().traced(), After: draft.traced(),
	})
}

// traced is what the audit trail keeps: no small counts.
func (d MoneyDraft) traced() MoneyDraft {
	parts := slices.Clone(d.Apportionment.Parts)
	for i := range parts {
		parts[i].Groups = nil
	}
	d.Apportionment.Parts = parts
	return d
}

func (m Money) draft() MoneyDraft {
	d := MoneyDraft{Settled: m.Settled}
	if m.Apportion != nil {
		d.Apportionment = *m.Apportion
	}
	for _, s := range m.Sources {
		if s.AmountYuan > 0 || s.Note != "" {
			d.Shares = append(d.Shares, ShareDraft{s.Source, s.AmountYuan, s.Note})
		}
	}
	return d
}

// check refuses shares that do not add up.
func (d MoneyDraft) check(now Money) error {
	var shared, residents int64
	for _, share := range d.Shares {
		shared += fen(share.AmountYuan)
		if share.Source == Residents {
			residents = fen(share.AmountYuan)
		}
	}
	basis := fen(now.BasisYuan)
	name := map[string]string{"items": "造价", "estimate": "预计投资额"}[now.Basis]
	switch {
	case now.Basis == "none" && shared > 0:
		return invalid("shares", "还没有造价：请先填写改造内容的数量和单价，或项目的预计投资额")
	case shared > basis:
		return invalid("shares", "各来源合计%s，超过%s%s，多出%s", said(shared), name, said(basis), said(shared-basis))
	case d.Settled && (shared < basis || basis == 0):
		return invalid("shares", "各来源合计%s，%s%s，还差%s，不能定稿", said(shared), name, said(basis), said(basis-shared))
	}
	if err := d.checkAllocated(now); err != nil {
		return err
	}
	split, err := d.Apportionment.Split()
	if err != nil {
		return err
	}
	if d.Settled && len(d.Apportionment.Parts) > 0 && fen(split.ResidentsYuan) != residents {
		return invalid("apportionment", "居民分摊合计%s，与“居民自筹”%s不一致，不能定稿", said(fen(split.ResidentsYuan)), said(residents))
	}
	return nil
}

// checkAllocated refuses shares by which a project would be paid twice: what the
// fund pool has given for it is part of what public money pays. Of a cost that has
// fallen below that, all is public.
func (d MoneyDraft) checkAllocated(now Money) error {
	var public, others int64
	for _, share := range d.Shares {
		if isPublic(share.Source) {
			public += fen(share.AmountYuan)
		} else {
			others += fen(share.AmountYuan)
		}
	}
	var given, all int64
	for _, a := range now.Allocations {
		all += fen(a.AmountYuan)
		if isPublic(a.Source) {
			given += fen(a.AmountYuan)
		}
	}
	basis := fen(now.BasisYuan)
	if most := max(basis-all, 0); all > 0 && others > most {
		return invalid("shares", "资金池已为本项目分配%s，居民、管线单位和社会最多再出%s，现为%s：请先减少资金分配", said(all), said(most), said(others))
	}
	if least := min(given, basis); public < least {
		return invalid("shares", "资金池已为本项目分配财政资金%s，财政各来源合计%s，不能少于此数：请先减少资金分配", said(given), said(public))
	}
	return nil
}

// Apportion computes how a sum is split among residents; nothing is saved. Errors:
// *InvalidError.
func (s *Store) Apportion(ctx context.Context, scope account.Scope, district, code string, a Apportionment) (Apportioned, error) {
	held, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return Apportioned{}, err
	}
	if err := account.Demand(ctx, account.EditProgram, held.Place()); err != nil {
		return Apportioned{}, err
	}
	return a.Split()
}
