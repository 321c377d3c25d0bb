package cql

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
)

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
