package importer

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Personal tells whether a column holds personal data of residents, by its
// header. Such columns are never read.
func Personal(header string) bool {
	return personalHeader.MatchString(strings.Join(strings.Fields(cleanText(header)), ""))
}

// FieldFor finds the register's field that a column of a file is for, by its
// header; tenThousands says that the header gives 万平方米. field is "" for
// running numbers, and ok is false for what is not known. Names that a Shapefile
// cut off at ten bytes are found by their beginning, where only one field has it.
func FieldFor(layer, header string) (field string, tenThousands, ok bool) {
	table := layerColumns[layer]
	if table == nil {
		return "", false, false
	}
	tenThousands = strings.Contains(header, "万")
	normal := normalHeader(header)
	if c, known := table.byHeader[normal]; known {
		return fieldOf(c), tenThousands, true
	}
	if len(header) < 9 || utf8.RuneCountInString(normal) < 3 {
		return "", false, false
	}
	var begun []string
	for name, c := range table.byHeader {
		if strings.HasPrefix(name, normal) && !slices.Contains(begun, fieldOf(c)) {
			begun = append(begun, fieldOf(c))
		}
	}
	if len(begun) != 1 {
		return "", false, false
	}
	return begun[0], tenThousands, true
}

// fieldOf is the register's name of a column; "" for those that are no field.
func fieldOf(c column) string {
	switch c {
	case colNumber, colLongitude, colLatitude:
		return ""
	case colSubdistrict:
		return "subdistrict_code"
	case colNeighborhood:
		return "neighborhood_code"
	}
	return string(c)
}

var layerColumns = map[string]*columnTable{
	"communities": communityColumns, "buildings": buildingColumns, "facilities": facilityColumns,
	"zones": newColumnTable([]header{
		{colCode, []string{"片区编码", "片区编号", "编码", "编号", "code"}},
		{colName, []string{"片区名称", "片区名", "片区", "名称", "改造片区", "name"}},
		{"year", []string{"实施年度", "实施年份", "年度", "改造年度", "计划年度", "year"}},
		{"note", []string{"备注", "说明", "note", "remark"}},
		{colNumber, []string{"序号", "fid", "objectid"}},
	}),
	"neighborhoods": newColumnTable([]header{
		{colCode, []string{"社区编码", "社区代码", "社区编号", "编码", "代码", "code"}},
		{colName, []string{"社区名称", "社区", "居委会", "名称", "村居名称", "name"}},
		{colSubdistrict, []string{"街道", "镇街", "所属街道", "街道名称", "subdistrict_code", "subdistrict"}},
		{colNumber, []string{"序号", "fid", "objectid"}},
	}),
	"idle_buildings": newColumnTable([]header{
		{colCode, []string{"编码", "编号", "房屋编码", "code"}},
		{colName, []string{"名称", "房屋名称", "闲置用房", "闲置用房名称", "资产名称", "name"}},
		{colAddress, []string{"地址", "坐落", "位置", "详细地址", "address"}},
		{colSubdistrict, []string{"街道", "镇街", "所属街道", "subdistrict_code", "subdistrict"}},
		{colFloorArea, []string{"建筑面积", "面积", "闲置面积", "可用面积", "floor_area_m2", "floor_area"}},
		{colStoreys, []string{"层数", "storeys"}},
		{"owner_kind", []string{"权属", "产权性质", "权属性质", "产权", "owner_kind"}},
		{"use_before", []string{"原用途", "用途", "原使用用途", "use_before"}},
		{"available_from", []string{"可用时间", "可用日期", "闲置时间", "available_from"}},
		{colRemark, []string{"备注", "说明", "remark"}},
		{colSourceRef, []string{"来源编号", "source_ref"}},
		{colNumber, []string{"序号", "fid", "objectid"}},
	}),
	"roads": newColumnTable([]header{
		{colSourceRef, []string{"来源编号", "source_ref", "osm_id", "道路编码", "编码", "code"}},
		{colName, []string{"道路名称", "路名", "名称", "name"}},
		{"class", []string{"道路等级", "等级", "类型", "道路类型", "class", "fclass", "highway", "type"}},
		{"walkable", []string{"可步行", "walkable"}},
		{"stairs", []string{"台阶", "梯道", "stairs"}},
		{"bridge", []string{"桥", "桥梁", "bridge"}},
		{"tunnel", []string{"隧道", "tunnel"}},
		{"level", []string{"层", "level", "layer"}},
		{"oneway", []string{"单行", "oneway"}},
		{colNumber, []string{"序号", "fid", "objectid"}},
	}),
	"barriers": newColumnTable([]header{
		{colSourceRef, []string{"来源编号", "source_ref", "osm_id", "编码", "code"}},
		{colName, []string{"名称", "name"}},
		{"class", []string{"类型", "阻隔类型", "class", "barrier", "type"}},
		{colNumber, []string{"序号", "fid", "objectid"}},
	}),
}

// Reading says how the texts of a file are to be read.
type Reading struct {
	LastYear     int  // built years after this are refused
	TenThousands bool // areas are in 万平方米
}

// Value is what a text says of a field.
type Value struct {
	Is    any    // of the Go type of the field's kind; nil: unknown
	Read  string // as which it was read, where the text was more than the bare value
	Fault string // why it cannot be read, for people
	// Private says that numbers of persons were taken out of the text.
	Private bool
}

// ReadValue reads a text as the value of a field of a layer of registry.ImportLayers
// or of zones.
func (o Reading) ReadValue(field, text string) Value {
	c := cell(text)
	switch field {
	case "built_year":
		return valueOf(o.year(c), strconv.Itoa)
	case "year": // of a zone: mostly one to come
		return valueOf(c.year(2200), strconv.Itoa)
	case "households", "households_agreed":
		return valueOf(c.count("户", "户数"), strconv.Itoa)
	case "building_count":
		return valueOf(c.count("栋", "幢", "座", "栋楼"), strconv.Itoa)
	case "capacity":
		return valueOf(c.count("张", "床", "个", "人", "位", "座", "辆"), strconv.Itoa)
	case "level":
		return valueOf(c.signed(), strconv.Itoa)
	case "storeys":
		return valueOf(c.storeys(), strconv.Itoa)
	case "height_m":
		return valueOf(c.height(), showFloat)
	case "floor_area_m2", "floor_area_agreed_m2":
		return valueOf(c.floorArea(o.TenThousands), showFloat)
	case "neglected", "in_shantytown_plan", "demolish_rebuild", "self_built_majority", "urban_village", "poor_conditions",
		"walkable", "stairs", "bridge", "tunnel", "oneway":
		return valueOf(c.yes(), strconv.FormatBool)
	case "municipal_missing", "service_missing":
		return valueOf(c.list(), func(words []string) string { return strings.Join(words, "、") })
	case "unit_kind":
		return valueOf(c.oneOf(unitKinds), showText)
	case "management_mode":
		return valueOf(c.oneOf(managementModes), showText)
	case "prior_works":
		return valueOf(c.oneOf(priorWorks), showText)
	case "owner_kind":
		return valueOf(c.oneOf(ownerKinds), showText)
	case "use":
		return lenient(c, uses)
	case "class":
		return lenient(c, classes)
	case "available_from":
		return c.day()
	}
	if (strings.HasSuffix(field, "code") || field == "source_ref") && bareCode(text) {
		return Value{Is: strings.TrimSpace(text)}
	}
	clean, found := withoutPersons(c.words(textLength(field)))
	if clean == "" {
		return Value{Private: found}
	}
	return Value{Is: clean, Private: found}
}

func textLength(field string) int {
	switch field {
	case "code":
		return 64
	case "address":
		return 500
	case "remark", "note":
		return 2000
	}
	return 200
}

// valueOf is a reading with numbers as the register's rows have them.
func valueOf[T any](r reading[T], show func(T) string) Value {
	v := Value{Fault: r.fault}
	if r.value == nil {
		return v
	}
	switch is := any(*r.value).(type) {
	case int:
		v.Is = int64(is)
	default:
		v.Is = is
	}
	if r.fixed {
		v.Read = show(*r.value)
	}
	return v
}

// lenient reads a word of a set; what nobody knows decides nothing that a row
// would be worth refusing for, and is unknown.
func lenient(c cell, set []choice) Value {
	v := valueOf(c.oneOf(set), showText)
	if v.Fault != "" {
		return Value{}
	}
	return v
}

// year also understands the day numbers in which spreadsheets keep dates, and
// takes 0 as unknown: tables of Shapefiles have no other way to say it.
func (o Reading) year(c cell) reading[int] {
	text := c.plain()
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		switch {
		case v == 0:
			return reading[int]{}
		case v > 2100 && v < 73_415 && !strings.Contains(text, "."):
			y := excelDay(v).Year()
			return reading[int]{value: &y, fixed: true}
		case v == math.Trunc(v):
			c = cell(strconv.FormatFloat(v, 'f', 0, 64))
		}
	}
	return c.year(o.LastYear)
}

// excelDay is the day that a spreadsheet counts from 1899-12-30.
func excelDay(days float64) time.Time {
	return time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(days))
}

func (c cell) signed() reading[int] {
	v := c.number()
	if v.value == nil {
		return reading[int]{fault: v.fault}
	}
	n := int(math.Round(*v.value))
	return reading[int]{value: &n, fixed: v.fixed}
}

func (c cell) storeys() reading[int] {
	if c.zero() {
		return reading[int]{}
	}
	v := c.count("层", "楼", "f")
	if v.value != nil && *v.value > 300 {
		return reading[int]{fault: "层数不合理"}
	}
	return v
}

func (c cell) zero() bool {
	v, err := strconv.ParseFloat(c.plain(), 64)
	return err == nil && v == 0
}

func (c cell) height() reading[float64] {
	v := c.number("m", "米")
	switch {
	case v.value == nil:
	case *v.value == 0:
		return reading[float64]{}
	case !(*v.value > 0 && *v.value < 1500):
		return reading[float64]{fault: "高度不合理"}
	}
	return v
}

// day reads a date: 2026-01-31, 2026/1/31, 2026年1月31日, 2026.01, 20260131, or a
// spreadsheet's day number. A month stands for its first day.
func (c cell) day() Value {
	if c.unknown() {
		return Value{}
	}
	text := c.plain()
	if i := strings.IndexAny(text, " T"); i >= 8 { // the time of day
		text = text[:i]
	}
	for _, layout := range []string{
		"2006-01-02", "2006-1-2", "2006/1/2", "2006.1.2", "2006年1月2日", "20060102", "2006-01", "2006/1", "2006.1", "2006年1月", "2006年", "2006",
	} {
		if day, err := time.Parse(layout, text); err == nil && day.Year() >= 1900 && day.Year() <= 2200 {
			v := Value{Is: day}
			if layout != "2006-01-02" {
				v.Read = day.Format(time.DateOnly)
			}
			return v
		}
	}
	if days, err := strconv.ParseFloat(text, 64); err == nil && days > 2100 && days < 110_000 {
		day := excelDay(days)
		return Value{Is: day, Read: day.Format(time.DateOnly)}
	}
	return Value{Fault: "不是日期"}
}

var ownerKinds = []choice{
	{"state", []string{"国有", "公有", "公房", "state"}},
	{"collective", []string{"集体", "collective"}},
	{"mixed", []string{"混合", "共有", "mixed"}},
	{"private", []string{"私有", "个人", "私人", "企业", "private"}},
}

// classes are those of roads and barriers, as OpenStreetMap calls them.
var classes = []choice{
	{"motorway_link", []string{"motorway_link"}},
	{"trunk_link", []string{"trunk_link"}},
	{"primary_link", []string{"primary_link"}},
	{"secondary_link", []string{"secondary_link"}},
	{"tertiary_link", []string{"tertiary_link"}},
	{"motorway", []string{"高速", "motorway"}},
	{"trunk", []string{"快速路", "trunk"}},
	{"secondary", []string{"次干", "secondary"}},
	{"primary", []string{"主干", "primary"}},
	{"tertiary", []string{"支路", "tertiary"}},
	{"living_street", []string{"living_street"}},
	{"residential", []string{"小区路", "居住区道路", "residential"}},
	{"pedestrian", []string{"步行街", "pedestrian"}},
	{"steps", []string{"梯道", "台阶", "梯坎", "steps"}},
	{"footway", []string{"人行", "步道", "footway"}},
	{"cycleway", []string{"自行车", "cycleway"}},
	{"path", []string{"小路", "path"}},
	{"track", []string{"机耕", "track"}},
	{"service", []string{"内部道路", "service"}},
	{"unclassified", []string{"其他道路", "unclassified"}},
	{"retaining_wall", []string{"挡墙", "堡坎", "retaining_wall"}},
	{"city_wall", []string{"city_wall"}},
	{"wall", []string{"围墙", "墙", "wall"}},
	{"guard_rail", []string{"护栏", "guard_rail"}},
	{"fence", []string{"栅栏", "围栏", "栏杆", "fence"}},
	{"hedge", []string{"绿篱", "hedge"}},
	{"ditch", []string{"沟渠", "ditch"}},
}

// AreaDoubt tells whether areas are wrong by a factor of 10,000, as where 万平方米
// stands in a column of 平方米: the factor that puts one right, 1 for none.
func AreaDoubt(m2 float64, households *int) float64 { return slip(m2, households) }

// FacilityTypes finds the types that a row of facilities stands for: by the key
// or name of a type, else from tags of OpenStreetMap among its texts.
func (im *Importer) FacilityTypes(given, name string, texts map[string]string) []string {
	if given = strings.TrimSpace(given); given != "" {
		if t, ok := im.lib.FacilityType(given); ok {
			return []string{t.Key}
		}
		for _, t := range im.lib.FacilityTypes() {
			if sameName(t.Name, given) {
				return []string{t.Key}
			}
		}
	}
	var tags osmTags
	for key, value := range texts {
		key = strings.ToLower(key)
		if key == "fclass" || key == "type" { // of extracts that keep one class
			key = "amenity"
		}
		if wantedKey(key) {
			tags = append(tags, osmTag{key, value})
		}
	}
	return im.mapping.types(tags, name, 0)
}

// Subdistrict finds the code of a 街道 or 镇 by what people write.
func (d *Names) Subdistrict(name string) (string, bool) { return d.region.subdistrict(name) }

// Neighborhood finds the code of a 社区 inside a subdistrict ("" is any).
func (d *Names) Neighborhood(name, subdistrict string) (string, bool) {
	return d.region.neighborhood(name, subdistrict)
}

// Names are the names of a district's parts.
type Names struct{ region region }

// NamesOf reads the names of a district's parts.
func (im *Importer) NamesOf(ctx context.Context, district string) (*Names, error) {
	r, err := loadRegion(ctx, im.db.Pool, district)
	return &Names{r}, err
}

// ShortHash is a digest of a text that names it within a file.
func ShortHash(parts ...string) string { return shortHash(parts...) }
