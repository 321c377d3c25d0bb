package tile

import (
	"bytes"
	"fmt"
	"io/fs"
	"iter"
	"math/bits"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lianpian/lianpian/tiles"
)

// base is the name that stands for all layers of the base map.
const base = "base"

// catalogue holds the layers in the order in which tiles carry them.
type catalogue struct {
	layers    []*layer
	byName    map[string]layerSet
	all       layerSet
	base      layerSet
	scoped    layerSet              // show less to a person with a narrower scope
	runs      layerSet              // show a coverage run
	scenarios layerSet              // show the zones of one scenario
	shown     [MaxZoom + 1]layerSet // by zoom
}

// layerSet is a set of layers: bit i stands for the catalogue's layer i. The
// same layers named in any order are the same set, and so the same tile.
type layerSet uint64

const mostLayers = 64

func readCatalogue() (*catalogue, error) {
	text, err := fs.ReadFile(tiles.Files, "layers.yaml")
	if err != nil {
		return nil, err
	}
	var infos []Info
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&infos); err != nil {
		return nil, fmt.Errorf("layers.yaml: %w", err)
	}
	if len(infos) > mostLayers {
		return nil, fmt.Errorf("layers.yaml: more than %d layers", mostLayers)
	}
	c := &catalogue{byName: map[string]layerSet{}}
	for _, info := range infos {
		if info.Name == "" || info.MinZoom > info.MaxZoom || info.MaxZoom > MaxZoom || len(info.Fields) == 0 {
			return nil, fmt.Errorf("layers.yaml: layer %q: name, zooms or fields are missing", info.Name)
		}
		rows, err := fs.ReadFile(tiles.Files, "layers/"+info.Name+".sql")
		if err != nil {
			return nil, err
		}
		var bundles []byte
		if info.PackedFrom > 0 {
			if bundles, err = fs.ReadFile(tiles.Files, "layers/"+info.Name+".packed.sql"); err != nil {
				return nil, err
			}
		}
		layer, err := newLayer(info, string(rows), string(bundles))
		if err != nil {
			return nil, fmt.Errorf("layers/%s.sql: %w", info.Name, err)
		}
		c.add(layer)
	}
	return c, nil
}

func (c *catalogue) add(l *layer) {
	info, bit := l.info, layerSet(1)<<len(c.layers)
	c.layers = append(c.layers, l)
	c.byName[info.Name] = bit
	c.all |= bit
	if info.Group == base {
		c.base |= bit
	}
	if info.Scoped {
		c.scoped |= bit
	}
	if info.Name == "coverage" {
		c.runs |= bit
	}
	if info.Scenario {
		c.scenarios |= bit
	}
	for zoom := info.MinZoom; zoom <= MaxZoom; zoom++ {
		c.shown[zoom] |= bit
	}
}

// set finds the layers of a list of names.
func (c *catalogue) set(names []string) (layerSet, error) {
	var set layerSet
	for _, name := range names {
		bit, known := c.byName[name]
		switch {
		case known:
			set |= bit
		case name == base:
			set |= c.base
		default:
			return 0, fmt.Errorf("layer %q: %w", name, ErrNoLayer)
		}
	}
	if set == 0 {
		return 0, fmt.Errorf("empty list: %w", ErrNoLayer)
	}
	return set, nil
}

// in yields the layers of a set, in the catalogue's order.
func (c *catalogue) in(set layerSet) iter.Seq[*layer] {
	return func(yield func(*layer) bool) {
		for ; set != 0; set &= set - 1 {
			if !yield(c.layers[bits.TrailingZeros64(uint64(set))]) {
				return
			}
		}
	}
}

// ParseLayers reads the comma list of layer names of an address, such as
// "base" or "communities,zones". Errors: ErrNoLayer.
func (s *Server) ParseLayers(list string) ([]string, error) {
	set, err := s.catalogue.set(strings.Split(list, ","))
	if err != nil {
		return nil, err
	}
	var names []string
	for l := range s.catalogue.in(set) {
		names = append(names, l.info.Name)
	}
	return names, nil
}

// Layers describes all layers.
func (s *Server) Layers() []Info {
	var infos []Info
	for l := range s.catalogue.in(s.catalogue.all) {
		infos = append(infos, l.info)
	}
	return infos
}
