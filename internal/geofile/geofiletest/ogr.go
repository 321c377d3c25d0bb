package geofiletest

import (
	"os/exec"
	"strings"
	"testing"
)

// Ogrinfo asks GDAL about all layers of a file: what it says, with their features
// where all of them are asked for. Warnings and errors fail the test.
func Ogrinfo(t testing.TB, path string, arguments ...string) string {
	t.Helper()
	program, err := exec.LookPath("ogrinfo")
	if err != nil {
		t.Skip("ogrinfo (Debian gdal-bin) is not there")
	}
	said, err := exec.CommandContext(t.Context(), program, append(append([]string{"-ro", "-al"}, arguments...), path)...).CombinedOutput()
	text := string(said)
	if err != nil || strings.Contains(text, "Warning") || strings.Contains(text, "ERROR") || strings.Contains(text, "FAILURE") {
		t.Fatalf("ogrinfo %s: %v\n%s", path, err, text)
	}
	return text
}

// Says fails the test where ogrinfo's text lacks a part.
func Says(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("ogrinfo does not say %q:\n%s", p, text)
		}
	}
}
