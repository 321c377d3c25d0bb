package pmtiles

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/paulmach/orb"
)

// ErrFormat says that bytes are no PMTiles archive that can be read.
var ErrFormat = errors.New("not a PMTiles archive")

const (
	headerSize = 127
	// rootLimit is what the header and the root directory may take together.
	rootLimit = 16384

	none, gzipped = 1, 2 // compressions
	typeMVT       = 1
)

// entry is a stretch of tiles with the same content; of a root directory, where its
// run is 0, a leaf directory.
type entry struct {
	id     uint64
	offset uint64 // in the section of tiles, or of leaf directories
	length uint32
	run    uint32
}

// header is the beginning of a file. Offsets and lengths are in bytes.
type header struct {
	rootOffset, rootLength         uint64
	metadataOffset, metadataLength uint64
	leavesOffset, leavesLength     uint64
	tilesOffset, tilesLength       uint64
	addressed, entries, contents   uint64
	clustered                      bool
	internal, tile, kind           byte
	minZoom, maxZoom               byte
	bound                          orb.Bound // degrees
	centerZoom                     byte
	center                         orb.Point // degrees
}

func e7(degrees float64) uint32 { return uint32(int32(degrees*1e7 + 0.5*sign(degrees))) }

func sign(f float64) float64 {
	if f < 0 {
		return -1
	}
	return 1
}

func (h header) append(to []byte) []byte {
	to = append(to, "PMTiles\x03"...)
	for _, n := range []uint64{
		h.rootOffset, h.rootLength, h.metadataOffset, h.metadataLength, h.leavesOffset, h.leavesLength, h.tilesOffset, h.tilesLength,
		h.addressed, h.entries, h.contents,
	} {
		to = binary.LittleEndian.AppendUint64(to, n)
	}
	clustered := byte(0)
	if h.clustered {
		clustered = 1
	}
	to = append(to, clustered, h.internal, h.tile, h.kind, h.minZoom, h.maxZoom)
	for _, d := range []float64{h.bound.Min[0], h.bound.Min[1], h.bound.Max[0], h.bound.Max[1]} {
		to = binary.LittleEndian.AppendUint32(to, e7(d))
	}
	to = append(to, h.centerZoom)
	to = binary.LittleEndian.AppendUint32(to, e7(h.center[0]))
	return binary.LittleEndian.AppendUint32(to, e7(h.center[1]))
}

func readHeader(b []byte) (h header, err error) {
	if len(b) < headerSize || string(b[:8]) != "PMTiles\x03" {
		return h, ErrFormat
	}
	numbers := []*uint64{
		&h.rootOffset, &h.rootLength, &h.metadataOffset, &h.metadataLength, &h.leavesOffset, &h.leavesLength, &h.tilesOffset, &h.tilesLength,
		&h.addressed, &h.entries, &h.contents,
	}
	for i, n := range numbers {
		*n = binary.LittleEndian.Uint64(b[8+8*i:])
	}
	h.clustered, h.internal, h.tile, h.kind, h.minZoom, h.maxZoom = b[96] == 1, b[97], b[98], b[99], b[100], b[101]
	degrees := func(at int) float64 { return float64(int32(binary.LittleEndian.Uint32(b[at:]))) / 1e7 }
	h.bound = orb.Bound{Min: orb.Point{degrees(102), degrees(106)}, Max: orb.Point{degrees(110), degrees(114)}}
	h.centerZoom, h.center = b[118], orb.Point{degrees(119), degrees(123)}
	if h.rootOffset != headerSize || h.rootLength > rootLimit || h.internal != none && h.internal != gzipped {
		return h, fmt.Errorf("%w: its root directory is not where it should be", ErrFormat)
	}
	return h, nil
}

// pack writes a directory, compressed.
func pack(entries []entry) ([]byte, error) {
	var b []byte
	b = binary.AppendUvarint(b, uint64(len(entries)))
	last := uint64(0)
	for _, e := range entries {
		b = binary.AppendUvarint(b, e.id-last)
		last = e.id
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.run))
	}
	for _, e := range entries {
		b = binary.AppendUvarint(b, uint64(e.length))
	}
	for i, e := range entries {
		if i > 0 && e.offset == entries[i-1].offset+uint64(entries[i-1].length) {
			b = append(b, 0) // follows the one before
		} else {
			b = binary.AppendUvarint(b, e.offset+1)
		}
	}
	return compress(b)
}

func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// largest bounds what a compressed part of a file may hold.
const largest = 256 << 20

func decompress(b []byte, compression byte) ([]byte, error) {
	if compression == none {
		return b, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	out, err := io.ReadAll(io.LimitReader(r, largest+1))
	if err != nil || len(out) > largest {
		return nil, fmt.Errorf("%w: a part is too large or damaged", ErrFormat)
	}
	return out, nil
}

func unpack(b []byte) ([]entry, error) {
	bad := fmt.Errorf("%w: a directory is damaged", ErrFormat)
	next := func() (uint64, bool) {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			return 0, false
		}
		b = b[size:]
		return n, true
	}
	count, ok := next()
	if !ok || count > uint64(len(b))/4 { // four numbers each, a byte at least
		return nil, bad
	}
	entries := make([]entry, count)
	last := uint64(0)
	for i := range entries {
		n, ok := next()
		if !ok || i > 0 && n == 0 {
			return nil, bad
		}
		last += n
		entries[i].id = last
	}
	for i := range entries {
		n, ok := next()
		if !ok || n > 1<<32-1 {
			return nil, bad
		}
		entries[i].run = uint32(n)
	}
	for i := range entries {
		n, ok := next()
		if !ok || n == 0 || n > 1<<32-1 {
			return nil, bad
		}
		entries[i].length = uint32(n)
	}
	for i := range entries {
		n, ok := next()
		switch {
		case !ok || n == 0 && i == 0:
			return nil, bad
		case n == 0:
			entries[i].offset = entries[i-1].offset + uint64(entries[i-1].length)
		default:
			entries[i].offset = n - 1
		}
	}
	return entries, nil
}

// layOut writes the directories: a root that fits into the first bytes of the file,
// and leaves where not everything fits there.
func layOut(entries []entry) (root, leaves []byte, err error) {
	if root, err = pack(entries); err != nil || len(root) <= rootLimit-headerSize {
		return root, nil, err
	}
	for size := 4096; ; size *= 2 {
		leaves = nil
		var of []entry
		for from := 0; from < len(entries); from += size {
			leaf, err := pack(entries[from:min(from+size, len(entries))])
			if err != nil {
				return nil, nil, err
			}
			of = append(of, entry{id: entries[from].id, offset: uint64(len(leaves)), length: uint32(len(leaf))})
			leaves = append(leaves, leaf...)
		}
		if root, err = pack(of); err != nil || len(root) <= rootLimit-headerSize {
			return root, leaves, err
		}
	}
}
