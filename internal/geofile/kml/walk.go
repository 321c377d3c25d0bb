package kml

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile"
)

const (
	maxText = 1 << 20 // of one name, description or value
	maxData = 500     // values of one placemark
)

// placemark is a feature as the file has it.
type placemark struct {
	folder      int // in the order of the file; 0 is outside of all
	geometry    orb.Geometry
	fault       string
	name        *string
	description *string
	data        []datum
	heights     bool // a position had one
	label       bool // a point was left away
}

// datum is a value of a placemark.
type datum struct{ name, value string }

// field is what a Schema says of a field.
type field struct{ name, kind, title string }

// folder is a Folder or Document.
type folder struct {
	name     string
	others   int // features that are no placemarks, and folders
	children int
}

// tallies are what the walk left away.
type tallies struct{ heights, labels, links, overlays int }

// walker reads a document element by element.
type walker struct {
	source  *meteredReader
	d       *xml.Decoder
	limits  geofile.Limits
	longest int64
	depth   int
	folders []folder
	fields  map[string][]field // of schemas, by "#id" and name
	tally   tallies
	each    func(placemark) error
	left    int // points of the geometry
}

// meteredReader gives no more than its allowance before somebody renews it: no
// single text of a hostile file fills the memory.
type meteredReader struct {
	r    io.Reader
	left int64
}

var errTooLong = errors.New("one text of the file is too long")

func (m *meteredReader) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooLong
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	return n, err
}

func newWalker(r io.Reader, limits geofile.Limits, each func(placemark) error) *walker {
	w := &walker{limits: limits, longest: int64(limits.Points)*64 + 4<<20, fields: map[string][]field{}, folders: make([]folder, 1), each: each}
	w.source = &meteredReader{r: r, left: w.longest}
	w.d = xml.NewDecoder(w.source)
	w.d.Entity = xml.HTMLEntity // a fixed list, which nothing in the file adds to
	w.d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	return w
}

// walk reads the document to its end.
func (w *walker) walk(ctx context.Context) error {
	err := w.document()
	var syntax *xml.SyntaxError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errTooLong):
		return geofile.Refuse("KML 中有一项内容超过 %d MiB 的上限。", w.longest>>20)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return geofile.Refuse("KML 不完整：文件提前结束。")
	case errors.As(err, &syntax):
		if strings.Contains(syntax.Msg, "unexpected EOF") {
			return geofile.Refuse("KML 不完整：文件提前结束。")
		}
		return geofile.Refuse("文件不是有效的 KML：第 %d 行不符合 XML 格式。", syntax.Line)
	}
	return err
}

func (w *walker) document() error {
	root := false
	for {
		token, err := w.next()
		if errors.Is(err, io.EOF) && root {
			return nil
		}
		if err != nil {
			return err
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "kml":
			root = true
			if err := w.container(0); err != nil {
				return err
			}
		case "Document", "Folder", "Placemark": // without the root, as some programs write it
			root = true
			if err := w.member(start, 0); err != nil {
				return err
			}
		default:
			return geofile.Refuse("文件是 XML，但不是 KML。")
		}
	}
}

// next is the next token; definitions of entities are refused.
func (w *walker) next() (xml.Token, error) {
	w.source.left = w.longest
	token, err := w.d.Token()
	if err != nil {
		return nil, err
	}
	switch token.(type) {
	case xml.Directive:
		return nil, geofile.Refuse("KML 含有 DOCTYPE 或实体定义，不安全，未读取。")
	case xml.StartElement:
		if w.depth++; w.depth > 4*w.limits.Depth {
			return nil, geofile.Refuse("KML 的元素嵌套超过 %d 层的上限。", 4*w.limits.Depth)
		}
	case xml.EndElement:
		w.depth--
	}
	return token, nil
}

// inside goes through the children of an element until it ends. A child reads
// itself to its end.
func (w *walker) inside(child func(xml.StartElement) error) error {
	for {
		token, err := w.next()
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			if err := child(t); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

func (w *walker) skip() error {
	return w.inside(func(xml.StartElement) error { return w.skip() })
}

// text is the text of an element, without that of its children.
func (w *walker) text(most int) (string, error) {
	var b strings.Builder
	for {
		token, err := w.next()
		if err != nil {
			return "", err
		}
		switch t := token.(type) {
		case xml.CharData:
			if b.Len()+len(t) > most {
				return "", errTooLong
			}
			b.Write(t)
		case xml.StartElement:
			if err := w.skip(); err != nil {
				return "", err
			}
		case xml.EndElement:
			return b.String(), nil
		}
	}
}

// container reads the children of a Document, a Folder or the root.
func (w *walker) container(number int) error {
	return w.inside(func(start xml.StartElement) error { return w.member(start, number) })
}

func (w *walker) member(start xml.StartElement, number int) error {
	switch start.Name.Local {
	case "Document", "Folder":
		w.folders[number].children++
		if len(w.folders) > w.limits.Entries {
			return geofile.Refuse("KML 超过 %d 个文件夹的上限。", w.limits.Entries)
		}
		w.folders = append(w.folders, folder{})
		return w.container(len(w.folders) - 1)
	case "name":
		text, err := w.text(maxText)
		w.folders[number].name = strings.TrimSpace(text)
		return err
	case "Schema":
		return w.schema(start)
	case "Placemark":
		p := placemark{folder: number}
		before := w.tally
		if err := w.placemark(&p); err != nil {
			return err
		}
		p.heights, p.label = w.tally.heights > before.heights, w.tally.labels > before.labels
		return w.each(p)
	case "NetworkLink":
		w.tally.links++
		w.folders[number].others++
	case "GroundOverlay", "ScreenOverlay", "PhotoOverlay":
		w.tally.overlays++
		w.folders[number].others++
	}
	return w.skip()
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (w *walker) schema(start xml.StartElement) error {
	var fields []field
	err := w.inside(func(e xml.StartElement) error {
		f := field{name: attribute(e, "name"), kind: attribute(e, "type")}
		err := w.inside(func(e xml.StartElement) error {
			text, err := w.text(maxText)
			if e.Name.Local == "displayName" {
				f.title = text
			}
			return err
		})
		if len(fields) < maxData && f.name != "" {
			fields = append(fields, f)
		}
		return err
	})
	if len(w.fields) < w.limits.Entries {
		w.fields["#"+attribute(start, "id")] = fields
	}
	return err
}

func (w *walker) placemark(p *placemark) error {
	return w.inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "name":
			text, err := w.text(maxText)
			text = strings.TrimSpace(text)
			p.name = &text
			return err
		case "description":
			text, err := w.text(maxText)
			text = strings.TrimSpace(text)
			p.description = &text
			return err
		case "ExtendedData":
			return w.extended(p)
		}
		if !isGeometry(e.Name.Local) {
			return w.skip()
		}
		w.left = w.limits.Points
		g, fault, err := w.geometry(e.Name.Local, 0)
		if err != nil {
			return err
		}
		p.geometry, p.fault = g, fault
		return nil
	})
}

// extended reads Data and SchemaData (clause 9.2, 9.6).
func (w *walker) extended(p *placemark) error {
	return w.inside(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "Data":
			d := datum{name: attribute(e, "name")}
			err := w.inside(func(e xml.StartElement) (err error) {
				if e.Name.Local != "value" {
					return w.skip()
				}
				d.value, err = w.text(maxText)
				return err
			})
			p.add(d)
			return err
		case "SchemaData":
			return w.inside(func(e xml.StartElement) error {
				if e.Name.Local != "SimpleData" {
					return w.skip()
				}
				text, err := w.text(maxText)
				p.add(datum{attribute(e, "name"), text})
				return err
			})
		}
		return w.skip()
	})
}

func (p *placemark) add(d datum) {
	if d.name != "" && len(p.data) < maxData {
		p.data = append(p.data, d)
	}
}
