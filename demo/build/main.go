// Command build makes the demo district's data files (demo/data, demo/samples)
// from pieces of OpenStreetMap. It needs no database and no network, and the
// same pieces give the same bytes. It must never invent a shape or a name
// without saying so in the row's `generated`.
package main

import (
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
)

func main() {
	raw := flag.String("raw", filepath.Join("demo", "build", "raw"), "folder with raw_*.geojson or raw_*.geojson.gz")
	out := flag.String("out", "demo", "folder to write data/ and samples/ into")
	flag.Parse()
	log := slog.New(slog.NewTextHandler(os.Stderr, nil))
	if err := run(*raw, *out, log); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(1)
	}
}

// run reads the pieces, makes the district and writes it.
func run(rawDir, out string, log *slog.Logger) error {
	raw, err := readRaw(rawDir)
	if err != nil {
		return err
	}
	d, err := makeDistrict(raw, log)
	if err != nil {
		return err
	}
	size, err := writeTables(filepath.Join(out, "data"), d.tables())
	if err != nil {
		return err
	}
	if err := writeSamples(filepath.Join(out, "samples"), d); err != nil {
		return err
	}
	log.Info("written", "folder", out, "bytes", size)
	return nil
}

// makeDistrict runs the steps in the order in which they build on each other.
func makeDistrict(raw *raw, log *slog.Logger) (*district, error) {
	steps := []struct {
		name string
		do   func(*district) error
	}{
		{"extent", (*district).findExtent},
		{"base map", (*district).makeBaseMap},
		{"subdistricts", (*district).makeSubdistricts},
		{"buildings", (*district).makeBuildings},
		{"residential areas", (*district).makeAreas},
		{"communities", (*district).makeCommunities},
		{"facilities", (*district).makeFacilities},
		{"facts", (*district).makeFacts},
		{"neighborhoods", (*district).makeNeighborhoods},
	}
	d := &district{raw: raw, log: log}
	for _, s := range steps {
		if err := s.do(d); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, err)
		}
	}
	return d, nil
}
