package cql

import (
	"slices"
	"strings"
)

func (p *parser) comparison() (*node, *Error) {
	left, fault := p.sum()
	if fault != nil {
		return nil, fault
	}
	t := p.peek()
	if t.kind == tokenSign && slices.Contains([]string{"=", "<>", "<", ">", "<=", ">="}, t.text) {
		p.pos++
		right, fault := p.sum()
		if fault != nil {
			return nil, fault
		}
		return p.compare(t, left, right)
	}
	negated := false
	if t.word() == "NOT" {
		negated = true
		p.pos++
	}
	var n *node
	switch word := p.peek().word(); {
	case word == "LIKE", word == "ILIKE" && p.schema.Lenient:
		n, fault = p.like(left)
	case word == "BETWEEN":
		n, fault = p.between(left)
	case word == "IN":
		n, fault = p.in(left)
	case word == "IS" && !negated:
		return p.null(left)
	case negated:
		return nil, p.unexpected("LIKE、BETWEEN 或 IN", "LIKE, BETWEEN or IN")
	default:
		return left, nil
	}
	if fault != nil || !negated {
		return n, fault
	}
	return p.make(&node{op: opNot, kind: Boolean, args: []*node{n}, at: left.at})
}

// alike makes two operands comparable or says why they are not. A text beside a
// time is read as one.
func (p *parser) alike(a, b *node) (*node, *node, *Error) {
	var fault *Error
	switch {
	case a.kind.temporal() && b.op == opText:
		b, fault = p.instant("", b.value.(string), b.at)
	case b.kind.temporal() && a.op == opText:
		a, fault = p.instant("", a.value.(string), a.at)
	}
	if fault != nil {
		return nil, nil, fault
	}
	switch a.kind {
	case Text, Number, Boolean:
		if b.kind == a.kind {
			return a, b, nil
		}
	case Timestamp, Date:
		if b.kind.temporal() {
			return a, b, nil
		}
	default:
		return nil, nil, &Error{a.at, "此处不能比较 " + a.kind.String(), "a " + a.kind.String() + " can't be compared here"}
	}
	return nil, nil, wrongKind(b.at, b.kind, a.kind)
}

func (p *parser) compare(sign token, left, right *node) (*node, *Error) {
	left, right, fault := p.alike(left, right)
	if fault != nil {
		return nil, fault
	}
	if sign.text == "=" {
		return p.make(&node{op: opEqual, kind: Boolean, args: []*node{left, right}, at: left.at})
	}
	if left.kind == Boolean && sign.text != "<>" {
		return nil, &Error{sign.at, "真假值没有大小", "true and false have no order"}
	}
	return p.make(&node{op: opCompare, kind: Boolean, name: sign.text, args: []*node{left, right}, at: left.at})
}

func (p *parser) like(left *node) (*node, *Error) {
	kind := opLike
	if p.next().word() == "ILIKE" {
		kind = opILike
	}
	right, fault := p.sum()
	if fault != nil {
		return nil, fault
	}
	if left.kind != Text {
		return nil, wrongKind(left.at, left.kind, Text)
	}
	pattern := right
	if right.op == opCaseless {
		pattern = right.args[0]
	}
	text, is := pattern.value.(string)
	if !is {
		return nil, &Error{right.at, "LIKE 之后应为引号中的模式", "LIKE wants a pattern in quotation marks"}
	}
	if tail := len(text) - len(strings.TrimRight(text, `\`)); tail%2 == 1 {
		return nil, &Error{right.at, "模式不能以反斜杠结尾", "a pattern can't end with a backslash"}
	}
	return p.make(&node{op: kind, kind: Boolean, args: []*node{left, right}, at: left.at})
}

func (p *parser) between(left *node) (*node, *Error) {
	p.next()
	low, fault := p.sum()
	if fault != nil {
		return nil, fault
	}
	if fault := p.want("AND"); fault != nil {
		return nil, fault
	}
	high, fault := p.sum()
	if fault != nil {
		return nil, fault
	}
	left, low, fault = p.alike(left, low)
	if fault == nil {
		left, high, fault = p.alike(left, high)
	}
	if fault == nil && left.kind == Boolean {
		fault = &Error{left.at, "真假值没有大小", "true and false have no order"}
	}
	if fault != nil {
		return nil, fault
	}
	return p.make(&node{op: opBetween, kind: Boolean, args: []*node{left, low, high}, at: left.at})
}

func (p *parser) in(left *node) (*node, *Error) {
	p.next()
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	all := []*node{left}
	for {
		n, fault := p.sum()
		if fault != nil {
			return nil, fault
		}
		_, n, fault = p.alike(left, n)
		if fault != nil {
			return nil, fault
		}
		all = append(all, n)
		if !p.take(",") {
			break
		}
	}
	if fault := p.want(")"); fault != nil {
		return nil, fault
	}
	return p.make(&node{op: opIn, kind: Boolean, args: all, at: left.at})
}

func (p *parser) null(left *node) (*node, *Error) {
	p.next()
	negated := p.take("NOT")
	if !p.take("NULL") {
		return nil, p.unexpected("NULL", "NULL")
	}
	n, fault := p.make(&node{op: opNull, kind: Boolean, args: []*node{left}, at: left.at})
	if fault != nil || !negated {
		return n, fault
	}
	return p.make(&node{op: opNot, kind: Boolean, args: []*node{n}, at: left.at})
}
