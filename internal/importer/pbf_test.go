package importer

import (
	"bytes"
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/paulmach/osm"
	"github.com/paulmach/osm/osmpbf"
)

const monaco = "testdata/monaco.osm.pbf"

// recorder keeps everything that a reader hands out.
type recorder struct {
	nodes     map[int64][2]int32
	ways      map[int64][]int64
	relations map[int64][]osmMember
	tags      int
}

func newRecorder() *recorder {
	return &recorder{map[int64][2]int32{}, map[int64][]int64{}, map[int64][]osmMember{}, 0}
}

func (r *recorder) node(id int64, x, y int32, tags osmTags) error {
	r.nodes[id] = [2]int32{x, y}
	r.tags += len(tags)
	return nil
}

func (r *recorder) way(id int64, refs []int64, tags osmTags) error {
	r.ways[id] = slices.Clone(refs)
	r.tags += len(tags)
	return nil
}

func (r *recorder) relation(id int64, members []osmMember, tags osmTags) error {
	r.relations[id] = slices.Clone(members)
	r.tags += len(tags)
	return nil
}

// The usual library serves as the oracle for what a good file holds.
func TestPBFReaderAgreesWithTheUsualLibrary(t *testing.T) {
	data, err := os.ReadFile(monaco)
	if err != nil {
		t.Fatal(err)
	}
	got := newRecorder()
	if err := readPBF(t.Context(), bytes.NewReader(data), got, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	want := newRecorder()
	wanted := func(tags osm.Tags) (n int) {
		for _, tag := range tags {
			if wantedKey(tag.Key) {
				n++
			}
		}
		return n
	}
	s := osmpbf.New(t.Context(), bytes.NewReader(data), 1)
	defer s.Close()
	for s.Scan() {
		switch o := s.Object().(type) {
		case *osm.Node:
			x, _ := tenMillionths(0, 1, int64(o.Lon*1e9+0.5), 180)
			y, _ := tenMillionths(0, 1, int64(o.Lat*1e9+0.5), 90)
			want.nodes[int64(o.ID)] = [2]int32{x, y}
			want.tags += wanted(o.Tags)
		case *osm.Way:
			var refs []int64
			for _, n := range o.Nodes {
				refs = append(refs, int64(n.ID))
			}
			want.ways[int64(o.ID)] = refs
			want.tags += wanted(o.Tags)
		case *osm.Relation:
			var members []osmMember
			for _, m := range o.Members {
				members = append(members, osmMember{m.Ref, m.Type == osm.TypeWay, m.Role})
			}
			want.relations[int64(o.ID)] = members
			want.tags += wanted(o.Tags)
		}
	}
	if err := s.Err(); err != nil {
		t.Fatal(err)
	}
	if len(got.nodes) != len(want.nodes) || len(got.ways) != len(want.ways) || len(got.relations) != len(want.relations) || got.tags != want.tags {
		t.Fatalf("got %d nodes, %d ways, %d relations, %d tags; want %d, %d, %d, %d",
			len(got.nodes), len(got.ways), len(got.relations), got.tags, len(want.nodes), len(want.ways), len(want.relations), want.tags)
	}
	for id, at := range want.nodes {
		if g := got.nodes[id]; abs(g[0]-at[0]) > 1 || abs(g[1]-at[1]) > 1 {
			t.Fatalf("node %d is at %v, want %v", id, g, at)
		}
	}
	for id, refs := range want.ways {
		if !slices.Equal(got.ways[id], refs) {
			t.Fatalf("way %d has %v, want %v", id, got.ways[id], refs)
		}
	}
	for id, members := range want.relations {
		if !slices.Equal(got.relations[id], members) {
			t.Fatalf("relation %d has %v, want %v", id, got.relations[id], members)
		}
	}
}

func abs(v int32) int32 {
	if v < 0 {
		return -v
	}
	return v
}

func TestPBFThatWasCutOffIsFoundWhereverTheCutIs(t *testing.T) {
	data, err := os.ReadFile(monaco)
	if err != nil {
		t.Fatal(err)
	}
	cuts := []int{1, 3, 4, 5, 20, 100, 200, 1000, len(data) / 3, len(data) / 2, len(data) - 1000, len(data) - 1}
	for _, n := range cuts {
		cut := data[:n]
		if err := checkPBFFrames(bytes.NewReader(cut), int64(n)); err == nil && !cleanEnd(data, n) {
			t.Errorf("cut after %d bytes: the frames look whole", n)
		}
		if err := readPBF(t.Context(), bytes.NewReader(cut), newRecorder(), func(int64) {}); err == nil && !cleanEnd(data, n) {
			t.Errorf("cut after %d bytes: read without an error", n)
		}
	}
	if err := checkPBFFrames(bytes.NewReader(data), int64(len(data))); err != nil {
		t.Errorf("the whole file: %v", err)
	}
}

// cleanEnd tells whether a file may end after n bytes.
func cleanEnd(data []byte, n int) bool {
	return checkPBFFrames(bytes.NewReader(data[:n]), int64(n)) == nil
}

func TestPBFDamageGivesAnErrorAndNeverAPanic(t *testing.T) {
	data, err := os.ReadFile(monaco)
	if err != nil {
		t.Fatal(err)
	}
	data = data[:60_000]
	state := uint32(1)
	for range 300 {
		damaged := bytes.Clone(data)
		for range 5 {
			state = state*1664525 + 1013904223
			damaged[int(state>>8)%len(damaged)] ^= byte(state >> 3)
		}
		_ = readPBF(t.Context(), bytes.NewReader(damaged), &osmFile{}, func(int64) {})
	}
}

// Damage mostly breaks the compression; this is damage below it.
func TestPBFBlocksWithWrongNumbersGiveAnErrorAndNeverAPanic(t *testing.T) {
	block := monacoBlock(t)
	state := uint32(7)
	for range 2000 {
		damaged := bytes.Clone(block[:20_000])
		for range 3 {
			state = state*1664525 + 1013904223
			damaged[int(state>>8)%len(damaged)] ^= byte(1 << (state >> 29))
		}
		d := pbfDecoder{sink: newRecorder()}
		_ = d.block(damaged)
	}
}

// monacoBlock is the first data block of the file, inflated.
func monacoBlock(t testing.TB) []byte {
	file, err := os.Open(monaco)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var d pbfDecoder
	for {
		kind, data, _, err := d.nextBlob(file)
		if err != nil {
			t.Fatal(err)
		}
		if kind == "OSMData" {
			return bytes.Clone(data)
		}
	}
}

func FuzzPBFBlock(f *testing.F) {
	f.Add(monacoBlock(f)[:5000])
	f.Fuzz(func(t *testing.T, data []byte) {
		d := pbfDecoder{sink: &osmFile{}}
		_ = d.block(data)
	})
}

func FuzzPBF(f *testing.F) {
	data, err := os.ReadFile(monaco)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:20_000])
	f.Add(pbfFile(pbfNodes{{1, 1068000000, 290000000, nil}}, nil, nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		file := &osmFile{}
		_ = readPBF(t.Context(), bytes.NewReader(data), file, func(int64) {})
		file.arrange()
	})
}

func TestPBFReaderStopsWithItsContext(t *testing.T) {
	data, err := os.ReadFile(monaco)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err = readPBF(ctx, bytes.NewReader(data), newRecorder(), func(int64) {})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
}

func TestPBFReaderKnowsPlainNodesAndOutOfRangeOnes(t *testing.T) {
	data := pbfFile(pbfNodes{
		{1, 1069000000, 289700000, osmTags{{"amenity", "pharmacy"}, {"note", "not wanted"}}},
		{2, 1069000000, 950000000, nil}, // latitude 95°
	}, []pbfWay{{10, []int64{1, 2, 3}, osmTags{{"highway", "steps"}}}}, []pbfRelation{{20, []osmMember{{10, true, "outer"}}, osmTags{{"type", "multipolygon"}}}})
	got := newRecorder()
	if err := readPBF(t.Context(), bytes.NewReader(data), got, func(int64) {}); err != nil {
		t.Fatal(err)
	}
	if at := got.nodes[1]; at != [2]int32{1069000000, 289700000} {
		t.Errorf("node 1 is at %v", at)
	}
	if _, ok := got.nodes[2]; ok {
		t.Error("a node outside the world was taken")
	}
	if !slices.Equal(got.ways[10], []int64{1, 2, 3}) || !slices.Equal(got.relations[20], []osmMember{{10, true, "outer"}}) || got.tags != 3 {
		t.Errorf("got ways %v, relations %v, %d tags", got.ways, got.relations, got.tags)
	}
}
