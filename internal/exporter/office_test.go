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

// converted has LibreOffice convert files, and returns where the results are.
func converted(t *testing.T, files map[string][]byte, to string) string {
	t.Helper()
	needs(t, "soffice")
	dir := t.TempDir()
	arguments := []string{"-env:UserInstallation=file://" + filepath.Join(dir, "profile"), "--headless", "--convert-to", to, "--outdir", dir}
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		arguments = append(arguments, path)
	}
	if said, err := exec.CommandContext(t.Context(), "soffice", arguments...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, said)
	}
	return dir
}

// pdfs converts files to PDF and returns the texts of their pages.
func pdfs(t *testing.T, files map[string][]byte) map[string][]string {
	t.Helper()
	needs(t, "soffice", "pdftotext")
	dir := converted(t, files, "pdf")
	pages := map[string][]string{}
	for name := range files {
		pdf := filepath.Join(dir, strings.TrimSuffix(name, filepath.Ext(name))+".pdf")
		text, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", pdf, "-").Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		pages[name] = strings.Split(strings.TrimSuffix(string(text), "\f"), "\f")
	}
	return pages
}

// pdfPages converts a file to PDF and returns the text of its pages.
func pdfPages(t *testing.T, content []byte, name string) []string {
	t.Helper()
	return pdfs(t, map[string][]byte{name: content})[name]
}

// squeezed is a text without the spaces that a layout puts between its letters.
func squeezed(s string) string {
	return strings.Join(strings.Fields(s), "")
}
