package coverage

import (
	"testing"

	"pgregory.net/rapid"
)

// Whatever its buildings say, they have a community's households between them,
// none of them less than nothing.
func TestACommunitysHouseholdsAreSharedOutWholly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		members := make([]member, rapid.IntRange(1, 40).Draw(t, "buildings"))
		said := int64(0)
		for i := range members {
			members[i] = member{
				id: int64(i + 1), households: float64(rapid.SampledFrom([]int{0, 0, 1, 7, 300}).Draw(t, "households")),
				weight: rapid.SampledFrom([]float64{0, 0.5, 80, 12_345.678}).Draw(t, "weight"),
			}
			said += int64(members[i].households)
		}
		c := community{}
		want := said
		if rapid.Bool().Draw(t, "has a figure of its own") {
			own := rapid.Int64Range(0, 100_000).Draw(t, "own")
			c.households, want = &own, own
		}
		whole := map[int64]int64{}
		c.divide(members, whole)
		sum := int64(0)
		for _, m := range members {
			sum += whole[m.id]
			if whole[m.id] < 0 || said > 0 && m.households == 0 && whole[m.id] != 0 {
				t.Fatalf("building %+v has %d of %d households", m, whole[m.id], want)
			}
		}
		if sum != want || len(whole) != len(members) {
			t.Fatalf("%d buildings have %d households, want %d", len(whole), sum, want)
		}
	})
}

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
