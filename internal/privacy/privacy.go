// Package privacy finds numbers of persons in free text: mobile numbers and
// identity numbers, written as people write them. It must never store, log or
// return a number that it found; it knows no database and no HTTP.
package privacy

import "strings"

// Refusal is the sentence that refuses a text for a number in it.
const Refusal = "含有身份证号码或手机号码：居民个人信息不得录入系统"

const omitted = "（已略去）"

// PersonalNumbers tells whether free text holds a mobile or identity number. What
// is written by hand is refused for it.
func PersonalNumbers(s string) bool {
	if few(s) {
		return false
	}
	text := []rune(s)
	groups := groupsOf(text)
	for i := range groups {
		if personal(text, groups, i) > 0 {
			return true
		}
	}
	return false
}

// WithoutPersonalNumbers takes mobile and identity numbers out of free text.
func WithoutPersonalNumbers(s string) (clean string, found bool) {
	if few(s) {
		return s, false
	}
	text := []rune(s)
	groups := groupsOf(text)
	var b strings.Builder
	from := 0
	for i := 0; i < len(groups); i++ {
		n := personal(text, groups, i)
		if n == 0 {
			continue
		}
		start := groups[i].from
		if start > from && (text[start-1] == '+' || text[start-1] == '＋') {
			start--
		}
		b.WriteString(string(text[from:start]))
		b.WriteString(omitted)
		from = groups[i+n-1].to
		i += n - 1
	}
	if from == 0 {
		return s, false
	}
	b.WriteString(string(text[from:]))
	return b.String(), true
}

// few tells that a text is too short to hold a number: most are.
func few(s string) bool { return len(s) < phoneDigits }

// personal is how many groups of digits from the i-th on are one number of a
// person, the most that are; 0 is none.
func personal(text []rune, groups []group, i int) int {
	var digits [identityDigits]byte
	length, longest := 0, 0
	for j := i; j < len(groups) && (j == i || groups[j].joined); j++ {
		if length+len(groups[j].digits) > identityDigits {
			break
		}
		length += copy(digits[length:], groups[j].digits)
		if !plausible(digits[:length]) || decimals(groups[i:j+1]) || part(groups, i, j) {
			continue
		}
		n := candidateOf(groups[i : j+1])
		if n.identity() || n.oldIdentity() || n.phone() && !n.otherThing(text, groups[i]) {
			longest = j - i + 1
		}
	}
	return longest
}
