package coverage_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
)

func library(t *testing.T) *policy.Library {
	t.Helper()
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	return lib
}

func TestTheRadiusComesFromTheDistrictsStandards(t *testing.T) {
	b := town(t)
	cases := map[string]struct {
		profile, facilityType string
		radius                *float64
		want                  float64 // 0: refused, for field
		field                 string
		standard              *coverage.Standard
		note                  string
	}{
		"the standard's": {
			"gb50180", station, nil, 300, "",
			&coverage.Standard{Clause: "表C.0.2", Mark: "M", RadiusM: metres(300), Minutes: metres(5), Tier: "c05", Basis: "服务半径 300 米；五分钟生活圈居住区，步行 5 分钟"}, "尚未",
		},
		"a better checked radius": {
			"gb50180", "primary_school", nil, 500, "",
			&coverage.Standard{Clause: "表C.0.1", Mark: "P", RadiusM: metres(500), Minutes: metres(10), Tier: "c10", Basis: "服务半径 500 米；十分钟生活圈居住区，步行 10 分钟"}, "没有“小学”的数据",
		},
		"a person's":           {"gb50180", station, metres(500), 500, "", nil, "所用标准为 300 米"},
		"a person's, the same": {"gb50180", station, metres(300), 300, "", nil, ""},
		"the circle's where the row gives none": {
			"gb50180", "clinic_outpatient", nil, 1000, "",
			&coverage.Standard{Clause: "表C.0.1", Mark: "M", Minutes: metres(15), Tier: "c15", Basis: "该项未规定服务半径，按十五分钟生活圈居住区的步行距离 1000 米"}, "",
		},
		"the circle's minutes": {
			"wzsq", station, nil, 600, "",
			&coverage.Standard{Clause: "第5项 社区卫生服务站", Mark: "M", Minutes: metres(10), Tier: "wzsq", Basis: "该项未规定服务半径，按完整居住社区（基本单元）步行 10 分钟（1 米/秒，折合 600 米）"}, "",
		},
		"the standard gives none":       {"gb50180", "play_area", nil, 0, "limit", nil, ""},
		"none, but a person does":       {"gb50180", "play_area", metres(800), 800, "", nil, ""},
		"the profile is not known":      {"gone", station, nil, 0, "limit", nil, ""},
		"not known, but a person gives": {"gone", station, metres(300), 300, "", nil, ""},
		"a figure that has no place":    {"gb50180", "elder_beds", metres(300), 0, "facility_type", nil, ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			b.exec(`update district set profile_key = $2 where code = $1`, b.district, c.profile)
			run, err := b.runs.Run(t.Context(), account.Everything, b.district, coverage.Request{FacilityType: c.facilityType, Settings: coverage.Settings{Limit: coverage.Limit{Metres: c.radius}}})
			if c.want == 0 {
				var invalid *coverage.InvalidError
				if !errors.As(err, &invalid) || invalid.Field != c.field {
					t.Errorf("got %v, want a fault of %s", err, c.field)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if run.Standard != nil {
				if !strings.Contains(run.Standard.Source, "50180") && !strings.Contains(run.Standard.Source, "完整居住社区") {
					t.Errorf("the source is %q", run.Standard.Source)
				}
				run.Standard.Source = ""
			}
			if *run.Limit.Metres != c.want || cmp.Diff(c.standard, run.Standard) != "" || !strings.HasPrefix(run.Inputs.Profile, c.profile) {
				t.Errorf("limit %v of %+v, %s", *run.Limit.Metres, run.Standard, run.Inputs.Profile)
			}
			if notes := strings.Join(run.Notes, "\n"); !strings.Contains(notes, c.note) {
				t.Errorf("the notes do not say %q: %s", c.note, notes)
			}
		})
	}
}
