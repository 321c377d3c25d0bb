package doctor

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/postgis"
)

// RowFilter says which staged rows are wanted.
type RowFilter struct {
	Layer string // as the file names it; "" is the first
	Only  string // "" | faulty | repaired | duplicate | outside
	After int64  // rows behind this place in the layer
	Limit int
}

// Rows returns staged rows under the decisions of the moment.
func (d *Doctor) Rows(ctx context.Context, id uuid.UUID, f RowFilter) (RowCollection, error) {
	out := RowCollection{Type: "FeatureCollection"}
	i, err := d.Inspection(ctx, id)
	if err != nil || i.Diagnosis == nil {
		return out, err
	}
	layer := 0
	if f.Layer != "" {
		if layer = i.Diagnosis.position(f.Layer); layer < 0 {
			return out, fmt.Errorf("layer %q of inspection %s: %w", f.Layer, id, postgis.ErrNotFound)
		}
	}
	const wanted = `
		where inspection_id = $1 and layer = $2 and case $3
			when 'faulty' then fault <> '' when 'repaired' then repairs <> '{}'
			when 'duplicate' then match_how is not null when 'outside' then outside else true end`
	if err := d.db.Pool.QueryRow(ctx, `select count(*) from inspection_row `+wanted, id, layer, f.Only).Scan(&out.Total); err != nil {
		return out, fmt.Errorf("count the rows of inspection %s: %w", id, err)
	}
	rows, err := d.db.Pool.Query(ctx, `
		select number, geom, given, cells, code, name, fault, outside, repairs,
		       coalesce(match_code, ''), coalesce(match_name, ''), coalesce(match_how, ''), coalesce(match_share, 0), action
		from inspection_row `+wanted+` and ord > $4 order by ord limit $5`, id, layer, f.Only, f.After, f.Limit)
	if err != nil {
		return out, fmt.Errorf("read the rows of inspection %s: %w", id, err)
	}
	out.Features, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (RowFeature, error) {
		r := RowFeature{Type: "Feature"}
		var shape, given postgis.Geom
		p := &r.Properties
		err := row.Scan(&r.ID, &shape, &given, &p.Cells, &p.Code, &p.Name, &p.Fault, &p.Outside, &p.Repairs,
			&p.MatchCode, &p.MatchName, &p.MatchHow, &p.MatchShare, &p.Action)
		p.Row = r.ID
		if shape.Geometry != nil {
			r.Geometry = geojson.NewGeometry(shape.Geometry)
		}
		if given.Geometry != nil {
			p.Given = geojson.NewGeometry(given.Geometry)
		}
		return r, err
	})
	if err != nil {
		return out, fmt.Errorf("read the rows of inspection %s: %w", id, err)
	}
	return out, nil
}

// position is the place of a layer in the file, -1 where it has none.
func (d *Diagnosis) position(layer string) int {
	for n, l := range d.Layers {
		if l.Name == layer {
			return n
		}
	}
	return -1
}
