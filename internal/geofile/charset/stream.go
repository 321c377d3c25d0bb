package charset

import (
	"errors"
	"io"
	"slices"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// Reader decodes a stream to UTF-8 without its mark; what is not valid becomes
// U+FFFD. An encoding that is not known is taken as GB18030.
func Reader(name string, r io.Reader) io.Reader {
	e := encodings[name]
	switch {
	case name == UTF8:
		e = unicode.UTF8BOM
	case name == UTF16LE:
		e = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case name == UTF16BE:
		e = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case e == nil:
		e = simplifiedchinese.GB18030
	}
	return e.NewDecoder().Reader(r)
}

// Sniff reads a whole text in pieces and finds its encoding.
func Sniff(r io.Reader) (Found, error) {
	var d Detector
	buffer := make([]byte, 64<<10)
	kept := 0
	for first := true; ; first = false {
		n, err := io.ReadFull(r, buffer[kept:])
		piece := buffer[:kept+n]
		end := err != nil
		if end && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return Found{}, err
		}
		if first {
			if found, mark := Detect(piece, !end); mark > 0 || found.Encoding == UTF16LE || found.Encoding == UTF16BE {
				return found, nil
			}
		}
		if end {
			d.Add(piece, false)
			return d.Found(), nil
		}
		cut := whole(piece)
		d.Add(piece[:cut], false)
		kept = copy(buffer, piece[cut:])
	}
}

// whole is where a piece of text may be cut: behind a byte of ASCII that no
// character of several bytes can hold.
func whole(piece []byte) int {
	for i, b := range slices.Backward(piece) {
		if b < '0' {
			return i + 1
		}
	}
	return len(piece)
}
