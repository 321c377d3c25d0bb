package account

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/jackc/pgx/v5"
)

// Bounds of a password's length, in characters. The upper one keeps a hash from
// being fed megabytes.
const (
	MinPassword = 10
	MaxPassword = 256
)

// formerPasswords is how many earlier passwords may not come back.
const formerPasswords = 5

// hasher makes and checks argon2id hashes, a few at a time: each takes the
// memory of its parameters, and a crowd at the sign-in page must not take all.
type hasher struct {
	params *argon2id.Params
	slots  chan struct{}
	decoy  string // compared with when there is no hash, so that both take as long
}

// defaultParams is RFC 9106's advice for little memory, tuned to about 0.1 s on
// one core.
var defaultParams = argon2id.Params{Memory: 64 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

func newHasher(params argon2id.Params, atOnce int) (*hasher, error) {
	decoy, err := argon2id.CreateHash("no account has this password", &params)
	if err != nil {
		return nil, fmt.Errorf("hash a password: %w", err)
	}
	return &hasher{params: &params, slots: make(chan struct{}, atOnce), decoy: decoy}, nil
}

func (h *hasher) acquire(ctx context.Context) error {
	select {
	case h.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("wait to hash a password: %w", ctx.Err())
	}
}

func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	if err := h.acquire(ctx); err != nil {
		return "", err
	}
	defer func() { <-h.slots }()
	hash, err := argon2id.CreateHash(password, h.params)
	if err != nil {
		return "", fmt.Errorf("hash a password: %w", err)
	}
	return hash, nil
}

// matches tells whether password made the hash. An empty hash matches nothing,
// in the same time.
func (h *hasher) matches(ctx context.Context, password, hash string) (bool, error) {
	if err := h.acquire(ctx); err != nil {
		return false, err
	}
	defer func() { <-h.slots }()
	against := hash
	if against == "" {
		against = h.decoy
	}
	ok, err := argon2id.ComparePasswordAndHash(password, against)
	if err != nil {
		return false, fmt.Errorf("compare a password: %w", err)
	}
	return ok && hash != "", nil
}

// checkPassword refuses what is guessed first: short passwords, those with the
// person's name in them, and those that are a common word, a walk over the
// keyboard, a row of digits or a repetition, with a few digits or signs around.
func checkPassword(password, name string) error {
	n := utf8.RuneCountInString(password)
	refuse := func(reason string) error { return &InvalidError{Field: "password", Reason: reason} }
	switch {
	case n < MinPassword:
		return refuse(fmt.Sprintf("口令至少 %d 个字符", MinPassword))
	case n > MaxPassword:
		return refuse(fmt.Sprintf("口令最多 %d 个字符", MaxPassword))
	case utf8.RuneCountInString(name) > 2 && strings.Contains(strings.ToLower(password), strings.ToLower(name)), password == name:
		return refuse("口令不能包含用户名")
	case commonPassword(password):
		return refuse("口令过于常见或有规律，容易被猜中，请换一个")
	}
	return nil
}

// neverHad refuses the present password and the last few before it.
func (s *Store) neverHad(ctx context.Context, p Person, password string) error {
	rows, err := s.db.Pool.Query(ctx, `
		select password_hash from account where id = $1 and password_hash is not null
		union all
		(select password_hash from former_password where account_id = $1 order by set_at desc limit $2)`, p.ID, formerPasswords)
	if err != nil {
		return fmt.Errorf("read earlier passwords: %w", err)
	}
	hashes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read earlier passwords: %w", err)
	}
	for _, hash := range hashes {
		had, err := s.hasher.matches(ctx, password, hash)
		if err != nil {
			return err
		}
		if had {
			return &InvalidError{Field: "password", Reason: "不能使用现在或最近用过的口令"}
		}
	}
	return nil
}

// keepFormer puts the present password, which is about to be replaced, with
// those before it.
func (s *Store) keepFormer(ctx context.Context, tx pgx.Tx, p Person) error {
	if _, err := tx.Exec(ctx, `
		insert into former_password (account_id, set_at, password_hash)
		select id, clock_timestamp(), password_hash from account where id = $1 and password_hash is not null`, p.ID); err != nil {
		return fmt.Errorf("keep an earlier password: %w", err)
	}
	if _, err := tx.Exec(ctx, `
		delete from former_password where account_id = $1 and set_at not in
			(select set_at from former_password where account_id = $1 order by set_at desc limit $2)`, p.ID, formerPasswords); err != nil {
		return fmt.Errorf("forget an earlier password: %w", err)
	}
	return nil
}
