package areaplan_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/areaplan"
)

func TestGatherAZone(t *testing.T) {
	s := newSample(t)
	p := s.plan(t.Context(), account.Everything, areaplan.Request{Map: true})
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	t.Log(string(text))
	var back areaplan.Plan
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	again, _ := json.MarshalIndent(&back, "", " ")
	if diff := cmp.Diff(string(text), string(again)); diff != "" {
		t.Errorf("the plan is another one after it was read back: %s", diff)
	}
}
