package charset

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"unicode/utf8"
)

// Detector finds the encoding of many short texts, such as the cells of a table.
// The zero value is ready.
type Detector struct {
	texts        int // with a byte over 127
	badUTF8      int
	badGB        int
	wide         int // characters of three bytes and more in UTF-8
	common, rare int // characters of GB 2312, and others of GB18030
}

// Add looks at a text. full says that the text fills its field, so that its last
// character may be cut.
func (d *Detector) Add(b []byte, full bool) {
	if plainASCII(b) {
		return
	}
	d.texts++
	if !validUTF8(b, full) {
		d.badUTF8++
	} else {
		for _, r := range string(b) {
			if r >= 0x800 && r != utf8.RuneError {
				d.wide++
			}
		}
	}
	common, rare, ok := scanGB(b, full)
	if !ok {
		d.badGB++
	}
	d.common += common
	d.rare += rare
}

const plainEvidence = "只有 ASCII 字符"

// Found says which encoding fits best.
func (d *Detector) Found() Found {
	switch {
	case d.texts == 0:
		return Found{Encoding: UTF8, Evidence: plainEvidence, Certain: true}
	case d.badUTF8 == 0:
		return Found{Encoding: UTF8, Evidence: fmt.Sprintf("%d 处中文都是合法的 UTF-8", d.texts), Certain: d.wide >= 3 || d.badGB > 0}
	case d.badGB == 0:
		return Found{
			Encoding: GB18030, Evidence: fmt.Sprintf("%d 处不是合法的 UTF-8，但都是合法的 GBK/GB18030", d.badUTF8),
			Certain: d.common >= 9*d.rare,
		}
	case d.badUTF8*10 <= d.badGB:
		return Found{Encoding: UTF8, Evidence: fmt.Sprintf("%d 处中文中有 %d 处不是合法的 UTF-8", d.texts, d.badUTF8), Bad: d.badUTF8}
	}
	return Found{Encoding: GB18030, Evidence: fmt.Sprintf("%d 处中文中有 %d 处不是合法的 GBK/GB18030", d.texts, d.badGB), Bad: d.badGB}
}

// Detect finds the encoding of a whole text, or of its beginning, and the length
// of the mark at its head.
func Detect(b []byte, cut bool) (found Found, mark int) {
	switch {
	case bytes.HasPrefix(b, []byte{0xef, 0xbb, 0xbf}):
		return Found{Encoding: UTF8, Evidence: "文件头有 UTF-8 标记", Certain: true}, 3
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		return Found{Encoding: UTF16LE, Evidence: "文件头有 UTF-16 标记", Certain: true}, 2
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		return Found{Encoding: UTF16BE, Evidence: "文件头有 UTF-16 标记", Certain: true}, 2
	}
	var d Detector
	lines := bytes.Split(b, []byte("\n"))
	for i, line := range lines {
		d.Add(line, cut && i == len(lines)-1)
	}
	return d.Found(), 0
}

// validUTF8 takes a last character that is cut for valid.
func validUTF8(b []byte, cut bool) bool {
	if utf8.Valid(b) {
		return true
	}
	if !cut {
		return false
	}
	for n := 1; n < utf8.UTFMax && n < len(b); n++ {
		if tail := b[len(b)-n:]; utf8.RuneStart(tail[0]) {
			return !utf8.FullRune(tail) && utf8.Valid(b[:len(b)-n])
		}
	}
	return false
}

// scanGB counts the characters of a text in GB18030: those of GB 2312, which
// texts of today are made of, and others.
func scanGB(b []byte, cut bool) (common, rare int, ok bool) {
	for i := 0; i < len(b); {
		switch c := b[i]; {
		case c < 0x80:
			i++
		case c == 0x80 || c == 0xff:
			return common, rare, false
		case i+1 >= len(b):
			return common, rare, cut
		case b[i+1] >= 0x30 && b[i+1] <= 0x39:
			if i+3 >= len(b) {
				return common, rare, cut
			}
			if b[i+2] < 0x81 || b[i+2] == 0xff || b[i+3] < 0x30 || b[i+3] > 0x39 {
				return common, rare, false
			}
			rare++
			i += 4
		case b[i+1] < 0x40 || b[i+1] == 0x7f || b[i+1] == 0xff:
			return common, rare, false
		default:
			if c >= 0xa1 && c <= 0xf7 && b[i+1] >= 0xa1 {
				common++
			} else {
				rare++
			}
			i += 2
		}
	}
	return common, rare, true
}

// DetectReader looks through all of a text for its encoding, and tells the length of
// the mark at its head. binary tells that it begins with what no text does.
func DetectReader(r io.Reader) (found Found, mark int, binary bool, err error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	head, err := buffered.Peek(4096)
	if err != nil && err != io.EOF {
		return Found{}, 0, false, err
	}
	if found, mark = Detect(head, true); mark > 0 {
		return found, mark, false, nil
	}
	if bytes.IndexByte(head, 0) >= 0 {
		return found, 0, true, nil
	}
	found, err = Sniff(buffered)
	return found, 0, false, err
}

// Choose weighs what the person says, what the file declares (and where: from), and
// the texts themselves. kind and detail are a finding, "" for none.
func Choose(told, declared, from string, found Found) (name, kind, detail string) {
	if name, ok := Lookup(told); ok {
		return name, "", ""
	}
	switch {
	case found.Evidence == plainEvidence && declared != "":
		return declared, "", ""
	case found.Evidence == plainEvidence:
		return found.Encoding, "", ""
	case declared == "":
		return found.Encoding, "encoding_guessed", fmt.Sprintf("%s，文字编码按内容判断为 %s：%s", from, found.Encoding, found.Evidence)
	case declared == found.Encoding:
		return declared, "", ""
	case found.Certain && (declared == UTF8 || found.Encoding == UTF8 || single(declared)):
		return found.Encoding, "encoding_overruled", fmt.Sprintf("%s说文字编码是 %s，但%s，按 %s 读取", from, declared, found.Evidence, found.Encoding)
	}
	return declared, "", ""
}

// single tells encodings of one byte a character: anything is valid in them.
func single(name string) bool {
	switch name {
	case "ISO-8859-1", "windows-1252", "windows-1251", "windows-1250", "CP437", "CP850":
		return true
	}
	return false
}
