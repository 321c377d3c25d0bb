-- +goose Up
-- What the register publishes of the base map for map sheets.
create view published_green as
select id, district_code, source_ref, class, name, area_m2, geom
from green;

-- A package of files of an area plan: what was ordered, by whom and as far as
-- they could read then, and the file that came of it.
create table package (
    id                uuid primary key,
    district_code     text not null references district (code) on delete cascade,
    scenario_code     text not null,
    title             text not null,
    ordered           jsonb not null,                           -- delivery.Order
    zones             text[] not null,                          -- their names at the time
    subdistrict_codes text[],                                   -- how far the maker reads; null is the whole district
    zone_ids          bigint[],                                 -- likewise; null is no limit
    counts            boolean not null,                         -- the maker is shown small counts
    job_id            uuid,                                     -- the job that makes it; null for a moment
    reproduces        uuid references package (id) on delete set null,
    plan_sha256       bytea,                                    -- of the plan that it was made from
    sha256            bytea,                                    -- of the file; null: not made
    size              bigint check (size > 0),
    files             jsonb not null default '[]',              -- what is in it: name, size, SHA-256
    notices           text[] not null default '{}',             -- what is not in it, and why
    expires_at        timestamptz,                              -- when its file goes; null: not made
    created_by        text not null,
    created_at        timestamptz not null default now(),
    check ((sha256 is null) = (size is null) and (sha256 is null) = (expires_at is null))
);
create index on package (district_code, created_at desc);
create index on package (expires_at) where expires_at is not null;
