package httpapi

import (
	"bufio"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

func TestSigningInAndOut(t *testing.T) {
	w := newWorld(t)
	got := w.as("nobody", write("POST", "/session", 0, fmt.Sprintf(`{"name":"officer","password":%q}`, secret)))
	if got.status != http.StatusOK {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	cookie := got.header.Get("Set-Cookie")
	for _, part := range []string{cookieName + "=", "HttpOnly", "SameSite=Lax", "Path=/", "Expires="} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q lacks %s", cookie, part)
		}
	}
	if strings.Contains(cookie, "Secure") {
		t.Errorf("cookie over plain HTTP is secure: %q", cookie)
	}
	signedIn := decode[Me](t, got)
	if signedIn.Name != "officer" || signedIn.Role != account.Officer || len(signedIn.Scope.Subdistricts) != 1 || !signedIn.HasPassword {
		t.Errorf("signed in as %+v", signedIn)
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(cookie, cookieName+"="), ";")
	w.tokens["again"] = token
	if got := w.as("again", ask{method: "DELETE", path: root + "/session"}); got.status != http.StatusNoContent || !strings.Contains(got.header.Get("Set-Cookie"), "Max-Age=0") {
		t.Errorf("sign out: %d, %q", got.status, got.header.Get("Set-Cookie"))
	}
	if got := w.as("again", ask{method: "GET", path: root + "/session"}); got.status != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", got.status)
	}
	planner := decode[map[string]any](t, w.as("planner", ask{method: "GET", path: root + "/session"}))
	if subdistricts, present := planner["scope"].(map[string]any)["subdistricts"]; !present || subdistricts != nil {
		t.Errorf("a planner's subdistricts are %v, want null: no limit", subdistricts)
	}
}

func TestALinkSignsInOnceAndThenAPasswordIsChosen(t *testing.T) {
	w := newWorld(t)
	made := decode[account.Account](t, w.as("administrator", write("POST", "/accounts", 0, `{"name":"newcomer","role":"planner","district":"500110"}`)))
	link := decode[SignInLink](t, w.as("administrator", write("POST", "/accounts/"+made.ID.String()+"/link", 0, "")))
	prefix := w.http.URL + "/sign-in?token="
	if !strings.HasPrefix(link.URL, prefix) {
		t.Fatalf("link %s", link.URL)
	}
	body := fmt.Sprintf(`{"token":%q}`, strings.TrimPrefix(link.URL, prefix))
	got := w.as("nobody", write("POST", "/session/link", 0, body))
	if got.status != http.StatusOK {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	if me := decode[Me](t, got); me.HasPassword || !me.ByLink {
		t.Errorf("%+v", me)
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(got.header.Get("Set-Cookie"), cookieName+"="), ";")
	w.tokens["newcomer"] = token
	if again := w.as("nobody", write("POST", "/session/link", 0, body)); again.status != http.StatusUnauthorized {
		t.Errorf("the link again: %d", again.status)
	}
	if got := w.as("newcomer", write("PUT", "/session/password", 0, `{"new":"short"}`)); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a short password: %d", got.status)
	}
	if got := w.as("newcomer", write("PUT", "/session/password", 0, `{"new":"long enough"}`)); got.status != http.StatusNoContent {
		t.Errorf("a password: %d\n%s", got.status, got.body)
	}
	if got := w.as("nobody", write("POST", "/session", 0, `{"name":"newcomer","password":"long enough"}`)); got.status != http.StatusOK {
		t.Errorf("signing in with it: %d", got.status)
	}
}

func TestGuessingPasswordsIsSlowed(t *testing.T) {
	w := newWorld(t)
	var got answer
	for range 8 {
		got = w.as("nobody", write("POST", "/session", 0, `{"name":"planner","password":"guess"}`))
	}
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", got.status, got.header.Get("Retry-After"))
	}
}

func TestRequestsOfOtherSitesAreRefused(t *testing.T) {
	w := newWorld(t)
	for name, headers := range map[string]map[string]string{
		"by fetch metadata": {"Sec-Fetch-Site": "cross-site"},
		"by origin":         {"Origin": "https://evil.example"},
	} {
		q := write("POST", "/districts/500110/zones/measure", 0, `{"geometry":`+geometryJSON(square(own.at, 0.003))+`}`)
		q.headers = headers
		got := w.as("planner", q)
		if got.status != http.StatusForbidden || got.problem(t).Type != "urn:lianpian:problem:cross-origin" {
			t.Errorf("%s: %d\n%s", name, got.status, got.body)
		}
	}
}

func TestHeadersProtectThePage(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/", root + "/districts"} {
		h := w.as("planner", ask{method: "GET", path: path}).header
		policy := h.Get("Content-Security-Policy")
		for _, part := range []string{"default-src 'self'", "worker-src 'self' blob:", "style-src 'self'", "img-src 'self' data: blob:", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, part) {
				t.Errorf("%s: policy %q lacks %q", path, policy, part)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q lets in what the page does not carry", path, policy)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Referrer-Policy") != "no-referrer" || h.Get("X-Request-Id") == "" {
			t.Errorf("%s: %v", path, h)
		}
	}
	if cache := w.as("planner", ask{method: "GET", path: root + "/districts"}).header.Get("Cache-Control"); cache != "no-store" {
		t.Errorf("the API is cached: %q", cache)
	}
}

func TestThePagesOwnScriptsAndStylesAreLetIn(t *testing.T) {
	files, err := readWeb(fstest.MapFS{"index.html": {Data: []byte(`<style>1+1</style><script>1+1</script><script type="module" src="/a.js"></script>`)}})
	if err != nil {
		t.Fatal(err)
	}
	// printf '1+1' | openssl dgst -sha256 -binary | base64
	if want := []string{"'sha256-Shsh2HauAMjtXE0c3gnGH4phtQ/jcKgBsQwzmDHzcKs='"}; !slices.Equal(files.inlineScripts, want) {
		t.Errorf("%v, want %v", files.inlineScripts, want)
	} else if !slices.Equal(files.inlineStyles, want) {
		t.Errorf("styles %v, want %v", files.inlineStyles, want)
	} else if policy := contentPolicy(files.inlineScripts, files.inlineStyles); !strings.Contains(policy, "style-src 'self' "+want[0]+";") {
		t.Errorf("policy %q", policy)
	}
}

func TestTheWebAppIsServedPackedAndFresh(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		path, accept                  string
		status                        int
		body, encoding, kind, caching string
	}{
		"the page":             {"/", "", 200, "<!doctype html>page", "", "text/html; charset=utf-8", "no-cache"},
		"an address of it":     {"/d/500110/zones?x=1", "", 200, "<!doctype html>page", "", "text/html; charset=utf-8", "no-cache"},
		"a script":             {"/assets/app-1a2b.js", "", 200, "plain script", "", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"a script, gzip":       {"/assets/app-1a2b.js", "gzip", 200, "packed with gzip", "gzip", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"a script, brotli":     {"/assets/app-1a2b.js", "gzip, deflate, br", 200, "packed with brotli", "br", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"brotli refused":       {"/assets/app-1a2b.js", "br;q=0, gzip;q=0.5", 200, "packed with gzip", "gzip", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"a missing script":     {"/assets/app-old.js", "", 404, "", "", "application/problem+json", ""},
		"a missing icon":       {"/favicon.ico", "", 404, "", "", "application/problem+json", ""},
		"the viewer":           {"/baked/", "", 200, "<!doctype html>viewer", "", "text/html; charset=utf-8", "no-cache"},
		"its script":           {"/baked/assets/v-3c4d.js", "", 200, "viewer's script", "", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"outside":              {"/../../etc/passwd", "", 200, "<!doctype html>page", "", "text/html; charset=utf-8", "no-cache"},
		"not the API's domain": {"/api/v2/districts", "", 404, "", "", "application/problem+json", ""},
	} {
		got := w.as("nobody", ask{method: "GET", path: c.path, headers: map[string]string{"Accept-Encoding": cmp.Or(c.accept, "identity")}})
		if got.status != c.status || got.header.Get("Content-Type") != c.kind {
			t.Errorf("%s: %d, %q", name, got.status, got.header.Get("Content-Type"))
		}
		if c.status != 200 {
			continue
		}
		if string(got.body) != c.body || got.header.Get("Content-Encoding") != c.encoding || got.header.Get("Cache-Control") != c.caching || got.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %q, %v", name, got.body, got.header)
		}
		again := w.as("nobody", ask{method: "GET", path: c.path, headers: map[string]string{"Accept-Encoding": cmp.Or(c.accept, "identity"), "If-None-Match": got.header.Get("ETag")}})
		if again.status != http.StatusNotModified || len(again.body) != 0 {
			t.Errorf("%s again: %d", name, again.status)
		}
	}
}

func TestTheViewersAddressEndsInASlash(t *testing.T) {
	w := newWorld(t)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	got, err := client.Get(w.http.URL + "/baked")
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	if got.StatusCode != http.StatusPermanentRedirect || got.Header.Get("Location") != "/baked/" {
		t.Errorf("%d, %q", got.StatusCode, got.Header.Get("Location"))
	}
}

func TestTilesAreAskedForAgainAndComeOnlyWhenChanged(t *testing.T) {
	w := newWorld(t)
	z, x, y := 14, int((own.at[0]+180)/360*(1<<14)), 6811
	path := fmt.Sprintf("%s/districts/500110/tiles/communities,zones/%d/%d/%d.mvt", root, z, x, y)
	first := w.as("planner", ask{method: "GET", path: path, headers: map[string]string{"Accept-Encoding": "gzip"}})
	if first.status != 200 || first.header.Get("Content-Type") != "application/vnd.mapbox-vector-tile" || len(first.body) == 0 {
		t.Fatalf("%d, %v, %d bytes", first.status, first.header, len(first.body))
	}
	if first.header.Get("Cache-Control") != "private, no-cache" || !strings.Contains(first.header.Get("Vary"), "Accept-Encoding") {
		t.Errorf("%v", first.header)
	}
	headers := map[string]string{"Accept-Encoding": "gzip", "If-None-Match": first.header.Get("ETag")}
	if again := w.as("planner", ask{method: "GET", path: path, headers: headers}); again.status != http.StatusNotModified {
		t.Errorf("again: %d", again.status)
	}
	w.zone(own)
	if after := w.as("planner", ask{method: "GET", path: path, headers: headers}); after.status != http.StatusOK || after.header.Get("ETag") == first.header.Get("ETag") {
		t.Errorf("after an edit: %d, %s", after.status, after.header.Get("ETag"))
	}
}

func TestLargeAnswersAreCompressed(t *testing.T) {
	w := newWorld(t)
	got := w.as("planner", ask{method: "GET", path: root + "/policies/wansheng-2020", headers: map[string]string{"Accept-Encoding": "gzip"}})
	if got.header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("%d, %v", got.status, got.header)
	}
	unpacked, err := gzip.NewReader(strings.NewReader(string(got.body)))
	if err != nil {
		t.Fatal(err)
	}
	var p map[string]any
	if err := json.NewDecoder(unpacked).Decode(&p); err != nil || p["key"] != "wansheng-2020" {
		t.Errorf("%v, %v", p["key"], err)
	}
}

func TestTheRulebookShowsTheLibraryAndIsNotIt(t *testing.T) {
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	book, err := newRulebook(lib)
	if err != nil {
		t.Fatal(err)
	}
	empty := regexp.MustCompile(`:\[\]`)
	for i, p := range lib.Policies() {
		want, _ := json.Marshal(p)
		got, _ := json.Marshal(book.policies[i])
		if string(empty.ReplaceAll(got, []byte(":null"))) != string(empty.ReplaceAll(want, []byte(":null"))) {
			t.Errorf("policy %s is shown otherwise than it is", p.Key)
		}
	}
	if len(book.types) != len(lib.FacilityTypes()) || len(book.profiles) != len(lib.Profiles()) {
		t.Errorf("%d types, %d profiles", len(book.types), len(book.profiles))
	}
}

func TestAnExportIsAFileWithAName(t *testing.T) {
	w := newWorld(t)
	for format, begins := range map[string]string{"xlsx": "PK", "geojson": "{"} {
		got := w.as("planner", ask{method: "GET", path: root + "/districts/500110/zones/" + w.standing["own"].zone + "/export?format=" + format})
		disposition := got.header.Get("Content-Disposition")
		_, parameters, err := mime.ParseMediaType(disposition)
		if got.status != 200 || !strings.HasPrefix(string(got.body), begins) || err != nil || !strings.HasSuffix(parameters["filename"], "."+format) {
			t.Errorf("%s: %d, %q, %v, %.20q", format, got.status, disposition, err, got.body)
		}
	}
}

func TestADistrictsAdministratorStaysInTheDistrict(t *testing.T) {
	w := newWorld(t)
	w.signUp("local", account.Draft{Role: account.Administrator, District: own.district})
	theirs, foreign := someAccount(w, own), someAccount(w, away)
	boss := w.people["administrator"]
	for _, c := range []struct {
		ask  ask
		want int
	}{
		{ask{method: "GET", path: root + "/accounts"}, 200},
		{write("PATCH", "/accounts/"+theirs.ID.String(), theirs.Version, `{"display_name":"某人"}`), 200},
		{write("PATCH", "/accounts/"+theirs.ID.String(), theirs.Version+1, `{"district":"500152"}`), 403},
		{write("PATCH", "/accounts/"+theirs.ID.String(), theirs.Version+1, `{"role":"administrator","district":""}`), 403},
		{write("PATCH", "/accounts/"+foreign.ID.String(), foreign.Version, `{"display_name":"某人"}`), 403},
		{write("POST", "/accounts/"+foreign.ID.String()+"/link", 0, ""), 403},
		{write("POST", "/accounts/"+boss.ID.String()+"/link", 0, ""), 403},
		{write("DELETE", "/accounts/"+boss.ID.String(), boss.Version, ""), 403},
		{write("POST", "/accounts", 0, `{"name":"king","role":"administrator"}`), 403},
		{write("POST", "/accounts", 0, `{"name":"spy","role":"viewer","district":"500152"}`), 403},
		{write("POST", "/accounts", 0, `{"name":"clerk","role":"viewer","district":"500110"}`), 201},
		{ask{method: "GET", path: root + "/audit?district=500152"}, 403},
		{ask{method: "GET", path: root + "/audit"}, 200},
	} {
		got := w.as("local", c.ask)
		if got.status != c.want {
			t.Errorf("%s %s: %d, want %d\n%s", c.ask.method, c.ask.path, got.status, c.want, got.body)
		}
		if strings.Contains(string(got.body), away.district) && got.status == 200 {
			t.Errorf("%s %s shows the other district", c.ask.method, c.ask.path)
		}
	}
}

func TestListsAreNeverNull(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{
		"/districts/500152/zones/" + w.standing["away"].zone, "/districts/500110/communities?q=nothing", "/districts/500110/search?q=nothing",
		"/accounts", "/policies/wansheng-2020", "/facility-types", "/districts/500110/jobs", "/districts/500110/facilities",
	} {
		got := w.as("administrator", ask{method: "GET", path: root + path})
		var v any
		if err := json.Unmarshal(got.body, &v); err != nil || got.status != 200 {
			t.Errorf("%s: %d, %v", path, got.status, err)
			continue
		}
		if items, ok := v.(map[string]any)["items"]; ok && items == nil {
			t.Errorf("%s: items is null", path)
		}
	}
}

// listen opens a stream and returns its lines.
func (w *world) listen(person, path string) (lines <-chan string, leave func()) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, err := http.NewRequestWithContext(ctx, "GET", w.http.URL+root+path, nil)
	w.must(err)
	r.AddCookie(&http.Cookie{Name: cookieName, Value: w.tokens[person]})
	got, err := http.DefaultTransport.RoundTrip(r)
	w.must(err)
	if got.StatusCode != 200 || got.Header.Get("Content-Type") != "text/event-stream" {
		w.t.Fatalf("%s: %d, %v", path, got.StatusCode, got.Header)
	}
	out := make(chan string, 1000)
	go func() {
		defer close(out)
		defer got.Body.Close()
		scanner := bufio.NewScanner(got.Body)
		for scanner.Scan() {
			out <- scanner.Text()
		}
	}()
	return out, cancel
}

// await returns the data of the next event of a kind.
func await(t *testing.T, lines <-chan string, event string) string {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		select {
		case line, open := <-lines:
			if !open {
				t.Fatalf("the stream ended before %s", event)
			}
			if line == "event: "+event {
				return strings.TrimPrefix(<-lines, "data: ")
			}
		case <-deadline:
			t.Fatalf("no event %s", event)
		}
	}
}

func TestAnOpenMapHearsOfChangesInItsDistrict(t *testing.T) {
	w := newWorld(t)
	lines, leave := w.listen("viewer", "/districts/500110/events")
	defer leave()
	w.zone(away)
	w.zone(own)
	var change MapChange
	if err := json.Unmarshal([]byte(await(t, lines, "change")), &change); err != nil {
		t.Fatal(err)
	}
	if change.BBox == nil || change.BBox[0] > own.at[0] || change.BBox[2] < own.at[0] {
		t.Errorf("the first change heard of is %+v", change)
	}
}

func TestASlowMapHearsThatEverythingChanged(t *testing.T) {
	b := newBroker()
	w := b.watch("500110", account.Person{Role: account.Planner})
	for i := range 3 * maxPending {
		b.publish(0, []postgis.Change{{District: "500110", Layer: "zones", Bound: orb.Bound{Max: orb.Point{1, float64(i)}}}, {District: "500152", Layer: "zones"}})
	}
	taken, _ := w.take()
	if len(taken) > maxPending || !reflect.DeepEqual(taken[0], postgis.Change{}) {
		t.Errorf("%d pending, the first %+v", len(taken), taken[0])
	}
	b.leave(w)
	if len(b.watches) != 0 {
		t.Error("a watch that left is still there")
	}
}

func TestWhatComesAgainBeforeItIsToldIsToldOnce(t *testing.T) {
	w := newBroker().watch("500110", account.Person{Role: account.Planner})
	scenarios := postgis.Change{District: "500110", Layer: "scenarios", Everybody: true}
	for n := range 40 { // with each zone the scenario changes, too
		w.add(int64(n), []postgis.Change{{District: "500110", Layer: "zones", Zones: []int64{int64(n)}}, scenarios})
	}
	taken, heard := w.take()
	if len(taken) != 41 || heard != 39 {
		t.Errorf("%d changes wait, up to %d", len(taken), heard)
	}
	w.add(40, []postgis.Change{scenarios})
	if taken, heard = w.take(); len(taken) != 1 || heard != 40 {
		t.Errorf("after they were told, %d changes wait, up to %d", len(taken), heard)
	}
}

func TestAJobIsWatchedToItsEnd(t *testing.T) {
	w := newWorld(t)
	j := w.job(own, "planner")
	lines, leave := w.listen("planner", "/jobs/"+j.ID.String()+"/events")
	defer leave()
	var seen job.Job
	if err := json.Unmarshal([]byte(await(t, lines, "progress")), &seen); err != nil || seen.State != job.Queued {
		t.Fatalf("%+v, %v", seen, err)
	}
	if got := w.as("planner", ask{method: "DELETE", path: root + "/jobs/" + j.ID.String()}); got.status != 200 {
		t.Fatalf("cancel: %d", got.status)
	}
	if err := json.Unmarshal([]byte(await(t, lines, "progress")), &seen); err != nil || seen.State != job.Cancelled {
		t.Errorf("%+v, %v", seen, err)
	}
	for range lines { // until it ends by itself
	}
}

func TestStreamsEndWithTheService(t *testing.T) {
	w := newWorld(t)
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	before := goleak.IgnoreCurrent()
	var streams []<-chan string
	for range 5 {
		lines, leave := w.listen("planner", "/districts/500110/events")
		defer leave()
		streams = append(streams, lines)
	}
	w.stop()
	for _, lines := range streams {
		deadline := time.After(30 * time.Second)
		for open := true; open; {
			select {
			case _, open = <-lines:
			case <-deadline:
				t.Fatal("a stream goes on after the service has stopped")
			}
		}
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	w.http.Config.SetKeepAlivesEnabled(false)
	if err := goleak.Find(before, goleak.IgnoreAnyFunction("github.com/jackc/pgx/v5/pgxpool.(*Pool).backgroundHealthCheck")); err != nil {
		t.Error(err)
	}
	if n := len(w.server.changes.watches); n != 0 {
		t.Errorf("%d watches are left", n)
	}
}

func TestAPanicIsAProblemWithANumber(t *testing.T) {
	s, err := build(t.Context(), Config{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h := s.record(s.recoverPanics(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("broken") })))
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest("GET", root+"/districts", nil))
	var p Problem
	if err := json.NewDecoder(rec.Body).Decode(&p); err != nil {
		t.Fatal(err)
	}
	if rec.Code != 500 || p.RequestID == "" || p.RequestID != rec.Header().Get("X-Request-Id") || strings.Contains(p.Detail, "broken") {
		t.Errorf("%d, %+v", rec.Code, p)
	}
}

func TestOnlyTrustedProxiesSayWhereARequestComesFrom(t *testing.T) {
	trusted, err := parseProxies([]string{"10.0.0.0/8", "192.0.2.1"})
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{proxies: trusted}
	for _, c := range []struct {
		remote, forwarded, proto, want string
		secure                         bool
	}{
		{"203.0.113.9:1", "198.51.100.1", "https", "203.0.113.9", false},
		{"10.1.1.1:1", "198.51.100.1", "https", "198.51.100.1", true},
		{"10.1.1.1:1", "6.6.6.6, 198.51.100.1, 192.0.2.1", "http", "198.51.100.1", false},
		{"10.1.1.1:1", "nonsense", "", "10.1.1.1", false},
		{"10.1.1.1:1", "", "https", "10.1.1.1", true},
		{"[::ffff:10.1.1.1]:1", "198.51.100.1", "", "198.51.100.1", false},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.remote
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		r.Header.Set("X-Forwarded-Proto", c.proto)
		if got := s.address(r); got != c.want {
			t.Errorf("%+v: from %s", c, got)
		}
		if got := s.secure(r); got != c.secure {
			t.Errorf("%+v: secure %v", c, got)
		}
	}
	if _, err := parseProxies([]string{"nonsense"}); err == nil {
		t.Error("a proxy that is no address was taken")
	}
}

func TestTheDatabaseCanBeAskedFor(t *testing.T) {
	w := newWorld(t)
	r, err := http.Get(w.http.URL + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	if text, _ := io.ReadAll(r.Body); string(text) != "ready\n" {
		t.Errorf("%s", text)
	}
}
