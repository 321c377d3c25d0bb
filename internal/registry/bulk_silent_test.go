package registry_test

import (
	"context"
	"slices"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// shifted is a shape moved by some degrees.
func shifted(shape orb.MultiPolygon, by float64) orb.MultiPolygon {
	out := shape.Clone()
	for _, polygon := range out {
		for _, ring := range polygon {
			for i := range ring {
				ring[i][0] += by
			}
		}
	}
	return out
}

// brought brings rows of a file into a layer.
func (b *bench) brought(layer string, rows ...registry.ImportRow) registry.BulkResult {
	b.t.Helper()
	out, err := b.bring(layer, rows...)
	if err != nil {
		b.t.Fatalf("%s: %v", layer, err)
	}
	return out
}

func TestAFileThatDoesNotSayErasesNothing(t *testing.T) {
	b := newBench(t)
	area := orb.Polygon(square(106.9, 28.95)[0])
	line := orb.LineString{{106.9, 28.95}, {106.91, 28.96}}
	full := map[string]struct {
		table string
		shape orb.Geometry
		key   map[string]any // what a file needs to say which thing it means
		more  map[string]any
	}{
		"communities": {"community", area, map[string]any{"code": "c1", "name": "甲"}, map[string]any{
			"address": "一路", "unit_kind": "single_building", "built_year": int64(1985), "households": int64(60), "building_count": int64(3),
			"floor_area_m2": 900.0, "management_mode": "professional", "neglected": true, "municipal_missing": "供水", "service_missing": "托幼",
			"households_agreed": int64(50), "floor_area_agreed_m2": 800.0, "prior_works": "partial", "in_shantytown_plan": false,
			"demolish_rebuild": false, "self_built_majority": false, "urban_village": false, "poor_conditions": true, "remark": "备注",
		}},
		"buildings": {"building", area, map[string]any{"code": "b1"}, map[string]any{
			"name": "1栋", "use": "residential", "storeys": int64(6), "height_m": 18.5, "built_year": int64(1985), "households": int64(60), "floor_area_m2": 900.0,
		}},
		"facilities":     {"facility", orb.Point{106.9, 28.95}, map[string]any{"code": "f1", "facility_type": "kindergarten"}, map[string]any{"name": "幼儿园", "address": "一路", "capacity": int64(90)}},
		"neighborhoods":  {"neighborhood", area, map[string]any{"code": "n1", "name": "和平社区"}, map[string]any{"subdistrict_code": west}},
		"idle_buildings": {"idle_building", area, map[string]any{"code": "i1"}, map[string]any{"name": "锅炉房", "address": "一路", "floor_area_m2": 90.0, "storeys": int64(1), "owner_kind": "state", "use_before": "锅炉房", "remark": "备注"}},
		"roads": {"road", line, map[string]any{"source_ref": "r1"}, map[string]any{
			"name": "万盛大道", "class": "motorway", "walkable": true, "stairs": true, "bridge": true, "tunnel": true, "level": int64(-2), "oneway": true,
		}},
		"barriers": {"barrier", line, map[string]any{"source_ref": "b1"}, map[string]any{"name": "北墙", "class": "fence"}},
	}
	for layer, c := range full {
		t.Run(layer, func(t *testing.T) {
			said := map[string]any{}
			for _, values := range []map[string]any{c.key, c.more} {
				for field, value := range values {
					said[field] = value
				}
			}
			b.brought(layer, registry.ImportRow{Geometry: c.shape, Values: said})
			before := b.dump(c.table)
			if got := b.brought(layer, registry.ImportRow{Geometry: c.shape, Values: c.key}); got != (registry.BulkResult{Unchanged: 1}) {
				t.Errorf("without the columns: %+v", got)
			}
			empty := map[string]any{}
			for field, value := range said {
				if _, isText := value.(string); isText && c.key[field] == nil {
					value = "  "
				} else if c.key[field] == nil {
					value = nil
				}
				empty[field] = value
			}
			delete(empty, "municipal_missing") // an empty list says that nothing is missing
			delete(empty, "service_missing")
			if got := b.brought(layer, registry.ImportRow{Geometry: c.shape, Values: empty}); got != (registry.BulkResult{Unchanged: 1}) {
				t.Errorf("with empty cells: %+v", got)
			}
			if after := b.dump(c.table); after != before {
				t.Errorf("changed\n%s\nto\n%s", before, after)
			}
		})
	}
	// What a file says takes the place of what is stored, and nothing else.
	b.brought("roads", registry.ImportRow{Geometry: line, Values: map[string]any{"source_ref": "r1", "class": "residential", "stairs": false}})
	if n := b.count(`select count(*) from road where name = '万盛大道' and class = 'residential' and walkable and not stairs and bridge and level = -2 and oneway`); n != 1 {
		t.Errorf("the road is %s", b.dump("road"))
	}
}

func TestANewRoadIsWalkedOnAsItsClassSays(t *testing.T) {
	b := newBench(t)
	line := orb.LineString{{106.9, 28.95}, {106.91, 28.96}}
	b.brought("roads",
		registry.ImportRow{Geometry: line, Values: map[string]any{"source_ref": "r1", "class": "trunk"}},
		registry.ImportRow{Geometry: line, Values: map[string]any{"source_ref": "r2", "class": "steps"}},
		registry.ImportRow{Geometry: line, Values: map[string]any{"source_ref": "r3"}})
	if n := b.count(`select count(*) from road where (source_ref, class, walkable, stairs) in (('r1', 'trunk', false, false), ('r2', 'steps', true, true), ('r3', 'unclassified', true, false))`); n != 3 {
		t.Errorf("roads are %s", b.dump("road"))
	}
}

func TestAShapeThatIsTheSameToAMillimetreStaysAsStored(t *testing.T) {
	b := newBench(t)
	const millimetre = 0.9e-8
	shape := square(106.9, 28.95)
	many := make(orb.Ring, 0, 6001)
	for i := range 3000 {
		many = append(many, orb.Point{106.9 + float64(i)*1e-6, 28.95})
	}
	for i := range 3000 {
		many = append(many, orb.Point{106.9 + float64(3000-i)*1e-6, 28.96})
	}
	many = append(many, many[0])
	row := func(code string, shape orb.MultiPolygon) registry.BuildingRow {
		return registry.BuildingRow{Code: code, Households: ptr(24), Geometry: shape, Source: "测绘", Generated: []string{"geometry", "households"}}
	}
	b.upsertBuildings(slices.Values([]registry.BuildingRow{row("a", shape), row("b", orb.MultiPolygon{{many}})}))
	before := b.dump("building")
	for _, c := range []struct {
		by   float64
		want registry.BulkResult
	}{
		{millimetre / 3, registry.BulkResult{Unchanged: 2}},
		{-millimetre / 3, registry.BulkResult{Unchanged: 2}},
		{4 * millimetre, registry.BulkResult{Updated: 2}},
	} {
		again := []registry.BuildingRow{row("a", shifted(shape, c.by)), row("b", shifted(orb.MultiPolygon{{many}}, c.by))}
		for i := range again {
			again[i].Source, again[i].Generated = "file:again", nil
		}
		var got registry.BulkResult
		b.write(func(ctx context.Context, tx *postgis.Tx) (err error) {
			got, err = b.UpsertBuildings(ctx, tx, b.district, slices.Values(again))
			return err
		})
		if got != c.want {
			t.Errorf("moved by %g°: %+v, want %+v", c.by, got, c.want)
		}
		if after := b.dump("building"); c.want.Updated == 0 && after != before {
			t.Errorf("moved by %g°: changed\n%s\nto\n%s", c.by, before, after)
		}
	}
	if n := b.count(`select count(*) from building where source = 'file:again' and generated = '{households}'`); n != 2 {
		t.Errorf("what has moved is not the file's: %s", b.dump("building"))
	}
}

func TestAnEqualValueOfAnotherSourceIsReal(t *testing.T) {
	b := newBench(t)
	b.upsertBuildings(slices.Values([]registry.BuildingRow{
		{Code: "b", Households: ptr(24), Storeys: ptr(6), Geometry: square(106.9, 28.95), Source: "演示", Generated: []string{"households", "storeys"}},
	}))
	for _, c := range []struct {
		source any
		want   registry.BulkResult
		marks  string
	}{
		{nil, registry.BulkResult{Unchanged: 1}, "{households,storeys}"},
		{"演示", registry.BulkResult{Unchanged: 1}, "{households,storeys}"},
		{"不动产登记", registry.BulkResult{Updated: 1}, "{storeys}"},
	} {
		got := b.brought("buildings", registry.ImportRow{Geometry: square(106.9, 28.95), Values: map[string]any{"code": "b", "households": int64(24), "source": c.source}})
		if n := b.count(`select count(*) from building where generated::text = $1`, c.marks); got != c.want || n != 1 {
			t.Errorf("source %v: %+v, want %+v, and marks %s: %s", c.source, got, c.want, c.marks, b.dump("building"))
		}
	}
}
