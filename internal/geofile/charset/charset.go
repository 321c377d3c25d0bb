// Package charset finds out how the texts of a file are encoded and decodes
// them. It must never guess without saying why: what was found comes with its
// evidence in words.
package charset

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
)

// The encodings by the names that the product uses.
const (
	UTF8    = "UTF-8"
	GBK     = "GBK" // for writing; GB18030 reads it
	GB18030 = "GB18030"
	Big5    = "Big5"
	UTF16LE = "UTF-16LE"
	UTF16BE = "UTF-16BE"
)

var encodings = map[string]encoding.Encoding{
	UTF8:           encoding.Nop,
	GB18030:        simplifiedchinese.GB18030,
	Big5:           traditionalchinese.Big5,
	"HZ-GB-2312":   simplifiedchinese.HZGB2312,
	UTF16LE:        unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM),
	UTF16BE:        unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM),
	"Shift_JIS":    japanese.ShiftJIS,
	"EUC-KR":       korean.EUCKR,
	"ISO-8859-1":   charmap.ISO8859_1,
	"windows-1252": charmap.Windows1252,
	"windows-1251": charmap.Windows1251,
	"windows-1250": charmap.Windows1250,
	"CP437":        charmap.CodePage437,
	"CP850":        charmap.CodePage850,
}

// aliases are names as .cpg files, DXF headers and people write them, without
// signs between letters and digits.
var aliases = map[string]string{
	"utf8": UTF8, "65001": UTF8, "cp65001": UTF8, "unicodeutf8": UTF8, "utf8bom": UTF8, "utf8sig": UTF8,
	"936": GB18030, "cp936": GB18030, "ms936": GB18030, "ansi936": GB18030, "windows936": GB18030, "oem936": GB18030, "dos936": GB18030,
	"gbk": GB18030, "gb": GB18030, "gb2312": GB18030, "gb231280": GB18030, "euccn": GB18030, "cngb": GB18030, "gb18030": GB18030, "54936": GB18030,
	"chinesesimplified": GB18030, "simplifiedchinese": GB18030, "xgbk": GB18030, "hanzi": GB18030,
	"hzgb2312": "HZ-GB-2312",
	"950":      Big5, "cp950": Big5, "ansi950": Big5, "big5": Big5, "windows950": Big5, "big5hkscs": Big5,
	"utf16le": UTF16LE, "utf16": UTF16LE, "1200": UTF16LE, "utf16be": UTF16BE, "1201": UTF16BE,
	"932": "Shift_JIS", "cp932": "Shift_JIS", "ansi932": "Shift_JIS", "shiftjis": "Shift_JIS", "sjis": "Shift_JIS",
	"949": "EUC-KR", "cp949": "EUC-KR", "ansi949": "EUC-KR", "euckr": "EUC-KR",
	"88591": "ISO-8859-1", "iso88591": "ISO-8859-1", "latin1": "ISO-8859-1",
	"1252": "windows-1252", "cp1252": "windows-1252", "ansi1252": "windows-1252", "windows1252": "windows-1252", "ansi": "",
	"1251": "windows-1251", "cp1251": "windows-1251", "ansi1251": "windows-1251", "windows1251": "windows-1251",
	"1250": "windows-1250", "cp1250": "windows-1250", "ansi1250": "windows-1250", "windows1250": "windows-1250",
	"437": "CP437", "cp437": "CP437", "850": "CP850", "cp850": "CP850",
}

var between = regexp.MustCompile(`[^a-z0-9]`)

// Lookup finds an encoding by any of its names: "936", "GBK", "ANSI_936",
// "OEM 936", "utf8". ok is false for names that nobody knows, and for such as
// "OEM", which name none.
func Lookup(name string) (canonical string, ok bool) {
	key := between.ReplaceAllString(strings.ToLower(name), "")
	canonical, ok = aliases[key]
	return canonical, ok && canonical != ""
}

// Found is an encoding with the reason for it.
type Found struct {
	Encoding string // by its name here
	Evidence string // a Chinese phrase
	Certain  bool   // it is told by a mark, or no other is possible
	Bad      int    // texts that are not valid in it
}

// Decode turns bytes into text; what is not valid becomes U+FFFD. An encoding
// that is not known is taken as GB18030.
func Decode(name string, b []byte) (text string, valid bool) {
	e := encodings[name]
	if e == nil {
		e = simplifiedchinese.GB18030
	}
	if name == UTF8 || plainASCII(b) && name != UTF16LE && name != UTF16BE {
		if utf8.Valid(b) {
			return string(b), true
		}
		return strings.ToValidUTF8(string(b), "\ufffd"), false
	}
	out, err := e.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\ufffd"), false
	}
	return string(out), !strings.ContainsRune(string(out), utf8.RuneError)
}

// Encode turns a text into bytes for a file. wide counts the characters that GBK
// lacks where a file in GBK was asked for: they are written in the four bytes of
// GB18030, which holds all of GBK, so that nothing is lost to who reads it as that.
// lost counts what no encoding of China has, and is written as a question mark.
type Encode func(text string) (b []byte, wide, lost int)

// Encoder returns what turns texts into bytes for a file, and the canonical name
// for the file: UTF-8, GBK or GB18030. ok is false for other names.
func Encoder(name string) (encode Encode, canonical string, ok bool) {
	switch between.ReplaceAllString(strings.ToLower(name), "") {
	case "", "utf8":
		return func(s string) ([]byte, int, int) { return []byte(strings.ToValidUTF8(s, "\ufffd")), 0, 0 }, UTF8, true
	case "gbk", "cp936", "936", "gb2312":
		return gbkBytes, GBK, true
	case "gb18030":
		return func(s string) ([]byte, int, int) {
			b, _, lost := gbkBytes(s)
			return b, 0, lost
		}, GB18030, true
	}
	return nil, "", false
}

// euro is one byte in Microsoft's GBK and two in GB18030; a file cannot be both.
const euro = '€'

func gbkBytes(s string) (b []byte, wide, lost int) {
	gbk := simplifiedchinese.GBK.NewEncoder()
	if !strings.ContainsRune(s, euro) {
		if b, err := gbk.Bytes([]byte(s)); err == nil {
			return b, 0, 0
		}
	}
	all := simplifiedchinese.GB18030.NewEncoder()
	b = make([]byte, 0, 2*len(s))
	for _, r := range s {
		one := []byte(string(r))
		if narrow, err := gbk.Bytes(one); err == nil && r != euro {
			b = append(b, narrow...)
			continue
		}
		four, err := all.Bytes(one)
		if back, valid := Decode(GB18030, four); err != nil || r == utf8.RuneError || !valid || back != string(r) {
			b = append(b, '?') // characters for private use
			lost++
			continue
		}
		b = append(b, four...)
		wide++
	}
	return b, wide, lost
}

var nearest = strings.NewReplacer("²", "2", "³", "3", "\u00a0", " ", "–", "-", "−", "-")

// Nearest writes signs that GBK lacks as the nearest that it has: for headings,
// which nobody brings in again as values.
func Nearest(s string) string { return nearest.Replace(s) }

func plainASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}
