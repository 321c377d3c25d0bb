package survey

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// counted makes a survey of rows of agreed, disagreed, unanswered, unasked.
func counted(rows ...answers) *Survey {
	s := &Survey{}
	total := answers{}
	for i, a := range rows {
		s.Counts = append(s.Counts, rowOf(fmt.Sprintf("B%d", i), "", a))
		total = total.plus(a)
	}
	s.Sums = Sums{Households: total[0] + total[1] + total[2] + total[3]}
	asked, agreed, disagreed := total[0]+total[1]+total[2], total[0], total[1]
	s.Sums.Asked, s.Sums.Agreed, s.Sums.Disagreed = &asked, &agreed, &disagreed
	return s
}

func rowOf(building, stairwell string, a answers) Count {
	asked, agreed, disagreed := a[0]+a[1]+a[2], a[0], a[1]
	return Count{
		BuildingCode: building, Stairwell: stairwell, Households: asked + a[3],
		Asked: &asked, Agreed: &agreed, Disagreed: &disagreed,
	}
}

func TestSmallCountsAreMasked(t *testing.T) {
	for _, c := range []struct {
		name string
		rows []answers
		want string // shown or masked, the rows and at last the sums
	}{
		{"counts of five and none are shown", []answers{{5, 0, 0, 5}, {10, 5, 0, 0}}, "shown shown shown"},
		{"four agreed", []answers{{4, 20, 0, 0}}, "masked masked"},
		{"the four that did not agree, which is a difference", []answers{{20, 0, 4, 0}}, "masked masked"},
		{"the four that were not asked, which is a difference", []answers{{20, 0, 0, 4}}, "masked masked"},
		{"one hidden row could be found from the sums: the smallest other is hidden too", []answers{{3, 0, 0, 10}, {10, 0, 0, 0}, {30, 0, 0, 0}}, "masked masked shown shown"},
		{"two hidden rows that are small together take a third", []answers{{1, 0, 0, 10}, {1, 0, 0, 10}, {20, 0, 0, 0}, {40, 0, 0, 0}}, "masked masked masked shown shown"},
		{"two hidden rows that hide each other", []answers{{3, 0, 0, 10}, {4, 0, 0, 10}, {20, 0, 0, 0}}, "masked masked shown shown"},
		{"hidden sums hide the row by themselves", []answers{{3, 0, 0, 10}, {0, 0, 0, 20}}, "masked shown masked"},
	} {
		s := counted(c.rows...)
		s.mask()
		got := ""
		for _, r := range s.Counts {
			got += state(r.Masked) + " "
			if r.Masked != (r.Agreed == nil) || r.Masked != (r.Asked == nil) || r.Masked != (r.Disagreed == nil) {
				t.Errorf("%s: half masked %+v", c.name, r)
			}
		}
		if got += state(s.Sums.Masked); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func state(masked bool) string {
	if masked {
		return "masked"
	}
	return "shown"
}

func TestStairwellsAreAddedUpForThoseWhoNeedNoDetail(t *testing.T) {
	s := &Survey{Counts: []Count{rowOf("B", "1单元", answers{3, 0, 0, 3}), rowOf("B", "2单元", answers{4, 0, 0, 4})}}
	asked, agreed, disagreed := 7, 7, 0
	s.Sums = Sums{Households: 14, Asked: &asked, Agreed: &agreed, Disagreed: &disagreed}
	s.mask()
	if len(s.Counts) != 1 || s.Counts[0].Stairwell != "" || *s.Counts[0].Agreed != 7 || s.Counts[0].Households != 14 {
		t.Errorf("%+v", s.Counts)
	}
}

// Whatever is shown, and whatever follows from it by subtraction, is no count
// between one and four: neither a shown row, nor the sums, nor what the hidden
// rows have together.
func TestNoSmallCountFollowsFromWhatIsShown(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 12).Draw(t, "buildings")
		rows := make([]answers, n)
		for i := range rows {
			for j := range rows[i] {
				rows[i][j] = rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 8), rapid.IntRange(5, 60)).Draw(t, "households")
			}
		}
		s := counted(rows...)
		total := answersOf(s.Sums.Households, *s.Sums.Asked, *s.Sums.Agreed, *s.Sums.Disagreed)
		s.mask()
		if s.Sums.Masked != total.small() {
			t.Fatalf("sums %v, masked %v", total, s.Sums.Masked)
		}
		rest, hidden := total, 0
		for i, r := range s.Counts {
			if r.Masked {
				hidden++
				continue
			}
			if rows[i].small() {
				t.Fatalf("row %d is shown: %v", i, rows[i])
			}
			for j := range rest {
				rest[j] -= rows[i][j]
			}
		}
		if s.Sums.Masked || hidden == 0 {
			return
		}
		if hidden == 1 || rest.small() {
			t.Fatalf("%d hidden rows have %v together", hidden, rest)
		}
	})
}
