package app

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
)

// CoverConfig is a request for a coverage run, and where its parts are written.
type CoverConfig struct {
	District    string  `name:"district" required:"" help:"Code of the district."`
	Type        string  `name:"type" required:"" help:"Key of the facility type, such as health_station."`
	Method      string  `name:"method" enum:"radius,walk,walk_slope" default:"radius" help:"How it is measured (${enum})."`
	Limit       string  `name:"limit" help:"How far a facility may be: 800m, or 15min of walking (default: what the profile says)."`
	Walker      string  `name:"walker" enum:",adult,elder,frail" default:"" help:"Who walks (default: elder)."`
	StepFree    bool    `name:"step-free" help:"Without stairs and slopes over 1:12."`
	Profile     string  `name:"profile" help:"Profile of standards (default: the district's)."`
	Scenario    string  `name:"scenario" help:"Code of a scenario whose proposed facilities count, too."`
	Area        string  `name:"area" placeholder:"KIND:CODE" help:"Part of the district: subdistrict:CODE, neighborhood:CODE or zone:CODE (default: all of it)."`
	Communities string  `name:"communities" type:"path" placeholder:"FILE.csv" help:"Write the answer of every community; - is the standard output."`
	Buildings   string  `name:"buildings" type:"path" placeholder:"FILE.csv" help:"Write the answer of every building."`
	Gaps        string  `name:"gaps" type:"path" placeholder:"FILE.geojson" help:"Write the patches of uncovered homes."`
	NearM       float64 `name:"near" default:"100" help:"Uncovered homes nearer than this to each other, in metres, are one gap."`
}

func (v CoverConfig) request() (coverage.Request, error) {
	r := coverage.Request{FacilityType: v.Type, Settings: coverage.Settings{
		Method: v.Method, Walker: v.Walker, StepFree: v.StepFree, Profile: v.Profile, Scenario: v.Scenario,
	}}
	if v.Limit != "" {
		into, text := &r.Limit.Metres, strings.TrimSuffix(v.Limit, "m")
		if minutes, ok := strings.CutSuffix(v.Limit, "min"); ok {
			into, text = &r.Limit.Minutes, minutes
		}
		value, err := strconv.ParseFloat(strings.TrimSpace(text), 64)
		if err != nil || text == v.Limit {
			return r, &RefusedError{Detail: fmt.Sprintf("the limit %q is neither 800m nor 15min", v.Limit)}
		}
		*into = &value
	}
	if v.Area != "" {
		kind, code, ok := strings.Cut(v.Area, ":")
		if !ok || code == "" {
			return r, &RefusedError{Detail: fmt.Sprintf("the area %q is not KIND:CODE", v.Area)}
		}
		r.Area = coverage.Area{Kind: kind, Code: code}
	}
	return r, nil
}

// Cover computes a coverage run, keeps it like those of the app, prints its
// totals, and writes the parts that were asked for.
func Cover(ctx context.Context, c Config, v CoverConfig, out, status io.Writer) error {
	request, err := v.request()
	if err != nil {
		return err
	}
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		progress := c.newBar(status)
		progress.Phase("计算覆盖", "", 0)
		defer progress.clear()
		run, err := n.coverage.Run(ctx, account.Everything, v.District, request)
		if err != nil {
			return err
		}
		if err := v.write(ctx, n.coverage, run, out); err != nil {
			return err
		}
		progress.clear()
		if v.Communities == "-" {
			return nil
		}
		return c.say(out, run, func(out io.Writer) error { return printRun(out, run) })
	})
}

// write writes the files that were asked for.
func (v CoverConfig) write(ctx context.Context, store *coverage.Store, run coverage.Run, out io.Writer) error {
	if v.Communities != "" {
		list, err := store.Communities(ctx, account.Everything, v.District, run.ID)
		if err != nil {
			return err
		}
		write := func(w io.Writer) error { return writeCommunities(w, list) }
		if v.Communities == "-" {
			err = write(out)
		} else {
			err = writeWhole(v.Communities, write)
		}
		if err != nil {
			return err
		}
	}
	if v.Buildings != "" {
		err := writeWhole(v.Buildings, func(w io.Writer) error { return writeBuildings(ctx, w, store, v.District, run) })
		if err != nil {
			return err
		}
	}
	if v.Gaps == "" {
		return nil
	}
	gaps, err := store.Gaps(ctx, account.Everything, v.District, run.ID, v.NearM)
	if err != nil {
		return err
	}
	return writeWhole(v.Gaps, func(w io.Writer) error { return writeGaps(w, gaps) })
}

func printRun(out io.Writer, r coverage.Run) error {
	limit := ""
	switch {
	case r.Limit.Metres != nil:
		limit = fmt.Sprintf("%.0f 米", *r.Limit.Metres)
	case r.Limit.Minutes != nil:
		limit = fmt.Sprintf("%g 分钟", *r.Limit.Minutes)
	}
	s := r.Summary
	fmt.Fprintf(out, "%s，%s，%s：%d 处设施\n", r.FacilityName, r.Method, limit, s.Facilities)
	fmt.Fprintf(out, "楼栋 %d/%d，户 %d/%d（%.1f%%），建筑面积 %.0f/%.0f 平方米；%d 个小区没有一栋在覆盖内\n",
		s.CoveredBuildings, s.Buildings, s.CoveredHouseholds, s.Households, share(s.CoveredHouseholds, s.Households),
		s.CoveredFloorAreaM2, s.FloorAreaM2, s.UncoveredCommunities)
	for _, note := range r.Notes {
		fmt.Fprintf(out, "  注：%s\n", note)
	}
	_, err := fmt.Fprintf(out, "  编号 %s\n", r.ID)
	return err
}

func share(part, whole int64) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole) * 100
}

// byteOrderMark lets spreadsheets read a CSV file as UTF-8.
const byteOrderMark = "\ufeff"

func writeCommunities(w io.Writer, list []coverage.CommunityCoverage) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	table := csv.NewWriter(w)
	_ = table.Write([]string{"编码", "小区", "街道", "楼栋", "覆盖楼栋", "户数", "覆盖户数", "建筑面积", "覆盖建筑面积", "平均距离_米", "平均时间_分钟"})
	for _, f := range list {
		_ = table.Write([]string{
			f.Code, f.Name, f.SubdistrictName, whole(f.Buildings), whole(f.CoveredBuildings), whole(f.Households), whole(f.CoveredHouseholds),
			decimal(f.FloorAreaM2), decimal(f.CoveredFloorAreaM2), decimal(f.MeanM), decimal(f.MeanMinutes),
		})
	}
	table.Flush()
	return table.Error()
}

// buildingPage is how many buildings are read at once.
const buildingPage = 5000

func writeBuildings(ctx context.Context, w io.Writer, store *coverage.Store, district string, run coverage.Run) error {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return err
	}
	table := csv.NewWriter(w)
	_ = table.Write([]string{"编码", "小区编码", "小区", "户数", "结果", "最近设施编码", "最近设施", "距离_米", "去_分钟", "回_分钟", "经度", "纬度"})
	optional := func(v *float64) string {
		if v == nil {
			return ""
		}
		return decimal(*v)
	}
	filter := coverage.BuildingFilter{Limit: buildingPage}
	for {
		page, err := store.Buildings(ctx, account.Everything, district, run.ID, filter)
		if err != nil {
			return err
		}
		for _, b := range page.Items {
			lon, lat := "", ""
			if b.Location != nil {
				lon, lat = strconv.FormatFloat(b.Location[0], 'f', 7, 64), strconv.FormatFloat(b.Location[1], 'f', 7, 64)
			}
			_ = table.Write([]string{
				b.Code, b.CommunityCode, b.CommunityName, decimal(b.Households), b.Status, b.FacilityCode, b.FacilityName,
				optional(b.DistanceM), optional(b.ThereMinutes), optional(b.BackMinutes), lon, lat,
			})
		}
		table.Flush()
		if err := table.Error(); err != nil {
			return err
		}
		if page.Cursor == "" {
			return nil
		}
		filter.Cursor = page.Cursor
	}
}

func writeGaps(w io.Writer, gaps coverage.Gaps) error {
	all := geojson.NewFeatureCollection()
	for _, g := range gaps.Items {
		if g.Outline == nil {
			continue
		}
		f := geojson.NewFeature(g.Outline.Geometry())
		f.Properties = geojson.Properties{
			"rank": g.Rank, "households": g.Households, "buildings": g.Buildings, "floor_area_m2": g.FloorAreaM2, "worst_beyond": g.WorstBeyond, "unit": gaps.Unit,
		}
		all.Append(f)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(all)
}

func whole(n int64) string { return strconv.FormatInt(n, 10) }

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
