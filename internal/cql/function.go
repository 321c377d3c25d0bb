package cql

import (
	"fmt"

	"github.com/paulmach/orb"
)

// named reads what a name begins: a value, a function or a property.
func (p *parser) named(t token) (*node, *Error) {
	word := t.word()
	switch word {
	case "TRUE", "FALSE":
		return p.make(&node{op: opBoolean, kind: Boolean, value: word == "TRUE", at: t.at})
	}
	if !p.peek().is("(") && !(shapes[word] && p.peek().word() == "Z") {
		return p.mention(t)
	}
	switch {
	case shapes[word] || word == "BBOX":
		return p.shape(word, t.at)
	case word == "DATE" || word == "TIMESTAMP":
		return p.time(word, t.at)
	case word == "INTERVAL":
		return p.stretch(t.at)
	case word == "CASEI":
		return p.caseless(t.at)
	case spatial[word] != "":
		return p.spatially(word, t.at)
	case temporal[word] != "":
		return p.temporally(word, t.at)
	case arrays[word]:
		return p.sets(word, t.at)
	}
	return nil, &Error{t.at, fmt.Sprintf("没有函数 %s", short(t.text)), "there is no function " + short(t.text)}
}

func (p *parser) caseless(at int) (*node, *Error) {
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	n, fault := p.sum()
	if fault == nil {
		fault = p.want(")")
	}
	if fault != nil {
		return nil, fault
	}
	if n.kind != Text {
		return nil, wrongKind(n.at, n.kind, Text)
	}
	return p.make(&node{op: opCaseless, kind: Text, args: []*node{n}, at: at})
}

// pair reads the two arguments of a function.
func (p *parser) pair(read func() (*node, *Error)) ([]*node, *Error) {
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	a, fault := read()
	if fault == nil {
		fault = p.want(",")
	}
	if fault != nil {
		return nil, fault
	}
	b, fault := read()
	return []*node{a, b}, fault
}

func (p *parser) spatially(word string, at int) (*node, *Error) {
	args, fault := p.pair(p.primary)
	if fault != nil {
		return nil, fault
	}
	for _, a := range args {
		if a.kind != Geometry {
			return nil, wrongKind(a.at, a.kind, Geometry)
		}
		if _, mixed := a.value.(orb.Collection); mixed && word != "S_INTERSECTS" && word != "S_DISJOINT" && word != within {
			return nil, &Error{a.at, word + " 不能用于几何集合", word + " takes no GEOMETRYCOLLECTION"}
		}
	}
	if word == within {
		if fault := p.want(","); fault != nil {
			return nil, fault
		}
		metres, fault := p.unary()
		if fault != nil {
			return nil, fault
		}
		if v, is := metres.value.(float64); !is || v < 0 || v > 1e6 {
			return nil, &Error{metres.at, "距离应为 0 到 1000000 米的数字", "the distance has to be a number of metres up to 1000000"}
		}
		args = append(args, metres)
	}
	if fault := p.want(")"); fault != nil {
		return nil, fault
	}
	return p.make(&node{op: opSpatial, kind: Boolean, name: word, args: args, at: at})
}

func (p *parser) temporally(word string, at int) (*node, *Error) {
	args, fault := p.pair(p.primary)
	if fault == nil {
		fault = p.want(")")
	}
	if fault != nil {
		return nil, fault
	}
	for _, a := range args {
		if !a.kind.temporal() && a.kind != interval {
			return nil, wrongKind(a.at, a.kind, Timestamp)
		}
	}
	return p.make(&node{op: opTemporal, kind: Boolean, name: word, args: args, at: at})
}

func (p *parser) sets(word string, at int) (*node, *Error) {
	args, fault := p.pair(p.set)
	if fault == nil {
		fault = p.want(")")
	}
	if fault != nil {
		return nil, fault
	}
	return p.make(&node{op: opArray, kind: Boolean, name: word, args: args, at: at})
}

// set is a property that is a set of texts, or one in parentheses.
func (p *parser) set() (*node, *Error) {
	at := p.peek().at
	if !p.take("(") {
		n, fault := p.primary()
		if fault == nil && n.kind != Texts {
			fault = wrongKind(n.at, n.kind, Texts)
		}
		return n, fault
	}
	values := []string{}
	for !p.take(")") {
		if len(values) > 0 {
			if fault := p.want(","); fault != nil {
				return nil, fault
			}
		}
		t := p.next()
		if t.kind != tokenText {
			return nil, &Error{t.at, "此处应为引号中的文字", "a text in quotation marks is wanted here"}
		}
		if len(values) >= maxNodes {
			return nil, &Error{t.at, "筛选条件过于复杂", "the filter has too many parts"}
		}
		values = append(values, t.text)
	}
	return p.make(&node{op: opTexts, kind: Texts, value: values, at: at})
}
