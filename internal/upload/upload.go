// Package upload keeps the files that people bring, from their coming in until a
// job is done with them: sealed in a folder that every instance shares, each by a
// key of its own that only the database has. It must never write a file in clear, as
// it may hold what no one may keep of residents, and must be rid of the key before
// the file.
package upload

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/seal"
)

// keptFor is longer than any file waits for its job or its person.
const keptFor = 31 * 24 * time.Hour

// Create makes the file of an upload. Its key is in the database before the first
// byte is on the disk.
func Create(ctx context.Context, db *postgis.DB, path string, random io.Reader, now time.Time) (*seal.Writer, error) {
	key, err := seal.NewKey(random)
	if err != nil {
		return nil, err
	}
	if _, err := db.Pool.Exec(ctx, `insert into upload_key (name, key, made_at) values ($1, $2, $3)`, filepath.Base(path), key[:], now); err != nil {
		return nil, fmt.Errorf("keep the key of an upload: %w", err)
	}
	w, err := seal.Create(path, key)
	if err != nil {
		return nil, fmt.Errorf("store an upload: %w", err)
	}
	return w, nil
}

// Key is what opens a file in the folder of uploads; nil where there is none: the
// file is plain, or cannot be read any more.
func Key(ctx context.Context, db *postgis.DB, folder, path string) (*seal.Key, error) {
	name, inside := within(folder, path)
	if !inside {
		return nil, nil
	}
	var raw []byte
	err := db.Pool.QueryRow(ctx, `select key from upload_key where name = $1`, name).Scan(&raw)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("find the key of an upload: %w", err)
	}
	key := seal.Key(raw)
	return &key, nil
}

// Remove is rid of a file in the folder of uploads, first of its key, without which
// what is left of it says nothing. Files elsewhere are not ours and stay.
func Remove(ctx context.Context, db *postgis.DB, folder, path string) error {
	name, inside := within(folder, path)
	if !inside {
		return nil
	}
	_, err := db.Pool.Exec(ctx, `delete from upload_key where name = $1`, name)
	if err != nil {
		err = fmt.Errorf("forget the key of an upload: %w", err)
	}
	if gone := os.Remove(path); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, fmt.Errorf("remove an upload: %w", gone))
	}
	return err
}

// Sweep forgets the keys of files that are long gone, after a service was killed in
// between.
func Sweep(ctx context.Context, db *postgis.DB, now time.Time) error {
	if _, err := db.Pool.Exec(ctx, `delete from upload_key where made_at < $1`, now.Add(-keptFor)); err != nil {
		return fmt.Errorf("forget old keys of uploads: %w", err)
	}
	return nil
}

// within is the name of a file in a folder.
func within(folder, path string) (name string, inside bool) {
	if folder == "" || path == "" {
		return "", false
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return "", false
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", false
	}
	name, err = filepath.Rel(folder, path)
	return name, err == nil && filepath.IsLocal(name) && filepath.Base(name) == name && name != "."
}
