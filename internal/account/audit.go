package account

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Entry is one line of the audit trail: what was done to which thing.
type Entry struct {
	Action   string // e.g. zone.update
	Entity   string // e.g. zone
	Code     string // the thing's code
	District string // "" where it belongs to none
	Before   any    // nil where there was nothing
	After    any    // nil where nothing is left
}

// Record writes an entry for whoever acts in ctx, inside the transaction that
// does the act, so that neither can happen without the other.
func Record(ctx context.Context, tx pgx.Tx, e Entry) error {
	before, err := snapshot(e.Before)
	if err != nil {
		return fmt.Errorf("audit %s %s: %w", e.Action, e.Code, err)
	}
	after, err := snapshot(e.After)
	if err != nil {
		return fmt.Errorf("audit %s %s: %w", e.Action, e.Code, err)
	}
	var id *uuid.UUID
	var via string
	if p, ok := From(ctx); ok {
		id, via = &p.ID, p.Via
	}
	_, err = tx.Exec(ctx, `
		insert into audit_entry (account_id, account_name, district_code, action, entity, entity_code, before, after, via)
		values ($1, $2, nullif($3, ''), $4, $5, $6, $7, $8, $9)`,
		id, Name(ctx), e.District, e.Action, e.Entity, e.Code, before, after, via)
	if err != nil {
		return fmt.Errorf("audit %s %s: %w", e.Action, e.Code, err)
	}
	return nil
}

// snapshot is v as JSON, or nil for nothing.
func snapshot(v any) (json.RawMessage, error) {
	if v == nil {
		return nil, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode %T: %w", v, err)
	}
	if string(raw) == "null" {
		return nil, nil
	}
	return raw, nil
}

// AuditEntry is a line of the audit trail as it is read.
type AuditEntry struct {
	ID       int64           `json:"id"`
	At       time.Time       `json:"at"`
	Person   string          `json:"person"` // the name at that time; the account may be gone
	Via      string          `json:"via"`    // name of the API token that the act came by; "" is a session or the command line
	District string          `json:"district"`
	Action   string          `json:"action"`
	Entity   string          `json:"entity"`
	Code     string          `json:"code"`
	Before   json.RawMessage `json:"before"`
	After    json.RawMessage `json:"after"`
}

// AuditFilter narrows the audit trail. The zero value is everything.
type AuditFilter struct {
	District string // "" is every district
	Person   string // name
	Action   string // zone.update, or zone for every act on zones
	Entity   string
	Code     string
	From     time.Time // inclusive
	Until    time.Time // exclusive
	Cursor   int64     // entries older than this one; 0 starts at the newest
	Limit    int       // 1 … 500; 0 is 100; not used by EachAudit
}

const selectAudit = `
	select id, at, account_name, via, coalesce(district_code, ''), action, entity, entity_code, before, after
	from audit_entry
	where ($1 = '' or district_code = $1)
	  and ($2 = '' or entity = $2)
	  and ($3 = '' or entity_code = $3)
	  and ($4 = 0 or id < $4)
	  and ($5 = '' or account_name = $5)
	  and ($6 = '' or action = $6 or starts_with(action, $6 || '.'))
	  and ($7::timestamptz is null or at >= $7)
	  and ($8::timestamptz is null or at < $8)
	order by id desc`

func (f AuditFilter) arguments() []any {
	moment := func(t time.Time) *time.Time {
		if t.IsZero() {
			return nil
		}
		return &t
	}
	return []any{f.District, f.Entity, f.Code, f.Cursor, f.Person, f.Action, moment(f.From), moment(f.Until)}
}

// Audit returns the newest entries first, and the cursor of the next page or 0.
func (s *Store) Audit(ctx context.Context, f AuditFilter) ([]AuditEntry, int64, error) {
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 100
	}
	rows, err := s.db.Pool.Query(ctx, selectAudit+` limit $9`, append(f.arguments(), f.Limit+1)...)
	if err != nil {
		return nil, 0, fmt.Errorf("read the audit trail: %w", err)
	}
	entries, err := pgx.CollectRows(rows, pgx.RowToStructByPos[AuditEntry])
	if err != nil {
		return nil, 0, fmt.Errorf("read the audit trail: %w", err)
	}
	if len(entries) <= f.Limit {
		return entries, 0, nil
	}
	entries = entries[:f.Limit]
	return entries, entries[len(entries)-1].ID, nil
}

// EachAudit hands all entries of the filter to take, the newest first, and stops
// at its first error. The entries come from one moment of the database.
func (s *Store) EachAudit(ctx context.Context, f AuditFilter, take func(AuditEntry) error) error {
	rows, err := s.db.Pool.Query(ctx, selectAudit, f.arguments()...)
	if err != nil {
		return fmt.Errorf("read the audit trail: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		e, err := pgx.RowToStructByPos[AuditEntry](rows)
		if err != nil {
			return fmt.Errorf("read the audit trail: %w", err)
		}
		if err := take(e); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read the audit trail: %w", err)
	}
	return nil
}

// Note writes an entry in a transaction of its own, for acts that leave nothing
// else in the database.
func (s *Store) Note(ctx context.Context, e Entry) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error { return Record(ctx, tx, e) })
}
