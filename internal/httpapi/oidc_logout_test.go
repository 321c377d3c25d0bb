package httpapi

import (
	"crypto/rand"
	"crypto/rsa"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/account"
)

// logoutToken is what the provider says of somebody who signed out there.
func (p *openIDProvider) logoutToken(claims map[string]any) map[string]any {
	token := map[string]any{
		"iss": p.http.URL, "aud": clientID, "iat": time.Now().Unix(), "exp": time.Now().Add(2 * time.Minute).Unix(), "jti": rand.Text(),
		"events": map[string]any{"http://schemas.openid.net/event/backchannel-logout": map[string]any{}},
	}
	for name, value := range claims {
		token[name] = value
		if value == nil {
			delete(token, name)
		}
	}
	return token
}

// signedOut sends a logout token as the provider does and is the answer's status.
func (f *foyer) signedOut(jwt string) int {
	f.t.Helper()
	got, err := http.PostForm(f.http.URL+root+logoutPath, url.Values{"logout_token": {jwt}})
	f.must(err)
	defer got.Body.Close()
	if cache := got.Header.Get("Cache-Control"); cache != "no-store" {
		f.t.Errorf("Cache-Control: %q", cache)
	}
	return got.StatusCode
}

// session signs somebody in whom the provider calls sub, in its session sid.
func (f *foyer) session(sub, name, sid string) *browser {
	f.t.Helper()
	f.provider.set(func() { f.provider.claims = map[string]any{"sub": sub, "preferred_username": name, "sid": sid} })
	b := f.browser()
	if at := b.signIn("/"); at != "/" {
		f.t.Fatalf("%s is at %s\n%s", name, at, f.log)
	}
	return b
}

func (b *browser) in() bool {
	_, status := b.me()
	return status == http.StatusOK
}

func TestTheProviderEndsSessionsThatItOpened(t *testing.T) {
	f := newFoyer(t, nil)
	a := f.account(account.Draft{Name: "planner", Role: account.Planner, District: f.district})
	f.account(account.Draft{Name: "viewer", Role: account.Viewer, District: f.district})
	say := func(claims map[string]any) int {
		return f.signedOut(sign256(f.provider.key, "first", f.provider.logoutToken(claims)))
	}
	link, err := f.accounts.IssueLink(t.Context(), a.ID)
	f.must(err)
	byHand := f.browser()
	if got := byHand.send("POST", f.http.URL+root+"/session/link", fmt.Sprintf(`{"token":%q}`, link)); got.status != http.StatusOK {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	desk, phone, other := f.session("p", "planner", "s1"), f.session("p", "planner", "s2"), f.session("v", "viewer", "s3")
	look := func(what string, want ...bool) {
		t.Helper()
		for i, b := range []*browser{byHand, desk, phone, other} {
			if b.in() != want[i] {
				t.Errorf("%s: browser %d is in: %v", what, i, !want[i])
			}
		}
	}
	for _, c := range []struct {
		what   string
		claims map[string]any
		in     []bool // by hand, desk, phone, other
	}{
		{"a session that is not here", map[string]any{"sid": "s9"}, []bool{true, true, true, true}},
		{"somebody who is not here", map[string]any{"sub": "x"}, []bool{true, true, true, true}},
		{"one's session as somebody else's", map[string]any{"sid": "s1", "sub": "v"}, []bool{true, true, true, true}},
		{"one session", map[string]any{"sid": "s1"}, []bool{true, false, true, true}},
		{"everywhere", map[string]any{"sub": "p"}, []bool{true, false, false, true}},
		{"one session of a person", map[string]any{"sid": "s3", "sub": "v"}, []bool{true, false, false, false}},
	} {
		if status := say(c.claims); status != http.StatusOK {
			t.Fatalf("%s: %d\n%s", c.what, status, f.log)
		}
		look(c.what, c.in...)
	}
	if n := f.count(`select count(*) from audit_entry where action = 'session.revoke' and account_name = 'OpenID Connect' and account_id is null`); n != 3 {
		t.Errorf("%d audit entries, want one for each that ended something", n)
	}
	if n := f.count(`select count(*) from session where provider_subject = 'p'::bytea or provider_session = 's1'::bytea`); n != 0 {
		t.Error("what the provider calls people is kept")
	}
	f.move(time.Hour)
	f.must(f.accounts.Sweep(t.Context()))
	if n := f.count(`select count(*) from provider_logout`); n != 0 {
		t.Errorf("%d logout tokens are kept for ever", n)
	}
}

// Each attack changes one thing of a token that would end the session.
func TestNothingElseThanTheProvidersLogoutTokenEndsASession(t *testing.T) {
	f := newFoyer(t, nil)
	f.account(account.Draft{Name: "planner", Role: account.Planner, District: f.district})
	b := f.session("p", "planner", "s1")
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	f.must(err)
	const event = "http://schemas.openid.net/event/backchannel-logout"
	good := func() map[string]any { return f.provider.logoutToken(map[string]any{"sub": "p", "sid": "s1"}) }
	signed := func(token map[string]any) string { return sign256(f.provider.key, "first", token) }
	with := func(claim string, value any) string {
		return signed(f.provider.logoutToken(map[string]any{"sub": "p", "sid": "s1", claim: value}))
	}
	for name, jwt := range map[string]string{
		"nothing":                  "",
		"no token":                 "a.b.c",
		"endless":                  strings.Repeat("a", 20<<10),
		"wrong issuer":             with("iss", "https://evil.example"),
		"wrong audience":           with("aud", "another-client"),
		"no audience":              with("aud", nil),
		"expired":                  with("exp", time.Now().Add(-time.Minute).Unix()),
		"without an end":           with("exp", nil),
		"made long ago":            with("iat", time.Now().Add(-time.Hour).Unix()),
		"made in the future":       with("iat", time.Now().Add(time.Hour).Unix()),
		"made at no time":          with("iat", nil),
		"no id":                    with("jti", nil),
		"an id that is no text":    with("jti", 5),
		"a nonce":                  with("nonce", "n"),
		"an empty nonce":           with("nonce", ""),
		"no events":                with("events", nil),
		"other events":             with("events", map[string]any{"https://example.com/event": map[string]any{}}),
		"an event that is a text":  with("events", map[string]any{event: "yes"}),
		"an event that is nothing": with("events", map[string]any{event: nil}),
		"events as a list":         with("events", []string{event}),
		"a subject that is none":   with("sub", ""),
		"a session that is none":   with("sid", ""),
		"a session by number":      with("sid", 1),
		"nobody":                   signed(f.provider.logoutToken(nil)),
		"signed with another key":  sign256(stranger, "first", good()),
		"a key that is not known":  sign256(stranger, "second", good()),
		"alg none":                 unsigned(map[string]any{"alg": "none"}, good()) + ".",
		"changed after signing": func() string {
			parts := strings.Split(with("sub", "somebody"), ".")
			return unsigned(map[string]any{"alg": "RS256", "kid": "first"}, good()) + "." + parts[2]
		}(),
		"an identity token": signed(map[string]any{
			"iss": f.provider.http.URL, "aud": clientID, "sub": "p", "sid": "s1", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(), "nonce": "n",
		}),
		"of another kind": signAs(f.provider.key, "first", "at+jwt", good()),
	} {
		if status := f.signedOut(jwt); status != http.StatusBadRequest {
			t.Errorf("%s: %d", name, status)
		}
		if !b.in() {
			t.Fatalf("%s: the session ended", name)
		}
	}
	if n := f.count(`select count(*) from provider_logout`); n != 0 {
		t.Errorf("%d tokens that were not taken are noted", n)
	}

	taken := signAs(f.provider.key, "first", "logout+jwt", good())
	if status := f.signedOut(taken); status != http.StatusOK || b.in() {
		t.Fatalf("the token that is none of these: %d\n%s", status, f.log)
	}
	b = f.session("p", "planner", "s1")
	if status := f.signedOut(taken); status != http.StatusBadRequest || !b.in() {
		t.Errorf("the same token once more: %d", status)
	}
	f.provider.set(func() { f.provider.down = true })
	f.move(2 * time.Hour)
	if status := f.signedOut(signed(good())); status != http.StatusBadRequest {
		t.Errorf("while the provider is down: %d", status)
	}
}

func TestLogoutTokensThatAreNoneAreBounded(t *testing.T) {
	f := newFoyer(t, nil)
	status := 0
	for range 250 {
		if status = f.signedOut("none"); status != http.StatusBadRequest {
			break
		}
	}
	if status != http.StatusTooManyRequests {
		t.Errorf("%d after 250", status)
	}
}

func TestABindingIsTakenAway(t *testing.T) {
	f := newFoyer(t, nil)
	a := f.account(account.Draft{Name: "planner", Role: account.Planner, District: f.district})
	f.account(account.Draft{Name: "boss", Role: account.Administrator})
	boss, err := f.accounts.Person(t.Context(), "boss")
	f.must(err)
	unbind := func(b *browser) answer { return b.send("DELETE", f.http.URL+root+"/session/identity", "") }

	b := f.session("p", "planner", "s1")
	if me, _ := b.me(); !me.Bound {
		t.Errorf("%+v", me)
	}
	if got := unbind(b); got.status != http.StatusConflict || !strings.Contains(got.problem(t).Detail, "没有密码") {
		t.Errorf("without a password: %d\n%s", got.status, got.body)
	}
	if !b.in() {
		t.Fatal("what was refused ended the session")
	}

	// A one-time link lets the person choose a password.
	link, err := f.accounts.IssueLink(t.Context(), a.ID)
	f.must(err)
	byHand := f.browser()
	byHand.send("POST", f.http.URL+root+"/session/link", fmt.Sprintf(`{"token":%q}`, link))
	if got := byHand.send("PUT", f.http.URL+root+"/session/password", fmt.Sprintf(`{"new":%q}`, secret)); got.status != http.StatusNoContent {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	b = f.session("p", "planner", "s1")
	elsewhere := f.session("p", "planner", "s2")
	if got := unbind(b); got.status != http.StatusNoContent {
		t.Fatalf("%d\n%s", got.status, got.body)
	}
	if me, _ := b.me(); me.Bound || !b.in() || !byHand.in() || elsewhere.in() {
		t.Errorf("after unbinding: bound %v; sessions here %v, by hand %v, of the provider elsewhere %v", me.Bound, b.in(), byHand.in(), elsewhere.in())
	}
	if got := unbind(b); got.status != http.StatusNotFound {
		t.Errorf("once more: %d", got.status)
	}
	if n := f.count(`select count(*) from audit_entry where action = 'account.unbind' and account_name = 'planner' and before::text like '%' || $1 || '%'`, f.provider.http.URL); n != 1 {
		t.Errorf("%d audit entries", n)
	}

	// Whoever has the name at the provider now is bound next; an administrator
	// may also leave an account without a way in.
	b = f.session("q", "planner", "s4")
	f.must(f.accounts.Unbind(account.With(t.Context(), boss), a.ID, a.ID))
	if b.in() || !byHand.in() {
		t.Errorf("after an administrator's unbinding: %v, by hand %v", b.in(), byHand.in())
	}
}
