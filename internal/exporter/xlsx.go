package exporter

import (
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// Paper sizes as OOXML numbers them.
const (
	paperA3 = 8
	paperA4 = 9
)

// book is a workbook in the making.
type book struct {
	file   *excelize.File
	styles map[style]int
	pens   map[pen]int
	used   bool // the sheet that a new workbook comes with has been taken

	dictionary []fieldNote // of the columns written so far
}

// fieldNote is what the dictionary says about a column.
type fieldNote struct{ sheet, title, unit, note string }

func newBook(title, subject, by string, made time.Time) (*book, error) {
	b := &book{file: excelize.NewFile(), styles: map[style]int{}, pens: map[pen]int{}}
	at := made.UTC().Format(time.RFC3339)
	err := b.file.SetDocProps(&excelize.DocProperties{
		Title: title, Subject: subject, Creator: by, LastModifiedBy: by, Created: at, Modified: at, Language: "zh-CN",
	})
	return b, err
}

// format is how a value is shown.
type format int

const (
	text format = iota
	wrapped
	year
	count
	area // two decimals
	area4
	share
	date
	degrees
)

var numberFormats = map[format]string{
	year: "0", count: "#,##0", area: "#,##0.00", area4: "#,##0.####", share: "0.0%", date: "yyyy-mm-dd", degrees: "0.0000000", text: "@", wrapped: "@",
}

// style is a format and what kind of cell it is in.
type style struct {
	format    format
	header    bool
	total     bool
	generated bool
}

func (b *book) style(s style) (int, error) {
	if id, ok := b.styles[s]; ok {
		return id, nil
	}
	number := numberFormats[s.format]
	line := excelize.Border{Style: 1, Color: "BFBFBF"}
	look := &excelize.Style{
		CustomNumFmt: &number,
		Font:         &excelize.Font{Family: "宋体", Size: 10, Bold: s.header || s.total, Italic: s.generated},
		Alignment:    &excelize.Alignment{Vertical: "center", WrapText: s.header || s.format == wrapped},
	}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		line.Type = side
		look.Border = append(look.Border, line)
	}
	switch {
	case s.header:
		look.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EDF3"}}
		look.Alignment.Horizontal = "center"
	case s.total:
		look.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"F2F2F2"}}
	}
	if s.generated {
		look.Font.Color = "9A6700"
	}
	id, err := b.file.NewStyle(look)
	if err != nil {
		return 0, err
	}
	b.styles[s] = id
	return id, nil
}

// sheet opens a sheet for streaming: landscape, one page wide, its header row and
// so many columns frozen and the header repeated on every page. Its rows can be
// filtered; what stands below them is not.
func (b *book) sheet(name, title string, paper, rows, frozen int, widths []float64) (*excelize.StreamWriter, error) {
	if err := b.newSheet(name); err != nil {
		return nil, err
	}
	if rows > 0 { // before the properties of the sheet, which it begins anew
		if err := b.file.AutoFilter(name, "A1:"+cell(len(widths), rows+1), nil); err != nil {
			return nil, err
		}
	}
	landscape, wide, long, fit := "landscape", 1, 0, true
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return nil, err
	}
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &paper, Orientation: &landscape, FitToWidth: &wide, FitToHeight: &long,
	}); err != nil {
		return nil, err
	}
	inch := func(x float64) *float64 { return &x }
	if err := b.file.SetPageMargins(name, &excelize.PageLayoutMarginsOptions{
		Left: inch(0.5), Right: inch(0.5), Top: inch(0.8), Bottom: inch(0.7), Header: inch(0.4), Footer: inch(0.3),
	}); err != nil {
		return nil, err
	}
	if err := b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddHeader: "&C&14 " + printText(title), OddFooter: "&L" + printText(name) + "&R第 &P 页 共 &N 页",
	}); err != nil {
		return nil, err
	}
	if err := b.define("_xlnm.Print_Titles", name, "$1:$1"); err != nil {
		return nil, err
	}
	out, err := b.file.NewStreamWriter(name)
	if err != nil {
		return nil, err
	}
	panes := excelize.Panes{Freeze: true, YSplit: 1, XSplit: frozen, TopLeftCell: cell(frozen+1, 2), ActivePane: "bottomLeft"}
	if frozen > 0 {
		panes.ActivePane = "bottomRight"
	}
	if err := out.SetPanes(&panes); err != nil {
		return nil, err
	}
	for i, width := range widths {
		if err := out.SetColWidth(i+1, i+1, width); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// printText makes a text safe for a print header, where & starts a code and the
// whole may have 255 characters.
func printText(s string) string {
	runes := []rune(s)
	return strings.ReplaceAll(string(runes[:min(len(runes), 80)]), "&", "&&")
}
