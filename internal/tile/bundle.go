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
			shape, err := l.info.skip(fields)
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
			e.packed(l, fields, zoom)
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

// skip checks the packed fields and returns what follows them: the shape.
func (i *Info) skip(said []byte) ([]byte, error) {
	for k := range i.Fields {
		f := &i.Fields[k]
		if !f.Packed {
			continue
		}
		size := 4
		switch {
		case f.Type == "Boolean":
			size = 1
		case len(said) < size:
		case f.Type == "String":
			if n := int32(binary.BigEndian.Uint32(said)); n > 0 {
				size += int(n)
			}
		}
		if len(said) < size {
			return nil, fmt.Errorf("%w: field %s ends early", errRecord, f.Name)
		}
		said = said[size:]
	}
	return said, nil
}

// packed gives the feature its packed fields, which have been checked.
func (e *easel) packed(l *layer, said []byte, zoom uint32) {
	for k := range l.info.Fields {
		f := &l.info.Fields[k]
		if !f.Packed {
			continue
		}
		shows := zoom >= f.From
		switch f.Type {
		case "Boolean":
			if shows && said[0] != 0 {
				e.layer.Bool(k, f.Name, true)
			}
			said = said[1:]
		case "String":
			n := int32(binary.BigEndian.Uint32(said))
			said = said[4:]
			if n >= 0 {
				if shows {
					e.layer.Text(k, f.Name, said[:n])
				}
				said = said[n:]
			}
		default:
			if n := int32(binary.BigEndian.Uint32(said)); shows && n != math.MinInt32 {
				e.layer.Int(k, f.Name, int64(n))
			}
			said = said[4:]
		}
	}
}
