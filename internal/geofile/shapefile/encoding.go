package shapefile

import (
	"fmt"
	"strings"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// languages are the language drivers of .dbf heads that matter here; 0x57 is the
// code page of the machine, whatever it was.
var languages = map[byte]string{
	0x4d: charset.GB18030, 0x7a: charset.GB18030, 0x4f: charset.Big5, 0x78: charset.Big5, 0x13: "Shift_JIS", 0x7b: "Shift_JIS",
	0x01: "CP437", 0x02: "CP850", 0x03: "windows-1252", 0x58: "windows-1252",
}

// chooseEncoding weighs what the person says, the .cpg file, the head of the table
// and the texts themselves.
func chooseEncoding(told, cpg string, language byte, found charset.Found, find func(kind, detail string)) string {
	if name, ok := charset.Lookup(told); ok {
		return name
	}
	cpg = strings.TrimSpace(strings.Trim(cpg, "\x00\ufeff"))
	declared, from := "", ""
	if name, ok := charset.Lookup(cpg); ok {
		declared, from = name, ".cpg 文件"
	} else if name, ok := languages[language]; ok {
		declared, from = name, ".dbf 文件头"
	}
	ascii := found.Evidence == plainEvidence
	switch {
	case ascii && declared != "":
		return declared
	case ascii:
		return found.Encoding
	case declared == "":
		find("encoding_guessed", fmt.Sprintf("没有 .cpg 文件，文字编码按内容判断为 %s：%s", found.Encoding, found.Evidence))
		return found.Encoding
	case declared == found.Encoding:
		return declared
	case found.Certain && (declared == charset.UTF8 || found.Encoding == charset.UTF8 || single(declared)):
		find("encoding_overruled", fmt.Sprintf("%s说文字编码是 %s，但%s，按 %s 读取", from, geofile.Shorten(declared, 20), found.Evidence, found.Encoding))
		return found.Encoding
	}
	return declared
}

var plainEvidence = new(charset.Detector).Found().Evidence

// single tells encodings of one byte a character: anything is valid in them.
func single(name string) bool {
	switch name {
	case "ISO-8859-1", "windows-1252", "windows-1251", "windows-1250", "CP437", "CP850":
		return true
	}
	return false
}
