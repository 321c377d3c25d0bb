package pmtiles

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/paulmach/orb"
)

// Reader reads an archive. Use NewReader. Safe for concurrent use where its source is.
type Reader struct {
	from   io.ReaderAt
	size   int64
	header header
	root   []entry
}

// NewReader opens an archive of so many bytes. Errors: ErrFormat.
func NewReader(from io.ReaderAt, size int64) (*Reader, error) {
	r := &Reader{from: from, size: size}
	begin, err := r.part(0, headerSize)
	if err != nil {
		return nil, err
	}
	if r.header, err = readHeader(begin); err != nil {
		return nil, err
	}
	if r.root, err = r.directory(r.header.rootOffset, r.header.rootLength); err != nil {
		return nil, err
	}
	return r, nil
}

func (r *Reader) part(offset, length uint64) ([]byte, error) {
	if offset > uint64(r.size) || length > uint64(r.size)-offset || length > largest {
		return nil, fmt.Errorf("%w: a part lies outside", ErrFormat)
	}
	b := make([]byte, length)
	if _, err := r.from.ReadAt(b, int64(offset)); err != nil {
		return nil, fmt.Errorf("read an archive of tiles: %w", err)
	}
	return b, nil
}

func (r *Reader) directory(offset, length uint64) ([]entry, error) {
	b, err := r.part(offset, length)
	if err != nil {
		return nil, err
	}
	if b, err = decompress(b, r.header.internal); err != nil {
		return nil, err
	}
	return unpack(b)
}

// Zooms are the shallowest and the deepest zoom of the archive.
func (r *Reader) Zooms() (shallowest, deepest uint32) {
	return uint32(r.header.minZoom), uint32(r.header.maxZoom)
}

// Bound is what the archive covers, in degrees.
func (r *Reader) Bound() orb.Bound { return r.header.bound }

// Tiles is how many tiles the archive has that are not empty.
func (r *Reader) Tiles() uint64 { return r.header.addressed }

// Metadata is the archive's description of itself.
func (r *Reader) Metadata() (map[string]any, error) {
	b, err := r.part(r.header.metadataOffset, r.header.metadataLength)
	if err != nil {
		return nil, err
	}
	if b, err = decompress(b, r.header.internal); err != nil {
		return nil, err
	}
	var m map[string]any
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("%w: its metadata: %w", ErrFormat, err)
	}
	return m, nil
}

// Tile is a tile as it is stored (gzip); nil where the archive has none.
func (r *Reader) Tile(z, x, y uint32) ([]byte, error) {
	if z > MaxZoom || x >= 1<<z || y >= 1<<z {
		return nil, nil
	}
	id, entries := ID(z, x, y), r.root
	for range 4 { // the specification knows no deeper directories
		at, found := slices.BinarySearchFunc(entries, id, func(e entry, id uint64) int {
			switch {
			case e.id < id:
				return -1
			case e.id > id:
				return 1
			}
			return 0
		})
		if !found {
			at--
		}
		if at < 0 {
			return nil, nil
		}
		e := entries[at]
		if e.run > 0 {
			if id-e.id >= uint64(e.run) {
				return nil, nil
			}
			return r.part(r.header.tilesOffset+e.offset, uint64(e.length))
		}
		var err error
		if entries, err = r.directory(r.header.leavesOffset+e.offset, uint64(e.length)); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%w: its directories are too deep", ErrFormat)
}
