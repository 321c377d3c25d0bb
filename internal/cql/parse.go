package cql

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
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

func (p *parser) time(word string, at int) (*node, *Error) {
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	t := p.next()
	if t.kind != tokenText {
		return nil, &Error{t.at, "此处应为引号中的日期", "a date in quotation marks is wanted here"}
	}
	n, fault := p.instant(word, t.text, t.at)
	if fault == nil {
		fault = p.want(")")
	}
	if fault != nil {
		return nil, fault
	}
	n.at = at
	return p.make(n)
}

// instant reads a date or a time of RFC 3339.
func (p *parser) instant(word, text string, at int) (*node, *Error) {
	if word != "TIMESTAMP" {
		if v, err := time.Parse(time.DateOnly, text); err == nil {
			return &node{op: opTime, kind: Date, value: v, at: at}, nil
		}
	}
	if word != "DATE" {
		if v, err := time.Parse(time.RFC3339Nano, text); err == nil && v.Year() >= 1 && v.Year() <= 9999 {
			return &node{op: opTime, kind: Timestamp, value: v.UTC(), at: at}, nil
		}
	}
	return nil, &Error{at, "日期应写作 2024-05-01，时刻应写作 2024-05-01T08:00:00Z", "a date is written 2024-05-01, a time 2024-05-01T08:00:00Z"}
}

// stretch reads INTERVAL(from, to).
func (p *parser) stretch(at int) (*node, *Error) {
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	var ends []*node
	for i := range 2 {
		if i > 0 {
			if fault := p.want(","); fault != nil {
				return nil, fault
			}
		}
		n, fault := p.end()
		if fault != nil {
			return nil, fault
		}
		ends = append(ends, n)
	}
	if fault := p.want(")"); fault != nil {
		return nil, fault
	}
	a, aIs := ends[0].value.(time.Time)
	b, bIs := ends[1].value.(time.Time)
	if aIs && bIs && b.Before(a) {
		return nil, &Error{at, "时段的结束早于开始", "the interval ends before it begins"}
	}
	return p.make(&node{op: opInterval, kind: interval, args: ends, at: at})
}

// end is one end of an interval: a time, a property, or '..'.
func (p *parser) end() (*node, *Error) {
	t := p.peek()
	if t.kind == tokenText {
		p.pos++
		if t.text == ".." {
			return p.make(&node{op: opOpen, kind: Timestamp, at: t.at})
		}
		n, fault := p.instant("", t.text, t.at)
		if fault != nil {
			return nil, fault
		}
		return p.make(n)
	}
	n, fault := p.primary()
	if fault == nil && !n.kind.temporal() {
		fault = wrongKind(n.at, n.kind, Timestamp)
	}
	return n, fault
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

var shapes = map[string]bool{
	"POINT": true, "MULTIPOINT": true, "LINESTRING": true, "MULTILINESTRING": true,
	"POLYGON": true, "MULTIPOLYGON": true, "GEOMETRYCOLLECTION": true,
}

// shape reads well-known text or BBOX(west, south, east, north), and checks it.
func (p *parser) shape(word string, at int) (*node, *Error) {
	var g orb.Geometry
	var fault *Error
	if word == "BBOX" {
		g, fault = p.box()
	} else {
		g, fault = p.text(word)
	}
	if fault != nil {
		return nil, fault
	}
	if f := geo.Check(g, geo.Limits{MaxPoints: geo.MaxDrawnPoints}); f != nil {
		return nil, &Error{at, "图形无效：" + f.Detail, "the geometry is not valid: " + strings.ReplaceAll(string(f.Kind), "_", " ")}
	}
	return p.make(&node{op: opShape, kind: Geometry, value: g, at: at})
}

func (p *parser) place(at orb.Point) orb.Point {
	if p.schema.Point == nil {
		return at
	}
	return p.schema.Point(at)
}

func (p *parser) coordinate() (float64, *Error) {
	negative := p.take("-")
	if !negative {
		p.take("+")
	}
	t := p.next()
	v, err := strconv.ParseFloat(t.text, 64)
	if t.kind != tokenNumber || err != nil || math.IsInf(v, 0) {
		return 0, &Error{t.at, "此处应为坐标", "a coordinate is wanted here"}
	}
	if negative {
		v = -v
	}
	return v, nil
}

// box is a rectangle of the filter's coordinate reference system. Its edges are
// cut into pieces where that is not longitude/latitude, since they bend.
func (p *parser) box() (orb.Geometry, *Error) {
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	var all []float64
	for {
		v, fault := p.coordinate()
		if fault != nil {
			return nil, fault
		}
		all = append(all, v)
		if len(all) > 6 || !p.take(",") {
			break
		}
	}
	if fault := p.want(")"); fault != nil {
		return nil, fault
	}
	if len(all) == 6 { // with heights
		all = []float64{all[0], all[1], all[3], all[4]}
	}
	if len(all) != 4 {
		return nil, &Error{p.peek().at, "BBOX 应有四个数", "BBOX takes four numbers"}
	}
	return Rectangle([4]float64(all), p.schema.Point), nil
}

// Rectangle is a box of a coordinate reference system as a shape in
// longitude/latitude; point is as in Schema.
func Rectangle(b [4]float64, point func(orb.Point) orb.Point) orb.Polygon {
	corners := []orb.Point{{b[0], b[1]}, {b[2], b[1]}, {b[2], b[3]}, {b[0], b[3]}, {b[0], b[1]}}
	pieces := 1
	if point == nil {
		point = func(p orb.Point) orb.Point { return p }
	} else {
		pieces = 16
	}
	ring := orb.Ring{}
	for i := 1; i < len(corners); i++ {
		from, to := corners[i-1], corners[i]
		for k := range pieces {
			s := float64(k) / float64(pieces)
			ring = append(ring, point(orb.Point{from[0] + s*(to[0]-from[0]), from[1] + s*(to[1]-from[1])}))
		}
	}
	ring = append(ring, ring[0])
	if ring.Orientation() == orb.CW {
		ring.Reverse()
	}
	return orb.Polygon{ring}
}

// text reads well-known text behind its first word.
func (p *parser) text(word string) (orb.Geometry, *Error) {
	p.take("Z")
	switch word {
	case "POINT":
		points, fault := p.points()
		if fault == nil && len(points) != 1 {
			fault = &Error{p.peek().at, "POINT 应有一个坐标", "POINT takes one position"}
		}
		if fault != nil {
			return nil, fault
		}
		return points[0], nil
	case "LINESTRING":
		points, fault := p.points()
		return orb.LineString(points), fault
	case "MULTIPOINT":
		points, fault := p.points()
		return orb.MultiPoint(points), fault
	case "MULTILINESTRING":
		lists, fault := list(p, p.points)
		lines := orb.MultiLineString{}
		for _, l := range lists {
			lines = append(lines, l)
		}
		return lines, fault
	case "POLYGON":
		return p.polygon()
	case "MULTIPOLYGON":
		polygons, fault := list(p, p.polygon)
		return orb.MultiPolygon(polygons), fault
	}
	members, fault := list(p, func() (orb.Geometry, *Error) {
		t := p.next()
		if !shapes[t.word()] {
			return nil, &Error{t.at, "此处应为图形", "a geometry is wanted here"}
		}
		if fault := p.enter(); fault != nil {
			return nil, fault
		}
		defer p.leave()
		return p.text(t.word())
	})
	return orb.Collection(members), fault
}

func (p *parser) polygon() (orb.Polygon, *Error) {
	rings, fault := list(p, p.points)
	polygon := orb.Polygon{}
	for _, r := range rings {
		polygon = append(polygon, r)
	}
	return polygon, fault
}

// list reads things in parentheses with commas between them.
func list[T any](p *parser, read func() (T, *Error)) ([]T, *Error) {
	if fault := p.want("("); fault != nil {
		return nil, fault
	}
	var all []T
	for {
		v, fault := read()
		if fault != nil {
			return nil, fault
		}
		all = append(all, v)
		if !p.take(",") {
			return all, p.want(")")
		}
	}
}

// points reads positions; those of a MULTIPOINT may have parentheses of their own.
func (p *parser) points() ([]orb.Point, *Error) {
	return list(p, func() (orb.Point, *Error) {
		wrapped := p.take("(")
		var v [2]float64
		for i := range v {
			c, fault := p.coordinate()
			if fault != nil {
				return orb.Point{}, fault
			}
			v[i] = c
		}
		if t := p.peek(); t.kind == tokenNumber || t.is("-") { // a height
			if _, fault := p.coordinate(); fault != nil {
				return orb.Point{}, fault
			}
		}
		if wrapped {
			if fault := p.want(")"); fault != nil {
				return orb.Point{}, fault
			}
		}
		return p.place(v), nil
	})
}
