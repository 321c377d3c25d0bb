package httpapi

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/works"
)

// What the doors say of works and money: faults by their place, lost races with
// how the thing is now.
func TestWorksAndMoneyAtTheDoor(t *testing.T) {
	w := newWorld(t)
	code := worksProject(w, own)
	path := thing(own, "projects", code)
	line := `{"lines":[{"item_no":1,"answer":"do","quantity":10,"unit":"户","price_yuan":3000}]}`
	first := w.as("officer", seen("PUT", path+"/works", 0, line))
	if first.status != 200 || first.header.Get("ETag") != `"1"` {
		t.Fatalf("%d %s", first.status, first.body)
	}
	if got := decode[works.Works](t, first); got.CostYuan != 30000 || got.UpdatedBy != "officer" {
		t.Errorf("%+v", got)
	}

	late := w.as("planner", seen("PUT", path+"/works", 0, line))
	p := late.problem(t)
	current, _ := json.Marshal(p.Current)
	if late.status != 412 || !strings.Contains(string(current), `"version":1`) || strings.Contains(string(current), `"evidence":null`) {
		t.Errorf("two officers on one file: %d %s", late.status, late.body)
	}
	if got := w.as("officer", write("PUT", path+"/works", 0, line)); got.status != 428 {
		t.Errorf("without a version: %d", got.status)
	}

	for name, tt := range map[string]struct{ tail, body, field, says string }{
		"shares that do not add up": {"/money", `{"shares":[{"source":"central","amount_yuan":30000.01}],"settled":false,"apportionment":{"parts":[]}}`, "body.shares", "多出0.01元"},
		"settled, but short":        {"/money", `{"shares":[{"source":"central","amount_yuan":29999}],"settled":true,"apportionment":{"parts":[]}}`, "body.shares", "还差1元"},
		"a reason that is missing":  {"/works", `{"lines":[{"item_no":2,"answer":"cannot"}]}`, "body.lines[0].reason", "理由"},
		"a resident's number":       {"/works", `{"lines":[{"item_no":2,"answer":"cannot","reason":"王某 500110197001011234 不同意"}]}`, "body.lines[0].reason", "个人信息"},
	} {
		t.Run(name, func(t *testing.T) {
			version := 0
			if tt.tail == "/works" {
				version = 1
			}
			got := w.as("officer", seen("PUT", path+tt.tail, version, tt.body))
			p := got.problem(t)
			if got.status != 422 || len(p.Errors) == 0 || p.Errors[0].Location != tt.field || !strings.Contains(p.Detail, tt.says) {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}

	none := w.as("planner", write("POST", "/districts/"+own.district+"/fund-pool/match", 0, `{"year":2099}`))
	if p := none.problem(t); none.status != 422 || !strings.Contains(p.Detail, "2099年没有预算") {
		t.Errorf("a year without a budget: %s", none.body)
	}
	masked := decode[works.Money](t, w.as("viewer", ask{method: "GET", path: root + path + "/money"}))
	if !masked.Masked || masked.Apportion != nil {
		t.Errorf("a viewer sees counts of relief: %+v", masked)
	}
}
