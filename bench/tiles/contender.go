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
	"github.com/paulmach/orb"
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

// closing ends something else with a contender, after it.
func (c contender) closing(also func()) contender {
	stop := c.close
	c.close = func() {
		stop()
		also()
	}
	return c
}

// peers is the table that the other servers' queries read: everything that a tile of
// the buildings carries in one row, stored in EPSG:3857 with an index, as whoever sets
// such a server up would make it. They need no join and no district.
const peers = `
	create schema if not exists peers;
	drop table if exists peers.building;
	create table peers.building as
	select b.id, b.code, c.code as community_code, b.storeys, b.built_year, b.households, c.eligibility, b.geom_3857 as geom
	from building b
	left join community c on c.district_code = b.district_code and c.id = b.community_id;
	alter table peers.building add primary key (id);
	alter table peers.building alter column geom type geometry(MultiPolygon, 3857);
	create index on peers.building using gist (geom);
	analyze peers.building`

// layPeers makes the table of the other servers.
func layPeers(ctx context.Context, db *postgis.DB) error {
	if _, err := db.Pool.Exec(ctx, peers); err != nil {
		return fmt.Errorf("lay the table of the other servers out: %w", err)
	}
	return nil
}

// queried opens connections as a server in front of PostGIS has them.
func queried(ctx context.Context, url string, connections int, parallel string) (*pgxpool.Pool, error) {
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	config.MaxConns = int32(connections)
	config.ConnConfig.RuntimeParams["max_parallel_workers_per_gather"] = parallel
	config.ConnConfig.RuntimeParams["jit"] = "off"
	return pgxpool.NewWithConfig(ctx, config)
}

// floor is the query that every tile server in front of PostGIS ends in, with
// nothing around it: no HTTP, no compression, no cache.
func floor(ctx context.Context, url string, connections int) (contender, error) {
	pool, err := queried(ctx, url, connections, "0")
	if err != nil {
		return contender{}, err
	}
	const query = `
		select ST_AsMVT(t, 'buildings', 4096, 'geom', 'id')
		from (
		    select id, code, community_code, storeys, built_year, households, eligibility,
		           ST_AsMVTGeom(geom, ST_TileEnvelope($1, $2, $3), 4096, 64, true) as geom
		    from peers.building
		    where geom && ST_TileEnvelope($1, $2, $3, margin => 64.0 / 4096)
		) t
		where t.geom is not null`
	return contender{
		name: "SQL floor",
		fetch: func(ctx context.Context, t maptile.Tile) (int, error) {
			var body []byte
			err := pool.QueryRow(ctx, query, int(t.Z), int(t.X), int(t.Y)).Scan(&body)
			return len(body), err
		},
		close: pool.Close,
	}, nil
}

// pgTileserv asks as pg_tileserv 1.0.11 does: the tile's sides written into the text,
// at most 10,000 features, ST_Intersects, and a buffer (DefaultBuffer) of 64 units
// here instead of its 256. It compresses nothing.
func pgTileserv(ctx context.Context, name, url string, connections int, parallel string) (contender, error) {
	pool, err := queried(ctx, url, connections, parallel)
	if err != nil {
		return contender{}, err
	}
	return asked(name, pool, func(t maptile.Tile) (string, []any) {
		b := mercatorBound(t)
		side := b.Max[0] - b.Min[0]
		margin := side * 64 / 4096
		return fmt.Sprintf(`
			SELECT ST_AsMVT(mvtgeom, 'peers.building', 4096, 'geom', 'id') FROM (
				SELECT ST_AsMVTGeom(
					ST_Transform(ST_Force2D(t."geom"), 3857),
					bounds.geom_clip, 4096, 64) AS "geom",
					"id", "code", "community_code", "storeys", "built_year", "households", "eligibility"
				FROM "peers"."building" t, (
					SELECT ST_MakeEnvelope(%[1]g, %[2]g, %[3]g, %[4]g, 3857) AS geom_clip,
						ST_Expand(ST_MakeEnvelope(%[1]g, %[2]g, %[3]g, %[4]g, 3857), %[5]g) AS geom_query
				) bounds
				WHERE ST_Intersects(t."geom", ST_Transform(bounds.geom_query, 3857))
				LIMIT 10000
			) mvtgeom`, b.Min[0], b.Min[1], b.Max[0], b.Max[1], margin), nil
	})
}

// martin asks as Martin 0.14 does of a table: prepared, the tile as arguments.
func martin(ctx context.Context, url string, connections int) (contender, error) {
	pool, err := queried(ctx, url, connections, "2")
	if err != nil {
		return contender{}, err
	}
	const query = `
		SELECT ST_AsMVT(tile, 'building', 4096, 'geom', 'id')
		FROM (
		  SELECT
		    ST_AsMVTGeom(
		        ST_Transform(ST_CurveToLine("geom"), 3857),
		        ST_TileEnvelope($1::integer, $2::integer, $3::integer),
		        4096, 64, true
		    ) AS geom
		    , "id", "code", "community_code", "storeys", "built_year", "households", "eligibility"
		  FROM "peers"."building"
		  WHERE "geom" && ST_Transform(ST_TileEnvelope($1::integer, $2::integer, $3::integer, margin => 0.015625), 3857)
		) AS tile`
	return asked("Martin's query", pool, func(t maptile.Tile) (string, []any) {
		return query, []any{int(t.Z), int(t.X), int(t.Y)}
	})
}

// asked is a server that answers with what one query returns.
func asked(name string, pool *pgxpool.Pool, query func(t maptile.Tile) (string, []any)) (contender, error) {
	c, err := overHTTP(name, "identity", func(w http.ResponseWriter, r *http.Request, t maptile.Tile) error {
		sql, values := query(t)
		var body []byte
		if err := pool.QueryRow(r.Context(), sql, values...).Scan(&body); err != nil {
			return err
		}
		send(w, tile.Tile{Body: body})
		return nil
	})
	if err != nil {
		pool.Close()
		return contender{}, err
	}
	return c.closing(pool.Close), nil
}

// mercatorBound is a tile in EPSG:3857.
func mercatorBound(t maptile.Tile) orb.Bound {
	const half = 20037508.342789244
	side := 2 * half / float64(uint32(1)<<t.Z)
	west, north := float64(t.X)*side-half, half-float64(t.Y)*side
	return orb.Bound{Min: orb.Point{west, north - side}, Max: orb.Point{west + side, north}}
}

// service is the tile server behind HTTP, as people reach it.
func service(name, encoding string, db *postgis.DB, config tile.Config, layerList string) (contender, error) {
	server, err := tile.New(db, config, slog.New(slog.DiscardHandler))
	if err != nil {
		return contender{}, err
	}
	layers, err := server.ParseLayers(layerList)
	if err != nil {
		return contender{}, err
	}
	c, err := overHTTP(name, encoding, func(w http.ResponseWriter, r *http.Request, t maptile.Tile) error {
		made, err := server.Tile(r.Context(), tile.Request{District: district.Code, Layers: layers, Z: uint32(t.Z), X: t.X, Y: t.Y, Takes: takes[encoding]})
		if err != nil {
			return err
		}
		send(w, made)
		return nil
	})
	if err != nil {
		server.Close()
		return contender{}, err
	}
	return c.closing(server.Close), nil
}

var takes = map[string]tile.Encodings{"identity": 0, "gzip": tile.Gzip, "zstd": tile.Zstd}

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
	stored := map[maptile.Tile]tile.Tile{}
	for _, t := range list {
		made, err := server.Tile(ctx, tile.Request{District: district.Code, Layers: layers, Z: uint32(t.Z), X: t.X, Y: t.Y, Takes: tile.Gzip})
		if err != nil {
			return contender{}, err
		}
		stored[t] = made
	}
	return overHTTP("plain memory server", "gzip", func(w http.ResponseWriter, _ *http.Request, t maptile.Tile) error {
		send(w, stored[t])
		return nil
	})
}

func send(w http.ResponseWriter, t tile.Tile) {
	h := w.Header()
	h.Set("Content-Type", "application/vnd.mapbox-vector-tile")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", t.ETag)
	if t.Encoding != "" {
		h.Set("Content-Encoding", t.Encoding)
	}
	_, _ = w.Write(t.Body) // a client that has gone is no fault of ours
}

// overHTTP serves tiles on the loopback and returns a client of that server that
// takes one encoding.
func overHTTP(name, encoding string, serve func(w http.ResponseWriter, r *http.Request, t maptile.Tile) error) (contender, error) {
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
			z, x, y, err := tile.ParsePlace(parts[0], parts[1], parts[2])
			if err == nil {
				err = serve(w, r, maptile.New(x, y, maptile.Zoom(z)))
			}
			if err != nil {
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
			return get(ctx, client, fmt.Sprintf("http://%s/%d/%d/%d.mvt", listener.Addr(), t.Z, t.X, t.Y), encoding)
		},
		close: func() {
			transport.CloseIdleConnections()
			server.Close()
		},
	}, nil
}
