package importer

import (
	"context"
	"fmt"
	"io"

	"github.com/xuri/excelize/v2"
)

// templateColumn is a column of the empty ledger that people fill in.
type templateColumn struct {
	column column
	title  string // with its unit
	width  float64
	choice []string
	note   string
}

func templateColumns(subdistricts []string) []templateColumn {
	yes := []string{"是", "否"}
	return []templateColumn{
		{colCode, "小区编码", 14, nil, "本区内唯一；没有编码时按小区名称和街道对应。"},
		{colName, "小区名称", 22, nil, "必填。"},
		{colSubdistrict, "街道", 14, subdistricts, "本区的街道、镇名称。"},
		{colNeighborhood, "社区", 14, nil, "社区居委会辖区名称。"},
		{colAddress, "详细地址", 30, nil, ""},
		{colUnitKind, "单位类型", 12, first(unitKinds), "二(一)：住宅小区（含独栋住宅楼）和社区。"},
		{colBuiltYear, "建成年份", 10, nil, "四位年份，如 1998。"},
		{colHouseholds, "户数", 8, nil, "整数。"},
		{colBuildings, "楼栋数", 8, nil, "整数。"},
		{colFloorArea, "建筑面积（平方米）", 14, nil, "单位是平方米；报表（附件5–7）的万平方米由系统换算。"},
		{colManagement, "物业管理模式", 18, first(managementModes), "三(二)：每个小区有且只有一种。"},
		{colNeglected, "失养失修失管", 12, yes, "二(一) S2。"},
		{colMunicipalMissing, "市政配套缺失", 24, nil, "二(一) S3：用顿号分开；没有缺失写“无”，没有调查留空。"},
		{colServiceMissing, "公共服务缺失", 24, nil, "二(一) S4：同上。"},
		{colHouseholdsAgreed, "同意户数", 10, nil, "二(一) S5：同意改造的户数；只填数，不填姓名。"},
		{colFloorAreaAgreed, "同意建筑面积（平方米）", 14, nil, ""},
		{colPriorWorks, "既往改造", 12, first(priorWorks), "二(一) S7。"},
		{colShantytown, "是否纳入棚改", 12, yes, "二(一) S8。"},
		{colDemolishRebuild, "是否拆除重建", 12, yes, "二(一) S9。"},
		{colSelfBuilt, "是否自建房为主", 12, yes, "二(一) S10。"},
		{colUrbanVillage, "是否城中村", 12, yes, "二(一) S11。"},
		{colPoorConditions, "居住条件较差", 12, yes, "潼南 二(一) T3。"},
		{colLongitude, "经度", 12, nil, "十进制度数；坐标系在导入时选择。"},
		{colLatitude, "纬度", 12, nil, ""},
		{colRemark, "备注", 30, nil, "不要写姓名、电话、身份证号码。"},
	}
}

// first are the words of a set that people see.
func first(set []choice) []string {
	words := make([]string, len(set))
	for i, c := range set {
		words[i] = c.words[0]
	}
	return words
}

const (
	templateSheet = "小区台账"
	templateRows  = 5000 // that the choices reach
)

// WriteTemplate writes the empty ledger of a district as a workbook: every
// column that an import reads, with lists to choose from and what each is for.
func (im *Importer) WriteTemplate(ctx context.Context, district string, w io.Writer) error {
	region, err := loadRegion(ctx, im.db.Pool, district)
	if err != nil {
		return err
	}
	names := []string{}
	for _, p := range region.subdistricts {
		names = append(names, p.name)
	}
	book := excelize.NewFile()
	defer book.Close()
	if err := writeTemplate(book, templateColumns(names), region.name); err != nil {
		return fmt.Errorf("write the ledger template: %w", err)
	}
	if _, err := book.WriteTo(w); err != nil {
		return fmt.Errorf("write the ledger template: %w", err)
	}
	return nil
}

func writeTemplate(book *excelize.File, columns []templateColumn, district string) error {
	styles, err := ledgerStyles(book)
	if err != nil {
		return err
	}
	if err := book.SetSheetName("Sheet1", templateSheet); err != nil {
		return err
	}
	notes := []string{district + "老旧小区数据台账：在“" + templateSheet + "”表中填写，一个小区一行，然后导入。不填写任何居民的姓名、身份证号码和电话。"}
	for i, c := range columns {
		name, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := book.SetCellStr(templateSheet, name+"1", c.title); err != nil {
			return err
		}
		if err := book.SetColWidth(templateSheet, name, name, c.width); err != nil {
			return err
		}
		if err := chooseFrom(book, name, c); err != nil {
			return err
		}
		if c.note != "" {
			notes = append(notes, c.title+"："+c.note)
		}
	}
	last, err := excelize.ColumnNumberToName(len(columns))
	if err != nil {
		return err
	}
	if err := book.SetCellStyle(templateSheet, "A1", last+"1", styles.header); err != nil {
		return err
	}
	if err := book.SetPanes(templateSheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	return writeNotes(book, notes)
}

// chooseFrom gives a column a list to choose from, where the list fits into the
// 255 characters that a workbook has for it.
func chooseFrom(book *excelize.File, name string, c templateColumn) error {
	if len(c.choice) == 0 {
		return nil
	}
	rule := excelize.NewDataValidation(true)
	rule.SetSqref(fmt.Sprintf("%s2:%s%d", name, name, templateRows))
	if rule.SetDropList(c.choice) != nil {
		return nil
	}
	return book.AddDataValidation(templateSheet, rule)
}
