package httpapi

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/encoding/mvt"
	"github.com/paulmach/orb/maptile"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/approval"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/dossier"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/site"
	"github.com/lianpian/lianpian/internal/survey"
	"github.com/lianpian/lianpian/internal/zone"
)

// side is one of two neighbouring subdistricts with a thing of every kind, close
// enough to the other's to be in the same tile.
type side struct {
	spot
	mark      string // stands in every name
	community registry.Community
	words     []string         // names and codes by which its things are known
	ids       map[string]int64 // of the things that tiles show, by kind
}

// sides are what lies on both sides of the border of two subdistricts.
func (w *world) sides() (west, east *side) {
	w.t.Helper()
	west = w.sideOf(spot{"own", own.district, own.subdistrict, orb.Point{106.9480, 29.02}}, "稻香")
	east = w.sideOf(spot{"next", next.district, next.subdistrict, orb.Point{106.9520, 29.02}}, "麦浪")
	for _, s := range []*side{west, east} {
		st := w.standing[s.name]
		s.words = append(s.words, st.community, st.building, st.facility, st.zone, "some "+s.name)
	}
	return west, east
}

func (w *world) sideOf(s spot, mark string) *side {
	w.t.Helper()
	ctx := context.Background()
	out := &side{spot: s, mark: mark, words: []string{mark}, ids: map[string]int64{}}
	id := func(kind, sql string, args ...any) { out.ids[kind] = w.idOf(sql, args...) }
	name := mark + "小区"
	c, err := w.registry.CreateCommunity(ctx, account.Everything, s.district, registry.NewCommunity{CommunityPatch: registry.CommunityPatch{
		Name: &name, SubdistrictCode: &s.subdistrict, Geometry: square(s.at, 0.0008),
	}})
	w.must(err)
	out.community = c
	id("community", `select id from community where code = $1`, c.Code)
	id("building", `insert into building (district_code, code, name, subdistrict_code, community_id, households, geom)
		values ($1, $2, $2, $3, $4, 12, ST_Multi(ST_Expand(ST_SetSRID(ST_MakePoint($5, $6), 4490), 0.0002))) returning id`,
		s.district, mark+"1栋", s.subdistrict, out.ids["community"], s.at[0], s.at[1])
	f, err := w.registry.CreateFacility(ctx, account.Everything, s.district, registry.NewFacility{FacilityType: "health_station", Name: mark + "卫生站", Location: s.at})
	w.must(err)
	id("facility", `select id from facility where code = $1`, f.Code)
	i, err := w.registry.CreateIdleBuilding(ctx, account.Everything, s.district, registry.NewIdleBuilding{Name: mark + "旧锅炉房", Location: s.at})
	w.must(err)
	id("idle", `select id from idle_building where code = $1`, i.Code)
	z, err := w.zones.Create(ctx, account.Everything, s.district, zone.Draft{Name: mark + "片区", Geometry: square(s.at, 0.0012)})
	w.must(err)
	id("zone", `select id from zone where code = $1`, z.Code)
	p, err := w.program.Create(ctx, account.Everything, s.district, program.NewProject{
		Library: program.Comprehensive, Applicant: mark + "居委会", AppliedOn: "2026-01-02", Communities: []string{c.Code}, ZoneCode: z.Code,
	})
	w.must(err)
	_, err = w.surveys.Open(ctx, account.Everything, s.district, survey.Draft{Community: c.Code, Note: mark + "入户"})
	w.must(err)
	_, err = w.dossiers.Attach(ctx, account.Everything, dossier.Owner{District: s.district, Community: c.Code}, dossier.Brought{FileName: mark + ".png", Title: mark + "北门", Content: []byte(onePixel)})
	w.must(err)
	_, err = w.sites.Propose(ctx, account.Everything, s.district, w.mainScenario(s).Code, site.NewProposed{FacilityType: "wet_market", Name: mark + "菜市场", Location: s.at})
	w.must(err)
	_, err = w.approvals.Opine(ctx, account.Everything, s.district, p.Code, approval.OpinionDraft{Department: "财政局", Verdict: "object", Text: mark + "的资金没有落实", Location: &s.at})
	w.must(err)
	w.sql(`update project set state = 'confirmed', phase = 'implement', year = 2026, central_subsidy = true where code = $1`, p.Code)
	w.sql(`update zone set year = 2026 where code = $1`, z.Code)
	w.sql(`insert into milestone (project_id, kind, on_date, note) select id, 'start', '2026-03-01', $2 from project where code = $1`, p.Code, mark+"开工")
	month, err := progress.ParseMonth("2026-03")
	w.must(err)
	_, err = w.progress.CreateReport(ctx, account.Everything, s.district, month, progress.NewMonthReport{Subdistrict: s.subdistrict, Form: progress.Annex6})
	w.must(err)
	w.sql(`update month_report set difficulties = $2 where subdistrict_code = $1`, s.subdistrict, mark+"缺资金")
	w.job(s, "planner")
	w.importBy("planner", s)
	out.words = append(out.words, c.Code, f.Code, i.Code, z.Code, p.Code)
	return out
}

// text is everything that a body says, also inside an archive.
func (w *world) text(body []byte) string {
	w.t.Helper()
	if !bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return string(body)
	}
	archive, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	w.must(err)
	var all strings.Builder
	for _, f := range archive.File {
		r, err := f.Open()
		w.must(err)
		content, err := io.ReadAll(r)
		w.must(err)
		all.WriteString(f.Name + "\n" + w.text(content))
	}
	return all.String()
}

// reads are the addresses that people of a district read, as the matrix knows them,
// and those of every collection, every layer and every format.
func (w *world) reads(west *side) map[string]func(person string) ask {
	out := map[string]func(person string) ask{}
	for n, r := range matrix {
		method, path, _ := strings.Cut(r.route, " ")
		if method != http.MethodGet || strings.HasSuffix(path, "/events") || !strings.Contains(path, "{district}") && !strings.Contains(path, "{collection}") {
			continue
		}
		out[fmt.Sprintf("%s (%d)", r.route, n)] = func(person string) ask { return r.ask(w, own, person) }
	}
	at := func(path string) {
		out[path] = func(string) ask { return ask{method: http.MethodGet, path: path} }
	}
	d := root + "/districts/" + west.district
	for _, layer := range []string{"communities", "buildings", "facilities", "zones", "projects", "links", "strings", "idle-buildings", "coverage", "subdistricts"} {
		at(ogcDoor + "/collections/" + west.district + "-" + layer + "/items?limit=1000")
		at(ogcDoor + "/collections/" + west.district + "-" + layer)
	}
	for _, format := range []string{"geojson", "xlsx", "gpkg", "csv", "shp", "kml"} {
		at(d + "/register/export?layers=communities,buildings,facilities,zones&format=" + format)
	}
	for _, q := range []string{"%E9%BA%A6%E6%B5%AA", "%E7%A8%BB%E9%A6%99", "some"} {
		for _, list := range []string{"/search", "/communities", "/buildings", "/facilities", "/projects", "/idle-buildings"} {
			at(d + list + "?q=" + q)
		}
	}
	for _, by := range []string{"subdistrict", "zone", "year", "phase"} {
		at(d + "/project-groups?by=" + by)
	}
	at(d + "/survey-map?bbox=106.8,28.9,107.1,29.1")
	at(d + "/progress")
	at(d + "/tasks?year=2026")
	at(d + "/fund-pool?year=2026")
	at(d + "/targets?year=2026")
	at(d + "/months/2026-03/rollup/annex6")
	at(d + "/scenarios/" + mainScenario(w, own).(string) + "/schedule?year=2026")
	at(d + "/dashboard?year=2026")
	at(d + "/dashboard/map?year=2026")
	at(d + "/jobs")
	at(d + "/imports")
	at(d + "/communities?limit=1000&sort=name")
	return out
}

// Nothing that somebody reads tells of things beyond their part: no list, no sum
// with names, no file, no search.
func TestNothingReadTellsOfOtherParts(t *testing.T) {
	w := crowded(t)
	west, east := w.sides()
	foreign := map[string][]string{
		"officer": east.words, "neighbour": west.words, "contractor": east.words, "builder": west.words,
		"idle": slices.Concat(west.words, east.words),
	}
	reads := w.reads(west)
	telling := map[string]bool{} // addresses that tell the planner of the east
	asked := 0
	for _, name := range slices.Sorted(maps.Keys(reads)) {
		for _, person := range []string{"planner", "officer", "neighbour", "contractor", "builder", "idle"} {
			got, err := w.put(person, reads[name](person))
			w.must(err)
			asked++
			if got.Code >= 500 {
				t.Errorf("%s, as the %s: %d", name, person, got.Code)
			}
			if got.Code != http.StatusOK {
				continue
			}
			said := w.text(got.Body.Bytes())
			if person == "planner" {
				telling[name] = strings.Contains(said, east.mark) || strings.Contains(said, east.community.Code)
			}
			for _, word := range foreign[person] {
				if n := strings.Index(said, word); n >= 0 {
					t.Errorf("%s tells the %s of %s: …%s…", name, person, word, said[max(0, n-80):min(len(said), n+80)])
					break
				}
			}
		}
	}
	n := 0
	for name, tells := range telling {
		if tells {
			n++
		} else if testing.Verbose() {
			t.Logf("%s tells the planner nothing of them", name)
		}
	}
	t.Logf("%d requests; %d addresses tell the planner of the things", asked, n)
	if n < 30 {
		t.Errorf("only %d addresses tell the planner of the things: the others show nothing", n)
	}
}

// Sums are those of what the person may see: the parts of two neighbours and what
// lies in neither make the whole.
func TestSumsAreOfOnesOwnPart(t *testing.T) {
	w := crowded(t)
	w.sides()
	counts := func(person string) (n [4]int) {
		d := decode[registry.District](t, w.as(person, ask{method: "GET", path: root + "/districts/500110"}))
		return [4]int{int(d.Counts.Communities), int(d.Counts.Buildings), int(d.Counts.Facilities), int(d.Counts.Zones)}
	}
	in := func(subdistrict string) (n [4]int) {
		w.must(w.db.Pool.QueryRow(t.Context(), `
			select (select count(*) from community where subdistrict_code = $1), (select count(*) from building where subdistrict_code = $1),
			       (select count(*) from facility where subdistrict_code = $1),
			       (select count(*) from zone z join scenario s on s.id = z.scenario_id and s.main where $1 = any(z.subdistrict_codes))`, subdistrict).
			Scan(&n[0], &n[1], &n[2], &n[3]))
		return n
	}
	west, east := in(own.subdistrict), in(next.subdistrict)
	whole := west
	for i := range whole {
		whole[i] += east[i]
	}
	for person, want := range map[string][4]int{"planner": whole, "officer": west, "neighbour": east, "both": whole, "idle": {}} {
		if got := counts(person); got != want {
			t.Errorf("the %s counts %v, want %v", person, got, want)
		}
	}
}

// tileLayers say of every layer with a scope which ids of a side it shows. A link
// is of both its ends.
var tileLayers = map[string]string{
	"communities": "community", "community_points": "community", "projects": "community", "buildings": "building", "coverage": "building",
	"facilities": "facility", "idle_buildings": "idle", "zones": "zone", "zone_points": "zone", "strings": "string", "links": "link",
}

// A tile that was made for one scope is never given to another, whoever asks first,
// and a tag of somebody else's tile opens nothing.
func TestATileIsOfTheScopeThatAsks(t *testing.T) {
	w := crowded(t)
	west, east := w.sides()
	ctx := context.Background()
	for _, s := range []*side{west, east} {
		beyond := *s
		beyond.at[1] += 0.002
		twin := w.community(beyond.spot)
		var a, b int64
		w.must(w.db.Pool.QueryRow(ctx, `select least(x.id, y.id), greatest(x.id, y.id) from community x, community y where x.code = $1 and y.code = $2`, s.community.Code, twin.Code).Scan(&a, &b))
		line := fmt.Sprintf("ST_SetSRID(ST_MakeLine(ST_MakePoint(%v, %v), ST_MakePoint(%v, %v)), 4490)", s.at[0], s.at[1], s.at[0], s.at[1]+0.002)
		w.sql(`delete from link where a_id = $1 and b_id = $2`, a, b)
		s.ids["link"] = w.idOf(`insert into link (district_code, a_id, b_id, gap_m, line) values ($1, $2, $3, 10, `+line+`) returning id`, s.district, a, b)
		w.sql(`delete from zone_string where zone_id = $1`, s.ids["zone"])
		s.ids["string"] = w.idOf(`insert into zone_string (zone_id, a_id, b_id, geom, length_m, district_code) values ($4, $2, $3, `+line+`, 10, $1) returning id`, s.district, a, b, s.ids["zone"])
	}
	for _, s := range []*side{west, east} { // the contractors' zones are here
		name := map[string]string{"own": "contractor", "next": "builder"}[s.name]
		w.sql(`insert into account_zone (account_id, zone_id) values ($1, $2)`, w.people[name].ID, s.ids["zone"])
	}
	w.must(w.db.Write(ctx, func(_ context.Context, tx *postgis.Tx) error { // what was written past the nouns
		tx.Changed(postgis.Change{Everybody: true})
		return nil
	}))
	run, err := w.coverage.Run(ctx, account.Everything, west.district, coverage.Request{FacilityType: "health_station", Settings: coverage.Settings{Method: "radius", Area: coverage.Area{Kind: coverage.AreaDistrict}}})
	w.must(err)

	known := map[string]bool{}
	for _, info := range w.server.Tiles.Layers() {
		if info.Scoped {
			known[info.Name] = true
			if tileLayers[info.Name] == "" {
				t.Errorf("layer %s has a scope and no place in this test", info.Name)
			}
		}
	}
	lists := slices.Sorted(maps.Keys(known))
	lists = append(lists, strings.Join(lists, ","))
	const zoom = 14 // a tile holds both sides there
	near := map[maptile.Tile]bool{}
	for _, s := range []*side{west, east} {
		near[maptile.At(s.at, zoom)] = true
	}
	sees := map[string][]*side{
		"planner": {west, east}, "viewer": {west, east}, "both": {west, east}, "officer": {west}, "neighbour": {east},
		"contractor": {west}, "builder": {east}, "idle": {},
	}
	read := func(person, list string, at maptile.Tile, tag string) answer {
		q := ask{method: "GET", path: fmt.Sprintf("%s/districts/%s/tiles/%s/%d/%d/%d.mvt?run=%s", root, west.district, list, at.Z, at.X, at.Y, run.ID)}
		if tag != "" {
			q.headers = map[string]string{"If-None-Match": tag}
		}
		return w.as(person, q)
	}
	shown := map[string]map[string]bool{} // layers that showed something, by person
	for _, order := range [][]string{
		{"planner", "officer", "neighbour", "contractor", "builder", "idle", "both", "viewer"},
		{"idle", "builder", "contractor", "neighbour", "officer", "both", "planner"},
	} {
		w.tell(postgis.Change{District: west.district}) // nothing is kept of the order before
		for _, list := range lists {
			for at := range near {
				tag := ""
				for _, person := range order {
					got := read(person, list, at, "")
					if tag != "" && tag != got.header.Get("ETag") {
						if again := read(person, list, at, tag); again.status != got.status || !bytes.Equal(again.body, got.body) {
							t.Errorf("%s, as the %s with the tag of somebody else's tile: %d", list, person, again.status)
						}
					}
					tag = got.header.Get("ETag")
					if got.status == http.StatusNoContent {
						continue
					}
					layers, err := mvt.Unmarshal(got.body)
					w.must(err)
					for _, l := range layers {
						for _, f := range l.Features {
							id := int64(f.ID.(float64))
							ours := slices.ContainsFunc(sees[person], func(s *side) bool { return s.ids[tileLayers[l.Name]] == id })
							if ours {
								if shown[person] == nil {
									shown[person] = map[string]bool{}
								}
								shown[person][l.Name] = true
							}
							for _, s := range []*side{west, east} {
								if s.ids[tileLayers[l.Name]] == id && !ours {
									t.Errorf("%s after %v: the %s is shown %s %d of the %s", list, order, person, l.Name, id, s.mark)
								}
							}
						}
					}
				}
			}
		}
	}
	for person, sides := range sees {
		if want := len(known); len(sides) > 0 && len(shown[person]) != want {
			t.Errorf("the %s was shown %d layers of %d: %v", person, len(shown[person]), want, slices.Sorted(maps.Keys(shown[person])))
		}
	}
}

func (w *world) idOf(sql string, args ...any) (id int64) {
	w.t.Helper()
	w.must(w.db.Pool.QueryRow(context.Background(), sql, args...).Scan(&id))
	return id
}
