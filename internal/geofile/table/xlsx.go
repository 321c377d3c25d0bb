package table

import (
	"context"
	"fmt"
	"strings"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/archive"
)

// The bounds of a workbook.
const (
	maxWorkbookBytes = 256 << 20 // unpacked
	maxMergedRows    = 20_000    // finding merged cells takes a worksheet into memory
)

// addWorkbook adds the visible worksheets that have rows.
func (o *opener) addWorkbook(ctx context.Context, path string, a *archive.Archive) (err error) {
	total := int64(0)
	for _, e := range a.Entries {
		total += e.Size
	}
	if total > maxWorkbookBytes {
		return geofile.Refuse("这个 .xlsx 文件解压后超过 %d MB，疑似压缩炸弹，未读取", maxWorkbookBytes>>20)
	}
	// The library was not written for hostile files.
	defer func() {
		if recover() != nil {
			err = errBroken()
		}
	}()
	file, err := seal.Open(path, o.opts.Key)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	// Parts above the second limit would be unpacked to the disk, in clear.
	f, err := excelize.OpenReader(file, excelize.Options{
		UnzipSizeLimit: maxWorkbookBytes, UnzipXMLSizeLimit: maxWorkbookBytes, RawCellValue: true,
	})
	file.Close()
	if err != nil {
		return errBroken()
	}
	o.closers = append(o.closers, f.Close)
	for _, name := range f.GetSheetList() {
		if visible, err := f.GetSheetVisible(name); err == nil && !visible {
			continue
		}
		w := &worksheet{file: f, name: name}
		if err := o.add(ctx, name, "", w.rows); err != nil {
			return err
		}
		if w.lines <= maxMergedRows {
			w.findMerged()
		}
	}
	if len(o.data.Layers) == 0 {
		return geofile.Refuse("工作簿里没有可见的、有内容的工作表")
	}
	return nil
}

func errBroken() error { return geofile.Refuse("这个 .xlsx 文件已损坏，无法读取") }

// worksheet is a sheet of a workbook.
type worksheet struct {
	file   *excelize.File
	name   string
	lines  int64                    // with blank ones
	merged map[int64]map[int]string // by line and column from 0
}

func (w *worksheet) rows(ctx context.Context, yield func(line int64, cells []string) error) (err error) {
	defer func() {
		if recover() != nil {
			err = errBroken()
		}
	}()
	rows, err := w.file.Rows(w.name)
	if err != nil {
		return geofile.Refuse("工作表“%s”已损坏，无法读取", geofile.Shorten(w.name, 30))
	}
	defer rows.Close()
	for line := int64(1); rows.Next(); line++ {
		w.lines = max(w.lines, line)
		if line%1000 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		cells, err := rows.Columns()
		if err != nil {
			return geofile.Refuse("工作表“%s”第 %d 行已损坏，无法读取", geofile.Shorten(w.name, 30), line)
		}
		for column, value := range w.merged[line] {
			for len(cells) <= column {
				cells = append(cells, "")
			}
			if cells[column] == "" {
				cells[column] = value
			}
		}
		cells = trimmed(cells)
		if len(cells) > maxColumns {
			return geofile.Refuse("工作表“%s”第 %d 行有 %d 列，超过 %d 列的上限", geofile.Shorten(w.name, 30), line, len(cells), maxColumns)
		}
		if len(cells) == 0 {
			continue
		}
		for i := range cells {
			cells[i] = strings.ToValidUTF8(cells[i], "\ufffd")
		}
		if err := yield(line, cells); err != nil {
			return err
		}
	}
	if rows.Error() != nil {
		return geofile.Refuse("工作表“%s”已损坏，无法读取", geofile.Shorten(w.name, 30))
	}
	return nil
}

// findMerged finds cells that were merged downwards: their value counts for each of
// their rows. Ledgers merge the 街道 of all their communities.
func (w *worksheet) findMerged() {
	cells, err := w.file.GetMergeCells(w.name)
	if err != nil {
		return
	}
	w.merged = map[int64]map[int]string{}
	for _, m := range cells {
		column, top, err := excelize.CellNameToCoordinates(m.GetStartAxis())
		if err != nil {
			continue
		}
		_, bottom, err := excelize.CellNameToCoordinates(m.GetEndAxis())
		if err != nil || m.GetCellValue() == "" {
			continue
		}
		for line := top + 1; line <= bottom && line <= top+maxMergedRows; line++ {
			if w.merged[int64(line)] == nil {
				w.merged[int64(line)] = map[int]string{}
			}
			w.merged[int64(line)][column-1] = m.GetCellValue()
		}
	}
}
