package exporter

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/progress"
	"github.com/lianpian/lianpian/internal/survey"
)

const annex4Title = "XX街道（镇）老旧小区改造和社区服务提升征求意见情况统计表"

// annex4 are the columns of annex 4, under the two blocks that the document has.
var annex4 = []progress.Column{
	{Path: []string{"小区基本情况"}, Name: "小区名称"},
	{Path: []string{"小区基本情况"}, Name: "详细地址"},
	{Path: []string{"小区基本情况"}, Name: "占地面积"},
	{Path: []string{"小区基本情况"}, Name: "总建筑面积"},
	{Path: []string{"小区基本情况"}, Name: "建成时间"},
	{Path: []string{"小区基本情况"}, Name: "楼栋数"},
	{Path: []string{"小区基本情况"}, Name: "总户数"},
	{Path: []string{"前期工作完成情况"}, Name: "有无业主委员会（名称）"},
	{Path: []string{"前期工作完成情况"}, Name: "居民改造意愿"},
}

var annex4Widths = []float64{20, 24, 17, 18, 10, 8, 9, 16, 38}

// SurveyStatistics writes annex 4 (征求意见情况统计表): a sheet per subdistrict, a row
// per community.
func SurveyStatistics(w io.Writer, list []survey.Statistic, by string, at time.Time) error {
	b, err := newBook("老旧小区改造和社区服务提升征求意见情况统计表", "征求意见", by, at)
	if err != nil {
		return fmt.Errorf("write survey statistics: %w", err)
	}
	defer b.file.Close()
	names := map[string]bool{}
	for len(list) > 0 || !b.used {
		n := 0
		for n < len(list) && list[n].Community.SubdistrictCode == list[0].Community.SubdistrictCode {
			n++
		}
		place := ""
		if n > 0 {
			place = list[0].Community.SubdistrictName
		}
		if err := b.statistics(sheetName(place, "街道（镇）", names), place, list[:n]); err != nil {
			return fmt.Errorf("write survey statistics: %w", err)
		}
		list = list[n:]
	}
	if err := b.save(w); err != nil {
		return fmt.Errorf("write survey statistics: %w", err)
	}
	return nil
}

// statistics is one sheet of annex 4.
func (b *book) statistics(name, place string, list []survey.Statistic) error {
	heads := progress.Snapshot{Columns: annex4}.Heads()
	footer := ""
	for i := range list {
		if len(list[i].Generated) > 0 {
			footer = "演示数据：斜体行含有生成的数据"
		}
	}
	f, err := b.form(name, page{annex: "附件4", landscape: true, repeated: 2 + len(heads), footer: footer}, annex4Widths)
	if err != nil {
		return err
	}
	if err := f.band(titleOf(annex4Title, "XX街道（镇）", place), penTitle); err != nil {
		return err
	}
	if err := f.band("统计单位（盖章）："+place+"　　　　　　联系人：　　　　　　电话：", penField); err != nil {
		return err
	}
	if err := f.heads(heads, 24, 34); err != nil {
		return err
	}
	if err := f.statisticRows(list); err != nil {
		return err
	}
	return f.close()
}

// titleOf puts a place into a title, where one is known.
func titleOf(title, blank, place string) string {
	if place == "" {
		return title
	}
	return strings.Replace(title, blank, place, 1)
}

func (f *form) statisticRows(list []survey.Statistic) error {
	first := f.row + 1
	columns := make([][]float64, len(annex4))
	sums := make([]float64, len(annex4))
	for i := range list {
		cells := statisticEntries(&list[i])
		for c, e := range cells {
			if x, ok := number(plain(e.value)); ok {
				columns[c] = append(columns[c], x)
				sums[c] += x
			}
			cells[c].look.generated = len(list[i].Generated) > 0
		}
		if err := f.line(cells, 30); err != nil {
			return err
		}
	}
	total := []entry{{value: "合计", look: penCell}, {look: penText}, {}, {}, {look: penCell}, {}, {}, {look: penText}, {look: penText}}
	for c, format := range map[int]string{2: squareMetre, 3: squareMetre, 5: wholeNumber, 6: wholeNumber} {
		total[c] = f.total(c+1, first, columns[c], sums[c], penCell.as(format))
		if len(columns[c]) < len(list) && len(list) > 0 && total[c].sum == "" {
			total[c].value = nil // nothing is known of any of them
		}
	}
	return f.line(total, 26)
}

func statisticEntries(r *survey.Statistic) []entry {
	committee := r.OwnersCommittee
	sentence := r.Sentence()
	if r.Masked {
		sentence = "户数过少，不显示"
	}
	return []entry{
		{value: r.Community.Name, look: penText},
		{value: r.Community.Address, look: penText},
		{value: r.LandAreaM2, look: penCell.as(squareMetre)},
		{value: r.FloorAreaM2, look: penCell.as(squareMetre)},
		{value: r.BuiltYear, look: penCell.as("0")},
		{value: r.BuildingCount, look: penCell.as(wholeNumber)},
		{value: r.Households, look: penCell.as(wholeNumber)},
		{value: committee, look: penText},
		{value: sentence, look: penText},
	}
}
