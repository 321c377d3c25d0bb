package cql

import "fmt"

type op int

const (
	opAnd op = iota + 1
	opOr
	opNot
	opEqual
	opCompare // name is the sign
	opLike    // a like b
	opILike
	opBetween
	opIn
	opNull
	opArithmetic // name is the sign
	opNegate
	opCaseless
	opSpatial  // name is the function
	opTemporal // name is the function
	opArray    // name is the function
	opHolds    // a set of texts holds another
	opProperty
	opText
	opNumber
	opBoolean
	opTime
	opOpen // the open end of an interval
	opInterval
	opTexts
	opShape
)

type node struct {
	op       op
	kind     Kind
	name     string
	args     []*node
	property Property
	value    any // string, float64, bool, time.Time, []string or orb.Geometry
	at       int
}

type parser struct {
	schema Schema
	tokens []token
	pos    int
	depth  int
	nodes  int
}

func (p *parser) peek() token {
	if p.pos >= len(p.tokens) {
		return token{}
	}
	return p.tokens[p.pos]
}

func (p *parser) next() token {
	t := p.peek()
	if t.kind != tokenEnd {
		p.pos++
	}
	return t
}

// take eats a keyword or a sign if it comes next.
func (p *parser) take(what string) bool {
	t := p.peek()
	if t.is(what) || t.word() == what && what != "" {
		p.pos++
		return true
	}
	return false
}

func (p *parser) want(sign string) *Error {
	if p.take(sign) {
		return nil
	}
	return p.unexpected(fmt.Sprintf("“%s”", sign), sign)
}

func (p *parser) unexpected(chinese, english string) *Error {
	t := p.peek()
	if t.kind == tokenEnd {
		return &Error{t.at, "筛选条件不完整，应有" + chinese, "the filter ends too early: " + english + " is missing"}
	}
	return &Error{t.at, "此处应为" + chinese, "expected here: " + english}
}

func wrongKind(at int, got, want Kind) *Error {
	return &Error{at, fmt.Sprintf("类型不符：应为 %s，实为 %s", want, got), fmt.Sprintf("wrong type: %s instead of %s", got, want)}
}

// enter bounds the recursion; leave has to follow.
func (p *parser) enter() *Error {
	p.depth++
	if p.depth > maxDepth {
		return &Error{p.peek().at, "筛选条件嵌套过深", "the filter is nested too deeply"}
	}
	return nil
}

func (p *parser) leave() { p.depth-- }

func (p *parser) make(n *node) (*node, *Error) {
	p.nodes++
	if p.nodes > maxNodes {
		return nil, &Error{p.peek().at, "筛选条件过于复杂", "the filter has too many parts"}
	}
	return n, nil
}

func (p *parser) whole() (*node, *Error) {
	n, fault := p.or()
	if fault != nil {
		return nil, fault
	}
	if t := p.peek(); t.kind != tokenEnd {
		return nil, p.unexpected("条件的结尾", "the end of the filter")
	}
	return n, condition(n)
}

func condition(n *node) *Error {
	if n.kind != Boolean {
		return &Error{n.at, "此处应为条件", "a condition is wanted here, not a " + n.kind.String()}
	}
	return nil
}

func (p *parser) or() (*node, *Error)  { return p.chain("OR", opOr, p.and) }
func (p *parser) and() (*node, *Error) { return p.chain("AND", opAnd, p.not) }

// chain reads operands with a word between them.
func (p *parser) chain(word string, kind op, operand func() (*node, *Error)) (*node, *Error) {
	first, fault := operand()
	if fault != nil || p.peek().word() != word {
		return first, fault
	}
	all := []*node{first}
	for p.take(word) {
		n, fault := operand()
		if fault != nil {
			return nil, fault
		}
		all = append(all, n)
	}
	for _, n := range all {
		if fault := condition(n); fault != nil {
			return nil, fault
		}
	}
	return p.make(&node{op: kind, kind: Boolean, args: all, at: first.at})
}

func (p *parser) not() (*node, *Error) {
	at := p.peek().at
	if !p.take("NOT") {
		return p.comparison()
	}
	if fault := p.enter(); fault != nil {
		return nil, fault
	}
	defer p.leave()
	n, fault := p.not()
	if fault == nil {
		fault = condition(n)
	}
	if fault != nil {
		return nil, fault
	}
	return p.make(&node{op: opNot, kind: Boolean, args: []*node{n}, at: at})
}
