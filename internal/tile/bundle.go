package tile

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/jackc/pgx/v5"
)

// errRecord says that the database packed a feature in another way than it is read.
var errRecord = errors.New("not a packed feature")

// record is a packed feature of a bundle, whose contract stands in tiles/embed.go.
type record struct {
	id   int64
	said []byte // the fields, and the shape behind them
}

// bundles draws rows of which each holds the features of a bundle.
func (e *easel) bundles(l *layer, rows pgx.Rows, zoom uint32) error {
	const shared = 2 // columns before those that a bundle has in common
	columns := rows.FieldDescriptions()
	e.shared = e.shared[:0]
	for _, column := range columns[shared:] {
		at := slices.IndexFunc(l.info.Fields, func(f Field) bool { return f.Name == column.Name })
		if at < 0 {
			return fmt.Errorf("column %s is no field", column.Name)
		}
		e.shared = append(e.shared, at)
	}
	for rows.Next() {
		values := rows.RawValues()
		if err := e.unpack(values[1]); err != nil {
			return err
		}
		e.layer.Bundle()
		begun := false
		for _, r := range e.records {
			fields := r.said
			shape, err := skip(l.packed, fields)
			if err != nil {
				return fmt.Errorf("feature %d: %w", r.id, err)
			}
			shows, err := e.layer.Packed(shape)
			if err != nil {
				return fmt.Errorf("feature %d: %w", r.id, err)
			}
			if !shows {
				continue
			}
			if !begun {
				for i, field := range e.shared {
					if value := values[shared+i]; value != nil {
						if err := e.attribute(field, l.info.Fields[field].Name, columns[shared+i], value); err != nil {
							return err
						}
					}
				}
				e.layer.Share()
				begun = true
			}
			e.packed(l.packed, fields, zoom)
			e.layer.Feature(r.id)
		}
	}
	return rows.Err()
}

// unpack finds the records of a bundle, in the order of their ids.
func (e *easel) unpack(bundle []byte) error {
	e.records = e.records[:0]
	sorted := true
	for len(bundle) > 0 {
		if len(bundle) < 12 {
			return fmt.Errorf("%w: it ends early", errRecord)
		}
		size := int64(binary.BigEndian.Uint32(bundle))
		if bundle = bundle[4:]; size < 8 || size > int64(len(bundle)) {
			return fmt.Errorf("%w: %d bytes of %d", errRecord, size, len(bundle))
		}
		r := record{int64(binary.BigEndian.Uint64(bundle)), bundle[8:size]}
		sorted = sorted && (len(e.records) == 0 || e.records[len(e.records)-1].id <= r.id)
		e.records = append(e.records, r)
		bundle = bundle[size:]
	}
	if !sorted {
		slices.SortFunc(e.records, func(a, b record) int { return cmp.Compare(a.id, b.id) })
	}
	return nil
}

// packedField is a field as the records of a bundle have it.
type packedField struct {
	number int
	name   string
	kind   byte // packedText, packedNumber or packedFlag
	from   uint32
}

const (
	packedText = iota
	packedNumber
	packedFlag
)

// packedFields are those of a layer, in their order.
func packedFields(fields []Field) ([]packedField, error) {
	var packed []packedField
	for i, f := range fields {
		if !f.Packed {
			continue
		}
		kind, known := map[string]byte{"String": packedText, "Number": packedNumber, "Boolean": packedFlag}[f.Type]
		if !known {
			return nil, fmt.Errorf("field %s: a %s is not packed", f.Name, f.Type)
		}
		packed = append(packed, packedField{i, f.Name, kind, f.From})
	}
	return packed, nil
}

// skip checks the packed fields and returns what follows them: the shape.
func skip(fields []packedField, said []byte) ([]byte, error) {
	for i := range fields {
		size := 4
		switch {
		case fields[i].kind == packedFlag:
			size = 1
		case len(said) < size:
		case fields[i].kind == packedText:
			size += max(0, int(int32(binary.BigEndian.Uint32(said))))
		}
		if len(said) < size {
			return nil, fmt.Errorf("%w: field %s ends early", errRecord, fields[i].name)
		}
		said = said[size:]
	}
	return said, nil
}

// packed gives the feature its packed fields, which have been checked.
func (e *easel) packed(fields []packedField, said []byte, zoom uint32) {
	for i := range fields {
		f := &fields[i]
		shows := zoom >= f.from
		if f.kind == packedFlag {
			if shows && said[0] != 0 {
				e.layer.Bool(f.number, f.name, true)
			}
			said = said[1:]
			continue
		}
		n := int32(binary.BigEndian.Uint32(said))
		said = said[4:]
		switch {
		case f.kind == packedText && n >= 0:
			if shows {
				e.layer.Text(f.number, f.name, said[:n])
			}
			said = said[n:]
		case f.kind == packedNumber && shows && n != math.MinInt32:
			e.layer.Int(f.number, f.name, int64(n))
		}
	}
}
