-- +goose Up
-- Each write leaves a mark, by which a process whose commit was not answered finds out
-- whether it was made. The number of the transaction does not tell: a server that crashed
-- gives numbers again that had not reached its disk.
create table commit_mark (
    mark uuid primary key,
    at   timestamptz not null default clock_timestamp()
);

-- +goose Down
drop table commit_mark;
