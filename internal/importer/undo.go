package importer

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// UndoKind is the kind of job that Undo does.
const UndoKind = "import_undo"

// UndoArgs say which import to take back.
type UndoArgs struct {
	Import      uuid.UUID `json:"import"`
	KeepChanged bool      `json:"keep_changed"` // leave what people changed since, instead of refusing
	By          string    `json:"by"`           // name of the account; "" is the service or its operator
}

// Undo is the job handler that takes an import back as a whole. Its report is a
// registry.UndoReport, also where what people did since refuses it.
func (im *Importer) Undo(ctx context.Context, raw json.RawMessage, p *job.Progress) (any, error) {
	var args UndoArgs
	if err := json.Unmarshal(raw, &args); err != nil {
		return nil, fmt.Errorf("read the arguments of an undo: %w", err)
	}
	ctx, err := im.actAs(ctx, args.By)
	if err != nil {
		return nil, err
	}
	scope := account.Everything
	if person, ok := account.From(ctx); ok {
		scope = person.Scope
	}
	p.Phase("撤销", "", 0)
	report, err := im.reg.UndoImport(ctx, scope, args.Import, args.KeepChanged, func(ctx context.Context, tx *postgis.Tx, report registry.UndoReport) error {
		p.District(report.District)
		return p.Done(ctx, tx, report)
	})
	var changed *registry.ImportChangedError
	var invalid *registry.InvalidError
	var outside *account.OutsideError
	switch {
	case err == nil:
		return report, nil
	case errors.As(err, &changed):
		return changed.Report, refuse("%s", changed.Error())
	case errors.As(err, &invalid):
		return nil, refuse("%s", invalid.Detail)
	case errors.As(err, &outside):
		return nil, refuse("您没有撤销这次导入的权限")
	case errors.Is(err, postgis.ErrNotFound):
		return nil, refuse("没有这次导入，或它的记录已过保存期限")
	}
	return nil, err
}
