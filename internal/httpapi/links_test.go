package httpapi

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/lianpian/lianpian/internal/link"
)

func TestLinksAndWhatPeopleSayOfThem(t *testing.T) {
	w := newWorld(t)
	a, b := w.community(own), w.community(own)
	path := root + "/districts/500110/links"
	put := func(a, b, body string) answer {
		return w.as("planner", ask{method: http.MethodPut, path: path + "/" + a + "/" + b, body: body})
	}
	if got := put(a.Code, b.Code, `{"verdict":"never","reason":"隔着高差"}`); got.status != http.StatusOK {
		t.Fatalf("%d: %s", got.status, got.body)
	} else if l := decode[link.Link](t, got); l.Verdict != link.Never || l.OverriddenBy != "planner" || l.Line == nil {
		t.Errorf("%+v", l)
	}
	if err := w.links.Refresh(t.Context(), own.district); err != nil {
		t.Fatal(err)
	}
	list := func(query string) link.Page {
		got := w.as("planner", ask{method: http.MethodGet, path: path + query})
		if got.status != http.StatusOK {
			t.Fatalf("%s: %d: %s", query, got.status, got.body)
		}
		return decode[link.Page](t, got)
	}
	at := fmt.Sprintf("?bbox=%v,%v,%v,%v", own.at[0]-0.01, own.at[1]-0.01, own.at[0]+0.01, own.at[1]+0.01)
	for query, some := range map[string]bool{"": true, "?community=" + a.Code: true, at: true, "?bbox=1,1,2,2": false, "?limit=1": true} {
		if page := list(query); (len(page.Items) > 0) != some || page.Stale != 0 {
			t.Errorf("%s: %d links, %d out of date", query, len(page.Items), page.Stale)
		}
	}
	for name, c := range map[string]struct {
		a, b, body string
		status     int
	}{
		"without a reason":        {a.Code, b.Code, `{"verdict":"together","reason":" "}`, 422},
		"without any reason":      {a.Code, b.Code, `{"verdict":"together"}`, 422},
		"an unknown verdict":      {a.Code, b.Code, `{"verdict":"perhaps","reason":"理由"}`, 422},
		"a community with itself": {a.Code, a.Code, `{"verdict":"together","reason":"理由"}`, 422},
		"an unknown community":    {a.Code, "none", `{"verdict":"together","reason":"理由"}`, 404},
		"one of another district": {a.Code, w.community(away).Code, `{"verdict":"together","reason":"理由"}`, 404},
		"what is no JSON":         {a.Code, b.Code, `{`, 400},
		"two far from each other": {a.Code, w.community(next).Code, `{"verdict":"together","reason":"将修桥"}`, 200},
	} {
		if got := put(c.a, c.b, c.body); got.status != c.status {
			t.Errorf("%s: %d, want %d: %s", name, got.status, c.status, got.body)
		}
	}
	clear := ask{method: http.MethodDelete, path: path + "/" + b.Code + "/" + a.Code}
	if got := w.as("planner", clear); got.status != http.StatusNoContent {
		t.Errorf("clearing: %d: %s", got.status, got.body)
	}
	if got := w.as("planner", clear); got.status != http.StatusNotFound {
		t.Errorf("clearing again: %d", got.status)
	}
	if got := w.as("planner", ask{method: http.MethodGet, path: path + "?community=none"}); got.status != http.StatusNotFound {
		t.Errorf("links of nothing: %d", got.status)
	}
}
