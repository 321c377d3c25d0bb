package works

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// maxYuan is the largest sum that is taken, a thousand billion.
const maxYuan = 1_000_000_000_000

// fen counts a sum of yuan in whole fen. Nothing is added up in yuan.
func fen(yuan float64) int64 { return int64(math.Round(yuan * 100)) }

// yuan shows a sum of fen.
func yuan(fen int64) float64 { return float64(fen) / 100 }

// said is a sum for a sentence, e.g. 1,234,567.89 元.
func said(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	whole := strconv.FormatInt(fen/100, 10)
	var parts []string
	for len(whole) > 3 {
		parts = append([]string{whole[len(whole)-3:]}, parts...)
		whole = whole[:len(whole)-3]
	}
	text := sign + strings.Join(append([]string{whole}, parts...), ",")
	if cents := fen % 100; cents != 0 {
		text += fmt.Sprintf(".%02d", cents)
	}
	return text + "元"
}

// isSum tells whether a figure can be a sum of money.
func isSum(yuan float64) bool {
	return !math.IsNaN(yuan) && !math.IsInf(yuan, 0) && yuan >= 0 && yuan <= maxYuan
}
