package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

type contextKey int

const (
	requestKey contextKey = iota
	sessionKey
	clientKey
)

// requestID is the number that a request has in the log.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey).(string)
	return id
}

// record numbers a request, and when it is done writes it down, counts it and
// ends its span. Addresses are logged without their query: one-time tokens and
// search words are in there. It counts by the pattern of the route, never by what
// the client wrote.
func (s *Server) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := uuid.NewString()
		w.Header().Set("X-Request-Id", id)
		started := s.now()
		defer s.Metrics.Began()()
		ctx := propagation.TraceContext{}.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
		ctx, span := s.Tracer.Start(ctx, "request", trace.WithSpanKind(trace.SpanKindServer))
		defer span.End()
		ctx = context.WithValue(ctx, requestKey, id)
		watched := middleware.NewWrapResponseWriter(w, r.ProtoMajor)
		who := &requester{route: "other"}
		next.ServeHTTP(watched, r.WithContext(context.WithValue(ctx, requesterKey{}, who)))

		took := s.now().Sub(started)
		if watched.Header().Get("Content-Type") != eventStream {
			s.Metrics.Answered(r.Method, who.route, watched.Status(), took)
		}
		span.SetName(r.Method + " " + who.route)
		span.SetAttributes(attribute.String("http.route", who.route), attribute.String("http.request.method", r.Method),
			attribute.Int("http.response.status_code", watched.Status()), attribute.String("lianpian.request", id))
		level := slog.LevelDebug
		if watched.Status() >= http.StatusInternalServerError {
			level = slog.LevelWarn
			span.SetStatus(codes.Error, http.StatusText(watched.Status()))
		} else if (strings.HasPrefix(r.URL.Path, root) || strings.HasPrefix(r.URL.Path, ogcDoor)) && !strings.Contains(r.URL.Path, "/tiles/") {
			level = slog.LevelInfo
		}
		line := []slog.Attr{
			slog.String("request", id), slog.String("method", r.Method), slog.String("path", r.URL.Path),
			slog.Int("status", watched.Status()), slog.Int("bytes", watched.BytesWritten()),
			slog.Duration("took", took), slog.String("person", who.name), slog.String("from", s.address(r)),
		}
		if span.IsRecording() {
			line = append(line, slog.String("trace", span.SpanContext().TraceID().String()))
		}
		s.log.LogAttrs(ctx, level, "request", line...)
	})
}

// name notes the pattern of the route that a request took, for those outside the
// router.
func (s *Server) name(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			if who, ok := r.Context().Value(requesterKey{}).(*requester); ok {
				if pattern := chi.RouteContext(r.Context()).RoutePattern(); pattern != "" {
					who.route = pattern
				}
			}
		}()
		next.ServeHTTP(w, r)
	})
}

// requester carries out to the log who asked and which route answered.
type (
	requester    struct{ name, route string }
	requesterKey struct{}
)

// recoverPanics turns a panic into a problem, where nothing has been sent yet.
func (s *Server) recoverPanics(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			broken := recover()
			if broken == nil {
				return
			}
			if err, ok := broken.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(broken) // the way to cut a response short
			}
			s.log.ErrorContext(r.Context(), "a handler panicked", "request", requestID(r.Context()), "panic", broken, "stack", string(debug.Stack()))
			if watched, ok := w.(middleware.WrapResponseWriter); ok && watched.Status() != 0 {
				panic(http.ErrAbortHandler) // half a response must not look like a whole one
			}
			writeProblem(w, r, s.problemOf(r.Context(), fmt.Errorf("panic: %v", broken)))
		}()
		next.ServeHTTP(w, r)
	})
}

// contentPolicy lets the map library start its workers from blobs, the page use
// its own inline scripts and styles (by their hashes), and nothing come from
// elsewhere. What the app and the map library style themselves goes through the
// object model, which no policy is about.
func contentPolicy(inlineScripts, inlineStyles []string) string {
	own := func(hashes []string) string { return strings.Join(append([]string{"'self'"}, hashes...), " ") }
	return "default-src 'self'; script-src " + own(inlineScripts) +
		"; worker-src 'self' blob:; child-src 'self' blob:; style-src " + own(inlineStyles) + "; " +
		"img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; object-src 'none'; " +
		"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

func (s *Server) secureHeaders(policy string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		if s.secure(r) { // for this host only: the bureau's others are not ours to bind
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer") // addresses may hold a one-time token
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(self)")
		next.ServeHTTP(w, r)
	})
}

// privately keeps what the API answers out of shared and disk caches; tiles set
// their own rule.
func privately(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// lookWithin bounds what is asked of the database before a request is known to be
// anybody's.
const lookWithin = 10 * time.Second

// upToDate has this process hear of everything that was committed, by whichever
// process, before the request came. What is kept in memory is then as fresh as if
// there were only one process.
func (s *Server) upToDate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if s.DB != nil {
			ctx, cancel := context.WithTimeout(r.Context(), lookWithin)
			err := s.DB.CatchUp(ctx)
			cancel()
			if err != nil {
				writeProblem(w, r, s.problemOf(r.Context(), err))
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// refuseCrossOrigin refuses writes that another site's page makes in a person's
// name. A configured address is ours also where a proxy changes the host.
func refuseCrossOrigin(baseURL string) (func(http.Handler) http.Handler, error) {
	protection := http.NewCrossOriginProtection()
	if baseURL != "" {
		ours, err := url.Parse(baseURL)
		if err != nil {
			return nil, fmt.Errorf("read the service's address: %w", err)
		}
		if err := protection.AddTrustedOrigin(ours.Scheme + "://" + ours.Host); err != nil {
			return nil, fmt.Errorf("read the service's address: %w", err)
		}
	}
	protection.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, newProblem(http.StatusForbidden, kindCrossOrigin, "已拒绝来自其他网站的请求", "A request from another site was refused."))
	}))
	return protection.Handler, nil
}

// briefly bounds how long a request may take to be worked on and to be read by
// its client.
func (s *Server) briefly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		allowed := answerWithin
		if rt, known := s.routes[r.Method+" "+chi.RouteContext(r.Context()).RoutePattern()]; known && rt.within > 0 {
			allowed = rt.within
		}
		ctx, cancel := within(r.Context(), allowed)
		defer cancel()
		allow(w, allowed+answerWithin)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// allow gives the client that long to take what is written; 0 is no limit. A
// deadline stays with its connection, so every route sets one.
func allow(w http.ResponseWriter, d time.Duration) {
	var until time.Time
	if d > 0 {
		until = time.Now().Add(d)
	}
	_ = http.NewResponseController(w).SetWriteDeadline(until) // not supported in tests
}

// limitBody refuses a body that says it is too large before a byte of it is read.
func (s *Server) limitBody(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > jsonLimit {
			w.Header().Set("Connection", "close")
			writeProblem(w, r, bodyTooLarge(jsonLimit))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// credentials are what a request shows to say whose it is.
type credentials struct {
	session string // token of the session cookie
	token   string // personal API token, or whatever stands in its place
}

// credentialsOf reads the credentials of a request. A token is taken as Bearer
// and, for programs that know nothing else, as the password of Basic with any
// name. It is the only thing that counts then; but what is no token of ours (a
// proxy may ask for a password of its own) does not hide a session.
func (s *Server) credentialsOf(r *http.Request) credentials {
	c := credentials{session: s.sessionToken(r)}
	given := r.Header.Get("Authorization")
	if given == "" {
		return c
	}
	token := given
	if scheme, value, _ := strings.Cut(given, " "); strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(value)
	} else if _, password, ok := r.BasicAuth(); ok {
		token = password
	}
	if token == "" {
		token = given
	}
	if strings.HasPrefix(token, account.TokenPrefix) || c.session == "" {
		return credentials{token: token}
	}
	return c
}

// session is the session of the cookie, or one as long as this request in the
// name of a token; or account.ErrNoSession.
func (s *Server) session(ctx context.Context, shown credentials, address string) (account.Session, error) {
	if shown.token == "" {
		return s.Accounts.Session(ctx, shown.session)
	}
	person, expires, err := s.Accounts.ByToken(ctx, shown.token, address)
	return account.Session{Person: person, ExpiresAt: expires}, err
}

// authenticate finds out whose session the cookie is, or in whose name a token
// speaks. Whether that person may do what they ask is the guard's business. A
// session that has ended is nobody, who may still sign in; a token that does not
// hold is refused, so that a program hears of it.
func (s *Server) authenticate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		shown := s.credentialsOf(r)
		from := client{token: shown.session, address: s.address(r), agent: r.UserAgent(), base: s.base(r), secure: s.secure(r)}
		r = r.WithContext(postgis.Waiter(context.WithValue(r.Context(), clientKey, from), answerWithin))
		if shown == (credentials{}) {
			next.ServeHTTP(w, r)
			return
		}
		looking, cancel := context.WithTimeout(r.Context(), lookWithin)
		session, err := s.session(looking, shown, from.address)
		cancel()
		switch {
		case errors.Is(err, account.ErrNoSession) && shown.token != "":
			writeProblem(w, r, noSuchToken())
			return
		case errors.Is(err, account.ErrNoSession):
			next.ServeHTTP(w, r)
			return
		case err != nil:
			writeProblem(w, r, s.problemOf(r.Context(), err))
			return
		}
		if who, ok := r.Context().Value(requesterKey{}).(*requester); ok {
			who.name = session.Person.Name
		}
		ctx := context.WithValue(account.With(r.Context(), session.Person), sessionKey, session)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// noSuchToken asks for a better token. It does not offer Basic: browsers would
// ask the person for a name and password.
func noSuchToken() *Problem {
	return newProblem(http.StatusUnauthorized, kindNotSignedIn, "访问令牌无效、已过期或已撤销", "The token is not valid, has expired or was revoked.").
		header("WWW-Authenticate", `Bearer realm="Lianpian", error="invalid_token"`)
}

// sessionOf is the session of a request that the guard has let through.
func sessionOf(ctx context.Context) account.Session {
	session, _ := ctx.Value(sessionKey).(account.Session)
	return session
}

// proxies are networks whose X-Forwarded-* headers are believed.
type proxies []netip.Prefix

func parseProxies(texts []string) (proxies, error) {
	var trusted proxies
	for _, text := range texts {
		if address, err := netip.ParseAddr(text); err == nil {
			trusted = append(trusted, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, fmt.Errorf("trusted proxy %q is neither an address nor a network", text)
		}
		trusted = append(trusted, network)
	}
	return trusted, nil
}

func (p proxies) hold(text string) bool {
	address, err := netip.ParseAddr(strings.TrimSpace(text))
	return err == nil && slices.ContainsFunc(p, func(n netip.Prefix) bool { return n.Contains(address.Unmap()) })
}

// address is where a request came from: the last address of the chain that is
// no trusted proxy. What a client writes in front of it is never believed.
func (s *Server) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if !s.proxies.hold(host) {
		return host
	}
	chain := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(chain) {
		hop = strings.TrimSpace(hop)
		if _, err := netip.ParseAddr(hop); err != nil {
			break
		}
		host = hop
		if !s.proxies.hold(hop) {
			break
		}
	}
	return host
}

// secure tells whether the request came over HTTPS.
func (s *Server) secure(r *http.Request) bool {
	if r.TLS != nil {
		return true
	}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	return err == nil && s.proxies.hold(host) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// base is the address under which the person reaches the service.
func (s *Server) base(r *http.Request) string {
	if s.BaseURL != "" {
		return strings.TrimRight(s.BaseURL, "/")
	}
	if s.secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// param is a part of the address.
func param(r *http.Request, name string) string { return chi.URLParam(r, name) }
