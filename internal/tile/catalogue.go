package tile

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"github.com/lianpian/lianpian/tiles"
)

// base is the name that stands for all layers of the base map.
const base = "base"

// catalogue holds the layers in the order in which tiles carry them.
type catalogue struct {
	layers []Layer
	byName map[string]int
}

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
	c := &catalogue{byName: map[string]int{}}
	for _, info := range infos {
		if info.Name == "" || info.MinZoom > info.MaxZoom || info.MaxZoom > MaxZoom || len(info.Fields) == 0 {
			return nil, fmt.Errorf("layers.yaml: layer %q: %w", info.Name, errors.New("name, zooms or fields are missing"))
		}
		rows, err := fs.ReadFile(tiles.Files, "layers/"+info.Name+".sql")
		if err != nil {
			return nil, err
		}
		layer, err := newSQLLayer(info, string(rows))
		if err != nil {
			return nil, fmt.Errorf("layers/%s.sql: %w", info.Name, err)
		}
		c.byName[info.Name] = len(c.layers)
		c.layers = append(c.layers, layer)
	}
	return c, nil
}

// names expands a list of names to those of layers, each once, in the
// catalogue's order, so that the same layers in any order are the same tile.
func (c *catalogue) names(list []string) ([]string, error) {
	chosen := map[string]bool{}
	for _, name := range list {
		if name == base {
			for _, l := range c.layers {
				chosen[l.Info().Name] = chosen[l.Info().Name] || l.Info().Group == base
			}
			continue
		}
		if _, known := c.byName[name]; !known {
			return nil, fmt.Errorf("layer %q: %w", name, ErrNoLayer)
		}
		chosen[name] = true
	}
	var names []string
	for _, l := range c.layers {
		if chosen[l.Info().Name] {
			names = append(names, l.Info().Name)
		}
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("empty list: %w", ErrNoLayer)
	}
	return names, nil
}

func (c *catalogue) pick(list []string) ([]Layer, error) {
	names, err := c.names(list)
	if err != nil {
		return nil, err
	}
	layers := make([]Layer, len(names))
	for i, name := range names {
		layers[i] = c.layers[c.byName[name]]
	}
	return layers, nil
}

// ParseLayers reads the comma list of layer names of an address, such as
// "base" or "communities,zones". Errors: ErrNoLayer.
func (s *Server) ParseLayers(list string) ([]string, error) {
	return s.catalogue.names(strings.Split(list, ","))
}

// Layers describes all layers.
func (s *Server) Layers() []Info {
	infos := make([]Info, 0, len(s.catalogue.layers))
	for _, l := range s.catalogue.layers {
		infos = append(infos, l.Info())
	}
	return slices.Clip(infos)
}
