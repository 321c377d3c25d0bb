package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/tile"
	"github.com/lianpian/lianpian/web"
)

// BakeConfig says which tiles are written to one file.
type BakeConfig struct {
	Out      string   `arg:"" optional:"" type:"path" help:"The archive to write (.pmtiles)."`
	Site     string   `name:"site" type:"path" placeholder:"DIR" help:"Write a folder instead, with the archive and a page that shows it, for any static web server."`
	District string   `name:"district" required:"" help:"Code of the district."`
	Layers   []string `name:"layers" help:"Layers of the tiles; base stands for all of the base map (default: all but coverage)."`
	Public   bool     `name:"public" xor:"layers" help:"Only what everybody may see: the base map, subdistricts and facilities."`
	MinZoom  uint32   `name:"min-zoom" default:"5" help:"Shallowest zoom."`
	MaxZoom  uint32   `name:"max-zoom" default:"17" help:"Deepest zoom; a map enlarges its tiles beyond."`
}

type bakeAnswer struct {
	File    string  `json:"file"`
	Site    string  `json:"site,omitempty"`
	Size    int64   `json:"size"`
	Seconds float64 `json:"seconds"`
	tile.Baked
}

// bakeWithin is how long one tile may take.
const bakeWithin = 2 * time.Minute

// Bake writes the tiles of a district, as they are at one moment, to a PMTiles
// archive, or to a folder with a page that shows them. Run again after an interruption, it goes on.
func Bake(ctx context.Context, c Config, b BakeConfig, out, status io.Writer) error {
	if (b.Out == "") == (b.Site == "") {
		return &RefusedError{Detail: "name the archive to write, or a folder by --site"}
	}
	archive, pages := b.Out, web.Viewer()
	if b.Site != "" {
		archive = filepath.Join(b.Site, b.District+".pmtiles")
		if err := beginSite(b.Site, pages); err != nil {
			return err
		}
	}
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		began := time.Now()
		server, err := tile.New(n.db, tile.Config{CacheBytes: -1, QueryTimeout: bakeWithin}, slog.New(slog.DiscardHandler))
		if err != nil {
			return err
		}
		defer server.Close()
		layers, err := b.layers(server)
		if err != nil {
			return err
		}
		// The same state gives the same bytes, whatever the background has come to.
		if err := n.shapes.Refresh(ctx, b.District); err != nil {
			return err
		}
		progress := c.newBar(status)
		defer progress.clear()
		baked, err := server.Bake(ctx, tile.Baking{District: b.District, Layers: layers, MinZoom: b.MinZoom, MaxZoom: b.MaxZoom, Path: archive, At: began},
			func(total int64) { progress.Phase("生成瓦片", "张", total) }, progress.Advance)
		if errors.Is(err, tile.ErrNoTile) {
			return &RefusedError{Detail: fmt.Sprintf("there are no zooms %d to %d: they go from 0 to %d", b.MinZoom, b.MaxZoom, tile.MaxZoom)}
		}
		if err != nil {
			return err
		}
		progress.clear()
		if b.Site != "" {
			if err := finishSite(b.Site, filepath.Base(archive), pages); err != nil {
				return err
			}
		}
		written, err := os.Stat(archive)
		if err != nil {
			return fmt.Errorf("look at the archive: %w", err)
		}
		answer := bakeAnswer{File: archive, Site: b.Site, Size: written.Size(), Seconds: time.Since(began).Seconds(), Baked: baked}
		return c.say(out, answer, func(out io.Writer) error {
			_, err := fmt.Fprintf(out, "%s：%d 张瓦片，%.1f MB，用时 %.1f 秒\n", answer.File, answer.Tiles, float64(answer.Size)/1e6, answer.Seconds)
			return err
		})
	})
}

// layers are those that were asked for; coverage shows a run, so it is not among
// those that stand for all.
func (b BakeConfig) layers(server *tile.Server) ([]string, error) {
	if len(b.Layers) > 0 {
		layers, err := server.ParseLayers(strings.Join(b.Layers, ","))
		if errors.Is(err, tile.ErrNoLayer) {
			return nil, &RefusedError{Detail: fmt.Sprintf("there is no such layer: %v", err)}
		}
		return layers, err
	}
	var layers []string
	for _, info := range server.Layers() {
		if info.Name != "coverage" && (info.Public || !b.Public) {
			layers = append(layers, info.Name)
		}
	}
	return layers, nil
}
