package registry

import (
	"regexp"
	"unicode/utf8"
)

var (
	phoneInside    = regexp.MustCompile(`(^|[^0-9])1[3-9][0-9]{9}($|[^0-9])`)
	identityInside = regexp.MustCompile(`(^|[^0-9])[1-9][0-9]{16}[0-9Xx]($|[^0-9])`)
)

// WithoutPersonalNumbers takes mobile and identity numbers out of free text:
// personal data of residents is not stored.
func WithoutPersonalNumbers(s string) (clean string, found bool) {
	clean = identityInside.ReplaceAllString(s, "${1}（已略去）${2}")
	clean = phoneInside.ReplaceAllString(clean, "${1}（已略去）${2}")
	return clean, clean != s && utf8.ValidString(clean)
}

// PersonalNumbers tells whether free text holds a mobile or identity number.
// What is written by hand is refused for it.
func PersonalNumbers(s string) bool {
	return phoneInside.MatchString(s) || identityInside.MatchString(s)
}
