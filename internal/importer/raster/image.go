package raster

import (
	"bufio"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// image is the pixels of a TIFF: one sample each, in strips or tiles.
type image struct {
	file         *tiffFile
	cols, rows   int
	chunkCols    int // of a strip: all of them
	chunkRows    int
	offsets      []uint64
	sizes        []uint64
	compression  uint64
	predictor    uint64
	bits         int
	sampleFormat uint64 // 1 unsigned, 2 signed, 3 float
	noData       float64
	metres       float64 // of a unit of height
}

// image reads the layout of the pixels and refuses what is no elevation.
func (t *tiffFile) image(d directory) (*image, error) {
	m := &image{file: t, metres: 1}
	var width, height, bits, samples, fill uint64
	for _, f := range []struct {
		tag     uint16
		missing uint64
		into    *uint64
	}{
		{tagWidth, 0, &width},
		{tagHeight, 0, &height},
		{tagBits, 1, &bits},
		{tagSamples, 1, &samples},
		{tagFillOrder, 1, &fill},
		{tagCompression, 1, &m.compression},
		{tagPredictor, 1, &m.predictor},
		{tagSampleFormat, 1, &m.sampleFormat},
	} {
		var err error
		if *f.into, err = t.number(d, f.tag, f.missing); err != nil {
			return nil, err
		}
	}
	switch {
	case width < 2 || height < 2:
		return nil, fault("GeoTIFF 文件至少要有 2 × 2 个点")
	case width > mostSide || height > mostSide:
		return nil, fault("GeoTIFF 文件太大（%d × %d 个点），请先裁剪到本区范围再导入", width, height)
	case samples != 1:
		return nil, fault("GeoTIFF 文件有 %d 个波段，高程只能有 1 个", samples)
	case fill != 1:
		return nil, damaged("位序")
	}
	m.cols, m.rows, m.bits = int(width), int(height), int(bits)
	if m.compression == 1 {
		m.predictor = 1 // it is for packed data only
	}
	if err := m.checkSamples(); err != nil {
		return nil, err
	}
	var err error
	if m.noData, err = t.noData(d); err != nil {
		return nil, err
	}
	return m, m.layChunks(d)
}

func (m *image) checkSamples() error {
	whole := m.sampleFormat == 1 && m.bits == 16 || m.sampleFormat == 2 && (m.bits == 16 || m.bits == 32)
	float := m.sampleFormat == 3 && (m.bits == 32 || m.bits == 64)
	switch {
	case !whole && !float:
		return fault("GeoTIFF 文件的数值类型不是高程（%d 位）；可用 16 位、32 位整数和 32 位、64 位浮点数", m.bits)
	case m.compression != 1 && m.compression != 5 && m.compression != 8 && m.compression != 32946:
		return fault("GeoTIFF 文件的压缩方式（%d）不支持；可用不压缩、LZW 和 Deflate", m.compression)
	case m.predictor > 3 || m.predictor == 0 || m.predictor == 3 && !float || m.predictor == 2 && m.bits == 64:
		return fault("GeoTIFF 文件的预测方式（%d）不支持", m.predictor)
	}
	return nil
}

// layChunks finds the strips or tiles.
func (m *image) layChunks(d directory) (err error) {
	t := m.file
	offsetTag, sizeTag := uint16(tagStripOffsets), uint16(tagStripBytes)
	var across, down uint64
	if _, tiled := d[tagTileOffsets]; tiled {
		offsetTag, sizeTag = tagTileOffsets, tagTileBytes
		if across, err = t.number(d, tagTileWidth, 0); err != nil {
			return err
		}
		if down, err = t.number(d, tagTileHeight, 0); err != nil {
			return err
		}
		if across == 0 || down == 0 || across > mostSide || down > mostSide || across*down > mostTile {
			return damaged("分块")
		}
	} else {
		across = uint64(m.cols)
		if down, err = t.number(d, tagRowsPerStrip, uint64(m.rows)); err != nil {
			return err
		}
		if down = min(down, uint64(m.rows)); down == 0 {
			return damaged("分条")
		}
	}
	m.chunkCols, m.chunkRows = int(across), int(down)
	if m.offsets, err = t.numbers(d, offsetTag); err != nil {
		return err
	}
	if m.sizes, err = t.numbers(d, sizeTag); err != nil {
		return err
	}
	want := m.chunksAcross() * ((m.rows + m.chunkRows - 1) / m.chunkRows)
	if want > mostChunks || len(m.offsets) < want || len(m.sizes) < want {
		return damaged("分块")
	}
	return nil
}

func (m *image) chunksAcross() int { return (m.cols + m.chunkCols - 1) / m.chunkCols }

// read implements source, one strip or tile after the other and each of them row
// by row, so that no more than a row is in memory however large a strip is.
func (m *image) read(ctx context.Context, w window, emit func(row, col int, run []float32)) error {
	budget := int64(mostUnpacked)
	for down := w.row / m.chunkRows; down*m.chunkRows < w.endRow; down++ {
		for across := w.col / m.chunkCols; across*m.chunkCols < w.endCol; across++ {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := m.chunk(ctx, w, down, across, &budget, emit); err != nil {
				return err
			}
		}
	}
	return nil
}

// mostUnpacked bounds the bytes that are unpacked for one cut, rows beside the
// window included.
const mostUnpacked = 1 << 34

func (m *image) chunk(ctx context.Context, w window, down, across int, budget *int64, emit func(row, col int, run []float32)) error {
	first, left := down*m.chunkRows, across*m.chunkCols
	from, to := max(w.col, left), min(w.endCol, left+m.chunkCols)
	i := down*m.chunksAcross() + across
	run := make([]float32, to-from)
	end := min(w.endRow, first+m.chunkRows)
	if m.sizes[i] == 0 { // a sparse file: nothing is known here
		for k := range run {
			run[k] = float32(math.NaN())
		}
		for row := max(first, w.row); row < end; row++ {
			emit(row, from, run)
		}
		return nil
	}
	rowBytes := m.chunkCols * m.bits / 8
	pixels, err := m.unpack(i, int64(rowBytes)*int64(max(0, w.row-first)))
	if err != nil {
		return err
	}
	line := make([]byte, rowBytes)
	scratch := make([]byte, rowBytes)
	start := first
	if m.compression == 1 {
		start = max(first, w.row)
	}
	for row := start; row < end; row++ {
		if row%256 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if *budget -= int64(rowBytes); *budget < 0 {
			return fault("GeoTIFF 文件解压后太大，请先裁剪到本区范围再导入")
		}
		if _, err := io.ReadFull(pixels, line); err != nil {
			return m.unreadable(err)
		}
		if row < w.row {
			continue
		}
		m.undo(line, scratch)
		for k := range run {
			run[k] = m.height(line, from-left+k)
		}
		emit(row, from, run)
	}
	return nil
}

func (m *image) unreadable(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errShort
	}
	return damaged("像元")
}

// unpack opens a strip or tile. What is not packed begins skip bytes on.
func (m *image) unpack(i int, skip int64) (io.Reader, error) {
	offset, size := m.offsets[i], m.sizes[i]
	if offset > uint64(m.file.size) || size > uint64(m.file.size)-offset {
		return nil, errShort
	}
	raw := io.NewSectionReader(m.file.file, int64(offset), int64(size))
	switch m.compression {
	case 1:
		if _, err := raw.Seek(skip, io.SeekStart); err != nil {
			return nil, fmt.Errorf("read the elevation file: %w", err)
		}
		return bufio.NewReaderSize(raw, 64<<10), nil
	case 5:
		return newLZW(bufio.NewReaderSize(raw, 16<<10)), nil
	default:
		packed, err := zlib.NewReader(bufio.NewReaderSize(raw, 16<<10))
		if err != nil {
			return nil, m.unreadable(err)
		}
		return packed, nil
	}
}

// undo takes back what was done to a row so that it packs better (TIFF 6.0,
// section 14; Adobe Photoshop TIFF Technical Note 3).
func (m *image) undo(line, scratch []byte) {
	switch m.predictor {
	case 2:
		m.undoDifferences(line)
	case 3:
		m.undoFloats(line, scratch)
	}
}

// undoDifferences adds up differences between neighbours.
func (m *image) undoDifferences(line []byte) {
	order := m.file.order
	if m.bits == 16 {
		sum := uint16(0)
		for i := 0; i < len(line); i += 2 {
			sum += order.Uint16(line[i:])
			order.PutUint16(line[i:], sum)
		}
		return
	}
	sum := uint32(0)
	for i := 0; i < len(line); i += 4 {
		sum += order.Uint32(line[i:])
		order.PutUint32(line[i:], sum)
	}
}

// undoFloats adds up differences between bytes and puts the bytes of each number
// together, which were stored first bytes first, most significant to the front.
func (m *image) undoFloats(line, scratch []byte) {
	sum := byte(0)
	for i, b := range line {
		sum += b
		scratch[i] = sum
	}
	size := m.bits / 8
	n := len(line) / size
	little := m.file.order == binary.ByteOrder(binary.LittleEndian)
	for i := range n {
		for k := range size {
			at := k
			if little {
				at = size - 1 - k
			}
			line[i*size+at] = scratch[k*n+i]
		}
	}
}

// height is a sample in metres; NaN where it is the value for voids or nothing
// that a height can be.
func (m *image) height(line []byte, i int) float32 {
	order := m.file.order
	var v float64
	void := false
	switch {
	case m.bits == 16 && m.sampleFormat == 1:
		v = float64(order.Uint16(line[2*i:]))
		void = v == m.noData
	case m.bits == 16:
		v = float64(int16(order.Uint16(line[2*i:])))
		void = v == m.noData
	case m.bits == 32 && m.sampleFormat == 2:
		v = float64(int32(order.Uint32(line[4*i:])))
		void = v == m.noData
	case m.bits == 32:
		f := math.Float32frombits(order.Uint32(line[4*i:]))
		v = float64(f)
		void = f == float32(m.noData)
	default:
		v = math.Float64frombits(order.Uint64(line[8*i:]))
		void = v == m.noData
	}
	v *= m.metres
	if void || !(v > lowest && v < highest) {
		return float32(math.NaN())
	}
	return float32(v)
}

// Heights outside these are none on Earth: the Dead Sea's shore lies at −430 m,
// the highest mountain at 8,849 m.
const lowest, highest = -500, 9000
