package account

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// firstAdministrator is the name of the account that the first start makes.
const firstAdministrator = "admin"

// IssueLink makes a one-time sign-in token for an account; earlier ones that
// were not used die. Whoever opens it is signed in and may set a password.
func (s *Store) IssueLink(ctx context.Context, account uuid.UUID) (token string, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		token, err = s.issueLink(ctx, tx, account)
		return err
	})
	return token, err
}

func (s *Store) issueLink(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (string, error) {
	a, err := s.get(ctx, tx, id, true)
	if err != nil {
		return "", err
	}
	if _, err := tx.Exec(ctx, `delete from sign_in_link where account_id = $1`, id); err != nil {
		return "", fmt.Errorf("end earlier links: %w", err)
	}
	token, hash := newToken()
	if _, err := tx.Exec(ctx, `insert into sign_in_link (token_hash, account_id, expires_at) values ($1, $2, $3)`,
		hash, id, s.config.Now().Add(s.config.LinkLife)); err != nil {
		return "", fmt.Errorf("make a link: %w", err)
	}
	return token, Record(ctx, tx, Entry{Action: "account.link", Entity: "account", Code: a.Name, District: a.District})
}

// Redeem signs in with a one-time link's token. The errors are ErrLink and
// *ThrottledError: wrong ones are counted by address.
func (s *Store) Redeem(ctx context.Context, token, address, userAgent string) (sessionToken string, session Session, err error) {
	if token == "" || len(token) > 200 {
		return "", Session{}, ErrLink
	}
	limits := []limit{limitOf("link", address, failuresLink, longestWait)}
	if err := s.attempt(ctx, limits); err != nil {
		return "", Session{}, err
	}
	var account uuid.UUID
	now := s.config.Now()
	err = s.db.Pool.QueryRow(ctx, `
		select l.account_id from sign_in_link l join account a on a.id = l.account_id
		where l.token_hash = $1 and l.used_at is null and l.expires_at > $2 and a.locked_at is null`,
		hashToken(token), now).Scan(&account)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", Session{}, ErrLink
	}
	if err != nil {
		return "", Session{}, fmt.Errorf("look for a link: %w", err)
	}
	if err := s.succeeded(ctx, limits); err != nil {
		return "", Session{}, err
	}
	return s.openSession(ctx, account, from{address: address, agent: userAgent}, true, func(ctx context.Context, tx pgx.Tx) error {
		used, err := tx.Exec(ctx, `update sign_in_link set used_at = $2 where token_hash = $1 and used_at is null`, hashToken(token), now)
		if err != nil {
			return fmt.Errorf("use a link: %w", err)
		}
		if used.RowsAffected() == 0 { // somebody was faster
			return ErrLink
		}
		return nil
	})
}

// EnsureAdministrator makes the first administrator when there is none, and
// returns a one-time token for the terminal. As long as no administrator has
// set a password, every call returns a new token: closing the browser too early
// must not lock everybody out. Otherwise the token is empty.
func (s *Store) EnsureAdministrator(ctx context.Context) (token string, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('lianpian-first-administrator'))`); err != nil {
			return fmt.Errorf("lock the first start: %w", err)
		}
		var id *uuid.UUID
		var reachable bool
		err := tx.QueryRow(ctx, `
			select (array_agg(id order by created_at))[1], coalesce(bool_or(password_hash is not null), false)
			from account where role = 'administrator' and district_code is null and locked_at is null`).Scan(&id, &reachable)
		if err != nil {
			return fmt.Errorf("look for an administrator: %w", err)
		}
		if reachable {
			return nil
		}
		if id == nil {
			made, err := s.create(ctx, tx, Draft{Name: firstAdministrator, DisplayName: "管理员", Role: Administrator})
			if err != nil {
				return err
			}
			id = &made.ID
		}
		token, err = s.issueLink(ctx, tx, *id)
		return err
	})
	if err != nil {
		return "", fmt.Errorf("make the first administrator: %w", err)
	}
	return token, nil
}
