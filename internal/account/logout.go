package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// logoutAge is how long after its making a logout token is taken.
	logoutAge = 5 * time.Minute
	// clocksDiffer is how far the provider's clock may be ahead of this one.
	clocksDiffer = time.Minute
	// failuresLogout are logout tokens from one address that are none.
	failuresLogout = 200
	// logoutSize is the longest logout token that is looked at, in bytes.
	logoutSize = 16 << 10
	// logoutEvent is the event that a logout token tells of.
	logoutEvent = "http://schemas.openid.net/event/backchannel-logout"
)

// ErrLogoutToken says that what is shown as a logout token is none of the
// provider's, or has been shown before.
var ErrLogoutToken = errors.New("no logout token of the OpenID Connect provider")

// logout is whom a logout token tells of.
type logout struct {
	subject, session []byte // digests; one of the two may be nil, which is any
	token            [sha256.Size]byte
}

// EndSessions ends the sessions that the provider opened and now says are over:
// OpenID Connect Back-Channel Logout 1.0. raw is its logout token, address where
// the request comes from. That there was nothing to end is no error. The errors
// are ErrLogoutToken, ErrProvider and *ThrottledError.
func (p *Provider) EndSessions(ctx context.Context, raw, address string) error {
	limits := []limit{limitOf("logout", address, failuresLogout, longestWait)}
	if err := p.store.attempt(ctx, limits); err != nil {
		return err
	}
	m, err := p.metadata(ctx)
	if err != nil {
		return err
	}
	l, err := p.logout(ctx, m, raw)
	if err != nil {
		return err
	}
	if err := p.store.endSessionsOf(ctx, p.config.Issuer, l); err != nil {
		return err
	}
	return p.store.succeeded(ctx, limits)
}

// logout checks a logout token and reads whom it tells of.
func (p *Provider) logout(ctx context.Context, m *metadata, raw string) (logout, error) {
	if len(raw) > logoutSize || !saysLogout(raw) {
		return logout{}, fmt.Errorf("%w: not of the kind", ErrLogoutToken)
	}
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), askWithin)
	defer cancel()
	now := p.store.config.Now
	token, err := m.provider.Verifier(&oidc.Config{ClientID: p.config.ClientID, Now: now}).Verify(ctx, raw)
	if err != nil {
		return logout{}, fmt.Errorf("%w: %w", ErrLogoutToken, err)
	}
	claims := claims{}
	if err := token.Claims(&claims); err != nil {
		return logout{}, fmt.Errorf("%w: read it: %w", ErrLogoutToken, err)
	}
	events, _ := claims["events"].(map[string]any)
	_, tells := events[logoutEvent].(map[string]any)
	_, nonce := claims["nonce"]
	id, _ := claims["jti"].(string)
	age := now().Sub(token.IssuedAt)
	switch {
	case !tells:
		return logout{}, fmt.Errorf("%w: it tells of no logout", ErrLogoutToken)
	case nonce:
		return logout{}, fmt.Errorf("%w: it has a nonce, as identity tokens have", ErrLogoutToken)
	case id == "":
		return logout{}, fmt.Errorf("%w: it has no id", ErrLogoutToken)
	case age > logoutAge || age < -clocksDiffer:
		return logout{}, fmt.Errorf("%w: it was made at %s", ErrLogoutToken, token.IssuedAt)
	}
	l := logout{token: sha256.Sum256([]byte(p.config.Issuer + "\x00" + id))}
	for name, into := range map[string]*[]byte{"sub": &l.subject, "sid": &l.session} {
		value, given := claims[name]
		text, _ := value.(string)
		if given && text == "" {
			return logout{}, fmt.Errorf("%w: its %s is no name", ErrLogoutToken, name)
		}
		if given {
			*into = digest(text)
		}
	}
	if l.subject == nil && l.session == nil {
		return logout{}, fmt.Errorf("%w: it names nobody", ErrLogoutToken)
	}
	return l, nil
}

// saysLogout tells whether the header of a token lets it be a logout token: other
// kinds that the provider signs name themselves there.
func saysLogout(raw string) bool {
	part, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(part)
	var header struct {
		Type string `json:"typ"`
	}
	if err != nil || json.Unmarshal(text, &header) != nil {
		return false
	}
	kind := strings.TrimPrefix(strings.ToLower(header.Type), "application/")
	return kind == "" || kind == "jwt" || kind == "logout+jwt"
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:]
}

// endSessionsOf ends the sessions that a logout token tells of, which counts once.
func (s *Store) endSessionsOf(ctx context.Context, issuer string, l logout) error {
	ctx = WithOperator(context.WithValue(ctx, personKey, nil), providerName)
	return s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		noted, err := tx.Exec(ctx, `insert into provider_logout (token_hash, expires_at) values ($1, $2) on conflict do nothing`,
			l.token[:], s.config.Now().Add(2*logoutAge))
		if err != nil {
			return fmt.Errorf("note a logout token: %w", err)
		}
		if noted.RowsAffected() == 0 {
			return fmt.Errorf("%w: it was shown before", ErrLogoutToken)
		}
		rows, err := tx.Query(ctx, `
			with ended as (
				delete from session
				where by_provider and provider_issuer = $1
				  and ($2::bytea is null or provider_subject = $2) and ($3::bytea is null or provider_session = $3)
				returning account_id
			)
			select a.name, coalesce(a.district_code, ''), count(*)
			from ended join account a on a.id = ended.account_id
			group by a.id
			order by a.name`, issuer, l.subject, l.session)
		if err != nil {
			return fmt.Errorf("end sessions of the provider: %w", err)
		}
		type left struct {
			Name, District string
			Sessions       int64
		}
		people, err := pgx.CollectRows(rows, pgx.RowToStructByPos[left])
		if err != nil {
			return fmt.Errorf("end sessions of the provider: %w", err)
		}
		for _, a := range people {
			if err := Record(ctx, tx, revoked(a.Name, a.District, a.Sessions)); err != nil {
				return err
			}
		}
		return nil
	})
}
