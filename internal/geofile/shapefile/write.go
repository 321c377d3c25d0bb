package shapefile

import (
	"archive/zip"
	"bufio"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// WriteOptions say how a Shapefile is written. The zero value is UTF-8.
type WriteOptions struct {
	Encoding string                // of texts: utf-8, gbk or gb18030; a file in GBK with a character that GBK lacks is in GB18030
	At       time.Time             // goes into the files as the moment they were made; the zero value is 1980-01-01
	Notice   func(geofile.Finding) // is told what could not be kept: texts that were cut, characters that GBK lacks; it stands in 注意.txt of the archive too
}

// maxFile is how long a .shp or .dbf may be: programs read their lengths as signed
// 32-bit numbers.
const maxFile = 1<<31 - 1

// Write writes a ZIP archive with a Shapefile for each layer and each type of
// geometry in it, and a dictionary of the fields, whose names have ten bytes at
// most. A layer without geometry is a .dbf alone. Empty texts come back as unknown:
// the format cannot tell them apart. Layers are run through once; memory does not
// grow with them.
func Write(ctx context.Context, w io.Writer, layers []geofile.Layer, opts WriteOptions) error {
	encode, encoding, ok := charset.Encoder(opts.Encoding)
	if !ok {
		return fmt.Errorf("write Shapefiles: encoding %q is not supported", opts.Encoding)
	}
	if opts.At.IsZero() {
		opts.At = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	var told []string
	hear := opts.Notice
	opts.Notice = func(f geofile.Finding) {
		told = append(told, f.Layer+"："+f.Detail)
		if hear != nil {
			hear(f)
		}
	}
	out := &writer{zip: zip.NewWriter(w), opts: opts, encode: encode, encoding: encoding, limit: maxFile, names: map[string]bool{}}
	for _, l := range layers {
		if err := out.layer(ctx, l); err != nil {
			return fmt.Errorf("write the Shapefile of %s: %w", l.Name, err)
		}
	}
	if err := out.writeDictionary(); err != nil {
		return fmt.Errorf("write the dictionary: %w", err)
	}
	if len(told) > 0 {
		if err := out.text(noticeName, "\ufeff"+strings.Join(told, "\r\n")+"\r\n"); err != nil {
			return fmt.Errorf("write what could not be kept: %w", err)
		}
	}
	if err := out.zip.Close(); err != nil {
		return fmt.Errorf("close the archive: %w", err)
	}
	return nil
}

// noticeName is the file that tells what an archive could not keep.
const noticeName = "注意.txt"

type writer struct {
	zip      *zip.Writer
	opts     WriteOptions
	encode   charset.Encode
	encoding string
	limit    int64
	names    map[string]bool // of files, in small letters
	rows     [][]string      // of the dictionary
}

// shapeKind is a type of geometry that needs a file of its own.
type shapeKind string

const (
	noShape     shapeKind = ""
	pointShape  shapeKind = "point"
	pointsShape shapeKind = "multipoint"
	lineShape   shapeKind = "line"
	areaShape   shapeKind = "area"
)

func kindOfGeometry(g orb.Geometry) (shapeKind, error) {
	switch g := g.(type) {
	case nil:
		return noShape, nil
	case orb.Point:
		return pointShape, nil
	case orb.MultiPoint:
		return pointsShape, nil
	case orb.LineString, orb.MultiLineString:
		return lineShape, nil
	case orb.Polygon, orb.MultiPolygon, orb.Ring:
		return areaShape, nil
	default:
		return noShape, fmt.Errorf("geometries of type %T cannot be written", g)
	}
}

// kindOfLayer is where features without geometry go; false where they need a table
// of their own.
func kindOfLayer(s geofile.Shape) (shapeKind, bool) {
	switch s {
	case geofile.Points:
		return pointShape, true
	case geofile.Lines:
		return lineShape, true
	case geofile.Areas:
		return areaShape, true
	}
	return noShape, s == geofile.NoShape
}

// layer writes the files of a layer.
func (w *writer) layer(ctx context.Context, l geofile.Layer) (err error) {
	if len(l.Fields) > maxFields {
		return geofile.Refuse("Shapefile 最多有 %d 个字段，图层“%s”有 %d 个", maxFields, l.Title, len(l.Fields))
	}
	declared, hasKind := kindOfLayer(l.Shape)
	sets := map[shapeKind]*set{}
	var order []*set
	defer func() {
		for _, s := range order {
			err = errors.Join(err, s.remove())
		}
	}()
	get := func(kind shapeKind) (*set, error) {
		if sets[kind] == nil {
			s, err := newSet(kind, l, w)
			if err != nil {
				return nil, err
			}
			sets[kind] = s
			order = append(order, s)
		}
		return sets[kind], nil
	}
	if hasKind {
		if _, err := get(declared); err != nil {
			return err
		}
	}
	for f, err := range l.Features {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		kind, err := kindOfGeometry(f.Geometry)
		if err != nil {
			return err
		}
		if kind == noShape && hasKind {
			kind = declared
		}
		s, err := get(kind)
		if err == nil {
			err = s.add(f)
		}
		if err != nil {
			return err
		}
	}
	// A declared type that nothing has needs no files beside those of others.
	if len(order) > 1 && order[0].count == 0 {
		if err := order[0].remove(); err != nil {
			return err
		}
		order = order[1:]
	}
	slices.SortStableFunc(order[min(1, len(order)):], func(a, b *set) int { return cmp.Compare(a.kind, b.kind) })
	for i, s := range order {
		name := fileName(l.Name)
		if len(order) > 1 && (i > 0 || !hasKind) {
			name += "_" + string(cmp.Or(s.kind, "table"))
		}
		if err := w.files(s, w.free(name), l); err != nil {
			return err
		}
	}
	return nil
}

var unsafe = regexp.MustCompile(`[\x00-\x1f\x7f/\\:*?"<>|.]+`)

func fileName(name string) string { return cmp.Or(unsafe.ReplaceAllString(name, "_"), "layer") }

// free is a name that no file of the archive has yet.
func (w *writer) free(name string) string {
	out := name
	for n := 2; w.names[strings.ToLower(out)]; n++ {
		out = fmt.Sprintf("%s_%d", name, n)
	}
	w.names[strings.ToLower(out)] = true
	return out
}

// files copies a set into the archive.
func (w *writer) files(s *set, name string, l geofile.Layer) error {
	if err := s.finish(); err != nil {
		return err
	}
	if s.kind != noShape {
		if err := w.copy(name+".shp", s.shp); err != nil {
			return err
		}
		if err := w.copy(name+".shx", s.shx); err != nil {
			return err
		}
	}
	entry, err := w.create(name + ".dbf")
	if err != nil {
		return err
	}
	buffered := bufio.NewWriterSize(entry, windowBytes)
	if err := s.writeTable(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if s.kind != noShape {
		if err := w.text(name+".prj", l.CRS.PRJ()); err != nil {
			return err
		}
	}
	if err := w.text(name+".cpg", codePage(w.encoding, s.wide())); err != nil {
		return err
	}
	for _, c := range s.columns {
		w.rows = append(w.rows, []string{name + ".shp", l.Title, c.short, c.field.Title, c.field.Name, c.typeText(), c.field.Unit, c.field.Note})
	}
	if s.kind == noShape {
		for i := range s.columns {
			w.rows[len(w.rows)-1-i][0] = name + ".dbf"
		}
	}
	s.notices(w.opts.Notice)
	return nil
}

// codePage is the content of the .cpg: ESRI knows GBK by its number.
func codePage(encoding string, wide bool) string {
	switch {
	case encoding == charset.GBK && wide:
		return charset.GB18030
	case encoding == charset.GBK:
		return "936"
	}
	return encoding
}

func (w *writer) create(name string) (io.Writer, error) {
	return w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.opts.At})
}

func (w *writer) text(name, content string) error {
	entry, err := w.create(name)
	if err != nil {
		return err
	}
	_, err = io.WriteString(entry, content)
	return err
}

func (w *writer) copy(name string, s *spool) error {
	entry, err := w.create(name)
	if err != nil {
		return err
	}
	r, err := s.reader()
	if err != nil {
		return err
	}
	_, err = io.Copy(entry, r)
	return err
}

func (w *writer) writeDictionary() error {
	if len(w.rows) == 0 {
		return nil
	}
	entry, err := w.create(dictionaryName)
	if err != nil {
		return err
	}
	if _, err := io.WriteString(entry, "\ufeff"); err != nil {
		return err
	}
	table := csv.NewWriter(entry)
	table.UseCRLF = true
	if err := table.Write(dictionaryHead); err != nil {
		return err
	}
	return table.WriteAll(w.rows)
}

// spool is a temporary file that is written, and then read from its beginning.
type spool struct {
	file *os.File
	buf  *bufio.Writer
	size int64
}

func newSpool() (*spool, error) {
	file, err := os.CreateTemp("", "lianpian-shapefile-*")
	if err != nil {
		return nil, fmt.Errorf("make a temporary file: %w", err)
	}
	return &spool{file: file, buf: bufio.NewWriterSize(file, windowBytes)}, nil
}

func (s *spool) Write(b []byte) (int, error) {
	n, err := s.buf.Write(b)
	s.size += int64(n)
	return n, err
}

func (s *spool) reader() (io.Reader, error) {
	if err := s.buf.Flush(); err != nil {
		return nil, err
	}
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(s.file, windowBytes), nil
}

func (s *spool) remove() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}
