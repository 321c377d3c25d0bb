-- +goose Up
-- When a project got where: start, works done, acceptance, filing, handover.
create table milestone (
    project_id bigint not null references project (id) on delete cascade,
    kind       text not null check (kind in ('start', 'works_done', 'acceptance', 'filing', 'handover')),
    on_date    date not null,
    note       text not null default '',
    by         text not null default '',
    at         timestamptz not null default now(),
    primary key (project_id, kind)
);

-- Who takes over what after the works (移交).
create table handover (
    project_id bigint not null references project (id) on delete cascade,
    part       text not null check (part in ('municipal', 'exclusive', 'common')),
    receiver   text not null check (receiver <> ''),
    on_date    date,
    agreement  text not null default '',                    -- 管理模式、管理单位、服务内容、服务标准、服务费用
    by         text not null default '',
    at         timestamptz not null default now(),
    primary key (project_id, part)
);

-- The monthly report (月报) of a reporting unit: a subdistrict, or the district
-- ('') that rolls the subdistricts' up. A frozen one never changes again.
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
    primary key (report_id, project_id),
    constraint month_line_area check (g1_area_wan + g2_area_wan + g3_area_wan <= plan_area_wan),
    constraint month_line_households check (g1_households + g2_households + g3_households <= plan_households),
    constraint month_line_buildings check (g1_buildings + g2_buildings + g3_buildings <= plan_buildings),
    -- what has not begun says why and when it will
    constraint month_line_remark check (
        (g1_area_wan + g2_area_wan + g3_area_wan = plan_area_wan
         and g1_households + g2_households + g3_households = plan_households
         and g1_buildings + g2_buildings + g3_buildings = plan_buildings)
        or (remark <> '' and starts_on is not null))
);

create view published_milestone as
select project_id, kind, on_date
from milestone;

create view published_month_report as
select id, district_code, subdistrict_code, month, form, state, version
from month_report;

create view published_month_line as
select l.*, r.district_code, r.subdistrict_code, r.month, r.form, r.state
from month_line l
join month_report r on r.id = l.report_id;
