package charset

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLongTextsAreFoundAndDecodedInPieces(t *testing.T) {
	text := strings.Repeat(`{"a":1,"b":[106.9,28.95]}`+"\n", 9_000) + strings.Repeat(`{"名称":"崂山五村，綦江区古南街道"}`+"\n", 9_000)
	encodeGBK, _, _ := Encoder("gbk")
	gbk, _, _ := encodeGBK(text)
	utf16, err := encodings[UTF16LE].NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	for want, content := range map[string]string{UTF8: "\ufeff" + text, GB18030: string(gbk), UTF16LE: "\xff\xfe" + utf16} {
		found, err := Sniff(iotest.HalfReader(strings.NewReader(content)))
		if err != nil || found.Encoding != want {
			t.Fatalf("%s: %+v %v", want, found, err)
		}
		got, err := io.ReadAll(Reader(found.Encoding, strings.NewReader(content)))
		if err != nil || string(got) != text {
			t.Errorf("%s: %d bytes of %d, %v", want, len(got), len(text), err)
		}
	}
	if found, err := Sniff(strings.NewReader(text)); err != nil || found.Encoding != UTF8 {
		t.Errorf("%+v %v", found, err)
	}
}
