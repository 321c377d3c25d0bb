package site

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

// JobArgs are the arguments of a job that works on a siting.
type JobArgs struct {
	Siting       uuid.UUID `json:"siting"`
	District     string    `json:"district"`
	Subdistricts []string  `json:"subdistricts"` // that the person who asked reaches; nil: the whole district
}

// keepWithin bounds the last write of a job that was cancelled.
const keepWithin = 10 * time.Second

// Handle works on a siting. It is a job.Handler. The answer is kept before its
// curve is drawn; when it is cancelled, the best so far stays. Done again from
// the beginning it comes to the same answer.
func (s *Store) Handle(ctx context.Context, args json.RawMessage, progress *job.Progress) (any, error) {
	var a JobArgs
	if err := json.Unmarshal(args, &a); err != nil {
		return nil, fmt.Errorf("read the arguments of a siting: %w", err)
	}
	q, err := s.Get(ctx, account.Everything, a.District, a.Siting)
	if err != nil {
		return nil, err
	}
	progress.Phase("读取住户、设施和道路", "", 0)
	scope := account.Scope{District: a.District, Subdistricts: a.Subdistricts}
	d, err := s.ground.Demand(ctx, scope, a.District, q.Request.asked())
	if err != nil {
		return nil, refusalOf(err)
	}
	progress.Phase("计算候选位置", "", 0)
	m, err := s.model(ctx, d, q.Request, a.Subdistricts)
	if err != nil {
		return nil, refusalOf(err)
	}
	progress.Phase("选址", "", 0)
	answer, err := m.solve(ctx)
	if err != nil && ctx.Err() != nil {
		return nil, ctx.Err() // stopped before anything was found
	}
	if err != nil {
		return nil, refusalOf(err)
	}
	settle, cancel := context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	if err := s.keepAnswer(settle, a.District, q.ID, answer, m.notes); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	progress.Phase("绘制数量曲线", "", 0)
	if answer.Curve, err = m.curve(ctx, max(q.Request.CurveTo, len(answer.Sites))); err != nil {
		return nil, refusalOf(err)
	}
	settle, cancel = context.WithTimeout(context.WithoutCancel(ctx), keepWithin)
	defer cancel()
	report := map[string]any{
		"siting": q.ID, "sites": len(answer.Sites), "value": answer.Value, "bound": answer.Bound, "proven": answer.Proven,
	}
	if ctx.Err() != nil {
		return nil, errors.Join(s.keepAnswer(settle, a.District, q.ID, answer, m.notes), ctx.Err())
	}
	err = s.keepAnswer(settle, a.District, q.ID, answer, m.notes, func(ctx context.Context, tx *postgis.Tx) error {
		return progress.Done(ctx, tx, report)
	})
	return report, err
}

// refusalOf turns what the data or the request are to blame for into a sentence
// for the person.
func refusalOf(err error) error {
	var wrong *InvalidError
	var unfit *coverage.InvalidError
	switch {
	case errors.As(err, &wrong):
		return &job.Refusal{Detail: wrong.Detail}
	case errors.As(err, &unfit):
		return &job.Refusal{Detail: unfit.Detail}
	}
	return err
}
