package httpapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/zone"
)

// geometryPaths are all requests that carry a geometry into the service.
func geometryPaths(w *world, geometry string) map[string]ask {
	base := "/districts/" + own.district
	c, z := w.community(own), w.zone(own)
	return map[string]ask{
		"create a zone":      write("POST", base+"/zones", 0, `{"name":"坏的","geometry":`+geometry+`}`),
		"save a zone":        write("PUT", base+"/zones/"+z.Code, z.Version, `{"name":"坏的","geometry":`+geometry+`}`),
		"measure a zone":     write("POST", base+"/zones/measure", 0, `{"geometry":`+geometry+`}`),
		"run coverage":       write("POST", base+"/coverage/runs", 0, `{"facility_type":"health_station","limit":{"metres":300},"area":{"kind":"polygon","geometry":`+geometry+`}}`),
		"create a community": write("POST", base+"/communities", 0, `{"name":"坏的","geometry":`+geometry+`}`),
		"change a community": write("PATCH", base+"/communities/"+c.Code, c.Version, `{"geometry":`+geometry+`}`),
	}
}

func TestABadDrawingIsRefusedWithThePlaceOfItsFault(t *testing.T) {
	w := newWorld(t)
	zones := w.count("zone") + 1 // one is made to be saved again
	for name, c := range map[string]struct {
		geometry string
		kind     geo.FaultKind
		at       *orb.Point
	}{
		"bow tie":       {`{"type":"Polygon","coordinates":[[[106.8,29.0],[106.9,29.1],[106.9,29.0],[106.8,29.1],[106.8,29.0]]]}`, geo.SelfIntersection, &orb.Point{106.85, 29.05}},
		"unclosed ring": {`{"type":"Polygon","coordinates":[[[106.8,29.0],[106.9,29.0],[106.9,29.1],[106.8,29.1]]]}`, geo.Unclosed, nil},
		"huge number":   {`{"type":"Polygon","coordinates":[[[1e308,29.0],[106.9,29.0],[106.9,29.1],[1e308,29.0]]]}`, geo.OutOfRange, nil},
		"text":          {`{"type":"Polygon","coordinates":[[["a",29.0],[106.9,29.0],[106.9,29.1],["a",29.0]]]}`, geo.Malformed, nil},
		"a line":        {`{"type":"LineString","coordinates":[[106.8,29.0],[106.9,29.0]]}`, geo.WrongType, nil},
		"nothing":       {`{"type":"Polygon","coordinates":[]}`, geo.Empty, nil},
		"no geometry":   {`"square"`, geo.Malformed, nil},
	} {
		for path, q := range geometryPaths(w, c.geometry) {
			got := w.as("planner", q)
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s, %s: %d\n%.300s", name, path, got.status, got.body)
				continue
			}
			p := got.problem(t)
			if len(p.Errors) != 1 || !strings.HasSuffix(p.Errors[0].Location, "geometry") {
				t.Errorf("%s, %s: %+v", name, path, p)
				continue
			}
			value, _ := p.Errors[0].Value.(map[string]any)
			if value["kind"] != string(c.kind) {
				t.Errorf("%s, %s: kind %v, want %s", name, path, value["kind"], c.kind)
			}
			if c.at != nil {
				at, _ := value["at"].([]any)
				if len(at) != 2 || !near(at[0], c.at[0]) || !near(at[1], c.at[1]) {
					t.Errorf("%s, %s: at %v, want %v", name, path, at, *c.at)
				}
			}
		}
		zones++
	}
	// Every round made one zone to be saved again, and nothing else.
	if now := w.count("zone"); now != zones-1 {
		t.Errorf("%d zones, want %d", now, zones-1)
	}
}

func near(got any, want float64) bool {
	number, ok := got.(float64)
	return ok && number-want < 1e-6 && want-number < 1e-6
}

func (w *world) count(table string) (n int) {
	w.t.Helper()
	w.must(w.db.Pool.QueryRow(context.Background(), "select count(*) from "+table).Scan(&n))
	return n
}

func TestWhatJSONCannotSayIsRefused(t *testing.T) {
	w := newWorld(t)
	for name, geometry := range map[string]string{
		"NaN":      `{"type":"Polygon","coordinates":[[[NaN,29.0],[106.9,29.0],[106.9,29.1],[NaN,29.0]]]}`,
		"infinity": `{"type":"Polygon","coordinates":[[[1e309,29.0],[106.9,29.0],[106.9,29.1],[1e309,29.0]]]}`,
		"half":     `{"type":"Polygon","coordinates":[[[106`,
	} {
		for path, q := range geometryPaths(w, geometry) {
			if got := w.as("planner", q); got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
				t.Errorf("%s, %s: %d\n%.300s", name, path, got.status, got.body)
			} else {
				got.problem(t)
			}
		}
	}
}

// zigZag is a ring of n points that crosses itself all over: up and down between
// two edges, then back at another pace.
func zigZag(n int) string {
	points := make([]string, 0, n+1)
	for i := range n / 2 {
		points = append(points, fmt.Sprintf("[%.7f,%.7f]", 106.8+float64(i)*2e-5, 29+float64(i%2)*0.05))
	}
	for i := range n - n/2 {
		points = append(points, fmt.Sprintf("[%.7f,%.7f]", 107-float64(i)*1.9e-5, 29.05-float64(i%2)*0.05))
	}
	points = append(points, points[0])
	return `{"type":"Polygon","coordinates":[[` + strings.Join(points, ",") + `]]}`
}

func TestATwentyThousandPointZigZagNeverReachesTheDatabase(t *testing.T) {
	w := newWorld(t)
	for _, n := range []int{20_000, geo.MaxDrawnPoints - 10} {
		for path, q := range geometryPaths(w, zigZag(n)) {
			started := time.Now()
			got := w.as("planner", q)
			if took := time.Since(started); postgistest.Late(t, w.db, took, time.Second) {
				t.Errorf("%d points, %s: took %s", n, path, took)
			}
			if got.status != http.StatusUnprocessableEntity {
				t.Errorf("%d points, %s: %d\n%.300s", n, path, got.status, got.body)
			}
		}
	}
}

func TestWhatNobodyCanReadIsTheirFault(t *testing.T) {
	w := newWorld(t)
	run := decode[struct{ ID string }](t, w.as("planner", write("POST", "/districts/500110/coverage/runs", 0, `{"facility_type":"health_station","limit":{"metres":300}}`)))
	for name, q := range map[string]ask{
		"a zero byte in a code": write("POST", "/districts/500110/coverage/runs", 0, `{"facility_type":"health_station","limit":{"metres":300},"area":{"kind":"neighborhood","code":"\u0000"}}`),
		"a zero byte in a path": {method: "GET", path: root + "/districts/500110/coverage/runs/" + run.ID + "/buildings/%00"},
		"no UTF-8 in a path":    {method: "GET", path: root + "/districts/500110/coverage/runs/" + run.ID + "/buildings/%ff"},
		"an infinite number":    {method: "GET", path: root + "/districts/500110/coverage/runs/" + run.ID + "/gaps?near_m=Inf"},
	} {
		got := w.as("planner", q)
		if got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d\n%.300s", name, got.status, got.body)
			continue
		}
		got.problem(t)
	}
}

func TestAThirdDimensionIsDropped(t *testing.T) {
	w := newWorld(t)
	got := w.as("planner", write("POST", "/districts/500110/zones", 0,
		`{"name":"带高程","geometry":{"type":"Polygon","coordinates":[[[106.85,29,300],[106.86,29,301],[106.86,29.01,302],[106.85,29,300]]]}}`))
	if got.status != http.StatusCreated {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	z := decode[struct {
		Geometry struct {
			Type        string
			Coordinates [][][][]float64
		}
	}](t, got)
	if z.Geometry.Type != "MultiPolygon" || len(z.Geometry.Coordinates[0][0][0]) != 2 {
		t.Errorf("geometry %+v", z.Geometry)
	}
}

// endless is a body of n bytes on one line.
type endless struct{ left atomic.Int64 }

func (e *endless) Read(b []byte) (int, error) {
	if e.left.Load() <= 0 {
		return 0, io.EOF
	}
	n := min(int64(len(b)), e.left.Load())
	for i := range b[:n] {
		b[i] = '1'
	}
	e.left.Add(-n)
	return int(n), nil
}

func TestTwoHundredMegabytesInOneLineAreRefusedAtOnce(t *testing.T) {
	w := newWorld(t)
	for _, known := range []bool{true, false} {
		body := &endless{}
		body.left.Store(200 << 20)
		r, err := http.NewRequestWithContext(t.Context(), "POST", w.http.URL+root+"/districts/500110/zones/measure", io.MultiReader(strings.NewReader(`{"geometry":`), body))
		if err != nil {
			t.Fatal(err)
		}
		if known {
			r.ContentLength = 200<<20 + int64(len(`{"geometry":`))
		}
		r.Header.Set("Content-Type", "application/json")
		r.AddCookie(&http.Cookie{Name: cookieName, Value: w.tokens["planner"]})
		started := time.Now()
		got, err := http.DefaultTransport.RoundTrip(r)
		if err != nil {
			t.Fatalf("length known %v: %v", known, err)
		}
		got.Body.Close()
		if took := time.Since(started); postgistest.Late(t, w.db, took, time.Second) || got.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("length known %v: %d after %s", known, got.StatusCode, took)
		}
		if read := 200<<20 - body.left.Load(); read > 40<<20 {
			t.Errorf("length known %v: %d bytes were taken", known, read)
		}
	}
}

func TestTwoPeopleSaveTheSameZone(t *testing.T) {
	w := newWorld(t)
	z := w.zone(own)
	address := "/districts/500110/zones/" + z.Code
	first := w.as("planner", write("PUT", address, z.Version, `{"name":"先到","geometry":`+geometryJSON(square(own.at, 0.004))+`}`))
	if first.status != http.StatusOK || first.header.Get("ETag") != `"2"` {
		t.Fatalf("the first: %d, ETag %s\n%s", first.status, first.header.Get("ETag"), first.body)
	}
	second := w.as("officer", write("PUT", address, z.Version, `{"name":"后到","geometry":`+geometryJSON(square(own.at, 0.005))+`}`))
	if second.status != http.StatusPreconditionFailed {
		t.Fatalf("the second: %d\n%s", second.status, second.body)
	}
	p := second.problem(t)
	current, _ := p.Current.(map[string]any)
	if current["name"] != "先到" || current["version"] != 2.0 || current["geometry"] == nil {
		t.Errorf("current is %v", current)
	}
	if deleted := w.as("officer", write("DELETE", address, z.Version, "")); deleted.status != http.StatusPreconditionFailed {
		t.Errorf("a stale delete: %d", deleted.status)
	}
	kept, err := w.zones.Get(t.Context(), account.Everything, own.district, z.Code)
	if err != nil || kept.Name != "先到" {
		t.Errorf("kept %q, %v", kept.Name, err)
	}
	if gone := w.as("officer", write("DELETE", address, 2, "")); gone.status != http.StatusNoContent {
		t.Errorf("a delete: %d", gone.status)
	}
	if late := w.as("planner", write("PUT", address, 2, `{"name":"太迟","geometry":`+geometryJSON(square(own.at, 0.005))+`}`)); late.status != http.StatusNotFound {
		t.Errorf("saving a deleted zone: %d", late.status)
	}
}

func TestOneOfManyAtTheSameMomentWins(t *testing.T) {
	w := newWorld(t)
	z := w.zone(own)
	const many = 6
	statuses := make(chan int, many)
	for i := range many {
		go func() {
			body := fmt.Sprintf(`{"name":"第 %d 人","geometry":%s}`, i, geometryJSON(square(own.at, 0.004)))
			statuses <- w.as("planner", write("PUT", "/districts/500110/zones/"+z.Code, z.Version, body)).status
		}()
	}
	counts := map[int]int{}
	for range many {
		counts[<-statuses]++
	}
	if counts[http.StatusOK] != 1 || counts[http.StatusPreconditionFailed] != many-1 {
		t.Errorf("statuses: %v", counts)
	}
}

func TestAWriteSaysWhichVersionItIsBasedOn(t *testing.T) {
	w := newWorld(t)
	c := w.community(own)
	for header, want := range map[string]int{
		"":                                     http.StatusPreconditionRequired,
		"*":                                    http.StatusBadRequest,
		`"one"`:                                http.StatusBadRequest,
		`"99"`:                                 http.StatusPreconditionFailed,
		`"1e9"`:                                http.StatusBadRequest,
		`"1"`:                                  http.StatusOK,
		strconv.Quote(strings.Repeat("9", 40)): http.StatusBadRequest,
	} {
		q := write("PATCH", "/districts/500110/communities/"+c.Code, 0, `{"remark":"试"}`)
		if header != "" {
			q.headers = map[string]string{"If-Match": header}
		}
		if got := w.as("planner", q); got.status != want {
			t.Errorf("If-Match %s: %d, want %d\n%s", header, got.status, want, got.body)
		}
	}
}

func TestTheCookieOfADeletedPersonIsDead(t *testing.T) {
	w := newWorld(t)
	if got := w.as("viewer", ask{method: "GET", path: root + "/session"}); got.status != http.StatusOK {
		t.Fatalf("before: %d", got.status)
	}
	a := w.people["viewer"]
	if got := w.as("administrator", write("DELETE", "/accounts/"+a.ID.String(), a.Version, "")); got.status != http.StatusNoContent {
		t.Fatalf("delete: %d\n%s", got.status, got.body)
	}
	for _, path := range []string{"/session", "/districts", "/districts/500110/tiles/base/5/25/13.mvt"} {
		got := w.as("viewer", ask{method: "GET", path: root + path})
		if got.status != http.StatusUnauthorized {
			t.Errorf("%s: %d", path, got.status)
		}
		got.problem(t)
	}
}

func TestAChangedScopeCountsAtOnce(t *testing.T) {
	w := newWorld(t)
	neighbour := "/districts/500110/communities/" + w.standing["next"].community
	if got := w.as("officer", ask{method: "GET", path: root + neighbour}); got.status != http.StatusNotFound {
		t.Fatalf("before: %d", got.status)
	}
	a := w.people["officer"]
	got := w.as("administrator", write("PATCH", "/accounts/"+a.ID.String(), a.Version, `{"subdistricts":["500110002"]}`))
	if got.status != http.StatusOK {
		t.Fatalf("change: %d\n%s", got.status, got.body)
	}
	if got := w.as("officer", ask{method: "GET", path: root + neighbour}); got.status != http.StatusOK {
		t.Errorf("after: %d", got.status)
	}
}

func TestACommunityCannotBeMovedOutOfTheOfficersArea(t *testing.T) {
	w := newWorld(t)
	c := w.community(own)
	address := "/districts/500110/communities/" + c.Code
	for name, body := range map[string]string{
		"by code":    `{"subdistrict_code":"500110002"}`,
		"by outline": `{"subdistrict_code":null,"geometry":` + geometryJSON(square(next.at, 0.001)) + `}`,
		"both":       `{"subdistrict_code":"500110002","geometry":` + geometryJSON(square(next.at, 0.001)) + `}`,
	} {
		if got := w.as("officer", write("PATCH", address, c.Version, body)); got.status != http.StatusForbidden {
			t.Errorf("%s: %d\n%s", name, got.status, got.body)
		}
	}
	z := w.zone(own)
	wider := square(own.at, 0.003)
	wider = append(wider, square(next.at, 0.003)...)
	got := w.as("officer", write("PUT", "/districts/500110/zones/"+z.Code, z.Version, `{"name":"跨街道","geometry":`+geometryJSON(wider)+`}`))
	if got.status != http.StatusForbidden {
		t.Errorf("a zone that reaches over: %d\n%s", got.status, got.body)
	}
}

func TestTilesThatDoNotExistAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, place := range []string{
		"30/1/1", "-1/0/0", "3/-1/2", "3/1/-2", "3/8/1", "3/1/8", "3/1.5/1", "1e1/1/1", "3/0x1/1", "3/+1/1", "3//1", "3/ 1/1",
		"99999999999999999999/1/1", "3/4294967297/1", "a/b/c", "3/1/1%00",
	} {
		got := w.as("viewer", ask{method: "GET", path: root + "/districts/500110/tiles/base/" + strings.ReplaceAll(place, " ", "%20") + ".mvt"})
		if got.status != http.StatusBadRequest && !(place == "3//1" && got.status == http.StatusNotFound) {
			t.Errorf("%s: %d\n%s", place, got.status, got.body)
			continue
		}
		got.problem(t)
	}
	for address, want := range map[string]int{
		"/tiles/none/3/1/1.mvt":                             http.StatusNotFound,
		"/tiles/base,none/3/1/1.mvt":                        http.StatusNotFound,
		"/tiles/coverage/3/1/1.mvt?run=1":                   http.StatusBadRequest,
		"/tiles/coverage/3/1/1.mvt?run=" + uuid.NewString(): http.StatusOK,
		"/style.json?theme=pink":                            http.StatusBadRequest,
	} {
		if got := w.as("viewer", ask{method: "GET", path: root + "/districts/500110" + address}); got.status != want {
			t.Errorf("%s: %d, want %d\n%s", address, got.status, want, got.body)
		}
	}
}

func TestBadQueriesAndBodiesAreExplained(t *testing.T) {
	w := newWorld(t)
	for name, c := range map[string]struct {
		ask  ask
		want int
		at   string
	}{
		"unknown sort":   {ask{method: "GET", path: root + "/districts/500110/communities?sort=colour"}, 400, "query.sort"},
		"foreign cursor": {ask{method: "GET", path: root + "/districts/500110/communities?cursor=zzz"}, 400, "query.cursor"},
		"a box of three": {ask{method: "GET", path: root + "/districts/500110/communities?bbox=1,2,3"}, 400, "query.bbox"},
		"a box of words": {ask{method: "GET", path: root + "/districts/500110/communities?bbox=a,b,c,d"}, 422, "query.bbox"},
		"no such answer": {ask{method: "GET", path: root + "/districts/500110/communities?eligibility=maybe"}, 422, "query.eligibility[0]"},
		"limit":          {ask{method: "GET", path: root + "/districts/500110/communities?limit=999999"}, 422, "query.limit"},
		"no question":    {ask{method: "GET", path: root + "/districts/500110/search"}, 422, "query.q"},
		"export format":  {ask{method: "GET", path: root + "/districts/500110/zones/" + w.standing["own"].zone + "/export?format=doc"}, 400, "query.format"},
		"year 1890":      {write("POST", "/districts/500110/communities", 0, `{"name":"老","built_year":1890}`), 422, "body.built_year"},
		"a year in text": {write("POST", "/districts/500110/communities", 0, `{"name":"老","built_year":"1998年"}`), 422, "body.built_year"},
		"unknown field":  {write("POST", "/districts/500110/communities", 0, `{"name":"老","colour":"red"}`), 422, "body.colour"},
		"no name":        {write("POST", "/districts/500110/communities", 0, `{}`), 422, "body"},
		"half of JSON":   {write("POST", "/districts/500110/communities", 0, `{"name":`), 400, "body"},
		"no body":        {write("POST", "/districts/500110/communities", 0, ``), 400, ""},
		"radius":         {write("POST", "/districts/500110/coverage/runs", 0, `{"facility_type":"health_station","limit":{"metres":0}}`), 422, "body.limit.metres"},
		"no such type":   {write("POST", "/districts/500110/coverage/runs", 0, `{"facility_type":"castle"}`), 422, "body.facility_type"},
		"no reason":      {write("PUT", "/districts/500110/communities/"+w.standing["own"].community+"/eligibility", 1, `{"verdict":"in","reason":""}`), 422, "body.reason"},
		"a NUL":          {write("POST", "/districts/500110/communities", 0, `{"name":"a\u0000b"}`), 422, "body.name"},
		"method":         {ask{method: "PUT", path: root + "/districts"}, 405, ""},
	} {
		got := w.as("planner", c.ask)
		if got.status != c.want {
			t.Errorf("%s: %d, want %d\n%s", name, got.status, c.want, got.body)
			continue
		}
		p := got.problem(t)
		if c.at != "" && (len(p.Errors) == 0 || p.Errors[0].Location != c.at) {
			t.Errorf("%s: %+v, want a fault at %s", name, p, c.at)
		}
	}
}

func TestAProblemEchoesLittle(t *testing.T) {
	w := newWorld(t)
	got := w.as("planner", write("POST", "/districts/500110/communities", 0, `{"name":`+strings.Repeat("x", 1<<20)))
	if got.status != http.StatusBadRequest || len(got.body) > 2000 {
		t.Errorf("%d with %d bytes", got.status, len(got.body))
	}
	many := w.as("planner", write("POST", "/districts/500110/communities", 0, `{`+strings.Repeat(`"a":1,`, 10)+strings.Join(unknownFields(5000), ",")+`}`))
	if many.status != http.StatusUnprocessableEntity || len(many.body) > 10_000 {
		t.Errorf("%d with %d bytes", many.status, len(many.body))
	}
}

func unknownFields(n int) []string {
	fields := make([]string, n)
	for i := range fields {
		fields[i] = fmt.Sprintf(`"field%d":%d`, i, i)
	}
	return fields
}

func TestProblemsSpeakThePersonsLanguage(t *testing.T) {
	w := newWorld(t)
	q := write("POST", "/districts/500110/communities", 0, `{}`)
	if p := w.as("planner", q).problem(t); !strings.Contains(p.Errors[0].Message, "缺少必填项 name") {
		t.Errorf("in Chinese: %+v", p)
	}
	q.headers = map[string]string{"Accept-Language": "en-GB,en;q=0.9"}
	if p := w.as("planner", q).problem(t); !strings.Contains(p.Errors[0].Message, "expected required property name") || strings.ContainsAny(p.Detail, "请求") {
		t.Errorf("in English: %+v", p)
	}
	if p := w.as("nobody", ask{method: "GET", path: root + "/session", headers: map[string]string{"Accept-Language": "en"}}).problem(t); p.Detail != "Sign in first." {
		t.Errorf("in English: %+v", p)
	}
}

// A zone's name is unique in its district; the second one hears of it.
func TestATakenNameIsAConflict(t *testing.T) {
	w := newWorld(t)
	z, err := w.zones.Create(t.Context(), account.Everything, own.district, zone.Draft{Name: "红砖房片区", Geometry: square(own.at, 0.003)})
	if err != nil {
		t.Fatal(err)
	}
	got := w.as("planner", write("POST", "/districts/500110/zones", 0, fmt.Sprintf(`{"name":%q,"geometry":%s}`, z.Name, geometryJSON(square(own.at, 0.003)))))
	if got.status != http.StatusConflict {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	if p := got.problem(t); len(p.Errors) != 1 || p.Errors[0].Location != "body.name" {
		t.Errorf("%+v", p)
	}
}
