package geo

import (
	"strconv"
	"strings"
)

// The bounds of a text: that of a compound system with usages has some 3,000 signs.
const (
	maxWKTBytes = 64 << 10
	maxWKTDepth = 24
)

// parseWKT reads the nested brackets of well-known text.
func parseWKT(text string) (*wktNode, error) {
	if len(text) > maxWKTBytes {
		return nil, errLongWKT
	}
	p := wktParser{rest: text}
	node, ok := p.node(0)
	if !ok {
		return nil, errNoWKT
	}
	return node, nil
}

type wktParser struct{ rest string }

func (p *wktParser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

// word takes the signs of a keyword or a number.
func (p *wktParser) word() string {
	end := strings.IndexAny(p.rest, "[](),\" \t\r\n")
	if end < 0 {
		end = len(p.rest)
	}
	word := p.rest[:end]
	p.rest = p.rest[end:]
	return word
}

// node reads KEYWORD[argument,…], with round brackets too.
func (p *wktParser) node(depth int) (*wktNode, bool) {
	p.space()
	keyword := strings.ToUpper(p.word())
	p.space()
	if depth > maxWKTDepth || keyword == "" || p.rest == "" || p.rest[0] != '[' && p.rest[0] != '(' {
		return nil, false
	}
	n := &wktNode{keyword: keyword}
	return n, p.arguments(n, depth)
}

func (p *wktParser) arguments(n *wktNode, depth int) bool {
	for {
		p.rest = p.rest[1:] // the bracket or comma before it
		p.space()
		if p.rest == "" {
			return false
		}
		argument, ok := p.argument(depth)
		if !ok {
			return false
		}
		n.args = append(n.args, argument)
		p.space()
		if p.rest == "" {
			return false
		}
		switch p.rest[0] {
		case ',':
		case ']', ')':
			p.rest = p.rest[1:]
			return true
		default:
			return false
		}
	}
}

func (p *wktParser) argument(depth int) (any, bool) {
	if p.rest[0] == '"' {
		return p.quoted()
	}
	before := p.rest
	word := p.word()
	p.space()
	if p.rest != "" && (p.rest[0] == '[' || p.rest[0] == '(') {
		p.rest = before
		return p.node(depth + 1)
	}
	if v, err := strconv.ParseFloat(word, 64); err == nil {
		return v, true
	}
	return word, word != "" // a direction: NORTH
}

// quoted reads a text; a quotation mark within is written twice.
func (p *wktParser) quoted() (string, bool) {
	var b strings.Builder
	rest := p.rest[1:]
	for {
		end := strings.IndexByte(rest, '"')
		if end < 0 {
			return "", false
		}
		b.WriteString(rest[:end])
		rest = rest[end+1:]
		if !strings.HasPrefix(rest, `"`) {
			p.rest = rest
			return b.String(), true
		}
		b.WriteByte('"')
		rest = rest[1:]
	}
}
