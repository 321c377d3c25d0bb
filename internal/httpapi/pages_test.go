package httpapi

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// styledInside finds what no policy without 'unsafe-inline' lets a page do.
var styledInside = regexp.MustCompile(`(?i)<[^>]+\s(style|on[a-z]+)\s*=`)

// Every route that reads is asked as a browser asks.
func TestEveryPageKeepsToAStrictContentPolicy(t *testing.T) {
	w := newWorld(t)
	pages := map[string]bool{}
	look := func(name string, q ask) {
		q.headers = maps.Clone(q.headers)
		if q.headers == nil {
			q.headers = map[string]string{}
		}
		q.headers["Accept"] = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.1"
		got := w.as("administrator", q)
		policy := got.header.Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe-") {
			t.Errorf("%s: the policy is %s", name, policy)
		}
		if !strings.HasPrefix(got.header.Get("Content-Type"), "text/html") {
			return
		}
		pages[name] = true
		if !strings.HasPrefix(policy, "default-src 'self'") && !strings.HasPrefix(policy, "default-src 'none'") {
			t.Errorf("%s: the policy is %q", name, policy)
		}
		for kind, tags := range map[string]*regexp.Regexp{"style-src": inlineStyle, "script-src": inlineScript} {
			for _, hash := range hashes(tags, got.body) {
				if !strings.Contains(policy, hash) {
					t.Errorf("%s: %s of the policy does not let the page's own in: %s", name, kind, policy)
				}
			}
		}
		if found := styledInside.Find(got.body); found != nil {
			t.Errorf("%s: an attribute that the policy keeps out: %s", name, found)
		}
	}
	for _, r := range matrix {
		if strings.HasPrefix(r.route, http.MethodGet+" ") {
			look(r.route, r.ask(w, own, "administrator"))
		}
	}
	for _, path := range []string{"/", "/sign-in", "/d/500110/zones", ogcDoor + "/collections/none"} {
		look(path, ask{method: http.MethodGet, path: path})
	}
	for _, name := range []string{
		"/", "/sign-in", "/d/500110/zones", ogcDoor + "/collections/none",
		"GET /districts/{district}/months/{month}/reports/{id}/print",
		"GET /ogc/", "GET /ogc/conformance", "GET /ogc/api", "GET /ogc/collections", "GET /ogc/collections/{collection}",
		"GET /ogc/collections/{collection}/items", "GET /ogc/collections/{collection}/items/{feature}",
	} {
		if !pages[name] {
			t.Errorf("%s is no page; pages are %v", name, slices.Sorted(maps.Keys(pages)))
		}
	}
}
