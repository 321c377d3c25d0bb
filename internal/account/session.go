package account

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// Session is a person's open door.
type Session struct {
	ID          uuid.UUID
	Person      Person
	HasPassword bool
	Bound       bool   // to an identity at an OpenID Connect provider
	ByLink      bool   // opened with a one-time link
	ByProvider  bool   // opened by way of an OpenID Connect provider
	SignOutURL  string // of that provider; "" where there is none
	ExpiresAt   time.Time
}

// touchEvery limits how often a session in use is written to.
const touchEvery = time.Minute

// SignIn opens a session for name and password and returns its token. address
// is where the request came from; failures are counted by it and by name. The
// errors are ErrCredentials and *ThrottledError; neither tells whether the name
// exists, nor does the time that the answer takes.
func (s *Store) SignIn(ctx context.Context, name, password, address, userAgent string) (string, Session, error) {
	name = strings.TrimSpace(name)
	if len(name) > 4*maxName || len(password) > 4*MaxPassword {
		return "", Session{}, ErrCredentials
	}
	limits := signInLimits(strings.ToLower(name), address)
	if err := s.attempt(ctx, limits); err != nil {
		return "", Session{}, err
	}
	if name != storable(name) {
		name = "" // nobody is called that
	}
	var id uuid.UUID
	var hash string
	var locked bool
	err := s.db.Pool.QueryRow(ctx, `
		select id, coalesce(password_hash, ''), locked_at is not null from account where name = $1`, name).Scan(&id, &hash, &locked)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return "", Session{}, fmt.Errorf("find the account: %w", err)
	}
	ok, err := s.hasher.matches(ctx, password, hash)
	if err != nil {
		return "", Session{}, err
	}
	if !ok {
		return "", Session{}, ErrCredentials
	}
	if err := s.succeeded(ctx, limits); err != nil {
		return "", Session{}, err
	}
	if locked {
		return "", Session{}, ErrLocked
	}
	return s.openSession(ctx, id, from{address: address, agent: userAgent}, false, nil)
}

// from is where a session is opened from.
type from struct {
	address, agent string
	provider       bool   // by way of an OpenID Connect provider
	signOut        string // address of that provider

	issuer           string // of the provider; "" is none
	subject, session []byte // digests of what it calls the person and its own session; nil is none
}

// openSession makes a session, after first (a step of the same transaction, or
// nil) went well.
func (s *Store) openSession(ctx context.Context, account uuid.UUID, by from, byLink bool, first func(context.Context, pgx.Tx) error) (string, Session, error) {
	token, hash := newToken()
	id, err := uuid.NewV7()
	if err != nil {
		return "", Session{}, fmt.Errorf("make a session: %w", err)
	}
	now := s.config.Now()
	var opened Session
	err = s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if first != nil {
			if err := first(ctx, tx); err != nil {
				return err
			}
		}
		// Whoever signs in sweeps out what is dead.
		if _, err := tx.Exec(ctx, `delete from session where account_id = $1 and (expires_at <= $2 or last_seen_at <= $3)`,
			account, now, now.Add(-s.config.SessionIdle)); err != nil {
			return fmt.Errorf("sweep sessions: %w", err)
		}
		if _, err := tx.Exec(ctx, `
			insert into session (id, account_id, token_hash, user_agent, address, by_link, created_at, last_seen_at, expires_at, by_provider, sign_out_url,
				provider_issuer, provider_subject, provider_session)
			values ($1, $2, $3, $4, $5, $6, $7, $7, $8, $9, $10, $11, $12, $13)`,
			id, account, hash, cut(storable(by.agent), 200), cut(storable(by.address), 100), byLink, now, now.Add(s.config.SessionLife),
			by.provider, by.signOut, by.issuer, by.subject, by.session); err != nil {
			return fmt.Errorf("make a session: %w", err)
		}
		if opened, err = s.sessionByToken(ctx, tx, hash); err != nil {
			return err
		}
		e := Entry{Action: "session.open", Entity: "account", Code: opened.Person.Name, District: opened.Person.District}
		if by.provider {
			e.After = map[string]string{"by": providerName}
		}
		return Record(With(ctx, opened.Person), tx, e)
	})
	if constraint, ok := postgis.Violation(err); ok && constraint == "session_account_id_fkey" || errors.Is(err, ErrNoSession) {
		return "", Session{}, ErrCredentials // the account was deleted or locked meanwhile
	}
	if err != nil {
		return "", Session{}, err
	}
	return token, opened, nil
}

// Session returns who is signed in with the token, or ErrNoSession. What was looked up
// a moment ago is remembered, and forgotten when people change: a revoked session or a
// changed scope counts at once.
func (s *Store) Session(ctx context.Context, token string) (Session, error) {
	if token == "" || len(token) > 200 {
		return Session{}, ErrNoSession
	}
	hash := hashToken(token)
	if session, ok := s.known.session(hash, s.config.Now()); ok {
		return session, nil
	}
	heard := s.known.heard()
	session, err := s.sessionByToken(ctx, s.db.Pool, hash)
	if err != nil {
		return Session{}, err
	}
	s.known.keep(hash, session, s.config.Now(), heard)
	return session, nil
}

type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

func (s *Store) sessionByToken(ctx context.Context, q querier, hash []byte) (Session, error) {
	now := s.config.Now()
	var found Session
	var lastSeen time.Time
	var r reach
	p := &found.Person
	err := q.QueryRow(ctx, `
		select s.id, s.by_link, s.by_provider, s.sign_out_url, s.expires_at, s.last_seen_at, a.password_hash is not null, `+isBound+`, `+personColumns+`
		from session s
		join account a on a.id = s.account_id
		where s.token_hash = $1 and s.expires_at > $2 and s.last_seen_at > $3 and a.locked_at is null`,
		hash, now, now.Add(-s.config.SessionIdle)).Scan(
		append([]any{&found.ID, &found.ByLink, &found.ByProvider, &found.SignOutURL, &found.ExpiresAt, &lastSeen, &found.HasPassword, &found.Bound}, p.columns(&r)...)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Session{}, ErrNoSession
	}
	if err != nil {
		return Session{}, fmt.Errorf("look for a session: %w", err)
	}
	p.Scope = scopeOf(p.Role, p.District, r.subdistricts, r.zones)
	if now.Sub(lastSeen) > touchEvery {
		if _, err := s.db.Pool.Exec(ctx, `update session set last_seen_at = $2 where id = $1`, found.ID, now); err != nil {
			return Session{}, fmt.Errorf("touch a session: %w", err)
		}
	}
	return found, nil
}

// scopeOf derives the scope from what is stored. Roles that are bound to parts
// of a district never get nil for them: none listed is nothing, not everything.
func scopeOf(role Role, district string, subdistricts []string, zones []int64) Scope {
	scope := Scope{District: district}
	switch role {
	case Officer:
		scope.Subdistricts = append([]string{}, subdistricts...)
	case Contractor:
		scope.Zones = append([]int64{}, zones...)
	}
	return scope
}

// SignOut ends the session of the token; ending one that is dead is no error.
func (s *Store) SignOut(ctx context.Context, token string) error {
	return s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		ended, err := tx.Exec(ctx, `delete from session where token_hash = $1`, hashToken(token))
		if err != nil {
			return fmt.Errorf("end a session: %w", err)
		}
		if ended.RowsAffected() == 0 {
			return nil
		}
		p, _ := From(ctx)
		return Record(ctx, tx, Entry{Action: "session.close", Entity: "account", Code: Name(ctx), District: p.District})
	})
}

// SetPassword gives the person of a session a new password. The current one is
// asked for unless there is none or a one-time link opened the session. Whom a
// provider vouches for has none and gets none: it would go on opening the door
// when the provider no longer does. All other sessions of the person end.
func (s *Store) SetPassword(ctx context.Context, session Session, current, password, address string) error {
	if err := checkPassword(password, session.Person.Name); err != nil {
		return err
	}
	if session.ByProvider && !session.HasPassword {
		return &InvalidError{"new", "您通过统一身份认证登录，不需要另设密码；如确有需要，请向管理员索取一次性链接"}
	}
	if session.HasPassword && !session.ByLink {
		if err := s.confirm(ctx, session.Person, current, address); err != nil {
			return err
		}
	}
	if err := s.neverHad(ctx, session.Person, password); err != nil {
		return err
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := s.keepFormer(ctx, tx, session.Person); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update account set password_hash = $2 where id = $1`, session.Person.ID, hash); err != nil {
			return fmt.Errorf("set a password: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from session where account_id = $1 and id <> $2`, session.Person.ID, session.ID); err != nil {
			return fmt.Errorf("end other sessions: %w", err)
		}
		if _, err := tx.Exec(ctx, `update session set by_link = false where id = $1`, session.ID); err != nil {
			return fmt.Errorf("set a password: %w", err)
		}
		return Record(ctx, tx, Entry{
			Action: "account.password", Entity: "account", Code: session.Person.Name, District: session.Person.District,
		})
	})
}

// confirm checks the person's current password, with the same limits as a
// sign-in: a stolen session must not become a place to guess.
func (s *Store) confirm(ctx context.Context, p Person, password, address string) error {
	limits := signInLimits(strings.ToLower(p.Name), address)
	if err := s.attempt(ctx, limits); err != nil {
		return err
	}
	var hash string
	if err := s.db.Pool.QueryRow(ctx, `select coalesce(password_hash, '') from account where id = $1`, p.ID).Scan(&hash); err != nil {
		return fmt.Errorf("find the account: %w", err)
	}
	ok, err := s.hasher.matches(ctx, password, hash)
	if err != nil {
		return err
	}
	if !ok {
		return ErrCredentials
	}
	return s.succeeded(ctx, limits)
}

// storable drops what PostgreSQL's text cannot hold.
func storable(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\x00", "")
}

func cut(text string, runes int) string {
	r := []rune(text)
	return string(r[:min(len(r), runes)])
}

// Sweep removes sessions and links that have run out, and counted failures that
// no longer count.
func (s *Store) Sweep(ctx context.Context) error {
	now := s.config.Now()
	if _, err := s.db.Pool.Exec(ctx, `delete from session where expires_at <= $1 or last_seen_at <= $2`,
		now, now.Add(-s.config.SessionIdle)); err != nil {
		return fmt.Errorf("sweep sessions: %w", err)
	}
	if _, err := s.db.Pool.Exec(ctx, `delete from sign_in_link where expires_at <= $1 or used_at is not null`, now); err != nil {
		return fmt.Errorf("sweep links: %w", err)
	}
	if _, err := s.db.Pool.Exec(ctx, `delete from provider_visit where expires_at <= $1`, now); err != nil {
		return fmt.Errorf("sweep visits to the provider: %w", err)
	}
	if _, err := s.db.Pool.Exec(ctx, `delete from provider_logout where expires_at <= $1`, now); err != nil {
		return fmt.Errorf("sweep logout tokens: %w", err)
	}
	if _, err := s.db.Pool.Exec(ctx, `delete from attempt where last_at < $1`, now.Add(-forgetAfter)); err != nil {
		return fmt.Errorf("sweep failures: %w", err)
	}
	return nil
}
