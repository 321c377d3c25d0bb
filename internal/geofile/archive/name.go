package archive

import (
	"archive/zip"
	"encoding/binary"
	"hash/crc32"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

const (
	flagUTF8         = 0x800
	extraUnicodePath = 0x7075 // Info-ZIP: version, CRC-32 of the name, name in UTF-8
)

// nameDecoder tells the names of entries. The ZIP format has a flag for UTF-8;
// without it Chinese Windows writes GBK, and macOS and Linux UTF-8. When one name
// without the flag cannot be UTF-8, none is.
func nameDecoder(files []*zip.File) func(*zip.File) string {
	chinese := false
	for _, f := range files {
		if f.Flags&flagUTF8 == 0 && !utf8.ValidString(f.Name) {
			chinese = true
		}
	}
	return func(f *zip.File) string {
		if name, ok := unicodePath(f); ok {
			return name
		}
		if utf8.ValidString(f.Name) && (f.Flags&flagUTF8 != 0 || !chinese) {
			return f.Name
		}
		name, err := simplifiedchinese.GB18030.NewDecoder().String(f.Name)
		if err != nil {
			return f.Name
		}
		return name
	}
}

// unicodePath reads the name that Info-ZIP writes beside one in a local encoding.
func unicodePath(f *zip.File) (string, bool) {
	for extra := f.Extra; len(extra) >= 4; {
		id, size := binary.LittleEndian.Uint16(extra), int(binary.LittleEndian.Uint16(extra[2:]))
		extra = extra[4:]
		if size > len(extra) {
			return "", false
		}
		if id == extraUnicodePath && size > 5 && extra[0] == 1 &&
			binary.LittleEndian.Uint32(extra[1:]) == crc32.ChecksumIEEE([]byte(f.Name)) && utf8.Valid(extra[5:size]) {
			return string(extra[5:size]), true
		}
		extra = extra[size:]
	}
	return "", false
}
