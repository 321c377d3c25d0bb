package httpapi

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
)

// apiToken makes a token for somebody of the world. Its text is kept in
// w.apiTokens, by id.
func (w *world) apiToken(person string, access account.Access, district string) account.Token {
	w.t.Helper()
	text, made, err := w.accounts.CreateToken(w.t.Context(), person, account.TokenDraft{Name: "test", Access: access, District: district, Life: 24 * time.Hour})
	w.must(err)
	w.apiTokens[made.ID] = text
	return made
}

// by sends a request with a token and no cookie.
func (w *world) by(t account.Token, q ask) answer {
	w.t.Helper()
	headers := map[string]string{"Authorization": "Bearer " + w.apiTokens[t.ID]}
	for name, value := range q.headers {
		headers[name] = value
	}
	q.headers = headers
	return w.as("nobody", q)
}

func TestATokenOpensTheDoorsOfItsPersonBothWays(t *testing.T) {
	w := newWorld(t)
	made := decode[NewToken](t, w.as("officer", write("POST", "/session/tokens", 0, `{"name":"QGIS","access":"write","days":7}`)))
	if !strings.HasPrefix(made.Text, account.TokenPrefix) || made.Token.Person != "officer" {
		t.Fatalf("%+v", made)
	}
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("anybody:"+made.Text))
	for _, authorization := range []string{"Bearer " + made.Text, "bearer " + made.Text, basic} {
		got := w.as("nobody", ask{method: "GET", path: root + "/session", headers: map[string]string{"Authorization": authorization}})
		if me := decode[Me](t, got); me.Name != "officer" || me.Access != account.AccessWrite || slices.Contains(me.Capabilities, account.ManageAccounts) {
			t.Errorf("%.12s: %+v", authorization, me)
		}
	}
	w.apiTokens[made.Token.ID] = made.Text
	at := w.by(made.Token, write("POST", "/districts/500110/communities", 0, fmt.Sprintf(`{"name":"脚本小区","subdistrict_code":%q,"geometry":%s}`, own.subdistrict, geometryJSON(square(own.at, 0.001)))))
	if at.status != http.StatusCreated {
		t.Fatalf("%d\n%s", at.status, at.body)
	}
	entries, _, err := w.accounts.Audit(t.Context(), account.AuditFilter{Entity: "community", Limit: 1})
	if err != nil || len(entries) != 1 || entries[0].Person != "officer" || entries[0].Via != "QGIS" {
		t.Errorf("audit %+v, %v", entries, err)
	}
	listed := decode[tokenList](t, w.as("officer", ask{method: "GET", path: root + "/session/tokens"}))
	if len(listed.Items) != 1 || listed.Items[0].LastUsedAt == nil || listed.Items[0].LastUsedFrom != "127.0.0.1" {
		t.Errorf("%+v", listed.Items)
	}
	if strings.Contains(string(w.as("officer", ask{method: "GET", path: root + "/session/tokens"}).body), made.Text) {
		t.Error("the list tells the token")
	}
}

func TestAWrongTokenIsRefusedAndNeverHidesBehindASession(t *testing.T) {
	w := newWorld(t)
	revoked := w.apiToken("planner", account.AccessRead, "")
	if _, err := w.accounts.RevokeToken(t.Context(), revoked.ID, ""); err != nil {
		t.Fatal(err)
	}
	cookie := cookieName + "=" + w.tokens["planner"]
	proxy := "Basic " + base64.StdEncoding.EncodeToString([]byte("gate:keeper"))
	for name, c := range map[string]struct {
		authorization, cookie string
		want                  int
	}{
		"made up":                     {"Bearer lpt_made-up", "", 401},
		"made up, beside a session":   {"Bearer lpt_made-up", cookie, 401},
		"revoked":                     {"Bearer " + w.apiTokens[revoked.ID], "", 401},
		"revoked, beside a session":   {"Bearer " + w.apiTokens[revoked.ID], cookie, 401},
		"a session's token":           {"Bearer " + w.tokens["planner"], "", 401},
		"a proxy's password":          {proxy, "", 401},
		"a proxy's, beside a session": {proxy, cookie, 200},
		"another scheme":              {"Digest username=x", "", 401},
		"nothing":                     {"Bearer ", "", 401},
		"very long":                   {"Bearer lpt_" + strings.Repeat("a", 5000), "", 401},
	} {
		headers := map[string]string{"Authorization": c.authorization}
		if c.cookie != "" {
			headers["Cookie"] = c.cookie
		}
		got := w.as("nobody", ask{method: "GET", path: root + "/districts", headers: headers})
		if got.status != c.want {
			t.Errorf("%s: %d, want %d", name, got.status, c.want)
		}
		if got.status == 401 && !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer ") {
			t.Errorf("%s: WWW-Authenticate %q", name, got.header.Get("WWW-Authenticate"))
		}
	}
}

// TestNoTokenGoesBeyondItsAccess asks every row of the matrix with tokens of the
// administrator, who alone may do everything.
func TestNoTokenGoesBeyondItsAccess(t *testing.T) {
	w := newWorld(t)
	tokens := map[account.Access]account.Token{}
	for _, a := range account.Accesses() {
		tokens[a] = w.apiToken("administrator", a, "")
	}
	narrow := w.apiToken("administrator", account.AccessAdminister, away.district)
	asked := 0
	for _, r := range matrix {
		method, path, _ := strings.Cut(r.route, " ")
		declared, guarded := w.server.routes[method+" "+root+path]
		if !guarded || declared.open {
			continue
		}
		for access, token := range tokens {
			asked++
			before := w.auditLength()
			q := r.ask(w, own, "administrator")
			made := w.auditLength() - before // what the row itself prepares
			got := w.by(token, q)
			refused := got.status == http.StatusForbidden
			switch {
			case declared.own && !refused:
				t.Errorf("%s by a token (%s): %d", r.route, access, got.status)
			case access == account.AccessRead && method != http.MethodGet && !refused:
				t.Errorf("%s by a token that only reads: %d", r.route, got.status)
			case access == account.AccessRead && method != http.MethodGet && w.auditLength() != before+made:
				t.Errorf("%s by a token that only reads wrote something", r.route)
			case !declared.own && access == account.AccessAdminister && refused:
				t.Errorf("%s by a token (%s): %d\n%s", r.route, access, got.status, got.body)
			case strings.HasPrefix(string(got.body), `{"token"`):
				t.Errorf("%s by a token makes a token", r.route)
			}
		}
		if strings.Contains(path, "{district}") {
			if got := w.by(narrow, r.ask(w, own, "administrator")); got.status != http.StatusForbidden && got.status != http.StatusNotFound {
				t.Errorf("%s by a token of another district: %d", r.route, got.status)
			}
		}
	}
	if asked < 300 {
		t.Errorf("only %d requests were made", asked)
	}
}

func TestATokenFollowsItsPerson(t *testing.T) {
	w := newWorld(t)
	token := w.apiToken("planner", account.AccessWrite, "")
	draw := func() ask { return write("POST", "/districts/500110/zones", 0, draft(w, own)) }
	if got := w.by(token, draw()); got.status != http.StatusCreated {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	a := w.people["planner"]
	viewer := account.Viewer
	changed, err := w.accounts.Update(t.Context(), a.ID, a.Version, account.Patch{Role: &viewer})
	if err != nil {
		t.Fatal(err)
	}
	if got := w.by(token, draw()); got.status != http.StatusForbidden {
		t.Errorf("as a viewer now: %d", got.status)
	}
	if err := w.accounts.Delete(t.Context(), a.ID, changed.Version); err != nil {
		t.Fatal(err)
	}
	if got := w.by(token, ask{method: "GET", path: root + "/session"}); got.status != http.StatusUnauthorized {
		t.Errorf("of a person who is gone: %d", got.status)
	}
}

func TestSomebodyElsesTokenIsNotFound(t *testing.T) {
	w := newWorld(t)
	token := w.apiToken("planner", account.AccessRead, "")
	if got := w.as("viewer", write("DELETE", "/session/tokens/"+token.ID.String(), 0, "")); got.status != http.StatusNotFound {
		t.Errorf("%d", got.status)
	}
	if got := w.by(token, ask{method: "GET", path: root + "/session"}); got.status != http.StatusOK {
		t.Errorf("the token no longer holds: %d", got.status)
	}
}
