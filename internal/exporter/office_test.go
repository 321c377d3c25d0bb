package exporter_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// needs skips a test where a program is not installed.
func needs(t *testing.T, programs ...string) {
	t.Helper()
	for _, name := range programs {
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("%s is not installed", name)
		}
	}
}

// converted has LibreOffice convert a file, and returns where the result is.
func converted(t *testing.T, content []byte, name, to string) string {
	t.Helper()
	needs(t, "soffice")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), "soffice", "-env:UserInstallation=file://"+filepath.Join(dir, "profile"), "--headless",
		"--convert-to", to, "--outdir", dir, filepath.Join(dir, name))
	if said, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return dir
}

// pdfPages converts a file to PDF and returns the text of its pages.
func pdfPages(t *testing.T, content []byte, name string) []string {
	t.Helper()
	needs(t, "soffice", "pdftotext")
	dir := converted(t, content, name, "pdf")
	pdf := filepath.Join(dir, strings.TrimSuffix(name, filepath.Ext(name))+".pdf")
	text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", pdf, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
}

// squeezed is a text without the spaces that a layout puts between its letters.
func squeezed(s string) string {
	return strings.Join(strings.Fields(s), "")
}
