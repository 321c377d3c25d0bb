package privacy

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	phoneDigits       = 11
	identityDigits    = 18
	oldIdentityDigits = 15
)

// candidate is a row of digits and where separators cut it.
type candidate struct {
	digits string
	cuts   []int
}

// plausible tells, before anything is made of them, whether digits may be a number
// of a person: most, as in tables of figures, are not.
func plausible(d []byte) bool {
	mobile := func(d []byte) bool { return d[0] == '1' && d[1] >= '3' }
	monthAndDay := func(d []byte) bool { return d[0] <= '1' && d[2] <= '3' }
	switch len(d) {
	case phoneDigits:
		return mobile(d)
	case phoneDigits + 2:
		return d[0] == '8' && mobile(d[2:])
	case oldIdentityDigits: // or a mobile number behind 0086
		return d[0] == '0' && mobile(d[4:]) || monthAndDay(d[8:])
	case identityDigits:
		return (d[6] == '1' || d[6] == '2') && monthAndDay(d[10:])
	}
	return false
}

func candidateOf(groups []group) candidate {
	var digits [identityDigits]byte
	n := candidate{}
	all := digits[:0]
	for i, g := range groups {
		if i > 0 {
			n.cuts = append(n.cuts, len(all))
		}
		all = append(all, g.digits...)
	}
	n.digits = string(all)
	return n
}

// phoneCuts are the ways in which people write a mobile number.
var phoneCuts = [][]int{
	{}, {3}, {7}, {3, 7}, {4, 7}, {3, 6}, {3, 6, 9}, {3, 5, 7, 9}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
}

// phone tells a mobile number, also behind the code of the country.
func (n candidate) phone() bool {
	for _, country := range []string{"0086", "86"} {
		if rest, ok := strings.CutPrefix(n.digits, country); ok && len(rest) == phoneDigits {
			n = n.without(len(country))
			break
		}
	}
	if len(n.digits) != phoneDigits || n.digits[0] != '1' || n.digits[1] < '3' || n.digits[phoneDigits-1] == 'X' {
		return false
	}
	if !slices.ContainsFunc(phoneCuts, func(cuts []int) bool { return slices.Equal(cuts, n.cuts) }) {
		return false
	}
	switch {
	case slices.Equal(n.cuts, []int{4, 7}): // 1998 300 2021 is years and a count
		return n.digits[:2] != "19"
	case slices.Equal(n.cuts, []int{3}): // 138 20240101 is a number and a day
		return !born(n.digits[3:])
	}
	return true
}

func (n candidate) without(front int) candidate {
	out := candidate{digits: n.digits[front:]}
	for _, c := range n.cuts {
		if c > front {
			out.cuts = append(out.cuts, c-front)
		}
	}
	return out
}

// otherThing tells an amount or an area by its unit, and a thing of OpenStreetMap
// by the letter in front of it, from a mobile number.
func (n candidate) otherThing(text []rune, g group) bool {
	if len(n.cuts) > 0 {
		return false
	}
	behind := strings.TrimLeft(string(text[g.to:min(len(text), g.to+5)]), " ")
	for _, unit := range []string{"元", "万元", "亿元", "平方米", "㎡", "m²", "m2"} {
		if strings.HasPrefix(behind, unit) {
			return true
		}
	}
	front := string(text[max(0, g.from-9):g.from])
	for _, of := range []string{"node/", "way/", "relation/"} {
		if strings.HasSuffix(front, of) {
			return true
		}
	}
	if g.from == 0 || !strings.ContainsRune("nwr", text[g.from-1]) {
		return false
	}
	return g.from == 1 || !isLetter(text[g.from-2])
}

// identity tells an identity number of 18 digits: a province, a day of birth. The
// unified code of an organisation (统一社会信用代码) has as many, and a check
// character of another kind. A number in pieces may be a code with a date in it:
// of somebody young it has to be right to the last digit.
func (n candidate) identity() bool {
	d := n.digits
	if len(d) != identityDigits || strings.ContainsRune(d[:17], 'X') || !province(d) || !born(d[6:14]) {
		return false
	}
	right := identityCheck(d) == d[17]
	if organisationCheck(d) && !right {
		return false
	}
	return len(n.cuts) == 0 || right || d[6:10] < "2011"
}

// oldIdentity tells an identity number of 15 digits, in use until 2013.
func (n candidate) oldIdentity() bool {
	d := n.digits
	if len(d) != oldIdentityDigits || d[14] == 'X' || !province(d) || !born("19"+d[6:12]) {
		return false
	}
	return len(n.cuts) == 0 || n.cuts[0] == 6 && !slices.ContainsFunc(n.cuts, func(c int) bool { return c%2 > 0 })
}

// province tells whether a number begins with the code of a province, or with the
// 9 of a foreigner who lives here for good.
func province(d string) bool {
	switch two := d[:2]; two[0] {
	case '1':
		return two >= "11" && two <= "15"
	case '2':
		return two >= "21" && two <= "23"
	case '3':
		return two >= "31" && two <= "37"
	case '4':
		return two >= "41" && two <= "46"
	case '5':
		return two >= "50" && two <= "54"
	case '6':
		return two >= "61" && two <= "65"
	case '7':
		return two == "71"
	case '8':
		return two >= "81" && two <= "83"
	case '9':
		return len(d) == identityDigits
	}
	return false
}

// born tells whether digits are a day on which somebody alive may be born.
func born(day string) bool {
	t, err := time.Parse("20060102", day)
	return err == nil && t.Year() >= 1900 && t.Year() < 2100
}

// identityCheck is the last character of an identity number (GB 11643-1999).
func identityCheck(d string) byte {
	sum, weight := 0, 1
	for i := 16; i >= 0; i-- {
		weight = weight * 2 % 11
		sum += weight * int(d[i]-'0')
	}
	return "10X98765432"[sum%11]
}

// organisationCheck tells whether 18 digits are a unified code of an organisation
// (GB 32100-2015).
func organisationCheck(d string) bool {
	sum, weight := 0, 1
	for _, r := range d[:17] {
		sum += weight * int(r-'0')
		weight = weight * 3 % 31
	}
	return strconv.Itoa((31-sum%31)%31) == d[17:]
}
