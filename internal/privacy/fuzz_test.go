package privacy

import "testing"

// FuzzWithoutPersonalNumbers: what was cleaned holds no personal number any more.
func FuzzWithoutPersonalNumbers(f *testing.F) {
	for _, seed := range []string{"", "电话13800138000", "１３８ 0013 8000", "110101199003074514", "1380013800013800138000"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean, found := WithoutPersonalNumbers(text)
		if found != PersonalNumbers(text) {
			t.Fatalf("%q: cleaned %v, told %v", text, found, PersonalNumbers(text))
		}
		if PersonalNumbers(clean) {
			t.Fatalf("%q still holds one", clean)
		}
	})
}
