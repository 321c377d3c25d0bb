package load

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/lianpian/lianpian/demo"
)

// sources are the tile sets of the map's style; a change of a layer shows in those
// whose names stand beside it.
var (
	sources = map[string]string{
		"base":       "base",
		"register":   "subdistricts,subdistrict_points,communities,community_points,buildings",
		"zones":      "zones,zone_points",
		"facilities": "facilities,idle_buildings",
	}
	shownIn = map[string]string{"communities": "register", "buildings": "register", "zones": "zones", "facilities": "facilities"}
)

const (
	across, down        = 3, 2 // tiles of 512 pixels on a screen
	shallowest, deepest = 14, 16
)

// whole is the demo district, less a margin in which nobody looks: west, south,
// east, north, degrees.
var whole = area{121.4835, 31.2285, 121.5175, 31.2490}

// area is where somebody has their work: west, south, east, north, degrees.
type area [4]float64

// with is the area that holds a place, too; the zero value holds none.
func (a area) with(lon, lat float64) area {
	if a == (area{}) {
		return area{lon, lat, lon, lat}
	}
	return area{min(a[0], lon), min(a[1], lat), max(a[2], lon), max(a[3], lat)}
}

// tiles are all that people who look at an area are shown, at every zoom.
func (a area) tiles() map[tileID]bool {
	all := map[tileID]bool{}
	for z := shallowest; z <= deepest; z++ {
		from, to := place(z, a[0], a[3]), place(z, a[2], a[1])
		for x := from.x; x <= to.x; x++ {
			for y := from.y; y <= to.y; y++ {
				for t := range (view{z, x, y}).tiles() {
					all[t] = true
				}
			}
		}
	}
	return all
}

// view is what is on somebody's screen: tiles from x, y at a zoom.
type view struct{ z, x, y int }

type tileID struct {
	source  string
	z, x, y int
}

func (t tileID) path() string {
	return fmt.Sprintf("/tiles/%s/%d/%d/%d.mvt", sources[t.source], t.z, t.x, t.y)
}

// place is the view with a place in its middle.
func place(z int, lon, lat float64) view {
	n := math.Exp2(float64(z))
	s := math.Sin(lat * math.Pi / 180)
	x := int((lon + 180) / 360 * n)
	y := int((0.5 - math.Log((1+s)/(1-s))/(4*math.Pi)) * n)
	return view{z, x - across/2, y - down/2}
}

func (a area) somewhere(random *rand.Rand) view {
	return place(shallowest+random.IntN(deepest-shallowest+1), a[0]+random.Float64()*(a[2]-a[0]), a[1]+random.Float64()*(a[3]-a[1]))
}

// shows tells whether a view is one of the area, and not of what lies around it.
func (a area) shows(v view) bool {
	from, to := place(v.z, a[0], a[3]), place(v.z, a[2], a[1])
	return v.x >= from.x && v.x <= to.x && v.y >= from.y && v.y <= to.y
}

// tiles are those on the screen, of every source.
func (v view) tiles() map[tileID]bool {
	all := map[tileID]bool{}
	for source := range sources {
		for x := range across {
			for y := range down {
				all[tileID{source, v.z, v.x + x, v.y + y}] = true
			}
		}
	}
	return all
}

// move pans or zooms, and asks for the tiles that come onto the screen.
func (p *person) move(ctx context.Context) {
	p.mu.Lock()
	was := p.view
	is := was
	switch at := p.random.IntN(100); {
	case at < 5:
		is = p.home.somewhere(p.random)
	case at < 13 && was.z < deepest:
		is = view{was.z + 1, 2*was.x + across/2, 2*was.y + down/2}
	case at < 21 && was.z > shallowest:
		is = view{was.z - 1, was.x / 2, was.y / 2}
	default:
		is.x += p.random.IntN(3) - 1
		is.y += p.random.IntN(3) - 1
	}
	if !p.home.shows(is) {
		is = p.home.somewhere(p.random)
	}
	p.view = is
	p.mu.Unlock()
	fresh := is.tiles()
	for t := range was.tiles() {
		delete(fresh, t)
	}
	p.draw(ctx, fresh)
}

// draw asks for tiles, six at a time as a browser does, those that it has kept
// with their tags.
func (p *person) draw(ctx context.Context, tiles map[tileID]bool) {
	var asking sync.WaitGroup
	places := make(chan struct{}, 6)
	for t := range tiles {
		places <- struct{}{}
		asking.Go(func() {
			defer func() { <-places }()
			path := t.path()
			p.mu.Lock()
			tag := p.tags[path]
			p.mu.Unlock()
			var head []string
			if tag != "" {
				head = []string{"If-None-Match", tag}
			}
			a := p.ask(ctx, tileAsked, http.MethodGet, path, nil, head...)
			if a.status == http.StatusOK {
				p.mu.Lock()
				p.tags[path] = a.head.Get("ETag")
				p.mu.Unlock()
			}
		})
	}
	asking.Wait()
}

// change is an event of the district.
type change struct {
	Layer string `json:"layer"`
}

// gathered is how long the app gathers the changes of others, so many times in a
// row, before it asks again for what they touch (web/src/api/gather.ts).
func gathered(times int) time.Duration {
	most := min(500*time.Millisecond<<min(2*times, 10), 20*time.Second)
	return most*3/4 + rand.N(most/4)
}

// watch holds the event stream open and refreshes what changed on the screen.
func (p *person) watch(ctx context.Context) {
	changes := make(chan change, 100)
	var reading sync.WaitGroup
	reading.Go(func() {
		defer close(changes)
		if err := p.listen(ctx, changes); err != nil && ctx.Err() == nil {
			p.mu.Lock()
			p.samples = append(p.samples, sample{kind: refresh, at: time.Now(), what: "the event stream", err: err})
			p.mu.Unlock()
		}
	})
	defer reading.Wait()
	for first := range changes {
		waiting := []change{first}
		for times := 0; len(waiting) > 0; times++ {
			p.refresh(context.WithoutCancel(ctx), waiting)
			waiting = nil
			for until := time.After(gathered(times)); until != nil; {
				select {
				case c, more := <-changes:
					if !more {
						return
					}
					waiting = append(waiting, c)
				case <-until:
					until = nil
				}
			}
		}
	}
}

// listen reads the stream until ctx ends; that it ends earlier is an error.
func (p *person) listen(ctx context.Context, changes chan<- change) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, p.base+"/api/v1/districts/"+demo.DistrictCode+"/events", nil)
	if err != nil {
		return err
	}
	r.Header.Set("Cookie", "lianpian_session="+p.cookie)
	resp, err := (&http.Client{Transport: p.http.Transport}).Do(r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %d", resp.StatusCode)
	}
	event := ""
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		line := lines.Text()
		if name, ok := strings.CutPrefix(line, "event: "); ok {
			event = name
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok && event == "change" {
			var c change
			if err := json.Unmarshal([]byte(data), &c); err != nil {
				return fmt.Errorf("read an event: %w", err)
			}
			select {
			case changes <- c:
			case <-ctx.Done():
			}
		}
	}
	if err := lines.Err(); err != nil {
		return err
	}
	return fmt.Errorf("it ended")
}

// refresh asks again for the tiles on the screen of the sources that changes touch,
// and for the answers that show them.
func (p *person) refresh(ctx context.Context, changes []change) {
	p.mu.Lock()
	on := p.view.tiles()
	p.mu.Unlock()
	touched := map[tileID]bool{}
	answers := map[string]bool{}
	for _, c := range changes {
		switch c.Layer {
		case "communities", "buildings":
			answers["/communities?limit=100&sort=name"], answers[""], answers["/zones"] = true, true, true
			for _, verdict := range []string{"in", "out", "borderline"} {
				answers["/communities?limit=1&eligibility="+verdict] = true
			}
		case "zones":
			answers["/zones"], answers[""] = true, true
		}
		for t := range on {
			if t.source == shownIn[c.Layer] {
				touched[t] = true
			}
		}
	}
	for path := range answers {
		p.ask(ctx, refresh, http.MethodGet, path, nil)
	}
	p.draw(ctx, touched)
}
