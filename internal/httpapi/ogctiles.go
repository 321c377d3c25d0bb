package httpapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/lianpian/lianpian/internal/ogc"
	"github.com/lianpian/lianpian/internal/tile"
)

func (s *Server) ogcMatrixSets(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	return s.answerOGC(w, r, ogc.JSON, s.voice(r).TileMatrixSets(), matrixSetsPage)
}

func (s *Server) ogcMatrixSet(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	return s.answerOGC(w, r, ogc.JSON, s.voice(r).WebMercatorQuad(), matrixSetsPage)
}

func (s *Server) ogcTileSets(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	districts, err := s.OGC.Districts(r.Context(), scopeOf(r.Context()))
	if err != nil {
		return err
	}
	list := s.voice(r).TileSets(districts)
	return s.answerOGC(w, r, ogc.JSON, list, func(v ogc.Voice) ogcPage { return tileSetsPage(v, list.TileSets) })
}

func (s *Server) ogcDistrictTiles(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	d, err := s.OGC.District(r.Context(), scopeOf(r.Context()), param(r, "district"))
	if err != nil {
		return err
	}
	layers, err := s.Tiles.ParseLayers(strings.Join(ogc.MapLayers, ","))
	if err != nil {
		return err
	}
	set := s.voice(r).DistrictTiles(d, layers)
	return s.answerOGC(w, r, ogc.JSON, set, func(v ogc.Voice) ogcPage { return tileSetsPage(v, []ogc.TileSet{set}) })
}

func (s *Server) ogcDistrictTile(w http.ResponseWriter, r *http.Request) error {
	return s.ogcTile(w, r, param(r, "district"), ogc.MapLayers)
}

// tiled finds the collection of the address, if it has tiles.
func (s *Server) tiled(r *http.Request) (ogc.District, ogc.Layer, error) {
	d, layer, err := s.collectionOf(r)
	if err == nil && len(layer.Tiles) == 0 {
		err = notFound()
	}
	return d, layer, err
}

func (s *Server) ogcLayerTileSets(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	d, layer, err := s.tiled(r)
	if err != nil {
		return err
	}
	list := s.voice(r).LayerTileSets(d, layer)
	return s.answerOGC(w, r, ogc.JSON, list, func(v ogc.Voice) ogcPage { return tileSetsPage(v, list.TileSets) })
}

func (s *Server) ogcLayerTiles(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	d, layer, err := s.tiled(r)
	if err != nil {
		return err
	}
	set := s.voice(r).LayerTiles(d, layer)
	return s.answerOGC(w, r, ogc.JSON, set, func(v ogc.Voice) ogcPage { return tileSetsPage(v, []ogc.TileSet{set}) })
}

func (s *Server) ogcLayerTile(w http.ResponseWriter, r *http.Request) error {
	d, layer, err := s.tiled(r)
	if err != nil {
		return err
	}
	return s.ogcTile(w, r, d.Code, layer.Tiles)
}

// ogcTile sends a tile of WebMercatorQuad, which numbers its rows and columns as
// the tiles of the map do.
func (s *Server) ogcTile(w http.ResponseWriter, r *http.Request, district string, names []string) error {
	if err := takes(r); err != nil {
		return err
	}
	z, x, y, err := tile.ParsePlace(param(r, "tileMatrix"), param(r, "tileCol"), param(r, "tileRow"))
	if errors.Is(err, tile.ErrNoTile) {
		return notFound()
	}
	if err != nil {
		return err
	}
	layers, err := s.Tiles.ParseLayers(strings.Join(names, ","))
	if err != nil {
		return err
	}
	t, err := s.Tiles.Tile(r.Context(), tile.Request{District: district, Layers: layers, Z: z, X: x, Y: y, Scope: scopeOf(r.Context()), Takes: encodings(r)})
	if err != nil {
		return err
	}
	sendTile(w, r, t)
	return nil
}

func (s *Server) ogcStyles(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	districts, err := s.OGC.Districts(r.Context(), scopeOf(r.Context()))
	if err != nil {
		return err
	}
	return s.answerOGC(w, r, ogc.JSON, s.voice(r).Styles(districts), func(v ogc.Voice) ogcPage { return stylesPage(v, districts) })
}

func (s *Server) ogcStyle(w http.ResponseWriter, r *http.Request) error {
	if err := takes(r); err != nil {
		return err
	}
	code, theme, _ := ogc.ParseStyleID(segment(r, "style"))
	d, err := s.OGC.District(r.Context(), scopeOf(r.Context()), code)
	if err != nil {
		return err
	}
	text, err := s.Tiles.Style(r.Context(), code, s.base(r), tile.Theme(theme))
	if err != nil {
		return err
	}
	if text, err = s.voice(r).OneSource(text, d); err != nil {
		return err
	}
	w.Header().Set("Content-Type", ogc.Style)
	_, _ = w.Write(text)
	return nil
}
