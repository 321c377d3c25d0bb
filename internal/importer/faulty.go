package importer

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis"
)

const (
	// reasonTitle is the column that the sheet of faulty rows adds. An import
	// passes over it.
	reasonTitle = "错误原因"

	maxFaulty    = 20_000              // rows that are kept
	faultyForget = 30 * 24 * time.Hour // how long they are kept
)

// FaultySheet says that rows of a ledger can be fetched, put right and sent again.
type FaultySheet struct {
	ID   uuid.UUID `json:"id"`
	Rows int       `json:"rows"`
}

// FaultyLedger are the refused rows of a ledger in their columns. Cells of
// columns that hold persons, or that nobody knows, are empty: they are not
// imported, and residents' data is not stored.
type FaultyLedger struct {
	File    string      `json:"-"`
	At      time.Time   `json:"-"`
	Header  []string    `json:"header"`
	LeftOut []string    `json:"left_out"` // titles of the columns whose cells are empty
	Rows    []FaultyRow `json:"rows"`
}

// FaultyRow is a refused row and what is wrong with it.
type FaultyRow struct {
	Line   int64         `json:"line"` // in the file that was sent
	Cells  []string      `json:"cells"`
	Faults []FaultyPlace `json:"faults"`
}

// FaultyPlace is a fault and its column, -1 where it is the whole row's.
type FaultyPlace struct {
	Column int    `json:"column"`
	Reason string `json:"reason"`
}

// fault is FaultyPlace on its way.
type fault struct {
	column int
	reason string
}

// faultyRows gathers the refused rows of a ledger.
type faultyRows struct {
	FaultyLedger
	known []bool // by column: its cells are kept
}

func (f *faultyRows) begin(header []string, columns columnMapping) {
	f.known = make([]bool, len(header))
	for _, i := range columns.at {
		f.known[i] = true
	}
	for i, title := range header {
		title, _ = withoutPersons(strings.Join(strings.Fields(cleanText(title)), ""))
		title = shorten(title, 60)
		f.Header = append(f.Header, title)
		number := communityColumns.byHeader[normalHeader(title)] == colNumber
		if !f.known[i] && !number && title != "" {
			f.LeftOut = append(f.LeftOut, title)
		}
	}
}

func (f *faultyRows) add(line int64, cells []string, faults []fault) {
	if len(f.Rows) >= maxFaulty {
		return
	}
	row := FaultyRow{Line: line, Cells: make([]string, len(f.Header))}
	for i := range row.Cells {
		if i < len(cells) && f.known[i] {
			clean, _ := withoutPersons(strings.TrimSpace(cleanText(cells[i])))
			row.Cells[i] = shorten(clean, 5000)
		}
	}
	for _, x := range faults {
		row.Faults = append(row.Faults, FaultyPlace{x.column, x.reason})
	}
	f.Rows = append(f.Rows, row)
}

// keepFaulty stores the refused rows beside the import, in a transaction of its
// own: they are there also where nothing could be taken.
func (r *importRun) keepFaulty(ctx context.Context, f faultyRows) error {
	if len(f.Rows) == 0 {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("name a sheet of faulty rows: %w", err)
	}
	err = r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := tx.Exec(ctx, `delete from faulty_ledger where at < $1`, r.now().Add(-faultyForget)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into faulty_ledger (id, district_code, file, sheet, rows, at) values ($1, $2, $3, $4, $5, $6)`,
			id, r.report.District, r.args.Name, f.FaultyLedger, len(f.Rows), r.now())
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the faulty rows: %w", err)
	}
	r.report.FaultySheet = &FaultySheet{ID: id, Rows: len(f.Rows)}
	return nil
}

// Faulty returns the refused rows of an import of a district, or
// postgis.ErrNotFound.
func (im *Importer) Faulty(ctx context.Context, district string, id uuid.UUID) (FaultyLedger, error) {
	var f FaultyLedger
	var name string
	var at time.Time
	err := im.db.Pool.QueryRow(ctx, `select file, sheet, at from faulty_ledger where id = $1 and district_code = $2`, id, district).Scan(&name, &f, &at)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, fmt.Errorf("faulty rows %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return f, fmt.Errorf("read faulty rows %s: %w", id, err)
	}
	f.File, f.At = name, at
	return f, nil
}

// reason is all that is wrong with a row in one sentence.
func (r FaultyRow) reason() string {
	said := make([]string, len(r.Faults))
	for i, f := range r.Faults {
		said[i] = f.Reason
	}
	return strings.Join(said, "；")
}
