// Package geopackage reads and writes OGC GeoPackages (OGC 12-128r17, version
// 1.3): layers of features in an SQLite file, with an index, Chinese names and
// styles that QGIS takes by itself. It must never open a file for writing that
// somebody sent, run what stands in one, or trust a count in it.
package geopackage

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// Options say how a file is written.
type Options struct {
	At          time.Time // of the data; the same time and layers give the same bytes
	Description string    // of every layer: attribution and notices
	Dir         string    // for the file while it grows; "" is the system's
}

// Write writes layers, each as a table of its own. Memory does not grow with the
// features but for their index, 24 bytes each.
func Write(ctx context.Context, w io.Writer, layers []geofile.Layer, o Options) (err error) {
	file, err := os.CreateTemp(o.Dir, "lianpian-*.gpkg")
	if err != nil {
		return fmt.Errorf("write a GeoPackage: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close(), os.Remove(file.Name())) }()
	if err := fill(ctx, file.Name(), layers, o); err != nil {
		return fmt.Errorf("write a GeoPackage: %w", err)
	}
	if _, err := io.Copy(w, file); err != nil {
		return fmt.Errorf("write a GeoPackage: %w", err)
	}
	return nil
}

func fill(ctx context.Context, name string, layers []geofile.Layer, o Options) (err error) {
	db, err := sql.Open("sqlite", "file:"+escapePath(name)+
		"?_pragma=page_size(4096)&_pragma=journal_mode(OFF)&_pragma=synchronous(OFF)&_pragma=locking_mode(EXCLUSIVE)&_pragma=cache_size(-16384)")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	p := &pack{ctx: ctx, conn: conn, at: o.At.UTC().Format("2006-01-02T15:04:05.000Z"), note: o.Description}
	p.exec(`begin`)
	p.exec(schema)
	p.exec(layerStyles)
	p.exec(`insert into gpkg_contents (table_name, data_type, identifier, last_change) values ('layer_styles', 'attributes', 'layer_styles', ?)`, p.at)
	for _, l := range layers {
		p.layer(l)
	}
	p.exec(`commit`)
	return p.err
}

// pack is a GeoPackage that grows. The first error stays and stops the rest.
type pack struct {
	ctx  context.Context
	conn *sql.Conn
	at   string
	note string
	srs  map[string]int64 // ids by CRS.String
	err  error
}

func (p *pack) exec(query string, args ...any) {
	if p.err == nil {
		_, p.err = p.conn.ExecContext(p.ctx, query, args...)
	}
}

// system registers a coordinate system and returns its id in the file.
func (p *pack) system(c geo.CRS) int64 {
	if id, there := p.srs[c.String()]; there {
		return id
	}
	if p.srs == nil {
		p.srs = map[string]int64{}
	}
	id, organization := int64(c.SRID()), "EPSG"
	if id == 0 { // a zone of a town's own
		id, organization = int64(100_001+len(p.srs)), "NONE"
	}
	p.srs[c.String()] = id
	p.exec(`insert or ignore into gpkg_spatial_ref_sys values (?, ?, ?, ?, ?, ?)`, c.Name(), id, organization, id, c.WKT(), c.String())
	return id
}

func (p *pack) layer(l geofile.Layer) {
	if p.err != nil {
		return
	}
	t := newTable(l, p.system(l.CRS))
	p.exec(t.create())
	p.exec(`insert into gpkg_contents (table_name, data_type, identifier, description, last_change, srs_id) values (?, ?, ?, ?, ?, ?)`,
		l.Name, t.dataType(), p.identifier(l), p.note, p.at, t.srs)
	if l.Shape != geofile.NoShape {
		p.exec(`insert into gpkg_geometry_columns values (?, 'geom', ?, ?, 0, 0)`, l.Name, t.kind, t.srs)
	}
	if p.err == nil {
		if p.err = t.insert(p.ctx, p.conn, l); p.err != nil {
			p.err = fmt.Errorf("layer %s: %w", l.Name, p.err)
			return
		}
	}
	p.titles(l)
	if l.Shape == geofile.NoShape {
		return
	}
	if !t.bound.IsEmpty() {
		p.exec(`update gpkg_contents set min_x = ?, min_y = ?, max_x = ?, max_y = ? where table_name = ?`,
			t.bound.Min[0], t.bound.Min[1], t.bound.Max[0], t.bound.Max[1], l.Name)
	}
	p.index(t)
	p.exec(`insert into layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, styleQML, styleSLD, useAsDefault, description, owner, ui, update_time)
		values ('', '', ?, 'geom', ?, ?, ?, 1, ?, '', '', ?)`, l.Name, l.Title, qml(l), sld(l), l.Title, p.at)
}

// identifier is the title of a layer; no two may have the same.
func (p *pack) identifier(l geofile.Layer) string {
	if l.Title == "" || p.err != nil {
		return l.Name
	}
	var taken bool
	p.err = p.conn.QueryRowContext(p.ctx, `select exists (select 1 from gpkg_contents where identifier = ?)`, l.Title).Scan(&taken)
	if taken {
		return l.Title + " " + l.Name
	}
	return l.Title
}

// titles gives the fields their Chinese names (the schema extension).
func (p *pack) titles(l geofile.Layer) {
	taken := map[string]bool{}
	for _, f := range l.Fields {
		name := f.Title
		if name == "" || taken[name] {
			name = f.Name
		}
		taken[name] = true
		note := f.Note
		if f.Unit != "" {
			note = "单位：" + f.Unit + map[bool]string{true: "；"}[note != ""] + note
		}
		p.exec(`insert into gpkg_data_columns (table_name, column_name, name, title, description) values (?, ?, ?, ?, ?)`,
			l.Name, f.Name, name, name, note)
	}
}
