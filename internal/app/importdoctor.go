package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/doctor"
	"github.com/lianpian/lianpian/internal/job"
	"github.com/lianpian/lianpian/internal/postgis"
)

// importByDoctor has a file inspected, prints what was found, and imports it
// where nothing is left to ask. It asks nobody: what is open is refused with the
// flags that answer it, or taken as proposed with --yes.
func (w *worker) importByDoctor(ctx context.Context, i ImportConfig, path string, out io.Writer) error {
	district, err := w.onlyDistrict(ctx, i.District)
	if err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("look at %s: %w", path, err)
	}
	decisions := i.decisions()
	one, err := w.doctor.Begin(ctx, district, doctor.Upload{Path: path, Name: filepath.Base(path), Size: info.Size(), Decisions: decisions})
	if err != nil {
		return err
	}
	imported := false
	defer func() {
		if !imported { // nobody comes back for it
			_ = w.doctor.Discard(context.WithoutCancel(ctx), one.ID)
		}
	}()
	if one, err = w.inspect(ctx, one); err != nil {
		return err
	}
	if i.Yes && len(one.Diagnosis.Questions) > 0 {
		decided, again, err := w.doctor.Decide(ctx, one.ID, one.Version, one.Diagnosis.Proposal)
		if err != nil {
			return err
		}
		if one = decided; again {
			if one, err = w.inspect(ctx, one); err != nil {
				return err
			}
		}
	}
	// A script gets one document: the report, or the diagnosis where there is none.
	if !i.JSON || i.DryRun || len(one.Diagnosis.Questions) > 0 {
		if err := printDiagnosis(out, one, i.JSON); err != nil {
			return err
		}
	}
	if i.DryRun {
		return nil
	}
	if open := one.Diagnosis.Questions; len(open) > 0 {
		return &RefusedError{Detail: fmt.Sprintf("%s: %d 个问题没有答案，没有导入任何数据", one.Name, len(open))}
	}
	if one, err = w.doctor.AskImport(ctx, one.ID, one.Version); err != nil {
		return err
	}
	j, err := w.work(ctx, one, doctor.KindImport)
	if err != nil {
		return err
	}
	imported = j.State == job.Done
	return reported(j, one.Name, i.JSON, out)
}

func (w *worker) work(ctx context.Context, one doctor.Inspection, kind string) (job.Job, error) {
	return w.do(ctx, job.Request{
		District: one.District, Kind: kind, Title: one.Name, Args: doctor.Args{Inspection: one.ID},
	}, func(ctx context.Context, tx *postgis.Tx, id uuid.UUID) error {
		return w.doctor.Attach(ctx, tx, one.ID, id)
	})
}

// inspect runs the inspection of a file and returns it with its diagnosis.
func (w *worker) inspect(ctx context.Context, one doctor.Inspection) (doctor.Inspection, error) {
	j, err := w.work(ctx, one, doctor.KindInspect)
	if err != nil {
		return one, err
	}
	if j.State != job.Done {
		return one, &RefusedError{Detail: one.Name + ": " + firstText(j.Error, string(j.State))}
	}
	if one, err = w.doctor.Inspection(ctx, one.ID); err != nil {
		return one, err
	}
	if one.Diagnosis == nil {
		return one, &RefusedError{Detail: one.Name + ": " + firstText(one.Error, "没有诊断结果")}
	}
	return one, nil
}

// onlyDistrict is the district that was named, or the only one there is.
func (w *worker) onlyDistrict(ctx context.Context, named string) (string, error) {
	if named != "" {
		return named, nil
	}
	list, err := w.registry.Districts(ctx, account.Everything)
	if err != nil {
		return "", err
	}
	if len(list) != 1 {
		return "", &RefusedError{Detail: fmt.Sprintf("there are %d districts: say with --district which one the file is for", len(list))}
	}
	return list[0].Code, nil
}

// decisions are what the flags say about the file, for whatever layers it has.
func (i ImportConfig) decisions() doctor.Decisions {
	all := doctor.LayerDecision{
		CRS: i.CRS, Datum: i.Datum, AreaUnit: i.AreaUnit, Type: i.Type, Scenario: i.Scenario, Duplicates: i.Duplicates,
		Fields: map[string]string{},
	}
	switch i.CRS { // names that the importer knows
	case "wgs84":
		all.CRS = "EPSG:4326"
	case "cgcs2000":
		all.CRS = "EPSG:4490"
	case "gcj02", "bd09":
		all.CRS, all.Datum = "EPSG:4326", firstText(i.Datum, i.CRS)
	}
	if i.Layer != "auto" {
		all.Target = i.Layer
	}
	for field, column := range i.Map {
		all.Fields[column] = field
	}
	if i.Yes {
		all.Repairs = "accept"
	}
	return doctor.Decisions{Encoding: i.Encoding, Layers: []doctor.LayerDecision{all}}
}

// printDiagnosis prints what was found in a file.
func printDiagnosis(out io.Writer, one doctor.Inspection, asJSON bool) error {
	d := one.Diagnosis
	if asJSON {
		return json.NewEncoder(out).Encode(d)
	}
	fmt.Fprintf(out, "%s：%s，%d 行", one.Name, d.Format, d.Rows)
	if d.Encoding != "" {
		fmt.Fprintf(out, "，编码 %s", d.Encoding)
	}
	fmt.Fprintln(out)
	for _, f := range d.Findings[:min(len(d.Findings), maxPrinted)] {
		fmt.Fprintf(out, "  %s%s\n", rowName(f.Row, ""), f.Detail)
	}
	printRest(out, int64(len(d.Findings)), len(d.Findings), "处发现")
	for _, l := range d.Layers {
		printLayer(out, l)
	}
	for _, q := range d.Questions {
		fmt.Fprintf(out, "  问：%s（%s", q.Text, flagFor(q.Kind))
		if q.Proposed != "" {
			fmt.Fprintf(out, "；建议 %s，--yes 采用", q.Proposed)
		}
		fmt.Fprintln(out, "）")
	}
	return nil
}

func printLayer(out io.Writer, l doctor.LayerDiagnosis) {
	fmt.Fprintf(out, "图层“%s” → %s：%d 行（新增 %d，更新 %d，跳过 %d，拒绝 %d）\n",
		l.Name, firstText(l.Target.Layer, "未定"), l.Rows, l.Tally.Insert, l.Tally.Update, l.Tally.Skip, l.Tally.Refuse)
	if l.CRS.Chosen != "" {
		fmt.Fprintf(out, "  坐标系 %s：%s\n", l.CRS.Chosen, l.CRS.Reason)
	}
	if s := l.Shift; s != nil && s.Proposed != "" && s.Proposed != "none" {
		fmt.Fprintf(out, "  坐标偏移 %s：%s\n", s.Proposed, s.Reason)
	}
	var mapped, left []string
	for _, f := range l.Fields {
		if f.Target != "" {
			mapped = append(mapped, f.Target+"="+f.Name)
		} else {
			left = append(left, f.Name)
		}
	}
	if len(mapped) > 0 {
		fmt.Fprintf(out, "  字段 %s\n", strings.Join(mapped, "，"))
	}
	if len(left) > 0 {
		fmt.Fprintf(out, "  不导入的字段 %s\n", strings.Join(left, "，"))
	}
	for _, g := range l.Geometry {
		fmt.Fprintf(out, "  图形 %d 处：%s %s\n", g.Count, g.Detail, g.Repair)
	}
	if u := l.Duplicates; u.ByCode+u.ByOverlap+u.ByName+u.InFile > 0 {
		fmt.Fprintf(out, "  重复：编码 %d，位置 %d，名称 %d，文件内 %d\n", u.ByCode, u.ByOverlap, u.ByName, u.InFile)
	}
	if l.Outside.Count > 0 {
		fmt.Fprintf(out, "  在区范围以外 %d 行，不导入\n", l.Outside.Count)
	}
	for _, r := range l.Refused[:min(len(l.Refused), maxPrinted)] {
		fmt.Fprintf(out, "  拒绝 %s%s\n", rowName(r.Row, r.Object), r.Reason)
	}
}

// flagFor is the flag that answers a question.
func flagFor(kind string) string {
	switch kind {
	case "target":
		return "--layer"
	case "fields", "places":
		return "--map"
	case "area_unit":
		return "--area-unit"
	case "repairs":
		return "--yes"
	}
	return "--" + kind
}
