package atlas

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
)

func pdf(t testing.TB, p *areaplan.Plan, o Options) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := PDF(context.Background(), &b, p, o, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// program runs a program on a file and returns what it prints; the test is
// skipped without it.
func program(t *testing.T, data []byte, name string, args ...string) string {
	t.Helper()
	if _, err := exec.LookPath(name); err != nil {
		t.Skipf("%s is not installed", name)
	}
	file := filepath.Join(t.TempDir(), "atlas.pdf")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, append([]string{file}, args...)...)
	if name == "pdftotext" {
		cmd = exec.Command(name, append(args, file, "-")...)
	}
	var faults bytes.Buffer
	cmd.Stderr = &faults
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", name, err, faults.String())
	}
	if faults.Len() > 0 {
		t.Errorf("%s complains: %s", name, faults.String())
	}
	return string(out)
}

func TestSamePlanGivesSameBytes(t *testing.T) {
	p := demoPlan(t, 2)
	first := pdf(t, p, Options{Reviewer: "李审"})
	for range 3 {
		if !bytes.Equal(first, pdf(t, demoPlan(t, 2), Options{Reviewer: "李审"})) {
			t.Fatal("two atlases of one plan differ")
		}
	}
	if bytes.Equal(first, pdf(t, p, Options{Reviewer: "王审"})) {
		t.Fatal("another reviewer changes nothing")
	}
}

func TestTextOfTheAtlasHasTitlesAndTotals(t *testing.T) {
	p := demoPlan(t, 2)
	text := program(t, pdf(t, p, Options{Reviewer: "李审"}), "pdftotext", "-layout")
	sheets := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	if want := 2 + 4*2 + len(p.Coverage); len(sheets) != want {
		t.Fatalf("%d pages, want %d", len(sheets), want)
	}
	z := &p.Zones[0]
	for at, wants := range map[int][]string{
		0: {"图幅索引", "图纸目录", "分期实施图", fmt.Sprint(p.Totals.Households), fmt.Sprintf("%.0f", p.Totals.FloorAreaM2)},
		1: {"片区总图", "片区一览", fmt.Sprint(p.Totals.Households), fmt.Sprintf("%.0f", p.Totals.FloorAreaM2), z.Name, p.Zones[1].Name},
		2: {z.Name + "现状图", "小区现状", fmt.Sprint(z.Totals.Households), "年建成"},
		3: {"片区方案图", "片区主要指标", "连线", fmt.Sprint(z.Totals.Households), fmt.Sprintf("%.0f", z.Totals.AreaM2), fmt.Sprint(z.Totals.Buildings), "2345.67"},
		4: {z.Name + "服务设施覆盖图", "社区卫生服务站", "直线距离 300米"},
		5: {z.Name + "分期实施图", "改造项目", "2026年实施", "1234.56"},
	} {
		for _, want := range append(wants, p.Author, "李审", "CGCS2000", "2026-11-30", "2026–2028", "校核线 100 mm", "OpenStreetMap") {
			if !strings.Contains(sheets[at], want) {
				t.Errorf("sheet %d does not say %q", at+1, want)
			}
		}
	}
	for i, sheet := range sheets[1:] {
		if !strings.Contains(sheet, "图例") || !strings.Contains(sheet, "1:") || !strings.Contains(sheet, "子午线收敛角") {
			t.Errorf("sheet %d lacks legend, scale or convergence", i+2)
		}
	}
	if n := strings.Count(text, "崂山片区现状图"); n != 3 { // index, heading, title block
		t.Errorf("the title of a sheet is found %d times, want 3", n)
	}
}

func TestFontIsEmbeddedAsSubsetWithUnicode(t *testing.T) {
	out := program(t, pdf(t, demoPlan(t, 1), Options{}), "pdffonts")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if len(lines) != 3 {
		t.Fatalf("want one font:\n%s", out)
	}
	fields := strings.Fields(lines[2])
	if got := fields[len(fields)-5 : len(fields)-2]; !strings.Contains(lines[2], "+NotoSansSC-Regular") || strings.Join(got, " ") != "yes yes yes" {
		t.Errorf("font is not embedded, subset and in Unicode: %s", lines[2])
	}
}

func TestPagesHaveThePaperThatWasAskedFor(t *testing.T) {
	for paper, size := range map[string]string{"A4": "841.89 x 595.276", "": "1190.55 x 841.89", "A3": "1190.55 x 841.89", "A1": "2383.94 x 1683.78"} {
		if out := program(t, pdf(t, demoPlan(t, 1), Options{Paper: paper}), "pdfinfo"); !strings.Contains(out, size) {
			t.Errorf("paper %q: want %s in\n%s", paper, size, out)
		}
	}
	if err := PDF(context.Background(), &bytes.Buffer{}, demoPlan(t, 1), Options{Paper: "B5"}, nil); err == nil {
		t.Error("paper B5 is taken")
	}
}

func TestPlanWithoutZonesIsRefused(t *testing.T) {
	if err := PDF(context.Background(), &bytes.Buffer{}, &areaplan.Plan{}, Options{}, nil); !errors.Is(err, errNoZones) {
		t.Errorf("got %v", err)
	}
}

func TestWhatIsNotKnownIsSaid(t *testing.T) {
	p := demoPlan(t, 2)
	p.Coverage, p.Projects, p.Surroundings = nil, nil, areaplan.Surroundings{}
	for i := range p.Zones {
		p.Zones[i].Strings, p.Zones[i].Year = nil, nil
	}
	p.Zones[1].Outline, p.Zones[1].Communities = nil, nil
	p.Totals.Partial = true
	for i := range p.Communities {
		c := &p.Communities[i]
		c.Households, c.BuiltYear, c.FloorAreaM2, c.Outline, c.CountsMasked = nil, nil, nil, nil, true
	}
	p.Buildings = nil
	text := program(t, pdf(t, p, Options{Paper: "A4"}), "pdftotext", "-layout")
	for _, want := range []string{"尚未安排实施年度", "尚无服务设施覆盖的计算结果", "片区没有连线", "片区内没有小区", "片区没有边界", "数据权限", "—"} {
		if !strings.Contains(strings.Join(strings.Fields(text), ""), want) {
			t.Errorf("the atlas does not say %q", want)
		}
	}
}

func TestCharactersThatTheFontLacksAreWrittenAsCodesAndListed(t *testing.T) {
	p := demoPlan(t, 1)
	p.Communities[0].Name = "\ue123面小区\u200b\n一村"
	text := strings.Join(strings.Fields(program(t, pdf(t, p, Options{}), "pdftotext", "-layout")), "")
	for _, want := range []string{"〔U+E123〕面小区一村", "字体缺1个字"} {
		if !strings.Contains(text, want) {
			t.Errorf("the atlas does not say %q", want)
		}
	}
}

func TestIndexHoldsAnyNumberOfSheets(t *testing.T) {
	p := demoPlan(t, 1)
	for i := range 300 {
		z := p.Zones[0]
		z.Code, z.Name = fmt.Sprintf("zone-%d", i), fmt.Sprintf("第%d片区", i)
		p.Zones = append(p.Zones, z)
	}
	a, err := newAtlas(p, Options{Paper: "A4"})
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := a.indexRows()
	first, _ := a.indexFirst(len(rows))
	n := a.indexCount()
	if n < 2 || first+(n-1)*a.indexMore() < len(rows) || first+(n-2)*a.indexMore() >= len(rows) {
		t.Errorf("%d index sheets for %d rows, %d on the first and %d on others", n, len(rows), first, a.indexMore())
	}
	if got := a.sheets[n].Kind; got != Overview {
		t.Errorf("sheet %d is %s, want the overview", n+1, got)
	}
}

func TestPicturesAreThoseAskedFor(t *testing.T) {
	p := demoPlan(t, 2)
	got, err := Pictures(context.Background(), p, Options{}, 100, func(kind, zone, facility string) bool {
		return kind == Zone && zone == p.Zones[1].Code || kind == Facility && facility == "nursery" || kind == Overview
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].Kind != Overview || got[1].Zone != p.Zones[1].Code || got[1].Title != "潍坊片区方案图" {
		t.Fatalf("got %d pictures", len(got))
	}
	for _, one := range got {
		image, err := png.Decode(bytes.NewReader(one.PNG))
		if err != nil {
			t.Fatal(err)
		}
		if b := image.Bounds(); b.Dx() != one.Width || b.Dy() != one.Height || one.Width != 984 {
			t.Errorf("%s: %v pixels, said %d × %d", one.Title, b, one.Width, one.Height)
		}
		colours := map[[3]uint32]int{}
		for x := range one.Width {
			for y := range one.Height {
				r, g, b, _ := image.At(x, y).RGBA()
				colours[[3]uint32{r >> 8, g >> 8, b >> 8}]++
			}
		}
		if len(colours) < 60 || colours[[3]uint32{0xd3, 0xe4, 0xc4}] < 500 && one.Kind == Zone {
			t.Errorf("%s shows too little: %d colours", one.Title, len(colours))
		}
	}
	if _, err := Pictures(context.Background(), p, Options{}, 5, nil); err == nil {
		t.Error("5 dots per inch are taken")
	}
}

func TestDrawingEndsWhenItIsCalledOff(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var told int
	err := PDF(ctx, &bytes.Buffer{}, demoPlan(t, 1), Options{}, func(done, total int) {
		if told = done; done == 2 {
			cancel()
		}
	})
	if !errors.Is(err, context.Canceled) || told != 2 {
		t.Errorf("after %d sheets: %v", told, err)
	}
	if _, err := Pictures(ctx, demoPlan(t, 1), Options{}, 72, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("pictures: %v", err)
	}
}

type fullDisk struct{ left int }

func (d *fullDisk) Write(p []byte) (int, error) {
	if d.left -= len(p); d.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestFaultOfTheWriterIsTold(t *testing.T) {
	for _, left := range []int{0, 50_000, 300_000} {
		if err := PDF(context.Background(), &fullDisk{left}, demoPlan(t, 1), Options{}, nil); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("%d bytes: %v", left, err)
		}
	}
}

func TestOddGeometryDoesNotStopTheAtlas(t *testing.T) {
	p := demoPlan(t, 1)
	p.Zones[0].Outline = append(p.Zones[0].Outline, orb.Polygon{}, orb.Polygon{{}}, orb.Polygon{{{121.5, 31.23}}})
	p.Communities[0].Outline = orb.MultiPolygon{{}}
	p.Zones[0].Strings = append(p.Zones[0].Strings, areaplan.String{}, areaplan.String{Path: orb.LineString{{121.5, 31.23}}})
	p.Surroundings.Roads = append(p.Surroundings.Roads, areaplan.Line{Name: "空"}, areaplan.Line{Name: "点", Path: orb.LineString{{121.49, 31.24}, {121.49, 31.24}}})
	p.Zones[0].Communities = append(p.Zones[0].Communities, "no such community")
	scale := func() int {
		a, err := newAtlas(p, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return a.sheets[1].scale
	}
	before := scale()
	nan := math.NaN()
	for i, at := range []orb.Point{{0, 0}, {nan, 31.2}, {math.Inf(1), 31.2}, {-60, 80}} {
		p.Communities[i].Outline, p.Communities[i].Location = nil, &at
		p.Facilities[i].Location = at
		p.Surroundings.Roads = append(p.Surroundings.Roads, areaplan.Line{Name: "远", Path: orb.LineString{at, {121.49, 31.24}}})
	}
	if after := scale(); after != before {
		t.Errorf("places elsewhere in the world change the scale from 1:%d to 1:%d", before, after)
	}
	if data := pdf(t, p, Options{Plain: true}); bytes.Contains(data, []byte("NaN")) || bytes.Contains(data, []byte("Inf ")) {
		t.Error("a number in the file is none")
	}
}
