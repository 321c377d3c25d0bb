package coverage_test

import (
	"errors"
	"math"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
)

func (b *bench) services(kind, code, method string) map[string]coverage.ServiceType {
	b.t.Helper()
	services, err := b.runs.Services(b.t.Context(), account.Everything, b.district, coverage.Settings{Method: method, Area: coverage.Area{Kind: kind, Code: code}})
	if err != nil {
		b.t.Fatal(err)
	}
	by := map[string]coverage.ServiceType{}
	for i, kind := range services.Types {
		by[kind.FacilityType] = kind
		if i > 0 && kind.Uncovered > services.Types[i-1].Uncovered {
			b.t.Errorf("%s comes too late", kind.FacilityType)
		}
	}
	return by
}

// What a zone and a community lack says how much, how far it is, and which item
// of the policy fills it.
func TestTheServicesOfAZoneAndACommunity(t *testing.T) {
	s := checkup(t)
	z := s.zone("东片", orb.Polygon{{s.at(1400, -100), s.at(3100, -100), s.at(3100, 100), s.at(1400, 100), s.at(1400, -100)}})
	for _, method := range []string{coverage.MethodRadius, coverage.MethodWalk} {
		zone := s.services(coverage.AreaZone, z.Code, method)
		day := zone[daycare]
		// The communities far and split are the zone's, with the building of split that stands outside it.
		if day.Households != 140 || day.CoveredHouseholds != 50 || day.Uncovered != 90 || day.Facilities != 1 || len(day.Works) != 1 || day.Works[0].No != 27 {
			t.Errorf("%s: %+v", method, day)
		}
		if day.Nearest == nil || math.Abs(*day.Nearest-200) > 21 || day.Standard == nil || day.Standard.Clause == "" {
			t.Errorf("%s: nearest %v, standard %+v", method, day.Nearest, day.Standard)
		}
		if works := zone["community_canteen"].Works; len(works) != 1 || works[0].No != 35 {
			t.Errorf("%s: canteen %+v", method, works)
		}
		health := zone[station]
		if len(health.Works) != 1 || health.Works[0].No != 34 || health.FirstStep == nil || health.Facilities != 0 || health.Nearest != nil || health.Uncovered != 140 {
			t.Errorf("%s: %+v", method, health)
		}
		near := s.services(coverage.AreaCommunity, "near", method)
		if got := near[daycare]; got.Households != 30 || got.Uncovered != 0 || got.CoveredBuildings != 1 {
			t.Errorf("%s: %+v", method, got)
		}
	}
}

// They are what a run over the zone says, and nothing is kept.
func TestServicesAreThoseOfARun(t *testing.T) {
	s := checkup(t)
	s.capacity("D", 20)
	z := s.zone("全片", orb.Polygon{{s.at(-100, -100), s.at(3100, -100), s.at(3100, 100), s.at(-100, 100), s.at(-100, -100)}})
	got := s.services(coverage.AreaZone, z.Code, coverage.MethodWalk)[daycare]
	if list, err := s.runs.List(t.Context(), account.Everything, s.district, 0); err != nil || len(list) != 0 {
		t.Errorf("kept %v %v", list, err)
	}
	run := s.ask(daycare, coverage.Settings{Method: coverage.MethodWalk, Area: coverage.Area{Kind: coverage.AreaZone, Code: z.Code}})
	if got.CoveredHouseholds != run.Summary.CoveredHouseholds || got.Households != run.Summary.Households || got.MeanM != run.Summary.MeanM ||
		got.ServedHouseholds != run.Summary.Capacity.ServedHouseholds || got.ServedHouseholds != 20 || *got.Limit.Metres != *run.Limit.Metres {
		t.Errorf("%+v, the run says %+v", got, run.Summary)
	}
}

func TestServicesOfNothing(t *testing.T) {
	s := checkup(t)
	s.exec(`insert into community (district_code, code, name) values ($1, 'nowhere', '无')`, s.district)
	services, err := s.runs.Services(t.Context(), account.Everything, s.district, coverage.Settings{Area: coverage.Area{Kind: coverage.AreaCommunity, Code: "nowhere"}})
	if err != nil || len(services.Types) != 0 || len(services.Notes) != 1 {
		t.Errorf("a community of no place: %+v %v", services, err)
	}
	s.exec(`update district set profile_key = 'gone'`)
	services, err = s.runs.Services(t.Context(), account.Everything, s.district, coverage.Settings{Area: coverage.Area{Kind: coverage.AreaCommunity, Code: "near"}})
	if err != nil || len(services.Types) != 0 || len(services.Notes) != 1 {
		t.Errorf("a profile that is gone: %+v %v", services, err)
	}
}

// Whoever may read the zone or the community may read what it lacks; others are
// told that there is none. There is no such answer for any other area.
func TestWhoReadsServices(t *testing.T) {
	s := checkup(t)
	z := s.zone("西片", orb.Polygon{{s.at(-100, -100), s.at(3100, -100), s.at(3100, 100), s.at(-100, 100), s.at(-100, -100)}})
	var id int64
	if err := s.db.Pool.QueryRow(t.Context(), `select id from zone where code = $1`, z.Code).Scan(&id); err != nil {
		t.Fatal(err)
	}
	zone, community := coverage.Area{Kind: coverage.AreaZone, Code: z.Code}, coverage.Area{Kind: coverage.AreaCommunity, Code: "near"}
	missing := coverage.Area{Kind: coverage.AreaZone, Code: "x"}
	for name, c := range map[string]struct {
		role  account.Role
		scope account.Scope
		may   bool
	}{
		"viewer":            {account.Viewer, account.Scope{}, true},
		"officer":           {account.Officer, account.Scope{Subdistricts: []string{west}}, true},
		"officer elsewhere": {account.Officer, account.Scope{Subdistricts: []string{east}}, false},
		"contractor":        {account.Contractor, account.Scope{Zones: []int64{id}}, true},
		"another's":         {account.Contractor, account.Scope{Zones: []int64{id + 1}}, false},
	} {
		ctx, scope := s.as(c.role, c.scope)
		for _, area := range []coverage.Area{zone, community, missing} {
			_, err := s.runs.Services(ctx, scope, s.district, coverage.Settings{Area: area})
			if may := c.may && area != missing; may && err != nil || !may && !errors.Is(err, postgis.ErrNotFound) {
				t.Errorf("%s, %s %s: %v", name, area.Kind, area.Code, err)
			}
		}
		_, err := s.runs.Services(ctx, scope, s.district, coverage.Settings{})
		var invalid *coverage.InvalidError
		if !errors.As(err, &invalid) || invalid.Field != "area" {
			t.Errorf("%s, the whole district: %v", name, err)
		}
	}
}
