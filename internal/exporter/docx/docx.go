// Package docx writes text documents as word processors read them (Office Open
// XML, ECMA-376 part 1, WordprocessingML): headings with a table of contents,
// paragraphs, lists, captioned tables and pictures. The contents are filled in
// when the document is written, so that it opens without a question. It must
// never write the time or anything else that differs from one writing to the next.
package docx

import (
	"fmt"
	"time"
)

// Properties are what a document says about itself.
type Properties struct {
	Title, Subject, Author string
	Created                time.Time
}

// Document is a document in the making, from its beginning to its end. Use New.
type Document struct {
	properties Properties
	header     string // at the head of each page but the cover
	blocks     []block
	counts     map[string]int // captions so far, by what they count
	chapters   int
	parts      int // second-level headings of the chapter
	lists      int
	pictures   []picture
}

// New begins a document; header stands at the head of its pages.
func New(p Properties, header string) *Document {
	return &Document{properties: p, header: clean(header), counts: map[string]int{}}
}

// block is a piece of a document.
type block struct {
	kind    kind
	style   string // of a paragraph
	text    string
	mark    string // bookmark of a heading
	label   string // number of a heading, as it is printed
	counter string // what a caption counts: 表 or 图
	number  int
	list    int
	table   *Table
	picture int // index
	section section
}

type kind int

const (
	paragraph kind = iota
	heading
	caption
	listItem
	tableBlock
	pictureBlock
	contents
	sectionEnd
)

// section is the paper of what was written since the section before.
type section struct {
	landscape bool
	front     bool // cover and contents: without numbers, the cover without a header, too
}

// Chapter is a first-level heading; it begins a page.
func (d *Document) Chapter(text string) {
	d.chapters++
	d.parts = 0
	d.head("Heading1", text, chineseNumber(d.chapters)+"、")
}

// Appendix is a first-level heading without a number.
func (d *Document) Appendix(text string) {
	d.parts = 0
	d.head("Heading1", text, "")
}

// Part is a second-level heading.
func (d *Document) Part(text string) {
	d.parts++
	d.head("Heading2", text, "（"+chineseNumber(d.parts)+"）")
}

func (d *Document) head(style, text, label string) {
	d.blocks = append(d.blocks, block{
		kind: heading, style: style, text: clean(text), label: label, mark: fmt.Sprintf("_Toc%08d", len(d.blocks)+1),
	})
}

// Paragraph is a paragraph of the text.
func (d *Document) Paragraph(text string) { d.styled("BodyText", text) }

// Note is a paragraph in smaller type.
func (d *Document) Note(text string) { d.styled("Note", text) }

// Cover is a line of the cover; big ones are titles.
func (d *Document) Cover(text string, big bool) {
	style := "Subtitle"
	if big {
		style = "Title"
	}
	d.styled(style, text)
}

// Gap leaves so many empty lines.
func (d *Document) Gap(lines int) {
	for range lines {
		d.styled("Normal", "")
	}
}

func (d *Document) styled(style, text string) {
	d.blocks = append(d.blocks, block{kind: paragraph, style: style, text: clean(text)})
}

// List is a numbered list, counted from 1.
func (d *Document) List(items []string) {
	if len(items) == 0 {
		return
	}
	d.lists++
	for i, item := range items {
		d.blocks = append(d.blocks, block{kind: listItem, style: "ListNumber", text: clean(item), list: d.lists, number: i + 1})
	}
}

// Contents is the table of contents of the chapters and their parts.
func (d *Document) Contents(title string) {
	d.blocks = append(d.blocks, block{kind: contents, text: clean(title)})
}

// EndFront ends the cover and the contents; pages after it are counted from 1.
func (d *Document) EndFront() {
	d.blocks = append(d.blocks, block{kind: sectionEnd, section: section{front: true}})
}

// EndSection ends a section of pages that lie on their long or short side.
func (d *Document) EndSection(landscape bool) {
	d.blocks = append(d.blocks, block{kind: sectionEnd, section: section{landscape: landscape}})
}

// caption counts a caption and returns how the text calls it, e.g. 表 3.
func (d *Document) caption(counter, text string) string {
	d.counts[counter]++
	n := d.counts[counter]
	d.blocks = append(d.blocks, block{kind: caption, style: "Caption", text: clean(text), counter: counter, number: n})
	return fmt.Sprintf("%s %d", counter, n)
}

// chineseNumber is a number up to 99 in Chinese numerals.
func chineseNumber(n int) string {
	digits := []string{"", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	switch {
	case n < 1 || n > 99:
		return fmt.Sprint(n)
	case n < 10:
		return digits[n]
	case n < 20:
		return "十" + digits[n-10]
	}
	return digits[n/10] + "十" + digits[n%10]
}
