-- +goose Up
-- A community whose project runs stays in the register; the words are the
-- product's, people read them.
-- +goose StatementBegin
create function keep_project_community() returns trigger language plpgsql as $$
declare
    running text;
begin
    select p.code || '“' || p.name || '”' into running
    from project_community pc
    join project p on p.id = pc.project_id
    where pc.community_id = old.id and pc.live;
    -- the whole district may go
    if running is not null and exists (select from district where code = old.district_code) then
        raise exception '小区“%”在项目 % 中，请先由该项目移出', old.name, running
            using errcode = '23503', constraint = 'community_in_project', table = 'community';
    end if;
    return old;
end
$$;
-- +goose StatementEnd
create trigger community_in_project before delete on community
for each row execute function keep_project_community();

-- What projects publish for maps: the communities of live projects. One without
-- an outline is drawn as a small disc.
create view map_project_community as
select c.id, c.district_code, c.code, c.name, c.subdistrict_code, c.eligibility,
       p.code as project, p.name as project_name, p.library, p.state, p.phase, p.proposed_phase, p.year, p.demonstration,
       coalesce(c.geom_3857, ST_Buffer(c.location_3857, 40, 4)) as geom_3857
from project p
join project_community pc on pc.project_id = p.id and pc.live
join map_community c on c.id = pc.community_id;
