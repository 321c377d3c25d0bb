package tile

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"regexp"

	"github.com/lianpian/lianpian/tiles"
)

// Theme is the brightness of a style.
type Theme string

// The themes that Style knows.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// ErrNoTheme says that a style was asked for in a theme that does not exist.
var ErrNoTheme = errors.New("no such theme")

// sources are the tile sets of a style. What changes together stands together,
// so that a map fetches again only what an edit touched. Overlays are missing: a
// map adds coverage with the run that it shows, and links when they are wanted.
var sources = []struct {
	name   string
	layers []string
}{
	{"base", []string{base}},
	{"register", []string{"subdistricts", "subdistrict_points", "communities", "community_points", "buildings"}},
	{"zones", []string{"zones", "zone_points"}},
	{"facilities", []string{"facilities", "idle_buildings"}},
}

// Style returns the map's MapLibre style (JSON) for a district. It needs no
// fonts, sprites or addresses but the tiles'. baseURL is what stands before
// /api/v1, without a slash at its end. Errors: ErrNoTheme, postgis.ErrNotFound.
func (s *Server) Style(ctx context.Context, district, baseURL string, theme Theme) ([]byte, error) {
	layers, known := s.styles[theme]
	if !known {
		return nil, fmt.Errorf("theme %q: %w", theme, ErrNoTheme)
	}
	place, err := s.place(ctx, district)
	if err != nil {
		return nil, err
	}
	center := place.center()
	style := struct {
		Version int                     `json:"version"`
		Name    string                  `json:"name"`
		Center  [2]float64              `json:"center"`
		Zoom    float64                 `json:"zoom"`
		Sources map[string]vectorSource `json:"sources"`
		Layers  json.RawMessage         `json:"layers"`
	}{
		Version: 8,
		Name:    place.name,
		Center:  [2]float64{center[0], center[1]},
		Zoom:    center[2],
		Sources: map[string]vectorSource{},
		Layers:  layers,
	}
	for _, source := range sources {
		chosen, err := s.catalogue.set(source.layers)
		if err != nil {
			return nil, err
		}
		v := vectorSource{Type: "vector", Bounds: place.bounds(), MinZoom: MaxZoom, Attribution: attribution}
		for l := range s.catalogue.in(chosen) {
			v.MinZoom, v.MaxZoom = min(v.MinZoom, l.info.MinZoom), max(v.MaxZoom, l.info.MaxZoom)
		}
		v.Tiles = []string{tileURL(baseURL, district, source.layers)}
		style.Sources[source.name] = v
	}
	text, err := json.Marshal(style)
	if err != nil {
		return nil, fmt.Errorf("write the style: %w", err)
	}
	return text, nil
}

type vectorSource struct {
	Type        string     `json:"type"`
	Tiles       []string   `json:"tiles"`
	MinZoom     uint32     `json:"minzoom"`
	MaxZoom     uint32     `json:"maxzoom"`
	Bounds      [4]float64 `json:"bounds"`
	Attribution string     `json:"attribution,omitempty"`
}

var colourName = regexp.MustCompile(`"@([a-z0-9-]+)"`)

// readStyles fills the colours of each theme into the style's layers.
func readStyles() (map[Theme]json.RawMessage, error) {
	text, err := fs.ReadFile(tiles.Files, "style.json")
	if err != nil {
		return nil, err
	}
	themesText, err := fs.ReadFile(tiles.Files, "themes.json")
	if err != nil {
		return nil, err
	}
	var themes map[Theme]map[string]string
	if err := json.Unmarshal(themesText, &themes); err != nil {
		return nil, fmt.Errorf("themes.json: %w", err)
	}
	styles := map[Theme]json.RawMessage{}
	for theme, colours := range themes {
		var missing error
		coloured := colourName.ReplaceAllFunc(text, func(m []byte) []byte {
			colour, known := colours[string(m[2:len(m)-1])]
			if !known {
				missing = fmt.Errorf("themes.json: %s has no colour %s", theme, m)
			}
			return fmt.Appendf(nil, "%q", colour)
		})
		if missing != nil {
			return nil, missing
		}
		var style struct {
			Layers json.RawMessage `json:"layers"`
		}
		if err := json.Unmarshal(coloured, &style); err != nil {
			return nil, fmt.Errorf("style.json: %w", err)
		}
		styles[theme] = style.Layers
	}
	return styles, nil
}
