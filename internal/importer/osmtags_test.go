package importer

import (
	"slices"
	"strings"
	"testing"
)

// tagged reads "highway=footway access=private".
func tagged(s string) (tags osmTags) {
	for _, pair := range strings.Fields(s) {
		k, v, _ := strings.Cut(pair, "=")
		tags = append(tags, osmTag{k, v})
	}
	return tags
}

func TestWalkingFollowsFootThenAccessThenClass(t *testing.T) {
	for tags, want := range map[string]bool{
		"highway=residential":                                 true,
		"highway=motorway":                                    false,
		"highway=motorway_link":                               false,
		"highway=trunk":                                       true,
		"highway=trunk motorroad=yes":                         false,
		"highway=trunk motorroad=yes sidewalk=both":           true,
		"highway=motorway foot=yes":                           true,
		"highway=primary foot=use_sidepath":                   false,
		"highway=service access=private":                      false,
		"highway=service access=private foot=yes":             true,
		"highway=service access=permissive":                   true,
		"highway=footway access=no":                           false,
		"highway=cycleway":                                    true,
		"highway=cycleway foot=no":                            false,
		"highway=steps":                                       true,
		"highway=busway":                                      false,
		"highway=service access=private sidewalk=right":       false,
		"highway=residential access=destination":              true,
		"highway=track access=agricultural foot=permissive":   true,
		"highway=living_street access=private foot=customers": true,
		"highway=service service=parking_aisle":               true,
		"highway=service service=driveway":                    true,
		"highway=steps conveying=yes":                         true,
		"highway=corridor indoor=yes":                         true,
		"highway=pedestrian area=yes":                         true,
		"highway=path sac_scale=hiking":                       true,
		"highway=path sac_scale=alpine_hiking":                false,
		"highway=path sac_scale=alpine_hiking foot=yes":       true,
	} {
		if got := walkable(tagged(tags)); got != want {
			t.Errorf("%s: got %v", tags, got)
		}
	}
}

func TestLayersAndClasses(t *testing.T) {
	for tags, want := range map[string]string{
		"natural=water water=river":      "water river",
		"natural=water":                  "water water",
		"landuse=reservoir":              "water reservoir",
		"landuse=forest":                 "green forest",
		"natural=wood":                   "green forest",
		"leisure=park":                   "green park",
		"landuse=residential":            "land_use residential",
		"amenity=school":                 "land_use education",
		"amenity=school building=school": " ",
		"amenity=hospital":               "land_use healthcare",
		"leisure=pitch":                  "land_use sports",
		"highway=residential":            " ",
	} {
		if layer, class := areaLayer(tagged(tags)); layer+" "+class != want {
			t.Errorf("%s: got %s %s", tags, layer, class)
		}
	}
	for tags, want := range map[string]string{
		"highway=steps": "road steps", "railway=subway": "railway subway", "waterway=stream": "waterway stream",
		"highway=proposed": " ", "railway=abandoned": " ", "waterway=dam": " ", "highway=construction": " ",
		"highway=platform": " ", "railway=platform": " ", "route=ferry": " ", "highway=corridor": "road corridor",
	} {
		if layer, class := lineLayer(tagged(tags)); layer+" "+class != want {
			t.Errorf("%s: got %s %s", tags, layer, class)
		}
	}
}

func TestFiguresOfBuildings(t *testing.T) {
	for tags, want := range map[string]float64{
		"height=12": 12, "height=12.5m": 12.5, "height=40'": 12.19, "height=6'6\"": 1.98, "height=high": 0, "height=-3": 0, "height=0": 0, "height=1e9": 0,
	} {
		if got := value(heightM(tagged(tags))); got != want {
			t.Errorf("%s: got %v", tags, got)
		}
	}
	for tags, want := range map[string]int{"building:levels=6": 6, "building:levels=5.5": 5, "building:levels=0": 0, "building:levels=many": 0, "building:levels=999": 0} {
		if got := value(storeys(tagged(tags))); got != want {
			t.Errorf("%s: got %v", tags, got)
		}
	}
	for tags, want := range map[string]int{"start_date=1998": 1998, "start_date=1998-05-01": 1998, "start_date=1890": 0, "start_date=C19": 0, "start_date=1970s": 0, "start_date=~1985": 1985} {
		got, old := startYear(tagged(tags))
		if value(got) != want || old != strings.HasSuffix(tags, "1890") {
			t.Errorf("%s: got %v, old %v", tags, value(got), old)
		}
	}
	for tags, want := range map[string]string{
		"building=apartments": "residential", "building=yes": "", "building=yes shop=supermarket": "commercial",
		"building=yes office=company": "office", "building=school": "education", "building=yes amenity=place_of_worship": "religious",
	} {
		if got := buildingUse(tagged(tags)); got != want {
			t.Errorf("%s: got %q", tags, got)
		}
	}
}

func TestTagsBecomeFacilities(t *testing.T) {
	mapping, err := loadFacilityMapping()
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		tags, name string
		m2         float64
		want       string
	}{
		{"amenity=kindergarten", "红星幼儿园", 0, "kindergarten"},
		{"amenity=kindergarten", "红星托育园", 0, "nursery"},
		{"amenity=school", "万盛小学", 0, "primary_school"},
		{"amenity=school", "万盛第四十九中学", 0, "middle_school"},
		{"amenity=school", "万盛高级中学", 0, ""},
		{"amenity=school", "万盛实验九年一贯制学校", 0, "primary_school middle_school"},
		{"amenity=school", "某校", 0, ""},
		{"amenity=school", "万盛小学西门", 0, ""},
		{"amenity=school barrier=gate", "万盛小学", 0, ""},
		{"amenity=clinic healthcare=clinic", "东林社区卫生服务站", 0, "health_station"},
		{"amenity=hospital", "万盛街道社区卫生服务中心", 0, "health_centre"},
		{"amenity=hospital", "区人民医院", 0, ""},
		{"amenity=clinic", "李氏诊所", 0, "clinic_outpatient"},
		{"healthcare=clinic", "", 0, "clinic_outpatient"},
		{"amenity=social_facility social_facility=nursing_home", "夕阳红", 0, "nursing_home"},
		{"amenity=social_facility", "东林日间照料中心", 0, "elder_daycare"},
		{"amenity=social_facility social_facility=shelter", "救助站", 0, ""},
		{"amenity=restaurant", "社区食堂", 0, "community_canteen"},
		{"amenity=restaurant", "火锅", 0, ""},
		{"leisure=pitch", "", 4000, "sports_ground_l"},
		{"leisure=pitch", "", 1500, "sports_ground_m"},
		{"leisure=pitch", "", 300, "sports_ground_s"},
		{"leisure=park", "", 60000, "park_c15"},
		{"leisure=park", "", 500, "pocket_park"},
		{"highway=bus_stop", "清华大学西门", 0, "bus_stop"},
		{"highway=bus_stop public_transport=platform bus=yes", "", 0, "bus_stop"},
		{"public_transport=platform bus=yes", "", 0, "bus_stop"},
		{"railway=station station=subway", "前门", 0, "metro"},
		{"railway=subway_entrance", "A口", 0, ""},
		{"shop=supermarket", "", 0, "supermarket community_shop"},
		{"shop=convenience", "", 0, "convenience_store community_shop"},
		{"amenity=marketplace", "", 0, "wet_market"},
		{"amenity=parking", "", 0, "car_parking"},
		{"amenity=parking access=private", "", 0, ""},
		{"office=government", "万盛街道办事处", 0, "subdistrict_office"},
		{"amenity=townhall office=government", "东林街道办事处", 0, "subdistrict_office"},
		{"amenity=police", "东林派出所", 0, "police_station"},
		{"amenity=police", "万新社区警务室", 0, "police_room"},
		{"amenity=toilets disused=yes", "", 0, ""},
		{"tourism=hotel", "", 0, ""},
	}
	for _, tt := range tests {
		got := mapping.types(tagged(tt.tags), tt.name, tt.m2)
		if want := strings.Fields(tt.want); !slices.Equal(got, want) && len(got)+len(want) > 0 {
			t.Errorf("%s %s (%.0f m²): got %v, want %v", tt.tags, tt.name, tt.m2, got, want)
		}
	}
}

func TestEveryMappedKeyIsWantedFromTheFile(t *testing.T) {
	mapping, err := loadFacilityMapping()
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range mapping.entries {
		for key := range e.When {
			if !wantedKey(key) {
				t.Errorf("entry %d asks for %s, which the reader drops", i+1, key)
			}
		}
		for _, c := range e.Choose {
			for key := range c.Tags {
				if !wantedKey(key) {
					t.Errorf("entry %d asks for %s, which the reader drops", i+1, key)
				}
			}
		}
	}
}
