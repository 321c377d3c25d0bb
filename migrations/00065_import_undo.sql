-- +goose Up
-- Imports that can be taken back as a whole. While a transaction of an import
-- runs, lianpian.import_id says which one, and triggers note for every row of the
-- register that it adds or changes what is needed to take that back.
create table register_import (
    id            uuid primary key,                             -- that of its job
    district_code text not null references district (code) on delete cascade,
    title         text not null,                                -- name of the file
    by            text not null default '',
    at            timestamptz not null default now(),
    changes       jsonb not null default '{}',                  -- {table: {added, changed}}
    undone_at     timestamptz,
    undone_by     text not null default '',
    kept          bigint not null default 0                     -- rows that the undo left as they were
);
create index on register_import (district_code, at desc);

-- before null: the import added the row, and after is the digest of what it
-- says. Else both hold the columns that the import changed, as texts. What the
-- register works out by itself is in neither: verdicts, versions, and the
-- community and subdistrict of a building that nobody named.
create table import_change (
    import_id  uuid not null,
    table_name text not null,
    row_id     bigint not null,
    before     jsonb,
    after      jsonb not null,
    primary key (import_id, table_name, row_id)
);

-- +goose StatementBegin
create function forget_import_changes() returns trigger language plpgsql as $$
begin
    delete from import_change where import_id = old.id;
    return null;
end $$;
-- +goose StatementEnd
create trigger register_import_gone after delete on register_import
for each row execute function forget_import_changes();

-- The columns of a table of the register that an import says something with.
-- +goose StatementBegin
create function import_columns(of regclass) returns setof name
language sql stable as $$
    select attname from pg_attribute
    where attrelid = of and attnum > 0 and not attisdropped and attgenerated = ''
      and attname not in ('id', 'district_code', 'version', 'updated_at', 'imported_at', 'verdict', 'verdict_proof', 'verdict_policy')
    order by attnum
$$;
-- +goose StatementEnd

-- The SQL of a column's value in a row that the query calls whose.
-- +goose StatementBegin
create function import_value(of regclass, attribute name, whose text) returns text
language sql stable as $$
    select case
        when of = 'building'::regclass and attribute = 'community_id'
        then format('case when ''community_code'' = any(%1$s.named) then %1$s.community_id end', whose)
        when of = 'building'::regclass and attribute = 'subdistrict_code'
        then format('case when ''subdistrict_code'' = any(%1$s.named) then %1$s.subdistrict_code end', whose)
        else format('%s.%I', whose, attribute)
    end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function import_row(of regclass, whose text) returns text
language sql stable as $$
    select 'row(' || string_agg(import_value(of, c, whose), ', ' order by ord) || ')'
    from import_columns(of) with ordinality columns (c, ord)
$$;
-- +goose StatementEnd

-- +goose StatementBegin
create function note_import_added() returns trigger language plpgsql as $$
begin
    execute format(
        'insert into import_change (import_id, table_name, row_id, after)
         select %L, %L, n.id, to_jsonb(md5(%s::text)) from added n
         on conflict do nothing',
        current_setting('lianpian.import_id'), tg_table_name, import_row(tg_relid, 'n'));
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create function note_import_changed() returns trigger language plpgsql as $$
declare
    import text := current_setting('lianpian.import_id');
    was_row text := import_row(tg_relid, 'o');
    is_row text := import_row(tg_relid, 'n');
    was_text text;
    is_text text;
begin
    -- rows that this import added: their digest
    execute format(
        'update import_change c set after = to_jsonb(md5(%s::text))
         from was o join became n on n.id = o.id
         where c.import_id = %L and c.table_name = %L and c.row_id = n.id and c.before is null and %s is distinct from %s',
        is_row, import, tg_table_name, was_row, is_row);
    select string_agg(format('case when %1$s is distinct from %2$s then jsonb_build_object(%3$L, (%1$s)::text) else ''{}'' end', o, n, c), ' || '),
           string_agg(format('case when %1$s is distinct from %2$s then jsonb_build_object(%3$L, (%2$s)::text) else ''{}'' end', o, n, c), ' || ')
    into was_text, is_text
    from (select c, import_value(tg_relid, c, 'o') o, import_value(tg_relid, c, 'n') n from import_columns(tg_relid) c) pairs;
    -- the others: what was there before, once
    execute format(
        'insert into import_change as c (import_id, table_name, row_id, before, after)
         select %L, %L, n.id, %s, %s
         from was o join became n on n.id = o.id
         where %s is distinct from %s
           and not exists (select from import_change a where a.import_id = %L and a.table_name = %L and a.row_id = n.id and a.before is null)
         on conflict (import_id, table_name, row_id) do update
         set before = excluded.before || c.before, after = c.after || excluded.after',
        import, tg_table_name, was_text, is_text, was_row, is_row, import, tg_table_name);
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
    noted name;
begin
    foreach noted in array array['subdistrict', 'neighborhood', 'community', 'building', 'facility', 'road', 'railway', 'waterway',
        'water', 'land_use', 'green', 'place', 'admin_area', 'barrier', 'gate', 'crossing', 'elevation'] loop
        execute format('create trigger import_added after insert on %I referencing new table as added
            for each statement when (current_setting(''lianpian.import_id'', true) <> '''') execute function note_import_added()', noted);
        execute format('create trigger import_changed after update on %I referencing old table as was new table as became
            for each statement when (current_setting(''lianpian.import_id'', true) <> '''') execute function note_import_changed()', noted);
    end loop;
end $$;
-- +goose StatementEnd

-- An elevation model that an import replaced, to be put back.
create table import_kept_elevation (
    import_id uuid not null references register_import (id) on delete cascade,
    source_ref text not null,
    model      jsonb not null,                                  -- the row of elevation
    primary key (import_id, source_ref)
);
create table import_kept_tile (
    import_id  uuid not null,
    source_ref text not null,
    tile_row   integer not null,
    tile_col   integer not null,
    heights    bytea not null,
    primary key (import_id, source_ref, tile_row, tile_col),
    foreign key (import_id, source_ref) references import_kept_elevation (import_id, source_ref) on delete cascade
);

-- The revisions of scenarios that imports made.
create table zone_import (
    import_id   uuid not null references register_import (id) on delete cascade,
    scenario_id bigint not null references scenario (id) on delete cascade,
    revision    integer not null,
    primary key (import_id, scenario_id, revision)
);

-- What people keep with a community, and since when: where there is any, the
-- community cannot be taken back without losing work. A zone counts that was
-- drawn around it, or whose communities were chosen by hand.
create view published_community_use as
select pc.community_id, 'project' as kind, p.name as name, p.created_at as at
from project_community pc join project p on p.id = pc.project_id
union all
select community_id, 'survey', '', created_at from survey
union all
select community_id, 'fact', '', at from community_fact
union all
select community_id, 'check', '', at from condition_check
union all
select community_id, 'prior_work', '', at from prior_work
union all
select community_id, 'management', '', at from management
union all
select community_id, 'attachment', title, at from attachment where community_id is not null
union all
select community_id, 'work_item', '', at from work_item where community_id is not null
union all
select a_id, 'link', '', at from link_override
union all
select b_id, 'link', '', at from link_override
union all
select zc.community_id, 'zone', z.name, case when z.membership = 'by_hand' then z.updated_at else z.created_at end
from zone_community zc join zone z on z.id = zc.zone_id;
