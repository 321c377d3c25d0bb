package faults

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/lianpian/lianpian/internal/app/apptest"
)

// outcome is what a client knows of a write.
type outcome int

const (
	unknown outcome = iota // no answer, or one that says that it does not know
	made                   // acknowledged
	refused                // said not to have been made
)

// deed is one write that a client asked for.
type deed struct {
	kind   string // edit, zone, import, package, proposal
	mark   string // that it left, when it was made
	id     string // of what was acknowledged
	result outcome
}

// ledger is what the clients know, to be compared with what is there.
type ledger struct {
	mu    sync.Mutex
	deeds []deed
	odd   []string // answers that are neither a success nor a clean problem
}

func (l *ledger) note(d deed) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deeds = append(l.deeds, d)
}

func (l *ledger) complain(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.odd = append(l.odd, fmt.Sprintf(format, args...))
}

func (l *ledger) count(result outcome) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, d := range l.deeds {
		if d.result == result {
			n++
		}
	}
	return n
}

// awaitMore waits until so many more writes have been acknowledged.
func (l *ledger) awaitMore(n int, patience time.Duration) {
	for want, begun := l.count(made)+n, time.Now(); l.count(made) < want && time.Since(begun) < patience; {
		time.Sleep(5 * time.Millisecond)
	}
}

// client works in a district through the API.
type client struct {
	w      *world
	base   func() string
	http   *http.Client
	ledger *ledger
}

func (w *world) client(l *ledger, base func() string) *client {
	transport := &http.Transport{MaxIdleConnsPerHost: 16, ResponseHeaderTimeout: 50 * time.Second}
	w.t.Cleanup(transport.CloseIdleConnections)
	return &client{w: w, base: base, ledger: l, http: &http.Client{Transport: transport}}
}

func at(s *apptest.Service) func() string { return func() string { return "http://" + s.Address } }

type answer struct {
	status int
	head   http.Header
	body   []byte
}

// ask sends a request; an error is a connection that broke.
func (c *client) ask(ctx context.Context, method, path string, body any, head ...string) (answer, error) {
	var content io.Reader
	kind := "application/json"
	switch b := body.(type) {
	case nil:
	case *form:
		content, kind = bytes.NewReader(b.content.Bytes()), b.kind
	default:
		encoded, err := json.Marshal(b)
		if err != nil {
			return answer{}, err
		}
		content = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base()+"/api/v1"+path, content)
	if err != nil {
		return answer{}, err
	}
	if content != nil {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Cookie", "lianpian_session="+c.w.cookie)
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	resp, err := c.http.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, read}, err
}

// judge tells what a client may conclude from an answer to a write.
func (c *client) judge(what string, a answer, err error) outcome {
	switch {
	case err != nil && a.status == 0:
		return unknown
	case a.status >= 200 && a.status < 300:
		return made // also where the rest of the answer was cut off
	case err != nil:
		return unknown
	}
	var problem struct{ Type, Detail string }
	if json.Unmarshal(a.body, &problem) != nil || problem.Type == "" || problem.Detail == "" {
		c.ledger.complain("%s: %d with no problem document: %.200s", what, a.status, a.body)
		return unknown
	}
	switch {
	case strings.HasSuffix(problem.Type, ":unknown-outcome"):
		return unknown
	case strings.HasSuffix(problem.Type, ":internal"):
		c.ledger.complain("%s: %d %s", what, a.status, a.body)
		return unknown
	}
	return refused
}

type form struct {
	kind    string
	content bytes.Buffer
}

func fileForm(name, text string) *form {
	f := &form{}
	w := multipart.NewWriter(&f.content)
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = io.WriteString(part, text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		panic(err) // a buffer takes everything
	}
	f.kind = w.FormDataContentType()
	return f
}

// edit writes a remark that nobody else writes.
func (c *client) edit(ctx context.Context, mark string, n int) outcome {
	path := fmt.Sprintf("/districts/%s/communities/c%d", c.w.district, n)
	seen, err := c.ask(ctx, http.MethodGet, path, nil)
	if err != nil || seen.status != http.StatusOK {
		c.judge("read a community", seen, err)
		return refused // nothing was asked for
	}
	a, err := c.ask(ctx, http.MethodPatch, path, map[string]any{"remark": mark}, "If-Match", seen.head.Get("ETag"))
	result := c.judge("edit", a, err)
	c.ledger.note(deed{"edit", mark, fmt.Sprint("c", n), result})
	return result
}

// zone draws a zone.
func (c *client) zone(ctx context.Context, mark string, r *rand.Rand) (code string, result outcome) {
	west, south := 106.9+r.Float64()*0.01, 28.95+r.Float64()*0.01
	a, err := c.ask(ctx, http.MethodPost, "/districts/"+c.w.district+"/zones", map[string]any{
		"name":     mark,
		"geometry": map[string]any{"type": "Polygon", "coordinates": square(west, south, 0.006)},
	})
	result = c.judge("zone", a, err)
	var made struct{ Code string }
	_ = json.Unmarshal(a.body, &made)
	c.ledger.note(deed{"zone", mark, made.Code, result})
	return made.Code, result
}

func square(west, south, side float64) [][][2]float64 {
	return [][][2]float64{{{west, south}, {west + side, south}, {west + side, south + side}, {west, south + side}, {west, south}}}
}

const importRows = 30

// bring uploads a ledger of communities that only it has.
func (c *client) bring(ctx context.Context, mark string) (job string, result outcome) {
	var text strings.Builder
	text.WriteString("小区编码,小区名称,户数,街道\n")
	for i := range importRows {
		fmt.Fprintf(&text, "%s-%d,%s %d院,%d,东林街道\n", mark, i, mark, i, 50+i)
	}
	a, err := c.ask(ctx, http.MethodPost, "/districts/"+c.w.district+"/imports", fileForm(mark+".csv", text.String()))
	result = c.judge("import", a, err)
	var asked struct{ ID string }
	_ = json.Unmarshal(a.body, &asked)
	c.ledger.note(deed{"import", mark, asked.ID, result})
	return asked.ID, result
}

// order asks for a package of a zone.
func (c *client) order(ctx context.Context, mark, zone string) (job string, result outcome) {
	a, err := c.ask(ctx, http.MethodPost, "/districts/"+c.w.district+"/packages", map[string]any{
		"title": mark, "zones": []string{zone}, "parts": []string{"book", "csv"},
	})
	result = c.judge("package", a, err)
	var asked struct {
		Package struct{ ID string }
		Job     struct{ ID string }
	}
	_ = json.Unmarshal(a.body, &asked)
	c.ledger.note(deed{"package", mark, asked.Package.ID, result})
	return asked.Job.ID, result
}

// propose asks for a proposal of zones, which is known by its seed.
func (c *client) propose(ctx context.Context) outcome {
	seed := c.w.seeds.Add(1)
	a, err := c.ask(ctx, http.MethodPost, "/districts/"+c.w.district+"/proposals", map[string]any{
		"seconds": 1, "seed": seed, "max_diameter_m": 1500, "eligibility": everything,
		"totals": []map[string]any{{"name": "households", "min": 400, "max": 900}},
	})
	result := c.judge("proposal", a, err)
	var asked struct{ ID string }
	_ = json.Unmarshal(a.body, &asked)
	c.ledger.note(deed{"proposal", fmt.Sprint(seed), asked.ID, result})
	return result
}

// longWork are the kinds of jobs that people ask for.
var longWork = []string{"import", "package", "proposal"}

// askFor asks for a job of a kind.
func (c *client) askFor(ctx context.Context, kind, mark string, r *rand.Rand) {
	switch kind {
	case "import":
		c.bring(ctx, mark)
	case "package":
		if zone, result := c.zone(ctx, mark+"-zone", r); result == made {
			c.order(ctx, mark, zone)
		}
	case "proposal":
		c.propose(ctx)
	}
}

// work does one thing after another until ctx ends.
func (c *client) work(ctx context.Context, name string, r *rand.Rand) {
	zone := ""
	for n := 0; ctx.Err() == nil; n++ {
		mark := fmt.Sprintf("%s-%d", name, n)
		asking, cancel := context.WithTimeout(context.WithoutCancel(ctx), 60*time.Second)
		switch pick := r.IntN(100); {
		case pick < 60:
			c.edit(asking, mark, r.IntN(communities))
		case pick < 80:
			if code, result := c.zone(asking, mark, r); result == made {
				zone = code
			}
		case pick < 92:
			c.bring(asking, mark)
		case pick < 97 && zone != "":
			c.order(asking, mark, zone)
		default:
			c.propose(asking)
		}
		cancel()
		time.Sleep(10 * time.Millisecond) // nobody is quicker, also where nothing answers
	}
}

// crowd lets several clients work until the function that it returns is called,
// which waits for what they have asked for.
func (w *world) crowd(l *ledger, base func() string, name string, people int, seed uint64) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var working sync.WaitGroup
	for p := range people {
		c := w.client(l, base)
		r := rand.New(rand.NewPCG(seed, uint64(p)))
		working.Go(func() { c.work(ctx, fmt.Sprintf("%s-p%d", name, p), r) })
	}
	stop = sync.OnceFunc(func() { cancel(); working.Wait() })
	w.t.Cleanup(stop)
	return stop
}

// settled waits until every job has ended, and fails where one does not.
func (w *world) settled(patience time.Duration) time.Duration {
	w.t.Helper()
	begun := time.Now()
	for {
		open := one[int](w, `select count(*) from job where state in ('queued', 'running')`)
		if open == 0 {
			return time.Since(begun)
		}
		if time.Since(begun) > patience {
			w.t.Errorf("%d jobs have not ended within %s: %v", open, patience,
				texts(w, `select j.kind || ' ' || j.state || ' ' || j.attempt || ' ' || coalesce(q.state::text, 'gone') from job j left join river_job q on q.id = j.river_id where j.state in ('queued', 'running')`))
			return patience
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// halves are imports of which only a part is there.
func (w *world) halves() []string {
	w.t.Helper()
	return texts(w, `
		select format('%s: %s rows', mark, n) from (
			select substring(code from '^(.*)-[0-9]+$') as mark, count(*) as n from community where code like '%-%' group by 1) x
		where n <> $1`, importRows)
}

// compare holds the ledger against the database: every acknowledged write is
// there once, with one entry in the audit trail; what was refused is not there;
// what is not known is there once or not at all.
func (w *world) compare(l *ledger, files string) {
	w.t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, complaint := range l.odd {
		w.t.Errorf("not a clean answer: %s", complaint)
	}
	there := map[string]map[string]int{}
	for kind, sql := range map[string]string{
		"edit":     `select after ->> 'remark' from audit_entry where action = 'community.update' and coalesce(before ->> 'remark', '') is distinct from after ->> 'remark'`,
		"zone":     `select name from zone`,
		"zone'":    `select after ->> 'name' from audit_entry where action = 'zone.create'`,
		"import":   `select distinct substring(code from '^(.*)-[0-9]+$') from community where code like '%-%'`,
		"import'":  `select replace(entity_code, '.csv', '') from audit_entry where action = 'import.request'`,
		"import''": `select replace(title, '.csv', '') from register_import`,
		"package":  `select title from package where sha256 is not null`,
		"package'": `select p.title from audit_entry a join package p on p.id::text = a.entity_code where a.action = 'package.make'`,
		// Only the newest proposals are kept, all of their jobs and entries are.
		"proposal":  `select a.after ->> 'seed' from audit_entry a join job j on j.args ->> 'proposal' = a.entity_code where a.action = 'proposal.ask' and j.kind = 'proposal' and j.state = 'done' and j.report ->> 'proposal' = a.entity_code`,
		"proposal'": `select after ->> 'seed' from audit_entry where action = 'proposal.ask'`,
	} {
		there[kind] = map[string]int{}
		for _, mark := range texts(w, sql) {
			there[kind][mark]++
		}
	}
	checked := map[string]int{}
	for _, d := range l.deeds {
		for _, kind := range []string{d.kind, d.kind + "'", d.kind + "''"} {
			marks, known := there[kind]
			if !known {
				continue
			}
			n := marks[d.mark]
			switch {
			case d.result == made && n != 1:
				w.t.Errorf("acknowledged %s %q is there %d times (%s)", d.kind, d.mark, n, kind)
			case d.result == refused && n != 0:
				w.t.Errorf("refused %s %q is there (%s)", d.kind, d.mark, kind)
			case d.result == unknown && n > 1:
				w.t.Errorf("%s %q is there %d times (%s)", d.kind, d.mark, n, kind)
			}
		}
		checked[fmt.Sprint(d.kind, " ", [...]string{"unknown", "made", "refused"}[d.result])]++
	}
	if bad := w.halves(); len(bad) > 0 {
		w.t.Errorf("half imports: %v", bad)
	}
	// They begin alike, and every edit is one version and one entry.
	if first := texts(w, `
		select distinct (c.version - (select count(*) from audit_entry a where a.entity = 'community' and a.entity_code = c.code and a.action = 'community.update'))::text
		from community c where c.code ~ '^c[0-9]+$'`); len(first) != 1 {
		w.t.Errorf("versions and audit entries of communities differ by %v", first)
	}
	if bad := texts(w, `
		select scenario_id || ': ' || count(*) || ' of ' || max(revision) - min(revision) + 1 from scenario_revision group by scenario_id
		having count(*) <> max(revision) - min(revision) + 1`); len(bad) > 0 {
		w.t.Errorf("gaps in the revisions of scenarios: %v", bad)
	}
	if bad := texts(w, `select kind || ': ' || error from job where state = 'failed'`); len(bad) > 0 {
		w.t.Errorf("jobs have failed: %v", bad)
	}
	if bad := texts(w, `
		select p.id::text from proposal p left join job j on j.id = p.job_id
		where j.state is distinct from 'done' or p.answer is null
		   or not exists (select from proposal_community c where c.proposal_id = p.id)`); len(bad) > 0 {
		w.t.Errorf("proposals that are not what their jobs say: %v", bad)
	}
	for _, name := range texts(w, `select id::text from package where sha256 is not null`) {
		if _, err := os.Stat(filepath.Join(files, "packages", name+".zip")); err != nil {
			w.t.Errorf("a package without its file: %v", err)
		}
	}
	w.t.Logf("compared: %v", checked)
	if checked["edit made"] == 0 {
		w.t.Error("nothing was done")
	}
}

// everything lets every community be placed.
var everything = []string{"in", "out", "borderline"}
