package raster

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// The tags of a GeoTIFF that matter here (TIFF 6.0; OGC GeoTIFF 1.1, 19-008r4;
// GDAL for the last one).
const (
	tagSubfileType    = 254
	tagWidth          = 256
	tagHeight         = 257
	tagBits           = 258
	tagCompression    = 259
	tagFillOrder      = 266
	tagStripOffsets   = 273
	tagSamples        = 277
	tagRowsPerStrip   = 278
	tagStripBytes     = 279
	tagPredictor      = 317
	tagTileWidth      = 322
	tagTileHeight     = 323
	tagTileOffsets    = 324
	tagTileBytes      = 325
	tagSampleFormat   = 339
	tagPixelScale     = 33550
	tagTiepoint       = 33922
	tagTransformation = 34264
	tagGeoKeys        = 34735
	tagNoData         = 42113
)

// What a file may claim at most.
const (
	mostDirectories = 64
	mostEntries     = 4096
	mostSide        = 1 << 20   // samples
	mostChunks      = 4_000_000 // strips or tiles
	mostValues      = 4_000_000 // of one tag
	mostTile        = 1 << 26   // samples
	shortTag        = 1 << 16   // bytes of a tag that describes the whole
)

// IsTIFF tells whether a file begins as a TIFF does, classic or BigTIFF.
func IsTIFF(head []byte) bool {
	for _, magic := range []string{"II*\x00", "MM\x00*", "II+\x00", "MM\x00+"} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return true
		}
	}
	return false
}

// tiffFile reads the structure of a TIFF.
type tiffFile struct {
	file  io.ReaderAt
	size  int64
	order binary.ByteOrder
	big   bool
}

// entry is a field of a directory.
type entry struct {
	kind  uint16
	count uint64
	value []byte // where it fits into the entry, else its offset
}

type directory map[uint16]entry

var errShort = fault("GeoTIFF 文件不完整（下载或复制时被截断），请重新获取后再导入")

func damaged(what string) error { return fault("GeoTIFF 文件已损坏，无法读取（%s）", what) }

func (t *tiffFile) at(offset uint64, n int) ([]byte, error) {
	if offset > uint64(t.size) || uint64(n) > uint64(t.size)-offset {
		return nil, errShort
	}
	b := make([]byte, n)
	if _, err := t.file.ReadAt(b, int64(offset)); err != nil && err != io.EOF {
		return nil, fmt.Errorf("read the elevation file: %w", err)
	}
	return b, nil
}

// imageDirectory is the first directory of the file that is a full image: the
// others are overviews and masks. A chain that leads back to itself ends.
func (t *tiffFile) imageDirectory() (directory, error) {
	head, err := t.at(0, 4)
	if err != nil {
		return nil, err
	}
	t.order = binary.ByteOrder(binary.LittleEndian)
	if head[0] == 'M' {
		t.order = binary.BigEndian
	}
	t.big = t.order.Uint16(head[2:]) == 43
	var offset uint64
	if t.big {
		head, err = t.at(8, 8)
	} else {
		head, err = t.at(4, 4)
	}
	if err != nil {
		return nil, err
	}
	offset = t.offset(head)
	seen := map[uint64]bool{}
	for offset != 0 && !seen[offset] && len(seen) < mostDirectories {
		seen[offset] = true
		var d directory
		if d, offset, err = t.directory(offset); err != nil {
			return nil, err
		}
		if kind, err := t.number(d, tagSubfileType, 0); err != nil {
			return nil, err
		} else if kind&(1|4) == 0 { // neither reduced nor a mask
			return d, nil
		}
	}
	return nil, damaged("没有图像")
}

func (t *tiffFile) offset(b []byte) uint64 {
	if t.big {
		return t.order.Uint64(b)
	}
	return uint64(t.order.Uint32(b))
}

func (t *tiffFile) directory(at uint64) (d directory, next uint64, err error) {
	countSize, entrySize, fieldSize := 2, 12, 4
	if t.big {
		countSize, entrySize, fieldSize = 8, 20, 8
	}
	b, err := t.at(at, countSize)
	if err != nil {
		return nil, 0, err
	}
	n := uint64(t.order.Uint16(b))
	if t.big {
		n = t.order.Uint64(b)
	}
	if n == 0 || n > mostEntries {
		return nil, 0, damaged("目录")
	}
	if b, err = t.at(at+uint64(countSize), int(n)*entrySize+fieldSize); err != nil {
		return nil, 0, err
	}
	d = directory{}
	for i := range int(n) {
		e := b[i*entrySize : (i+1)*entrySize]
		count := uint64(t.order.Uint32(e[4:]))
		if t.big {
			count = t.order.Uint64(e[4:])
		}
		d[t.order.Uint16(e)] = entry{t.order.Uint16(e[2:]), count, e[entrySize-fieldSize:]}
	}
	return d, t.offset(b[int(n)*entrySize:]), nil
}

// kindSize is how many bytes a value of each TIFF type takes.
var kindSize = map[uint16]int{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}

// bytes are the values of an entry as they stand in the file.
func (t *tiffFile) bytes(e entry, most uint64) ([]byte, int, error) {
	size := kindSize[e.kind]
	if size == 0 || e.count == 0 || e.count > mostValues || e.count*uint64(size) > most {
		return nil, 0, damaged("字段")
	}
	n := int(e.count) * size
	if n <= len(e.value) {
		return e.value[:n], size, nil
	}
	b, err := t.at(t.offset(e.value), n)
	return b, size, err
}

// numbers are the whole numbers of a tag; nil where it is missing.
func (t *tiffFile) numbers(d directory, tag uint16) ([]uint64, error) {
	e, ok := d[tag]
	if !ok {
		return nil, nil
	}
	b, size, err := t.bytes(e, 8*mostValues)
	if err != nil {
		return nil, err
	}
	list := make([]uint64, e.count)
	for i := range list {
		v := b[i*size:]
		switch e.kind {
		case 1:
			list[i] = uint64(v[0])
		case 3:
			list[i] = uint64(t.order.Uint16(v))
		case 4, 13:
			list[i] = uint64(t.order.Uint32(v))
		case 16, 18:
			list[i] = t.order.Uint64(v)
		default:
			return nil, damaged("字段")
		}
	}
	return list, nil
}

func (t *tiffFile) number(d directory, tag uint16, missing uint64) (uint64, error) {
	list, err := t.numbers(d, tag)
	if err != nil || len(list) == 0 {
		return missing, err
	}
	return list[0], nil
}

// doubles are the 64-bit floats of a tag; nil where it is missing.
func (t *tiffFile) doubles(d directory, tag uint16) ([]float64, error) {
	e, ok := d[tag]
	if !ok {
		return nil, nil
	}
	if e.kind != 12 {
		return nil, damaged("字段")
	}
	b, _, err := t.bytes(e, shortTag)
	if err != nil {
		return nil, err
	}
	list := make([]float64, e.count)
	for i := range list {
		list[i] = math.Float64frombits(t.order.Uint64(b[8*i:]))
	}
	return list, nil
}

// noData is the value that stands for a void; NaN where there is none.
func (t *tiffFile) noData(d directory) (float64, error) {
	e, ok := d[tagNoData]
	if !ok {
		return math.NaN(), nil
	}
	if e.kind != 2 {
		return 0, damaged("字段")
	}
	b, _, err := t.bytes(e, 256)
	if err != nil {
		return 0, err
	}
	text := strings.TrimSpace(strings.TrimRight(string(b), "\x00"))
	v, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(v, 0) {
		return 0, fault("GeoTIFF 文件的无数据值“%s”不是数字", text)
	}
	return v, nil
}
