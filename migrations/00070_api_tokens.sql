-- +goose Up
-- Personal API tokens: what programs (GIS, scripts) show in a person's name.
create table api_token (
    id              uuid primary key,
    account_id      uuid not null references account (id) on delete cascade,
    token_hash      bytea not null unique check (octet_length(token_hash) = 32),  -- SHA-256 of the token
    name            text not null check (name <> ''),                             -- what it is for
    access          text not null check (access in ('read', 'write', 'administer')),
    district_code   text references district (code) on delete cascade,            -- null: as far as the person reaches
    created_by      text not null,
    created_at      timestamptz not null default now(),
    expires_at      timestamptz not null,
    last_used_at    timestamptz,                                                  -- to the minute
    last_used_from  text not null default '',                                     -- address
    revoked_at      timestamptz,
    revoked_by      text not null default '',
    check (expires_at <= created_at + interval '366 days')
);
create index on api_token (account_id);

-- Which token an act came by; '' is a session or the command line.
alter table audit_entry add column via text not null default '';
