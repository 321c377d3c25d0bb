package httpapi

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/doctor"
)

// packed is an archive of files by name, in pairs of name and content.
func packed(t *testing.T, pairs ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := 0; i < len(pairs); i += 2 {
		w, err := z.Create(pairs[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, pairs[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// emptyRows is a workbook whose sheet has a million rows with nothing in them.
func emptyRows(t *testing.T) string {
	var rows strings.Builder
	for n := 1; n <= 1_000_000; n++ {
		fmt.Fprintf(&rows, `<row r="%d"/>`, n)
	}
	const head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`
	return packed(t,
		"[Content_Types].xml", head+`<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
		"_rels/.rels", head+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", head+`<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="台账" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", head+`<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", head+`<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:Z1048576"/><sheetData>`+rows.String()+`</sheetData></worksheet>`,
	)
}

// brought uploads a file to the doctor and waits until it was looked at.
func (w *world) brought(name, content string) doctor.Inspection {
	w.t.Helper()
	body, kind := form(content, name, nil)
	got := w.as("planner", ask{method: "POST", path: root + "/districts/500110/inspections", body: body, headers: map[string]string{"Content-Type": kind}})
	if got.status != http.StatusAccepted {
		w.t.Fatalf("%s: %d %s", name, got.status, got.body)
	}
	id := decode[InspectionJob](w.t, got).Inspection.ID
	var i doctor.Inspection
	w.until(name+" was looked at", func() bool {
		i = decode[doctor.Inspection](w.t, w.as("planner", ask{method: "GET", path: root + "/inspections/" + id.String()}))
		return i.State != doctor.Inspecting
	})
	return i
}

// working runs the jobs of the world until the test ends.
func (w *world) working() {
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.jobs.Run(ctx) }()
	w.t.Cleanup(func() { stop(); <-ended })
}

// Files that are made to hurt, or are not what they say, end in one sentence,
// and nothing of them reaches the register.
func TestHostileFilesEndInASentence(t *testing.T) {
	w := newWorld(t)
	w.working()
	before := w.count("building") + w.count("community") + w.count("facility")
	shape := strings.Repeat("\x00", 60<<20)
	for name, c := range map[string]struct{ content, says string }{
		"路径.zip":     {packed(t, "../../../etc/楼栋.shp", "x", "../../../etc/楼栋.dbf", "x"), "外部位置"},
		"炸弹.zip":     {packed(t, "楼栋.shp", shape, "楼栋.dbf", "x"), "压缩"},
		"实体.kml":     {`<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>&b;</name></Document></kml>`, ""},
		"实体.kmz":     {packed(t, "doc.kml", `<?xml version="1.0"?><!DOCTYPE k SYSTEM "file:///etc/passwd"><kml/>`), ""},
		"文本.gpkg":    {"这不是数据库", "GeoPackage"},
		"空行.xlsx":    {emptyRows(t), ""},
		"嵌套.geojson": {`{"type":"FeatureCollection","features":[{"type":"Feature","properties":` + strings.Repeat(`{"a":`, 100_000) + "1" + strings.Repeat("}", 100_000) + `,"geometry":null}]}`, ""},
		"半截.fgb":     {"fgb\x03fgb\x00\xff\xff\xff\x7f", ""},
		"只有照片.zip":   {packed(t, "照片.jpg", "没有数据"), ""},
	} {
		i := w.brought(name, c.content)
		if i.State != doctor.Failed && (i.Diagnosis == nil || i.Diagnosis.Ready) {
			t.Errorf("%s: %s", name, i.State)
		}
		if i.State == doctor.Failed && (i.Error == "" || strings.Contains(i.Error, "内部") || !strings.Contains(i.Error, c.says) || len([]rune(i.Error)) > 200) {
			t.Errorf("%s: says %q", name, i.Error)
		}
		t.Logf("%s: %s %s", name, i.State, i.Error)
	}
	if after := w.count("building") + w.count("community") + w.count("facility"); after != before {
		t.Errorf("%d rows more", after-before)
	}
}
