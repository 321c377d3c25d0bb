-- +goose Up
-- A scenario is a named set of zones. Every district has one that is the main
-- one, from the beginning.
create table scenario (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    code          text not null default gen_random_uuid()::text check (code <> ''),   -- what outsiders keep
    name          text not null check (name <> ''),
    note          text not null default '',
    main          boolean not null default false,
    revision      integer not null default 1,                   -- counts what was done to its zones
    rules         jsonb not null default '{"max_gap_m": 150, "max_walk_m": null,
        "barriers": {"river": "at_crossing", "railway": "at_crossing", "expressway": "at_crossing", "primary": "free"},
        "cost": {"per_household_yuan": 0, "per_floor_area_yuan": 0}}',
    version       integer not null default 1,                   -- counts the saves of name, note, rules and main
    created_by    text not null default '',
    created_at    timestamptz not null default now(),
    updated_by    text not null default '',
    updated_at    timestamptz not null default now(),
    unique (district_code, code),
    constraint scenario_name_once unique (district_code, name)
);
create unique index scenario_main_once on scenario (district_code) where main;

-- What was done to the zones of a scenario, by whom. Revision 1 is its beginning.
create table scenario_revision (
    scenario_id bigint not null references scenario (id) on delete cascade,
    revision    integer not null,
    at          timestamptz not null default now(),
    by          text not null,
    action      text not null,
    label       text not null default '',                       -- for people; names no zone
    detail      jsonb not null default '{}',                    -- {"zones": [codes]}
    primary key (scenario_id, revision)
);

-- A zone as it was from one revision until before another; until is null for
-- how it is now. Such a row follows the zone when the register changes its
-- communities; the others never change.
create table zone_state (
    scenario_id       bigint not null references scenario (id) on delete cascade,
    zone_code         text not null,
    since             integer not null,
    until             integer check (until > since),
    name              text not null,
    note              text not null,
    geom              geometry(MultiPolygon, 4490) not null,
    membership        text not null,
    boundary_rule     text not null,
    year              integer,
    year_locked       boolean not null,
    version           integer not null,                         -- of the zone
    subdistrict_codes text[] not null,
    communities       text[] not null,                          -- codes, in order
    primary key (scenario_id, zone_code, since)
);
create unique index zone_state_now on zone_state (scenario_id, zone_code) where until is null;

-- +goose StatementBegin
create function begin_main_scenario() returns trigger language plpgsql as $$
begin
    with begun as (
        insert into scenario (district_code, name, main) values (new.code, '现行方案', true) returning id
    )
    insert into scenario_revision (scenario_id, revision, by, action)
    select id, 1, '', 'scenario.create' from begun;
    return null;
end
$$;
-- +goose StatementEnd
create trigger begin_main_scenario after insert on district
for each row execute function begin_main_scenario();

with begun as (
    insert into scenario (district_code, name, main) select code, '现行方案', true from district returning id
)
insert into scenario_revision (scenario_id, revision, by, action)
select id, 1, '', 'scenario.create' from begun;

-- A community belongs to a zone when it lies wholly inside ('within'), when more
-- than half of it does ('majority'), when they share more than a square metre
-- ('touched'), or when a person says so ('by_hand').
alter table zone
    add column scenario_id   bigint references scenario (id) on delete cascade,
    add column membership    text not null default 'majority' check (membership in ('within', 'majority', 'touched', 'by_hand')),
    add column boundary_rule text not null default 'drawn' check (boundary_rule in ('drawn', 'derived')),
    add column year          integer check (year between 1900 and 2200),
    add column year_locked   boolean not null default false;
update zone z set scenario_id = s.id from scenario s where s.district_code = z.district_code and s.main;
alter table zone alter column scenario_id set not null;
create index on zone (scenario_id);

-- A name is taken once in a scenario. Zones that exchange their names in one
-- write defer the question.
drop index zone_name_once;
alter table zone add constraint zone_name_once unique (scenario_id, name) deferrable initially immediate;

-- A zone of no named scenario is one of the main one.
-- +goose StatementBegin
create function zone_in_main_scenario() returns trigger language plpgsql as $$
begin
    select id into new.scenario_id from scenario where district_code = new.district_code and main;
    return new;
end
$$;
-- +goose StatementEnd
create trigger zone_in_main_scenario before insert on zone
for each row when (new.scenario_id is null) execute function zone_in_main_scenario();

insert into zone_state (scenario_id, zone_code, since, name, note, geom, membership, boundary_rule, year, year_locked,
                        version, subdistrict_codes, communities)
select z.scenario_id, z.code, 1, z.name, z.note, z.geom, z.membership, z.boundary_rule, z.year, z.year_locked,
       z.version, z.subdistrict_codes,
       array(select c.code from zone_community zc join community c on c.id = zc.community_id
             where zc.zone_id = z.id order by c.code)
from zone z;

create view published_scenario as
select id, district_code, code, name, main, revision, rules
from scenario;

create or replace view published_zone as
select z.id, z.district_code, z.code, z.name, z.geom, z.area_m2, z.subdistrict_codes, z.version, z.updated_at,
       z.scenario_id, s.code as scenario_code, s.main, z.membership, z.boundary_rule, z.year, z.year_locked
from zone z
join scenario s on s.id = z.scenario_id;

create or replace view map_zone as
select z.id, z.district_code, z.code, z.name, z.subdistrict_codes, z.geom, z.geom_3857,
       s.code as scenario_code, s.main, z.year
from zone z
join scenario s on s.id = z.scenario_id;

-- What coverage publishes to those who compare.
create view published_coverage_run as
select id, district_code, facility_type, area ->> 'kind' as area_kind, created_at
from coverage_run;
