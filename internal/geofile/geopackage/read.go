package geopackage

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/lianpian/lianpian/internal/seal"

	"modernc.org/sqlite"
	"modernc.org/sqlite/vfs"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// SQLite's numbers of limits (sqlite3.h).
const (
	limitLength      = 0
	limitSQL         = 1
	limitColumns     = 2
	limitExprDepth   = 3
	limitCompound    = 4
	limitAttached    = 7
	limitLikePattern = 8
	limitTrigger     = 10
)

const (
	maxValueBytes = 64 << 20 // of one cell
	maxTables     = 500
	maxColumns    = 500
)

// Open reads what layers a GeoPackage has. The file is neither changed nor locked.
func Open(ctx context.Context, path string, o geofile.Options) (*geofile.Dataset, error) {
	if err := look(path, o.Key, o.Limits.Filled()); err != nil {
		return nil, err
	}
	name, unsealed := "file:"+escapePath(path)+"?", func() error { return nil }
	if o.Key != nil {
		system, files, err := vfs.New(sealedFile{path, o.Key})
		if err != nil {
			return nil, fmt.Errorf("open a GeoPackage: %w", err)
		}
		name, unsealed = "file:"+sealedName+"?vfs="+system+"&", files.Close
	}
	db, err := sql.Open("sqlite", name+"mode=ro&immutable=1&_pragma=trusted_schema(OFF)&_pragma=cell_size_check(ON)&_pragma=query_only(ON)&_pragma=cache_size(-8192)&_pragma=mmap_size(0)&_pragma=temp_store(2)")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open a GeoPackage: %w", err), unsealed())
	}
	db.SetMaxOpenConns(4)
	r := &reader{db: db, limits: o.Limits.Filled()}
	set, err := r.dataset(ctx)
	if err != nil {
		return nil, errors.Join(r.refusal(ctx, err), db.Close(), unsealed())
	}
	set.Close = func() error { return errors.Join(db.Close(), unsealed()) }
	return set, nil
}

// sealedName is what a sealed file is called for SQLite.
const sealedName = "sealed.gpkg"

// sealedFile is a file system of one sealed file, for SQLite to read.
type sealedFile struct {
	path string
	key  *seal.Key
}

// Open opens the file; there is no other beside it.
func (s sealedFile) Open(name string) (fs.File, error) {
	if filepath.Base(name) != sealedName {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return seal.Open(s.path, s.key)
}

// look refuses what is no SQLite file, before SQLite sees it.
func look(path string, key *seal.Key, limits geofile.Limits) error {
	file, err := seal.Open(path, key)
	if err != nil {
		return fmt.Errorf("open a GeoPackage: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("open a GeoPackage: %w", err)
	}
	if info.Size() > limits.Bytes {
		return geofile.Refuse("GeoPackage 超过 %d MiB 的上限。", limits.Bytes>>20)
	}
	head := make([]byte, 100)
	n, _ := file.Read(head)
	if n < len(head) || !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return geofile.Refuse("文件不是 GeoPackage：内容不是 SQLite 数据库。")
	}
	return nil
}

// reader reads one file through one connection.
type reader struct {
	db     *sql.DB
	limits geofile.Limits
}

// refusal turns what SQLite says about a file into one sentence; a context's end
// and refusals stay what they are.
func (r *reader) refusal(ctx context.Context, err error) error {
	var refused *geofile.RefusedError
	var fault *sqlite.Error
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &refused):
		return err
	case errors.As(err, &fault):
		return geofile.Refuse("GeoPackage 已损坏或不完整，无法读取。")
	}
	return err
}

// bounded returns the connection with limits on what a hostile schema may ask for.
func (r *reader) bounded(ctx context.Context) (*sql.Conn, error) {
	conn, err := r.db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	for id, value := range map[int]int{
		limitLength: maxValueBytes, limitSQL: 1 << 20, limitColumns: 2000, limitExprDepth: 200,
		limitCompound: 50, limitAttached: 0, limitLikePattern: 1000, limitTrigger: 1,
	} {
		if _, err := sqlite.Limit(conn, id, value); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
	}
	return conn, nil
}

func (r *reader) dataset(ctx context.Context) (*geofile.Dataset, error) {
	conn, err := r.bounded(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = conn.Close() }()
	var contents bool
	if err := conn.QueryRowContext(ctx, `select exists (select 1 from sqlite_master where lower(name) = 'gpkg_contents')`).Scan(&contents); err != nil {
		return nil, err
	}
	if !contents {
		return nil, geofile.Refuse("文件是 SQLite 数据库，但不是 GeoPackage：缺少 gpkg_contents 表。")
	}
	tables, err := listTables(ctx, conn)
	if err != nil {
		return nil, err
	}
	set := &geofile.Dataset{Format: "geopackage"}
	for _, t := range tables {
		source, err := r.source(ctx, conn, t)
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", t.name, err)
		}
		if source == nil {
			set.Findings = append(set.Findings, geofile.Finding{Kind: "missing_table", Layer: t.name, Detail: fmt.Sprintf("图层 %s 登记在目录中，但文件里没有这个表。", t.name)})
			continue
		}
		set.Layers = append(set.Layers, *source)
	}
	if len(set.Layers) == 0 {
		return nil, geofile.Refuse("GeoPackage 中没有矢量图层。")
	}
	return set, nil
}

// listed is a table as the catalogue has it.
type listed struct {
	name, geometry, kind string
	srs                  int64
	z, m                 int64
}

func listTables(ctx context.Context, conn *sql.Conn) ([]listed, error) {
	geometries := `select '' as table_name, '' as column_name, '' as geometry_type_name, 0 as srs_id, 0 as z, 0 as m where false`
	var there bool
	if err := conn.QueryRowContext(ctx, `select exists (select 1 from sqlite_master where lower(name) = 'gpkg_geometry_columns')`).Scan(&there); err != nil {
		return nil, err
	}
	if there {
		geometries = `select table_name, column_name, geometry_type_name, srs_id, z, m from gpkg_geometry_columns`
	}
	rows, err := conn.QueryContext(ctx, `
		select c.table_name, coalesce(g.column_name, ''), upper(coalesce(g.geometry_type_name, '')),
		       coalesce(g.srs_id, c.srs_id, 0), coalesce(g.z, 0), coalesce(g.m, 0)
		from gpkg_contents c
		left join (`+geometries+`) g on lower(g.table_name) = lower(c.table_name)
		where c.data_type in ('features', 'attributes', 'aspatial') and lower(c.table_name) not in ('layer_styles', 'qgis_projects')
		      and lower(c.table_name) not like 'gpkg@_%' escape '@'
		order by c.rowid limit ?`, maxTables+1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []listed
	for rows.Next() {
		var t listed
		if err := rows.Scan(&t.name, &t.geometry, &t.kind, &t.srs, &t.z, &t.m); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	if len(out) > maxTables {
		return nil, geofile.Refuse("GeoPackage 超过 %d 个图层的上限。", maxTables)
	}
	return out, rows.Err()
}

// column is a column of a table as SQLite has it.
type column struct {
	name, kind string
	key        bool
}

func columns(ctx context.Context, conn *sql.Conn, name string) ([]column, error) {
	rows, err := conn.QueryContext(ctx, `select name, upper(type), pk from pragma_table_info(?) limit ?`, name, maxColumns+1)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var out []column
	for rows.Next() {
		var c column
		var key int
		if err := rows.Scan(&c.name, &c.kind, &key); err != nil {
			return nil, err
		}
		c.key = key > 0
		out = append(out, c)
	}
	if len(out) > maxColumns {
		return nil, geofile.Refuse("图层 %s 超过 %d 个字段的上限。", name, maxColumns)
	}
	return out, rows.Err()
}

// source describes a layer; nil where its table is not there.
func (r *reader) source(ctx context.Context, conn *sql.Conn, t listed) (*geofile.Source, error) {
	all, err := columns(ctx, conn, t.name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	layer := layer{reader: r, listed: t}
	titles, err := r.titles(ctx, conn, t.name)
	if err != nil {
		return nil, err
	}
	for _, c := range all {
		switch {
		case strings.EqualFold(c.name, t.geometry):
			layer.geometry = c.name
		case c.key && isInteger(c.kind):
			layer.key = c.name
		default:
			layer.columns = append(layer.columns, c)
			layer.fields = append(layer.fields, geofile.Field{Name: c.name, Title: titles[strings.ToLower(c.name)], Kind: fieldKind(c.kind)})
		}
	}
	source := &geofile.Source{Name: t.name, Shape: shapeOf(t.kind), Fields: layer.fields, Rows: layer.rows}
	if t.geometry != "" && layer.geometry == "" {
		source.Shape = geofile.NoShape
	}
	if err := conn.QueryRowContext(ctx, `select count(*) from (select 1 from `+quote(t.name)+` limit ?)`, r.limits.Rows+1).Scan(&source.Count); err != nil {
		return nil, err
	}
	if source.Count > r.limits.Rows {
		return nil, geofile.Refuse("图层 %s 超过 %d 行的上限，请分成几个文件。", t.name, r.limits.Rows)
	}
	source.CRS, source.CRSText, err = r.system(ctx, conn, t.srs)
	return source, err
}

func (r *reader) titles(ctx context.Context, conn *sql.Conn, table string) (map[string]string, error) {
	var there bool
	err := conn.QueryRowContext(ctx, `select exists (select 1 from sqlite_master where lower(name) = 'gpkg_data_columns')`).Scan(&there)
	if err != nil || !there {
		return nil, err
	}
	rows, err := conn.QueryContext(ctx, `
		select lower(column_name), coalesce(title, name, '') from gpkg_data_columns where lower(table_name) = lower(?) limit 1000`, table)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	out := map[string]string{}
	for rows.Next() {
		var column, title string
		if err := rows.Scan(&column, &title); err != nil {
			return nil, err
		}
		out[column] = title
	}
	return out, rows.Err()
}

// system reads a coordinate system of the file. What is not known here leaves
// its text.
func (r *reader) system(ctx context.Context, conn *sql.Conn, id int64) (*geo.CRS, string, error) {
	var organization, definition string
	var code int64
	err := conn.QueryRowContext(ctx, `
		select upper(organization), organization_coordsys_id, definition from gpkg_spatial_ref_sys where srs_id = ?`, id).
		Scan(&organization, &code, &definition)
	switch {
	case errors.Is(err, sql.ErrNoRows), err == nil && id <= 0:
		return nil, "", nil
	case err != nil:
		return nil, "", err
	}
	if organization == "EPSG" && code == int64(int(code)) {
		if c, ok := geo.NewCRS(int(code)); ok {
			return &c, fmt.Sprintf("EPSG:%d", code), nil
		}
	}
	if c, known, _, err := geo.ReadWKT(definition); err == nil && known {
		return &c, definition, nil
	}
	if definition == "" || definition == "undefined" {
		definition = fmt.Sprintf("%s:%d", organization, code)
	}
	return nil, definition, nil
}
