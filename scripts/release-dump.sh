#!/usr/bin/env bash
# Keeps a small database of a release, for the test that every later one can take
# it over (internal/app/testdata/releases/README.md):
#   release-dump.sh [BINARY [OUT]]
# starts BINARY (bin/lianpian) with the demo district in a directory of its own,
# keeps a part of the buildings, roads and links, and dumps the database to
# OUT/NNNNN.sql.gz, where NNNNN is the newest migration in it.
set -euo pipefail
binary=$(realpath "${1:-bin/lianpian}")
out=$(realpath "${2:-internal/app/testdata/releases}")
port=${PORT:-18799}
dir=$(mktemp -d /tmp/lianpian-release.XXXXXX)
chmod 755 "$dir"
service=
finish() {
  [ -z "$service" ] || { kill "$service" 2>/dev/null; wait "$service" 2>/dev/null; } || true
  rm -rf "$dir"
}
trap finish EXIT

"$binary" serve --demo --listen "127.0.0.1:$port" --data-dir "$dir/data" >"$dir/log" 2>&1 &
service=$!
for _ in $(seq 600); do
  grep -q 'is ready' "$dir/log" && break
  kill -0 "$service" 2>/dev/null || { cat "$dir/log" >&2; exit 1; }
  sleep 0.5
done
sleep "${SETTLE:-8}" # links and strings are computed in the background
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -1)
on=(-h "$dir/data/postgres.socket" -U lianpian -d lianpian)
"$bin/psql" "${on[@]}" -q -v ON_ERROR_STOP=1 <<'SQL'
set client_min_messages = warning;
do $$
begin
  delete from building where id % 4 <> 0;
  if to_regclass('road') is not null then delete from road where id % 4 <> 0; end if;
  if to_regclass('link') is not null then
    execute 'delete from link where ctid in (select ctid from link offset 200)';
  end if;
  if to_regclass('month_report') is not null then -- frozen for good, but not for a sample
    execute 'alter table month_report disable trigger user';
    execute 'alter table month_line disable trigger user';
    execute 'delete from month_report where state = ''frozen'' and id not in (select id from month_report where state = ''frozen'' order by month, id limit 4)';
    execute 'alter table month_report enable trigger user';
    execute 'alter table month_line enable trigger user';
  end if;
end $$;
-- Nothing of a sign-in is kept.
delete from session;
SQL
schema=$("$bin/psql" "${on[@]}" -Atqc "select lpad(max(version_id)::text, 5, '0') from goose_db_version")
# Newer minor releases guard their dumps with a random word, which older ones do not know.
"$bin/pg_dump" "${on[@]}" --no-owner --no-privileges | sed -E '/^\\(un)?restrict /d' | gzip -9n >"$dir/dump"
cp "$dir/dump" "$out/$schema.sql.gz"
chmod 644 "$out/$schema.sql.gz"
echo "$out/$schema.sql.gz: $(stat -c %s "$out/$schema.sql.gz") bytes"
