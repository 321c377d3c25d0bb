-- +goose Up
-- What committed transactions have told of, in the order in which they became
-- visible. Every process reads on from where it is, so that none misses what
-- another one has answered. Old rows go; the oldest one left says since when
-- the list is whole.
create table change_log (
    seq     bigint generated always as identity primary key,
    at      timestamptz not null default clock_timestamp(),
    changes jsonb not null                              -- [{district, layer, bound}]
);

-- To be called last in a transaction: what was deferred is looked at first, so that
-- nobody has to wait for anything once they have the lock. The lock makes the order of the numbers
-- that of the commits, and is held until this one is visible. The notification
-- only says that there is something to read.
-- +goose StatementBegin
create function announce_change(changes jsonb, out seq bigint) language plpgsql as $$
begin
    set constraints all immediate;
    perform pg_advisory_xact_lock(hashtext('lianpian-change'));
    insert into change_log (changes) values (announce_change.changes) returning change_log.seq into seq;
    perform pg_notify('lianpian_change', '');
end
$$;
-- +goose StatementEnd

-- A claim is one attempt at a job. What an earlier one still writes is refused.
alter table job add column attempt integer not null default 0;
