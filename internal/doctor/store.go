package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lianpian/lianpian/internal/upload"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// keptFor is how long a file waits for its person.
const keptFor = 7 * 24 * time.Hour

// jobWithin is how long after an inspection was asked for its job is there, at the
// latest.
const jobWithin = time.Minute

// Doctor inspects and imports the files of one database. Use New.
type Doctor struct {
	db       *postgis.DB
	reg      *registry.Store
	zones    *zone.Store
	importer *importer.Importer
	lib      *policy.Library
	files    string
	people   People
	now      func() time.Time
}

// New makes a doctor whose uploaded files are in the folder files.
func New(db *postgis.DB, reg *registry.Store, zones *zone.Store, im *importer.Importer, lib *policy.Library, files string, now func() time.Time) *Doctor {
	return &Doctor{db: db, reg: reg, zones: zones, importer: im, lib: lib, files: files, now: now}
}

// Upload is a file that a person brought.
type Upload struct {
	Path string // absolute
	Name string // what the person calls it
	Size int64
	Auto bool // import by itself once nothing is left to ask
	// Decisions that came along, for layers that are not known yet: the one
	// named "" is for all of them.
	Decisions Decisions
}

const selectInspection = `
select id, district_code, name, path, size, sha256, format, auto, state, error, signature, remembered,
       diagnosis, decisions, report, version, created_by, created_at, updated_at, expires_at, job_id, import_id
from inspection `

func scanInspection(row pgx.CollectableRow) (Inspection, error) {
	var i Inspection
	err := row.Scan(&i.ID, &i.District, &i.Name, &i.path, &i.Size, &i.SHA256, &i.Format, &i.Auto, &i.State, &i.Error, &i.signature, &i.Remembered,
		&i.Diagnosis, &i.Decisions, &i.Report, &i.Version, &i.CreatedBy, &i.CreatedAt, &i.UpdatedAt, &i.ExpiresAt, &i.Job, &i.Import)
	return i, err
}

// change tells who brought the file, and who sees the whole district, of it.
func (i Inspection) change() postgis.Change {
	return postgis.Change{District: i.District, Layer: "inspections", Person: i.CreatedBy}
}

// Begin records an upload. The job of kind KindInspect that begin asks for in the
// same transaction, or the caller next, reads it.
func (d *Doctor) Begin(ctx context.Context, district string, u Upload, begin ...func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (job uuid.UUID, err error)) (Inspection, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return Inspection{}, fmt.Errorf("name an inspection: %w", err)
	}
	now := d.now()
	err = d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `
			insert into inspection (id, district_code, name, path, size, auto, decisions, created_by, created_at, updated_at, expires_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`,
			id, district, u.Name, u.Path, u.Size, u.Auto, u.Decisions, account.Name(ctx), now, now.Add(keptFor))
		if err != nil {
			return fmt.Errorf("record an inspection: %w", err)
		}
		if err := askForWork(ctx, tx, id, begin); err != nil {
			return err
		}
		tx.Changed(postgis.Change{District: district, Layer: "inspections", Person: account.Name(ctx)})
		return account.Record(ctx, tx, account.Entry{
			Action: "inspection.begin", Entity: "inspection", Code: id.String(), District: district,
			After: map[string]any{"name": u.Name, "size": u.Size, "auto": u.Auto},
		})
	})
	if err != nil {
		return Inspection{}, err
	}
	return d.Inspection(ctx, id)
}

// Attach notes which job works on an inspection.
func (d *Doctor) Attach(ctx context.Context, tx *postgis.Tx, id, job uuid.UUID) error {
	if _, err := tx.Exec(ctx, `update inspection set job_id = $2 where id = $1`, id, job); err != nil {
		return fmt.Errorf("note the job of inspection %s: %w", id, err)
	}
	return nil
}

// Inspection returns one, or postgis.ErrNotFound.
func (d *Doctor) Inspection(ctx context.Context, id uuid.UUID) (Inspection, error) {
	if err := d.heal(ctx, id); err != nil {
		return Inspection{}, err
	}
	rows, err := d.db.Pool.Query(ctx, selectInspection+`where id = $1 and state <> 'discarded'`, id)
	if err != nil {
		return Inspection{}, fmt.Errorf("read inspection %s: %w", id, err)
	}
	i, err := pgx.CollectExactlyOneRow(rows, scanInspection)
	if errors.Is(err, pgx.ErrNoRows) {
		return i, fmt.Errorf("inspection %s: %w", id, postgis.ErrNotFound)
	}
	if err != nil {
		return i, fmt.Errorf("read inspection %s: %w", id, err)
	}
	if i.State == Imported && i.Import != nil {
		done, err := d.reg.ImportDone(ctx, account.Everything, *i.Import)
		if err != nil && !errors.Is(err, postgis.ErrNotFound) {
			return i, err
		}
		if done.UndoneAt != nil {
			i.State = Undone
		}
	}
	return i, nil
}

// heal settles an inspection whose job ended without doing so: it was cancelled,
// or failed by our fault, or was never asked for because the service was killed in
// between. Nothing was written to the register then.
func (d *Doctor) heal(ctx context.Context, id uuid.UUID) error {
	_, err := d.db.Pool.Exec(ctx, `
		update inspection i
		set state = case i.state when 'inspecting' then 'failed' else 'ready' end, version = i.version + 1,
		    error = case j.state when 'cancelled' then '任务已取消，没有写入任何数据' else coalesce(nullif(j.error, ''), '处理没有完成') end
		from published_job j
		where i.id = $1 and j.id = i.job_id and i.state in ('inspecting', 'importing') and j.state in ('cancelled', 'failed')`, id)
	if err == nil {
		_, err = d.db.Pool.Exec(ctx, `
			update inspection i
			set state = case i.state when 'inspecting' then 'failed' else 'ready' end, version = i.version + 1, error = '服务中断了，没有写入任何数据，请再试一次'
			where i.id = $1 and i.state in ('inspecting', 'importing') and i.updated_at < $2
			  and not exists (select from published_job j where j.id = i.job_id and j.state in ('queued', 'running'))`, id, d.now().Add(-jobWithin))
	}
	if err != nil {
		return fmt.Errorf("settle inspection %s: %w", id, err)
	}
	return nil
}

// List returns the inspections of a district, newest first, without their
// diagnoses; by keeps it to one person's unless "".
func (d *Doctor) List(ctx context.Context, district, by string, limit int) ([]Inspection, error) {
	rows, err := d.db.Pool.Query(ctx, selectInspection+`
		where district_code = $1 and state <> 'discarded' and ($2 = '' or created_by = $2)
		order by created_at desc limit $3`, district, by, limit)
	if err != nil {
		return nil, fmt.Errorf("list the inspections of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, scanInspection)
	if err != nil {
		return nil, fmt.Errorf("list the inspections of %s: %w", district, err)
	}
	imports, err := d.reg.Imports(ctx, account.Everything, district, 500)
	if err != nil {
		return nil, err
	}
	undone := map[uuid.UUID]bool{}
	for _, done := range imports {
		undone[done.ID] = done.UndoneAt != nil
	}
	for i := range list {
		if list[i].State == Imported && list[i].Import != nil && undone[*list[i].Import] {
			list[i].State = Undone
		}
		list[i].Diagnosis, list[i].Report, list[i].Decisions = nil, nil, Decisions{}
	}
	return list, nil
}

// Discard forgets an inspection with its file. One that is being imported is not
// given up: its job has to be cancelled first.
func (d *Doctor) Discard(ctx context.Context, id uuid.UUID) error {
	i, err := d.Inspection(ctx, id)
	if err != nil {
		return err
	}
	err = d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		var state State // its import may be asked for at this moment
		err := tx.QueryRow(ctx, `select state from inspection where id = $1 for update`, id).Scan(&state)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			return fmt.Errorf("inspection %s: %w", id, postgis.ErrNotFound)
		case err != nil:
			return fmt.Errorf("hold inspection %s: %w", id, err)
		case state == Importing:
			return &StateError{Detail: "文件正在导入，不能放弃；请先取消导入任务"}
		}
		if _, err := tx.Exec(ctx, `delete from inspection_row where inspection_id = $1`, id); err != nil {
			return fmt.Errorf("forget the rows of inspection %s: %w", id, err)
		}
		if state == Imported || state == Undone { // what was imported keeps its record
			_, err := tx.Exec(ctx, `update inspection set path = '', state = 'discarded', updated_at = $2 where id = $1`, id, d.now())
			return err
		}
		if _, err := tx.Exec(ctx, `delete from inspection where id = $1`, id); err != nil {
			return fmt.Errorf("forget inspection %s: %w", id, err)
		}
		tx.Changed(i.change())
		return account.Record(ctx, tx, account.Entry{
			Action: "inspection.discard", Entity: "inspection", Code: id.String(), District: i.District, Before: map[string]any{"name": i.Name},
		})
	})
	if err == nil {
		d.removeFile(ctx, i.path)
	}
	return err
}

// Sweep forgets what nobody came back for.
func (d *Doctor) Sweep(ctx context.Context) error {
	rows, err := d.db.Pool.Query(ctx, `
		with old as (
			delete from inspection where expires_at < $1 and state not in ('importing', 'imported', 'undone') returning path
		)
		select path from old where path <> ''`, d.now())
	if err != nil {
		return fmt.Errorf("sweep old inspections: %w", err)
	}
	paths, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("sweep old inspections: %w", err)
	}
	for _, path := range paths {
		d.removeFile(ctx, path)
	}
	return upload.Sweep(ctx, d.db, d.now())
}

// askForWork asks for the job of an inspection and notes it there, in the same
// transaction.
func askForWork(ctx context.Context, tx *postgis.Tx, id uuid.UUID, begin []func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (job uuid.UUID, err error)) error {
	for _, ask := range begin {
		work, err := ask(ctx, tx, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update inspection set job_id = $2 where id = $1`, id, work); err != nil {
			return fmt.Errorf("note the job of inspection %s: %w", id, err)
		}
	}
	return nil
}

// removeFile removes a kept upload; files elsewhere are not ours.
func (d *Doctor) removeFile(ctx context.Context, path string) {
	_ = upload.Remove(context.WithoutCancel(ctx), d.db, d.files, path) // what is left over is swept
}

// StateError says that an inspection is not in the state for this, in a sentence.
type StateError struct{ Detail string }

func (e *StateError) Error() string { return e.Detail }

// OpenError says that questions have to be answered first.
type OpenError struct{ Questions []OpenQuestion }

func (e *OpenError) Error() string {
	return fmt.Sprintf("还有 %d 个问题没有回答，不能导入", len(e.Questions))
}

// InvalidError says what is wrong with decisions.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return e.Field + ": " + e.Detail }
