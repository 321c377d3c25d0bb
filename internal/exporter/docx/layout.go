package docx

import "strings"

// place counts on which page each heading comes to stand, from the heights of
// what stands before it. Pages of the front are not counted.
type place struct {
	page  int
	used  float64 // of the page, in points
	paper paper
}

// pages are those of the headings, by their bookmarks.
func (d *Document) pages() map[string]int {
	found := map[string]int{}
	papers := d.papers()
	at := place{page: 1, paper: papers[0]}
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.kind == sectionEnd {
			if b.section.front {
				at = place{page: 1}
			} else if at.used > 0 {
				at = place{page: at.page + 1}
			}
			if i+1 < len(papers) {
				at.paper = papers[i+1]
			}
			continue
		}
		at.paper = papers[i]
		if b.kind == heading && b.style == "Heading1" && at.used > 0 {
			at.turn()
		}
		if needs := d.together(i, papers[i]); at.used > 0 && at.used+needs > at.paper.textHeight() {
			at.turn()
		}
		if b.kind == heading {
			found[b.mark] = at.page
		}
		at.take(d, b)
	}
	return found
}

func (p *place) turn() { p.page, p.used = p.page+1, 0 }

// papers are the pages that the blocks stand on: those of the section's end.
func (d *Document) papers() []paper {
	papers := make([]paper, len(d.blocks)+1)
	current := standing
	papers[len(d.blocks)] = standing
	for i := len(d.blocks) - 1; i >= 0; i-- {
		if d.blocks[i].kind == sectionEnd {
			current = d.blocks[i].section.paper()
		}
		papers[i] = current
	}
	return papers
}

// together is the height that must fit on one page from a block on: its own
// first line and, where it is kept with what follows, that of the next.
func (d *Document) together(i int, page paper) float64 {
	sum := 0.0
	for ; i < len(d.blocks); i++ {
		b := &d.blocks[i]
		switch b.kind {
		case tableBlock:
			widths := b.table.widths(twips(page.textWidth()))
			sum += b.table.height(b.table.titles(), widths)
			if len(b.table.Rows) > 0 {
				if high := b.table.height(b.table.Rows[0], widths); high <= tallest*page.textHeight() {
					sum += high
				}
			}
			return sum
		case pictureBlock:
			_, high := d.pictures[b.picture].size(page)
			sum += high
		case caption:
			sum += styleOf(b.style).before + styleOf(b.style).line
			if b.counter == "图" { // stands below its picture
				return sum
			}
		case heading:
			s := styleOf(b.style)
			sum += s.before + s.line*float64(d.linesOf(b, page)) + s.after
		default:
			return sum + styleOf(b.style).line
		}
	}
	return sum
}

// take moves on by a block.
func (p *place) take(d *Document, b *block) {
	switch b.kind {
	case tableBlock:
		p.takeTable(b.table)
	case pictureBlock:
		_, high := d.pictures[b.picture].size(p.paper)
		p.used += high
	case contents:
		p.used = p.paper.textHeight()
	default:
		s := styleOf(b.style)
		p.used += s.before
		for range d.linesOf(b, p.paper) {
			if p.used+s.line > p.paper.textHeight()+0.01 {
				p.turn()
			}
			p.used += s.line
		}
		p.used += s.after
	}
}

func (p *place) takeTable(t *Table) {
	widths := t.widths(twips(p.paper.textWidth()))
	head := t.height(t.titles(), widths) + border
	p.used += head
	for _, row := range t.Rows {
		high := t.height(row, widths) + border
		if high > tallest*p.paper.textHeight() { // goes on over the edge of the page
			for p.used += high; p.used > p.paper.textHeight(); {
				rest := p.used - p.paper.textHeight()
				p.turn()
				p.used = head + rest
			}
			continue
		}
		if p.used+high > p.paper.textHeight() {
			p.turn()
			p.used = head
		}
		p.used += high
	}
}

// linesOf is how many lines a block takes.
func (d *Document) linesOf(b *block, page paper) int {
	s := styleOf(b.style)
	text := b.text
	switch b.kind {
	case heading:
		text = b.label + text
	case caption:
		text = b.counter + " 00　" + text
	}
	lines := 0
	for i, part := range strings.Split(text, "\n") {
		room := page.textWidth() - s.left
		if i == 0 && s.first > 0 {
			part = strings.Repeat("　", int(s.first/s.size+0.5)) + part
		}
		lines += lineCount(part, room, s.size)
	}
	return lines
}

// lineCount is how many lines a text takes in a width, at a size in points. A
// Chinese character is as wide as it is high, Latin ones half of that on the
// average; words are not broken, and no line begins with a closing mark.
func lineCount(text string, width, size float64) int {
	lines := 0
	for part := range strings.SplitSeq(text, "\n") {
		lines += linesOfPart([]rune(part), width/size)
	}
	return lines
}

const noStart = "，。、；：？！）》」』】〕”’%％,.;:?!)"

func linesOfPart(text []rune, room float64) int {
	lines, used := 1, 0.0
	for i := 0; i < len(text); {
		n, wide := word(text[i:], room)
		if used+wide > room+1e-6 && used > 0 {
			if hangs(text[i]) && used+wide <= room+1 { // a mark may stand over the edge
				used += wide
				i += n
				continue
			}
			lines, used = lines+1, 0
		}
		used += wide
		i += n
	}
	return lines
}

func hangs(r rune) bool { return strings.ContainsRune(noStart, r) }

// word is how many characters are not parted, and how wide they are in ems.
func word(text []rune, room float64) (n int, wide float64) {
	for n < len(text) {
		r := text[n]
		if r >= 0x2e80 || r == ' ' || r == '　' {
			if n > 0 {
				return n, wide
			}
			if r == ' ' {
				return 1, 0.25
			}
			return 1, 1
		}
		w := 0.5
		switch {
		case strings.ContainsRune("—…“”‘’±×°", r):
			w = 1
		case r >= 'A' && r <= 'Z' || strings.ContainsRune("mwMW@%&=<>+", r):
			w = 0.72
		case strings.ContainsRune("iljtf.,:;'|!/()", r):
			w = 0.32
		}
		if wide+w > room && n > 0 {
			return n, wide
		}
		wide += w
		n++
	}
	return n, wide
}
