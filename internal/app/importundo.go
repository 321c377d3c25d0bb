package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/registry"
)

// UndoConfig says which import to take back.
type UndoConfig struct {
	ID          string `arg:"" help:"Id of the import, as lianpian import list prints it."`
	KeepChanged bool   `name:"keep-changed" help:"Leave rows that were changed or used since as they are, instead of refusing the whole."`
}

// UndoImport takes an import back as a whole.
func UndoImport(ctx context.Context, c Config, u UndoConfig, out, status io.Writer) error {
	id, err := uuid.Parse(u.ID)
	if err != nil {
		return &RefusedError{Detail: u.ID + " is not the id of an import"}
	}
	return withJobs(ctx, c, status, func(ctx context.Context, w *worker) error {
		j, err := w.do(ctx, job.Request{
			Kind: importer.UndoKind, Title: "撤销导入：" + u.ID, Args: importer.UndoArgs{Import: id, KeepChanged: u.KeepChanged},
		})
		if err != nil {
			return err
		}
		if len(j.Report) > 0 {
			if err := printUndo(out, j.Report, c.JSON, j.State == job.Done); err != nil {
				return err
			}
		}
		if j.State != job.Done {
			return &RefusedError{Detail: firstText(j.Error, string(j.State))}
		}
		return nil
	})
}

func printUndo(out io.Writer, raw json.RawMessage, asJSON, done bool) error {
	if asJSON {
		_, err := out.Write(append(raw, '\n'))
		return err
	}
	var r registry.UndoReport
	if err := json.Unmarshal(raw, &r); err != nil {
		return fmt.Errorf("read the report: %w", err)
	}
	if done {
		fmt.Fprintf(out, "%s：删除 %d 条，恢复 %d 条，保留 %d 条\n", r.Title, r.Removed, r.Restored, r.LeftTotal)
	}
	for _, l := range r.Left[:min(len(r.Left), maxPrinted)] {
		fmt.Fprintf(out, "  %s %s %s：%s\n", l.Table, l.Code, l.Name, l.Reason)
	}
	printRest(out, r.LeftTotal, len(r.Left), "条")
	return nil
}

// ImportListConfig says of which district to list imports.
type ImportListConfig struct {
	District string `arg:"" help:"Code of the district."`
}

// ListImports prints the imports into a district that are remembered.
func ListImports(ctx context.Context, c Config, l ImportListConfig, out io.Writer) error {
	return withNouns(ctx, c, func(ctx context.Context, n *nouns) error {
		list, err := n.registry.Imports(ctx, account.Everything, l.District, 500)
		if err != nil {
			return err
		}
		return c.say(out, map[string]any{"items": list}, func(out io.Writer) error {
			for _, i := range list {
				state := ""
				if i.UndoneAt != nil {
					state = "  已撤销"
				}
				fmt.Fprintf(out, "%s  %s  %s  %s%s\n", i.ID, i.At.Local().Format("2006-01-02 15:04"), i.Title, sayChanges(i.Changes), state)
			}
			return nil
		})
	})
}

func sayChanges(changes map[string]registry.ImportCount) string {
	if len(changes) == 0 {
		return "没有变化"
	}
	var parts []string
	for _, table := range slices.Sorted(maps.Keys(changes)) {
		parts = append(parts, fmt.Sprintf("%s +%d ~%d", table, changes[table].Added, changes[table].Changed))
	}
	return strings.Join(parts, ", ")
}

func firstText(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
