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

func TestWritingGBKKeepsWhatItLacksInFourBytes(t *testing.T) {
	for ask, want := range map[string]string{"gbk": GBK, "gb18030": GB18030} {
		encode, name, ok := Encoder(ask)
		if !ok || name != want {
			t.Fatalf("%s: got %q %v", ask, name, ok)
		}
		for _, c := range []struct {
			text       string
			wide, lost int
			reads      string
		}{
			{"建筑面积", 0, 0, "建筑面积"},
			{"面积m²𠮷", 2, 0, "面积m²𠮷"},
			{"Bäckerei Köhler 🏠", 3, 0, "Bäckerei Köhler 🏠"},
			{"20 €", 1, 0, "20 €"},
			{"\ue000号楼\xff", 0, 2, "?号楼?"},
		} {
			b, wide, lost := encode(c.text)
			if ask == "gb18030" {
				c.wide = 0
			}
			if text, valid := Decode(GB18030, b); text != c.reads || !valid || wide != c.wide || lost != c.lost {
				t.Errorf("%s %q: got %q (% x), %d wide, %d lost", ask, c.text, text, b, wide, lost)
			}
		}
		if b, _, _ := encode("建筑面积"); string(b) != string(gb(t, "建筑面积")) {
			t.Errorf("%s: got % x", ask, b)
		}
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
