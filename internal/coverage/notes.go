package coverage

import (
	"fmt"
)

// notes say what a reader of the figures must know to read them right.
func (in *inputs) notes(a *answered) []string {
	var notes []string
	note := func(format string, args ...any) { notes = append(notes, fmt.Sprintf(format, args...)) }
	run, sum := &a.run, &a.run.Summary
	if len(a.set) == 0 {
		note("本区没有“%s”的数据，全部楼栋计为未覆盖。", run.FacilityName)
	}
	if len(in.subjects) == 0 {
		note("所选范围内没有楼栋。")
	}
	if a.row != nil && run.Standard == nil {
		if usual := a.row.limit(run.Method); !usual.equal(run.Limit) {
			note("限值 %s 由用户填写；所用标准为 %s（%s %s）。", run.Limit.Words(), usual.Words(), a.row.standard.Source, a.row.standard.Clause)
		}
	}
	if run.Standard != nil && run.Standard.Mark == "M" {
		note("标准的数值尚未与印刷文本核对，正式引用前须核对（%s %s）。", run.Standard.Source, run.Standard.Clause)
	}
	if run.FirstStep != nil {
		note("两步判定：%s能服务到的住户不再要求“%s”（%s %s）。", run.FirstStep.FacilityName, run.FacilityName, run.FirstStep.Source, run.FirstStep.Clause)
		if len(a.firstSet) == 0 {
			note("本区没有“%s”的数据，第一步没有排除任何住户。", run.FirstStep.FacilityName)
		}
	}
	if sum.UnreachedBuildings > 0 {
		note("%d 栋楼%s，单独列出，计为未覆盖。", sum.UnreachedBuildings, run.Walker.lacks())
	}
	if sum.CutOffBuildings > 0 {
		note("%d 栋楼所在的道路与任何设施都不连通，计为未覆盖。", sum.CutOffBuildings)
	}
	if sum.UnreachedFacilities > 0 {
		note("%d 处设施%s，不能服务任何住户。", sum.UnreachedFacilities, run.Walker.lacks())
	}
	if sum.Capacity != nil && sum.Capacity.Unknown > 0 {
		note("%d 处设施没有服务能力数据，分配时按不限计，可达性得分不含这些设施。", sum.Capacity.Unknown)
	}
	if a.answer.byLocation > 0 {
		note("%d 个小区没有楼栋数据，按小区位置判断，不计入楼栋数。", a.answer.byLocation)
	}
	if a.answer.split > 0 {
		note("%d 个小区只有小区总户数，已按建筑面积分摊到各楼栋。", a.answer.split)
	}
	if sum.Households == 0 && len(in.subjects) > 0 {
		note("没有户数数据，户数计为 0；盲区和选址按楼栋计，已知为非居住用途的楼栋不计。")
	}
	if in.hidden > 0 {
		note("范围内另有 %d 栋楼位于其他街道（镇），未计入。", in.hidden)
	}
	if sum.Generated {
		note("部分数据为演示数据（生成），结果不能用于实际工作。")
	}
	return notes
}
