package coverage_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/postgis"
)

func (b *bench) prove(run coverage.Run, code string) coverage.Proof {
	b.t.Helper()
	p, err := b.runs.Prove(b.t.Context(), account.Everything, b.district, run.ID, code)
	if err != nil {
		b.t.Fatal(err)
	}
	return p
}

// lengthOf measures a line of longitude/latitude by PostGIS in the district's
// plane.
func (b *bench) lengthOf(line orb.Geometry) (metres float64) {
	b.t.Helper()
	err := b.db.Pool.QueryRow(b.t.Context(), `select ST_Length(ST_Transform($1::geometry, 4545))`, postgis.Geom{Geometry: line}).Scan(&metres)
	if err != nil {
		b.t.Fatal(err)
	}
	return metres
}

// The line of every walk begins at the building, ends at the facility and is as
// long as the answer says.
func TestTheLineOfAProofIsTheWalk(t *testing.T) {
	s := grown(t, 5)
	s.heights(func(x, y float64) float32 { return float32(300 + 0.08*x + 0.03*y) })
	for _, o := range []coverage.Settings{radius(350), walk(450), minutes(8)} {
		run := s.ask(daycare, o)
		proven := 0
		for code, a := range s.answers(run) {
			if a.FacilityCode == "" || proven == 25 {
				continue
			}
			proven++
			p := s.prove(run, code)
			if p.There == nil || !p.Current || p.There.FacilityCode != a.FacilityCode || p.Building.Code != code {
				t.Fatalf("%s %s: %+v", run.Method, code, p)
			}
			line := p.There.Line.Geometry().(orb.LineString)
			var facility postgis.Geom
			if err := s.db.Pool.QueryRow(t.Context(), `select geom from facility where code = $1`, a.FacilityCode).Scan(&facility); err != nil {
				t.Fatal(err)
			}
			if near := coverage.Metres(line[0], *a.Location); near > 0.02 {
				t.Errorf("%s %s: the line begins %v m from the building", run.Method, code, near)
			}
			if near := coverage.Metres(line[len(line)-1], facility.Geometry.(orb.Point)); near > 0.02 {
				t.Errorf("%s %s: the line ends %v m from the facility", run.Method, code, near)
			}
			tolerance := 0.02
			if run.Method == coverage.MethodRadius {
				tolerance = 0.001 * *a.DistanceM // the plane is not the ellipsoid
			}
			if long := s.lengthOf(line); math.Abs(long-p.There.DistanceM) > tolerance {
				t.Errorf("%s %s: the line is %v m long, the walk %v m", run.Method, code, long, p.There.DistanceM)
			}
			s.agrees(run, a, p)
		}
		if proven < 25 {
			t.Errorf("%s: only %d walks", run.Method, proven)
		}
	}
}

// agrees tests a proof against the answer for its building.
func (s *streets) agrees(run coverage.Run, a coverage.BuildingCoverage, p coverage.Proof) {
	s.t.Helper()
	worse := p.There
	if p.Back != nil && p.Back.Minutes > p.There.Minutes {
		worse = p.Back
	}
	if (p.Back != nil) != (run.Method == coverage.MethodWalkSlope) || math.Abs(worse.DistanceM-*a.DistanceM) > 0.02 {
		s.t.Errorf("%s %s: %v m walked, %v m answered", run.Method, a.Code, worse.DistanceM, *a.DistanceM)
	}
	if run.Method != coverage.MethodRadius && math.Abs(worse.Minutes-math.Max(*a.ThereMinutes, *a.BackMinutes)) > 0.006 {
		s.t.Errorf("%s %s: %v minutes walked, %v answered", run.Method, a.Code, worse.Minutes, *a.ThereMinutes)
	}
	covered, over := a.Status == coverage.Covered, p.BeyondM != nil || p.BeyondMinutes != nil
	if covered == over || covered != strings.HasPrefix(p.Sentence, "已覆盖") {
		s.t.Errorf("%s %s: %s, beyond %v, %q", run.Method, a.Code, a.Status, over, p.Sentence)
	}
	if p.BeyondM != nil && math.Abs(*p.BeyondM-(*a.DistanceM-*run.Limit.Metres)) > 1e-9 {
		s.t.Errorf("%s %s: beyond by %v m", run.Method, a.Code, *p.BeyondM)
	}
	streets := 0.0
	for _, on := range p.There.Streets {
		streets += on.DistanceM
	}
	if run.Method != coverage.MethodRadius && math.Abs(streets+p.There.AccessM-p.There.DistanceM) > 0.1 {
		s.t.Errorf("%s %s: %v m of streets and %v m to them make %v m", run.Method, a.Code, streets, p.There.AccessM, p.There.DistanceM)
	}
}

func TestAProofWithoutAWay(t *testing.T) {
	s := island(t)
	run := s.ask(daycare, walk(300))
	for code, part := range map[string]string{"off": "150 米内没有可步行的道路", "cut": "不连通"} {
		if p := s.prove(run, code); p.There != nil || p.BeyondM != nil || !p.Current || !strings.Contains(p.Sentence, part) {
			t.Errorf("%s: %+v", code, p)
		}
	}
	s.exec(`delete from facility`)
	if p := s.prove(s.ask(daycare, walk(300)), "near"); p.There != nil || !strings.Contains(p.Sentence, "没有“老年人日间照料中心（托老所）”") {
		t.Errorf("without facilities: %+v", p)
	}
	if _, err := s.runs.Prove(t.Context(), account.Everything, s.district, run.ID, "x"); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("no such building: %v", err)
	}
}

// A proof of data that have changed since the run says so, whatever it was.
func TestAProofSaysWhenTheAnswerIsOld(t *testing.T) {
	changes := map[string]struct {
		sql     string
		current bool
	}{
		"nothing":                       {`select 1`, true},
		"another home":                  {`update building set households = 99 where code = 'far'`, true},
		"the home moved":                {`update building set geom = ST_Translate(geom, 0.001, 0) where code = 'near'`, false},
		"the facility moved":            {`update facility set geom = ST_Translate(geom, 0.001, 0)`, false},
		"the facility is gone":          {`delete from facility`, false},
		"a nearer facility":             {`insert into facility (district_code, code, facility_type, geom) select district_code, 'E', facility_type, ST_Translate(geom, 0.001, 0) from facility`, false},
		"the street goes another way":   {`update road set geom = ST_AddPoint(geom, ST_SetSRID(ST_MakePoint(106.8705, 29.0005), 4490), 1) where source_ref = 'osm:w001'`, false},
		"the street is gone":            {`delete from road`, false},
		"a street far from here":        {`update road set geom = ST_Translate(geom, 0.01, 0.01) where source_ref = 'osm:w002'`, true},
		"a facility of another type":    {`insert into facility (district_code, code, facility_type, geom) select district_code, 'E', 'nursery', geom from facility`, true},
		"a farther facility":            {`insert into facility (district_code, code, facility_type, geom) select district_code, 'E', facility_type, ST_Translate(geom, 0.01, 0) from facility`, true},
		"the facility has another name": {`update facility set name = 'E'`, true},
	}
	for name, c := range changes {
		t.Run(name, func(t *testing.T) {
			s := island(t)
			run := s.ask(daycare, walk(300))
			s.exec(c.sql)
			p := s.prove(run, "near")
			if p.Current != c.current || strings.Contains(p.Sentence, "数据在计算之后有修改") == c.current {
				t.Errorf("current %v, %q", p.Current, p.Sentence)
			}
			if *p.Building.DistanceM != *s.answers(run)["near"].DistanceM {
				t.Error("the answer of the run is another one")
			}
		})
	}
}
