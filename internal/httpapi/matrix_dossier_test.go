package httpapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/dossier"
)

// They come first: other rows may take away what they look at.
func init() { matrix = append(slices.Clone(dossierRows), matrix...) }

// someFile is the path of the file of a fresh community.
func someFile(w *world, s spot, part string) string {
	return thing(s, "communities", w.community(s).Code) + "/file" + part
}

// somePaper is one that a fresh community holds.
func somePaper(w *world, s spot) uuid.UUID {
	a, err := w.dossiers.Attach(w.t.Context(), account.Everything, dossier.Owner{District: s.district, Community: w.community(s).Code},
		dossier.Brought{FileName: "a.png", Content: []byte(onePixel)})
	w.must(err)
	return a.ID
}

// standingPaper is the one of the community that is in the place from the
// beginning.
func standingPaper(w *world, s spot) any {
	of := dossier.Owner{District: s.district, Community: w.standing[s.name].community}
	there, err := w.dossiers.Attachments(w.t.Context(), account.Everything, of)
	w.must(err)
	if len(there) > 0 {
		return there[0].ID
	}
	a, err := w.dossiers.Attach(w.t.Context(), account.Everything, of, dossier.Brought{FileName: "a.png", Content: []byte(onePixel)})
	w.must(err)
	return a.ID
}

// dossierProject is the code of a fresh project of the place.
func dossierProject(w *world, s spot) string {
	code := fmt.Sprintf("D%d", w.counter.Add(1))
	w.sql(`insert into project (district_code, code, name, library, state, subdistrict_codes, scenario_code, zone_code)
		select $1, $2, '项目', 'management', 'applied', array[$3::text], z.scenario_code, z.code
		from published_zone z where z.district_code = $1 and z.code = $4`, s.district, code, s.subdistrict, w.standing[s.name].zone)
	return code
}

// onePixel is a PNG of one pixel.
const onePixel = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89" +
	"\x00\x00\x00\rIDATx\x9cc\xf8\xcf\xc0\xf0\x1f\x00\x05\x00\x01\xff\x89\x99=\x1d\x00\x00\x00\x00IEND\xaeB`\x82"

// sendPaper sends a paper of which there is no other yet.
func sendPaper(w *world, path string) ask {
	body, kind := form(fmt.Sprintf("%%PDF-1.7 %d", w.counter.Add(1)), "纪要.pdf", map[string]string{"title": "纪要"})
	return ask{method: "POST", path: root + path, body: body, headers: map[string]string{"Content-Type": kind}}
}

// ownFaulty is a job of the person that left faulty rows.
func ownFaulty(w *world, s spot, person string) ask {
	j := w.job(s, person)
	id := uuid.New()
	w.sql(`insert into faulty_ledger (id, district_code, file, sheet, rows) values ($1, $2, 'a.csv', '{"header":["小区名称"],"rows":[{"line":2,"cells":["a"],"faults":[{"column":0,"reason":"错"}]}]}', 1)`, id, s.district)
	w.sql(`update job set state = 'done', report = jsonb_build_object('faulty_sheet', jsonb_build_object('id', $2::text, 'rows', 1)) where id = $1`, j.ID, id)
	return ask{method: "GET", path: root + "/jobs/" + j.ID.String() + "/faulty-rows?format=csv"}
}

const (
	fileRead  = "401 200 200 404 404 200" // of a neighbour's community
	fileOwn   = "401 200 200 200 403 403"
	fileNext  = "401 200 200 404 403 403"
	fileAway  = "401 200 403 403 403 403"
	paperOwn  = "401 201 201 201 403 403"
	paperNext = "401 201 201 404 403 403"
	paperAway = "401 201 403 403 403 403"
)

var dossierRows = []row{
	{route: "GET /districts/{district}/files", own: signedIn, away: otherPlace, ask: get("/districts/{district}/files")},
	{route: "GET /districts/{district}/communities/{code}/file", own: signedIn, next: fileRead, away: otherPlace, ask: in("GET", "communities/%s/file", standingCommunity)},
	{
		route: "PUT /districts/{district}/communities/{code}/file/sources", audited: true, own: fileOwn, next: fileNext, away: fileAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("PUT", someFile(w, s, "/sources"), 1, `{"sources":[{"field":"address","source":"现场踏勘"}]}`)
		},
	},
	{
		route: "PUT /districts/{district}/communities/{code}/file/checks", audited: true, own: fileOwn, next: fileNext, away: fileAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("PUT", someFile(w, s, "/checks"), 1, `{"checks":[{"kind":"item","no":"1","result":"missing"}]}`)
		},
	},
	{
		route: "POST /districts/{district}/communities/{code}/file/take-over", audited: true, own: fileOwn, next: fileNext, away: fileAway,
		ask: func(w *world, s spot, _ string) ask {
			c := w.community(s)
			w.must(w.dossiers.SetChecks(context.Background(), account.Everything, s.district, c.Code, 1, []dossier.CheckResult{{Kind: dossier.OfItem, No: "1", Result: dossier.Missing}}))
			return write("POST", thing(s, "communities", c.Code)+"/file/take-over", 2, "")
		},
	},
	{
		route: "PUT /districts/{district}/communities/{code}/file/prior-works", audited: true, own: fileOwn, next: fileNext, away: fileAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("PUT", someFile(w, s, "/prior-works"), 1, `{"works":[{"year":2012,"content":"屋面防水"}]}`)
		},
	},
	{
		route: "PUT /districts/{district}/communities/{code}/file/management", audited: true, own: fileOwn, next: fileNext, away: fileAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("PUT", someFile(w, s, "/management"), 1, `{"mode":"self_managed"}`)
		},
	},

	// attachments
	{route: "GET /districts/{district}/communities/{code}/attachments", own: signedIn, next: fileRead, away: otherPlace, ask: in("GET", "communities/%s/attachments", standingCommunity)},
	{
		route: "GET /districts/{district}/projects/{code}/attachments", own: signedIn, next: fileRead, away: otherPlace,
		ask: in("GET", "projects/%s/attachments", func(w *world, s spot) any { return dossierProject(w, s) }),
	},
	{
		route: "POST /districts/{district}/communities/{code}/attachments", audited: true, own: paperOwn, next: paperNext, away: paperAway,
		ask: func(w *world, s spot, _ string) ask {
			return sendPaper(w, thing(s, "communities", w.community(s).Code)+"/attachments")
		},
	},
	{
		route: "POST /districts/{district}/projects/{code}/attachments", audited: true, own: paperOwn, next: paperNext, away: paperAway,
		ask: func(w *world, s spot, _ string) ask {
			return sendPaper(w, thing(s, "projects", dossierProject(w, s))+"/attachments")
		},
	},
	{
		route: "GET /districts/{district}/attachments/{id}/content", own: signedIn, next: fileRead, away: otherPlace,
		ask: in("GET", "attachments/%s/content", standingPaper),
	},
	{
		route: "GET /districts/{district}/attachments/{id}/thumbnail", own: signedIn, next: fileRead, away: otherPlace,
		ask: in("GET", "attachments/%s/thumbnail", standingPaper),
	},
	{
		route: "PATCH /districts/{district}/attachments/{id}", audited: true, own: fileOwn, next: fileNext, away: fileAway,
		ask: func(w *world, s spot, _ string) ask {
			return write("PATCH", thing(s, "attachments", somePaper(w, s).String()), 0, `{"title":"北门"}`)
		},
	},
	{
		route: "DELETE /districts/{district}/attachments/{id}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("DELETE", thing(s, "attachments", somePaper(w, s).String()), 0, "")
		},
	},

	// ledgers
	{route: "GET /districts/{district}/ledger-template", own: "401 200 200 200 403 403", away: "401 200 403 403 403 403", ask: get("/districts/{district}/ledger-template")},
	{route: "GET /jobs/{id}/faulty-rows", own: "401 200 200 200 403 403", away: "401 200 404 404 403 403", ask: ownFaulty},
}
