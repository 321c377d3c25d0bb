package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/postgis"
)

// ExportConfig is what an export of the register from the command line needs.
type ExportConfig struct {
	Out      string   `arg:"" type:"path" help:"The file to write; - is the standard output."`
	District string   `name:"district" required:"" help:"Code of the district."`
	Format   string   `name:"format" enum:"gpkg,shp,dxf,kml,kmz,geojson,fgb,csv" default:"gpkg" help:"Format (${enum}); those of one layer a file come as a ZIP."`
	CRS      string   `name:"crs" default:"EPSG:4490" help:"Coordinate reference system: EPSG:4490, EPSG:4326, a zone of CGCS2000, or gk:cm=107.5,fe=500000,prefix=0."`
	Encoding string   `name:"encoding" enum:"utf-8,gbk" default:"utf-8" help:"Encoding of Shapefile and CSV texts (${enum})."`
	Layers   []string `name:"layer" help:"Layer to export, as often as wanted (default: all)."`
}

// Export writes the register of a district to a file, what could not be kept to
// messages, and its progress to status (nil for none). The file is there only once
// it is whole.
func Export(ctx context.Context, c Config, e ExportConfig, out, messages, status io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		register, err := n.exporter.OpenRegister(ctx, account.Everything, e.District, e.Layers)
		var unknown *exporter.UnknownLayerError
		switch {
		case errors.As(err, &unknown):
			return &RefusedError{Detail: fmt.Sprintf("there is no layer %s; there are %s", unknown.Name, strings.Join(exporter.RegisterLayers(), ", "))}
		case errors.Is(err, postgis.ErrNotFound):
			return fmt.Errorf("district %s: %w", e.District, err)
		case err != nil:
			return err
		}
		defer register.Close(ctx)
		progress := c.newBar(status)
		defer progress.clear()
		for i := range register.Layers {
			register.Layers[i] = counted(register.Layers[i], progress)
		}
		file, err := delivery.Register(ctx, register, delivery.RegisterOrder{Format: e.Format, CRS: e.CRS, Encoding: e.Encoding}, time.Now(), "",
			func(detail string) { progress.clear(); fmt.Fprintln(messages, detail) })
		var wrong *delivery.InvalidError
		if errors.As(err, &wrong) {
			return &RefusedError{Detail: wrong.Detail}
		}
		if err != nil {
			return err
		}
		if e.Out == "-" {
			return file.Write(out)
		}
		if err := writeWhole(e.Out, file.Write); err != nil {
			return err
		}
		progress.clear()
		rows := int64(0)
		for _, l := range register.Layers {
			rows += l.Count
		}
		answer := map[string]any{"file": e.Out, "layers": len(register.Layers), "rows": rows}
		return c.say(out, answer, func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "%s: %d layers, %d rows\n", e.Out, len(register.Layers), rows)
			return err
		})
	})
}

// counted tells of each feature of a layer that is read.
func counted(l geofile.Layer, progress *bar) geofile.Layer {
	features := l.Features
	l.Features = func(yield func(geofile.Feature, error) bool) {
		progress.Phase(l.Title, "条", max(l.Count, 0))
		for f, err := range features {
			if !yield(f, err) {
				return
			}
			progress.Advance(1)
		}
	}
	return l
}

// writeWhole writes a file beside its place and moves it there at the end.
func writeWhole(name string, write func(io.Writer) error) error {
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+"-*")
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	if err := errors.Join(write(file), file.Chmod(0o644), file.Close()); err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	if err := os.Rename(file.Name(), name); err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.Remove(file.Name()))
	}
	return nil
}
