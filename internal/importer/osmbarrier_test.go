package importer

import (
	"testing"

	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

func TestWhatStopsPeopleOnFoot(t *testing.T) {
	for tags, want := range map[string]string{
		"barrier=wall":                          "wall",
		"barrier=fence foot=yes":                "",
		"barrier=hedge":                         "hedge",
		"barrier=retaining_wall":                "retaining_wall",
		"barrier=wall height=0.4":               "",
		"barrier=wall height=2":                 "wall",
		"barrier=guard_rail bridge=yes":         "",
		"barrier=guard_rail layer=1":            "",
		"barrier=fence tunnel=building_passage": "fence",
		"barrier=kerb":                          "",
		"barrier=handrail":                      "",
		"barrier=bollard":                       "",
		"barrier=gate":                          "",
		"barrier=gate locked=yes":               "gate",
		"highway=residential":                   "",

		"barrier=fence landuse=residential name=幸福小区": "fence",
	} {
		if got := wallClass(tagged(tags)); got != want {
			t.Errorf("%s: got %q", tags, got)
		}
	}
}

func TestWhichGatesOpenOnFoot(t *testing.T) {
	for tags, want := range map[string]bool{
		"barrier=gate":                         true,
		"barrier=gate access=private":          true, // those who live there
		"barrier=gate access=no":               false,
		"barrier=gate access=no foot=yes":      true,
		"barrier=gate locked=yes":              false,
		"barrier=gate locked=yes foot=private": true,
		"barrier=gate foot=no":                 false,
		"barrier=lift_gate access=private":     true,
		"barrier=lift_gate locked=no":          true,
		"barrier=bollard access=no":            true,
		"barrier=bollard foot=no":              false,
		"barrier=entrance":                     true,
		"barrier=stile":                        true,
		"barrier=turnstile":                    true,
		"barrier=wall":                         false,
		"barrier=fence foot=yes":               true,
		"barrier=yes":                          true,
		"barrier=debris":                       false,
	} {
		if gateClass(tagged(tags)) == "" {
			t.Errorf("%s is no gate", tags)
		}
		if got := openOnFoot(tagged(tags)); got != want {
			t.Errorf("%s: got %v", tags, got)
		}
	}
	for _, tags := range []string{"barrier=kerb", "entrance=main", "highway=crossing"} {
		if class := gateClass(tagged(tags)); class != "" {
			t.Errorf("%s is a %s", tags, class)
		}
	}
}

func TestCrossingsByTheirTags(t *testing.T) {
	for tags, want := range map[string]string{
		"highway=crossing":                                      "",
		"highway=crossing crossing=zebra":                       "marked",
		"highway=crossing crossing=uncontrolled":                "marked",
		"highway=crossing crossing=unmarked":                    "unmarked",
		"highway=crossing crossing=traffic_signals":             "traffic_signals",
		"highway=crossing crossing=marked crossing:signals=yes": "traffic_signals",
		"highway=traffic_signals":                               "traffic_signals",
		"railway=level_crossing":                                "railway",
		"highway=crossing crossing=no":                          "none",
		"highway=bus_stop":                                      "none",
	} {
		got, ok := crossingClass(tagged(tags))
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("%s: got %q", tags, got)
		}
	}
}

func TestAnInclineTurnsWithItsLine(t *testing.T) {
	for incline, want := range map[string]string{
		"up": "down", "down": "up", "10%": "-10%", "-10 %": "10 %", "+5%": "-5%", "8°": "-8°", "0%": "0%", "steep": "steep", "": "",
	} {
		if got := turned(incline); got != want {
			t.Errorf("%q: got %q, want %q", incline, got, want)
		}
	}
}

// A compound in a wall with three gates, a zebra on the street before it, and a
// square of two ways.
func TestAnExtractBringsWallsGatesAndCrossingsOnce(t *testing.T) {
	b := newBench(t)
	postgistest.District(t, b.db)
	var nodes pbfNodes
	at := func(id int64, x, y int32, tags string) {
		nodes = append(nodes, osmNode{id, 1069000000 + x*10000, 289700000 + y*10000, tagged(tags)})
	}
	at(1, 0, 0, "")
	at(2, 2, 0, "barrier=gate")
	at(3, 4, 0, "")
	at(4, 4, 4, "barrier=gate locked=yes")
	at(5, 0, 4, "barrier=lift_gate access=private")
	at(6, 2, -1, "highway=crossing crossing=zebra")
	at(7, 4, -1, "")
	at(8, 9, 0, "")
	at(9, 9, 9, "")
	at(10, 5, 9, "")
	at(11, 9, -1, "barrier=kerb")
	file := pbfFile(nodes, []pbfWay{
		{1, []int64{1, 2, 3, 4, 5, 1}, tagged("landuse=residential barrier=wall name=幸福小区")},
		{2, []int64{6, 7, 11}, tagged("highway=residential oneway=-1 incline=10%")},
		{3, []int64{2, 6}, tagged("highway=footway footway=crossing")},
		{4, []int64{8, 9}, nil},
		{5, []int64{9, 10, 8}, nil},
		{6, []int64{3, 7, 99, 4}, tagged("barrier=fence")},
	}, []pbfRelation{
		{7, []osmMember{{4, true, "outer"}, {5, true, "outer"}}, tagged("type=multipolygon highway=pedestrian name=广场")},
	})
	report, err := b.pbf(file, Args{District: "500110"})
	if err != nil {
		t.Fatal(err)
	}
	for what, sql := range map[string]string{
		"the wall, without the name of the compound": `select count(*) from barrier where source_ref = 'osm:w1' and class = 'wall' and name = '' and ST_IsClosed(geom)`,
		"the longest piece of the fence":             `select count(*) from barrier where source_ref = 'osm:w6' and ST_NPoints(geom) = 2`,
		"the compound itself":                        `select count(*) from land_use where source_ref = 'osm:w1' and name = '幸福小区'`,
		"the open gate":                              `select count(*) from gate where source_ref = 'osm:n2' and passable`,
		"the locked gate":                            `select count(*) from gate where source_ref = 'osm:n4' and not passable`,
		"the residents' gate":                        `select count(*) from gate where source_ref = 'osm:n5' and class = 'lift_gate' and passable`,
		"the zebra":                                  `select count(*) from crossing where class = 'marked'`,
		"the square's edge":                          `select count(*) from road where source_ref = 'osm:r7.1' and walkable and name = '广场' and ST_IsClosed(geom)`,
		"the street as it runs":                      `select count(*) from road where source_ref = 'osm:w2' and oneway and tags ->> 'incline' = '-10%'`,
		"the footway's kind":                         `select count(*) from road where source_ref = 'osm:w3' and tags ->> 'footway' = 'crossing'`,
	} {
		if n := b.count(sql); n != 1 {
			t.Errorf("%s: %d rows", what, n)
		}
	}
	if got := report.Layers; got["barrier"].Inserted != 2 || got["gate"].Inserted != 3 || got["crossing"].Inserted != 1 {
		t.Errorf("layers %+v", got)
	}
	version := func() (v string) {
		if err := b.db.Pool.QueryRow(t.Context(), `select version from published_base_version where district_code = '500110'`).Scan(&v); err != nil {
			t.Fatal(err)
		}
		return v
	}
	before, first := b.contents(), version()
	again, err := b.pbf(file, Args{District: "500110"})
	if err != nil || again.Inserted+again.Updated != 0 || again.Unchanged != report.Inserted || b.contents() != before || version() != first {
		t.Errorf("the second time: %+v, %v", again, err)
	}
	if _, err := b.db.Pool.Exec(t.Context(), `update gate set passable = false where source_ref = 'osm:n2'`); err != nil {
		t.Fatal(err)
	}
	if version() == first {
		t.Error("a gate that closed is no other base map")
	}
}
