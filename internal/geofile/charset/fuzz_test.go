package charset

import (
	"bytes"
	"io"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"
)

// FuzzDecode: whatever the bytes and the encoding, what comes out is UTF-8, at
// once and in pieces, and the encoding that is found is one that is known.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{"", "小区名称", "\xd0\xa1\xc7\xf8", "\xff\xfeA\x00", "\xfe\xff\x00A", "\xef\xbb\xbfa", "\x81\x30\x81", "\xff\xff\xff"} {
		f.Add(uint8(0), []byte(seed))
	}
	names := slices.Sorted(maps.Keys(encodings))
	f.Fuzz(func(t *testing.T, n uint8, b []byte) {
		name := names[int(n)%len(names)]
		if text, _ := Decode(name, b); !utf8.ValidString(text) {
			t.Fatalf("%s: %q", name, text)
		}
		out, err := io.ReadAll(Reader(name, bytes.NewReader(b)))
		if err == nil && !utf8.Valid(out) {
			t.Fatalf("%s in pieces: %q", name, out)
		}
		found, err := Sniff(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if _, known := Lookup(found.Encoding); found.Encoding != "" && !known {
			t.Fatalf("found %q", found.Encoding)
		}
		Detect(b, len(b) > 4)
		if _, _, _, err := DetectReader(bytes.NewReader(b)); err != nil {
			t.Fatal(err)
		}
	})
}
