package cql

import "time"

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
