package doctor

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/dxf"
)

func TestDrawingIsReadInTheDistrictsZone(t *testing.T) {
	c := newClinic(t)
	crs, _ := geo.NewCRS(4549)
	var file bytes.Buffer
	c.must(dxf.Write(t.Context(), &file, []geofile.Layer{some(t, 30).Projected(crs)}, dxf.WriteOptions{}))
	i := c.inspect("总图.dxf", file.Bytes(), Decisions{})
	if i.State != Ready || len(i.Diagnosis.Layers) == 0 {
		t.Fatal(i.State, i.Error)
	}
	for _, l := range i.Diagnosis.Layers {
		t.Logf("%s %s %d: %+v %s %+v", l.Name, l.Shape, l.Rows, l.Target, l.CRS.Chosen, l.Tally)
		if l.Shape == "area" && (l.CRS.Chosen != "EPSG:4549" || l.CRS.Unit != "m" || l.Outside.Count > 0) {
			t.Errorf("%+v", l.CRS)
		}
	}
}

// entities are pairs of a drawing, "code value" each.
func entities(parts ...string) string {
	var b strings.Builder
	for _, p := range strings.Split(strings.Join(parts, "|"), "|") {
		code, value, _ := strings.Cut(p, " ")
		fmt.Fprintf(&b, "%3s\n%s\n", code, value)
	}
	return b.String()
}

func TestOfADrawingOnlyTheChosenLayersComeIn(t *testing.T) {
	c := newClinic(t)
	crs, _ := geo.NewCRS(4549)
	p := crs.Forward(middle(demo(t, "building")[0].Geometry))
	insert := func(n int, turned string) string {
		return fmt.Sprintf("0 INSERT|8 楼栋|2 六层住宅|10 %.3f|20 %.3f|50 %s", p[0]+float64(n)*40, p[1], turned)
	}
	spline := fmt.Sprintf("0 SPLINE|8 道路中心线|70 8|71 3|72 8|73 4|40 0|40 0|40 0|40 0|40 1|40 1|40 1|40 1|10 %[1]f|20 %[2]f|10 %[3]f|20 %[4]f|10 %[5]f|20 %[2]f|10 %[6]f|20 %[4]f",
		p[0], p[1]+60, p[0]+40, p[1]+90, p[0]+80, p[0]+120)
	frame := fmt.Sprintf("0 LWPOLYLINE|8 图框|90 4|70 1|10 %[1]f|20 %[2]f|10 %[3]f|20 %[2]f|10 %[3]f|20 %[4]f|10 %[1]f|20 %[4]f", p[0]-100, p[1]-100, p[0]+400, p[1]+300)
	file := entities(
		"0 SECTION|2 HEADER|9 $ACADVER|1 AC1021|9 $INSUNITS|70 6|0 ENDSEC",
		"0 SECTION|2 BLOCKS|0 BLOCK|2 六层住宅|10 0|20 0|0 LWPOLYLINE|8 0|90 4|70 1|10 0|20 0|10 20|20 0|10 20|20 10|10 0|20 10|0 ENDBLK|0 ENDSEC",
		"0 SECTION|2 ENTITIES", insert(0, "0"), insert(1, "90"), insert(2, "180"), spline, frame, "0 ENDSEC|0 EOF",
	)
	i := c.inspect("总图.dxf", []byte(file), Decisions{})
	if i.State != Ready {
		t.Fatal(i.State, i.Error)
	}
	p2 := i.Diagnosis.Proposal
	chosen := map[string]string{"楼栋": "buildings", "道路中心线": "roads"}
	for n, l := range p2.Layers {
		p2.Layers[n].Target = targetNone
		for name, target := range chosen {
			if strings.HasPrefix(l.Layer, name) && (target == "buildings") == (i.Diagnosis.Layers[n].Shape == "area") {
				p2.Layers[n].Target = target
			}
		}
	}
	i, _, err := c.doctor.Decide(t.Context(), i.ID, i.Version, p2)
	c.must(err)
	if !i.Diagnosis.Ready {
		i = c.answered(i)
	}
	report, err := c.bring(i)
	if err != nil {
		t.Fatalf("%v: %+v", err, i.Diagnosis.Questions)
	}
	if n := c.count(`select count(*) from building where abs(ST_Area(ST_Transform(geom, 4549)) - 200) < 0.5`); n != 3 || c.count(`select count(*) from building`) != 3 {
		t.Errorf("%d of 3 buildings of a block came in: %+v", n, report)
	}
	if n := c.count(`select count(*) from road where ST_NPoints(geom) > 8 and abs(ST_Length(ST_Transform(geom, 4549)) - 121) < 15`); n != 1 {
		t.Errorf("%d of 1 road along a curve came in", n)
	}
}
