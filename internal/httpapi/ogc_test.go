package httpapi

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/ogc"
)

// ogcFeatures is a page of features as clients read it.
type ogcFeatures struct {
	Type     string     `json:"type"`
	Matched  *int       `json:"numberMatched"`
	Returned int        `json:"numberReturned"`
	Features []ogcOne   `json:"features"`
	Links    []ogc.Link `json:"links"`
}

type ogcOne struct {
	ID         string            `json:"id"`
	Geometry   *geojson.Geometry `json:"geometry"`
	Properties map[string]any    `json:"properties"`
	Links      []ogc.Link        `json:"links"`
}

func (w *world) ogcGet(person, path string) answer {
	w.t.Helper()
	return w.as(person, ask{method: "GET", path: ogcDoor + path})
}

func (w *world) ogcFeatures(person, path string) ogcFeatures {
	w.t.Helper()
	got := w.ogcGet(person, path)
	if got.status != http.StatusOK || got.header.Get("Content-Type") != ogc.GeoJSON {
		w.t.Fatalf("%s as %s: %d %s", path, person, got.status, got.body)
	}
	page := decode[ogcFeatures](w.t, got)
	if page.Type != "FeatureCollection" || page.Returned != len(page.Features) {
		w.t.Errorf("%s: %d features, numberReturned %d", path, len(page.Features), page.Returned)
	}
	return page
}

func linkTo(links []ogc.Link, rel string) string {
	i := slices.IndexFunc(links, func(l ogc.Link) bool { return l.Rel == rel })
	if i < 0 {
		return ""
	}
	return links[i].Href
}

// grid puts n communities with a building each into the officer's subdistrict.
func (w *world) grid(n int) {
	w.sql(`
		insert into community (district_code, code, name, subdistrict_code, built_year, households, geom, location)
		select $1, 'g' || i, '网格小区 ' || i, $2, 1970 + i % 40, i % 500, ST_Multi(ST_Expand(p, 0.0002)), p
		from generate_series(1, $3::int) i, lateral (select ST_SetSRID(ST_MakePoint(106.81 + (i % 50) * 0.001, 28.91 + (i / 50) * 0.001), 4490) p) at`,
		own.district, own.subdistrict, n)
}

// Everything that a client can reach by links from the landing page is there, as
// JSON and as a page.
func TestEveryOGCLinkLeadsSomewhere(t *testing.T) {
	w := newWorld(t)
	base := w.http.URL
	seen := map[string]bool{}
	queue := []string{base + ogcDoor}
	var crawled, pages int
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		if seen[at] {
			continue
		}
		seen[at] = true
		got := w.as("planner", ask{method: "GET", path: strings.TrimPrefix(at, base)})
		if got.status != http.StatusOK {
			t.Errorf("%s: %d %.200s", at, got.status, got.body)
			continue
		}
		crawled++
		if strings.Contains(at, "f=html") {
			pages++
			if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") || !strings.Contains(string(got.body), "<html lang=\"zh-CN\">") {
				t.Errorf("%s is no page: %s", at, got.header.Get("Content-Type"))
			}
			continue
		}
		var document any
		if err := json.Unmarshal(got.body, &document); err != nil {
			t.Errorf("%s: %v", at, err)
			continue
		}
		for _, l := range linksIn(document) {
			switch {
			case strings.Contains(l, "{"), !strings.HasPrefix(l, base+ogcDoor):
			case strings.Contains(l, "f=html") && strings.Contains(l, "/collections/") && !strings.Contains(l, "500110-zones"):
			default:
				queue = append(queue, l)
			}
		}
	}
	if crawled < 60 || pages < 12 {
		t.Errorf("only %d resources, %d pages", crawled, pages)
	}
}

func linksIn(document any) (found []string) {
	switch v := document.(type) {
	case map[string]any:
		if href, is := v["href"].(string); is {
			found = append(found, href)
		}
		for _, member := range v {
			found = append(found, linksIn(member)...)
		}
	case []any:
		for _, member := range v {
			found = append(found, linksIn(member)...)
		}
	}
	return found
}

func TestOGCPagesLoseNothingAndCountRight(t *testing.T) {
	w := newWorld(t)
	w.grid(230)
	seen := map[string]bool{}
	path := "/collections/500110-communities/items?limit=50&filter=" + url.QueryEscape("built_year < 2005")
	first := true
	var matched, pages int
	for path != "" {
		page := w.ogcFeatures("planner", path)
		if first {
			matched = *page.Matched
		}
		first = false
		pages++
		for _, f := range page.Features {
			if seen[f.ID] {
				t.Errorf("%s came twice", f.ID)
			}
			seen[f.ID] = true
			if year := f.Properties["built_year"].(float64); year >= 2005 {
				t.Errorf("%s is of %v", f.ID, year)
			}
		}
		path = strings.TrimPrefix(linkTo(page.Links, "next"), w.http.URL+ogcDoor)
	}
	var want int
	w.must(w.db.Pool.QueryRow(t.Context(), `select count(*) from community where district_code = '500110' and built_year < 2005`).Scan(&want))
	if matched != want || len(seen) != want || pages < 4 {
		t.Errorf("%d matched, %d came on %d pages; there are %d", matched, len(seen), pages, want)
	}
}

// What a person sees here is what the JSON API shows them.
func TestOGCKeepsToThePersonsScope(t *testing.T) {
	w := newWorld(t)
	for _, person := range everyone[1:] {
		for layer, list := range map[string]string{"communities": "communities", "facilities": "facilities", "buildings": "buildings", "zones": "zones", "idle-buildings": "idle-buildings", "subdistricts": "subdistricts"} {
			got := w.as(person, ask{method: "GET", path: root + "/districts/500110/" + list})
			var want []string
			document := decode[any](t, got)
			items, is := document.([]any)
			if !is {
				items = document.(map[string]any)["items"].([]any)
			}
			for _, one := range items {
				want = append(want, one.(map[string]any)["code"].(string))
			}
			var ids []string
			for _, f := range w.ogcFeatures(person, "/collections/500110-"+layer+"/items").Features {
				ids = append(ids, f.ID)
			}
			slices.Sort(want)
			slices.Sort(ids)
			if !slices.Equal(ids, want) {
				t.Errorf("%s sees the %s %v, by the JSON API %v", person, layer, ids, want)
			}
		}
	}
	for person, want := range map[string]int{"administrator": 2, "planner": 1} {
		list := decode[ogc.Collections](t, w.ogcGet(person, "/collections"))
		if len(list.Collections) != want*len(ogc.Layers()) {
			t.Errorf("%s sees %d collections", person, len(list.Collections))
		}
	}
}

func TestOGCAsksForATokenAndTakesOne(t *testing.T) {
	w := newWorld(t)
	got := w.ogcGet("nobody", "/collections")
	if got.status != http.StatusUnauthorized || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), `Basic realm="Lianpian"`) {
		t.Errorf("%d %v", got.status, got.header)
	}
	if got := w.as("nobody", ask{method: "GET", path: root + "/districts"}); got.header.Get("WWW-Authenticate") != "" {
		t.Errorf("the JSON API makes browsers ask for a password: %v", got.header)
	}
	token := w.tokenText("planner", account.AccessRead)
	r, err := http.NewRequestWithContext(t.Context(), "GET", w.http.URL+ogcDoor+"/collections/500110-zones/items", nil)
	w.must(err)
	r.SetBasicAuth("anything", token)
	answered, err := http.DefaultTransport.RoundTrip(r)
	w.must(err)
	defer answered.Body.Close()
	if answered.StatusCode != http.StatusOK {
		t.Errorf("with a token as password: %d", answered.StatusCode)
	}
	bearer := map[string]string{"Authorization": "Bearer " + token, "Content-Type": ogc.GeoJSON}
	if got := w.as("nobody", ask{method: "POST", path: ogcDoor + "/collections/500110-zones/items", body: ogcZone("甲", own), headers: bearer}); got.status != http.StatusForbidden {
		t.Errorf("a token that reads wrote: %d", got.status)
	}
	if got := w.as("nobody", ask{method: "OPTIONS", path: ogcDoor + "/collections/500110-zones/items", headers: bearer}); got.status != http.StatusNoContent || strings.Contains(got.header.Get("Allow"), "POST") {
		t.Errorf("%d, allowed: %s", got.status, got.header.Get("Allow"))
	}
}

func (w *world) tokenText(person string, access account.Access) string {
	w.t.Helper()
	text, _, err := w.accounts.CreateToken(w.t.Context(), person, account.TokenDraft{Name: "QGIS", Access: access, Life: time.Hour})
	w.must(err)
	return text
}

func TestFaultyOGCRequestsAreTold(t *testing.T) {
	w := newWorld(t)
	for path, want := range map[string]int{
		"/collections?x=1": 400, "/collections/500110-communities?limit=5": 400, "/collections/500110-communities/items?nothing=1": 400, "/?f=xml": 400,
		"/collections/500110-communities/items?filter=" + url.QueryEscape("name = "): 400, "/collections/500110-communities/items?limit=0": 400, "/collections/500110-communities/items?crs=EPSG:4490": 400,
		"/collections/500110-communities/items?f=csv": 400, "/collections/500110-nothing": 404, "/collections/500110": 404, "/collections/nothing/items": 404,
		"/collections/500110-communities/items/nothing": 404, "/collections/500110-zones/items?scenario=nothing": 404, "/nothing": 404, "/collections/500110-gaps/tiles": 404,
		"/collections/999999-communities/items": 404, "/tiles/500110/2/9/0": 404, "/tiles/500110/x/0/0": 404, "/styles/500110-pink": 404, "/styles/x": 404, "/tiles/500110/1/0/0?x=1": 400,
	} {
		got := w.ogcGet("administrator", path)
		if got.status != want {
			t.Errorf("%s: %d, want %d: %s", path, got.status, want, got.body)
			continue
		}
		got.problem(t)
	}
	got := w.as("planner", ask{method: "GET", path: ogcDoor + "/collections/500110-communities/items?filter=" + url.QueryEscape("name = "), headers: map[string]string{"Accept-Language": "en"}})
	if p := got.problem(t); !strings.Contains(p.Detail, "the filter ends too early") || p.Errors[0].Location != "query.filter" {
		t.Errorf("%+v", p)
	}
}

func TestZonesAreWrittenThroughOGC(t *testing.T) {
	w := newWorld(t)
	const list = ogcDoor + "/collections/500110-zones/items"
	made := w.as("planner", ogcWrite("POST", list, 0, ogcZone("新片区", own)))
	if made.status != http.StatusCreated || made.header.Get("ETag") != `"1"` {
		t.Fatalf("%d %s", made.status, made.body)
	}
	path := strings.TrimPrefix(made.header.Get("Location"), w.http.URL)
	f := decode[ogcOne](t, made)
	if path != list+"/"+f.ID || f.Properties["name"] != "新片区" {
		t.Errorf("%s: %+v", path, f)
	}
	// what was read is sent back with another name, by a client that knows no If-Match
	read := w.as("planner", ask{method: "GET", path: path})
	sent := map[string]any{}
	w.must(json.Unmarshal(read.body, &sent))
	sent["properties"].(map[string]any)["name"] = "改名"
	body, _ := json.Marshal(sent)
	q := ogcWrite("PUT", path, 0, string(body))
	if got := w.as("planner", q); got.status != http.StatusOK || got.header.Get("ETag") != `"2"` || decode[ogcOne](t, got).Properties["name"] != "改名" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.as("planner", q); got.status != http.StatusPreconditionFailed || got.problem(t).Current == nil {
		t.Errorf("the old version was saved over the new one: %d", got.status)
	}
	for _, c := range []struct {
		ask  ask
		want int
		at   string
	}{
		{ogcWrite("PUT", path, 0, ogcZone("甲", own)), 428, ""},
		{ogcWrite("PATCH", path, 0, `{"properties":{"name":"甲"}}`), 428, ""},
		{ogcWrite("DELETE", path, 0, ""), 428, ""},
		{ogcWrite("PUT", path, 1, ogcZone("甲", own)), 412, ""},
		{ogcWrite("PATCH", path, 9, `{"properties":{"name":"甲"}}`), 412, ""},
		{ogcWrite("DELETE", path, 1, ""), 412, ""},
		{ogcWrite("PUT", list+"/nothing", 1, ogcZone("甲", own)), 404, ""},
		{ogcWrite("PATCH", path, 2, `{"properties":{"colour":"red"}}`), 422, "body.properties.colour"},
		{ogcWrite("PATCH", path, 2, `{"properties":{"name":5}}`), 422, "body.properties.name"},
		{ogcWrite("PATCH", path, 2, `{"properties":{"name":"打 13800138000"}}`), 422, "body.properties.name"},
		{ogcWrite("PATCH", path, 2, `{"geometry":{"type":"Polygon","coordinates":[[[106.84,29],[106.86,29.01],[106.86,29],[106.84,29.01],[106.84,29]]]}}`), 422, "body.geometry"},
		{ogcWrite("PATCH", path, 2, `{"geometry":null}`), 422, "body.geometry"},
		{ogcWrite("PATCH", path, 2, `{"geometry":{"type":"Point","coordinates":[106.84,29]}}`), 422, "body.geometry"},
		{ogcWrite("PATCH", path, 2, `[1]`), 400, ""},
		{ogcWrite("PUT", path, 2, `{"type":"FeatureCollection"}`), 422, "body.type"},
		{ogcWrite("PUT", path, 2, `{"type":"Feature","geometry":`+geometryJSON(square(own.at, 0.01))+`,"properties":{}}`), 422, "body.properties.name"},
		{ogcWrite("POST", ogcDoor+"/collections/500110-communities/items", 0, ogcZone("甲", own)), 405, ""},
		{ask{method: "POST", path: list, body: ogcZone("甲", own), headers: map[string]string{"Content-Type": "text/plain"}}, 415, ""},
		{ask{method: "POST", path: list, body: ogcZone("甲", own), headers: map[string]string{"Content-Type": ogc.GeoJSON, "Content-Crs": "<EPSG:1>"}}, 400, "header.Content-Crs"},
		{ask{method: "POST", path: list, body: ogcZone("甲", own), headers: map[string]string{"Content-Type": ogc.GeoJSON, "Sec-Fetch-Site": "cross-site"}}, 403, ""},
		{ogcWrite("POST", list+"?colour=red", 0, ogcZone("甲", own)), 400, "query.colour"},
		{ogcWrite("POST", list, 0, ogcZone("改名", own)), 409, "body.properties.name"},
	} {
		got := w.as("planner", c.ask)
		if got.status != c.want {
			t.Errorf("%s %s %.90s: %d, want %d\n%s", c.ask.method, c.ask.path, c.ask.body, got.status, c.want, got.body)
			continue
		}
		if p := got.problem(t); c.at != "" && (len(p.Errors) == 0 || p.Errors[0].Location != c.at) {
			t.Errorf("%s %.90s: %+v", c.ask.method, c.ask.body, p)
		}
	}
	// a patch in a zone of CGCS2000, northing first, and what is not named stays
	system, _ := geo.NewCRS(4545)
	turned := square(own.at, 0.004)
	for i, p := range turned[0][0] {
		q := system.Forward(p)
		turned[0][0][i] = orb.Point{q[1], q[0]}
	}
	patch := ask{method: "PATCH", path: path, body: `{"geometry":` + geometryJSON(turned) + `}`, headers: map[string]string{
		"Content-Type": "application/merge-patch+json", "Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/4545>", "If-Match": `"2"`,
	}}
	got := w.as("planner", patch)
	if got.status != http.StatusOK || got.header.Get("Content-Crs") != "<http://www.opengis.net/def/crs/EPSG/0/4545>" {
		t.Fatalf("%d %s", got.status, got.body)
	}
	now := decode[ogcOne](t, w.as("planner", ask{method: "GET", path: path}))
	b, want := now.Geometry.Geometry().Bound(), square(own.at, 0.004).Bound()
	for i := range 2 {
		if math.Abs(b.Min[i]-want.Min[i]) > 1e-8 || math.Abs(b.Max[i]-want.Max[i]) > 1e-8 {
			t.Errorf("the zone lies in %v, want %v", b, want)
		}
	}
	if now.Properties["name"] != "改名" || now.Properties["version"] != 3.0 {
		t.Errorf("%v", now.Properties)
	}
	before := w.auditLength()
	if got := w.as("planner", ogcWrite("DELETE", path, 3, "")); got.status != http.StatusNoContent || w.auditLength() != before+1 {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := w.as("planner", ask{method: "GET", path: path}); got.status != http.StatusNotFound {
		t.Errorf("%d", got.status)
	}
}

func TestClientsLearnWhatTheyMayWrite(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct{ person, path, want string }{
		{"planner", "/collections/500110-zones/items", "GET, OPTIONS, POST"},
		{"planner", "/collections/500110-zones/items/x", "GET, OPTIONS, PUT, DELETE"},
		{"planner", "/collections/500110-communities/items", "GET, OPTIONS"},
		{"viewer", "/collections/500110-zones/items", "GET, OPTIONS"},
		{"contractor", "/collections/500110-zones/items/x", "GET, OPTIONS"},
	} {
		got := w.as(c.person, ask{method: "OPTIONS", path: ogcDoor + c.path})
		if got.header.Get("Allow") != c.want {
			t.Errorf("%s %s: %q", c.person, c.path, got.header.Get("Allow"))
		}
	}
}

func TestOGCTilesAndStylesAreThoseOfTheMap(t *testing.T) {
	w := newWorld(t)
	ours := w.ogcGet("planner", "/tiles/500110/12/1702/3263")
	theirs := w.as("planner", ask{method: "GET", path: root + "/districts/500110/tiles/" + strings.Join(ogc.MapLayers, ",") + "/12/3263/1702.mvt"})
	if ours.status != 200 || string(ours.body) != string(theirs.body) || len(ours.body) == 0 || ours.header.Get("Content-Type") != ogc.MVT {
		t.Errorf("%d: %d bytes, %d bytes", ours.status, len(ours.body), len(theirs.body))
	}
	style := decode[struct {
		Sources map[string]struct {
			Tiles []string
		}
		Layers []map[string]any
	}](t, w.ogcGet("planner", "/styles/500110-light"))
	if len(style.Sources) != 1 || len(style.Layers) < 30 {
		t.Fatalf("%d sources, %d layers", len(style.Sources), len(style.Layers))
	}
	for name, source := range style.Sources {
		address := strings.NewReplacer("{z}", "12", "{y}", "1702", "{x}", "3263").Replace(source.Tiles[0])
		if got := w.as("planner", ask{method: "GET", path: strings.TrimPrefix(address, w.http.URL)}); got.status != 200 || string(got.body) != string(ours.body) {
			t.Errorf("%s: %d", address, got.status)
		}
		for _, l := range style.Layers {
			if l["type"] != "background" && l["source"] != name {
				t.Errorf("layer %v has source %v", l["id"], l["source"])
			}
		}
	}
}

func TestOGCPagesForPeopleShowTextsAsTexts(t *testing.T) {
	w := newWorld(t)
	w.sql(`update community set name = '<script>alert(1)</script>' where district_code = '500110'`)
	for _, path := range []string{"/collections/500110-communities/items", "/collections/500110-communities/items/" + w.standing["own"].community} {
		got := w.as("planner", ask{method: "GET", path: ogcDoor + path, headers: map[string]string{"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "en"}})
		text := string(got.body)
		if got.status != 200 || strings.Contains(text, "<script") || !strings.Contains(text, "&lt;script&gt;") || !strings.Contains(text, `<path d="M`) || !strings.Contains(text, `lang="en"`) {
			t.Errorf("%s: %d\n%.600s", path, got.status, text)
		}
	}
	got := w.as("nobody", ask{method: "GET", path: ogcDoor + "/", headers: map[string]string{"Accept": "text/html"}})
	if got.status != 401 || !strings.Contains(string(got.body), "请先登录") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// gdal runs a program of GDAL as a person with a token.
func (w *world) gdal(token, program string, args ...string) string {
	w.t.Helper()
	if _, err := exec.LookPath(program); err != nil {
		w.t.Skip(program + " is not installed")
	}
	cmd := exec.CommandContext(w.t.Context(), program, args...)
	cmd.Env = append(os.Environ(), "GDAL_HTTP_USERPWD=qgis:"+token, "GDAL_HTTP_AUTH=BASIC", "CPL_DEBUG=OAPIF,HTTP")
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("%s %v: %v\n%s", program, args, err, out)
	}
	return string(out)
}

func TestGDALReadsCollections(t *testing.T) {
	w := newWorld(t)
	w.grid(120)
	token := w.tokenText("planner", account.AccessRead)
	source := "OAPIF:" + w.http.URL + ogcDoor
	out := w.gdal(token, "ogrinfo", "-ro", "-so", source, "500110-communities")
	var all int
	w.must(w.db.Pool.QueryRow(t.Context(), `select count(*) from community where district_code = '500110'`).Scan(&all))
	for _, want := range []string{"Feature Count: " + strconv.Itoa(all), "built_year: Integer", "updated_at: DateTime", "floor_area_m2: Real", "generated: StringList", "小区"} {
		if !strings.Contains(out, want) {
			t.Errorf("ogrinfo does not say %q:\n%s", want, out)
		}
	}
	// every page, with the filter done here: ten features a page is GDAL's choice
	target := t.TempDir() + "/out.geojson"
	log := w.gdal(token, "ogr2ogr", "-f", "GeoJSON", "-where", "built_year < 1985 AND name LIKE '网格小区 %'", target, source, "500110-communities")
	if !strings.Contains(log, "filter=") || strings.Contains(log, "evaluated on client side") || strings.Contains(log, "Only part of the filter") {
		t.Errorf("the filter was not sent:\n%.3000s", log)
	}
	file, err := os.Open(target)
	w.must(err)
	defer file.Close()
	text, err := io.ReadAll(file)
	w.must(err)
	found, err := geojson.UnmarshalFeatureCollection(text)
	w.must(err)
	var want int
	w.must(w.db.Pool.QueryRow(t.Context(), `select count(*) from community where district_code = '500110' and built_year < 1985 and name like '网格小区 %'`).Scan(&want))
	if len(found.Features) != want || want < 30 {
		t.Errorf("%d features came, want %d", len(found.Features), want)
	}
	for _, f := range found.Features {
		var lon, lat float64
		w.must(w.db.Pool.QueryRow(t.Context(), `select ST_X(location), ST_Y(location) from community where district_code = '500110' and name = $1`, f.Properties["name"]).Scan(&lon, &lat))
		if c := f.Geometry.Bound().Center(); math.Abs(c[0]-lon) > 1e-7 || math.Abs(c[1]-lat) > 1e-7 {
			t.Errorf("%v lies at %v, want %v %v", f.Properties["name"], c, lon, lat)
		}
	}
	if out := w.gdal(token, "ogrinfo", "-ro", "-so", "-spat", "106.8095", "28.9095", "106.8195", "28.9105", "-oo", "PAGE_SIZE=10000", source, "500110-communities"); !strings.Contains(out, "bbox=") || !strings.Contains(out, "Feature Count: 9\n") {
		t.Errorf("%s", out)
	}
}

func TestQGISReadsCollectionsAndTiles(t *testing.T) {
	const python = "/usr/bin/python3"
	if exec.Command(python, "-c", "import qgis.core").Run() != nil {
		t.Skip("PyQGIS is not installed")
	}
	w := newWorld(t)
	w.grid(1500)
	out, err := func() ([]byte, error) {
		cmd := exec.CommandContext(t.Context(), python, "testdata/oapif.py", w.http.URL+ogcDoor, w.tokenText("planner", account.AccessRead), own.district)
		cmd.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen", "HOME="+t.TempDir())
		return cmd.Output()
	}()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	got := map[string]any{}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil {
		t.Fatalf("%s", out)
	}
	var all, old int
	w.must(w.db.Pool.QueryRow(t.Context(), `select count(*), count(*) filter (where built_year < 1985) from community where district_code = '500110'`).Scan(&all, &old))
	want := map[string]any{"count": float64(all), "old": float64(old), "crs": "EPSG:4326", "name": "网格小区 7", "inbox": 9.0, "tiles": true}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %v, want %v (%s)", key, got[key], value, fmt.Sprint(got))
		}
	}
	if n, _ := got["layers"].(float64); n < 30 {
		t.Errorf("the style has %v layers", got["layers"])
	}
	x, y := got["x"].(float64), got["y"].(float64)
	if math.Abs(x-106.817) > 1e-8 || math.Abs(y-28.91) > 1e-8 {
		t.Errorf("the community lies at %v %v", x, y)
	}
}
