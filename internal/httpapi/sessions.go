package httpapi

import (
	"context"
	"net/http"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
)

type openSessions struct {
	Items []account.OpenSession `json:"items" doc:"the last used first"`
}

func (s *Server) sessionListRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/sessions", id: "listOwnSessions", tag: "session",
		summary: "Where the person is signed in", own: true,
	}, func(ctx context.Context, _ *struct{}) (*struct{ Body openSessions }, error) {
		items, err := s.Accounts.Sessions(ctx, who(ctx).ID, sessionOf(ctx).ID)
		return &struct{ Body openSessions }{openSessions{items}}, err
	})

	add(s, route{
		method: http.MethodDelete, path: "/sessions", id: "endOtherSessions", tag: "session",
		summary: "Sign out everywhere else", own: true, status: http.StatusNoContent,
	}, func(ctx context.Context, _ *struct{}) (*struct{}, error) {
		return nil, s.Accounts.EndSessions(ctx, who(ctx).ID, sessionOf(ctx).ID)
	})

	add(s, route{
		method: http.MethodDelete, path: "/sessions/{id}", id: "endOwnSession", tag: "session",
		summary: "Sign out in one place", own: true, status: http.StatusNoContent,
	}, func(ctx context.Context, in *ByID) (*struct{}, error) {
		return nil, s.Accounts.EndSession(ctx, who(ctx).ID, in.ID)
	})

	add(s, route{
		method: http.MethodGet, path: "/accounts/{id}/sessions", id: "listSessions", tag: "accounts",
		summary: "Where somebody is signed in", needs: account.ManageAccounts, at: ofAccount, own: true,
	}, func(ctx context.Context, in *ByID) (*struct{ Body openSessions }, error) {
		items, err := s.Accounts.Sessions(ctx, in.ID, sessionOf(ctx).ID)
		return &struct{ Body openSessions }{openSessions{items}}, err
	})

	add(s, route{
		method: http.MethodDelete, path: "/accounts/{id}/sessions", id: "endSessions", tag: "accounts",
		summary: "Sign somebody out everywhere", needs: account.ManageAccounts, at: ofAccount, own: true, status: http.StatusNoContent,
	}, func(ctx context.Context, in *ByID) (*struct{}, error) {
		return nil, s.Accounts.EndSessions(ctx, in.ID, uuid.Nil)
	})

	lock := func(locked bool) func(ctx context.Context, in *struct {
		ByID
		Seen
	}) (*accountOut, error) {
		return func(ctx context.Context, in *struct {
			ByID
			Seen
		},
		) (*accountOut, error) {
			version, err := in.version()
			if err != nil {
				return nil, err
			}
			a, err := s.Accounts.SetLocked(ctx, in.ID, version, locked)
			if err != nil {
				return nil, orStale(err, func() (account.Account, error) { return s.Accounts.Account(ctx, in.ID) })
			}
			return &accountOut{etag(a.Version), a}, nil
		}
	}
	add(s, route{
		method: http.MethodPut, path: "/accounts/{id}/lock", id: "lockAccount", tag: "accounts",
		summary: "Lock a person out: sessions end, and neither password, link nor token opens one", needs: account.ManageAccounts, at: ofAccount, own: true,
	}, lock(true))
	add(s, route{
		method: http.MethodDelete, path: "/accounts/{id}/lock", id: "unlockAccount", tag: "accounts",
		summary: "Let a person in again", needs: account.ManageAccounts, at: ofAccount, own: true,
	}, lock(false))
}
