-- +goose Up
-- What a project renovates: a line per item of the catalogue, for the project as
-- a whole or one of its communities, with quantity, price and the answer.
create table work_item (
    id             bigint generated always as identity primary key,
    project_id     bigint not null references project (id) on delete cascade,
    community_id   bigint references community (id) on delete cascade,   -- null: the project as a whole
    policy_key     text not null,
    item_no        integer not null check (item_no > 0),
    answer         text not null check (answer in ('do', 'not_needed', 'cannot')),
    reason         text not null default '',
    quantity       numeric(14, 3) check (quantity >= 0),
    unit           text not null default '',
    price_yuan     numeric(14, 2) check (price_yuan >= 0),               -- per unit
    amount_yuan    numeric(16, 2) generated always as (round(quantity * price_yuan, 2)) stored,
    evidence       jsonb not null default '[]',                          -- gaps and checks that it answers
    note           text not null default '',
    by             text not null default '',
    at             timestamptz not null default now(),
    unique nulls not distinct (project_id, community_id, item_no),
    check (answer = 'do' or reason <> '')
);

-- One version for all lines of a project's works: two officers do not overwrite
-- each other.
create table works (
    project_id bigint primary key references project (id) on delete cascade,
    version    integer not null default 1,
    by         text not null default '',
    at         timestamptz not null default now()
);

-- The district's price book.
create table price_book (
    district_code text not null references district (code) on delete cascade,
    policy_key    text not null,
    version       integer not null default 1,
    by            text not null default '',
    at            timestamptz not null default now(),
    primary key (district_code, policy_key)
);

create table price (
    district_code text not null references district (code) on delete cascade,
    policy_key    text not null,
    item_no       integer not null check (item_no > 0),
    unit          text not null check (unit <> ''),
    price_yuan    numeric(14, 2) not null check (price_yuan >= 0),
    source        text not null default '',
    version       integer not null default 1,
    primary key (district_code, policy_key, item_no)
);

-- Who pays how much of a project (资金分摊).
create table cost_share (
    project_id  bigint not null references project (id) on delete cascade,
    source      text not null check (source in ('residents', 'pipelines', 'society', 'central', 'municipal', 'district', 'bonds')),
    amount_yuan numeric(16, 2) not null check (amount_yuan >= 0),
    note        text not null default '',
    primary key (project_id, source)
);

-- How the residents' part is apportioned, and its version with that of the shares.
create table sharing (
    project_id    bigint primary key references project (id) on delete cascade,
    apportionment jsonb not null default '{}',
    settled       boolean not null default false,          -- agreed: the shares add up to the cost
    version       integer not null default 1,
    by            text not null default '',
    at            timestamptz not null default now()
);

-- The fund pool (资金池): what a year has to give, and the project pool's share of it.
create table fund (
    id            bigint generated always as identity primary key,
    district_code text not null references district (code) on delete cascade,
    code          text not null default gen_random_uuid()::text,
    year          integer not null check (year between 1990 and 2200),
    source        text not null check (source in ('residents', 'pipelines', 'society', 'central', 'municipal', 'district', 'bonds')),
    name          text not null check (name <> ''),
    amount_yuan   numeric(16, 2) not null check (amount_yuan >= 0),
    restriction   jsonb not null default '{}',             -- libraries, subdistricts, items it may be spent on
    note          text not null default '',
    version       integer not null default 1,
    unique (district_code, code)
);
create index on fund (district_code, year);

-- What may be spent of the pool in a year; null: no budget has been set.
create table fund_year (
    district_code text not null references district (code) on delete cascade,
    year          integer not null check (year between 1990 and 2200),
    budget_yuan   numeric(16, 2) check (budget_yuan >= 0),
    note          text not null default '',
    version       integer not null default 1,              -- of the budget and of the year's allocations
    by            text not null default '',
    at            timestamptz not null default now(),
    primary key (district_code, year)
);

create table fund_allocation (
    fund_id     bigint not null references fund (id) on delete cascade,
    project_id  bigint not null references project (id) on delete cascade,
    amount_yuan numeric(16, 2) not null check (amount_yuan > 0),
    by          text not null default '',
    at          timestamptz not null default now(),
    primary key (fund_id, project_id)
);
create index on fund_allocation (project_id);

-- What the works of a project cost by the plan of its district: what is to be
-- done, without the lines of communities that have left it.
create view published_project_cost as
select p.id as project_id, k.items, k.cost_yuan,
       (select coalesce(sum(amount_yuan), 0) from cost_share c where c.project_id = p.id) as shared_yuan,
       (select coalesce(sum(amount_yuan), 0) from fund_allocation f where f.project_id = p.id) as allocated_yuan
from project p
join published_district d on d.code = p.district_code
cross join lateral (
    select count(*)::integer as items, coalesce(sum(w.amount_yuan), 0) as cost_yuan
    from work_item w
    where w.project_id = p.id and w.answer = 'do' and w.policy_key = d.policy_key
      and (w.community_id is null or exists (
          select from published_project_community pc where pc.project_id = w.project_id and pc.community_id = w.community_id))) k;

-- What the project pool (项目池) needs of the fund pool, in whatever list it
-- stands: of each project that counts (confirmed, or closed because it is done) and
-- has a year, the cost of its works, or its estimate as long as none is priced, without what residents,
-- pipeline units and society pay themselves. Unfunded is what no fund has been
-- given for.
create view published_project_need as
select n.project_id, n.district_code, n.year, n.basis, n.cost_yuan, n.direct_yuan,
       greatest(n.cost_yuan - n.direct_yuan, 0) as need_yuan,
       n.allocated_yuan,
       greatest(greatest(n.cost_yuan - n.direct_yuan, 0) - n.allocated_yuan, 0) as unfunded_yuan
from (
    select p.id as project_id, p.district_code, p.year, k.allocated_yuan,
           case when k.cost_yuan > 0 then 'items' when p.estimated_wan > 0 then 'estimate' else 'none' end as basis,
           case when k.cost_yuan > 0 then k.cost_yuan else round(coalesce(p.estimated_wan, 0) * 10000, 2) end as cost_yuan,
           (select coalesce(sum(c.amount_yuan), 0) from cost_share c
            where c.project_id = p.id and c.source in ('residents', 'pipelines', 'society')) as direct_yuan
    from published_project p
    join published_project_cost k on k.project_id = p.id
    where p.counts and p.year is not null) n;

create view published_work_item as
select project_id, community_id, policy_key, item_no, answer, reason, quantity, unit, price_yuan, amount_yuan, evidence
from work_item;

create view published_cost_share as
select project_id, source, amount_yuan
from cost_share;

create view published_fund as
select f.id, f.district_code, f.code, f.year, f.source, f.name, f.amount_yuan,
       (select coalesce(sum(amount_yuan), 0) from fund_allocation a where a.fund_id = f.id) as allocated_yuan
from fund f;

-- No fund pays more than it holds.
-- +goose StatementBegin
create function fund_not_overdrawn() returns trigger language plpgsql as $$
declare
    which bigint := case tg_table_name when 'fund' then (to_jsonb(new) ->> 'id')::bigint else (to_jsonb(new) ->> 'fund_id')::bigint end;
begin
    if (select sum(amount_yuan) from fund_allocation where fund_id = which) > (select amount_yuan from fund where id = which) then
        raise exception 'fund % pays more than it holds', which using errcode = 'check_violation', constraint = 'fund_not_overdrawn';
    end if;
    return null;
end
$$;
-- +goose StatementEnd
create constraint trigger fund_not_overdrawn after insert or update on fund_allocation
deferrable initially deferred for each row execute function fund_not_overdrawn();
create constraint trigger fund_not_overdrawn after update of amount_yuan on fund
deferrable initially deferred for each row execute function fund_not_overdrawn();

-- A year that has a budget or funds; budget null: none has been set.
create view published_fund_year as
select district_code, year, max(y.budget_yuan) as budget_yuan, sum(y.funds)::integer as funds, sum(y.funds_yuan) as funds_yuan
from (
    select district_code, year, budget_yuan, 0 as funds, 0 as funds_yuan from fund_year
    union all
    select district_code, year, null, 1, amount_yuan from fund) y
group by district_code, year;

-- What coverage publishes to those who say by what measure there is a gap.
create view published_coverage_measure as
select id as run_id, method, radius_m, minutes
from coverage_run;
