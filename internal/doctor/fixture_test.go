package doctor

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// demo reads a layer of the demo district.
func demo(t testing.TB, layer string) []*geojson.Feature {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "demo", "data", layer+".geojson.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	c, err := geojson.UnmarshalFeatureCollection(raw)
	if err != nil {
		t.Fatal(err)
	}
	return c.Features
}

// clinic is a database with a doctor and a district.
type clinic struct {
	t        testing.TB
	db       *postgis.DB
	doctor   *Doctor
	reg      *registry.Store
	district string
}

const demoDistrict = "310115"

func newClinic(t testing.TB) *clinic {
	t.Helper()
	db := postgistest.New(t)
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	boundary := demo(t, "district")[0].Geometry
	if p, ok := boundary.(orb.Polygon); ok {
		boundary = orb.MultiPolygon{p}
	}
	if _, err := db.Pool.Exec(t.Context(), `
		insert into district (code, name, boundary, gk_srid, policy_key, policy_version, profile_key)
		values ($1, '陆家嘴', $2, 4549, 'wansheng-2020', '1', 'gb50180')`, demoDistrict, postgis.Geom{Geometry: boundary}); err != nil {
		t.Fatal(err)
	}
	reg := registry.New(db, lib)
	zones := zone.New(db)
	reg.Follow(zones.CommunitiesMoved)
	files := t.TempDir()
	im, err := importer.New(db, reg, lib, files)
	if err != nil {
		t.Fatal(err)
	}
	return &clinic{t, db, New(db, reg, zones, im, lib, files, time.Now), reg, demoDistrict}
}

func (c *clinic) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

func (c *clinic) count(sql string, args ...any) (n int) {
	c.t.Helper()
	c.must(c.db.Pool.QueryRow(c.t.Context(), sql, args...).Scan(&n))
	return n
}

// furnish brings the demo's buildings and roads into the register.
func (c *clinic) furnish(layers ...string) {
	c.t.Helper()
	c.must(c.db.Write(c.t.Context(), func(ctx ctx, tx *postgis.Tx) error {
		for _, layer := range layers {
			write, _ := c.reg.LayerWriter(map[string]string{"building": "buildings", "road": "roads", "community": "communities", "facility": "facilities"}[layer])
			var rows []registry.ImportRow
			for n, f := range demo(c.t, layer) {
				values := map[string]any{}
				for key, value := range f.Properties {
					switch key {
					case "code", "name", "facility_type", "use", "source_ref", "class":
						values[key] = value
					}
				}
				rows = append(rows, registry.ImportRow{Number: int64(n), Geometry: f.Geometry, Values: values})
			}
			if _, err := write(ctx, tx, c.district, "demo", slices.Values(rows)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// inspect brings a file and has it diagnosed.
func (c *clinic) inspect(name string, content []byte, decisions Decisions) Inspection {
	c.t.Helper()
	path := filepath.Join(c.doctor.files, uuid.NewString()+filepath.Ext(name))
	c.must(os.WriteFile(path, content, 0o600))
	i, err := c.doctor.Begin(c.t.Context(), c.district, Upload{Path: path, Name: name, Size: int64(len(content)), Decisions: decisions})
	c.must(err)
	args, err := json.Marshal(Args{Inspection: i.ID})
	c.must(err)
	if _, err := c.doctor.Inspect(c.t.Context(), args, nil); err != nil {
		c.t.Logf("inspect: %v", err)
	}
	i, err = c.doctor.Inspection(c.t.Context(), i.ID)
	c.must(err)
	return i
}

// answered accepts what the diagnosis proposes.
func (c *clinic) answered(i Inspection) Inspection {
	c.t.Helper()
	i, _, err := c.doctor.Decide(c.t.Context(), i.ID, i.Version, i.Diagnosis.Proposal)
	c.must(err)
	return i
}

func (c *clinic) bring(i Inspection) (*importer.Report, error) {
	c.t.Helper()
	i, err := c.doctor.AskImport(c.t.Context(), i.ID, i.Version)
	if err != nil {
		return nil, err
	}
	args, err := json.Marshal(Args{Inspection: i.ID})
	c.must(err)
	report, err := c.doctor.Import(c.t.Context(), args, nil)
	if err != nil {
		return nil, err
	}
	return report.(*importer.Report), nil
}

// scattered are features with some missing, moved by some decimetres, and put
// through a shift.
func scattered(features []*geojson.Feature, missing, noiseM float64, shift func(orb.Point) orb.Point) []*geojson.Feature {
	random := rand.New(rand.NewPCG(7, 11))
	var out []*geojson.Feature
	for _, f := range features {
		if random.Float64() < missing {
			continue
		}
		by := [2]float64{random.NormFloat64() * noiseM, random.NormFloat64() * noiseM}
		g := geofile.Transform(f.Geometry, func(p orb.Point) orb.Point {
			p = moved(p, by)
			if shift != nil {
				p = shift(p)
			}
			return p
		})
		one := geojson.NewFeature(g)
		one.Properties = geojson.Properties{"楼号": fmt.Sprint(len(out)), "层数": "6"}
		out = append(out, one)
	}
	return out
}

func geoJSON(t testing.TB, features []*geojson.Feature) []byte {
	t.Helper()
	c := geojson.NewFeatureCollection()
	c.Features = features
	raw, err := c.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// without is a ZIP file without the entries of one ending.
func without(t testing.TB, content []byte, ending string) []byte {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range r.File {
		if strings.HasSuffix(f.Name, ending) {
			continue
		}
		if err := w.Copy(f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func transformed(g orb.Geometry, move func(orb.Point) orb.Point) orb.Geometry {
	return geofile.Transform(g, move)
}
