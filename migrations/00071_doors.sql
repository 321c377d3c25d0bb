-- +goose Up
-- Failures at the doors (sign-in, links, tokens), shared by all instances. A key
-- is a digest: what people type into a name field may be a password.
create table attempt (
    key           bytea primary key,
    failures      integer not null,
    last_at       timestamptz not null,
    blocked_until timestamptz                                -- null: not blocked
);
create index on attempt (last_at);

alter table account add column locked_at timestamptz;       -- null: not locked
alter table account add column locked_by text not null default '';

alter table session add column address text not null default '';

-- Passwords that a person had before: the last few may not come back.
create table former_password (
    account_id    uuid not null references account (id) on delete cascade,
    set_at        timestamptz not null,                      -- when it was replaced
    password_hash text not null,                             -- argon2id
    primary key (account_id, set_at)
);
