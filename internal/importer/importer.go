// Package importer brings files into the register: OpenStreetMap extracts,
// ledgers of communities, GeoJSON, elevation models, and the demo district. It
// reads, checks, repairs and reports; every write goes through the registry, all of a file in
// one transaction. It must never store what it has not checked, nor personal
// data of residents, nor repair anything silently.
package importer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/seal"
	"github.com/lianpian/lianpian/internal/upload"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// Kind is the kind of job that Handle does.
const Kind = "import"

// Args say what to import.
type Args struct {
	Path     string `json:"path"`      // of the file; a relative one is in the importer's folder
	Name     string `json:"name"`      // what the person calls the file
	District string `json:"district"`  // "" finds it from the data
	Layer    string `json:"layer"`     // "" or auto, ledger, communities, buildings, facilities, osm, elevation
	CRS      string `json:"crs"`       // "" or wgs84, cgcs2000, gcj02, bd09
	By       string `json:"by"`        // name of the account; "" is the service or its operator
	AreaUnit string `json:"area_unit"` // of a ledger's areas, where the person was asked: m2, wan_m2; "" is what it says itself

	key *seal.Key // of an uploaded file
}

// People finds the person who asked for an import, as they are now.
type People interface {
	Person(ctx context.Context, name string) (account.Person, error)
}

// Importer does imports. Use New to make one.
type Importer struct {
	db      *postgis.DB
	reg     *registry.Store
	lib     *policy.Library
	files   string
	people  People
	mapping *facilityMapping
	now     func() time.Time
}

// New makes an importer whose uploaded files are in the folder files.
func New(db *postgis.DB, reg *registry.Store, lib *policy.Library, files string) (*Importer, error) {
	mapping, err := loadFacilityMapping()
	if err != nil {
		return nil, err
	}
	return &Importer{db: db, reg: reg, lib: lib, files: files, mapping: mapping, now: clock.Now}, nil
}

// AskPeople makes imports act as the person who asked for them, within their
// scope. Without it they act as the service. Call it while wiring.
func (im *Importer) AskPeople(people People) { im.people = people }

// Handle is the job handler for imports. An uploaded file is removed once the
// import is done or refused; when the job is stopped it stays for the next
// attempt.
func (im *Importer) Handle(ctx context.Context, raw json.RawMessage, p *job.Progress) (any, error) {
	var args Args
	if err := json.Unmarshal(raw, &args); err != nil {
		return nil, fmt.Errorf("read the arguments of an import: %w", err)
	}
	report, err := im.Run(ctx, args, p)
	var refusal *job.Refusal
	if err == nil || errors.As(err, &refusal) {
		p.Afterwards(ctx, func(ctx context.Context) { im.removeUpload(ctx, args.Path) })
	}
	if report == nil {
		return nil, err
	}
	return report, err
}

func (im *Importer) removeUpload(ctx context.Context, path string) {
	_ = upload.Remove(context.WithoutCancel(ctx), im.db, im.files, im.place(path)) // what is left over is swept
}

// open opens the file, also where it is sealed.
func (a Args) open() (*seal.File, error) { return seal.Open(a.Path, a.key) }

func (im *Importer) place(path string) string {
	if filepath.IsAbs(path) || im.files == "" {
		return path
	}
	return filepath.Join(im.files, path)
}

// Run imports one file. A *job.Refusal is the file's fault and nothing has
// changed; the report may then still list the rows. Any other error is ours. What
// also writes is written in the transaction of the import, and the job of p ends
// with it.
func (im *Importer) Run(ctx context.Context, args Args, p *job.Progress, also ...func(ctx context.Context, tx *postgis.Tx, report *Report) error) (*Report, error) {
	started := im.now()
	args.Path = im.place(args.Path)
	if args.Name == "" {
		args.Name = filepath.Base(args.Path)
	}
	ctx, err := im.actAs(ctx, args.By)
	if err != nil {
		return nil, err
	}
	if args.key, err = upload.Key(ctx, im.db, im.files, args.Path); err != nil {
		return nil, err
	}
	format, err := detect(args)
	if err != nil {
		return nil, err
	}
	run := &importRun{Importer: im, args: args, p: p, started: started, also: also, report: newReport(args.Name, string(format))}
	if run.datum, err = datumOf(args.CRS); err != nil {
		return run.report, err
	}
	switch format {
	case formatOSMPBF, formatOSMXML:
		err = run.osm(ctx, format)
	case formatCSV, formatXLSX:
		err = run.ledger(ctx, format)
	case formatGeoJSON:
		err = run.geoJSON(ctx)
	case formatHGT, formatGeoTIFF:
		err = run.elevation(ctx)
	}
	if err != nil {
		run.report.undo()
		run.report.Seconds = im.now().Sub(started).Seconds()
	}
	return run.report, err
}

// actAs puts the person who asked into the context.
func (im *Importer) actAs(ctx context.Context, name string) (context.Context, error) {
	if name == "" || im.people == nil {
		return ctx, nil
	}
	person, err := im.people.Person(ctx, name)
	if errors.Is(err, postgis.ErrNotFound) {
		return ctx, refuse("发起导入的账号“%s”已不存在", name)
	}
	if err != nil {
		return ctx, fmt.Errorf("find who asked for the import: %w", err)
	}
	return account.With(ctx, person), nil
}

// importRun is one import on its way.
type importRun struct {
	*Importer
	args   Args
	p      *job.Progress
	report *Report
	datum  datum

	started time.Time
	also    []func(ctx context.Context, tx *postgis.Tx, report *Report) error
}

func (r *importRun) mender() mender { return mender{pool: r.db.Pool, report: r.report} }

// hash fills in the file's SHA-256.
func (r *importRun) hash(ctx context.Context) error {
	f, err := r.args.open()
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, &contextReader{ctx, f}); err != nil {
		return fmt.Errorf("read the file: %w", err)
	}
	r.report.SHA256 = hex.EncodeToString(h.Sum(nil))
	return nil
}

// write runs the one transaction of an import and translates what the register
// refuses into the file's terms. lines are the file's row numbers of the rows of
// the call that failed; nil where the register's own words must do.
func (r *importRun) write(ctx context.Context, lines *[]int64, fn func(ctx context.Context, tx *postgis.Tx) error) error {
	err := r.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		// Two imports into one district would wait for each other's rows in
		// different orders; one after the other they cannot.
		if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('lianpian-import-' || $1))`, r.report.District); err != nil {
			return fmt.Errorf("wait for other imports: %w", err)
		}
		if r.report.District != "" {
			if err := r.begin(ctx, tx); err != nil {
				return err
			}
		}
		if err := fn(ctx, tx); err != nil {
			return err
		}
		if err := r.reg.EndImport(ctx, tx, r.report.ID, registry.ImportCount{}); err != nil {
			return err
		}
		r.report.Seconds = r.now().Sub(r.started).Seconds()
		for _, write := range r.also {
			if err := write(ctx, tx, r.report); err != nil {
				return err
			}
		}
		return r.p.Done(ctx, tx, r.report)
	})
	var invalid *registry.InvalidError
	var duplicate *registry.DuplicateError
	var outside *account.OutsideError
	switch {
	case errors.As(err, &invalid):
		if invalid.Row >= 0 && lines != nil && invalid.Row < len(*lines) {
			return refuse("%s：%s", r.report.sayPlace((*lines)[invalid.Row], ""), invalid.Detail)
		}
		return refuse("%s：%s", invalid.Code, invalid.Detail)
	case errors.As(err, &duplicate):
		return refuse("文件里有重复的编码：%s", strings.Join(duplicate.Codes, "、"))
	case errors.As(err, &outside):
		return refuse("您没有权限把数据导入这个范围")
	}
	return err
}

// begin makes what the transaction writes from here on one import, which can be
// taken back as a whole. It has the id of the job, where there is one.
func (r *importRun) begin(ctx context.Context, tx *postgis.Tx) error {
	if r.report.ID = r.p.Job(); r.report.ID == (uuid.UUID{}) {
		r.report.ID = uuid.New()
	}
	return r.reg.BeginImport(ctx, tx, r.report.ID, r.report.District, r.args.Name)
}

// permit refuses a person who may not do this to the whole district.
func permit(ctx context.Context, c account.Capability, district, sentence string) error {
	if account.Demand(ctx, c, account.Place{District: district}) != nil {
		return refuse("%s", sentence)
	}
	return nil
}

// ownSubdistricts are the only ones that the person may write to; nil is all.
func ownSubdistricts(ctx context.Context) []string {
	if person, ok := account.From(ctx); ok {
		return person.Scope.Subdistricts
	}
	return nil
}

// contextReader ends reading when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// counted tells progress how many bytes were read.
type counted struct {
	r       io.Reader
	advance func(int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.advance(int64(n))
	return n, err
}

func shortHash(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:8])
}
