package geofile_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/flatgeobuf"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
	"github.com/lianpian/lianpian/internal/geofile/geojson"
	"github.com/lianpian/lianpian/internal/geofile/geopackage"
	"github.com/lianpian/lianpian/internal/geofile/kml"
	"github.com/lianpian/lianpian/internal/geofile/shapefile"
)

// look is what QGIS is asked: it opens layers and tells what it sees.
const look = `
import json, os, sys
from qgis.core import QgsApplication, QgsVectorLayer
app = QgsApplication([], False)
app.initQgis()
seen = []
for source in sys.argv[1:]:
    layer = QgsVectorLayer(source, 'x', 'ogr')
    names = [f.name() for f in layer.fields()]
    rows = [{n: (v if isinstance(v, (str, int, float, bool)) else None) for n, v in zip(names, f.attributes())} for f in layer.getFeatures()]
    labeling = layer.labeling()
    seen.append({
        'valid': layer.isValid(), 'crs': layer.crs().authid(), 'proj': layer.crs().toProj(), 'count': layer.featureCount(), 'fields': names, 'rows': rows,
        'renderer': layer.renderer().type() if layer.renderer() else '',
        'fill': [c.symbol().color().name() for c in layer.renderer().categories()] if layer.renderer() and layer.renderer().type() == 'categorizedSymbol' else [],
        'classes': [c.label() for c in layer.renderer().categories()] if layer.renderer() and layer.renderer().type() == 'categorizedSymbol' else [],
        'labels': labeling.settings().fieldName if layer.labelsEnabled() and labeling else '',
        'aliases': {f.name(): f.alias() for f in layer.fields()},
        'extent': [layer.extent().xMinimum(), layer.extent().yMinimum(), layer.extent().xMaximum(), layer.extent().yMaximum()],
    })
print(json.dumps(seen), flush=True)
os._exit(0)  # taking QGIS down crashes in some of its versions
`

// seen is what QGIS tells of a layer.
type seen struct {
	Valid    bool
	CRS      string
	Proj     string
	Count    int64
	Fields   []string
	Rows     []map[string]any
	Renderer string
	Fill     []string
	Classes  []string
	Labels   string
	Aliases  map[string]string
	Extent   [4]float64
}

// askQGIS has QGIS open layers without a window.
func askQGIS(t *testing.T, sources ...string) []seen {
	t.Helper()
	const python = "/usr/bin/python3" // Debian's, which its python3-qgis belongs to
	if err := exec.CommandContext(t.Context(), python, "-c", "import qgis.core").Run(); err != nil {
		t.Skip("PyQGIS (Debian python3-qgis) is not there")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, python, append([]string{"-c", look}, sources...)...)
	cmd.Env = append(os.Environ(), "QT_QPA_PLATFORM=offscreen", "HOME="+t.TempDir(), "XDG_RUNTIME_DIR=")
	var said, complaints bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &complaints
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v\n%s", err, complaints.Bytes())
	}
	var layers []seen
	if err := json.Unmarshal(bytes.TrimSpace(said.Bytes()), &layers); err != nil {
		t.Fatalf("%v\n%s\n%s", err, said.Bytes(), complaints.Bytes())
	}
	return layers
}

func TestQGISReadsEveryFormat(t *testing.T) {
	writers := map[string]func(io.Writer, []geofile.Layer) error{
		"a.fgb": func(w io.Writer, l []geofile.Layer) error {
			return flatgeobuf.Write(t.Context(), w, l, flatgeobuf.Options{})
		},
		"a.geojson": func(w io.Writer, l []geofile.Layer) error {
			return geojson.Write(t.Context(), w, l, geojson.Options{})
		},
		"a.gpkg": func(w io.Writer, l []geofile.Layer) error {
			return geopackage.Write(t.Context(), w, l, geopackage.Options{})
		},
		"a.kml": func(w io.Writer, l []geofile.Layer) error { return kml.Write(t.Context(), w, l, kml.Options{}) },
		"a.zip": func(w io.Writer, l []geofile.Layer) error {
			return shapefile.Write(t.Context(), w, l, shapefile.WriteOptions{Encoding: "gbk"})
		},
	}
	var sources, what []string
	var systems []geo.CRS
	for name, c := range geofiletest.Systems(t) {
		for file, write := range writers {
			l := geofiletest.Layers()[2].Projected(c)
			path := filepath.Join(t.TempDir(), file)
			out, err := os.Create(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := write(out, []geofile.Layer{l}); err != nil {
				t.Fatalf("%s in %s: %v", file, name, err)
			}
			if err := out.Close(); err != nil {
				t.Fatal(err)
			}
			if file == "a.zip" {
				path = "/vsizip/" + path
			}
			sources, what, systems = append(sources, path), append(what, file+" in "+name), append(systems, c)
		}
	}
	for i, s := range askQGIS(t, sources...) {
		said, _ := json.Marshal(s.Rows)
		if !s.Valid || s.Count != 4 || len(s.Rows) != 4 || !bytes.Contains(said, []byte("崂山五村")) || !bytes.Contains(said, []byte("31200.25")) {
			t.Errorf("%s: %+v", what[i], s)
		}
		want := systems[i].String()
		if filepath.Ext(sources[i]) == ".kml" {
			want = "EPSG:4326"
		}
		custom := systems[i].SRID() == 0 && want != "EPSG:4326"
		if !custom && s.CRS != want || custom && !bytes.Contains([]byte(s.Proj), []byte("+lon_0=106.5 +k=1 +x_0=350000")) {
			t.Errorf("%s: QGIS takes it for %s (%s)", what[i], s.CRS, s.Proj)
		}
	}
}

func TestQGISTakesTheStyleOfAGeoPackageByItself(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.gpkg")
	out, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := geopackage.Write(t.Context(), out, geofiletest.Layers(), geopackage.Options{}); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	for _, s := range askQGIS(t, path+"|layername=communities", path+"|layername=roads", path+"|layername=facilities") {
		if s.Renderer != "categorizedSymbol" || len(s.Fill) != 2 || s.Fill[0] != "#3366cc" && s.Fill[0] != "#224488" || s.Classes[0] != "自建" || s.Classes[1] != "其他" {
			t.Errorf("drawn as %s %v %v", s.Renderer, s.Fill, s.Classes)
		}
		if s.Labels != "name" || s.Aliases["floor_area_m2"] != "建筑面积（m²）" {
			t.Errorf("labelled by %q, aliases %v", s.Labels, s.Aliases)
		}
	}
}
