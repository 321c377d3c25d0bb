package tile

import (
	"encoding/binary"
	"errors"
	"math"
	"testing"
)

// framed is a record as the database packs it.
func framed(id int64, said ...byte) []byte {
	raw := binary.BigEndian.AppendUint32(nil, uint32(8+len(said)))
	return append(binary.BigEndian.AppendUint64(raw, uint64(id)), said...)
}

func TestRecordsOfABundleComeInTheOrderOfTheirIDs(t *testing.T) {
	var bundle []byte
	for _, id := range []int64{7, 3, math.MaxInt64, 5} {
		bundle = append(bundle, framed(id, byte(id), 1)...)
	}
	var e easel
	if err := e.unpack(bundle); err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, r := range e.records {
		ids = append(ids, r.id)
		if len(r.said) != 2 || r.said[0] != byte(r.id) {
			t.Errorf("record %d says %v", r.id, r.said)
		}
	}
	if len(ids) != 4 || ids[0] != 3 || ids[1] != 5 || ids[2] != 7 || ids[3] != math.MaxInt64 {
		t.Errorf("the ids are %v", ids)
	}
}

func TestABundleThatIsCutShortIsRefused(t *testing.T) {
	bundle := append(framed(1, 1, 2, 3), framed(2)...)
	var e easel
	for n := 1; n < len(bundle); n++ {
		if err := e.unpack(bundle[:n]); n != len(framed(1, 1, 2, 3)) && !errors.Is(err, errRecord) {
			t.Errorf("%d of %d bytes: %v", n, len(bundle), err)
		}
	}
	if err := e.unpack([]byte{0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 1}); !errors.Is(err, errRecord) {
		t.Errorf("a record of 4 GiB: %v", err)
	}
	fields, err := packedFields([]Field{{Name: "code", Type: "String", Packed: true}, {Name: "shared", Type: "String"}, {Name: "storeys", Type: "Number", Packed: true}, {Name: "generated", Type: "Boolean", Packed: true}})
	if err != nil || len(fields) != 3 {
		t.Fatalf("%v: %v", fields, err)
	}
	said := []byte{0, 0, 0, 2, 'A', '1', 0, 0, 0, 6, 1}
	for n := range said {
		if _, err := skip(fields, said[:n]); !errors.Is(err, errRecord) {
			t.Errorf("%d of %d bytes of fields: %v", n, len(said), err)
		}
	}
	if shape, err := skip(fields, append(said, 9, 9)); err != nil || len(shape) != 2 {
		t.Errorf("the shape is %v: %v", shape, err)
	}
}

func TestOnlyWhatIsPackedStandsInRecords(t *testing.T) {
	c, err := readCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for l := range c.in(c.all) {
		for _, f := range l.info.Fields {
			if f.Packed && l.info.PackedFrom == 0 {
				t.Errorf("layer %s: field %s", l.info.Name, f.Name)
			}
		}
		if l.bundles(l.info.MaxZoom) != (l.bundle != "") {
			t.Errorf("layer %s: packed from zoom %d", l.info.Name, l.info.PackedFrom)
		}
	}
	if _, err := packedFields([]Field{{Name: "when", Type: "Date", Packed: true}}); err == nil {
		t.Error("a date is packed")
	}
}
