package privacy

import (
	"slices"
	"strings"
)

// group is a run of digits, and the X that may end an identity number.
type group struct {
	digits   string // ASCII
	from, to int    // in the text
	joined   bool   // nothing but separators stands between it and the group before
	dot      bool   // one dot and nothing else does
}

// gap is how many separators may stand together, as in "138 - 0013".
const gap = 3

func groupsOf(text []rune) []group {
	var out []group
	for i := 0; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		g := group{from: i}
		var digits strings.Builder
		for i < len(text) && isDigit(text[i]) {
			digits.WriteByte(folded(text[i]))
			i++
		}
		if i < len(text) && folded(text[i]) == 'X' && (i+1 == len(text) || !isLetter(text[i+1]) && !isDigit(text[i+1])) {
			digits.WriteByte('X')
			i++
		}
		g.digits, g.to = digits.String(), i
		if n := len(out); n > 0 {
			between := text[out[n-1].to:g.from]
			g.joined = len(between) <= gap && !slices.ContainsFunc(between, func(r rune) bool { return !separates(r) })
			g.dot = len(between) == 1 && isDot(between[0])
		}
		out = append(out, g)
	}
	return out
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' || r >= '０' && r <= '９' }

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// folded is the ASCII of a full-width digit or X; 0 for what is neither.
func folded(r rune) byte {
	switch {
	case r >= '0' && r <= '9':
		return byte(r)
	case r >= '０' && r <= '９':
		return byte(r-'０') + '0'
	case r == 'x' || r == 'X' || r == 'ｘ' || r == 'Ｘ':
		return 'X'
	}
	return 0
}

func isDot(r rune) bool { return r == '.' || r == '．' }

// separates tells what people put between the digits of one number: spaces,
// hyphens and dashes, dots and middle dots.
func separates(r rune) bool {
	return strings.ContainsRune(" \t\u00a0\u2002\u2003\u2009\u202f\u3000-‐‑‒–—－−.．·•・‧", r)
}

// decimals tells whether the groups are, or hold, a figure with decimals: of two
// groups with nothing but a dot between them, without a second dot beside it.
func decimals(groups []group) bool {
	for k := 1; k < len(groups); k++ {
		if !groups[k].dot {
			continue
		}
		before := k > 1 && groups[k-1].dot
		after := k+1 < len(groups) && groups[k+1].dot
		if !before && !after {
			return true
		}
	}
	return false
}

// part tells whether the groups i to j are part of a figure with decimals, whose
// dot is at one end of them: 106.13812345678, 13800138000.00. The number of a
// list's line (1.13800138000) is no such figure.
func part(groups []group, i, j int) bool {
	if groups[i].dot && !(i > 1 && groups[i-1].dot) && (len(groups[i-1].digits) > 1 || groups[i-1].digits == "0") && len(groups[i-1].digits) <= 3 {
		return true
	}
	return j+1 < len(groups) && groups[j+1].dot && len(groups[j+1].digits) <= 4 && i == j
}
