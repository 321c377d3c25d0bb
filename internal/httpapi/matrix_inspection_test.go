package httpapi

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/doctor"
)

func init() { matrix = append(slices.Clone(inspectionRows), matrix...) }

// someInspection is one of a place; the officer's own is what the officer brought.
func someInspection(w *world, s spot, state doctor.State) doctor.Inspection {
	by := map[string]string{"own": "officer", "next": "planner", "away": "administrator"}[s.name]
	ctx := account.With(w.t.Context(), account.Person{ID: w.people[by].ID, Name: by, Role: account.Administrator})
	path := filepath.Join(w.server.UploadDir, uuid.NewString()+".geojson")
	w.must(os.WriteFile(path, []byte(`{"type":"FeatureCollection","features":[]}`), 0o600))
	i, err := w.doctor.Begin(ctx, s.district, doctor.Upload{Path: path, Name: "楼栋.geojson", Size: 40})
	w.must(err)
	w.sql(`update inspection set state = $2, diagnosis = '{"layers": [{"name": "楼栋"}]}' where id = $1`, i.ID, state)
	return i
}

func someHabit(w *world, s spot) uuid.UUID {
	id := uuid.New()
	w.sql(`insert into import_habit (id, district_code, signature, name, decisions, updated_at) values ($1, $2, $1::uuid::text, '楼栋.geojson', '{}', now())`, id, s.district)
	return id
}

func inspectionAsk(method, suffix, body string, version int) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		return write(method, "/inspections/"+someInspection(w, s, doctor.Ready).ID.String()+suffix, version, body)
	}
}

const (
	inspectsOwn  = "401 200 200 200 403 403"
	inspectsNext = "401 200 200 404 403 403"
	inspectsAway = "401 200 404 404 403 403"
)

var inspectionRows = []row{
	{
		route: "POST /districts/{district}/inspections", audited: true, own: "401 202 202 202 403 403", away: "401 202 403 403 403 403",
		ask: func(_ *world, s spot, _ string) ask {
			body, kind := form("{}", "楼栋.geojson", nil)
			return ask{method: "POST", path: root + "/districts/" + s.district + "/inspections", body: body, headers: map[string]string{"Content-Type": kind}}
		},
	},
	{route: "GET /districts/{district}/inspections", own: inspectsOwn, away: "401 200 403 403 403 403", ask: get("/districts/{district}/inspections")},
	{route: "GET /inspections/{id}", own: inspectsOwn, next: inspectsNext, away: inspectsAway, ask: inspectionAsk("GET", "", "", 0)},
	{route: "GET /inspections/{id}/rows", own: inspectsOwn, next: inspectsNext, away: inspectsAway, ask: inspectionAsk("GET", "/rows", "", 0)},
	{route: "PUT /inspections/{id}/decisions", audited: true, own: inspectsOwn, next: inspectsNext, away: inspectsAway, ask: inspectionAsk("PUT", "/decisions", "{}", 1)},
	{
		route: "POST /inspections/{id}/import", audited: true, own: "401 202 202 202 403 403", next: "401 202 202 404 403 403", away: "401 202 404 404 403 403",
		ask: inspectionAsk("POST", "/import", "", 1),
	},
	{
		route: "DELETE /inspections/{id}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 404 404 403 403",
		ask: inspectionAsk("DELETE", "", "", 0),
	},
	{route: "GET /districts/{district}/import-habits", own: inspectsOwn, away: "401 200 403 403 403 403", ask: get("/districts/{district}/import-habits")},
	{
		route: "DELETE /districts/{district}/import-habits/{id}", audited: true, own: "401 204 204 403 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("DELETE", "/districts/"+s.district+"/import-habits/"+someHabit(w, s).String(), 0, "")
		},
	},
}
