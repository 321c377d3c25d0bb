package postgis_test

import (
	"context"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

// undistributed are the tables that are no content of a district, with the reason.
// They stay on the coordinator, or are copied to every node (reference tables).
var undistributed = map[string]string{
	"account":          "reference: people sign in before their district is known; a name is one in the whole service",
	"session":          "local: looked up by the hash of its token, before the district is known",
	"sign_in_link":     "local: looked up by the hash of its token, before the district is known",
	"api_token":        "local: looked up by the hash of the token, before the district is known",
	"former_password":  "local: of accounts",
	"account_identity": "local: looked up before the person, and so the district, is known",
	"provider_visit":   "local: of people who have not signed in",
	"provider_logout":  "local: of no person",
	"attempt":          "local: of people who have not signed in",
	"audit_seal":       "local: as the entries that it seals",
	"audit_unsealed":   "local: as the entries that it names",
	"commit_mark":      "local: a mark of every write, whatever it is about",
	"change_log":       "local: one order of all changes, which every instance reads on from",
	"files_place":      "local: about the service",
	"upload_key":       "local: of files that a job reads; looked up by the file's name",

	"audit_entry": "local: entries about the service as a whole have no district; one trail in one order",
	"job":         "local: jobs about the service as a whole have no district; the queue is one",

	"goose_db_version": "local: which migrations have run",
	"spatial_ref_sys":  "local: PostGIS's own; every node has it by the extension",

	"river_client": "local: the queue library's own", "river_client_queue": "local: the queue library's own",
	"river_job": "local: the queue library's own", "river_leader": "local: the queue library's own",
	"river_migration": "local: the queue library's own", "river_notification": "local: the queue library's own",
	"river_queue": "local: the queue library's own",
}

// The schema distributes by district_code: every table of content has it, and
// every key, unique index and foreign key between them names it. The district
// itself is a reference table.
func TestSchemaDistributesByDistrict(t *testing.T) {
	db := postgistest.New(t)
	ctx := context.Background()
	local := slices.Collect(maps.Keys(undistributed))
	for _, rule := range []struct{ name, sql string }{
		{"tables without district_code not null", `
			select r.relname::text from pg_class r
			where r.relnamespace = 'public'::regnamespace and r.relkind in ('r', 'p') and r.relname <> all($1) and r.relname <> 'district'
			  and not exists (select from pg_attribute a where a.attrelid = r.oid and a.attname = 'district_code' and a.attnotnull and not a.attisdropped)`},
		{"keys and exclusions without it", `
			select conrelid::regclass || '.' || conname from pg_constraint c join pg_class r on r.oid = c.conrelid
			where c.connamespace = 'public'::regnamespace and contype in ('p', 'u', 'x') and r.relname <> all($1) and r.relname <> 'district'
			  and not exists (select from pg_attribute a where a.attrelid = conrelid and a.attnum = any(conkey) and a.attname = 'district_code')`},
		{"unique indexes without it", `
			select i.indexrelid::regclass::text from pg_index i join pg_class r on r.oid = i.indrelid
			where r.relnamespace = 'public'::regnamespace and i.indisunique and r.relname <> all($1) and r.relname <> 'district'
			  and not exists (select from pg_attribute a where a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[]) and a.attname = 'district_code')`},
		{"foreign keys without it on both sides, in the same place", `
			select conrelid::regclass || '.' || conname
			from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_class p on p.oid = c.confrelid
			where c.connamespace = 'public'::regnamespace and contype = 'f' and r.relname <> all($1) and p.relname <> all($1)
			  and not exists (
			      select from unnest(conkey, confkey) k (own, its)
			      join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
			      join pg_attribute b on b.attrelid = c.confrelid and b.attnum = k.its
			      where a.attname = 'district_code' and b.attname = case p.relname when 'district' then 'code' else 'district_code' end)`},
		{"foreign keys that would take a row out of its district", `
			select conrelid::regclass || '.' || conname from pg_constraint c join pg_class r on r.oid = c.conrelid
			where c.connamespace = 'public'::regnamespace and contype = 'f' and r.relname <> all($1)
			  and confdeltype in ('n', 'd')
			  and (confdelsetcols is null
			       or exists (select from pg_attribute a where a.attrelid = conrelid and a.attnum = any(confdelsetcols) and a.attname = 'district_code'))`},
		{"tables of content that own a sequence of another type than bigint", `
			select a.attrelid::regclass || '.' || a.attname from pg_attribute a join pg_class r on r.oid = a.attrelid
			where r.relnamespace = 'public'::regnamespace and r.relkind = 'r' and r.relname <> all($1)
			  and a.attidentity <> '' and a.atttypid <> 'bigint'::regtype`},
	} {
		rows, err := db.Pool.Query(ctx, rule.sql+" order by 1", local)
		if err != nil {
			t.Fatalf("%s: %v", rule.name, err)
		}
		found, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("%s: %v", rule.name, err)
		}
		if len(found) > 0 {
			t.Errorf("%s: %s", rule.name, strings.Join(found, ", "))
		}
	}
}

// The script of docs/distribution.md names every table of content once, parents
// before children, and every trigger and deferrable constraint that stands in
// the way is in the document.
func TestDistributionScriptIsComplete(t *testing.T) {
	text, err := os.ReadFile("../../docs/distribution.md")
	if err != nil {
		t.Fatal(err)
	}
	db := postgistest.New(t)
	ctx := context.Background()
	rows, err := db.Pool.Query(ctx, `
		select r.relname::text from pg_class r
		where r.relnamespace = 'public'::regnamespace and r.relkind in ('r', 'p')`)
	if err != nil {
		t.Fatal(err)
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	var script []string // tables in the order of the script
	for line := range strings.Lines(string(text)) {
		for _, call := range []string{"select create_distributed_table('", "select create_reference_table('"} {
			if rest, found := strings.CutPrefix(line, call); found {
				name, _, _ := strings.Cut(rest, "'")
				script = append(script, name)
			}
		}
	}
	for _, name := range tables {
		n := 0
		for _, s := range script {
			if s == name {
				n++
			}
		}
		want := 1
		if strings.HasPrefix(undistributed[name], "local") {
			want = 0
		}
		if n != want {
			t.Errorf("the script distributes %s %d times, not %d", name, n, want)
		}
	}
	for _, name := range script {
		if !slices.Contains(tables, name) {
			t.Errorf("the script distributes %s, which does not exist", name)
		}
	}
	rows, err = db.Pool.Query(ctx, `
		select conrelid::regclass || ' ' || confrelid::regclass from pg_constraint
		where contype = 'f' and connamespace = 'public'::regnamespace and conrelid <> confrelid`)
	if err != nil {
		t.Fatal(err)
	}
	pairs, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, pair := range pairs {
		child, parent, _ := strings.Cut(pair, " ")
		c, p := slices.Index(script, child), slices.Index(script, parent)
		if c >= 0 && p > c {
			t.Errorf("the script distributes %s before %s, which it refers to", child, parent)
		}
	}
	rows, err = db.Pool.Query(ctx, `
		select c.conname::text from pg_constraint c where c.condeferrable and c.connamespace = 'public'::regnamespace
		union
		select p.proname::text from pg_trigger t join pg_proc p on p.oid = t.tgfoid join pg_class r on r.oid = t.tgrelid
		where not t.tgisinternal and r.relnamespace = 'public'::regnamespace and r.relname <> all($1) and p.proname not like '%\_district'
		union
		select c.conname::text from pg_constraint c where c.contype = 'f' and c.confdeltype = 'n' and c.connamespace = 'public'::regnamespace`,
		slices.Collect(maps.Keys(undistributed)))
	if err != nil {
		t.Fatal(err)
	}
	obstacles, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range obstacles {
		if !strings.Contains(string(text), "`"+name+"`") {
			t.Errorf("docs/distribution.md does not name %s", name)
		}
	}
}
