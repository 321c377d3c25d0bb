-- +goose Up
-- What opens the uploaded files, which are sealed on the disk of the files. A key goes
-- before its file does. Backups leave the rows out.
create table upload_key (
    name    text primary key,     -- of the file in the folder of uploads
    key     bytea not null check (octet_length(key) = 32),
    made_at timestamptz not null
);
create index on upload_key (made_at);
