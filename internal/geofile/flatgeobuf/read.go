package flatgeobuf

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

const (
	maxHeader  = 4 << 20
	maxColumns = 500
)

// Open reads the header of a file: it has one layer.
func Open(_ context.Context, path string, o geofile.Options) (*geofile.Dataset, error) {
	file, err := seal.Open(path, o.Key)
	if err != nil {
		return nil, fmt.Errorf("open a FlatGeobuf: %w", err)
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("open a FlatGeobuf: %w", err)
	}
	l := &layer{path: path, key: o.Key, size: info.Size(), limits: o.Limits.Filled()}
	if l.size > l.limits.Bytes {
		return nil, geofile.Refuse("FlatGeobuf 文件超过 %d MiB 的上限。", l.limits.Bytes>>20)
	}
	if err := l.readHeader(file); err != nil {
		return nil, err
	}
	return &geofile.Dataset{Format: "flatgeobuf", Layers: []geofile.Source{l.source()}, Close: func() error { return nil }}, nil
}

// layer is a file that is read.
type layer struct {
	path    string
	key     *seal.Key
	size    int64
	limits  geofile.Limits
	name    string
	kind    byte
	z       bool
	m       bool
	fields  []geofile.Field
	columns []byte // their types
	count   uint64
	crs     *geo.CRS
	crsText string
	begin   int64 // of the features
}

var errNotWhole = &geofile.RefusedError{Detail: "FlatGeobuf 文件已损坏或不完整，无法读取。"}

func (l *layer) readHeader(r io.Reader) error {
	start := make([]byte, 12)
	if _, err := io.ReadFull(r, start); err != nil || !bytes.Equal(start[:3], magic[:3]) || !bytes.Equal(start[4:7], magic[4:7]) {
		return &geofile.RefusedError{Detail: "文件不是 FlatGeobuf：开头的标记不符。"}
	}
	if start[3] != magic[3] {
		return geofile.Refuse("不支持第 %d 版的 FlatGeobuf，应为第 3 版。", start[3])
	}
	size := binary.LittleEndian.Uint32(start[8:])
	if size > maxHeader || int64(size)+12 > l.size {
		return errNotWhole
	}
	content := make([]byte, size)
	if _, err := io.ReadFull(r, content); err != nil {
		return errNotWhole
	}
	f := &flat{b: content}
	head := f.root()
	l.name = f.text(head, 0)
	l.kind = f.u8(head, 2, anyType)
	l.z, l.m = f.u8(head, 3, 0) != 0, f.u8(head, 4, 0) != 0
	if at := f.slot(head, 8); at != 0 {
		l.count = f.u64(at)
	}
	node := uint64(nodeSize)
	if at := f.slot(head, 9); at != 0 {
		node = uint64(f.u16(at))
	}
	l.readColumns(f, head)
	l.readSystem(f, f.child(head, 10))
	switch {
	case f.err != nil || node == 1:
		return errNotWhole
	case len(l.fields) > maxColumns:
		return geofile.Refuse("FlatGeobuf 超过 %d 个字段的上限。", maxColumns)
	case l.count > uint64(l.limits.Rows):
		return geofile.Refuse("文件超过 %d 行的上限，请分成几个文件。", l.limits.Rows)
	}
	l.begin = 12 + int64(size)
	if node > 0 && l.count > 0 {
		for _, n := range levels(l.count, node) {
			l.begin += int64(n) * 40
		}
	}
	if l.begin > l.size {
		return errNotWhole
	}
	return nil
}

func (l *layer) readColumns(f *flat, head table) {
	at, count := f.vector(head, 7, 4)
	for i := range min(count, maxColumns+1) {
		c := table(f.follow(at + 4*i))
		kind := f.u8(c, 1, byteColumn)
		l.columns = append(l.columns, kind)
		l.fields = append(l.fields, geofile.Field{Name: f.text(c, 0), Title: f.text(c, 2), Kind: kindOf(kind)})
	}
}

func kindOf(column byte) geofile.Kind {
	switch column {
	case boolColumn:
		return geofile.Boolean
	case floatColumn, doubleColumn:
		return geofile.Real
	case stringColumn, jsonColumn, binaryColumn:
		return geofile.Text
	case dateTimeColumn:
		return geofile.Date
	}
	return geofile.Integer
}

func (l *layer) readSystem(f *flat, t table) {
	if t == 0 {
		return
	}
	code := int32(0)
	if at := f.slot(t, 1); at != 0 {
		code = int32(f.u32(at))
	}
	org, wkt := f.text(t, 0), f.text(t, 4)
	if c, ok := geo.NewCRS(int(code)); ok && code > 0 && (org == "" || org == "EPSG" || org == "epsg") {
		l.crs, l.crsText = &c, fmt.Sprintf("EPSG:%d", code)
		return
	}
	l.crsText = wkt
	if wkt == "" && code != 0 {
		l.crsText = fmt.Sprintf("%s:%d", org, code)
	}
	if c, known, _, err := geo.ReadWKT(wkt); err == nil && known {
		l.crs = &c
	}
}

func (l *layer) source() geofile.Source {
	s := geofile.Source{Name: l.name, Fields: l.fields, Count: int64(l.count), CRS: l.crs, CRSText: l.crsText, Rows: l.rows}
	switch l.kind {
	case pointType, multiPointType:
		s.Shape = geofile.Points
	case lineStringType, multiLineStringType:
		s.Shape = geofile.Lines
	case polygonType, multiPolygonType:
		s.Shape = geofile.Areas
	default:
		s.Shape = geofile.Mixed
	}
	if l.count == 0 && l.begin < l.size {
		s.Count = -1
	}
	return s
}

func (l *layer) rows(ctx context.Context, find func(geofile.Finding), yield func(geofile.Row) error) error {
	file, err := seal.Open(l.path, l.key)
	if err != nil {
		return fmt.Errorf("read a FlatGeobuf: %w", err)
	}
	defer func() { _ = file.Close() }()
	if _, err := file.Seek(l.begin, io.SeekStart); err != nil {
		return fmt.Errorf("read a FlatGeobuf: %w", err)
	}
	r := bufio.NewReaderSize(&geofile.ContextReader{Ctx: ctx, R: file}, 256<<10)
	d := decoder{layer: l, meter: geofile.NewMeter(l.limits), z: l.z, m: l.m}
	var content []byte
	for number := int64(1); ; number++ {
		content, err = l.next(r, content)
		switch {
		case err == io.EOF && l.count > 0 && uint64(number-1) != l.count:
			find(geofile.Finding{Kind: "count_differs", Layer: l.name, Detail: fmt.Sprintf("文件头写明 %d 个要素，实际有 %d 个。", l.count, number-1)})
			fallthrough
		case err == io.EOF:
			d.say(find)
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			return err
		}
		if err := d.meter.Row(); err != nil {
			return err
		}
		row, err := d.row(number, content)
		if err != nil {
			return err
		}
		if err := yield(row); err != nil {
			return err
		}
	}
}

// next reads the bytes of the next feature; io.EOF at the end.
func (l *layer) next(r *bufio.Reader, content []byte) ([]byte, error) {
	var prefix [4]byte
	if n, err := io.ReadFull(r, prefix[:]); err != nil {
		if n == 0 && errors.Is(err, io.EOF) {
			return content, io.EOF
		}
		return content, errNotWhole
	}
	size := binary.LittleEndian.Uint32(prefix[:])
	if most := int64(l.limits.Points)*40 + 16<<20; int64(size) > min(most, l.size) || size < 4 {
		return content, errNotWhole
	}
	if cap(content) < int(size) || cap(content) > 4<<20 {
		content = make([]byte, size)
	}
	content = content[:size]
	if _, err := io.ReadFull(r, content); err != nil {
		return content, errNotWhole
	}
	return content, nil
}
