-- +goose Up
-- Changes say from now on in whose parts of a district they lie. What was told
-- before says nothing of that: whoever goes on from there hears that everything may
-- have changed. The last minute stays for processes that are reading it.
delete from change_log
where seq < (select max(seq) from change_log) and at < clock_timestamp() - interval '1 minute';

comment on column change_log.changes is '[{district, layer, bound, everybody, subdistricts, zones, together, person}]';

-- +goose Down
comment on column change_log.changes is null;
