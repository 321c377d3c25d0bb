package registry

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/lianpian/lianpian/internal/postgis"
)

// InvalidError says that a value is not one that the register takes. Detail is
// a sentence for people.
type InvalidError struct {
	Entity string // e.g. community
	Code   string // of the thing, else its source_ref or name; may be empty
	Field  string // JSON name; empty where the thing as a whole is wrong
	Row    int    // position in a bulk call from 0; -1 elsewhere
	Value  any
	Detail string
}

func (e *InvalidError) Error() string {
	var b strings.Builder
	b.WriteString(e.Entity)
	if e.Code != "" {
		fmt.Fprintf(&b, " %q", e.Code)
	}
	if e.Row >= 0 {
		fmt.Fprintf(&b, " (row %d)", e.Row)
	}
	if e.Field != "" {
		fmt.Fprintf(&b, ", %s", e.Field)
	}
	return b.String() + ": " + e.Detail
}

// DuplicateError says that a code (or an identity within a source) is taken, or
// given twice in one bulk call. It wraps postgis.ErrConflict.
type DuplicateError struct {
	Entity string
	Field  string   // code | source_ref | name
	Codes  []string // the first few
}

func (e *DuplicateError) Error() string {
	return fmt.Sprintf("%s: %s %s is there already", e.Entity, e.Field, strings.Join(e.Codes, ", "))
}

func (e *DuplicateError) Unwrap() error { return postgis.ErrConflict }

// violation translates what PostgreSQL names when a rule of a table is broken. The
// names are those that PostgreSQL gives to the unnamed constraints of the
// migrations: table_column_check, table_column_fkey …
func violation(entity, code string, err error) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return err
	}
	invalid := func(field, detail string) error {
		return &InvalidError{Entity: entity, Code: code, Field: field, Row: -1, Detail: detail}
	}
	switch pg.Code {
	case "23505": // unique_violation
		field := "code"
		if strings.Contains(pg.ConstraintName, "source_ref") {
			field = "source_ref"
		}
		dup := &DuplicateError{Entity: entity, Field: field}
		if code != "" {
			dup.Codes = []string{code}
		} else if value, ok := keyOf(pg.Detail); ok {
			dup.Codes = []string{value}
		}
		return dup
	case "23503": // foreign_key_violation
		if pg.ConstraintName == "community_in_project" { // said by the table that keeps it
			return invalid("", pg.Message)
		}
		if f := strings.TrimPrefix(pg.ConstraintName, pg.TableName+"_district_code_"); f != pg.ConstraintName {
			if f = strings.TrimSuffix(f, "_fkey"); f != "fkey" {
				return invalid(f, "所填的编号不存在")
			}
		}
		return invalid("", "引用的对象不存在")
	case "23514": // check_violation
		field := strings.TrimPrefix(pg.ConstraintName, pg.TableName+"_")
		field = strings.TrimRight(strings.TrimSuffix(strings.TrimRight(field, "0123456789"), "_check"), "_")
		if field == "geom" {
			return invalid("geometry", "图形无效（为空或自相交）")
		}
		return invalid(field, "数值不在允许的范围内")
	case "23502": // not_null_violation
		return invalid(strings.Replace(pg.ColumnName, "geom", "geometry", 1), "必须填写")
	case "40P01", "40001": // deadlock_detected, serialization_failure
		return fmt.Errorf("%s %s is being changed by somebody else: %w: %w", entity, code, postgis.ErrConflict, err)
	case "22P02", "22003", "22001", "22021", "22P05": // unreadable or too large values, characters that cannot be stored
		return invalid(pg.ColumnName, "数值无法存储")
	}
	return err
}

// keyOf takes the last value out of "Key (district_code, code)=(500110, A) already exists."
func keyOf(detail string) (string, bool) {
	_, rest, ok := strings.Cut(detail, ")=(")
	if !ok {
		return "", false
	}
	values, _, ok := strings.Cut(rest, ") ")
	if !ok {
		return "", false
	}
	_, last, ok := strings.Cut(values, ", ")
	return last, ok
}
