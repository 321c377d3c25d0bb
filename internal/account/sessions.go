package account

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// OpenSession is a session as it is listed.
type OpenSession struct {
	ID         uuid.UUID `json:"id"`
	Device     string    `json:"device" doc:"how the browser called itself when it signed in"`
	Address    string    `json:"address" doc:"where from"`
	ByLink     bool      `json:"by_link"`
	ByProvider bool      `json:"by_provider" doc:"opened by way of the OpenID Connect provider"`
	CreatedAt  time.Time `json:"created_at"`
	LastSeenAt time.Time `json:"last_seen_at" doc:"to the minute"`
	ExpiresAt  time.Time `json:"expires_at"`
	Current    bool      `json:"current" doc:"the one that asks"`
}

// Sessions lists the sessions of an account that hold, the last used first.
// current is the one that asks, or the zero value.
func (s *Store) Sessions(ctx context.Context, account, current uuid.UUID) ([]OpenSession, error) {
	now := s.config.Now()
	rows, err := s.db.Pool.Query(ctx, `
		select id, user_agent, address, by_link, by_provider, created_at, last_seen_at, expires_at, id = $2
		from session
		where account_id = $1 and expires_at > $3 and last_seen_at > $4
		order by last_seen_at desc, id
		limit 500`, account, current, now, now.Add(-s.config.SessionIdle))
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	sessions, err := pgx.CollectRows(rows, pgx.RowToStructByPos[OpenSession])
	if err != nil {
		return nil, fmt.Errorf("list sessions: %w", err)
	}
	return sessions, nil
}

// EndSession ends one session of an account, or returns postgis.ErrNotFound.
func (s *Store) EndSession(ctx context.Context, account, session uuid.UUID) error {
	return s.endSessions(ctx, account, func(ctx context.Context, tx pgx.Tx) (int64, error) {
		ended, err := tx.Exec(ctx, `delete from session where account_id = $1 and id = $2`, account, session)
		if err == nil && ended.RowsAffected() == 0 {
			return 0, fmt.Errorf("session %s: %w", session, postgis.ErrNotFound)
		}
		return ended.RowsAffected(), err
	})
}

// EndSessions ends all sessions of an account but the one to keep, which may be
// the zero value.
func (s *Store) EndSessions(ctx context.Context, account, keep uuid.UUID) error {
	return s.endSessions(ctx, account, func(ctx context.Context, tx pgx.Tx) (int64, error) {
		ended, err := tx.Exec(ctx, `delete from session where account_id = $1 and id <> $2`, account, keep)
		return ended.RowsAffected(), err
	})
}

func (s *Store) endSessions(ctx context.Context, account uuid.UUID, end func(context.Context, pgx.Tx) (int64, error)) error {
	return s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		a, err := s.get(ctx, tx, account, true)
		if err != nil {
			return err
		}
		ended, err := end(ctx, tx)
		if err != nil {
			return fmt.Errorf("end sessions of %s: %w", a.Name, err)
		}
		return Record(ctx, tx, revoked(a.Name, a.District, ended))
	})
}

// revoked is the audit entry of somebody's sessions that were ended for them.
func revoked(name, district string, sessions int64) Entry {
	return Entry{Action: "session.revoke", Entity: "account", Code: name, District: district, After: map[string]int64{"sessions": sessions}}
}
