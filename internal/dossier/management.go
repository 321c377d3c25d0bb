package dossier

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// FileManagement is how a community is managed: exactly one mode, decided by
// somebody on a day, and what its notice board shows (附件2第六项).
type FileManagement struct {
	Mode      string        `json:"mode" enum:",professional,service_centre,self_managed"`
	DecidedOn *string       `json:"decided_on" format:"date"`
	DecidedBy string        `json:"decided_by" doc:"业主大会, 居民会议 …"`
	Board     []BoardField  `json:"board"`
	Modes     []policy.Mode `json:"modes" doc:"of the plan, with their conditions"`
}

// BoardField is a field of the public notice board.
type BoardField struct {
	No       int    `json:"no"`
	Name     string `json:"name"`
	Clause   string `json:"clause"`
	Shown    *bool  `json:"shown" doc:"on the board; null where nobody looked"`
	Text     string `json:"text"`
	Personal bool   `json:"personal" doc:"names a person: only whether it is shown is kept"`
}

// ManagementSetting is the decision as it is saved.
type ManagementSetting struct {
	Mode      string         `json:"mode" enum:",professional,service_centre,self_managed" doc:"one; empty is not decided"`
	DecidedOn string         `json:"decided_on,omitempty" format:"date"`
	DecidedBy string         `json:"decided_by,omitempty" maxLength:"100"`
	Board     []BoardSetting `json:"board,omitempty" maxItems:"20"`
}

// BoardSetting is what was seen of a field of the notice board.
type BoardSetting struct {
	No    int    `json:"no"`
	Shown *bool  `json:"shown"`
	Text  string `json:"text,omitempty" maxLength:"300"`
}

// stored is a board field in the database, by its number.
type storedField struct {
	Shown *bool  `json:"shown"`
	Text  string `json:"text,omitempty"`
}

// board are the fields that a plan prints for the notice board.
func board(p *policy.Policy) []BoardField {
	fields := []BoardField{}
	for _, g := range p.ManagementChecks {
		for i, name := range g.Fields {
			fields = append(fields, BoardField{
				No: i + 1, Name: name, Clause: g.Clause, Personal: strings.Contains(name, "责任人"),
			})
		}
	}
	return fields
}

func (s *Store) readManagement(ctx context.Context, f *File, h held, choice policy.Choice) error {
	m := &f.Management
	m.Mode, m.Board, m.Modes = f.Community.ManagementMode, board(choice.Policy), choice.Policy.ManagementModes
	var on *time.Time
	var seen map[int]storedField
	err := s.db.Pool.QueryRow(ctx, `select decided_on, decided_by, board from management where community_id = $1`, h.ID).
		Scan(&on, &m.DecidedBy, &seen)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if on != nil {
		text := on.Format(time.DateOnly)
		m.DecidedOn = &text
	}
	for i, b := range m.Board {
		m.Board[i].Shown, m.Board[i].Text = seen[b.No].Shown, seen[b.No].Text
	}
	return nil
}

// SetManagement decides the mode of a community and notes what its board shows.
// The mode is a fact of the community: the register holds it.
func (s *Store) SetManagement(ctx context.Context, scope account.Scope, district, code string, version int, m ManagementSetting) error {
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return err
	}
	on, err := s.checkManagement(&m, choice.Policy)
	if err != nil {
		return err
	}
	seen, err := checkBoard(m.Board, choice.Policy)
	if err != nil {
		return err
	}
	return s.change(ctx, scope, district, code, version, "dossier.management", func(ctx context.Context, tx *postgis.Tx, h held) (any, any, error) {
		if _, err := s.reg.ChangeCommunity(ctx, tx, scope, district, code, registry.CommunityPatch{ManagementMode: &m.Mode}); err != nil {
			return nil, nil, err
		}
		_, err := tx.Exec(ctx, `
			insert into management (community_id, decided_on, decided_by, board, by, district_code) values ($1, $2, $3, $4, $5, $6)
			on conflict (community_id, district_code) do update
			set decided_on = excluded.decided_on, decided_by = excluded.decided_by, board = excluded.board,
			    version = management.version + 1, by = excluded.by, at = now()`,
			h.ID, on, m.DecidedBy, seen, account.Name(ctx), h.District)
		if err != nil {
			return nil, nil, fmt.Errorf("write the management: %w", err)
		}
		return nil, m, nil
	})
}

func (s *Store) checkManagement(m *ManagementSetting, p *policy.Policy) (*time.Time, error) {
	m.DecidedBy = strings.TrimSpace(m.DecidedBy)
	if m.Mode != "" && !slices.ContainsFunc(p.ManagementModes, func(k policy.Mode) bool { return k.Key == m.Mode }) {
		return nil, invalid("mode", "实施方案没有这种管理模式")
	}
	if m.Mode == "" && (m.DecidedBy != "" || m.DecidedOn != "") {
		return nil, invalid("mode", "写了决定的时间或会议，却没有选定管理模式；每个小区有且只有一种")
	}
	if err := clean("decided_by", m.DecidedBy, 100); err != nil {
		return nil, err
	}
	if m.DecidedOn == "" {
		return nil, nil
	}
	on, err := day("decided_on", m.DecidedOn, s.now())
	if err != nil {
		return nil, err
	}
	return &on, s.notLater("decided_on", on)
}

func checkBoard(given []BoardSetting, p *policy.Policy) (map[int]storedField, error) {
	fields, seen := board(p), map[int]storedField{}
	for _, b := range given {
		i := slices.IndexFunc(fields, func(f BoardField) bool { return f.No == b.No })
		if i < 0 {
			return nil, invalid("board", "公示牌没有第 %d 项", b.No)
		}
		b.Text = strings.TrimSpace(b.Text)
		if fields[i].Personal && b.Text != "" {
			return nil, invalid("board", "“%s”涉及个人，只记录公示牌上有没有，不保存内容", fields[i].Name)
		}
		if err := clean("board", b.Text, 300); err != nil {
			return nil, err
		}
		if b.Shown == nil && b.Text == "" {
			continue
		}
		seen[b.No] = storedField{b.Shown, b.Text}
	}
	return seen, nil
}
