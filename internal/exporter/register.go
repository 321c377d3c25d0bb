package exporter

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/wkb"
)

// Register is the register of a district and its base map as layers, from one
// moment of the database. The layers are read while they are run through, one
// after another; close it afterwards.
type Register struct {
	District string // its name
	Notice   string // attribution and what is generated
	SRID     int    // of the district's Gauss-Krüger zone
	Layers   []geofile.Layer

	tx pgx.Tx
}

// UnknownLayerError says that a layer was asked for that the register does not have.
type UnknownLayerError struct{ Name string }

func (e *UnknownLayerError) Error() string { return "the register has no layer " + e.Name }

// RegisterLayers are the names of all layers, in their order in files.
func RegisterLayers() []string {
	names := make([]string, len(registerSheets))
	for i, s := range registerSheets {
		names[i] = s.name
	}
	return names
}

// OpenRegister begins to read the register as the scope may read it: the named
// layers, all for none. postgis.ErrNotFound where there is no such district for
// the person, *UnknownLayerError for a name that is no layer's.
func (e *Exporter) OpenRegister(ctx context.Context, scope account.Scope, district string, names []string) (*Register, error) {
	if scope.District != "" && scope.District != district {
		return nil, fmt.Errorf("export the register of %s: %w", district, errNoDistrict)
	}
	for _, n := range names {
		if !slices.Contains(RegisterLayers(), n) {
			return nil, &UnknownLayerError{n}
		}
	}
	tx, err := e.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return nil, fmt.Errorf("begin a transaction: %w", err)
	}
	r := &Register{tx: tx}
	if err := r.open(ctx, scope, district, names); err != nil {
		r.Close(ctx)
		return nil, fmt.Errorf("export the register of %s: %w", district, err)
	}
	return r, nil
}

// Close ends the reading.
func (r *Register) Close(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_ = r.tx.Rollback(ctx)
}

func (r *Register) open(ctx context.Context, scope account.Scope, district string, names []string) (err error) {
	err = r.tx.QueryRow(ctx, `select name, notice, gk_srid from published_district where code = $1`, district).
		Scan(&r.District, &r.Notice, &r.SRID)
	if err != nil {
		return noDistrict(err)
	}
	for _, s := range registerSheets {
		if len(names) > 0 && !slices.Contains(names, s.name) {
			continue
		}
		l, err := r.layer(ctx, s, scope, district)
		if err != nil {
			return fmt.Errorf("layer %s: %w", s.name, err)
		}
		if l.Count > 0 || !s.optional {
			r.Layers = append(r.Layers, l)
		}
	}
	return nil
}

// registerSheet describes a layer of the register: one statement whose first
// column is the geometry, then the fields. @district, @subs and @zones are the
// scope, as in the register's own predicates.
type registerSheet struct {
	name, title string
	shape       geofile.Shape
	style       geofile.Style
	optional    bool // only where it has rows
	fields      []registerField
	geometry    string
	from        string
	mask        func(map[string]int, []any) // hides small counts
}

// registerField is a field with its expression in SQL.
type registerField struct {
	geofile.Field
	sql string
	say func(string) string // what a value is called in Chinese; nil: as it is
}

// sqlTypes are the types that values of a kind come in.
var sqlTypes = map[geofile.Kind]string{
	geofile.Text: "text", geofile.Integer: "bigint", geofile.Real: "double precision", geofile.Boolean: "boolean", geofile.Date: "date",
}

func (s registerSheet) query(order string) string {
	columns := []string{s.geometry}
	for _, f := range s.fields {
		columns = append(columns, "("+f.sql+")::"+sqlTypes[f.Kind])
	}
	return "select " + strings.Join(columns, ", ") + " from " + s.from + order
}

func (r *Register) layer(ctx context.Context, s registerSheet, scope account.Scope, district string) (geofile.Layer, error) {
	args := pgx.NamedArgs{"district": district, "subs": scope.Subdistricts, "zones": scope.Zones}
	l := geofile.Layer{Name: s.name, Title: s.title, Shape: s.shape, Style: s.style}
	l.CRS, _ = geo.NewCRS(geo.SRIDCGCS2000)
	index := map[string]int{}
	for i, f := range s.fields {
		l.Fields = append(l.Fields, f.Field)
		index[f.Name] = i
	}
	// no Bound: to find it costs a reading of every shape, and writers find it anyway
	l.Bound = orb.Bound{Min: orb.Point{1, 1}, Max: orb.Point{-1, -1}}
	if err := r.tx.QueryRow(ctx, `select count(*) from `+s.from, args).Scan(&l.Count); err != nil {
		return l, err
	}
	mask := s.mask
	if account.SeesCounts(ctx) {
		mask = nil
	}
	l.Features = func(yield func(geofile.Feature, error) bool) {
		if err := r.read(ctx, s, args, func(f geofile.Feature) bool {
			if mask != nil {
				mask(index, f.Values)
			}
			return yield(f, nil)
		}); err != nil {
			yield(geofile.Feature{}, fmt.Errorf("read layer %s: %w", s.name, err))
		}
	}
	return l, nil
}

// read streams the rows of a layer. All columns come in PostgreSQL's binary form
// and are taken as they are: decoding 300,000 rows by reflection costs seconds.
func (r *Register) read(ctx context.Context, s registerSheet, args pgx.NamedArgs, yield func(geofile.Feature) bool) error {
	rows, err := r.tx.Query(ctx, s.query(" order by 2"), pgx.QueryResultFormats{pgx.BinaryFormatCode}, args)
	if err != nil {
		return err
	}
	defer rows.Close()
	words := newTranslator(s)
	for id := int64(1); rows.Next(); id++ {
		raw := rows.RawValues()
		f := geofile.Feature{ID: id, Values: make([]any, len(s.fields))}
		if raw[0] != nil {
			if f.Geometry, _, err = wkb.Decode(raw[0], wkb.Limits{}); err != nil {
				return err
			}
		}
		for i := range s.fields {
			if f.Values[i], err = words.value(i, raw[i+1]); err != nil {
				return fmt.Errorf("field %s: %w", s.fields[i].Name, err)
			}
		}
		if !yield(f) {
			return nil
		}
	}
	return rows.Err()
}

// translator makes values of what the database sends. Texts that repeat, such as
// names of subdistricts, are kept once.
type translator struct {
	fields []registerField
	seen   map[string]any
}

func newTranslator(s registerSheet) translator {
	return translator{s.fields, map[string]any{}}
}

// dayZero is day 0 of PostgreSQL.
var dayZero = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func (t translator) value(i int, raw []byte) (any, error) {
	if raw == nil {
		return nil, nil
	}
	width, fixed := map[geofile.Kind]int{geofile.Integer: 8, geofile.Real: 8, geofile.Boolean: 1, geofile.Date: 4}[t.fields[i].Kind]
	if fixed && len(raw) != width {
		return nil, fmt.Errorf("%d bytes for a value of kind %s", len(raw), t.fields[i].Kind)
	}
	switch t.fields[i].Kind {
	case geofile.Integer:
		return int64(binary.BigEndian.Uint64(raw)), nil
	case geofile.Real:
		return math.Float64frombits(binary.BigEndian.Uint64(raw)), nil
	case geofile.Boolean:
		return raw[0] != 0, nil
	case geofile.Date:
		return dayZero.AddDate(0, 0, int(int32(binary.BigEndian.Uint32(raw)))), nil
	}
	return t.text(i, raw), nil
}

// text is nil for an empty one: the register has no difference between empty and
// unknown.
func (t translator) text(i int, raw []byte) any {
	if len(raw) == 0 {
		return nil
	}
	if v, there := t.seen[string(raw)]; there && t.fields[i].say == nil {
		return v
	}
	text := string(raw)
	if say := t.fields[i].say; say != nil {
		parts := strings.Split(text, "、")
		for k := range parts {
			parts[k] = say(parts[k])
		}
		return strings.Join(parts, "、")
	}
	if len(t.seen) < 4096 {
		t.seen[text] = text
	}
	return text
}
