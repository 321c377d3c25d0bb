package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/bench/district"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/tile"
)

// contender is one way to a tile's bytes.
type contender struct {
	name  string
	fetch func(ctx context.Context, t maptile.Tile) (bytes int, err error)
	close func()
}

// floor is the query that every tile server in front of PostGIS ends in, with
// nothing around it: no HTTP, no compression, no cache.
func floor(ctx context.Context, url string, connections int) (contender, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return contender{}, err
	}
	config.MaxConns = int32(connections)
	config.ConnConfig.RuntimeParams["max_parallel_workers_per_gather"] = "0"
	config.ConnConfig.RuntimeParams["jit"] = "off"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return contender{}, err
	}
	const query = `
		select ST_AsMVT(t, 'buildings', 4096, 'geom', 'id')
		from (
		    select b.id, b.code, c.code as community_code, b.storeys, b.built_year, b.households, c.eligibility,
		           ST_AsMVTGeom(b.geom_3857, ST_TileEnvelope($2, $3, $4), 4096, 64, true) as geom
		    from building b
		    left join community c on c.id = b.community_id
		    where b.district_code = $1
		      and b.geom_3857 && ST_TileEnvelope($2, $3, $4, margin => 64.0 / 4096)
		) t
		where t.geom is not null`
	return contender{
		name: "SQL floor",
		fetch: func(ctx context.Context, t maptile.Tile) (int, error) {
			var body []byte
			err := pool.QueryRow(ctx, query, district.Code, int(t.Z), int(t.X), int(t.Y)).Scan(&body)
			return len(body), err
		},
		close: pool.Close,
	}, nil
}

// service is the tile server behind HTTP, as people reach it.
func service(name string, db *postgis.DB, config tile.Config, layerList string) (contender, error) {
	server, err := tile.New(db, config, slog.New(slog.DiscardHandler))
	if err != nil {
		return contender{}, err
	}
	layers, err := server.ParseLayers(layerList)
	if err != nil {
		return contender{}, err
	}
	c, err := overHTTP(name, func(w http.ResponseWriter, r *http.Request, z, x, y string) error {
		zoom, column, row, err := tile.ParsePlace(z, x, y)
		if err != nil {
			return err
		}
		made, err := server.Tile(r.Context(), tile.Request{District: district.Code, Layers: layers, Z: zoom, X: column, Y: row})
		if err != nil {
			return err
		}
		body, encoding, tag := made.Representation(true)
		send(w, body, encoding, tag)
		return nil
	})
	if err != nil {
		server.Close()
		return contender{}, err
	}
	stop := c.close
	c.close = func() {
		stop()
		server.Close()
	}
	return c, nil
}

// plain is the limit of a warm cache: a map of addresses to bytes.
func plain(ctx context.Context, db *postgis.DB, layerList string, list []maptile.Tile) (contender, error) {
	server, err := tile.New(db, tile.Config{CacheBytes: -1, QueryTimeout: time.Minute}, slog.New(slog.DiscardHandler))
	if err != nil {
		return contender{}, err
	}
	defer server.Close()
	layers, err := server.ParseLayers(layerList)
	if err != nil {
		return contender{}, err
	}
	stored := map[string]tile.Tile{}
	for _, t := range list {
		made, err := server.Tile(ctx, tile.Request{District: district.Code, Layers: layers, Z: uint32(t.Z), X: t.X, Y: t.Y})
		if err != nil {
			return contender{}, err
		}
		stored[fmt.Sprintf("%d/%d/%d", t.Z, t.X, t.Y)] = made
	}
	return overHTTP("plain memory server", func(w http.ResponseWriter, _ *http.Request, z, x, y string) error {
		body, encoding, tag := stored[z+"/"+x+"/"+y].Representation(true)
		send(w, body, encoding, tag)
		return nil
	})
}

func send(w http.ResponseWriter, body []byte, encoding, tag string) {
	h := w.Header()
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", tag)
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	_, _ = w.Write(body) // a client that has gone is no fault of ours
}

// overHTTP serves tiles on the loopback and returns a client of that server.
func overHTTP(name string, serve func(w http.ResponseWriter, r *http.Request, z, x, y string) error) (contender, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return contender{}, err
	}
	server := &http.Server{
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			parts := strings.Split(strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/"), ".mvt"), "/")
			if len(parts) != 3 {
				http.NotFound(w, r)
				return
			}
			if err := serve(w, r, parts[0], parts[1], parts[2]); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		}),
	}
	go server.Serve(listener)
	transport := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	client := &http.Client{Transport: transport}
	return contender{
		name: name,
		fetch: func(ctx context.Context, t maptile.Tile) (int, error) {
			return get(ctx, client, fmt.Sprintf("http://%s/%d/%d/%d.mvt", listener.Addr(), t.Z, t.X, t.Y))
		},
		close: func() {
			transport.CloseIdleConnections()
			server.Close()
		},
	}, nil
}
