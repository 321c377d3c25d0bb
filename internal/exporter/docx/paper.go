package docx

// paper is a page in points.
type paper struct{ width, height, top, bottom, left, right float64 }

const mm = 72 / 25.4

// The pages: A4 with the margins of official documents (GB/T 9704-2012, 版心
// 156 mm × 225 mm), and A4 on its long side.
var (
	standing = paper{width: 11906 / 20.0, height: 16838 / 20.0, top: 37 * mm, bottom: 35 * mm, left: 28 * mm, right: 26 * mm}
	lying    = paper{width: 16838 / 20.0, height: 11906 / 20.0, top: 24 * mm, bottom: 22 * mm, left: 22 * mm, right: 22 * mm}
)

func (s section) paper() paper {
	if s.landscape {
		return lying
	}
	return standing
}

func (p paper) textWidth() float64  { return p.width - p.left - p.right }
func (p paper) textHeight() float64 { return p.height - p.top - p.bottom }

// twips are twentieths of a point.
func twips(points float64) int { return int(points*20 + 0.5) }

// paragraphStyle is how a paragraph looks. Lines have an exact height, so that
// pages break where they are counted to.
type paragraphStyle struct {
	id, name      string
	font          string
	size          float64 // points
	line          float64 // height of a line in points; 0: as its content needs
	before, after float64
	left, first   float64 // indents
	align         string
	bold          bool
	keep          bool // with what follows
	outline       int  // level of a heading; 0: none
	next          string
}

// Fonts of official documents; font.xml names what may stand in for them.
const (
	song     = "方正小标宋简体"
	hei      = "黑体"
	kai      = "楷体_GB2312"
	fangsong = "仿宋_GB2312"
)

var styles = []paragraphStyle{
	{id: "Normal", name: "Normal", font: fangsong, size: 14, line: 26},
	{id: "BodyText", name: "Body Text", font: fangsong, size: 14, line: 26, first: 28, align: "both"},
	{id: "Title", name: "Title", font: song, size: 26, line: 44, after: 12, align: "center"},
	{id: "Subtitle", name: "Subtitle", font: fangsong, size: 16, line: 30, align: "center"},
	{id: "Heading1", name: "heading 1", font: hei, size: 16, line: 32, after: 8, keep: true, outline: 1, next: "BodyText"},
	{id: "Heading2", name: "heading 2", font: kai, size: 15, line: 28, before: 8, after: 4, bold: true, keep: true, outline: 2, next: "BodyText"},
	{id: "ContentsTitle", name: "Contents Title", font: hei, size: 16, line: 32, after: 12, align: "center"},
	{id: "TOC1", name: "toc 1", font: hei, size: 14, line: 26},
	{id: "TOC2", name: "toc 2", font: fangsong, size: 14, line: 26, left: 28},
	{id: "ListNumber", name: "List Number", font: fangsong, size: 14, line: 26, left: 56, first: -28},
	{id: "Caption", name: "caption", font: hei, size: 12, line: 24, before: 4, align: "center"},
	{id: "TableHead", name: "Table Head", font: hei, size: 10.5, line: 15, align: "center"},
	{id: "TableText", name: "Table Text", font: fangsong, size: 10.5, line: 15},
	{id: "Picture", name: "Picture", font: fangsong, size: 10.5, align: "center", keep: true},
	{id: "Note", name: "Note", font: fangsong, size: 12, line: 20, first: 24, align: "both"},
	{id: "Spacer", name: "Spacer", font: fangsong, size: 5, line: 10},
	{id: "Header", name: "header", font: fangsong, size: 10.5, line: 14, align: "center"},
	{id: "Footer", name: "footer", font: fangsong, size: 10.5, line: 14, align: "center"},
}

func styleOf(id string) paragraphStyle {
	for _, s := range styles {
		if s.id == id {
			return s
		}
	}
	return styles[0]
}
