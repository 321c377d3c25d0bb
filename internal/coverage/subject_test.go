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
