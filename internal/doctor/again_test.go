package doctor

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/geofile"
)

// lines are roads beside each other; those of no code are known by their shape.
func lines(t testing.TB, codes ...string) []*geojson.Feature {
	t.Helper()
	at := middle(demo(t, "building")[0].Geometry)
	var out []*geojson.Feature
	for n, code := range codes {
		f := geojson.NewFeature(orb.LineString{moved(at, [2]float64{0, float64(n) * 40}), moved(at, [2]float64{90, float64(n)*40 + 7})})
		f.Properties = geojson.Properties{"路名": "路" + code}
		if code != "" {
			f.Properties["source_ref"] = code
		}
		out = append(out, f)
	}
	return out
}

func TestRoadsThatAreThereAreDuplicatesToo(t *testing.T) {
	for _, layer := range []string{"roads", "barriers"} {
		t.Run(layer, func(t *testing.T) {
			c := newClinic(t)
			all := Decisions{Layers: []LayerDecision{{Target: layer}}}
			if _, err := c.bring(c.inspect("线.geojson", geoJSON(t, lines(t, "a", "b", "")), all)); err != nil {
				t.Fatal(err)
			}
			again := lines(t, "a", "b", "", "d")
			delete(again[1].Properties, "source_ref") // known by where it runs
			again[1].Properties["路名"] = "改名路"
			_, err := c.db.Pool.Exec(t.Context(), `delete from import_habit`)
			c.must(err)
			i := c.inspect("线2.geojson", geoJSON(t, again), all)
			l := i.Diagnosis.Layers[0]
			if kinds(i) != "duplicates" || l.Tally != (Tally{Insert: 1, Update: 3}) || l.Duplicates.ByCode+l.Duplicates.ByOverlap != 3 {
				t.Fatalf("asks %q, %+v, %+v", kinds(i), l.Tally, l.Duplicates)
			}
			for action, want := range map[string]Tally{"skip": {Insert: 1, Skip: 3}, "new": {Insert: 4}} {
				p := i.Diagnosis.Proposal
				p.Layers[0].Duplicates = action
				i, _, err = c.doctor.Decide(t.Context(), i.ID, i.Version, p)
				c.must(err)
				if got := i.Diagnosis.Layers[0].Tally; got != want {
					t.Errorf("%s: %+v, want %+v", action, got, want)
				}
			}
			p := i.Diagnosis.Proposal
			p.Layers[0].Duplicates = "update"
			i, _, err = c.doctor.Decide(t.Context(), i.ID, i.Version, p)
			c.must(err)
			report, err := c.bring(i)
			c.must(err)
			table := strings.TrimSuffix(layer, "s")
			if n := c.count(`select count(*) from ` + table); n != 4 || report.Inserted != 1 || report.Updated != 1 || report.Unchanged != 2 {
				t.Errorf("%d lines; %+v", n, report)
			}
			if n := c.count(`select count(*) from ` + table + ` where source_ref = 'b' and name = '改名路'`); n != 1 {
				t.Error("the line without its identity did not meet the stored one")
			}
		})
	}
}

func TestAFileOfRowsThatAreAllSkippedIsDone(t *testing.T) {
	c := newClinic(t)
	file := geoJSON(t, boxes(t, "幸福花园", "和平里小区", "东风院"))
	if _, err := c.bring(c.inspect("小区.geojson", file, Decisions{})); err != nil {
		t.Fatal(err)
	}
	i := c.inspect("小区.geojson", file, Decisions{Layers: []LayerDecision{{Duplicates: "skip"}}})
	report, err := c.bring(i)
	if err != nil {
		t.Fatal(err)
	}
	i, err = c.doctor.Inspection(t.Context(), i.ID)
	c.must(err)
	if i.State != Imported || report.Inserted+report.Updated != 0 {
		t.Errorf("state %s, %+v", i.State, report)
	}
}

func TestAFileImportsByItselfOnlyWhereItsSourceIsKnown(t *testing.T) {
	c := newClinic(t)
	auto := func(name string, content []byte, decisions Decisions) State {
		t.Helper()
		path := filepath.Join(c.doctor.files, uuid.NewString()+filepath.Ext(name))
		c.must(os.WriteFile(path, content, 0o600))
		i, err := c.doctor.Begin(t.Context(), c.district, Upload{Path: path, Name: name, Size: int64(len(content)), Auto: true, Decisions: decisions})
		c.must(err)
		args, err := json.Marshal(Args{Inspection: i.ID})
		c.must(err)
		_, err = c.doctor.Inspect(t.Context(), args, nil)
		c.must(err)
		i, err = c.doctor.Inspection(t.Context(), i.ID)
		c.must(err)
		if i.State == Ready {
			if len(i.Diagnosis.Questions) > 0 {
				t.Fatalf("%s asks %+v", name, i.Diagnosis.Questions)
			}
			_, err := c.bring(i)
			c.must(err)
		}
		return i.State
	}
	if got := auto("小区1.geojson", geoJSON(t, boxes(t, "甲院")), Decisions{}); got != Ready {
		t.Errorf("an unknown file: %s", got)
	}
	if got := auto("小区2.geojson", geoJSON(t, boxes(t, "甲院", "乙院")), Decisions{}); got != Imported {
		t.Errorf("the next of its source: %s", got)
	}
	if got := auto("线.geojson", geoJSON(t, lines(t, "a")), Decisions{Layers: []LayerDecision{{Target: "roads"}}}); got != Imported {
		t.Errorf("one that is decided about: %s", got)
	}
}

func TestFilesOfOneNameInTwoFoldersAreTwoLayers(t *testing.T) {
	const point = `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"A1"},"geometry":{"type":"Point","coordinates":[106.93,28.96]}}]}`
	data, err := openFile(t.Context(), zipped(t, map[string]string{"东区/小区.geojson": point, "西区/小区.geojson": point}), geofile.Options{Name: "导出.zip"})
	if err != nil {
		t.Fatal(err)
	}
	defer data.Close()
	var got []string
	for _, l := range data.Layers {
		got = append(got, l.Name)
	}
	slices.Sort(got)
	if !slices.Equal(got, []string{"东区/小区", "西区/小区"}) {
		t.Errorf("layers %q", got)
	}
}

func TestFindingsNameTheLayerAndSayHowMuchTheyMatter(t *testing.T) {
	c := newClinic(t)
	at := middle(demo(t, "building")[0].Geometry)
	f := geojson.NewFeature(at)
	raw := strings.Replace(string(geoJSON(t, []*geojson.Feature{f})), "]}", ",12.5]}", 1)
	raw = strings.Replace(raw, `"properties":null`, `"properties":{"设施类型":"health_station"}`, 1)
	i := c.inspect("设施.geojson", []byte(raw), Decisions{})
	if i.Diagnosis == nil || len(i.Diagnosis.Findings) == 0 {
		t.Fatalf("nothing was found: %s %s", i.Error, raw)
	}
	for _, f := range i.Diagnosis.Findings {
		if f.Layer != "设施" || f.Severity != geofile.Info {
			t.Errorf("finding %+v", f)
		}
	}
}

func TestABadYearCostsABuildingOnlyItsYear(t *testing.T) {
	c := newClinic(t)
	f := demo(t, "building")[0]
	one := geojson.NewFeature(f.Geometry)
	one.Properties = geojson.Properties{"楼号": "1", "层数": "6", "建成年份": "八十年代"}
	i := c.inspect("居民楼.geojson", geoJSON(t, []*geojson.Feature{one}), Decisions{})
	l := i.Diagnosis.Layers[0]
	if l.Target.Layer != "buildings" || l.Tally.Insert != 1 || l.ValueCount != 1 || !strings.Contains(l.Values[0].After, "留空") {
		t.Errorf("target %+v, %+v, %+v", l.Target, l.Tally, l.Values)
	}
}
