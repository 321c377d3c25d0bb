package exporter

import "github.com/xuri/excelize/v2"

// Fonts of official documents (GB/T 9704): 小标宋 for titles, 黑体 for headings and
// 仿宋 for what is filled in. A cell names one font; where it is not installed, the
// character set makes programs take another Chinese one.
const (
	fontTitle = "方正小标宋简体"
	fontHead  = "黑体"
	fontBody  = "仿宋_GB2312"

	charsetGB2312 = 134
)

// pen is how a cell of a printed form looks.
type pen struct {
	font      string
	size      float64 // points
	align     string
	number    string // number format
	framed    bool
	generated bool // rests on generated demo data
	total     bool
}

var (
	penTitle = pen{font: fontTitle, size: 18, align: "center"}
	penField = pen{font: fontBody, size: 12, align: "left"}
	penHead  = pen{font: fontHead, size: 11, align: "center", framed: true}
	penCell  = pen{font: fontBody, size: 11, align: "center", framed: true}
	penText  = pen{font: fontBody, size: 11, align: "left", framed: true}
	penNote  = pen{font: fontBody, size: 10.5, align: "left"}
)

// Number formats of forms. Zeros that say nothing are left out of areas in
// 10,000 m², which have four decimals: a square metre.
const (
	wholeNumber = "#,##0"
	wanNumber   = "#,##0.00##"
	squareMetre = `#,##0.00"平方米"`
)

func (p pen) as(number string) pen { p.number = number; return p }

func (b *book) pen(p pen) (int, error) {
	if id, ok := b.pens[p]; ok {
		return id, nil
	}
	charset, number := charsetGB2312, p.number
	if number == "" {
		number = "@"
	}
	look := &excelize.Style{
		CustomNumFmt: &number,
		Font:         &excelize.Font{Family: p.font, Size: p.size, Bold: p.total, Italic: p.generated, Charset: &charset},
		Alignment:    &excelize.Alignment{Vertical: "center", Horizontal: p.align, WrapText: true},
	}
	if p.framed && p.align == "left" {
		look.Alignment.Indent = 1 // off the frame
	}
	if p.framed {
		for _, side := range []string{"left", "right", "top", "bottom"} {
			look.Border = append(look.Border, excelize.Border{Type: side, Style: 1, Color: "000000"})
		}
	}
	id, err := b.file.NewStyle(look)
	if err != nil {
		return 0, err
	}
	b.pens[p] = id
	return id, nil
}
