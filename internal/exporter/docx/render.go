package docx

import (
	"fmt"
	"strings"
)

const namespaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" ` +
	`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" ` +
	`xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" ` +
	`xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
	`xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`

const declaration = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

// Ids of numberings: 1 is that of the headings, lists follow.
const (
	headingNumbers = 1
	firstList      = 2
)

// body is the main part of the document.
func (d *Document) body() string {
	var out strings.Builder
	out.WriteString(declaration + "<w:document " + namespaces + "><w:body>")
	pages, papers := d.pages(), d.papers()
	last, fresh, numbered := section{}, true, false
	for i := range d.blocks {
		b := &d.blocks[i]
		if b.kind == sectionEnd {
			last, fresh = b.section, true
			numbered = numbered || !b.section.front
			continue
		}
		ends := ""
		if i+2 < len(d.blocks) && d.blocks[i+1].kind == sectionEnd {
			ends = d.sectionXML(d.blocks[i+1].section, !numbered)
		}
		d.write(&out, i, b, papers[i], pages, fresh, ends)
		fresh = false
	}
	if n := len(d.blocks); n == 0 || d.blocks[n-1].kind != sectionEnd {
		last = section{}
	}
	out.WriteString(d.sectionXML(last, !d.continues()) + "</w:body></w:document>")
	return out.String()
}

// continues tells whether a section of counted pages comes before the last one.
func (d *Document) continues() bool {
	for i := range d.blocks[:max(len(d.blocks)-1, 0)] {
		if d.blocks[i].kind == sectionEnd && !d.blocks[i].section.front {
			return true
		}
	}
	return false
}

// write writes a block; ends are the properties of the section that ends with it.
func (d *Document) write(out *strings.Builder, i int, b *block, page paper, pages map[string]int, fresh bool, ends string) {
	p := properties{style: b.style, section: ends}
	switch b.kind {
	case heading:
		if b.style == "Heading1" && fresh {
			no := false // the section has begun the page
			p.page = &no
		}
		if b.label == "" {
			none := 0
			p.numbers = &none
		}
		mark := fmt.Sprintf(`<w:bookmarkStart w:id="%d" w:name="%s"/>`, i+1, b.mark)
		out.WriteString(wrap(p, mark+run(b.text, false)+fmt.Sprintf(`<w:bookmarkEnd w:id="%d"/>`, i+1)))
	case caption:
		p.keep = b.counter == "表" // above its table
		content := run(b.counter+" ", false) + field("SEQ "+b.counter+` \* ARABIC`, fmt.Sprint(b.number)) + run("　"+b.text, false)
		out.WriteString(wrap(p, content))
	case listItem:
		id := firstList + b.list - 1
		p.numbers = &id
		out.WriteString(wrap(p, run(b.text, false)))
	case tableBlock:
		out.WriteString(b.table.xml(page))
	case pictureBlock:
		out.WriteString(wrap(p, d.drawing(b.picture, page)))
	case contents:
		d.writeContents(out, b, page, pages, ends)
	default:
		out.WriteString(wrap(p, run(b.text, false)))
	}
}

// writeContents writes the table of contents as a field that is already filled
// in: programs show it as it is, and count anew when somebody asks them to.
func (d *Document) writeContents(out *strings.Builder, b *block, page paper, pages map[string]int, ends string) {
	begins := true
	out.WriteString(wrap(properties{style: "ContentsTitle", page: &begins}, run(b.text, false)))
	var headings []*block
	for i := range d.blocks {
		if d.blocks[i].kind == heading {
			headings = append(headings, &d.blocks[i])
		}
	}
	tabs := fmt.Sprintf(`<w:tabs><w:tab w:val="right" w:leader="dot" w:pos="%d"/></w:tabs>`, twips(page.textWidth()))
	for i, h := range headings {
		p := properties{style: "TOC1", tabs: tabs}
		if h.style == "Heading2" {
			p.style = "TOC2"
		}
		content := ""
		if i == 0 {
			content = fieldBegin(`TOC \o "1-2" \h \z \u`)
		}
		content += `<w:hyperlink w:anchor="` + h.mark + `" w:history="1">` + run(h.label+strings.ReplaceAll(h.text, "\n", " "), false) +
			"<w:r><w:tab/></w:r>" + field("PAGEREF "+h.mark+` \h`, fmt.Sprint(pages[h.mark])) + "</w:hyperlink>"
		if i == len(headings)-1 {
			content += fieldEnd
			p.section = ends
		}
		out.WriteString(wrap(p, content))
	}
	if len(headings) == 0 {
		out.WriteString(wrap(properties{style: "TOC1", section: ends}, ""))
	}
}

// sectionXML is the paper of a section, in the order of CT_SectPr. Of the counted
// pages the first section begins with 1.
func (d *Document) sectionXML(s section, first bool) string {
	page := s.paper()
	orient, numbers, title, footer := "", "", "", "rIdFooter"
	if s.landscape {
		orient = ` w:orient="landscape"`
	}
	switch {
	case s.front:
		title, footer = "<w:titlePg/>", "rIdFrontFooter"
	case first:
		numbers = `<w:pgNumType w:fmt="decimal" w:start="1"/>`
	default:
		numbers = `<w:pgNumType w:fmt="decimal"/>`
	}
	return fmt.Sprintf(`<w:sectPr><w:headerReference w:type="default" r:id="rIdHeader"/><w:footerReference w:type="default" r:id="%s"/>`+
		`<w:type w:val="nextPage"/><w:pgSz w:w="%d" w:h="%d"%s/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="850" w:footer="850" w:gutter="0"/>`+
		`%s<w:cols w:space="720"/>%s</w:sectPr>`,
		footer, twips(page.width), twips(page.height), orient, twips(page.top), twips(page.right), twips(page.bottom), twips(page.left), numbers, title)
}

// xml is the table, as wide as the text.
func (t *Table) xml(page paper) string {
	widths := t.widths(twips(page.textWidth()))
	var out strings.Builder
	fmt.Fprintf(&out, `<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/><w:tblBorders>`, twips(page.textWidth()))
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		out.WriteString(`<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="7F7F7F"/>`)
	}
	fmt.Fprintf(&out, `</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="%d" w:type="dxa"/><w:right w:w="%[1]d" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, twips(cellSide))
	for _, w := range widths {
		fmt.Fprintf(&out, `<w:gridCol w:w="%d"/>`, w)
	}
	out.WriteString("</w:tblGrid>")
	t.row(&out, t.titles(), widths, page, true, false)
	for i, row := range t.Rows {
		t.row(&out, row, widths, page, false, t.Total && i == len(t.Rows)-1)
	}
	out.WriteString("</w:tbl>")
	return out.String()
}

func (t *Table) row(out *strings.Builder, cells []string, widths []int, page paper, head, total bool) {
	out.WriteString("<w:tr>")
	high := t.height(cells, widths)
	whole := high <= tallest*page.textHeight()
	if whole || head {
		out.WriteString("<w:trPr>")
		if whole {
			fmt.Fprintf(out, `<w:cantSplit/><w:trHeight w:val="%d" w:hRule="atLeast"/>`, twips(high))
		}
		if head {
			out.WriteString("<w:tblHeader/>")
		}
		out.WriteString("</w:trPr>")
	}
	for i, text := range cells {
		p := properties{style: "TableText"}
		fill := ""
		switch {
		case head:
			p.style, p.keep, fill = "TableHead", true, "E7EDF3"
		case total:
			fill = "F2F2F2"
		}
		if !head && t.Columns[i].Right {
			p.align = "right"
		}
		fmt.Fprintf(out, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/>`, widths[i])
		if fill != "" {
			out.WriteString(`<w:shd w:val="clear" w:color="auto" w:fill="` + fill + `"/>`)
		}
		out.WriteString(`<w:vAlign w:val="center"/></w:tcPr>` + wrap(p, run(text, total)) + "</w:tc>")
	}
	out.WriteString("</w:tr>")
}

const emuPerPoint = 12_700

// drawing is a picture in the line.
func (d *Document) drawing(i int, page paper) string {
	p := d.pictures[i]
	width, height := p.size(page)
	cx, cy := int(width*emuPerPoint), int(height*emuPerPoint)
	return fmt.Sprintf(`<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%[1]d" cy="%[2]d"/>`+
		`<wp:docPr id="%[3]d" name="图%[3]d" descr="%[4]s"/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>`+
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>`+
		`<pic:nvPicPr><pic:cNvPr id="%[3]d" name="image%[3]d.png" descr="%[4]s"/><pic:cNvPicPr/></pic:nvPicPr>`+
		`<pic:blipFill><a:blip r:embed="rIdImage%[3]d"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill>`+
		`<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[1]d" cy="%[2]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr>`+
		`</pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>`, cx, cy, i+1, escape(p.text))
}
