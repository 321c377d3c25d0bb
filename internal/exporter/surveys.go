package exporter

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/lianpian/lianpian/internal/survey"
)

// sheetColumns are those of annex 3. The three in the middle hold what residents
// write on paper; nothing of it comes back into the service.
var sheetColumns = []struct {
	title string
	width float64
}{
	{"序号", 6}, {"门牌", 20}, {"户主签字", 14}, {"身份证号码", 22}, {"联系电话", 15}, {"是否需要对小区以上内容进行改造和提升", 20},
}

// maxDoors keeps a workbook of blank lines to a size that can be printed.
const maxDoors = 20_000

// SurveySheets writes annex 3 (征求意见表) to be printed and filled in by hand: a
// sheet for each row of the survey with a line for each of its households.
func SurveySheets(w io.Writer, s survey.Survey, by string, at time.Time) error {
	b, err := newBook("老旧小区改造和社区服务提升征求意见表", s.Community.Name, by, at)
	if err != nil {
		return fmt.Errorf("write survey sheets: %w", err)
	}
	defer b.file.Close()
	names := map[string]bool{}
	doors := 0
	for _, c := range s.Counts {
		if doors += c.Households; doors > maxDoors {
			return fmt.Errorf("write survey sheets: more than %d households", maxDoors)
		}
		if err := b.doors(s, c, sheetName(survey.At(c.BuildingName, c.Stairwell), s.Community.Name, names)); err != nil {
			return fmt.Errorf("write survey sheets: %w", err)
		}
	}
	if _, err := b.file.WriteTo(w); err != nil {
		return fmt.Errorf("write survey sheets: %w", err)
	}
	return nil
}

// doors is one sheet of annex 3.
func (b *book) doors(s survey.Survey, c survey.Count, name string) error {
	out, err := b.formSheet(name, "portrait", "$1:$5")
	if err != nil {
		return err
	}
	for i, column := range sheetColumns {
		if err := out.SetColWidth(i+1, i+1, column.width); err != nil {
			return err
		}
	}
	title := s.Community.Name
	if c.BuildingName != "" {
		title += "（" + survey.At(c.BuildingName, c.Stairwell) + "）"
	}
	area := "　　"
	if c.FloorAreaM2 != nil {
		area = strconv.FormatFloat(*c.FloorAreaM2, 'f', -1, 64)
	}
	head := []struct {
		text   string
		bold   bool
		height float64
	}{
		{"老旧小区改造和社区服务提升征求意见表（样表）", true, 30},
		{"小区（楼栋）名称：" + title + "　　地址：" + s.Community.Address, false, 32},
		{fmt.Sprintf("面积：%s平方米　　户数：%d户", area, c.Households), false, 20},
		{"改造和提升的内容：" + contents(s.Contents), false, 20 + 14*float64(len(s.Contents)/2)},
	}
	for i, h := range head {
		id, err := b.formStyle(h.bold)
		if err != nil {
			return err
		}
		if err := out.MergeCell(cell(1, i+1), cell(len(sheetColumns), i+1)); err != nil {
			return err
		}
		if err := out.SetRow(cell(1, i+1), []any{excelizeCell(id, h.text)}, excelize.RowOpts{Height: h.height}); err != nil {
			return err
		}
	}
	return b.doorLines(out, c)
}

func (b *book) doorLines(out *excelize.StreamWriter, c survey.Count) error {
	header, err := b.style(style{header: true})
	if err != nil {
		return err
	}
	titles := make([]string, len(sheetColumns))
	for i, column := range sheetColumns {
		titles[i] = column.title
	}
	if err := out.SetRow("A5", styled(header, titles), excelize.RowOpts{Height: 44}); err != nil {
		return err
	}
	line, err := b.style(style{format: text})
	if err != nil {
		return err
	}
	door := survey.At(c.BuildingName, c.Stairwell)
	if door != "" {
		door += "-"
	}
	for i := range c.Households {
		cells := styled(line, []string{strconv.Itoa(i + 1), door, "", "", "", ""})
		if err := out.SetRow(cell(1, i+6), cells, excelize.RowOpts{Height: 24}); err != nil {
			return err
		}
	}
	return out.Flush()
}

// contents are numbered as annex 3 prints them; without any there is room for three.
func contents(list []string) string {
	if len(list) == 0 {
		list = []string{"　　　　　　", "　　　　　　", "　　　　　　"}
	}
	said := make([]string, len(list))
	for i, c := range list {
		said[i] = fmt.Sprintf("%d.%s", i+1, c)
	}
	return strings.Join(said, "　")
}

// formSheet opens a sheet on A4 paper whose first rows are repeated on every page.
func (b *book) formSheet(name, orientation, repeated string) (*excelize.StreamWriter, error) {
	if b.used {
		if _, err := b.file.NewSheet(name); err != nil {
			return nil, err
		}
	} else if err := b.file.SetSheetName("Sheet1", name); err != nil {
		return nil, err
	}
	b.used = true
	paper, wide, long, fit := paperA4, 1, 0, true
	if err := b.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return nil, err
	}
	if err := b.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &paper, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &long,
	}); err != nil {
		return nil, err
	}
	if err := b.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{
		OddFooter: "&L户主签字、身份证号码、联系电话只留在纸上，不录入系统&R第 &P 页 共 &N 页",
	}); err != nil {
		return nil, err
	}
	if err := b.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: "'" + strings.ReplaceAll(name, "'", "''") + "'!" + repeated, Scope: name,
	}); err != nil {
		return nil, err
	}
	return b.file.NewStreamWriter(name)
}

func (b *book) formStyle(title bool) (int, error) {
	look := &excelize.Style{
		Font:      &excelize.Font{Family: "宋体", Size: 11},
		Alignment: &excelize.Alignment{Vertical: "center", WrapText: true},
	}
	if title {
		look.Font.Size, look.Font.Bold, look.Alignment.Horizontal = 16, true, "center"
	}
	return b.file.NewStyle(look)
}

// sheetName makes a name that a workbook takes: no more than 31 characters, none
// of those that mean something in a reference, and no name twice.
func sheetName(wanted, otherwise string, taken map[string]bool) string {
	if wanted == "" {
		wanted = otherwise
	}
	clean := []rune(strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return '_'
		}
		return r
	}, wanted), "' "))
	base := string(clean[:min(len(clean), 25)])
	if base == "" {
		base = "表"
	}
	name := base
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s (%d)", base, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

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
		place := "XX街道（镇）"
		if n > 0 && list[0].Community.SubdistrictName != "" {
			place = list[0].Community.SubdistrictName
		}
		if err := b.statistics(sheetName(place, "", names), place, list[:n]); err != nil {
			return fmt.Errorf("write survey statistics: %w", err)
		}
		list = list[n:]
	}
	if _, err := b.file.WriteTo(w); err != nil {
		return fmt.Errorf("write survey statistics: %w", err)
	}
	return nil
}

func (b *book) statistics(name, place string, list []survey.Statistic) error {
	type t = survey.Statistic
	columns := []column[t]{
		{title: "小区名称", width: 22, value: func(r *t) any { return r.Community.Name }},
		{title: "详细地址", width: 26, format: wrapped, value: func(r *t) any { return r.Community.Address }},
		{title: "占地面积（平方米）", width: 12, format: area, sum: true, value: func(r *t) any { return r.LandAreaM2 }},
		{title: "总建筑面积（平方米）", width: 12, format: area, sum: true, value: func(r *t) any { return r.FloorAreaM2 }},
		{title: "建成时间", width: 9, format: year, value: func(r *t) any { return r.BuiltYear }},
		{title: "楼栋数", width: 8, format: count, sum: true, value: func(r *t) any { return r.BuildingCount }},
		{title: "总户数", width: 9, format: count, sum: true, value: func(r *t) any { return r.Households }},
		{title: "有无业主委员会（名称）", width: 18, format: wrapped, value: func(r *t) any { return r.OwnersCommittee }},
		{title: "居民改造意愿", width: 44, format: wrapped, field: "counts", value: func(r *t) any {
			if r.Masked {
				return "户数过少，不显示"
			}
			return r.Sentence()
		}},
	}
	title := place + "老旧小区改造和社区服务提升征求意见情况统计表\n统计单位（盖章）：　　　　联系人：　　　　电话：　　　　"
	return table(b, name, title, paperA4, columns, list, func(r *t) []string { return r.Generated })
}
