-- +goose Up
-- When a project got where: start, works done, acceptance, filing, handover; and
-- when it is meant to.
create table milestone (
    project_id bigint not null references project (id) on delete cascade,
    kind       text not null check (kind in ('start', 'works_done', 'acceptance', 'filing', 'handover')),
    on_date    date,                                        -- null: has not happened
    planned_on date,                                        -- what the owner means to keep
    note       text not null default '',
    by         text not null default '',
    at         timestamptz not null default now(),
    primary key (project_id, kind),
    check (on_date is not null or planned_on is not null)
);

-- Who takes over what after the works (移交).
create table handover (
    project_id bigint not null references project (id) on delete cascade,
    part       text not null check (part in ('municipal', 'exclusive', 'common')),
    receiver   text not null check (receiver <> ''),
    on_date    date,
    agreement  jsonb not null default '{}',                 -- 管理模式、管理单位、服务内容、服务标准、服务费用
    by         text not null default '',
    at         timestamptz not null default now(),
    primary key (project_id, part)
);

-- The version of a project's milestones and handover together.
create table project_progress (
    project_id bigint primary key references project (id) on delete cascade,
    version    integer not null default 1,
    by         text not null default '',
    at         timestamptz not null default now()
);

-- The monthly report (月报) of a reporting unit: a subdistrict, or the district
-- ('') that rolls the subdistricts' up. The district's has no lines of its own:
-- it is the union of those of its subdistricts, kept in its snapshot when the
-- month is closed. What is frozen never changes again.
create table month_report (
    id               uuid primary key,
    district_code    text not null references district (code) on delete cascade,
    subdistrict_code text not null default '',
    month            date not null check (extract(day from month) = 1),
    form             text not null check (form in ('annex6', 'annex7')),
    state            text not null default 'draft' check (state in ('draft', 'submitted', 'returned', 'frozen')),
    state_reason     text not null default '',
    difficulties     text not null default '',              -- 遇到的困难问题及有关意见建议
    version          integer not null default 1,
    submitted_by     text not null default '',
    submitted_at     timestamptz,
    frozen_by        text not null default '',
    frozen_at        timestamptz,
    snapshot         bytea,                                 -- what was frozen, canonical JSON
    sha256           bytea,
    printed          bytea,                                 -- the snapshot as it is printed, HTML
    unique (district_code, subdistrict_code, month, form),
    check ((state = 'frozen') = (snapshot is not null)),
    check (state <> 'returned' or state_reason <> '')
);

create table month_line (
    report_id       uuid not null references month_report (id) on delete cascade,
    project_id      bigint not null references project (id) on delete cascade,
    place           integer not null,
    plan_area_wan   numeric(12, 4) not null check (plan_area_wan >= 0 and plan_area_wan < 10000),   -- 10,000 m²
    plan_households integer not null check (plan_households >= 0),
    plan_buildings  integer not null check (plan_buildings >= 0),
    investment_wan  numeric(14, 4) not null check (investment_wan >= 0),
    g1_area_wan     numeric(12, 4) not null default 0 check (g1_area_wan >= 0),
    g1_households   integer not null default 0 check (g1_households >= 0),
    g1_buildings    integer not null default 0 check (g1_buildings >= 0),
    g2_area_wan     numeric(12, 4) not null default 0 check (g2_area_wan >= 0),
    g2_households   integer not null default 0 check (g2_households >= 0),
    g2_buildings    integer not null default 0 check (g2_buildings >= 0),
    g3_area_wan     numeric(12, 4) not null default 0 check (g3_area_wan >= 0),
    g3_households   integer not null default 0 check (g3_households >= 0),
    g3_buildings    integer not null default 0 check (g3_buildings >= 0),
    spent_wan       numeric(14, 4) not null default 0 check (spent_wan >= 0),                       -- 累计完成投资额
    remark          text not null default '',
    starts_on       date,                                   -- 启动日期 of works that have not begun
    settled         boolean not null default false,         -- handed in: everything that the form asks for is there
    correction      text not null default '',               -- why a figure is smaller than the month before
    primary key (report_id, project_id),
    constraint month_line_area check (g1_area_wan + g2_area_wan + g3_area_wan <= plan_area_wan),
    constraint month_line_households check (g1_households + g2_households + g3_households <= plan_households),
    constraint month_line_buildings check (g1_buildings + g2_buildings + g3_buildings <= plan_buildings),
    -- what has not begun says why and when it will
    constraint month_line_remark check (
        not settled
        or (g1_area_wan + g2_area_wan + g3_area_wan = plan_area_wan
            and g1_households + g2_households + g3_households = plan_households
            and g1_buildings + g2_buildings + g3_buildings = plan_buildings)
        or (remark <> '' and starts_on is not null))
);
create index on month_line (project_id);

-- A closed month stays as it is: neither its reports nor their lines change, and
-- none comes to it. Only the end of the district takes them along.
-- +goose StatementBegin
create function month_report_stays() returns trigger language plpgsql as $$
begin
    if tg_op <> 'INSERT' and old.state = 'frozen'
       and (tg_op = 'UPDATE' or exists (select from district where code = old.district_code)) then
        raise exception 'a frozen report never changes' using errcode = '23514', constraint = 'month_report_frozen';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    if exists (select from month_report
               where district_code = new.district_code and subdistrict_code = '' and month = new.month and form = new.form
                 and state = 'frozen' and id <> new.id) then
        raise exception 'the month is closed' using errcode = '23514', constraint = 'month_report_frozen';
    end if;
    if new.state in ('submitted', 'frozen')
       and exists (select from month_line where report_id = new.id and not settled) then
        raise exception 'a line is not settled' using errcode = '23514', constraint = 'month_report_settled';
    end if;
    return new;
end
$$;

create function month_line_stays() returns trigger language plpgsql as $$
begin
    perform from month_report
    where id = case when tg_op = 'DELETE' then old.report_id else new.report_id end and state = 'frozen'
    for share;
    if found then
        raise exception 'a frozen report never changes' using errcode = '23514', constraint = 'month_report_frozen';
    end if;
    return case when tg_op = 'DELETE' then old else new end;
end
$$;
-- +goose StatementEnd
create trigger month_report_stays before insert or update or delete on month_report
    for each row execute function month_report_stays();
create trigger month_line_stays before insert or update or delete on month_line
    for each row execute function month_line_stays();

create view published_milestone as
select project_id, kind, on_date
from milestone
where on_date is not null;

create view published_milestone_plan as
select project_id, kind, planned_on
from milestone
where planned_on is not null;

create view published_month_report as
select id, district_code, subdistrict_code, month, form, state, version
from month_report;

create view published_month_line as
select l.report_id, l.project_id, l.place, l.plan_area_wan, l.plan_households, l.plan_buildings, l.investment_wan,
       l.g1_area_wan, l.g1_households, l.g1_buildings, l.g2_area_wan, l.g2_households, l.g2_buildings,
       l.g3_area_wan, l.g3_households, l.g3_buildings, l.spent_wan, l.remark, l.starts_on,
       r.district_code, r.subdistrict_code, r.month, r.form, r.state,
       l.settled, l.correction
from month_line l
join month_report r on r.id = l.report_id;

-- The subdistrict that reports a project: the one that holds most of its
-- households, then most of its communities, then the first by code.
create view published_project_unit as
select distinct on (u.project_id) u.project_id, u.subdistrict_code, u.households, u.units
from (
    select pc.project_id, c.subdistrict_code, sum(coalesce(c.households, 0))::bigint as households, count(*) as communities,
           count(*) over (partition by pc.project_id) as units
    from published_project_community pc
    join published_community c on c.id = pc.community_id
    where c.subdistrict_code is not null
    group by pc.project_id, c.subdistrict_code
) u
order by u.project_id, u.households desc, u.communities desc, u.subdistrict_code;
