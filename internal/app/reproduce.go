package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/job"
)

// ReproduceConfig is what making a package again needs.
type ReproduceConfig struct {
	File string `arg:"" type:"existingfile" help:"A package of an area plan (.zip), or the reproduce.json of one."`
	Out  string `arg:"" type:"path" help:"Where the package is written."`
}

// Reproduce makes a package of an area plan again from what it was made from. It
// needs no database.
func Reproduce(ctx context.Context, c Config, r ReproduceConfig, out io.Writer) error {
	made, err := delivery.Reproduce(ctx, r.File, r.Out, (*job.Progress)(nil))
	var invalid *delivery.InvalidError
	if errors.As(err, &invalid) {
		return &RefusedError{Detail: r.File + ": " + invalid.Detail}
	}
	if err != nil {
		return err
	}
	answer := map[string]any{"file": r.Out, "sha256": made.SHA256, "was": made.Was, "same": made.Was != "" && made.Same(), "made_by": made.Software, "software": software()}
	if c.JSON {
		return c.say(out, answer, nil)
	}
	fmt.Fprintf(out, "%s  %s\n", made.SHA256, r.Out)
	switch {
	case made.Was == "":
	case made.Same():
		fmt.Fprintln(out, "与原成果包逐字节相同。")
	default:
		fmt.Fprintf(out, "与原成果包不同：原成果包由 %s 生成，本程序为 %s。\n", made.Software, software())
	}
	return nil
}
