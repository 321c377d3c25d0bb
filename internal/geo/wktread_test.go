package geo

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// Every system reads back from its own texts.
func TestWellKnownTextComesBack(t *testing.T) {
	var all []CRS
	for srid := range 40_000 {
		if c, ok := NewCRS(srid); ok {
			all = append(all, c)
		}
	}
	if len(all) < 70 {
		t.Fatalf("only %d systems", len(all))
	}
	for _, text := range []string{"gk:cm=107.5,fe=500000,prefix=0", "gk:cm=106.5,fe=100000,prefix=0,fn=-3000000", "gk:cm=107.25,fe=350000,prefix=36"} {
		all = append(all, system(t, text))
	}
	for _, c := range all {
		for dialect, text := range map[string]string{"WKT": c.WKT(), "PRJ": c.PRJ(), "name": c.String()} {
			if dialect == "name" && c.SRID() == 0 {
				continue
			}
			got, known, datum, err := ReadWKT(text)
			// The 6-degree zones without number are those of 3 degrees with another name.
			want := c.String()
			if c.SRID() >= 4502 && c.SRID() <= 4512 && dialect != "name" {
				zone, _ := c.Zone()
				want = fmt.Sprintf("EPSG:%d", ThreeDegreeSRID(zone.CentralMeridian))
			}
			if err != nil || !known || got.String() != want || datum != datumOfCRS(c) {
				t.Errorf("%s of %s: got %s %v %q %v", dialect, c, got, known, datum, err)
			}
		}
	}
}

func TestCustomZonesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		zone := GaussKruger{
			CentralMeridian: float64(rapid.IntRange(7300, 13600).Draw(t, "cm")) / 100,
			FalseEasting:    float64(rapid.IntRange(0, 9_999_999).Draw(t, "fe")) / 10,
			ZonePrefix:      rapid.IntRange(0, 99).Draw(t, "prefix"),
			FalseNorthing:   float64(rapid.IntRange(-4_000_000, 4_000_000).Draw(t, "fn")),
		}
		c := CustomCRS(zone)
		for _, text := range []string{c.WKT(), c.PRJ()} {
			got, known, _, err := ReadWKT(text)
			if back, ok := got.Zone(); err != nil || !known || !ok || back != zone {
				t.Fatalf("%s: got %+v %v", text, back, err)
			}
		}
	})
}

// What GDAL writes in each of its dialects is understood.
func TestDialectsOfGDALAreRead(t *testing.T) {
	program, err := exec.LookPath("gdalsrsinfo")
	if err != nil {
		t.Skip("gdalsrsinfo is not installed")
	}
	for definition, want := range map[string]struct {
		system string
		known  bool
		datum  string
	}{
		"EPSG:4490":      {"EPSG:4490", true, DatumCGCS2000},
		"EPSG:4326":      {"EPSG:4326", true, DatumWGS84},
		"EPSG:4545":      {"EPSG:4545", true, DatumCGCS2000},
		"EPSG:4524":      {"EPSG:4524", true, DatumCGCS2000},
		"EPSG:4496":      {"EPSG:4496", true, DatumCGCS2000},
		"EPSG:3857":      {"EPSG:3857", true, DatumWGS84},
		"EPSG:32648":     {"EPSG:32648", true, DatumWGS84},
		"EPSG:4545+5773": {"EPSG:4545", true, DatumCGCS2000},
		"EPSG:2381":      {"EPSG:4545", false, DatumXian80},
		"EPSG:2360":      {"EPSG:4524", false, DatumXian80},
		"EPSG:4610":      {"EPSG:4490", false, DatumXian80},
		"EPSG:2433":      {"EPSG:4545", false, DatumBeijing54},
		"EPSG:4214":      {"EPSG:4490", false, DatumBeijing54},
		"EPSG:25832":     {"", false, DatumOther},
		"EPSG:32748":     {"", false, DatumWGS84},
		"EPSG:2154":      {"", false, DatumOther},
		"ESRI:102012":    {"", false, DatumWGS84},
		"+proj=tmerc +lon_0=107.5 +x_0=500000 +ellps=GRS80 +units=m":            {"gk:cm=107.5,fe=500000,prefix=0", true, DatumUnnamed},
		"+proj=tmerc +lon_0=106.5 +x_0=100000 +y_0=-3000000 +datum=WGS84":       {"gk:cm=106.5,fe=100000,prefix=0,fn=-3000000", true, DatumWGS84},
		"+proj=tmerc +lon_0=107.5 +x_0=500000 +ellps=GRS80 +to_meter=0.001":     {"", false, DatumUnnamed},
		"+proj=tmerc +lon_0=107.5 +x_0=500000 +k=0.99998 +ellps=GRS80 +units=m": {"", false, DatumUnnamed},
		"+proj=tmerc +lat_0=20 +lon_0=107.5 +x_0=500000 +ellps=GRS80 +units=m":  {"", false, DatumUnnamed},
		"+proj=tmerc +lon_0=108 +x_0=500000 +ellps=krass +units=m":              {"EPSG:4545", false, DatumBeijing54},
		"+proj=tmerc +lon_0=108 +x_0=500000 +a=6378140 +rf=298.257 +units=m":    {"EPSG:4545", false, DatumXian80},
	} {
		for _, dialect := range []string{"wkt1", "wkt_esri", "wkt2_2015", "wkt2_2019"} {
			text, err := exec.Command(program, "-o", dialect, definition).Output()
			if err != nil || !strings.Contains(string(text), "[") {
				continue // ESRI has no word for some
			}
			c, known, datum, err := ReadWKT(string(text))
			got := ""
			if err == nil {
				got = c.String()
			}
			if got != want.system || known != want.known || datum != want.datum {
				t.Errorf("%s %s: got %q %v %q %v, want %+v\n%s", definition, dialect, got, known, datum, err, want, text)
			}
		}
	}
}

func TestOddTextsAreNotTakenForSystems(t *testing.T) {
	for _, text := range []string{
		"", "x", "PROJCS", "PROJCS[", `PROJCS["a"`, `PROJCS["a",]`, `GEOGCS["a]`, "[]", "EPSG:99999",
		`LOCAL_CS["mine",UNIT["metre",1]]`, `UNIT["metre",1]`, strings.Repeat("A[", 10_000), strings.Repeat(" ", maxWKTBytes) + "[x]",
		`PROJCS["a",GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563]]],PROJECTION["Transverse_Mercator"],PARAMETER["central_meridian",1e999]]`,
	} {
		if c, known, _, err := ReadWKT(text); err == nil || known {
			t.Errorf("%.60q: got %s", text, c)
		}
	}
	// The name of a system that files of Chinese map services carry.
	_, known, datum, err := ReadWKT(`GEOGCS["GCS_GCJ_02",DATUM["D_GCJ_02",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`)
	if known || datum != DatumGCJ02 || err != nil {
		t.Errorf("GCJ-02: got %v %q %v", known, datum, err)
	}
}

func FuzzReadWKT(f *testing.F) {
	f.Add(CRS{}.WKT())
	c, _ := NewCRS(4545)
	f.Add(c.PRJ())
	f.Fuzz(func(t *testing.T, text string) {
		c, known, _, err := ReadWKT(text)
		if known && err != nil {
			t.Errorf("known with %v", err)
		}
		if known {
			_ = c.WKT()
		}
	})
}
