package httpapi

import (
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// TestNoWriteRouteTakesAnotherSitesRequest asks every route that is no look, in
// every way that a page of another site can make a browser ask.
func TestNoWriteRouteTakesAnotherSitesRequest(t *testing.T) {
	w := newWorld(t)
	parameter := regexp.MustCompile(`\{[^}]*\}`)
	bodies := map[string]string{
		"application/json":                  `{}`,
		"text/plain":                        `{"name":"x"}`,
		"application/x-www-form-urlencoded": "name=x",
		"multipart/form-data; boundary=x":   "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\na,b\r\n--x--\r\n",
		"":                                  "",
	}
	sites := []map[string]string{
		{"Sec-Fetch-Site": "cross-site"},
		{"Sec-Fetch-Site": "same-site"}, // another host of the same domain
		{"Origin": "https://evil.example"},
		{"Origin": "null"},
	}
	before, asked := w.auditLength(), 0
	for name, rt := range w.server.routes {
		method, path, _ := strings.Cut(name, " ")
		if method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions {
			continue
		}
		path = parameter.ReplaceAllString(path, uuid.Nil.String())
		for kind, body := range bodies {
			for _, site := range sites {
				asked++
				headers := map[string]string{"Content-Type": kind}
				for header, value := range site {
					headers[header] = value
				}
				got := w.as("administrator", ask{method: method, path: path, body: body, headers: headers})
				if got.status != http.StatusForbidden || got.problem(t).Type != "urn:lianpian:problem:cross-origin" {
					t.Errorf("%s with %q from %v: %d", name, kind, site, got.status)
				}
			}
		}
		if rt.method != method {
			t.Errorf("%s is listed as %s", name, rt.method)
		}
	}
	if w.auditLength() != before {
		t.Error("something was written")
	}
	if asked < 1000 {
		t.Errorf("only %d requests were made", asked)
	}
}

func TestOverHTTPSCookiesAreBoundToTheHost(t *testing.T) {
	w := newWorld(t)
	over := func(secure, method, path, body, cookie string) *httptest.ResponseRecorder {
		t.Helper()
		r := httptest.NewRequest(method, secure+"://lianpian.example"+root+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		if cookie != "" {
			r.Header.Set("Cookie", cookie)
		}
		rec := httptest.NewRecorder()
		w.server.ServeHTTP(rec, r)
		return rec
	}
	credentials := `{"name":"planner","password":"` + secret + `"}`
	signedIn := over("https", "POST", "/session", credentials, "")
	cookie := signedIn.Header().Get("Set-Cookie")
	for _, part := range []string{"__Host-" + cookieName + "=", "; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q lacks %s", cookie, part)
		}
	}
	if strings.Contains(cookie, "Domain") {
		t.Errorf("cookie %q is for other hosts, too", cookie)
	}
	if hsts := signedIn.Header().Get("Strict-Transport-Security"); hsts != "max-age=31536000" {
		t.Errorf("Strict-Transport-Security %q", hsts)
	}
	if hsts := over("http", "GET", "/openapi.json", "", "").Header().Get("Strict-Transport-Security"); hsts != "" {
		t.Errorf("Strict-Transport-Security over HTTP: %q", hsts)
	}
	token, _, _ := strings.Cut(strings.TrimPrefix(cookie, "__Host-"+cookieName+"="), ";")
	for given, want := range map[string]int{
		"__Host-" + cookieName + "=" + token: http.StatusOK,
		cookieName + "=" + token:             http.StatusUnauthorized, // anybody on the network may have put it there
	} {
		if got := over("https", "GET", "/session", "", given).Code; got != want {
			t.Errorf("with %.24s…: %d, want %d", given, got, want)
		}
	}
	if out := over("https", "DELETE", "/session", "", "__Host-"+cookieName+"="+token); !strings.HasPrefix(out.Header().Get("Set-Cookie"), "__Host-"+cookieName+"=;") {
		t.Errorf("signing out sets %q", out.Header().Get("Set-Cookie"))
	}
	if got := over("https", "GET", "/session", "", "__Host-"+cookieName+"="+token).Code; got != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", got)
	}
}
