package shapefile

import (
	"strings"

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
	cpg = strings.TrimSpace(strings.Trim(cpg, "\x00\ufeff"))
	declared, from := "", "没有 .cpg 文件"
	if name, ok := charset.Lookup(cpg); ok {
		declared, from = name, ".cpg 文件"
	} else if name, ok := languages[language]; ok {
		declared, from = name, ".dbf 文件头"
	}
	name, kind, detail := charset.Choose(told, declared, from, found)
	if kind != "" {
		find(kind, detail)
	}
	return name
}
