package exporter

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/zone"
)

// writeCSV writes rows for spreadsheets: UTF-8 with a byte order mark, cells that
// begin like a formula after an apostrophe. The rows are changed.
func writeCSV(w io.Writer, rows [][]string) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	table := csv.NewWriter(w)
	table.UseCRLF = true
	for _, row := range rows {
		for i, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				row[i] = "'" + cell
			}
		}
		if err := table.Write(row); err != nil {
			return err
		}
	}
	table.Flush()
	return table.Error()
}

// StringsCSV writes strings as a table for spreadsheets.
func StringsCSV(w io.Writer, lines []zone.String) error {
	rows := [][]string{{"街道", "小区编号", "小区", "相邻小区编号", "相邻小区", "长度（米）", "沿线街道", "说明"}}
	for _, l := range lines {
		note := ""
		if l.Straight {
			note = "直线，沿线道路未知"
		}
		rows = append(rows, []string{
			l.Name, l.A, l.AName, l.B, l.BName, strconv.FormatFloat(l.LengthM, 'f', 1, 64), zone.StreetsText(l.Streets), note,
		})
	}
	return writeCSV(w, rows)
}
