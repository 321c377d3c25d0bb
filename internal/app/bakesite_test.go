package app

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

func TestASiteHasTheViewerAndNamesItsArchive(t *testing.T) {
	viewer := fstest.MapFS{
		"index.html":           {Data: []byte(`<!doctype html><meta name="lianpian-archive" content="" /><script src="./assets/viewer.js"></script>`)},
		"index.html.gz":        {Data: []byte("packed")},
		"assets/viewer.js":     {Data: []byte("script")},
		"assets/viewer.js.gz":  {Data: []byte("packed")},
		"assets/viewer.css":    {Data: []byte("style")},
		"assets/viewer.css.br": {Data: []byte("packed")},
	}
	dir := filepath.Join(t.TempDir(), "deep", "site")
	if err := beginSite(dir, viewer); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "index.html")); err == nil {
		t.Error("the page is there before the archive")
	}
	if err := finishSite(dir, `a"b.pmtiles`, viewer); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"assets/viewer.js": "script", "assets/viewer.css": "style",
		"index.html": `<!doctype html><meta name="lianpian-archive" content="a&#34;b.pmtiles" /><script src="./assets/viewer.js"></script>`,
	} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != want {
			t.Errorf("%s is %q, want %q: %v", name, got, want, err)
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil || len(files) != 2 {
		t.Errorf("the site has %v: %v", files, err)
	}
}

func TestAViewerThatIsNotBuiltIsSaidBeforeTheBaking(t *testing.T) {
	for name, viewer := range map[string]fstest.MapFS{
		"not built":         {},
		"without its place": {"index.html": {Data: []byte("<!doctype html>")}},
	} {
		dir := filepath.Join(t.TempDir(), "site")
		if err := beginSite(dir, viewer); err == nil || !strings.Contains(err.Error(), "page") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s: the folder is made", name)
		}
	}
}

func TestABakingWritesAFileOrASite(t *testing.T) {
	for name, b := range map[string]BakeConfig{
		"neither": {District: "500110"},
		"both":    {District: "500110", Out: "a.pmtiles", Site: "site"},
	} {
		var refused *RefusedError
		if err := Bake(context.Background(), Config{}, b, io.Discard, io.Discard); !errors.As(err, &refused) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
