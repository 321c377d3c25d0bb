package httpapi

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-chi/chi/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// providerCookie is the cookie that keeps the secret of a visit to the OpenID
// Connect provider.
const providerCookie = "lianpian_provider"

const (
	providerPath = "/session/provider"
	callbackPath = providerPath + "/callback"
	logoutPath   = providerPath + "/logout"
)

// SignInProvider is the OpenID Connect provider that people may sign in with.
type SignInProvider struct {
	Offered bool   `json:"offered"`
	Label   string `json:"label" doc:"what people call it; may be empty"`
}

// ProviderVisit is where a browser goes to sign in.
type ProviderVisit struct {
	URL string `json:"url" doc:"address at the provider; it sends the browser back to the callback"`
}

func (s *Server) providerRoutes(r chi.Router) {
	add(s, route{
		method: http.MethodGet, path: providerPath, id: "getSignInProvider", tag: "session",
		summary: "Whether people may sign in by way of an OpenID Connect provider", open: true,
	}, func(context.Context, *struct{}) (*struct{ Body SignInProvider }, error) {
		if s.Provider == nil {
			return &struct{ Body SignInProvider }{}, nil
		}
		return &struct{ Body SignInProvider }{SignInProvider{Offered: true, Label: s.Provider.Label()}}, nil
	})

	add(s, route{
		method: http.MethodPost, path: providerPath, id: "visitSignInProvider", tag: "session",
		summary: "Begin to sign in by way of the OpenID Connect provider", open: true, status: http.StatusOK,
	}, func(ctx context.Context, in *struct {
		Body struct {
			Back string `json:"back,omitempty" maxLength:"2000" doc:"address within the app to go on at; others lead to its start page"`
		} `nameHint:"ProviderVisitRequest"`
	},
	) (*struct {
		SetCookie []http.Cookie `header:"Set-Cookie" hidden:"true"`
		Body      ProviderVisit
	}, error,
	) {
		if s.Provider == nil {
			return nil, notFound()
		}
		from := clientOf(ctx)
		address, secret, err := s.Provider.Begin(ctx, from.visitor(), in.Body.Back)
		if errors.Is(err, account.ErrProvider) {
			s.log.WarnContext(ctx, "the OpenID Connect provider can't be used", "request", requestID(ctx), "error", err)
		}
		if err != nil {
			return nil, err
		}
		return &struct {
			SetCookie []http.Cookie `header:"Set-Cookie" hidden:"true"`
			Body      ProviderVisit
		}{[]http.Cookie{s.visitCookie(secret, from.secure)}, ProviderVisit{address}}, nil
	})

	s.plain(r, route{
		method: http.MethodGet, path: callbackPath, id: "returnFromSignInProvider", tag: "session",
		summary: "Where the OpenID Connect provider sends a browser back to", open: true,
	}, s.returnFromProvider)

	s.plain(r, route{
		method: http.MethodPost, path: logoutPath, id: "endSessionsOfSignInProvider", tag: "session",
		summary: "Where the OpenID Connect provider says that somebody signed out there (back-channel logout)", open: true,
	}, s.signedOutAtProvider)

	add(s, route{
		method: http.MethodDelete, path: "/session/identity", id: "unbindOwnIdentity", tag: "session",
		summary: "Take the binding to the provider's identity from one's own account, which has to have a password", own: true, status: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, s.Accounts.UnbindOwn(ctx, sessionOf(ctx))
	})

	add(s, route{
		method: http.MethodDelete, path: "/accounts/{id}/identity", id: "unbindIdentity", tag: "accounts",
		summary: "Take the binding to the provider's identity from somebody's account; sessions that it opened end", needs: account.ManageAccounts, at: ofAccount, own: true, status: http.StatusNoContent,
	}, func(ctx context.Context, in *ByID) (*struct{}, error) {
		return nil, s.Accounts.Unbind(ctx, in.ID, sessionOf(ctx).ID)
	})
}

func (c client) visitor() account.Visitor {
	return account.Visitor{Callback: c.base + root + callbackPath, Home: c.base + "/sign-in", Address: c.address, Agent: c.agent}
}

// visitCookie keeps a secret in the browser; an empty one takes it away. The
// provider sends the browser back by a link of another site, so it is lax.
func (s *Server) visitCookie(secret string, secure bool) http.Cookie {
	c := http.Cookie{
		Name: s.visitCookieName(secure), Value: secret, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: s.marksSecure(secure), MaxAge: int((15 * time.Minute).Seconds()),
	}
	if secret == "" {
		c.MaxAge = -1
	}
	return c
}

func (s *Server) visitCookieName(secure bool) string {
	if s.marksSecure(secure) {
		return "__Host-" + providerCookie
	}
	return providerCookie
}

// returnFromProvider signs in whom the provider vouches for and goes on in the
// app, or to the sign-in page, which is told in a word what failed.
func (s *Server) returnFromProvider(w http.ResponseWriter, r *http.Request) error {
	if s.Provider == nil {
		return notFound()
	}
	from := clientOf(r.Context())
	secret := ""
	if cookie, err := r.Cookie(s.visitCookieName(from.secure)); err == nil {
		secret = cookie.Value
	}
	q := r.URL.Query()
	token, session, back, err := s.Provider.Finish(r.Context(), from.visitor(), secret, account.Answer{
		Code: q.Get("code"), State: q.Get("state"), Issuer: q.Get("iss"), Error: q.Get("error"),
	})
	if err != nil {
		word := failedVisit(err)
		s.log.WarnContext(r.Context(), "a sign-in by way of the OpenID Connect provider failed", "request", requestID(r.Context()), "told", word, "error", err)
		if word != "again" { // what was not begun here must not end what was
			gone := s.visitCookie("", from.secure)
			http.SetCookie(w, &gone)
		}
		http.Redirect(w, r, "/sign-in?failed="+word, http.StatusSeeOther)
		return nil
	}
	for _, cookie := range append(s.cookie(token, session.ExpiresAt, from.secure), s.visitCookie("", from.secure)) {
		http.SetCookie(w, &cookie)
	}
	http.Redirect(w, r, back, http.StatusSeeOther)
	return nil
}

// logoutForm bounds what the provider sends to say that somebody signed out, in
// bytes.
const logoutForm = 32 << 10

// signedOutAtProvider ends the sessions of whom the provider says that they signed
// out there. Whatever keeps it from doing so is 400, as the standard asks; only
// what is not the provider's doing is answered as anywhere.
func (s *Server) signedOutAtProvider(w http.ResponseWriter, r *http.Request) error {
	if s.Provider == nil {
		return notFound()
	}
	r.Body = http.MaxBytesReader(w, r.Body, logoutForm)
	err := r.ParseForm()
	if err == nil {
		err = s.Provider.EndSessions(r.Context(), r.PostForm.Get("logout_token"), clientOf(r.Context()).address)
	} else {
		err = fmt.Errorf("%w: read the form: %w", account.ErrLogoutToken, err)
	}
	if errors.Is(err, account.ErrLogoutToken) || errors.Is(err, account.ErrProvider) {
		s.log.WarnContext(r.Context(), "a logout of the OpenID Connect provider was not taken", "request", requestID(r.Context()), "error", err)
		return newProblem(http.StatusBadRequest, kindInvalid, "不是有效的退出通知", "This is no logout token that can be taken.")
	}
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusOK)
	return nil
}

// failedVisit is the word that the sign-in page has a sentence for.
func failedVisit(err error) string {
	switch {
	case errors.Is(err, account.ErrDenied):
		return "denied"
	case errors.Is(err, account.ErrStranger):
		return "stranger"
	case errors.Is(err, account.ErrLocked):
		return "locked"
	case errors.Is(err, account.ErrVisit):
		return "again"
	}
	return "unavailable"
}

// problemOfProvider says why the provider can't be used.
func problemOfProvider(err error) *Problem {
	if !errors.Is(err, account.ErrProvider) {
		return nil
	}
	return newProblem(http.StatusBadGateway, "provider", "统一身份认证暂时无法使用，请稍后再试，或用密码登录",
		"The sign-in service can't be reached at the moment; try again later, or sign in with your password.").header("Retry-After", "5")
}

// describeProvider puts the callback into the document.
func (s *Server) describeProvider(text func(description string, values ...any) *huma.Schema) {
	s.describe("returnFromSignInProvider", map[string]*huma.Schema{
		"code": text("what the provider gave"), "state": text("of the visit"),
		"iss": text("the provider's issuer"), "error": text("why the provider gave nothing"),
	}, nil, http.StatusSeeOther, nil)
	s.describe("endSessionsOfSignInProvider", nil, map[string]*huma.MediaType{
		"application/x-www-form-urlencoded": {Schema: &huma.Schema{
			Type: huma.TypeObject, Required: []string{"logout_token"}, Properties: map[string]*huma.Schema{"logout_token": text("signed by the provider")},
		}},
	}, http.StatusOK, nil)
}
