package dossier

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/policy"
)

// FileEvent is something that was done to the community, its file, its survey or
// its projects.
type FileEvent struct {
	At     time.Time `json:"at"`
	Person string    `json:"person" doc:"the name at that time"`
	Action string    `json:"action" example:"community.update"`
	Entity string    `json:"entity"`
	Code   string    `json:"code"`
	Fields []string  `json:"fields" doc:"JSON names of the fields that changed"`
}

const maxHistory = 200

// notFacts change with every write and tell nothing.
var notFacts = []string{"version", "updated_at", "updated_by", "verdict_proof", "verdict_policy", "generated", "at", "by"}

// readHistory reads the audit trail of the community and of what is about it.
// Only the names of fields are told: old values may be counts that the reader
// may not see.
func (s *Store) readHistory(ctx context.Context, f *File, h held, _ policy.Choice) error {
	codes := []string{}
	for _, p := range f.Projects {
		codes = append(codes, p.Code)
	}
	surveys := []string{h.Code}
	if f.Survey != nil {
		surveys = append(surveys, f.Survey.ID.String())
	}
	rows, err := s.db.Pool.Query(ctx, `
		select at, account_name, action, entity, entity_code, before, after
		from (
			(select * from published_audit_entry
			 where district_code = $1 and entity in ('community', 'dossier') and entity_code = $2 order by id desc limit $5)
			union all
			(select * from published_audit_entry
			 where district_code = $1 and entity = 'survey' and entity_code = any($3) order by id desc limit $5)
			union all
			(select * from published_audit_entry
			 where district_code = $1 and entity in ('project', 'works', 'sharing', 'approval', 'milestone', 'progress', 'review') and entity_code = any($4)
			 order by id desc limit $5)
		) happened
		order by id desc limit $5`, h.District, h.Code, surveys, codes, maxHistory)
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	f.History, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (e FileEvent, err error) {
		var before, after json.RawMessage
		err = row.Scan(&e.At, &e.Person, &e.Action, &e.Entity, &e.Code, &before, &after)
		e.Fields = differences(before, after)
		return e, err
	})
	if err != nil {
		return fmt.Errorf("read the history: %w", err)
	}
	return nil
}

// differences are the names of the fields in which two snapshots of a thing
// differ; none where one of them is missing or no object.
func differences(before, after json.RawMessage) []string {
	var old, now map[string]json.RawMessage
	if json.Unmarshal(before, &old) != nil || json.Unmarshal(after, &now) != nil || old == nil || now == nil {
		return []string{}
	}
	names := []string{}
	for _, name := range slices.Sorted(maps.Keys(now)) {
		if string(old[name]) != string(now[name]) && !slices.Contains(notFacts, name) {
			names = append(names, name)
		}
	}
	return names
}
