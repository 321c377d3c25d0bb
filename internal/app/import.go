package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

// ImportConfig is what an import from the command line needs.
type ImportConfig struct {
	File     string `arg:"" type:"existingfile" help:"The file: Shapefile (.zip, .shp), GeoPackage, GeoJSON, KML/KMZ, DXF, FlatGeobuf, .csv, .xlsx, .osm.pbf, .osm, or an elevation model (.tif, .hgt, .hgt.zip)."`
	District string `name:"district" help:"Code of the district that the rows go to (default: the one whose boundary holds the file's data, or the only one; an OpenStreetMap extract of a new place founds a district)."`
	Layer    string `name:"layer" enum:"auto,ledger,communities,buildings,facilities,elevation,zones,neighborhoods,roads,barriers,idle_buildings" default:"auto" help:"What the file holds (${enum})."`
	CRS      string `name:"crs" default:"" help:"What the file's coordinates are in, where it does not say: EPSG:4490, EPSG:4545 …; or wgs84, cgcs2000, gcj02, bd09."`
	AreaUnit string `name:"area-unit" enum:",m2,wan_m2" default:"" help:"What areas are in, where it is asked: m2 or wan_m2."`

	Datum      string            `name:"datum" enum:",none,gcj02,bd09" default:"" help:"Shift of the coordinates that is taken off (${enum})."`
	Encoding   string            `name:"encoding" default:"" help:"Encoding of texts, where it is not found: UTF-8, GB18030 …"`
	Map        map[string]string `name:"map" placeholder:"FIELD=COLUMN" help:"Field of the register and the column of the file that gives it."`
	Type       string            `name:"type" help:"Facility type of rows that do not tell theirs."`
	Scenario   string            `name:"scenario" help:"Scenario that zones go to (default: the main one)."`
	Duplicates string            `name:"duplicates" enum:",skip,update,new" default:"" help:"What becomes of rows for what the register has already (${enum})."`
	Yes        bool              `name:"yes" short:"y" help:"Take what the diagnosis proposes for every open question."`
	DryRun     bool              `name:"dry-run" help:"Only print the diagnosis."`
	JSON       bool              `kong:"-"`
}

// Import brings a file in as jobs of its own queue, shows their progress on
// status (nil for none) and prints the diagnosis and the report to out. The jobs
// are seen in the history of imports like those from the browser. While the
// service runs on the private database, the import shares it.
func Import(ctx context.Context, c Config, i ImportConfig, out, status io.Writer) error {
	i.JSON = c.JSON
	path, err := filepath.Abs(i.File)
	if err != nil {
		return fmt.Errorf("find %s: %w", i.File, err)
	}
	return withJobs(ctx, c, status, func(ctx context.Context, w *worker) error {
		if i.plain() {
			return w.importPlainly(ctx, i, path, out)
		}
		return w.importByDoctor(ctx, i, path, out)
	})
}

// worker does jobs for the command line, as an operator of the machine.
type worker struct {
	*nouns
	jobs     *job.Runner
	operator string
	status   *bar
}

// withJobs runs a command that asks for jobs and waits for them.
func withJobs(ctx context.Context, c Config, status io.Writer, do func(ctx context.Context, w *worker) error) error {
	log, err := newLogger(c, os.Stderr)
	if err != nil {
		return err
	}
	base, err := openDatabase(ctx, c, true, log)
	if err != nil {
		return err
	}
	defer base.close()
	n, err := openNouns(ctx, c, 0, base.url, nil, log)
	if err != nil {
		return err
	}
	defer n.db.Close()
	operator := c.operator()
	ctx = account.WithOperator(ctx, operator)

	jobs, err := job.NewRunner(n.db, job.Config{Queue: "cli_" + strings.ReplaceAll(uuid.NewString(), "-", ""), Handlers: n.handlers()}, log)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(running) }()
	defer func() { stop(); <-ended }()
	return do(ctx, &worker{nouns: n, jobs: jobs, operator: operator, status: c.newBar(status)})
}

// do asks for a job and waits for its end.
func (w *worker) do(ctx context.Context, r job.Request, also ...func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) error) (job.Job, error) {
	r.CreatedBy = w.operator
	j, err := w.jobs.Enqueue(ctx, r, also...)
	if err != nil {
		return j, err
	}
	return follow(ctx, w.jobs, j.ID, w.status)
}

// plain tells whether the importer takes the file as it is: extracts of
// OpenStreetMap, elevation models and ledgers need no diagnosis, and a GeoJSON
// file needs none where nothing is said about it that only the doctor knows.
func (i ImportConfig) plain() bool {
	if i.Datum != "" || i.Encoding != "" || len(i.Map) > 0 || i.Type != "" || i.Scenario != "" || i.Duplicates != "" || i.Yes || i.DryRun {
		return false
	}
	if !slices.Contains(plainSystems, i.CRS) {
		return false
	}
	name := strings.ToLower(i.File)
	ends := func(list ...string) bool {
		return slices.ContainsFunc(list, func(end string) bool { return strings.HasSuffix(name, end) })
	}
	switch i.Layer {
	case "ledger", "elevation":
		return true
	case "auto", "communities", "buildings", "facilities":
		return !ends(".shp", ".gpkg", ".kml", ".kmz", ".dxf", ".fgb") && (!ends(".zip") || ends(".hgt.zip")) &&
			(i.Layer == "auto" || i.Layer == "communities" || ends(".geojson", ".json"))
	}
	return false
}

// plainSystems are the systems that the importer knows by name.
var plainSystems = []string{"", "wgs84", "cgcs2000", "gcj02", "bd09"}

func (w *worker) importPlainly(ctx context.Context, i ImportConfig, path string, out io.Writer) error {
	name := filepath.Base(path)
	j, err := w.do(ctx, job.Request{
		District: i.District, Kind: importer.Kind, Title: name,
		Args: importer.Args{Path: path, Name: name, District: i.District, Layer: i.Layer, CRS: i.CRS, AreaUnit: i.AreaUnit},
	})
	if err != nil {
		return err
	}
	return reported(j, name, i.JSON, out)
}

// reported prints the report of an import; a job that did not end well is a
// *RefusedError.
func reported(j job.Job, name string, asJSON bool, out io.Writer) error {
	if len(j.Report) > 0 {
		if err := printReport(out, j.Report, asJSON, j.State == job.Done); err != nil {
			return err
		}
	}
	if j.State != job.Done {
		if j.Error == "" {
			return fmt.Errorf("import of %s: %s", name, j.State)
		}
		return &RefusedError{Detail: fmt.Sprintf("%s: %s", name, j.Error)}
	}
	return nil
}

// follow waits for the end of a job; when it is told to stop, the job is
// cancelled.
func follow(ctx context.Context, jobs *job.Runner, id uuid.UUID, status *bar) (job.Job, error) {
	j, err := watch(ctx, jobs, id, status)
	if err == nil || ctx.Err() == nil {
		return j, err
	}
	// Ctrl-C: the transaction is rolled back, the job marked.
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	if _, err := jobs.Cancel(settle, id); err != nil {
		return job.Job{}, err
	}
	return job.Job{}, &CancelledError{Detail: "cancelled; nothing half done was kept"}
}

// watch waits for the end of a job and shows its progress.
func watch(ctx context.Context, jobs *job.Runner, id uuid.UUID, status *bar) (job.Job, error) {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	defer status.clear()
	for {
		j, err := jobs.Get(ctx, id)
		if err != nil {
			return job.Job{}, err
		}
		status.show(stepOf(j))
		if j.State.Final() {
			return j, nil
		}
		select {
		case <-ctx.Done():
			return job.Job{}, ctx.Err()
		case <-ticker.C:
		}
	}
}

// operator is whom the audit trail names for what a command does.
func (c Config) operator() string {
	if c.As != "" {
		return c.As
	}

	for _, variable := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if name := os.Getenv(variable); name != "" {
			return name
		}
	}
	if u, err := user.Current(); err == nil && u.Username != "" {
		return u.Username
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}
