-- +goose Up
-- Whose session at the OpenID Connect provider opened a session here, so that the
-- provider can have it ended (back-channel logout). Digests, as in account_identity.
alter table session
    add column provider_issuer  text not null default '',                                   -- '' is none
    add column provider_subject bytea check (octet_length(provider_subject) = 32),
    add column provider_session bytea check (octet_length(provider_session) = 32);          -- null: the provider names no sessions
update session s set provider_issuer = i.issuer, provider_subject = i.subject_hash
from account_identity i
where s.by_provider and i.account_id = s.account_id;
create index on session (provider_issuer, provider_subject) where by_provider;

-- Logout tokens that were taken: none counts twice.
create table provider_logout (
    token_hash bytea primary key check (octet_length(token_hash) = 32),  -- SHA-256 of issuer and jti
    expires_at timestamptz not null
);
create index on provider_logout (expires_at);

-- +goose Down
drop table provider_logout;
alter table session drop column provider_issuer, drop column provider_subject, drop column provider_session;
