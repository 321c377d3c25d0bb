-- +goose Up
-- Water, green and land use lie side by side like communities do, and are drawn ahead
-- with the same care: up to zoom 14, from zoom 15 on they are drawn as they are.
alter table generalised_feature drop constraint generalised_feature_layer_check;
alter table generalised_feature add constraint generalised_feature_layer_check
    check (layer in ('subdistricts', 'communities', 'zones', 'water', 'green', 'land_use'));
alter table generalised_stale drop constraint generalised_stale_layer_check;
alter table generalised_stale add constraint generalised_stale_layer_check
    check (layer in ('subdistricts', 'communities', 'zones', 'blocks', 'water', 'green', 'land_use'));

-- +goose StatementBegin
do $$
declare
    source text;
begin
    foreach source in array array['water', 'green', 'land_use'] loop
        execute format('create trigger mark_added after insert on %I referencing new table as became for each statement execute function mark_added_shapes(%L)', source, source);
        execute format('create trigger mark_changed after update on %I referencing old table as was new table as became for each statement execute function mark_changed_shapes(%L)', source, source);
        execute format('create trigger mark_gone after delete on %I referencing old table as was for each statement execute function mark_gone_shapes(%L)', source, source);
        execute format('insert into generalised_stale (district_code, layer, feature_id) select district_code, %L, id from %I where geom is not null', source, source);
    end loop;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$
declare
    source text;
begin
    foreach source in array array['water', 'green', 'land_use'] loop
        execute format('drop trigger mark_added on %I', source);
        execute format('drop trigger mark_changed on %I', source);
        execute format('drop trigger mark_gone on %I', source);
    end loop;
end
$$;
-- +goose StatementEnd
delete from generalised_stale where layer in ('water', 'green', 'land_use');
delete from generalised_feature where layer in ('water', 'green', 'land_use');
alter table generalised_feature drop constraint generalised_feature_layer_check;
alter table generalised_feature add constraint generalised_feature_layer_check
    check (layer in ('subdistricts', 'communities', 'zones'));
alter table generalised_stale drop constraint generalised_stale_layer_check;
alter table generalised_stale add constraint generalised_stale_layer_check
    check (layer in ('subdistricts', 'communities', 'zones', 'blocks'));
