package mvt

import (
	"bytes"
	"encoding/binary"
	"hash/maphash"
	"math"
	"slices"
)

// The numbers of fields and kinds in the specification's vector_tile.proto, with
// their wire types.
const (
	tileLayer = 3<<3 | 2

	layerName    = 1<<3 | 2
	layerFeature = 2<<3 | 2
	layerKey     = 3<<3 | 2
	layerValue   = 4<<3 | 2
	layerExtent  = 5 << 3
	layerVersion = 15 << 3

	featureID       = 1 << 3
	featureTags     = 2<<3 | 2
	featureType     = 3 << 3
	featureGeometry = 4<<3 | 2

	valueString = 1<<3 | 2
	valueFloat  = 2<<3 | 5
	valueDouble = 3<<3 | 1
	valueUint   = 5 << 3
	valueSint   = 6 << 3
	valueBool   = 7 << 3

	typePoint, typeLine, typePolygon = 1, 2, 3
)

// Layer encodes one layer of a tile: for each feature Shape, then its attributes,
// then Feature. Use Begin before, and Append at the end; it can be used again and
// then makes no garbage. The zero value is ready for Begin. Not for concurrent use.
type Layer struct {
	name     string
	frame    Frame
	drawing  drawing
	features []byte
	count    int
	keys     dictionary
	values   dictionary
	tags     []byte
	shared   int // bytes of tags that the features of a bundle have in common
	value    []byte
	fields   []field
}

// field is an attribute of a layer: neighbours often say the same of it.
type field struct {
	key   uint32 // its number, +1; 0 where it has not come yet
	last  []byte // the value of the last feature that has one
	value uint32 // the number of that
	ints  [64]struct {
		n     int64
		value uint32 // the number of it, +1; 0 where none has come yet
	} // by the last bits
}

// Begin starts a layer anew. Its attributes are those of the given names.
func (l *Layer) Begin(name string, frame Frame, fields int) {
	l.name, l.frame = name, frame
	l.features, l.count = l.features[:0], 0
	l.keys.reset()
	l.values.reset()
	l.Bundle()
	l.fields = slices.Grow(l.fields[:0], fields)[:fields]
	for i := range l.fields {
		l.fields[i].key = 0
		clear(l.fields[i].ints[:])
	}
}

// Shape reads a feature's shape (EWKB, EPSG:3857) and tells whether anything of it
// shows in the tile. Errors: ErrShape.
func (l *Layer) Shape(ewkb []byte) (shows bool, err error) {
	l.tags = l.tags[:l.shared]
	return l.drawing.draw(ewkb, &l.frame)
}

// Packed is Shape for an area in TWKB without a box, sizes or ids.
func (l *Layer) Packed(twkb []byte) (shows bool, err error) {
	l.tags = l.tags[:l.shared]
	return l.drawing.drawPacked(twkb, &l.frame)
}

// Bundle begins features that have attributes in common: none as yet.
func (l *Layer) Bundle() { l.tags, l.shared = l.tags[:0], 0 }

// Share makes the attributes of the feature so far those of all that follow it in the
// bundle, too.
func (l *Layer) Share() { l.shared = len(l.tags) }

// Text gives the feature a text. The attribute is the layer's of that number, and
// has that name.
func (l *Layer) Text(field int, name string, text []byte) {
	l.value = append(l.value[:0], valueString)
	l.value = binary.AppendUvarint(l.value, uint64(len(text)))
	l.value = append(l.value, text...)
	l.tag(field, name)
}

// Int gives the feature a whole number.
func (l *Layer) Int(field int, name string, n int64) {
	known := &l.fields[field].ints[n&63]
	if known.value > 0 && known.n == n {
		l.pair(l.fields[field].key-1, known.value-1)
		return
	}
	if n >= 0 {
		l.value = binary.AppendUvarint(append(l.value[:0], valueUint), uint64(n))
	} else {
		l.value = binary.AppendVarint(append(l.value[:0], valueSint), n)
	}
	known.n, known.value = n, l.tag(field, name)+1
}

// Double gives the feature a number.
func (l *Layer) Double(field int, name string, n float64) {
	l.value = binary.LittleEndian.AppendUint64(append(l.value[:0], valueDouble), math.Float64bits(n))
	l.tag(field, name)
}

// Float gives the feature a number of single precision.
func (l *Layer) Float(field int, name string, n float32) {
	l.value = binary.LittleEndian.AppendUint32(append(l.value[:0], valueFloat), math.Float32bits(n))
	l.tag(field, name)
}

// Bool gives the feature a flag.
func (l *Layer) Bool(field int, name string, yes bool) {
	l.value = append(l.value[:0], valueBool, 0)
	if yes {
		l.value[1] = 1
	}
	l.tag(field, name)
}

// tag gives the feature the value and returns its number.
func (l *Layer) tag(number int, name string) uint32 {
	f := &l.fields[number]
	if f.key == 0 {
		f.key = l.keys.number(append(l.drawing.scratch[:0], name...)) + 1
		f.last = f.last[:0]
	}
	if !bytes.Equal(f.last, l.value) { // a value is never empty
		f.last = append(f.last[:0], l.value...)
		f.value = l.values.number(l.value)
	}
	l.pair(f.key-1, f.value)
	return f.value
}

func (l *Layer) pair(key, value uint32) {
	l.tags = binary.AppendUvarint(l.tags, uint64(key))
	l.tags = binary.AppendUvarint(l.tags, uint64(value))
}

// Feature ends a feature whose shape shows. An id below 0 is left out.
func (l *Layer) Feature(id int64) {
	geometry := l.drawing.commands
	size := 2 + 1 + uvarintSize(uint64(len(geometry))) + len(geometry)
	if id >= 0 {
		size += 1 + uvarintSize(uint64(id))
	}
	if len(l.tags) > 0 {
		size += 1 + uvarintSize(uint64(len(l.tags))) + len(l.tags)
	}
	f := append(l.features, layerFeature)
	f = binary.AppendUvarint(f, uint64(size))
	if id >= 0 {
		f = binary.AppendUvarint(append(f, featureID), uint64(id))
	}
	if len(l.tags) > 0 {
		f = binary.AppendUvarint(append(f, featureTags), uint64(len(l.tags)))
		f = append(f, l.tags...)
	}
	f = append(f, featureType, l.drawing.kind, featureGeometry)
	f = binary.AppendUvarint(f, uint64(len(geometry)))
	l.features = append(f, geometry...)
	l.count++
}

// Append appends the layer as a field of a tile; nothing where it has no features.
func (l *Layer) Append(to []byte) []byte {
	if l.count == 0 {
		return to
	}
	size := 1 + uvarintSize(uint64(len(l.name))) + len(l.name) + len(l.features) +
		l.keys.size() + l.values.size() + 1 + uvarintSize(uint64(l.frame.Extent)) + 2
	to = binary.AppendUvarint(append(to, tileLayer), uint64(size))
	to = append(to, layerVersion, 2, layerName)
	to = binary.AppendUvarint(to, uint64(len(l.name)))
	to = append(to, l.name...)
	to = append(to, l.features...)
	to = l.keys.append(to, layerKey)
	to = l.values.append(to, layerValue)
	return binary.AppendUvarint(append(to, layerExtent), uint64(l.frame.Extent))
}

func uvarintSize(n uint64) int {
	size := 1
	for ; n >= 0x80; n >>= 7 {
		size++
	}
	return size
}

var seed = maphash.MakeSeed()

// dictionary numbers different byte strings in the order in which they come.
type dictionary struct {
	text  []byte
	ends  []int
	sums  []uint64
	table []uint32 // number + 1, open addressing
}

func (d *dictionary) reset() {
	d.text, d.ends, d.sums = d.text[:0], d.ends[:0], d.sums[:0]
	clear(d.table)
}

func (d *dictionary) at(i uint32) []byte {
	from := 0
	if i > 0 {
		from = d.ends[i-1]
	}
	return d.text[from:d.ends[i]]
}

func (d *dictionary) number(b []byte) uint32 {
	if 2*(len(d.ends)+1) > len(d.table) {
		d.grow()
	}
	sum := maphash.Bytes(seed, b)
	mask := uint64(len(d.table) - 1)
	for at := sum & mask; ; at = (at + 1) & mask {
		n := d.table[at]
		if n == 0 {
			d.text = append(d.text, b...)
			d.ends = append(d.ends, len(d.text))
			d.sums = append(d.sums, sum)
			d.table[at] = uint32(len(d.ends))
			return uint32(len(d.ends) - 1)
		}
		if d.sums[n-1] == sum && bytes.Equal(d.at(n-1), b) {
			return n - 1
		}
	}
}

func (d *dictionary) grow() {
	d.table = make([]uint32, max(64, 2*len(d.table)))
	mask := uint64(len(d.table) - 1)
	for i, sum := range d.sums {
		at := sum & mask
		for d.table[at] != 0 {
			at = (at + 1) & mask
		}
		d.table[at] = uint32(i + 1)
	}
}

// size is what append adds.
func (d *dictionary) size() int {
	size, from := len(d.text), 0
	for _, to := range d.ends {
		size += 1 + uvarintSize(uint64(to-from))
		from = to
	}
	return size
}

// append appends all entries as fields of a layer.
func (d *dictionary) append(to []byte, field byte) []byte {
	from := 0
	for _, end := range d.ends {
		to = binary.AppendUvarint(append(to, field), uint64(end-from))
		to = append(to, d.text[from:end]...)
		from = end
	}
	return to
}
