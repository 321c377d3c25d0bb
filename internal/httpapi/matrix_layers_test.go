package httpapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

func init() { matrix = append(slices.Clone(layerRows), matrix...) }

func (w *world) idleBuilding(s spot) registry.IdleBuilding {
	w.t.Helper()
	b, err := w.registry.CreateIdleBuilding(context.Background(), account.Everything, s.district,
		registry.NewIdleBuilding{Name: fmt.Sprintf("旧锅炉房 %d", w.counter.Add(1)), Location: s.at})
	w.must(err)
	return b
}

func idleCode(w *world, s spot) any { return w.idleBuilding(s).Code }

// importBy is an import that somebody did at a place.
func (w *world) importBy(who string, s spot) uuid.UUID {
	w.t.Helper()
	id := uuid.New()
	ctx := account.WithOperator(context.Background(), "test")
	w.must(w.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		if err := w.registry.BeginImport(account.WithOperator(ctx, who), tx, id, s.district, "台账.xlsx"); err != nil {
			return err
		}
		row := registry.CommunityRow{Code: id.String(), Name: "导入的小区", SubdistrictCode: s.subdistrict}
		if _, err := w.registry.UpsertCommunities(ctx, tx, s.district, []registry.CommunityRow{row}); err != nil {
			return err
		}
		return w.registry.EndImport(ctx, tx, id, registry.ImportCount{})
	}))
	return id
}

// onImport asks about an import of the person who asks, in their own place, and
// of the administrator's elsewhere.
func onImport(method, suffix, body string) func(*world, spot, string) ask {
	return func(w *world, s spot, who string) ask {
		by := who
		if s.name != own.name {
			by = "administrator"
		}
		path := "/imports/" + w.importBy(by, s).String() + suffix
		if method == "GET" {
			return ask{method: method, path: root + path}
		}
		return write(method, path, 0, body)
	}
}

var layerRows = []row{
	{route: "GET /districts/{district}/idle-buildings", own: signedIn, away: otherPlace, ask: get("/districts/{district}/idle-buildings")},
	{
		route: "POST /districts/{district}/idle-buildings", audited: true, own: "401 201 201 201 403 403", next: "401 201 201 403 403 403", away: "401 201 403 403 403 403",
		ask: func(_ *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/idle-buildings", 0, fmt.Sprintf(`{"name":"旧锅炉房","location":[%v,%v]}`, s.at[0], s.at[1]))
		},
	},
	{route: "GET /districts/{district}/idle-buildings/{code}", own: signedIn, next: "401 200 200 404 404 200", away: otherPlace, ask: in("GET", "idle-buildings/%s", idleCode)},
	{
		route: "PATCH /districts/{district}/idle-buildings/{code}", audited: true, own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			b := w.idleBuilding(s)
			return write("PATCH", thing(s, "idle-buildings", b.Code), b.Version, `{"owner_kind":"state","available_from":"2026-06-01"}`)
		},
	},
	{
		route: "DELETE /districts/{district}/idle-buildings/{code}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			b := w.idleBuilding(s)
			return write("DELETE", thing(s, "idle-buildings", b.Code), b.Version, "")
		},
	},
	{route: "GET /districts/{district}/imports", own: "401 200 200 200 403 403", away: "401 200 403 403 403 403", ask: get("/districts/{district}/imports")},
	{route: "GET /imports/{id}", own: "401 200 200 200 403 403", next: "401 200 200 404 403 403", away: "401 200 404 404 403 403", ask: onImport("GET", "", "")},
	{route: "POST /imports/{id}/undo", audited: true, own: "401 202 202 202 403 403", next: "401 202 202 404 403 403", away: "401 202 404 404 403 403", ask: onImport("POST", "/undo", `{"keep_changed":true}`)},
}
