package shapefile

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/lianpian/lianpian/internal/geofile"
)

const (
	headBytes   = 100
	recordBytes = 8
)

// shapes is the .shp with the places of its records.
type shapes struct {
	part
	kind    uint32
	records []record
	scanned bool // the records were found one after the other, without .shx
}

// record is where the content of a shape stands.
type record struct {
	at     int64
	number uint32 // as the file counts, from 1
}

// openShapes finds the records of a .shp, by the .shx when it is sound.
func openShapes(ctx context.Context, shp, shx part, limits geofile.Limits, find func(kind, detail string)) (*shapes, error) {
	head := make([]byte, headBytes)
	if n, _ := shp.ReadAt(head, 0); n < headBytes || binary.BigEndian.Uint32(head) != 9994 {
		return nil, geofile.Refuse(".shp 文件已损坏或不完整：文件头不对")
	}
	s := &shapes{part: shp, kind: binary.LittleEndian.Uint32(head[32:])}
	if _, known := kinds[s.kind]; !known {
		return nil, geofile.Refuse(".shp 文件的图形类型 %d 不认识", s.kind)
	}
	if claimed := int64(binary.BigEndian.Uint32(head[24:])) * 2; claimed != shp.size {
		find("length_differs", fmt.Sprintf(".shp 文件头声明 %d 字节，实际 %d 字节", claimed, shp.size))
	}
	if shx.ReaderAt == nil {
		find("no_shx", "缺少 .shx 索引文件，已按顺序读取图形")
	} else if s.records = readIndex(s.part, shx, limits.Rows); s.records == nil {
		find("broken_shx", ".shx 索引文件与 .shp 不符，已不用它而按顺序读取图形")
	}
	if s.records != nil {
		return s, nil
	}
	s.scanned = true
	return s, s.scan(ctx, limits, find)
}

// readIndex reads the .shx; nil when it does not fit the .shp.
func readIndex(shp, shx part, most int64) []record {
	n := (shx.size - headBytes) / recordBytes
	if shx.size < headBytes || n > most+1 || n*12 > shp.size {
		return nil
	}
	head := make([]byte, 4)
	if _, err := shx.ReadAt(head, 0); err != nil || binary.BigEndian.Uint32(head) != 9994 {
		return nil
	}
	out := make([]record, 0, n)
	w := window{part: shx}
	shpWindow := window{part: shp}
	for i := range n {
		b, err := w.at(headBytes+i*recordBytes, recordBytes)
		if err != nil {
			return nil
		}
		at := int64(binary.BigEndian.Uint32(b)) * 2
		length := int64(binary.BigEndian.Uint32(b[4:])) * 2
		if at < headBytes || at+recordBytes+length > shp.size {
			return nil
		}
		r, err := shpWindow.at(at, recordBytes)
		if err != nil {
			return nil
		}
		if int64(binary.BigEndian.Uint32(r[4:]))*2 != length {
			return nil
		}
		out = append(out, record{at: at, number: uint32(i + 1)})
	}
	// A .shx that is shorter than its .shp would hide shapes.
	end := int64(headBytes)
	if n > 0 {
		last := out[n-1].at
		b, err := shpWindow.at(last, recordBytes)
		if err != nil {
			return nil
		}
		end = last + recordBytes + int64(binary.BigEndian.Uint32(b[4:]))*2
	}
	if increasing(out) && shp.size-end >= recordBytes+4 {
		return nil
	}
	return out
}

func increasing(records []record) bool {
	for i := 1; i < len(records); i++ {
		if records[i].at <= records[i-1].at {
			return false
		}
	}
	return true
}

// scan finds the records one after the other.
func (s *shapes) scan(ctx context.Context, limits geofile.Limits, find func(kind, detail string)) error {
	w := window{part: s.part}
	s.records = []record{}
	for at := int64(headBytes); at+recordBytes <= s.size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, err := w.at(at, recordBytes)
		if err != nil {
			return fmt.Errorf("read the shapes: %w", err)
		}
		number, length := binary.BigEndian.Uint32(b), int64(binary.BigEndian.Uint32(b[4:]))*2
		if length < 4 || at+recordBytes+length > s.size {
			find("truncated", fmt.Sprintf(".shp 文件不完整：只找到 %d 个图形，后面的内容读不出来", len(s.records)))
			return nil
		}
		if int64(len(s.records)) >= limits.Rows {
			return geofile.Refuse("文件超过 %d 行的上限", limits.Rows)
		}
		s.records = append(s.records, record{at: at, number: number})
		at += recordBytes + length
	}
	return nil
}

// content reads the shape of a record.
func (s *shapes) content(w *window, r record, most int64) ([]byte, error) {
	b, err := w.at(r.at, recordBytes)
	if err != nil {
		return nil, err
	}
	length := int64(binary.BigEndian.Uint32(b[4:])) * 2
	if r.at+recordBytes+length > s.size {
		length = max(0, s.size-r.at-recordBytes)
	}
	return w.at(r.at+recordBytes, int(min(length, most)))
}

// window reads a file in long steps: most readers move forward.
type window struct {
	part
	from  int64
	buf   []byte
	jumps bool // it was read backwards too
}

// Steps of a window; records that lie about in a file are read with short ones.
const (
	windowBytes = 256 << 10
	shortBytes  = 4 << 10
)

// at returns n bytes at a place, valid until the next call.
func (w *window) at(at int64, n int) ([]byte, error) {
	if at < 0 || at+int64(n) > w.size {
		return nil, io.ErrUnexpectedEOF
	}
	if at < w.from || at+int64(n) > w.from+int64(len(w.buf)) {
		step := windowBytes
		if w.jumps = w.jumps || at < w.from; w.jumps {
			step = shortBytes
		}
		want := int(min(int64(max(n, step)), w.size-at))
		if cap(w.buf) < want {
			w.buf = make([]byte, want)
		}
		w.buf = w.buf[:want]
		w.from = at
		if got, err := w.ReadAt(w.buf, at); got < want {
			w.buf = w.buf[:0]
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return w.buf[at-w.from:][:n:n], nil
}
