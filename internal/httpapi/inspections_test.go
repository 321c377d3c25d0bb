package httpapi

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lianpian/lianpian/internal/doctor"
	"github.com/lianpian/lianpian/internal/job"
)

// submitted uploads a file with a form to the doctor.
func (w *world) submitted(person, district, name, content string, fields map[string]string) answer {
	w.t.Helper()
	body, kind := form(content, name, fields)
	return w.as(person, ask{method: "POST", path: root + "/districts/" + district + "/inspections", body: body, headers: map[string]string{"Content-Type": kind}})
}

// looked uploads a file and waits until the doctor has nothing left to do.
func (w *world) looked(person, district, name, content string, fields map[string]string) doctor.Inspection {
	w.t.Helper()
	got := w.submitted(person, district, name, content, fields)
	if got.status != http.StatusAccepted {
		w.t.Fatalf("%s: %d %s", name, got.status, got.body)
	}
	made := decode[InspectionJob](w.t, got)
	w.done(person, made.Job.ID.String())
	return decode[doctor.Inspection](w.t, w.as(person, ask{method: "GET", path: root + "/inspections/" + made.Inspection.ID.String()}))
}

// done waits for a job.
func (w *world) done(person, id string) job.Job {
	w.t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		j := decode[job.Job](w.t, w.as(person, ask{method: "GET", path: root + "/jobs/" + id}))
		if j.State.Final() {
			return j
		}
		if time.Now().After(deadline) {
			w.t.Fatalf("after a minute the job is %+v", j)
		}
	}
}

func degrees(v float64) string { return strconv.FormatFloat(v, 'f', 7, 64) }

// heights is a tile of three seconds whose ground rises to the east.
func heights() string {
	raw := make([]byte, 2*1201*1201)
	for i := range 1201 * 1201 {
		binary.BigEndian.PutUint16(raw[2*i:], uint16(300+i%1201/5))
	}
	return string(raw)
}

func TestFilesOfTheImportersOwnPathsGoThroughInspections(t *testing.T) {
	w := newWorld(t)
	w.working()
	ledger := "万盛经开区老旧小区台账,,,,\n街道,小区名称,建成年份,户数,楼栋数\n万盛街道,幸福苑,1995年,１２０,3\n东林街道,和平里,1995.06,80户,2\n合计,,,200,5\n"
	i := w.looked("planner", "500110", "台账.csv", ledger, nil)
	if i.State != doctor.Ready || i.Diagnosis.Path != "ledger" || !i.Diagnosis.Ready {
		t.Fatalf("ledger: %s %s %+v", i.State, i.Error, i.Diagnosis)
	}
	got := w.as("planner", write("POST", "/inspections/"+i.ID.String()+"/import", i.Version, ""))
	if got.status != http.StatusAccepted {
		t.Fatalf("import of a ledger: %d %s", got.status, got.body)
	}
	if j := w.done("planner", decode[InspectionJob](t, got).Job.ID.String()); j.State != job.Done {
		t.Errorf("import of a ledger: %+v", j)
	}
	if n := w.count(`community where district_code = '500110' and built_year = 1995 and (name, households) in (('幸福苑', 120), ('和平里', 80))`); n != 2 {
		t.Errorf("%d communities came in as they stand", n)
	}
	if n := w.count(`community where name in ('合计', '')`); n != 0 {
		t.Error("the row of sums became a community")
	}

	w.sql(`insert into district (code, name, boundary, gk_srid, policy_key, policy_version, profile_key)
		values ('990001', '摩纳哥', ST_Multi(ST_MakeEnvelope(7.38, 43.70, 7.48, 43.78, 4490)), 4544, 'tongnan-2021', '1', 'gb50180')`)
	extract, err := os.ReadFile(filepath.Join("..", "importer", "testdata", "monaco.osm.pbf"))
	w.must(err)
	i = w.looked("administrator", "990001", "monaco.osm.pbf", string(extract), map[string]string{"auto": "true"})
	if i.State != doctor.Imported || i.Diagnosis.Path != "osm" {
		t.Errorf("extract: %s %s", i.State, i.Error)
	}
	if n := w.count(`road where district_code = '990001'`); n < 500 {
		t.Errorf("%d roads came in", n)
	}

	i = w.looked("administrator", "500110", "N28E106.hgt", heights(), map[string]string{"auto": "true"})
	if i.State != doctor.Imported || i.Diagnosis.Path != "elevation" {
		t.Errorf("heights: %s %s", i.State, i.Error)
	}
	if n := w.count(`elevation where district_code = '500110' and source_ref = 'elevation:N28E106'`); n != 1 {
		t.Errorf("%d models came in", n)
	}
}

func TestTheFormOfAnInspectionDecides(t *testing.T) {
	w := newWorld(t)
	w.working()
	table := "名字,经度,纬度\n红星诊所,106.85,29.0\n东风诊所,106.851,29.001\n新村诊所,106.852,29.0\n朝阳诊所,106.853,29.001\n"
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(table)
	w.must(err)
	i := w.looked("planner", "500110", "点.csv", gbk, map[string]string{"layer": "facilities", "crs": "gcj02", "encoding": "GB18030"})
	if i.State != doctor.Ready || len(i.Diagnosis.Layers) != 1 {
		t.Fatalf("%s %s", i.State, i.Error)
	}
	l := i.Diagnosis.Layers[0]
	d := i.Diagnosis.Proposal
	if l.Target.Layer != "facilities" || !l.Target.Decided || d.Encoding != "GB18030" || len(d.Layers) != 1 || d.Layers[0].Datum != "gcj02" {
		t.Errorf("target %+v, decisions %+v", l.Target, d)
	}
	for field, value := range map[string]string{"layer": "nothing", "crs": "EPSG:1", "encoding": "klingon", "area_unit": "acre", "auto": "perhaps"} {
		got := w.submitted("planner", "500110", "点.csv", table, map[string]string{field: value})
		if got.status != http.StatusUnprocessableEntity || !bytes.Contains(got.body, []byte("body."+field)) {
			t.Errorf("%s %s: %d %s", field, value, got.status, got.body)
		}
	}
}

func TestADoctorsFileStaysWithinTheScopeOfWhoBroughtIt(t *testing.T) {
	w := newWorld(t)
	w.working()
	at := func(s spot, name string, by float64) string {
		p := s.at
		box := [][2]float64{{0, 0}, {0.0008, 0}, {0.0008, 0.0008}, {0, 0.0008}, {0, 0}}
		var ring []string
		for _, d := range box {
			ring = append(ring, strings.Join([]string{degrees(p[0] + 0.02 + d[0] + by), degrees(p[1] + 0.02 + d[1])}, ","))
		}
		return `{"type":"Feature","properties":{"小区名称":"` + name + `"},"geometry":{"type":"Polygon","coordinates":[[[` + strings.Join(ring, "],[") + `]]]}}`
	}
	file := `{"type":"FeatureCollection","features":[` + at(own, "本街道院", 0) + `,` + at(own, "本街道二院", 0.003) + `,` + at(next, "邻街道院", 0) + `]}`
	for _, person := range []string{"contractor", "viewer"} {
		if got := w.submitted(person, "500110", "小区.geojson", file, nil); got.status != http.StatusForbidden {
			t.Errorf("%s: %d", person, got.status)
		}
	}
	if got := w.submitted("officer", "500152", "小区.geojson", file, nil); got.status != http.StatusForbidden {
		t.Errorf("an officer elsewhere: %d", got.status)
	}
	i := w.looked("officer", "500110", "小区.geojson", file, map[string]string{"layer": "communities", "auto": "true"})
	if i.State != doctor.Imported {
		t.Fatalf("%s %s %+v", i.State, i.Error, i.Diagnosis.Questions)
	}
	if tally := i.Diagnosis.Layers[0].Tally; tally.Insert != 2 || tally.Refuse != 1 {
		t.Errorf("tally %+v, refused %+v", tally, i.Diagnosis.Layers[0].Refused)
	}
	if n := w.count(`community where name = '邻街道院'`); n != 0 {
		t.Error("a community of another subdistrict came in")
	}
	if n := w.count(`community where name like '本街道%院' and subdistrict_code = '500110001'`); n != 2 {
		t.Errorf("%d communities came in", n)
	}
}
