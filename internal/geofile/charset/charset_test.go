package charset

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

func gb(t *testing.T, s string) []byte {
	t.Helper()
	b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEncodingsAreFoundByTheirNames(t *testing.T) {
	for name, want := range map[string]string{
		"UTF-8": UTF8, "utf8": UTF8, "65001": UTF8, "936": GB18030, "CP936": GB18030, "GBK": GB18030, "gb2312": GB18030,
		"ANSI_936": GB18030, "ansi 936": GB18030, "OEM 936": GB18030, "GB18030": GB18030, "Big5": Big5, "ANSI_1252": "windows-1252", "ISO88591": "ISO-8859-1", "88591": "ISO-8859-1",
	} {
		if got, ok := Lookup(name); !ok || got != want {
			t.Errorf("%q: got %q %v, want %q", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "OEM", "ANSI", "klingon"} {
		if got, ok := Lookup(name); ok {
			t.Errorf("%q: got %q", name, got)
		}
	}
}

func TestTextsAreFoundAndDecoded(t *testing.T) {
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte("小区"))
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		data []byte
		want string
		text string
	}{
		"ASCII":          {[]byte("a,b"), UTF8, "a,b"},
		"UTF-8":          {[]byte("小区,楼"), UTF8, "小区,楼"},
		"with a mark":    {[]byte("\ufeff小区"), UTF8, "小区"},
		"GBK":            {gb(t, "老旧小区改造"), GB18030, "老旧小区改造"},
		"GBK rare":       {gb(t, "濰坊𠮷"), GB18030, "濰坊𠮷"},
		"the 联通 of fame": {gb(t, "联通"), GB18030, "联通"},
		"UTF-16":         {utf16, UTF16LE, "小区"},
	} {
		t.Run(name, func(t *testing.T) {
			found, mark := Detect(tt.data, false)
			if found.Encoding != tt.want || found.Evidence == "" {
				t.Fatalf("got %+v, want %s", found, tt.want)
			}
			if text, ok := Decode(found.Encoding, tt.data[mark:]); !ok || text != tt.text {
				t.Errorf("got %q %v, want %q", text, ok, tt.text)
			}
		})
	}
}

// Fields of fixed width cut characters in the middle.
func TestCutCharactersDoNotMislead(t *testing.T) {
	for name, tt := range map[string]struct {
		cell []byte
		want string
	}{
		"UTF-8": {[]byte("九龙坡区杨家坪街道")[:10], UTF8},
		"GBK":   {gb(t, "九龙坡区杨家坪街道")[:11], GB18030},
	} {
		var d Detector
		d.Add(tt.cell, true)
		if found := d.Found(); found.Encoding != tt.want || found.Bad != 0 {
			t.Errorf("%s: got %+v", name, found)
		}
	}
}

func TestAFewBrokenTextsAreCounted(t *testing.T) {
	var d Detector
	for range 30 {
		d.Add([]byte("渝"), false)
	}
	d.Add([]byte("\xff\xfe\xff"), false)
	if found := d.Found(); found.Encoding != UTF8 || found.Bad != 1 || found.Certain {
		t.Errorf("got %+v", found)
	}
}

func TestWritingGBKCountsWhatItLacks(t *testing.T) {
	encode, name, ok := Encoder("gbk")
	if !ok || name != GBK {
		t.Fatalf("got %q %v", name, ok)
	}
	if b, lost := encode("建筑面积"); lost != 0 || string(b) != string(gb(t, "建筑面积")) {
		t.Errorf("got % x, %d lost", b, lost)
	}
	b, lost := encode("面积m²𠮷")
	if text, _ := Decode(GB18030, b); lost != 2 || text != "面积m2?" {
		t.Errorf("got %q, %d lost", text, lost)
	}
	all, _, _ := Encoder("gb18030")
	if b, lost := all("m²𠮷"); lost != 0 || string(b) != string(gb(t, "m²𠮷")) {
		t.Errorf("got % x, %d lost", b, lost)
	}
	if _, _, ok := Encoder("big5"); ok {
		t.Error("Big5 was taken")
	}
}

func TestDecodingNeverGivesInvalidText(t *testing.T) {
	for _, name := range []string{UTF8, GB18030, Big5, "windows-1252", "nonsense"} {
		text, ok := Decode(name, []byte("a\x81\xff\xc3"))
		if strings.ToValidUTF8(text, "") != text {
			t.Errorf("%s: got %q", name, text)
		}
		if ok && name != "windows-1252" {
			t.Errorf("%s: taken for valid", name)
		}
	}
}
