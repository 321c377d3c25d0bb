package doctor

import (
	"bytes"
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
