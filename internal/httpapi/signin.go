package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/lianpian/lianpian/internal/account"
)

// cookieName is the cookie that holds a session's token.
const cookieName = "lianpian_session"

// cookieNameFor is the cookie's name in a response or request: marked secure, it
// is bound to this very host, so that neither a neighbouring host nor somebody
// on the way can plant one.
func (s *Server) cookieNameFor(overHTTPS bool) string {
	if s.marksSecure(overHTTPS) {
		return "__Host-" + cookieName
	}
	return cookieName
}

func (s *Server) marksSecure(overHTTPS bool) bool {
	return s.SecureCookies == "always" || s.SecureCookies != "never" && overHTTPS
}

func (s *Server) sessionToken(r *http.Request) string {
	cookie, err := r.Cookie(s.cookieNameFor(s.secure(r)))
	if err != nil {
		return ""
	}
	return cookie.Value
}

// Me is the person who is signed in, with what they may do.
type Me struct {
	account.Person
	Capabilities []account.Capability `json:"capabilities" doc:"what the role may do somewhere in its scope"`
	HasPassword  bool                 `json:"has_password" doc:"false: a one-time link opened the session and a password has yet to be chosen, or the OpenID Connect provider did"`
	Bound        bool                 `json:"bound" doc:"true: an identity at the OpenID Connect provider is bound to the account"`
	ByLink       bool                 `json:"by_link" doc:"true: a password may be set without the current one"`
	ByProvider   bool                 `json:"by_provider" doc:"true: the OpenID Connect provider opened the session"`
	SignOutURL   string               `json:"sign_out_url,omitempty" doc:"where to go after signing out, to sign out of the provider, too"`
	Access       account.Access       `json:"access,omitempty" enum:"read,write,administer" doc:"of the token that was shown; absent: a session"`
	ExpiresAt    time.Time            `json:"expires_at"`
}

func me(s account.Session) Me {
	m := Me{Person: s.Person, HasPassword: s.HasPassword, Bound: s.Bound, ByLink: s.ByLink, ByProvider: s.ByProvider, SignOutURL: s.SignOutURL, Access: s.Person.Access, ExpiresAt: s.ExpiresAt}
	for _, c := range account.Capabilities() {
		if s.Person.Holds(c) {
			m.Capabilities = append(m.Capabilities, c)
		}
	}
	return m
}

type meOut struct {
	SetCookie []http.Cookie `header:"Set-Cookie" hidden:"true"`
	Body      Me
}

type signedOut struct {
	SetCookie []http.Cookie `header:"Set-Cookie" hidden:"true"`
}

// cookie makes the session cookie; an empty token takes it away.
func (s *Server) cookie(token string, expires time.Time, secure bool) []http.Cookie {
	c := http.Cookie{
		Name: s.cookieNameFor(secure), Value: token, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.marksSecure(secure),
	}
	if token == "" {
		c.MaxAge = -1
	} else {
		c.Expires = expires
	}
	return []http.Cookie{c}
}

// client is where a request comes from.
type client struct {
	token          string // of the session cookie, whether it holds or not; "" beside an API token
	address, agent string
	base           string // address under which they reach the service
	secure         bool
}

func clientOf(ctx context.Context) client {
	c, _ := ctx.Value(clientKey).(client)
	return c
}

func (s *Server) sessionRoutes() {
	add(s, route{
		method: http.MethodPost, path: "/session", id: "signIn", tag: "session",
		summary: "Sign in with name and password", open: true,
	}, func(ctx context.Context, in *struct {
		Body struct {
			Name     string `json:"name" maxLength:"64"`
			Password string `json:"password" maxLength:"256"`
		} `nameHint:"Credentials"`
	},
	) (*meOut, error) {
		from := clientOf(ctx)
		token, session, err := s.Accounts.SignIn(ctx, in.Body.Name, in.Body.Password, from.address, from.agent)
		if err != nil {
			return nil, err
		}
		return &meOut{s.cookie(token, session.ExpiresAt, from.secure), me(session)}, nil
	})

	add(s, route{
		method: http.MethodPost, path: "/session/link", id: "redeemLink", tag: "session",
		summary: "Sign in with a one-time link's token", open: true,
	}, func(ctx context.Context, in *struct {
		Body struct {
			Token string `json:"token" maxLength:"200"`
		} `nameHint:"LinkToken"`
	},
	) (*meOut, error) {
		from := clientOf(ctx)
		token, session, err := s.Accounts.Redeem(ctx, in.Body.Token, from.address, from.agent)
		if err != nil {
			return nil, err
		}
		return &meOut{s.cookie(token, session.ExpiresAt, from.secure), me(session)}, nil
	})

	add(s, route{
		method: http.MethodGet, path: "/session", id: "getSession", tag: "session",
		summary: "The person who is signed in",
	}, func(ctx context.Context, _ *struct{}) (*meOut, error) {
		return &meOut{Body: me(sessionOf(ctx))}, nil
	})

	add(s, route{
		method: http.MethodDelete, path: "/session", id: "signOut", tag: "session",
		summary: "Sign out; no error without a session", open: true, status: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*signedOut, error) {
		from := clientOf(ctx)
		if from.token != "" {
			if err := s.Accounts.SignOut(ctx, from.token); err != nil {
				return nil, err
			}
		}
		return &signedOut{s.cookie("", time.Time{}, from.secure)}, nil
	})

	add(s, route{
		method: http.MethodPut, path: "/session/password", id: "setPassword", tag: "session",
		summary: "Choose a new password; all other sessions of the person end", status: http.StatusNoContent, own: true,
	}, func(ctx context.Context, in *struct {
		Body struct {
			Current string `json:"current,omitempty" maxLength:"256" doc:"not needed after a one-time link"`
			New     string `json:"new" maxLength:"256"`
		} `nameHint:"NewPassword"`
	},
	) (*struct{}, error) {
		err := s.Accounts.SetPassword(ctx, sessionOf(ctx), in.Body.Current, in.Body.New, clientOf(ctx).address)
		return nil, err
	})
}
