package httpapi

import (
	"fmt"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/survey"
)

// They come first: other rows may take away what they look at.
func init() { matrix = append(slices.Clone(surveyRows), matrix...) }

// someSurvey is a survey of a community of its own.
func someSurvey(w *world, s spot) survey.Survey {
	out, err := w.surveys.Open(w.t.Context(), account.Everything, s.district, survey.Draft{Community: w.community(s).Code})
	w.must(err)
	return out
}

// standingSurvey is one of the community that everybody of a place may see.
func standingSurvey(w *world, s spot) any {
	code := w.standing[s.name].community
	rounds, err := w.surveys.Rounds(w.t.Context(), account.Everything, s.district, code)
	w.must(err)
	if len(rounds) > 0 {
		return rounds[0].ID
	}
	out, err := w.surveys.Open(w.t.Context(), account.Everything, s.district, survey.Draft{Community: code})
	w.must(err)
	return out.ID
}

// onSurvey changes a survey of the place.
func onSurvey(method, suffix, body string) func(*world, spot, string) ask {
	return func(w *world, s spot, _ string) ask {
		v := someSurvey(w, s)
		return write(method, "/districts/"+s.district+"/surveys/"+v.ID.String()+suffix, v.Version, body)
	}
}

const (
	asksOwn     = "401 200 200 200 403 403"
	asksNext    = "401 200 200 404 403 403"
	asksAway    = "401 200 403 403 403 403"
	readsInNext = "401 200 200 404 404 200"
	oneRow      = `{"counts":[{"building_code":"","households":40,"asked":30,"agreed":25}]}`
)

var surveyRows = []row{
	{route: "GET /districts/{district}/surveys", own: signedIn, away: otherPlace, ask: get("/districts/{district}/surveys")},
	{route: "GET /districts/{district}/survey-shares", own: signedIn, away: otherPlace, ask: get("/districts/{district}/survey-shares")},
	{route: "GET /districts/{district}/survey-map", own: signedIn, away: otherPlace, ask: get("/districts/{district}/survey-map?bbox=106,28,107,30")},
	{route: "GET /districts/{district}/survey-statistics", own: signedIn, away: otherPlace, ask: get("/districts/{district}/survey-statistics")},
	{route: "GET /districts/{district}/survey-statistics.xlsx", own: "401 200 200 200 200 403", away: asksAway, ask: get("/districts/{district}/survey-statistics.xlsx")},
	{route: "GET /districts/{district}/surveys/{id}", own: signedIn, next: readsInNext, away: otherPlace, ask: in("GET", "surveys/%s", standingSurvey)},
	{route: "GET /districts/{district}/surveys/{id}/sheets.xlsx", own: "401 200 200 200 200 403", next: "401 200 200 404 404 403", away: asksAway, ask: in("GET", "surveys/%s/sheets.xlsx", standingSurvey)},
	{route: "GET /districts/{district}/communities/{code}/surveys", own: signedIn, next: readsInNext, away: otherPlace, ask: in("GET", "communities/%s/surveys", standingCommunity)},
	{
		route: "POST /districts/{district}/surveys", audited: true, own: "401 201 201 201 403 403", next: "401 201 201 404 403 403", away: "401 201 403 403 403 403",
		ask: func(w *world, s spot, _ string) ask {
			return write("POST", "/districts/"+s.district+"/surveys", 0, fmt.Sprintf(`{"community":%q}`, w.community(s).Code))
		},
	},
	{route: "PATCH /districts/{district}/surveys/{id}", audited: true, own: asksOwn, next: asksNext, away: asksAway, ask: onSurvey("PATCH", "", `{"note":"周末再去"}`)},
	{route: "PUT /districts/{district}/surveys/{id}/counts", audited: true, own: asksOwn, next: asksNext, away: asksAway, ask: onSurvey("PUT", "/counts", oneRow)},
	{route: "POST /districts/{district}/surveys/{id}/trial", own: asksOwn, next: asksNext, away: asksAway, ask: onSurvey("POST", "/trial", oneRow)},
	{
		route: "POST /districts/{district}/surveys/{id}/close", audited: true, own: asksOwn, next: asksNext, away: asksAway,
		ask: func(w *world, s spot, _ string) ask {
			v := someSurvey(w, s)
			v, err := w.surveys.SaveCounts(w.t.Context(), account.Everything, s.district, v.ID, v.Version, []survey.CountDraft{{Households: 20, Asked: 20, Agreed: 11}})
			w.must(err)
			return write("POST", "/districts/"+s.district+"/surveys/"+v.ID.String()+"/close", v.Version, `{}`)
		},
	},
	{route: "DELETE /districts/{district}/surveys/{id}", audited: true, own: "401 204 204 204 403 403", next: "401 204 204 404 403 403", away: "401 204 403 403 403 403", ask: onSurvey("DELETE", "", "")},
}

func init() {
	asksOnly = append(asksOnly, root+"/districts/{district}/surveys/{id}/trial")
}
