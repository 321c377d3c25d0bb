package policy

import (
	"strings"
	"testing"
)

func TestFormsByClause(t *testing.T) {
	forms := map[string]Form{}
	for _, f := range named(t, "wansheng-2020").Forms {
		forms[f.Key] = f
	}
	columns := func(key string) string {
		return wholly(keys(forms[key].Columns, func(c FormColumn) string { return c.Name }))
	}
	paths := func(from, to int) string {
		return wholly(keys(forms["annex6"].Columns[from:to], func(c FormColumn) string { return strings.Join(c.Path, "/") + "/" + c.Name }))
	}
	g := func(group string) string {
		return strings.Join([]string{"", "面积（万平方米）·", "户数（户）·", "楼栋数（栋）"}, "改造进展情况/"+group+"/")
	}
	for _, k := range []printed{
		{"附件3 title", forms["annex3"].Title, "老旧小区改造和社区服务提升征求意见表（样表）"},
		{"附件3 header", wholly(forms["annex3"].Header), "小区（楼栋）名称：·地址：·面积：　平方米·户数：　户·改造和提升的内容： 1.　2.　3."},
		{"附件3 columns", columns("annex3"), "序号·门牌·户主签字·身份证号码·联系电话·是否需要对小区以上内容进行改造和提升"},
		{"附件4 title", forms["annex4"].Title, "XX街道（镇）老旧小区改造和社区服务提升征求意见情况统计表"},
		{"附件4 header", wholly(forms["annex4"].Header), "统计单位（盖章）：·联系人：·电话："},
		{"附件4 block 1", wholly(forms["annex4"].Blocks[0].Title, forms["annex4"].Blocks[0].Fields), "小区基本情况 | 小区名称·详细地址·占地面积·总建筑面积·建成时间·楼栋数·总户数"},
		{"附件4 block 2", wholly(forms["annex4"].Blocks[1].Title, forms["annex4"].Blocks[1].Fields), "前期工作完成情况 | 有无业主委员会（名称）·居民改造意愿·需要改造提升的并签名的户数　户，占小区总户数　%；面积　平方米，占小区总面积　%。"},
		{"附件5 title", forms["annex5"].Title, "xx街道（镇）拟纳入中央补助支持老旧小区改造计划项目基本情况表"},
		{"附件5 header", wholly(forms["annex5"].Header), "填报单位：（盖章）·主要领导签字：·填报人：·联系电话："},
		{"附件5 columns", columns("annex5"), "序号·所在街道及社区·涉及小区名称及个数·小区建成时间·是否属城镇棚改范围、居民自建住房·涉及户数·涉及楼栋数（栋）·涉及建筑面积（万平方米）·具体改造提升内容（参照老旧小区综合改造内容及指导标准表填报，改造内容及数量尽可能摸准、估准）·预计投资额（万元）·进展情况（例：已开工、已完工、处于前期X阶段、正在包装策划）·备注"},
		{"附件6 title", forms["annex6"].Title, "2020年1月至2020年　月中央补助资金支持改造项目进展情况表"},
		{"附件6 header", wholly(forms["annex6"].Header), "单位（公章）：·填报日期：2020年　月　日"},
		{"附件6 plan", paths(1, 6), "改造提升计划/项目名称·改造提升计划/面积（万平方米）·改造提升计划/户数（户）·改造提升计划/楼栋数（栋）·改造提升计划/投资额（万元）"},
		{"附件6 group 1", paths(6, 9), g("正在开展群众工作、手续办理等前期准备的项目")},
		{"附件6 group 2", paths(9, 12), g("已完成前期准备、施工单位已进场施工的项目")},
		{"附件6 group 3", paths(12, 15), g("全部改造内容已完工的项目")},
		{"附件6 spent and remark", paths(15, 17), "改造进展情况/累计完成投资额（万元）·/备注"},
		{"附件6 footer", wholly(forms["annex6"].Footer), "遇到的困难问题及有关意见建议：·负责人：·填表人：·联系电话："},
		{"附件6 说明1–3", wholly(forms["annex6"].Notes), "月报；统计数为当年1月1日至当月25日的累计数；当月28日前报送。·1、2、3组不交叉、不重复统计；原则上1+2+3≤年度改造计划数，差额为未开工的项目。·未开工的项目须在备注中说明情况和启动日期。"},
		{"附件7 title", forms["annex7"].Title, "2020年1月至2020年　月未申请中央补助资金支持改造项目进展情况表"},
		{"附件7 layout", forms["annex7"].SameAs, "annex6"},
		{"附件7 group 3 is printed with its number", forms["annex7"].Notes[3], "第3组表头印作“3、全部改造内容已完工的项目”；附件目录印“XX月”。"},
	} {
		k.check(t)
	}
	if n := len(forms["annex6"].Columns); n != 17 {
		t.Errorf("附件6 has %d leaf columns, want 17", n)
	}
}

// 六(三) and 四 of 万盛 as decision tables.
func TestWanshengApprovalsByClause(t *testing.T) {
	c := Choice{Policy: named(t, "wansheng-2020")}
	low := map[string]any{"structure_change": false, "low_risk": true, "commitment_system": true}
	rebuild := map[string]any{
		"partial_rebuild": true, "within_certified_area": true, "changes_use": false, "exceeds_envelope": false, "heritage_compliant": true, "in_harmony": true,
	}
	but := func(base map[string]any, key string, value any) map[string]any {
		out := map[string]any{key: value}
		for k, v := range base {
			if k != key {
				out[k] = v
			}
		}
		return out
	}
	for _, tt := range []struct {
		name, table string
		inputs      map[string]any
		need        Need
		says        string
	}{
		{"四(二) approval by 发展改革局", "project", nil, Required, "发展改革局"},
		{"六(三) no change of land right", "land", map[string]any{"land_right_change": false}, Exempt, "既有土地权属证明"},
		{"六(三) change of land right", "land", map[string]any{"land_right_change": true}, Required, "用地手续"},
		{"六(三) land right not known", "land", nil, Undecided, "土地权属变化"},
		{"六(三) permits may merge", "permits", nil, Required, "可合并办理"},
		{"六(三) low risk, commitment, no structural change", "drawing_review", low, Exempt, "可不进行施工图审查"},
		{"六(三) structural change", "drawing_review", but(low, "structure_change", true), Required, "施工图审查"},
		{"六(三) not of low risk", "drawing_review", but(low, "low_risk", false), Required, ""},
		{"六(三) no commitment", "drawing_review", but(low, "commitment_system", false), Required, ""},
		{"六(三) 日照 or 绿化 is touched", "facilities", map[string]any{"affects_sunlight_or_green": true}, Required, "一事一议"},
		{"六(三) 日照 and 绿化 are not touched", "facilities", map[string]any{"affects_sunlight_or_green": false}, Exempt, "不涉及"},
		{"六(三) partial rebuild within all limits", "rebuild", rebuild, Required, "可局部重建"},
		{"六(三) partial rebuild above the certified area", "rebuild", but(rebuild, "within_certified_area", false), Required, "不具备局部重建的条件"},
		{"六(三) partial rebuild for another use", "rebuild", but(rebuild, "changes_use", true), Required, "不具备局部重建的条件"},
		{"六(三) partial rebuild beyond footprint or height", "rebuild", but(rebuild, "exceeds_envelope", true), Required, "不具备局部重建的条件"},
		{"六(三) partial rebuild against heritage", "rebuild", but(rebuild, "heritage_compliant", false), Required, "不具备局部重建的条件"},
		{"六(三) partial rebuild out of harmony", "rebuild", but(rebuild, "in_harmony", false), Required, "不具备局部重建的条件"},
		{"六(三) partial rebuild, height not known", "rebuild", but(rebuild, "exceeds_envelope", nil), Undecided, "基底范围或高度"},
		{"六(三) no partial rebuild", "rebuild", map[string]any{"partial_rebuild": false}, Exempt, "不涉及"},
		{"六(三) heritage is protected", "heritage", map[string]any{"heritage": true}, Required, "不得损害"},
		{"六(三) freed space", "land_price", map[string]any{"freed_space": true}, Exempt, "可不增收土地价款"},
		{"六(三) idle building reused", "use_change", map[string]any{"idle_building_reuse": true}, Exempt, "不办理用途变更手续"},
		{"四 elevators: 规划自然资源局", "elevator", map[string]any{"elevator": true}, Required, "规划自然资源局"},
		{"四 road excavation: 城管局", "road_excavation", map[string]any{"road_excavation": true}, Required, "城管局"},
		{"四 parking: 城管局", "parking", map[string]any{"parking": true}, Required, "备案"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := c.Route(tt.inputs).Table(tt.table)
			if !ok || got.Need != tt.need || !strings.Contains(got.Outcome, tt.says) || got.Clause == "" {
				t.Errorf("%+v, want %s with %q", got, tt.need, tt.says)
			}
		})
	}
}
