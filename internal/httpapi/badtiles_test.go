package httpapi

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestWrongTileAddressesReachNoDatabase asks for tiles that there cannot be, by the
// map's door and by that for other programs. The connections that tiles are read
// through are not taken for any of them.
func TestWrongTileAddressesReachNoDatabase(t *testing.T) {
	w := newWorld(t)
	taken := func() (n int64) {
		for _, pool := range w.server.Tiles.Pools() {
			n += pool.Stat().AcquireCount()
		}
		return n
	}
	const mapDoor, good = "/districts/500110/tiles/", "/14/13061/6811.mvt"
	var long []string
	for range 3000 {
		long = append(long, "communities-")
	}
	cases := []struct {
		name, address string
		want          int
	}{
		{"no layer", mapDoor + "," + good, 404},
		{"an unknown layer", mapDoor + "none" + good, 404},
		{"an unknown layer beside a known one", mapDoor + "communities,none" + good, 404},
		{"a comma too many", mapDoor + "communities," + good, 404},
		{"another case", mapDoor + "Communities" + good, 404},
		{"a NUL in a layer", mapDoor + "communities%00" + good, 404},
		{"a NUL for a layer", mapDoor + "%00" + good, 404},
		{"an emoji for a layer", mapDoor + url.PathEscape("🌊") + good, 404},
		{"bytes that are no text for a layer", mapDoor + "%ff%fe" + good, 404},
		{"SQL for a layer", mapDoor + url.PathEscape("communities;drop table zone") + good, 404},
		{"a path for a layer", mapDoor + "..%2f..%2fzones" + good, 404},
		{"many long names", mapDoor + strings.Join(long, ",") + good, 404},
		{"a NUL in a scenario", mapDoor + "zones" + good + "?scenario=%00", 400},
		{"bytes that are no text in a scenario", mapDoor + "zones" + good + "?scenario=%ff", 400},
		{"a long scenario", mapDoor + "zones" + good + "?scenario=" + strings.Repeat("z", 101), 400},
		{"a NUL in a run", mapDoor + "coverage" + good + "?run=%00", 400},
		{"an emoji for a run", mapDoor + "coverage" + good + "?run=" + url.QueryEscape("🌊"), 400},
		{"a run that is none", mapDoor + "coverage" + good + "?run=1%27--", 400},
		{"a NUL in the district", "/districts/500110%00/tiles/communities" + good, 403},
	}
	for _, place := range []string{
		"21/0/0", "30/1/1", "-1/0/0", "3/-1/2", "3/1/-2", "3/8/1", "3/1/8", "14/16384/0", "14/0/16384", "0/1/0",
		"3/1.5/1", "3.0/1/1", "1e1/1/1", "3/0x1/1", "3/+1/1", "3/%201/1", "3/1/1%00", "3/%00/1", "%00/1/1", "3/٣/1", "3/" + url.PathEscape("🌊") + "/1",
		"99999999999999999999/1/1", "3/4294967297/1", "3/1/18446744073709551617", "a/b/c", "NaN/1/1", "3/Infinity/1", "3/1_0/1",
	} {
		cases = append(cases, struct {
			name, address string
			want          int
		}{place, mapDoor + "communities/" + place + ".mvt", 400})
	}
	before := taken()
	for _, c := range cases {
		got := w.as("viewer", ask{method: http.MethodGet, path: root + c.address})
		if got.status != c.want {
			t.Errorf("%s: %d, want %d\n%.300s", c.name, got.status, c.want, got.body)
			continue
		}
		got.problem(t)
	}
	for _, place := range []string{"21/0/0", "-1/0/0", "3/8/1", "3/1/8", "3/1.5/1", "99999999999999999999/1/1", "3/%00/1"} {
		for _, door := range []string{"/ogc/tiles/500110/", "/ogc/collections/500110-communities/tiles/WebMercatorQuad/"} {
			if got := w.as("viewer", ask{method: http.MethodGet, path: door + place}); got.status != http.StatusNotFound && got.status != http.StatusBadRequest {
				t.Errorf("%s%s: %d\n%.300s", door, place, got.status, got.body)
			}
		}
	}
	if n := taken() - before; n > 0 {
		t.Errorf("%d connections were taken for tiles that there cannot be", n)
	}

	// The same for tiles that there are, so that it is known to count; what the
	// text of a parameter is does not matter.
	for name, address := range map[string]string{
		"a tile":                      mapDoor + "communities" + good,
		"a scenario that is an emoji": mapDoor + "zones" + good + "?scenario=" + url.QueryEscape("🌊"),
		"a scenario of SQL":           mapDoor + "zones" + good + "?scenario=" + url.QueryEscape("'; drop table zone --"),
	} {
		before := taken()
		if got := w.as("viewer", ask{method: http.MethodGet, path: root + address}); got.status != http.StatusOK {
			t.Errorf("%s: %d\n%.300s", name, got.status, got.body)
		}
		if taken() == before {
			t.Errorf("%s reached no database", name)
		}
	}
}
