#!/usr/bin/env bash
# Keeps a small database of a release, for the test that every later one can take
# it over (internal/app/testdata/releases/README.md):
#   release-dump.sh [BINARY [OUT]]
# starts BINARY (bin/lianpian) with the demo district in a directory of its own,
# has some work done in it, so that few tables are empty, keeps a part of the
# buildings, roads and links, and dumps the database to OUT/NNNNN.sql.gz, where
# NNNNN is the newest migration in it.
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
asked() { "$bin/psql" "${on[@]}" -Atqc "$1"; }

# What the demo district has not: people, zones, and a little of everybody's work.
run() { "$binary" --data-dir "$dir/data" --log-level error --as 发布样例 "$@" >>"$dir/log" 2>&1 || { tail -5 "$dir/log" >&2; exit 1; }; }
district=$(asked 'select code from district')
run user add planner --role planner --district "$district"
run user add officer --role officer --district "$district" --subdistrict "$(asked 'select min(code) from subdistrict')"
token=$("$binary" --data-dir "$dir/data" --log-level error token add admin --name 样例 --access administer --days 1)
run cover --district "$district" --type health_station --method walk
run propose --district "$district" --limit households=300..1500 --max-diameter 800 --seconds 1 --accept
run propose --district "$district" --limit communities=2..6 --max-diameter 800 --seconds 1 --new-scenario 样例
run import --yes --district "$district" demo/samples/设施示例.geojson
read -r lon lat <<<"$(asked "select ST_X(p), ST_Y(p) from (select ST_PointOnSurface(geom) p from community order by code limit 1) c" | tr '|' ' ')"
cat >"$dir/walls.geojson" <<JSON
{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"source_ref": "sample:1", "class": "wall", "name": "围墙"},
 "geometry": {"type": "LineString", "coordinates": [[$lon, $lat], [$lon, $(awk "BEGIN { print $lat + 0.001 }")]]}}]}
JSON
run import --yes --district "$district" --layer barriers "$dir/walls.geojson"
api=http://127.0.0.1:$port/api/v1/districts/$district
ask() { # METHOD PATH BODY [HEADER]; of a PUT, with the version that is there
  curl -sSf -m 60 -X "$1" -H "Authorization: Bearer $token" -H 'Content-Type: application/json' ${4:+-H "$4"} -d "$3" "$api/$2" >>"$dir/log"
}
put() {
  local version
  version=$(curl -sSf -m 60 -D - -o "$dir/seen" -H "Authorization: Bearer $token" "$api/$1" | tr -d '\r' | sed -nE 's/^etag: //Ip')
  ask PUT "$1" "$2" ${version:+"If-Match: $version"}
}
zone=$(asked 'select code from zone order by code limit 1')
main=$(asked 'select code from scenario where main')
project=$(asked "select code from project order by code limit 1")
ask PUT "links/$(asked "select least(a_code, b_code) || '/' || greatest(a_code, b_code) from published_link order by 1 limit 1")" '{"verdict": "together", "reason": "样例：同一院落"}'
put prices '{"prices": [{"item_no": 1, "unit": "户", "price_yuan": 2500, "source": "样例"}]}'
put "scenarios/$main/phasing" '{"years": [{"year": 2026, "budget_yuan": 100000000}, {"year": 2027, "budget_yuan": 100000000}]}'
put "projects/$project/works" '{"lines": [{"item_no": 1, "answer": "do", "quantity": 100, "unit": "户"}]}'
put "projects/$project/progress" '{"handover": [], "milestones": [{"kind": "start", "note": "样例", "on_date": null, "planned_on": "2026-12-01"}]}'
ask POST coverage/batches '{"facility_types": ["health_station", "kindergarten"], "method": "radius"}'
ask POST idle-buildings "{\"code\": \"I1\", \"name\": \"旧锅炉房\", \"location\": [$lon, $lat]}"
ask POST packages "{\"title\": \"样例\", \"zones\": [\"$zone\"], \"parts\": [\"csv\"]}"
for _ in $(seq 60); do
  [ "$(asked "select count(*) from job where state in ('queued', 'running')")" = 0 ] && break
  sleep 0.5
done
run backup --no-check "$dir/sample.lpb"
run token revoke "$(asked "select id from api_token limit 1")"
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
empty=$(asked "
  select coalesce(string_agg(c.relname, ' ' order by 1), 'none') from pg_class c
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
    and (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', c.relname), false, true, '')))[1]::text = '0'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')")
echo "Empty: $empty"
echo "$out/$schema.sql.gz: $(stat -c %s "$out/$schema.sql.gz") bytes"
