package link_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/link"
	"github.com/lianpian/lianpian/internal/postgis"
)

func TestGapAndWalkAreThoseOnTheGround(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	p.community("B", box(300, 0, 400, 100))
	p.community("C", box(801, 0, 900, 100))
	p.road("residential", "幸福路", line(-300, -10, 1500, -10))
	l := p.mustFind("A", "B")
	if math.Abs(l.GapM-200) > 0.01 {
		t.Errorf("gap %v m, want 200", l.GapM)
	}
	// Over 30 m of open ground to where it ends on the street, and along it.
	if want := 30 + 200 - 2*math.Sqrt(30*30-10*10) + 30; l.WalkM == nil || math.Abs(*l.WalkM-want) > 0.1 {
		t.Errorf("walk %v m, want %v", l.WalkM, want)
	}
	if l.SharedStreet != "幸福路" || l.SharedEdgeM != 0 || len(l.Crossed)+len(l.Crossings) > 0 || l.Verdict != "" {
		t.Errorf("%+v", l)
	}
	if want := []link.Street{{Name: "幸福路", LengthM: 143.4}}; !cmp.Equal(l.Streets, want, cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 0.2 })) {
		t.Errorf("streets %v", l.Streets)
	}
	var line, path float64
	p.must(p.db.Pool.QueryRow(t.Context(), `
		select ST_Length(line::geography), ST_Length(path::geography) from published_link where a_code = 'A'`).Scan(&line, &path))
	// The metres of a Gauss-Krüger zone are up to 1.6 parts in 10,000 longer here.
	if math.Abs(line-l.GapM) > 0.05 || math.Abs(path-*l.WalkM) > 0.1 {
		t.Errorf("on the ellipsoid the line is %v m long and the path %v m", line, path)
	}
	if got := p.pairs(); got != "A-B " { // B and C are 401 m apart
		t.Errorf("links %s", got)
	}
}

func TestWhatLiesBetween(t *testing.T) {
	bridge := func(p *plan) { p.road("residential", "万盛大桥", line(120, -10, 180, -10), "bridge") }
	banks := func(p *plan) {
		p.road("residential", "西岸路", line(0, -10, 120, -10))
		p.road("residential", "东岸路", line(180, -10, 300, -10))
	}
	street := func(p *plan) { p.road("residential", "横街", line(0, -10, 150, -10, 300, -10)) }
	cases := []struct {
		name    string
		ground  []func(p *plan)
		crossed []link.Barrier
		how     string // barrier kind name, …; "none": no path
	}{
		{"a street", []func(*plan){street}, nil, ""},
		{"a river without a bridge", []func(*plan){banks, func(p *plan) { p.river("綦江", line(150, -500, 150, 500)) }}, []link.Barrier{link.River}, "none"},
		{"a river with a bridge", []func(*plan){banks, bridge, func(p *plan) { p.river("綦江", line(150, -500, 150, 500)) }}, []link.Barrier{link.River}, "river bridge 万盛大桥"},
		{"a narrow river with a street along the other bank", []func(*plan){
			func(p *plan) { p.road("residential", "西街", line(0, -10, 120, -10)) },
			func(p *plan) { p.road("residential", "滨河路", line(115, -300, 115, 300)) },
			func(p *plan) { p.river("溪", line(108, -500, 108, 500)) },
		}, []link.Barrier{link.River}, "river level 西街"},
		{"a stream", []func(*plan){street, func(p *plan) {
			p.exec(`insert into waterway (district_code, source_ref, class, geom) values ($1, 's', 'stream', $2)`, p.district, p.degrees(line(150, -500, 150, 500)))
		}}, nil, ""},
		{"a lake to walk around", []func(*plan){
			func(p *plan) {
				p.road("residential", "环湖路", line(0, -10, 100, -10, 100, -60, 200, -60, 200, -10, 300, -10))
			},
			func(p *plan) {
				p.exec(`insert into water (district_code, source_ref, class, geom) values ($1, 'w', 'lake', $2)`, p.district, p.degrees(box(120, -50, 180, 150)))
			},
		}, []link.Barrier{link.River}, "river around "},
		{"a pond", []func(*plan){street, func(p *plan) {
			p.exec(`insert into water (district_code, source_ref, class, geom) values ($1, 'w', 'water', $2)`, p.district, p.degrees(box(120, 0, 180, 100)))
		}}, nil, ""},
		{"a railway with a level crossing", []func(*plan){street, func(p *plan) { p.railway(line(150, -500, 150, -10, 150, 500), false) }}, []link.Barrier{link.Railway}, "railway level 横街"},
		{"a railway whose bridge a street passes below", []func(*plan){street, func(p *plan) {
			p.railway(line(150, -500, 150, -5), true)
			p.railway(line(150, -5, 150, 500), false)
		}}, []link.Barrier{link.Railway}, "railway underpass 横街"},
		{"a railway on a bridge", []func(*plan){street, func(p *plan) { p.railway(line(150, -500, 150, 500), true) }}, nil, ""},
		{"an expressway with a tunnel below", []func(*plan){banks, func(p *plan) {
			p.road("motorway", "高速", line(150, -500, 150, 500), "closed")
			p.road("footway", "地道", line(120, -10, 180, -10), "tunnel")
		}}, []link.Barrier{link.Expressway}, "expressway tunnel 地道"},
		{"a trunk road that nobody crosses", []func(*plan){banks, func(p *plan) { p.road("trunk", "国道", line(150, -500, 150, 500)) }}, []link.Barrier{link.Expressway}, "none"},
		{"a primary road", []func(*plan){street, func(p *plan) { p.road("primary", "大道", line(150, -500, 150, -10, 150, 500)) }}, []link.Barrier{link.Primary}, "primary level 横街"},
		{"a river and a railway", []func(*plan){banks, bridge, func(p *plan) {
			p.river("綦江", line(150, -500, 150, 500))
			p.railway(line(170, -500, 170, 500), false)
		}}, []link.Barrier{link.River, link.Railway}, "river bridge 万盛大桥, railway bridge 万盛大桥"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := newPlan(t)
			p.community("A", box(0, 0, 100, 100))
			p.community("B", box(200, 0, 300, 100))
			for _, lay := range c.ground {
				lay(p)
			}
			l := p.mustFind("A", "B")
			if !slices.Equal(l.Crossed, c.crossed) {
				t.Errorf("crossed %v, want %v", l.Crossed, c.crossed)
			}
			var how []string
			for _, x := range l.Crossings {
				how = append(how, string(x.Barrier)+" "+x.Kind+" "+x.Name)
			}
			if c.how == "none" {
				if l.WalkM != nil || l.Path != nil || how != nil {
					t.Errorf("walk %v over %v", l.WalkM, how)
				}
				return
			}
			if l.WalkM == nil || *l.WalkM < l.GapM || strings.Join(how, ", ") != c.how {
				t.Errorf("walk %v m over %q, want %q", l.WalkM, strings.Join(how, ", "), c.how)
			}
		})
	}
}

func TestSharedEdgesAndStreets(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	p.community("B", box(100, 20, 200, 120))   // along 80 m
	p.community("C", box(-100, 100, 0, 200))   // a corner of A
	p.community("D", box(0.8, 100.8, 70, 160)) // within a metre along 69.2 m
	p.community("E", orb.Point{50, -20})       // a point south of A
	p.road("tertiary", "", line(-100, -10, 300, -10))
	p.road("footway", "小路", line(-100, -5, 300, -5))
	for _, c := range []struct {
		a, b   string
		edge   float64
		within float64
		street string
	}{{"A", "B", 80, 0.1, ""}, {"A", "C", 0, 0.1, ""}, {"A", "D", 69.2, 2 * link.EdgeMetres, ""}, {"A", "E", 0, 0, "tertiary"}} {
		l := p.mustFind(c.a, c.b)
		if math.Abs(l.SharedEdgeM-c.edge) > c.within || l.SharedStreet != c.street {
			t.Errorf("%s-%s: edge of %v m, want %v; street %q, want %q", c.a, c.b, l.SharedEdgeM, c.edge, l.SharedStreet, c.street)
		}
	}
	if l := p.mustFind("A", "B"); l.GapM != 0 || l.WalkM == nil || *l.WalkM != 0 {
		t.Errorf("communities that touch: gap %v, walk %v", l.GapM, l.WalkM)
	}
}

func TestFootprintsComeFromWhatIsKnown(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	b := p.community("B", orb.Point{250, 50})
	p.community("N", nil)
	p.community("X", orb.Point{200, 300})
	p.community("Y", orb.Point{200, 300})
	if l := p.mustFind("A", "B"); math.Abs(l.GapM-150) > 0.01 {
		t.Errorf("to a location: %v m, want 150", l.GapM)
	}
	p.building("b1", b, box(180, 40, 200, 60))
	p.building("b2", b, box(300, 40, 320, 60))
	if l := p.mustFind("A", "B"); math.Abs(l.GapM-80) > 0.01 {
		t.Errorf("to the nearest building: %v m, want 80", l.GapM)
	}
	if l := p.mustFind("X", "Y"); l.GapM != 0 || l.WalkM == nil || *l.WalkM != 0 {
		t.Errorf("at the same place: gap %v, walk %v", l.GapM, l.WalkM)
	}
	page := p.list(link.Filter{})
	if diff := cmp.Diff([]link.End{{Code: "N", Name: "小区N"}}, page.WithoutPlace); diff != "" || strings.Contains(p.pairs(), "N") {
		t.Errorf("links %s; without a place: %s", p.pairs(), diff)
	}
	if page := p.list(link.Filter{Community: "N"}); len(page.Items) != 0 || len(page.WithoutPlace) != 1 {
		t.Errorf("of the one without a place: %+v", page)
	}
	_, err := p.links.Override(t.Context(), account.Everything, p.district, "A", "N", link.Together, "同属一个单位")
	var wrong *link.InvalidError
	if !errors.As(err, &wrong) {
		t.Errorf("an override without a place: %v", err)
	}
}

func TestWhatPeopleSayOutlivesTheComputation(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	p.community("B", box(150, 0, 250, 100))
	p.community("F", box(900, 0, 1000, 100))
	p.road("residential", "幸福路", line(-100, -10, 1100, -10))
	p.refresh()
	ctx, scope := p.as(account.Planner, account.Scope{})
	far, err := p.links.Override(ctx, scope, p.district, "F", "A", link.Together, " 将修人行天桥 ")
	p.must(err)
	if far.A.Code != "A" || far.B.Code != "F" || math.Abs(far.GapM-800) > 0.01 || far.WalkM == nil || far.Verdict != link.Together ||
		far.Reason != "将修人行天桥" || far.OverriddenBy != "planner" || far.OverriddenAt == nil {
		t.Errorf("%+v", far)
	}
	_, err = p.links.Override(ctx, scope, p.district, "A", "B", link.Never, "分属两个单位")
	p.must(err)
	for range 2 {
		if l := p.mustFind("A", "B"); l.Verdict != link.Never || l.Reason != "分属两个单位" {
			t.Errorf("never: %+v", l)
		}
		if l := p.mustFind("A", "F"); l.Verdict != link.Together || math.Abs(l.GapM-800) > 0.01 {
			t.Errorf("together: %+v", l)
		}
		p.road("residential", "新路", line(0, 200, 100, 200)) // another base map: all is computed anew
	}
	var verdicts string
	p.must(p.db.Pool.QueryRow(t.Context(), `select string_agg(a_code || b_code || ' ' || verdict, ', ' order by b_code) from published_link where verdict <> ''`).Scan(&verdicts))
	if verdicts != "AB never, AF together" {
		t.Errorf("published: %s", verdicts)
	}
	p.must(p.links.ClearOverride(ctx, scope, p.district, "A", "F"))
	p.must(p.links.ClearOverride(ctx, scope, p.district, "B", "A"))
	if p.find("A", "F") != nil {
		t.Error("the far pair is still there")
	}
	if l := p.mustFind("A", "B"); l.Verdict != "" || l.Reason != "" || l.OverriddenAt != nil {
		t.Errorf("after clearing: %+v", l)
	}
	if err := p.links.ClearOverride(ctx, scope, p.district, "A", "B"); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("clearing nothing: %v", err)
	}
	var entries int
	p.must(p.db.Pool.QueryRow(t.Context(), `select count(*) from published_audit_entry where entity = 'link'`).Scan(&entries))
	if entries != 4 {
		t.Errorf("%d audit entries", entries)
	}
}

func TestRefusedOverrides(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	p.community("B", box(150, 0, 250, 100))
	for _, c := range []struct {
		name, a, b string
		verdict    link.Verdict
		reason     string
		notFound   bool
	}{
		{"without a reason", "A", "B", link.Together, " \n", false},
		{"a reason without end", "A", "B", link.Together, strings.Repeat("长", 2001), false},
		{"a phone number", "A", "B", link.Together, "问 138-0013-8000", false},
		{"a reason that is no text", "A", "B", link.Together, "a\x00b", false},
		{"an unknown verdict", "A", "B", "perhaps", "理由", false},
		{"a community with itself", "A", "A", link.Together, "理由", false},
		{"an unknown community", "A", "Z", link.Together, "理由", true},
		{"a code that is no text", "A", "B\x00", link.Together, "理由", true},
	} {
		_, err := p.links.Override(t.Context(), account.Everything, p.district, c.a, c.b, c.verdict, c.reason)
		var wrong *link.InvalidError
		if c.notFound != errors.Is(err, postgis.ErrNotFound) || c.notFound == errors.As(err, &wrong) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestPeopleSeeTheLinksOfTheirCommunities(t *testing.T) {
	p := newPlan(t)
	a := p.community("A", box(0, 0, 100, 100), west)
	p.community("B", box(150, 0, 250, 100), west)
	p.community("C", box(300, 0, 400, 100), east)
	p.community("D", box(450, 0, 550, 100), east)
	p.refresh()
	p.exec(`insert into zone (district_code, code, name, geom) values ($1, 'z', '片区', $2)`, p.district, p.degrees(box(0, 0, 100, 100)))
	var zone int64
	p.must(p.db.Pool.QueryRow(t.Context(), `insert into zone_community (zone_id, community_id) select id, $1 from zone returning zone_id`, a).Scan(&zone))
	for _, c := range []struct {
		name  string
		scope account.Scope
		want  string
	}{
		{"planner", account.Scope{}, "A-B B-C C-D A-C B-D A-D "},
		{"officer of the west", account.Scope{Subdistricts: []string{west}}, "A-B B-C A-C B-D A-D "},
		{"officer of the east", account.Scope{Subdistricts: []string{east}}, "B-C C-D A-C B-D A-D "},
		{"officer of nothing", account.Scope{Subdistricts: []string{}}, ""},
		{"contractor of the zone", account.Scope{Zones: []int64{zone}}, "A-B A-C A-D "},
		{"contractor of nothing", account.Scope{Zones: []int64{}}, ""},
	} {
		page, err := p.links.List(t.Context(), c.scope, p.district, link.Filter{})
		p.must(err)
		got := ""
		for _, l := range page.Items {
			got += l.A.Code + "-" + l.B.Code + " "
		}
		if got != c.want {
			t.Errorf("%s sees %q, want %q", c.name, got, c.want)
		}
	}
	if _, err := p.links.List(t.Context(), account.Scope{District: "500111"}, p.district, link.Filter{}); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("a person of another district: %v", err)
	}
	if _, err := p.links.List(t.Context(), account.Scope{Subdistricts: []string{east}}, p.district, link.Filter{Community: "A"}); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the links of a community that is not theirs: %v", err)
	}

	ctx, scope := p.as(account.Officer, account.Scope{Subdistricts: []string{west}})
	var outside *account.OutsideError
	if _, err := p.links.Override(ctx, scope, p.district, "A", "B", link.Never, "理由"); err != nil {
		t.Errorf("an officer in their own subdistrict: %v", err)
	}
	if _, err := p.links.Override(ctx, scope, p.district, "B", "C", link.Never, "理由"); !errors.As(err, &outside) {
		t.Errorf("an officer over the border: %v", err)
	}
	if _, err := p.links.Override(ctx, scope, p.district, "C", "D", link.Never, "理由"); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("an officer elsewhere: %v", err)
	}
}

func TestFilters(t *testing.T) {
	p := newPlan(t)
	p.community("A", box(0, 0, 100, 100))
	p.community("B", box(150, 0, 250, 100))
	p.community("C", box(300, 0, 400, 100))
	p.refresh()
	if got := p.list(link.Filter{Community: "B"}).Items; len(got) != 2 {
		t.Errorf("of B: %d", len(got))
	}
	if got := p.list(link.Filter{Limit: 1}).Items; len(got) != 1 || math.Abs(got[0].GapM-50) > 0.01 {
		t.Errorf("the nearest: %v", got)
	}
	b := p.degrees(orb.MultiPoint{{110, 0}, {140, 100}}).Bound()
	within := [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
	if got := p.list(link.Filter{Within: &within}).Items; len(got) != 2 { // A-B and A-C
		t.Errorf("inside a bound: %d", len(got))
	}
}
