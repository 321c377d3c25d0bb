package importer

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
	"github.com/lianpian/lianpian/internal/registry"
)

// hgtTile is a tile of three seconds whose ground rises to the east by 1 m in 5
// samples, with one void.
func hgtTile(base int) []byte {
	raw := make([]byte, 2*1201*1201)
	for i := range 1201 * 1201 {
		binary.BigEndian.PutUint16(raw[2*i:], uint16(int16(base+i%1201/5)))
	}
	binary.BigEndian.PutUint16(raw[2*(24*1201+1080):], 0x8000) // 106.9° E, 28.98° N in N28E106
	return raw
}

func zipOf(t testing.TB, name string, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	f, err := w.Create(name)
	if err == nil {
		_, err = f.Write(data)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (b *bench) models(district string) []registry.Elevation {
	b.t.Helper()
	list, err := b.reg.Elevations(b.t.Context(), account.Everything, district)
	if err != nil {
		b.t.Fatal(err)
	}
	return list
}

func TestAnElevationModelIsCutToTheDistrict(t *testing.T) {
	b := newBench(t)
	district := postgistest.District(t, b.db)
	packed := string(zipOf(t, "N28E106.hgt", hgtTile(300)))
	report, err := b.text("N28E106.hgt.zip", packed, Args{District: district})
	if err != nil {
		t.Fatal(err)
	}
	if report.Format != "hgt" || report.Layers["elevation"].Inserted != 1 || report.RowsTaken != 1 || len(report.SHA256) != 64 {
		t.Errorf("report %+v", report)
	}
	notes := strings.Join(report.Notes, "\n")
	for _, say := range []string{"其中 1 个点没有高程", "只覆盖万盛经开区范围的 33%", "点距约 93 米"} {
		if !strings.Contains(notes, say) {
			t.Errorf("notes without %q: %s", say, notes)
		}
	}
	models := b.models(district)
	if len(models) != 1 {
		t.Fatalf("%d models", len(models))
	}
	m := models[0]
	if m.SourceRef != "elevation:N28E106" || m.Voids != 1 || m.LowestM < 485 || m.LowestM > 490 || m.HighestM != 540 {
		t.Errorf("model %+v", m)
	}
	// The district with two kilometres around it, as far as the tile has it.
	if box := m.BBox; math.Abs(box[0]-106.78) > 0.003 || math.Abs(box[1]-28.882) > 0.003 || math.Abs(box[2]-107) > 1e-9 || math.Abs(box[3]-29) > 1e-9 {
		t.Errorf("extent %v", box)
	}
	grids, err := registry.Heights(t.Context(), b.db.Pool, district)
	if err != nil || len(grids) != 1 {
		t.Fatalf("%d grids, %v", len(grids), err)
	}
	if h, ok := grids.At(106.85, 28.95); !ok || math.Abs(h-(300+1020/5)) > 1e-6 {
		t.Errorf("height %v, %v", h, ok)
	}
	if _, ok := grids.At(106.9, 28.98); ok {
		t.Error("the void has a height")
	}

	again, err := b.text("N28E106.hgt", string(hgtTile(300)), Args{District: district}) // the same, unpacked
	if err != nil || again.Unchanged != 1 || again.Inserted+again.Updated != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if after := b.models(district); after[0].ImportedAt != m.ImportedAt {
		t.Error("the same heights were written once more")
	}
	other, err := b.text("N28E106.hgt", string(hgtTile(310)), Args{District: district})
	if after := b.models(district); err != nil || other.Updated != 1 || len(after) != 1 || after[0].HighestM != 550 {
		t.Errorf("a new edition: %+v, %v", other, err)
	}
	next, err := b.text("N28E107.hgt", string(hgtTile(540)), Args{District: district, Layer: "elevation"})
	if err != nil || next.Inserted != 1 || len(b.models(district)) != 2 {
		t.Errorf("the tile beside it: %+v, %v", next, err)
	}
}

func TestAGeoTIFFGoesIntoTheOnlyDistrictThatItCovers(t *testing.T) {
	b := newBench(t)
	district := postgistest.District(t, b.db)
	data, err := os.ReadFile("raster/testdata/float32_deflate_predictor.tif")
	if err != nil {
		t.Fatal(err)
	}
	// The name says nothing: the content does.
	report, err := b.text("高程.dat", string(data), Args{})
	if err != nil || report.District != district || report.Format != "geotiff" || report.Inserted != 1 {
		t.Fatalf("%+v, %v", report, err)
	}
	if m := b.models(district)[0]; m.SourceCRS != "WGS 84" || m.Cols != 40 || m.Rows != 30 || m.Voids != 1 || math.Abs(m.SourceStepM-111.2) > 0.1 {
		t.Errorf("model %+v", m)
	}
	if n := b.count(`select count(*) from published_elevation_version where district_code = $1`, district); n != 1 {
		t.Error("the heights have no version")
	}
	if err := b.reg.DeleteElevation(t.Context(), account.Everything, district, "elevation:高程.dat"); err != nil {
		t.Fatal(err)
	}
	if n := b.count(`select (select count(*) from elevation) + (select count(*) from elevation_tile)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestElevationThatCannotBeTakenChangesNothing(t *testing.T) {
	b := newBench(t)
	district := postgistest.District(t, b.db)
	tif := func(name string) []byte {
		data, err := os.ReadFile("raster/testdata/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	void := make([]byte, 2*1201*1201)
	for i := 0; i < len(void); i += 2 {
		void[i] = 0x80
	}
	for _, c := range []struct {
		what, name string
		data       []byte
		args       Args
		say        string
	}{
		{"another place", "N42E001.hgt", hgtTile(0), Args{District: district}, "范围是 东经1.000°–东经2.000°、北纬42.000°–北纬43.000°，与万盛经开区的范围 东经106.800°–东经107.100°、北纬28.900°–北纬29.100° 不重叠"},
		{"another place, no district named", "S10W010.hgt", hgtTile(0), Args{}, "西经10.000°"},
		{"only voids", "N28E106.hgt", void, Args{District: district}, "没有一个已知的高程"},
		{"another projection", "x.tif", tif("refused_lambert.tif"), Args{District: district}, "EPSG:2154"},
		{"cut off", "x.tif", tif("int16_strips.tif")[:2000], Args{District: district}, "不完整"},
		{"a picture", "x.tif", []byte("GIF89a"), Args{District: district}, "不是 TIFF"},
		{"a tile of another size", "N28E106.hgt", hgtTile(0)[2:], Args{District: district}, "字节"},
		{"a zip of something else", "N28E106.hgt.zip", zipOf(t, "a.txt", []byte("x")), Args{District: district}, "没有 HGT"},
		{"a zip that is no model", "data.zip", zipOf(t, "a.shp", []byte("x")), Args{District: district}, "暂不支持 .zip"},
		{"as a ledger", "N28E106.hgt", hgtTile(0), Args{District: district, Layer: "ledger"}, "不能作为"},
		{"a ledger as heights", "x.csv", []byte(ledgerCSV), Args{District: district, Layer: "elevation"}, "不能作为"},
		{"an offset map's coordinates", "N28E106.hgt", hgtTile(0), Args{District: district, CRS: "gcj02"}, "GCJ-02"},
		{"an unknown district", "N28E106.hgt", hgtTile(0), Args{District: "123456"}, "没有代码"},
	} {
		t.Run(c.what, func(t *testing.T) {
			_, err := b.text(c.name, string(c.data), c.args)
			wantRefusal(t, err, c.say)
			if n := b.count(`select count(*) from elevation`); n != 0 {
				t.Error("something was written")
			}
		})
	}
}

func TestModelsAreKnownByTheirFile(t *testing.T) {
	for name, want := range map[string]string{
		"N42E001.hgt.zip": "elevation:N42E001", `C:\dem\n42e001.HGT`: "elevation:n42e001", "万盛 DEM?.tiff": "elevation:万盛 DEM_", ".tif": "elevation:elevation",
	} {
		if got := elevationRef(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestOnlyWhoMayImportTheBaseMapImportsHeights(t *testing.T) {
	b := newBench(t)
	district := postgistest.District(t, b.db)
	officer := account.Person{Name: "officer", Role: account.Officer, District: district, Scope: account.Scope{District: district, Subdistricts: []string{"500110001"}}}
	b.AskPeople(personFinder{officer})
	_, err := b.text("N28E106.hgt", string(hgtTile(0)), Args{District: district, By: "officer"})
	wantRefusal(t, err, "权限")
	if err := b.reg.DeleteElevation(account.With(t.Context(), officer), officer.Scope, district, "elevation:N28E106"); err == nil {
		t.Error("an officer of one subdistrict deletes the heights of all")
	}
}
