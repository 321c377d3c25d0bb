package app

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"io/fs"
	"os"
	"path"
	"path/filepath"
)

// sitePage is the page of a baked site.
const sitePage = "index.html"

// besideNone is how the viewer's page says that no archive lies beside it.
const besideNone = `<meta name="lianpian-archive" content=""`

// beginSite makes the folder of a site, before anything long is done for it.
func beginSite(dir string, viewer fs.FS) error {
	page, err := fs.ReadFile(viewer, sitePage)
	if errors.Is(err, fs.ErrNotExist) {
		return errors.New("the page that shows an archive is not built into this program (make build)")
	}
	if err != nil {
		return fmt.Errorf("read the page of the site: %w", err)
	}
	if !bytes.Contains(page, []byte(besideNone)) {
		return errors.New("the page of the site has no place for the name of an archive")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("make the folder of the site: %w", err)
	}
	return nil
}

// finishSite writes the viewer beside an archive that is whole; the page, which
// names the archive, comes last.
func finishSite(dir, archive string, viewer fs.FS) error {
	err := fs.WalkDir(viewer, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || name == "." {
			return err
		}
		to := filepath.Join(dir, filepath.FromSlash(name))
		switch {
		case entry.IsDir():
			return os.MkdirAll(to, 0o755)
		case name == sitePage, path.Ext(name) == ".gz", path.Ext(name) == ".br": // packed for the service itself
			return nil
		}
		content, err := fs.ReadFile(viewer, name)
		if err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o644)
	})
	if err != nil {
		return fmt.Errorf("write the site: %w", err)
	}
	page, err := fs.ReadFile(viewer, sitePage)
	if err != nil {
		return fmt.Errorf("read the page of the site: %w", err)
	}
	named := fmt.Appendf(nil, `<meta name="lianpian-archive" content="%s"`, html.EscapeString(archive))
	if err := os.WriteFile(filepath.Join(dir, sitePage), bytes.Replace(page, []byte(besideNone), named, 1), 0o644); err != nil {
		return fmt.Errorf("write the page of the site: %w", err)
	}
	return nil
}
