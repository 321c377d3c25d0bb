package dxf

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// text decodes a value: the file's encoding, and the escapes by which drawings hold
// characters that it lacks.
func (d *drawing) text(value string) string {
	out, _ := charset.Decode(d.encoding, []byte(value))
	return unescape(out)
}

var (
	unicodeEscape = regexp.MustCompile(`(?:\\U\+[0-9A-Fa-f]{4})+`)
	multiEscape   = regexp.MustCompile(`\\M\+([1-5])([0-9A-Fa-f]{4})`)
	percentEscape = regexp.MustCompile(`%%(\d{3}|[cCdDpPuUoOkK%])`)
)

// multiPages are the code pages of \M+n escapes.
var multiPages = map[string]string{"1": "Shift_JIS", "2": charset.Big5, "3": "EUC-KR", "4": "EUC-KR", "5": charset.GB18030}

func unescape(s string) string {
	if strings.Contains(s, `\U+`) {
		s = unicodeEscape.ReplaceAllStringFunc(s, func(m string) string {
			units := make([]uint16, 0, len(m)/len(`\U+0000`))
			for ; m != ""; m = m[len(`\U+0000`):] {
				v, _ := strconv.ParseUint(m[len(`\U+`):len(`\U+0000`)], 16, 16)
				units = append(units, uint16(v))
			}
			return string(utf16.Decode(units))
		})
	}
	if strings.Contains(s, `\M+`) {
		s = multiEscape.ReplaceAllStringFunc(s, func(m string) string {
			v, _ := strconv.ParseUint(m[4:], 16, 32)
			out, ok := charset.Decode(multiPages[m[3:4]], []byte{byte(v >> 8), byte(v)})
			if !ok {
				return m
			}
			return out
		})
	}
	if strings.Contains(s, "%%") {
		s = percentEscape.ReplaceAllStringFunc(s, func(m string) string {
			switch strings.ToLower(m[2:]) {
			case "c":
				return "⌀"
			case "d":
				return "°"
			case "p":
				return "±"
			case "%":
				return "%"
			case "u", "o", "k":
				return ""
			}
			v, _ := strconv.Atoi(m[2:])
			return string(rune(v))
		})
	}
	return strings.ToValidUTF8(s, "\ufffd")
}

// entityText is what a TEXT, MTEXT or ATTRIB says, on one line.
func (d *drawing) entityText(e *entity) string {
	if e.kind != "MTEXT" {
		value, _ := e.first(1)
		return strings.TrimSpace(d.text(value))
	}
	var raw strings.Builder
	for _, g := range e.groups {
		if g.code == 3 || g.code == 1 {
			raw.WriteString(g.value)
		}
	}
	text := plainMText(d.text(raw.String()))
	return strings.Join(strings.Fields(text), " ")
}

// plainMText takes the formatting out of a MTEXT: \P is a new line, \f…; a font,
// braces group.
func plainMText(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '{' || c == '}':
		case c != '\\' || i+1 >= len(s):
			b.WriteByte(c)
		default:
			i++
			switch s[i] {
			case 'P', 'X', 'N', '~':
				b.WriteByte(' ')
			case '\\', '{', '}':
				b.WriteByte(s[i])
			case 'L', 'l', 'O', 'o', 'K', 'k':
			case 'S': // a fraction: \S1^2;
				end := strings.IndexByte(s[i:], ';')
				if end < 0 {
					return b.String()
				}
				b.WriteString(strings.NewReplacer("^", "/", "#", "/").Replace(s[i+1 : i+end]))
				i += end
			case 'A', 'C', 'c', 'F', 'f', 'H', 'p', 'Q', 'T', 'W':
				end := strings.IndexByte(s[i:], ';')
				if end < 0 {
					return b.String()
				}
				i += end
			default:
				b.WriteByte(s[i])
			}
		}
	}
	return b.String()
}
