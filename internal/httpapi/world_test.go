package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/dashboard"
	"github.com/lianpian/lianpian/internal/delivery"
	"github.com/lianpian/lianpian/internal/doctor"
	"github.com/lianpian/lianpian/internal/dossier"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/ogc"
	"github.com/lianpian/lianpian/internal/phase"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/proposal"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/site"
	"github.com/lianpian/lianpian/internal/survey"
	"github.com/lianpian/lianpian/internal/tile"
	"github.com/lianpian/lianpian/internal/walking"
	"github.com/lianpian/lianpian/internal/works"
	"github.com/lianpian/lianpian/internal/zone"
)

const secret = "correct horse battery"

// spot is a place of the test's world, seen from its officer.
type spot struct {
	name                  string
	district, subdistrict string
	at                    orb.Point
}

// The three places: the officer's own subdistrict, its neighbour in the same
// district, and another district.
var (
	own  = spot{"own", "500110", "500110001", orb.Point{106.85, 29}}
	next = spot{"next", "500110", "500110002", orb.Point{107.05, 29}}
	away = spot{"away", "500152", "500152001", orb.Point{105.8, 30.2}}
)

// world is a served database with a person of every role and things in every
// place.
type world struct {
	t          *testing.T
	db         *postgis.DB
	accounts   *account.Store
	registry   *registry.Store
	zones      *zone.Store
	proposals  *proposal.Store
	coverage   *coverage.Store
	walking    *walking.Store
	sites      *site.Store
	links      *link.Store
	dossiers   *dossier.Store
	surveys    *survey.Store
	program    *program.Store
	works      *works.Store
	approvals  *approval.Store
	progress   *progress.Store
	delivery   *delivery.Store
	packageDir string
	jobs       *job.Runner
	doctor     *doctor.Doctor
	server     *Server
	http       *httptest.Server
	stop       context.CancelFunc
	tokens     map[string]string    // by name
	apiTokens  map[uuid.UUID]string // texts
	people     map[string]account.Account
	standing   map[string]standing // by spot
	counter    atomic.Int64
	months     atomic.Int64 // of monthly reports, used up
	closings   atomic.Int64 // of months, used up
}

// standing are the things that are in a place from the beginning.
type standing struct {
	community, building, facility, zone string
	run, proposal                       uuid.UUID
}

// everyone are the people of a world by name: their roles, and nobody.
var everyone = []string{"nobody", "administrator", "planner", "officer", "contractor", "viewer"}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldOn(t, time.Now)
}

// newWorldOn is a world whose nouns take the day from now.
func newWorldOn(t *testing.T, now func() time.Time) *world {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	w := &world{t: t, db: postgistest.New(t), stop: stop, tokens: map[string]string{}, apiTokens: map[uuid.UUID]string{}, people: map[string]account.Account{}, standing: map[string]standing{}}
	postgistest.District(t, w.db)
	w.sql(`insert into district (code, name, boundary, gk_srid, policy_key, policy_version, profile_key)
		values ('500152', '潼南区', ST_Multi(ST_MakeEnvelope(105.5, 29.8, 106.1, 30.5, 4490)), 4544, 'tongnan-2021', '1', 'gb50180')`)
	w.sql(`insert into subdistrict (district_code, code, name, geom)
		values ('500152', '500152001', '桂林街道', ST_Multi(ST_MakeEnvelope(105.5, 29.8, 106.1, 30.5, 4490)))`)

	lib, err := policy.Load()
	w.must(err)
	cheap := argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	w.accounts, err = account.New(w.db, account.Config{Hash: &cheap})
	w.must(err)
	log := slog.New(slog.NewTextHandler(testLog{t}, &slog.HandlerOptions{Level: slog.LevelWarn}))
	w.registry = registry.New(w.db, lib)
	w.zones = zone.New(w.db)
	w.registry.FollowUndo(w.zones.UndoImport)
	w.walking = walking.New(w.db, log)
	w.coverage = coverage.New(w.db, lib, w.walking)
	w.sites = site.New(w.db, lib, w.coverage)
	w.links = link.New(w.db, log)
	tiles, err := tile.New(w.db, tile.Config{}, log)
	w.must(err)
	t.Cleanup(tiles.Close)
	w.dossiers = dossier.New(w.db, w.registry, lib, now)
	w.surveys = survey.New(w.db, w.registry, now)
	w.program = program.New(w.db, w.registry, lib, now)
	w.works = works.New(w.db, w.program, w.registry, lib, now)
	w.approvals = approval.New(w.db, w.program, w.registry, lib, now)
	w.progress = progress.New(w.db, w.program, w.registry, lib, now)
	w.proposals = proposal.New(w.db, w.zones)
	w.packageDir = t.TempDir()
	w.delivery = delivery.New(w.db, w.accounts, areaplan.New(w.db, w.zones, w.coverage, lib, "test"), w.surveys, w.progress, delivery.Config{Dir: w.packageDir})
	uploads := t.TempDir()
	imports, err := importer.New(w.db, w.registry, lib, uploads)
	w.must(err)
	w.doctor = doctor.New(w.db, w.registry, w.zones, imports, lib, uploads, now)
	w.doctor.AskPeople(w.accounts)
	imports.AskPeople(w.accounts)
	w.registry.FollowUndo(w.doctor.ImportUndone)
	w.jobs, err = job.NewRunner(w.db, job.Config{Handlers: map[string]job.Handler{
		proposal.JobKind:   w.proposals.Handle,
		site.JobKind:       w.sites.Handle,
		doctor.KindInspect: w.doctor.Inspect,
		doctor.KindImport:  w.doctor.Import,
		importer.UndoKind:  imports.Undo,
		delivery.JobKind:   w.delivery.Handle,
		"import":           func(context.Context, json.RawMessage, *job.Progress) (any, error) { return nil, nil },
	}}, log)
	w.must(err)
	w.server, err = New(ctx, Config{
		DB: w.db, Accounts: w.accounts, Registry: w.registry, Zones: w.zones, Coverage: w.coverage, Walking: w.walking, Sites: w.sites, Links: w.links,
		Proposals: w.proposals, Phases: phase.New(w.db, lib, now),
		Dossiers: w.dossiers, Surveys: w.surveys, Program: w.program, Works: w.works, Approvals: w.approvals, Progress: w.progress,
		Dashboard: dashboard.New(w.db, w.registry, lib, now),
		Importer:  imports,
		Delivery:  w.delivery,
		Doctor:    w.doctor,
		Exporter:  exporter.New(w.db, lib), Policies: lib, Tiles: tiles, Jobs: w.jobs, OGC: ogc.New(w.db),
		MetricsHandler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("figures")) }),
		UploadDir:      uploads, UploadLimit: 4 << 20, Log: log,
		Web: fstest.MapFS{
			"index.html":             {Data: []byte("<!doctype html>page")},
			"assets/app-1a2b.js":     {Data: []byte("plain script")},
			"assets/app-1a2b.js.gz":  {Data: []byte("packed with gzip")},
			"assets/app-1a2b.js.br":  {Data: []byte("packed with brotli")},
			"baked/index.html":       {Data: []byte("<!doctype html>viewer")},
			"baked/assets/v-3c4d.js": {Data: []byte("viewer's script")},
		},
	})
	w.must(err)
	w.http = httptest.NewServer(w.server)
	t.Cleanup(func() { stop(); w.http.Close() })

	for _, s := range []spot{own, next, away} {
		w.furnish(s)
	}
	w.signUp("administrator", account.Draft{Role: account.Administrator})
	w.signUp("planner", account.Draft{Role: account.Planner, District: own.district})
	w.signUp("officer", account.Draft{Role: account.Officer, District: own.district, Subdistricts: []string{own.subdistrict}})
	w.signUp("contractor", account.Draft{Role: account.Contractor, District: own.district, Zones: []string{w.standing["own"].zone}})
	w.signUp("viewer", account.Draft{Role: account.Viewer, District: own.district})
	return w
}

// testLog shows the service's warnings beside the test that caused them.
type testLog struct{ t *testing.T }

func (l testLog) Write(line []byte) (int, error) {
	l.t.Log(strings.TrimSpace(string(line)))
	return len(line), nil
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sql(query string, args ...any) {
	w.t.Helper()
	_, err := w.db.Pool.Exec(context.Background(), query, args...)
	w.must(err)
}

func (w *world) signUp(name string, d account.Draft) {
	w.t.Helper()
	ctx := context.Background()
	d.Name = name
	a, err := w.accounts.Create(ctx, d)
	w.must(err)
	link, err := w.accounts.IssueLink(ctx, a.ID)
	w.must(err)
	token, session, err := w.accounts.Redeem(ctx, link, "192.0.2.1", "test")
	w.must(err)
	w.must(w.accounts.SetPassword(account.With(ctx, session.Person), session, "", secret, ""))
	w.tokens[name], w.people[name] = token, a
}

// link is a fresh one-time link's token of somebody of the world.
func (w *world) link(name string) string {
	w.t.Helper()
	token, err := w.accounts.IssueLink(context.Background(), w.people[name].ID)
	w.must(err)
	return token
}

// furnish puts a community with a building, a facility, a zone around them and
// a coverage run into a place.
func (w *world) furnish(s spot) {
	w.t.Helper()
	ctx := context.Background()
	name := "some " + s.name
	c := w.community(s)
	st := standing{community: c.Code, building: "building-" + s.name}
	w.sql(`insert into building (district_code, code, subdistrict_code, community_id, households, geom)
		values ($1, $2, $3, (select id from community where district_code = $1 and code = $4), 12, ST_Multi(ST_Expand(ST_SetSRID(ST_MakePoint($5, $6), 4490), 0.0002)))`,
		s.district, st.building, s.subdistrict, c.Code, s.at[0], s.at[1])
	f, err := w.registry.CreateFacility(ctx, account.Everything, s.district, registry.NewFacility{FacilityType: "health_station", Name: name, Location: s.at})
	w.must(err)
	st.facility = f.Code
	z, err := w.zones.Create(ctx, account.Everything, s.district, zone.Draft{Name: name, Geometry: square(s.at, 0.002)})
	w.must(err)
	st.zone = z.Code
	radius := 300.0
	r, err := w.coverage.Run(ctx, account.Everything, s.district, coverage.Request{FacilityType: "health_station", Settings: coverage.Settings{Limit: coverage.Limit{Metres: &radius}, Method: "radius", Area: coverage.Area{Kind: coverage.AreaSubdistrict, Code: s.subdistrict}}})
	w.must(err)
	st.run = r.ID
	p, err := w.proposals.Ask(ctx, account.Everything, s.district, proposal.Request{
		Subdistricts: []string{s.subdistrict}, Eligibility: []string{"in", "out", "borderline"},
	})
	w.must(err)
	st.proposal = p.ID
	w.sql(`update proposal set answer = jsonb_build_object('zones', jsonb_build_array(jsonb_build_object('index', 1, 'communities', jsonb_build_array($2::text)))) where id = $1`,
		p.ID, st.community)
	w.standing[s.name] = st
}

func (w *world) community(s spot) registry.Community {
	w.t.Helper()
	name := fmt.Sprintf("小区 %d", w.counter.Add(1))
	n := registry.NewCommunity{CommunityPatch: registry.CommunityPatch{
		Name: &name, SubdistrictCode: &s.subdistrict, Geometry: square(s.at, 0.001),
	}}
	c, err := w.registry.CreateCommunity(context.Background(), account.Everything, s.district, n)
	w.must(err)
	return c
}

func (w *world) facility(s spot) registry.Facility {
	w.t.Helper()
	f, err := w.registry.CreateFacility(context.Background(), account.Everything, s.district,
		registry.NewFacility{FacilityType: "health_station", Name: "站", Location: s.at})
	w.must(err)
	return f
}

func (w *world) zone(s spot) zone.Zone {
	w.t.Helper()
	z, err := w.zones.Create(context.Background(), account.Everything, s.district,
		zone.Draft{Name: fmt.Sprintf("片区 %d", w.counter.Add(1)), Geometry: square(s.at, 0.002)})
	w.must(err)
	return z
}

// job is one that the named person asked for.
func (w *world) job(s spot, by string) job.Job {
	w.t.Helper()
	j, err := w.jobs.Enqueue(context.Background(), job.Request{District: s.district, Kind: "import", Title: "test", Args: importArgs{}, CreatedBy: by})
	w.must(err)
	return j
}

func (w *world) auditLength() (n int) {
	w.t.Helper()
	w.must(w.db.Pool.QueryRow(context.Background(), `select count(*) from audit_entry`).Scan(&n))
	return n
}

// square is a square around a point; half is half of its side in degrees.
func square(at orb.Point, half float64) orb.MultiPolygon {
	return orb.MultiPolygon{{{
		{at[0] - half, at[1] - half},
		{at[0] + half, at[1] - half},
		{at[0] + half, at[1] + half},
		{at[0] - half, at[1] + half},
		{at[0] - half, at[1] - half},
	}}}
}

func geometryJSON(shape orb.MultiPolygon) string {
	coordinates, err := json.Marshal(shape)
	if err != nil {
		panic(err)
	}
	return `{"type":"MultiPolygon","coordinates":` + string(coordinates) + `}`
}

// ask is a request of a test.
type ask struct {
	method, path string // path without the root
	body         string
	headers      map[string]string
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) problem(t *testing.T) (p Problem) {
	t.Helper()
	if kind := a.header.Get("Content-Type"); kind != "application/problem+json" {
		t.Errorf("content type %q", kind)
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		t.Fatalf("no problem document: %s", a.body)
	}
	if p.Status != a.status || p.Type == "" || p.Detail == "" {
		t.Errorf("problem %+v with status %d", p, a.status)
	}
	return p
}

func decode[T any](t *testing.T, a answer) (v T) {
	t.Helper()
	if err := json.Unmarshal(a.body, &v); err != nil {
		t.Fatalf("status %d: %s", a.status, a.body)
	}
	return v
}

// as sends a request as a person of the world, or as nobody. A stream is left
// once its status is known.
func (w *world) as(person string, q ask) answer {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, q.method, w.http.URL+q.path, strings.NewReader(q.body))
	w.must(err)
	if q.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range q.headers {
		r.Header.Set(name, value)
	}
	if token := w.tokens[person]; token != "" && r.Header.Get("Cookie") == "" {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: token})
	}
	got, err := http.DefaultTransport.RoundTrip(r)
	w.must(err)
	defer got.Body.Close()
	a := answer{status: got.StatusCode, header: got.Header}
	if policy := got.Header.Get("Content-Security-Policy"); strings.Contains(policy, "unsafe-") {
		w.t.Errorf("%s %s: the content policy is %s", q.method, q.path, policy)
	}
	if got.Header.Get("Content-Type") != "text/event-stream" {
		a.body, err = io.ReadAll(got.Body)
		w.must(err)
	}
	return a
}

// form is a multipart upload.
func form(file, name string, fields map[string]string) (body, contentType string) {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for field, value := range fields {
		_ = m.WriteField(field, value)
	}
	part, _ := m.CreateFormFile("file", name)
	_, _ = part.Write([]byte(file))
	_ = m.Close()
	return b.String(), m.FormDataContentType()
}
