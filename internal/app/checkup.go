package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/lianpian/lianpian/internal/checkup"
	"github.com/lianpian/lianpian/internal/postgis"
)

// DoctorConfig says what a check-up looks at.
type DoctorConfig struct {
	BackupDir string `name:"backup-dir" env:"LIANPIAN_BACKUP_DIR" type:"path" help:"Folder of the backups, whose age is looked at."`
	Shapes    bool   `name:"shapes" default:"true" negatable:"" help:"Look whether every stored shape is valid."`
	Listen    string `name:"listen" env:"LIANPIAN_LISTEN" default:"127.0.0.1:8080" help:"Address of the service, which has to be free or the service's own."`
	Strict    bool   `name:"strict" help:"Warnings are faults."`
}

// Doctor looks whether the installation is in order. It changes nothing; where no
// service runs, the private database is started for as long as it takes.
func Doctor(ctx context.Context, c Config, d DoctorConfig, out io.Writer) error {
	log, err := newLogger(c, os.Stderr)
	if err != nil {
		return err
	}
	in := checkup.Installation{DataDir: c.dataDir(), Backups: d.BackupDir, Shapes: d.Shapes, Listen: d.Listen, Now: time.Now}
	if c.DatabaseURL == "" {
		if in.Archive, err = postgis.Archive(c.clusterDir()); err != nil {
			return err
		}
	}
	base, err := openDatabase(ctx, c, true, log)
	if err != nil {
		in.Refusal = err
	} else {
		defer base.close()
		in.Database = base.url
	}
	report := checkup.Look(ctx, in)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = c.say(out, report, func(out io.Writer) error {
		table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
		for _, f := range report.Findings {
			fmt.Fprintf(table, "%s\t%s\t%s\n", sign(f.State), f.Check, f.Detail)
			if f.Remedy != "" {
				fmt.Fprintf(table, "\t\t→ %s\n", f.Remedy)
			}
		}
		return table.Flush()
	})
	if err != nil {
		return err
	}
	faults, warnings := 0, 0
	for _, f := range report.Findings {
		switch f.State {
		case checkup.Fault:
			faults++
		case checkup.Warning:
			warnings++
		}
	}
	if faults > 0 || d.Strict && warnings > 0 {
		return &UnhealthyError{Detail: fmt.Sprintf("%d faults and %d warnings", faults, warnings)}
	}
	return nil
}

func sign(s checkup.State) string {
	switch s {
	case checkup.OK:
		return "ok"
	case checkup.Warning:
		return "warning"
	default:
		return "FAULT"
	}
}
