package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/postgis"
)

// atOnce is the most rows that are diagnosed anew while the person waits.
const atOnce = 5000

// Decide keeps what the person decided, where version is the one they saw, and
// says whether the file has to be read again by a job of kind KindInspect. Where
// it is small, that has been done already.
func (d *Doctor) Decide(ctx context.Context, id uuid.UUID, version int, decisions Decisions) (i Inspection, again bool, err error) {
	if err := decisions.sound(); err != nil {
		return i, false, err
	}
	if i, err = d.Inspection(ctx, id); err != nil {
		return i, false, err
	}
	if i.State != Ready && i.State != Failed {
		return i, false, &StateError{Detail: "文件" + stateNames[i.State] + "，现在不能修改"}
	}
	again = i.Diagnosis == nil || i.Diagnosis.Rows > atOnce || i.Diagnosis.Encoding != decisions.Encoding && decisions.Encoding != ""
	err = d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		var now int
		err := tx.QueryRow(ctx, `
			update inspection set decisions = $3, version = version + 1, updated_at = $4, state = 'inspecting', error = '', remembered = false
			where id = $1 and version = $2 and state in ('ready', 'failed') returning version`, id, version, decisions, d.now()).Scan(&now)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("inspection %s: %w", id, postgis.ErrVersion)
		}
		if err != nil {
			return fmt.Errorf("decide about inspection %s: %w", id, err)
		}
		tx.Changed(i.change())
		return account.Record(ctx, tx, account.Entry{
			Action: "inspection.decide", Entity: "inspection", Code: id.String(), District: i.District, Before: i.Decisions, After: decisions,
		})
	})
	if err != nil {
		return i, false, err
	}
	if !again {
		if err := d.rediagnose(ctx, id); err != nil {
			return i, false, err
		}
	}
	i, err = d.Inspection(ctx, id)
	return i, again, err
}

// AskImport checks that nothing is left to ask and takes the inspection over for
// a job of kind KindImport.
func (d *Doctor) AskImport(ctx context.Context, id uuid.UUID, version int, begin ...func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) (job uuid.UUID, err error)) (Inspection, error) {
	i, err := d.Inspection(ctx, id)
	switch {
	case err != nil:
		return i, err
	case i.State == Imported:
		return i, &StateError{Detail: "文件已经导入过了"}
	case i.State != Ready:
		return i, &StateError{Detail: "文件" + stateNames[i.State] + "，现在不能导入"}
	case i.Diagnosis == nil:
		return i, &StateError{Detail: "文件还没有诊断"}
	case len(i.Diagnosis.Questions) > 0:
		return i, &OpenError{Questions: i.Diagnosis.Questions}
	}
	err = d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		tag, err := tx.Exec(ctx, `
			update inspection set state = 'importing', version = version + 1, updated_at = $3
			where id = $1 and version = $2 and state = 'ready'`, id, version, d.now())
		if err != nil {
			return fmt.Errorf("begin the import of inspection %s: %w", id, err)
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("inspection %s: %w", id, postgis.ErrVersion)
		}
		if err := askForWork(ctx, tx, id, begin); err != nil {
			return err
		}
		tx.Changed(i.change())
		return account.Record(ctx, tx, account.Entry{
			Action: "inspection.import", Entity: "inspection", Code: id.String(), District: i.District, After: map[string]any{"name": i.Name},
		})
	})
	if err != nil {
		return i, err
	}
	return d.Inspection(ctx, id)
}

var stateNames = map[State]string{
	Inspecting: "正在诊断", Ready: "等待确认", Importing: "正在导入", Imported: "已经导入", Undone: "导入已经撤销", Failed: "诊断没有成功", Discarded: "已经放弃",
}

// sound looks at what the schema of the API cannot.
func (d Decisions) sound() error {
	seen := map[string]bool{}
	for _, l := range d.Layers {
		at := func(field string) string { return "layers." + field }
		if seen[l.Layer] {
			return &InvalidError{at("layer"), "图层“" + l.Layer + "”写了两次"}
		}
		seen[l.Layer] = true
		if l.CRS != "" {
			if _, err := geo.ParseCRS(l.CRS); err != nil {
				return &InvalidError{at("crs"), "不认识的坐标系“" + l.CRS + "”"}
			}
		}
		if l.Datum == "offset" && l.Offset == nil {
			return &InvalidError{at("offset"), "平移改正要写明东、北两个方向的米数"}
		}
		if o := l.Offset; o != nil && !(o[0] > -20_000 && o[0] < 20_000 && o[1] > -20_000 && o[1] < 20_000) {
			return &InvalidError{at("offset"), "平移不能超过 20 公里"}
		}
		for row, action := range l.Rows {
			if !slices.Contains([]string{"skip", "update", "new"}, action) {
				return &InvalidError{at("rows." + row), "应为 skip、update 或 new"}
			}
		}
		for field, target := range l.Fields {
			if target != "" && importer.Personal(field) {
				return &InvalidError{at("fields." + field), "“" + field + "”含居民个人信息，不能导入"}
			}
		}
	}
	return nil
}
