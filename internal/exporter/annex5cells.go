package exporter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/works"
)

// annex5Entries are the twelve cells of a project. What is not known of a
// community is left out of the sums, and the remark says so.
func annex5Entries(p *areaplan.Plan, number int, r centralProject) []entry {
	var places, names, remarks []string
	var households, buildings int64
	var area float64
	householdsKnown, areaKnown := 0, 0
	for _, c := range r.communities {
		places, names = append(places, strings.TrimSpace(c.SubdistrictName+c.NeighborhoodName)), append(names, c.Name)
		buildings += c.Buildings
		if c.Households != nil {
			households += *c.Households
			householdsKnown++
		}
		if c.FloorAreaM2 != nil {
			area += *c.FloorAreaM2
			areaKnown++
		}
	}
	years := builtYears(r.communities)
	if n := len(r.communities) - householdsKnown; n > 0 {
		remarks = append(remarks, fmt.Sprintf("%d 个小区户数未知，未计入", n))
	}
	if n := len(r.communities) - areaKnown; n > 0 {
		remarks = append(remarks, fmt.Sprintf("%d 个小区建筑面积未知，未计入", n))
	}
	if r.missing > 0 {
		remarks = append(remarks, fmt.Sprintf("另有 %d 个小区不在本方案的片区内，未计入", r.missing))
	}
	row := []entry{
		{value: number, look: penCell.as("0")},
		{value: joined(places), look: penText},
		{value: fmt.Sprintf("%s（%d个）", strings.Join(names, "、"), len(names)), look: penText},
		{value: strings.Join(years, "\n"), look: penCell},
		{value: shantyAndSelfBuilt(r.communities), look: penText},
		{look: penCell.as(wholeNumber)},
		{value: buildings, look: penCell.as(wholeNumber)},
		{look: penCell.as(wanNumber)},
		{value: worksText5(p, r.Code), look: penText},
		{value: investmentWan(r.Project), look: penCell.as(wanNumber)},
		{value: r.Progress, look: penText},
		{value: strings.Join(remarks, "；"), look: penText},
	}
	if householdsKnown > 0 {
		row[5].value = households
	}
	if areaKnown > 0 {
		row[7].value = area / m2PerWan
	}
	for i := range row {
		row[i].look.generated = len(r.Generated) > 0
	}
	return row
}

const (
	m2PerWan   = 10_000
	yuanPerWan = 10_000
)

// investmentWan is what a project is to cost in 10,000 yuan: its works where they
// are costed, else the estimate, as the monthly forms have it. Nil: unknown.
func investmentWan(p *areaplan.Project) any {
	switch {
	case p.CostYuan != nil:
		return *p.CostYuan / yuanPerWan
	case p.EstimatedWan != nil:
		return *p.EstimatedWan
	}
	return nil
}

func builtYears(list []*areaplan.Community) []string {
	var years []int
	unknown := false
	for _, c := range list {
		if c.BuiltYear == nil {
			unknown = true
		} else if !slices.Contains(years, *c.BuiltYear) {
			years = append(years, *c.BuiltYear)
		}
	}
	slices.Sort(years)
	var out []string
	for _, y := range years {
		out = append(out, strconv.Itoa(y)+"年")
	}
	if unknown {
		out = append(out, "未知")
	}
	return out
}

// shantyAndSelfBuilt answers the two questions of the fifth column.
func shantyAndSelfBuilt(list []*areaplan.Community) string {
	say := func(what string, of func(*areaplan.Community) *bool) string {
		var yes, unknown []string
		for _, c := range list {
			switch v := of(c); {
			case v == nil:
				unknown = append(unknown, c.Name)
			case *v:
				yes = append(yes, c.Name)
			}
		}
		said := what + "：否"
		if len(yes) > 0 {
			said = what + "：是（" + strings.Join(yes, "、") + "）"
		}
		switch {
		case len(unknown) == len(list):
			return what + "：未知"
		case len(unknown) > 0:
			said += fmt.Sprintf("，%d 个小区未知", len(unknown))
		}
		return said
	}
	return say("城镇棚改范围", func(c *areaplan.Community) *bool { return c.InShantytownPlan }) + "\n" +
		say("居民自建住房", func(c *areaplan.Community) *bool { return c.SelfBuilt })
}

// worksText5 lists what a project does, with quantities, each item once.
func worksText5(p *areaplan.Plan, project string) string {
	type work struct {
		name, unit string
		quantity   float64
	}
	var list []work
	for i := range p.Items {
		item := &p.Items[i]
		if item.ProjectCode != project || item.Answer != works.Do {
			continue
		}
		at := slices.IndexFunc(list, func(w work) bool { return w.name == item.Name && w.unit == item.Unit })
		if at < 0 {
			at, list = len(list), append(list, work{name: item.Name, unit: item.Unit})
		}
		if item.Quantity != nil {
			list[at].quantity += *item.Quantity
		}
	}
	said := make([]string, len(list))
	for i, w := range list {
		said[i] = w.name
		if w.quantity > 0 {
			said[i] += strconv.FormatFloat(float64(int64(w.quantity*100+0.5))/100, 'f', -1, 64) + w.unit
		}
	}
	if len(said) == 0 {
		return "尚未填报"
	}
	return strings.Join(said, "；")
}
