-- +goose Up
-- Every table of content carries district_code, and so does every key and every
-- foreign key of it: the schema can be distributed by it (docs/distribution.md).
-- It stands last in keys, so that looking a row up by its id keeps its index.
-- internal/postgis/distribution_test.go keeps it so and lists what is no content.

-- Parents of the tables that had no district_code of their own: it is that of the
-- parent, and a statement that does not say it gets it from there.
-- +goose StatementBegin
create procedure take_district_from(child regclass, reference name, parent regclass) language plpgsql as $$
declare
    only_district text := (select case when count(*) = 1 then min(code) end from district);
begin
    if only_district is not null then -- then no row has to be written again
        execute format('alter table %s add column district_code text not null default %L', child, only_district);
        execute format('alter table %s alter column district_code drop default', child);
    else
        -- No row changes what it says: nothing is to be noted, added up or refused.
        execute format('alter table %s disable trigger user', child);
        execute format('alter table %s add column district_code text', child);
        execute format('update %s c set district_code = p.district_code from %s p where p.id = c.%I', child, parent, reference);
        execute format('delete from %s where district_code is null', child); -- of nothing that is left
        execute format('alter table %s alter column district_code set not null', child);
        execute format('alter table %s enable trigger user', child);
    end if;
    execute format($f$
        create function %1$s_district() returns trigger language plpgsql as $body$
        begin
            select district_code into new.district_code from %2$s where id = new.%3$I;
            if new.district_code is null then
                raise foreign_key_violation using
                    constraint = '%1$s_%3$s_fkey', table = '%1$s',
                    message = 'there is no %2$s for a row of %1$s';
            end if;
            return new;
        end $body$ $f$, child, parent, reference);
    execute format('create trigger a_district before insert on %1$s for each row when (new.district_code is null) execute function %1$s_district()', child);
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
do $$
declare
    made record;
begin
    -- The log of an import that was interrupted belongs to nobody.
    delete from import_change c where not exists (select from register_import i where i.id = c.import_id);
    for made in select * from (values
        ('zone_community', 'zone_id', 'zone'), ('zone_piece', 'zone_id', 'zone'), ('zone_string', 'zone_id', 'zone'),
        ('account_zone', 'zone_id', 'zone'),
        ('zone_state', 'scenario_id', 'scenario'), ('scenario_revision', 'scenario_id', 'scenario'), ('zone_import', 'scenario_id', 'scenario'),
        ('coverage_building', 'run_id', 'coverage_run'), ('coverage_community', 'run_id', 'coverage_run'),
        ('elevation_tile', 'elevation_id', 'elevation'),
        ('proposal_community', 'proposal_id', 'proposal'),
        ('community_fact', 'community_id', 'community'), ('community_file', 'community_id', 'community'),
        ('condition_check', 'community_id', 'community'), ('condition_tally', 'community_id', 'community'),
        ('management', 'community_id', 'community'), ('prior_work', 'community_id', 'community'),
        ('survey_count', 'survey_id', 'survey'),
        ('project_community', 'project_id', 'project'), ('work_item', 'project_id', 'project'), ('works', 'project_id', 'project'),
        ('cost_share', 'project_id', 'project'), ('sharing', 'project_id', 'project'), ('fund_allocation', 'fund_id', 'fund'),
        ('approval', 'project_id', 'project'), ('approval_step', 'project_id', 'project'), ('review_opinion', 'project_id', 'project'),
        ('milestone', 'project_id', 'project'), ('handover', 'project_id', 'project'), ('project_progress', 'project_id', 'project'),
        ('month_line', 'report_id', 'month_report'),
        ('inspection_row', 'inspection_id', 'inspection'),
        ('import_kept_elevation', 'import_id', 'register_import'), ('import_kept_tile', 'import_id', 'register_import'),
        ('import_change', 'import_id', 'register_import')
    ) t (child, reference, parent) loop
        call take_district_from(made.child::regclass, made.reference::name, made.parent::regclass);
    end loop;
end $$;
-- +goose StatementEnd
drop procedure take_district_from;

-- All keys and foreign keys of content that do not name the district yet are made
-- again, with the same names and rules, and the district.
-- +goose StatementBegin
do $$
declare
    made record;
    foreign_keys text[] := '{}';
    unique_indexes text[] := '{}';
    statement text;
begin
    create temporary table content on commit drop as -- of a district, always
    select attrelid as oid from pg_attribute a join pg_class r on r.oid = a.attrelid
    where r.relnamespace = 'public'::regnamespace and r.relkind = 'r' and a.attname = 'district_code' and a.attnotnull;
    create temporary table without_district on commit drop as
    select c.oid, c.conrelid, c.conname, c.contype, pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    where c.contype in ('p', 'u', 'f') and c.conrelid in (select oid from content)
      and (c.contype <> 'f' or c.confrelid in (select oid from content))
      and not exists (select from pg_attribute a where a.attrelid = c.conrelid and a.attnum = any (c.conkey) and a.attname = 'district_code');

    for made in select * from without_district where contype = 'f' loop
        statement := regexp_replace(made.definition,
            '^FOREIGN KEY \((.*)\) REFERENCES ([a-z_."]+)\(([^)]*)\)', 'FOREIGN KEY (\1, district_code) REFERENCES \2(\3, district_code)');
        -- when the other row goes, the row stays in its district
        statement := regexp_replace(statement, 'ON DELETE SET NULL',
            format('ON DELETE SET NULL (%s)', substring(made.definition from '^FOREIGN KEY \(([^)]*)\)')));
        foreign_keys := foreign_keys || format('alter table %s add constraint %I %s', made.conrelid::regclass, made.conname, statement);
        execute format('alter table %s drop constraint %I', made.conrelid::regclass, made.conname);
    end loop;
    for made in select * from without_district where contype in ('p', 'u') loop
        execute format('alter table %1$s drop constraint %2$I, add constraint %2$I %3$s', made.conrelid::regclass, made.conname,
            regexp_replace(made.definition, '^([A-Z ]+\([^)]*)\)', '\1, district_code)'));
    end loop;
    for made in
        select i.indexrelid::regclass as index, pg_get_indexdef(i.indexrelid) as definition
        from pg_index i
        where i.indisunique and i.indrelid in (select oid from content)
          and not exists (select from pg_constraint where conindid = i.indexrelid)
          and not exists (select from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any (i.indkey::int2[]) and a.attname = 'district_code')
    loop
        execute format('drop index %s', made.index);
        execute regexp_replace(made.definition, 'USING btree \(([^)]*)\)', 'USING btree (\1, district_code)');
    end loop;
    foreach statement in array foreign_keys loop
        execute statement;
    end loop;
end $$;
-- +goose StatementEnd

-- What imports note says the district of the row that it is about.
-- +goose StatementBegin
create or replace function note_import_added() returns trigger language plpgsql as $$
begin
    execute format(
        'insert into import_change (import_id, table_name, row_id, district_code, after)
         select %L, %L, n.id, n.district_code, to_jsonb(md5(%s::text)) from added n
         on conflict do nothing',
        current_setting('lianpian.import_id'), tg_table_name, import_row(tg_relid, 'n'));
    return null;
end $$;
-- +goose StatementEnd

-- +goose StatementBegin
create or replace function note_import_changed() returns trigger language plpgsql as $$
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
         where c.import_id = %L and c.table_name = %L and c.row_id = n.id and c.district_code = n.district_code
           and c.before is null and %s is distinct from %s',
        is_row, import, tg_table_name, was_row, is_row);
    select string_agg(format('case when %1$s is distinct from %2$s then jsonb_build_object(%3$L, (%1$s)::text) else ''{}'' end', o, n, c), ' || '),
           string_agg(format('case when %1$s is distinct from %2$s then jsonb_build_object(%3$L, (%2$s)::text) else ''{}'' end', o, n, c), ' || ')
    into was_text, is_text
    from (select c, import_value(tg_relid, c, 'o') o, import_value(tg_relid, c, 'n') n from import_columns(tg_relid) c) pairs;
    -- the others: what was there before, once
    execute format(
        'insert into import_change as c (import_id, table_name, row_id, district_code, before, after)
         select %L, %L, n.id, n.district_code, %s, %s
         from was o join became n on n.id = o.id
         where %s is distinct from %s
           and not exists (select from import_change a
                           where a.import_id = %L and a.table_name = %L and a.row_id = n.id and a.district_code = n.district_code and a.before is null)
         on conflict (import_id, table_name, row_id, district_code) do update
         set before = excluded.before || c.before, after = c.after || excluded.after',
        import, tg_table_name, was_text, is_text, was_row, is_row, import, tg_table_name);
    return null;
end $$;
-- +goose StatementEnd
