package doctor

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/archive"
	"github.com/lianpian/lianpian/internal/geofile/dxf"
	"github.com/lianpian/lianpian/internal/geofile/flatgeobuf"
	"github.com/lianpian/lianpian/internal/geofile/geojson"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
	"github.com/lianpian/lianpian/internal/geofile/kml"
	"github.com/lianpian/lianpian/internal/geofile/shapefile"
	"github.com/lianpian/lianpian/internal/geofile/table"
)

// knownFormats are the formats in words.
const knownFormats = "Shapefile（zip）、GeoPackage、GeoJSON、KML/KMZ、DXF、FlatGeobuf、CSV、XLSX、OSM PBF、GeoTIFF、HGT"

// opener opens files of one format.
type opener func(ctx context.Context, path string, o geofile.Options) (*geofile.Dataset, error)

// openers are the readers by the endings of names.
var openers = map[string]opener{
	".shp": shapefile.Open, ".gpkg": geopackage.Open, ".geojson": geojson.Open, ".json": geojson.Open, ".geojsonl": geojson.Open,
	".fgb": flatgeobuf.Open, ".kml": kml.Open, ".kmz": kml.Open, ".dxf": dxf.Open,
	".csv": table.Open, ".tsv": table.Open, ".txt": table.Open, ".xlsx": table.Open, ".xlsm": table.Open,
}

// Paths of the importer that files go without a diagnosis of layers.
const (
	pathLedger    = "ledger"
	pathOSM       = "osm"
	pathElevation = "elevation"
)

// importerPath names the importer's own path for a file; "" is none.
func importerPath(name string, head []byte) string {
	name = strings.ToLower(name)
	ends := func(suffixes ...string) bool {
		for _, s := range suffixes {
			if strings.HasSuffix(name, s) {
				return true
			}
		}
		return false
	}
	switch {
	case ends(".pbf", ".osm", ".osm.bz2", ".osm.gz", ".osm.xml"), bytes.Contains(head, []byte("OSMHeader")), bytes.Contains(head, []byte("<osm")):
		return pathOSM
	case ends(".tif", ".tiff", ".hgt", ".hgt.zip", ".hgt.gz"), bytes.HasPrefix(head, []byte("II*\x00")), bytes.HasPrefix(head, []byte("MM\x00*")):
		return pathElevation
	}
	return ""
}

// openFile opens a file by its name or, where that says nothing, by its first
// bytes. A file that cannot be read is a *geofile.RefusedError.
func openFile(ctx context.Context, path string, o geofile.Options) (*geofile.Dataset, error) {
	head, err := headOf(path, o.Key)
	if err != nil {
		return nil, err
	}
	open, err := openerOf(strings.ToLower(o.Name), path, head, o)
	if err != nil {
		return nil, err
	}
	return open(ctx, path, o)
}

func openerOf(name, path string, head []byte, o geofile.Options) (opener, error) {
	if len(head) == 0 {
		return nil, geofile.Refuse("文件是空的")
	}
	for ending, open := range openers {
		if strings.HasSuffix(name, ending) {
			return open, nil
		}
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte{0xef, 0xbb, 0xbf}), " \t\r\n")
	switch {
	case archive.Is(head):
		return insideArchive(path, o)
	case bytes.HasPrefix(head, []byte("SQLite format 3")):
		return openers[".gpkg"], nil
	case bytes.HasPrefix(head, []byte("fgb\x03")):
		return openers[".fgb"], nil
	case bytes.HasPrefix(head, []byte("AC10")) || strings.HasSuffix(name, ".dwg"):
		return nil, geofile.Refuse("DWG 是不公开的格式，读不了；请在 CAD 里另存为 DXF 后再导入")
	case bytes.HasPrefix(text, []byte("{")):
		return openers[".geojson"], nil
	case bytes.Contains(head, []byte("<kml")) && openers[".kml"] != nil:
		return openers[".kml"], nil
	case strings.HasSuffix(name, ".xls"), strings.HasSuffix(name, ".et"), strings.HasSuffix(name, ".ods"), strings.HasSuffix(name, ".wps"):
		return nil, geofile.Refuse("不支持 %s 格式，请另存为 .xlsx 或 CSV 后再导入", name[strings.LastIndexByte(name, '.'):])
	case strings.HasSuffix(name, ".rar"), strings.HasSuffix(name, ".7z"):
		return nil, geofile.Refuse("不支持 %s 压缩包，请改用 zip", name[strings.LastIndexByte(name, '.'):])
	}
	return nil, geofile.Refuse("认不出文件“%s”的格式；可以导入 %s", geofile.Shorten(name, 60), knownFormats)
}

// insideArchive finds the reader for a ZIP file by what is in it.
func insideArchive(path string, o geofile.Options) (opener, error) {
	a, err := archive.OpenSealed(path, o.Key, o.Limits)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	found := map[string]bool{}
	for _, e := range a.Entries {
		found[e.Ext()] = true
		if strings.HasPrefix(e.Name, "xl/") && openers[".xlsx"] != nil {
			return openers[".xlsx"], nil
		}
	}
	for _, ending := range []string{".shp", ".dbf", ".kml"} {
		switch {
		case !found[ending]:
		case ending == ".kml" && openers[".kmz"] != nil:
			return openers[".kmz"], nil
		case ending != ".kml":
			return openers[".shp"], nil
		}
	}
	for _, ending := range sortedKeys(openers) {
		if found[ending] {
			return unpacked(ending, openers[ending]), nil
		}
	}
	return nil, geofile.Refuse("压缩包里没有可以导入的文件；可以导入 %s", knownFormats)
}

// mostFiles bounds how many files of an archive are opened side by side.
const mostFiles = 100

// unpacked reads the files of an ending in an archive; where there are several,
// each is a layer by the name of its file, but for a dictionary of fields.
func unpacked(ending string, open opener) opener {
	return func(ctx context.Context, path string, o geofile.Options) (*geofile.Dataset, error) {
		a, err := archive.OpenSealed(path, o.Key, o.Limits)
		if err != nil {
			return nil, err
		}
		defer a.Close()
		var wanted []archive.Entry
		for _, e := range a.Entries {
			if e.Ext() == ending && !strings.HasPrefix(e.Base(), "字段说明") {
				wanted = append(wanted, e)
			}
		}
		if len(wanted) == 0 || len(wanted) > mostFiles {
			return nil, geofile.Refuse("压缩包里有 %d 个 %s 文件，一次最多导入 %d 个", len(wanted), ending, mostFiles)
		}
		whole := &geofile.Dataset{Findings: a.Findings}
		whole.Close = func() error { return nil }
		titles := archive.Titles(wanted)
		for i, e := range wanted {
			title := ""
			if len(wanted) > 1 {
				title = titles[i]
			}
			if err := addFile(ctx, whole, a, e, open, o, title); err != nil {
				return nil, errors.Join(err, whole.Close())
			}
		}
		return whole, nil
	}
}

// addFile opens one file of an archive and adds its layers to the others. A title
// names its layers where there are several files.
func addFile(ctx context.Context, whole *geofile.Dataset, a *archive.Archive, e archive.Entry, open opener, o geofile.Options, title string) error {
	file, removed, err := a.Unpack(ctx, e)
	if err != nil {
		return err
	}
	o.Name, o.Key = e.Base(), file.Key()
	data, err := open(ctx, file.Name(), o)
	if err != nil {
		return errors.Join(err, removed())
	}
	earlier, own := whole.Close, data.Close
	whole.Close = func() error {
		var closing error
		if own != nil {
			closing = own()
		}
		return errors.Join(closing, removed(), earlier())
	}
	if title != "" {
		for n := range data.Layers {
			name := title
			if len(data.Layers) > 1 {
				name += "/" + data.Layers[n].Name
			}
			rename(data, n, name)
		}
	}
	whole.Format = data.Format
	whole.Layers = append(whole.Layers, data.Layers...)
	whole.Findings = append(whole.Findings, data.Findings...)
	return nil
}

func headOf(path string, key *seal.Key) ([]byte, error) {
	f, err := unsealed(path, key)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	head := make([]byte, 1024)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return head[:n], nil
}

// unsealed opens a file, or says in a sentence why it cannot be read any more.
func unsealed(path string, key *seal.Key) (*seal.File, error) {
	f, err := seal.Open(path, key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, geofile.Refuse("上传的文件已被清理，请重新上传")
	case errors.Is(err, seal.ErrKey):
		return nil, geofile.Refuse("上传的文件已失效，请重新上传")
	case err != nil:
		return nil, fmt.Errorf("open the file: %w", err)
	}
	return f, nil
}

// digest is the SHA-256 of a file.
func digest(ctx context.Context, path string, key *seal.Key) (string, error) {
	f, err := unsealed(path, key)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, &geofile.ContextReader{Ctx: ctx, R: f}); err != nil {
		return "", fmt.Errorf("read the file: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
