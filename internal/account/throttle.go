package account

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Failures that are let through before a door asks to wait: for one name from
// one address, for one name from anywhere, and for one address. The middle one
// is wide and waits shortly, so that a stranger cannot easily lock a person out.
const (
	failuresPair  = 5
	failuresName  = 50
	failuresPlace = 200
	failuresLink  = 20 // one-time links from one address
	failuresToken = 50 // API tokens from one address

	firstWait     = 30 * time.Second // after the last failure that is let through; doubled with each further one
	longestWait   = 15 * time.Minute
	longestOfName = time.Minute
	forgetAfter   = time.Hour // without an attempt
)

// limit is one thing whose failures are counted.
type limit struct {
	key     [sha256.Size]byte
	allowed int
	longest time.Duration
	forgets bool // a success clears it; else a success only takes itself back
}

func limitOf(kind, of string, allowed int, longest time.Duration) limit {
	return limit{key: sha256.Sum256([]byte(kind + "\x00" + of)), allowed: allowed, longest: longest}
}

// signInLimits are those of a name from an address.
func signInLimits(name, address string) []limit {
	both := limitOf("both", name+"\x00"+address, failuresPair, longestWait)
	both.forgets = true
	return []limit{both, limitOf("name", name, failuresName, longestOfName), limitOf("from", address, failuresPlace, longestWait)}
}

// attempt counts an attempt in advance, so that a crowd of parallel guesses
// counts as many, or returns a *ThrottledError. succeeded takes it back. The
// counters stand in the database: instances share them, a restart keeps them.
func (s *Store) attempt(ctx context.Context, limits []limit) error {
	now := s.config.Now()
	for _, l := range limits {
		var until *time.Time
		// What blocks is not counted on: waiting ends, also for the patient.
		err := s.db.Pool.QueryRow(ctx, `
			insert into attempt as a (key, failures, last_at, blocked_until)
			values ($1, 1, $2::timestamptz, case when $3::integer <= 1 then $2::timestamptz + $4::interval end)
			on conflict (key) do update set
				failures = case when a.last_at < $2::timestamptz - $6::interval then 1 else a.failures + 1 end,
				last_at = $2::timestamptz,
				blocked_until = case when a.last_at >= $2::timestamptz - $6::interval and a.failures + 1 >= $3::integer
					then $2::timestamptz + least($4::interval * power(2, least(a.failures + 1 - $3::integer, 20)), $5::interval) end
			where a.blocked_until is null or a.blocked_until <= $2::timestamptz
			returning null::timestamptz`,
			l.key[:], now, l.allowed, firstWait, l.longest, forgetAfter).Scan(&until)
		if err == nil {
			continue
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("count an attempt: %w", err)
		}
		if err := s.db.Pool.QueryRow(ctx, `select blocked_until from attempt where key = $1`, l.key[:]).Scan(&until); err != nil && !errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("look how long to wait: %w", err)
		}
		if until != nil && until.After(now) {
			return &ThrottledError{Wait: until.Sub(now)}
		}
	}
	return nil
}

// succeeded takes back what attempt counted.
func (s *Store) succeeded(ctx context.Context, limits []limit) error {
	for _, l := range limits {
		query := `update attempt set failures = greatest(failures - 1, 0), blocked_until = case when failures > $2::integer then blocked_until end where key = $1`
		if l.forgets {
			query = `delete from attempt where key = $1 and $2::integer > 0`
		}
		if _, err := s.db.Pool.Exec(ctx, query, l.key[:], l.allowed); err != nil {
			return fmt.Errorf("take an attempt back: %w", err)
		}
	}
	return nil
}
