package coverage_test

import (
	"errors"
	"fmt"
	"math"
	"testing"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
)

// divided is a district at random whose homes belong to communities with figures
// of their own, in two subdistricts, four neighborhoods and two zones. Communities
// have households of which some buildings say their part, some none; one has no
// building at all.
func divided(t *testing.T) *streets {
	s := grown(t, 3)
	for i, code := range []string{"SW", "SE", "NW", "NE"} {
		x, y := 550*float64(i%2), 450*float64(i/2)
		box := orb.MultiPolygon{{{s.at(x-100, y-100), s.at(x+550, y-100), s.at(x+550, y+450), s.at(x-100, y+450), s.at(x-100, y-100)}}}
		if i%2 == 1 {
			box = orb.MultiPolygon{{{s.at(x, y-100), s.at(x+700, y-100), s.at(x+700, y+550), s.at(x, y+550), s.at(x, y-100)}}}
		}
		s.exec(`insert into neighborhood (district_code, code, name, subdistrict_code, geom) values ($1, $2, '社区' || $2, $3, $4)`,
			s.district, code, []string{west, east}[i%2], postgis.Geom{Geometry: box})
	}
	// Eight communities in strips, every second of them with a figure of its own.
	for i := range 8 {
		subdistrict := []string{west, east}[i/4]
		id := s.community(fmt.Sprintf("C%d", i), subdistrict, s.at(140*float64(i)+30, 400), []any{nil, 777 + i}[i%2], []any{nil, 12345.678}[i%2])
		s.exec(`update community set neighborhood_code = $2 where id = $1`, id, []string{"SW", "NW", "NE", "SE"}[i/2])
		s.exec(`
			update building set community_id = $1, subdistrict_code = $2
			where code in (select code from building where district_code = $3 and ST_X(ST_Transform(point, 4545)) between $4 and $5)`,
			id, subdistrict, s.district, s.origin[0]+140*float64(i)-30, s.origin[0]+140*float64(i)+100)
	}
	s.exec(`update building set households = null where code like '%3' or community_id = (select id from community where code = 'C5')`)
	empty := s.community("empty", east, s.at(910, 400), 55, nil)
	s.exec(`update community set neighborhood_code = 'SE' where id = $1`, empty)
	return s
}

func TestEveryPartAddsUpToTheSummary(t *testing.T) {
	s := divided(t)
	s.zone("西片", orb.Polygon{{s.at(-100, -100), s.at(500, -100), s.at(500, 1000), s.at(-100, 1000), s.at(-100, -100)}})
	s.zone("东片", orb.Polygon{{s.at(500, -100), s.at(1300, -100), s.at(1300, 1000), s.at(500, 1000), s.at(500, -100)}})
	s.capacity("D1", 200)
	for _, o := range []coverage.Settings{radius(300), walk(400)} {
		run := s.ask(daycare, o)
		if run.Summary.CoveredHouseholds == 0 || run.Summary.CoveredHouseholds == run.Summary.Households {
			t.Fatalf("%+v", run.Summary)
		}
		for _, by := range []string{coverage.AreaSubdistrict, coverage.AreaNeighborhood, coverage.AreaZone} {
			parts, err := s.runs.Parts(t.Context(), account.Everything, s.district, run.ID, by)
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]int{coverage.AreaSubdistrict: 2, coverage.AreaNeighborhood: 4, coverage.AreaZone: 2}[by]
			if len(parts) != want {
				t.Errorf("%s: %d parts of %d", by, len(parts), want)
			}
			figures := make([]coverage.Figures, 0, len(parts))
			for i, p := range parts {
				figures = append(figures, p.Figures)
				if i > 0 && missing(p.Figures) > missing(parts[i-1].Figures) {
					t.Errorf("%s: %s comes too late", by, p.Code)
				}
			}
			adds(t, run.Method+" by "+by, run, figures)
		}
	}
	if _, err := s.runs.Parts(t.Context(), account.Everything, s.district, s.ask(daycare, radius(300)).ID, "moon"); err == nil {
		t.Error("parts by the moon")
	}
}

// What lies in no part is a part of its own, so that nothing is lost.
func TestWhatIsInNoPartIsToldApart(t *testing.T) {
	s := divided(t)
	s.zone("西片", orb.Polygon{{s.at(-100, -100), s.at(500, -100), s.at(500, 1000), s.at(-100, 1000), s.at(-100, -100)}})
	s.exec(`update building set subdistrict_code = null where community_id is null`)
	s.exec(`update community set neighborhood_code = null where neighborhood_code = 'NE'`)
	run := s.ask(daycare, walk(400))
	for by, named := range map[string]int{coverage.AreaSubdistrict: 2, coverage.AreaNeighborhood: 4, coverage.AreaZone: 1} {
		parts, err := s.runs.Parts(t.Context(), account.Everything, s.district, run.ID, by)
		if err != nil {
			t.Fatal(err)
		}
		var figures []coverage.Figures
		rest := 0
		for _, p := range parts {
			figures = append(figures, p.Figures)
			if p.Code == "" && p.Name != "" && p.Buildings > 0 {
				rest++
			}
		}
		if len(parts) != named+1 || rest != 1 {
			t.Errorf("%s: %+v", by, parts)
		}
		adds(t, by, run, figures)
	}
}

func missing(f coverage.Figures) int64 {
	return f.Households - f.CoveredHouseholds - f.SparedHouseholds
}

// adds tests that figures add up to a run's summary.
func adds(t *testing.T, what string, run coverage.Run, parts []coverage.Figures) {
	t.Helper()
	var sum coverage.Figures
	walked := 0.0
	for _, f := range parts {
		sum.Buildings += f.Buildings
		sum.CoveredBuildings += f.CoveredBuildings
		sum.Households += f.Households
		sum.CoveredHouseholds += f.CoveredHouseholds
		sum.SparedHouseholds += f.SparedHouseholds
		sum.UnreachedBuildings += f.UnreachedBuildings
		sum.FloorAreaM2 += f.FloorAreaM2
		sum.CoveredFloorAreaM2 += f.CoveredFloorAreaM2
		sum.ServedHouseholds += f.ServedHouseholds
		walked += f.MeanM * float64(f.Households)
	}
	r := run.Summary
	if sum.Buildings != r.Buildings || sum.CoveredBuildings != r.CoveredBuildings || sum.Households != r.Households || sum.CoveredHouseholds != r.CoveredHouseholds ||
		sum.SparedHouseholds != r.SparedHouseholds || sum.UnreachedBuildings != r.UnreachedBuildings {
		t.Errorf("%s: parts add up to %+v, the summary is %+v", what, sum, r)
	}
	if math.Abs(sum.FloorAreaM2-r.FloorAreaM2) > 0.05 || math.Abs(sum.CoveredFloorAreaM2-r.CoveredFloorAreaM2) > 0.05 {
		t.Errorf("%s: floor area %v of %v, covered %v of %v", what, sum.FloorAreaM2, r.FloorAreaM2, sum.CoveredFloorAreaM2, r.CoveredFloorAreaM2)
	}
	if r.Capacity != nil && math.Abs(float64(sum.ServedHouseholds-r.Capacity.ServedHouseholds)) > float64(len(parts)) {
		t.Errorf("%s: %d served, the summary says %d", what, sum.ServedHouseholds, r.Capacity.ServedHouseholds)
	}
}

// A building has the same whole households in every run, so that the parts of an
// area add up to it whatever the parts are.
func TestBuildingsHaveWholeHouseholdsInEveryArea(t *testing.T) {
	s := divided(t)
	z := s.zone("西片", orb.Polygon{{s.at(-100, -100), s.at(500, -100), s.at(500, 1000), s.at(-100, 1000), s.at(-100, -100)}})
	box := geojson.NewGeometry(orb.Polygon{{s.at(100, 100), s.at(800, 100), s.at(800, 700), s.at(100, 700), s.at(100, 100)}})
	whole := s.ask(daycare, walk(400))
	known := s.answers(whole)
	areas := map[string]coverage.Area{
		"district":     {},
		"subdistrict":  {Kind: coverage.AreaSubdistrict, Code: east},
		"neighborhood": {Kind: coverage.AreaNeighborhood, Code: "SW"},
		"zone":         {Kind: coverage.AreaZone, Code: z.Code},
		"polygon":      {Kind: coverage.AreaPolygon, Geometry: box},
	}
	for name, area := range areas {
		t.Run(name, func(t *testing.T) {
			o := walk(400)
			o.Area = area
			run := s.ask(daycare, o)
			if run.Summary.Buildings == 0 || run.Summary.Buildings == whole.Summary.Buildings && name != "district" {
				t.Fatalf("%+v", run.Summary)
			}
			var sum, covered int64
			for code, a := range s.answers(run) {
				if a.Households != known[code].Households || a.Status != known[code].Status {
					t.Errorf("%s: %v households, %s; in the district %v, %s", code, a.Households, a.Status, known[code].Households, known[code].Status)
				}
				sum += int64(a.Households)
				if a.Status == coverage.Covered {
					covered += int64(a.Households)
				}
			}
			if sum != run.Summary.Households || covered != run.Summary.CoveredHouseholds {
				t.Errorf("buildings have %d households, %d covered; the summary says %d and %d", sum, covered, run.Summary.Households, run.Summary.CoveredHouseholds)
			}
			communities, err := s.runs.Communities(t.Context(), account.Everything, s.district, run.ID)
			if err != nil {
				t.Fatal(err)
			}
			var figures []coverage.Figures
			for _, c := range communities {
				figures = append(figures, c.Figures)
			}
			if int64(len(communities)) != run.Summary.Communities {
				t.Errorf("%d communities of %d", len(communities), run.Summary.Communities)
			}
			if name == "subdistrict" { // all its homes belong to communities
				adds(t, "communities", run, figures)
			}
		})
	}
	// The community's own figure counts.
	var said, given int64
	err := s.db.Pool.QueryRow(t.Context(), `
		select sum(c.households), sum(r.households)
		from coverage_community r join community c on c.id = r.community_id
		where r.run_id = $1 and c.households is not null`, whole.ID).Scan(&said, &given)
	if err != nil || said != given || given < 4*777 {
		t.Errorf("communities say %d households, the run gave %d: %v", said, given, err)
	}
}

// A neighborhood holds the buildings of its communities and those of no community
// on its ground; its officer may run it, another subdistrict's may not.
func TestANeighborhoodIsAnArea(t *testing.T) {
	s := divided(t)
	s.home("loose", 20, 20, 3)
	s.home("loose elsewhere", 900, 20, 3)
	o := walk(400)
	o.Area = coverage.Area{Kind: coverage.AreaNeighborhood, Code: "SW"}
	run := s.ask(daycare, o)
	var want int64
	err := s.db.Pool.QueryRow(t.Context(), `
		select count(*) from building b
		join neighborhood n on n.code = 'SW'
		left join community c on c.id = b.community_id
		where coalesce(c.neighborhood_code = n.code, b.community_id is null and ST_Intersects(n.geom, b.point))`).Scan(&want)
	got := s.answers(run)
	_, loose := got["loose"]
	_, elsewhere := got["loose elsewhere"]
	if err != nil || run.Summary.Buildings != want || !loose || elsewhere || run.Area.Name != "社区SW" {
		t.Errorf("%d buildings of %d, %+v, %v", run.Summary.Buildings, want, run.Area, err)
	}
	for subdistrict, may := range map[string]bool{west: true, east: false} {
		ctx, scope := s.as(account.Officer, account.Scope{Subdistricts: []string{subdistrict}})
		_, err := s.runs.Run(ctx, scope, s.district, coverage.Request{FacilityType: daycare, Settings: o})
		var outside *account.OutsideError
		if may != (err == nil) || !may && !errors.As(err, &outside) {
			t.Errorf("the officer of %s: %v", subdistrict, err)
		}
	}
}
