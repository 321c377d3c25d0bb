package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/tile"
)

func (s *Server) tileRoutes(r chi.Router) {
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/tiles/{layers}/{z}/{x}/{y}.mvt", id: "getTile", tag: "tiles",
		summary: "A vector tile", needs: account.ReadMap, at: district,
	}, s.serveTile)
}

// mapRoutes describe the map: small texts, unlike the tiles.
func (s *Server) mapRoutes(r chi.Router) {
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/tiles/{layers}.json", id: "getTileJSON", tag: "tiles",
		summary: "TileJSON of a list of layers", needs: account.ReadMap, at: district,
	}, s.serveTileJSON)
	s.plain(r, route{
		method: http.MethodGet, path: "/districts/{district}/style.json", id: "getStyle", tag: "tiles",
		summary: "The map's MapLibre style", needs: account.ReadMap, at: district,
	}, s.serveStyle)
}

// serveTile looks at everything in the address before the database is asked. A
// person who may see the base map may ask for any layer: the tile server shows
// them what is in their scope.
func (s *Server) serveTile(w http.ResponseWriter, r *http.Request) error {
	z, x, y, err := tile.ParsePlace(param(r, "z"), param(r, "x"), param(r, "y"))
	if err != nil {
		return err
	}
	layers, err := s.Tiles.ParseLayers(param(r, "layers"))
	if err != nil {
		return err
	}
	run := r.URL.Query().Get("run")
	if run != "" {
		id, err := uuid.Parse(run)
		if err != nil {
			return newProblem(http.StatusBadRequest, kindInvalid, "run 应为 UUID", "run has to be a UUID.").with("query.run", "应为 UUID", run)
		}
		run = id.String()
	}
	scenario := r.URL.Query().Get("scenario")
	if len(scenario) > 100 || !utf8.ValidString(scenario) || strings.ContainsRune(scenario, 0) {
		return newProblem(http.StatusBadRequest, kindInvalid, "没有这个方案", "There is no such scenario.").with("query.scenario", "没有这个方案", scenario)
	}
	t, err := s.Tiles.Tile(r.Context(), tile.Request{
		District: param(r, "district"), Layers: layers, Z: z, X: x, Y: y, Scope: scopeOf(r.Context()), Run: run, Scenario: scenario,
		Takes: encodings(r),
	})
	if err != nil {
		return err
	}
	sendTile(w, r, t)
	return nil
}

// sendTile sends a tile, or says that the client has it.
func sendTile(w http.ResponseWriter, r *http.Request, t tile.Tile) {
	h := w.Header()
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Cache-Control", "private, no-cache") // kept, but asked for again: an edit shows at once
	h.Set("Vary", "Accept-Encoding, Authorization, Cookie")
	h.Set("X-Cache", "miss") // of the service, for who measures it
	if t.Kept {
		h.Set("X-Cache", "hit")
	}
	if t.Encoding != "" {
		h.Set("Content-Encoding", t.Encoding)
	}
	sendTagged(w, r, t.ETag, t.Body)
}

// encodings are those of a tile that the client takes.
func encodings(r *http.Request) (takes tile.Encodings) {
	if accepts(r, "gzip") {
		takes |= tile.Gzip
	}
	if accepts(r, "zstd") {
		takes |= tile.Zstd
	}
	return takes
}

func (s *Server) serveTileJSON(w http.ResponseWriter, r *http.Request) error {
	layers, err := s.Tiles.ParseLayers(param(r, "layers"))
	if err != nil {
		return err
	}
	described, err := s.Tiles.TileJSON(r.Context(), param(r, "district"), layers, s.base(r))
	if err != nil {
		return err
	}
	body, err := json.Marshal(described)
	if err != nil {
		return fmt.Errorf("encode TileJSON: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(body)
	return nil
}

func (s *Server) serveStyle(w http.ResponseWriter, r *http.Request) error {
	theme := tile.Theme(r.URL.Query().Get("theme"))
	if theme == "" {
		theme = tile.Light
	}
	style, err := s.Tiles.Style(r.Context(), param(r, "district"), s.base(r), theme)
	if errors.Is(err, tile.ErrNoTheme) {
		return newProblem(http.StatusBadRequest, kindInvalid, "theme 应为 light 或 dark", "theme has to be light or dark.")
	}
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(style)
	return nil
}
