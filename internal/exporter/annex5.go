package exporter

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/progress"
)

const annex5Title = "xx街道（镇）拟纳入中央补助支持老旧小区改造计划项目基本情况表"

var annex5Header = []string{"填报单位：（盖章）", "主要领导签字：", "填报人：", "联系电话："}

// annex5 are the columns of annex 5.
var annex5 = []struct {
	title string
	width float64
}{
	{"序号", 5},
	{"所在街道及社区", 15},
	{"涉及小区名称及个数", 18},
	{"小区建成时间", 9},
	{"是否属城镇棚改范围、居民自建住房", 17},
	{"涉及户数", 8},
	{"涉及楼栋数（栋）", 9},
	{"涉及建筑面积（万平方米）", 11},
	{"具体改造提升内容（参照老旧小区综合改造内容及指导标准表填报，改造内容及数量尽可能摸准、估准）", 34},
	{"预计投资额（万元）", 11},
	{"进展情况（例：已开工、已完工、处于前期X阶段、正在包装策划）", 15},
	{"备注", 16},
}

// centralProject is a row of annex 5: what of a project's communities lies in the
// plan.
type centralProject struct {
	*areaplan.Project
	communities []*areaplan.Community
	missing     int // communities of the project that are not in the plan
}

func (r centralProject) subdistrict() (code, name string) {
	if len(r.communities) == 0 {
		return "", ""
	}
	return r.communities[0].SubdistrictCode, r.communities[0].SubdistrictName
}

// writeAnnex5 writes annex 5 of a plan: the projects for which the central
// subsidy is applied, a sheet for each subdistrict.
func writeAnnex5(w io.Writer, p *areaplan.Plan) error {
	b, err := newBook("拟纳入中央补助支持老旧小区改造计划项目基本情况表", p.Title, p.By, p.At)
	if err != nil {
		return fmt.Errorf("write annex 5: %w", err)
	}
	defer b.file.Close()
	list, others := centralProjects(p)
	names := map[string]bool{}
	for len(list) > 0 || !b.used {
		n, place := 0, ""
		if len(list) > 0 {
			var code string
			code, place = list[0].subdistrict()
			for n < len(list) {
				if at, _ := list[n].subdistrict(); at != code {
					break
				}
				n++
			}
		}
		if err := b.annex5(p, sheetName(place, "街道（镇）", names), place, list[:n], others); err != nil {
			return fmt.Errorf("write annex 5: %w", err)
		}
		list = list[n:]
	}
	if err := b.save(w); err != nil {
		return fmt.Errorf("write annex 5: %w", err)
	}
	return nil
}

// centralProjects are the rows of annex 5 by subdistrict, and the names of the
// plan's other projects.
func centralProjects(p *areaplan.Plan) (list []centralProject, others []string) {
	for i := range p.Projects {
		project := &p.Projects[i]
		if !project.Central {
			others = append(others, project.Name)
			continue
		}
		r := centralProject{Project: project}
		for _, code := range project.Communities {
			if c := communityOf(p, code); c != nil {
				r.communities = append(r.communities, c)
			} else {
				r.missing++
			}
		}
		list = append(list, r)
	}
	slices.SortStableFunc(list, func(a, b centralProject) int {
		x, _ := a.subdistrict()
		y, _ := b.subdistrict()
		return bySubdistrict(x, y)
	})
	return list, others
}

func communityOf(p *areaplan.Plan, code string) *areaplan.Community {
	at := slices.IndexFunc(p.Communities, func(c areaplan.Community) bool { return c.Code == code })
	if at < 0 {
		return nil
	}
	return &p.Communities[at]
}

// bySubdistrict orders codes, what has none last.
func bySubdistrict(a, b string) int {
	if (a == "") != (b == "") {
		if a == "" {
			return 1
		}
		return -1
	}
	return cmp.Compare(a, b)
}

// annex5 is one sheet of annex 5.
func (b *book) annex5(p *areaplan.Plan, name, place string, list []centralProject, others []string) error {
	widths := make([]float64, len(annex5))
	columns := make([]progress.Column, len(annex5))
	for i, c := range annex5 {
		widths[i], columns[i].Name = c.width, c.title
	}
	footer := ""
	if slices.ContainsFunc(list, func(r centralProject) bool { return len(r.Generated) > 0 }) {
		footer = "演示数据：斜体行含有生成的数据，不是真实项目"
	}
	f, err := b.form(name, page{annex: "附件5", landscape: true, repeated: 3, footer: footer}, widths)
	if err != nil {
		return err
	}
	if err := f.band(titleOf(annex5Title, "xx街道（镇）", place), penTitle); err != nil {
		return err
	}
	header := slices.Clone(annex5Header)
	header[0] += place
	if err := f.band(strings.Join(header, "　　　　　　"), penField); err != nil {
		return err
	}
	if err := f.heads(progress.Snapshot{Columns: columns}.Heads(), 92); err != nil {
		return err
	}
	for i := range list {
		if err := f.line(annex5Entries(p, i+1, list[i]), 30); err != nil {
			return err
		}
	}
	for i := len(list); i < 4; i++ { // room to write by hand
		if err := f.line(framedRow(i+1, len(annex5)), 30); err != nil {
			return err
		}
	}
	if len(others) > 0 {
		said := fmt.Sprintf("未标明申请中央补助的项目不列入本表，共 %d 个：%s。", len(others), strings.Join(others, "、"))
		if err := f.band(said, penNote); err != nil {
			return err
		}
	}
	return f.close()
}

func framedRow(number, columns int) []entry {
	row := make([]entry, columns)
	for i := range row {
		row[i].look = penCell.as("0")
	}
	row[0].value = number
	return row
}
