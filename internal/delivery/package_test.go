package delivery_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan/areaplantest"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/survey"
)

// desk is a town with a planner who orders packages.
type desk struct {
	*areaplantest.Town
	t      *testing.T
	people *account.Store
	store  *delivery.Store
	dir    string
	now    time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	town := areaplantest.New(t)
	people, err := account.New(town.DB, account.Config{})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{Town: town, t: t, people: people, dir: t.TempDir(), now: areaplantest.Now}
	clock := func() time.Time { return d.now }
	reg := registry.New(town.DB, town.Lib)
	d.store = delivery.New(town.DB, people, town.Plans, survey.New(town.DB, reg, clock), progress.New(town.DB, nil, reg, town.Lib, clock),
		delivery.Config{Dir: d.dir, Now: clock})
	d.signUp(account.Draft{Name: "planner", Role: account.Planner, District: town.District})
	d.signUp(account.Draft{Name: "officer", Role: account.Officer, District: town.District, Subdistricts: []string{areaplantest.West}})
	d.signUp(account.Draft{Name: "contractor", Role: account.Contractor, District: town.District, Zones: []string{town.Zone.Code}})
	return d
}

func (d *desk) signUp(a account.Draft) {
	d.t.Helper()
	if _, err := d.people.Create(d.t.Context(), a); err != nil {
		d.t.Fatal(err)
	}
}

// as is the context and scope of a person as they are now.
func (d *desk) as(name string) (context.Context, account.Scope) {
	d.t.Helper()
	p, err := d.people.Person(d.t.Context(), name)
	if err != nil {
		d.t.Fatal(err)
	}
	return account.With(d.t.Context(), p), p.Scope
}

// make orders a package as a person, and does its job.
func (d *desk) make(name string, o delivery.Order) (delivery.Package, error) {
	d.t.Helper()
	ctx, scope := d.as(name)
	p, err := d.store.Ask(ctx, scope, d.District, o)
	if err != nil {
		return p, err
	}
	return d.work(name, p)
}

func (d *desk) work(name string, p delivery.Package) (delivery.Package, error) {
	d.t.Helper()
	args, err := json.Marshal(delivery.JobArgs{Package: p.ID})
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.store.Handle(d.t.Context(), args, nil); err != nil {
		return p, err
	}
	ctx, scope := d.as(name)
	return d.store.Get(ctx, scope, p.ID)
}

func (d *desk) must(p delivery.Package, err error) delivery.Package {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
	return p
}

func (d *desk) content(p delivery.Package) []byte {
	d.t.Helper()
	content, err := os.ReadFile(filepath.Join(d.dir, p.ID.String()+".zip"))
	if err != nil {
		d.t.Fatal(err)
	}
	return content
}

func unpack(t *testing.T, content []byte) map[string][]byte {
	t.Helper()
	pack, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range pack.File {
		in, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if files[f.Name], err = io.ReadAll(in); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

func digest(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// data are the parts that need no map sheets.
var data = []string{"forms", "book", "geopackage", "shapefile", "dxf", "kml", "kmz", "geojson", "flatgeobuf", "csv"}

func TestAPackageHoldsItsPartsAndListsThem(t *testing.T) {
	d := newDesk(t)
	p := d.must(d.make("planner", delivery.Order{Zones: []string{d.Zone.Code}, Parts: data, CRS: "EPSG:4545", Author: "规划院"}))
	content := d.content(p)
	if p.State != delivery.Ready || p.SHA256 != digest(content) || *p.Size != int64(len(content)) || !p.MayDownload {
		t.Errorf("package %+v", p)
	}
	files := unpack(t, content)
	var manifest struct {
		Files      []delivery.PackedFile `json:"files"`
		PlanSHA256 string                `json:"plan_sha256"`
		CRS        string                `json:"crs"`
	}
	if err := json.Unmarshal(files["manifest.json"], &manifest); err != nil {
		t.Fatal(err)
	}
	if len(manifest.Files) != len(files)-1 || manifest.PlanSHA256 != p.PlanSHA256 || manifest.CRS != "EPSG:4545" {
		t.Errorf("manifest of %d files for %d: %+v", len(manifest.Files), len(files), manifest)
	}
	for _, f := range manifest.Files {
		if digest(files[f.Name]) != f.SHA256 || int64(len(files[f.Name])) != f.Size {
			t.Errorf("%s is not what the manifest says", f.Name)
		}
	}
	for _, want := range []string{
		"3-片区台账/片区台账.xlsx", "5-数据/片区方案.gpkg", "5-数据/片区方案-shp.zip", "5-数据/flatgeobuf/小区.fgb", "5-数据/字段说明.csv",
		"2-表格/附件4-征求意见情况统计表.xlsx", "清单.csv", "说明.txt", "reproduce.json",
	} {
		if len(files[want]) == 0 {
			t.Errorf("there is no %s; there are %q", want, slices.Sorted(func(yield func(string) bool) {
				for name := range files {
					if !yield(name) {
						return
					}
				}
			}))
		}
	}
	note := string(files["说明.txt"])
	for _, said := range []string{"规划院", "演示数据", "OpenStreetMap", "CGCS2000", "一号/片区 & <试点>", "2026-11-23 04:30:00"} {
		if !strings.Contains(note, said) {
			t.Errorf("the note does not say %q:\n%s", said, note)
		}
	}
	if !strings.Contains(string(files["清单.csv"]), "片区台账.xlsx") {
		t.Error("the list does not name the book")
	}
}

func TestTheSamePackageComesOutAgain(t *testing.T) {
	d := newDesk(t)
	p := d.must(d.make("planner", delivery.Order{Zones: []string{d.Zone.Code, d.East.Code}, Parts: data, Encoding: "gbk"}))
	first := d.content(p)
	// The world goes on: what the package was made from does not.
	d.Exec(`update community set households = 1, name = '改名' where code = '0012'`)
	d.Exec(`delete from building where code = 'b1'`)
	d.now = d.now.Add(48 * time.Hour)

	ctx, scope := d.as("planner")
	again, err := d.store.Again(ctx, scope, p.ID)
	if err != nil {
		t.Fatal(err)
	}
	again = d.must(d.work("planner", again))
	if again.SHA256 != p.SHA256 || !bytes.Equal(d.content(again), first) || *again.Reproduces != p.ID {
		t.Error("another package came out")
	}

	dir := t.TempDir()
	name := filepath.Join(dir, "包.zip")
	recipe := filepath.Join(dir, "reproduce.json")
	if err := errors.Join(os.WriteFile(name, first, 0o600), os.WriteFile(recipe, unpack(t, first)["reproduce.json"], 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{name, recipe} {
		out := filepath.Join(dir, "out.zip")
		r, err := delivery.Reproduce(t.Context(), from, out, (*job.Progress)(nil))
		if err != nil {
			t.Fatal(err)
		}
		made, err := os.ReadFile(out)
		if err != nil || !bytes.Equal(made, first) || r.SHA256 != p.SHA256 {
			t.Errorf("from %s another package came out (%v)", filepath.Base(from), err)
		}
		if from == name && !r.Same() {
			t.Error("it does not know that it is the same")
		}
	}
}

func TestAChangedRecipeIsRefused(t *testing.T) {
	d := newDesk(t)
	p := d.must(d.make("planner", delivery.Order{Zones: []string{d.Zone.Code}, Parts: []string{"book"}}))
	recipe := string(unpack(t, d.content(p))["reproduce.json"])
	for name, text := range map[string]string{
		"a changed figure": strings.Replace(recipe, `"households":420`, `"households":421`, 1),
		"no recipe":        `{"a":1}`,
		"no JSON":          "PK\x03\x04",
		"another version":  strings.Replace(recipe, `"schema":1`, `"schema":99`, 1),
	} {
		if text == recipe {
			t.Fatalf("%s: nothing was changed", name)
		}
		var invalid *delivery.InvalidError
		if _, _, err := delivery.ReadRecipe(strings.NewReader(text)); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, file := range []string{"text.zip", "other.zip"} {
		name := filepath.Join(t.TempDir(), file)
		content := []byte("no ZIP")
		if file == "other.zip" {
			var b bytes.Buffer
			out := zip.NewWriter(&b)
			_, _ = out.Create("a.txt")
			_ = out.Close()
			content = b.Bytes()
		}
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
		var invalid *delivery.InvalidError
		if _, err := delivery.Reproduce(t.Context(), name, name+".out", (*job.Progress)(nil)); !errors.As(err, &invalid) {
			t.Errorf("%s: %v", file, err)
		}
		if _, err := os.Stat(name + ".out"); err == nil {
			t.Errorf("%s: something was written", file)
		}
	}
}

func TestOrdersThatCannotBe(t *testing.T) {
	d := newDesk(t)
	for name, o := range map[string]delivery.Order{
		"an unknown part":        {Parts: []string{"poster"}},
		"an unknown system":      {CRS: "EPSG:2380"},
		"a zone far away":        {CRS: "EPSG:4526"},
		"a custom zone far away": {CRS: "gk:cm=117,fe=500000,prefix=0"},
		"an unknown encoding":    {Encoding: "big5"},
		"an unknown paper":       {},
		"a month that is none":   {Month: "2026年10月"},
		"a person's number":      {Author: "张三 13912345678"},
		"a long title":           {Title: strings.Repeat("长", 101)},
	} {
		o.Zones = []string{d.Zone.Code}
		if name == "an unknown paper" {
			o.Atlas.Paper = "B5"
		}
		var invalid *delivery.InvalidError
		if _, err := d.make("planner", o); !errors.As(err, &invalid) || invalid.Detail == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if files, _ := os.ReadDir(d.dir); len(files) != 0 {
		t.Errorf("%d files were left", len(files))
	}
}
