package importer

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/xuri/excelize/v2"
)

// The bounds of a workbook. They are checked against the directory of the ZIP
// before anything is unpacked, and the ZIP reader keeps each part to what the
// directory says.
const (
	maxWorkbookParts = 2_000
	maxWorkbookBytes = 128 << 20 // unpacked
	maxWorkbookCells = 4_000_000
)

// readXLSX reads the first worksheet with recognisable headers.
func readXLSX(args Args) (s sheet, err error) {
	file, err := args.open()
	if err != nil {
		return sheet{}, fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	if err := checkWorkbook(file); err != nil {
		return sheet{}, err
	}
	// The library was not written for hostile files.
	defer func() {
		if r := recover(); r != nil {
			s, err = sheet{}, refuse("这个 .xlsx 文件已损坏，无法读取")
		}
	}()
	// Parts above the second limit would be unpacked to the disk, in clear.
	f, err := excelize.OpenReader(file, excelize.Options{
		UnzipSizeLimit: maxWorkbookBytes, UnzipXMLSizeLimit: maxWorkbookBytes, RawCellValue: true,
	})
	if err != nil {
		if errors.Is(err, excelize.ErrWorkbookFileFormat) || errors.Is(err, zip.ErrFormat) {
			return sheet{}, refuse("这不是有效的 .xlsx 文件")
		}
		return sheet{}, refuse("这个 .xlsx 文件已损坏，无法读取")
	}
	defer f.Close()
	var names, others []string
	found := false
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			continue
		}
		names = append(names, name)
		if found {
			others = append(others, name)
			continue
		}
		candidate, err := readWorksheet(f, name)
		if err != nil {
			return sheet{}, err
		}
		if _, _, ok := headerRow(communityColumns, candidate.rows[:min(len(candidate.rows), headerLook)]); ok || len(s.rows) == 0 {
			s, found = candidate, ok
		}
	}
	if len(names) == 0 {
		return sheet{}, refuse("工作簿里没有可见的工作表")
	}
	if len(others) > 0 {
		s.notes = append(s.notes, fmt.Sprintf("只读取了第一个有表头的工作表，没有读取：%s", shorten(strings.Join(others, "、"), 200)))
	}
	return s, nil
}

// checkWorkbook refuses what is no workbook, or one that would fill memory.
func checkWorkbook(file *seal.File) error {
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	head := make([]byte, 8)
	n, _ := file.ReadAt(head, 0)
	if bytes.HasPrefix(head[:n], []byte{0xd0, 0xcf, 0x11, 0xe0}) {
		return refuse("这是旧版 .xls 或加密的 Excel 文件，请另存为不加密的 .xlsx 后再导入")
	}
	archive, err := zip.NewReader(file, info.Size())
	if err != nil {
		return refuse("这不是有效的 .xlsx 文件（不是 ZIP 压缩包，或文件不完整）")
	}
	if len(archive.File) > maxWorkbookParts {
		return refuse("这个 .xlsx 文件含有 %d 个部分，超过上限，疑似异常文件", len(archive.File))
	}
	var total uint64
	workbook := false
	for _, part := range archive.File {
		// Sizes are what a ZIP claims; a sum that wraps around is caught part by part.
		if part.UncompressedSize64 > maxWorkbookBytes {
			return refuse("这个 .xlsx 文件解压后超过 %d MB，疑似压缩炸弹，未导入", maxWorkbookBytes>>20)
		}
		if total += part.UncompressedSize64; total > maxWorkbookBytes {
			return refuse("这个 .xlsx 文件解压后超过 %d MB，疑似压缩炸弹，未导入", maxWorkbookBytes>>20)
		}
		workbook = workbook || strings.HasPrefix(strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/")), "xl/")
	}
	if !workbook {
		return refuse("这是一个 ZIP 压缩包，但不是 .xlsx 工作簿")
	}
	return nil
}

func readWorksheet(f *excelize.File, name string) (sheet, error) {
	rows, err := f.Rows(name)
	if err != nil {
		return sheet{}, refuse("工作表“%s”已损坏，无法读取", shorten(name, 30))
	}
	defer rows.Close()
	var s sheet
	cells := 0
	for line := int64(1); rows.Next(); line++ {
		row, err := rows.Columns()
		if err != nil {
			return sheet{}, refuse("工作表“%s”第 %d 行已损坏，无法读取", shorten(name, 30), line)
		}
		if len(row) > maxLedgerColumns {
			return sheet{}, refuse("工作表“%s”第 %d 行有 %d 列，超过 %d 列的上限", shorten(name, 30), line, len(row), maxLedgerColumns)
		}
		if blank(row) {
			continue
		}
		cells += len(row)
		if len(s.rows) >= maxLedgerRows || cells > maxWorkbookCells {
			return sheet{}, refuse("台账超过 %d 行", maxLedgerRows)
		}
		s.rows = append(s.rows, row)
		s.lines = append(s.lines, line)
	}
	if err := rows.Error(); err != nil {
		return sheet{}, refuse("工作表“%s”已损坏，无法读取", shorten(name, 30))
	}
	fillMerged(f, name, &s)
	return s, nil
}

// fillMerged writes the value of cells that were merged downwards into each of
// their rows: ledgers merge the 街道 of all their communities.
func fillMerged(f *excelize.File, name string, s *sheet) {
	if len(s.rows) > 20_000 {
		return // finding merged cells takes the whole sheet into memory
	}
	merged, err := f.GetMergeCells(name)
	if err != nil {
		return
	}
	at := make(map[int64]int, len(s.lines))
	for i, line := range s.lines {
		at[line] = i
	}
	for _, m := range merged {
		column, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			continue
		}
		_, bottom, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil || bottom == top {
			continue
		}
		first, ok := at[int64(top)]
		if !ok || column > len(s.rows[first]) {
			continue
		}
		for line := top + 1; line <= bottom && line <= top+len(s.rows); line++ {
			i, ok := at[int64(line)]
			if !ok {
				continue
			}
			for len(s.rows[i]) < column {
				s.rows[i] = append(s.rows[i], "")
			}
			if s.rows[i][column-1] == "" {
				s.rows[i][column-1] = s.rows[first][column-1]
			}
		}
	}
}
