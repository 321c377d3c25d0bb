// Package checkup looks whether an installation is in order: the machine, the
// database server, the schema, the shapes, the queue and the backups. It changes
// nothing, and it knows no rule of the product.
package checkup

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/backup"
	"github.com/lianpian/lianpian/internal/postgis"
)

// State is how a check came out.
type State string

// The states of a finding.
const (
	OK      State = "ok"
	Warning State = "warning" // works, but not as it should
	Fault   State = "fault"   // does not work, or will lose something
)

// Finding is what a check found.
type Finding struct {
	Check  string `json:"check"`
	State  State  `json:"state"`
	Detail string `json:"detail" doc:"a sentence"`
	Remedy string `json:"remedy" doc:"what to do; empty where nothing is"`
}

// Report is what all the checks found.
type Report struct {
	At       time.Time `json:"at"`
	State    State     `json:"state" doc:"the worst of the findings"`
	Findings []Finding `json:"findings"`
}

func (r *Report) add(check string, state State, remedy, format string, args ...any) {
	r.Findings = append(r.Findings, Finding{check, state, fmt.Sprintf(format, args...), remedy})
	if state == Fault || state == Warning && r.State == OK {
		r.State = state
	}
}

// Installation says what is looked at.
type Installation struct {
	Database string // address; "" where none could be opened
	Refusal  error  // why not
	DataDir  string
	Archive  string // of the write-ahead log; "": none is kept
	Backups  string // folder of backups; "": not known
	Shapes   bool   // look at every shape, which takes a while
	Listen   string // address of the service; "": not known
	Now      func() time.Time
}

// What is little, or long.
const (
	littleRoom   = 2 << 30 // bytes
	noRoom       = 256 << 20
	oldBackup    = 48 * time.Hour
	wrongClock   = 5 * time.Second
	stalled      = time.Minute
	longQueued   = 15 * time.Minute
	lateArchive  = 10 * time.Minute
	busyShare    = 0.8
	queryPatient = 10 * time.Minute
)

// Look makes all checks. Whatever goes wrong while looking is a finding.
func Look(ctx context.Context, in Installation) Report {
	r := Report{At: in.Now().UTC(), State: OK, Findings: []Finding{}}
	r.folder(in.DataDir)
	r.address(ctx, in.Listen)
	r.programs(ctx, in)
	if in.Database == "" {
		r.add("database", Fault, "see the log; set DATABASE_URL or install PostGIS", "the database cannot be opened: %v", in.Refusal)
	} else {
		ctx, cancel := context.WithTimeout(ctx, queryPatient)
		defer cancel()
		r.database(ctx, in)
	}
	r.backups(in)
	return r
}

// folder looks at the data directory: rights and room.
func (r *Report) folder(dir string) {
	probe, err := os.CreateTemp(dir, ".lianpian-doctor-*")
	if err != nil {
		r.add("data directory", Fault, "give the user of the service the right to write there, or choose another with --data-dir", "%s cannot be written to: %v", dir, err)
		return
	}
	probe.Close()
	_ = os.Remove(probe.Name())
	r.add("data directory", OK, "", "%s can be written to", dir)
	r.room("disk room", dir)
}

func (r *Report) room(check, dir string) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(dir, &disk); err != nil {
		r.add(check, Warning, "", "the free room of %s cannot be told: %v", dir, err)
		return
	}
	free := int64(disk.Bavail) * int64(disk.Bsize)
	state, remedy := OK, ""
	switch {
	case free < noRoom:
		state, remedy = Fault, "free some: writes will be refused soon"
	case free < littleRoom:
		state, remedy = Warning, "free some, or move the data directory to a larger disk"
	}
	r.add(check, state, remedy, "%.1f GiB are free in %s", float64(free)/(1<<30), dir)
	if disk.Files > 0 && disk.Ffree < disk.Files/100 {
		r.add(check, Warning, "remove small files", "nearly no further files can be made in %s", dir)
	}
}

// programs looks for those that backups need.
func (r *Report) programs(ctx context.Context, in Installation) {
	major := 0
	if in.Database != "" {
		if _, found, err := postgis.ServerVersion(ctx, in.Database); err == nil {
			major = found
		}
	}
	for _, name := range []string{"pg_dump", "pg_restore", "pg_basebackup", "pg_verifybackup"} {
		path, err := postgis.Program(ctx, name, major)
		if err != nil {
			r.add("programs", Warning, "install the client programs of PostgreSQL: backups need them", "%v", err)
			continue
		}
		r.add("programs", OK, "", "%s is %s", name, path)
	}
}

func (r *Report) backups(in Installation) {
	if in.Backups == "" {
		r.add("backup", Warning, "run lianpian backup DIR regularly, and name the folder with --backup-dir", "no folder of backups is named")
		return
	}
	age, there, err := backup.Age(in.Backups, in.Now())
	switch {
	case err != nil:
		r.add("backup", Fault, "", "the folder of backups cannot be read: %v", err)
	case !there:
		r.add("backup", Fault, "run lianpian backup "+in.Backups, "there is no backup in %s", in.Backups)
	case age > oldBackup:
		r.add("backup", Warning, "run lianpian backup "+in.Backups, "the newest backup is %.0f hours old", age.Hours())
	default:
		r.add("backup", OK, "", "the newest backup is %.0f hours old", age.Hours())
	}
	if there {
		r.room("disk room", in.Backups)
	}
	if half, err := filepath.Glob(filepath.Join(in.Backups, ".lianpian-backup-*")); err == nil && len(half) > 0 {
		r.add("backup", Warning, "remove them, unless a backup is being made", "%d unfinished backups lie in %s", len(half), in.Backups)
	}
}

// database looks at the server and at what is in it.
func (r *Report) database(ctx context.Context, in Installation) {
	conn, err := pgx.Connect(ctx, in.Database)
	if err != nil {
		r.add("database", Fault, "start it, or set DATABASE_URL right", "the database does not answer: %v", err)
		return
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, look := range []func(context.Context, *pgx.Conn, Installation) error{
		r.server, r.schema, r.indexes, r.jobs, r.archive, r.leftovers, r.shapes,
	} {
		if err := look(ctx, conn, in); err != nil {
			r.add("database", Fault, "see the database's log", "a check could not be made: %v", err)
			return
		}
	}
}

func (r *Report) server(ctx context.Context, conn *pgx.Conn, in Installation) error {
	var version, full, encoding, collation string
	var there, could *string
	var at time.Time
	var used, most int
	var broken *int64
	err := conn.QueryRow(ctx, `
		select current_setting('server_version'), coalesce((select extversion from pg_extension where extname = 'postgis'), ''),
		       pg_encoding_to_char(d.encoding), d.datcollate, d.datcollversion, pg_database_collation_actual_version(d.oid), clock_timestamp(),
		       (select count(*) from pg_stat_activity where backend_type = 'client backend'), current_setting('max_connections')::int,
		       (select checksum_failures from pg_stat_database s where s.datid = d.oid)
		from pg_database d where d.datname = current_database()`).Scan(&version, &full, &encoding, &collation, &there, &could, &at, &used, &most, &broken)
	if err != nil {
		return fmt.Errorf("look at the server: %w", err)
	}
	off := in.Now().Sub(at).Abs()
	r.add("database", OK, "", "PostgreSQL %s answers", version)
	if full == "" {
		r.add("postgis", Fault, "start the service once with a role that may create extensions", "PostGIS is not installed in the database")
	} else {
		r.add("postgis", OK, "", "PostGIS %s", full)
	}
	if encoding != "UTF8" {
		r.add("encoding", Fault, "make the database anew with encoding UTF8", "the database's encoding is %s", encoding)
	}
	if there != nil && could != nil && *there != *could {
		r.add("collation", Warning, "reindex the database, then: alter database … refresh collation version", "the system sorts by %s %s, the indexes were made by %s", collation, *could, *there)
	}
	if broken != nil && *broken > 0 {
		r.add("bytes", Fault, "the disk is failing: restore a backup on another one", "%d pages of the database had a wrong checksum", *broken)
	} else if broken != nil {
		r.add("bytes", OK, "", "no page had a wrong checksum")
	}
	if off > wrongClock {
		r.add("clock", Warning, "set the clocks of both machines", "the clock of the database differs by %s", off.Round(time.Second))
	} else {
		r.add("clock", OK, "", "the clocks agree")
	}
	if float64(used) > busyShare*float64(most) {
		r.add("connections", Warning, "raise max_connections, or run fewer instances", "%d of %d connections are taken", used, most)
	} else {
		r.add("connections", OK, "", "%d of %d connections are taken", used, most)
	}
	return nil
}

func (r *Report) schema(ctx context.Context, conn *pgx.Conn, _ Installation) error {
	known, err := postgis.NewestSchema()
	if err != nil {
		return err
	}
	var made bool
	if err := conn.QueryRow(ctx, `select to_regclass('public.goose_db_version') is not null`).Scan(&made); err != nil {
		return fmt.Errorf("look at the schema: %w", err)
	}
	version := int64(0)
	if made {
		if err := conn.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&version); err != nil {
			return fmt.Errorf("look at the schema: %w", err)
		}
	}
	switch {
	case version == 0:
		r.add("schema", Warning, "start the service once", "the database is empty")
	case version < known:
		r.add("schema", Warning, "make a backup, then start the service or run lianpian migrate", "the schema is %d, this program brings it to %d", version, known)
	case version > known:
		r.add("schema", Fault, "use the release that made it, or a newer one", "the schema %d is newer than this program's, %d", version, known)
	default:
		r.add("schema", OK, "", "the schema is %d, the newest", version)
	}
	return nil
}

// indexes looks for indexes and constraints that do not hold.
func (r *Report) indexes(ctx context.Context, conn *pgx.Conn, _ Installation) error {
	rows, err := conn.Query(ctx, `
		select indexrelid::regclass::text || ' is not usable' from pg_index where not indisvalid
		union all
		select conname || ' of ' || conrelid::regclass || ' was never checked' from pg_constraint where not convalidated and connamespace = 'public'::regnamespace
		order by 1`)
	if err != nil {
		return fmt.Errorf("look at the indexes: %w", err)
	}
	broken, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look at the indexes: %w", err)
	}
	for _, detail := range broken {
		r.add("indexes", Warning, "reindex, or validate the constraint", "%s", detail)
	}
	if len(broken) == 0 {
		r.add("indexes", OK, "", "all indexes and constraints hold")
	}
	return nil
}

func (r *Report) jobs(ctx context.Context, conn *pgx.Conn, _ Installation) error {
	var there bool
	if err := conn.QueryRow(ctx, `select to_regclass('public.published_job_life') is not null`).Scan(&there); err != nil || !there {
		return err
	}
	var running, queued, silent, waiting int
	err := conn.QueryRow(ctx, `
		select count(*) filter (where state = 'running'), count(*) filter (where state = 'queued'),
		       count(*) filter (where state = 'running' and heartbeat_at < now() - $1::interval),
		       count(*) filter (where state = 'queued' and created_at < now() - $2::interval)
		from published_job_life`, stalled, longQueued).Scan(&running, &queued, &silent, &waiting)
	if err != nil {
		return fmt.Errorf("look at the jobs: %w", err)
	}
	switch {
	case silent > 0:
		r.add("jobs", Warning, "start the service: it takes them up again", "%d jobs run without a sign of life", silent)
	case waiting > 0:
		r.add("jobs", Warning, "start the service, or raise --job-workers", "%d jobs have waited for more than %.0f minutes", waiting, longQueued.Minutes())
	default:
		r.add("jobs", OK, "", "%d run, %d wait", running, queued)
	}
	return nil
}

func (r *Report) archive(ctx context.Context, conn *pgx.Conn, in Installation) error {
	var mode string
	var failed int64
	var archived, failedAt *time.Time
	err := conn.QueryRow(ctx, `select current_setting('archive_mode'), failed_count, last_archived_time, last_failed_time from pg_stat_archiver`).
		Scan(&mode, &failed, &archived, &failedAt)
	if err != nil {
		return fmt.Errorf("look at the archive: %w", err)
	}
	switch {
	case mode == "off" && in.Archive == "":
		r.add("archive", OK, "", "no archive of the write-ahead log is kept: a backup is the only way back")
	case mode == "off":
		r.add("archive", Warning, "start the service again", "an archive is to be kept in %s, but the server does not yet", in.Archive)
	case failedAt != nil && (archived == nil || failedAt.After(*archived)):
		r.add("archive", Fault, "look at the rights and the room of the archive; the log piles up meanwhile", "the last segment could not be archived (%d failures)", failed)
	case archived != nil && in.Now().Sub(*archived) > 24*time.Hour:
		r.add("archive", Warning, "", "the last segment was archived at %s", archived.Format(time.RFC3339))
	default:
		r.add("archive", OK, "", "the write-ahead log is archived")
	}
	if in.Archive != "" {
		r.room("disk room", in.Archive)
	}
	return nil
}

// leftovers names databases that restores set aside or left.
func (r *Report) leftovers(ctx context.Context, conn *pgx.Conn, _ Installation) error {
	rows, err := conn.Query(ctx, `
		select datname || ' (' || pg_size_pretty(pg_database_size(oid)) || ')' from pg_database
		where datname like 'lianpian\_restore\_%' or datname like current_database() || '\_before\_%' order by 1`)
	if err != nil {
		return fmt.Errorf("look for databases that were left: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("look for databases that were left: %w", err)
	}
	for _, name := range names {
		r.add("leftovers", Warning, "drop it when it is not needed any more", "the database %s was set aside or left by a restore", name)
	}
	return nil
}

// shapes looks whether every stored area is valid. Lines that cross themselves, or
// shrink to a point, are nothing wrong.
func (r *Report) shapes(ctx context.Context, conn *pgx.Conn, in Installation) error {
	if !in.Shapes {
		return nil
	}
	rows, err := conn.Query(ctx, `
		select g.f_table_name, g.f_geometry_column from geometry_columns g
		join pg_class c on c.relname = g.f_table_name and c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
		join pg_attribute a on a.attrelid = c.oid and a.attname = g.f_geometry_column and a.attgenerated = ''
		where g.f_table_schema = 'public' order by 1, 2`)
	if err != nil {
		return fmt.Errorf("list the shapes: %w", err)
	}
	type column struct{ Table, Name string }
	columns, err := pgx.CollectRows(rows, pgx.RowToStructByPos[column])
	if err != nil {
		return fmt.Errorf("list the shapes: %w", err)
	}
	all, bad := int64(0), 0
	for _, c := range columns {
		name := pgx.Identifier{c.Name}.Sanitize()
		var count, invalid int64
		err := conn.QueryRow(ctx, fmt.Sprintf(`select count(%[1]s), count(*) filter (where ST_Dimension(%[1]s) = 2 and not ST_IsValid(%[1]s)) from %[2]s`,
			name, pgx.Identifier{c.Table}.Sanitize())).Scan(&count, &invalid)
		if err != nil {
			return fmt.Errorf("look at the shapes of %s: %w", c.Table, err)
		}
		all += count
		if invalid > 0 {
			bad++
			r.add("shapes", Fault, "export the layer, repair it, and import it again", "%d of %d shapes of %s.%s are not valid areas", invalid, count, c.Table, c.Name)
		}
	}
	if bad == 0 {
		r.add("shapes", OK, "", "all %d shapes are valid", all)
	}
	return nil
}
