package delivery_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/lianpian/lianpian/internal/delivery"
)

// FuzzReadRecipe: the file of a package that says how it is made again is refused
// in a sentence, or read; also one whose checksum somebody has made fit.
func FuzzReadRecipe(f *testing.F) {
	f.Add([]byte(`{"schema":1,"plan_sha256":"","content":{}}`), []byte(`{}`))
	f.Add([]byte(`{"schema":1,"order":{"zones":["a"]}}`), []byte(`{"plan":{"zones":[{}]}}`))
	f.Add([]byte(`[]`), []byte(`null`))
	f.Fuzz(func(t *testing.T, recipe, content []byte) {
		_, _, _ = delivery.ReadRecipe(bytes.NewReader(recipe))
		var fields map[string]any
		var plain bytes.Buffer
		if json.Unmarshal(recipe, &fields) != nil || fields == nil || json.Compact(&plain, content) != nil {
			return
		}
		sum := sha256.Sum256(plain.Bytes())
		fields["plan_sha256"], fields["content"] = hex.EncodeToString(sum[:]), json.RawMessage(plain.Bytes())
		forged, err := json.Marshal(fields)
		if err != nil {
			return
		}
		if r, c, err := delivery.ReadRecipe(bytes.NewReader(forged)); err == nil && (r == nil || c == nil) {
			t.Fatal("neither refused nor read")
		}
	})
}
