package importer

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// column is a field of the register that a ledger may give.
type column string

const (
	colCode             column = "code"
	colName             column = "name"
	colSubdistrict      column = "subdistrict"
	colNeighborhood     column = "neighborhood"
	colAddress          column = "address"
	colBuiltYear        column = "built_year"
	colHouseholds       column = "households"
	colBuildings        column = "building_count"
	colFloorArea        column = "floor_area_m2"
	colManagement       column = "management_mode"
	colLongitude        column = "longitude"
	colLatitude         column = "latitude"
	colRemark           column = "remark"
	colUnitKind         column = "unit_kind"
	colNeglected        column = "neglected"
	colMunicipalMissing column = "municipal_missing"
	colServiceMissing   column = "service_missing"
	colHouseholdsAgreed column = "households_agreed"
	colFloorAreaAgreed  column = "floor_area_agreed_m2"
	colPriorWorks       column = "prior_works"
	colShantytown       column = "in_shantytown_plan"
	colDemolishRebuild  column = "demolish_rebuild"
	colSelfBuilt        column = "self_built_majority"
	colUrbanVillage     column = "urban_village"
	colPoorConditions   column = "poor_conditions"
	colNumber           column = "#" // 序号: of no use, but no surprise either
	colCommunity        column = "community_code"
	colUse              column = "use"
	colStoreys          column = "storeys"
	colHeight           column = "height_m"
	colFacilityType     column = "facility_type"
	colCapacity         column = "capacity"
	colSourceRef        column = "source_ref"
)

// header says under which names files give a column. The first is the one that
// messages use.
type header struct {
	column column
	names  []string
}

// columnTable finds the column of a header, and its title.
type columnTable struct {
	byHeader map[string]column
	titles   map[column]string
}

func newColumnTable(headers []header) *columnTable {
	t := &columnTable{map[string]column{}, map[column]string{}}
	for _, h := range headers {
		t.titles[h.column] = h.names[0]
		for _, n := range h.names {
			t.byHeader[normalHeader(n)] = h.column
		}
	}
	return t
}

var communityColumns = newColumnTable([]header{
	{colCode, []string{"小区编码", "小区编号", "小区代码", "编码", "编号", "代码", "项目编号", "code"}},
	{colName, []string{"小区名称", "小区名", "小区", "名称", "项目名称", "楼院名称", "老旧小区名称", "name"}},
	{colSubdistrict, []string{"街道", "镇街", "街道/镇", "街镇", "街道（镇）", "所属街道", "所属镇街", "所在街道", "乡镇街道", "街道名称", "镇街名称", "subdistrict_code", "subdistrict", "subdistrict_name"}},
	{colNeighborhood, []string{"社区", "社区编码", "社区编号", "社区代码", "所属社区", "所在社区", "社区名称", "居委会", "村居", "社区居委会", "neighborhood_code", "neighborhood"}},
	{colAddress, []string{"地址", "详细地址", "小区地址", "位置", "坐落", "具体地址", "所在位置", "address"}},
	{colBuiltYear, []string{"建成时间", "建成年份", "建成年代", "建成年", "建造年份", "建造年代", "建造时间", "竣工年份", "竣工时间", "建设年代", "建设年份", "年代", "built_year", "year_built"}},
	{colHouseholds, []string{"户数", "总户数", "居民户数", "住户数", "涉及户数", "惠及户数", "households"}},
	{colBuildings, []string{"楼栋数", "栋数", "楼栋", "总栋数", "幢数", "楼幢数", "住宅栋数", "涉及楼栋数", "building_count", "buildings"}},
	{colFloorArea, []string{"建筑面积", "总建筑面积", "住宅建筑面积", "面积", "房屋建筑面积", "floor_area_m2", "floor_area"}},
	{colManagement, []string{"物业管理", "管理模式", "物业管理模式", "物业情况", "物业管理方式", "物业", "物业管理情况", "management_mode"}},
	{colLongitude, []string{"经度", "东经", "lon", "lng", "longitude", "x"}},
	{colLatitude, []string{"纬度", "北纬", "lat", "latitude", "y"}},
	{colRemark, []string{"备注", "说明", "其他", "remark"}},
	{colUnitKind, []string{"单位类型", "类型", "小区类型", "单元类型", "unit_kind"}},
	{colNeglected, []string{"失养失修失管", "是否失养失修失管", "失修失管", "是否失管", "neglected"}},
	{colMunicipalMissing, []string{"市政配套缺失", "市政配套设施缺失", "市政配套不完善", "缺失市政配套", "市政配套设施不完善项", "municipal_missing"}},
	{colServiceMissing, []string{"公共服务缺失", "公共服务设施缺失", "缺失公共服务设施", "公共服务设施不健全项", "service_missing"}},
	{colHouseholdsAgreed, []string{"同意户数", "同意改造户数", "赞成户数", "households_agreed"}},
	{colFloorAreaAgreed, []string{"同意建筑面积", "同意面积", "同意户建筑面积", "floor_area_agreed_m2"}},
	{colPriorWorks, []string{"既往改造", "改造情况", "已改造情况", "以往改造情况", "改造历史", "prior_works"}},
	{colShantytown, []string{"是否棚改", "是否纳入棚改", "是否纳入棚户区改造", "棚改", "棚户区改造计划", "是否棚户区", "in_shantytown_plan"}},
	{colDemolishRebuild, []string{"是否拆除重建", "拆除重建", "拟拆除重建", "demolish_rebuild"}},
	{colSelfBuilt, []string{"是否自建房为主", "自建房为主", "以自建住房为主", "self_built_majority"}},
	{colUrbanVillage, []string{"是否城中村", "城中村", "urban_village"}},
	{colPoorConditions, []string{"居住条件较差", "是否居住条件较差", "居住条件差", "poor_conditions"}},
	{colNumber, []string{"序号", "序", "no", "no.", "#", "id", "原行号", reasonTitle}},
	{colSourceRef, []string{"source_ref"}},
})

var buildingColumns = newColumnTable([]header{
	{colCode, []string{"楼栋编码", "楼栋编号", "楼栋代码", "编码", "编号", "code"}},
	{colName, []string{"楼栋名称", "楼名", "名称", "楼号", "栋号", "name"}},
	{colCommunity, []string{"小区编码", "小区编号", "所属小区编码", "community_code"}},
	{colSubdistrict, []string{"街道", "镇街", "所属街道", "街道编码", "subdistrict_code", "subdistrict"}},
	{colUse, []string{"用途", "使用性质", "建筑用途", "房屋用途", "use"}},
	{colStoreys, []string{"层数", "地上层数", "楼层数", "总层数", "storeys", "floors", "floor", "levels", "building:levels"}},
	{colHeight, []string{"高度", "建筑高度", "height_m", "height"}},
	{colBuiltYear, []string{"建成年份", "建成时间", "建成年代", "建造年份", "built_year", "year_built"}},
	{colHouseholds, []string{"户数", "总户数", "households"}},
	{colFloorArea, []string{"建筑面积", "总建筑面积", "floor_area_m2", "floor_area"}},
	{colSourceRef, []string{"source_ref"}},
})

var facilityColumns = newColumnTable([]header{
	{colCode, []string{"设施编码", "设施编号", "编码", "编号", "code"}},
	{colFacilityType, []string{"设施类型", "类型", "类别", "分类", "facility_type", "type", "category", "kind"}},
	{colName, []string{"设施名称", "名称", "name"}},
	{colAddress, []string{"地址", "详细地址", "address"}},
	{colCapacity, []string{"容量", "规模", "床位数", "床位", "学位数", "车位数", "capacity"}},
	{colSubdistrict, []string{"街道", "镇街", "所属街道", "街道编码", "subdistrict_code", "subdistrict"}},
	{colSourceRef, []string{"source_ref"}},
})

// personalHeader matches columns that hold personal data of residents, also where a
// Shapefile cut their names off at ten bytes or has them in initials of pinyin. A
// service's telephone goes with them: the register has no field for it.
var personalHeader = regexp.MustCompile(`姓名|姓$|名字|户主|身份证|证件|护照|电话|手机|联系方式|联系人|联络人|联系电|^业主$|业主(名|姓|电)|房主|产权人|权利人|承租人|住户(名|电)|居民名|负责人|经办人|填报人|填表人|网格员|楼长|楼栋长|微信|邮箱|` +
	`(?i)phone|mobile|contact|wechat|e-?mail|^tel|id_?card|owner_?name|^(hzxm|yzxm|lxr|lxdh|lxfs|sfz|sfzh|sfzhm|zjhm|sjh|sjhm|dh|dhhm|yzdh|cqr|qlr)$`)

// units that stand behind a header, in brackets or not.
var headerUnit = regexp.MustCompile(`[(（\[【][^)）\]】]*[)）\]】]|[:：*＊]`)

// headerUnitBare is the unit of an area written without brackets.
var headerUnitBare = regexp.MustCompile(`(万)?(平方米|平米|㎡|m²|m2)$`)

// normalHeader is a header without its unit, spaces and case.
func normalHeader(s string) string {
	s = headerUnit.ReplaceAllString(cleanText(s), "")
	s = strings.ToLower(width.Fold.String(s))
	s = strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n\u3000\u00a0_-/", r) {
			return -1
		}
		return r
	}, s)
	if short := headerUnitBare.ReplaceAllString(s, ""); short != "" {
		s = short
	}
	return s
}

// mapping says which column of the file is which field.
type columnMapping struct {
	at           map[column]int
	titles       map[column]string // as the file has them
	tenThousands map[column]bool   // the header gives 万平方米
	personal     []string          // headers of columns that are not read
	unused       []string          // headers that nobody knows
	repeated     []string          // headers whose field another column gave before
}

func mapColumns(t *columnTable, row []string) columnMapping {
	m := columnMapping{at: map[column]int{}, titles: map[column]string{}, tenThousands: map[column]bool{}}
	for i, h := range row {
		title := strings.Join(strings.Fields(cleanText(h)), "")
		if title == "" {
			continue
		}
		title, _ = withoutPersons(title)
		normal := normalHeader(h)
		col, known := t.byHeader[normal]
		switch {
		case personalHeader.MatchString(title):
			m.personal = append(m.personal, shorten(title, 20))
		case !known:
			m.unused = append(m.unused, shorten(title, 20))
		case col == colNumber:
		default:
			if _, taken := m.at[col]; taken {
				m.repeated = append(m.repeated, shorten(title, 20))
				continue
			}
			m.at[col] = i
			m.titles[col] = shorten(headerUnit.ReplaceAllString(title, ""), 20)
			m.tenThousands[col] = strings.Contains(title, "万")
		}
	}
	return m
}

// headerRow finds the row with the headers: the one of the first rows that names
// the most columns. Ledgers have a title, and often a date, above it.
func headerRow(t *columnTable, rows [][]string) (index int, m columnMapping, ok bool) {
	best := 0
	for i, row := range rows {
		candidate := mapColumns(t, row)
		if n := len(candidate.at); n > best {
			best, index, m = n, i, candidate
		}
	}
	_, named := m.at[colName]
	return index, m, best >= 2 || best == 1 && named
}

// row access
func (m columnMapping) cell(row []string, c column) (cell, bool) {
	i, ok := m.at[c]
	if !ok || i >= len(row) {
		return "", ok
	}
	return cell(row[i]), true
}

// place is where the file has a column, -1 where it has none.
func (m columnMapping) place(c column) int {
	if i, ok := m.at[c]; ok {
		return i
	}
	return -1
}

func (m columnMapping) has(c column) bool { _, ok := m.at[c]; return ok }

// blank tells whether a row says nothing at all.
func blank(row []string) bool {
	return !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" })
}
