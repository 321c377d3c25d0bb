package importer

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

const (
	faultySheetName = "待更正"
	noteSheetName   = "说明"
)

// WriteXLSX writes the faulty rows as a workbook that can be filled in and sent
// again: the columns as they were, the offending cells coloured with what is
// wrong as a comment, and a column with all reasons.
func (f FaultyLedger) WriteXLSX(w io.Writer) error {
	book := excelize.NewFile()
	defer book.Close()
	styles, err := ledgerStyles(book)
	if err != nil {
		return fmt.Errorf("write faulty rows: %w", err)
	}
	if err := book.SetSheetName("Sheet1", faultySheetName); err != nil {
		return fmt.Errorf("write faulty rows: %w", err)
	}
	if err := f.writeRows(book, styles); err != nil {
		return fmt.Errorf("write faulty rows: %w", err)
	}
	if err := writeNotes(book, f.notes()); err != nil {
		return fmt.Errorf("write faulty rows: %w", err)
	}
	if _, err := book.WriteTo(w); err != nil {
		return fmt.Errorf("write faulty rows: %w", err)
	}
	return nil
}

func (f FaultyLedger) writeRows(book *excelize.File, styles ledgerStyle) error {
	out, err := book.NewStreamWriter(faultySheetName)
	if err != nil {
		return err
	}
	for i, title := range f.Header {
		if err := out.SetColWidth(i+1, i+1, min(40, max(10, float64(len([]rune(title)))*2.2))); err != nil {
			return err
		}
	}
	if err := out.SetColWidth(len(f.Header)+1, len(f.Header)+1, 60); err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	header := make([]any, 0, len(f.Header)+1)
	for _, title := range append(f.Header[:len(f.Header):len(f.Header)], reasonTitle) {
		header = append(header, excelize.Cell{StyleID: styles.header, Value: title})
	}
	if err := out.SetRow("A1", header); err != nil {
		return err
	}
	for i, row := range f.Rows {
		if err := out.SetRow("A"+strconv.Itoa(i+2), row.styled(styles)); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	return f.comment(book)
}

// styled are the cells of a row, the offending ones coloured.
func (r FaultyRow) styled(styles ledgerStyle) []any {
	cells := make([]any, 0, len(r.Cells)+1)
	bad := map[int]bool{}
	for _, x := range r.Faults {
		bad[x.Column] = true
	}
	for i, text := range r.Cells {
		style := styles.text
		if bad[i] {
			style = styles.bad
		}
		cells = append(cells, excelize.Cell{StyleID: style, Value: text})
	}
	return append(cells, excelize.Cell{StyleID: styles.reason, Value: r.reason()})
}

// maxComments bounds the comments: each is a shape that a spreadsheet draws.
const maxComments = 2000

func (f FaultyLedger) comment(book *excelize.File) error {
	said := 0
	for i, row := range f.Rows {
		at := map[int][]string{}
		for _, x := range row.Faults {
			if x.Column >= 0 {
				at[x.Column] = append(at[x.Column], x.Reason)
			}
		}
		for column, reasons := range at {
			if said++; said > maxComments {
				return nil
			}
			cell, err := excelize.CoordinatesToCellName(column+1, i+2)
			if err != nil {
				return err
			}
			text := fmt.Sprintf("原第 %d 行：%s", row.Line, strings.Join(reasons, "；"))
			err = book.AddComment(faultySheetName, excelize.Comment{Cell: cell, Author: "连片", Width: 240, Height: 70, Paragraph: []excelize.RichTextRun{{Text: text}}})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (f FaultyLedger) notes() []string {
	notes := []string{
		fmt.Sprintf("这是“%s”里没有导入的 %d 行，请在“%s”表中更正标黄的单元格，然后把本文件重新导入。", f.File, len(f.Rows), faultySheetName),
		"已经导入的行不在这里，也不需要再次导入。",
		"“" + reasonTitle + "”列只供查看，导入时不读取，可以保留。",
	}
	if len(f.LeftOut) > 0 {
		notes = append(notes, "下列各列不导入，内容没有保留（其中可能含有个人信息）："+strings.Join(f.LeftOut, "、"))
	}
	return notes
}

// WriteCSV writes the same rows as a text table: UTF-8 with a mark, so that
// spreadsheets read it.
func (f FaultyLedger) WriteCSV(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("write faulty rows: %w", err)
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	rows := [][]string{append(f.Header[:len(f.Header):len(f.Header)], reasonTitle)}
	for _, row := range f.Rows {
		rows = append(rows, append(row.Cells[:len(row.Cells):len(row.Cells)], row.reason()))
	}
	for _, row := range rows {
		harmless := make([]string, len(row))
		for i, cell := range row {
			harmless[i] = noFormula(cell)
		}
		if err := out.Write(harmless); err != nil {
			return fmt.Errorf("write faulty rows: %w", err)
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return fmt.Errorf("write faulty rows: %w", err)
	}
	return nil
}

// noFormula puts an apostrophe before what a spreadsheet would take for a formula.
func noFormula(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

// ledgerStyle are the looks of the cells of ledgers that we write.
type ledgerStyle struct{ header, text, bad, reason int }

func ledgerStyles(book *excelize.File) (s ledgerStyle, err error) {
	border := []excelize.Border{}
	for _, side := range []string{"left", "right", "top", "bottom"} {
		border = append(border, excelize.Border{Type: side, Style: 1, Color: "BFBFBF"})
	}
	text := "@"
	fill := func(colour string) excelize.Fill {
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	font := func(bold bool, colour string) *excelize.Font {
		return &excelize.Font{Family: "宋体", Size: 10, Bold: bold, Color: colour}
	}
	for _, make := range []struct {
		into *int
		look excelize.Style
	}{
		{&s.header, excelize.Style{Font: font(true, ""), Fill: fill("E7EDF3"), Border: border, Alignment: &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}}},
		{&s.text, excelize.Style{Font: font(false, ""), Border: border, CustomNumFmt: &text}},
		{&s.bad, excelize.Style{Font: font(false, "9C0006"), Fill: fill("FFEB9C"), Border: border, CustomNumFmt: &text}},
		{&s.reason, excelize.Style{Font: font(false, "9C0006"), Border: border, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}}},
	} {
		if *make.into, err = book.NewStyle(&make.look); err != nil {
			return s, err
		}
	}
	return s, nil
}

// writeNotes adds a sheet of sentences.
func writeNotes(book *excelize.File, notes []string) error {
	if _, err := book.NewSheet(noteSheetName); err != nil {
		return err
	}
	if err := book.SetColWidth(noteSheetName, "A", "A", 110); err != nil {
		return err
	}
	for i, note := range notes {
		if err := book.SetCellStr(noteSheetName, "A"+strconv.Itoa(i+1), note); err != nil {
			return err
		}
	}
	return nil
}
