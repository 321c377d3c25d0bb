package load

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/lianpian/lianpian/demo"
	"github.com/lianpian/lianpian/internal/account"
)

// The kinds of requests that are told apart.
const (
	setup         = "setup"
	arrive        = "arrive"
	tileKept      = "tile, kept"
	tileMade      = "tile, made"
	tileAsked     = "tile" // as it is asked for; the answer says which of the two
	list          = "list"
	search        = "search"
	open          = "open a community"
	refresh       = "refresh"
	editCommunity = "edit a community"
	editZone      = "edit a zone"
	contiguity    = "contiguity"
	cover         = "coverage run"
	propose       = "proposal"
)

// sample is one request that was answered, or not.
type sample struct {
	kind   string
	id     string // under which the service has it in its log
	at     time.Time
	took   time.Duration
	status int
	what   string
	err    error
}

// person is somebody in front of a map.
type person struct {
	name   string
	role   account.Role
	base   string
	cookie string
	http   *http.Client
	home   area       // where they look
	random *rand.Rand // of what they do; the event stream does not use it

	mu      sync.Mutex
	samples []sample
	view    view
	tags    map[string]string // of the tiles in the browser's cache, by address
	known   []string          // codes of the communities of the last list
	zones   []string
}

func (p *person) edits() bool { return p.role != account.Contractor && p.role != account.Viewer }
func (p *person) draws() bool {
	return p.role == account.Planner || p.role == account.Administrator
}

type (
	page[T any] struct {
		Items []T `json:"items"`
	}
	community struct {
		Code        string      `json:"code"`
		Subdistrict string      `json:"subdistrict_code"`
		Location    *[2]float64 `json:"location"`
	}
	zone struct {
		Code     string          `json:"code"`
		Name     string          `json:"name"`
		Geometry json.RawMessage `json:"geometry"`
	}
)

type answer struct {
	status int
	head   http.Header
	body   []byte
	err    error
}

// ask sends a request of the district and writes down what came of it.
func (p *person) ask(ctx context.Context, kind, method, path string, body any, head ...string) answer {
	return p.send(ctx, kind, method, "/districts/"+demo.DistrictCode+path, body, head...)
}

func (p *person) send(ctx context.Context, kind, method, path string, body any, head ...string) answer {
	var content io.Reader
	if body != nil {
		encoded, err := json.Marshal(body)
		if err != nil {
			return answer{err: err}
		}
		content = bytes.NewReader(encoded)
	}
	r, err := http.NewRequestWithContext(ctx, method, p.base+"/api/v1"+path, content)
	if err != nil {
		return answer{err: err}
	}
	r.Header.Set("Cookie", "lianpian_session="+p.cookie)
	r.Header.Set("Accept-Encoding", "gzip")
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(head); i += 2 {
		r.Header.Set(head[i], head[i+1])
	}
	begun := time.Now()
	a := answered(p.http.Do(r))
	s := sample{kind: kind, at: begun, took: time.Since(begun), status: a.status, what: method + " " + path, err: a.err}
	if a.head != nil {
		s.id = a.head.Get("X-Request-Id")
	}
	if kind == tileAsked {
		s.kind = tileMade
		if a.head.Get("X-Cache") == "hit" {
			s.kind = tileKept
		}
	}
	if a.status >= 400 {
		s.what += ": " + string(a.body[:min(len(a.body), 300)])
	}
	p.mu.Lock()
	p.samples = append(p.samples, s)
	p.mu.Unlock()
	return a
}

func answered(resp *http.Response, err error) answer {
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	a := answer{status: resp.StatusCode, head: resp.Header}
	a.body, a.err = io.ReadAll(resp.Body)
	return a
}

// plain is the body as it was before it was compressed.
func (a answer) plain() ([]byte, error) {
	if a.head.Get("Content-Encoding") != "gzip" {
		return a.body, nil
	}
	r, err := gzip.NewReader(bytes.NewReader(a.body))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// read asks for something and decodes it.
func (p *person) read(ctx context.Context, kind, path string, into any) error {
	a := p.ask(ctx, kind, http.MethodGet, path, nil)
	if a.err != nil {
		return a.err
	}
	body, err := a.plain()
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return fmt.Errorf("%s: %d %s", path, a.status, body)
	}
	return json.Unmarshal(body, into)
}

// pause is how long somebody looks before they go on.
func (p *person) pause(ctx context.Context, from, to time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(from + time.Duration(p.random.Int64N(int64(to-from)))):
		return true
	}
}

// work opens the map after a while and works until ctx ends. What has been begun
// then is finished, so that the end is no error of the service.
func (p *person) work(ctx context.Context, after time.Duration) {
	select {
	case <-ctx.Done():
		return
	case <-time.After(after):
	}
	finishing := context.WithoutCancel(ctx)
	p.arrive(finishing)
	var watching sync.WaitGroup
	watching.Go(func() { p.watch(ctx) })
	for p.pause(ctx, 3*time.Second, 11*time.Second) {
		p.act(ctx, finishing)
	}
	watching.Wait()
}

// arrive asks for what the app asks for when it is opened.
func (p *person) arrive(ctx context.Context) {
	p.send(ctx, arrive, http.MethodGet, "/session", nil)
	for _, path := range []string{"", "/subdistricts", "/style.json"} {
		p.ask(ctx, arrive, http.MethodGet, path, nil)
	}
	p.look(ctx)
	var zones page[zone]
	if p.read(ctx, arrive, "/zones", &zones) == nil {
		for _, z := range zones.Items {
			p.zones = append(p.zones, z.Code)
		}
	}
	p.view = p.home.somewhere(p.random)
	p.draw(ctx, p.view.tiles())
}

// look reads the list of communities, as far as this person sees them.
func (p *person) look(ctx context.Context) {
	var communities page[community]
	sort := []string{"name", "-built_year", "households", "-floor_area_m2"}[p.random.IntN(4)]
	if p.read(ctx, list, "/communities?limit=100&sort="+sort, &communities) != nil {
		return
	}
	p.known = p.known[:0]
	for _, c := range communities.Items {
		p.known = append(p.known, c.Code)
	}
}

// act does one thing. Of a hundred of them 64 are moves of the map.
func (p *person) act(ctx, finishing context.Context) {
	switch at := p.random.IntN(100); {
	case at < 64:
		p.move(finishing)
	case at < 72:
		p.look(finishing)
	case at < 77:
		p.ask(finishing, search, http.MethodGet, "/search?q="+[]string{"崂山", "演示", "新村", "C01", "街道"}[p.random.IntN(5)], nil)
	case at < 86:
		p.openCommunity(finishing)
	case at < 93 && p.edits():
		p.editCommunity(ctx, finishing)
	case at < 95 && p.draws():
		p.editZone(ctx, finishing)
	case at < 97 && len(p.zones) > 0:
		p.ask(finishing, contiguity, http.MethodGet, "/zones/"+p.zones[p.random.IntN(len(p.zones))]+"/contiguity", nil)
	case at < 99 && p.draws():
		p.cover(finishing)
	case at == 99 && p.role == account.Planner && p.random.IntN(4) == 0:
		p.propose(ctx, finishing)
	default:
		p.move(finishing)
	}
}

func (p *person) openCommunity(ctx context.Context) {
	if len(p.known) == 0 {
		return
	}
	path := "/communities/" + p.known[p.random.IntN(len(p.known))]
	for _, part := range []string{"", "/buildings", "/file", "/services"} {
		p.ask(ctx, open, http.MethodGet, path+part, nil)
	}
}

// editCommunity reads a community, thinks, and saves a field of it. Where somebody
// else was faster, the person reads again and saves once more, as the app offers.
func (p *person) editCommunity(ctx, finishing context.Context) {
	if len(p.known) == 0 {
		return
	}
	path := "/communities/" + p.known[p.random.IntN(len(p.known))]
	for range 3 {
		seen := p.ask(finishing, open, http.MethodGet, path, nil)
		if seen.status != http.StatusOK || !p.pause(ctx, time.Second, 4*time.Second) {
			return
		}
		patch := []map[string]any{
			{"remark": fmt.Sprintf("第%d次核对", p.random.IntN(1000))},
			{"neglected": p.random.IntN(2) == 0},
			{"prior_works": []string{"none", "single_item", "partial"}[p.random.IntN(3)]},
		}[p.random.IntN(3)]
		saved := p.ask(finishing, editCommunity, http.MethodPatch, path, patch, "If-Match", seen.head.Get("ETag"))
		if saved.status == http.StatusOK {
			p.refresh(finishing, []change{{"communities"}})
		}
		if saved.status != http.StatusPreconditionFailed {
			return
		}
	}
}

func (p *person) editZone(ctx, finishing context.Context) {
	if len(p.zones) == 0 {
		return
	}
	path := "/zones/" + p.zones[p.random.IntN(len(p.zones))]
	for range 3 {
		seen := p.ask(finishing, open, http.MethodGet, path, nil)
		var z zone
		body, err := seen.plain()
		if seen.status != http.StatusOK || err != nil || json.Unmarshal(body, &z) != nil || !p.pause(ctx, time.Second, 4*time.Second) {
			return
		}
		draft := map[string]any{"name": z.Name, "note": fmt.Sprintf("第%d次会商", p.random.IntN(1000)), "geometry": z.Geometry}
		saved := p.ask(finishing, editZone, http.MethodPut, path, draft, "If-Match", seen.head.Get("ETag"))
		if saved.status == http.StatusOK {
			p.refresh(finishing, []change{{"zones"}})
		}
		if saved.status != http.StatusPreconditionFailed {
			return
		}
	}
}

func (p *person) cover(ctx context.Context) {
	metres := float64(200 + 50*p.random.IntN(8))
	p.ask(ctx, cover, http.MethodPost, "/coverage/runs", map[string]any{
		"facility_type": []string{"health_station", "wet_market", "kindergarten"}[p.random.IntN(3)], "method": "radius",
		"limit": map[string]any{"metres": metres},
	})
}

// propose has zones proposed in a scenario, with little effort, and looks now and
// then until they are there.
func (p *person) propose(ctx, finishing context.Context) {
	asked := p.ask(finishing, propose, http.MethodPost, "/proposals", map[string]any{"seconds": 1, "min_zones": 2, "max_zones": 6})
	location := asked.head.Get("Location")
	if asked.status != http.StatusAccepted || location == "" {
		return
	}
	for range 10 {
		if !p.pause(ctx, time.Second, 2*time.Second) {
			return
		}
		p.send(finishing, propose, http.MethodGet, location[len("/api/v1"):], nil)
	}
}
