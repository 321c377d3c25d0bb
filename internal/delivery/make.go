package delivery

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"os"
	"time"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/geo"
)

// Made is what came of a package.
type Made struct {
	SHA256     string
	Size       int64
	PlanSHA256 string
	Files      []PackedFile
	Notices    []string
}

// Progress is told what is being made, and how far it is.
type Progress interface {
	Phase(name, unit string, total int64)
	Advance(n int64)
}

// Make writes the package of a content: the same bytes for the same content and
// order. dir is where files grow that cannot be streamed, "" is the system's.
func Make(ctx context.Context, w io.Writer, c *Content, o Order, dir string, progress Progress) (Made, error) {
	o, err := o.checked()
	if err != nil {
		return Made{}, err
	}
	crs, err := geo.ParseCRS(o.CRS)
	if err != nil {
		return Made{}, err
	}
	if err := suits(crs, c.longitude()); err != nil {
		return Made{}, err
	}
	recipe, err := recipeOf(c, o)
	if err != nil {
		return Made{}, err
	}
	whole := &measured{to: w, sum: sha256.New()}
	m := &maker{
		ctx: ctx, zip: zip.NewWriter(whole), content: c, order: o, crs: crs, dir: dir, progress: progress,
		at: c.Plan.At.In(clock.China), made: Made{PlanSHA256: recipe.PlanSHA256, Notices: append([]string{}, c.Notices...)},
	}
	for _, part := range o.Parts {
		if err := ctx.Err(); err != nil {
			return Made{}, err
		}
		if err := m.part(part); err != nil {
			return Made{}, fmt.Errorf("make %s of a package: %w", part, err)
		}
	}
	if err := m.close(recipe); err != nil {
		return Made{}, err
	}
	m.made.Size, m.made.SHA256 = whole.size, hex.EncodeToString(whole.sum.Sum(nil))
	return m.made, nil
}

// maker is a package while it is made.
type maker struct {
	ctx      context.Context
	zip      *zip.Writer
	content  *Content
	order    Order
	crs      geo.CRS
	dir      string
	at       time.Time
	progress Progress
	made     Made
	only     io.Writer // where the one file goes that is wanted without a package
}

// packed are the extensions of files that are compressed already.
var packed = map[string]bool{".pdf": true, ".xlsx": true, ".docx": true, ".kmz": true, ".zip": true}

// file adds a file to the package and to its list.
func (m *maker) file(name string, write func(io.Writer) error) error {
	if m.only != nil {
		return m.straight(name, write)
	}
	entry, err := m.entry(name)
	if err != nil {
		return err
	}
	out := &measured{to: entry, sum: sha256.New()}
	if err := write(out); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	m.made.Files = append(m.made.Files, PackedFile{name, out.size, hex.EncodeToString(out.sum.Sum(nil))})
	return nil
}

func (m *maker) entry(name string) (io.Writer, error) {
	head := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: m.at}
	if packed[extension(name)] {
		head.Method = zip.Store
	}
	out, err := m.zip.CreateHeader(head)
	if err != nil {
		return nil, fmt.Errorf("begin %s: %w", name, err)
	}
	return out, nil
}

// close adds what tells of the package: a note, the recipe and the lists.
func (m *maker) close(recipe *Recipe) error {
	if err := m.file("说明.txt", m.note); err != nil {
		return err
	}
	if err := m.file("reproduce.json", recipe.write); err != nil {
		return err
	}
	if err := m.file("清单.csv", m.list); err != nil {
		return err
	}
	entry, err := m.entry("manifest.json")
	if err != nil {
		return err
	}
	if err := m.manifest(entry, recipe); err != nil {
		return err
	}
	if err := m.zip.Close(); err != nil {
		return fmt.Errorf("end a package: %w", err)
	}
	return nil
}

// measured counts and digests what is written through it.
type measured struct {
	to   io.Writer
	sum  hash.Hash
	size int64
}

func (m *measured) Write(b []byte) (int, error) {
	n, err := m.to.Write(b)
	m.size += int64(n)
	m.sum.Write(b[:n])
	return n, err
}

// digestOf is the SHA-256 of a file.
func digestOf(name string) (string, error) {
	file, err := os.Open(name)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", name, err)
	}
	defer file.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read %s: %w", name, err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}
