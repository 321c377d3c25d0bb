package account

import (
	"strings"
	"testing"
)

func TestRulesThatCannotBeAreRefused(t *testing.T) {
	for text, says := range map[string]string{
		"":                        "no rule",
		"{}":                      "read the rules",
		"- {claim: a, is: b}":     "no role",
		"- {is: b, role: viewer}": "whom it fits",
		"- {claim: a, is: b, role: king, district: x}":                                             "no role",
		"- {claim: a, is: b, role: viewer}":                                                        "has a district",
		"- {claim: a, is: b, role: officer, district: x}":                                          "have subdistricts",
		"- {claim: a, is: b, role: viewer, district: x, subdistricts: [y]}":                        "only officers",
		"- {claim: a, is: b, role: viewer, district: x, district_from: y}":                         "not both",
		"- {claim: a, is: b, role: planner, district: x, zones: [Z1]}":                             "only contractors",
		"- {claim: a, is: b, rolle: viewer}":                                                       "rolle",
		"- {claim: a, is: b, role: administrator}\n- {claim: a, is: b, role: viewer}":              "rule 2",
		"- {claim: a, is: b, role: officer, district: x, subdistricts: [y], subdistricts_from: z}": "not both",
	} {
		if _, err := NewRules([]byte(text)); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", text, err, says)
		}
	}
}

func TestTheFirstRuleThatFitsCounts(t *testing.T) {
	rules, err := NewRules([]byte(`
- {claim: "https://example.cn/groups", is: boss, role: planner, district: "500110"}
- {claim: realm_access.roles, is: street, role: officer, district_from: place.district, subdistricts_from: place.streets}
- {claim: department, is: "*", role: viewer, district: "500152"}
- {claim: external, is: "true", role: contractor, district: "500110", zones: [Z1]}
`))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		claims claims
		want   string
	}{
		"nothing":                 {claims{}, ""},
		"a name with dots":        {claims{"https://example.cn/groups": []any{"x", "boss"}, "department": "d"}, "planner 500110"},
		"places as numbers":       {claims{"realm_access": map[string]any{"roles": []any{"street"}}, "place": map[string]any{"district": 500110.0, "streets": []any{500110001.0, "500110002"}}}, "officer 500110 500110001 500110002"},
		"no place, another rule":  {claims{"realm_access": map[string]any{"roles": []any{"street"}}, "department": "d"}, "viewer 500152"},
		"no place":                {claims{"realm_access": map[string]any{"roles": []any{"street"}}, "place": map[string]any{"district": "500110"}}, ""},
		"any value":               {claims{"department": "规划科"}, "viewer 500152"},
		"a part of a value":       {claims{"https://example.cn/groups": "bossy"}, ""},
		"a truth":                 {claims{"external": true}, "contractor 500110 Z1"},
		"a path through no claim": {claims{"realm_access": "roles"}, ""},
		"an empty claim":          {claims{"department": []any{}, "external": false}, ""},
	} {
		got := ""
		if g := grantedBy(rules, c.claims); g != nil {
			got = strings.Join(append(append([]string{string(g.role), g.district}, g.subdistricts...), g.zones...), " ")
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestAnAddressThatIsNotVerifiedIsNobodysName(t *testing.T) {
	p := &Provider{config: ProviderConfig{NameClaim: "email"}}
	for verified, want := range map[any]string{true: "a@example.cn", "true": "a@example.cn", false: "", nil: ""} {
		if who := p.identityOf("x", claims{"email": "a@example.cn", "email_verified": verified}); who.name != want {
			t.Errorf("verified %v: %q", verified, who.name)
		}
	}
}

func TestAProviderIsConfiguredWholeOrRefused(t *testing.T) {
	rules := []Rule{{Claim: "a", Is: "b", Role: Administrator}}
	for name, c := range map[string]struct {
		config ProviderConfig
		says   string // "" is taken
	}{
		"whole":                     {ProviderConfig{Issuer: "https://sso.example.cn/realms/a", ClientID: "c"}, ""},
		"on this machine":           {ProviderConfig{Issuer: "http://127.0.0.1:9000", ClientID: "c"}, ""},
		"that others can listen to": {ProviderConfig{Issuer: "http://sso.example.cn", ClientID: "c"}, "https://"},
		"that looks like local":     {ProviderConfig{Issuer: "http://localhost.example.cn", ClientID: "c"}, "https://"},
		"no address":                {ProviderConfig{Issuer: "sso", ClientID: "c"}, "no address"},
		"no client":                 {ProviderConfig{Issuer: "https://sso.example.cn"}, "client id"},
		"everybody is let in":       {ProviderConfig{Issuer: "https://sso.example.cn", ClientID: "c", Create: true}, "only by rules"},
		"rules let in":              {ProviderConfig{Issuer: "https://sso.example.cn", ClientID: "c", Create: true, Rules: rules}, ""},
	} {
		_, err := NewProvider(nil, c.config)
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}
