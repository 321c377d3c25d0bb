package survey

import (
	"math"
	"slices"
	"strings"
)

// home is a building whose residents are to be asked.
type home struct {
	Code, Name, Use string
	Households      *int
	FloorAreaM2     *float64
	WeightM2        float64
}

// divide makes the rows of a new survey: a row for each building in which people
// live. Every household of the community is in one row: its own figures count,
// divided as the buildings' households are and, where none of them says, as
// their floor area is. A community without buildings is one row.
func divide(households *int, floorArea *float64, homes []home) []CountDraft {
	slices.SortStableFunc(homes, func(a, b home) int { return natural(a.label(), b.label()) })
	whole := shares(households, homes)
	var rows []CountDraft
	var kept []home
	for i, h := range homes {
		if whole[i] == 0 && h.Use != "residential" && (h.Use != "" || h.Households != nil) {
			continue
		}
		rows = append(rows, CountDraft{BuildingCode: h.Code, Households: whole[i]})
		kept = append(kept, h)
	}
	if len(rows) == 0 {
		all := CountDraft{FloorAreaM2: floorArea}
		if households != nil {
			all.Households = *households
		}
		return []CountDraft{all}
	}
	for i, area := range areas(floorArea, kept) {
		rows[i].FloorAreaM2 = area
	}
	return rows
}

func (h home) label() string {
	if h.Name != "" {
		return h.Name
	}
	return h.Code
}

// shares divides the households, each building getting what the rounded running
// sum grows by.
func shares(total *int, homes []home) []int {
	out := make([]int, len(homes))
	if total == nil {
		for i, h := range homes {
			if h.Households != nil {
				out[i] = *h.Households
			}
		}
		return out
	}
	parts := []func(home) float64{
		func(h home) float64 {
			if h.Households == nil {
				return 0
			}
			return float64(*h.Households)
		},
		func(h home) float64 { return h.WeightM2 },
		func(home) float64 { return 1 },
	}
	for _, part := range parts {
		sum := 0.0
		for _, h := range homes {
			sum += part(h)
		}
		if sum == 0 {
			continue
		}
		given, running := 0, 0.0
		for i, h := range homes {
			running += part(h)
			upTo := int(math.Round(float64(*total) * running / sum))
			out[i], given = upTo-given, upTo
		}
		return out
	}
	return out
}

// areas divides the floor area by weight to the hundredth of a square metre;
// where the community does not say, a building's own area is taken.
func areas(total *float64, homes []home) []*float64 {
	out := make([]*float64, len(homes))
	sum := 0.0
	for _, h := range homes {
		sum += h.WeightM2
	}
	given, running := 0.0, 0.0
	for i, h := range homes {
		switch {
		case total == nil:
			out[i] = h.FloorAreaM2
		case sum > 0:
			running += h.WeightM2
			upTo := math.Round(*total*100*running/sum) / 100
			part := math.Round((upTo-given)*100) / 100
			out[i], given = &part, upTo
		}
	}
	return out
}

// natural orders 2幢 before 10幢.
func natural(a, b string) int {
	for a != "" && b != "" {
		x, restA := leading(a)
		y, restB := leading(b)
		if x != y {
			if numeral(x) && numeral(y) {
				x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
				if len(x) != len(y) {
					return len(x) - len(y)
				}
			}
			if c := strings.Compare(x, y); c != 0 {
				return c
			}
		}
		a, b = restA, restB
	}
	return len(a) - len(b)
}

func numeral(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }

// leading cuts the digits, or the rest before the next digits, off the front.
func leading(s string) (part, rest string) {
	digits := numeral(s)
	end := strings.IndexFunc(s, func(r rune) bool { return (r >= '0' && r <= '9') != digits })
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
}
