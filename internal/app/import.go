package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
)

// ImportConfig is what an import from the command line needs.
type ImportConfig struct {
	File     string `arg:"" type:"existingfile" help:"The file: .osm.pbf, .osm, .xlsx, .csv, .geojson, or an elevation model (.tif, .hgt, .hgt.zip)."`
	District string `name:"district" help:"Code of the district that the rows go to (default: the one whose boundary holds the file's data; an OpenStreetMap extract of a new place founds a district)."`
	Layer    string `name:"layer" enum:"auto,ledger,communities,buildings,facilities,elevation" default:"auto" help:"What the file holds (${enum})."`
	CRS      string `name:"crs" enum:"wgs84,cgcs2000,gcj02,bd09" default:"wgs84" help:"Coordinate reference system of the file's coordinates (${enum})."`
	AreaUnit string `name:"area-unit" enum:",m2,wan_m2" default:"" help:"What the areas of a ledger are in, where it is asked: m2 or wan_m2."`
	JSON     bool   `name:"json" help:"Print the report as JSON."`
}

// RefusedError says that the input was at fault; the command ends with exit
// code 2.
type RefusedError struct{ Detail string }

func (e *RefusedError) Error() string { return e.Detail }

// Import brings a file in as a job of its own queue, shows its progress on
// status (nil for none) and prints the report to out. The job is seen in the history of
// imports like one from the browser. While the service runs on the private
// database, the import shares it.
func Import(ctx context.Context, c Config, i ImportConfig, out, status io.Writer) error {
	log, err := newLogger(c, os.Stderr)
	if err != nil {
		return err
	}
	path, err := filepath.Abs(i.File)
	if err != nil {
		return fmt.Errorf("find %s: %w", i.File, err)
	}
	base, err := openDatabase(ctx, c, true, log)
	if err != nil {
		return err
	}
	defer base.close()
	n, err := openNouns(ctx, c, 0, base.url, log)
	if err != nil {
		return err
	}
	defer n.db.Close()
	operator := operatorName()
	ctx = account.WithOperator(ctx, operator)

	jobs, err := job.NewRunner(n.db, job.Config{Queue: "cli_" + strings.ReplaceAll(uuid.NewString(), "-", ""), Handlers: n.handlers()}, log)
	if err != nil {
		return err
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- jobs.Run(running) }()
	defer func() { stop(); <-ended }()

	j, err := jobs.Enqueue(ctx, job.Request{
		District: i.District, Kind: "import", Title: filepath.Base(path), CreatedBy: operator,
		Args: importer.Args{Path: path, Name: filepath.Base(path), District: i.District, Layer: i.Layer, CRS: i.CRS, AreaUnit: i.AreaUnit},
	})
	if err != nil {
		return err
	}
	j, err = follow(ctx, jobs, j.ID, status)
	if err != nil {
		return err
	}
	if len(j.Report) > 0 {
		if err := printReport(out, j.Report, i.JSON, j.State == job.Done); err != nil {
			return err
		}
	}
	if j.State != job.Done {
		if j.Error == "" {
			return fmt.Errorf("import of %s: %s", filepath.Base(path), j.State)
		}
		return &RefusedError{Detail: fmt.Sprintf("%s: %s", filepath.Base(path), j.Error)}
	}
	return nil
}

// follow waits for the end of a job and keeps one line of progress up to date.
func follow(ctx context.Context, jobs *job.Runner, id uuid.UUID, status io.Writer) (job.Job, error) {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	shown := ""
	for {
		j, err := jobs.Get(ctx, id)
		if err != nil {
			if ctx.Err() != nil { // Ctrl-C: the transaction is rolled back, the job marked
				settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
				defer cancel()
				if _, err := jobs.Cancel(settle, id); err != nil {
					return job.Job{}, err
				}
				return job.Job{}, fmt.Errorf("the import was cancelled; nothing was written")
			}
			return job.Job{}, err
		}
		if line := progressLine(j); line != shown && status != nil {
			fmt.Fprintf(status, "\r\033[K%s", line)
			shown = line
		}
		if j.State.Final() {
			if shown != "" && status != nil {
				fmt.Fprint(status, "\r\033[K")
			}
			return j, nil
		}
		select {
		case <-ctx.Done():
		case <-ticker.C:
		}
	}
}

func progressLine(j job.Job) string {
	if j.Phase == "" {
		return ""
	}
	line := fmt.Sprintf("%s %d", j.Phase, j.Done)
	if j.Total > 0 {
		line += fmt.Sprintf("/%d", j.Total)
	}
	line += " " + j.Unit
	if j.SecondsLeft != nil {
		line += fmt.Sprintf("，约剩 %.0f 秒", *j.SecondsLeft)
	}
	return line
}

func operatorName() string {
	for _, variable := range []string{"SUDO_USER", "USER", "LOGNAME"} {
		if name := os.Getenv(variable); name != "" {
			return name
		}
	}
	return fmt.Sprintf("uid %d", os.Getuid())
}
