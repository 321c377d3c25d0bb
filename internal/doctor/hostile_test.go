package doctor

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

// readThrough opens a file as the doctor does and reads every row.
func readThrough(ctx context.Context, path string) string {
	rows := 0
	set, err := openFile(ctx, path, geofile.Options{Name: filepath.Base(path)})
	if err == nil {
		for _, l := range set.Layers {
			if err = l.Rows(ctx, func(geofile.Finding) {}, func(geofile.Row) error { rows++; return nil }); err != nil {
				break
			}
		}
		if set.Close != nil {
			err = errors.Join(err, set.Close())
		}
	}
	said := "read"
	var refused *geofile.RefusedError
	switch {
	case errors.As(err, &refused):
		said = "refused: " + refused.Detail
	case err != nil:
		said = geofiletest.Failed + err.Error()
	}
	return fmt.Sprintf("%d rows, %s", rows, said)
}

func TestHostileChild(t *testing.T) { geofiletest.Child(t, readThrough) }

func archiveOf(t *testing.T, name string, entries map[string]func(w *bufio.Writer)) string {
	return geofiletest.Made(t, name, func(out *bufio.Writer) {
		z := zip.NewWriter(out)
		for entry, write := range entries {
			e, err := z.Create(entry)
			if err != nil {
				t.Fatal(err)
			}
			w := bufio.NewWriter(e)
			write(w)
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func say(text string) func(*bufio.Writer) {
	return func(w *bufio.Writer) { _, _ = w.WriteString(text) }
}

// database is a GeoPackage of hostile statements.
func database(t *testing.T, statements ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.gpkg")
	db, err := sql.Open("sqlite", "file:"+path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, s := range append([]string{
		`create table gpkg_contents (table_name text primary key, data_type text, identifier text, description text, last_change text, min_x real, min_y real, max_x real, max_y real, srs_id integer)`,
		`create table gpkg_spatial_ref_sys (srs_name text, srs_id integer primary key, organization text, organization_coordsys_id integer, definition text, description text)`,
		`create table gpkg_geometry_columns (table_name text, column_name text, geometry_type_name text, srs_id integer, z integer, m integer)`,
		`insert into gpkg_contents values ('小区', 'features', '小区', '', '2026-01-01', 0, 0, 1, 1, 4490)`,
		`insert into gpkg_geometry_columns values ('小区', 'geom', 'GEOMETRY', 4490, 0, 0)`,
	}, statements...) {
		if _, err := db.Exec(s); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
	}
	return path
}

func drawing(blocks, entities string) string {
	return "0\nSECTION\n2\nBLOCKS\n" + blocks + "0\nENDSEC\n0\nSECTION\n2\nENTITIES\n" + entities + "0\nENDSEC\n0\nEOF\n"
}

func block(name, of string) string {
	return "0\nBLOCK\n2\n" + name + "\n10\n0\n20\n0\n" + of + "0\nENDBLK\n"
}

func insert(name string, more string) string {
	return "0\nINSERT\n8\n0\n2\n" + name + "\n10\n0\n20\n0\n" + more
}

// hostile are files that ask for more than they are.
func hostile(t *testing.T) map[string]string {
	line := "0\nLINE\n8\n0\n10\n0\n20\n0\n11\n1\n21\n1\n"
	nest := block("b0", strings.Repeat(line, 10))
	for n := 1; n <= 9; n++ { // a thousand million lines
		nest += block(fmt.Sprint("b", n), strings.Repeat(insert(fmt.Sprint("b", n-1), ""), 10))
	}
	shp := func(records ...[]byte) []byte {
		head := make([]byte, 100)
		binary.BigEndian.PutUint32(head, 9994)
		binary.BigEndian.PutUint32(head[24:], 0x7fffffff)
		binary.LittleEndian.PutUint32(head[28:], 1000)
		binary.LittleEndian.PutUint32(head[32:], 5)
		return append(head, bytes.Join(records, nil)...)
	}
	polygon := make([]byte, 8+44)
	binary.BigEndian.PutUint32(polygon, 1)
	binary.BigEndian.PutUint32(polygon[4:], 0x7ffffff0)
	binary.LittleEndian.PutUint32(polygon[8:], 5)
	binary.LittleEndian.PutUint32(polygon[8+36:], 0x7fffffff)
	binary.LittleEndian.PutUint32(polygon[8+40:], 0x7fffffff)
	dbf := make([]byte, 65)
	dbf[0] = 3
	binary.LittleEndian.PutUint32(dbf[4:], 0xffffffff)
	binary.LittleEndian.PutUint16(dbf[8:], 65)
	binary.LittleEndian.PutUint16(dbf[10:], 0xffff)
	copy(dbf[32:], "NAME")
	dbf[43], dbf[48], dbf[64] = 'C', 254, 0x0d
	const workbook = `<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>`
	const relations = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	const rootRelations = `<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	const types = `<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
	book := func(name string, sheet, strs func(*bufio.Writer)) string {
		return archiveOf(t, name, map[string]func(*bufio.Writer){
			"[Content_Types].xml": say(types), "_rels/.rels": say(rootRelations), "xl/workbook.xml": say(workbook), "xl/_rels/workbook.xml.rels": say(relations),
			"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": strs,
		})
	}
	const sheetHead, sheetEnd = `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`, `</sheetData></worksheet>`
	number := 0
	varied := func(w *bufio.Writer, times int, of string) { // packs badly enough to pass for honest
		for range times {
			number = (number*1103515245 + 12345) & 0x7fffffff
			fmt.Fprintf(w, of, number)
		}
	}
	fgb := []byte("fgb\x03fgb\x00")
	return map[string]string{
		"shapefile: lying counts": archiveOf(t, "a.zip", map[string]func(*bufio.Writer){"小区.shp": say(string(shp(polygon))), "小区.dbf": say(string(dbf))}),
		"shapefile: zeros":        archiveOf(t, "a.zip", map[string]func(*bufio.Writer){"小区.shp": func(w *bufio.Writer) { geofiletest.Repeat(w, strings.Repeat("\x00", 1<<20), 300) }}),
		"geopackage: endless view": database(t,
			`create view 小区 as with recursive c(x) as (select 1 union all select x + 1 from c) select x as fid, null as geom, x as 名称 from c`),
		"geopackage: huge value": database(t, `create view 小区 as select 1 as fid, zeroblob(900000000) as geom, hex(zeroblob(400000000)) as 名称`),
		"geopackage: trigger and loadable": database(t, `create table 小区 (fid integer primary key, geom blob, 名称 text default (randomblob(500000000)))`,
			`create trigger 坏 after insert on 小区 begin select load_extension('x'); end`),
		"geojson: deep": geofiletest.Made(t, "a.geojson", func(w *bufio.Writer) {
			geofiletest.Repeat(w, `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":`, 1)
			geofiletest.Repeat(w, "[", 1_000_000)
		}),
		"geojson: one text of 64 MB": geofiletest.Made(t, "a.geojson", func(w *bufio.Writer) {
			geofiletest.Repeat(w, `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":"`, 1)
			geofiletest.Repeat(w, strings.Repeat("a", 1<<20), 64)
			geofiletest.Repeat(w, `"},"geometry":null}]}`, 1)
		}),
		"geojson: eight million points": geofiletest.Made(t, "a.geojson", func(w *bufio.Writer) {
			geofiletest.Repeat(w, `{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"LineString","coordinates":[[0,0]`, 1)
			geofiletest.Repeat(w, ",[1,1]", 8_000_000)
			geofiletest.Repeat(w, `]}}]}`, 1)
		}),
		"kml: entities": geofiletest.Made(t, "a.kml", say(`<?xml version="1.0"?><!DOCTYPE k [<!ENTITY a "aaaaaaaaaaaaaaaa"><!ENTITY b "`+strings.Repeat("&a;", 1000)+`"><!ENTITY c "`+strings.Repeat("&b;", 1000)+`">]><kml><Document><name>&c;</name></Document></kml>`)),
		"kml: nested folders": geofiletest.Made(t, "a.kml", func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<kml xmlns="http://www.opengis.net/kml/2.2"><Document>`, 1)
			geofiletest.Repeat(w, "<Folder>", 500_000)
		}),
		"kml: attributes": geofiletest.Made(t, "a.kml", func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<kml xmlns="http://www.opengis.net/kml/2.2"><Document `, 1)
			varied(w, 2_000_000, `a%d="1" `)
			geofiletest.Repeat(w, `></Document></kml>`, 1)
		}),
		"kmz: zeros":         archiveOf(t, "a.kmz", map[string]func(*bufio.Writer){"doc.kml": func(w *bufio.Writer) { geofiletest.Repeat(w, strings.Repeat(" ", 1<<20), 300) }}),
		"dxf: itself":        geofiletest.Made(t, "a.dxf", say(drawing(block("a", line+insert("a", "")), insert("a", "")))),
		"dxf: each other":    geofiletest.Made(t, "a.dxf", say(drawing(block("a", line+insert("b", ""))+block("b", insert("a", "")+insert("a", "")), insert("a", "")))),
		"dxf: ten to the 10": geofiletest.Made(t, "a.dxf", say(drawing(nest, insert("b9", "")))),
		"dxf: rows":          geofiletest.Made(t, "a.dxf", say(drawing(block("a", line), insert("a", "70\n32000\n71\n32000\n44\n1\n45\n1\n")))),
		"dxf: one line of 64 MB": geofiletest.Made(t, "a.dxf", func(w *bufio.Writer) {
			geofiletest.Repeat(w, "0\nSECTION\n2\nENTITIES\n0\nTEXT\n1\n", 1)
			geofiletest.Repeat(w, strings.Repeat("a", 1<<20), 64)
		}),
		"fgb: huge header":  geofiletest.Made(t, "a.fgb", say(string(append(fgb, 0xff, 0xff, 0xff, 0x7f)))),
		"fgb: lying header": geofiletest.Made(t, "a.fgb", say(string(append(append(fgb, 0, 1, 0, 0), bytes.Repeat([]byte{0xff, 0xff, 0xff, 0x7f}, 100)...)))),
		"csv: one line of 64 MB": geofiletest.Made(t, "a.csv", func(w *bufio.Writer) {
			geofiletest.Repeat(w, strings.Repeat("a", 1<<20), 64)
		}),
		"csv: a quote that stays open": geofiletest.Made(t, "a.csv", func(w *bufio.Writer) {
			geofiletest.Repeat(w, "名称,经度,纬度\n\"", 1)
			geofiletest.Repeat(w, strings.Repeat("a,\n", 1<<19), 42)
		}),
		"csv: a million columns": geofiletest.Made(t, "a.csv", func(w *bufio.Writer) {
			geofiletest.Repeat(w, "列,", 1_000_000)
			geofiletest.Repeat(w, "\n", 1)
			geofiletest.Repeat(w, "1,", 1_000_000)
		}),
		"xlsx: a million empty rows": book("a.xlsx", func(w *bufio.Writer) {
			geofiletest.Repeat(w, sheetHead, 1)
			for n := range 1_000_000 {
				fmt.Fprintf(w, `<row r="%d"/>`, n+1)
			}
			geofiletest.Repeat(w, sheetEnd, 1)
		}, say(`<sst/>`)),
		"xlsx: shared strings": book("a.xlsx", say(sheetHead+`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`+sheetEnd), func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<?xml version="1.0"?><sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`, 1)
			varied(w, 400_000, `<si><t>%x</t></si>`)
			geofiletest.Repeat(w, `</sst>`, 1)
		}),
		"xlsx: depth": book("a.xlsx", func(w *bufio.Writer) {
			geofiletest.Repeat(w, sheetHead, 1)
			varied(w, 600_000, `<a x="%d">`)
		}, say(`<sst/>`)),
	}
}

// However a file is made to hurt, it is refused in a sentence or read as far as
// it is bounded, in bounded memory and time.
func TestHostileFilesAreReadInBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("makes files of some hundred MB")
	}
	for name, path := range hostile(t) {
		t.Run(name, func(t *testing.T) {
			geofiletest.Bounded(t, "TestHostileChild", path)
		})
	}
}
