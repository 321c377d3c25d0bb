package registry_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func TestSearchFindsThingsByName(t *testing.T) {
	b := newBench(t)
	a := eligible("a", "万盛")
	a.Geometry = square(106.9, 28.95)
	c := eligible("c", "老万盛小区")
	c.Address = "勤俭路8号"
	b.upsertCommunities(a, c, eligible("x", "别处"))
	line := func(lon float64) orb.LineString {
		return orb.LineString{{lon, 28.95}, {lon + 0.005, 28.96}, {lon + 0.01, 28.96}}
	}
	b.write(func(ctx context.Context, tx *postgis.Tx) error {
		if _, err := b.UpsertFacilities(ctx, tx, b.district, slices.Values([]registry.FacilityRow{{Code: "f", FacilityType: "health_station", Name: "万盛卫生服务站", Geometry: orb.Point{106.9, 28.95}}})); err != nil {
			return err
		}
		if _, err := b.UpsertPlaces(ctx, tx, b.district, slices.Values([]registry.PlaceRow{{SourceRef: "osm:n1", Class: "town", Name: "万盛", Geometry: orb.Point{106.91, 28.96}}})); err != nil {
			return err
		}
		_, err := b.UpsertRoads(ctx, tx, b.district, slices.Values([]registry.RoadRow{
			{SourceRef: "osm:w1", Class: "primary", Name: "万盛大道", Geometry: line(106.90)},
			{SourceRef: "osm:w2", Class: "primary", Name: "万盛大道", Geometry: line(106.91)},
			{SourceRef: "osm:w3", Class: "residential", Name: "Main_Street", Geometry: line(106.92)},
		}))
		return err
	})
	for q, want := range map[string][]string{
		"万盛":       {"community 万盛", "place 万盛", "subdistrict 万盛街道", "facility 万盛卫生服务站", "road 万盛大道", "community 老万盛小区"},
		" 大道 ":     {"road 万盛大道"},
		"勤俭路":      {"community 老万盛小区"},
		"main_":    {"road Main_Street"},
		"%":        nil,
		"":         nil,
		"  ":       nil,
		"a\x00":    nil,
		"\xff":     nil,
		"没有这个":     nil,
		"';drop--": nil,
	} {
		hits, err := b.Search(t.Context(), account.Everything, b.district, q, 0)
		if err != nil {
			t.Errorf("%q: %v", q, err)
			continue
		}
		var got []string
		for _, h := range hits {
			got = append(got, h.Kind+" "+h.Name)
			if h.Location == nil && h.Code != "c" {
				t.Errorf("%q: %s %s is nowhere", q, h.Kind, h.Name)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q finds %v, want %v", q, got, want)
		}
	}
	hits, err := b.Search(t.Context(), account.Everything, b.district, "万盛大道", 0)
	if err != nil || len(hits) != 1 || hits[0].BBox == nil || hits[0].BBox[0] != 106.90 || hits[0].BBox[2] != 106.92 {
		t.Errorf("a street of two pieces: %v, %v", asJSON(t, hits), err)
	}
	hits, err = b.Search(t.Context(), account.Everything, b.district, "万盛", 2)
	if err != nil || len(hits) != 2 {
		t.Errorf("two hits asked for: %d, %v", len(hits), err)
	}
	hits, err = b.Search(t.Context(), account.Everything, b.district, strings.Repeat("很长", 5000), 0)
	if err != nil || len(hits) != 0 {
		t.Errorf("a very long question: %d, %v", len(hits), err)
	}
	hits, err = b.Search(t.Context(), account.Everything, b.district, "106.9,28.97", 0)
	if err != nil || len(hits) != 1 || hits[0].Kind != "coordinate" || *hits[0].Location != (orb.Point{106.9, 28.97}) {
		t.Errorf("a coordinate: %v, %v", asJSON(t, hits), err)
	}
}

func TestCoordinatesAsPeopleWriteThem(t *testing.T) {
	p := orb.Point{106.9, 28.97}
	for text, want := range map[string]*orb.Point{
		"106.9,28.97":        &p,
		" 106.9 , 28.97 ":    &p,
		"106.9 28.97":        &p,
		"106.9，28.97":        &p,
		"28.97,106.9":        &p, // only this order is possible
		"28.97N 106.9E":      &p,
		"28.97°N, 106.9°E":   &p,
		"E106.9 N28.97":      &p,
		"东经106.9，北纬28.97":    &p,
		"经度：106.9，纬度：28.97":  &p,
		"40, 30":             {40, 30},
		"N40 E30":            {30, 40},
		"-70.5, -33.4":       {-70.5, -33.4},
		"33.4S 70.5W":        {-70.5, -33.4},
		"106.9":              nil,
		"106.9,":             nil,
		"200,100":            nil,
		"106.9E 28.97E":      nil,
		"28.97N 106.9N":      nil,
		"1e300,2":            nil,
		"幸福路12, 3":           nil,
		"106.9,28.97,500":    nil,
		"NaN,NaN":            nil,
		"106.9,28.97; drop…": nil,
	} {
		got, ok := registry.ParseCoordinate(text)
		if ok != (want != nil) || ok && got != *want {
			t.Errorf("%q is %v (%v), want %v", text, got, ok, want)
		}
	}
}
