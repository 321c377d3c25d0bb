package account

import (
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	// askWithin bounds one question to the provider.
	askWithin = 10 * time.Second
	// metadataKept is how long what the provider says of itself is believed.
	metadataKept = time.Hour
	// failureKept is how long a provider that did not answer is left alone, so
	// that not everybody waits for it.
	failureKept = 5 * time.Second
	// visitLife is how long people may take at the provider.
	visitLife = 15 * time.Minute
	// providerAnswer is the most that is read of an answer, in bytes.
	providerAnswer = 1 << 20
	// failuresVisit are visits that may be begun at one address and not finished.
	failuresVisit = 200
)

var (
	// ErrProvider says that the provider did not answer, or not as it should.
	ErrProvider = errors.New("the OpenID Connect provider can't be used")
	// ErrVisit says that what came back from the provider is not, or no longer,
	// the answer to a visit that this browser began.
	ErrVisit = errors.New("no such visit to the OpenID Connect provider")
	// ErrDenied says that the person, or the provider, broke the sign-in off.
	ErrDenied = errors.New("the OpenID Connect provider denied the sign-in")
	// ErrStranger says that the provider knows the person and nobody has let them
	// in here.
	ErrStranger = errors.New("no account for the identity")
)

// ProviderConfig describes an OpenID Connect provider and what is made of what it
// says of people.
type ProviderConfig struct {
	Issuer       string   // address, just as it stands in the provider's tokens
	ClientID     string   // what the provider calls this service
	ClientSecret string   // "" is a public client
	Scopes       []string // nil is openid and profile
	NameClaim    string   // claim that holds the account's name; "" is preferred_username
	Label        string   // what people call it; "" leaves that to the page
	Rules        []Rule   // who may what; nil leaves it to the accounts
	Create       bool     // make an account for whom a rule lets in and who has none
}

// Provider is an OpenID Connect provider that vouches for people: OpenID Connect
// Core 1.0, authorization code flow with PKCE (RFC 7636). It is asked for its
// metadata when somebody first wants to go there, so that the service starts
// without it. Use NewProvider to make one.
type Provider struct {
	config ProviderConfig
	store  *Store
	client *http.Client

	known  atomic.Pointer[metadata]
	asking chan struct{} // held by the one who asks for the metadata
	failed time.Time     // when the last question was left without an answer; of who holds asking
	reason error         // of that
}

// metadata is what the provider says of itself (OpenID Connect Discovery 1.0).
type metadata struct {
	provider   *oidc.Provider
	asked      time.Time
	signOut    string // address; "" is none
	userInfo   string // address; "" is none
	inHeader   bool   // the client's secret goes there
	namesItOut bool   // answers name the issuer (RFC 9207)
}

// NewProvider makes a Provider for the accounts of the store. It asks nothing of
// the network.
func NewProvider(s *Store, config ProviderConfig) (*Provider, error) {
	if err := confidential(config.Issuer); err != nil {
		return nil, fmt.Errorf("the issuer of the OpenID Connect provider: %w", err)
	}
	if config.ClientID == "" {
		return nil, errors.New("the OpenID Connect provider needs a client id")
	}
	if config.Create && len(config.Rules) == 0 {
		return nil, errors.New("accounts can be made for people of the OpenID Connect provider only by rules that say what they may")
	}
	if len(config.Scopes) == 0 {
		config.Scopes = []string{oidc.ScopeOpenID, oidc.ScopeProfile}
	}
	if !slices.Contains(config.Scopes, oidc.ScopeOpenID) {
		config.Scopes = append([]string{oidc.ScopeOpenID}, config.Scopes...)
	}
	config.NameClaim = cmp.Or(config.NameClaim, "preferred_username")
	return &Provider{config: config, store: s, asking: make(chan struct{}, 1), client: &http.Client{
		Timeout: askWithin,
		Transport: bounded{&http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: askWithin}).DialContext,
			TLSHandshakeTimeout: askWithin, ForceAttemptHTTP2: true, DisableKeepAlives: true,
		}},
		// What is sent there, codes and the client's secret, is for nobody else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// bounded reads no more of an answer than providerAnswer.
type bounded struct{ next http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	got, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	got.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(got.Body, providerAnswer), got.Body}
	return got, nil
}

// confidential refuses addresses that others can listen to on the way: only this
// very machine is reached without HTTPS.
func confidential(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil {
		return fmt.Errorf("%q is no address", address)
	}
	ip, _ := netip.ParseAddr(u.Hostname())
	if u.Scheme == "https" || u.Scheme == "http" && (u.Hostname() == "localhost" || ip.IsLoopback()) {
		return nil
	}
	return fmt.Errorf("%q does not begin with https://", address)
}

// Label is what people call the provider; "" where nothing is configured.
func (p *Provider) Label() string { return p.config.Label }

// Visitor is a browser that goes to the provider or comes back.
type Visitor struct {
	Callback       string // address here that the provider sends people back to
	Home           string // address here that it sends them to after signing out
	Address, Agent string // of the browser
}

// Begin sends somebody to the provider. It returns the address to go to and a
// secret that only their browser may keep until they are back. back is where
// they want to go on then; what is no address within the app is the start page.
// The errors are ErrProvider and *ThrottledError.
func (p *Provider) Begin(ctx context.Context, v Visitor, back string) (address, secret string, err error) {
	m, err := p.metadata(ctx)
	if err != nil {
		return "", "", err
	}
	if err := p.store.attempt(ctx, visitLimits(v.Address)); err != nil {
		return "", "", err
	}
	secret, hash := newToken()
	if _, err := p.store.db.Pool.Exec(ctx, `insert into provider_visit (secret_hash, back, expires_at) values ($1, $2, $3)`,
		hash, within(back), p.store.config.Now().Add(visitLife)); err != nil {
		return "", "", fmt.Errorf("note a visit to the provider: %w", err)
	}
	return p.exchange(m, v).AuthCodeURL(derived(secret, "state"), oidc.Nonce(derived(secret, "nonce")),
		oauth2.S256ChallengeOption(derived(secret, "verifier"))), secret, nil
}

func visitLimits(address string) []limit {
	return []limit{limitOf("visit", address, failuresVisit, longestWait)}
}

// derived is one of the values that a visit needs. All hang on the browser's
// secret, so that none has to be kept here.
func derived(secret, what string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(what))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// within is the address, where it leads to a page of the app, or else that of the
// start page.
func within(address string) string {
	u, err := url.Parse(address)
	switch {
	case err != nil || len(address) > 2000 || u.Scheme != "" || u.Host != "" || u.User != nil,
		!strings.HasPrefix(address, "/") || strings.HasPrefix(address, "//"),
		strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }),
		strings.HasPrefix(u.Path, "/api/") || strings.HasPrefix(u.Path, "/sign-in"),
		strings.HasPrefix(u.Path, "//"):
		return "/"
	}
	return address
}

// Answer is what the provider sends a browser back with.
type Answer struct {
	Code, State string
	Issuer      string // "" where it does not say
	Error       string // code of RFC 6749; "" is none
}

// Finish opens a session for whom the provider vouches for, and tells where to go
// on. secret is what Begin gave to the browser. The errors are ErrVisit,
// ErrDenied, ErrProvider, ErrStranger and ErrLocked.
func (p *Provider) Finish(ctx context.Context, v Visitor, secret string, a Answer) (token string, opened Session, back string, err error) {
	if secret == "" || len(secret) > 200 || !same(a.State, derived(secret, "state")) {
		return "", Session{}, "", fmt.Errorf("%w: it was not begun in this browser", ErrVisit)
	}
	if back, err = p.store.endVisit(ctx, secret); err != nil {
		return "", Session{}, "", err
	}
	m, err := p.metadata(ctx)
	if err != nil {
		return "", Session{}, "", err
	}
	switch {
	case a.Issuer != "" && a.Issuer != p.config.Issuer, a.Issuer == "" && m.namesItOut:
		return "", Session{}, "", fmt.Errorf("%w: the answer is of the issuer %q", ErrVisit, a.Issuer)
	case a.Error == "access_denied":
		return "", Session{}, "", ErrDenied
	case a.Error != "":
		return "", Session{}, "", fmt.Errorf("%w: it answered %q", ErrProvider, cut(storable(a.Error), 100))
	case a.Code == "":
		return "", Session{}, "", fmt.Errorf("%w: no code", ErrVisit)
	}
	who, err := p.identity(ctx, m, v, secret, a.Code)
	if err != nil {
		return "", Session{}, "", err
	}
	account, err := p.store.identified(ctx, who, p.config)
	if err != nil {
		return "", Session{}, "", err
	}
	if err := p.store.succeeded(ctx, visitLimits(v.Address)); err != nil {
		return "", Session{}, "", err
	}
	token, opened, err = p.store.openSession(ctx, account, from{
		address: v.Address, agent: v.Agent, provider: true, signOut: p.signOut(m, v),
		issuer: p.config.Issuer, subject: who.subject[:], session: who.session,
	}, false, nil)
	return token, opened, back, err
}

func same(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }

// signOut is where to go to sign out of the provider, too (OpenID Connect
// RP-Initiated Logout 1.0), or "". It names no person: tokens are not kept.
func (p *Provider) signOut(m *metadata, v Visitor) string {
	u, err := url.Parse(m.signOut)
	if err != nil || m.signOut == "" {
		return ""
	}
	q := u.Query()
	q.Set("client_id", p.config.ClientID)
	q.Set("post_logout_redirect_uri", v.Home)
	u.RawQuery = q.Encode()
	return u.String()
}

// exchange is how this service speaks with the provider.
func (p *Provider) exchange(m *metadata, v Visitor) *oauth2.Config {
	endpoint := m.provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInParams
	if m.inHeader && p.config.ClientSecret != "" {
		endpoint.AuthStyle = oauth2.AuthStyleInHeader
	}
	return &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: p.config.ClientSecret, Endpoint: endpoint,
		RedirectURL: v.Callback, Scopes: p.config.Scopes,
	}
}

// identity exchanges the code for the provider's token and checks it.
func (p *Provider) identity(ctx context.Context, m *metadata, v Visitor, secret, code string) (identity, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), 2*askWithin)
	defer cancel()
	got, err := p.exchange(m, v).Exchange(ctx, code, oauth2.VerifierOption(derived(secret, "verifier")))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant":
		return identity{}, fmt.Errorf("%w: the provider does not take the code", ErrVisit)
	case refused != nil: // its text repeats the answer, which may repeat the code
		return identity{}, fmt.Errorf("%w: exchange a code: it answers %s %.100q", ErrProvider, refused.Response.Status, refused.ErrorCode)
	case err != nil:
		return identity{}, fmt.Errorf("%w: exchange a code: %w", ErrProvider, err)
	}
	raw, ok := got.Extra("id_token").(string)
	if !ok {
		return identity{}, fmt.Errorf("%w: it gave no identity token", ErrProvider)
	}
	token, err := m.provider.Verifier(&oidc.Config{ClientID: p.config.ClientID, Now: p.store.config.Now}).Verify(ctx, raw)
	if err != nil {
		return identity{}, fmt.Errorf("%w: check an identity token: %w", ErrVisit, err)
	}
	claims := claims{}
	if err := token.Claims(&claims); err != nil {
		return identity{}, fmt.Errorf("%w: read an identity token: %w", ErrProvider, err)
	}
	switch azp := claims.first("azp"); {
	case !same(token.Nonce, derived(secret, "nonce")):
		return identity{}, fmt.Errorf("%w: the identity token is of another visit", ErrVisit)
	case azp != "" && azp != p.config.ClientID, azp == "" && len(token.Audience) > 1:
		return identity{}, fmt.Errorf("%w: the identity token was issued to another client", ErrVisit)
	case token.Subject == "" || len(token.Subject) > 1000:
		return identity{}, fmt.Errorf("%w: the identity token names no subject", ErrProvider)
	}
	if token.AccessTokenHash != "" {
		if err := token.VerifyAccessToken(got.AccessToken); err != nil {
			return identity{}, fmt.Errorf("%w: the access token is of another identity token", ErrVisit)
		}
	}
	var session []byte
	if id, _ := claims["sid"].(string); id != "" {
		session = digest(id)
	}
	if m.userInfo != "" && !p.saysAll(claims) {
		more, err := m.provider.UserInfo(ctx, oauth2.StaticTokenSource(got))
		if err != nil {
			return identity{}, fmt.Errorf("%w: ask about the person: %w", ErrProvider, err)
		}
		if more.Subject != token.Subject {
			return identity{}, fmt.Errorf("%w: it tells of another person than it vouches for", ErrProvider)
		}
		if err := claims.add(more); err != nil {
			return identity{}, err
		}
	}
	who := p.identityOf(token.Subject, claims)
	who.session = session
	return who, nil
}

// saysAll tells whether the identity token has every claim that is looked at.
func (p *Provider) saysAll(c claims) bool {
	if c.first(p.config.NameClaim) == "" {
		return false
	}
	for _, r := range p.config.Rules {
		for _, claim := range []string{r.Claim, r.DistrictFrom, r.SubdistrictsFrom} {
			if claim != "" && c.values(claim) == nil {
				return false
			}
		}
	}
	return true
}

// metadata is what the provider says of itself, asked for anew once an hour. While
// it does not answer, what it said before holds.
func (p *Provider) metadata(ctx context.Context) (*metadata, error) {
	fresh := func() *metadata {
		if m := p.known.Load(); m != nil && p.store.config.Now().Sub(m.asked) < metadataKept {
			return m
		}
		return nil
	}
	if m := fresh(); m != nil {
		return m, nil
	}
	select {
	case p.asking <- struct{}{}:
		defer func() { <-p.asking }()
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrProvider, ctx.Err())
	}
	if m := fresh(); m != nil {
		return m, nil
	}
	if p.reason == nil || p.store.config.Now().Sub(p.failed) >= failureKept {
		var m *metadata
		if m, p.reason = p.ask(context.WithoutCancel(ctx)); p.reason == nil { // others wait for it, too
			p.known.Store(m)
			return m, nil
		}
		p.failed = p.store.config.Now()
	}
	if old := p.known.Load(); old != nil {
		return old, nil
	}
	return nil, p.reason
}

func (p *Provider) ask(ctx context.Context) (*metadata, error) {
	ctx, cancel := context.WithTimeout(oidc.ClientContext(ctx, p.client), askWithin)
	defer cancel()
	provider, err := oidc.NewProvider(ctx, p.config.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w: ask for its metadata: %w", ErrProvider, err)
	}
	var said struct {
		Keys       string   `json:"jwks_uri"`
		SignOut    string   `json:"end_session_endpoint"`
		Methods    []string `json:"token_endpoint_auth_methods_supported"`
		NamesItOut bool     `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&said); err != nil {
		return nil, fmt.Errorf("%w: read its metadata: %w", ErrProvider, err)
	}
	m := &metadata{
		provider: provider, asked: p.store.config.Now(), signOut: said.SignOut, userInfo: provider.UserInfoEndpoint(),
		inHeader: said.Methods == nil || slices.Contains(said.Methods, "client_secret_basic"), namesItOut: said.NamesItOut,
	}
	for _, address := range []string{provider.Endpoint().AuthURL, provider.Endpoint().TokenURL, said.Keys} {
		if err := confidential(address); err != nil {
			return nil, fmt.Errorf("%w: its metadata: %w", ErrProvider, err)
		}
	}
	for _, address := range []*string{&m.signOut, &m.userInfo} {
		if confidential(*address) != nil {
			*address = ""
		}
	}
	return m, nil
}

// claims are what the provider says of a person, by name.
type claims map[string]any

// add takes over what the identity token does not say.
func (c claims) add(more *oidc.UserInfo) error {
	said := claims{}
	if err := more.Claims(&said); err != nil {
		return fmt.Errorf("%w: read what it says of the person: %w", ErrProvider, err)
	}
	for name, value := range said {
		if _, signed := c[name]; !signed {
			c[name] = value
		}
	}
	return nil
}

// values are those of a claim: of its name as it is, or of a path into nested
// claims such as realm_access.roles. nil is none.
func (c claims) values(name string) []string {
	value, ok := c[name]
	if !ok {
		var at any = map[string]any(c)
		for part := range strings.SplitSeq(name, ".") {
			nested, _ := at.(map[string]any)
			at = nested[part]
		}
		value = at
	}
	list, isList := value.([]any)
	if !isList {
		list = []any{value}
	}
	var values []string
	for _, v := range list {
		switch v := v.(type) {
		case string:
			values = append(values, v)
		case bool:
			values = append(values, strconv.FormatBool(v))
		case float64: // codes of places may come as numbers
			values = append(values, strconv.FormatFloat(v, 'f', -1, 64))
		}
	}
	return values
}

func (c claims) first(name string) string {
	if values := c.values(name); len(values) > 0 {
		return values[0]
	}
	return ""
}
