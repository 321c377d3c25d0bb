// Package dxf reads and writes AutoCAD drawings as DXF text (Autodesk DXF Reference,
// R12 to 2018): the drawings that surveyors and designers hand over. Each layer of
// the drawing is a layer here, by type of geometry. Curves become lines, blocks are
// inserted where they stand, closed lines are areas named by the text within them. A
// drawing says nothing about its coordinate system; it must never be guessed here.
package dxf

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

const (
	// maxAllPoints bounds a drawing, which is held in memory as a whole: names and
	// joined lines need all of it.
	maxAllPoints = 10_000_000
	maxEntities  = 2_000_000
	maxCopied    = 500_000 // entities of blocks where they are inserted: a small file can ask for many
	maxLine      = 64 << 10
	defaultGap   = 0.01 // metres
)

// Open reads a drawing. What is no DXF text is a *geofile.RefusedError that says what
// to do instead.
func Open(ctx context.Context, path string, opts geofile.Options) (*geofile.Dataset, error) {
	opts.Limits = opts.Limits.Filled()
	file, err := seal.Open(path, opts.Key)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	if err := checkHead(file, opts.Limits); err != nil {
		return nil, err
	}
	found, mark, binary, err := charset.DetectReader(&geofile.ContextReader{Ctx: ctx, R: file})
	if err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	if binary {
		return nil, geofile.Refuse("这不是文本格式的 DXF 文件")
	}
	if _, err := file.Seek(int64(mark), io.SeekStart); err != nil {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	d := newDrawing(opts, found)
	s := &scanner{r: bufio.NewReaderSize(&geofile.ContextReader{Ctx: ctx, R: file}, 256<<10), most: 4*opts.Limits.Points + 10_000}
	if err := d.read(ctx, s); err != nil {
		return nil, err
	}
	return d.dataset(), nil
}

// checkHead refuses what is known to be something else.
func checkHead(file *seal.File, limits geofile.Limits) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	head := make([]byte, 32)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read the file: %w", err)
	}
	head = head[:n]
	switch {
	case len(bytes.TrimSpace(head)) == 0 && info.Size() <= int64(n):
		return geofile.Refuse("文件是空的")
	case info.Size() > limits.Bytes:
		return geofile.Refuse("文件有 %d MB，超过 %d MB 的上限", info.Size()>>20, limits.Bytes>>20)
	case bytes.HasPrefix(head, []byte("AutoCAD Binary DXF")):
		return geofile.Refuse("这是二进制 DXF，请在 CAD 软件中另存为文本（ASCII）DXF，版本选 2007 或更高")
	case len(head) > 6 && bytes.HasPrefix(head, []byte("AC1")) && head[3] >= '0' && head[3] <= '9':
		return geofile.Refuse("这是 DWG 文件，请在 CAD 软件中另存为 DXF（版本选 2007 或更高）后再导入")
	}
	return nil
}

// drawing is a DXF file while it is read.
type drawing struct {
	opts     geofile.Options
	found    charset.Found
	encoding string

	version string // $ACADVER
	page    string // $DWGCODEPAGE
	units   int    // $INSUNITS
	crsText string // of a comment that Write leaves

	blocks   map[string]*block
	layers   map[string]*layer // by name
	order    []*layer
	oneNotes map[string]*note // what is told once, counted
	left     int64            // points
	entities int64
	copied   int64 // of the entities, those of blocks
	findings []geofile.Finding
}

// note is a finding that many entities cause.
type note struct {
	layer, detail string
	count         int64
}

func newDrawing(opts geofile.Options, found charset.Found) *drawing {
	return &drawing{
		opts: opts, found: found, blocks: map[string]*block{}, layers: map[string]*layer{}, oneNotes: map[string]*note{},
		left: min(opts.Limits.AllPoints, maxAllPoints),
	}
}

func (d *drawing) note(kind, layer, detail string) {
	key := kind + "\x00" + layer
	if d.oneNotes[key] == nil {
		d.oneNotes[key] = &note{layer: layer, detail: detail}
	}
	d.oneNotes[key].count++
}

// read reads the sections of a drawing.
func (d *drawing) read(ctx context.Context, s *scanner) error {
	sections := 0
	for {
		g, err := s.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if g.code == 999 {
			d.comment(g.value)
		}
		if g.code == 0 && g.value == "EOF" {
			break
		}
		if g.code != 0 || g.value != "SECTION" {
			if sections == 0 && g.code != 999 {
				return geofile.Refuse("这不是 DXF 文件")
			}
			continue
		}
		if g, err = s.next(); err != nil {
			return ended(err)
		}
		sections++
		if err := d.section(ctx, s, g.value); err != nil {
			return ended(err)
		}
	}
	if sections == 0 {
		return geofile.Refuse("这不是 DXF 文件")
	}
	return nil
}

// ended takes the end of a file within a section for a broken file.
func ended(err error) error {
	if err == io.EOF {
		return geofile.Refuse("DXF 文件不完整：中途结束")
	}
	return err
}

func (d *drawing) section(ctx context.Context, s *scanner, name string) error {
	switch name {
	case "HEADER":
		return d.readHeader(s)
	case "BLOCKS":
		d.chooseEncoding()
		return d.readBlocks(s)
	case "ENTITIES":
		d.chooseEncoding()
		return d.readEntities(ctx, s)
	}
	for {
		g, err := s.next()
		if err != nil || g.code == 0 && g.value == "ENDSEC" {
			return err
		}
	}
}

func (d *drawing) readHeader(s *scanner) error {
	variable := ""
	for {
		g, err := s.next()
		switch {
		case err != nil:
			return err
		case g.code == 0:
			return nil
		case g.code == 9:
			variable = g.value
		case variable == "$ACADVER" && g.code == 1:
			d.version = g.value
		case variable == "$DWGCODEPAGE" && g.code == 3:
			d.page = g.value
		case variable == "$INSUNITS" && g.code == 70:
			d.units = int(g.number())
		case g.code == 999:
			d.comment(g.value)
		}
	}
}

// chooseEncoding decides once, before the first text: from 2007 on drawings are
// UTF-8, before in the code page of the header.
func (d *drawing) chooseEncoding() {
	if d.encoding != "" {
		return
	}
	declared, from := "", "文件没有说明代码页"
	if d.version >= "AC1021" && len(d.version) == 6 {
		declared, from = charset.UTF8, "DXF 版本 "+d.version
	} else if name, ok := charset.Lookup(d.page); ok {
		declared, from = name, "$DWGCODEPAGE"
	}
	name, kind, detail := charset.Choose(d.opts.Encoding, declared, from, d.found)
	d.encoding = name
	if kind != "" {
		d.findings = append(d.findings, geofile.Finding{Kind: kind, Detail: detail})
	}
}
