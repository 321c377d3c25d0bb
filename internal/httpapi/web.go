package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
)

// webFiles are the files of the built web app, known by name from the start.
type webFiles struct {
	files map[string]webFile
	// What the page itself carries, as sources of a content policy.
	inlineScripts, inlineStyles []string
}

// webFile is one file with what it is called and its packed siblings.
type webFile struct {
	kind        string // Content-Type
	plain       []byte
	brotli      []byte // nil where the build made none
	gzip        []byte
	tag         string // of the plain bytes
	unchangable bool   // the name carries a hash of the content
}

func readWeb(dist fs.FS) (*webFiles, error) {
	w := &webFiles{files: map[string]webFile{}}
	if dist == nil {
		return w, nil
	}
	err := fs.WalkDir(dist, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		ext := path.Ext(name)
		if ext == ".br" || ext == ".gz" {
			return nil
		}
		content, err := fs.ReadFile(dist, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		f := webFile{kind: contentType(name), plain: content, tag: hex.EncodeToString(sum[:8]), unchangable: path.Base(path.Dir(name)) == "assets"}
		for sibling, into := range map[string]*[]byte{".br": &f.brotli, ".gz": &f.gzip} {
			packed, err := fs.ReadFile(dist, name+sibling)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
			*into = packed
		}
		w.files[name] = f
		return nil
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read the web app: %w", err)
	}
	page := w.files["index.html"].plain
	w.inlineScripts, w.inlineStyles = hashes(inlineScript, page), hashes(inlineStyle, page)
	return w, nil
}

// hashes names what stands between the tags, as sources of a content policy.
func hashes(tags *regexp.Regexp, page []byte) (sources []string) {
	for _, found := range tags.FindAllSubmatch(page, -1) {
		sum := sha256.Sum256(found[1])
		sources = append(sources, "'sha256-"+base64.StdEncoding.EncodeToString(sum[:])+"'")
	}
	return sources
}

// inlineScript finds what the page itself carries to be run, such as what sets
// the theme before the first paint. A script with a source has nothing between
// its tags.
var inlineScript = regexp.MustCompile(`(?s)<script(?:\s[^>]*)?>(.+?)</script>`)

// inlineStyle finds what a page is painted with before its style sheets are there.
var inlineStyle = regexp.MustCompile(`(?s)<style(?:\s[^>]*)?>(.+?)</style>`)

// contentType does not ask the machine's own table, which differs.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json", ".map":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".webmanifest":
		return "application/manifest+json"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

// serve answers with a file or, for the addresses of the web app itself, with
// its page. A missing asset is missing: a page in its place would be run as
// script. A folder with a page of its own (baked) answers with that; what the page
// names lies beside it, so its address ends in a slash.
func (w *webFiles) serve(rw http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	f, ok := w.files[name]
	if page, folder := w.files[name+"/index.html"]; folder {
		if !strings.HasSuffix(r.URL.Path, "/") {
			http.Redirect(rw, r, "/"+name+"/", http.StatusPermanentRedirect)
			return
		}
		f, ok = page, true
	}
	if !ok {
		if path.Ext(name) != "" || strings.HasPrefix(name, "assets/") || strings.HasPrefix(name, "api/") {
			writeProblem(rw, r, notFound())
			return
		}
		if f, ok = w.files["index.html"]; !ok {
			rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
			rw.WriteHeader(http.StatusNotFound)
			_, _ = rw.Write([]byte("The web app is not built into this program (make build).\n"))
			return
		}
	}
	h := rw.Header()
	h.Set("Content-Type", f.kind)
	h.Add("Vary", "Accept-Encoding")
	if f.unchangable {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	body, tag := f.plain, f.tag
	switch {
	case f.brotli != nil && accepts(r, "br"):
		body, tag = f.brotli, tag+"-br"
		h.Set("Content-Encoding", "br")
	case f.gzip != nil && accepts(r, "gzip"):
		body, tag = f.gzip, tag+"-gz"
		h.Set("Content-Encoding", "gzip")
	}
	sendTagged(rw, r, `"`+tag+`"`, body)
}

// accepts tells whether the client takes an encoding.
func accepts(r *http.Request, encoding string) bool {
	for _, offer := range strings.Split(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(offer), ";")
		if strings.EqualFold(strings.TrimSpace(name), encoding) {
			weight = strings.ReplaceAll(weight, " ", "")
			return weight != "q=0" && !strings.HasPrefix(weight, "q=0.000")
		}
	}
	return false
}

// sendTagged sends a body under its entity tag, or says that the client has it.
func sendTagged(w http.ResponseWriter, r *http.Request, tag string, body []byte) {
	w.Header().Set("ETag", tag)
	if matches(r.Header.Values("If-None-Match"), tag) {
		w.Header().Del("Content-Type")
		w.Header().Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if r.Method == http.MethodHead {
		w.WriteHeader(http.StatusOK)
		return
	}
	_, _ = w.Write(body)
}

// matches compares entity tags weakly, as If-None-Match asks.
func matches(given []string, tag string) bool {
	for _, list := range given {
		for _, one := range strings.Split(list, ",") {
			one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
			if one == tag || one == "*" {
				return true
			}
		}
	}
	return false
}
