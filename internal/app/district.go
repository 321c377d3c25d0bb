package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/registry"
)

// DistrictConfig describes a new district.
type DistrictConfig struct {
	Code     string `arg:"" help:"Administrative code of 6 or 9 digits."`
	Name     string `arg:"" help:"Name, e.g. 潼南区."`
	BBox     string `name:"bbox" xor:"boundary" required:"" help:"Extent as west,south,east,north in degrees."`
	Boundary string `name:"boundary" xor:"boundary" required:"" type:"existingfile" help:"File with the boundary as a GeoJSON geometry (Polygon or MultiPolygon)."`
	Policy   string `name:"policy" default:"wansheng-2020" help:"Renewal plan that the district follows."`
	Profile  string `name:"profile" help:"Profile of facility standards (default: the plan's)."`
}

// AddDistrict founds a district.
func AddDistrict(ctx context.Context, c Config, d DistrictConfig, out io.Writer) error {
	boundary, err := d.boundary()
	if err != nil {
		return &RefusedError{Detail: err.Error()}
	}
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		founded, err := n.registry.CreateDistrict(ctx, registry.NewDistrict{
			Code: d.Code, Name: d.Name, Boundary: boundary, PolicyKey: d.Policy, ProfileKey: d.Profile,
		})
		if err != nil {
			return err
		}
		return c.say(out, founded, func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "%s %s\n", founded.Code, founded.Name)
			return err
		})
	})
}

func (d DistrictConfig) boundary() (orb.MultiPolygon, error) {
	if d.Boundary != "" {
		raw, err := os.ReadFile(d.Boundary)
		if err != nil {
			return nil, fmt.Errorf("read the boundary: %w", err)
		}
		shape, fault := geo.DecodeGeoJSONGeometry(raw, geo.Limits{MaxPoints: geo.MaxImportPoints})
		if fault != nil {
			return nil, fmt.Errorf("the boundary in %s: %w", d.Boundary, fault)
		}
		areas, fault := geo.AsMultiPolygon(shape)
		if fault != nil {
			return nil, fmt.Errorf("the boundary in %s: %w", d.Boundary, fault)
		}
		return areas, nil
	}
	fields := strings.Split(d.BBox, ",")
	var edges [4]float64
	for i, field := range fields {
		value, err := strconv.ParseFloat(strings.TrimSpace(field), 64)
		if len(fields) != len(edges) || err != nil {
			return nil, fmt.Errorf("the extent %q is not west,south,east,north", d.BBox)
		}
		edges[i] = value
	}
	box := orb.Bound{Min: orb.Point{edges[0], edges[1]}, Max: orb.Point{edges[2], edges[3]}}
	if !(box.Min[0] < box.Max[0] && box.Min[1] < box.Max[1]) {
		return nil, fmt.Errorf("the extent %q has no area: give west,south,east,north", d.BBox)
	}
	return orb.MultiPolygon{box.ToPolygon()}, nil
}

// ListDistricts prints the districts.
func ListDistricts(ctx context.Context, c Config, out io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		districts, err := n.registry.Districts(ctx, account.Everything)
		if err != nil {
			return err
		}
		return c.say(out, map[string]any{"items": districts}, func(out io.Writer) error {
			table := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
			fmt.Fprintln(table, "CODE\tNAME\tPOLICY\tCOMMUNITIES\tBUILDINGS\tFACILITIES\tZONES")
			for _, d := range districts {
				fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%d\n", d.Code, d.Name, d.PolicyKey,
					d.Counts.Communities, d.Counts.Buildings, d.Counts.Facilities, d.Counts.Zones)
			}
			return table.Flush()
		})
	})
}
