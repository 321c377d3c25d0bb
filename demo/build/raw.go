package main

import (
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/peterstace/simplefeatures/geom"
)

// piece is one feature of a raw file: an OpenStreetMap object, or the part of
// it that lies in one tile. Its geometry is on the plane (see plane.go).
type piece struct {
	id    int64 // negative for relations, 0 where the source lost it
	props map[string]any
	shape geom.Geometry
}

func (p piece) text(key string) string {
	switch v := p.props[key].(type) {
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	return ""
}

func (p piece) number(key string) (float64, bool) {
	switch v := p.props[key].(type) {
	case float64:
		return v, true
	case string:
		f, err := strconv.ParseFloat(v, 64)
		return f, err == nil
	}
	return 0, false
}

func (p piece) flag(key string) bool {
	v, _ := p.props[key].(bool)
	return v
}

// name prefers the Chinese name.
func (p piece) name() string {
	if s := p.text("name:zh"); s != "" && hasHan(s) {
		return s
	}
	return p.text("name")
}

func hasHan(s string) bool {
	for _, r := range s {
		if r >= 0x4e00 && r <= 0x9fff {
			return true
		}
	}
	return false
}

// raw holds the pieces by layer, in the order of the files.
type raw struct{ layers map[string][]piece }

var rawLayers = []string{"boundaries", "buildings", "earth", "landuse", "places", "pois", "roads", "transit", "water"}

func readRaw(dir string) (*raw, error) {
	r := &raw{layers: map[string][]piece{}}
	for _, layer := range rawLayers {
		pieces, err := readLayer(filepath.Join(dir, "raw_"+layer+".geojson"))
		if err != nil {
			return nil, fmt.Errorf("read layer %s: %w", layer, err)
		}
		r.layers[layer] = pieces
	}
	return r, nil
}

func readLayer(path string) ([]piece, error) {
	body, err := readMaybeGzip(path)
	if err != nil {
		return nil, err
	}
	var file struct {
		Features []struct {
			Properties map[string]any  `json:"properties"`
			Geometry   json.RawMessage `json:"geometry"`
		} `json:"features"`
	}
	if err := json.Unmarshal(body, &file); err != nil {
		return nil, err
	}
	pieces := make([]piece, 0, len(file.Features))
	for i, f := range file.Features {
		g, err := geom.UnmarshalGeoJSON(f.Geometry, geom.NoValidate{})
		if err != nil {
			return nil, fmt.Errorf("feature %d: %w", i, err)
		}
		p := piece{props: f.Properties, shape: toPlane(g.Force2D())}
		if id, ok := p.number("id"); ok {
			p.id = int64(id)
		}
		pieces = append(pieces, p)
	}
	return pieces, nil
}

// readMaybeGzip reads path, or path.gz.
func readMaybeGzip(path string) ([]byte, error) {
	body, err := os.ReadFile(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return body, err
	}
	f, err := os.Open(path + ".gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// object is an OpenStreetMap object put together from its pieces.
type object struct {
	piece
	ref string // osm:w123, osm:r123, osm:n123
	cut float64
	// cut is the share of the whole object's area that is here: 1 for a whole
	// one, less for one that the edge of the data cuts. 0 where unknown.
}

// merge puts the polygon pieces of every object of a layer together. keep
// chooses the pieces; objects come back ordered by id.
func merge(pieces []piece, keep func(piece) bool) ([]object, error) {
	groups := map[int64][]piece{}
	for _, p := range pieces {
		if p.id != 0 && p.shape.Dimension() == 2 && keep(p) {
			groups[p.id] = append(groups[p.id], p)
		}
	}
	var objects []object
	for id, group := range groups {
		shape, err := unite(shapes(group))
		if err != nil {
			return nil, fmt.Errorf("unite the pieces of %d: %w", id, err)
		}
		o := object{piece: piece{id: id, props: gather(group), shape: shape}, ref: areaRef(id)}
		if whole, ok := o.number("area"); ok && whole > 0 {
			o.cut = math.Min(1, mercatorArea(shape)/whole)
		}
		objects = append(objects, o)
	}
	slices.SortFunc(objects, func(a, b object) int { return cmp.Compare(a.id, b.id) })
	return objects, nil
}

func shapes(pieces []piece) []geom.Geometry {
	gs := make([]geom.Geometry, len(pieces))
	for i, p := range pieces {
		gs[i] = p.shape
	}
	return gs
}

// gather unites the tags: the pieces of one object can each have lost some.
func gather(group []piece) map[string]any {
	all := map[string]any{}
	for _, p := range group {
		for k, v := range p.props {
			if _, ok := all[k]; !ok {
				all[k] = v
			}
		}
	}
	return all
}

func areaRef(id int64) string {
	if id < 0 {
		return "osm:r" + strconv.FormatInt(-id, 10)
	}
	return "osm:w" + strconv.FormatInt(id, 10)
}
