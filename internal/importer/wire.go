package importer

import (
	"encoding/binary"
	"io"
)

// wire steps through the fields of one protocol buffer message.
type wire struct {
	b     []byte
	bad   bool
	field int
	kind  int
	value uint64 // of a number
	bytes []byte // of anything with a length
}

// next moves to the next field. At the end it returns false; *err says whether
// that was the end of the message or a fault.
func (w *wire) next(err *error) bool {
	if len(w.b) == 0 || *err != nil {
		return false
	}
	key := w.varint()
	w.field, w.kind, w.value, w.bytes = int(key>>3), int(key&7), 0, nil
	switch w.kind {
	case 0:
		w.value = w.varint()
	case 1:
		w.skip(8)
	case 2:
		n := w.varint()
		if n > uint64(len(w.b)) {
			w.bad = true
			break
		}
		w.bytes, w.b = w.b[:n:n], w.b[n:]
	case 5:
		w.skip(4)
	default:
		w.bad = true
	}
	if w.bad || w.field == 0 { // no field has this number; zeros are no message
		*err = errCutShort
		return false
	}
	return true
}

func (w *wire) skip(n int) {
	if len(w.b) < n {
		w.bad = true
		return
	}
	w.b = w.b[n:]
}

func (w *wire) varint() uint64 {
	v, n := binary.Uvarint(w.b)
	if n <= 0 {
		w.bad = true
		w.b = nil
		return 0
	}
	w.b = w.b[n:]
	return v
}

// numbers appends the numbers of the field, the tags of a thing: a packed list or a
// single one.
func (w *wire) numbers(to []uint64) ([]uint64, error) {
	if len(to) >= maxTags {
		return to, errTooMany
	}
	if w.kind == 0 {
		return append(to, w.value), nil
	}
	for list := (wire{b: w.bytes}); len(list.b) > 0; {
		v := list.varint()
		if list.bad {
			return to, errCutShort
		}
		if to = append(to, v); len(to) > maxTags {
			return to, errTooMany
		}
	}
	return to, nil
}

// byteReader is a bytes.Reader that can live on the stack.
type byteReader struct {
	b  []byte
	at int
}

func (r *byteReader) Read(p []byte) (int, error) {
	if r.at >= len(r.b) {
		return 0, io.EOF
	}
	n := copy(p, r.b[r.at:])
	r.at += n
	return n, nil
}

func (r *byteReader) ReadByte() (byte, error) {
	if r.at >= len(r.b) {
		return 0, io.EOF
	}
	r.at++
	return r.b[r.at-1], nil
}
