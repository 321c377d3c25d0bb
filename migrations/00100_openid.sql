-- +goose Up
-- Who a person is at an OpenID Connect provider: bound to the account at their
-- first sign-in, so that a name which somebody else is given later opens nothing.
create table account_identity (
    issuer       text not null,
    subject_hash bytea not null check (octet_length(subject_hash) = 32),  -- SHA-256: some providers put a personal number there
    account_id   uuid not null references account (id) on delete cascade,
    bound_at     timestamptz not null,
    primary key (issuer, subject_hash),
    unique (issuer, account_id)
);
create index on account_identity (account_id);

-- People who have gone to the provider and are not back yet. Each may come back
-- once, in the browser that keeps the secret.
create table provider_visit (
    secret_hash bytea primary key check (octet_length(secret_hash) = 32),  -- SHA-256 of the cookie's secret
    back        text not null,                                             -- address within the app to go on at
    expires_at  timestamptz not null
);
create index on provider_visit (expires_at);

alter table session add column by_provider boolean not null default false;  -- opened by way of the provider
alter table session add column sign_out_url text not null default '';       -- of the provider; '' where it has none
