package doctor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/lianpian/lianpian/internal/upload"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

// The kinds of jobs that Inspect and Import do.
const (
	KindInspect = "inspect"
	KindImport  = "inspect_import"
)

// Args say which inspection a job is about.
type Args struct {
	Inspection uuid.UUID `json:"inspection"`
	By         string    `json:"by"`
}

// People finds the person who asked for work, as they are now.
type People interface {
	Person(ctx context.Context, name string) (account.Person, error)
}

// AskPeople makes the work act as the person who asked for it, within their
// scope. Without it, it acts as the service. Call it while wiring.
func (d *Doctor) AskPeople(people People) { d.people = people }

// Inspect is the handler of jobs of kind KindInspect: it reads the file, finds
// what is wrong with it and stages its rows. Where it may, and nothing is left
// to ask, it imports at once; its report is then that of the import.
func (d *Doctor) Inspect(ctx context.Context, raw json.RawMessage, p *job.Progress) (any, error) {
	ctx, i, err := d.asked(ctx, raw)
	if err != nil {
		return nil, err
	}
	if i.State != Inspecting {
		return nil, nil // done already, or given up meanwhile
	}
	if i, err = d.inspect(ctx, i, p); err != nil {
		return nil, d.refused(ctx, i, Failed, err)
	}
	if !i.Auto || i.Diagnosis == nil || !i.Diagnosis.Ready || !i.known() {
		return nil, nil
	}
	if i, err = d.AskImport(ctx, i.ID, i.Version); err != nil {
		return nil, err
	}
	report, err := d.bring(ctx, i, p)
	return report, d.refused(ctx, i, Ready, err)
}

// known tells whether the file may be imported unseen: its source was imported
// before, somebody decided about every layer of it, or it is of a format that leaves
// nothing to decide.
func (i Inspection) known() bool {
	if i.Remembered || i.Diagnosis.Path == pathOSM || i.Diagnosis.Path == pathElevation {
		return true
	}
	for _, l := range i.Diagnosis.Layers {
		if i.Decisions.layer(l.Name).Target == "" {
			return false
		}
	}
	return len(i.Diagnosis.Layers) > 0
}

// Import is the handler of jobs of kind KindImport.
func (d *Doctor) Import(ctx context.Context, raw json.RawMessage, p *job.Progress) (any, error) {
	ctx, i, err := d.asked(ctx, raw)
	if err != nil {
		return nil, err
	}
	if i.State != Importing {
		return nil, nil
	}
	report, err := d.bring(ctx, i, p)
	return report, d.refused(ctx, i, Ready, err)
}

// asked reads which inspection a job is about, and puts who asked into the
// context.
func (d *Doctor) asked(ctx context.Context, raw json.RawMessage) (context.Context, Inspection, error) {
	var args Args
	if err := json.Unmarshal(raw, &args); err != nil {
		return ctx, Inspection{}, fmt.Errorf("read the arguments of an inspection: %w", err)
	}
	i, err := d.Inspection(ctx, args.Inspection)
	if errors.Is(err, postgis.ErrNotFound) {
		return ctx, i, &job.Refusal{Detail: "这个文件已经放弃"}
	}
	if err != nil || args.By == "" || d.people == nil {
		return ctx, i, err
	}
	person, err := d.people.Person(ctx, args.By)
	if errors.Is(err, postgis.ErrNotFound) {
		return ctx, i, &job.Refusal{Detail: "发起导入的账号“" + args.By + "”已不存在"}
	}
	if err != nil {
		return ctx, i, fmt.Errorf("find who asked for an import: %w", err)
	}
	return account.With(ctx, person), i, nil
}

// refused keeps the sentence of what is the file's fault with the inspection.
func (d *Doctor) refused(ctx context.Context, i Inspection, state State, err error) error {
	var file *geofile.RefusedError
	var refusal *job.Refusal
	switch {
	case errors.As(err, &file):
		refusal = &job.Refusal{Detail: strings.TrimSuffix(file.Detail, "。")}
	case !errors.As(err, &refusal):
		return err
	}
	if note := d.settle(ctx, i, state, refusal.Detail); note != nil {
		return note
	}
	return refusal
}

// settle notes how the work on an inspection ended.
func (d *Doctor) settle(ctx context.Context, i Inspection, state State, sentence string) error {
	return d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `
			update inspection set state = $2, error = $3, version = version + 1, updated_at = $4
			where id = $1 and state in ('inspecting', 'importing')`, i.ID, state, sentence, d.now())
		if err != nil {
			return fmt.Errorf("settle inspection %s: %w", i.ID, err)
		}
		tx.Changed(i.change())
		return nil
	})
}

// inspect diagnoses the file of an inspection and keeps what was found.
func (d *Doctor) inspect(ctx context.Context, i Inspection, p *job.Progress) (Inspection, error) {
	key, err := upload.Key(ctx, d.db, d.files, i.path)
	if err != nil {
		return i, err
	}
	head, err := headOf(i.path, key)
	if err != nil {
		return i, err
	}
	if i.SHA256 == "" {
		if i.SHA256, err = digest(ctx, i.path, key); err != nil {
			return i, err
		}
	}
	if way := importerPath(i.Name, head); way != "" {
		i.Diagnosis = d.plain(i, way)
		return d.keep(ctx, i)
	}
	data, err := d.open(ctx, i)
	if err != nil {
		return i, err
	}
	defer func() { _ = data.Close() }()
	i.Format = data.Format
	if i, err = d.recall(ctx, i, data.Dataset); err != nil {
		return i, err
	}
	if i.Diagnosis, err = d.examine(ctx, i, data, p); err != nil {
		return i, err
	}
	if d.isLedger(i, data.Dataset) {
		way := d.plain(i, pathLedger)
		way.Findings, way.Rows, way.Encoding, way.Layers, way.Dropped = i.Diagnosis.Findings, i.Diagnosis.Rows, i.Diagnosis.Encoding, i.Diagnosis.Layers, i.Diagnosis.Dropped
		i.Diagnosis = way
	}
	return d.keep(ctx, i)
}

func (d *Doctor) open(ctx context.Context, i Inspection) (opened, error) {
	key, err := upload.Key(ctx, d.db, d.files, i.path)
	if err != nil {
		return opened{}, err
	}
	o := geofile.Options{Name: i.Name, Encoding: i.Decisions.Encoding, Key: key}
	for _, l := range i.Decisions.Layers {
		if c := l.Columns; c != nil {
			o.Columns = geofile.Columns{X: c.X, Y: c.Y, Geometry: c.WKT, Angles: c.Angles, None: c.None}
		}
	}
	data, err := openFile(ctx, i.path, o)
	if err != nil {
		return opened{}, err
	}
	named(data, i)
	if err := unmixed(ctx, data); err != nil {
		return opened{}, errors.Join(err, data.Close())
	}
	return withoutPersons(data), nil
}

// named gives every layer a name of its own. Where a format has none it is that
// of the file, and not that of the upload.
func named(data *geofile.Dataset, i Inspection) {
	bare := func(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }
	seen := map[string]bool{}
	for n := range data.Layers {
		name := data.Layers[n].Name
		if name == "" || name == bare(i.path) {
			name = bare(i.Name)
		}
		for base, k := name, 2; seen[name]; k++ {
			name = fmt.Sprintf("%s (%d)", base, k)
		}
		rename(data, n, name)
		seen[name] = true
	}
}

// rename gives a layer another name, also in what its reader finds odd.
func rename(data *geofile.Dataset, n int, name string) {
	l := &data.Layers[n]
	was := l.Name
	if was == name {
		return
	}
	l.Name = name
	for k := range data.Findings {
		if data.Findings[k].Layer == was && was != "" {
			data.Findings[k].Layer = name
		}
	}
	rows := l.Rows
	l.Rows = func(ctx context.Context, find func(geofile.Finding), yield func(geofile.Row) error) error {
		return rows(ctx, func(f geofile.Finding) {
			if f.Layer == was {
				f.Layer = name
			}
			find(f)
		}, yield)
	}
}

// plain is the diagnosis of a file that goes the importer's own path.
func (d *Doctor) plain(i Inspection, way string) *Diagnosis {
	out := &Diagnosis{Format: i.Format, Path: way, Ready: true, Proposal: i.Decisions}
	if out.Format == "" {
		out.Format = way
	}
	return out
}

// isLedger tells whether a table without places is a register of communities,
// which the importer's own path reads, with its titles above the headers.
func (d *Doctor) isLedger(i Inspection, data *geofile.Dataset) bool {
	if data.Format != "csv" && data.Format != "xlsx" || len(i.Diagnosis.Layers) != 1 {
		return false
	}
	l := i.Diagnosis.Layers[0]
	return l.Shape == "" && (l.Target.Layer == "communities" || l.Target.Layer == "" || l.Target.Layer == targetNone) && !l.Target.Decided
}

// keep stores what an inspection found. One that was given up meanwhile stays so.
func (d *Doctor) keep(ctx context.Context, i Inspection) (Inspection, error) {
	err := d.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		_, err := tx.Exec(ctx, `
			update inspection set state = 'ready', error = '', diagnosis = $2, format = $3, sha256 = $4, signature = $5, remembered = $6,
				decisions = $7, version = version + 1, updated_at = $8
			where id = $1 and state = 'inspecting'`,
			i.ID, i.Diagnosis, i.Diagnosis.Format, i.SHA256, i.signature, i.Remembered, i.Decisions, d.now())
		if err != nil {
			return fmt.Errorf("keep the diagnosis of inspection %s: %w", i.ID, err)
		}
		tx.Changed(i.change())
		return nil
	})
	if err != nil {
		return i, err
	}
	return d.Inspection(ctx, i.ID)
}

// rediagnose stages the rows of a small file anew while somebody waits.
func (d *Doctor) rediagnose(ctx context.Context, id uuid.UUID) error {
	i, err := d.Inspection(ctx, id)
	if err != nil {
		return err
	}
	_, err = d.inspect(ctx, i, nil)
	var refusal *job.Refusal
	if refused := d.refused(ctx, i, Failed, err); !errors.As(refused, &refusal) {
		return refused
	}
	return nil
}
