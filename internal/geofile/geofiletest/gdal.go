package geofiletest

import (
	"os/exec"
	"strings"
	"testing"
)

// OGRDump is all that ogrinfo says about a file with its features. Without GDAL the
// test is skipped; a warning of GDAL fails it.
func OGRDump(t *testing.T, path string, options ...string) string {
	t.Helper()
	out, err := exec.Command(Program(t, "ogrinfo"), append(append([]string{"-al"}, options...), path)...).CombinedOutput()
	if text := string(out); err != nil || strings.Contains(text, "ERROR") || strings.Contains(text, "Warning") {
		t.Fatalf("ogrinfo: %v %s", err, out)
	}
	return string(out)
}

// OGR2OGR makes a file with GDAL.
func OGR2OGR(t *testing.T, arguments ...string) {
	t.Helper()
	out, err := exec.Command(Program(t, "ogr2ogr"), arguments...).CombinedOutput()
	if err != nil {
		t.Fatalf("ogr2ogr: %v %s", err, out)
	}
}

// Program finds a program, or skips the test.
func Program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	return path
}
