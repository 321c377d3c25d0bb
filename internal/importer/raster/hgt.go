package raster

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// An HGT tile covers one degree by one degree and is named for its south-western
// corner. It is nothing but big-endian 16-bit heights, row by row from the north,
// with the rim on the rim: 1201 × 1201 at three seconds, 3601 × 3601 at one
// (NASA/NGA, SRTM Data Product Specification). −32768 is a void.
var (
	hgtName  = regexp.MustCompile(`(?i)(?:^|[^a-z0-9])([NS])([0-9]{2})([EW])([0-9]{3})(?:[^0-9]|$)`)
	hgtSides = []int{1201, 3601}
)

const hgtVoid = math.MinInt16

func openHGT(file io.ReaderAt, size int64, name string) (*Raster, error) {
	head := make([]byte, 4)
	if _, err := file.ReadAt(head, 0); err != nil {
		return nil, fmt.Errorf("read the elevation file: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && !isHGTSize(size):
		return openZipped(file, size)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}) && !isHGTSize(size):
		packed, err := gzip.NewReader(io.NewSectionReader(file, 0, size))
		if err != nil {
			return nil, fault("压缩的高程文件已损坏")
		}
		return inflated(packed, name)
	}
	side := 0
	for _, s := range hgtSides {
		if size == hgtSize(s) {
			side = s
		}
	}
	if side == 0 {
		return nil, fault("高程文件的大小是 %d 字节，不是 HGT 格式的 %d（3 秒）或 %d（1 秒）字节", size, hgtSize(1201), hgtSize(3601))
	}
	m := hgtName.FindStringSubmatch(path.Base(strings.ReplaceAll(name, `\`, "/")))
	if m == nil {
		return nil, fault("HGT 文件的名称必须说明西南角，如 N29E106.hgt")
	}
	south, _ := strconv.Atoi(m[2])
	west, _ := strconv.Atoi(m[4])
	if strings.EqualFold(m[1], "S") {
		south = -south
	}
	if strings.EqualFold(m[3], "W") {
		west = -west
	}
	if south < -90 || south > 89 || west < -180 || west > 179 {
		return nil, fault("HGT 文件名称里的西南角 %s 不在地球上", m[0])
	}
	step := 1 / float64(side-1)
	geographic, err := crsOf(4326)
	if err != nil {
		return nil, err
	}
	return &Raster{
		Format: "hgt", CRS: geographic.name, Cols: side, Rows: side,
		x: float64(west), y: float64(south + 1), stepX: step, stepY: step,
		crs: geographic, source: &hgt{file, side},
	}, nil
}

func hgtSize(side int) int64 { return 2 * int64(side) * int64(side) }

func isHGTSize(size int64) bool { return size == hgtSize(1201) || size == hgtSize(3601) }

// openZipped opens the one HGT tile in a zip archive.
func openZipped(file io.ReaderAt, size int64) (*Raster, error) {
	archive, err := zip.NewReader(file, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // names are not used as paths
		return nil, fault("压缩包已损坏，无法读取")
	}
	var tile *zip.File
	for _, f := range archive.File {
		if !IsHGT(f.Name) || strings.Contains(f.Name, "__MACOSX") {
			continue
		}
		if tile != nil {
			return nil, fault("压缩包里有不止一个 HGT 文件，请逐个导入")
		}
		tile = f
	}
	if tile == nil {
		return nil, fault("压缩包里没有 HGT 高程文件")
	}
	if tile.UncompressedSize64 > uint64(hgtSize(3601)) {
		return nil, fault("压缩包里的 HGT 文件太大，不是一度乘一度的分幅")
	}
	packed, err := tile.Open()
	if err != nil {
		return nil, fault("压缩包里的 HGT 文件无法解压")
	}
	defer packed.Close()
	return inflated(packed, tile.Name)
}

// inflated opens a tile that comes out of a packed stream, which is not trusted
// about its length.
func inflated(packed io.Reader, name string) (*Raster, error) {
	raw, err := io.ReadAll(io.LimitReader(packed, hgtSize(3601)+1))
	if err != nil {
		return nil, fault("压缩的高程文件不完整或已损坏")
	}
	if !isHGTSize(int64(len(raw))) {
		return nil, fault("压缩包里的高程文件不是 HGT 格式的大小")
	}
	return openHGT(bytes.NewReader(raw), int64(len(raw)), name)
}

// IsHGT tells whether a file's name is that of an HGT tile.
func IsHGT(name string) bool { return strings.HasSuffix(strings.ToLower(name), ".hgt") }

// ZippedHGT tells whether a zip archive holds an HGT tile.
func ZippedHGT(file io.ReaderAt, size int64) bool {
	archive, err := zip.NewReader(file, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return false
	}
	for _, f := range archive.File {
		if IsHGT(f.Name) {
			return true
		}
	}
	return false
}

type hgt struct {
	file io.ReaderAt
	side int
}

func (h *hgt) read(ctx context.Context, w window, emit func(row, col int, run []float32)) error {
	raw := make([]byte, 2*w.cols())
	run := make([]float32, w.cols())
	for row := w.row; row < w.endRow; row++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := h.file.ReadAt(raw, 2*(int64(row)*int64(h.side)+int64(w.col))); err != nil && err != io.EOF {
			return fmt.Errorf("read the elevation file: %w", err)
		}
		for i := range run {
			v := int16(binary.BigEndian.Uint16(raw[2*i:]))
			run[i] = float32(v)
			if v == hgtVoid {
				run[i] = float32(math.NaN())
			}
		}
		emit(row, w.col, run)
	}
	return nil
}
