package dxf

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/paulmach/orb"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

// pairs makes groups of "code value" parts, which | divides; ¦ is one within a value.
func pairs(text string) string {
	var b strings.Builder
	for _, p := range strings.Split(text, "|") {
		code, value, _ := strings.Cut(strings.TrimSpace(p), " ")
		fmt.Fprintf(&b, "%3s\n%s\n", code, strings.ReplaceAll(value, "¦", "|"))
	}
	return b.String()
}

// drawingOf is a file with a header, blocks and entities.
func drawingOf(header, blocks string, entities ...string) []byte {
	out := ""
	if header != "" {
		out += pairs("0 SECTION|2 HEADER|" + header + "|0 ENDSEC")
	}
	if blocks != "" {
		out += pairs("0 SECTION|2 BLOCKS|" + blocks + "|0 ENDSEC")
	}
	out += pairs("0 SECTION|2 ENTITIES")
	for _, e := range entities {
		out += pairs(e)
	}
	return []byte(out + pairs("0 ENDSEC|0 EOF"))
}

const (
	square  = "0 LWPOLYLINE|8 红线|90 4|70 1|10 500000|20 3200000|10 500010|20 3200000|10 500010|20 3200010|10 500000|20 3200010"
	in2007  = "9 $ACADVER|1 AC1021"
	in2000  = "9 $ACADVER|1 AC1015|9 $DWGCODEPAGE|3 ANSI_936"
	x0, y0  = 500000.0, 3200000.0
	squareM = 100.0 // m² of the square
)

func squareMetres(g orb.Geometry) float64 { return areaOf(g) / 2 }

func TestShapesOfEveryKind(t *testing.T) {
	circle := func(r float64) float64 { return math.Pi * r * r }
	for name, tt := range map[string]struct {
		entities []string
		areas    []float64 // m²
		lines    []float64 // m
		points   int
		find     string
	}{
		"closed":                {entities: []string{square}, areas: []float64{100}},
		"closed by its corners": {entities: []string{strings.Replace(square, "70 1", "70 0", 1) + "|10 500000|20 3200000"}, areas: []float64{100}},
		"open":                  {entities: []string{strings.Replace(square, "70 1", "70 0", 1)}, lines: []float64{30}},
		"nearly closed":         {entities: []string{strings.Replace(square, "70 1", "70 0", 1) + "|10 500000.005|20 3200000"}, areas: []float64{100}, find: "nearly_closed"},
		"bulges":                {entities: []string{"0 LWPOLYLINE|8 红线|70 1|10 500000|20 3200000|42 1|10 500010|20 3200000|42 1"}, areas: []float64{circle(5)}},
		"a bulge inwards":       {entities: []string{strings.Replace(square, "20 3200000|10 500010", "20 3200000|42 -1|10 500010", 1)}, areas: []float64{100 - circle(5)/2}},
		"circle":                {entities: []string{"0 CIRCLE|8 红线|10 500000|20 3200000|40 10"}, areas: []float64{circle(10)}},
		"ellipse":               {entities: []string{"0 ELLIPSE|8 红线|10 500000|20 3200000|11 10|21 0|40 0.5|41 0|42 6.283185307179586"}, areas: []float64{circle(10) / 2}},
		"part of an ellipse":    {entities: []string{"0 ELLIPSE|8 红线|10 500000|20 3200000|11 10|21 0|40 1|41 0|42 1.5707963267948966"}, lines: []float64{5 * math.Pi}},
		"arc":                   {entities: []string{"0 ARC|8 红线|10 500000|20 3200000|40 10|50 350|51 80"}, lines: []float64{5 * math.Pi}},
		"exploded": {entities: []string{
			"0 LINE|8 红线|10 500000|20 3200000|11 500010|21 3200000", "0 LINE|8 红线|10 500000|20 3200010|11 500010|21 3200010",
			"0 LINE|8 红线|10 500000|20 3200010|11 500000|21 3200000", "0 ARC|8 红线|10 500010|20 3200005|40 5|50 270|51 90",
		}, areas: []float64{100 + circle(5)/2}},
		"a crossing": {entities: []string{
			"0 LINE|8 红线|10 500000|20 3200000|11 500010|21 3200000", "0 LINE|8 红线|10 500010|20 3200000|11 500020|21 3200000",
			"0 LINE|8 红线|10 500010|20 3200000|11 500010|21 3200010",
		}, lines: []float64{10, 10, 10}},
		"a street of lines": {entities: []string{
			"0 LINE|8 红线|10 500010|20 3200000|11 500020|21 3200000", "0 LINE|8 红线|10 500000|20 3200000|11 500010|21 3200000",
		}, lines: []float64{20}},
		"old polyline": {entities: []string{
			"0 POLYLINE|8 红线|66 1|70 1", "0 VERTEX|8 红线|10 500000|20 3200000", "0 VERTEX|8 红线|10 500010|20 3200000|42 1",
			"0 VERTEX|8 红线|10 500010|20 3200010", "0 VERTEX|8 红线|10 500000|20 3200010", "0 SEQEND|8 红线",
		}, areas: []float64{100 + circle(5)/2}},
		"a polyline in space": {entities: []string{
			"0 POLYLINE|8 红线|66 1|70 8", "0 VERTEX|8 红线|10 500000|20 3200000|30 300|70 32", "0 VERTEX|8 红线|10 500010|20 3200000|30 310|70 32", "0 SEQEND",
		}, lines: []float64{10}},
		"a curve, with its frame": {entities: []string{
			"0 POLYLINE|8 红线|66 1|70 4", "0 VERTEX|10 500000|20 3200000|70 8", "0 VERTEX|10 500005|20 3200050|70 16", "0 VERTEX|10 500010|20 3200000|70 8", "0 SEQEND",
		}, lines: []float64{10}},
		"a mesh": {entities: []string{"0 POLYLINE|8 红线|66 1|70 64", "0 VERTEX|10 500000|20 3200000", "0 SEQEND"}, find: "unread_entities no_entities"},
		"spline": {entities: []string{
			"0 SPLINE|8 红线|70 8|71 1|40 0|40 0|40 1|40 2|40 2|10 500000|20 3200000|10 500010|20 3200000|10 500010|20 3200010",
		}, lines: []float64{20}},
		"a half circle as NURBS": {entities: []string{
			"0 SPLINE|8 红线|70 8|71 2|40 0|40 0|40 0|40 1|40 1|40 1|41 1|41 0.7071067811865476|41 1|10 500010|20 3200000|10 500010|20 3200010|10 500000|20 3200010",
		}, lines: []float64{5 * math.Pi}},
		"a spline that does not fit": {entities: []string{"0 SPLINE|8 红线|71 3|40 5|40 1|10 500000|20 3200000|10 500010|20 3200000"}, lines: []float64{10}},
		"fit points":                 {entities: []string{"0 SPLINE|8 红线|71 3|11 500000|21 3200000|11 500010|21 3200000"}, lines: []float64{10}},
		"solid":                      {entities: []string{"0 SOLID|8 红线|10 500000|20 3200000|11 500010|21 3200000|12 500000|22 3200010|13 500010|23 3200010"}, areas: []float64{100}},
		"face":                       {entities: []string{"0 3DFACE|8 红线|10 500000|20 3200000|11 500010|21 3200000|12 500010|22 3200010|13 500010|23 3200010"}, areas: []float64{50}},
		"hatch with a hole": {entities: []string{
			"0 HATCH|8 红线|10 0|20 0|30 0|2 SOLID|70 1|71 0|91 2|92 3|72 0|73 1|93 4|10 500000|20 3200000|10 500010|20 3200000|10 500010|20 3200010|10 500000|20 3200010|97 1|330 1A" +
				"|92 1|93 1|72 2|10 500005|20 3200005|40 2|50 0|51 360|73 1|97 0|75 1|76 1|98 1|10 1|20 1",
		}, areas: []float64{100 - circle(2)}},
		"hatch of edges": {entities: []string{
			"0 HATCH|8 红线|91 1|92 1|93 3|72 1|10 500000|20 3200000|11 500010|21 3200000|72 2|10 500010|20 3200005|40 5|50 270|51 90|73 1|72 1|10 500000|20 3200000|11 500010|21 3200010|97 0",
		}, areas: []float64{50 + circle(5)/2}},
		"mirrored":  {entities: []string{"0 CIRCLE|8 红线|10 -500000|20 3200000|40 10|210 0|220 0|230 -1"}, areas: []float64{circle(10)}},
		"point":     {entities: []string{"0 POINT|8 红线|10 500000|20 3200000"}, points: 1},
		"on paper":  {entities: []string{square + "|67 1", square}, areas: []float64{100}},
		"unread":    {entities: []string{square, "0 3DSOLID|8 红线|1 xyz"}, areas: []float64{100}, find: "unread_entities"},
		"no number": {entities: []string{strings.Replace(square, "10 500010", "10 NaN", 1)}, lines: []float64{-1}},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, drawingOf(in2007, "", tt.entities...), geofile.Options{})
			if kinds := strings.Join(geofiletest.Kinds(d.Findings), " "); kinds != tt.find {
				t.Errorf("findings %q, want %q: %v", kinds, tt.find, d.Findings)
			}
			var gotAreas, gotLines []float64
			points := 0
			for _, s := range d.Layers {
				if !strings.HasPrefix(s.Name, "红线") {
					t.Errorf("layer %q", s.Name)
				}
				for _, r := range rows(t, s) {
					switch s.Shape {
					case geofile.Areas:
						gotAreas = append(gotAreas, squareMetres(r.Geometry))
					case geofile.Lines:
						gotLines = append(gotLines, length(r.Geometry))
					default:
						points++
					}
				}
			}
			if !near(gotAreas, tt.areas) || !near(gotLines, tt.lines) || points != tt.points {
				t.Errorf("got areas %v, lines %v, %d points; want %v, %v, %d", gotAreas, gotLines, points, tt.areas, tt.lines, tt.points)
			}
		})
	}
}

func length(g orb.Geometry) float64 {
	line, ok := g.(orb.LineString)
	if !ok {
		return -1
	}
	total := 0.0
	for i := 1; i < len(line); i++ {
		total += distance(line[i-1], line[i])
	}
	return total
}

// near compares up to what the chords of curves take away.
func near(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.Abs(x-y) <= 0.005*math.Max(1, y) })
}

// The chord of an arc stays within a centimetre of it.
func TestArcsAreTrueToACentimetre(t *testing.T) {
	for _, r := range []float64{0.5, 5, 50, 500} {
		d := open(t, drawingOf(in2007, "", fmt.Sprintf("0 CIRCLE|8 a|10 500000|20 3200000|40 %g", r)), geofile.Options{})
		ring := rows(t, d.Layers[0])[0].Geometry.(orb.Polygon)[0]
		for i := 1; i < len(ring); i++ {
			middle := orb.Point{(ring[i-1][0] + ring[i][0]) / 2, (ring[i-1][1] + ring[i][1]) / 2}
			if off := r - distance(middle, orb.Point{x0, y0}); off > 0.0101 {
				t.Fatalf("radius %g: the chord is %g m off", r, off)
			}
		}
	}
}

func TestBlocksStandWhereTheyAreInserted(t *testing.T) {
	unit := "0 BLOCK|2 楼|10 1|20 1|0 LWPOLYLINE|8 0|70 1|10 1|20 1|10 11|20 1|10 11|20 6|10 1|20 6|0 ENDBLK"
	for name, tt := range map[string]struct {
		blocks  string
		insert  string
		corners []orb.Point // of the first area
		areas   int
		find    string
	}{
		"plain":    {unit, "0 INSERT|8 楼栋|2 楼|10 500000|20 3200000", []orb.Point{{0, 0}, {10, 0}, {10, 5}, {0, 5}}, 1, ""},
		"scaled":   {unit, "0 INSERT|8 楼栋|2 楼|10 500000|20 3200000|41 2|42 3", []orb.Point{{0, 0}, {20, 0}, {20, 15}, {0, 15}}, 1, ""},
		"turned":   {unit, "0 INSERT|8 楼栋|2 楼|10 500000|20 3200000|50 90", []orb.Point{{0, 0}, {0, 10}, {-5, 10}, {-5, 0}}, 1, ""},
		"mirrored": {unit, "0 INSERT|8 楼栋|2 楼|10 500000|20 3200000|41 -1", []orb.Point{{0, 0}, {-10, 0}, {-10, 5}, {0, 5}}, 1, ""},
		"rows":     {unit, "0 INSERT|8 楼栋|2 楼|10 500000|20 3200000|70 2|71 3|44 20|45 30", []orb.Point{{0, 0}, {10, 0}, {10, 5}, {0, 5}}, 6, ""},
		"nested": {
			unit + "|0 BLOCK|2 院|10 0|20 0|0 INSERT|8 0|2 楼|10 100|20 0|50 90|0 ENDBLK", "0 INSERT|8 楼栋|2 院|10 500000|20 3200000|41 2|42 2",
			[]orb.Point{{200, 0}, {200, 20}, {190, 20}, {190, 0}},
			1, "",
		},
		"itself": {"0 BLOCK|2 楼|10 0|20 0|0 INSERT|8 0|2 楼|10 1|20 1|0 ENDBLK", "0 INSERT|8 楼栋|2 楼|10 500000|20 3200000", nil, 0, "block_cycle"},
		"each other": {
			"0 BLOCK|2 甲|0 INSERT|8 0|2 乙|0 ENDBLK|0 BLOCK|2 乙|0 INSERT|8 0|2 甲|0 ENDBLK", "0 INSERT|8 楼栋|2 甲|10 500000|20 3200000", nil, 0, "block_cycle",
		},
		"missing":   {unit, "0 INSERT|8 楼栋|2 无|10 500000|20 3200000", nil, 0, "missing_block"},
		"too often": {unit, "0 INSERT|8 楼栋|2 楼|10 500000|20 3200000|70 30000|71 30000", []orb.Point{{0, 0}, {10, 0}, {10, 5}, {0, 5}}, 1, "block_copies"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, drawingOf(in2007, tt.blocks, tt.insert), geofile.Options{})
			kinds := slices.DeleteFunc(geofiletest.Kinds(d.Findings), func(k string) bool { return k == "local_coordinates" })
			if got := strings.Join(kinds, " "); got != tt.find {
				t.Errorf("findings %q, want %q", got, tt.find)
			}
			if tt.areas == 0 {
				return
			}
			got := rows(t, source(t, d, "楼栋（面）"))
			if len(got) != tt.areas {
				t.Fatalf("%d areas, want %d", len(got), tt.areas)
			}
			ring := got[0].Geometry.(orb.Polygon)[0]
			for i, c := range tt.corners {
				if distance(ring[i], orb.Point{x0 + c[0], y0 + c[1]}) > 1e-6 {
					t.Errorf("corner %d: got %v, want %v", i, ring[i], c)
				}
			}
		})
	}
}

// A block of ten blocks of ten blocks … ends at the limit, and soon.
func TestBlocksThatMultiplyAreRefused(t *testing.T) {
	var b strings.Builder
	for i := range 12 {
		fmt.Fprintf(&b, "0 BLOCK|2 b%d|", i)
		for range 10 {
			fmt.Fprintf(&b, "0 INSERT|8 0|2 b%d|10 1|20 1|", i+1)
		}
		b.WriteString("0 ENDBLK|")
	}
	began := time.Now()
	_, err := Open(t.Context(), save(t, drawingOf(in2007, b.String()+"0 BLOCK|2 b12|0 ENDBLK", "0 INSERT|8 a|2 b0|10 1|20 1")), geofile.Options{})
	var refused *geofile.RefusedError
	if !errors.As(err, &refused) || time.Since(began) > 30*time.Second {
		t.Errorf("got %v after %s", err, time.Since(began))
	}
}

func TestSymbolsKeepTheirAttributes(t *testing.T) {
	d := open(t, drawingOf(in2007, "", "0 INSERT|8 设施|2 托幼|66 1|10 500000|20 3200000", "0 ATTRIB|8 设施|2 名称|1 东林幼儿园", "0 ATTRIB|8 设施|2 规模|1 6班", "0 SEQEND", square), geofile.Options{})
	s := source(t, d, "设施")
	r := rows(t, s)[0]
	if r.Geometry != (orb.Point{x0, y0}) || r.Values[0] != "托幼" || r.Values[3] != "东林幼儿园" || r.Values[4] != "6班" || s.Fields[4].Name != "规模" || s.Fields[3].Name != "名称_2" {
		t.Errorf("got %v %v", s.Fields, r.Values)
	}
}

func TestTextsNameTheAreasAroundThem(t *testing.T) {
	big := "0 LWPOLYLINE|8 红线|70 1|10 499900|20 3199900|10 500100|20 3199900|10 500100|20 3200100|10 499900|20 3200100"
	d := open(
		t, drawingOf(
			in2007, "", big, square,
			"0 TEXT|8 注记|10 500001|20 3200001|40 1|1 小字", "0 TEXT|8 注记|10 500005|20 3200005|40 3|1 一号楼", "0 MTEXT|8 注记|10 499950|20 3199950|40 5|3 {\\fSimSun¦b0;东林|1 小区\\P二期}",
			"0 TEXT|8 注记|10 600000|20 3300000|40 5|1 别处",
		), geofile.Options{},
	)
	got := rows(t, source(t, d, "红线"))
	if got[0].Values[0] != "东林小区 二期" || got[1].Values[0] != "一号楼" {
		t.Errorf("got %v and %v", got[0].Values[0], got[1].Values[0])
	}
	if texts := rows(t, source(t, d, "注记")); len(texts) != 4 {
		t.Errorf("%d texts", len(texts))
	}
}

func TestTextsAreDecoded(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String("东林小区")
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ header, text, want, encoding string }{
		"UTF-8":                 {in2007, "东林小区", "东林小区", "UTF-8"},
		"GBK by its code page":  {in2000, gbk, "东林小区", "GB18030"},
		"GBK and nothing said":  {"9 $ACADVER|1 AC1009", gbk, "东林小区", "GB18030"},
		"UTF-8 in an old file":  {in2000, "东林小区", "东林小区", "UTF-8"},
		"GBK in a new file":     {in2007, gbk, "东林小区", "GB18030"},
		"escaped":               {in2000, `\U+4E1C\U+6797a`, "东林a", "GB18030"},
		"escaped in two":        {in2000, `a\U+D842\U+DFB7\U+4E1C`, "a𠮷东", "GB18030"},
		"escaped in many bytes": {in2000, `\M+5B6AB\M+5C1D6`, "东林", "GB18030"},
		"signs":                 {in2007, "%%c20 %%p0.5 30%%d %%u线%%u 5%%%", "⌀20 ±0.5 30° 线 5%", "UTF-8"},
	} {
		t.Run(name, func(t *testing.T) {
			d := open(t, drawingOf(tt.header, "", "0 TEXT|8 a|10 500000|20 3200000|1 "+tt.text), geofile.Options{})
			if got := rows(t, d.Layers[0])[0].Values[0]; got != tt.want || d.Layers[0].Encoding != tt.encoding {
				t.Errorf("got %q in %s, want %q in %s", got, d.Layers[0].Encoding, tt.want, tt.encoding)
			}
		})
	}
}

func TestFormattingOfTextsIsTakenOut(t *testing.T) {
	for text, want := range map[string]string{
		`{\fSimSun|b0|i0|c134|p2;东林}\P小区`: "东林 小区", `\A1;\H2.5x;\C1;字`: "字", `1\S1^2;\~m\\`: "11/2 m\\", `\L下\l \{a\}`: "下 {a}", `\S1`: "", `尾\`: `尾\`,
	} {
		if got := strings.TrimSpace(plainMText(text)); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestUnitsAreSuspectedByTheValues(t *testing.T) {
	for name, tt := range map[string]struct{ header, entity, find string }{
		"metres":                 {in2007 + "|9 $INSUNITS|70 6", square, ""},
		"metres, said to be mm":  {in2007 + "|9 $INSUNITS|70 4", square, "units_header"},
		"millimetres":            {in2007, "0 POINT|8 a|10 500000000|20 3200000000", "unit_millimetres"},
		"millimetres, with zone": {in2007, "0 POINT|8 a|10 36500000000|20 3200000000", "unit_millimetres"},
		"centimetres":            {in2007, "0 POINT|8 a|10 50000000|20 320000000", "unit_centimetres"},
		"degrees":                {in2007, "0 POINT|8 a|10 106.9|20 28.9", ""},
		"X is north":             {in2007, "0 POINT|8 a|10 3200000|20 500000", "axes_swapped"},
		"a town's own":           {in2007, "0 POINT|8 a|10 50000|20 60000", "local_coordinates"},
		"nowhere":                {in2007, "0 POINT|8 a|10 1e15|20 -1e15", "local_coordinates"},
	} {
		d := open(t, drawingOf(tt.header, "", tt.entity), geofile.Options{})
		if kinds := strings.Join(geofiletest.Kinds(d.Findings), " "); kinds != tt.find {
			t.Errorf("%s: findings %q, want %q", name, kinds, tt.find)
		}
	}
	// In millimetres, ends that lie five millimetres apart are as near as in metres.
	open5 := "0 LWPOLYLINE|8 a|70 0|10 500000000|20 3200000000|10 500010000|20 3200000000|10 500010000|20 3200010000|10 500000005|20 3200000000"
	if d := open(t, drawingOf(in2007, "", open5), geofile.Options{}); d.Layers[0].Shape != geofile.Areas {
		t.Errorf("got %s", d.Layers[0].Shape)
	}
	if d := open(t, drawingOf(in2007, "", open5), geofile.Options{Gap: 0.001}); d.Layers[0].Shape != geofile.Lines {
		t.Errorf("the gap that was told does not count: got %s", d.Layers[0].Shape)
	}
}

// endless gives a drawing whose polyline never ends.
func endless(points int) []byte {
	corner := pairs("10 500000.5|20 3200000.5")
	return []byte(pairs("0 SECTION|2 ENTITIES|0 LWPOLYLINE|8 a|90 1000000000|70 1") + strings.Repeat(corner, points) + pairs("0 ENDSEC|0 EOF"))
}

func TestDrawingsWithoutEnd(t *testing.T) {
	d := open(t, endless(300_000), geofile.Options{})
	if r := rows(t, d.Layers[0])[0]; r.Geometry != nil || !strings.Contains(r.Fault, "上限") {
		t.Errorf("got %q", r.Fault)
	}
	var refused *geofile.RefusedError
	many := slices.Repeat([]string{square}, 100)
	if _, err := Open(t.Context(), save(t, drawingOf(in2007, "", many...)), geofile.Options{Limits: geofile.Limits{AllPoints: 300}}); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}

func TestFilesThatAreNoDrawings(t *testing.T) {
	var refused *geofile.RefusedError
	whole := drawingOf(in2007, "", square)
	for name, tt := range map[string]struct {
		data string
		says string
	}{
		"empty":       {"", "空"},
		"binary":      {"AutoCAD Binary DXF\r\n\x1a\x00abc", "二进制"},
		"DWG":         {"AC1032\x00\x00\x00", "DWG"},
		"a text":      {"这是一个文本文件，\n不是 DXF。\n", "组码"},
		"a table":     {"1\n2\n3\n4\n", "不是 DXF"},
		"other bytes": {"\x00\x01\x02\x03", "DXF"},
		"cut":         {string(whole[:len(whole)-20]), "不完整"},
		"a long line": {"0\nSECTION\n2\n" + strings.Repeat("x", 1<<20), "过长"},
	} {
		if _, err := Open(t.Context(), save(t, []byte(tt.data)), geofile.Options{}); !errors.As(err, &refused) || !strings.Contains(refused.Detail, tt.says) {
			t.Errorf("%s: got %v, want %q", name, err, tt.says)
		}
	}
	if _, err := Open(t.Context(), save(t, whole), geofile.Options{Limits: geofile.Limits{Bytes: 100}}); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Open(stopped, save(t, whole), geofile.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func FuzzOpenDrawing(f *testing.F) {
	f.Add(drawingOf(in2000, "0 BLOCK|2 楼|0 LINE|8 0|10 1|20 1|11 2|21 2|0 ENDBLK", square, "0 INSERT|8 a|2 楼|50 30", "0 ARC|8 a|40 5|50 1|51 2"))
	f.Add(drawingOf("", "", "0 HATCH|8 a|91 1|92 1|93 1|72 3|10 1|20 1|11 2|21 0|40 .5|50 0|51 90|73 0", "0 SPLINE|71 2|40 0|40 1|10 1|20 1"))
	f.Add(drawingOf("", "", "0 LINE|8 a|10 1|20 1|11 2|21 2", "0 TEXT|8 a|1 \\U+4E1C", "0 ELLIPSE|8 a|11 1|40 1|41 1e300|42 -1e300"))
	f.Fuzz(func(t *testing.T, data []byte) {
		d, err := Open(t.Context(), save(t, data), geofile.Options{Limits: geofile.Limits{AllPoints: 100_000, Points: 1000}})
		if err != nil {
			return
		}
		for _, s := range d.Layers {
			got, _, err := geofiletest.Rows(t.Context(), s)
			if err != nil || int64(len(got)) != s.Count {
				t.Errorf("%d rows of %d, %v", len(got), s.Count, err)
			}
			for _, r := range got {
				if r.Fault == "" && r.Geometry == nil {
					t.Errorf("row %d of %s has neither geometry nor fault", r.Number, s.Name)
				}
			}
		}
	})
}
