// Package archive opens the ZIP files that people send: Shapefiles, KMZ, several
// files in one. It decides from the directory of the archive what may be unpacked
// at all, keeps every reading to that, and decodes names. It must never write
// outside of temporary files of its own, follow a link, or open an archive within
// an archive.
package archive

import (
	"archive/zip"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geofile"
)

const (
	ratioFrom = 1 << 20
	// looseRatio is how many times the ratio a single entry may have: tables full
	// of blanks pack well, but nothing honest packs as runs of zeros do.
	looseRatio = 4
)

// Archive is an opened ZIP file. Close it.
type Archive struct {
	Entries  []Entry // files, without folders and what desktops leave behind
	Findings []geofile.Finding

	file *seal.File
}

// Entry is a file of an archive.
type Entry struct {
	Name string // decoded, with slashes, relative: 数据/小区.shp
	Size int64  // unpacked, as the directory says

	file *zip.File
}

// Base is the name without folders.
func (e Entry) Base() string { return path.Base(e.Name) }

// Ext is the ending of the name in small letters, with its point.
func (e Entry) Ext() string { return strings.ToLower(path.Ext(e.Name)) }

// Titles are the names of files without folders and endings; files of one name
// keep their folders, which tell them apart.
func Titles(files []Entry) []string {
	times := map[string]int{}
	for _, e := range files {
		times[strings.ToLower(stem(e.Base()))]++
	}
	titles := make([]string, len(files))
	for i, e := range files {
		if titles[i] = stem(e.Base()); times[strings.ToLower(titles[i])] > 1 {
			titles[i] = stem(e.Name)
		}
	}
	return titles
}

func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

// Is tells whether a file begins as ZIP archives do.
func Is(head []byte) bool {
	return strings.HasPrefix(string(head), "PK\x03\x04") || strings.HasPrefix(string(head), "PK\x05\x06")
}

// Open reads the directory of an archive. What is dangerous, encrypted, broken or
// too large is a *geofile.RefusedError.
func Open(name string, limits geofile.Limits) (*Archive, error) { return OpenSealed(name, nil, limits) }

// OpenSealed opens an archive that may be sealed with a key.
func OpenSealed(name string, key *seal.Key, limits geofile.Limits) (*Archive, error) {
	file, err := seal.Open(name, key)
	if err != nil {
		return nil, fmt.Errorf("open the archive: %w", err)
	}
	a, err := open(file, limits)
	if err != nil {
		file.Close()
		return nil, err
	}
	return a, nil
}

func open(file *seal.File, limits geofile.Limits) (*Archive, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("look at the archive: %w", err)
	}
	directory, err := zip.NewReader(file, info.Size())
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, geofile.Refuse("这不是有效的 ZIP 压缩包，或文件不完整")
	}
	limits = limits.Filled()
	if n := len(directory.File); n > limits.Entries {
		return nil, geofile.Refuse("压缩包里有 %d 个文件，超过 %d 个的上限", n, limits.Entries)
	}
	if err := checkSizes(directory.File, info.Size(), limits); err != nil {
		return nil, err
	}
	a := &Archive{file: file}
	if err := a.list(directory.File); err != nil {
		return nil, err
	}
	return a, nil
}

// checkSizes looks at what the directory claims; the readers keep each entry to
// its claim.
func checkSizes(files []*zip.File, packed int64, limits geofile.Limits) error {
	total := uint64(0)
	for _, f := range files {
		size := f.UncompressedSize64
		if size > uint64(limits.Bytes) || total+size > uint64(limits.Bytes) {
			return geofile.Refuse("压缩包解压后超过 %s 的上限，疑似压缩炸弹，未读取", bytesText(limits.Bytes))
		}
		total += size
		if size > ratioFrom && float64(size) > looseRatio*limits.Ratio*float64(max(1, f.CompressedSize64)) {
			return geofile.Refuse("压缩包里有文件的压缩比超过 %.0f 倍，疑似压缩炸弹，未读取", looseRatio*limits.Ratio)
		}
	}
	if total > ratioFrom && float64(total) > limits.Ratio*float64(max(1, packed)) {
		return geofile.Refuse("压缩包的压缩比超过 %.0f 倍，疑似压缩炸弹，未读取", limits.Ratio)
	}
	return overlapping(files)
}

// overlapping refuses entries that share their packed bytes: a small file that
// unpacks to the same content many times.
func overlapping(files []*zip.File) error {
	type span struct{ from, to int64 }
	spans := make([]span, 0, len(files))
	for _, f := range files {
		from, err := f.DataOffset()
		if err != nil {
			return geofile.Refuse("压缩包已损坏，无法读取")
		}
		if f.CompressedSize64 > 0 {
			spans = append(spans, span{from, from + int64(f.CompressedSize64)})
		}
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(spans); i++ {
		if spans[i].from < spans[i-1].to {
			return geofile.Refuse("压缩包里的文件互相重叠，疑似压缩炸弹，未读取")
		}
	}
	return nil
}

func (a *Archive) list(files []*zip.File) error {
	decode := nameDecoder(files)
	seen := map[string]bool{}
	var nested []string
	for _, f := range files {
		name := strings.ReplaceAll(decode(f), `\`, "/")
		if err := checkName(name); err != nil {
			return err
		}
		mode := f.Mode()
		switch {
		case mode&os.ModeSymlink != 0:
			return geofile.Refuse("压缩包里有符号链接（%s），不安全，未读取", geofile.Shorten(name, 60))
		case mode.IsDir() || strings.HasSuffix(name, "/") || leftBehind(name):
			continue
		case !mode.IsRegular():
			return geofile.Refuse("压缩包里有特殊文件（%s），不安全，未读取", geofile.Shorten(name, 60))
		case f.Flags&1 != 0:
			return geofile.Refuse("压缩包有密码，请解除密码后再导入")
		case f.Method != zip.Store && f.Method != zip.Deflate:
			return geofile.Refuse("压缩包用了不支持的压缩方法（%d），请用普通 ZIP 方式重新压缩", f.Method)
		}
		name = path.Clean(name)
		if key := strings.ToLower(name); seen[key] {
			a.Findings = append(a.Findings, geofile.Finding{Kind: "duplicate_entry", Detail: "压缩包里有重名的文件，只读取第一个：" + geofile.Shorten(name, 60)})
			continue
		} else {
			seen[key] = true
		}
		if isArchive(name) {
			nested = append(nested, name)
			continue
		}
		a.Entries = append(a.Entries, Entry{Name: name, Size: int64(f.UncompressedSize64), file: f})
	}
	switch {
	case len(a.Entries) > 0 && len(nested) > 0:
		a.Findings = append(a.Findings, geofile.Finding{Kind: "nested_archive", Detail: "压缩包里的压缩包没有读取：" + geofile.Shorten(strings.Join(nested, "、"), 120)})
	case len(nested) > 0:
		return geofile.Refuse("压缩包里还是压缩包（%s），请先解压，再把数据文件直接压缩后导入", geofile.Shorten(nested[0], 60))
	case len(a.Entries) == 0:
		return geofile.Refuse("压缩包里没有文件")
	}
	return nil
}

// checkName refuses names that would lead out of a folder that the archive were
// unpacked to (ZIP slip).
func checkName(name string) error {
	switch {
	case name == "" || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return geofile.Refuse("压缩包里有名称不合法的文件，未读取")
	case strings.HasPrefix(name, "/"), len(name) > 1 && name[1] == ':', slices.Contains(strings.Split(name, "/"), ".."):
		return geofile.Refuse("压缩包里有指向外部位置的文件名（%s），不安全，未读取", geofile.Shorten(name, 60))
	case len(name) > 1024:
		return geofile.Refuse("压缩包里有过长的文件名，未读取")
	}
	return nil
}

// leftBehind names what desktops put into archives by themselves.
func leftBehind(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(name, "__MACOSX/") || strings.HasPrefix(base, "._") ||
		base == ".DS_Store" || strings.EqualFold(base, "Thumbs.db") || strings.EqualFold(base, "desktop.ini")
}

func isArchive(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".kmz":
		return true
	}
	return false
}

// Close closes the file.
func (a *Archive) Close() error { return a.file.Close() }

func bytesText(n int64) string {
	if n >= 1<<30 && n%(1<<30) == 0 {
		return fmt.Sprintf("%d GB", n>>30)
	}
	return fmt.Sprintf("%d MB", max(1, n>>20))
}

// errorOf turns errors of unpacking into sentences.
func errorOf(err error, name string) error {
	if err == nil || err == io.EOF {
		return err
	}
	var refused *geofile.RefusedError
	if errors.As(err, &refused) {
		return err
	}
	return geofile.Refuse("压缩包里的文件“%s”已损坏，无法解压", geofile.Shorten(path.Base(name), 60))
}
