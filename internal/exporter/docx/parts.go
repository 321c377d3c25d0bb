package docx

import (
	"fmt"
	"strings"
	"time"
)

// stylesXML are the styles that layout counts with.
func stylesXML() string {
	var out strings.Builder
	out.WriteString(declaration + "<w:styles " + namespaces + `><w:docDefaults><w:rPrDefault><w:rPr>` + fonts(fangsong) +
		`<w:kern w:val="2"/><w:sz w:val="28"/><w:szCs w:val="28"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>`)
	for i, s := range styles {
		out.WriteString(s.xml(i == 0))
	}
	out.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/>` +
		`<w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>` +
		`<w:style w:type="numbering" w:default="1" w:styleId="NoList"><w:name w:val="No List"/><w:uiPriority w:val="99"/><w:semiHidden/><w:unhideWhenUsed/></w:style></w:styles>`)
	return out.String()
}

// fonts are those of a style: Latin letters in Times New Roman, as official
// documents have them.
func fonts(chinese string) string {
	return fmt.Sprintf(`<w:rFonts w:ascii="Times New Roman" w:eastAsia="%s" w:hAnsi="Times New Roman" w:cs="Times New Roman"/>`, chinese)
}

func (s paragraphStyle) xml(standard bool) string {
	var out strings.Builder
	if standard {
		fmt.Fprintf(&out, `<w:style w:type="paragraph" w:default="1" w:styleId="%s"><w:name w:val="%s"/><w:qFormat/>`, s.id, s.name)
	} else {
		fmt.Fprintf(&out, `<w:style w:type="paragraph" w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/>`, s.id, s.name)
		if s.next != "" {
			fmt.Fprintf(&out, `<w:next w:val="%s"/>`, s.next)
		}
		if s.outline > 0 {
			out.WriteString("<w:qFormat/>")
		}
	}
	out.WriteString("<w:pPr>")
	if s.keep {
		out.WriteString("<w:keepNext/>")
	}
	if s.outline == 1 {
		out.WriteString("<w:pageBreakBefore/>")
	}
	out.WriteString(`<w:widowControl w:val="0"/>`)
	if s.outline > 0 {
		fmt.Fprintf(&out, `<w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr>`, s.outline-1, headingNumbers)
	}
	if s.id == "Header" {
		out.WriteString(`<w:pBdr><w:bottom w:val="single" w:sz="4" w:space="1" w:color="7F7F7F"/></w:pBdr>`)
	}
	out.WriteString(`<w:autoSpaceDE w:val="0"/><w:autoSpaceDN w:val="0"/><w:snapToGrid w:val="0"/>`)
	fmt.Fprintf(&out, `<w:spacing w:before="%d" w:after="%d"`, twips(s.before), twips(s.after))
	if s.line > 0 {
		fmt.Fprintf(&out, ` w:line="%d" w:lineRule="exact"`, twips(s.line))
	} else {
		out.WriteString(` w:line="240" w:lineRule="auto"`)
	}
	out.WriteString("/>")
	switch {
	case s.first < 0:
		fmt.Fprintf(&out, `<w:ind w:left="%d" w:hanging="%d"/>`, twips(s.left), twips(-s.first))
	default:
		fmt.Fprintf(&out, `<w:ind w:left="%d" w:firstLine="%d"/>`, twips(s.left), twips(s.first))
	}
	if s.align != "" {
		fmt.Fprintf(&out, `<w:jc w:val="%s"/>`, s.align)
	}
	if s.outline > 0 {
		fmt.Fprintf(&out, `<w:outlineLvl w:val="%d"/>`, s.outline-1)
	}
	out.WriteString("</w:pPr><w:rPr>" + fonts(s.font))
	if s.bold {
		out.WriteString("<w:b/>")
	}
	fmt.Fprintf(&out, `<w:sz w:val="%d"/><w:szCs w:val="%[1]d"/></w:rPr></w:style>`, int(s.size*2+0.5))
	return out.String()
}

// numberingXML has the numbers of headings, 一、 and （一）, and those of each list.
func (d *Document) numberingXML() string {
	var out strings.Builder
	out.WriteString(declaration + "<w:numbering " + namespaces + `><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="multilevel"/>`)
	for i, text := range []string{"%1、", "（%2）"} {
		fmt.Fprintf(&out, `<w:lvl w:ilvl="%d"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:pStyle w:val="Heading%d"/><w:suff w:val="nothing"/>`+
			`<w:lvlText w:val="%s"/><w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>`, i, i+1, text)
	}
	indent := styleOf("ListNumber")
	fmt.Fprintf(&out, `</w:abstractNum><w:abstractNum w:abstractNumId="1"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/>`+
		`<w:lvlText w:val="%%1."/><w:lvlJc w:val="left"/><w:pPr><w:tabs><w:tab w:val="num" w:pos="%[1]d"/></w:tabs><w:ind w:left="%[1]d" w:hanging="%[2]d"/></w:pPr></w:lvl></w:abstractNum>`, twips(indent.left), twips(-indent.first))
	fmt.Fprintf(&out, `<w:num w:numId="%d"><w:abstractNumId w:val="0"/></w:num>`, headingNumbers)
	for i := range d.lists {
		fmt.Fprintf(&out, `<w:num w:numId="%d"><w:abstractNumId w:val="1"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>`, firstList+i)
	}
	out.WriteString("</w:numbering>")
	return out.String()
}

// settingsXML asks for nothing when the document is opened: the fields are
// filled in.
const settingsXML = declaration + "<w:settings " + namespaces + `><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="doNotCompress"/>` +
	`<w:compat><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>` +
	`<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/><w:decimalSymbol w:val="."/><w:listSeparator w:val=","/></w:settings>`

// fontsXML says which fonts may stand in where those of official documents are
// not installed.
const fontsXML = declaration + "<w:fonts " + namespaces + `>` +
	`<w:font w:name="Times New Roman"><w:panose1 w:val="02020603050405020304"/><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font>` +
	`<w:font w:name="` + song + `"><w:altName w:val="宋体"/><w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="variable"/></w:font>` +
	`<w:font w:name="` + hei + `"><w:altName w:val="SimHei"/><w:charset w:val="86"/><w:family w:val="modern"/><w:pitch w:val="variable"/></w:font>` +
	`<w:font w:name="` + kai + `"><w:altName w:val="楷体"/><w:charset w:val="86"/><w:family w:val="modern"/><w:pitch w:val="variable"/></w:font>` +
	`<w:font w:name="` + fangsong + `"><w:altName w:val="仿宋"/><w:charset w:val="86"/><w:family w:val="modern"/><w:pitch w:val="variable"/></w:font></w:fonts>`

func (d *Document) headerXML() string {
	return declaration + "<w:hdr " + namespaces + ">" + wrap(properties{style: "Header"}, run(d.header, false)) + "</w:hdr>"
}

var footerXML = declaration + "<w:ftr " + namespaces + ">" +
	wrap(properties{style: "Footer"}, run("— ", false)+field("PAGE", "1")+run(" —", false)) + "</w:ftr>"

// frontFooterXML is that of the cover and the contents, which have no numbers.
var frontFooterXML = declaration + "<w:ftr " + namespaces + ">" + wrap(properties{style: "Footer"}, "") + "</w:ftr>"

// coreXML is what the document says about itself.
func (d *Document) coreXML() string {
	p := d.properties
	at := p.Created.UTC().Format(time.RFC3339)
	return declaration + `<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" ` +
		`xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">` +
		"<dc:title>" + escape(clean(p.Title)) + "</dc:title><dc:subject>" + escape(clean(p.Subject)) + "</dc:subject><dc:creator>" + escape(clean(p.Author)) + "</dc:creator>" +
		"<cp:lastModifiedBy>" + escape(clean(p.Author)) + "</cp:lastModifiedBy>" +
		`<dcterms:created xsi:type="dcterms:W3CDTF">` + at + `</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">` + at + "</dcterms:modified><dc:language>zh-CN</dc:language></cp:coreProperties>"
}
