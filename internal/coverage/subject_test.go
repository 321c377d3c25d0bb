package coverage

import "testing"

func TestHomesAreBuildingsWherePeopleLiveAsFarAsIsKnown(t *testing.T) {
	none, some := int64(0), int64(12)
	cases := map[string]struct {
		subject subject
		want    bool
	}{
		"with households":                   {subject{households: &some, wholeHouseholds: 12, use: "commercial"}, true},
		"known to have no households":       {subject{households: &none, use: "residential"}, false},
		"a residential building":            {subject{use: "residential"}, true},
		"of a use that nobody wrote down":   {subject{}, true},
		"an office":                         {subject{use: "office"}, false},
		"a building of a community":         {subject{use: "office", community: 7}, true},
		"given households of a community":   {subject{community: 7, wholeHouseholds: 3}, true},
		"in a community, known to be empty": {subject{community: 7, households: &none}, false},
	}
	for name, c := range cases {
		if got := c.subject.home(); got != c.want {
			t.Errorf("%s: home %v, want %v", name, got, c.want)
		}
	}
}
