-- +goose Up
-- The audit trail can be added to and read, nothing else. Each committed entry
-- gets a place in a chain of hashes, so that what was changed behind the
-- service's back shows (lianpian audit verify). Entries are chained after their
-- commit, by one at a time: chaining them inside would make every write of the
-- service wait for every other.
create table audit_seal (
    position bigint primary key,
    entry_id bigint not null unique,
    hash     bytea not null check (octet_length(hash) = 32)  -- SHA-256 of the seal before and the entry
);

create table audit_unsealed (entry_id bigint primary key);
insert into audit_unsealed select id from audit_entry;

-- +goose StatementBegin
create function audit_await_seal() returns trigger language plpgsql as $$
begin
    insert into audit_unsealed values (new.id);
    return null;
end
$$;

create function audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'the audit trail cannot be changed' using errcode = 'insufficient_privilege';
end
$$;
-- +goose StatementEnd

create trigger audit_await_seal after insert on audit_entry for each row execute function audit_await_seal();
create trigger audit_unchanged before update or delete on audit_entry for each row execute function audit_refuse();
create trigger audit_kept before truncate on audit_entry for each statement execute function audit_refuse();
create trigger audit_unchanged before update or delete on audit_seal for each row execute function audit_refuse();
create trigger audit_kept before truncate on audit_seal for each statement execute function audit_refuse();

create index on audit_entry (account_name, id desc);
create index on audit_entry (at);
