package importer

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
)

const smallOSM = `<?xml version="1.0" encoding="UTF-8"?>
<!-- made for a test -->
<osm version="0.6" generator="test">
 <bounds minlat="28.9" minlon="106.9" maxlat="29" maxlon="107"/>
 <node id="1" lat="28.9" lon="106.9"/>
 <node id="2" lat="28.91" lon="106.9"><tag k="amenity" v="kindergarten"/><tag k="name" v="红星&amp;幼儿园"/><tag k="source" v="x"/></node>
 <node id="3" lat="NaN" lon="106.9"/>
 <node id="4" lat="28.9" lon="106.95" visible="false"/>
 <way id="10"><nd ref="1"/><nd ref="2"/><tag k="highway" v="steps"/></way>
 <relation id="20"><member type="way" ref="10" role="outer"/><member type="node" ref="1" role=""/><tag k="type" v="multipolygon"/></relation>
</osm>`

func TestOSMXMLIsReadPackedAndUnpacked(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, _ = z.Write([]byte(smallOSM))
	_ = z.Close()
	for name, data := range map[string][]byte{"plain": []byte(smallOSM), "gzip": packed.Bytes()} {
		t.Run(name, func(t *testing.T) {
			text, err := unpacked(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			got := newRecorder()
			if err := readOSMXML(t.Context(), text, got); err != nil {
				t.Fatal(err)
			}
			if len(got.nodes) != 2 || got.nodes[2] != [2]int32{1069000000, 289100000} {
				t.Errorf("nodes %v", got.nodes)
			}
			if !slices.Equal(got.ways[10], []int64{1, 2}) || !slices.Equal(got.relations[20], []osmMember{{10, true, "outer"}, {1, false, ""}}) || got.tags != 4 {
				t.Errorf("ways %v, relations %v, %d tags", got.ways, got.relations, got.tags)
			}
		})
	}
}

func TestOSMXMLThatIsCutOffOrNoneGivesAnError(t *testing.T) {
	for i := 60; i < len(smallOSM)-1; i += 37 {
		if err := readOSMXML(t.Context(), strings.NewReader(smallOSM[:i]), newRecorder()); !errors.Is(err, errCutShort) {
			t.Errorf("cut after %d bytes: %v", i, err)
		}
	}
	for name, text := range map[string]string{
		"another language":    `<html><body/></html>`,
		"no xml":              `小区名称,户数`,
		"empty":               ``,
		"way without id":      `<osm><way><nd ref="1"/></way></osm>`,
		"reference to a word": `<osm><way id="1"><nd ref="x"/></way></osm>`,
		"another encoding":    `<?xml version="1.0" encoding="GBK"?><osm/>`,
	} {
		if err := readOSMXML(t.Context(), strings.NewReader(text), newRecorder()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestOSMXMLWithAnEndlessTagIsGivenUpEarly(t *testing.T) {
	for name, piece := range map[string]string{"attribute": "x", "attribute of brackets": ">"} {
		source := io.MultiReader(strings.NewReader(`<osm><node id="1" lat="1" lon="1"><tag k="name" v="`), &endless{left: 100 << 20, feature: []byte(strings.Repeat(piece, 1000))})
		read := &counted{r: source, advance: func(int64) {}}
		total := int64(0)
		read.advance = func(n int64) { total += n }
		if err := readOSMXML(t.Context(), read, newRecorder()); err == nil {
			t.Errorf("%s: no error", name)
		}
		if total > 4<<20 {
			t.Errorf("%s: it read %d MB before giving up", name, total>>20)
		}
	}
}

func FuzzOSMXML(f *testing.F) {
	f.Add([]byte(smallOSM))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &osmFile{}
		_ = readOSMXML(t.Context(), bytes.NewReader(data), file)
		file.arrange()
	})
}
