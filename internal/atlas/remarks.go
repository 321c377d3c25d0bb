package atlas

import (
	"fmt"
	"strings"
)

// remarks are the sentences of a sheet about what it shows, and about what it
// cannot show.
func (a *atlas) remarks(sh sheet) []string {
	var out []string
	switch sh.Kind {
	case Overview:
		out = append(out, fmt.Sprintf("方案：%s（第%d版）；共%d个片区，各片区分幅见图幅索引。", a.typo.clean(a.plan.Scenario.Name), a.plan.Scenario.Revision, len(a.plan.Zones)))
	case Existing, Zone, Coverage, Phasing:
		out = a.zoneRemarks(sh)
	case Facility:
		c := &a.plan.Coverage[sh.coverage]
		text := "已覆盖指到最近设施的" + limitText(&c.Run) + "以内"
		if c.Run.FirstStep != nil {
			text += "，或有" + a.typo.clean(c.Run.FirstStep.FacilityName) + "服务"
		}
		out = append(out, text+"；“平均”为各户到最近设施的平均距离。")
		if len(c.Reach) == 0 {
			out = append(out, "该类设施没有可绘制的可达范围。")
		}
		if !c.Run.Detailed && len(c.Covered) == 0 {
			out = append(out, "该次计算只保留合计，未保留各楼栋的结果，楼栋按未参与计算表示。")
		}
	}
	return out
}

func (a *atlas) zoneRemarks(sh sheet) []string {
	z := &a.plan.Zones[sh.zone]
	var out []string
	if len(a.ground.inZone[z.Code]) == 0 {
		out = append(out, "片区内没有小区。")
	}
	if !a.ground.zones[sh.zone].known() {
		out = append(out, "片区没有边界，图上不绘片区范围。")
	}
	switch sh.Kind {
	case Existing:
		out = append(out, "住宅按建成年份、其他楼栋按用途表示；“"+a.before()+"”为政策的年限。")
	case Zone:
		if len(z.Strings) == 0 {
			out = append(out, "片区没有连线。")
		}
		if a.plan.District.PolicyTitle != "" {
			out = append(out, "纳入范围按"+a.typo.clean(a.plan.District.PolicyTitle)+"判定。")
		}
	case Coverage:
		out = append(out, a.coverageRemark())
	case Phasing:
		out = append(out, a.phasingRemark(sh))
	}
	if note := a.typo.clean(z.Note); note != "" && sh.Kind == Zone {
		out = append(out, "备注："+strings.TrimRight(note, "。")+"。")
	}
	return out
}

func (a *atlas) before() string {
	if a.plan.Before != "" {
		return a.typo.clean(a.plan.Before)
	}
	return "2000年底前"
}

func (a *atlas) coverageRemark() string {
	switch n := len(a.plan.Coverage); n {
	case 0:
		return "本片区尚无服务设施覆盖的计算结果，图上楼栋均未评价。"
	case 1:
		return "评价" + shortTitle(facilityName(&a.plan.Coverage[0])) + "一类设施，取最近一次计算的结果。"
	default:
		return fmt.Sprintf("评价%d类设施，各取最近一次计算的结果；楼栋按缺少的设施类型数表示，各类设施的盲区与可达范围见分类图。", n)
	}
}

func (a *atlas) phasingRemark(sh sheet) string {
	known := 0
	members := a.ground.inZone[sh.Zone]
	for _, c := range members {
		if a.ground.yearOf[a.plan.Communities[c].Code] != nil {
			known++
		}
	}
	switch {
	case known == 0:
		return "本片区尚未安排实施年度。"
	case known < len(members):
		return fmt.Sprintf("年度取项目的实施年度，无项目的取片区的年度；%d个小区尚未安排年度。", len(members)-known)
	}
	return "年度取项目的实施年度，无项目的取片区的年度。"
}
