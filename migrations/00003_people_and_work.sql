-- +goose Up
create table account (
    id            uuid primary key,
    name          text not null unique check (name ~ '^[^[:space:]]{2,64}$'),
    display_name  text not null default '',
    role          text not null check (role in ('administrator', 'planner', 'officer', 'contractor', 'viewer')),
    district_code text references district (code) on delete cascade,   -- null: every district (administrators only)
    password_hash text,                                                -- argon2id; null until the person sets one
    version       integer not null default 1,
    created_at    timestamptz not null default now(),
    check (role = 'administrator' or district_code is not null)
);

create table account_subdistrict (
    account_id       uuid not null references account (id) on delete cascade,
    district_code    text not null,
    subdistrict_code text not null,
    primary key (account_id, district_code, subdistrict_code),
    foreign key (district_code, subdistrict_code) references subdistrict (district_code, code) on delete cascade
);

-- What a contractor may read: the zones whose works are theirs.
create table account_zone (
    account_id uuid not null references account (id) on delete cascade,
    zone_id    bigint not null references zone (id) on delete cascade,
    primary key (account_id, zone_id)
);

create table session (
    id           uuid primary key,
    account_id   uuid not null references account (id) on delete cascade,
    token_hash   bytea not null unique,                                -- SHA-256 of the cookie's token
    user_agent   text not null default '',
    by_link      boolean not null default false,                       -- opened with a one-time link: may set a password without knowing the old one
    created_at   timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at   timestamptz not null
);
create index on session (account_id);

create table sign_in_link (
    token_hash bytea primary key,
    account_id uuid not null references account (id) on delete cascade,
    expires_at timestamptz not null,
    used_at    timestamptz
);

create table audit_entry (
    id            bigint generated always as identity primary key,
    at            timestamptz not null default now(),
    account_id    uuid,                                                -- kept when the account is gone
    account_name  text not null,
    district_code text,
    action        text not null,                                       -- e.g. zone.update
    entity        text not null,                                       -- e.g. zone
    entity_code   text not null,
    before        jsonb,
    after         jsonb
);
create index on audit_entry (district_code, id desc);
create index on audit_entry (district_code, entity, entity_code, id desc);

create table job (
    id            uuid primary key,
    river_id      bigint,
    district_code text references district (code) on delete cascade,   -- null while an import still has to find its district
    kind          text not null,                                       -- e.g. import
    title         text not null,
    args          jsonb not null,
    state         text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
    phase         text not null default '',
    done          bigint not null default 0,
    total         bigint not null default 0,                           -- 0: not known yet
    unit          text not null default '',
    error         text not null default '',
    report        jsonb,
    created_by    text not null default '',
    created_at    timestamptz not null default now(),
    started_at    timestamptz,
    phase_at      timestamptz,
    heartbeat_at  timestamptz,
    finished_at   timestamptz
);
create index on job (district_code, created_at desc);
