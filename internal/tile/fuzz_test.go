package tile

import (
	"strings"
	"testing"
)

// FuzzParsePlace: an address is refused, or names a tile that exists.
func FuzzParsePlace(f *testing.F) {
	f.Add("14", "13060", "6797")
	f.Add("-1", "0", "0")
	f.Add("99", "4294967296", "１")
	f.Fuzz(func(t *testing.T, z, x, y string) {
		zoom, column, row, err := ParsePlace(z, x, y)
		if err == nil && (zoom > MaxZoom || column >= 1<<zoom || row >= 1<<zoom) {
			t.Fatalf("%q/%q/%q is %d/%d/%d", z, x, y, zoom, column, row)
		}
	})
}

// FuzzParseLayers: a list is refused, or names layers that exist, each once.
func FuzzParseLayers(f *testing.F) {
	catalogue, err := readCatalogue()
	if err != nil {
		f.Fatal(err)
	}
	s := &Server{catalogue: catalogue}
	f.Add("buildings,zones")
	f.Add(",,")
	f.Add(strings.Repeat("buildings,", 100))
	f.Fuzz(func(t *testing.T, list string) {
		names, err := s.ParseLayers(list)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, name := range names {
			if seen[name] || !strings.Contains(list, name) {
				t.Fatalf("%q is %v", list, names)
			}
			seen[name] = true
		}
	})
}
