package registry

import "github.com/lianpian/lianpian/internal/privacy"

// WithoutPersonalNumbers takes mobile and identity numbers out of free text:
// personal data of residents is not stored.
func WithoutPersonalNumbers(s string) (clean string, found bool) {
	return privacy.WithoutPersonalNumbers(s)
}

// PersonalNumbers tells whether free text holds a mobile or identity number.
// What is written by hand is refused for it.
func PersonalNumbers(s string) bool { return privacy.PersonalNumbers(s) }
