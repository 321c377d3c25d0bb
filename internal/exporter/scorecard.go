package exporter

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/coverage"
)

// ScorecardXLSX writes a scorecard as a workbook: the communities with their
// shares, the worst first; the facility types with limit and source; and what
// one must know to read it.
func ScorecardXLSX(w io.Writer, card coverage.Scorecard, by string, at time.Time) error {
	b, err := newBook("十五分钟生活圈设施体检", "设施覆盖", by, at)
	if err != nil {
		return fmt.Errorf("write a scorecard as XLSX: %w", err)
	}
	defer b.file.Close()
	for _, write := range []func(coverage.Scorecard) error{b.scores, b.scoreTypes, b.scoreNotes} {
		if err := write(card); err != nil {
			return fmt.Errorf("write a scorecard as XLSX: %w", err)
		}
	}
	if err := b.save(w); err != nil {
		return fmt.Errorf("write a scorecard as XLSX: %w", err)
	}
	return nil
}

func (b *book) scores(card coverage.Scorecard) error {
	type c = coverage.ScoreCommunity
	columns := []column[c]{
		{title: "小区编号", width: 16, value: func(r *c) any { return r.Code }},
		{title: "小区", width: 24, value: func(r *c) any { return r.Name }},
		{title: "街道（镇）", width: 14, value: func(r *c) any { return r.SubdistrictName }},
		{title: "户数（户）", width: 10, format: count, sum: true, value: func(r *c) any { return r.Households }},
		{title: "得分", width: 8, format: share, value: func(r *c) any { return r.Score }},
		{title: "可达类数", width: 9, format: count, value: func(r *c) any { return r.Have }},
	}
	for i, t := range card.Types {
		columns = append(columns, column[c]{title: t.FacilityName + "\n≤ " + t.Limit.Words(), width: 14, format: share, value: func(r *c) any {
			if i >= len(r.Share) || r.Share[i] == nil {
				return nil
			}
			return *r.Share[i]
		}})
	}
	return table(b, "小区得分", "生活圈设施体检："+word(card.Batch.Method), paperA3, columns, card.Communities, func(*c) []string { return nil })
}

func (b *book) scoreTypes(card coverage.Scorecard) error {
	type t = coverage.ScoreType
	columns := []column[t]{
		{title: "设施类型", width: 28, value: func(r *t) any { return r.FacilityName }},
		{title: "限值", width: 12, value: func(r *t) any { return r.Limit.Words() }},
		{title: "标准", width: 34, format: wrapped, value: func(r *t) any {
			if r.Standard == nil {
				return "用户填写"
			}
			return r.Standard.Source + " " + r.Standard.Clause
		}},
		{title: "核对程度", width: 9, value: func(r *t) any {
			if r.Standard == nil {
				return nil
			}
			return r.Standard.Mark
		}},
		{title: "限值依据", width: 40, format: wrapped, value: func(r *t) any {
			if r.Standard == nil {
				return nil
			}
			return r.Standard.Basis
		}},
		{title: "设施数量（处）", width: 12, format: count, value: func(r *t) any { return r.Facilities }},
		{title: "相应改造内容", width: 30, format: wrapped, value: func(r *t) any { return worksText(r.Works) }},
	}
	return table(b, "设施类型", "生活圈设施体检：设施类型", paperA4, columns, card.Types, func(*t) []string { return nil })
}

func worksText(works []coverage.CatalogueItem) string {
	said := make([]string, 0, len(works))
	for _, w := range works {
		said = append(said, fmt.Sprintf("%s %s", w.Clause, w.Name))
	}
	return strings.Join(said, "\n")
}

// scoreNote is a line of what one must know.
type scoreNote struct{ label, text string }

func (b *book) scoreNotes(card coverage.Scorecard) error {
	columns := []column[scoreNote]{
		{title: "项目", width: 18, value: func(r *scoreNote) any { return r.label }},
		{title: "说明", width: 90, format: wrapped, value: func(r *scoreNote) any { return r.text }},
	}
	return table(b, "说明", "生活圈设施体检：说明", paperA4, columns, scorecardNotes(card), func(*scoreNote) []string { return nil })
}

func scorecardNotes(card coverage.Scorecard) []scoreNote {
	notes := []scoreNote{
		{"计算方法", word(card.Batch.Method)},
		{"标准组合", card.Batch.Profile},
		{"计算时间", card.Batch.CreatedAt.In(clock.China).Format("2006-01-02 15:04")},
		{"得分", "各类设施可达户数比例的平均值；没有户数的小区按楼栋计。可达类数：至少一半住户可达的设施类数。"},
	}
	if len(card.Batch.Runs) > 0 {
		if w := card.Batch.Runs[0].Walker; w != nil {
			notes = append(notes, scoreNote{"步行人群", fmt.Sprintf("%s，平路 %g 米/秒，楼梯 %g 米/秒，过街等待 %g 秒。%s", w.Name, w.SpeedMS, w.StairsMS, w.CrossingS, w.Note)})
		}
	}
	for _, skipped := range card.Batch.Skipped {
		notes = append(notes, scoreNote{"未计算：" + skipped.FacilityName, skipped.Reason})
	}
	seen := map[string]bool{}
	for _, r := range card.Batch.Runs {
		for _, note := range r.Notes {
			if text := r.FacilityName + "：" + note; !seen[text] {
				seen[text] = true
				notes = append(notes, scoreNote{"提示", text})
			}
		}
	}
	return notes
}

// ScorecardCSV writes the communities of a scorecard as a table for
// spreadsheets, which says in every row by which method.
func ScorecardCSV(w io.Writer, card coverage.Scorecard) error {
	header := []string{"小区编号", "小区", "街道（镇）", "户数", "得分", "可达类数", "计算方法"}
	for _, t := range card.Types {
		header = append(header, t.FacilityName+"（≤ "+t.Limit.Words()+"）")
	}
	rows := [][]string{header}
	for _, c := range card.Communities {
		row := []string{
			c.Code, c.Name, c.SubdistrictName, strconv.FormatInt(c.Households, 10),
			strconv.FormatFloat(c.Score, 'f', 4, 64), strconv.Itoa(c.Have), word(card.Batch.Method),
		}
		for _, share := range c.Share {
			text := ""
			if share != nil {
				text = strconv.FormatFloat(*share, 'f', 4, 64)
			}
			row = append(row, text)
		}
		rows = append(rows, row)
	}
	return writeCSV(w, rows)
}
