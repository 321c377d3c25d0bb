package app

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/importer"
)

// maxPrinted is how many refused rows and repairs a terminal is given; the JSON
// report has more.
const maxPrinted = 20

// printReport prints what an import did; of a refused file only the rows that
// are at fault, if it came that far.
func printReport(out io.Writer, raw json.RawMessage, asJSON, done bool) error {
	if asJSON {
		_, err := out.Write(append(raw, '\n'))
		return err
	}
	var r importer.Report
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("read the report: %w", err)
	}
	if !done {
		printRefused(out, r)
		return nil
	}
	fmt.Fprintf(out, "%s → 区 %s，用时 %.1f 秒\n", r.File, r.District, r.Seconds)
	fmt.Fprintf(out, "接收 %d 行（新增 %d，更新 %d，未变 %d），拒绝 %d 行，修复 %d 处\n",
		r.RowsTaken, r.Inserted, r.Updated, r.Unchanged, r.RowsRefused, r.RepairsTotal)
	table := tabwriter.NewWriter(out, 0, 4, 2, ' ', tabwriter.AlignRight)
	for _, layer := range slices.Sorted(maps.Keys(r.Layers)) {
		l := r.Layers[layer]
		fmt.Fprintf(table, "  %s\t新增 %d\t更新 %d\t未变 %d\t拒绝 %d\t\n", layer, l.Inserted, l.Updated, l.Unchanged, l.Refused)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	printRefused(out, r)
	for _, repair := range r.Repairs[:min(len(r.Repairs), maxPrinted)] {
		fmt.Fprintf(out, "  修复 %s%s，%s → %s\n", rowName(repair.Row, ""), repair.What, repair.Before, repair.After)
	}
	printRest(out, r.RepairsTotal, len(r.Repairs), "处修复")
	for _, note := range r.Notes {
		fmt.Fprintf(out, "  注：%s\n", note)
	}
	if r.ID != (uuid.UUID{}) && r.Inserted+r.Updated > 0 {
		fmt.Fprintf(out, "  撤销这次导入：lianpian import undo %s\n", r.ID)
	}
	return nil
}

func printRefused(out io.Writer, r importer.Report) {
	for _, refused := range r.Refused[:min(len(r.Refused), maxPrinted)] {
		line := "  拒绝 " + rowName(refused.Row, refused.Object) + refused.Reason
		if refused.Value != "" && refused.Value != refused.Object {
			line += "（" + refused.Value + "）"
		}
		fmt.Fprintln(out, line)
	}
	printRest(out, r.RowsRefused, len(r.Refused), "行被拒绝")
}

// rowName is the place at the head of a line; of a repaired object the sentence
// itself names it.
func rowName(row int64, object string) string {
	switch {
	case object != "":
		return object + "："
	case row > 0:
		return fmt.Sprintf("第 %d 行：", row)
	default:
		return ""
	}
}

func printRest(out io.Writer, total int64, listed int, what string) {
	if shown := int64(min(listed, maxPrinted)); total > shown {
		fmt.Fprintf(out, "  …… 另有 %d %s\n", total-shown, what)
	}
}
