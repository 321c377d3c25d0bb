package geojson_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"
	orbjson "github.com/paulmach/orb/geojson"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
	"github.com/lianpian/lianpian/internal/geofile/geojson"
)

func bytesOf(t testing.TB, l geofile.Layer) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := geojson.Write(t.Context(), &out, []geofile.Layer{l}, geojson.Options{Description: "演示区"}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func file(t testing.TB, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "小区 2026.geojson")
	if err := os.WriteFile(name, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func open(t testing.TB, content string, limits geofile.Limits) geofile.Source {
	t.Helper()
	set, err := geojson.Open(t.Context(), file(t, []byte(content)), geofile.Options{Limits: limits})
	if err != nil {
		t.Fatalf("%v in %.300s", err, content)
	}
	return set.Layers[0]
}

func TestWhatIsWrittenComesBack(t *testing.T) {
	for name, c := range geofiletest.Systems(t) {
		for _, l := range geofiletest.Layers() {
			t.Run(name+" "+l.Name, func(t *testing.T) {
				l := l.Projected(c)
				s := open(t, string(bytesOf(t, l)), geofile.Limits{})
				geofiletest.Same(t, l, s, geofiletest.Loss{CRS: l.Count == 0})
				if s.Fields[3].Title != "建筑面积" || s.Fields[3].Unit != "m²" {
					t.Errorf("fields %+v", s.Fields)
				}
			})
		}
	}
}

func TestGDALReadsEveryLayer(t *testing.T) {
	for name, c := range geofiletest.Systems(t) {
		for _, l := range geofiletest.Layers() {
			t.Run(name+" "+l.Name, func(t *testing.T) {
				said := geofiletest.Ogrinfo(t, file(t, bytesOf(t, l.Projected(c))))
				geofiletest.Says(t, said, "Layer name: "+l.Name, fmt.Sprintf("Feature Count: %d", l.Count))
				if l.Count > 0 {
					geofiletest.Says(t, said, "households: Integer64", "floor_area_m2: Real", "self_built: Integer(Boolean)", "surveyed_on: Date",
						"崂山五村", "綦江区古南街道，第二行", "2026/10/31", "-9007199254740993")
				}
				if c.SRID() != 0 {
					geofiletest.Says(t, said, `ID["EPSG",`+c.String()[5:]+"]]")
				} else {
					geofiletest.Says(t, said, `PARAMETER["Longitude of natural origin",106.5`, `PARAMETER["False easting",350000`)
				}
			})
		}
	}
}

func TestRingsAreWoundAsTheStandardWants(t *testing.T) {
	square := orb.Polygon{{{106, 29}, {106, 29.1}, {106.1, 29.1}, {106, 29}}, {{106.01, 29.05}, {106.02, 29.06}, {106.01, 29.06}, {106.01, 29.05}}}
	l := geofile.Layer{Name: "a", Shape: geofile.Areas, Features: geofiletest.Features([]geofile.Feature{{Geometry: square}})}
	collection, err := orbjson.UnmarshalFeatureCollection(bytesOf(t, l))
	if err != nil {
		t.Fatal(err)
	}
	p := collection.Features[0].Geometry.(orb.Polygon)
	if p[0].Orientation() != orb.CCW || p[1].Orientation() != orb.CW {
		t.Errorf("wound %v", p)
	}
	if square[0].Orientation() != orb.CW {
		t.Error("the layer's own geometry was turned")
	}
}

func TestOtherForms(t *testing.T) {
	const point = `{"type":"Point","coordinates":[106.9,28.95]}`
	for name, test := range map[string]struct {
		text string
		want string // number of rows, shape, system, fields, values
	}{
		"a bare geometry":         {point, "1 point EPSG:4326 [] [[]]"},
		"one feature":             {`{"type":"Feature","properties":{"a":1},"geometry":` + point + `}`, "1 point EPSG:4326 [a integer] [[1]]"},
		"a feature a line":        {`{"type":"Feature","properties":{"a":1},"geometry":` + point + "}\n" + `{"type":"Feature","properties":{"b":"x"},"geometry":` + point + "}\n", "2 point EPSG:4326 [a integer b text] [[1 <nil>] [<nil> x]]"},
		"records of RFC 8142":     {"\x1e" + `{"type":"Feature","properties":{"a":1},"geometry":` + point + "}\n\x1e" + `{"type":"Feature","properties":{"a":2},"geometry":null}`, "2 point EPSG:4326 [a integer] [[1] [2]]"},
		"a mark before":           {"\ufeff" + point, "1 point EPSG:4326 [] [[]]"},
		"no features":             {`{"type":"FeatureCollection","features":[]}`, "0  <nil> [] []"},
		"crs after the features":  {`{"features":[{"type":"Feature","properties":null,"geometry":` + point + `}],"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"EPSG:4545"}}}`, "1 point EPSG:4545 [] [[]]"},
		"crs by code":             {`{"type":"FeatureCollection","crs":{"type":"EPSG","properties":{"code":4490}},"features":[]}`, "0  EPSG:4490 [] []"},
		"crs of RFC 7946":         {`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:OGC:1.3:CRS84"}},"features":[]}`, "0  EPSG:4326 [] []"},
		"crs unknown":             {`{"type":"FeatureCollection","crs":{"type":"name","properties":{"name":"urn:ogc:def:crs:EPSG::2437"}},"features":[]}`, "0  <nil> [] []"},
		"metres without a crs":    {`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[392715.4,3198523.1]}}`, "1 point <nil> [] [[]]"},
		"large numbers":           {`{"type":"Feature","geometry":null,"properties":{"a":9007199254740993,"b":500000000000000000000,"c":1e3,"d":-0}}`, "1  EPSG:4326 [a integer b text c real d integer] [[9007199254740993 500000000000000000000 1000 0]]"},
		"mixed kinds":             {`{"type":"FeatureCollection","features":[{"properties":{"a":1,"b":true,"c":1},"geometry":null},{"properties":{"a":1.5,"b":"无","c":"x"},"geometry":null}]}`, "2  EPSG:4326 [a real b text c text] [[1 true 1] [1.5 无 x]]"},
		"nested values":           {`{"type":"Feature","geometry":null,"properties":{"a":{"x": [1, "二"]},"b":[]}}`, `1  EPSG:4326 [a text b text] [[{"x":[1,"二"]} []]]`},
		"days and almost days":    {`{"type":"FeatureCollection","features":[{"properties":{"a":"2026-01-02","b":"2026-01-02","c":"1995年"},"geometry":null},{"properties":{"a":null,"b":"1995.06"},"geometry":null}]}`, "2  EPSG:4326 [a date b text c text] [[2026-01-02 00:00:00 +0000 UTC 2026-01-02 1995年] [<nil> 1995.06 <nil>]]"},
		"full-width digits":       {`{"type":"Feature","geometry":null,"properties":{"户数":"４２０"}}`, "1  EPSG:4326 [户数 text] [[４２０]]"},
		"a name given twice":      {`{"type":"Feature","geometry":null,"properties":{"a":1,"a":2}}`, "1  EPSG:4326 [a integer] [[2]]"},
		"foreign members":         {`{"type":"Feature","x":{"features":[1]},"geometry":` + point + `,"properties":{}}`, "1 point EPSG:4326 [] [[]]"},
		"a collection of one":     {`{"type":"Feature","properties":{},"geometry":{"type":"GeometryCollection","geometries":[` + point + `]}}`, "1 mixed EPSG:4326 [] [[]]"},
		"areas and points in one": {`{"type":"FeatureCollection","features":[{"geometry":` + point + `},{"geometry":{"type":"Polygon","coordinates":[[[106,29],[107,29],[107,30],[106,29]]]}}]}`, "2 mixed EPSG:4326 [] [[] []]"},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, test.text, geofile.Limits{})
			rows, findings := geofiletest.Read(t, s)
			var values [][]any
			for i, r := range rows {
				if r.Fault != "" || r.Number != int64(i+1) {
					t.Errorf("row %+v", r)
				}
				values = append(values, r.Values)
			}
			fields := make([]string, len(s.Fields))
			for i, f := range s.Fields {
				fields[i] = f.Name + " " + string(f.Kind)
			}
			got := fmt.Sprintf("%d %s %v %v %v", len(rows), s.Shape, s.CRS, fields, values)
			if len(findings) > 0 || s.Count != int64(len(rows)) || got != test.want {
				t.Errorf("%s\ngot  %s %v\nwant %s", test.text, got, findings, test.want)
			}
		})
	}
}

func TestHeightsAreDroppedAndSaid(t *testing.T) {
	rows, findings := geofiletest.Read(t, open(t, `{"type":"LineString","coordinates":[[106.9,28.9,300],[107,29,301,7]]}`, geofile.Limits{}))
	if len(findings) != 1 || findings[0].Kind != "dimensions_dropped" || !orb.Equal(rows[0].Geometry, orb.LineString{{106.9, 28.9}, {107, 29}}) {
		t.Errorf("%v %v", rows, findings)
	}
}

func TestFaultyFeaturesAreRowsWithAFault(t *testing.T) {
	for name, f := range map[string]string{
		"not an object":      `5`,
		"a text":             `{"geometry":{"type":"Point","coordinates":["a","b"]}}`,
		"no such type":       `{"geometry":{"type":"Circle","coordinates":[1,2]}}`,
		"too large a number": `{"geometry":{"type":"Point","coordinates":[1e999,2]}}`,
		"wrong depth":        `{"geometry":{"type":"Polygon","coordinates":[[1,2],[3,4]]}}`,
		"too many points":    `{"geometry":{"type":"LineString","coordinates":[[1,2],[3,4],[5,6],[7,8],[9,10],[11,12],[13,14],[15,16],[17,18],[19,20],[21,22]]}}`,
		"nested collections": `{"geometry":` + strings.Repeat(`{"type":"GeometryCollection","geometries":[`, 200) + strings.Repeat(`]}`, 200) + `}`,
		"two in one":         `{"geometry":{"type":"GeometryCollection","geometries":[{"type":"Point","coordinates":[1,2]},{"type":"Point","coordinates":[1,2]}]}}`,
	} {
		rows, _ := geofiletest.Read(t, open(t, `{"type":"FeatureCollection","features":[{"geometry":null},`+f+`]}`, geofile.Limits{Points: 10}))
		if len(rows) != 2 || rows[0].Fault != "" || rows[1].Fault == "" {
			t.Errorf("%s: %+v", name, rows)
		}
	}
}

func TestWhatIsNoGeoJSONIsRefused(t *testing.T) {
	feature := `{"type":"Feature","properties":{"a":"` + strings.Repeat("x", 100) + `"},"geometry":null}`
	many := make([]string, 600)
	for i := range many {
		many[i] = fmt.Sprintf(`"f%d":1`, i)
	}
	for name, test := range map[string]struct {
		text   string
		limits geofile.Limits
	}{
		"empty":              {"", geofile.Limits{}},
		"a table":            {"编号,名称\n1,崂山五村\n", geofile.Limits{}},
		"a list":             {"[]", geofile.Limits{}},
		"other JSON":         {`{"a":1}`, geofile.Limits{}},
		"no list":            {`{"type":"FeatureCollection"}`, geofile.Limits{}},
		"features no list":   {`{"type":"FeatureCollection","features":{}}`, geofile.Limits{}},
		"TopoJSON":           {`{"type":"Topology","objects":{}}`, geofile.Limits{}},
		"cut in the list":    {`{"type":"FeatureCollection","features":[` + feature + `,`, geofile.Limits{}},
		"cut in a feature":   {`{"type":"FeatureCollection","features":[` + feature[:50], geofile.Limits{}},
		"cut behind":         {`{"type":"FeatureCollection","features":[` + feature + `]`, geofile.Limits{}},
		"cut on a line":      {feature + "\n" + feature[:50], geofile.Limits{}},
		"more behind":        {`{"type":"FeatureCollection","features":[]}{}`, geofile.Limits{}},
		"NaN":                {`{"type":"Feature","properties":{"a":NaN},"geometry":null}`, geofile.Limits{}},
		"too many rows":      {feature + feature + feature, geofile.Limits{Rows: 2}},
		"too many fields":    {`{"type":"Feature","properties":{` + strings.Join(many, ",") + `},"geometry":null}`, geofile.Limits{}},
		"too large":          {feature, geofile.Limits{Bytes: 20}},
		"very deep":          {strings.Repeat("[", 1_000_000), geofile.Limits{}},
		"a very long member": {`{"a":"` + strings.Repeat("x", 18<<20) + `"}`, geofile.Limits{Points: 1}},
	} {
		_, err := geojson.Open(t.Context(), file(t, []byte(test.text)), geofile.Options{Limits: test.limits})
		var refused *geofile.RefusedError
		if !errors.As(err, &refused) || refused.Detail == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherEncodings(t *testing.T) {
	text := `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"名称":"崂山五村","地址":"綦江区古南街道"},"geometry":null}]}`
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, gbk, geofile.Limits{})
	rows, _ := geofiletest.Read(t, s)
	if s.Encoding != "GB18030" || s.Fields[0].Name != "名称" || rows[0].Values[1] != "綦江区古南街道" {
		t.Errorf("%s %+v %+v", s.Encoding, s.Fields, rows)
	}
}

func TestReadingEndsWithItsContextAndWithAnError(t *testing.T) {
	s := open(t, string(bytesOf(t, geofiletest.Layers()[0])), geofile.Limits{})
	stop := errors.New("enough")
	if err := s.Rows(t.Context(), nil, func(geofile.Row) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Rows(ctx, nil, func(geofile.Row) error { return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := geojson.Open(ctx, file(t, []byte("{}")), geofile.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestTheFileIsJSONToItsEnd(t *testing.T) {
	for _, l := range geofiletest.Layers() {
		var whole map[string]any
		content := bytesOf(t, l)
		if err := json.Unmarshal(content, &whole); err != nil {
			t.Fatal(err)
		}
		if whole["title"] != l.Title || whole["description"] != "演示区" || whole["crs"] == nil {
			t.Errorf("%v", whole)
		}
		if diff := cmp.Diff(content, bytesOf(t, l)); diff != "" {
			t.Error("two files of one layer differ")
		}
	}
	if err := geojson.Write(t.Context(), &bytes.Buffer{}, geofiletest.Layers(), geojson.Options{}); !errors.Is(err, geojson.ErrOneLayer) {
		t.Errorf("got %v", err)
	}
}

func FuzzOpen(f *testing.F) {
	for _, l := range geofiletest.Layers() {
		f.Add(bytesOf(f, l))
	}
	f.Add([]byte(`{"type":"Feature","properties":{"a":[1]},"geometry":{"type":"GeometryCollection","geometries":[]}}` + "\n{}"))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, content []byte) {
		path := filepath.Join(dir, "f.geojson")
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		set, err := geojson.Open(t.Context(), path, geofile.Options{Limits: geofile.Limits{Rows: 1000, Points: 1000}})
		if err != nil {
			return
		}
		n := int64(0)
		err = set.Layers[0].Rows(t.Context(), func(geofile.Finding) {}, func(r geofile.Row) error { n++; return nil })
		if err != nil || n != set.Layers[0].Count {
			t.Fatalf("%d rows of %d: %v", n, set.Layers[0].Count, err)
		}
	})
}
