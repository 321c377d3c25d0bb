package tile_test

import (
	"context"
	"strings"
	"testing"
)

func TestZonesAreThoseOfTheScenario(t *testing.T) {
	s := newStage(t)
	ctx := context.Background()
	_, err := s.db.Pool.Exec(ctx, `
		with other as (
		    insert into scenario (district_code, code, name) values ($1, 'plan-b', '乙案') returning id
		)
		insert into zone (district_code, scenario_id, code, name, geom, subdistrict_codes)
		select $1, id, 'Z乙', '乙案片区', $2, array['500110001'] from other`, s.district, square(west, 0.001))
	if err != nil {
		t.Fatal(err)
	}
	for scenario, want := range map[string]string{"": "Z西", "plan-b": "Z乙", "nobody's": ""} {
		request := s.at(14, "zones", "zone_points")
		request.Scenario = scenario
		body := string(s.tile(t, request).Body)
		for _, code := range []string{"Z西", "Z乙"} {
			if got := strings.Contains(body, code); got != (code == want) {
				t.Errorf("scenario %q: zone %s shown: %v", scenario, code, got)
			}
		}
	}
}
