// Package demo carries the demo district: real shapes from OpenStreetMap with
// generated figures, as data files. It never touches a database; the importer
// loads it. README.md describes the format, NOTICE the licence.
package demo

import (
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"io/fs"
)

// DistrictCode is the code of the demo district.
const DistrictCode = "310115"

//go:embed data/*.geojson.gz samples NOTICE
var files embed.FS

// Tables names the data files in the order in which they can be loaded.
func Tables() []string {
	return []string{
		"district", "subdistrict", "neighborhood", "community", "building", "facility",
		"road", "waterway", "railway", "water", "land_use", "green", "place", "admin_area",
	}
}

// Open gives the GeoJSON FeatureCollection of a table, decompressed.
// The caller closes it.
func Open(table string) (io.ReadCloser, error) {
	f, err := files.Open("data/" + table + ".geojson.gz")
	if err != nil {
		return nil, fmt.Errorf("open demo table %q: %w", table, err)
	}
	z, err := gzip.NewReader(f)
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("open demo table %q: %w", table, err)
	}
	return z, nil
}

// Files holds everything that is embedded: data/, samples/ and NOTICE.
func Files() fs.FS { return files }

// Samples holds small files to try the import with (demo/samples).
func Samples() fs.FS {
	sub, err := fs.Sub(files, "samples")
	if err != nil {
		panic(err) // the folder is embedded: cannot fail
	}
	return sub
}

// Notice is the licence and attribution text that must go with the data.
func Notice() string {
	text, err := files.ReadFile("NOTICE")
	if err != nil {
		panic(err) // the file is embedded: cannot fail
	}
	return string(text)
}
