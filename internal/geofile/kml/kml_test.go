package kml_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
	"github.com/lianpian/lianpian/internal/geofile/kml"
)

var options = kml.Options{Name: "一号片区 <方案>", Description: "演示区", At: time.Date(2026, 11, 30, 3, 0, 0, 0, time.UTC)}

func bytesOf(t testing.TB, packed bool, layers ...geofile.Layer) []byte {
	t.Helper()
	write := kml.Write
	if packed {
		write = kml.WriteKMZ
	}
	var out bytes.Buffer
	if err := write(t.Context(), &out, layers, options); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func file(t testing.TB, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, content []byte) *geofile.Dataset {
	t.Helper()
	set, err := kml.Open(t.Context(), file(t, "小区 分布.kml", content), geofile.Options{})
	if err != nil {
		t.Fatalf("%v in %.300s", err, content)
	}
	t.Cleanup(func() { _ = set.Close() })
	return set
}

func projected(c geo.CRS) []geofile.Layer {
	layers := geofiletest.Layers()
	for i := range layers {
		layers[i] = layers[i].Projected(c)
	}
	return layers
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	for name, c := range geofiletest.Systems(t) {
		for _, packed := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s packed %v", name, packed), func(t *testing.T) {
				layers := projected(c)
				set := open(t, bytesOf(t, packed, layers...))
				if len(set.Layers) != len(layers) || len(set.Findings) > 0 {
					t.Fatalf("%+v", set)
				}
				for i := range layers {
					geofiletest.Same(t, layers[i], set.Layers[i], geofiletest.Loss{CRS: true, MultiOfOne: layers[i].Shape != geofile.Points})
					if layers[i].Count > 0 && set.Layers[i].Fields[3].Title != "建筑面积（m²）" {
						t.Errorf("fields %+v", set.Layers[i].Fields)
					}
				}
			})
		}
	}
}

func TestGDALReadsEveryLayer(t *testing.T) {
	layers := projected(geofiletest.Systems(t)["zone by meridian"])
	for i := range layers { // GDAL reads int as 32 bits
		whole := layers[i].Features
		layers[i].Features = func(yield func(geofile.Feature, error) bool) {
			for f, err := range whole {
				f.Values = slices.Clone(f.Values)
				if n, ok := f.Values[2].(int64); ok && n < 0 {
					f.Values[2] = int64(-90071)
				}
				if !yield(f, err) {
					return
				}
			}
		}
	}
	for _, name := range []string{"a.kml", "a.kmz"} {
		said := geofiletest.Ogrinfo(t, file(t, name, bytesOf(t, name == "a.kmz", layers...)))
		geofiletest.Says(t, said, "Layer name: 服务设施", "Layer name: 道路", "Layer name: 小区", "Layer name: 片区", "Feature Count: 4", "Feature Count: 0", `ID["EPSG",4326]`,
			"floor_area_m2: Real", "self_built: Integer", "households: Integer", "households (Integer) = -90071", "崂山五村", "綦江区古南街道，第二行", "31200.25", "MULTIPOLYGON (((")
	}
}

func TestTheDocumentKeepsToTheSchema(t *testing.T) {
	content := bytesOf(t, false, projected(geofiletest.Systems(t)["CGCS2000"])...)
	d := xml.NewDecoder(bytes.NewReader(content))
	styles, used := map[string]bool{}, map[string]bool{}
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch e.Name.Local {
		case "Style":
			styles["#"+e.Attr[0].Value] = true
		case "styleUrl":
			var text string
			if err := d.DecodeElement(&text, &e); err != nil {
				t.Fatal(err)
			}
			used[text] = true
		case "Icon", "href":
			t.Error("a network without the internet cannot fetch pictures")
		}
	}
	for s := range used {
		if !styles[s] {
			t.Errorf("style %s is not there", s)
		}
	}
	if len(used) != 6 || !bytes.Contains(content, []byte("<color>9966a0d9</color>")) { // two each for three layers; #d9a066 with 0.6
		t.Errorf("styles used %v", used)
	}
	if !bytes.Equal(content, bytesOf(t, false, projected(geofiletest.Systems(t)["CGCS2000"])...)) || !bytes.Equal(bytesOf(t, true, geofiletest.Layers()...), bytesOf(t, true, geofiletest.Layers()...)) {
		t.Error("the same layers give different bytes")
	}
}

func document(body string) []byte {
	return []byte(`<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>` + body + `</Document></kml>`)
}

func TestGeometriesOfEveryMake(t *testing.T) {
	const ring = `<LinearRing><coordinates>106,29 107,29 107,30 106,29</coordinates></LinearRing>`
	square := orb.Ring{{106, 29}, {107, 29}, {107, 30}, {106, 29}}
	for name, test := range map[string]struct {
		text    string
		want    orb.Geometry
		fault   bool
		finding string
	}{
		"a point":                   {`<Point><coordinates>106.9,28.95,0</coordinates></Point>`, orb.Point{106.9, 28.95}, false, ""},
		"with a height":             {`<Point><coordinates>106.9,28.95,310.5</coordinates></Point>`, orb.Point{106.9, 28.95}, false, "dimensions_dropped"},
		"blanks beside commas":      {`<LineString><coordinates> 106.9, 28.95, 0` + "\n\t" + `107 ,29 ,0 </coordinates></LineString>`, orb.LineString{{106.9, 28.95}, {107, 29}}, false, ""},
		"a comma at the end":        {`<Point><coordinates>106.9,28.95,</coordinates></Point>`, orb.Point{106.9, 28.95}, false, ""},
		"other elements around":     {`<Point><extrude>1</extrude><altitudeMode>absolute</altitudeMode><coordinates>1,2</coordinates></Point>`, orb.Point{1, 2}, false, ""},
		"a ring by itself":          {ring, orb.LineString(square), false, ""},
		"the hole before the rim":   {`<Polygon><innerBoundaryIs>` + ring + `</innerBoundaryIs><outerBoundaryIs>` + ring + `</outerBoundaryIs></Polygon>`, orb.Polygon{square, square}, false, ""},
		"two rims":                  {`<Polygon><outerBoundaryIs>` + ring + ring + `</outerBoundaryIs></Polygon>`, orb.Polygon{square, square}, true, ""},
		"several":                   {`<MultiGeometry><MultiGeometry><Point><coordinates>1,2</coordinates></Point></MultiGeometry><Point><coordinates>3,4</coordinates></Point></MultiGeometry>`, orb.MultiPoint{{1, 2}, {3, 4}}, false, ""},
		"an area with its label":    {`<MultiGeometry><Point><coordinates>1,2</coordinates></Point><Polygon><outerBoundaryIs>` + ring + `</outerBoundaryIs></Polygon></MultiGeometry>`, orb.MultiPolygon{{square}}, false, "label_points_dropped"},
		"areas and lines":           {`<MultiGeometry>` + ring + `<Polygon><outerBoundaryIs>` + ring + `</outerBoundaryIs></Polygon></MultiGeometry>`, orb.Collection{orb.LineString(square), orb.Polygon{square}}, true, ""},
		"a track":                   {`<gx:Track><when>2026-01-01T00:00:00Z</when><gx:coord>106.9 28.95 0</gx:coord><gx:coord>107 29 0</gx:coord></gx:Track>`, orb.LineString{{106.9, 28.95}, {107, 29}}, false, ""},
		"several tracks":            {`<gx:MultiTrack><gx:Track><gx:coord>1 2 0</gx:coord><gx:coord>3 4 0</gx:coord></gx:Track></gx:MultiTrack>`, orb.MultiLineString{{{1, 2}, {3, 4}}}, false, ""},
		"a model":                   {`<Model><Link><href>x.dae</href></Link></Model>`, nil, true, ""},
		"no geometry":               {``, nil, false, ""},
		"nothing in it":             {`<Point><coordinates></coordinates></Point>`, nil, false, ""},
		"letters":                   {`<Point><coordinates>东经106,29</coordinates></Point>`, nil, true, ""},
		"not a number":              {`<Point><coordinates>nan,inf</coordinates></Point>`, nil, true, ""},
		"one number":                {`<Point><coordinates>106</coordinates></Point>`, nil, true, ""},
		"four numbers":              {`<Point><coordinates>1,2,3,4</coordinates></Point>`, nil, true, ""},
		"too large a number":        {`<Point><coordinates>1e999,2</coordinates></Point>`, nil, true, ""},
		"geometries very deep":      {strings.Repeat("<MultiGeometry>", 50) + strings.Repeat("</MultiGeometry>", 50), nil, true, ""},
		"an HTML entity in a value": {`<description>a&nbsp;b &amp;lt;</description><Point><coordinates>1,2</coordinates></Point>`, orb.Point{1, 2}, false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			rows, findings := geofiletest.Read(t, open(t, document(`<Placemark>`+test.text+`</Placemark>`)).Layers[0])
			if len(rows) != 1 || (rows[0].Fault != "") != test.fault || (len(findings) == 1) != (test.finding != "") || test.finding != "" && findings[0].Kind != test.finding {
				t.Fatalf("%+v %v", rows, findings)
			}
			if test.want == nil && rows[0].Geometry != nil || test.want != nil && !orb.Equal(test.want, rows[0].Geometry) {
				t.Errorf("got %v", rows[0].Geometry)
			}
		})
	}
}

func TestFoldersAndValuesOfOthers(t *testing.T) {
	set := open(t, document(`<name>某县调查</name>
		<NetworkLink><Link><href>http://example.com/a.kml</href></Link></NetworkLink><GroundOverlay/>
		<Folder><name>小区</name>
			<Placemark><name>崂山五村</name><description><![CDATA[<table><tr><td>户数</td><td>420</td></tr></table>]]></description>
				<ExtendedData><Data name="建成年份"><displayName>x</displayName><value>1995年</value></Data><Data name="调查日期"><value>2026-01-02</value></Data></ExtendedData>
				<Point><coordinates>106.9,28.95</coordinates></Point></Placemark>
			<Folder><name>小区</name><Placemark><name>河西</name></Placemark></Folder>
		</Folder>
		<Placemark><ExtendedData><SchemaData schemaUrl="#later"><SimpleData name="n">４２</SimpleData><SimpleData name="x">1.5</SimpleData></SchemaData></ExtendedData></Placemark>
		<Schema id="later"><SimpleField name="n" type="int"/><SimpleField name="x" type="double"><displayName>面积</displayName></SimpleField></Schema>`))
	var got []string
	for _, l := range set.Layers {
		rows, _ := geofiletest.Read(t, l)
		var fields []string
		for _, f := range l.Fields {
			fields = append(fields, f.Name+" "+string(f.Kind)+" "+f.Title)
		}
		got = append(got, fmt.Sprintf("%s %d %v %v", l.Name, l.Count, fields, rows[0].Values))
	}
	want := []string{
		"某县调查 1 [n integer  x real 面积] [４２ 1.5]",
		"小区 1 [建成年份 text  调查日期 date  name text 名称 description text 说明] [1995年 2026-01-02 00:00:00 +0000 UTC 崂山五村 <table><tr><td>户数</td><td>420</td></tr></table>]",
		"小区 2 1 [name text 名称] [河西]",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(set.Findings) != 2 {
		t.Errorf("findings %v", set.Findings)
	}
}

func TestHostileFilesAreRefused(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><kml><Document><name>&c;</name></Document></kml>`
	outside := `<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]><kml><Document><Placemark><name>&x;</name></Placemark></Document></kml>`
	placemarks := strings.Repeat("<Placemark/>", 30)
	for name, test := range map[string]struct {
		text   string
		limits geofile.Limits
	}{
		"entities":                {bomb, geofile.Limits{}},
		"an entity from outside":  {outside, geofile.Limits{}},
		"an unknown entity":       {string(document("<name>&evil;</name>" + placemarks)), geofile.Limits{}},
		"elements very deep":      {string(document(strings.Repeat("<Folder>", 100_000))), geofile.Limits{}},
		"a very long text":        {string(document("<name>" + strings.Repeat("x", 5<<20) + "</name>" + placemarks)), geofile.Limits{Points: 1}},
		"a very long attribute":   {string(document(`<Folder id="` + strings.Repeat("x", 5<<20) + `"/>` + placemarks)), geofile.Limits{Points: 1}},
		"many rows":               {string(document(placemarks)), geofile.Limits{Rows: 29}},
		"many folders":            {string(document(strings.Repeat("<Folder/>", 3000) + placemarks)), geofile.Limits{}},
		"folders with placemarks": {string(document(strings.Repeat("<Folder><Placemark/></Folder>", 300))), geofile.Limits{}},
		"too large":               {string(document(placemarks)), geofile.Limits{Bytes: 100}},
		"cut":                     {string(document(placemarks))[:300], geofile.Limits{}},
		"empty":                   {"", geofile.Limits{}},
		"a table":                 {"编号,名称\n", geofile.Limits{}},
		"a page":                  {"<html><body/></html>", geofile.Limits{}},
		"no placemarks":           {string(document("")), geofile.Limits{}},
		"only links":              {string(document("<NetworkLink/><Folder/>")), geofile.Limits{}},
	} {
		begin := time.Now()
		set, err := kml.Open(t.Context(), file(t, "a.kml", []byte(test.text)), geofile.Options{Limits: test.limits})
		var refused *geofile.RefusedError
		if !errors.As(err, &refused) || refused.Detail == "" || time.Since(begin) > 5*time.Second {
			if name == "no placemarks" && err == nil && set.Layers[0].Count == 0 {
				continue
			}
			t.Errorf("%s: %v after %v", name, err, time.Since(begin))
		}
	}
}

func TestLargeGeometriesAreFaults(t *testing.T) {
	text := document(`<Placemark><LineString><coordinates>` + strings.Repeat("1,2 ", 11) + `</coordinates></LineString></Placemark>` +
		`<Placemark><MultiGeometry>` + strings.Repeat("<MultiGeometry/>", 11) + `</MultiGeometry></Placemark>`)
	set, err := kml.Open(t.Context(), file(t, "a.kml", text), geofile.Options{Limits: geofile.Limits{Points: 10}})
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := geofiletest.Read(t, set.Layers[0])
	for _, r := range rows {
		if !strings.Contains(r.Fault, "10 个坐标点") || r.Geometry != nil {
			t.Errorf("%+v", r)
		}
	}
}

func TestArchives(t *testing.T) {
	pack := func(entries ...string) []byte {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, name := range entries {
			f, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write(document(`<Placemark><name>` + name + `</name></Placemark>`)); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	set := open(t, pack("files/other.kml", "doc.kml", "files/icon.png"))
	rows, _ := geofiletest.Read(t, set.Layers[0])
	if rows[0].Values[0] != "doc.kml" || len(set.Findings) != 1 {
		t.Errorf("%+v %v", rows, set.Findings)
	}
	for name, content := range map[string][]byte{"no document": pack("a.txt"), "a name outside": pack("../doc.kml"), "half": pack("doc.kml")[:60]} {
		_, err := kml.Open(t.Context(), file(t, "a.kmz", content), geofile.Options{})
		var refused *geofile.RefusedError
		if !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherEncodings(t *testing.T) {
	for _, head := range []string{`<?xml version="1.0" encoding="GB2312"?>`, `<?xml version="1.0" encoding="UTF-8"?>`, ``} {
		text, err := simplifiedchinese.GBK.NewEncoder().String(head + `<kml><Document><Placemark><name>崂山五村</name></Placemark></Document></kml>`)
		if err != nil {
			t.Fatal(err)
		}
		set := open(t, []byte(text))
		if rows, _ := geofiletest.Read(t, set.Layers[0]); rows[0].Values[0] != "崂山五村" || set.Layers[0].Encoding != "GB18030" {
			t.Errorf("%s: %s %+v", head, set.Layers[0].Encoding, rows)
		}
	}
}

func TestFilesOfGDAL(t *testing.T) {
	program, err := exec.LookPath("ogr2ogr")
	if err != nil {
		t.Skip("ogr2ogr (Debian gdal-bin) is not there")
	}
	source := file(t, "a.geojson", []byte(`{"type":"FeatureCollection","features":[
		{"type":"Feature","properties":{"Name":"崂山五村","户数":420,"x":1.5},"geometry":{"type":"Polygon","coordinates":[[[106.9,28.9],[107,28.9],[107,29],[106.9,28.9]]]}},
		{"type":"Feature","properties":{"Name":"点"},"geometry":{"type":"Point","coordinates":[106.9,28.9]}}]}`))
	for _, driver := range []string{"KML", "LIBKML"} {
		path := filepath.Join(t.TempDir(), "b.kml")
		if said, err := exec.CommandContext(t.Context(), program, "-f", driver, "-nln", "xiaoqu", path, source).CombinedOutput(); err != nil {
			t.Fatalf("%v %s", err, said)
		}
		set, err := kml.Open(t.Context(), path, geofile.Options{})
		if err != nil {
			t.Fatal(err)
		}
		l := set.Layers[0]
		rows, _ := geofiletest.Read(t, l)
		if l.Name != "xiaoqu" || l.Shape != geofile.Mixed || len(rows) != 2 || !strings.Contains(fmt.Sprint(rows[0].Values), "崂山五村") || !strings.Contains(fmt.Sprint(rows[0].Values), "420 1.5") {
			t.Errorf("%s: %+v %+v", driver, l, rows)
		}
	}
}

func TestReadingEndsWithItsContext(t *testing.T) {
	l := open(t, bytesOf(t, false, geofiletest.Layers()...)).Layers[0]
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := l.Rows(ctx, nil, func(geofile.Row) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(bytesOf(f, false, geofiletest.Layers()...))
	f.Add(bytesOf(f, true, geofiletest.Layers()[0]))
	f.Add(document(`<Placemark><MultiGeometry><Point><coordinates>1, 2,3</coordinates></Point></MultiGeometry></Placemark>`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "f.kml")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := kml.Open(t.Context(), path, geofile.Options{Limits: geofile.Limits{Rows: 1000, Points: 1000}})
		if err != nil {
			return
		}
		for _, l := range set.Layers {
			n := int64(0)
			err = l.Rows(t.Context(), func(geofile.Finding) {}, func(geofile.Row) error { n++; return nil })
			if err != nil || n != l.Count {
				t.Fatalf("%d rows of %d: %v", n, l.Count, err)
			}
		}
		_ = set.Close()
	})
}
