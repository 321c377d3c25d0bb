package delivery

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/postgis"
)

func (s *Store) path(id uuid.UUID) string       { return filepath.Join(s.dir, id.String()+".zip") }
func (s *Store) recipePath(id uuid.UUID) string { return filepath.Join(s.dir, id.String()+".json.gz") }

// Open opens the file of a package for somebody who may have it today, whatever
// they might when it was made. The caller closes it. Errors: postgis.ErrNotFound,
// ErrScope, ErrMaking, ErrGone, ErrExpired.
func (s *Store) Open(ctx context.Context, scope account.Scope, id uuid.UUID) (Package, *os.File, error) {
	p, err := s.Get(ctx, scope, id)
	if err != nil {
		return p, nil, err
	}
	switch {
	case !p.MayDownload:
		return p, nil, ErrScope
	case p.State == Making:
		return p, nil, ErrMaking
	case p.State == Expired:
		return p, nil, ErrExpired
	case p.State != Ready:
		return p, nil, ErrGone
	}
	file, err := os.Open(s.path(id))
	if errors.Is(err, fs.ErrNotExist) {
		return p, nil, ErrExpired
	}
	if err != nil {
		return p, nil, fmt.Errorf("open package %s: %w", id, err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		return account.Record(ctx, tx, account.Entry{Action: "package.download", Entity: "package", Code: id.String(), District: p.District})
	})
	if err != nil {
		return p, nil, errors.Join(err, file.Close())
	}
	return p, file, nil
}

// FileName is what the file of a package is called.
func (p Package) FileName() string {
	return safe(p.Title) + " " + p.CreatedAt.In(clock.China).Format("2006-01-02") + ".zip"
}

// safe replaces the characters that some file system refuses.
func safe(name string) string {
	clean := func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`\/:*?"<>|`, r) {
			return '_'
		}
		return r
	}
	name = strings.Trim(strings.Map(clean, name), " .")
	if name == "" {
		return "片区方案"
	}
	return name
}

// Delete removes a package, its file, and what it was made from. Errors:
// postgis.ErrNotFound, ErrScope for somebody else's beyond the person's reach.
func (s *Store) Delete(ctx context.Context, scope account.Scope, id uuid.UUID) error {
	p, err := s.Get(ctx, scope, id)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := tx.Exec(ctx, `delete from package where id = $1`, id); err != nil {
			return fmt.Errorf("delete package %s: %w", id, err)
		}
		tx.Changed(p.change())
		return account.Record(ctx, tx, account.Entry{
			Action: "package.delete", Entity: "package", Code: id.String(), District: p.District, Before: p.Order,
		})
	})
	if err != nil {
		return err
	}
	return s.removeFiles(id)
}

func (s *Store) removeFiles(id uuid.UUID) error {
	return errors.Join(removeIfThere(s.path(id)), removeIfThere(s.recipePath(id)))
}

func removeIfThere(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove %s: %w", filepath.Base(name), err)
	}
	return nil
}

// kept reads what a package was made from. ErrGone where nothing is kept.
func (s *Store) kept(id uuid.UUID) (*Content, error) {
	file, err := os.Open(s.recipePath(id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, fmt.Errorf("open what package %s was made from: %w", id, err)
	}
	defer file.Close()
	unpacked, err := gzip.NewReader(file)
	if err != nil {
		return nil, fmt.Errorf("read what package %s was made from: %w", id, err)
	}
	_, content, err := ReadRecipe(unpacked)
	if err != nil {
		return nil, fmt.Errorf("read what package %s was made from: %w", id, err)
	}
	return content, nil
}

// forgetAfter is how long after its file a package is remembered, with what it
// was made from.
const forgetAfter = 365 * 24 * time.Hour

// Sweep removes the files whose time is over, packages that are forgotten, and
// files of no package.
func (s *Store) Sweep(ctx context.Context) error {
	now := s.now()
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `
			delete from package
			where expires_at < $1 or expires_at is null and created_at < $1
			  and not exists (select from published_job j where j.id = job_id and j.state in ('queued', 'running'))`, now.Add(-forgetAfter))
		return err
	})
	if err != nil {
		return fmt.Errorf("forget old packages: %w", err)
	}
	rows, err := s.db.Pool.Query(ctx, `select id, coalesce(expires_at > $1, true) from package`, now)
	if err != nil {
		return fmt.Errorf("list the packages: %w", err)
	}
	fresh := map[string]bool{}
	var id uuid.UUID
	var current bool
	if _, err := pgx.ForEachRow(rows, []any{&id, &current}, func() error { fresh[id.String()] = current; return nil }); err != nil {
		return fmt.Errorf("list the packages: %w", err)
	}
	entries, err := os.ReadDir(s.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("list the files of packages: %w", err)
	}
	for _, entry := range entries {
		name, kind, _ := strings.Cut(entry.Name(), ".")
		current, known := fresh[name]
		info, err := entry.Info()
		if err != nil || !info.Mode().IsRegular() || known && (current || kind != "zip") {
			continue
		}
		if !known && info.ModTime().After(now.Add(-24*time.Hour)) { // perhaps just being made
			continue
		}
		if err := removeIfThere(filepath.Join(s.dir, entry.Name())); err != nil {
			return err
		}
	}
	return nil
}
