package registry

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// undoTable is a table whose rows are taken back.
type undoTable struct {
	name, code, title string
	versioned         bool
}

// undoColumn is a column that the import says something with: its type, and
// the SQL of its value in a row t, as the triggers of imports write it.
type undoColumn struct{ Name, Kind, Value string }

// takeBack restores and removes the import's rows of a table, and notes in
// undo_left those that it must not touch.
func (u *undo) takeBack(ctx context.Context, t undoTable) error {
	columns, err := u.columns(ctx, t.name)
	if err != nil {
		return err
	}
	if err := u.findChanged(ctx, t, columns); err != nil {
		return err
	}
	if err := u.restore(ctx, t, columns); err != nil {
		return err
	}
	if rests, ok := restsOn[t.name]; ok {
		if _, err := u.tx.Exec(ctx, `
			insert into undo_left
			select distinct on (t.id) '`+t.name+`', t.id, used.reason
			from import_change c
			join `+t.name+` t on t.id = c.row_id
			cross join lateral (`+rests+`) used (reason)
			where c.import_id = $1 and c.table_name = '`+t.name+`' and c.before is null
			order by t.id, used.reason
			on conflict do nothing`, u.of.ID); err != nil {
			return err
		}
	}
	return u.remove(ctx, t)
}

// restsOn are the reasons why an added row (t) cannot go: what people have built
// on it, and rows that name it and stay.
var restsOn = map[string]string{
	"community": `
		select case u.kind
			when 'project' then '已列入项目“' || u.name || '”' when 'survey' then '已有征求意见记录'
			when 'zone' then '已划入片区“' || u.name || '”' when 'attachment' then '档案里已有附件“' || u.name || '”'
			when 'work_item' then '已有改造内容' when 'link' then '已有人工连线' else '档案里已有记录' end
		from published_community_use u
		join register_import i on i.id = c.import_id
		where u.community_id = t.id and (u.kind <> 'zone' or u.at >= i.at)
		union all
		select '已有楼栋被指定归入' from building b where b.community_id = t.id and 'community_code' = any(b.named)`,
	"neighborhood": `
		select '仍有小区属于这个社区' from community k where k.district_code = t.district_code and k.neighborhood_code = t.code`,
	"subdistrict": `
		select '仍有小区属于这个镇街' from community k where k.district_code = t.district_code and k.subdistrict_code = t.code
		union all
		select '仍有社区属于这个镇街' from neighborhood k where k.district_code = t.district_code and k.subdistrict_code = t.code
		union all
		select '仍有设施属于这个镇街' from facility k where k.district_code = t.district_code and k.subdistrict_code = t.code
		union all
		select '仍有闲置用房属于这个镇街' from idle_building k where k.district_code = t.district_code and k.subdistrict_code = t.code
		union all
		select '仍有楼栋被指定属于这个镇街' from building k
		where k.district_code = t.district_code and k.subdistrict_code = t.code and 'subdistrict_code' = any(k.named)
		union all
		select '仍是账号的管辖范围' from account_subdistrict k where k.district_code = t.district_code and k.subdistrict_code = t.code`,
}

func (u *undo) columns(ctx context.Context, table string) ([]undoColumn, error) {
	rows, err := u.tx.Query(ctx, `
		select a.attname::text, format_type(a.atttypid, a.atttypmod), import_value(a.attrelid, a.attname, 't')
		from import_columns($1::text::regclass) c (name)
		join pg_attribute a on a.attrelid = $1::text::regclass and a.attname = c.name
		order by a.attnum`, table)
	if err != nil {
		return nil, fmt.Errorf("read the columns of %s: %w", table, err)
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[undoColumn])
}

// findChanged notes the rows that no longer say what the import left behind.
func (u *undo) findChanged(ctx context.Context, t undoTable, columns []undoColumn) error {
	values := make([]string, len(columns))
	differ := make([]string, len(columns))
	for i, c := range columns {
		values[i] = c.Value
		differ[i] = fmt.Sprintf(`c.after ? '%[1]s' and (%[2]s)::text is distinct from c.after ->> '%[1]s'`, c.Name, c.Value)
	}
	_, err := u.tx.Exec(ctx, `
		insert into undo_left
		select '`+t.name+`', t.id, '在导入之后又被修改'
		from import_change c
		join `+t.name+` t on t.id = c.row_id
		where c.import_id = $1 and c.table_name = '`+t.name+`'
		  and case when c.before is null then md5(row(`+strings.Join(values, ", ")+`)::text) <> c.after #>> '{}'
		           else `+strings.Join(differ, " or ")+` end`, u.of.ID)
	return err
}

// restore gives changed rows the values that they had.
func (u *undo) restore(ctx context.Context, t undoTable, columns []undoColumn) error {
	var changed []string
	err := u.tx.QueryRow(ctx, `
		select coalesce(array_agg(distinct k.key), '{}')
		from import_change c cross join lateral jsonb_object_keys(c.before) k (key)
		where c.import_id = $1 and c.table_name = $2 and c.before is not null`, u.of.ID, t.name).Scan(&changed)
	if err != nil || len(changed) == 0 {
		return err
	}
	var set []string
	for _, c := range columns {
		for _, name := range changed {
			if name != c.Name {
				continue
			}
			was := fmt.Sprintf(`(c.before ->> '%s')::%s`, c.Name, c.Kind)
			if t.name == "building" && c.Name == "community_id" { // that community may be gone
				was = `(select k.id from community k where k.id = ` + was + `)`
			}
			set = append(set, fmt.Sprintf(`%[1]s = case when c.before ? '%[1]s' then %[2]s else t.%[1]s end`, c.Name, was))
		}
	}
	if len(set) == 0 {
		return nil
	}
	if t.versioned {
		set = append(set, "version = t.version + 1", "updated_at = now()")
	}
	rows, err := u.tx.Query(ctx, `
		update `+t.name+` t
		set `+strings.Join(set, ", ")+`
		from import_change c
		where c.import_id = $1 and c.table_name = '`+t.name+`' and c.before is not null and t.id = c.row_id
		  and not exists (select from undo_left l where l.table_name = '`+t.name+`' and l.row_id = t.id)
		returning t.id`, u.of.ID)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if t.name == "community" {
		u.moved = ids
	}
	u.report.Restored += int64(len(ids))
	return err
}

// remove deletes the rows that the import added, unless they stay.
func (u *undo) remove(ctx context.Context, t undoTable) error {
	going := `
		select c.row_id from import_change c
		where c.import_id = $1 and c.table_name = '` + t.name + `' and c.before is null
		  and not exists (select from undo_left l where l.table_name = '` + t.name + `' and l.row_id = c.row_id)`
	switch t.name {
	case "community":
		if err := u.letGo(ctx, going); err != nil {
			return err
		}
	case "subdistrict": // that of a building follows its place
		if _, err := u.tx.Exec(ctx, `
			update building b set subdistrict_code = null
			from subdistrict t
			where t.id in (`+going+`) and b.district_code = t.district_code and b.subdistrict_code = t.code`, u.of.ID); err != nil {
			return err
		}
	}
	tag, err := u.tx.Exec(ctx, `delete from `+t.name+` where id in (`+going+`)`, u.of.ID)
	if err != nil {
		return err
	}
	u.report.Removed += tag.RowsAffected()
	if t.name == "elevation" {
		return u.putBackElevation(ctx)
	}
	return nil
}

// letGo takes communities off the map before they go: those who follow let go of
// what has no place.
func (u *undo) letGo(ctx context.Context, going string) error {
	rows, err := u.tx.Query(ctx, `update community set geom = null, location = null where id in (`+going+`) returning id`, u.of.ID)
	if err != nil {
		return err
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	if _, err := u.tx.Exec(ctx, `
		update building set community_id = null, version = version + 1, updated_at = now() where community_id = any($1)`, ids); err != nil {
		return err
	}
	return u.s.tellMoved(ctx, u.tx, u.of.District, ids)
}

// putBackElevation puts elevation models back that the import replaced, where no
// other one of their name came since.
func (u *undo) putBackElevation(ctx context.Context) error {
	tag, err := u.tx.Exec(ctx, `
		with back as (
			insert into elevation (district_code, source_ref, name, format, source_crs, source_step_m,
				west, north, step_x, step_y, cols, rows, voids, lowest_m, highest_m, digest, imported_at)
			select m.district_code, m.source_ref, m.name, m.format, m.source_crs, m.source_step_m,
				m.west, m.north, m.step_x, m.step_y, m.cols, m.rows, m.voids, m.lowest_m, m.highest_m, m.digest, m.imported_at
			from import_kept_elevation k, jsonb_populate_record(null::elevation, k.model) m
			where k.import_id = $1
			on conflict (district_code, source_ref) do nothing
			returning id, source_ref
		)
		insert into elevation_tile (elevation_id, tile_row, tile_col, heights, district_code)
		select b.id, t.tile_row, t.tile_col, t.heights, t.district_code
		from back b join import_kept_tile t on t.import_id = $1 and t.source_ref = b.source_ref`, u.of.ID)
	if err == nil && tag.RowsAffected() > 0 {
		u.report.Restored++
	}
	return err
}
