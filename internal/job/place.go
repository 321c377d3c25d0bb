package job

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

// placeMark is the file by which a directory of files is known again.
const placeMark = ".lianpian-files"

// PlaceError says that the files of a database lie elsewhere.
type PlaceError struct{ Here, There string }

func (e *PlaceError) Error() string {
	return fmt.Sprintf("the uploads and packages of this database are in %s of a service that is running, not in %s: give every instance the same directory, under the same path, with --files-dir (LIANPIAN_FILES_DIR)", e.There, e.Here)
}

// Settle makes dir the directory of the files that jobs read and write. Any
// instance may do any job, so all have to see the same directory: while another
// one runs on the database, a different one is a *PlaceError. It tells whether
// the files were elsewhere before, as after a move or the restore of a backup.
func Settle(ctx context.Context, db *postgis.DB, dir string) (moved bool, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return false, fmt.Errorf("find the directory of files: %w", err)
	}
	id, err := markOf(dir)
	if err != nil {
		return false, err
	}
	err = db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		moved = false
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('lianpian-files'))`); err != nil {
			return fmt.Errorf("look where the files are: %w", err)
		}
		var known uuid.UUID
		var path string
		err := tx.QueryRow(ctx, `select id, path from files_place`).Scan(&known, &path)
		switch {
		case err != nil && !errors.Is(err, pgx.ErrNoRows):
			return fmt.Errorf("look where the files are: %w", err)
		case err == nil && known == id && path == dir:
			return nil
		case err == nil:
			others, err := postgis.Listeners(ctx, tx)
			if err != nil {
				return err
			}
			if others > 0 {
				return &PlaceError{Here: dir, There: path}
			}
			moved = true
		}
		_, err = tx.Exec(ctx, `
			insert into files_place (id, path) values ($1, $2)
			on conflict (only_one) do update set id = excluded.id, path = excluded.path`, id, dir)
		if err != nil {
			return fmt.Errorf("note where the files are: %w", err)
		}
		return nil
	})
	return moved, err
}

// markOf reads by what a directory is known, and marks it where it is new.
func markOf(dir string) (uuid.UUID, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return uuid.UUID{}, fmt.Errorf("create the directory of files: %w", err)
	}
	name := filepath.Join(dir, placeMark)
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		text, err := os.ReadFile(name)
		if err != nil {
			return uuid.UUID{}, fmt.Errorf("read the mark of the directory of files: %w", err)
		}
		id, err := uuid.Parse(strings.TrimSpace(string(text)))
		if err == nil {
			return id, nil
		}
		f, err = os.OpenFile(name, os.O_TRUNC|os.O_WRONLY, 0o644) // a start was killed before it had written
		if err != nil {
			return uuid.UUID{}, fmt.Errorf("mark the directory of files: %w", err)
		}
		return writeMark(f)
	}
	if err != nil {
		return uuid.UUID{}, fmt.Errorf("mark the directory of files: %w", err)
	}
	return writeMark(f)
}

func writeMark(f *os.File) (uuid.UUID, error) {
	id := uuid.New()
	_, err := fmt.Fprintln(f, id)
	if err := errors.Join(err, f.Close()); err != nil {
		return uuid.UUID{}, fmt.Errorf("mark the directory of files: %w", err)
	}
	return id, nil
}
