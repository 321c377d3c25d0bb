package account

import (
	"context"
	"fmt"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
)

// Bounds of a password's length, in characters. The upper one keeps a hash from
// being fed megabytes.
const (
	MinPassword = 8
	MaxPassword = 256
)

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

func checkPassword(password, name string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < MinPassword:
		return &InvalidError{Field: "password", Reason: fmt.Sprintf("口令至少 %d 个字符", MinPassword)}
	case n > MaxPassword:
		return &InvalidError{Field: "password", Reason: fmt.Sprintf("口令最多 %d 个字符", MaxPassword)}
	case password == name:
		return &InvalidError{Field: "password", Reason: "口令不能与用户名相同"}
	}
	return nil
}
