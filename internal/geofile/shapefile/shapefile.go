// Package shapefile reads and writes ESRI Shapefiles (ESRI Shapefile Technical
// Description, July 1998, with dBASE III tables): in ZIP archives, as people send
// them, or beside each other in a folder. Files that lack parts or whose parts
// disagree are read as far as it is sure, and each such thing is a finding. It must
// never move a coordinate.
package shapefile

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/archive"
)

// extensions are the parts of a Shapefile that are read.
var extensions = []string{".shp", ".shx", ".dbf", ".prj", ".cpg"}

const maxSideFile = 64 << 10 // of .prj and .cpg

// part is a file that can be read at any place.
type part struct {
	io.ReaderAt
	size int64
}

// bundle is the files of one Shapefile.
type bundle struct {
	name  string
	parts map[string]part // by extension
}

// Open opens a ZIP archive with Shapefiles, or one .shp with what stands beside it.
// What cannot be read at all is a *geofile.RefusedError.
func Open(ctx context.Context, path string, opts geofile.Options) (*geofile.Dataset, error) {
	opts.Limits = opts.Limits.Filled()
	o := opener{data: &geofile.Dataset{Format: "shapefile"}}
	o.data.Close = o.close
	if err := o.open(ctx, path, opts); err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o.data, nil
}

// opener gathers what has to be closed.
type opener struct {
	data    *geofile.Dataset
	closers []func() error
	titles  dictionary
}

func (o *opener) close() error {
	var err error
	for _, c := range slices.Backward(o.closers) {
		err = errors.Join(err, c())
	}
	o.closers = nil
	return err
}

func (o *opener) open(ctx context.Context, path string, opts geofile.Options) error {
	head, err := headOf(path, opts.Key)
	if err != nil {
		return err
	}
	var bundles []bundle
	switch {
	case archive.Is(head):
		bundles, err = o.fromArchive(ctx, path, opts)
	case len(head) >= 4 && head[0] == 0 && head[1] == 0 && head[2] == 0x27 && head[3] == 0x0a:
		bundles, err = o.fromFolder(path, opts)
	case len(head) == 0:
		err = geofile.Refuse("文件是空的")
	default:
		err = geofile.Refuse("这不是 Shapefile：既不是 ZIP 压缩包，也不是 .shp 文件")
	}
	if err != nil {
		return err
	}
	points := new(int64)
	*points = opts.Limits.AllPoints
	rows := opts.Limits.Rows
	for _, b := range bundles {
		l, err := openLayer(ctx, b, opts, o.titles)
		if err != nil {
			return err
		}
		if rows -= l.count(); rows < 0 {
			return geofile.Refuse("文件超过 %d 行的上限", opts.Limits.Rows)
		}
		o.data.Findings = append(o.data.Findings, l.findings...)
		o.data.Layers = append(o.data.Layers, l.source())
	}
	return nil
}

func headOf(path string, key *seal.Key) ([]byte, error) {
	file, err := seal.Open(path, key)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	head := make([]byte, 8)
	n, err := io.ReadFull(file, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return head[:n], nil
}

// fromArchive unpacks the Shapefiles of an archive.
func (o *opener) fromArchive(ctx context.Context, path string, opts geofile.Options) ([]bundle, error) {
	a, err := archive.OpenSealed(path, opts.Key, opts.Limits)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	o.data.Findings = append(o.data.Findings, a.Findings...)
	o.titles = readDictionary(a)
	groups := map[string]map[string]archive.Entry{}
	var order []string
	for _, e := range a.Entries {
		ext := e.Ext()
		if !slices.Contains(extensions, ext) {
			continue
		}
		stem := e.Name[:len(e.Name)-len(ext)]
		key := strings.ToLower(stem)
		if groups[key] == nil {
			groups[key] = map[string]archive.Entry{}
			order = append(order, key)
		}
		groups[key][ext] = e
	}
	slices.Sort(order)
	var out []bundle
	var mains []archive.Entry
	for _, key := range order {
		group := groups[key]
		main, ok := group[".shp"]
		if !ok {
			if main, ok = group[".dbf"]; !ok {
				continue
			}
		}
		mains = append(mains, main)
		b := bundle{parts: map[string]part{}}
		for _, ext := range extensions {
			if e, ok := group[ext]; ok {
				file, removed, err := a.Unpack(ctx, e)
				if err != nil {
					return nil, err
				}
				o.closers = append(o.closers, removed)
				b.parts[ext] = part{file, e.Size}
			}
		}
		out = append(out, b)
	}
	if len(out) == 0 {
		return nil, geofile.Refuse("压缩包里没有 .shp 文件")
	}
	for i, title := range archive.Titles(mains) {
		out[i].name = title
	}
	return out, nil
}

// fromFolder opens a .shp and the files of the same name beside it.
func (o *opener) fromFolder(path string, opts geofile.Options) ([]bundle, error) {
	name := filepath.Base(cmp.Or(opts.Name, path))
	b := bundle{name: strings.TrimSuffix(name, filepath.Ext(name)), parts: map[string]part{}}
	stem := strings.TrimSuffix(path, filepath.Ext(path))
	for _, ext := range extensions {
		names := []string{stem + ext, stem + strings.ToUpper(ext)}
		if ext == ".shp" {
			names = []string{path}
		}
		for _, n := range names {
			file, err := seal.Open(n, opts.Key)
			if errors.Is(err, os.ErrNotExist) {
				continue
			}
			if err != nil {
				return nil, fmt.Errorf("open the file: %w", err)
			}
			o.closers = append(o.closers, file.Close)
			info, err := file.Stat()
			if err != nil {
				return nil, fmt.Errorf("look at the file: %w", err)
			}
			if info.Size() > opts.Limits.Bytes {
				return nil, geofile.Refuse("文件超过 %d MB 的上限", opts.Limits.Bytes>>20)
			}
			b.parts[ext] = part{file, info.Size()}
			break
		}
	}
	return []bundle{b}, nil
}

// text reads a small file beside the shapes.
func (p part) text() []byte {
	if p.ReaderAt == nil {
		return nil
	}
	b := make([]byte, min(p.size, maxSideFile))
	n, _ := p.ReadAt(b, 0)
	return b[:n]
}
