package survey

import (
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
)

// answers are the households of a row by what they said: agreed, disagreed,
// asked without an answer, not asked. Every count that is shown is a sum of them.
type answers [4]int

func answersOf(households, asked, agreed, disagreed int) answers {
	return answers{agreed, disagreed, asked - agreed - disagreed, households - asked}
}

func (a answers) plus(b answers) answers {
	for i := range a {
		a[i] += b[i]
	}
	return a
}

// small tells that one of the counts, or a difference of two, is between one
// and four.
func (a answers) small() bool {
	return slices.ContainsFunc(a[:], account.SmallCount)
}

// mask makes a survey what those may see who need no detail. Stairwells are
// added up; a building is shown only where none of its counts is small. What the
// hidden buildings have together can be found from the sums: so more buildings
// are hidden, until there are two of them and that is not small either.
func (s *Survey) mask() {
	rows, said := byBuilding(s.Counts)
	hidden := map[int]bool{}
	together := answers{}
	hide := func(i int) {
		hidden[i] = true
		together = together.plus(said[i])
	}
	for i := range rows {
		if said[i].small() {
			hide(i)
		}
	}
	if !s.Sums.small() {
		for len(hidden) > 0 && len(hidden) < len(rows) && (len(hidden) < 2 || together.small()) {
			hide(next(rows, hidden))
		}
	}
	for i := range hidden {
		r := &rows[i]
		r.Asked, r.Agreed, r.Disagreed, r.AgreedAreaM2, r.Masked = nil, nil, nil, nil, true
	}
	s.Counts = rows
	s.Sums.mask()
}

// next is the building with the fewest households of those that are still shown.
func next(rows []Count, hidden map[int]bool) int {
	found := -1
	for i, r := range rows {
		if !hidden[i] && (found < 0 || r.Households < rows[found].Households) {
			found = i
		}
	}
	return found
}

// byBuilding adds up the stairwells of each building.
func byBuilding(counts []Count) (rows []Count, said []answers) {
	index := map[string]int{}
	for _, c := range counts {
		i, seen := index[c.BuildingCode]
		if !seen {
			i = len(rows)
			index[c.BuildingCode] = i
			zero, area := 0, 0.0
			rows = append(rows, Count{
				BuildingCode: c.BuildingCode, BuildingName: c.BuildingName,
				FloorAreaM2: &area, Asked: &zero, Agreed: &zero, Disagreed: &zero, AgreedAreaM2: &area,
			})
			said = append(said, answers{})
		}
		r := &rows[i]
		r.Households += c.Households
		r.FloorAreaM2 = sum(r.FloorAreaM2, c.FloorAreaM2)
		r.Asked, r.Agreed, r.Disagreed = sum(r.Asked, c.Asked), sum(r.Agreed, c.Agreed), sum(r.Disagreed, c.Disagreed)
		if *c.Agreed > 0 || c.AgreedAreaM2 != nil {
			r.AgreedAreaM2 = sum(r.AgreedAreaM2, c.AgreedAreaM2)
		}
		said[i] = said[i].plus(answersOf(c.Households, *c.Asked, *c.Agreed, *c.Disagreed))
	}
	return rows, said
}

// sum is not known where a part is not.
func sum[N int | float64](a, b *N) *N {
	if a == nil || b == nil {
		return nil
	}
	total := *a + *b
	return &total
}

func (s Sums) small() bool {
	return !s.Masked && answersOf(s.Households, *s.Asked, *s.Agreed, *s.Disagreed).small()
}

// mask hides sums from which a small count can be read.
func (s *Sums) mask() {
	if s.small() {
		s.Asked, s.Agreed, s.Disagreed, s.AgreedAreaM2, s.Masked = nil, nil, nil, nil, true
	}
}

// maskVerdict leaves of a verdict what does not tell the counts.
func maskVerdict(v *policy.ConsentVerdict) {
	for _, side := range []*policy.ConsentSide{&v.Households, &v.Area} {
		*side = policy.ConsentSide{Counts: side.Counts, Outcome: side.Outcome, Total: side.Total, Text: "户数过少，不显示"}
	}
	v.Unasked, v.Reachable, v.Text, v.Missing = nil, true, "户数过少，不显示。", ""
}
