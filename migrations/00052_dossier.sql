-- +goose Up
-- The community file (一小区一档): where each fact comes from, what was checked on
-- the ground, what was renovated before, and papers and photographs.
create table community_fact (
    community_id bigint not null references community (id) on delete cascade,
    field        text not null,                              -- JSON name of a field of the community
    source       text not null check (source <> ''),         -- e.g. 房产档案, 现场踏勘
    as_of        date not null,
    note         text not null default '',
    by           text not null default '',
    at           timestamptz not null default now(),
    primary key (community_id, field)
);

create table condition_check (
    community_id bigint not null references community (id) on delete cascade,
    policy_key   text not null,
    kind         text not null check (kind in ('item', 'management')),   -- of the item catalogue, of the management standard
    no           text not null,                              -- number of the item; group.check of the management standard
    result       text not null check (result in ('ok', 'faulty', 'missing', 'not_applicable')),
    note         text not null default '',
    checked_on   date not null,
    by           text not null default '',
    at           timestamptz not null default now(),
    primary key (community_id, policy_key, kind, no)
);

create table prior_work (
    id             bigint generated always as identity primary key,
    community_id   bigint not null references community (id) on delete cascade,
    year           integer not null check (year between 1949 and 2200),
    content        text not null check (content <> ''),
    investment_wan numeric(14, 4) check (investment_wan >= 0),
    source         text not null default '',
    by             text not null default '',
    at             timestamptz not null default now()
);
create index on prior_work (community_id);

-- How a community is managed after renovation, and what its notice board says.
create table management (
    community_id bigint primary key references community (id) on delete cascade,
    decided_on   date,
    decided_by   text not null default '',                   -- 业主大会, 居民会议 …
    board        jsonb not null default '{}',                -- the fields of the public notice board
    version      integer not null default 1,
    by           text not null default '',
    at           timestamptz not null default now()
);

create table attachment (
    id            uuid primary key,
    district_code text not null references district (code) on delete cascade,
    community_id  bigint references community (id) on delete cascade,
    project_id    bigint references project (id) on delete cascade,
    kind          text not null check (kind in ('photograph', 'document', 'drawing')),
    title         text not null check (title <> ''),
    file_name     text not null,
    media_type    text not null,
    size          integer not null check (size > 0),
    sha256        bytea not null,
    taken_on      date,
    location      geometry(Point, 4490),
    content       bytea not null,
    thumbnail     bytea,                                     -- JPEG, of photographs
    by            text not null default '',
    at            timestamptz not null default now(),
    check (community_id is not null or project_id is not null)
);
create index on attachment (community_id);
create index on attachment (project_id);

create view published_condition as
select community_id, policy_key, kind, no, result, note, checked_on
from condition_check;
