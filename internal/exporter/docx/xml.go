package docx

import (
	"encoding/xml"
	"fmt"
	"strings"
)

// clean drops the characters that XML has no place for; lines end with \n.
func clean(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case r < ' ', r == 0xfffe, r == 0xffff, r == '\uFFFD':
			return -1
		}
		return r
	}, s)
}

// escape makes a text safe between tags and in quotes.
func escape(s string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(s)) // a strings.Builder takes everything
	return out.String()
}

// run is a piece of text; line breaks within it stay.
func run(text string, bold bool) string {
	if text == "" {
		return ""
	}
	var out strings.Builder
	out.WriteString("<w:r>")
	if bold {
		out.WriteString("<w:rPr><w:b/></w:rPr>")
	}
	for i, part := range strings.Split(text, "\n") {
		if i > 0 {
			out.WriteString("<w:br/>")
		}
		if part != "" {
			out.WriteString(`<w:t xml:space="preserve">` + escape(part) + "</w:t>")
		}
	}
	out.WriteString("</w:r>")
	return out.String()
}

// field is a field with the value that it has at present.
func field(instruction, value string) string {
	return fieldBegin(instruction) + run(value, false) + fieldEnd
}

func fieldBegin(instruction string) string {
	return `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> ` + escape(instruction) +
		` </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>`
}

const fieldEnd = `<w:r><w:fldChar w:fldCharType="end"/></w:r>`

// properties are those of a paragraph, in the order that the schema asks for
// (CT_PPr).
type properties struct {
	style   string
	keep    bool
	page    *bool // begins a page, or not although its style does
	numbers *int  // id of its numbering; 0: none
	tabs    string
	align   string
	section string
}

func (p properties) xml() string {
	var out strings.Builder
	out.WriteString(`<w:pPr><w:pStyle w:val="` + p.style + `"/>`)
	if p.keep {
		out.WriteString("<w:keepNext/>")
	}
	if p.page != nil {
		if *p.page {
			out.WriteString("<w:pageBreakBefore/>")
		} else {
			out.WriteString(`<w:pageBreakBefore w:val="0"/>`)
		}
	}
	if p.numbers != nil {
		fmt.Fprintf(&out, `<w:numPr><w:ilvl w:val="0"/><w:numId w:val="%d"/></w:numPr>`, *p.numbers)
	}
	out.WriteString(p.tabs)
	if p.align != "" {
		out.WriteString(`<w:jc w:val="` + p.align + `"/>`)
	}
	out.WriteString(p.section + "</w:pPr>")
	return out.String()
}

func wrap(p properties, content string) string { return "<w:p>" + p.xml() + content + "</w:p>" }
