package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
)

// TestSharedAnswersAreAsNewAsTheirOwn edits a community again and again while people
// of two scopes ask for lists: nobody gets what was before an edit that had been
// answered, and nobody what only the other may see.
func TestSharedAnswersAreAsNewAsTheirOwn(t *testing.T) {
	w := newWorld(t)
	ours, theirs := w.standing["own"].community, w.standing["next"].community
	list := root + "/districts/" + own.district + "/communities?sort=code"
	for i := range 20 {
		name := fmt.Sprintf("第%d次", i)
		made := w.as("planner", ask{method: http.MethodGet, path: root + "/districts/" + own.district + "/communities/" + ours})
		tag := made.header.Get("ETag")
		body, _ := json.Marshal(map[string]string{"name": name})
		if got := w.as("planner", ask{method: http.MethodPatch, path: root + "/districts/" + own.district + "/communities/" + ours, body: string(body), headers: map[string]string{"If-Match": tag}}); got.status != http.StatusOK {
			t.Fatalf("the edit is answered %d %s", got.status, got.body)
		}
		var people sync.WaitGroup
		for _, person := range []string{"planner", "planner", "officer", "viewer", "planner"} {
			people.Go(func() {
				got := w.as(person, ask{method: http.MethodGet, path: list})
				if got.status != http.StatusOK || !strings.Contains(string(got.body), name) {
					t.Errorf("after edit %d the %s gets %d %.300s", i, person, got.status, got.body)
				}
				if person == "officer" == strings.Contains(string(got.body), `"`+theirs+`"`) {
					t.Errorf("the %s's list and the community of the other subdistrict: %.300s", person, got.body)
				}
			})
		}
		people.Wait()
	}
}

func TestAnswersAreSharedUntilSomethingIsWritten(t *testing.T) {
	var a answers
	now := time.Now()
	q := question{address: "/zones"}
	first, own := a.take(q, postgis.Epoch{}, now)
	if !own {
		t.Fatal("nobody gives the first answer")
	}
	waiting, own := a.take(q, postgis.Epoch{}, now)
	if own || waiting != first {
		t.Error("who asks meanwhile does not wait for the same answer")
	}
	a.give(q, first, &recorder{status: 200, whole: true, header: http.Header{}})
	for name, c := range map[string]struct {
		q   question
		at  time.Time
		own bool
	}{
		"a moment later":     {q, now.Add(time.Second), false},
		"when its time ends": {q, now.Add(answersKept), true},
	} {
		if _, own := a.take(c.q, postgis.Epoch{}, c.at); own != c.own {
			t.Errorf("%s: its own answer is %v", name, own)
		}
	}
	other, _ := a.take(question{address: "/communities"}, postgis.Epoch{}, now)
	a.give(question{address: "/communities"}, other, &recorder{status: 503, whole: true})
	if _, own := a.take(question{address: "/communities"}, postgis.Epoch{}, now); !own {
		t.Error("a failure is shared")
	}
}
