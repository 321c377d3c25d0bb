package flatgeobuf

import (
	"encoding/binary"
	"errors"
	"strings"
)

var errFlat = errors.New("offsets and counts do not fit the bytes")

// flat reads a FlatBuffer: every access is checked against the bytes, the first
// that does not fit is kept.
type flat struct {
	b   []byte
	err error
}

// table is where a table begins; 0 is no table.
type table int

func (f *flat) fail() {
	if f.err == nil {
		f.err = errFlat
	}
}

func (f *flat) u16(at int) uint16 {
	if at < 0 || at+2 > len(f.b) {
		f.fail()
		return 0
	}
	return binary.LittleEndian.Uint16(f.b[at:])
}

func (f *flat) u32(at int) uint32 {
	if at < 0 || at+4 > len(f.b) {
		f.fail()
		return 0
	}
	return binary.LittleEndian.Uint32(f.b[at:])
}

func (f *flat) u64(at int) uint64 {
	if at < 0 || at+8 > len(f.b) {
		f.fail()
		return 0
	}
	return binary.LittleEndian.Uint64(f.b[at:])
}

func (f *flat) root() table { return table(f.follow(0)) }

// follow goes where an offset points; it always points forward.
func (f *flat) follow(at int) int {
	offset := int(f.u32(at))
	if offset == 0 || at+offset >= len(f.b) {
		f.fail()
		return 0
	}
	return at + offset
}

// slot is the place of a field; 0 where the table does not have it.
func (f *flat) slot(t table, n int) int {
	if t == 0 || f.err != nil {
		return 0
	}
	vtable := int(t) - int(int32(f.u32(int(t))))
	size := int(f.u16(vtable))
	if f.err != nil || 6+2*n > size {
		return 0
	}
	offset := int(f.u16(vtable + 4 + 2*n))
	if offset == 0 {
		return 0
	}
	return int(t) + offset
}

func (f *flat) child(t table, n int) table {
	if at := f.slot(t, n); at != 0 {
		return table(f.follow(at))
	}
	return 0
}

// vector returns where the elements of a vector begin and how many there are.
func (f *flat) vector(t table, n, size int) (at, count int) {
	if at = f.slot(t, n); at == 0 {
		return 0, 0
	}
	at = f.follow(at)
	length := uint64(f.u32(at))
	if f.err != nil || uint64(at)+4+length*uint64(size) > uint64(len(f.b)) {
		f.fail()
		return 0, 0
	}
	return at + 4, int(length)
}

func (f *flat) text(t table, n int) string {
	at, count := f.vector(t, n, 1)
	return strings.ToValidUTF8(string(f.b[at:at+count]), "�")
}

func (f *flat) u8(t table, n int, otherwise byte) byte {
	at := f.slot(t, n)
	if at == 0 {
		return otherwise
	}
	if at >= len(f.b) {
		f.fail()
		return 0
	}
	return f.b[at]
}
