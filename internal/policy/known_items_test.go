package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The catalogue of annex 1 as it is printed: number, name, category, nature.
var wanshengItems = []struct {
	no                     int
	name, category, nature string
}{
	{1, "供水管网改造", "inside", "basic"},
	{2, "供电管网改造", "inside", "basic"},
	{3, "供气管网改造", "inside", "basic"},
	{4, "地面绿化补建", "inside", "basic"},
	{5, "墙体绿化规范", "inside", "extra"},
	{6, "道路平整", "inside", "basic"},
	{7, "公共照明增设", "inside", "basic"},
	{8, "消防设施设备更新改造", "inside", "basic"},
	{9, "安防设置更换或增设", "inside", "extra"},
	{10, "雨污管网改造", "inside", "basic"},
	{11, "增设垃圾收分类容器", "inside", "basic"},
	{12, "相关相邻道路补缺改造提升", "adjacent", "basic"},
	{13, "相关相邻水、电、气管网补缺改造提升", "adjacent", "basic"},
	{14, "相关相邻供排水设施补缺改造提升", "adjacent", "basic"},
	{15, "相关相邻停车库（场）补缺改造提升", "adjacent", "extra"},
	{16, "相关相邻污水处理设施补缺改造提升", "adjacent", "basic"},
	{17, "相关相邻垃圾处理设施补缺改造提升", "adjacent", "basic"},
	{18, "电梯加装", "building", "extra"},
	{19, "海绵城市建设", "building", "extra"},
	{20, "体育设施安装或修复", "building", "basic"},
	{21, "小区公共空间建设", "building", "extra"},
	{22, "修缮破损围墙、屋面", "building", "basic"},
	{23, "楼体外线缆规整", "building", "basic"},
	{24, "修复公共楼梯", "building", "basic"},
	{25, "对空调机位规整", "building", "extra"},
	{26, "公共服务设施配置", "service", "basic"},
	{27, "养老抚幼设施配置", "service", "basic"},
	{28, "无障碍设施改造", "service", "basic"},
	{29, "设置快递服务设施", "service", "extra"},
	{30, "更新补建信报箱", "service", "extra"},
	{31, "停车库（场）设置", "service", "extra"},
	{32, "设置社区特色景观", "service", "overall"},
	{33, "设置社区综合文化服务中心", "service", "overall"},
	{34, "卫生服务站配置", "service", "overall"},
	{35, "日间料理站配置", "service", "overall"},
	{36, "实施“雪亮工程”", "service", "overall"},
	{37, "设置社区警务室", "service", "overall"},
	{38, "公共停车场和步行系统建设", "service", "overall"},
	{39, "设置公共厕所", "service", "overall"},
}

func TestWanshengItemsAsPrinted(t *testing.T) {
	p := named(t, "wansheng-2020")
	for _, want := range wanshengItems {
		t.Run(fmt.Sprintf("附件1第%d项 %s", want.no, want.name), func(t *testing.T) {
			got, ok := p.Item(want.no)
			if !ok || got.Name != want.name || got.Category != want.category || got.Nature != want.nature || got.Clause != fmt.Sprintf("附件1第%d项", want.no) {
				t.Errorf("%+v", got)
			}
			if must := want.nature == "basic"; p.MustAnswer(got) != must {
				t.Errorf("三(一): must be answered: %v", !must)
			}
		})
	}
}

// What the standard column fixes with a figure or a name.
func TestWanshengItemStandards(t *testing.T) {
	p := named(t, "wansheng-2020")
	for no, says := range map[int][]string{
		1: {"一户一表", "水压力稳定，抄表到户"}, 2: {"电压力稳定，抄表到户"}, 3: {"气压力稳定，抄表到户"},
		8: {"物联网", "消防法"}, 9: {"GB28181", "30天以上"}, 10: {"雨污分流", "阳台污水入污水管"},
		34: {"社区卫生服务中心难以覆盖的地区"}, 35: {"用餐、加工、送餐", "食品卫生安全"}, 37: {"派出所警力"}, 38: {"智能化公共停车场", "不影响公共交通和消防系统"},
	} {
		item, _ := p.Item(no)
		for _, part := range says {
			if !strings.Contains(item.Content+item.Standard, part) {
				t.Errorf("附件1第%d项 does not say %q: %s；%s", no, part, item.Content, item.Standard)
			}
		}
	}
}

func TestA6MealsAreNotDayCare(t *testing.T) {
	p := named(t, "wansheng-2020")
	meals, _ := p.Item(35)
	care, _ := p.Item(27)
	if !slices.Equal(meals.Facilities, []string{"community_canteen"}) || slices.Contains(care.Facilities, "community_canteen") || !slices.Contains(care.Facilities, "elder_daycare") {
		t.Errorf("第35项 %v, 第27项 %v", meals.Facilities, care.Facilities)
	}
}

func TestA7ThreeKindsOfParking(t *testing.T) {
	p := named(t, "wansheng-2020")
	for no, note := range map[int]string{15: "相邻", 31: "小区内", 38: "公共新建"} {
		if item, _ := p.Item(no); !strings.Contains(item.Note, note) || !slices.Equal(item.Facilities, []string{"car_parking"}) {
			t.Errorf("附件1第%d项: %q %v", no, item.Note, item.Facilities)
		}
	}
}

// 二(二) of 潼南: the items named, in their order, by class.
func TestTongnanItemsByClass(t *testing.T) {
	p := named(t, "tongnan-2021")
	for category, want := range map[string]string{
		"basic":   "供水、供电、供气、通讯、排水管网、化粪池、道路、消防设施、安防设施、外墙、屋顶、楼道护栏、雨棚、生活垃圾分类",
		"improve": "绿化、照明、围墙、停车场、充电设施、文体设施、物业用房",
		"enrich":  "社区综合服务设施、公共卫生设施、养老、托幼、助餐、家政保洁、菜市场、便利店",
	} {
		t.Run("二(二) "+category, func(t *testing.T) {
			var names []string
			for _, item := range p.Items {
				if item.Category == category {
					names = append(names, item.Name)
					if item.Numbered || !strings.HasPrefix(item.Clause, "二(二)") || p.MustAnswer(item) != (category == "basic") {
						t.Errorf("%+v", item)
					}
				}
			}
			if got := strings.Join(names, "、"); got != want {
				t.Errorf("got %s", got)
			}
		})
	}
}

// Annex 2, check by check.
var wanshengChecks = map[string]string{
	"附件2第一项 环境卫生":     "环卫设备、垃圾收集点、日产日清、责任制专职保洁·道路清洁无死角·定期消毒灭杀、无白蚁·公共区域清洁·无杂物占道·商业门店有序·按规定排放油烟·装修按规定时间",
	"附件2第二项 房屋管理及养护":  "路标与组团、幢、单元、门户标号·制止违规搭建、乱开挖·临街建筑外观整洁、无坠落隐患·制止违规外装护网、晾晒架、遮阳蓬、招牌·临街外墙玻璃幕墙整洁·临街底屋立面整齐",
	"附件2第三项 安防及车辆管理":  "危险处标志与防范·消防设施完好、通道畅通、预案健全·安防制度预案、人员、演练·机动车管理制度、停放有序、消防通道不阻塞",
	"附件2第四项 绿化管理":     "景观完好、不改变绿地用途、无白色垃圾·花草树木修剪、无病虫害",
	"附件2第五项 公共设施管理":   "共用管线埋地或整齐架设·排水排污畅通·道路平整、窨井盖齐全·照明与景观设施完好",
	"附件2第六项 物业管理监督公示": "设置公示牌",
}

func TestWanshengManagementChecks(t *testing.T) {
	total := 0
	groups := map[string]CheckGroup{}
	for _, g := range named(t, "wansheng-2020").ManagementChecks {
		groups[g.Clause+" "+g.Name] = g
		total += len(g.Checks)
	}
	for name, want := range wanshengChecks {
		t.Run(name, func(t *testing.T) {
			if got := strings.Join(groups[name].Checks, "·"); got != want {
				t.Errorf("got %s", got)
			}
		})
	}
	if total != 25 || len(groups) != 6 {
		t.Errorf("%d checks in %d groups, want 25 in 6", total, len(groups))
	}
	for i, part := range []string{"小区管理单位", "管理责任人及联系方式", "物业服务内容（标准）", "物业服务收费标准", "特殊报事24小时应急", "查处小区违法建筑"} {
		if fields := groups["附件2第六项 物业管理监督公示"].Fields; len(fields) != 6 || !strings.Contains(fields[i], part) {
			t.Errorf("附件2第六项 field %d does not say %q: %v", i+1, part, fields)
		}
	}
}

// What a plan's document lacks says so instead of naming a clause that is not
// there.
func TestBorrowedPartsSayThatTheDocumentLacksThem(t *testing.T) {
	tongnan, wansheng := named(t, "tongnan-2021"), named(t, "wansheng-2020")
	clauses := map[string]string{}
	for _, l := range tongnan.Libraries {
		clauses["library "+l.Key] = l.Clause
		for _, c := range l.Conditions {
			clauses["condition "+l.Key+" "+c.Key] = c.Clause
		}
	}
	for _, x := range tongnan.Phases {
		clauses["phase "+x.Key] = x.Clause
	}
	for _, g := range tongnan.ManagementChecks {
		clauses["check "+g.Key] = g.Clause
	}
	for _, f := range tongnan.Forms {
		clauses["form "+f.Key] = f.Clause
	}
	for _, d := range tongnan.Dates {
		if d.Key != "filing" {
			clauses["date "+d.Key] = d.Clause
		}
	}
	if len(clauses) != 2+6+3+6+5+3 {
		t.Errorf("%d borrowed parts: %v", len(clauses), clauses)
	}
	for what, clause := range clauses {
		if !strings.HasPrefix(clause, NotInDocument+"（参照万盛经开办发〔2020〕44号") {
			t.Errorf("%s: %q", what, clause)
		}
	}
	for _, d := range wansheng.Dates {
		if borrowed := strings.HasPrefix(d.Clause, NotInDocument); borrowed != (d.Key == "filing") {
			t.Errorf("万盛 date %s: %q", d.Key, d.Clause)
		}
	}
	for _, l := range wansheng.Libraries {
		if strings.HasPrefix(l.Clause, NotInDocument) {
			t.Errorf("the lender's own clause was changed: %q", l.Clause)
		}
	}
}
