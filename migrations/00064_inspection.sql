-- +goose Up
-- A file that somebody wants brought in: what was found in it, and what the
-- person decided. Nothing of it is in the register yet.
create table inspection (
    id            uuid primary key,
    district_code text not null references district (code) on delete cascade,
    name          text not null,                              -- what the person calls the file
    path          text not null,                              -- of the kept upload
    size          bigint not null,                            -- bytes
    sha256        text not null default '',
    format        text not null default '',
    auto          boolean not null default false,             -- import by itself once nothing is left to ask
    state         text not null default 'inspecting'
                  check (state in ('inspecting', 'ready', 'importing', 'imported', 'undone', 'failed', 'discarded')),
    error         text not null default '',                   -- a sentence for the person
    signature     text not null default '',                   -- of the source: formats, layers, fields
    remembered    boolean not null default false,             -- the decisions began as those of the last file of the source
    diagnosis     jsonb,
    decisions     jsonb not null default '{}',
    report        jsonb,
    version       integer not null default 1,
    created_by    text not null default '',
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    expires_at    timestamptz not null,
    job_id        uuid,                                       -- that works on it, or did last
    import_id     uuid                                        -- the job that imported it, by which it is undone
);
create index on inspection (district_code, created_at desc);
create index on inspection (expires_at);
create index on inspection (import_id) where import_id is not null;

-- The rows of the file under the decisions of the moment. They can be made again
-- from the file at any time, so a crash may empty the table.
create unlogged table inspection_row (
    inspection_id uuid not null references inspection (id) on delete cascade,
    layer         integer not null,                           -- position in the file
    ord           bigint not null,                            -- of the row in its layer
    number        bigint not null,                            -- as people count in the file
    geom          geometry(Geometry, 4490),                   -- mended
    given         geometry(Geometry, 4490),                   -- before shift and repair; only of the first rows, where it differs
    cells         jsonb not null,                             -- texts by the register's field; never personal data
    code          text not null default '',
    name          text not null default '',
    fault         text not null default '',                   -- why the row cannot be taken
    outside       boolean not null default false,
    repairs       text[] not null default '{}',
    match_code    text,
    match_name    text,
    match_how     text check (match_how in ('code', 'overlap', 'name', 'file')),
    match_share   double precision,
    action        text not null default 'insert' check (action in ('insert', 'update', 'skip', 'refuse')),
    primary key (inspection_id, layer, ord)
);
create index on inspection_row using gist (geom);

-- What was decided about the last file of a source, so that the next one of it
-- needs no questions.
create table import_habit (
    id            uuid primary key,
    district_code text not null references district (code) on delete cascade,
    signature     text not null,
    name          text not null,                              -- of the file it was decided for
    decisions     jsonb not null,
    used          integer not null default 0,
    created_by    text not null default '',
    updated_at    timestamptz not null,
    unique (district_code, signature)
);
