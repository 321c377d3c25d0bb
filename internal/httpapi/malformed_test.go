package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// malformedVariable says how many malformed requests are made; make doors sets it.
const malformedVariable = "LIANPIAN_TEST_MALFORMED"

// leaks is what no answer to a malformed request may show: SQL, the driver, Go's
// types and stacks, paths of the machine.
var leaks = regexp.MustCompile(`(?i)sqlstate|pgconn|\bpgx\b|pq: |syntax error at|relation "|column "[a-z_]+"|violates [a-z-]+ constraint|` +
	`\bselect [a-z*@$(][^.]* from |insert into |goroutine \d|\.go:\d|runtime error|nil pointer|index out of range|` +
	`json: |strconv\.|interface \{\}|cannot unmarshal|reflect\.|\*?\b(?:account|registry|zone|coverage|postgis|httpapi|geo|doctor)\.[A-Z][a-zA-Z]+|` +
	`/root/|/tmp/|/home/|/var/lib|/usr/|/dev/shm|127\.0\.0\.1:\d+`)

// texts are strings that readers of addresses, headers and bodies stumble over.
var texts = []string{
	"", " ", "\x00", "a\x00b", "\xff\xfe", "\xed\xa0\x80", "\xf4\x90\x80\x80", "é", "e\u0301", "\u202e片区", "\ufeff", "\U0001F600", "\ue000",
	"'; drop table zone; --", `" or ""="`, "%", "%%", "_", `\`, "$1", "@district", "{}", "[]", "null", "true", "-",
	"0", "-0", "-1", "1.5", "1e309", "1e-400", "NaN", "Infinity", "-Infinity", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
	"18446744073709551616", "2147483648", "99999999999999999999999999", "0x10", "١٢", "００", "00000000-0000-0000-0000-000000000000",
	"ffffffff-ffff-ffff-ffff-ffffffffffff", "{00000000-0000-0000-0000-000000000000}", "../../etc/passwd", "..%2f..%2fetc%2fpasswd", "%00", "%ff", "%", "C:\\x",
	"0000-00-00", "2026-02-30", "2026-13", "99999-01-01", "-0001-01-01", "2026-01-01T25:61:61Z", "1,2,3,4", "1,2", "nan,nan,nan,nan", "1e308,1e308,-1e308,-1e308",
	"180,90,-180,-90", strings.Repeat("a", 300), strings.Repeat("片", 3000), strings.Repeat("9", 400), strings.Repeat("a,", 2000), strings.Repeat("(", 500),
	"<script>alert(1)</script>", "${jndi:ldap://x}", "{{7*7}}", "\r\nSet-Cookie: a=b", "POLYGON((0 0,1 1,1 0,0 0))", `"3"`, `W/"3"`, `"999999999999999999999"`, "*", "asc", "-name", "name,name",
}

// values are JSON values of every wrong kind, as they are written.
var values = slices.Concat([]string{
	"null", "true", "false", "0", "-1", "-0", "1.5", "1e308", "-1e308", "1e309", "1e400", "NaN", "Infinity", "-", "01", "1e", "9223372036854775807", "9223372036854775808", "1e18", "1e20",
	"2147483648", "4294967296", "0.1", "1e-320", "{}", "[]", "[[]]", "[null]", "[{}]", `""`, `" "`, `"\u0000"`, `"\ud800"`, `"\udfff\ud800"`, `"\uffff"`, "\"\xff\"", "\"\xed\xa0\x80\"", `"\x"`, "\"\n\"",
	`"` + strings.Repeat("a", 70_000) + `"`, "[" + strings.Repeat("1,", 20_000) + "1]", strings.Repeat("[", 5_000) + strings.Repeat("]", 5_000),
	strings.Repeat("[", 20_000), strings.Repeat(`{"a":`, 3_000) + "1" + strings.Repeat("}", 3_000), "{" + strings.Repeat(`"a":1,`, 2_000) + `"a":1}`,
	`{"type":"Polygon","coordinates":[[[0,0],[1,1],[1,0],[0,0]]]}`, `{"type":"Polygon","coordinates":[[[1e308,0],[1,-1e308],[1,0],[1e308,0]]]}`,
	`{"type":"Polygon","coordinates":[[[106.85,29],[106.85,29],[106.85,29],[106.85,29]]]}`, `{"type":"Point","coordinates":[]}`, `{"type":"GeometryCollection","geometries":[]}`,
	`{"type":"MultiPolygon","coordinates":` + strings.Repeat("[", 1000) + strings.Repeat("]", 1000) + `}`, `{"type":7}`, `{"coordinates":null,"type":"Polygon"}`,
	`"in"`, `"2026-01-01"`, `"2026-02-30"`, `"00000000-0000-0000-0000-000000000000"`, `["a","a","a"]`, `[-1,1e18]`, `[106.85,29]`, `[[106.85,29],[106.86,29]]`, `[91,181]`,
}, quoted(texts))

func quoted(texts []string) (out []string) {
	for _, t := range texts {
		b, err := json.Marshal(t)
		if err != nil {
			panic(err)
		}
		out = append(out, string(b))
	}
	return out
}

// crook makes malformed requests of well-formed ones, the same ones for a seed.
type crook struct {
	*rand.Rand
	seeds  [][]byte // files of the fuzzers' corpora, for uploads
	bodies map[string][]string
	query  map[string][]string // parameters by route
}

func pick[T any](c *crook, of []T) T { return of[c.IntN(len(of))] }

// bend returns one malformed request.
func (c *crook) bend(route string, q ask) ask {
	q.headers = maps.Clone(q.headers)
	if q.headers == nil {
		q.headers = map[string]string{}
	}
	switch {
	case strings.HasPrefix(q.headers["Content-Type"], "multipart/") && c.IntN(4) > 0:
		return c.bendForm(q)
	case q.body != "" && c.IntN(4) > 0:
		for range 1 + c.IntN(2) {
			q.body = c.bendBody(route, q.body)
		}
		return q
	}
	switch n := c.IntN(10); {
	case n < 4:
		q.path = c.bendPath(q.path)
	case n < 8:
		q.path = c.bendQuery(route, q.path)
	default:
		q = c.bendHeaders(q)
	}
	return q
}

func (c *crook) bendPath(path string) string {
	path, query, _ := strings.Cut(path, "?")
	parts := strings.Split(path, "/")
	at := 3 + c.IntN(max(1, len(parts)-3)) // after /api/v1
	if at < len(parts) {
		bad := pick(c, texts)
		if c.IntN(8) == 0 {
			parts[at] = strings.ReplaceAll(bad, "/", "") // as it is: mostly no address at all
		} else {
			parts[at] = url.PathEscape(bad)
		}
	}
	path = strings.Join(parts, "/")
	if query != "" {
		path += "?" + query
	}
	return path
}

func (c *crook) bendQuery(route, path string) string {
	path, query, _ := strings.Cut(path, "?")
	known := append([]string{"limit", "cursor", "sort", "bbox", "q", "unknown"}, c.query[route]...)
	parts := []string{}
	if query != "" {
		parts = append(parts, query)
	}
	for range 1 + c.IntN(3) {
		parts = append(parts, url.QueryEscape(pick(c, known))+"="+url.QueryEscape(pick(c, texts)))
	}
	switch c.IntN(12) {
	case 0:
		parts = append(parts, "%zz=%", "a;b", "==", "&&", "%ff=%fe")
	case 1:
		for n := range 500 {
			parts = append(parts, "p"+strconv.Itoa(n)+"=1")
		}
	}
	return path + "?" + strings.Join(parts, "&")
}

func (c *crook) bendHeaders(q ask) ask {
	printable := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, pick(c, texts))
	name := pick(c, []string{
		"If-Match", "If-None-Match", "Accept", "Accept-Language", "Accept-Encoding", "Content-Type", "Cookie", "Range", "X-Forwarded-For", "X-Forwarded-Proto",
		"Origin", "Sec-Fetch-Site", "Authorization", "Last-Event-ID", "If-Modified-Since", "Content-Encoding", "User-Agent", "Prefer", "X-Request-Id",
	})
	switch name {
	case "Authorization":
		printable = pick(c, []string{"Bearer ", "Basic ", "Bearer lpt_", "Basic OmxwdF8=", "Digest ", ""}) + printable
	case "Cookie":
		printable = cookieName + "=" + printable
	}
	q.headers[name] = printable
	return q
}

// bendBody changes a JSON text: a value somewhere in it, a field that the schema
// knows, or its bytes.
func (c *crook) bendBody(route, body string) string {
	switch n := c.IntN(20); {
	case n == 0:
		return pick(c, values)
	case n == 1:
		return body[:c.IntN(len(body)+1)]
	case n == 2:
		b := []byte(body)
		for range 1 + c.IntN(4) {
			b[c.IntN(len(b))] = byte(c.Uint32())
		}
		return string(b)
	case n == 3:
		return body + pick(c, values)
	}
	var tree any
	if json.Unmarshal([]byte(body), &tree) != nil {
		return pick(c, values)
	}
	if fields, ok := tree.(map[string]any); ok && len(c.bodies[route]) > 0 && c.IntN(2) == 0 {
		fields[pick(c, c.bodies[route])] = marked
	} else {
		tree = c.mark(tree)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		panic(err)
	}
	return strings.Replace(string(text), `"`+marked+`"`, pick(c, values), 1)
}

const marked = "@here@"

// mark puts the mark at some place of a tree.
func (c *crook) mark(tree any) any {
	switch v := tree.(type) {
	case map[string]any:
		if len(v) == 0 || c.IntN(6) == 0 {
			return marked
		}
		key := pick(c, slices.Sorted(maps.Keys(v)))
		if c.IntN(8) == 0 {
			delete(v, key)
			return v
		}
		v[key] = c.mark(v[key])
		return v
	case []any:
		if len(v) == 0 || c.IntN(6) == 0 {
			return marked
		}
		at := c.IntN(len(v))
		v[at] = c.mark(v[at])
		return v
	}
	return marked
}

// bendForm sends a broken file, or a form that is none.
func (c *crook) bendForm(q ask) ask {
	switch c.IntN(5) {
	case 0:
		q.body = q.body[:c.IntN(len(q.body)+1)]
		return q
	case 1:
		q.headers["Content-Type"] = pick(c, []string{"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=x", "multipart/mixed; boundary=x", "text/plain", "multipart/form-data; boundary=" + strings.Repeat("b", 3000)})
		return q
	}
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for range c.IntN(4) {
		_ = m.WriteField(pick(c, []string{"layer", "crs", "area_unit", "auto", "decisions", "lon", "lat", "kind", "note", "taken_at", "encoding", "other"}), pick(c, texts))
	}
	name := pick(c, []string{"a.zip", "a.geojson", "a.csv", "a.xlsx", "a.kml", "a.kmz", "a.dxf", "a.gpkg", "a.fgb", "a.osm", "a.osm.pbf", "a.hgt", "a.tif", "a.jpg", "a.pdf", "a", strings.Repeat("长", 500) + ".zip", "..\\..\\a.zip", "\x00.csv"})
	if part, err := m.CreateFormFile("file", name); err == nil {
		content := slices.Clone(pick(c, c.seeds))
		for range c.IntN(3) {
			if len(content) > 0 {
				content[c.IntN(len(content))] = byte(c.Uint32())
			}
		}
		_, _ = part.Write(content)
	}
	_ = m.Close()
	q.body, q.headers["Content-Type"] = b.String(), m.FormDataContentType()
	return q
}

// corpora are small files that the fuzzers begin with.
func corpora(t *testing.T) (files [][]byte) {
	for _, glob := range []string{"../../demo/samples/*", "../importer/testdata/*", "../importer/raster/testdata/*", "../geofile/*/testdata/*", "../*/testdata/fuzz/*/*", "../geofile/*/testdata/fuzz/*/*"} {
		names, err := filepath.Glob(glob)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if content, err := os.ReadFile(name); err == nil && len(content) < 200<<10 {
				files = append(files, content)
			}
		}
	}
	if len(files) < 5 {
		t.Fatalf("only %d files to send", len(files))
	}
	return append(files, nil, []byte("PK\x03\x04"), []byte("SQLite format 3\x00"), bytes.Repeat([]byte{0xff}, 5000))
}

// asked are the parameters and the fields of the body by route, from the document.
func (c *crook) learn(s *Server) {
	c.query, c.bodies = map[string][]string{}, map[string][]string{}
	schemas := s.api.OpenAPI().Components.Schemas
	for path, item := range s.api.OpenAPI().Paths {
		for method, op := range map[string]any{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			text, err := json.Marshal(op)
			if err != nil || string(text) == "null" {
				continue
			}
			var told struct {
				Parameters  []struct{ Name, In string }
				RequestBody struct {
					Content map[string]struct {
						Schema struct {
							Ref        string `json:"$ref"`
							Properties map[string]any
						}
					}
				} `json:"requestBody"`
			}
			if json.Unmarshal(text, &told) != nil {
				continue
			}
			route := method + " " + path
			for _, p := range told.Parameters {
				if p.In == "query" {
					c.query[route] = append(c.query[route], p.Name)
				}
			}
			for _, content := range told.RequestBody.Content {
				c.bodies[route] = append(c.bodies[route], slices.Sorted(maps.Keys(content.Schema.Properties))...)
				if ref := content.Schema.Ref; ref != "" {
					c.bodies[route] = append(c.bodies[route], slices.Sorted(maps.Keys(schemas.SchemaFromRef(ref).Properties))...)
				}
			}
		}
	}
}

// put sends a request into the service without a connection, as bytes that a
// client may send: addresses are not tidied up.
func (w *world) put(person string, q ask) (got *httptest.ResponseRecorder, err error) {
	defer func() {
		if broken := recover(); broken != nil {
			err = fmt.Errorf("panicked: %v", broken)
		}
	}()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	if strings.HasSuffix(strings.SplitN(q.path, "?", 2)[0], "/events") {
		ctx, cancel = context.WithTimeout(context.Background(), 100*time.Millisecond)
	}
	defer cancel()
	target, err := url.ParseRequestURI(q.path)
	if err != nil {
		return nil, nil // the HTTP server refuses it before the service sees it
	}
	r := httptest.NewRequestWithContext(ctx, q.method, "http://here/", strings.NewReader(q.body))
	r.URL, r.RequestURI, r.Host = target, q.path, "here"
	if q.body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, value := range q.headers {
		r.Header.Set(name, value)
	}
	if token := w.tokens[person]; token != "" && r.Header.Get("Cookie") == "" {
		r.AddCookie(&http.Cookie{Name: cookieName, Value: token})
	}
	got = httptest.NewRecorder()
	w.server.ServeHTTP(got, r)
	return got, nil
}

// standAgain puts back what malformed requests, some of which succeed, have taken
// away of the things that stand in a place.
func (w *world) standAgain(s spot) {
	gone := func(table, code string) bool {
		var there bool
		w.must(w.db.Pool.QueryRow(context.Background(), `select exists (select from `+table+` where district_code = $1 and code = $2)`, s.district, code).Scan(&there))
		return !there
	}
	st := w.standing[s.name]
	if gone("published_zone", st.zone) {
		st.zone = w.zone(s).Code
	}
	if gone("published_community", st.community) {
		st.community = w.community(s).Code
	}
	if gone("published_facility", st.facility) {
		st.facility = w.facility(s).Code
	}
	w.standing[s.name] = st
}

// judge says what is wrong with an answer to a malformed request.
func judge(got *httptest.ResponseRecorder) string {
	body := got.Body.String()
	overloaded := (got.Code == http.StatusServiceUnavailable || got.Code == http.StatusTooManyRequests) && got.Header().Get("Retry-After") != ""
	switch {
	case got.Code >= 500 && !overloaded && got.Code != http.StatusInsufficientStorage:
		return "fails"
	case got.Code >= 400 && got.Header().Get("Content-Type") != "application/problem+json":
		return "is no problem document"
	case got.Code >= 400 && !json.Valid(got.Body.Bytes()):
		return "is no JSON"
	case got.Code >= 400 && len(body) > 64<<10:
		return fmt.Sprintf("answers with %d bytes", len(body))
	}
	if got.Code < 400 {
		return ""
	}
	if found := leaks.FindString(body); found != "" {
		return "tells " + strconv.Quote(found)
	}
	return ""
}

// Ten thousand malformed requests at every door end in a clear refusal: nothing
// fails, nothing tells how the service is made.
func TestMalformedRequestsAreRefusedAtEveryDoor(t *testing.T) {
	count := 10_000
	if text := os.Getenv(malformedVariable); text != "" {
		count, _ = strconv.Atoi(text)
	}
	if testing.Short() {
		count = 1_000
	}
	w := newWorld(t)
	learned := &crook{seeds: corpora(t)}
	learned.learn(w.server)
	routes := map[string]row{}
	for _, r := range matrix {
		if _, known := routes[r.route]; !known && r.route != "DELETE /session" && r.route != "PUT /session/password" {
			routes[r.route] = r
		}
	}
	names := slices.Sorted(maps.Keys(routes))
	// Every route as often as the others; a fresh well-formed request for every few
	// malformed ones, since some of those succeed.
	each := max(1, min(20, count/len(names)/4))
	type attempt struct {
		route, person string
		ask           ask
	}
	var mu sync.Mutex
	statuses, faults := map[int]int{}, map[string]int{}
	work := make(chan attempt, 100)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for a := range work {
				got, err := w.put(a.person, a.ask)
				wrong := ""
				switch {
				case err != nil:
					wrong = err.Error()
				case got != nil:
					wrong = judge(got)
				}
				mu.Lock()
				if got != nil {
					statuses[got.Code]++
				}
				if wrong != "" {
					if faults[a.route+" "+wrong]++; faults[a.route+" "+wrong] == 1 {
						body := ""
						if got != nil {
							body = got.Body.String()
						}
						t.Errorf("%s as %s %s\n%s %.300q\n%v\n%.400q\nanswered %.500s", a.route, a.person, wrong, a.ask.method, a.ask.path, a.ask.headers, a.ask.body, body)
					}
				}
				mu.Unlock()
			}
		})
	}
	made := 0
	for round := uint64(0); made < count; round++ {
		for _, name := range names {
			hash := fnv.New64a()
			fmt.Fprint(hash, name)
			c := *learned
			c.Rand = rand.New(rand.NewPCG(round, hash.Sum64()))
			person := []string{"administrator", "planner", "administrator", "officer"}[round%4]
			w.standAgain(own)
			q := routes[name].ask(w, own, person)
			for range each {
				if made >= count {
					break
				}
				as := person
				if c.IntN(20) == 0 {
					as = "nobody"
				}
				work <- attempt{name, as, c.bend(strings.Replace(name, root, "", 1), q)}
				made++
			}
		}
	}
	close(work)
	all.Wait()
	t.Logf("%d malformed requests to %d routes: %v", made, len(names), statuses)
	if statuses[http.StatusNoContent]+statuses[http.StatusOK]+statuses[http.StatusCreated] > made/2 {
		t.Errorf("more than half of them were no mistakes: %v", statuses)
	}
	if got := w.as("planner", ask{method: "GET", path: root + "/districts/500110/communities"}); got.status != http.StatusOK {
		t.Errorf("afterwards the register answers %d", got.status)
	}
}
