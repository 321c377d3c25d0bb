package httpapi

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
)

// AccountDraft is an account to be made.
type AccountDraft struct {
	Name         string       `json:"name" minLength:"2" maxLength:"64"`
	DisplayName  string       `json:"display_name,omitempty" maxLength:"64"`
	Role         account.Role `json:"role" enum:"administrator,planner,officer,contractor,viewer"`
	District     string       `json:"district,omitempty" maxLength:"20" doc:"empty only for administrators of everything"`
	Subdistricts []string     `json:"subdistricts,omitempty" maxItems:"500" doc:"an officer's own"`
	Zones        []string     `json:"zones,omitempty" maxItems:"500" doc:"codes; a contractor's own"`
}

// AccountPatch changes an account; absent fields stay.
type AccountPatch struct {
	DisplayName  *string       `json:"display_name,omitempty" maxLength:"64"`
	Role         *account.Role `json:"role,omitempty" enum:"administrator,planner,officer,contractor,viewer"`
	District     *string       `json:"district,omitempty" maxLength:"20"`
	Subdistricts *[]string     `json:"subdistricts,omitempty" maxItems:"500"`
	Zones        *[]string     `json:"zones,omitempty" maxItems:"500"`
}

// SignInLink is a one-time link to hand to a person.
type SignInLink struct {
	URL string `json:"url" doc:"works once"`
}

type accountOut struct {
	ETag string `header:"ETag"`
	Body account.Account
}

type accountList struct {
	Items []account.Account `json:"items"`
}

type auditPage struct {
	Items      []account.AuditEntry `json:"items" doc:"newest first"`
	NextCursor string               `json:"next_cursor,omitempty"`
}

type ByID struct {
	ID uuid.UUID `path:"id" format:"uuid"`
}

// inQuery is the district of the query, where there is one, else the person's.
func inQuery(_ *Server, r *http.Request, p account.Person) (account.Place, error) {
	if d := r.URL.Query().Get("district"); d != "" {
		return account.Place{District: d}, nil
	}
	return account.Place{District: p.Scope.District}, nil
}

func (s *Server) accountRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/accounts", id: "listAccounts", tag: "accounts",
		summary: "People", needs: account.ManageAccounts, own: true, at: ownDistrict,
	}, func(ctx context.Context, _ *struct{}) (*struct{ Body accountList }, error) {
		items, err := s.Accounts.Accounts(ctx, scopeOf(ctx).District)
		return &struct{ Body accountList }{accountList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: "/accounts", id: "createAccount", tag: "accounts",
		summary: "Add a person", needs: account.ManageAccounts, own: true, at: ownDistrict, status: http.StatusCreated,
	}, func(ctx context.Context, in *struct{ Body AccountDraft }) (*accountOut, error) {
		a, err := s.Accounts.Create(ctx, account.Draft(in.Body))
		return &accountOut{etag(a.Version), a}, err
	})

	add(s, route{
		method: http.MethodPatch, path: "/accounts/{id}", id: "updateAccount", tag: "accounts",
		summary: "Change a person's name, role or scope", needs: account.ManageAccounts, own: true, at: ofAccount,
	}, func(ctx context.Context, in *struct {
		ByID
		Seen
		Body AccountPatch
	},
	) (*accountOut, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		a, err := s.Accounts.Update(ctx, in.ID, version, account.Patch(in.Body))
		if err != nil {
			return nil, orStale(err, func() (account.Account, error) { return s.Accounts.Account(ctx, in.ID) })
		}
		return &accountOut{etag(a.Version), a}, nil
	})

	add(s, route{
		method: http.MethodDelete, path: "/accounts/{id}", id: "deleteAccount", tag: "accounts",
		summary: "Remove a person; their sessions end at once", needs: account.ManageAccounts, own: true, at: ofAccount, status: http.StatusNoContent,
	}, func(ctx context.Context, in *struct {
		ByID
		Seen
	},
	) (*struct{}, error) {
		version, err := in.version()
		if err != nil {
			return nil, err
		}
		err = s.Accounts.Delete(ctx, in.ID, version)
		return nil, orStale(err, func() (account.Account, error) { return s.Accounts.Account(ctx, in.ID) })
	})

	add(s, route{
		method: http.MethodPost, path: "/accounts/{id}/link", id: "createSignInLink", tag: "accounts",
		summary: "Make a one-time sign-in link; earlier ones die", needs: account.ManageAccounts, own: true, at: ofAccount,
	}, func(ctx context.Context, in *ByID) (*struct{ Body SignInLink }, error) {
		token, err := s.Accounts.IssueLink(ctx, in.ID)
		if err != nil {
			return nil, err
		}
		link := clientOf(ctx).base + "/sign-in?token=" + url.QueryEscape(token)
		return &struct{ Body SignInLink }{SignInLink{link}}, nil
	})

	add(s, route{
		method: http.MethodGet, path: "/audit", id: "listAudit", tag: "accounts",
		summary: "Who did what", needs: account.ReadAudit, at: inQuery,
	}, func(ctx context.Context, in *struct {
		AuditQuery
		Cursor string `query:"cursor" maxLength:"20" pattern:"^[0-9]*$"`
		Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
	},
	) (*struct{ Body auditPage }, error) {
		f := in.filter(ctx)
		f.Limit = in.Limit
		if in.Cursor != "" {
			cursor, err := strconv.ParseInt(in.Cursor, 10, 64)
			if err != nil {
				return nil, invalid("query.cursor", "翻页标记无效", in.Cursor)
			}
			f.Cursor = cursor
		}
		items, next, err := s.Accounts.Audit(ctx, f)
		page := auditPage{Items: items}
		if next != 0 {
			page.NextCursor = strconv.FormatInt(next, 10)
		}
		return &struct{ Body auditPage }{page}, err
	})
}
