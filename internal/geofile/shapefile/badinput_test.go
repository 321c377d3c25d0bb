package shapefile

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

// parts are the files of a Shapefile of three squares with a name each.
func parts(t *testing.T, encoding string) map[string][]byte {
	t.Helper()
	layer := geofile.Layer{
		Name: "a", Shape: geofile.Areas, Fields: []geofile.Field{{Name: "name", Kind: geofile.Text}, {Name: "n", Kind: geofile.Integer}},
	}
	var features []geofile.Feature
	for i := range 3 {
		x := 106 + float64(i)
		features = append(features, geofile.Feature{
			Geometry: orb.Polygon{{{x, 29}, {x + 0.5, 29}, {x + 0.5, 29.5}, {x, 29.5}, {x, 29}}},
			Values:   []any{fmt.Sprintf("%d号小区楼栋", i+1), int64(i + 1)},
		})
	}
	layer.Features = geofiletest.Features(features)
	dir := unzip(t, write(t, WriteOptions{Encoding: encoding}, layer))
	out := map[string][]byte{}
	for _, ext := range extensions {
		content, err := os.ReadFile(filepath.Join(dir, "a"+ext))
		if err != nil {
			t.Fatal(err)
		}
		out[ext] = content
	}
	return out
}

func pack(t *testing.T, files map[string][]byte) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for ext, content := range files {
		name, err := simplifiedchinese.GBK.NewEncoder().String("小区" + ext)
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, NonUTF8: true, Method: zip.Deflate})
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return save(t, "upload", b.Bytes())
}

func TestMissingPartsAreFindings(t *testing.T) {
	for missing, want := range map[string]string{".shx": "no_shx", ".prj": "no_prj", ".cpg": "encoding_guessed", ".dbf": "no_dbf"} {
		for _, encoding := range []string{"utf-8", "gbk"} {
			t.Run(missing+encoding, func(t *testing.T) {
				files := parts(t, encoding)
				delete(files, missing)
				if missing == ".cpg" {
					files[".dbf"][29] = 0 // nothing says what the encoding is
				}
				d := open(t, pack(t, files), geofile.Options{})
				if kinds := geofiletest.Kinds(d.Findings); len(kinds) != 1 || kinds[0] != want {
					t.Errorf("findings %v, want %s", d.Findings, want)
				}
				s := d.Layers[0]
				if s.Name != "小区" || s.Shape != geofile.Areas || s.Count != 3 {
					t.Errorf("got %q %q %d", s.Name, s.Shape, s.Count)
				}
				got, _ := rows(t, s)
				for i, r := range got {
					if r.Geometry == nil {
						t.Errorf("row %d has no geometry", i)
					}
					if missing != ".dbf" && r.Values[0] != fmt.Sprintf("%d号小区楼栋", i+1) {
						t.Errorf("row %d: got %q", i, r.Values[0])
					}
				}
				if missing == ".prj" && s.CRS != nil {
					t.Errorf("got system %s", s.CRS)
				}
			})
		}
	}
}

func TestTheEncodingIsThatOfTheTextsWhateverTheFileSays(t *testing.T) {
	for name, tt := range map[string]struct {
		written, cpg, told string
		want               string
	}{
		"GBK called UTF-8":    {"gbk", "UTF-8", "", "GB18030"},
		"UTF-8 called GBK":    {"utf-8", "936", "", "UTF-8"},
		"GBK called latin":    {"gbk", "ISO 88591", "", "GB18030"},
		"GBK called nonsense": {"gbk", "OEM", "", "GB18030"},
		"told":                {"gbk", "UTF-8", "gbk", "GB18030"},
	} {
		files := parts(t, tt.written)
		files[".cpg"] = []byte(tt.cpg)
		d := open(t, pack(t, files), geofile.Options{Encoding: tt.told})
		got, _ := rows(t, d.Layers[0])
		if d.Layers[0].Encoding != tt.want || got[0].Values[0] != "1号小区楼栋" {
			t.Errorf("%s: got %s, %q", name, d.Layers[0].Encoding, got[0].Values[0])
		}
		if over := strings.HasPrefix(name, "told") || name == "GBK called nonsense"; over == slices.Contains(geofiletest.Kinds(d.Findings), "encoding_overruled") {
			t.Errorf("%s: findings %v", name, d.Findings)
		}
	}
}

// shorter takes the last row off a table.
func shorter(dbf []byte) []byte {
	row := binary.LittleEndian.Uint16(dbf[10:])
	out := bytes.Clone(dbf[:len(dbf)-1-int(row)])
	binary.LittleEndian.PutUint32(out[4:], binary.LittleEndian.Uint32(dbf[4:])-1)
	return append(out, 0x1a)
}

// withoutSecond takes the second shape out of a .shp: record numbers 1 and 3.
func withoutSecond(shp []byte) []byte {
	length := 8 + int(binary.BigEndian.Uint32(shp[104:]))*2
	return slices.Delete(bytes.Clone(shp), 100+length, 100+2*length)
}

func TestTablesAndShapesThatDisagree(t *testing.T) {
	names := func(got []geofile.Row) (out []string) {
		for _, r := range got {
			text := "-"
			if r.Values[0] != nil {
				text = r.Values[0].(string)[:1]
			}
			if r.Geometry != nil {
				text += fmt.Sprint(r.Geometry.(orb.Polygon)[0][0][0])
			} else {
				text += "-"
			}
			out = append(out, text)
		}
		return out
	}
	for name, tt := range map[string]struct {
		change func(files map[string][]byte)
		want   string
		kinds  string
	}{
		"fewer rows":       {func(f map[string][]byte) { f[".dbf"] = shorter(f[".dbf"]) }, "1106 2107 -108", "counts_differ"},
		"rows are claimed": {func(f map[string][]byte) { f[".dbf"][4] = 9 }, "1106 2107 3108", "dbf_truncated"},
		"rows are cut":     {func(f map[string][]byte) { f[".dbf"] = f[".dbf"][:len(f[".dbf"])-4] }, "1106 2107 -108", "dbf_truncated counts_differ"},
		"a shape is lost": {func(f map[string][]byte) {
			f[".shp"] = withoutSecond(f[".shp"])
			delete(f, ".shx")
		}, "1106 2- 3108", "length_differs no_shx counts_differ"},
		"a row is deleted": {func(f map[string][]byte) {
			head, row := int(binary.LittleEndian.Uint16(f[".dbf"][8:])), int(binary.LittleEndian.Uint16(f[".dbf"][10:]))
			f[".dbf"][head+row] = '*'
		}, "1106 3108", "deleted_rows"},
		"a row and its shape are deleted": {func(f map[string][]byte) {
			head, row := int(binary.LittleEndian.Uint16(f[".dbf"][8:])), int(binary.LittleEndian.Uint16(f[".dbf"][10:]))
			f[".dbf"][head+row] = '*'
			f[".shp"] = withoutSecond(f[".shp"])
			delete(f, ".shx")
			binary.BigEndian.PutUint32(f[".shp"][len(f[".shp"])/2+50:], 2)
		}, "1106 3108", "length_differs no_shx deleted_rows counts_differ"},
		"the index is that of another": {func(f map[string][]byte) { f[".shx"][103] = 77 }, "1106 2107 3108", "broken_shx"},
		"the index is short":           {func(f map[string][]byte) { f[".shx"] = f[".shx"][:108] }, "1106 2107 3108", "broken_shx"},
		"the shapes end early":         {func(f map[string][]byte) { f[".shp"] = f[".shp"][:len(f[".shp"])-8] }, "1106 2107 3-", "length_differs broken_shx truncated counts_differ"},
		"the table is no table": {func(f map[string][]byte) {
			f[".dbf"] = []byte("这是文本文件，不是属性表，长一点点点点")
		}, "", "broken_dbf"},
		"the head of the table lies": {func(f map[string][]byte) { f[".dbf"][10] = 3 }, "", "broken_dbf"},
	} {
		t.Run(name, func(t *testing.T) {
			files := parts(t, "utf-8")
			tt.change(files)
			d := open(t, pack(t, files), geofile.Options{})
			if kinds := strings.Join(geofiletest.Kinds(d.Findings), " "); kinds != tt.kinds {
				t.Errorf("findings %q, want %q", kinds, tt.kinds)
			}
			got, _ := rows(t, d.Layers[0])
			if tt.want == "" {
				if len(got) != 3 || got[2].Geometry == nil || got[2].Values != nil {
					t.Errorf("got %v", got)
				}
				return
			}
			if text := strings.Join(names(got), " "); text != tt.want {
				t.Errorf("got %q, want %q", text, tt.want)
			}
		})
	}
}

func TestShapesThatCannotBeRead(t *testing.T) {
	const content = 108 // of the first record
	for name, tt := range map[string]struct {
		change func(shp []byte)
		fault  string
	}{
		"a billion points":     {func(b []byte) { binary.LittleEndian.PutUint32(b[content+40:], 1_000_000_000) }, "1000000000 个点"},
		"more points than are": {func(b []byte) { binary.LittleEndian.PutUint32(b[content+40:], 100) }, "没有那么多"},
		"a billion parts": {func(b []byte) {
			binary.LittleEndian.PutUint32(b[content+36:], 1_000_000_000)
			binary.LittleEndian.PutUint32(b[content+40:], 1_000_000_000)
		}, "1000000000 个点"},
		"parts beyond points": {func(b []byte) { binary.LittleEndian.PutUint32(b[content+36:], 90) }, "不完整"},
		"a part out of order": {func(b []byte) { binary.LittleEndian.PutUint32(b[content+44:], 9) }, "起点"},
		"no number":           {func(b []byte) { binary.LittleEndian.PutUint64(b[content+48:], math.Float64bits(math.NaN())) }, "不是数字"},
		"endless":             {func(b []byte) { binary.LittleEndian.PutUint64(b[content+48:], math.Float64bits(math.Inf(1))) }, "不是数字"},
		"a multipatch":        {func(b []byte) { b[content] = 31 }, "MultiPatch"},
		"an unknown type":     {func(b []byte) { b[content] = 99 }, "99"},
	} {
		t.Run(name, func(t *testing.T) {
			files := parts(t, "utf-8")
			tt.change(files[".shp"])
			got, _ := rows(t, open(t, pack(t, files), geofile.Options{}).Layers[0])
			if len(got) != 3 || got[0].Geometry != nil || !strings.Contains(got[0].Fault, tt.fault) {
				t.Errorf("got %v %q, want %q", got[0].Geometry, got[0].Fault, tt.fault)
			}
			if got[0].Values[0] != "1号小区楼栋" || got[1].Geometry == nil {
				t.Error("the other rows and the attributes are lost")
			}
		})
	}
}

func TestFilesThatAreNoShapefiles(t *testing.T) {
	var refused *geofile.RefusedError
	good := parts(t, "utf-8")
	for name, path := range map[string]string{
		"a text":         save(t, "a.shp", []byte("这是文本文件")),
		"empty":          save(t, "a.shp", nil),
		"a head alone":   save(t, "a.shp", good[".shp"][:50]),
		"no .shp":        pack(t, map[string][]byte{".prj": good[".prj"]}),
		"broken .shp":    pack(t, map[string][]byte{".shp": []byte("text"), ".dbf": good[".dbf"]}),
		"unknown shapes": pack(t, map[string][]byte{".shp": func() []byte { b := bytes.Clone(good[".shp"]); b[32] = 77; return b }()}),
	} {
		if _, err := Open(t.Context(), path, geofile.Options{}); !errors.As(err, &refused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for name, limits := range map[string]geofile.Limits{"rows": {Rows: 2}, "bytes": {Bytes: 100}} {
		if _, err := Open(t.Context(), pack(t, good), geofile.Options{Limits: limits}); !errors.As(err, &refused) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	d := open(t, pack(t, good), geofile.Options{Limits: geofile.Limits{AllPoints: 12}})
	if _, _, err := geofiletest.Rows(t.Context(), d.Layers[0]); !errors.As(err, &refused) {
		t.Errorf("too many points: got %v", err)
	}
}

func TestNothingIsLeftInTheTemporaryFolder(t *testing.T) {
	path := pack(t, parts(t, "utf-8"))
	t.Setenv("TMPDIR", t.TempDir())
	d, err := Open(t.Context(), path, geofile.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	if _, err := Open(t.Context(), path, geofile.Options{Limits: geofile.Limits{Rows: 1}}); err == nil {
		t.Error("too many rows were taken")
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
}

// Rings that run the wrong way are put together by what lies within what.
func TestRingsOfAnyDirection(t *testing.T) {
	for _, shape := range geofiletest.Shapes(geofile.Areas)[:4] {
		var lines []orb.LineString
		for _, l := range partsOf(shape) {
			turned := orb.Ring(l).Clone()
			turned.Reverse()
			lines = append(lines, orb.LineString(turned))
		}
		got, rewound := geofile.AreasOfRings(lines, true)
		if d := geofiletest.Differ(shape, got, 0); d != "" || !rewound {
			t.Errorf("%v: %s, rewound %v", shape, d, rewound)
		}
		if got, rewound := geofile.AreasOfRings(partsOf(shape), true); geofiletest.Differ(shape, got, 0) != "" || rewound {
			t.Errorf("%v: came back as %v", shape, got)
		}
	}
}

func TestCellsOfEveryType(t *testing.T) {
	double := func(v float64) string {
		return string(binary.LittleEndian.AppendUint64(nil, math.Float64bits(v)))
	}
	for name, tt := range map[string]struct {
		kind     byte
		decimals int
		cell     string
		want     any
		odd      string
	}{
		"overflow":        {'N', 2, "*******", nil, overflow},
		"a number":        {'N', 0, "   12  ", int64(12), fine},
		"a fraction":      {'F', 2, " -12.50", -12.5, fine},
		"a comma":         {'N', 2, "  12,50", 12.5, fine},
		"no number":       {'N', 2, "   1a  ", nil, badNumber},
		"not finite":      {'N', 2, "    inf", nil, badNumber},
		"blank number":    {'N', 0, "       ", nil, fine},
		"a date":          {'D', 0, "20260304", "2026-03-04", fine},
		"no date":         {'D', 0, "00000000", nil, fine},
		"a wrong date":    {'D', 0, "20261304", nil, badDate},
		"true":            {'L', 0, "y", true, fine},
		"false":           {'L', 0, "F", false, fine},
		"unknown":         {'L', 0, "?", nil, fine},
		"an integer":      {'I', 0, "\xfe\xff\xff\xff", int64(-2), fine},
		"a double":        {'O', 0, double(1.25), 1.25, fine},
		"a wrong double":  {'O', 0, double(math.NaN()), nil, badNumber},
		"a moment":        {'@', 0, "\x8c\x3d\x25\x00\x00\x00\x00\x00", "1970-01-01", fine},
		"a memo":          {'M', 0, "0000000012", nil, memoUnread},
		"no memo":         {'M', 0, "          ", nil, fine},
		"filled with NUL": {'C', 0, "楼\x00\x00\x00", "楼", fine},
		"a cut character": {'C', 0, "楼栋"[:5], "楼", fine},
		"broken":          {'C', 0, "\xff\xfeab   ", "\ufffdab", badText},
	} {
		c := column{kind: tt.kind, width: len(tt.cell), decimals: tt.decimals}
		table := &table{part: part{strings.NewReader("\x03"), 1}, encoding: "UTF-8"}
		got, odd := table.value(c, []byte(tt.cell))
		if day, ok := got.(interface{ Format(string) string }); ok {
			got = day.Format("2006-01-02")
		}
		if got != tt.want || odd != tt.odd {
			t.Errorf("%s: got %v %q, want %v %q", name, got, odd, tt.want, tt.odd)
		}
	}
}

func FuzzOpenShapefile(f *testing.F) {
	var b bytes.Buffer
	if err := Write(f.Context(), &b, []geofile.Layer{geofiletest.Layer(geofile.Areas, geo.CRS{})}, WriteOptions{}); err != nil {
		f.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		f.Fatal(err)
	}
	contents := map[string][]byte{}
	for _, e := range z.File {
		r, err := e.Open()
		if err != nil {
			f.Fatal(err)
		}
		var content bytes.Buffer
		if _, err := content.ReadFrom(r); err != nil {
			f.Fatal(err)
		}
		contents[filepath.Ext(e.Name)] = content.Bytes()
	}
	f.Add(contents[".shp"], contents[".shx"], contents[".dbf"])
	f.Fuzz(func(t *testing.T, shp, shx, dbf []byte) {
		dir := t.TempDir()
		for ext, content := range map[string][]byte{".shp": shp, ".shx": shx, ".dbf": dbf} {
			if err := os.WriteFile(filepath.Join(dir, "a"+ext), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		d, err := Open(t.Context(), filepath.Join(dir, "a.shp"), geofile.Options{Limits: geofile.Limits{Rows: 1000, AllPoints: 100_000}})
		if err != nil {
			return
		}
		defer d.Close()
		for _, s := range d.Layers {
			got, _, err := geofiletest.Rows(t.Context(), s)
			if err == nil && int64(len(got)) > s.Count {
				t.Errorf("%d rows of %d", len(got), s.Count)
			}
			for _, r := range got {
				if r.Values != nil && len(r.Values) != len(s.Fields) {
					t.Errorf("%d values for %d fields", len(r.Values), len(s.Fields))
				}
			}
		}
	})
}
