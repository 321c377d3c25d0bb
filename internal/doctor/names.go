package doctor

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// nameEnds are words that say only what kind of thing has the name.
var nameEnds = []string{"住宅小区", "居住小区", "生活小区", "小区", "花园", "家园", "家属院", "住宅楼", "大院", "院落", "小院", "社区", "居委会"}

var nameNoise = regexp.MustCompile(`[\s()（）【】\[\]·・.,，。、—\-–_#＃"“”]+`)

var chineseDigits = strings.NewReplacer("〇", "0", "零", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9")

// normalName is a name without what people write now this way and now that:
// width, spaces, brackets, Chinese digits, and the word for the kind of thing.
func normalName(s string) string {
	s = strings.ToLower(width.Fold.String(s))
	s = nameNoise.ReplaceAllString(s, "")
	s = strings.NewReplacer("号楼", "栋", "幢", "栋", "座", "栋", "第", "").Replace(s)
	for _, end := range nameEnds {
		if short := strings.TrimSuffix(s, end); short != s && len([]rune(short)) >= 2 {
			s = short
			break
		}
	}
	return chineseDigits.Replace(s)
}

// likeness compares two normal names: 1 is equal, 0 shares nothing. It is the
// share of pairs of letters that both have (Dice). Names whose numbers differ
// are different things: 3栋 and 4栋, 一期 and 二期.
func likeness(a, b string) float64 {
	if a == "" || b == "" {
		return 0
	}
	if a == b {
		return 1
	}
	if digits(a) != digits(b) {
		return 0
	}
	pa, pb := pairs(a), pairs(b)
	both, all := 0, 0
	for p, n := range pa {
		both += min(n, pb[p])
		all += n
	}
	for _, n := range pb {
		all += n
	}
	if all == 0 {
		return 0
	}
	return 2 * float64(both) / float64(all)
}

func pairs(s string) map[[2]rune]int {
	letters := []rune(s)
	out := map[[2]rune]int{}
	for i := 1; i < len(letters); i++ {
		out[[2]rune{letters[i-1], letters[i]}]++
	}
	return out
}

func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
