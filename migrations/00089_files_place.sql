-- +goose Up
-- Where the files of jobs lie that are not in the database: uploads and packages.
-- Every instance of the service has to see the same directory.
create table files_place (
    only_one boolean primary key default true check (only_one),
    id       uuid not null,                             -- as the directory says itself
    path     text not null
);
