package exporter

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/exporter/docx"
)

// Picture is a map sheet as a picture for the report.
type Picture struct {
	Kind          string // as atlas.Sheet has it: overview, existing, zone, coverage, phasing, facility, index
	Zone          string // code, "" for sheets of the whole plan
	Number        string // 图号
	Caption       string // 图名
	PNG           []byte
	Width, Height int // pixels
}

// Report writes the plan as a report in words (DOCX): what is there, what is
// wrong with it, what is to be renovated, whom services reach, what it costs and
// when, with the pictures and the lists. Every number is the plan's.
func Report(w io.Writer, p *areaplan.Plan, pictures []Picture) error {
	r := report{
		Document: docx.New(docx.Properties{Title: p.Title, Subject: "片区方案报告", Author: authorOf(p), Created: p.At}, p.Title),
		plan:     p, names: namesOf(p),
	}
	r.cover()
	r.existing()
	r.problems()
	r.content()
	r.coverage()
	r.investment()
	r.EndSection(false)
	if err := r.sheets(pictures); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	r.lists()
	r.about()
	if err := r.Write(w); err != nil {
		return fmt.Errorf("write a report: %w", err)
	}
	return nil
}

// report is the report of a plan in the making.
type report struct {
	*docx.Document
	plan  *areaplan.Plan
	names names
}

func authorOf(p *areaplan.Plan) string {
	if p.Author != "" {
		return p.Author
	}
	return p.By
}

func (r *report) cover() {
	p := r.plan
	r.Gap(5)
	r.Cover(p.Title, true)
	r.Cover("片区方案报告", false)
	r.Gap(10)
	for _, line := range [][2]string{{"编制单位", p.Author}, {"规划期限", p.Period}} {
		if line[1] != "" {
			r.Cover(line[0]+"："+line[1], false)
		}
	}
	r.Cover(monthInChinese(p.At), false)
	if p.District.Demo || p.Totals.Generated {
		r.Cover("（演示数据：部分属性为生成，不能用于实际工作）", false)
	}
	r.Contents("目　录")
	r.EndFront()
}

// monthInChinese is a month as covers have it: 二〇二六年十一月.
func monthInChinese(at time.Time) string {
	at = at.In(clock.China)
	digits := []string{"〇", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	months := []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"}
	var year strings.Builder
	for _, d := range strconv.Itoa(at.Year()) {
		year.WriteString(digits[d-'0'])
	}
	return year.String() + "年" + months[at.Month()-1] + "月"
}

// said is a number as the text has it, with at most two decimals.
func said(x float64) string {
	return strconv.FormatFloat(math.Round(x*100)/100, 'f', -1, 64)
}

// wanYuan is money in 10,000 yuan.
func wanYuan(yuan float64) string { return said(yuan / yuanPerWan) }

// percentSaid is a share with one decimal.
func percentSaid(share float64) string {
	return strconv.FormatFloat(math.Round(share*1000)/10, 'f', -1, 64) + "%"
}

// orDash is a figure for a table, a dash where it is not known.
func orDash[T int | int64](v *T) string {
	if v == nil {
		return "—"
	}
	return fmt.Sprint(*v)
}

func areaOrDash(v *float64) string {
	if v == nil {
		return "—"
	}
	return said(*v)
}

// some lists names, the first few of many.
func some(names []string, most int) string {
	if len(names) <= most {
		return strings.Join(names, "、")
	}
	return strings.Join(names[:most], "、") + fmt.Sprintf("等 %d 个", len(names))
}

// madeUp marks figures that rest on generated demo data.
func madeUp(yes bool) string {
	if yes {
		return "（演示数据：生成）"
	}
	return ""
}
