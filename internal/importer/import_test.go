package importer

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

// bench is an importer over a database of its own.
type bench struct {
	*Importer
	t  testing.TB
	db *postgis.DB
}

func newBench(t testing.TB) *bench {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	db := postgistest.New(t)
	im, err := New(db, registry.New(db, lib), lib, t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	im.now = func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }
	return &bench{im, t, db}
}

// bring imports a file and fails the test on an error.
func (b *bench) bring(args Args) *Report {
	b.t.Helper()
	var err error
	if args.Path, err = filepath.Abs(args.Path); err != nil {
		b.t.Fatal(err)
	}
	report, err := b.Run(b.t.Context(), args, nil)
	if err != nil {
		b.t.Fatalf("import %s: %v", args.Name+args.Path, err)
	}
	return report
}

// text imports a file with the given content.
func (b *bench) text(name, content string, args Args) (*Report, error) {
	b.t.Helper()
	args.Path, args.Name = writeFile(b.t, name, []byte(content)), name
	return b.Run(b.t.Context(), args, nil)
}

func (b *bench) count(sql string, args ...any) (n int64) {
	b.t.Helper()
	if err := b.db.Pool.QueryRow(b.t.Context(), sql, args...).Scan(&n); err != nil {
		b.t.Fatalf("%s: %v", sql, err)
	}
	return n
}

// contents is a digest of everything in the register, versions included.
func (b *bench) contents() string {
	b.t.Helper()
	var all []string
	for _, table := range []string{
		"district", "subdistrict", "neighborhood", "community", "building", "facility",
		"road", "waterway", "railway", "water", "land_use", "green", "place", "admin_area", "barrier", "gate", "crossing",
	} {
		var digest string
		err := b.db.Pool.QueryRow(b.t.Context(), `select count(*) || ' ' || coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from `+table+` t`).Scan(&digest)
		if err != nil {
			b.t.Fatal(err)
		}
		all = append(all, table+" "+digest)
	}
	return strings.Join(all, "\n")
}

func (b *bench) community(district, code string) registry.Community {
	b.t.Helper()
	c, err := b.reg.Community(b.t.Context(), account.Everything, district, code)
	if err != nil {
		b.t.Fatalf("community %s: %v", code, err)
	}
	return c
}

func TestAnExtractFoundsItsDistrictAndTheSameFileChangesNothing(t *testing.T) {
	b := newBench(t)
	report := b.bring(Args{Path: monaco})
	if report.District != "990001" || report.Format != "osm_pbf" || len(report.SHA256) != 64 {
		t.Errorf("district %q, format %q, sha256 %q", report.District, report.Format, report.SHA256)
	}
	for layer, least := range map[string]int64{
		"road": 2000, "buildings": 1000, "facilities": 200, "land_use": 50, "green": 50, "water": 10, "railway": 5, "place": 5,
	} {
		if got := report.Layers[layer]; got.Inserted < least || got.Updated+got.Unchanged > 0 {
			t.Errorf("%s: %+v, want at least %d new", layer, got, least)
		}
	}
	d, err := b.reg.District(t.Context(), account.Everything, "990001")
	if err != nil || d.Name == "" || d.PolicyKey != "wansheng-2020" || d.ProfileKey != "gb50180" || !strings.Contains(d.Notice, "OpenStreetMap") {
		t.Errorf("district %+v, %v", d, err)
	}
	t.Logf("%q: %+v in %.2f s; %v", d.Name, report.Layers, report.Seconds, report.Notes)
	before := b.contents()
	again := b.bring(Args{Path: monaco})
	if again.District != "990001" || again.Inserted+again.Updated != 0 || again.Unchanged != report.Inserted {
		t.Errorf("again: district %s, %d inserted, %d updated, %d unchanged of %d", again.District, again.Inserted, again.Updated, again.Unchanged, report.Inserted)
	}
	if after := b.contents(); after != before {
		t.Errorf("the second import changed the register:\n%s\n%s", before, after)
	}
	if n := b.count(`select count(*) from facility f where facility_type not in (select unnest($1::text[]))`, b.facilityKeys()); n > 0 {
		t.Errorf("%d facilities of types that no standard knows", n)
	}
}

func (b *bench) facilityKeys() (keys []string) {
	for _, f := range b.lib.FacilityTypes() {
		keys = append(keys, f.Key)
	}
	return keys
}

func TestEveryMappedFacilityIsOfAKnownType(t *testing.T) {
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	mapping, err := loadFacilityMapping()
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range mapping.entries {
		for _, c := range e.Choose {
			for _, key := range c.Facilities {
				if _, ok := lib.FacilityType(key); !ok {
					t.Errorf("entry %d: %q is no facility type", i+1, key)
				}
			}
		}
	}
}

func TestTheDemoDistrictLoadsOnce(t *testing.T) {
	b := newBench(t)
	report, err := b.LoadDemo(t.Context(), demo.Open, nil)
	if err != nil {
		t.Fatal(err)
	}
	if report.District != demo.DistrictCode || report.Layers["buildings"].Inserted < 1000 || report.Layers["communities"].Inserted < 10 {
		t.Errorf("got %+v", report)
	}
	t.Logf("%+v in %.2f s", report.Layers, report.Seconds)
	if n := b.count(`select count(*) from community where generated = '{}'`); n > 0 {
		t.Errorf("%d communities say that nothing about them is generated", n)
	}
	before := b.contents()
	if again, err := b.LoadDemo(t.Context(), demo.Open, nil); err != nil || again.Inserted > 0 || b.contents() != before {
		t.Errorf("the second load: %+v, %v", again, err)
	}
}

func TestADemoThatIsBrokenLeavesNothing(t *testing.T) {
	b := newBench(t)
	broken := func(table string) (io.ReadCloser, error) {
		if table == "road" {
			return io.NopCloser(strings.NewReader(`{"features":[{"properties":{"source_ref":"x"},"geometry":{"type":"LineString","coordinates":[[0,0]]}}]}`)), nil
		}
		return demo.Open(table)
	}
	if _, err := b.LoadDemo(t.Context(), broken, nil); err == nil {
		t.Error("no error")
	}
	if n := b.count(`select count(*) from district`); n != 0 {
		t.Errorf("%d districts are left", n)
	}
}

func TestHandleRemovesTheUploadUnlessTheJobWasStopped(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	upload := func(name, content string) string {
		if err := os.WriteFile(b.files+"/"+name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	run := func(ctx context.Context, name string) (any, error) {
		raw, err := json.Marshal(Args{Path: name, Name: name, District: "500110"})
		if err != nil {
			t.Fatal(err)
		}
		return b.Handle(ctx, raw, &job.Progress{})
	}
	left := func(name string) bool {
		_, err := os.Stat(b.files + "/" + name)
		return err == nil
	}
	if _, err := run(t.Context(), upload("a.csv", ledgerCSV)); err != nil || left("a.csv") {
		t.Errorf("done: %v, left over: %v", err, left("a.csv"))
	}
	_, err := run(t.Context(), upload("b.csv", "x"))
	var refusal *job.Refusal
	if !errors.As(err, &refusal) || left("b.csv") {
		t.Errorf("refused: %v, left over: %v", err, left("b.csv"))
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := run(stopped, upload("c.csv", ledgerCSV)); err == nil || !left("c.csv") {
		t.Errorf("stopped: %v, left over: %v", err, left("c.csv"))
	}
}

func TestTheReportHasTheAgreedShape(t *testing.T) {
	raw, err := json.Marshal(newReport("x", "csv"))
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(raw, &got); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for k := range got {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := []string{
		"district", "file", "format", "inserted", "layers", "notes", "refused", "repairs", "repairs_total",
		"rows_refused", "rows_taken", "seconds", "sha256", "unchanged", "updated",
	}
	if !reflect.DeepEqual(keys, want) {
		t.Errorf("got %v", keys)
	}
}
