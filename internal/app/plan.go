package app

import (
	"context"
	"fmt"
	"io"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/delivery"
)

// ExportPlanConfig is what a package of an area plan is ordered by.
type ExportPlanConfig struct {
	Out      string   `arg:"" type:"path" help:"The file to write (.zip)."`
	District string   `name:"district" required:"" help:"Code of the district."`
	Zones    []string `name:"zone" required:"" help:"Code of a zone, as often as wanted; the order is that of the sheets."`
	Scenario string   `name:"scenario" help:"Code of the scenario (default: that of the zones)."`
	Parts    []string `name:"part" help:"What the package holds: atlas, forms, book, report, geopackage, shapefile, dxf, kml, kmz, geojson, flatgeobuf, csv (default: the first seven)."`
	CRS      string   `name:"crs" help:"Coordinate reference system of GIS files (default: EPSG:4490)."`
	Encoding string   `name:"encoding" enum:",utf-8,gbk" default:"" help:"Encoding of Shapefile and CSV texts."`
	Paper    string   `name:"paper" enum:",A4,A3,A1" default:"" help:"Paper of the map sheets."`
	Title    string   `name:"title" help:"Title of the plan."`
	Author   string   `name:"author" help:"Who made the plan."`
	Month    string   `name:"month" help:"Month of the monthly forms, such as 2026-10."`
}

// ExportPlan writes the package of an area plan to a file, which is there only
// once it is whole.
func ExportPlan(ctx context.Context, c Config, e ExportPlanConfig, out, status io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		order := delivery.Order{
			Title: e.Title, Author: e.Author, Scenario: e.Scenario, Zones: e.Zones, Parts: e.Parts, CRS: e.CRS, Encoding: e.Encoding, Month: e.Month,
		}
		order.Atlas.Paper = e.Paper
		progress := c.newBar(status)
		defer progress.clear()
		var made delivery.Made
		err := writeWhole(e.Out, func(w io.Writer) (err error) {
			made, err = n.delivery.Direct(ctx, account.Everything, e.District, order, w, progress)
			return err
		})
		if err != nil {
			return err
		}
		progress.clear()
		answer := map[string]any{
			"file": e.Out, "size": made.Size, "sha256": made.SHA256, "plan_sha256": made.PlanSHA256, "files": made.Files, "notices": made.Notices,
		}
		return c.say(out, answer, func(out io.Writer) error {
			fmt.Fprintf(out, "%s  %s: %d files, %.1f MiB\n", made.SHA256, e.Out, len(made.Files), float64(made.Size)/(1<<20))
			for _, notice := range made.Notices {
				fmt.Fprintf(out, "  %s\n", notice)
			}
			return nil
		})
	})
}
