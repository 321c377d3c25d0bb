package cql

import (
	"fmt"
	"math"
	"slices"
	"strconv"
)

func (p *parser) sum() (*node, *Error) { return p.arithmetic(p.product, "+", "-") }

func (p *parser) product() (*node, *Error) { return p.arithmetic(p.power, "*", "/", "%", "DIV") }

func (p *parser) arithmetic(operand func() (*node, *Error), operators ...string) (*node, *Error) {
	left, fault := operand()
	for fault == nil {
		t := p.peek()
		sign := t.text
		if t.kind == tokenName {
			sign = t.word()
		}
		if t.kind != tokenSign && t.kind != tokenName || !slices.Contains(operators, sign) {
			return left, nil
		}
		p.pos++
		var right *node
		if right, fault = operand(); fault == nil {
			left, fault = p.calculate(sign, left, right)
		}
	}
	return nil, fault
}

func (p *parser) calculate(sign string, left, right *node) (*node, *Error) {
	for _, n := range []*node{left, right} {
		if n.kind != Number {
			return nil, wrongKind(n.at, n.kind, Number)
		}
	}
	return p.make(&node{op: opArithmetic, kind: Number, name: sign, args: []*node{left, right}, at: left.at})
}

// power binds to the right, as in mathematics.
func (p *parser) power() (*node, *Error) {
	left, fault := p.unary()
	if fault != nil || !p.take("^") {
		return left, fault
	}
	if fault := p.enter(); fault != nil {
		return nil, fault
	}
	defer p.leave()
	right, fault := p.power()
	if fault != nil {
		return nil, fault
	}
	return p.calculate("^", left, right)
}

func (p *parser) unary() (*node, *Error) {
	at := p.peek().at
	negative := p.take("-")
	if !negative && !p.take("+") {
		return p.primary()
	}
	if fault := p.enter(); fault != nil {
		return nil, fault
	}
	defer p.leave()
	n, fault := p.unary()
	if fault != nil {
		return nil, fault
	}
	if n.kind != Number {
		return nil, wrongKind(n.at, n.kind, Number)
	}
	if !negative {
		return n, nil
	}
	return p.make(&node{op: opNegate, kind: Number, args: []*node{n}, at: at})
}

func (p *parser) primary() (*node, *Error) {
	if fault := p.enter(); fault != nil {
		return nil, fault
	}
	defer p.leave()
	t := p.next()
	switch {
	case t.is("("):
		n, fault := p.or()
		if fault == nil {
			fault = p.want(")")
		}
		return n, fault
	case t.kind == tokenText:
		return p.make(&node{op: opText, kind: Text, value: t.text, at: t.at})
	case t.kind == tokenNumber:
		v, err := strconv.ParseFloat(t.text, 64)
		if err != nil || math.IsInf(v, 0) {
			return nil, &Error{t.at, "数字过大", "the number is too large"}
		}
		return p.make(&node{op: opNumber, kind: Number, value: v, at: t.at})
	case t.kind == tokenQuoted:
		return p.mention(t)
	case t.kind == tokenName:
		return p.named(t)
	}
	p.pos = max(0, p.pos-1)
	if t.kind == tokenEnd {
		p.pos = len(p.tokens) - 1
	}
	return nil, p.unexpected("属性名或值", "a property or a value")
}

// scalar reads a number, TRUE or FALSE that stands alone.
func (p *parser) scalar(text string) (*node, *Error) {
	var fault *Error
	if p.tokens, fault = scan(text); fault != nil {
		return nil, fault
	}
	n, fault := p.unary()
	if fault == nil && p.peek().kind != tokenEnd {
		fault = p.unexpected("值的结尾", "the end of the value")
	}
	return n, fault
}

func (p *parser) mention(t token) (*node, *Error) {
	property, known := p.schema.property(t.text)
	if !known {
		return nil, &Error{t.at, fmt.Sprintf("没有可供筛选的属性“%s”", short(t.text)), fmt.Sprintf("there is no property %q to ask about", short(t.text))}
	}
	return p.make(&node{op: opProperty, kind: property.Kind, property: property, at: t.at})
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
