package delivery_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/delivery"
)

// Every file of one package says the same totals: 451 households, 33,402 m², as
// the zone does.
func TestEveryFileOfAPackageSaysTheSameTotals(t *testing.T) {
	d := newDesk(t)
	p := d.must(d.make("planner", delivery.Order{
		Zones: []string{d.Zone.Code}, Author: "规划院", CRS: "EPSG:4545",
		Parts: []string{"atlas", "forms", "book", "report", "geopackage", "geojson"},
	}))
	files := unpack(t, d.content(p))
	totals := d.Plan(d.Zone.Code).Totals
	if totals.Households != 451 || totals.FloorAreaM2 != 33402 {
		t.Fatalf("the zone says %+v", totals)
	}
	dir := t.TempDir()
	saved := func(name string) string {
		t.Helper()
		if len(files[name]) == 0 {
			t.Fatalf("there is no %s", name)
		}
		path := filepath.Join(dir, filepath.Base(name))
		if err := os.WriteFile(path, files[name], 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}

	t.Run("book", func(t *testing.T) {
		book, err := excelize.OpenReader(bytes.NewReader(files["3-片区台账/片区台账.xlsx"]))
		if err != nil {
			t.Fatal(err)
		}
		defer book.Close()
		if got := sumOf(t, book, "小区", "户数"); got != float64(totals.Households) {
			t.Errorf("the book sums up %v households", got)
		}
		if got := sumOf(t, book, "小区", "建筑面积"); math.Abs(got-totals.FloorAreaM2) > 0.005 {
			t.Errorf("the book sums up %v m²", got)
		}
	})
	t.Run("report", func(t *testing.T) {
		text := wordsOf(t, files["4-文本/片区方案报告.docx"])
		says(t, "the report", text, totals.Households, totals.FloorAreaM2)
	})
	t.Run("atlas", func(t *testing.T) {
		pdftotext, err := exec.LookPath("pdftotext")
		if err != nil {
			t.Skip("pdftotext (Debian poppler-utils) is not there")
		}
		text, err := exec.CommandContext(t.Context(), pdftotext, "-layout", saved("1-图册/片区方案图册（A3）.pdf"), "-").Output()
		if err != nil {
			t.Fatal(err)
		}
		says(t, "the atlas", string(text), totals.Households, totals.FloorAreaM2)
		if !strings.Contains(string(text), "规划院") {
			t.Error("the atlas does not name its author")
		}
	})
	t.Run("geopackage", func(t *testing.T) {
		ogrinfo, err := exec.LookPath("ogrinfo")
		if err != nil {
			t.Skip("ogrinfo (Debian gdal-bin) is not there")
		}
		said, err := exec.CommandContext(t.Context(), ogrinfo, "-dialect", "sqlite", "-sql",
			`select z.households as zone_households, z.floor_area_m2 as zone_floor,
			        (select sum(households) from communities) + (select sum(households) from buildings where community_code is null) as households,
			        (select sum(floor_area_m2) from communities) + (select sum(floor_area_m2) from buildings where community_code is null) as floor
			 from zones z`, saved("5-数据/片区方案.gpkg")).CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		for _, want := range []string{"zone_households (Integer64) = 451", "zone_floor (Real) = 33402", "households (Integer) = 451", "floor (Real) = 33402"} {
			if !strings.Contains(string(said), want) && !strings.Contains(strings.ReplaceAll(string(said), "Integer64", "Integer"), want) {
				t.Errorf("the GeoPackage does not say %q:\n%s", want, said)
			}
		}
		said, err = exec.CommandContext(t.Context(), ogrinfo, "-so", saved("5-数据/片区方案.gpkg"), "communities").CombinedOutput()
		if err != nil || !strings.Contains(string(said), "4545") || !strings.Contains(string(said), "Feature Count: 2") {
			t.Errorf("the communities of the GeoPackage: %v\n%s", err, said)
		}
	})
}

func says(t *testing.T, who, text string, households int64, floor float64) {
	t.Helper()
	plain := strings.NewReplacer(",", "", "，", "", " ", "").Replace(text)
	if !strings.Contains(plain, strconv.FormatInt(households, 10)) {
		t.Errorf("%s does not say %d households:\n%s", who, households, shortened(text))
	}
	square, wan := fmt.Sprintf("%.0f", floor), fmt.Sprintf("%.2f", floor/10_000)
	if !strings.Contains(plain, square) && !strings.Contains(plain, wan) {
		t.Errorf("%s says neither %s m² nor %s 万 m²:\n%s", who, square, wan, shortened(text))
	}
}

func shortened(text string) string { return string([]rune(text)[:min(len([]rune(text)), 3000)]) }

// sumOf is the cached value below a column of a sheet, in the row 合计.
func sumOf(t *testing.T, book *excelize.File, sheet, title string) float64 {
	t.Helper()
	rows, err := book.GetRows(sheet, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	column := -1
	for _, row := range rows {
		for i, cell := range row {
			if column < 0 && strings.HasPrefix(cell, title) {
				column = i
			}
		}
		if column >= 0 && len(row) > column && strings.HasPrefix(row[0], "合计") {
			v, err := strconv.ParseFloat(row[column], 64)
			if err != nil {
				t.Fatal(err)
			}
			return v
		}
	}
	t.Fatalf("%s has no sum of %s", sheet, title)
	return 0
}

var marks = regexp.MustCompile(`<[^>]*>`)

// wordsOf is the text of a DOCX.
func wordsOf(t *testing.T, content []byte) string {
	t.Helper()
	pack, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	document, err := pack.Open("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	defer document.Close()
	text, err := io.ReadAll(document)
	if err != nil {
		t.Fatal(err)
	}
	return marks.ReplaceAllString(string(text), "")
}
