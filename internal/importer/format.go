package importer

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/importer/raster"
)

type format string

const (
	formatOSMPBF  format = "osm_pbf"
	formatOSMXML  format = "osm_xml"
	formatCSV     format = "csv"
	formatXLSX    format = "xlsx"
	formatGeoJSON format = "geojson"
	formatHGT     format = "hgt"
	formatGeoTIFF format = "geotiff"
)

// knownFormats are the formats in words.
const knownFormats = ".osm.pbf、.osm、.xlsx、.csv、.geojson、.tif、.hgt"

// detect finds the format by the file's name and, where that says nothing, by
// its first bytes. The readers check the content themselves.
func detect(args Args) (format, error) {
	name, layer := args.Name, args.Layer
	head, err := headOf(args)
	if err != nil {
		return "", err
	}
	if found, err := detectElevation(args, name, head); found != "" || err != nil {
		if found != "" && !layerFits(found, layer) {
			err = refuse("这种文件不能作为“%s”导入", shorten(layer, 20))
		}
		return found, err
	}
	lower := strings.ToLower(name)
	ends := func(suffixes ...string) bool {
		for _, s := range suffixes {
			if strings.HasSuffix(lower, s) {
				return true
			}
		}
		return false
	}
	var found format
	switch trimmed := bytes.TrimLeft(bytes.TrimPrefix(head, []byte{0xef, 0xbb, 0xbf}), " \t\r\n"); {
	case ends(".pbf"):
		found = formatOSMPBF
	case ends(".osm", ".osm.bz2", ".osm.gz", ".osm.xml"):
		found = formatOSMXML
	case ends(".xlsx", ".xlsm"):
		found = formatXLSX
	case ends(".xls", ".et", ".ods", ".wps"):
		return "", refuse("不支持 %s 格式，请另存为 .xlsx 或 CSV 后再导入", lower[strings.LastIndexByte(lower, '.'):])
	case ends(".geojson", ".json"):
		found = formatGeoJSON
	case ends(".csv", ".tsv", ".txt"):
		found = formatCSV
	case ends(".shp", ".zip", ".gpkg", ".kml", ".dwg", ".dxf", ".7z", ".rar"):
		return "", refuse("暂不支持 %s 格式；可以导入 "+knownFormats, lower[strings.LastIndexByte(lower, '.'):])
	case bytes.HasPrefix(trimmed, []byte("{")):
		found = formatGeoJSON
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		found = formatXLSX
	case bytes.Contains(head, []byte("OSMHeader")):
		found = formatOSMPBF
	case bytes.Contains(head, []byte("<osm")):
		found = formatOSMXML
	default:
		return "", refuse("认不出文件“%s”的格式；可以导入 "+knownFormats, shorten(name, 60))
	}
	if len(head) == 0 {
		return "", refuse("文件是空的")
	}
	if !layerFits(found, layer) {
		return "", refuse("这种文件不能作为“%s”导入", shorten(layer, 20))
	}
	return found, nil
}

func headOf(args Args) ([]byte, error) {
	f, err := args.open()
	if errors.Is(err, fs.ErrNotExist) {
		return nil, refuse("找不到文件")
	}
	if errors.Is(err, seal.ErrKey) {
		return nil, refuse("上传的文件已失效，请重新上传")
	}
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, refuse("这是一个文件夹，不是文件")
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return head[:n], nil
}

func layerFits(f format, layer string) bool {
	switch layer {
	case "", "auto":
		return true
	case "ledger":
		return f == formatCSV || f == formatXLSX
	case "osm", "base":
		return f == formatOSMPBF || f == formatOSMXML
	case "communities":
		return f == formatGeoJSON || f == formatCSV || f == formatXLSX
	case "buildings", "facilities":
		return f == formatGeoJSON
	case "elevation":
		return f == formatHGT || f == formatGeoTIFF
	}
	return false
}

// detectElevation tells whether a file is an elevation model: a TIFF by its first
// bytes, whatever it is called, and an HGT tile, which has nothing to know it by,
// by its name, also inside a zip archive.
func detectElevation(args Args, name string, head []byte) (format, error) {
	lower := strings.ToLower(name)
	switch {
	case raster.IsTIFF(head):
		return formatGeoTIFF, nil
	case len(head) == 0:
		return "", nil
	case strings.HasSuffix(lower, ".tif"), strings.HasSuffix(lower, ".tiff"):
		return "", refuse("文件不是 TIFF 格式")
	case raster.IsHGT(lower), strings.HasSuffix(lower, ".hgt.zip"), strings.HasSuffix(lower, ".hgt.gz"):
		return formatHGT, nil
	case !bytes.HasPrefix(head, []byte("PK\x03\x04")):
		return "", nil
	}
	f, err := args.open()
	if err != nil {
		return "", fmt.Errorf("open the file: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return "", fmt.Errorf("look at the file: %w", err)
	}
	if strings.HasSuffix(lower, ".zip") && raster.ZippedHGT(f, info.Size()) {
		return formatHGT, nil
	}
	return "", nil
}

// unpacked reads a file that may be packed with gzip or bzip2, by its first bytes.
func unpacked(r io.Reader) (io.Reader, error) {
	head := make([]byte, 3)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	whole := io.MultiReader(bytes.NewReader(head[:n]), r)
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzip.NewReader(whole)
	case bytes.HasPrefix(head, []byte("BZh")):
		return bzip2.NewReader(whole), nil
	}
	return whole, nil
}
