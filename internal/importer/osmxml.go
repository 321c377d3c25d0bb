package importer

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
)

// maxXMLTag bounds one tag of an .osm file: a real one is under 2 kB.
const maxXMLTag = 1 << 20

// readOSMXML hands every node, way and relation of an .osm file to sink, in
// file order. It keeps at most one of them in memory.
func readOSMXML(ctx context.Context, r io.Reader, sink osmSink) error {
	d := xml.NewDecoder(&boundedTags{r: r})
	d.Strict = true
	d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("the encoding %s is not supported", charset)
	}
	var (
		depth   int
		begun   bool
		kind    string
		id      int64
		x, y    int32
		inRange bool
		tags    osmTags
		refs    []int64
		members []osmMember
	)
	for n := 0; ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		token, err := d.RawToken()
		if err == io.EOF {
			if depth != 0 {
				return errCutShort
			}
			if !begun {
				return errors.New("no <osm> in it")
			}
			return nil
		}
		if err != nil {
			var syntax *xml.SyntaxError
			if errors.As(err, &syntax) && syntax.Msg == "unexpected EOF" {
				return errCutShort
			}
			return unexpected(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			depth++
			name := t.Name.Local
			if depth == 1 && name != "osm" {
				return fmt.Errorf("the outermost element is <%s>, not <osm>", name)
			}
			begun = true
			if depth == 2 {
				kind, tags, refs, members = name, tags[:0], refs[:0], members[:0]
				if name != "node" && name != "way" && name != "relation" {
					continue
				}
				if id, err = strconv.ParseInt(attribute(t, "id"), 10, 64); err != nil {
					return fmt.Errorf("a <%s> without an id", name)
				}
				if name == "node" {
					var okX, okY bool
					x, okX = degrees(attribute(t, "lon"), 180)
					y, okY = degrees(attribute(t, "lat"), 90)
					inRange = okX && okY && attribute(t, "visible") != "false"
				}
				continue
			}
			switch name {
			case "tag":
				if k := attribute(t, "k"); wantedKey(k) {
					tags = append(tags, osmTag{k, cleanText(attribute(t, "v"))})
				}
			case "nd":
				ref, err := strconv.ParseInt(attribute(t, "ref"), 10, 64)
				if err != nil {
					return fmt.Errorf("way %d: a reference that is no number", id)
				}
				refs = append(refs, ref)
			case "member":
				ref, err := strconv.ParseInt(attribute(t, "ref"), 10, 64)
				if err != nil {
					return fmt.Errorf("relation %d: a reference that is no number", id)
				}
				members = append(members, osmMember{ref: ref, way: attribute(t, "type") == "way", role: attribute(t, "role")})
			}
			if len(refs) > maxRefs || len(members) > maxRefs || len(tags) > maxTags {
				return fmt.Errorf("%s %d has too many members", kind, id)
			}
		case xml.EndElement:
			depth--
			if depth < 0 {
				return errors.New("an element ends that never began")
			}
			if depth != 1 {
				continue
			}
			switch t.Name.Local {
			case "node":
				if inRange {
					err = sink.node(id, x, y, tags)
				}
			case "way":
				err = sink.way(id, refs, tags)
			case "relation":
				err = sink.relation(id, members, tags)
			}
			if err != nil {
				return err
			}
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func degrees(s string, limit float64) (int32, bool) {
	v, err := strconv.ParseFloat(s, 64)
	if err != nil || !(math.Abs(v) <= limit) {
		return 0, false
	}
	return int32(math.Round(v * 1e7)), true
}

// boundedTags stops a reader when one tag grows beyond all reason, before the
// XML decoder has put it into memory. Comments and the like, which could grow
// unseen, are taken only at the start of a file: no OSM file has them later.
type boundedTags struct {
	r     io.Reader
	done  int64
	since int
	last  byte
}

func (b *boundedTags) Read(p []byte) (int, error) {
	if len(p) > 64<<10 {
		p = p[:64<<10]
	}
	n, err := b.r.Read(p)
	for _, c := range p[:n] {
		if b.last == '<' && (c == '!' || c == '?') && b.done > 64<<10 {
			return 0, errors.New("a comment inside the data")
		}
		b.last = c
		b.done++
		b.since++
		if c == '<' {
			b.since = 0
		}
	}
	if b.since > maxXMLTag {
		return 0, errors.New("a tag of more than 1 MB")
	}
	return n, err
}
