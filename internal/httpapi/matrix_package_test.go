package httpapi

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/delivery"
)

func init() { matrix = append(slices.Clone(packageRows), matrix...) }

// somePackage is a finished one of a spot's zone: made by somebody who reads the
// zone's subdistrict only.
func somePackage(w *world, s spot) uuid.UUID {
	w.t.Helper()
	maker := account.Person{Name: fmt.Sprintf("maker-%d", w.counter.Add(1)), Role: account.Officer, District: s.district}
	scope := account.Scope{District: s.district, Subdistricts: []string{s.subdistrict}}
	ctx := account.With(w.t.Context(), maker)
	p, err := w.delivery.Ask(ctx, scope, s.district, delivery.Order{Zones: []string{w.standing[s.name].zone}, Parts: []string{"book"}})
	w.must(err)
	w.sql(`update package set sha256 = sha256('x'), plan_sha256 = sha256('y'), size = 1, expires_at = now() + interval '1 hour' where id = $1`, p.ID)
	w.must(os.WriteFile(filepath.Join(w.packageDir, p.ID.String()+".zip"), []byte("x"), 0o600))
	return p.ID
}

func ofSomePackage(method, rest string) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		return ask{method: method, path: fmt.Sprintf("%s/packages/%s%s", root, somePackage(w, s), rest)}
	}
}

// ofExpiredPackage asks for the file of a package that is kept no longer.
func ofExpiredPackage(w *world, s spot, _ string) ask {
	id := somePackage(w, s)
	w.sql(`update package set expires_at = now() - interval '1 minute' where id = $1`, id)
	return ask{method: http.MethodGet, path: fmt.Sprintf("%s/packages/%s/file", root, id)}
}

// A contractor reads zones, and the maker read a subdistrict; a viewer takes
// nothing away.
var packageRows = []row{
	{route: "GET /districts/{district}/packages", own: "401 200 200 200 200 403", away: "401 200 403 403 403 403", ask: get("/districts/{district}/packages")},
	{
		route: "POST /districts/{district}/packages", audited: true, own: "401 202 202 202 202 403", next: "401 202 202 404 404 403", away: "401 202 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/packages", 0, fmt.Sprintf(`{"zones":[%q],"parts":["book"]}`, w.standing[s.name].zone))
		},
	},
	{route: "GET /packages/{id}", own: "401 200 200 200 404 403", next: "401 200 200 404 404 403", away: "401 200 404 404 404 403", ask: ofSomePackage(http.MethodGet, "")},
	{route: "GET /packages/{id}/file", audited: true, own: "401 200 200 200 404 403", next: "401 200 200 404 404 403", away: "401 200 404 404 404 403", ask: ofSomePackage(http.MethodGet, "/file")},
	// a link that is opened after its day
	{route: "GET /packages/{id}/file", again: true, audited: true, own: "401 410 410 410 404 403", next: "401 410 410 404 404 403", away: "401 410 404 404 404 403", ask: ofExpiredPackage},
	{route: "DELETE /packages/{id}", audited: true, own: "401 204 204 204 404 403", next: "401 204 204 404 404 403", away: "401 204 404 404 404 403", ask: ofSomePackage(http.MethodDelete, "")},
	// nothing is kept of how it was made
	{route: "POST /packages/{id}/reproduce", audited: true, own: "401 410 410 410 404 403", next: "401 410 410 404 404 403", away: "401 410 404 404 404 403", ask: ofSomePackage(http.MethodPost, "/reproduce")},
}
