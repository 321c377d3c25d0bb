package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// maxManifest bounds the manifest, in bytes: that of a million files is smaller.
const maxManifest = 256 << 20

// Verify reads a backup from beginning to end and compares each part with the
// manifest. It needs no database. A file that is not whole, or not what was
// written, is a *DamagedError; one of a later format ErrNewer.
func Verify(ctx context.Context, path string, progress Progress) (Manifest, error) {
	return read(ctx, path, told(progress), func(string, int64, io.Reader) error { return nil })
}

// extract verifies a backup and writes its parts below dir.
func extract(ctx context.Context, path, dir string, progress Progress) (Manifest, error) {
	return read(ctx, path, progress, func(name string, _ int64, content io.Reader) error {
		place := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(place), 0o700); err != nil {
			return fmt.Errorf("make room for %s: %w", name, err)
		}
		out, err := os.OpenFile(place, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		_, err = io.Copy(out, content)
		return errors.Join(err, out.Close())
	})
}

// read goes through a backup, gives each part to take, and checks it.
func read(ctx context.Context, path string, progress Progress, take func(name string, size int64, content io.Reader) error) (Manifest, error) {
	file, err := os.Open(path)
	if err != nil {
		return Manifest{}, fmt.Errorf("open the backup: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return Manifest{}, fmt.Errorf("open the backup: %w", err)
	}
	if !info.Mode().IsRegular() {
		return Manifest{}, damaged("%s is not a backup of lianpian", path)
	}
	progress.Phase("check the backup", "bytes", info.Size())
	archive := tar.NewReader(bufio.NewReaderSize(io.TeeReader(file, counter{progress}), 1<<20))
	if err := readHead(archive, path); err != nil {
		return Manifest{}, err
	}
	var found []File
	for {
		if err := ctx.Err(); err != nil {
			return Manifest{}, err
		}
		header, err := archive.Next()
		if err != nil {
			return Manifest{}, cutOff(path, err)
		}
		if header.Name == manifestEntry {
			m, err := readManifest(archive, header.Size, path)
			if err != nil {
				return m, err
			}
			return m, m.agree(path, found)
		}
		if !safeEntry(header) {
			return Manifest{}, damaged("%s has a part %q that no backup of lianpian has", path, header.Name)
		}
		sum := sha256.New()
		source := &failing{io.TeeReader(archive, sum), nil}
		if err := take(header.Name, header.Size, source); err != nil {
			if source.err != nil {
				return Manifest{}, cutOff(path, source.err)
			}
			return Manifest{}, err
		}
		if _, err := io.Copy(io.Discard, source); err != nil {
			return Manifest{}, cutOff(path, err)
		}
		found = append(found, File{Name: header.Name, Size: header.Size, SHA256: hex.EncodeToString(sum.Sum(nil))})
	}
}

// failing remembers that reading, not writing, went wrong.
type failing struct {
	from io.Reader
	err  error
}

func (f *failing) Read(p []byte) (int, error) {
	n, err := f.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

func readHead(archive *tar.Reader, path string) error {
	header, err := archive.Next()
	if err != nil || header.Name != formatEntry || header.Size > 16 {
		return damaged("%s is not a backup of lianpian", path)
	}
	text, err := io.ReadAll(archive)
	if err != nil {
		return cutOff(path, err)
	}
	version := 0
	if _, err := fmt.Sscanf(string(bytes.TrimSpace(text)), "%d", &version); err != nil || version < 1 {
		return damaged("%s is not a backup of lianpian", path)
	}
	if version > formatVersion {
		return fmt.Errorf("%s: %w", path, ErrNewer)
	}
	return nil
}

func readManifest(archive *tar.Reader, size int64, path string) (Manifest, error) {
	var m Manifest
	if size > maxManifest {
		return m, damaged("%s has no manifest that could be read", path)
	}
	text, err := io.ReadAll(archive)
	if err != nil {
		return m, cutOff(path, err)
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return m, damaged("%s has no manifest that could be read: %v", path, err)
	}
	if _, err := archive.Next(); !errors.Is(err, io.EOF) {
		return m, damaged("%s goes on after its manifest", path)
	}
	return m, nil
}

// agree compares the parts that were read with those that were written.
func (m Manifest) agree(path string, found []File) error {
	written := append([]File{m.Database}, m.Files...)
	for _, w := range written {
		i := slices.IndexFunc(found, func(f File) bool { return f.Name == w.Name })
		switch {
		case i < 0:
			return damaged("%s lacks %s", path, w.Name)
		case found[i] != w:
			return damaged("%s: %s is not what was written (its checksum differs)", path, w.Name)
		}
	}
	if len(found) != len(written) || m.Database.Name != dumpEntry {
		return damaged("%s does not hold what its manifest says", path)
	}
	return nil
}

// safeEntry allows the dump, and files one folder deep.
func safeEntry(h *tar.Header) bool {
	if h.Typeflag != tar.TypeReg {
		return false
	}
	if h.Name == dumpEntry {
		return true
	}
	folder, name, ok := strings.Cut(h.Name, "/")
	plain := func(s string) bool {
		return s != "" && !strings.HasPrefix(s, ".") && !strings.ContainsAny(s, "/\\\x00")
	}
	return ok && plain(folder) && plain(name)
}

func cutOff(path string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return damaged("%s was cut off: it ends before its manifest", path)
	}
	if errors.Is(err, tar.ErrHeader) {
		return damaged("%s is damaged: its parts cannot be told apart", path)
	}
	return fmt.Errorf("read %s: %w", path, err)
}
