package exporter

import (
	"archive/zip"
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
)

// save writes the workbook with its parts in a fixed order and without times of
// writing, so that the same book has the same bytes.
func (b *book) save(w io.Writer) error {
	kept, err := os.CreateTemp("", "lianpian-book-*.xlsx")
	if err != nil {
		return fmt.Errorf("make a file for a workbook: %w", err)
	}
	defer os.Remove(kept.Name())
	defer kept.Close()
	if _, err := b.file.WriteTo(kept); err != nil {
		return err
	}
	size, err := kept.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	parts, err := zip.NewReader(kept, size)
	if err != nil {
		return err
	}
	first := map[string]int{"[Content_Types].xml": -2, "_rels/.rels": -1} // where programs look first
	slices.SortFunc(parts.File, func(x, y *zip.File) int {
		return cmp.Or(cmp.Compare(first[x.Name], first[y.Name]), cmp.Compare(x.Name, y.Name))
	})
	out := zip.NewWriter(w)
	for _, part := range parts.File {
		if err := out.Copy(part); err != nil {
			return err
		}
	}
	return out.Close()
}
