package importer

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
)

// A small writer of PBF files, so that tests can make the file they need. It
// writes plain (not dense) nodes, which the format allows.

type pbfNodes []osmNode

type pbfWay struct {
	id   int64
	refs []int64
	tags osmTags
}

type pbfRelation struct {
	id      int64
	members []osmMember
	tags    osmTags
}

func pbfFile(nodes pbfNodes, ways []pbfWay, relations []pbfRelation) []byte {
	var header message
	header.text(4, "OsmSchema-V0.6")
	header.text(4, "DenseNodes")
	table := &textTable{at: map[string]uint64{"": 0}, texts: []string{""}}
	var group message
	for _, n := range nodes {
		var m message
		m.number(1, zag(n.id))
		m.tags(table, n.tags)
		m.number(8, zag(int64(n.y)))
		m.number(9, zag(int64(n.x)))
		group.bytes(1, m.b)
	}
	for _, w := range ways {
		var m, refs message
		m.number(1, uint64(w.id))
		m.tags(table, w.tags)
		last := int64(0)
		for _, ref := range w.refs {
			refs.varint(zag(ref - last))
			last = ref
		}
		m.bytes(8, refs.b)
		group.bytes(3, m.b)
	}
	for _, r := range relations {
		var m, roles, refs, kinds message
		m.number(1, uint64(r.id))
		m.tags(table, r.tags)
		last := int64(0)
		for _, member := range r.members {
			roles.varint(table.index(member.role))
			refs.varint(zag(member.ref - last))
			last = member.ref
			if member.way {
				kinds.varint(1)
			} else {
				kinds.varint(0)
			}
		}
		m.bytes(8, roles.b)
		m.bytes(9, refs.b)
		m.bytes(10, kinds.b)
		group.bytes(4, m.b)
	}
	var texts, block message
	for _, s := range table.texts {
		texts.text(1, s)
	}
	block.bytes(1, texts.b)
	block.bytes(2, group.b)
	return append(pbfBlob("OSMHeader", header.b), pbfBlob("OSMData", block.b)...)
}

func pbfBlob(kind string, data []byte) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(data)
	z.Close()
	var blob, head message
	blob.number(2, uint64(len(data)))
	blob.bytes(3, packed.Bytes())
	head.text(1, kind)
	head.number(3, uint64(len(blob.b)))
	out := binary.BigEndian.AppendUint32(nil, uint32(len(head.b)))
	return append(append(out, head.b...), blob.b...)
}

type message struct{ b []byte }

func (m *message) varint(v uint64)            { m.b = binary.AppendUvarint(m.b, v) }
func (m *message) number(field int, v uint64) { m.varint(uint64(field) << 3); m.varint(v) }
func (m *message) text(field int, s string)   { m.bytes(field, []byte(s)) }
func (m *message) bytes(field int, b []byte) {
	m.varint(uint64(field)<<3 | 2)
	m.varint(uint64(len(b)))
	m.b = append(m.b, b...)
}

func (m *message) tags(table *textTable, tags osmTags) {
	var keys, values message
	for _, tag := range tags {
		keys.varint(table.index(tag.key))
		values.varint(table.index(tag.value))
	}
	m.bytes(2, keys.b)
	m.bytes(3, values.b)
}

type textTable struct {
	at    map[string]uint64
	texts []string
}

func (t *textTable) index(s string) uint64 {
	i, ok := t.at[s]
	if !ok {
		i = uint64(len(t.texts))
		t.at[s] = i
		t.texts = append(t.texts, s)
	}
	return i
}

func zag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }
