package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Habits returns what is remembered for a district, last used first.
func (d *Doctor) Habits(ctx context.Context, district string) ([]Habit, error) {
	rows, err := d.db.Pool.Query(ctx, `
		select id, name, signature, decisions, used, created_by, updated_at
		from import_habit where district_code = $1 order by updated_at desc limit 500`, district)
	if err != nil {
		return nil, fmt.Errorf("list the import habits of %s: %w", district, err)
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (h Habit, err error) {
		err = row.Scan(&h.ID, &h.Name, &h.Signature, &h.Decisions, &h.Used, &h.CreatedBy, &h.UpdatedAt)
		return h, err
	})
}

// ForgetHabit makes the next file of a source ask again.
func (d *Doctor) ForgetHabit(ctx context.Context, district string, id uuid.UUID) error {
	return d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		var name string
		err := tx.QueryRow(ctx, `delete from import_habit where district_code = $1 and id = $2 returning name`, district, id).Scan(&name)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("import habit %s: %w", id, postgis.ErrNotFound)
		}
		if err != nil {
			return fmt.Errorf("forget import habit %s: %w", id, err)
		}
		return account.Record(ctx, tx, account.Entry{
			Action: "import_habit.delete", Entity: "import_habit", Code: id.String(), District: district, Before: map[string]any{"name": name},
		})
	})
}

// signature names a source of files: the format, the layers without their dates,
// their fields and what they say of coordinates.
func signature(data *geofile.Dataset) string {
	parts := []string{data.Format}
	for _, l := range data.Layers {
		fields := make([]string, 0, len(l.Fields))
		for _, f := range l.Fields {
			fields = append(fields, strings.ToLower(f.Name))
		}
		slices.Sort(fields)
		parts = append(parts, undated(l.Name), strings.Join(fields, "\x01"), l.CRSText)
	}
	return importer.ShortHash(parts...)
}

var dates = regexp.MustCompile(`[0-9０-９]+[年月日号期]?|[-_. （）()]+`)

// undated is a name without what changes from month to month.
func undated(name string) string { return dates.ReplaceAllString(strings.ToLower(name), "") }

// recall begins with what was decided about the last file of the source. What
// came along with this one outweighs it, and what a person decided about it since
// is all there is.
func (d *Doctor) recall(ctx context.Context, i Inspection, data *geofile.Dataset) (Inspection, error) {
	i.signature = signature(data)
	i.Decisions = i.Decisions.spread(data)
	if i.Version > 1 {
		return i, nil
	}
	var known Decisions
	err := d.db.Pool.QueryRow(ctx, `
		update import_habit set used = used + 1, updated_at = $3 where district_code = $1 and signature = $2 returning decisions`,
		i.District, i.signature, d.now()).Scan(&known)
	if errors.Is(err, pgx.ErrNoRows) {
		return i, nil
	}
	if err != nil {
		return i, fmt.Errorf("recall what was decided about files like %q: %w", i.Name, err)
	}
	i.Remembered = true
	out := Decisions{Encoding: firstOf(i.Decisions.Encoding, known.Encoding)}
	for n, l := range data.Layers {
		one := i.Decisions.layer(l.Name)
		same := slices.IndexFunc(known.Layers, func(was LayerDecision) bool { return was.Layer == l.Name })
		for k, was := range known.Layers {
			if k == same || same < 0 && undated(was.Layer) == undated(l.Name) && (k == n || len(known.Layers) != len(data.Layers)) {
				one = one.over(was)
				break
			}
		}
		out.Layers = append(out.Layers, one)
	}
	i.Decisions = out
	return i, nil
}

// over puts what is decided over what was.
func (l LayerDecision) over(was LayerDecision) LayerDecision {
	was.Layer, was.Rows = l.Layer, l.Rows
	for _, text := range []struct{ to, from *string }{
		{&was.Target, &l.Target},
		{&was.CRS, &l.CRS},
		{&was.Axes, &l.Axes},
		{&was.Unit, &l.Unit},
		{&was.AreaUnit, &l.AreaUnit},
		{&was.Repairs, &l.Repairs},
		{&was.Duplicates, &l.Duplicates},
		{&was.Scenario, &l.Scenario},
		{&was.Type, &l.Type},
	} {
		*text.to = firstOf(*text.from, *text.to)
	}
	if l.Datum != "" {
		was.Datum, was.Offset = l.Datum, l.Offset
	}
	if l.Columns != nil {
		was.Columns = l.Columns
	}
	fields := maps.Clone(was.Fields)
	if fields == nil {
		fields = map[string]string{}
	}
	maps.Copy(fields, l.Fields)
	was.Fields = fields
	return was
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// spread gives what was decided for all layers to each.
func (d Decisions) spread(data *geofile.Dataset) Decisions {
	all := slices.IndexFunc(d.Layers, func(l LayerDecision) bool { return l.Layer == "" })
	if all < 0 {
		return d
	}
	out := Decisions{Encoding: d.Encoding}
	for _, l := range data.Layers {
		one := d.layer(l.Name)
		if !slices.ContainsFunc(d.Layers, func(x LayerDecision) bool { return x.Layer == l.Name }) {
			one = d.Layers[all]
			one.Layer = l.Name
		}
		out.Layers = append(out.Layers, one)
	}
	return out
}

// remember keeps what was confirmed about a file for the next one of its source.
// What was decided about single rows is about this file alone.
func (d *Doctor) remember(ctx context.Context, tx *postgis.Tx, i Inspection) error {
	if i.signature == "" || i.Diagnosis.Path != "" {
		return nil
	}
	id, err := uuid.NewV7()
	if err != nil {
		return fmt.Errorf("name an import habit: %w", err)
	}
	kept := i.Diagnosis.Proposal
	kept.Layers = slices.Clone(kept.Layers)
	for n := range kept.Layers {
		kept.Layers[n].Rows = nil
	}
	_, err = tx.Exec(ctx, `
		insert into import_habit (id, district_code, signature, name, decisions, created_by, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7)
		on conflict (district_code, signature) do update
		set decisions = excluded.decisions, name = excluded.name, created_by = excluded.created_by, updated_at = excluded.updated_at`,
		id, i.District, i.signature, i.Name, kept, account.Name(ctx), d.now())
	if err != nil {
		return fmt.Errorf("remember what was decided about %q: %w", i.Name, err)
	}
	return nil
}
