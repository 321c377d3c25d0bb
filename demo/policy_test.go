package demo_test

import (
	"encoding/json"
	"testing"

	"github.com/lianpian/lianpian/internal/policy"
)

// The demo must show every verdict, and every reason for one.
func TestThePolicyFindsEveryVerdict(t *testing.T) {
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	d := load(t, "district")[0]
	p, err := lib.Policy(d.text("policy_key"))
	if err != nil {
		t.Fatal(err)
	}
	if p.Version != d.text("policy_version") {
		t.Errorf("the district names version %s of %s, the library has %s", d.text("policy_version"), p.Key, p.Version)
	}
	if _, ok := lib.Profile(d.text("profile_key")); !ok {
		t.Errorf("no profile %s", d.text("profile_key"))
	}
	verdicts := map[policy.Verdict]int{}
	reasons := map[string]int{}
	for _, c := range load(t, "community") {
		body, err := json.Marshal(c.props)
		if err != nil {
			t.Fatal(err)
		}
		var facts policy.Facts
		if err := json.Unmarshal(body, &facts); err != nil {
			t.Fatal(err)
		}
		v, proof := p.Judge(facts, nil)
		verdicts[v]++
		for _, r := range proof {
			if r.Outcome != policy.Met {
				reasons[r.Rule+" "+string(r.Outcome)]++
			}
		}
	}
	t.Logf("verdicts: %v", verdicts)
	for v, least := range map[policy.Verdict]int{policy.In: 40, policy.Out: 20, policy.Borderline: 15} {
		if verdicts[v] < least {
			t.Errorf("%d communities are %s, want at least %d (all: %v)", verdicts[v], v, least, verdicts)
		}
	}
	for _, want := range []string{
		"S1 failed", "S1 borderline", "S1 unknown", "S2 failed", "S2 unknown", "S3 unknown", "S5 failed", "S5 unknown",
		"S7 borderline", "S8 excluded", "S9 excluded", "S10 excluded", "S11 excluded",
	} {
		if reasons[want] == 0 {
			t.Errorf("no community is %s (all: %v)", want, reasons)
		}
	}
}

func TestEveryFacilityTypeIsInTheStandards(t *testing.T) {
	lib, err := policy.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range load(t, "facility") {
		if _, ok := lib.FacilityType(f.text("facility_type")); !ok {
			t.Errorf("facility %s has the type %s", f.text("code"), f.text("facility_type"))
		}
	}
	for _, c := range load(t, "community") {
		for _, k := range c.list("service_missing") {
			if _, ok := lib.FacilityType(k); !ok {
				t.Errorf("community %s misses %s", c.text("code"), k)
			}
		}
	}
}
