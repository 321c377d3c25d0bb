package doctor

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// bringing is one import on its way.
type bringing struct {
	*Doctor
	i      Inspection
	id     uuid.UUID // of the import
	p      *job.Progress
	region region
	names  *importer.Names
	known  map[string]bool
	report *importer.Report
	zones  registry.ImportCount
}

// order is that in which layers are written: what others name comes first.
var order = []string{"neighborhoods", "communities", "buildings", "facilities", "idle_buildings", "roads", "barriers", "zones"}

// bring imports the staged rows of an inspection, all or nothing. What the
// register refuses is a *job.Refusal, and nothing has changed.
func (d *Doctor) bring(ctx context.Context, i Inspection, p *job.Progress) (*importer.Report, error) {
	started := d.now()
	if i.Diagnosis.Path != "" {
		return d.bringPlain(ctx, i, p)
	}
	b := &bringing{Doctor: d, i: i, p: p, id: p.Job(), report: &importer.Report{
		Dropped: i.Diagnosis.Dropped,
		File:    i.Name, SHA256: i.SHA256, Format: i.Format, District: i.District,
		Refused: []importer.RefusedRow{}, Repairs: []importer.Repair{}, Notes: append([]string{}, importer.DroppedNotes(i.Diagnosis.Dropped)...), Layers: map[string]importer.LayerReport{},
	}}
	if b.id == (uuid.UUID{}) {
		b.id = uuid.New()
	}
	if err := b.permit(ctx); err != nil {
		return nil, err
	}
	if err := b.prepare(ctx); err != nil {
		return nil, err
	}
	release, err := b.queue(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if err := b.current(ctx); err != nil {
		return nil, err
	}
	err = d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := b.write(ctx, tx); err != nil {
			return err
		}
		b.report.Seconds = d.now().Sub(started).Seconds()
		if err := d.tidy(ctx, tx, i, b.report); err != nil {
			return err
		}
		return p.Done(ctx, tx, b.report)
	})
	if err != nil {
		return nil, err
	}
	d.removeFile(ctx, i.path)
	return b.report, nil
}

// tidy keeps the report of a file that is imported, and forgets its rows.
func (d *Doctor) tidy(ctx context.Context, tx *postgis.Tx, i Inspection, report *importer.Report) error {
	raw, err := json.Marshal(report)
	if err != nil {
		return fmt.Errorf("encode the report of import %s: %w", i.ID, err)
	}
	if _, err := tx.Exec(ctx, `update inspection set report = $2, path = '' where id = $1`, i.ID, raw); err != nil {
		return fmt.Errorf("keep the report of import %s: %w", i.ID, err)
	}
	if _, err := tx.Exec(ctx, `delete from inspection_row where inspection_id = $1`, i.ID); err != nil {
		return fmt.Errorf("forget the rows of inspection %s: %w", i.ID, err)
	}
	return nil
}

// permit refuses what the person may not bring in.
func (b *bringing) permit(ctx context.Context) error {
	whole := account.Place{District: b.i.District}
	own := whole
	if p, ok := account.From(ctx); ok {
		own = p.OwnPart(b.i.District)
	}
	if account.Demand(ctx, account.Import, own) != nil {
		return &job.Refusal{Detail: "您没有向本区导入数据的权限"}
	}
	for _, l := range b.i.Diagnosis.Layers {
		target, ok := targetOf(l.Target.Layer)
		switch {
		case !ok:
		case target.Base && account.Demand(ctx, account.ImportBase, whole) != nil:
			return &job.Refusal{Detail: "镇街账户不能导入" + target.Title + "等底图数据"}
		case target.Name == "zones" && account.Demand(ctx, account.DrawZone, own) != nil:
			return &job.Refusal{Detail: "您没有绘制片区的权限，不能导入片区"}
		case target.Name == "neighborhoods" && account.Demand(ctx, account.Import, whole) != nil:
			return &job.Refusal{Detail: "镇街账户不能导入社区边界"}
		}
	}
	return nil
}

func (b *bringing) prepare(ctx context.Context) error {
	var err error
	if b.region, err = b.loadRegion(ctx, b.i.District); err != nil {
		return err
	}
	if b.names, err = b.importer.NamesOf(ctx, b.i.District); err != nil {
		return err
	}
	x := &examination{Doctor: b.Doctor, region: b.region}
	if err := x.readCommunities(ctx); err != nil {
		return err
	}
	b.known = x.known
	staged := int64(0)
	if err := b.db.Pool.QueryRow(ctx, `select count(*) from inspection_row where inspection_id = $1`, b.i.ID).Scan(&staged); err != nil {
		return fmt.Errorf("count the rows of inspection %s: %w", b.i.ID, err)
	}
	want := int64(0)
	for _, l := range b.i.Diagnosis.Layers {
		if _, ok := targetOf(l.Target.Layer); ok {
			want += l.Rows
		}
	}
	if staged != want { // the database crashed since: rows are made again from the file
		return b.restage(ctx)
	}
	return nil
}

func (b *bringing) restage(ctx context.Context) error {
	data, err := b.open(ctx, b.i)
	if err != nil {
		return err
	}
	defer func() { _ = data.Close() }()
	_, err = b.examine(ctx, b.i, data, b.p)
	return err
}

// queue waits for other imports into the district: two at once are done one after
// the other.
func (b *bringing) queue(ctx context.Context) (release func(), err error) {
	b.p.Phase("等待", "", 0)
	conn, err := b.db.Pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("wait for other imports: %w", err)
	}
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtext('lianpian-import-' || $1))`, b.i.District); err != nil {
		_ = conn.Conn().Close(context.WithoutCancel(ctx)) // a wait that was cut short may still have got the lock
		conn.Release()
		return nil, fmt.Errorf("wait for other imports: %w", err)
	}
	return func() {
		free := context.WithoutCancel(ctx)
		if _, err := conn.Exec(free, `select pg_advisory_unlock(hashtext('lianpian-import-' || $1))`, b.i.District); err != nil {
			_ = conn.Conn().Close(free)
		}
		conn.Release()
	}, nil
}

// current compares the rows with the register as it is now: an import that was
// done since the diagnosis may have brought the same things in.
func (b *bringing) current(ctx context.Context) error {
	b.p.Phase("对照", "", 0)
	for at, l := range b.i.Diagnosis.Layers {
		w := b.work(at, l)
		if w.target.Name == "" {
			continue
		}
		x := &examination{Doctor: b.Doctor, i: b.i, region: b.region}
		before := w.diag.Duplicates
		if err := x.match(ctx, w); err != nil {
			return err
		}
		now := w.diag.Duplicates
		fresh := now.ByCode+now.ByOverlap+now.ByName > before.ByCode+before.ByOverlap+before.ByName
		if fresh && w.decided.Duplicates == "" {
			return &job.Refusal{Detail: fmt.Sprintf("诊断之后本区数据有了变化，现在有与已有数据重复的行（%s），请重新诊断后再导入", sayMatches(now))}
		}
	}
	return nil
}

// work is a layer as the diagnosis left it, without the file.
func (b *bringing) work(at int, l LayerDiagnosis) *layerWork {
	w := &layerWork{
		at: at, decided: b.i.Decisions.layer(l.Name), region: b.region, names: b.names, known: b.known,
		types: b.importer.FacilityTypes, fields: map[string]int{}, diag: l,
	}
	w.target, _ = targetOf(l.Target.Layer)
	w.profile.rows = l.Rows
	for n, f := range l.Fields {
		w.source.Fields = append(w.source.Fields, geofile.Field{Name: f.Name})
		if f.Target != "" {
			w.fields[f.Target] = n
		}
	}
	if w.target.Name != "" {
		w.begin(b.now().Year() + 1)
	}
	return w
}

// write is the one transaction of an import.
func (b *bringing) write(ctx context.Context, tx *postgis.Tx) error {
	if err := b.reg.BeginImport(ctx, tx, b.id, b.i.District, b.i.Name); err != nil {
		return err
	}
	attach := false
	for _, name := range order {
		for at, l := range b.i.Diagnosis.Layers {
			if l.Target.Layer != name {
				continue
			}
			if err := b.layer(ctx, tx, b.work(at, l)); err != nil {
				return err
			}
			attach = attach || name == "communities" || name == "buildings"
		}
	}
	skipped := int64(0)
	for _, l := range b.i.Diagnosis.Layers {
		skipped += l.Tally.Skip
	}
	if b.report.RowsTaken == 0 && skipped == 0 {
		return &job.Refusal{Detail: "文件里没有可以导入的行"}
	}
	if attach {
		b.p.Phase("关联", "", 0)
		if _, err := b.reg.AttachBuildings(ctx, tx, b.i.District); err != nil {
			return err
		}
	}
	if err := b.reg.EndImport(ctx, tx, b.id, b.zones); err != nil {
		return err
	}
	if err := b.remember(ctx, tx, b.i); err != nil {
		return err
	}
	b.report.ID = b.id
	tag, err := tx.Exec(ctx, `
		update inspection set state = 'imported', import_id = $2, error = '', version = version + 1, updated_at = $3
		where id = $1 and state = 'importing'`, b.i.ID, b.id, b.now())
	if err != nil {
		return fmt.Errorf("note the import of inspection %s: %w", b.i.ID, err)
	}
	if tag.RowsAffected() == 0 {
		return &job.Refusal{Detail: "文件已经放弃，没有导入"}
	}
	tx.Changed(b.i.change())
	return nil
}

// layer writes the rows of one layer.
func (b *bringing) layer(ctx context.Context, tx *postgis.Tx, w *layerWork) error {
	b.p.Phase("写入", "条"+w.target.Title, w.diag.Tally.Insert+w.diag.Tally.Update)
	var numbers []int64
	var reading error
	rows := func(yield func(registry.ImportRow) bool) {
		for row, err := range b.rows(ctx, w) {
			if err != nil {
				reading = err
				return
			}
			numbers = append(numbers, row.Number)
			b.p.Advance(1)
			if !yield(row) {
				return
			}
		}
	}
	result, err := b.put(ctx, tx, w, rows)
	if reading != nil {
		return reading
	}
	if err != nil {
		return sayRefusal(err, w, numbers)
	}
	b.wrote(w, result, int64(len(numbers)))
	return nil
}

func (b *bringing) put(ctx context.Context, tx *postgis.Tx, w *layerWork, rows iter.Seq[registry.ImportRow]) (registry.BulkResult, error) {
	if w.target.Name == "zones" {
		scope := account.Everything
		if p, ok := account.From(ctx); ok {
			scope = p.Scope
		}
		result, err := b.Doctor.zones.Import(ctx, tx, scope, b.i.District, w.decided.Scenario, rows)
		b.zones.Added += result.Inserted
		b.zones.Changed += result.Updated
		return result, err
	}
	write, ok := b.reg.LayerWriter(w.target.Name)
	if !ok {
		return registry.BulkResult{}, fmt.Errorf("no writer of layer %q", w.target.Name)
	}
	return write(ctx, tx, b.i.District, "file:"+geofile.Shorten(b.i.Name, 60), rows)
}

func (b *bringing) wrote(w *layerWork, result registry.BulkResult, taken int64) {
	r := b.report
	r.RowsTaken += taken
	r.Inserted, r.Updated, r.Unchanged = r.Inserted+result.Inserted, r.Updated+result.Updated, r.Unchanged+result.Unchanged
	l := r.Layers[w.target.Name]
	l.Inserted, l.Updated, l.Unchanged = l.Inserted+result.Inserted, l.Updated+result.Updated, l.Unchanged+result.Unchanged
	l.Refused += w.diag.Tally.Refuse
	r.Layers[w.target.Name] = l
	r.RowsRefused += w.diag.Tally.Refuse
	r.Refused = append(r.Refused, w.diag.Refused...)
	for _, number := range w.diag.Outside.Rows {
		r.Refused = append(r.Refused, importer.RefusedRow{Row: number, Reason: "在" + b.region.name + "范围之外"})
	}
	r.Repairs = append(r.Repairs, w.diag.Values...)
	r.RepairsTotal += w.diag.ValueCount
	for _, g := range w.diag.Geometry {
		if g.Repair == "" {
			continue
		}
		r.RepairsTotal += g.Count
		for _, e := range g.Examples {
			r.Repairs = append(r.Repairs, importer.Repair{Row: e.Row, What: g.Detail + "：" + g.Repair, Before: e.Before, After: e.After})
		}
	}
	if w.diag.Tally.Skip > 0 {
		r.Notes = append(r.Notes, fmt.Sprintf("“%s”有 %d 行跳过：与已有数据或文件里的其他行重复", w.diag.Name, w.diag.Tally.Skip))
	}
	if s := w.diag.Shift; s != nil {
		r.Notes = append(r.Notes, "“"+w.diag.Name+"”"+s.Reason)
	}
}

// sayRefusal puts what the register refuses in the file's terms.
func sayRefusal(err error, w *layerWork, numbers []int64) error {
	var invalid *registry.InvalidError
	var duplicate *registry.DuplicateError
	var outside *account.OutsideError
	switch {
	case errors.As(err, &invalid) && invalid.Row >= 0 && invalid.Row < len(numbers):
		return &job.Refusal{Detail: fmt.Sprintf("“%s”第 %d 行：%s", w.diag.Name, numbers[invalid.Row], invalid.Detail)}
	case errors.As(err, &invalid):
		return &job.Refusal{Detail: fmt.Sprintf("“%s”：%s", w.diag.Name, invalid.Detail)}
	case errors.As(err, &duplicate):
		return &job.Refusal{Detail: "文件里有重复的编码：" + strings.Join(duplicate.Codes, "、")}
	case errors.As(err, &outside):
		return &job.Refusal{Detail: "您没有权限把数据导入这个范围"}
	case errors.Is(err, postgis.ErrConflict):
		return &job.Refusal{Detail: fmt.Sprintf("“%s”：%s", w.diag.Name, err.Error())}
	case errors.Is(err, postgis.ErrNotFound):
		return &job.Refusal{Detail: fmt.Sprintf("“%s”：所选的方案已不存在", w.diag.Name)}
	}
	return fmt.Errorf("write %s: %w", w.target.Name, err)
}

// rows are the staged rows of a layer as the register takes them.
func (b *bringing) rows(ctx context.Context, w *layerWork) iter.Seq2[registry.ImportRow, error] {
	return func(yield func(registry.ImportRow, error) bool) {
		rows, err := b.db.Pool.Query(ctx, `
			select ord, number, geom, cells, code, coalesce(match_code, ''), action
			from inspection_row where inspection_id = $1 and layer = $2 and action in ('insert', 'update') order by ord`, b.i.ID, w.at)
		if err != nil {
			yield(registry.ImportRow{}, fmt.Errorf("read the rows of inspection %s: %w", b.i.ID, err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var s staged
			var shape postgis.Geom
			if err := rows.Scan(&s.ord, &s.number, &shape, &s.cells, &s.code, &s.matchCode, &s.action); err != nil {
				yield(registry.ImportRow{}, fmt.Errorf("read the rows of inspection %s: %w", b.i.ID, err))
				return
			}
			s.shape = shape.Geometry
			for _, row := range b.ready(w, &s) {
				if !yield(row, nil) {
					return
				}
			}
		}
		if err := rows.Err(); err != nil {
			yield(registry.ImportRow{}, fmt.Errorf("read the rows of inspection %s: %w", b.i.ID, err))
		}
	}
}

// ready is a staged row with its identity settled. A place that offers several
// services is several rows.
func (b *bringing) ready(w *layerWork, s *staged) []registry.ImportRow {
	row, fault := w.importRow(s, func(string, string, string) {})
	if fault != "" {
		return nil // it was taken when it was staged: what it names is gone
	}
	if s.action == "update" {
		row.Values[cmp.Or(storedLayers[w.target.Name].code, "code")] = s.matchCode
	} else if s.matchCode != "" { // new beside what is there already
		delete(row.Values, "code")
		row.Values["source_ref"] = fmt.Sprintf("file:%s/%d/%d", b.i.ID, w.at, s.ord)
	}
	if w.target.Name != "facilities" {
		return []registry.ImportRow{row}
	}
	types := w.typesOf(s.cells["facility_type"])
	if len(types) < 2 || s.action == "update" {
		return []registry.ImportRow{row}
	}
	ref, _ := row.Values["source_ref"].(string)
	if code, ok := row.Values["code"].(string); ok { // codes are one per facility
		ref = "file:" + code
		delete(row.Values, "code")
	}
	var out []registry.ImportRow
	for _, key := range types {
		one := row
		one.Values = map[string]any{}
		for field, value := range row.Values {
			one.Values[field] = value
		}
		one.Values["facility_type"] = key
		if ref != "" {
			one.Values["source_ref"] = ref
		}
		out = append(out, one)
	}
	return out
}

// bringPlain has the importer bring a file in by its own path.
func (d *Doctor) bringPlain(ctx context.Context, i Inspection, p *job.Progress) (*importer.Report, error) {
	args := importer.Args{Path: i.path, Name: i.Name, District: i.District, Layer: i.Diagnosis.Path, By: account.Name(ctx)}
	if _, ok := account.From(ctx); !ok {
		args.By = ""
	}
	if n := slices.IndexFunc(i.Decisions.Layers, func(l LayerDecision) bool { return l.AreaUnit != "" }); n >= 0 {
		args.AreaUnit = i.Decisions.Layers[n].AreaUnit
	}
	report, err := d.importer.Run(ctx, args, p, func(ctx context.Context, tx *postgis.Tx, report *importer.Report) error {
		tx.Changed(i.change())
		_, err := tx.Exec(ctx, `
			update inspection set state = 'imported', import_id = nullif($2::uuid, $4::uuid), error = '', version = version + 1, updated_at = $3
			where id = $1 and state = 'importing'`, i.ID, report.ID, d.now(), uuid.UUID{})
		if err != nil {
			return fmt.Errorf("note the import of inspection %s: %w", i.ID, err)
		}
		return d.tidy(ctx, tx, i, report)
	})
	if err == nil {
		d.removeFile(ctx, i.path)
	}
	return report, err
}
