package dashboard

import (
	"testing"
	"time"
)

// Whoever knows the households of a community and the exact answers of every other
// one gets its rounded answers from the sums. They must not tell a count, or what
// is left of one, that is between one and four.
func TestRoundedAnswersTellNoCountBelowFive(t *testing.T) {
	parts := func(a answers) [5]int {
		return [5]int{a.asked, a.agreed, a.households - a.asked, a.asked - a.agreed, a.households - a.agreed}
	}
	for households := 1; households <= 130; households++ {
		groups := map[answers][]answers{}
		for asked := 0; asked <= households; asked++ {
			for agreed := 0; agreed <= asked; agreed++ {
				a := answers{households, asked, agreed}
				groups[a.rounded()] = append(groups[a.rounded()], a)
			}
		}
		for shown, group := range groups {
			for part := range 5 {
				first, told := parts(group[0])[part], true
				for _, a := range group {
					told = told && parts(a)[part] == first
				}
				if told && first > 0 && first < smallest {
					t.Errorf("%d households shown as %v: part %d is %d", households, shown, part, first)
				}
			}
		}
	}
}

// The same where what the list of surveys shows of it is known besides.
func TestRoundedAnswersAreTheSameWhicheverSmallCountThereIs(t *testing.T) {
	for _, c := range []struct {
		name string
		of   func(small int) answers
	}{
		{"agreed", func(n int) answers { return answers{400, 341, n} }},
		{"asked and not agreed", func(n int) answers { return answers{400, 341, 341 - n} }},
		{"asked", func(n int) answers { return answers{400, n, 0} }},
		{"not asked", func(n int) answers { return answers{344, 344 - n, 299} }},
		{"not asked, and all others agreed", func(n int) answers { return answers{346, 346 - n, 346 - n} }},
		{"not agreed of a rounding border", func(n int) answers { return answers{400, 346, 346 - n} }},
	} {
		want := c.of(0).rounded()
		for n := 1; n < smallest; n++ {
			if got := c.of(n).rounded(); got != want {
				t.Errorf("%s: %d is told from none: %v, not %v", c.name, n, got, want)
			}
		}
	}
}

func TestTheTaskOfASurveyIsRoundedForWhoNeedsNoDetail(t *testing.T) {
	for _, c := range []struct {
		counts bool
		want   string
	}{{true, "已征询 3／342 户"}, {false, "已征询 约 0／340 户"}} {
		r := &reading{counts: c.counts, today: time.Now()}
		if got := r.askedNote(3, 342); got != c.want {
			t.Errorf("%v: %q", c.counts, got)
		}
	}
}
