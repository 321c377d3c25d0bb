package paper

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
	"unicode/utf16"

	"github.com/lianpian/lianpian/internal/atlas/font"
)

// mm is a millimetre in points.
const mm = 72 / 25.4

// About is what a PDF file says of itself.
type About struct {
	Title, Author, Subject, Creator string
	At                              time.Time
	Plain                           bool // streams are not compressed, for tests
}

// PDF writes a PDF 1.7 file (ISO 32000-1), page by page. The same pages give the
// same bytes.
type PDF struct {
	w       io.Writer
	font    *font.Font
	about   About
	sum     hash.Hash
	at      int64
	offsets []int64 // of the objects, from number 1
	pages   []pdfPage
	layers  []string // names of all layers, in the order of their first use
	glyphs  map[uint16]rune
	err     error
}

type pdfPage struct {
	object   int
	bookmark string
	level    int
}

// The objects with fixed numbers, which are written last.
const (
	pdfCatalog = iota + 1
	pdfPages
	pdfInfo
	pdfFont
	pdfDescendant
	pdfDescriptor
	pdfFontFile
	pdfToUnicode
	pdfGlyphMap
	pdfResources
	pdfOutlines
	pdfFirstFree
)

// NewPDF begins a file.
func NewPDF(w io.Writer, f *font.Font, about About) *PDF {
	p := &PDF{w: w, font: f, about: about, sum: sha256.New(), glyphs: map[uint16]rune{}, offsets: make([]int64, pdfFirstFree-1)}
	p.print("%%PDF-1.7\n%%\xE2\xE3\xCF\xD3\n")
	return p
}

func (p *PDF) print(format string, values ...any) {
	if len(values) == 0 {
		p.write([]byte(strings.ReplaceAll(format, "%%", "%")))
		return
	}
	p.write(fmt.Appendf(nil, format, values...))
}

func (p *PDF) write(data []byte) {
	if p.err != nil {
		return
	}
	p.sum.Write(data)
	n, err := p.w.Write(data)
	p.at += int64(n)
	if err != nil {
		p.err = fmt.Errorf("write a PDF file: %w", err)
	}
}

// object numbers and begins an object; 0 takes the next free number.
func (p *PDF) object(number int) int {
	if number == 0 {
		p.offsets = append(p.offsets, 0)
		number = len(p.offsets)
	}
	p.offsets[number-1] = p.at
	p.print("%d 0 obj\n", number)
	return number
}

func (p *PDF) dictionary(number int, format string, values ...any) int {
	number = p.object(number)
	p.print("<<"+format+">>\nendobj\n", values...)
	return number
}

func (p *PDF) stream(number int, extra string, data []byte) int {
	filter := ""
	if !p.about.Plain {
		var packed bytes.Buffer
		z := zlib.NewWriter(&packed)
		_, _ = z.Write(data)
		_ = z.Close()
		data, filter = packed.Bytes(), "/Filter/FlateDecode"
	}
	number = p.object(number)
	p.print("<<%s%s/Length %d>>\nstream\n", extra, filter, len(data))
	p.write(data)
	p.print("\nendstream\nendobj\n")
	return number
}

// Page draws a page, in millimetres. Its bookmark stands below the last one of a
// lower level; levels are 0 and 1.
func (p *PDF) Page(width, height float64, bookmark string, level int, draw func(Surface) error) error {
	s := &pdfSurface{file: p, layer: -1}
	s.printf("q %s 0 0 %s 0 %s cm\n", number(mm, 6), number(-mm, 6), number(height*mm, 4))
	if err := draw(s); err != nil {
		return err
	}
	s.Layer("")
	s.printf("Q\n")
	content := p.stream(0, "", s.out)
	page := p.dictionary(0, "/Type/Page/Parent %d 0 R/MediaBox[0 0 %s %s]/Resources %d 0 R/Contents %d 0 R",
		pdfPages, number(width*mm, 4), number(height*mm, 4), pdfResources, content)
	p.pages = append(p.pages, pdfPage{page, bookmark, level})
	return p.err
}

// Close writes what stands at the end of the file.
func (p *PDF) Close() error {
	if len(p.pages) == 0 {
		return errors.New("write a PDF file: it has no pages")
	}
	if err := p.fonts(); err != nil {
		return err
	}
	var groups, properties, kids strings.Builder
	for i, name := range p.layers {
		n := p.dictionary(0, "/Type/OCG/Name%s", pdfString(name))
		fmt.Fprintf(&groups, "%d 0 R ", n)
		fmt.Fprintf(&properties, "/L%d %d 0 R", i, n)
	}
	for _, page := range p.pages {
		fmt.Fprintf(&kids, "%d 0 R ", page.object)
	}
	p.dictionary(pdfResources, "/Font<</F %d 0 R>>/Properties<<%s>>", pdfFont, properties.String())
	p.dictionary(pdfPages, "/Type/Pages/Count %d/Kids[%s]", len(p.pages), strings.TrimSpace(kids.String()))
	p.outlines()
	p.dictionary(pdfInfo, "/Title%s/Author%s/Subject%s/Creator%s/Producer%[4]s/CreationDate%[5]s/ModDate%[5]s",
		pdfString(p.about.Title), pdfString(p.about.Author), pdfString(p.about.Subject), pdfString(p.about.Creator),
		"("+p.about.At.UTC().Format("D:20060102150405Z")+")")
	order := strings.TrimSpace(groups.String())
	p.dictionary(pdfCatalog, "/Type/Catalog/Pages %d 0 R/Outlines %d 0 R/PageMode/UseOutlines/Lang(zh-CN)/OCProperties<</OCGs[%s]/D<</Order[%s]/ON[%[3]s]>>>>",
		pdfPages, pdfOutlines, order, order)
	p.trailer()
	return p.err
}

func (p *PDF) trailer() {
	id := fmt.Sprintf("%x", p.sum.Sum(nil)[:16])
	start := p.at
	p.print("xref\n0 %d\n0000000000 65535 f \n", len(p.offsets)+1)
	for _, at := range p.offsets {
		p.print("%010d 00000 n \n", at)
	}
	p.print("trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n",
		len(p.offsets)+1, pdfCatalog, pdfInfo, id, id, start)
}

// outlines are the bookmarks (ISO 32000-1, 12.3.3), in two levels.
func (p *PDF) outlines() {
	type mark struct{ number, parent, next, previous, first, last, count int }
	marks := make([]mark, len(p.pages))
	for i := range marks {
		p.offsets = append(p.offsets, 0)
		marks[i] = mark{number: len(p.offsets), parent: pdfOutlines}
	}
	top, first, last, above := -1, 0, 0, 0
	for i, page := range p.pages {
		if page.level > 0 && top >= 0 {
			parent := &marks[top]
			marks[i].parent, marks[i].previous = parent.number, parent.last
			if parent.first == 0 {
				parent.first = marks[i].number
			} else {
				marks[i-1].next = marks[i].number
			}
			parent.last = marks[i].number
			parent.count++
			continue
		}
		if top >= 0 {
			marks[top].next, marks[i].previous = marks[i].number, marks[top].number
		} else {
			first = marks[i].number
		}
		top, last, above = i, marks[i].number, above+1
	}
	for i, m := range marks {
		var links strings.Builder
		for _, link := range []struct {
			key string
			to  int
		}{{"Prev", m.previous}, {"Next", m.next}, {"First", m.first}, {"Last", m.last}} {
			if link.to != 0 {
				fmt.Fprintf(&links, "/%s %d 0 R", link.key, link.to)
			}
		}
		if m.count > 0 {
			fmt.Fprintf(&links, "/Count %d", -m.count) // closed
		}
		p.dictionary(m.number, "/Title%s/Parent %d 0 R/Dest[%d 0 R/Fit]%s", pdfString(p.pages[i].bookmark), m.parent, p.pages[i].object, links.String())
	}
	p.dictionary(pdfOutlines, "/Type/Outlines/First %d 0 R/Last %d 0 R/Count %d", first, last, above)
}

// pdfString is a text string in UTF-16 with its mark.
func pdfString(s string) string {
	var out strings.Builder
	out.WriteString("<FEFF")
	for _, u := range utf16.Encode([]rune(s)) {
		fmt.Fprintf(&out, "%04X", u)
	}
	out.WriteByte('>')
	return out.String()
}
