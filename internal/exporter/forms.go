package exporter

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/survey"
)

// FormsInput is what the forms need beside the plan. It is plain data, to be
// kept with the plan: written as JSON and read back it gives the same files.
type FormsInput struct {
	// Surveys are the newest survey of each community of the plan that was ever
	// asked, with its rows. The others get their sheets from the plan's buildings.
	Surveys []survey.Survey `json:"surveys"`
	// Statistics are annex 4's rows of the plan's communities that were asked.
	Statistics []survey.Statistic `json:"statistics"`
	// Months are frozen monthly reports; without one of a form, the form is blank.
	Months []Month `json:"months"`
}

// Month is a frozen monthly report with the digest that it was frozen with.
type Month struct {
	Snapshot progress.Snapshot `json:"snapshot"`
	Digest   string            `json:"digest"`
}

// File is a file that can be written any number of times, the same each time.
type File struct {
	Name  string // with extension, without folder
	Write func(w io.Writer) error
}

// Forms are the annexes of the plan's document as workbooks, in their order: 3
// for each community, 4 and 5 with a sheet for each subdistrict, 6 and 7 for
// each frozen monthly report. Errors come from the policies that the program
// holds, or when a file is written.
func Forms(p *areaplan.Plan, in FormsInput) ([]File, error) {
	files := annex3Files(p, in.Surveys)
	statistics := statisticsOf(p, in.Statistics)
	files = append(files,
		File{"附件4-征求意见情况统计表.xlsx", func(w io.Writer) error { return SurveyStatistics(w, statistics, p.By, p.At) }},
		File{"附件5-拟纳入中央补助支持项目基本情况表.xlsx", func(w io.Writer) error { return writeAnnex5(w, p) }},
	)
	months, err := monthFiles(p, in.Months)
	if err != nil {
		return nil, err
	}
	return distinct(append(files, months...)), nil
}

// monthFiles are annexes 6 and 7, blank where nothing is frozen.
func monthFiles(p *areaplan.Plan, months []Month) ([]File, error) {
	var files []File
	for _, form := range progress.Forms() {
		found := false
		for _, m := range months {
			if m.Snapshot.Form != form {
				continue
			}
			found = true
			files = append(files, File{
				fmt.Sprintf("%s-%s-%s.xlsx", annexOf(form), m.Snapshot.Month, m.Snapshot.Unit.Name),
				func(w io.Writer) error { return MonthXLSX(w, m.Snapshot, m.Digest) },
			})
		}
		if found {
			continue
		}
		blank, err := blankMonth(p, form)
		if err != nil {
			return nil, fmt.Errorf("write %s: %w", annexOf(form), err)
		}
		files = append(files, File{annexOf(form) + "-空表.xlsx", func(w io.Writer) error { return MonthXLSX(w, blank, "") }})
	}
	return files, nil
}

// blankMonth is a monthly form as the district's document prints it, else as
// wansheng-2020 does.
func blankMonth(p *areaplan.Plan, form progress.Form) (progress.Snapshot, error) {
	lib, err := policy.Load()
	if err != nil {
		return progress.Snapshot{}, err
	}
	document, err := lib.Policy(p.District.PolicyKey)
	if err != nil || !slices.ContainsFunc(document.Forms, func(f policy.Form) bool { return f.Key == string(form) }) {
		if document, err = lib.Policy("wansheng-2020"); err != nil {
			return progress.Snapshot{}, err
		}
	}
	unit := progress.ReportUnit{Code: p.District.Code, Name: p.District.Name}
	return progress.Blank(policy.Choice{Policy: document}, unit, form, p.At.In(clock.China).Year()), nil
}

// distinct makes the names of files safe, and keeps those of the same name apart.
func distinct(files []File) []File {
	taken := map[string]bool{}
	for i := range files {
		base := safeName(strings.TrimSuffix(files[i].Name, ".xlsx"))
		name := base
		for n := 2; taken[strings.ToLower(name)]; n++ {
			name = fmt.Sprintf("%s (%d)", base, n)
		}
		taken[strings.ToLower(name)] = true
		files[i].Name = name + ".xlsx"
	}
	return files
}

// safeName replaces the characters that some file system refuses.
func safeName(name string) string {
	clean := func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`\/:*?"<>|`, r) {
			return '_'
		}
		return r
	}
	runes := []rune(strings.Trim(strings.Map(clean, name), " ."))
	return string(runes[:min(len(runes), 60)])
}
