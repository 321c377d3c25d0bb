package httpapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/survey"
)

func TestWhatASurveyRefusesIsSaidInASentence(t *testing.T) {
	w := newWorld(t)
	v := someSurvey(w, own)
	path := "/districts/" + own.district + "/surveys/" + v.ID.String()
	first := w.as("officer", write("PUT", path+"/counts", v.Version, oneRow))
	if first.status != http.StatusOK || first.header.Get("ETag") != etag(v.Version+1) {
		t.Fatalf("%d %s\n%s", first.status, first.header.Get("ETag"), first.body)
	}
	closing := someSurvey(w, own)
	for name, c := range map[string]struct {
		q      ask
		status int
		says   string
		at     string
	}{
		"households agreed above asked": {
			write("PUT", path+"/counts", v.Version+1, `{"counts":[{"building_code":"","households":40,"asked":30,"agreed":31}]}`),
			422, "同意 31 户多于已征询的 30 户", "body.counts[0].agreed",
		},
		"a trial of the same": {
			write("POST", path+"/trial", 0, `{"counts":[{"building_code":"","households":40,"asked":30,"agreed":31}]}`),
			422, "同意 31 户多于已征询的 30 户", "body.counts[0].agreed",
		},
		"two officers on one survey": {write("PUT", path+"/counts", v.Version, oneRow), 412, "其他人已保存过修改", ""},
		"without a version":          {write("PUT", path+"/counts", 0, oneRow), 428, "If-Match", ""},
		"a phone number in the note": {write("PATCH", path, v.Version+1, `{"note":"13812345678"}`), 422, "居民个人信息不得录入系统", "body.note"},
		"a second survey at a time": {
			write("POST", "/districts/"+own.district+"/surveys", 0, fmt.Sprintf(`{"community":%q}`, v.Community.Code)), 409, "正在征询中", "",
		},
		"an end without households": {
			write("POST", "/districts/"+own.district+"/surveys/"+closing.ID.String()+"/close", closing.Version, `{}`), 422, "还没有填写户数", "body.counts",
		},
		"a survey that is none": {ask{method: "GET", path: root + "/districts/" + own.district + "/surveys/none"}, 404, "", ""},
		"an unknown order":      {ask{method: "GET", path: root + "/districts/" + own.district + "/surveys?sort=agreed"}, 400, "不支持按此字段排序", "query.sort"},
		"a map without a box":   {ask{method: "GET", path: root + "/districts/" + own.district + "/survey-map?bbox=1,2"}, 400, "西,南,东,北", "query.bbox"},
	} {
		got := w.as("officer", c.q)
		p := got.problem(t)
		if got.status != c.status || !strings.Contains(p.Detail, c.says) {
			t.Errorf("%s: %d %s", name, got.status, p.Detail)
		}
		if c.at != "" && (len(p.Errors) != 1 || p.Errors[0].Location != c.at) {
			t.Errorf("%s is said of %+v", name, p.Errors)
		}
	}
	stale := w.as("officer", write("PUT", path+"/counts", v.Version, oneRow)).problem(t)
	if now, ok := stale.Current.(map[string]any); !ok || now["version"] != float64(v.Version+1) {
		t.Errorf("the lost race does not show the survey as it is: %v", stale.Current)
	}
}

func TestWhoNeedsNoDetailIsSentNoSmallCounts(t *testing.T) {
	w := newWorld(t)
	v := standingSurvey(w, own)
	path := fmt.Sprintf("/districts/%s/surveys/%s", own.district, v)
	saved := w.as("officer", write("PUT", path+"/counts", 1, `{"counts":[{"building_code":"building-own","households":12,"asked":12,"agreed":3}]}`))
	if saved.status != http.StatusOK {
		t.Fatalf("%d %s", saved.status, saved.body)
	}
	for _, person := range []string{"viewer", "contractor"} {
		got := decode[survey.Survey](t, w.as(person, ask{method: "GET", path: root + path}))
		if !got.Sums.Masked || got.Sums.Agreed != nil || !got.Counts[0].Masked || got.Counts[0].Agreed != nil || got.Verdict.Households.Agreed != nil {
			t.Errorf("%s sees %+v", person, got)
		}
		for _, list := range []string{"/surveys", "/survey-statistics", "/communities/" + w.standing["own"].community + "/surveys"} {
			if body := string(w.as(person, ask{method: "GET", path: root + "/districts/" + own.district + list}).body); strings.Contains(body, `"agreed":3`) || !strings.Contains(body, `"masked":true`) {
				t.Errorf("%s sees in %s: %s", person, list, body)
			}
		}
	}
}
