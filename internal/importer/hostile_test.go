package importer

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
	"github.com/lianpian/lianpian/internal/importer/raster"
	"github.com/lianpian/lianpian/internal/job"
)

// readHostile reads an extract into memory, or cuts the heights of the whole Earth
// and of a district out of an elevation model.
func readHostile(ctx context.Context, path string) string {
	file, err := os.Open(path)
	if err != nil {
		return geofiletest.Failed + err.Error()
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return geofiletest.Failed + err.Error()
	}
	name := filepath.Base(path)
	if !strings.Contains(name, ".osm") {
		return readHeights(ctx, file, info.Size(), name)
	}
	f := formatOSMXML
	if strings.HasSuffix(name, ".pbf") {
		f = formatOSMPBF
		if err := checkPBFFrames(file, info.Size()); err != nil {
			return "refused: " + err.Error()
		}
	}
	extract, err := extractOf(ctx, f, file, info.Size(), func(int64) {})
	var refused *job.Refusal
	switch {
	case errors.As(err, &refused):
		return "refused: " + err.Error()
	case err != nil:
		return geofiletest.Failed + err.Error()
	}
	return fmt.Sprintf("read, %d nodes, %d ways", len(extract.nodeIDs), len(extract.ways))
}

func readHeights(ctx context.Context, file *os.File, size int64, name string) string {
	model, err := raster.Open(file, size, name)
	said := "read"
	for _, half := range []float64{0.3, 200} {
		if err != nil {
			break
		}
		middle := model.Bound().Center()
		bound := orb.Bound{Min: orb.Point{middle[0] - half, middle[1] - half}, Max: orb.Point{middle[0] + half, middle[1] + half}}
		_, _, err = model.Cut(ctx, bound)
		var fault *raster.Fault
		var elsewhere *raster.ElsewhereError
		switch {
		case errors.As(err, &fault), errors.As(err, &elsewhere):
			said, err = said+", refused: "+err.Error(), nil
		case err != nil:
			return geofiletest.Failed + err.Error()
		}
	}
	var fault *raster.Fault
	if errors.As(err, &fault) {
		return "refused: " + err.Error()
	}
	if err != nil {
		return geofiletest.Failed + err.Error()
	}
	return said
}

func TestHostileChild(t *testing.T) { geofiletest.Child(t, readHostile) }

// However an extract or an elevation model is made to hurt, it is refused in a
// sentence or read as far as it is bounded, in bounded memory and time.
func TestHostileExtractsAndModelsAreReadInBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("makes files of some hundred MB")
	}
	for name, path := range hostileFiles(t) {
		t.Run(name, func(t *testing.T) { geofiletest.Bounded(t, "TestHostileChild", path) })
	}
}

// blockOf is a block of OSMData with a table of strings and one group.
func blockOf(texts []string, group func(m *message)) []byte {
	var table, g, block message
	for _, text := range texts {
		table.text(1, text)
	}
	group(&g)
	block.bytes(1, table.b)
	block.bytes(2, g.b)
	return pbfBlob("OSMData", block.b)
}

func hostileFiles(t *testing.T) map[string]string {
	var head message
	head.text(4, "OsmSchema-V0.6")
	header := pbfBlob("OSMHeader", head.b)
	pbf := func(times int, blobs ...[]byte) string {
		return geofiletest.Made(t, "a.osm.pbf", func(w *bufio.Writer) {
			_, _ = w.Write(header)
			for range times {
				_, _ = w.Write(bytes.Join(blobs, nil))
			}
		})
	}
	// framed is a blob that says what it likes of itself.
	framed := func(length uint64, blob []byte) []byte {
		var h message
		h.text(1, "OSMData")
		h.number(3, length)
		return append(append(binary.BigEndian.AppendUint32(nil, uint32(len(h.b))), h.b...), blob...)
	}
	zeros := func(n int) []byte { return make([]byte, n) }
	packed := func(declared uint64, content []byte) []byte {
		var z bytes.Buffer
		w := zlib.NewWriter(&z)
		_, _ = w.Write(content)
		_ = w.Close()
		var blob message
		blob.number(2, declared)
		blob.bytes(3, z.Bytes())
		return framed(uint64(len(blob.b)), blob.b)
	}
	way := func(more func(m *message)) func(*message) {
		return func(g *message) {
			var m message
			m.number(1, 1)
			more(&m)
			g.bytes(3, m.b)
		}
	}
	tagged := []string{"", "building", "yes"}
	const most = 31 << 20
	zipped := func(write func(w *bufio.Writer)) string {
		return geofiletest.Made(t, "a.osm.gz", func(out *bufio.Writer) {
			z, _ := gzip.NewWriterLevel(out, gzip.BestSpeed)
			w := bufio.NewWriterSize(z, 1<<20)
			write(w)
			_ = w.Flush()
			_ = z.Close()
		})
	}
	xml := func(write func(w *bufio.Writer)) string { return geofiletest.Made(t, "a.osm", write) }
	files := map[string]string{
		"pbf: a blob of 2 GiB is declared": geofiletest.Made(t, "a.osm.pbf", func(w *bufio.Writer) {
			_, _ = w.Write(header)
			_, _ = w.Write(framed(math.MaxInt32, zeros(1000)))
		}),
		"pbf: a blob of less than nothing": pbf(1, framed(math.MaxUint64, nil)),
		"pbf: 2 GiB to inflate":            pbf(1, packed(math.MaxInt32, zeros(most))),
		"pbf: inflates to more than it is": pbf(1, packed(1, zeros(most))),
		"pbf: zeros":                       pbf(50, packed(most, zeros(most))),
		"pbf: fifteen million texts": pbf(1, blockOf(nil, func(*message) {}), func() []byte {
			var block message
			block.bytes(1, bytes.Repeat([]byte{0x0a, 0}, most/2))
			return pbfBlob("OSMData", block.b)
		}()),
		"pbf: a way of thirty million tags":         pbf(1, blockOf(tagged, way(func(m *message) { m.bytes(2, zeros(most)) }))),
		"pbf: a way of thirty million nodes":        pbf(1, blockOf(tagged, way(func(m *message) { m.bytes(8, zeros(most)) }))),
		"pbf: a way of tags one by one":             pbf(1, blockOf(tagged, way(func(m *message) { m.b = append(m.b, bytes.Repeat([]byte{0x10, 1}, most/2)...) }))),
		"pbf: seven million ways of nothing, often": pbf(100, blockOf(tagged, func(g *message) { g.b = bytes.Repeat([]byte{0x1a, 2, 8, 1}, most/4) })),
		"pbf: five million buildings, often":        pbf(100, blockOf(tagged, func(g *message) { g.b = bytes.Repeat([]byte{0x1a, 8, 8, 1, 0x12, 1, 1, 0x1a, 1, 2}, most/10) })),
		"pbf: a relation of ten million members": pbf(1, blockOf(tagged, func(g *message) {
			var m message
			m.number(1, 1)
			for field := 8; field <= 10; field++ {
				m.bytes(field, zeros(most/3))
			}
			g.bytes(4, m.b)
		})),
		"pbf: a thousand million dense nodes": pbf(100, blockOf(tagged, func(g *message) {
			var m message
			for _, field := range []int{1, 8, 9} {
				m.bytes(field, zeros(most/3))
			}
			g.bytes(2, m.b)
		})),
		"pbf: a dense node of fifteen million tags": pbf(1, blockOf(tagged, func(g *message) {
			var m message
			for _, field := range []int{1, 8, 9} {
				m.bytes(field, zeros(1))
			}
			m.bytes(10, bytes.Repeat([]byte{1, 2}, most/2))
			g.bytes(2, m.b)
		})),
		"osm: deep": xml(func(w *bufio.Writer) { geofiletest.Repeat(w, `<osm>`, 1); geofiletest.Repeat(w, `<a>`, 10_000_000) }),
		"osm: a way of five million nodes": xml(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<osm><way id="1">`, 1)
			geofiletest.Repeat(w, `<nd ref="1"/>`, 5_000_000)
		}),
		"osm: a node of three million tags": xml(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<osm><node id="1" lon="1" lat="1">`, 1)
			geofiletest.Repeat(w, `<tag k="building" v="yes"/>`, 3_000_000)
		}),
		"osm: one attribute of 100 MB": xml(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<osm><node id="`, 1)
			geofiletest.Repeat(w, strings.Repeat("1", 1<<20), 100)
		}),
		"osm: ever more attributes": xml(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<osm><node `, 1)
			geofiletest.Repeat(w, strings.Repeat(`a="" `, 1<<18), 50)
		}),
		"osm: a comment of 100 MB": xml(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<!--`, 1)
			geofiletest.Repeat(w, strings.Repeat("a", 1<<20), 100)
		}),
		"osm: a text of 100 MB": xml(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<osm>`, 1)
			geofiletest.Repeat(w, strings.Repeat("a", 1<<20), 100)
		}),
		"osm: entities": xml(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<!DOCTYPE osm [<!ENTITY a "`+strings.Repeat("a", 1000)+`"><!ENTITY b "`+strings.Repeat("&a;", 1000)+`">]><osm><node id="1" lon="&b;" lat="1"/></osm>`, 1)
		}),
		"osm.gz: nodes": zipped(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<osm>`, 1)
			geofiletest.Repeat(w, `<node id="1" lon="1" lat="1"/>`, 4_000_000)
		}),
		"osm.gz: ways": zipped(func(w *bufio.Writer) {
			geofiletest.Repeat(w, `<osm>`, 1)
			geofiletest.Repeat(w, `<way id="1"></way>`, 4_000_000)
		}),
	}
	hostileHeights(t, files)
	return files
}

// tiff is a little-endian GeoTIFF of one directory, in degrees, and content behind
// it. Its entries are tags, kinds, counts and values.
func tiff(content []byte, at *uint32, entries ...[4]uint32) []byte {
	out := []byte("II*\x00\x08\x00\x00\x00")
	behind := uint32(8 + 2 + 12*(len(entries)+3) + 4)
	var more []byte
	place := func(b []byte) uint32 {
		more = append(more, b...)
		return behind + uint32(len(more)-len(b))
	}
	doubles := func(list ...float64) (b []byte) {
		for _, v := range list {
			b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
		}
		return b
	}
	keys := []uint16{1, 1, 0, 2, 1024, 0, 1, 2, 2048, 0, 1, 4326}
	var geo []byte
	for _, k := range keys {
		geo = binary.LittleEndian.AppendUint16(geo, k)
	}
	entries = append(entries,
		[4]uint32{33550, 12, 3, place(doubles(0.0001, 0.0001, 0))},
		[4]uint32{33922, 12, 6, place(doubles(0, 0, 0, 106, 30, 0))},
		[4]uint32{34735, 3, uint32(len(keys)), place(geo)})
	*at = behind + uint32(len(more))
	out = binary.LittleEndian.AppendUint16(out, uint16(len(entries)))
	for _, e := range entries {
		out = binary.LittleEndian.AppendUint16(out, uint16(e[0]))
		out = binary.LittleEndian.AppendUint16(out, uint16(e[1]))
		out = binary.LittleEndian.AppendUint32(out, e[2])
		out = binary.LittleEndian.AppendUint32(out, e[3])
	}
	out = append(out, 0, 0, 0, 0)
	return append(append(out, more...), content...)
}

func hostileHeights(t *testing.T, files map[string]string) {
	const side = 8192
	var bomb bytes.Buffer
	z := zlib.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, side*side*4))
	_ = z.Close()
	// tiled is a model of tiles that are all the same bytes.
	tiled := func(cols, rows, edge, compression uint32, content []byte) []byte {
		count := ((cols + edge - 1) / edge) * ((rows + edge - 1) / edge)
		made := func(at uint32) []byte {
			return tiff(nil, &at,
				[4]uint32{256, 4, 1, cols}, [4]uint32{257, 4, 1, rows}, [4]uint32{258, 3, 1, 32}, [4]uint32{259, 3, 1, compression},
				[4]uint32{322, 4, 1, edge}, [4]uint32{323, 4, 1, edge}, [4]uint32{324, 4, count, at}, [4]uint32{325, 4, count, at + 4*count}, [4]uint32{339, 3, 1, 3})
		}
		begins := uint32(len(made(0)))
		out := made(begins)
		for range count {
			out = binary.LittleEndian.AppendUint32(out, begins+8*count)
		}
		for range count {
			out = binary.LittleEndian.AppendUint32(out, uint32(len(content)))
		}
		return append(out, content...)
	}
	write := func(content []byte) func(*bufio.Writer) {
		return func(w *bufio.Writer) { _, _ = w.Write(content) }
	}
	heights := func(name string, content []byte) string { return geofiletest.Made(t, name, write(content)) }
	var at uint32
	strip := func(entries ...[4]uint32) []byte {
		return tiff(make([]byte, 64), &at, append([][4]uint32{{258, 3, 1, 32}, {339, 3, 1, 3}}, entries...)...)
	}
	packed := func(n int) []byte {
		var b bytes.Buffer
		z, _ := gzip.NewWriterLevel(&b, gzip.BestSpeed)
		for range n {
			_, _ = z.Write(make([]byte, 1<<20))
		}
		_ = z.Close()
		return b.Bytes()
	}
	files["tiff: 100000 by 100000 in a strip"] = heights("a.tif", strip([4]uint32{256, 4, 1, 100_000}, [4]uint32{257, 4, 1, 100_000}, [4]uint32{273, 4, 1, 8}, [4]uint32{279, 4, 1, 100}))
	files["tiff: a side of 4 thousand million"] = heights("a.tif", strip([4]uint32{256, 4, 1, math.MaxUint32}, [4]uint32{257, 4, 1, math.MaxUint32}, [4]uint32{273, 4, 1, 8}, [4]uint32{279, 4, 1, 100}))
	files["tiff: endless offsets"] = heights("a.tif", strip([4]uint32{256, 4, 1, 1000}, [4]uint32{257, 4, 1, 1000}, [4]uint32{273, 4, math.MaxUint32, 8}, [4]uint32{279, 4, math.MaxUint32, 8}))
	files["tiff: 100000 by 100000 in bombs"] = heights("a.tif", tiled(100_000, 100_000, side, 8, bomb.Bytes()))
	files["tiff: 16000 by 16000 in bombs"] = heights("a.tif", tiled(16_000, 16_000, side, 8, bomb.Bytes()))
	files["tiff: bombs that are longer than a tile"] = heights("a.tif", tiled(20_000, 10_000, 512, 8, bomb.Bytes()))
	files["tiff: a million tiles without content"] = heights("a.tif", tiled(16_000, 16_000, 16, 1, nil))
	files["tiff: lzw of nothing"] = heights("a.tif", tiled(16_000, 16_000, side, 5, make([]byte, 1<<20)))
	files["hgt: of 1 GiB"] = func() string {
		path := geofiletest.Made(t, "N29E106.hgt", write(nil))
		if err := os.Truncate(path, 1<<30); err != nil {
			t.Fatal(err)
		}
		return path
	}()
	files["hgt.gz: 2 GiB of zeros"] = heights("N29E106.hgt.gz", packed(2048))
	files["hgt.gz: a tile of zeros"] = heights("N29E106.hgt.gz", packed(24))
}
