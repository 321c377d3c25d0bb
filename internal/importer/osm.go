package importer

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/paulmach/orb"
)

type osmTag struct{ key, value string }

type osmTags []osmTag

func (t osmTags) get(key string) string {
	for _, tag := range t {
		if tag.key == key {
			return tag.value
		}
	}
	return ""
}

// is tells whether the tag is there and does not say no.
func (t osmTags) is(key string) bool {
	v := t.get(key)
	return v != "" && v != "no"
}

// name is what people call the thing here.
func (t osmTags) name() string {
	for _, key := range []string{"name", "name:zh", "name:zh-Hans", "name:en"} {
		if v := strings.TrimSpace(t.get(key)); v != "" {
			return shorten(v, 200)
		}
	}
	return ""
}

type osmMember struct {
	ref  int64
	way  bool
	role string
}

// osmSink takes what an OpenStreetMap file holds. Coordinates are degrees × 10⁷.
// The slices belong to the reader and are valid during the call only; tags hold
// wanted keys only.
type osmSink interface {
	node(id int64, x, y int32, tags osmTags) error
	way(id int64, refs []int64, tags osmTags) error
	relation(id int64, members []osmMember, tags osmTags) error
}

// maxOSMNodes bounds the memory of an import: 16 bytes a node, and about 10 for
// the references of the ways.
const maxOSMNodes = 40_000_000

const (
	// maxOSMTags bounds the bytes of the tags and members that are kept.
	maxOSMTags = 1 << 30
	// maxOSMWays bounds the ways, of 48 bytes each.
	maxOSMWays = 10_000_000
)

// What a file may hold for eight of its bytes, and in any case: more is packed to
// hurt. Extracts have a node for nine bytes, a way for eighty and three bytes of
// kept tags for one; all of these are several times as many.
const (
	nodesPerEight, nodesFree = 4, 1_000_000
	refsPerEight, refsFree   = 16, 2_000_000
	waysPerEight, waysFree   = 1, 100_000
	tagsPerEight, tagsFree   = 64, 16 << 20
)

// osmFile is an extract in memory: coordinates and references in flat arrays,
// tags only of what the map shows.
type osmFile struct {
	size      int64 // of the file in bytes; 0 does not bound what it holds
	nodeIDs   []int64
	nodeXY    [][2]int32
	unsorted  bool
	refs      []int64
	ways      []osmWay // sorted by id once arranged
	tagged    []osmNode
	relations []osmRelation
	kept      int64 // bytes of tags and members
}

type osmNode struct {
	id   int64
	x, y int32
	tags osmTags
}

type osmWay struct {
	id       int64
	from, to int // in refs
	tags     osmTags
}

type osmRelation struct {
	id      int64
	members []osmMember
	tags    osmTags
}

// most is how many of something the file may hold.
func (f *osmFile) most(all, perEight, free int64) int64 {
	if f.size == 0 {
		return all
	}
	return min(all, perEight*f.size/8+free)
}

type tooLargeError struct{ what string }

func (e *tooLargeError) Error() string { return e.what }

// errPackedToHurt says that a file holds more than its size lets believe.
var errPackedToHurt = errors.New("more in it than a file of its size holds")

func (f *osmFile) node(id int64, x, y int32, tags osmTags) error {
	if n := len(f.nodeIDs); n > 0 && id <= f.nodeIDs[n-1] {
		f.unsorted = true
	}
	if int64(len(f.nodeIDs)) >= f.most(maxOSMNodes, nodesPerEight, nodesFree) {
		if len(f.nodeIDs) < maxOSMNodes {
			return errPackedToHurt
		}
		return &tooLargeError{fmt.Sprintf("文件超过 %d 万个节点，请先裁剪到本区范围再导入", maxOSMNodes/10_000)}
	}
	f.nodeIDs = append(f.nodeIDs, id)
	f.nodeXY = append(f.nodeXY, [2]int32{x, y})
	if shown(tags) {
		if err := f.keep(tags, 0); err != nil {
			return err
		}
		f.tagged = append(f.tagged, osmNode{id, x, y, slices.Clone(tags)})
	}
	return nil
}

func (f *osmFile) way(id int64, refs []int64, tags osmTags) error {
	w := osmWay{id: id, from: len(f.refs), to: len(f.refs) + len(refs)}
	if shown(tags) {
		if err := f.keep(tags, 0); err != nil {
			return err
		}
		w.tags = slices.Clone(tags)
	}
	switch {
	case int64(len(f.refs)+len(refs)) > f.most(2*maxOSMNodes, refsPerEight, refsFree), int64(len(f.ways)) >= f.most(maxOSMWays, waysPerEight, waysFree):
		return &tooLargeError{"文件里的线太多，请先裁剪到本区范围再导入"}
	}
	f.refs = append(f.refs, refs...)
	f.ways = append(f.ways, w)
	return nil
}

func (f *osmFile) relation(id int64, members []osmMember, tags osmTags) error {
	switch tags.get("type") {
	case "multipolygon", "boundary":
	default:
		return nil
	}
	if !shown(tags) {
		return nil
	}
	if err := f.keep(tags, len(members)); err != nil {
		return err
	}
	f.relations = append(f.relations, osmRelation{id, slices.Clone(members), slices.Clone(tags)})
	return nil
}

// keep counts what is about to be kept in memory.
func (f *osmFile) keep(tags osmTags, members int) error {
	f.kept += 40 * int64(members)
	for _, t := range tags {
		f.kept += int64(len(t.key)+len(t.value)) + 32
	}
	if f.kept > f.most(maxOSMTags, tagsPerEight, tagsFree) {
		return &tooLargeError{"文件里的标签太多，请先裁剪到本区范围再导入"}
	}
	return nil
}

// arrange sorts what the file did not have in order, so that look-ups work. Of
// two nodes with one id the later counts.
func (f *osmFile) arrange() {
	if f.unsorted {
		order := make([]int32, len(f.nodeIDs))
		for i := range order {
			order[i] = int32(i)
		}
		sort.SliceStable(order, func(a, b int) bool { return f.nodeIDs[order[a]] < f.nodeIDs[order[b]] })
		ids := make([]int64, len(order))
		xy := make([][2]int32, len(order))
		for i, o := range order {
			ids[i], xy[i] = f.nodeIDs[o], f.nodeXY[o]
		}
		f.nodeIDs, f.nodeXY, f.unsorted = ids, xy, false
	}
	f.ways = latest(f.ways, func(w osmWay) int64 { return w.id })
	f.tagged = latest(f.tagged, func(n osmNode) int64 { return n.id })
	f.relations = latest(f.relations, func(r osmRelation) int64 { return r.id })
}

// latest sorts things by id. Of several with one id the last one counts: files
// that were put together of pieces repeat what lies on the seams.
func latest[T any](list []T, id func(T) int64) []T {
	byID := func(a, b T) int { return cmp.Compare(id(a), id(b)) }
	if !slices.IsSortedFunc(list, byID) {
		slices.SortStableFunc(list, byID)
	}
	kept := list[:0]
	for i, v := range list {
		if i+1 < len(list) && id(list[i+1]) == id(v) {
			continue
		}
		kept = append(kept, v)
	}
	return kept
}

// at is where a node lies.
func (f *osmFile) at(id int64) (orb.Point, bool) {
	i := sort.Search(len(f.nodeIDs), func(i int) bool { return f.nodeIDs[i] > id }) - 1
	if i < 0 || f.nodeIDs[i] != id {
		return orb.Point{}, false
	}
	return lonLat(f.nodeXY[i][0], f.nodeXY[i][1]), true
}

func lonLat(x, y int32) orb.Point { return orb.Point{float64(x) / 1e7, float64(y) / 1e7} }

func (f *osmFile) wayByID(id int64) (osmWay, bool) {
	i := sort.Search(len(f.ways), func(i int) bool { return f.ways[i].id > id }) - 1
	if i < 0 || f.ways[i].id != id {
		return osmWay{}, false
	}
	return f.ways[i], true
}

// line is the way's course. Where nodes are missing from the file, it is the
// longest piece without a gap, and missing counts them: joining over a gap would
// invent a street.
func (f *osmFile) line(w osmWay) (line orb.LineString, missing int) {
	var best, current orb.LineString
	for _, ref := range f.refs[w.from:w.to] {
		p, ok := f.at(ref)
		if !ok {
			missing++
			if len(current) > len(best) {
				best = current
			}
			current = nil
			continue
		}
		if n := len(current); n == 0 || current[n-1] != p {
			current = append(current, p)
		}
	}
	if len(current) > len(best) {
		best = current
	}
	return best, missing
}

func (f *osmFile) closed(w osmWay) bool {
	return w.to-w.from >= 4 && f.refs[w.from] == f.refs[w.to-1]
}

// points are places where the data is: one for every way and node that the map
// shows. Stray nodes do not count.
func (f *osmFile) points() func(yield func(orb.Point) bool) {
	return func(yield func(orb.Point) bool) {
		for _, w := range f.ways {
			if w.tags == nil || w.to == w.from {
				continue
			}
			if p, ok := f.at(f.refs[w.from+(w.to-w.from)/2]); ok && !yield(p) {
				return
			}
		}
		for _, n := range f.tagged {
			if !yield(lonLat(n.x, n.y)) {
				return
			}
		}
	}
}

// cleanText takes out what a database text or a screen cannot hold.
func cleanText(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "�")
	}
	if strings.IndexFunc(s, unprintable) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unprintable(r) {
			return -1
		}
		return r
	}, s)
}

func unprintable(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == '\ufeff' || r == '\u200b'
}

// shorten cuts a text after n characters.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}
