-- +goose Up
-- Tells whether a text holds a mobile or identity number: personal data of
-- residents is not stored.
-- +goose StatementBegin
create function holds_personal_number(content text) returns boolean
language sql immutable parallel safe as $$
    select content ~ '(^|[^0-9])(1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9Xx])($|[^0-9])'
$$;
-- +goose StatementEnd

-- How residents were asked (征求意见): counts per building and stairwell, never a
-- person. A closed survey does not change; to ask again is another survey.
create table survey (
    id              uuid primary key,
    district_code   text not null references district (code) on delete cascade,
    community_id    bigint not null references community (id) on delete cascade,
    state           text not null default 'open' check (state in ('open', 'closed')),
    contents        text[] not null default '{}',            -- 改造和提升的内容
    started_on      date not null,
    due_on          date,
    closed_on       date,
    means           text[] not null default '{}',            -- 入户调查, 居民大会 …
    publicised_from date,                                    -- 公示
    publicised_to   date,
    note            text not null default '',
    version         integer not null default 1,
    created_by      text not null default '',
    created_at      timestamptz not null default now(),
    updated_by      text not null default '',
    updated_at      timestamptz not null default now(),
    owners_committee text not null default '',               -- 业主委员会（名称）, as annex 4 asks
    recorded        boolean not null default false,          -- its counts are those of the community's facts
    generated       text[] not null default '{}',
    -- sums of its counts, kept by the triggers below
    households      integer not null default 0,
    floor_area_m2   double precision,                        -- null: not known of every row
    asked           integer not null default 0,
    agreed          integer not null default 0,
    disagreed       integer not null default 0,
    agreed_area_m2  double precision,                        -- null: not known of every row in which somebody agreed
    check (state = 'open' or closed_on is not null),
    check (due_on >= started_on),
    check (publicised_to >= publicised_from),
    constraint survey_personal check (
        not holds_personal_number(note) and not holds_personal_number(owners_committee)
        and not holds_personal_number(array_to_string(contents, ' ')) and not holds_personal_number(array_to_string(means, ' ')))
);
create unique index survey_open_once on survey (community_id) where state = 'open';
create index on survey (district_code, created_at desc);
create index on survey (community_id, created_at desc, id desc);

create table survey_count (
    survey_id        uuid not null references survey (id) on delete cascade,
    building_code    text not null default '',               -- '' stands for the community as a whole
    stairwell        text not null default '',               -- '' stands for the building as a whole
    households       integer not null check (households >= 0),
    floor_area_m2    double precision check (floor_area_m2 >= 0 and floor_area_m2 < 'infinity'),
    asked            integer not null default 0 check (asked >= 0),
    agreed           integer not null default 0 check (agreed >= 0),
    disagreed        integer not null default 0 check (disagreed >= 0),
    agreed_area_m2   double precision check (agreed_area_m2 >= 0),
    primary key (survey_id, building_code, stairwell),
    constraint survey_count_asked check (asked <= households),
    constraint survey_count_agreed check (agreed + disagreed <= asked),
    constraint survey_count_area check (agreed_area_m2 <= floor_area_m2),
    constraint survey_count_nobody check (agreed > 0 or coalesce(agreed_area_m2, 0) = 0),
    constraint survey_count_personal check (not holds_personal_number(stairwell))
);

-- +goose StatementBegin
create function survey_add_up() returns trigger language plpgsql as $$
begin
    update survey s
    set (households, floor_area_m2, asked, agreed, disagreed, agreed_area_m2) = (
        select coalesce(sum(c.households), 0),
               case when not bool_or(c.floor_area_m2 is null) then round(sum(c.floor_area_m2::numeric), 2) end,
               coalesce(sum(c.asked), 0), coalesce(sum(c.agreed), 0), coalesce(sum(c.disagreed), 0),
               case when not bool_or(c.agreed > 0 and c.agreed_area_m2 is null) then coalesce(round(sum(c.agreed_area_m2::numeric), 2), 0) end
        from survey_count c
        where c.survey_id = s.id)
    where s.id in (select survey_id from changed);
    return null;
end $$;
-- +goose StatementEnd
create trigger survey_count_added after insert on survey_count
    referencing new table as changed for each statement execute function survey_add_up();
create trigger survey_count_changed after update on survey_count
    referencing new table as changed for each statement execute function survey_add_up();
create trigger survey_count_removed after delete on survey_count
    referencing old table as changed for each statement execute function survey_add_up();

-- The newest survey of each community with its sums.
create view published_survey as
select distinct on (community_id)
       id, district_code, community_id, state, started_on, due_on, closed_on,
       households, floor_area_m2, asked, agreed, disagreed, agreed_area_m2,
       recorded, generated, version, updated_at,
       -- a count between one and four can be read from the sums: who needs no detail is not shown them
       agreed between 1 and 4 or disagreed between 1 and 4 or asked - agreed - disagreed between 1 and 4
           or households - asked between 1 and 4 as small
from survey
order by community_id, created_at desc, id desc;

-- Its counts, for maps and files; who needs no detail is not shown them as they are.
create view published_survey_count as
select survey_id, building_code, stairwell, households, floor_area_m2, asked, agreed, disagreed, agreed_area_m2
from survey_count;
