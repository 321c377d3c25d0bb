package cql

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

type tokenKind int

const (
	tokenEnd tokenKind = iota
	tokenName
	tokenQuoted // a name in double quotes
	tokenText
	tokenNumber
	tokenSign
)

type token struct {
	kind tokenKind
	text string // of a name in capitals: see word
	at   int
}

// word is a name as keywords are compared.
func (t token) word() string {
	if t.kind != tokenName {
		return ""
	}
	return strings.ToUpper(t.text)
}

func (t token) is(sign string) bool { return t.kind == tokenSign && t.text == sign }

var signs = []string{"<>", "<=", ">=", "(", ")", ",", "=", "<", ">", "+", "-", "*", "/", "%", "^"}

func nameStart(r rune) bool { return r == '_' || r == ':' || unicode.IsLetter(r) }
func namePart(r rune) bool  { return nameStart(r) || r == '.' || unicode.IsDigit(r) }
func digit(b byte) bool     { return b >= '0' && b <= '9' }

// scan cuts a filter into tokens.
func scan(text string) ([]token, *Error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return nil, &Error{0, "筛选条件含有不能识别的字符", "the filter has characters that can't be read"}
	}
	var tokens []token
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case unicode.IsSpace(r):
			i += size
		case r == '\'' || r == '"':
			value, end := quoted(text, i)
			if end < 0 {
				return nil, &Error{i, "引号没有闭合", "a quotation mark is not closed"}
			}
			kind := tokenText
			if r == '"' {
				kind = tokenQuoted
			}
			tokens = append(tokens, token{kind, value, i})
			i = end
		case r < utf8.RuneSelf && digit(byte(r)) || r == '.' && i+1 < len(text) && digit(text[i+1]):
			end := number(text, i)
			tokens = append(tokens, token{tokenNumber, text[i:end], i})
			i = end
		case nameStart(r):
			end := i
			for end < len(text) {
				r, size := utf8.DecodeRuneInString(text[end:])
				if !namePart(r) {
					break
				}
				end += size
			}
			tokens = append(tokens, token{tokenName, text[i:end], i})
			i = end
		default:
			sign := ""
			for _, s := range signs {
				if strings.HasPrefix(text[i:], s) {
					sign = s
					break
				}
			}
			if sign == "" {
				return nil, &Error{i, "不能识别的符号", "a sign that means nothing here"}
			}
			tokens = append(tokens, token{tokenSign, sign, i})
			i += len(sign)
		}
	}
	return append(tokens, token{tokenEnd, "", len(text)}), nil
}

// quoted reads from an opening quotation mark to behind the closing one; end is
// -1 where there is none. The mark itself is doubled, or has a backslash before it.
func quoted(text string, start int) (value string, end int) {
	mark := text[start]
	var b strings.Builder
	for i := start + 1; i < len(text); i++ {
		switch {
		case text[i] == mark && i+1 < len(text) && text[i+1] == mark:
			b.WriteByte(mark)
			i++
		case text[i] == mark:
			return b.String(), i + 1
		case text[i] == '\\' && i+1 < len(text) && text[i+1] == mark && closes(text, i+2, mark):
			b.WriteByte(mark)
			i++
		default:
			b.WriteByte(text[i])
		}
	}
	return "", -1
}

// closes tells whether a text that goes on at i is closed later; else a mark
// behind a backslash is the closing one.
func closes(text string, i int, mark byte) bool {
	return strings.IndexByte(text[min(i, len(text)):], mark) >= 0
}

func number(text string, i int) int {
	for i < len(text) && digit(text[i]) {
		i++
	}
	if i < len(text) && text[i] == '.' {
		for i++; i < len(text) && digit(text[i]); i++ {
			continue
		}
	}
	if i < len(text) && (text[i] == 'e' || text[i] == 'E') {
		j := i + 1
		if j < len(text) && (text[j] == '+' || text[j] == '-') {
			j++
		}
		if j < len(text) && digit(text[j]) {
			for i = j; i < len(text) && digit(text[i]); i++ {
				continue
			}
		}
	}
	return i
}
