package importer

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/registry"
)

const (
	sourceLedger = "ledger"
	headerLook   = 15 // rows from the top among which the headers are looked for
)

// ledgerReading turns the table of a ledger into communities.
type ledgerReading struct {
	region   region
	datum    datum
	lastYear int // built years after this are refused
	// only limits the rows to these subdistricts; nil is the whole district.
	only   []string
	excel  bool // numbers may be Excel's days since 1900
	report *Report
	unit   string // what areas are in, where the person was asked: m2, wan_m2

	faulty    faultyRows
	columns   columnMapping
	firstLine map[string]int64 // code, or name and subdistrict, to the row that gave it
	persons   *Persons
	strangers map[string]int64 // names of neighborhoods that the district does not know
}

// read returns the rows that can be taken; the others are in the report.
func (l *ledgerReading) read(ctx context.Context, s sheet, advance func(int64)) ([]registry.CommunityRow, error) {
	head, columns, ok := headerRow(communityColumns, s.rows[:min(len(s.rows), headerLook)])
	if !ok || !columns.has(colName) {
		return nil, l.noHeaders(s, ok, columns)
	}
	if columns.has(colLongitude) != columns.has(colLatitude) {
		missing := colLongitude
		if columns.has(colLongitude) {
			missing = colLatitude
		}
		return nil, refuse("缺少“%s”列：经度和纬度要么都有，要么都没有", communityColumns.titles[missing])
	}
	l.columns, l.firstLine, l.strangers = columns, map[string]int64{}, map[string]int64{}
	l.noteColumns()
	if err := l.askUnit(s, head); err != nil {
		return nil, err
	}
	l.faulty.begin(s.rows[head], columns)
	l.persons = NewPersons("")
	header := s.rows[head]
	for _, title := range header {
		l.persons.column(title)
	}
	var out []registry.CommunityRow
	for i := head + 1; i < len(s.rows); i++ {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		advance(1)
		row := s.rows[i]
		if blank(row) {
			continue
		}
		if sumRow(row) {
			l.report.note("第 %d 行是合计行，没有导入", s.lines[i])
			continue
		}
		for k := range row {
			title := ""
			if k < len(header) {
				title = header[k]
			}
			row[k] = l.persons.Cell(title, row[k])
		}
		community, faults := l.community(place{row: s.lines[i], layer: "communities"}, row)
		if len(faults) > 0 {
			l.faulty.add(s.lines[i], row, faults)
			continue
		}
		out = append(out, community)
	}
	l.report.dropped(l.persons)
	if len(l.strangers) > 0 {
		l.report.note("本区没有登记这些社区，相应小区暂未关联到社区：%s", listNames(l.strangers))
	}
	return out, nil
}

func (l *ledgerReading) noHeaders(s sheet, ok bool, columns columnMapping) error {
	if len(s.rows) == 0 {
		return refuse("文件里没有数据")
	}
	var first []string
	for _, h := range s.rows[0] {
		if h = strings.TrimSpace(cleanText(h)); h != "" && !personalHeader.MatchString(h) && !NameLike(h) {
			h, _ = withoutPersons(h) // a file without headers begins with residents
			first = append(first, shorten(h, 12))
		}
	}
	seen := shorten(strings.Join(first, "、"), 100)
	if !ok {
		return refuse("没有找到表头：前 %d 行里认不出“小区名称”“户数”等列名；第一行是：%s", headerLook, seen)
	}
	var known []string
	for c := range columns.at {
		known = append(known, communityColumns.titles[c])
	}
	slices.Sort(known)
	return refuse("缺少必需的列“小区名称”；认出的列有：%s", strings.Join(known, "、"))
}

func (l *ledgerReading) noteColumns() {
	c := l.columns
	if len(c.unused) > 0 {
		l.report.note("没有用到的列：%s", shorten(strings.Join(c.unused, "、"), 300))
	}
	if len(c.repeated) > 0 {
		l.report.note("与前面的列重复，没有读取：%s", strings.Join(c.repeated, "、"))
	}
	if !c.has(colCode) {
		l.report.note("没有小区编码列，按小区名称（和街道）与已有小区对应")
	}
}

// sumRow tells the 合计 at the foot of a ledger from a community.
func sumRow(row []string) bool {
	for _, s := range row {
		if s = strings.Join(strings.Fields(s), ""); s != "" {
			return s == "合计" || s == "总计" || s == "小计" || s == "汇总" || strings.HasPrefix(s, "合计:") || strings.HasPrefix(s, "合计：")
		}
	}
	return false
}

func showFloat(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
func showText(v string) string   { return v }

func (l *ledgerReading) reader(at place, cells []string) *rowReader {
	return &rowReader{table: communityColumns, columns: l.columns, report: l.report, at: at, cells: cells}
}

// community reads a row; what is wrong with it has been reported.
func (l *ledgerReading) community(at place, cells []string) (registry.CommunityRow, []fault) {
	r := l.reader(at, cells)
	if r.cell(colName).words(200) == "" {
		r.faults = append(r.faults, fault{l.columns.place(colName), "没有小区名称"})
		r.refuseOnce("没有小区名称", "")
		return registry.CommunityRow{}, r.faults
	}
	row := l.fields(r)
	if !r.bad {
		l.first(r, &row)
	}
	return row, r.faults
}

// fields reads what a row says about a community.
func (l *ledgerReading) fields(r *rowReader) registry.CommunityRow {
	row := registry.CommunityRow{
		Code:    r.cell(colCode).words(64),
		Name:    r.text(colName, 200),
		Address: r.text(colAddress, 500),
		Remark:  r.text(colRemark, 5000),
		Source:  sourceLedger,
	}
	row.BuiltYear = take(r, colBuiltYear, l.year(r.cell(colBuiltYear)), strconv.Itoa)
	row.Households = take(r, colHouseholds, r.cell(colHouseholds).count("户", "户数"), strconv.Itoa)
	row.BuildingCount = take(r, colBuildings, r.cell(colBuildings).count("栋", "幢", "座", "栋楼"), strconv.Itoa)
	row.FloorAreaM2 = take(r, colFloorArea, l.area(r, colFloorArea), showFloat)
	row.HouseholdsAgreed = take(r, colHouseholdsAgreed, r.cell(colHouseholdsAgreed).count("户"), strconv.Itoa)
	row.FloorAreaAgreedM2 = take(r, colFloorAreaAgreed, l.area(r, colFloorAreaAgreed), showFloat)
	l.doubtArea(r, row)
	doubtAgreed(r, row)
	if kind := take(r, colUnitKind, r.cell(colUnitKind).oneOf(unitKinds), showText); kind != nil {
		row.UnitKind = *kind
	}
	if mode := take(r, colManagement, r.cell(colManagement).oneOf(managementModes), showText); mode != nil {
		row.ManagementMode = *mode
	}
	row.PriorWorks = take(r, colPriorWorks, r.cell(colPriorWorks).oneOf(priorWorks), showText)
	yes := func(c column) *bool { return take(r, c, r.cell(c).yes(), strconv.FormatBool) }
	row.Neglected, row.InShantytownPlan, row.DemolishRebuild = yes(colNeglected), yes(colShantytown), yes(colDemolishRebuild)
	row.SelfBuiltMajority, row.UrbanVillage, row.PoorConditions = yes(colSelfBuilt), yes(colUrbanVillage), yes(colPoorConditions)
	row.MunicipalMissing = r.cell(colMunicipalMissing).list().value
	row.ServiceMissing = r.cell(colServiceMissing).list().value
	if !r.bad {
		l.administrative(r, &row)
	}
	if !r.bad {
		row.Location = l.location(r)
	}
	return row
}

// year also understands the day numbers in which Excel keeps dates.
func (l *ledgerReading) year(c cell) reading[int] {
	if l.excel {
		if days, err := strconv.ParseFloat(c.plain(), 64); err == nil && days > 2100 && days < 73415 {
			y := 1900 + int((days-1)/365.2425)
			return reading[int]{value: &y, fixed: true}
		}
	}
	return c.year(l.lastYear)
}

// administrative finds the 街道 and 社区 that the row names.
func (l *ledgerReading) administrative(r *rowReader, row *registry.CommunityRow) {
	if name := r.cell(colSubdistrict).words(100); name != "" {
		s, ok := l.region.subdistrict(name)
		if !ok {
			r.refuse(colSubdistrict, "不在"+l.region.name)
			return
		}
		row.SubdistrictCode = s
	}
	if l.only != nil && !slices.Contains(l.only, row.SubdistrictCode) {
		if row.SubdistrictCode == "" {
			r.refuse(colSubdistrict, "没有写明，而您只能导入本街道的小区")
		} else {
			r.refuse(colSubdistrict, "不是您的街道，您只能导入本街道的小区")
		}
		return
	}
	if name := r.cell(colNeighborhood).words(100); name != "" {
		if code, ok := l.region.neighborhood(name, row.SubdistrictCode); ok {
			row.NeighborhoodCode = code
		} else {
			l.strangers[name]++
		}
	}
}

// location reads 经度 and 纬度. Swapped ones are put right where the swapped place
// lies in the district and the given one does not.
func (l *ledgerReading) location(r *rowReader) *orb.Point {
	lon := take(r, colLongitude, r.cell(colLongitude).degrees(), showFloat)
	lat := take(r, colLatitude, r.cell(colLatitude).degrees(), showFloat)
	switch {
	case r.bad || lon == nil && lat == nil:
		return nil
	case lon == nil:
		r.refuse(colLongitude, "为空，而纬度不为空")
		return nil
	case lat == nil:
		r.refuse(colLatitude, "为空，而经度不为空")
		return nil
	case *lon == 0 && *lat == 0:
		l.report.repaired(r.at, "坐标 0, 0 视为没有坐标", "0, 0", "")
		return nil
	}
	given := orb.Point{*lon, *lat}
	if p, ok := l.inDistrict(given); ok {
		return &p
	}
	if p, ok := l.inDistrict(orb.Point{given[1], given[0]}); ok {
		l.report.repaired(r.at, "经度与纬度写反，已对调", showPoint(given), showPoint(orb.Point{given[1], given[0]}))
		return &p
	}
	reason := "坐标在" + l.region.name + "范围之外"
	if math.Abs(given[0]) > 180 || math.Abs(given[1]) > 90 {
		reason = "坐标不是经纬度（经度 -180–180，纬度 -90–90）"
	}
	r.refuseWhole(reason, showPoint(given))
	return nil
}

func (l *ledgerReading) inDistrict(p orb.Point) (orb.Point, bool) {
	if math.Abs(p[0]) > 180 || math.Abs(p[1]) > 90 {
		return p, false
	}
	p = l.datum.point(p)
	return p, l.region.holds(p)
}

func showPoint(p orb.Point) string { return showFloat(p[0]) + ", " + showFloat(p[1]) }

// first refuses the second row for the same community, and gives a row without
// a code its identity.
func (l *ledgerReading) first(r *rowReader, row *registry.CommunityRow) {
	key, value := identity(*row), row.Code
	if row.Code == "" {
		value = row.Name
		row.MatchName = true
		row.SourceRef = "ledger:" + shortHash(row.SubdistrictCode, row.Name)
	}
	if earlier, taken := l.firstLine[key]; taken {
		what, c := "小区编码", colCode
		if row.Code == "" {
			what, c = "小区名称", colName
		}
		reason := fmt.Sprintf("%s“%s”与第 %d 行重复", what, value, earlier)
		r.faults = append(r.faults, fault{l.columns.place(c), reason})
		r.refuseOnce(reason, value)
		return
	}
	l.firstLine[key] = r.at.row
}

// identity is what makes two rows the same community.
func identity(row registry.CommunityRow) string {
	if row.Code != "" {
		return "编码 " + row.Code
	}
	return "名称 " + row.Name + "/" + row.SubdistrictCode
}

// lineOf is the row number of a community that read returned.
func (l *ledgerReading) lineOf(row registry.CommunityRow) int64 { return l.firstLine[identity(row)] }

func listNames(counts map[string]int64) string {
	names := make([]string, 0, len(counts))
	for n := range counts {
		names = append(names, n)
	}
	slices.Sort(names)
	return shorten(strings.Join(names, "、"), 300)
}
