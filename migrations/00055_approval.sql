-- +goose Up
-- What a project's approval route is decided by, and the route as a checklist.
create table approval (
    project_id     bigint primary key references project (id) on delete cascade,
    inputs         jsonb not null default '{}',             -- by the keys of the policy's approval inputs
    policy         text not null default '',                -- key@version that the route was decided by
    start_on       date,                                    -- the day from which allowed days count
    version        integer not null default 1,
    by             text not null default '',
    at             timestamptz not null default now()
);

create table approval_step (
    project_id     bigint not null references project (id) on delete cascade,
    key            text not null,                           -- of the decision table, or of a task of the procedure
    kind           text not null default 'task' check (kind in ('task', 'table', 'review')),
    place          integer not null,                        -- order
    name           text not null,
    need           text not null check (need in ('required', 'exempt', 'check', 'unknown')),
    outcome        text not null default '',
    clause         text not null default '',
    department     text not null default '',
    department_set boolean not null default false,          -- by hand
    milestone      text not null default '',                -- of the project's progress that does it
    days           integer check (days between 0 and 3650), -- allowed after the step before
    due_on         date,
    done_on        date,
    document_no    text not null default '',
    note           text not null default '',
    change         text not null default '' check (change in ('', 'new', 'dropped')),
    primary key (project_id, key)
);
create index on approval_step (due_on) where done_on is null;

-- Joint review (联合审查): opinions, pinned on the map where they are about a place.
create table review_opinion (
    id          uuid primary key,
    project_id  bigint not null references project (id) on delete cascade,
    department  text not null check (department <> ''),
    verdict     text not null check (verdict in ('agree', 'agree_if', 'object')),
    text        text not null default '',
    location    geometry(Point, 4490),
    resolved    text check (resolved <> ''),                -- how it was answered; null is open
    by          text not null default '',
    at          timestamptz not null default now(),
    version     integer not null default 1,
    check (verdict = 'agree' or text <> '')
);
create index on review_opinion (project_id);

create view published_approval_step as
select project_id, key, place, name, need, outcome, clause, department, due_on, done_on, document_no
from approval_step;

create view published_review_opinion as
select o.id, p.district_code, p.id as project_id, p.code as project_code, o.department, o.verdict, o.text, o.location, o.resolved, o.at
from review_opinion o
join project p on p.id = o.project_id;
