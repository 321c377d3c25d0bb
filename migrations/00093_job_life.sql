-- +goose Up
-- What a check-up of the installation asks of the jobs: whether they live.
create view published_job_life as
select id, coalesce(district_code, '') as district_code, kind, state, created_at, started_at, heartbeat_at
from job;
