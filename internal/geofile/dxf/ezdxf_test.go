package dxf

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

// ezdxf checks what AutoCAD is strict about: handles, owners, tables, objects. It is
// in Debian's python3-ezdxf.
func TestEzdxfFindsNothingToMend(t *testing.T) {
	python := geofiletest.Program(t, "/usr/bin/python3")
	if exec.Command(python, "-c", "import ezdxf").Run() != nil {
		t.Skip("python3-ezdxf is not installed")
	}
	for encoding, version := range map[string]string{"utf-8": "AC1021", "gbk": "AC1018"} {
		layers := []geofile.Layer{geofiletest.Layer(geofile.Areas, system(t, "EPSG:4545")), geofiletest.Layer(geofile.Lines, system(t, "EPSG:4545")), geofiletest.Layer(geofile.Points, system(t, "EPSG:4545"))}
		var b bytes.Buffer
		if err := Write(t.Context(), &b, layers, WriteOptions{Encoding: encoding}); err != nil {
			t.Fatal(err)
		}
		out, err := exec.Command(python, "-c", `
import ezdxf, sys
doc = ezdxf.readfile(sys.argv[1])
audit = doc.audit()
print(doc.dxfversion, len(audit.errors), len(audit.fixes), [e.message for e in audit.errors + audit.fixes])
print(sorted(l.dxf.name for l in doc.layers if l.dxf.name != "Defpoints"))
print([e.dxf.text for e in doc.modelspace() if e.dxftype() == "TEXT"][0])
`, save(t, b.Bytes())).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		for _, want := range []string{version + " 0 0 []", "['0', '小区', '小区_2', '小区_2_注记', '小区_3', '小区_3_注记', '小区_注记']", "老旧小区“一号院”"} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s: ezdxf does not say %q: %s", encoding, want, out)
			}
		}
	}
}
