package account

import (
	"slices"
	"strings"
	"unicode"
)

// commonWords are what passwords are most often made of, here and elsewhere, in
// lower case. They are compared with what is left of a password when digits and
// signs at its ends are gone and the usual exchanges of letters are undone.
var commonWords = []string{
	"password", "passwort", "passwd", "passw", "pass", "motdepasse", "contrasena", "secret", "geheim", "mima", "kouling", "wangjimima",
	"admin", "administrator", "administrador", "root", "superuser", "user", "guest", "test", "testing", "demo", "default", "changeme", "letmein", "welcome", "login", "master", "manager", "guanliyuan", "yonghu", "ceshi", "moren",
	"qwerty", "qwertyuiop", "azerty", "qwertz", "asdf", "asdfgh", "asdfghjkl", "zxcvbn", "zxcvbnm", "abcdef", "abc", "abcd", "abcdefg", "aabbcc",
	"iloveyou", "ilove", "lovely", "loveyou", "love", "forever", "sunshine", "princess", "dragon", "monkey", "football", "baseball", "superman", "batman", "shadow", "michael", "jennifer", "jordan", "freedom", "whatever", "trustno", "starwars", "computer", "internet", "samsung", "iphone", "google", "facebook", "microsoft", "windows", "huawei", "xiaomi",
	"woaini", "woaiwojia", "woaizhongguo", "wodemima", "wodeshijie", "nihao", "nihaoma", "zhongguo", "zhonghua", "beijing", "shanghai", "chongqing", "chengdu", "guangzhou", "shenzhen", "wansheng", "tongnan", "zhongxin", "gongzuo", "jiayou", "aini", "caonima", "tianxia", "dashabi", "zhangwei", "wangwei", "liwei", "xiaoming", "baobao", "laopo", "laogong",
	"lianpian", "xiaoqu", "pianqu", "gaizao", "jiuzhuxiaoqu", "laojiuxiaoqu", "zhujianwei", "zhujian",
	"密码", "口令", "管理员", "用户", "你好", "我爱你", "中国", "连片", "小区", "老旧小区",
}

// keyboardRows are walked along, either way.
var keyboardRows = []string{"1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "abcdefghijklmnopqrstuvwxyz", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "147258369", "q1w2e3r4t5y6u7i8o9p0", "1q2w3e4r5t6y7u8i9o0p", "a1b2c3d4e5f6g7h8i9"}

var exchanged = strings.NewReplacer("0", "o", "1", "i", "!", "i", "3", "e", "4", "a", "@", "a", "5", "s", "$", "s", "7", "t", "8", "b")

// commonPassword tells whether a password is among the first to be guessed.
func commonPassword(password string) bool {
	lower := strings.ToLower(password)
	if distinct(lower) < 5 || walk(lower) || repeated(lower) {
		return true
	}
	bare := strings.TrimFunc(lower, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range []string{lower, bare, letters(lower), exchanged.Replace(bare), letters(exchanged.Replace(strings.TrimRight(lower, "0123456789!@#$%^&*._-")))} {
		if word == "" || slices.Contains(commonWords, word) || len(word) > 3 && walk(word) || twoWords(word) {
			return true
		}
	}
	return false
}

func distinct(text string) int {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	return len(seen)
}

// walk tells whether the text is nothing but steps along the rows, forth or
// back, each of at least three characters.
func walk(text string) bool {
	for text != "" {
		longest := 0
		for _, row := range keyboardRows {
			for _, way := range []string{row + row, reversed(row + row)} {
				n := 0
				for n < len(text) && strings.Contains(way, text[:n+1]) {
					n++
				}
				longest = max(longest, n)
			}
		}
		if longest < 3 {
			return false
		}
		text = text[longest:]
	}
	return true
}

func reversed(text string) string {
	r := []rune(text)
	slices.Reverse(r)
	return string(r)
}

// repeated tells whether the text is a shorter one again and again.
func repeated(text string) bool {
	r := []rune(text)
	for n := 1; n <= len(r)/2; n++ {
		if n > 6 {
			break
		}
		again := true
		for i := n; i < len(r) && again; i++ {
			again = r[i] == r[i-n]
		}
		if again {
			return true
		}
	}
	return false
}

func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) {
			return r
		}
		return -1
	}, text)
}

// twoWords tells whether the text is two common words, one after the other.
func twoWords(text string) bool {
	for _, word := range commonWords {
		if rest, ok := strings.CutPrefix(text, word); ok && slices.Contains(commonWords, rest) {
			return true
		}
	}
	return false
}
