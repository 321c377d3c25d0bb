package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
)

// TokenDraft is a personal API token to be made.
type TokenDraft struct {
	Name     string         `json:"name" minLength:"1" maxLength:"64" doc:"what it is for"`
	Access   account.Access `json:"access" enum:"read,write,administer" doc:"never more than the person's role at the time of use; no token opens people, sessions and tokens"`
	District string         `json:"district,omitempty" maxLength:"20" doc:"the only district that it reaches; absent: as far as the person"`
	Days     int            `json:"days" minimum:"1" maximum:"365" doc:"until it ends"`
}

// NewToken is a token with its text, which is told this once.
type NewToken struct {
	Token account.Token `json:"token"`
	Text  string        `json:"text" doc:"shown only now; send it as Authorization: Bearer, or as the password of HTTP Basic"`
}

type tokenList struct {
	Items []account.Token `json:"items" doc:"newest first, also those that no longer hold"`
}

// ofToken is the district of the account whose token is in the address.
func ofToken(s *Server, r *http.Request, _ account.Person) (account.Place, error) {
	id, err := uuid.Parse(chi.URLParam(r, "id"))
	if err != nil {
		return account.Place{}, notFound()
	}
	district, err := s.Accounts.TokenDistrict(r.Context(), id)
	return account.Place{District: district}, err
}

func (s *Server) tokenRoutes() {
	add(s, route{
		method: http.MethodGet, path: "/session/tokens", id: "listOwnTokens", tag: "session",
		summary: "The person's own API tokens", own: true,
	}, func(ctx context.Context, _ *struct{}) (*struct{ Body tokenList }, error) {
		items, err := s.Accounts.Tokens(ctx, account.TokenFilter{Account: who(ctx).ID})
		return &struct{ Body tokenList }{tokenList{items}}, err
	})

	add(s, route{
		method: http.MethodPost, path: "/session/tokens", id: "createToken", tag: "session",
		summary: "Make an API token; its text is told once", status: http.StatusCreated, own: true,
	}, func(ctx context.Context, in *struct{ Body TokenDraft }) (*struct{ Body NewToken }, error) {
		text, made, err := s.Accounts.CreateToken(ctx, who(ctx).Name, account.TokenDraft{
			Name: in.Body.Name, Access: in.Body.Access, District: in.Body.District, Life: time.Duration(in.Body.Days) * 24 * time.Hour,
		})
		return &struct{ Body NewToken }{NewToken{made, text}}, err
	})

	add(s, route{
		method: http.MethodDelete, path: "/session/tokens/{id}", id: "revokeOwnToken", tag: "session",
		summary: "End an API token at once", own: true,
	}, func(ctx context.Context, in *ByID) (*struct{ Body account.Token }, error) {
		revoked, err := s.Accounts.RevokeToken(ctx, in.ID, who(ctx).Name)
		return &struct{ Body account.Token }{revoked}, err
	})

	add(s, route{
		method: http.MethodGet, path: "/tokens", id: "listTokens", tag: "accounts",
		summary: "API tokens of the people of the administrator's district", needs: account.ManageAccounts, at: ownDistrict, own: true,
	}, func(ctx context.Context, in *struct {
		Account uuid.UUID `query:"account" format:"uuid" doc:"of one person"`
	},
	) (*struct{ Body tokenList }, error) {
		items, err := s.Accounts.Tokens(ctx, account.TokenFilter{District: scopeOf(ctx).District, Account: in.Account})
		return &struct{ Body tokenList }{tokenList{items}}, err
	})

	add(s, route{
		method: http.MethodDelete, path: "/tokens/{id}", id: "revokeToken", tag: "accounts",
		summary: "End somebody's API token at once", needs: account.ManageAccounts, at: ofToken, own: true,
	}, func(ctx context.Context, in *ByID) (*struct{ Body account.Token }, error) {
		revoked, err := s.Accounts.RevokeToken(ctx, in.ID, "")
		return &struct{ Body account.Token }{revoked}, err
	})
}
