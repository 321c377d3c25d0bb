-- +goose Up
-- A project is an entry of one of the two project libraries (项目库). It groups
-- communities, usually those of one zone.
create table project (
    id                bigint generated always as identity primary key,
    district_code     text not null references district (code) on delete cascade,
    code              text not null check (code <> ''),
    name              text not null check (name <> ''),
    library           text not null check (library in ('comprehensive', 'management')),
    -- intake: applied → accepted by the subdistrict → confirmed by the bureau; returned, withdrawn and closed
    -- (done, or gone on in another library) end it
    state             text not null default 'applied' check (state in ('applied', 'accepted', 'confirmed', 'returned', 'withdrawn', 'closed')),
    state_reason      text not null default '',
    applicant         text not null default '',                 -- 社区居民委员会 or 业主委员会; no person
    applied_on        date not null default current_date,
    phase             text check (phase in ('reserve', 'plan', 'implement')),
    year              integer check (year between 1990 and 2200),
    proposed_phase    text check (proposed_phase in ('reserve', 'plan', 'implement')),   -- until it is confirmed
    owner             text not null default '',                 -- 项目业主单位
    demonstration     boolean not null default false,
    central_subsidy   boolean not null default false,           -- reported on annex 6, else on annex 7
    estimated_wan     numeric(14, 4) check (estimated_wan >= 0),-- 预计投资额, 10,000 yuan
    readiness         jsonb not null default '{}',              -- what residents have agreed to, by condition of the library
    scenario_code     text,                                     -- the zone that it renovates, where it does one
    zone_code         text,
    entry_override    text not null default '',                 -- why it was confirmed although a condition of entry does not hold
    entry_override_by text not null default '',
    promoted_from     bigint references project (id),           -- the management project that it grew out of
    follows           bigint references project (id),           -- the comprehensive project whose management it improves
    subdistrict_codes text[] not null default '{}',             -- of its communities
    note              text not null default '',
    generated         text[] not null default '{}',
    version           integer not null default 1,
    created_by        text not null default '',
    created_at        timestamptz not null default now(),
    updated_by        text not null default '',
    updated_at        timestamptz not null default now(),
    live              boolean generated always as (state in ('applied', 'accepted', 'confirmed')) stored,
    unique (district_code, code),
    unique (id, live),
    check (state not in ('returned', 'closed') or state_reason <> ''),
    check (phase is null or state = 'confirmed'),
    check ((scenario_code is null) = (zone_code is null))
);
create index on project (district_code, library, state);
create index on project (district_code, year);
create index on project (promoted_from) where promoted_from is not null;
create index on project (follows) where follows is not null;

-- A community is in one live project at most, of whichever library.
create table project_community (
    project_id   bigint not null,
    community_id bigint not null references community (id) on delete cascade,
    live         boolean not null,
    primary key (project_id, community_id),
    foreign key (project_id, live) references project (id, live) on update cascade on delete cascade
);
create unique index project_community_once on project_community (community_id) where live;
create index on project_community (community_id);

-- counts: what the project reaches, costs and reports counts for the programme: it
-- is in its library, or was closed because it is done. One that went on as a
-- project of the other library before its works (promoted_from) does not count, the
-- other does. batch: the phase that it is, or was when it was closed, in.
create view published_project as
select p.id, p.district_code, p.code, p.name, p.library, p.state, p.live, p.applicant, p.applied_on, p.phase, p.year, p.owner,
       p.demonstration, p.central_subsidy, p.estimated_wan, p.scenario_code, p.zone_code, z.id as zone_id,
       p.subdistrict_codes, p.generated, p.version, p.updated_at, p.proposed_phase,
       c.counts, case when c.counts then coalesce(p.phase, p.proposed_phase) end as batch
from project p
cross join lateral (
    select p.state = 'confirmed'
           or p.state = 'closed' and not exists (select from project n where n.promoted_from = p.id) as counts
) c
left join published_zone z on z.district_code = p.district_code and z.scenario_code = p.scenario_code and z.code = p.zone_code;

create view published_project_community as
select project_id, community_id, live
from project_community;
