// Package dossier keeps the community file (一小区一档): where each fact comes
// from, what was checked on the ground, prior works, papers and photographs,
// and how complete all that is. Facts themselves belong to the registry; it
// must never keep anything about a resident.
package dossier

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/privacy"
	"github.com/lianpian/lianpian/internal/registry"
)

// Store keeps the community files of one database. Use New.
type Store struct {
	db  *postgis.DB
	reg *registry.Store
	lib *policy.Library
	now func() time.Time

	drawing chan struct{} // a place for each picture that is being decoded
}

// New makes the store of a database.
func New(db *postgis.DB, reg *registry.Store, lib *policy.Library, now func() time.Time) *Store {
	return &Store{db: db, reg: reg, lib: lib, now: now, drawing: make(chan struct{}, picturesAtOnce)}
}

// InvalidError says which field of a file cannot be. Detail is a sentence for
// people.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return "community file, " + e.Field + ": " + e.Detail }

func invalid(field, format string, args ...any) error {
	return &InvalidError{Field: field, Detail: fmt.Sprintf(format, args...)}
}

// querier is a pool or a transaction.
type querier interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// inScope is the predicate by which every read of c, a published_community,
// keeps to a scope.
const inScope = `c.district_code = @district and (@within = '' or c.district_code = @within)
	and (@subs::text[] is null or c.subdistrict_code = any(@subs))
	and (@zones::bigint[] is null or c.id in (select zc.community_id from published_zone_community zc where zc.zone_id = any(@zones)))`

func scopeArgs(scope account.Scope, district string) pgx.NamedArgs {
	return pgx.NamedArgs{"district": district, "within": scope.District, "subs": scope.Subdistricts, "zones": scope.Zones}
}

// held is a community whose row is known.
type held struct {
	ID             int64
	District, Code string
	Subdistrict    string // "" where it is not known
}

// storable tells whether PostgreSQL can take a text at all.
func storable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// place is where the community lies, for account.Demand.
func (h held) place() account.Place {
	at := account.Place{District: h.District, Subdistricts: []string{}}
	if h.Subdistrict != "" {
		at.Subdistricts = append(at.Subdistricts, h.Subdistrict)
	}
	return at
}

// find returns a community that the scope reaches, or postgis.ErrNotFound.
func find(ctx context.Context, q querier, scope account.Scope, district, code string) (held, error) {
	h := held{District: district, Code: code}
	if !storable(code) || !storable(district) {
		return h, fmt.Errorf("community %q of %q: %w", code, district, postgis.ErrNotFound)
	}
	args := scopeArgs(scope, district)
	args["code"] = code
	err := q.QueryRow(ctx, `
		select c.id, coalesce(c.subdistrict_code, '') from published_community c
		where c.code = @code and `+inScope, args).Scan(&h.ID, &h.Subdistrict)
	if errors.Is(err, pgx.ErrNoRows) {
		return h, fmt.Errorf("community %s of %s: %w", code, district, postgis.ErrNotFound)
	}
	if err != nil {
		return h, fmt.Errorf("find community %s of %s: %w", code, district, err)
	}
	return h, nil
}

// change is the one way to change a file: it locks it, checks the person's area
// and the version that they saw, lets do write, raises the version and leaves an
// audit entry with what do returns.
func (s *Store) change(ctx context.Context, scope account.Scope, district, code string, version int, action string,
	do func(ctx context.Context, tx *postgis.Tx, h held) (before, after any, err error),
) error {
	return s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		h, err := find(ctx, tx, scope, district, code)
		if err != nil {
			return err
		}
		if err := account.Demand(ctx, account.EditProgram, h.place()); err != nil {
			return err
		}
		if err := lock(ctx, tx, h, version); err != nil {
			return err
		}
		before, after, err := do(ctx, tx, h)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update community_file set version = version + 1, by = $2, at = now() where community_id = $1`, h.ID, account.Name(ctx))
		if err != nil {
			return fmt.Errorf("raise the version of file %s: %w", code, err)
		}
		if err := registry.TellOf(ctx, tx, district, layer, h.ID); err != nil {
			return err
		}
		return account.Record(ctx, tx, account.Entry{
			Action: action, Entity: "dossier", Code: code, District: district, Before: before, After: after,
		})
	})
}

// lock begins the file where nobody has, and holds it.
func lock(ctx context.Context, tx *postgis.Tx, h held, version int) error {
	_, err := tx.Exec(ctx, `insert into community_file (community_id, district_code) values ($1, $2) on conflict do nothing`, h.ID, h.District)
	if err != nil {
		return fmt.Errorf("begin file %s: %w", h.Code, err)
	}
	var stored int
	err = tx.QueryRow(ctx, `select version from community_file where community_id = $1 for update`, h.ID).Scan(&stored)
	if errors.Is(err, pgx.ErrNoRows) { // the community was deleted meanwhile
		return fmt.Errorf("file %s: %w", h.Code, postgis.ErrNotFound)
	}
	if err != nil {
		return fmt.Errorf("lock file %s: %w", h.Code, err)
	}
	if stored != version {
		return fmt.Errorf("file %s is at version %d, not %d: %w", h.Code, stored, version, postgis.ErrVersion)
	}
	return nil
}

// layer is what the change stream calls everything of this package.
const layer = "dossiers"

// clean refuses free text that is too long or holds a personal number.
func clean(field, text string, most int) error {
	switch {
	case len([]rune(text)) > most:
		return invalid(field, "最多 %d 个字", most)
	case privacy.PersonalNumbers(text):
		return invalid(field, "含有手机号码或身份证号码：本系统不保存个人信息，请删去后再保存")
	}
	return nil
}

// day reads YYYY-MM-DD; "" is the given day.
func day(field, text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	t, err := time.Parse(time.DateOnly, text)
	if err != nil || t.Year() < 1949 || t.Year() > 2200 {
		return t, invalid(field, "“%s”不是日期，应写成 2026-03-01", text)
	}
	return t, nil
}

// notLater refuses what is said to have happened after now.
func (s *Store) notLater(field string, t time.Time) error {
	if t.After(s.now().AddDate(0, 0, 1)) { // clocks and time zones differ by up to a day
		return invalid(field, "日期 %s 还没有到", t.Format(time.DateOnly))
	}
	return nil
}
