package exporter_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"testing"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/exporter"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/zone"
)

func ptr[T any](v T) *T { return &v }

// areaPlan is a plan of two zones with everything that can be in one, hostile
// texts among it.
func areaPlan() *areaplan.Plan {
	at := time.Date(2026, 11, 22, 20, 30, 0, 0, time.UTC)
	p := &areaplan.Plan{
		District: areaplan.District{
			Code: "500110", Name: "万盛经开区", Demo: true, Notice: "演示区：属性为生成数据。地图数据 © OpenStreetMap contributors", SRID: 4544,
			PolicyKey: "wansheng-2020", PolicyVersion: "1", PolicyTitle: "万盛经开区全面推进城镇老旧小区改造和社区服务提升专项行动实施方案", ProfileName: "国家标准",
		},
		Scenario: areaplan.Scenario{Code: "s1", Name: "近期方案", Revision: 7},
		Totals: zone.Totals{
			AreaM2: 152_000.5, Communities: 3, Buildings: 6, Households: 511, FloorAreaM2: 37_281.75,
			EligibleCommunities: 2, EligibleHouseholds: 470, EligibleShare: 470.0 / 511, Generated: true,
		},
		Before: "2000年底前", Period: "2026–2028年", By: "规划员甲", At: at, Title: "万盛经开区老旧小区改造片区方案", Author: "万盛规划设计院",
		Versions: areaplan.Versions{Software: "v0.6.0", Policy: "wansheng-2020@1", Profile: "national@2", Scenario: 7},
	}
	p.Communities = []areaplan.Community{
		{
			Code: "C001", Name: "崂山五村", Address: `=HYPERLINK("http://example.com","x")`, SubdistrictCode: "500110001", SubdistrictName: "万盛街道", NeighborhoodName: "新田社区",
			Zones: []string{"z1"}, UnitKind: "compound", BuiltYear: ptr(1987), Buildings: 2, Households: ptr(int64(420)), FloorAreaM2: ptr(31_200.5), LandAreaM2: ptr(22_000.25),
			ManagementMode: "self_managed", Eligibility: "in", Verdict: "in", Proof: []policy.Reason{{Clause: "二(一)1", Rule: "S1", Outcome: policy.Met, Text: "建成于 1987 年，早于 2000 年。"}},
			MunicipalMissing: []string{"雨污分流", "消防设施"}, ServiceMissing: []string{"health_station"}, InShantytownPlan: ptr(false), SelfBuilt: ptr(false),
			HouseholdsAgreed: ptr(int64(300)), Generated: []string{"households"}, Source: "OpenStreetMap", UpdatedAt: at,
		},
		{
			Code: "C002", Name: "建设小区", Address: "建设路 12 号", SubdistrictCode: "500110001", SubdistrictName: "万盛街道", NeighborhoodName: "建设社区",
			Zones: []string{"z1", "z2"}, UnitKind: "single_building", BuiltYear: ptr(1995), Buildings: 1, Households: ptr(int64(50)), FloorAreaM2: ptr(3_900.5),
			Eligibility: "in", Verdict: "in", MunicipalMissing: []string{}, Source: "台账", UpdatedAt: at,
		},
		{
			Code: "C003", Name: "-2+3", Address: "@SUM(A1)", SubdistrictCode: "500110002", SubdistrictName: "东林街道",
			Zones: []string{"z2"}, Buildings: 1, Households: ptr(int64(40)), FloorAreaM2: ptr(2_080.5), Eligibility: "borderline", Verdict: "borderline",
			Proof:        []policy.Reason{{Clause: "二(一)1", Rule: "S1", Outcome: policy.Unknown, Text: "建成年份未知。"}},
			CountsMasked: true, Remark: "含 & < > \"引号\" 与\n换行\x01", Source: "台账", UpdatedAt: at,
		},
	}
	building := func(code, name, community, communityName string, households *int64, area float64) areaplan.Building {
		return areaplan.Building{
			Code: code, Name: name, CommunityCode: community, CommunityName: communityName, SubdistrictName: "万盛街道", Use: "residential",
			Storeys: ptr(6), HeightM: ptr(18.0), BuiltYear: ptr(1990), Households: households, FloorAreaM2: &area, FootprintM2: ptr(area / 6), Source: "osm", UpdatedAt: at,
		}
	}
	p.Buildings = []areaplan.Building{
		building("B01", "1栋", "C001", "崂山五村", ptr(int64(40)), 3000.25),
		building("B02", "+2栋", "C001", "崂山五村", nil, 2000.5),
		building("B03", "", "C002", "建设小区", ptr(int64(50)), 3900.5),
		building("B04", "", "C003", "-2+3", ptr(int64(30)), 2080.5),
		building("B05", "小卖部", "", "", nil, 80.25),
		building("B06", "值班房", "", "", ptr(int64(1)), 20),
	}
	p.Zones = []areaplan.Zone{
		{
			Zone: zone.Zone{
				Code: "z1", Name: "一号/片区 & <试点>", Note: "=cmd|' /C calc'!A0\n第二行", Version: 3, SubdistrictCodes: []string{"500110001"}, Year: ptr(2026), UpdatedAt: at,
				Totals: zone.Totals{AreaM2: 92_000.25, Communities: 2, Buildings: 5, Households: 471, FloorAreaM2: 35_201.25, EligibleCommunities: 2, EligibleHouseholds: 470, EligibleShare: 470.0 / 471},
			},
			Communities: []string{"C001", "C002"}, Parts: 1, CostYuan: 3_500_000, CostBasis: "items",
			Strings: []areaplan.String{{Name: "=青年路", From: "C001", To: "C002", LengthM: 75.5, FromName: "崂山五村", ToName: "建设小区", Streets: "=青年路 70 米、无名路 6 米"}},
		},
		{
			Zone: zone.Zone{
				Code: "z2", Name: "二号片区", Version: 1, SubdistrictCodes: []string{"500110001", "500110002"}, UpdatedAt: at,
				Totals: zone.Totals{AreaM2: 60_000.25, Communities: 2, Buildings: 2, Households: 90, FloorAreaM2: 5_981, EligibleCommunities: 1, EligibleHouseholds: 50, EligibleShare: 50.0 / 90},
			},
			Communities: []string{"C002", "C003"}, Parts: 2, CostBasis: "none",
		},
	}
	p.Facilities = []areaplan.Facility{
		{Code: "F1", Name: "新田卫生站", FacilityType: "health_station", TypeName: "社区卫生服务站", Inside: true, Location: orb.Point{106.902, 28.952}, Source: "OpenStreetMap"},
		{Code: "F2", Name: "拟建食堂", FacilityType: "community_canteen", TypeName: "社区食堂、助餐", Proposed: true, Capacity: ptr(60), Location: orb.Point{106.906, 28.956}, Generated: []string{"capacity"}},
	}
	p.Coverage = []areaplan.Coverage{
		run("health_station", "社区卫生服务站", 300, at, map[string]int64{"C001": 420, "C002": 20, "C003": 0}, 440),
		run("community_canteen", "社区食堂、助餐", 500, at, map[string]int64{"C001": 420, "C002": 50, "C003": 40}, 511),
	}
	p.Coverage[0].Gaps = []orb.MultiPolygon{{{{{106.9, 28.95}, {106.91, 28.95}, {106.91, 28.96}, {106.9, 28.95}}}}}
	p.Projects = []areaplan.Project{
		{
			Code: "P1", Name: "万盛街道一期", Library: "comprehensive", State: "confirmed", Phase: "implement", Year: ptr(2026), ZoneCode: "z1", Communities: []string{"C001", "C002", "C900"},
			EstimatedWan: ptr(400.0), CostYuan: ptr(3_500_000.0), Shares: map[string]float64{"residents": 350_000, "central": 1_500_000.5, "pipelines": 650_000}, Progress: "处于前期手续办理阶段", Central: true,
		},
		{
			Code: "P2", Name: "东林街道管理提升", Library: "management", State: "applied", Communities: []string{"C003"}, EstimatedWan: ptr(20.5), Shares: map[string]float64{}, Progress: "正在包装策划", Generated: []string{"estimated_wan"},
		},
	}
	p.Items = []areaplan.Item{
		{ProjectCode: "P1", No: 1, Category: "小区内基础设施", Name: "供水管网改造", Nature: "基础项", Standard: "水压力稳定，抄表到户", Answer: "do", Quantity: ptr(1200.5), Unit: "米", PriceYuan: ptr(1000.0), AmountYuan: ptr(1_200_500.0), Evidence: "台账登记缺失"},
		{ProjectCode: "P1", CommunityCode: "C001", No: 18, Category: "房屋公共区域修缮改造", Name: "电梯加装", Nature: "增加项", Answer: "do", Quantity: ptr(4.0), Unit: "部", PriceYuan: ptr(574_875.0), AmountYuan: ptr(2_299_500.0)},
		{ProjectCode: "P1", CommunityCode: "C002", No: 18, Category: "房屋公共区域修缮改造", Name: "电梯加装", Nature: "增加项", Answer: "cannot", Reason: "无条件"},
	}
	return p
}

func run(kind, name string, metres float64, at time.Time, covered map[string]int64, total int64) areaplan.Coverage {
	c := areaplan.Coverage{
		Run: coverage.Run{
			FacilityType: kind, FacilityName: name, Method: coverage.MethodRadius, Limit: coverage.Limit{Metres: &metres}, CreatedAt: at,
			Standard: &coverage.Standard{Source: "GB 50180-2018", Clause: "附录C", Mark: "C"}, Area: coverage.Area{Kind: coverage.AreaZone, Code: "z1", Name: "一号片区"},
			Items: []coverage.CatalogueItem{{No: 34, Name: "卫生服务站配置", Clause: "附件1第34项"}}, Notes: []string{"按直线距离计算。"}, Inputs: coverage.Inputs{ZoneVersion: 3},
		},
		Households: 511, HouseholdsCovered: total,
	}
	for code, households := range map[string]int64{"C001": 420, "C002": 50, "C003": 40} {
		share := float64(covered[code]) / float64(households)
		c.Communities = append(c.Communities, areaplan.CommunityCoverage{Code: code, Households: households, HouseholdsCovered: covered[code], Share: &share})
	}
	return c
}

// pictures are so many map sheets, of one colour each.
func pictures(t *testing.T, n int) []exporter.Picture {
	t.Helper()
	var list []exporter.Picture
	for i := range n {
		img := image.NewPaletted(image.Rect(0, 0, 700, 440+40*i), color.Palette{color.RGBA{R: 180, G: 200, B: 220, A: 255}})
		var out bytes.Buffer
		if err := png.Encode(&out, img); err != nil {
			t.Fatal(err)
		}
		list = append(list, exporter.Picture{
			Kind: "overview", Number: fmt.Sprintf("%02d", i+1), Caption: fmt.Sprintf("片区方案图之%d", i+1), PNG: out.Bytes(), Width: 700, Height: 440 + 40*i,
		})
	}
	return list
}

// large is the plan with so many more communities, for files of many pages.
func large(communities int) *areaplan.Plan {
	p := areaPlan()
	for i := range communities {
		c := p.Communities[1]
		c.Code, c.Name = fmt.Sprintf("D%04d", i), fmt.Sprintf("示范小区%d", i+1)
		c.Zones = []string{"z2"}
		p.Communities = append(p.Communities, c)
		p.Totals.Communities++
		p.Totals.Buildings++
		p.Totals.Households += 50
		p.Totals.FloorAreaM2 += 3_900.5
	}
	return p
}
