-- +goose Up
-- How residents were asked (征求意见): counts per building and stairwell, never a
-- person.
create table survey (
    id            uuid primary key,
    district_code text not null references district (code) on delete cascade,
    community_id  bigint not null references community (id) on delete cascade,
    state         text not null default 'open' check (state in ('open', 'closed')),
    contents      text[] not null default '{}',              -- 改造和提升的内容
    started_on    date not null,
    due_on        date,
    closed_on     date,
    means         text[] not null default '{}',              -- 入户调查, 居民大会 …
    publicised_from date,                                    -- 公示
    publicised_to   date,
    note          text not null default '',
    version       integer not null default 1,
    created_by    text not null default '',
    created_at    timestamptz not null default now(),
    updated_by    text not null default '',
    updated_at    timestamptz not null default now()
);
create unique index survey_open_once on survey (community_id) where state = 'open';
create index on survey (district_code, created_at desc);

create table survey_count (
    survey_id        uuid not null references survey (id) on delete cascade,
    building_code    text not null default '',               -- '' stands for the community as a whole
    stairwell        text not null default '',               -- '' stands for the building as a whole
    households       integer not null check (households >= 0),
    floor_area_m2    double precision check (floor_area_m2 >= 0),
    asked            integer not null default 0 check (asked >= 0),
    agreed           integer not null default 0 check (agreed >= 0),
    disagreed        integer not null default 0 check (disagreed >= 0),
    agreed_area_m2   double precision check (agreed_area_m2 >= 0),
    primary key (survey_id, building_code, stairwell),
    constraint survey_count_asked check (asked <= households),
    constraint survey_count_agreed check (agreed + disagreed <= asked),
    constraint survey_count_area check (agreed_area_m2 <= floor_area_m2)
);

-- The newest survey of each community with its sums.
create view published_survey as
select distinct on (s.community_id)
       s.id, s.district_code, s.community_id, s.state, s.started_on, s.due_on, s.closed_on, c.*
from survey s
cross join lateral (
    select coalesce(sum(households), 0)::integer as households, sum(floor_area_m2) as floor_area_m2,
           coalesce(sum(asked), 0)::integer as asked, coalesce(sum(agreed), 0)::integer as agreed,
           coalesce(sum(disagreed), 0)::integer as disagreed, sum(agreed_area_m2) as agreed_area_m2
    from survey_count where survey_id = s.id
) c
order by s.community_id, s.created_at desc, s.id;
