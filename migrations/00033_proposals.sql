-- +goose Up
-- What the register and coverage publish to those who weigh communities.
create view published_community_condition as
select id, neglected, poor_conditions, municipal_missing, service_missing, households_agreed, floor_area_agreed_m2
from community;

create view published_coverage_community as
select r.district_code, c.run_id, c.community_id, c.households, c.covered_households, c.buildings, c.covered_buildings
from coverage_community c
join coverage_run r on r.id = c.run_id;

-- A proposal is the answer to "make me zones": what was asked, of what data,
-- the best answer so far, and how it grew.
create table proposal (
    id                uuid primary key,
    district_code     text not null references district (code) on delete cascade,
    scenario_code     text not null,                        -- for which scenario it was asked
    subdistrict_codes text[] not null default '{}',         -- where the communities asked about lie; '' stands for none known
    request           jsonb not null,
    inputs            jsonb not null default '{}',          -- counts and a fingerprint of the data that went in
    job_id            uuid,                                 -- the job that works on it; null for a moment, and for ever when the service died in it
    answer            jsonb,                                -- the best so far
    warnings          jsonb not null default '[]',          -- what cannot be satisfied but does not stop the work
    curve             jsonb not null default '[]',          -- how the answer grew: seconds, value, gap
    created_by        text not null default '',
    created_at        timestamptz not null default now()
);
create index on proposal (district_code, created_at desc);

-- Why each community is in its zone, or in none.
create table proposal_community (
    proposal_id    uuid not null references proposal (id) on delete cascade,
    community_code text not null,
    name           text not null,
    zone_index     integer,                                 -- null is none
    kind           text not null,
    detail         text not null,
    terms          jsonb not null default '{}',
    primary key (proposal_id, community_code)
);

-- What the job package publishes: how a piece of work stands.
create view published_job as
select id, state, error
from job;
