package httpapi

import (
	"bytes"
	"context"
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/postgis/postgistest"
)

const (
	clientID     = "lianpian"
	clientSecret = "secret of the client"
)

// openIDProvider is a small OpenID provider: discovery, keys, codes with PKCE,
// tokens, claims of people, signing out. One person is signed in at it.
type openIDProvider struct {
	t    *testing.T
	http *httptest.Server

	mu      sync.Mutex
	down    bool
	key     *rsa.PrivateKey
	kid     string
	claims  map[string]any // of the person
	hidden  map[string]any // claims that only the userinfo endpoint tells
	granted map[string]visitGranted
	spend   func(token map[string]any)              // changes what is about to be signed
	sign    func(token map[string]any) (jwt string) // instead of sign256
	denies  string                                  // error that is answered instead of a code
}

type visitGranted struct{ redirect, challenge, nonce string }

var providerKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func newOpenIDProvider(t *testing.T) *openIDProvider {
	t.Helper()
	p := &openIDProvider{
		t: t, key: providerKey(), kid: "first", granted: map[string]visitGranted{},
		claims: map[string]any{"sub": "person-1", "preferred_username": "planner", "name": "王规划"},
	}
	p.http = httptest.NewServer(p)
	t.Cleanup(p.http.Close)
	return p
}

func (p *openIDProvider) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	say := func(status int, v any) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(v)
	}
	if p.down {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return
	}
	switch r.URL.Path {
	case "/.well-known/openid-configuration":
		say(200, map[string]any{
			"issuer": p.http.URL, "authorization_endpoint": p.http.URL + "/authorize", "token_endpoint": p.http.URL + "/token",
			"jwks_uri": p.http.URL + "/keys", "userinfo_endpoint": p.http.URL + "/userinfo", "end_session_endpoint": p.http.URL + "/end?tenant=a",
			"id_token_signing_alg_values_supported": []string{"RS256", "none", "HS256"}, "authorization_response_iss_parameter_supported": true,
			"response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"},
		})
	case "/keys":
		say(200, map[string]any{"keys": []any{map[string]any{
			"kty": "RSA", "alg": "RS256", "use": "sig", "kid": p.kid,
			"n": base64.RawURLEncoding.EncodeToString(p.key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(p.key.E)).Bytes()),
		}}})
	case "/authorize":
		q := r.URL.Query()
		if q.Get("response_type") != "code" || q.Get("client_id") != clientID || q.Get("code_challenge_method") != "S256" ||
			len(q.Get("nonce")) < 32 || len(q.Get("state")) < 32 || !strings.Contains(q.Get("scope"), "openid") {
			p.t.Errorf("asked for %v", q)
		}
		back := url.Values{"state": {q.Get("state")}, "iss": {p.http.URL}}
		if p.denies != "" {
			back.Set("error", p.denies)
		} else {
			code := rand.Text()
			p.granted[code] = visitGranted{q.Get("redirect_uri"), q.Get("code_challenge"), q.Get("nonce")}
			back.Set("code", code)
		}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	case "/token":
		user, password, _ := r.BasicAuth()
		if user != clientID || password != url.QueryEscape(clientSecret) {
			say(401, map[string]any{"error": "invalid_client"})
			return
		}
		g, ok := p.granted[r.FormValue("code")]
		delete(p.granted, r.FormValue("code"))
		challenge := sha256.Sum256([]byte(r.FormValue("code_verifier")))
		if !ok || r.FormValue("redirect_uri") != g.redirect || base64.RawURLEncoding.EncodeToString(challenge[:]) != g.challenge {
			say(400, map[string]any{"error": "invalid_grant"})
			return
		}
		token := map[string]any{
			"iss": p.http.URL, "aud": clientID, "nonce": g.nonce, "iat": time.Now().Unix(), "exp": time.Now().Add(5 * time.Minute).Unix(),
		}
		maps.Copy(token, p.claims)
		if p.spend != nil {
			p.spend(token)
		}
		sign := p.sign
		if sign == nil {
			sign = func(token map[string]any) string { return sign256(p.key, p.kid, token) }
		}
		say(200, map[string]any{"access_token": "access-" + rand.Text(), "token_type": "Bearer", "expires_in": 300, "id_token": sign(token)})
	case "/userinfo":
		said := map[string]any{"sub": p.claims["sub"]}
		maps.Copy(said, p.hidden)
		say(200, said)
	default:
		http.NotFound(w, r)
	}
}

// set changes the provider while it runs.
func (p *openIDProvider) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
}

func unsigned(header, token map[string]any) string {
	part := func(v any) string {
		raw, err := json.Marshal(v)
		if err != nil {
			panic(err)
		}
		return base64.RawURLEncoding.EncodeToString(raw)
	}
	return part(header) + "." + part(token)
}

func sign256(key *rsa.PrivateKey, kid string, token map[string]any) string {
	return signAs(key, kid, "JWT", token)
}

func signAs(key *rsa.PrivateKey, kid, kind string, token map[string]any) string {
	text := unsigned(map[string]any{"alg": "RS256", "kid": kid, "typ": kind}, token)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	if err != nil {
		panic(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// foyer is a service that has nothing but a door, beside a provider.
type foyer struct {
	t        *testing.T
	db       *postgis.DB
	accounts *account.Store
	provider *openIDProvider
	http     *httptest.Server
	server   *Server
	log      *bytes.Buffer
	district string

	mu    sync.Mutex
	ahead time.Duration // of the service's clock
}

func newFoyer(t *testing.T, configure func(*account.ProviderConfig)) *foyer {
	t.Helper()
	f := &foyer{t: t, db: postgistest.New(t), provider: newOpenIDProvider(t), log: &bytes.Buffer{}}
	f.district = postgistest.District(t, f.db)
	cheap := argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}
	var err error
	f.accounts, err = account.New(f.db, account.Config{Hash: &cheap, Now: func() time.Time {
		f.mu.Lock()
		defer f.mu.Unlock()
		return time.Now().Add(f.ahead)
	}})
	f.must(err)
	config := account.ProviderConfig{Issuer: f.provider.http.URL, ClientID: clientID, ClientSecret: clientSecret, Label: "市统一身份认证"}
	if configure != nil {
		configure(&config)
	}
	provider, err := account.NewProvider(f.accounts, config)
	f.must(err)
	ctx, stop := context.WithCancel(t.Context())
	f.server, err = New(ctx, Config{DB: f.db, Accounts: f.accounts, Provider: provider, Log: slog.New(slog.NewTextHandler(f.log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	f.must(err)
	f.http = httptest.NewServer(f.server)
	t.Cleanup(func() { stop(); f.http.Close() })
	return f
}

func (f *foyer) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *foyer) move(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ahead += d
}

func (f *foyer) account(d account.Draft) account.Account {
	f.t.Helper()
	a, err := f.accounts.Create(f.t.Context(), d)
	f.must(err)
	return a
}

func (f *foyer) count(query string, args ...any) (n int) {
	f.t.Helper()
	f.must(f.db.Pool.QueryRow(f.t.Context(), query, args...).Scan(&n))
	return n
}

// browser keeps cookies and follows no address by itself.
type browser struct {
	f      *foyer
	client *http.Client
}

func (f *foyer) browser() *browser {
	jar, err := cookiejar.New(nil)
	f.must(err)
	return &browser{f, &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
}

func (b *browser) send(method, address, body string) answer {
	b.f.t.Helper()
	r, err := http.NewRequestWithContext(b.f.t.Context(), method, address, strings.NewReader(body))
	b.f.must(err)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Origin", b.f.http.URL)
	}
	got, err := b.client.Do(r)
	b.f.must(err)
	defer got.Body.Close()
	a := answer{status: got.StatusCode, header: got.Header}
	a.body, err = io.ReadAll(got.Body)
	b.f.must(err)
	return a
}

// begin begins a visit and is the address at the provider.
func (b *browser) begin(back string) string {
	b.f.t.Helper()
	got := b.send("POST", b.f.http.URL+root+providerPath, fmt.Sprintf(`{"back":%q}`, back))
	if got.status != http.StatusOK {
		b.f.t.Fatalf("%d\n%s", got.status, got.body)
	}
	return decode[ProviderVisit](b.f.t, got).URL
}

// visit goes to the provider and is the address that it sends the browser back to.
func (b *browser) visit(address string) string {
	b.f.t.Helper()
	got := b.send("GET", address, "")
	if got.status != http.StatusFound {
		b.f.t.Fatalf("the provider answers %d\n%s", got.status, got.body)
	}
	return got.header.Get("Location")
}

// signIn goes all the way and is where the browser is at last.
func (b *browser) signIn(back string) string {
	b.f.t.Helper()
	return b.finish(b.visit(b.begin(back)))
}

func (b *browser) finish(callback string) string {
	b.f.t.Helper()
	got := b.send("GET", callback, "")
	if got.status != http.StatusSeeOther {
		b.f.t.Fatalf("%d\n%s", got.status, got.body)
	}
	return got.header.Get("Location")
}

func (b *browser) me() (Me, int) {
	b.f.t.Helper()
	got := b.send("GET", b.f.http.URL+root+"/session", "")
	if got.status != http.StatusOK {
		return Me{}, got.status
	}
	return decode[Me](b.f.t, got), got.status
}

func TestAProviderVouchesForPeople(t *testing.T) {
	f := newFoyer(t, nil)
	f.account(account.Draft{Name: "planner", Role: account.Planner, District: f.district})
	b := f.browser()
	if offered := decode[SignInProvider](t, b.send("GET", f.http.URL+root+providerPath, "")); !offered.Offered || offered.Label != "市统一身份认证" {
		t.Errorf("%+v", offered)
	}
	address := b.begin("/d/500110/zones?x=1")
	callback := b.visit(address)
	if at := b.finish(callback); at != "/d/500110/zones?x=1" {
		t.Fatalf("goes on at %s\n%s", at, f.log)
	}
	me, status := b.me()
	if me.Name != "planner" || !me.ByProvider || me.HasPassword || me.Role != account.Planner {
		t.Errorf("%d, %+v", status, me)
	}
	home := url.QueryEscape(f.http.URL + "/sign-in")
	if want := f.provider.http.URL + "/end?client_id=lianpian&post_logout_redirect_uri=" + home + "&tenant=a"; me.SignOutURL != want {
		t.Errorf("signs out at %s, want %s", me.SignOutURL, want)
	}

	// A password would go on opening the door when the provider no longer does.
	if got := b.send("PUT", f.http.URL+root+"/session/password", `{"new":"correct horse battery"}`); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a password beside the provider: %d", got.status)
	}
	for action, want := range map[string]int{"account.identity": 1, "session.open": 1, "account.update": 0} {
		if n := f.count(`select count(*) from audit_entry where action = $1`, action); n != want {
			t.Errorf("%d entries of %s, want %d", n, action, want)
		}
	}
	if n := f.count(`select count(*) from audit_entry where action = 'account.identity' and account_name = 'OpenID Connect' and account_id is null`); n != 1 {
		t.Error("it is not the provider that bound the identity")
	}
	q, err := url.Parse(callback)
	f.must(err)
	for _, told := range []string{"person-1", q.Query().Get("code"), q.Query().Get("state"), clientSecret, "王规划"} {
		if strings.Contains(f.log.String(), told) {
			t.Errorf("the log tells %q", told)
		}
	}
	if n := f.count(`select count(*) from account_identity i, lateral (select row_to_json(i)::text) r (t) where t like '%person-1%'`); n != 0 {
		t.Error("what the provider calls people is kept")
	}

	// The identity is bound, not the name.
	f.provider.set(func() { f.provider.claims["preferred_username"] = "renamed" })
	again := f.browser()
	if at := again.signIn("/"); at != "/" {
		t.Errorf("renamed at the provider: %s", at)
	}
	if me, _ := again.me(); me.Name != "planner" {
		t.Errorf("renamed at the provider: %+v", me)
	}
	f.provider.set(func() { f.provider.claims["sub"], f.provider.claims["preferred_username"] = "person-2", "planner" })
	other := f.browser()
	if at := other.signIn("/"); at != "/sign-in?failed=stranger" {
		t.Errorf("somebody else who is called the same now: %s", at)
	}
	if _, status := other.me(); status != http.StatusUnauthorized {
		t.Errorf("somebody else has a session: %d", status)
	}

	if got := b.send("DELETE", f.http.URL+root+"/session", ""); got.status != http.StatusNoContent {
		t.Errorf("signing out: %d", got.status)
	}
	if _, status := b.me(); status != http.StatusUnauthorized {
		t.Errorf("after signing out: %d", status)
	}
}

// Each attack begins with a person who could sign in, and changes one thing.
func TestNothingElseThanTheProvidersAnswerOpensASession(t *testing.T) {
	f := newFoyer(t, nil)
	f.account(account.Draft{Name: "planner", Role: account.Planner, District: f.district})
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	f.must(err)
	const again = "/sign-in?failed=again"
	spend := func(claim string, value any) func(*browser) string {
		return func(b *browser) string {
			f.provider.set(func() { f.provider.spend = func(token map[string]any) { token[claim] = value } })
			return b.signIn("/")
		}
	}
	signed := func(sign func(token map[string]any) string) func(*browser) string {
		return func(b *browser) string {
			f.provider.set(func() { f.provider.sign = sign })
			return b.signIn("/")
		}
	}
	replaced := func(callback, parameter, value string) string {
		u, err := url.Parse(callback)
		f.must(err)
		q := u.Query()
		q.Set(parameter, value)
		if value == "" {
			q.Del(parameter)
		}
		u.RawQuery = q.Encode()
		return u.String()
	}
	of := func(callback, parameter string) string {
		u, err := url.Parse(callback)
		f.must(err)
		return u.Query().Get(parameter)
	}
	for name, c := range map[string]struct {
		attack func(*browser) string
		at     string
	}{
		"wrong nonce":              {spend("nonce", "another"), again},
		"no nonce":                 {spend("nonce", nil), again},
		"wrong audience":           {spend("aud", "another-client"), again},
		"several audiences":        {spend("aud", []string{"another-client", clientID}), again},
		"issued to another client": {spend("azp", "another-client"), again},
		"wrong issuer":             {spend("iss", "https://evil.example"), again},
		"expired":                  {spend("exp", time.Now().Add(-time.Minute).Unix()), again},
		"without an end":           {spend("exp", nil), again},
		"not yet valid":            {spend("nbf", time.Now().Add(time.Hour).Unix()), again},
		"no subject":               {spend("sub", ""), "/sign-in?failed=unavailable"},
		"access token of another":  {spend("at_hash", "LDktKdoQak3Pk0cnXxCltA"), again},
		"alg none": {signed(func(token map[string]any) string {
			return unsigned(map[string]any{"alg": "none"}, token) + "."
		}), again},
		"alg none with a signature's look": {signed(func(token map[string]any) string {
			return unsigned(map[string]any{"alg": "NONE", "kid": "first"}, token) + ".AAAA"
		}), again},
		"signed with the client's secret": {signed(func(token map[string]any) string {
			text := unsigned(map[string]any{"alg": "HS256", "kid": "first"}, token)
			mac := hmac.New(sha256.New, []byte(clientSecret))
			mac.Write([]byte(text))
			return text + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
		}), again},
		"signed with another key": {signed(func(token map[string]any) string { return sign256(stranger, "first", token) }), again},
		"changed after signing": {signed(func(token map[string]any) string {
			parts := strings.Split(sign256(providerKey(), "first", token), ".")
			token["preferred_username"] = "administrator"
			return unsigned(map[string]any{"alg": "RS256", "kid": "first"}, token) + "." + parts[2]
		}), again},
		"no token": {signed(func(map[string]any) string { return "" }), again},
		"another browser's answer": {func(b *browser) string {
			callback := b.visit(b.begin("/"))
			return f.browser().finish(callback)
		}, again},
		"another browser's answer into a visit of one's own": {func(b *browser) string { // the attacker's account, for the victim to work in
			callback := b.visit(b.begin("/"))
			victim := f.browser()
			victim.begin("/")
			return victim.finish(callback)
		}, again},
		"another browser's code under one's own state": {func(b *browser) string {
			victim := f.browser()
			stolen := of(victim.visit(victim.begin("/")), "code")
			return b.finish(replaced(b.visit(b.begin("/")), "code", stolen))
		}, again},
		"a made-up code": {func(b *browser) string { return b.finish(replaced(b.visit(b.begin("/")), "code", "made-up")) }, again},
		"no code":        {func(b *browser) string { return b.finish(replaced(b.visit(b.begin("/")), "code", "")) }, again},
		"no state":       {func(b *browser) string { return b.finish(replaced(b.visit(b.begin("/")), "state", "")) }, again},
		"another provider": {func(b *browser) string {
			return b.finish(replaced(b.visit(b.begin("/")), "iss", "https://evil.example"))
		}, again},
		"no provider named": {func(b *browser) string { return b.finish(replaced(b.visit(b.begin("/")), "iss", "")) }, again},
		"too late": {func(b *browser) string {
			callback := b.visit(b.begin("/"))
			f.move(16 * time.Minute)
			defer f.move(-16 * time.Minute)
			return b.finish(callback)
		}, again},
		"denied": {func(b *browser) string {
			f.provider.set(func() { f.provider.denies = "access_denied" })
			return b.signIn("/")
		}, "/sign-in?failed=denied"},
		"broken off": {func(b *browser) string {
			f.provider.set(func() { f.provider.denies = "temporarily_unavailable" })
			return b.signIn("/")
		}, "/sign-in?failed=unavailable"},
		"down when the code is exchanged": {func(b *browser) string {
			callback := b.visit(b.begin("/"))
			f.provider.set(func() { f.provider.down = true })
			return b.finish(callback)
		}, "/sign-in?failed=unavailable"},
	} {
		b := f.browser()
		if at := c.attack(b); at != c.at {
			t.Errorf("%s: %s, want %s\n%s", name, at, c.at, f.log)
		}
		if _, status := b.me(); status != http.StatusUnauthorized {
			t.Errorf("%s: a session was opened", name)
		}
		f.provider.set(func() {
			f.provider.spend, f.provider.sign, f.provider.denies, f.provider.down = nil, nil, "", false
		})
		f.log.Reset()
	}
	if n := f.count(`select count(*) from session`) + f.count(`select count(*) from account_identity`); n != 0 {
		t.Errorf("%d sessions and identities were left", n)
	}

	b := f.browser()
	callback := b.visit(b.begin("/"))
	if at := b.finish(callback); at != "/" {
		t.Fatalf("the way that is none of these leads to %s\n%s", at, f.log)
	}
	before := f.count(`select count(*) from session`)
	if at := b.finish(callback); at != again {
		t.Errorf("the same answer once more: %s", at)
	}
	if n := f.count(`select count(*) from session`); n != before {
		t.Error("the same answer opened two sessions")
	}
}

func TestAfterTheProviderPeopleAreStillInTheApp(t *testing.T) {
	f := newFoyer(t, nil)
	f.account(account.Draft{Name: "planner", Role: account.Planner, District: f.district})
	for back, want := range map[string]string{
		"/d/500110/zones?zone=Z1#map":       "/d/500110/zones?zone=Z1#map",
		"":                                  "/",
		"d/500110":                          "/",
		"https://evil.example/":             "/",
		"//evil.example/":                   "/",
		"/\\evil.example/":                  "/",
		"\\\\evil.example":                  "/",
		"/\t/evil.example":                  "/",
		"/\n/evil.example":                  "/",
		"javascript:alert(1)":               "/",
		"/api/v1/audit/export":              "/",
		"/sign-in?failed=locked":            "/",
		"http:evil.example":                 "/",
		"/" + strings.Repeat("a", 1990):     "/" + strings.Repeat("a", 1990),
		"/d/500110?back=//evil.example/%0a": "/d/500110?back=//evil.example/%0a",
	} {
		if at := f.browser().signIn(back); at != want {
			t.Errorf("%.40q leads to %.40q, want %.40q", back, at, want)
		}
	}
}

func TestWhileTheProviderIsDownPasswordsOpenTheDoor(t *testing.T) {
	f := newFoyer(t, nil)
	f.provider.set(func() { f.provider.down = true })
	a := f.account(account.Draft{Name: "planner", Role: account.Planner, District: f.district})
	link, err := f.accounts.IssueLink(t.Context(), a.ID)
	f.must(err)
	_, session, err := f.accounts.Redeem(t.Context(), link, "", "")
	f.must(err)
	f.must(f.accounts.SetPassword(account.With(t.Context(), session.Person), session, "", secret, ""))

	b := f.browser()
	begun := time.Now()
	got := b.send("POST", f.http.URL+root+providerPath, `{}`)
	if p := got.problem(t); got.status != http.StatusBadGateway || !strings.Contains(p.Detail, "用密码登录") {
		t.Errorf("%d, %+v", got.status, p)
	}
	if took := time.Since(begun); took > 5*time.Second {
		t.Errorf("it took %s to say so", took)
	}
	if got := b.send("POST", f.http.URL+root+"/session", fmt.Sprintf(`{"name":"planner","password":%q}`, secret)); got.status != http.StatusOK {
		t.Errorf("with the password: %d", got.status)
	}
	f.provider.set(func() { f.provider.down = false })
	if got := b.send("POST", f.http.URL+root+providerPath, `{}`); got.status != http.StatusBadGateway {
		t.Errorf("it was asked again at once: %d", got.status)
	}
	f.move(6 * time.Second)
	if at := f.browser().signIn("/"); at != "/" {
		t.Errorf("up again: %s", at)
	}
	// What it said of itself holds while it is down.
	f.move(2 * time.Hour)
	f.provider.set(func() { f.provider.down = true })
	if got := b.send("POST", f.http.URL+root+providerPath, `{}`); got.status != http.StatusOK {
		t.Errorf("down again: %d", got.status)
	}
	f.move(-2 * time.Hour)
	f.provider.set(func() {
		f.provider.down = false
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		f.must(err)
		f.provider.key, f.provider.kid = key, "second"
	})
	if at := f.browser().signIn("/"); at != "/" {
		t.Errorf("with a new key: %s\n%s", at, f.log)
	}
}

func TestVisitsThatNobodyFinishesAreBounded(t *testing.T) {
	f := newFoyer(t, nil)
	b := f.browser()
	var got answer
	for range 250 {
		if got = b.send("POST", f.http.URL+root+providerPath, `{}`); got.status != http.StatusOK {
			break
		}
	}
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "" {
		t.Errorf("%d after 250", got.status)
	}
	if n := f.count(`select count(*) from provider_visit`); n == 0 || n > 200 {
		t.Errorf("%d visits are kept", n)
	}
	f.move(time.Hour)
	f.must(f.accounts.Sweep(t.Context()))
	if n := f.count(`select count(*) from provider_visit`); n != 0 {
		t.Errorf("%d visits are kept for ever", n)
	}
}

func TestRulesSayWhoMayWhat(t *testing.T) {
	f := newFoyer(t, func(c *account.ProviderConfig) {
		c.Create = true
		c.Rules, _ = account.NewRules([]byte(`
- {claim: realm.roles, is: lianpian-admin, role: administrator}
- {claim: realm.roles, is: lianpian-planner, role: planner, district: "500110"}
- {claim: realm.roles, is: lianpian-officer, role: officer, district_from: district, subdistricts_from: streets}
`))
	})
	f.account(account.Draft{Name: "root", Role: account.Administrator})
	person := func(sub, name string, roles ...string) {
		f.provider.set(func() {
			f.provider.claims = map[string]any{"sub": sub, "preferred_username": name, "name": "李四 13800138000"}
			f.provider.hidden = map[string]any{"realm": map[string]any{"roles": roles}, "district": 500110, "streets": []string{"500110001"}}
		})
	}
	look := func(want string) {
		t.Helper()
		b := f.browser()
		at := b.signIn("/")
		me, _ := b.me()
		if got := fmt.Sprintf("%s %s %s %v", at, me.Name, me.Role, me.Scope.Subdistricts); got != want {
			t.Errorf("%s, want %s\n%s", got, want, f.log)
		}
		f.log.Reset()
	}
	person("a", "zhang", "something-else")
	look("/sign-in?failed=stranger   []")
	person("a", "zhang", "lianpian-officer")
	look("/ zhang officer [500110001]")
	if n := f.count(`select count(*) from account where display_name like '%138%'`); n != 0 {
		t.Error("a telephone number was kept")
	}
	person("a", "zhang", "something-else", "lianpian-planner")
	look("/ zhang planner []")
	if n := f.count(`select count(*) from audit_entry where action = 'account.update' and account_name = 'OpenID Connect' and entity_code = 'zhang'`); n != 1 {
		t.Errorf("%d entries of the change", n)
	}
	look("/ zhang planner []") // nothing to change
	if n := f.count(`select count(*) from audit_entry where action = 'account.update'`); n != 1 {
		t.Errorf("%d entries after no change", n)
	}
	person("a", "zhang") // no longer let in
	look("/sign-in?failed=stranger   []")
	person("b", "13800138000", "lianpian-planner") // numbers of people are no names here
	look("/sign-in?failed=stranger   []")
	person("c", "root", "lianpian-planner") // whoever is called like an administrator is none
	look("/sign-in?failed=stranger   []")
	if n := f.count(`select count(*) from account where name = 'root' and role = 'administrator'`); n != 1 {
		t.Error("an administrator lost the role")
	}
	person("d", "root", "lianpian-admin")
	look("/ root administrator []")
	person("d", "root", "lianpian-planner") // the last administrator stays one
	look("/sign-in?failed=stranger   []")
	f.provider.set(func() { f.provider.hidden["sub"] = "somebody-else" })
	look("/sign-in?failed=unavailable   []")

	person("a", "zhang", "lianpian-planner")
	zhang, err := f.accounts.Person(t.Context(), "zhang")
	f.must(err)
	before, err := f.accounts.Account(t.Context(), zhang.ID)
	f.must(err)
	_, err = f.accounts.SetLocked(t.Context(), zhang.ID, before.Version, true)
	f.must(err)
	look("/sign-in?failed=locked   []")
}

func TestOverHTTPSTheVisitIsBoundToTheHost(t *testing.T) {
	f := newFoyer(t, nil)
	r := httptest.NewRequest("POST", "https://lianpian.example"+root+providerPath, strings.NewReader(`{}`))
	r.Header.Set("Content-Type", "application/json")
	rec := httptest.NewRecorder()
	f.server.ServeHTTP(rec, r)
	cookie := rec.Header().Get("Set-Cookie")
	for _, part := range []string{"__Host-" + providerCookie + "=", "; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax", "; Max-Age=900"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("cookie %q lacks %s", cookie, part)
		}
	}
	var visit ProviderVisit
	f.must(json.Unmarshal(rec.Body.Bytes(), &visit))
	if !strings.Contains(visit.URL, url.QueryEscape("https://lianpian.example"+root+callbackPath)) {
		t.Errorf("the provider is told to come back elsewhere: %s", visit.URL)
	}
}
