-- +goose Up
-- The version of a community's file: facts' sources, checks, prior works and
-- management are changed one after the other, never over each other.
create table community_file (
    community_id bigint primary key references community (id) on delete cascade,
    version      integer not null default 1,
    by           text not null default '',
    at           timestamptz not null default now()
);

-- What eligibility asks of a community besides published_community and
-- published_community_condition.
create view published_community_history as
select id, prior_works, in_shantytown_plan, demolish_rebuild, self_built_majority, urban_village
from community;

-- What each run found of each community, and by which method and limit.
create view published_coverage_answer as
select r.district_code, r.id as run_id, r.facility_type, r.method, r.radius_m, r.minutes, r.created_at,
       coalesce(r.settings ->> 'scenario', '') as scenario,    -- whose proposed facilities count, too
       c.community_id, c.buildings, c.covered_buildings, c.households, c.covered_households
from coverage_run r
join coverage_community c on c.run_id = r.id;

-- What a file says of its community without its contents, for lists and tasks.
create view published_attachment as
select id, district_code, community_id, project_id, kind, title, media_type, size, taken_on, location, at
from attachment;

create view published_community_file as
select c.id as community_id, coalesce(f.version, 1) as version
from community c
left join community_file f on f.community_id = c.id;

-- Rows of a ledger that were refused, to be put right and sent again. Cells of
-- columns that hold persons, or that nobody knows, are not in it.
create table faulty_ledger (
    id            uuid primary key,
    district_code text not null references district (code) on delete cascade,
    file          text not null,
    sheet         jsonb not null,
    rows          integer not null check (rows > 0),
    at            timestamptz not null default now()
);
create index on faulty_ledger (at);
