// Package table reads and writes tables whose rows may have a place: CSV in any
// delimiter and encoding, and the worksheets of .xlsx workbooks. Which columns hold
// coordinates, and how, is found and can be told; all other cells stay texts as they
// stand, for whoever knows their meaning. It must never evaluate a formula, and never
// take degrees for packed minutes unless told.
package table

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/archive"
)

const (
	maxColumns = 1024
	// maxBlankCells bounds what spreadsheets put at the end of rows.
	maxBlankCells = 20_000
	maxRecord     = 16 << 20 // bytes of a row: a geometry of 200,000 points as text
	headerLook    = 20       // rows among which the one with the headers is
)

// grid gives the rows of a table from its beginning: the number of the line that a
// person sees, from 1, and the cells without blank ones at the end. Rows without any
// are left out. A row is valid until the next one.
type grid func(ctx context.Context, yield func(line int64, cells []string) error) error

// errEnough ends the reading of a grid early.
var errEnough = errors.New("enough rows")

// Open opens a CSV file, a ZIP archive of such, or a workbook. Rows have all columns
// as values but for a geometry, which is in the row's own. What cannot be read at all is
// a *geofile.RefusedError.
func Open(ctx context.Context, path string, opts geofile.Options) (*geofile.Dataset, error) {
	opts.Limits = opts.Limits.Filled()
	opts.Name = cmp.Or(opts.Name, filepath.Base(path))
	head, err := headOf(path, opts.Key)
	if err != nil {
		return nil, err
	}
	o := &opener{data: &geofile.Dataset{Format: "csv"}, opts: opts}
	o.data.Close = o.close
	switch {
	case len(bytes.TrimSpace(head)) == 0:
		err = geofile.Refuse("文件是空的")
	case bytes.HasPrefix(head, []byte{0xd0, 0xcf, 0x11, 0xe0}):
		err = geofile.Refuse("这是旧版 .xls 或加密的 Excel 文件，请另存为不加密的 .xlsx 后再导入")
	case archive.Is(head):
		err = o.openArchive(ctx, path)
	default:
		err = o.addCSV(ctx, path, opts.Key, opts.Name)
	}
	if err == nil && len(o.data.Layers) == 0 {
		err = geofile.Refuse("文件里没有表格内容")
	}
	if err != nil {
		return nil, errors.Join(err, o.close())
	}
	return o.data, nil
}

type opener struct {
	data    *geofile.Dataset
	opts    geofile.Options
	rows    int64
	closers []func() error
}

func (o *opener) close() error {
	var err error
	for _, c := range o.closers {
		err = errors.Join(err, c())
	}
	o.closers = nil
	return err
}

func headOf(path string, key *seal.Key) ([]byte, error) {
	file, err := seal.Open(path, key)
	if err != nil {
		return nil, fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	head := make([]byte, 4096)
	n, err := io.ReadFull(file, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return nil, fmt.Errorf("read the file: %w", err)
	}
	return head[:n], nil
}

// openArchive opens a workbook, which is a ZIP archive, or CSV files in one.
func (o *opener) openArchive(ctx context.Context, path string) error {
	limits := o.opts.Limits
	limits.Ratio = max(limits.Ratio, 1000) // worksheets of empty rows pack well
	a, err := archive.OpenSealed(path, o.opts.Key, limits)
	if err != nil {
		return err
	}
	defer a.Close()
	for _, e := range a.Entries {
		if strings.HasPrefix(strings.ToLower(e.Name), "xl/") {
			o.data.Format = "xlsx"
			return o.addWorkbook(ctx, path, a)
		}
	}
	o.data.Findings = append(o.data.Findings, a.Findings...)
	for _, e := range a.Entries {
		if ext := e.Ext(); ext != ".csv" && ext != ".tsv" && ext != ".txt" {
			continue
		}
		file, removed, err := a.Unpack(ctx, e)
		if err != nil {
			return err
		}
		o.closers = append(o.closers, removed)
		if err := o.addCSV(ctx, file.Name(), file.Key(), e.Base()); err != nil {
			return err
		}
	}
	if len(o.data.Layers) == 0 {
		return geofile.Refuse("这是一个 ZIP 压缩包，里面没有 .csv 文件，也不是 .xlsx 工作簿")
	}
	return nil
}

// add makes a layer of a grid, having read it once.
func (o *opener) add(ctx context.Context, name, encoding string, g grid) error {
	t := &sheet{name: name, grid: g, limits: o.opts.Limits}
	if err := t.look(ctx, o.opts.Columns); err != nil {
		return err
	}
	if o.rows += t.count; o.rows > o.opts.Limits.Rows {
		return geofile.Refuse("文件超过 %d 行的上限", o.opts.Limits.Rows)
	}
	if len(t.fields) == 0 {
		return nil
	}
	o.data.Findings = append(o.data.Findings, t.findings...)
	o.data.Layers = append(o.data.Layers, geofile.Source{
		Name: name, Shape: t.shape, Fields: t.fields, Count: t.count, CRS: t.crs, CRSText: t.crsText,
		Encoding: encoding, Columns: t.columns, Rows: t.rows,
	})
	return nil
}
