package account

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// TokenPrefix begins every personal API token, so that people and scanners for
// secrets recognise one.
const TokenPrefix = "lpt_"

// Bounds of personal API tokens.
const (
	MaxTokenLife = 365 * 24 * time.Hour
	maxTokens    = 50 // of one person that are neither revoked nor past
)

// Access is how much of the person's role a token lets through.
type Access string

const (
	AccessRead       Access = "read"       // looks and exports; writes by no door
	AccessWrite      Access = "write"      // the daily work of planners, too
	AccessAdminister Access = "administer" // what the role may do, except people, sessions and tokens
)

// Accesses lists every access.
func Accesses() []Access { return []Access{AccessRead, AccessWrite, AccessAdminister} }

// passes says which capabilities an access lets through, where the role has
// them. ManageAccounts is in none: a token that leaks must not make others.
var passes = map[Access][]Capability{
	AccessRead: {ReadMap, ReadRegister, SeeCounts, Export},
	AccessWrite: {
		ReadMap, ReadRegister, SeeCounts, Export,
		EditRegister, DrawZone, RunCoverage, Import, EditProgram, DecideProgram, FillProgress,
	},
	AccessAdminister: {
		ReadMap, ReadRegister, SeeCounts, Export,
		EditRegister, DrawZone, RunCoverage, Import, EditProgram, DecideProgram, FillProgress,
		ImportBase, ChoosePolicy, FoundDistrict, ReadAudit,
	},
}

// Token is a personal API token as it is listed; the token itself is shown once,
// to who makes it, and never kept.
type Token struct {
	ID           uuid.UUID  `json:"id"`
	Person       string     `json:"person" doc:"name of the account whose it is"`
	Name         string     `json:"name" doc:"what it is for"`
	Access       Access     `json:"access" enum:"read,write,administer"`
	District     string     `json:"district" doc:"the only district that it reaches; empty: as far as the person"`
	CreatedBy    string     `json:"created_by"`
	CreatedAt    time.Time  `json:"created_at"`
	ExpiresAt    time.Time  `json:"expires_at"`
	LastUsedAt   *time.Time `json:"last_used_at" doc:"to the minute"`
	LastUsedFrom string     `json:"last_used_from" doc:"address"`
	RevokedAt    *time.Time `json:"revoked_at"`
	RevokedBy    string     `json:"revoked_by"`
}

// TokenDraft is a token to be made.
type TokenDraft struct {
	Name     string
	Access   Access
	District string        // narrower than the person's reach, or ""
	Life     time.Duration // up to MaxTokenLife
}

func (d TokenDraft) check(p Person) error {
	switch {
	case strings.TrimSpace(d.Name) == "" || utf8.RuneCountInString(d.Name) > maxName || d.Name != storable(d.Name):
		return &InvalidError{"name", "请写明令牌的用途，最多 64 个字符"}
	case !slices.Contains(Accesses(), d.Access):
		return &InvalidError{"access", "令牌的权限应为 read、write 或 administer"}
	case d.Life <= 0 || d.Life > MaxTokenLife:
		return &InvalidError{"days", "令牌的有效期为 1–365 天"}
	case d.District != "" && p.District != "" && d.District != p.District:
		return &InvalidError{"district", "令牌不能超出本人所在的区"}
	}
	return private("name", "令牌名称", d.Name)
}

// CreateToken makes a token for an account and returns its text, which is not
// kept. Only the person, or the command line, may.
func (s *Store) CreateToken(ctx context.Context, name string, d TokenDraft) (text string, made Token, err error) {
	p, err := s.Person(ctx, name)
	if err != nil {
		return "", Token{}, err
	}
	if err := d.check(p); err != nil {
		return "", Token{}, err
	}
	id, err := uuid.NewV7()
	if err != nil {
		return "", Token{}, fmt.Errorf("make a token: %w", err)
	}
	text, hash := newAPIToken()
	now := s.config.Now()
	err = s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		// The row of the account keeps two requests from both being the last one. They are
		// counted after it is locked: what waits for a lock sees nothing newer.
		err := tx.QueryRow(ctx, `select from account where id = $1 for update`, p.ID).Scan()
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("account %s: %w", p.Name, postgis.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("hold the account %s: %w", p.Name, err)
		}
		var live int
		if err := tx.QueryRow(ctx, `
			select count(*) from api_token where account_id = $1 and revoked_at is null and expires_at > $2`, p.ID, now).Scan(&live); err != nil {
			return fmt.Errorf("count the tokens of %s: %w", p.Name, err)
		}
		if live >= maxTokens {
			return &InvalidError{"name", fmt.Sprintf("有效的令牌最多 %d 个，请先撤销不用的", maxTokens)}
		}
		if _, err := tx.Exec(ctx, `
			insert into api_token (id, account_id, token_hash, name, access, district_code, created_by, created_at, expires_at)
			values ($1, $2, $3, $4, $5, nullif($6, ''), $7, $8, $9)`,
			id, p.ID, hash, strings.TrimSpace(d.Name), d.Access, d.District, Name(ctx), now, now.Add(d.Life)); err != nil {
			if constraint, _ := postgis.Violation(err); constraint == "api_token_district_code_fkey" {
				return &InvalidError{"district", "没有这个区"}
			}
			return fmt.Errorf("make a token: %w", err)
		}
		if made, err = token(ctx, tx, id); err != nil {
			return err
		}
		return Record(ctx, tx, Entry{Action: "token.create", Entity: "account", Code: p.Name, District: p.District, After: made})
	})
	if err != nil {
		return "", Token{}, err
	}
	return text, made, nil
}

const selectToken = `
	select t.id, a.name, t.name, t.access, coalesce(t.district_code, ''), t.created_by, t.created_at, t.expires_at,
	       t.last_used_at, t.last_used_from, t.revoked_at, t.revoked_by
	from api_token t join account a on a.id = t.account_id`

func token(ctx context.Context, q rowsQuerier, id uuid.UUID) (Token, error) {
	rows, err := q.Query(ctx, selectToken+` where t.id = $1`, id)
	if err != nil {
		return Token{}, fmt.Errorf("read token %s: %w", id, err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[Token])
	if errors.Is(err, pgx.ErrNoRows) {
		return Token{}, fmt.Errorf("token %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return Token{}, fmt.Errorf("read token %s: %w", id, err)
	}
	return t, nil
}

// TokenFilter narrows a list of tokens. The zero value is everything.
type TokenFilter struct {
	District string    // of the accounts; "" is every one
	Account  uuid.UUID // the zero value is every account
}

// Tokens lists tokens, the newest first, also those that no longer hold.
func (s *Store) Tokens(ctx context.Context, f TokenFilter) ([]Token, error) {
	rows, err := s.db.Pool.Query(ctx, selectToken+`
		where ($1 = '' or a.district_code = $1)
		  and ($2 = '00000000-0000-0000-0000-000000000000'::uuid or t.account_id = $2)
		order by t.created_at desc, t.id desc
		limit 1000`, f.District, f.Account)
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	tokens, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Token])
	if err != nil {
		return nil, fmt.Errorf("list tokens: %w", err)
	}
	return tokens, nil
}

// TokenDistrict is the district of the account whose the token is, or
// postgis.ErrNotFound.
func (s *Store) TokenDistrict(ctx context.Context, id uuid.UUID) (district string, err error) {
	err = s.db.Pool.QueryRow(ctx, `
		select coalesce(a.district_code, '') from api_token t join account a on a.id = t.account_id where t.id = $1`, id).Scan(&district)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("token %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("read token %s: %w", id, err)
	}
	return district, nil
}

// RevokeToken ends a token at once; one that has ended stays as it is. With a
// name it must be that account's, else it is postgis.ErrNotFound.
func (s *Store) RevokeToken(ctx context.Context, id uuid.UUID, name string) (revoked Token, err error) {
	err = s.write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		before, err := token(ctx, tx, id)
		if err != nil {
			return err
		}
		if name != "" && before.Person != name {
			return fmt.Errorf("token %s: %w", id, postgis.ErrNotFound)
		}
		var district string
		err = tx.QueryRow(ctx, `
			update api_token t set revoked_at = coalesce(t.revoked_at, $2), revoked_by = case when t.revoked_at is null then $3 else t.revoked_by end
			from account a where t.id = $1 and a.id = t.account_id
			returning coalesce(a.district_code, '')`, id, s.config.Now(), Name(ctx)).Scan(&district)
		if err != nil {
			return fmt.Errorf("revoke token %s: %w", id, err)
		}
		if revoked, err = token(ctx, tx, id); err != nil {
			return err
		}
		return Record(ctx, tx, Entry{Action: "token.revoke", Entity: "account", Code: before.Person, District: district, Before: before, After: revoked})
	})
	return revoked, err
}

// ByToken returns the person in whose name a token speaks, with no more than the
// token lets through and no more than the person may now, and when it ends; or
// ErrNoSession. It reads the database each time, so that what was revoked or
// changed counts at once. address is noted as the place of the last use; wrong
// tokens are counted by it, and too many are a *ThrottledError.
func (s *Store) ByToken(ctx context.Context, text, address string) (Person, time.Time, error) {
	if !strings.HasPrefix(text, TokenPrefix) || len(text) > 200 {
		return Person{}, time.Time{}, s.wrongToken(ctx, address)
	}
	now := s.config.Now()
	var id uuid.UUID
	var only string
	var expires time.Time
	var lastUsed *time.Time
	var p Person
	var r reach
	err := s.db.Pool.QueryRow(ctx, `
		select t.id, t.name, t.access, coalesce(t.district_code, ''), t.expires_at, t.last_used_at, `+personColumns+`
		from api_token t
		join account a on a.id = t.account_id
		where t.token_hash = $1 and t.expires_at > $2 and t.revoked_at is null and a.locked_at is null`, hashToken(text), now).Scan(
		append([]any{&id, &p.Via, &p.Access, &only, &expires, &lastUsed}, p.columns(&r)...)...)
	if errors.Is(err, pgx.ErrNoRows) {
		return Person{}, time.Time{}, s.wrongToken(ctx, address)
	}
	if err != nil {
		return Person{}, time.Time{}, fmt.Errorf("look for a token: %w", err)
	}
	p.Scope = scopeOf(p.Role, p.District, r.subdistricts, r.zones)
	switch {
	case only == "" || only == p.District:
	case p.District == "":
		p.Scope.District = only
	default: // the person has moved to another district
		return Person{}, time.Time{}, ErrNoSession
	}
	if lastUsed == nil || now.Sub(*lastUsed) > touchEvery {
		if _, err := s.db.Pool.Exec(ctx, `update api_token set last_used_at = $2, last_used_from = $3 where id = $1`,
			id, now, cut(storable(address), 100)); err != nil {
			return Person{}, time.Time{}, fmt.Errorf("touch a token: %w", err)
		}
	}
	return p, expires, nil
}

func (s *Store) wrongToken(ctx context.Context, address string) error {
	if err := s.attempt(ctx, []limit{limitOf("token", address, failuresToken, longestWait)}); err != nil {
		return err
	}
	return ErrNoSession
}

// newAPIToken returns 256 random bits behind the prefix, and their hash.
func newAPIToken() (text string, hash []byte) {
	random, _ := newToken()
	text = TokenPrefix + random
	return text, hashToken(text)
}
