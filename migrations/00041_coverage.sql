-- +goose Up
-- Coverage by walking: a run has a limit in metres or in minutes, a walker, a
-- first step, and a status for every building.
alter table coverage_run
    drop constraint coverage_run_method_check,
    add constraint coverage_run_method_check check (method in ('radius', 'walk', 'walk_slope')),
    alter column radius_m drop not null,
    add column minutes    double precision check (minutes > 0 and minutes <= 600),
    add column batch_id   uuid,                                 -- of the scorecard that it belongs to
    add column settings   jsonb not null default '{}',          -- as asked for, so that it can be asked again
    add column walker     jsonb,                                -- null for the method radius
    add column first_step jsonb,                                -- null where the standard asks for none
    add column items      jsonb not null default '[]',          -- of the policy, that answer a gap
    add column detailed   boolean not null default true,        -- coverage_building has its buildings
    add constraint coverage_run_one_limit check (num_nonnulls(radius_m, minutes) = 1);
create index on coverage_run (batch_id) where batch_id is not null;

-- What can be summed up is kept with each building, so that a record stays what
-- it was. A community without buildings stands for itself: its row has minus its
-- id for a building.
alter table coverage_building
    add column status        text not null default 'uncovered'
                             check (status in ('covered', 'spared', 'uncovered', 'cut_off', 'unreached')),
    add column community_id  bigint,
    add column households    integer not null default 0 check (households >= 0),
    add column floor_area_m2 double precision not null default 0,
    add column facility_code text,
    add column there_s       double precision,                  -- seconds to the facility; null for the method radius
    add column back_s        double precision,
    add column served        double precision,                  -- households that capacities leave room for; null where no capacity is known
    add column access        double precision;                  -- 2SFCA score; null likewise
update coverage_building set status = case when covered then 'covered' else 'uncovered' end;
alter table coverage_building add check (covered = (status = 'covered'));
create index on coverage_building (run_id, status) where status <> 'covered';

-- A foreign key looks its run up for every row of 300,000: half of the time of
-- keeping a run. Rows are only written with their run, and go with it.
alter table coverage_building drop constraint coverage_building_run_id_fkey;
-- +goose StatementBegin
create function forget_coverage_buildings() returns trigger language plpgsql as $$
begin
    delete from coverage_building b using gone where b.run_id = gone.id;
    return null;
end
$$;
-- +goose StatementEnd
create trigger forget_coverage_buildings after delete on coverage_run
referencing old table as gone
for each statement execute function forget_coverage_buildings();

alter table coverage_community
    add column spared_households   bigint not null default 0,
    add column unreached_buildings bigint not null default 0,
    add column mean_m              double precision not null default 0,
    add column mean_minutes        double precision not null default 0,
    add column served_households   bigint not null default 0,
    add column access              double precision not null default 0;
update coverage_community set served_households = covered_households;

-- A set of runs that were made together.
create table coverage_batch (
    id                uuid primary key,
    district_code     text not null references district (code) on delete cascade,
    method            text not null,
    profile           text not null,                            -- key and version
    area              jsonb not null,
    skipped           jsonb not null,
    subdistrict_codes text[] not null,
    created_by        text not null,
    created_at        timestamptz not null default now()
);
create index on coverage_batch (district_code, created_at desc);
alter table coverage_run add foreign key (batch_id) references coverage_batch (id) on delete cascade;

create or replace view map_coverage as
select run.id as run_id, run.district_code, r.covered, r.distance_m,
       b.id, b.code, b.subdistrict_code, b.community_id, b.geom_3857, b.point,
       r.status, greatest(r.there_s, r.back_s) / 60 as minutes
from coverage_run run
join coverage_building r on r.run_id = run.id
join building b on b.id = r.building_id and b.district_code = run.district_code;

-- A proposed facility of a scenario: a new site that was accepted or drawn.
create table proposed_facility (
    id               bigint generated always as identity primary key,
    district_code    text not null references district (code) on delete cascade,
    scenario_id      bigint not null references scenario (id) on delete cascade,
    code             text not null default gen_random_uuid()::text check (code <> ''),
    facility_type    text not null check (facility_type <> ''),
    name             text not null default '',
    note             text not null default '',
    capacity         integer check (capacity >= 0),
    subdistrict_code text,
    geom             geometry(Point, 4490) not null check (ST_IsValid(geom)),
    siting_id        uuid,                                      -- that it was accepted from; it may be gone
    version          integer not null default 1,
    created_by       text not null,
    created_at       timestamptz not null default now(),
    unique (district_code, scenario_id, code)
);
create index on proposed_facility (scenario_id);

create view published_proposed_facility as
select p.district_code, s.code as scenario_code, p.code, p.facility_type, p.name, p.note, p.capacity,
       p.subdistrict_code, p.geom, p.created_at
from proposed_facility p
join scenario s on s.id = p.scenario_id;

-- A question for new sites and its answer.
create table siting (
    id                uuid primary key,
    district_code     text not null references district (code) on delete cascade,
    scenario_code     text not null,
    facility_type     text not null,
    request           jsonb not null,
    resolved          jsonb not null,                           -- limit, walker and standard that were used
    answer            jsonb,
    notes             text[] not null default '{}',
    subdistrict_codes text[] not null,
    job_id            uuid,
    created_by        text not null,
    created_at        timestamptz not null default now()
);
create index on siting (district_code, created_at desc);
