package progress

import "testing"

// FuzzParseMonth: what is read as a month is written the same way again.
func FuzzParseMonth(f *testing.F) {
	for _, seed := range []string{"2026-03", "2026-3", "0000-00", "2026-13", "９９９９-０１"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := ParseMonth(text); err == nil && m.String() != text {
			t.Fatalf("%q is %s", text, m)
		}
	})
}
