package doctor

import (
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// examination is one reading of a file under the decisions of the moment.
type examination struct {
	*Doctor
	i        Inspection
	region   region
	names    *importer.Names
	known    map[string]bool // codes of communities, where a layer needs them
	progress *job.Progress
	layers   []*layerWork
	findings findings
	diag     *Diagnosis
}

// examine diagnoses an opened file and stages its rows.
func (d *Doctor) examine(ctx context.Context, i Inspection, data opened, p *job.Progress) (*Diagnosis, error) {
	x := &examination{Doctor: d, i: i, progress: p, diag: &Diagnosis{Format: data.Format}}
	var err error
	if x.region, err = d.loadRegion(ctx, i.District); err != nil {
		return nil, err
	}
	if x.names, err = d.importer.NamesOf(ctx, i.District); err != nil {
		return nil, err
	}
	for _, f := range data.Findings {
		x.findings.add(f)
	}
	p.Phase("读取", "行", total(data.Layers))
	for at, source := range data.Layers {
		w, err := x.begin(ctx, at, source)
		if err != nil {
			return nil, err
		}
		x.layers = append(x.layers, w)
		x.diag.Rows += w.profile.rows
		if x.diag.Encoding == "" {
			x.diag.Encoding = source.Encoding
		}
	}
	p.Phase("检查", "行", x.diag.Rows)
	if err := x.stage(ctx); err != nil {
		return nil, err
	}
	p.Phase("对照", "", 0)
	for _, w := range x.layers {
		if err := x.match(ctx, w); err != nil {
			return nil, err
		}
	}
	x.tellDropped(data.dropped())
	x.diag.Findings = x.findings.list
	x.ask()
	return x.diag, nil
}

func total(layers []geofile.Source) int64 {
	n := int64(0)
	for _, l := range layers {
		if l.Count < 0 {
			return 0
		}
		n += l.Count
	}
	return n
}

// begin takes the first look over a layer and decides how it is to be read.
func (x *examination) begin(ctx context.Context, at int, source geofile.Source) (*layerWork, error) {
	w := &layerWork{
		at: at, source: source, decided: x.i.Decisions.layer(source.Name), region: x.region, names: x.names,
		faults: map[string]*GeometryFault{}, seen: map[string]int64{}, slips: map[float64][]importer.Example{}, fields: map[string]int{},
		types: x.importer.FacilityTypes,
	}
	var err error
	if w.profile, err = profileLayer(ctx, source, x.findings.add, x.progress.Advance); err != nil {
		return nil, err
	}
	w.diag = LayerDiagnosis{Name: source.Name, Shape: string(w.profile.shape()), Rows: w.profile.rows, Encoding: source.Encoding, Columns: columnsOf(source)}
	w.aim(x.i.Name)
	if w.profile.placed > 0 {
		if x.i.Remembered {
			w.recheckCRS()
		}
		w.diag.CRS, w.ref = diagnoseCRS(w.profile.points, source.CRS, source.CRSText, x.region, w.decided)
	} else {
		w.ref = reference{metres: 1}
		w.diag.CRS = CRSDiagnosis{Sure: true, Axes: "xy", Unit: "degree", Reason: "没有图形", Chosen: w.ref.crs.String()}
	}
	if err := x.shift(ctx, w); err != nil {
		return nil, err
	}
	if w.target.Name == "buildings" && x.known == nil {
		if err := x.readCommunities(ctx); err != nil {
			return nil, err
		}
	}
	w.known = x.known
	w.check = func(row registry.ImportRow) *registry.InvalidError {
		if w.target.Name == "zones" {
			return zone.CheckImportRow(row)
		}
		return x.reg.CheckImportRow(w.target.Name, row)
	}
	return w, nil
}

// columnsOf names where a table has its places, as found or told; nil for other
// formats and tables without places.
func columnsOf(s geofile.Source) *PlaceColumns {
	c := s.Columns
	if c == (geofile.Columns{}) {
		return nil
	}
	return &PlaceColumns{X: c.X, Y: c.Y, WKT: c.Geometry, Angles: c.Angles, None: c.None}
}

// recheckCRS forgets a system that was decided about an earlier file where this
// one clearly lies elsewhere by it.
func (w *layerWork) recheckCRS() {
	if w.decided.CRS == "" {
		return
	}
	crs, err := geo.ParseCRS(w.decided.CRS)
	if err != nil {
		return
	}
	list := candidates(w.profile.points, w.source.CRS, w.region)
	was := reference{crs: crs, metres: 1}.decided(w.decided, list)
	if w.region.share(thinned(w.profile.points, rankedPoints), was) < 0.3 && len(list) > 0 && list[0].inside > 0.7 {
		w.decided.CRS, w.decided.Axes, w.decided.Unit = "", "", ""
	}
}

// aim decides which layer of the register the layer is for, and its fields.
func (w *layerWork) aim(file string) {
	guess := guessTarget(w.source, file, w.profile)
	if w.decided.Target != "" {
		guess = TargetGuess{Layer: w.decided.Target, Sure: true, Decided: true, Reason: "按您的选择"}
	}
	if w.profile.rows == 0 && !guess.Decided {
		guess = TargetGuess{Layer: targetNone, Sure: true, Reason: "图层是空的"}
	}
	w.diag.Target = guess
	w.target, _ = targetOf(guess.Layer)
	w.diag.Fields = mapFields(w.source, w.target, w.decided, w.profile)
	if w.target.Name == "" {
		return
	}
	w.diag.Choices = choicesOf(w.target)
	for i, f := range w.diag.Fields {
		if f.Target != "" {
			w.fields[f.Target] = i
		}
	}
}

func (x *examination) readCommunities(ctx context.Context) error {
	rows, err := x.db.Pool.Query(ctx, `select code from published_community where district_code = $1`, x.region.code)
	if err != nil {
		return fmt.Errorf("read the communities of %s: %w", x.region.code, err)
	}
	codes, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("read the communities of %s: %w", x.region.code, err)
	}
	x.known = make(map[string]bool, len(codes))
	for _, code := range codes {
		x.known[code] = true
	}
	return nil
}

// stage reads the file a second time and keeps its rows as they would be
// imported.
func (x *examination) stage(ctx context.Context) error {
	return x.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := tx.Exec(ctx, `delete from inspection_row where inspection_id = $1`, x.i.ID); err != nil {
			return fmt.Errorf("forget the rows of inspection %s: %w", x.i.ID, err)
		}
		for _, w := range x.layers {
			if w.target.Name == "" {
				continue
			}
			if err := x.stageLayer(ctx, tx, w); err != nil {
				return err
			}
			w.finish()
		}
		if x.diag.Rows > 1000 {
			if _, err := tx.Exec(ctx, `analyze inspection_row`); err != nil {
				return fmt.Errorf("analyze the rows of inspection %s: %w", x.i.ID, err)
			}
		}
		return nil
	})
}

const stagedAtOnce = 2000

func (x *examination) stageLayer(ctx context.Context, tx *postgis.Tx, w *layerWork) error {
	w.begin(x.now().Year() + 1)
	batch := make([]staged, 0, stagedAtOnce)
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		_, err := tx.CopyFrom(ctx, pgx.Identifier{"inspection_row"},
			[]string{"inspection_id", "layer", "ord", "number", "geom", "given", "cells", "code", "name", "fault", "outside", "repairs", "match_how", "match_code", "action", "district_code"},
			pgx.CopyFromSlice(len(batch), func(i int) ([]any, error) {
				s := batch[i]
				var how, twin *string
				if s.how != "" {
					how, twin = &s.how, &s.matchCode
				}
				repairs := s.repairs
				if repairs == nil {
					repairs = []string{}
				}
				return []any{
					x.i.ID, w.at, s.ord, s.number,
					postgis.Geom{Geometry: s.shape},
					postgis.Geom{Geometry: storable(s.given)},
					s.cells,
					s.code, s.name, s.fault, s.outside, repairs, how, twin, s.action, x.i.District,
				}, nil
			}))
		batch = batch[:0]
		if err != nil {
			return fmt.Errorf("stage rows of inspection %s: %w", x.i.ID, err)
		}
		return nil
	}
	ord, mended := int64(0), 0
	err := w.source.Rows(ctx, func(geofile.Finding) {}, func(r geofile.Row) error {
		x.progress.Advance(1)
		s, f := w.row(r, ord)
		ord++
		if f.crosses {
			switch mended++; {
			case w.decided.Repairs == "refuse":
				f.refuse(string(f.cross.Kind), importer.Sentence(f.cross)+"；按您的选择不修复")
			case mended > mendRows:
				f.refuse(string(f.cross.Kind), fmt.Sprintf("%s；文件里需要修复的图形超过 %d 个", importer.Sentence(f.cross), mendRows))
			default:
				if err := x.mend(ctx, &f); err != nil {
					return err
				}
			}
		}
		w.settle(&s, f)
		if batch = append(batch, s); len(batch) == stagedAtOnce {
			return flush()
		}
		return nil
	})
	if err != nil {
		return err
	}
	return flush()
}

// storable is a shape that the database takes; what lies off the globe is not
// shown.
func storable(g orb.Geometry) orb.Geometry {
	ok := eachPoint(g, func(p orb.Point) bool { return lonLatLike(p) })
	if _, collection := g.(orb.Collection); g == nil || !ok || collection || countPoints(g) == 0 {
		return nil
	}
	return closed(g)
}

// closed is an area whose rings end where they begin, which the database insists
// on.
func closed(g orb.Geometry) orb.Geometry {
	switch g := g.(type) {
	case orb.Polygon:
		out := make(orb.Polygon, 0, len(g))
		for _, ring := range g {
			if len(ring) > 0 && ring[0] != ring[len(ring)-1] {
				ring = append(slices.Clone(ring), ring[0])
			}
			if len(ring) < 4 {
				return nil
			}
			out = append(out, ring)
		}
		return out
	case orb.MultiPolygon:
		out := make(orb.MultiPolygon, 0, len(g))
		for _, polygon := range g {
			one, _ := closed(polygon).(orb.Polygon)
			if one == nil {
				return nil
			}
			out = append(out, one)
		}
		return out
	case orb.Ring:
		return closed(orb.Polygon{g})
	case orb.LineString:
		if len(g) < 2 {
			return nil
		}
	case orb.MultiLineString:
		for _, line := range g {
			if len(line) < 2 {
				return nil
			}
		}
	}
	return g
}

// begin prepares the reading of values.
func (w *layerWork) begin(lastYear int) {
	w.reading = importer.Reading{LastYear: lastYear, TenThousands: w.decided.AreaUnit == "wan_m2"}
	if w.decided.AreaUnit == "" {
		_, wan, _ := importer.FieldFor(w.target.Name, w.header("floor_area_m2"))
		w.reading.TenThousands = wan
	}
}

// finish sums up what the rows told.
func (w *layerWork) finish() {
	for _, kind := range sortedKeys(w.faults) {
		g := *w.faults[kind]
		g.AreaBefore, g.AreaAfter = math.Round(g.AreaBefore*10)/10, math.Round(g.AreaAfter*10)/10
		w.diag.Geometry = append(w.diag.Geometry, g)
	}
	w.diag.Outside.Margin = marginM
	w.askAreaUnit()
}
