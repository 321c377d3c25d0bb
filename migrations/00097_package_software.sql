-- +goose Up
-- The version of the program that made a package's file: made again by another
-- one its bytes may differ, and people are told by which.
alter table package add column software text not null default '';
