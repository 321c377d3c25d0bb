package tile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// TileJSON describes a set of layers to a map library, as TileJSON 3.0.0 does.
type TileJSON struct {
	TileJSON     string        `json:"tilejson"`
	Name         string        `json:"name"`
	Scheme       string        `json:"scheme"`
	Tiles        []string      `json:"tiles"`
	MinZoom      uint32        `json:"minzoom"`
	MaxZoom      uint32        `json:"maxzoom"`
	Bounds       [4]float64    `json:"bounds"` // west, south, east, north in degrees
	Center       [3]float64    `json:"center"` // longitude, latitude, zoom
	Attribution  string        `json:"attribution,omitempty"`
	VectorLayers []VectorLayer `json:"vector_layers"`
}

// VectorLayer describes one layer in TileJSON.
type VectorLayer struct {
	ID          string            `json:"id"`
	Description string            `json:"description"`
	MinZoom     uint32            `json:"minzoom"`
	MaxZoom     uint32            `json:"maxzoom"`
	Fields      map[string]string `json:"fields"`
}

const attribution = "© OpenStreetMap contributors"

// TileJSON describes the tiles of the layers (names as ParseLayers returns
// them). baseURL is what stands before /api/v1, without a slash at its end.
// Errors: ErrNoLayer, postgis.ErrNotFound.
func (s *Server) TileJSON(ctx context.Context, district string, layers []string, baseURL string) (TileJSON, error) {
	chosen, err := s.catalogue.set(layers)
	if err != nil {
		return TileJSON{}, err
	}
	place, err := s.place(ctx, district)
	if err != nil {
		return TileJSON{}, err
	}
	t := TileJSON{
		TileJSON:    "3.0.0",
		Scheme:      "xyz",
		MinZoom:     MaxZoom,
		Bounds:      place.bounds(),
		Center:      place.center(),
		Attribution: attribution,
	}
	var names []string
	for l := range s.catalogue.in(chosen) {
		info := l.info
		names = append(names, info.Name)
		t.MinZoom, t.MaxZoom = min(t.MinZoom, info.MinZoom), max(t.MaxZoom, info.MaxZoom)
		v := VectorLayer{ID: info.Name, Description: info.Title, MinZoom: info.MinZoom, MaxZoom: info.MaxZoom, Fields: map[string]string{}}
		for _, f := range info.Fields {
			v.Fields[f.Name] = f.Type
		}
		t.VectorLayers = append(t.VectorLayers, v)
	}
	t.Name = place.name
	t.Tiles = []string{tileURL(baseURL, district, names)}
	return t, nil
}

// tileURL is the address of the tiles of some layers, as maps fill it in.
func tileURL(baseURL, district string, layers []string) string {
	return fmt.Sprintf("%s/api/v1/districts/%s/tiles/%s/{z}/{x}/{y}.mvt", strings.TrimSuffix(baseURL, "/"), district, strings.Join(layers, ","))
}

// place is where a district is.
type place struct {
	name  string
	demo  bool
	bound orb.Bound // longitude/latitude
}

func (s *Server) place(ctx context.Context, district string) (place, error) {
	var p place
	err := s.db.Pool.QueryRow(ctx, `
		select name, demo, ST_XMin(boundary), ST_YMin(boundary), ST_XMax(boundary), ST_YMax(boundary)
		from district
		where code = $1`, district,
	).Scan(&p.name, &p.demo, &p.bound.Min[0], &p.bound.Min[1], &p.bound.Max[0], &p.bound.Max[1])
	if errors.Is(err, pgx.ErrNoRows) {
		return place{}, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return place{}, fmt.Errorf("read district %s: %w", district, err)
	}
	return p, nil
}

func (p place) bounds() [4]float64 {
	return [4]float64{p.bound.Min[0], p.bound.Min[1], p.bound.Max[0], p.bound.Max[1]}
}

// center is the middle of the district, at a zoom that shows about all of it.
func (p place) center() [3]float64 {
	c := p.bound.Center()
	zoom := 9.0
	for width := p.bound.Max[0] - p.bound.Min[0]; zoom < 15 && width*float64(uint32(2)<<uint32(zoom))/360 < 2; {
		zoom++
	}
	round := func(degrees float64) float64 { return math.Round(degrees*1e6) / 1e6 }
	return [3]float64{round(c[0]), round(c[1]), zoom}
}
