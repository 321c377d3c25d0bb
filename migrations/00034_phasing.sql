-- +goose Up
-- What the phasing of a scenario is planned by: years with budgets and targets.
-- The years of the zones themselves belong to the zones.
create table phasing (
    district_code text not null references district (code) on delete cascade,
    scenario_code text not null,
    settings      jsonb not null,
    version       integer not null default 1,
    updated_by    text not null default '',
    updated_at    timestamptz not null default now(),
    primary key (district_code, scenario_code)
);
