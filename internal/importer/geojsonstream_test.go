package importer

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"
)

func stream(t testing.TB, text string) (collection, []string, error) {
	t.Helper()
	var raws []string
	c, err := streamFeatures(t.Context(), strings.NewReader(text), func(n int64, raw []byte) error {
		if int(n) != len(raws)+1 {
			t.Errorf("feature %d came as number %d", len(raws)+1, n)
		}
		raws = append(raws, string(raw))
		return nil
	})
	return c, raws, err
}

func TestFeaturesAreSplitWhateverSurroundsThem(t *testing.T) {
	tests := []struct {
		name, text string
		features   int64
		kind       string
		raws       []string
	}{
		{"plain", `{"type":"FeatureCollection","features":[{"a":1},{"b":[2,{}]}]}`, 2, "FeatureCollection", []string{`{"a":1}`, `{"b":[2,{}]}`}},
		{"type last", `{"features":[{}],"crs":null,"type":"FeatureCollection"}`, 1, "FeatureCollection", []string{`{}`}},
		{"brackets in texts", `{"type":"FeatureCollection","name":"]}\"","features":[{"a":"}],[\\\""}]}`, 1, "FeatureCollection", []string{`{"a":"}],[\\\""}`}},
		{"empty", `{"type":"FeatureCollection","features":[]}`, 0, "FeatureCollection", nil},
		{"white space", " {\n\"features\" : [ {} ,\n{} ] }\n", 2, "", []string{"{}", "{}"}},
		{"byte order mark", "\ufeff" + `{"features":[{}]}`, 1, "", []string{"{}"}},
		{"one geometry", `{"type":"Point","coordinates":[1,2]}`, -1, "Point", nil},
		{"nan", `{"features":[{"x":NaN},{}]}`, 2, "", []string{`{"x":NaN}`, "{}"}},
		{"features that are no list", `{"features":{"a":1}}`, -1, "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, raws, err := stream(t, tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if c.features != tt.features || c.kind != tt.kind || strings.Join(raws, "|") != strings.Join(tt.raws, "|") {
				t.Errorf("got %+v and %q", c, raws)
			}
		})
	}
}

func TestTextThatIsNotJSONIsFoundWithItsPlace(t *testing.T) {
	tests := []struct {
		text string
		cut  bool
	}{
		{``, true},
		{`{"type":"FeatureCollection","features":[{"a":1`, true},
		{`{"type":"FeatureCollection","features":[{"a":1}`, true},
		{`{"type":"FeatureCollection","features":[{"a":1}]`, true},
		{`{"features":[{"a":"x`, true},
		{`[1,2]`, false},
		{`{"features":[{]}]}`, false},
		{`{"features":[{},]}`, false},
		{`{"features":[{} {}]}`, false},
		{`{"features":[{}]} x`, false},
		{`{"features" [{}]}`, false},
		{"{\"a\":\"line\nbreak\"}", false},
		{strings.Repeat("[", 10), false},
		{`{"a":` + strings.Repeat("[", 100_000), false},
		{"小区,户数\n甲,3\n", false},
	}
	for _, tt := range tests {
		t.Run(shorten(tt.text, 30), func(t *testing.T) {
			_, _, err := stream(t, tt.text)
			var bad *formatError
			if !errors.As(err, &bad) || bad.cut != tt.cut {
				t.Errorf("got %v", err)
			}
		})
	}
}

// endless makes one long line of features.
type endless struct {
	left    int
	feature []byte
	rest    []byte
	done    bool
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		switch {
		case e.left > 0:
			e.rest = e.feature
			e.left -= len(e.feature)
		case !e.done:
			e.done = true
			e.rest = []byte(`{}]}`)
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestALineOf200MegabytesNeitherFillsMemoryNorHangs(t *testing.T) {
	const size = 200 << 20
	tests := []struct {
		name  string
		first string
		piece string
		large int
	}{
		{"many features", `{"features":[`, `{"type":"Feature","properties":{"name":"小区"},"geometry":{"type":"Point","coordinates":[106.9,28.9]}},`, 0},
		{"one feature", `{"features":[{"coordinates":[0`, `,[106.912345,28.912345]`, 1},
		{"one text", `{"name":"`, `xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var before, peak runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			large, n := 0, int64(0)
			started := time.Now()
			source := io.MultiReader(strings.NewReader(tt.first), &endless{left: size, feature: []byte(tt.piece)})
			_, err := streamFeatures(t.Context(), source, func(i int64, raw []byte) error {
				if n = i; raw == nil {
					large++
				}
				return nil
			})
			runtime.ReadMemStats(&peak)
			t.Logf("%d features in %v, heap grew to %d MB, error %v", n, time.Since(started), peak.HeapSys>>20, err)
			if grown := int64(peak.HeapSys) - int64(before.HeapSys); grown > 96<<20 {
				t.Errorf("the heap grew by %d MB", grown>>20)
			}
			if took := time.Since(started); took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
			if tt.large == 1 && err == nil && large != 1 {
				t.Errorf("%d features were too large", large)
			}
		})
	}
}

func FuzzGeoJSONStream(f *testing.F) {
	for _, s := range []string{
		`{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"name":"甲","户数":"12户"},"geometry":{"type":"Polygon","coordinates":[[[0,0],[1,0],[1,1],[0,0]]]}}]}`,
		`{"features":[{"x":NaN}],"type":"a"}`, `{"features":[[],"",1,{}]}`, "\ufeff{}", `{"a":{"b":[1,2,{"c":"\\\""}]}}`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var seen int64
		c, err := streamFeatures(t.Context(), bytes.NewReader(data), func(n int64, raw []byte) error {
			seen = n
			feature, fault := decodeFeature(raw)
			if fault == "" && len(feature.keys) != len(feature.cells) {
				t.Error("properties without cells")
			}
			if fault == "" && !json.Valid(raw) {
				t.Errorf("took %q, which is not JSON", raw)
			}
			firstPosition(raw)
			hasZ(raw)
			return nil
		})
		if err == nil && c.features >= 0 && seen != c.features {
			t.Errorf("saw %d of %d features", seen, c.features)
		}
		if valid := json.Valid(bytes.TrimPrefix(data, []byte("\ufeff"))); valid && err != nil && !deepOrOdd(data) {
			t.Errorf("refused %q: %v", data, err)
		}
	})
}

// deepOrOdd tells documents that are JSON and still refused: no object at the
// outside, or nested without end.
func deepOrOdd(data []byte) bool {
	trimmed := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\ufeff")), " \t\r\n")
	if !bytes.HasPrefix(trimmed, []byte("{")) || bytes.Count(data, []byte("["))+bytes.Count(data, []byte("{")) > maxJSONDepth {
		return true
	}
	return len(data) > maxMemberBytes || bytes.Contains(data, []byte(`"type"`)) || longLiteral(data)
}

func longLiteral(data []byte) bool {
	run := 0
	for _, c := range data {
		if c == ',' || c == ' ' || c == ']' || c == '}' {
			run = 0
		}
		if run++; run > 1000 {
			return true
		}
	}
	return false
}

func TestDecodedFeaturesBecomeRowsOfCells(t *testing.T) {
	f, fault := decodeFeature([]byte(`{"type":"Feature","properties":{"b":12.5,"a":"x","c":true,"d":null,"e":["p","q"],"f":[],"g":{"h":1}},"geometry":null}`))
	if fault != "" || f.geometry != nil {
		t.Fatal(fault)
	}
	if got := fmt.Sprint(f.keys, f.cells); got != "[a b c d e f g] [x 12.5 是  p、q 无 ]" {
		t.Errorf("got %s", got)
	}
	for raw, want := range map[string]string{
		`{"type":"Feature","properties":{},"geometry":{"type":"Point","coordinates":[NaN,1]}}`: "NaN",
		`{"type":"Polygon","coordinates":[]}`:                                                  "Polygon",
		`{"type":"Feature",}`:                                                                  "GeoJSON",
		`5`:                                                                                    "GeoJSON",
	} {
		if _, fault := decodeFeature([]byte(raw)); !strings.Contains(fault, want) {
			t.Errorf("%s: got %q", raw, fault)
		}
	}
	if _, fault := decodeFeature(nil); !strings.Contains(fault, "MB") {
		t.Errorf("a feature that is too large: %q", fault)
	}
}
