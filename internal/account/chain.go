package account

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/panics"
	"github.com/lianpian/lianpian/internal/postgis"
)

// sealEvery is how soon after its commit an entry is in the chain, and sealAtOnce
// how many are chained in one transaction.
const (
	sealEvery  = 5 * time.Second
	sealAtOnce = 1000
)

// canonical is an entry as text that says all of it, the same at every reading.
const canonical = `jsonb_build_array(e.id, extract(epoch from e.at), e.account_id, e.account_name, e.via, e.district_code,
	e.action, e.entity, e.entity_code, e.before, e.after)::text`

// Seal is the head of the chain of the audit trail: how many entries are in it,
// and the hash over all of them.
type Seal struct {
	Position int64  `json:"position"`
	Hash     string `json:"hash" doc:"SHA-256, hexadecimal"`
}

func (s Seal) String() string { return strconv.FormatInt(s.Position, 10) + ":" + s.Hash }

// TamperedError says where the audit trail is not what was chained.
type TamperedError struct {
	Position int64 // in the chain
	Entry    int64 // id of the entry there
	Reason   string
}

func (e *TamperedError) Error() string {
	return fmt.Sprintf("the audit trail was tampered with at position %d (entry %d): %s", e.Position, e.Entry, e.Reason)
}

// RunSeals chains what has been committed, until ctx ends.
func (s *Store) RunSeals(ctx context.Context, log *slog.Logger) error {
	ticker := time.NewTicker(sealEvery)
	defer ticker.Stop()
	for {
		err := panics.Contain(func() error {
			_, err := s.SealAudit(ctx)
			return err
		})
		if err != nil && ctx.Err() == nil {
			log.Warn("the audit trail could not be chained", "error", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// SealAudit chains all committed entries that are not in the chain yet, and
// returns its head.
func (s *Store) SealAudit(ctx context.Context) (head Seal, err error) {
	for {
		var n int
		err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
			n, head, err = sealSome(ctx, tx)
			return err
		})
		if err != nil || n < sealAtOnce {
			return head, err
		}
	}
}

func sealSome(ctx context.Context, tx pgx.Tx) (int, Seal, error) {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('lianpian-audit-seal'))`); err != nil {
		return 0, Seal{}, fmt.Errorf("lock the chain: %w", err)
	}
	position, hash, err := chainHead(ctx, tx)
	if err != nil {
		return 0, Seal{}, err
	}
	rows, err := tx.Query(ctx, `
		select u.entry_id, `+canonical+`
		from audit_unsealed u join audit_entry e on e.id = u.entry_id
		order by u.entry_id limit $1`, sealAtOnce)
	if err != nil {
		return 0, Seal{}, fmt.Errorf("read what is to be chained: %w", err)
	}
	var ids, positions []int64
	var hashes [][]byte
	var id int64
	var text string
	if _, err := pgx.ForEachRow(rows, []any{&id, &text}, func() error {
		position++
		hash = chained(hash, text)
		ids, positions, hashes = append(ids, id), append(positions, position), append(hashes, hash)
		return nil
	}); err != nil {
		return 0, Seal{}, fmt.Errorf("read what is to be chained: %w", err)
	}
	if len(ids) > 0 {
		if _, err := tx.Exec(ctx, `
			insert into audit_seal (position, entry_id, hash) select * from unnest($1::bigint[], $2::bigint[], $3::bytea[])`,
			positions, ids, hashes); err != nil {
			return 0, Seal{}, fmt.Errorf("chain the audit trail: %w", err)
		}
		if _, err := tx.Exec(ctx, `delete from audit_unsealed where entry_id = any($1)`, ids); err != nil {
			return 0, Seal{}, fmt.Errorf("chain the audit trail: %w", err)
		}
	}
	return len(ids), Seal{position, hex.EncodeToString(hash)}, nil
}

func chainHead(ctx context.Context, q querier) (position int64, hash []byte, err error) {
	err = q.QueryRow(ctx, `select position, hash from audit_seal order by position desc limit 1`).Scan(&position, &hash)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		return 0, nil, fmt.Errorf("read the head of the chain: %w", err)
	}
	return position, hash, nil
}

func chained(before []byte, text string) []byte {
	h := sha256.New()
	h.Write(before)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// VerifyAudit chains what is not chained yet, computes the whole chain anew and
// returns its head, or a *TamperedError. known, unless it is the zero value, is a
// head that was noted earlier, elsewhere: who can write to the database could
// forge the whole chain, but not what stands in a drawer.
func (s *Store) VerifyAudit(ctx context.Context, known Seal) (Seal, error) {
	if _, err := s.SealAudit(ctx); err != nil {
		return Seal{}, err
	}
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return Seal{}, fmt.Errorf("verify the audit trail: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	rows, err := tx.Query(ctx, `
		select s.position, s.entry_id, s.hash, coalesce(`+canonical+`, '') as text, e.id is null
		from audit_seal s left join audit_entry e on e.id = s.entry_id
		order by s.position`)
	if err != nil {
		return Seal{}, fmt.Errorf("verify the audit trail: %w", err)
	}
	var head Seal
	var position, entry int64
	var hash, before []byte
	var text string
	var gone bool
	if _, err := pgx.ForEachRow(rows, []any{&position, &entry, &hash, &text, &gone}, func() error {
		want := chained(before, text)
		switch {
		case position != head.Position+1:
			return &TamperedError{position, entry, fmt.Sprintf("the chain lacks %d entries before it", position-head.Position-1)}
		case gone:
			return &TamperedError{position, entry, "the entry is gone"}
		case !bytes.Equal(hash, want):
			return &TamperedError{position, entry, "the entry is not what was chained"}
		case position == known.Position && hex.EncodeToString(hash) != known.Hash:
			return &TamperedError{position, entry, "the chain is another one than when its head was noted"}
		}
		before, head = hash, Seal{position, hex.EncodeToString(hash)}
		return nil
	}); err != nil {
		var tampered *TamperedError
		if errors.As(err, &tampered) {
			return head, tampered
		}
		return head, fmt.Errorf("verify the audit trail: %w", err)
	}
	if known.Position > head.Position {
		return head, &TamperedError{known.Position, 0, fmt.Sprintf("the chain ends at %d already", head.Position)}
	}
	var loose int64
	if err := tx.QueryRow(ctx, `
		select coalesce(min(e.id), 0) from audit_entry e
		where not exists (select from audit_seal s where s.entry_id = e.id)
		  and not exists (select from audit_unsealed u where u.entry_id = e.id)`).Scan(&loose); err != nil {
		return head, fmt.Errorf("verify the audit trail: %w", err)
	}
	if loose != 0 {
		return head, &TamperedError{head.Position, loose, "the entry was put in past the chain"}
	}
	return head, nil
}
