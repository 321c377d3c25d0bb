package importer

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"
)

// The limits of the PBF format itself: a block that claims more is not read.
const (
	maxPBFHeader = 64 << 10
	maxPBFBlob   = 32 << 20
)

// What one block and one thing in it may hold: beyond all that extracts have, and
// little enough for the memory that it takes.
const (
	maxTexts = 1_000_000 // in the string table of a block
	maxTags  = 10_000    // of one node, way or relation
	maxRefs  = 1_000_000 // of one way or relation, in .osm files, too
)

var errTooMany = errors.New("more tags or members than a thing has")

// errCutShort says that a file ends in the middle of something.
var errCutShort = errors.New("the file ends too early")

// readPBF hands every node, way and relation of an OpenStreetMap PBF file to
// sink, in file order. A file that is cut short or damaged gives an error and
// never a panic: a block is inflated only to the size that the format allows,
// and every index into a string table is checked. (The usual Go library panics
// on a worker goroutine for such files, which no caller can catch, and takes
// some cut files for whole ones.) advance is told how many bytes are done.
func readPBF(ctx context.Context, r io.Reader, sink osmSink, advance func(int64)) error {
	d := pbfDecoder{sink: sink}
	sawHeader := false
	for block := 0; ; block++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		kind, blob, size, err := d.nextBlob(r)
		if err == io.EOF && sawHeader {
			return nil
		}
		if err != nil {
			return fmt.Errorf("block %d: %w", block, unexpected(err))
		}
		switch {
		case kind == "OSMHeader":
			sawHeader = true
			err = d.header(blob)
		case !sawHeader:
			err = errors.New("no OSMHeader at the start")
		case kind == "OSMData":
			err = d.block(blob)
		}
		if err != nil {
			return fmt.Errorf("block %d: %w", block, unexpected(err))
		}
		advance(size)
	}
}

// checkPBFFrames walks over the blocks of a PBF file without reading them, so
// that a file that was cut off is found in milliseconds.
func checkPBFFrames(r io.ReaderAt, size int64) error {
	buf := make([]byte, maxPBFHeader)
	for at := int64(0); at < size; {
		if _, err := r.ReadAt(buf[:4], at); err != nil {
			return unexpected(err)
		}
		n := int64(binary.BigEndian.Uint32(buf))
		if n == 0 || n >= maxPBFHeader {
			return fmt.Errorf("at byte %d: not a block header", at)
		}
		if _, err := r.ReadAt(buf[:n], at+4); err != nil {
			return unexpected(err)
		}
		_, length, err := blobHeader(buf[:n])
		if err != nil {
			return fmt.Errorf("at byte %d: %w", at, err)
		}
		at += 4 + n + int64(length)
		if at > size {
			return errCutShort
		}
	}
	return nil
}

func unexpected(err error) error {
	if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
		return errCutShort
	}
	return err
}

type pbfDecoder struct {
	sink osmSink

	head, blob, raw []byte
	inflate         io.ReadCloser

	table       [][]byte
	strings     []string // table as strings, made when first wanted
	wanted      []int8   // per key: 0 not looked up yet, 1 wanted, -1 not
	granularity int64
	latOffset   int64
	lonOffset   int64

	tags    osmTags
	refs    []int64
	members []osmMember
	keys    []uint64
	values  []uint64
}

// nextBlob reads one block and inflates it. io.EOF means that the file ends
// where a block may end.
func (d *pbfDecoder) nextBlob(r io.Reader) (kind string, data []byte, size int64, err error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return "", nil, 0, err
	}
	n := binary.BigEndian.Uint32(length[:])
	if n == 0 || n >= maxPBFHeader {
		return "", nil, 0, errors.New("not a block header")
	}
	d.head = grow(d.head, int(n))
	if _, err := io.ReadFull(r, d.head); err != nil {
		return "", nil, 0, errCutShort
	}
	kind, blobLength, err := blobHeader(d.head)
	if err != nil {
		return "", nil, 0, err
	}
	d.blob = grow(d.blob, blobLength)
	if _, err := io.ReadFull(r, d.blob); err != nil {
		return "", nil, 0, errCutShort
	}
	data, err = d.unpack(d.blob)
	return kind, data, int64(4 + int(n) + blobLength), err
}

func blobHeader(b []byte) (kind string, length int, err error) {
	length = -1
	for w := (wire{b: b}); w.next(&err); {
		switch w.field {
		case 1:
			kind = string(w.bytes)
		case 3:
			length = int(int32(w.value))
		}
	}
	if err == nil && (length < 0 || length > maxPBFBlob) {
		err = errors.New("a block of impossible size")
	}
	return kind, length, err
}

func (d *pbfDecoder) unpack(b []byte) ([]byte, error) {
	var raw, packed []byte
	var err error
	rawSize, other := -1, 0
	for w := (wire{b: b}); w.next(&err); {
		switch w.field {
		case 1:
			raw = w.bytes
		case 2:
			rawSize = int(int32(w.value))
		case 3:
			packed = w.bytes
		default:
			other = w.field
		}
	}
	switch {
	case err != nil:
		return nil, err
	case raw != nil:
		return raw, nil
	case packed == nil:
		return nil, fmt.Errorf("compression %d is not supported", other)
	case rawSize < 0 || rawSize > maxPBFBlob:
		return nil, errors.New("a block of impossible size")
	}
	source := byteReader{packed, 0}
	if d.inflate == nil {
		d.inflate, err = zlib.NewReader(&source)
	} else {
		err = d.inflate.(zlib.Resetter).Reset(&source, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}
	d.raw = grow(d.raw, rawSize)
	if _, err := io.ReadFull(d.inflate, d.raw); err != nil {
		return nil, fmt.Errorf("inflate: %w", err)
	}
	if n, err := d.inflate.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		return nil, errors.New("a block is not as long as it says")
	}
	return d.raw, nil
}

func (d *pbfDecoder) header(b []byte) (err error) {
	for w := (wire{b: b}); w.next(&err); {
		if w.field != 4 { // required_features
			continue
		}
		switch feature := string(w.bytes); feature {
		case "OsmSchema-V0.6", "DenseNodes":
		default:
			return fmt.Errorf("the feature %q is not supported", feature)
		}
	}
	return err
}

func (d *pbfDecoder) block(b []byte) (err error) {
	d.granularity, d.latOffset, d.lonOffset = 100, 0, 0
	d.table = d.table[:0]
	for w := (wire{b: b}); w.next(&err); {
		switch w.field {
		case 1:
			for s := (wire{b: w.bytes}); s.next(&err); {
				if s.field == 1 {
					d.table = append(d.table, s.bytes)
				}
				if len(d.table) > maxTexts {
					return errTooMany
				}
			}
		case 17:
			d.granularity = int64(w.value)
		case 19:
			d.latOffset = int64(w.value)
		case 20:
			d.lonOffset = int64(w.value)
		}
		if err != nil {
			return err
		}
	}
	d.strings = append(d.strings[:0], make([]string, len(d.table))...)
	d.wanted = append(d.wanted[:0], make([]int8, len(d.table))...)
	for w := (wire{b: b}); err == nil && w.next(&err); {
		if w.field == 2 {
			err = d.group(w.bytes)
		}
	}
	return err
}

func (d *pbfDecoder) group(b []byte) (err error) {
	for w := (wire{b: b}); err == nil && w.next(&err); {
		switch w.field {
		case 1:
			err = d.node(w.bytes)
		case 2:
			err = d.dense(w.bytes)
		case 3:
			err = d.way(w.bytes)
		case 4:
			err = d.relation(w.bytes)
		}
	}
	return err
}

func (d *pbfDecoder) node(b []byte) (err error) {
	var id, lat, lon int64
	d.keys, d.values = d.keys[:0], d.values[:0]
	for w := (wire{b: b}); err == nil && w.next(&err); {
		switch w.field {
		case 1:
			id = zigzag(w.value)
		case 2:
			d.keys, err = w.numbers(d.keys)
		case 3:
			d.values, err = w.numbers(d.values)
		case 8:
			lat = zigzag(w.value)
		case 9:
			lon = zigzag(w.value)
		}
	}
	if err != nil {
		return err
	}
	if err := d.collectTags(); err != nil {
		return err
	}
	return d.emitNode(id, lon, lat)
}

func (d *pbfDecoder) emitNode(id, lon, lat int64) error {
	x, okX := tenMillionths(d.lonOffset, d.granularity, lon, 180)
	y, okY := tenMillionths(d.latOffset, d.granularity, lat, 90)
	if !okX || !okY {
		return nil // treated as a node that is not in the file
	}
	return d.sink.node(id, x, y, d.tags)
}

func (d *pbfDecoder) dense(b []byte) (err error) {
	var ids, lats, lons, pairs wire
	for w := (wire{b: b}); w.next(&err); {
		switch w.field {
		case 1:
			ids.b = w.bytes
		case 8:
			lats.b = w.bytes
		case 9:
			lons.b = w.bytes
		case 10:
			pairs.b = w.bytes
		}
	}
	if err != nil {
		return err
	}
	var id, lat, lon int64
	for len(ids.b) > 0 {
		id += zigzag(ids.varint())
		lat += zigzag(lats.varint())
		lon += zigzag(lons.varint())
		d.tags = d.tags[:0]
		for len(pairs.b) > 0 {
			k := pairs.varint()
			if k == 0 {
				break
			}
			if err := d.addTag(k, pairs.varint()); err != nil {
				return err
			}
		}
		if ids.bad || lats.bad || lons.bad || pairs.bad {
			return errCutShort
		}
		if err := d.emitNode(id, lon, lat); err != nil {
			return err
		}
	}
	return nil
}

func (d *pbfDecoder) way(b []byte) (err error) {
	var id int64
	d.keys, d.values, d.refs = d.keys[:0], d.values[:0], d.refs[:0]
	for w := (wire{b: b}); err == nil && w.next(&err); {
		switch w.field {
		case 1:
			id = int64(w.value)
		case 2:
			d.keys, err = w.numbers(d.keys)
		case 3:
			d.values, err = w.numbers(d.values)
		case 8:
			var ref int64
			for n := (wire{b: w.bytes}); len(n.b) > 0; {
				ref += zigzag(n.varint())
				if n.bad {
					return errCutShort
				}
				if d.refs = append(d.refs, ref); len(d.refs) > maxRefs {
					return errTooMany
				}
			}
		}
	}
	if err != nil {
		return err
	}
	if err := d.collectTags(); err != nil {
		return err
	}
	return d.sink.way(id, d.refs, d.tags)
}

func (d *pbfDecoder) relation(b []byte) (err error) {
	var id int64
	var roles, refs, kinds wire
	d.keys, d.values, d.members = d.keys[:0], d.values[:0], d.members[:0]
	for w := (wire{b: b}); err == nil && w.next(&err); {
		switch w.field {
		case 1:
			id = int64(w.value)
		case 2:
			d.keys, err = w.numbers(d.keys)
		case 3:
			d.values, err = w.numbers(d.values)
		case 8:
			roles.b = w.bytes
		case 9:
			refs.b = w.bytes
		case 10:
			kinds.b = w.bytes
		}
	}
	if err != nil {
		return err
	}
	var ref int64
	for len(refs.b) > 0 {
		ref += zigzag(refs.varint())
		role, err := d.text(roles.varint())
		if err != nil {
			return err
		}
		kind := kinds.varint()
		if refs.bad || roles.bad || kinds.bad {
			return errCutShort
		}
		if d.members = append(d.members, osmMember{ref: ref, way: kind == 1, role: role}); len(d.members) > maxRefs {
			return errTooMany
		}
	}
	if err := d.collectTags(); err != nil {
		return err
	}
	return d.sink.relation(id, d.members, d.tags)
}

func (d *pbfDecoder) collectTags() error {
	d.tags = d.tags[:0]
	if len(d.keys) != len(d.values) {
		return errors.New("tags without values")
	}
	for i, k := range d.keys {
		if err := d.addTag(k, d.values[i]); err != nil {
			return err
		}
	}
	return nil
}

func (d *pbfDecoder) addTag(k, v uint64) error {
	if k >= uint64(len(d.table)) {
		return errors.New("a tag outside the string table")
	}
	if d.wanted[k] == 0 {
		d.wanted[k] = -1
		if wantedKey(string(d.table[k])) {
			d.wanted[k] = 1
		}
	}
	if d.wanted[k] < 0 {
		return nil
	}
	key, err := d.text(k)
	if err != nil {
		return err
	}
	value, err := d.text(v)
	if err != nil {
		return err
	}
	if d.tags = append(d.tags, osmTag{key, value}); len(d.tags) > maxTags {
		return errTooMany
	}
	return nil
}

func (d *pbfDecoder) text(i uint64) (string, error) {
	if i >= uint64(len(d.table)) {
		return "", errors.New("a text outside the string table")
	}
	if d.strings[i] == "" {
		d.strings[i] = cleanText(string(d.table[i]))
	}
	return d.strings[i], nil
}

// tenMillionths turns a coordinate of a block into degrees × 10⁷.
func tenMillionths(offset, granularity, v, limit int64) (int32, bool) {
	degrees := 1e-9 * (float64(offset) + float64(granularity)*float64(v))
	if !(math.Abs(degrees) <= float64(limit)) {
		return 0, false
	}
	return int32(math.Round(degrees * 1e7)), true
}

func zigzag(v uint64) int64 { return int64(v>>1) ^ -int64(v&1) }

func grow(b []byte, n int) []byte {
	if cap(b) < n {
		return make([]byte, n)
	}
	return b[:n]
}
