package registry

import (
	"encoding/base64"
	"math"
	"testing"
	"unicode/utf8"
)

// FuzzParseCursor: a cursor that somebody changed is refused, or holds what the
// database can be asked with.
func FuzzParseCursor(f *testing.F) {
	for _, seed := range []string{`{"s":"name","v":"a","c":"b"}`, `{"s":"name","v":null,"c":""}`, `{"s":"name","v":"\u0000","c":"x"}`, `{"s":"name","v":"1e999","c":"x"}`, `[]`, `{`} {
		f.Add([]byte(seed), "text")
	}
	f.Fuzz(func(t *testing.T, raw []byte, cast string) {
		c, err := parseCursor(base64.RawURLEncoding.EncodeToString(raw), order{sort: "name", cast: cast})
		if err != nil || c == nil {
			return
		}
		for _, text := range []*string{&c.Code, c.Value} {
			if text != nil && (!utf8.ValidString(*text) || !storable(*text)) {
				t.Fatalf("%q would reach the database", *text)
			}
		}
		if again, err := parseCursor(c.String(), order{sort: "name", cast: cast}); err != nil || again.Code != c.Code {
			t.Fatalf("%+v is not read again: %v", c, err)
		}
	})
}

// FuzzParseCoordinate: what is read as a coordinate lies on the earth.
func FuzzParseCoordinate(f *testing.F) {
	for _, seed := range []string{"106.9,28.97", "28.97N 106.9E", "东经106.9，北纬28.97", "181,91", "-,-", "E106.9 E28", "999,999"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := ParseCoordinate(text); ok && !(math.Abs(p[0]) <= 180 && math.Abs(p[1]) <= 90) {
			t.Fatalf("%q is %v", text, p)
		}
	})
}
