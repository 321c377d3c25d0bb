package exporter

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/survey"
)

// sheetColumns are those of annex 3. The three in the middle hold what residents
// write on paper; nothing of it comes back into the service.
var sheetColumns = []struct {
	title string
	width float64
}{
	{"序号", 6}, {"门牌", 20}, {"户主签字", 14}, {"身份证号码", 22}, {"联系电话", 15}, {"是否需要对小区以上内容进行改造和提升", 20},
}

const (
	// maxDoors keeps a workbook of blank lines to a size that can be printed.
	maxDoors = 20_000
	// blankDoors are the lines of a sheet of which nobody knows the households.
	blankDoors = 20

	annex3Title = "老旧小区改造和社区服务提升征求意见表（样表）"
	paperOnly   = "户主签字、身份证号码、联系电话只留在纸上，不录入系统"
)

// doorSheet is a sheet of annex 3: a building or stairwell and its households.
type doorSheet struct {
	place      string // 2幢1单元; "" for the community as a whole
	areaM2     *float64
	households *int // nil: unknown
	generated  bool
}

// SurveySheets writes annex 3 (征求意见表) to be printed and filled in by hand: a
// sheet for each row of the survey with a line for each of its households.
func SurveySheets(w io.Writer, s survey.Survey, by string, at time.Time) error {
	if err := surveySheets(w, s.Community, s.Contents, doorsOf(s), by, at); err != nil {
		return fmt.Errorf("write survey sheets: %w", err)
	}
	return nil
}

func doorsOf(s survey.Survey) []doorSheet {
	var sheets []doorSheet
	for _, c := range s.Counts {
		households := c.Households
		sheets = append(sheets, doorSheet{
			place: survey.At(c.BuildingName, c.Stairwell), areaM2: c.FloorAreaM2, households: &households, generated: len(s.Generated) > 0,
		})
	}
	return sheets
}

func surveySheets(w io.Writer, community survey.Place, wanted []string, sheets []doorSheet, by string, at time.Time) error {
	b, err := newBook("老旧小区改造和社区服务提升征求意见表", community.Name, by, at)
	if err != nil {
		return err
	}
	defer b.file.Close()
	names := map[string]bool{}
	doors := 0
	for _, s := range sheets {
		if s.households != nil {
			doors += *s.households
		}
		if doors > maxDoors {
			return fmt.Errorf("more than %d households", maxDoors)
		}
		if err := b.doors(sheetName(s.place, community.Name, names), community, wanted, s); err != nil {
			return err
		}
	}
	return b.save(w)
}

// doors is one sheet of annex 3.
func (b *book) doors(name string, community survey.Place, wanted []string, s doorSheet) error {
	widths := make([]float64, len(sheetColumns))
	titles := make([]entry, len(sheetColumns))
	for i, column := range sheetColumns {
		widths[i], titles[i] = column.width, entry{value: column.title, look: penHead}
	}
	footer := paperOnly
	if s.generated {
		footer = "演示数据：户数、面积为生成。" + paperOnly
	}
	f, err := b.form(name, page{annex: "附件3", repeated: 5, footer: footer}, widths)
	if err != nil {
		return err
	}
	for i, text := range doorHeads(community, wanted, s) {
		look := penField
		if i == 0 {
			look = penTitle
		}
		if err := f.band(text, look); err != nil {
			return err
		}
	}
	if err := f.line(titles, 44); err != nil {
		return err
	}
	door, lines := s.place, blankDoors
	if door != "" {
		door += "-"
	}
	if s.households != nil {
		lines = *s.households
	}
	for i := range lines {
		cells := []entry{{value: i + 1, look: penCell.as("0")}, {value: door, look: penText}, {}, {}, {}, {}}
		for j := range cells[2:] {
			cells[2+j].look = penCell
		}
		if err := f.line(cells, 26); err != nil {
			return err
		}
	}
	return f.close()
}

// doorHeads are the lines above the table, as the document prints them.
func doorHeads(community survey.Place, wanted []string, s doorSheet) []string {
	title, area, households := community.Name, "　", "　"
	if s.place != "" {
		title += "（" + s.place + "）"
	}
	if s.areaM2 != nil {
		area = strconv.FormatFloat(*s.areaM2, 'f', -1, 64)
	}
	if s.households != nil {
		households = strconv.Itoa(*s.households)
	}
	return []string{
		annex3Title,
		"小区（楼栋）名称：" + title + "　　地址：" + community.Address,
		"面积：" + area + "平方米　　户数：" + households + "户",
		"改造和提升的内容：" + contents(wanted),
	}
}

// contents are numbered as annex 3 prints them; without any there is room for three.
func contents(list []string) string {
	if len(list) == 0 {
		list = []string{"　　　　　　", "　　　　　　", "　　　　　　"}
	}
	said := make([]string, len(list))
	for i, c := range list {
		said[i] = fmt.Sprintf("%d.%s", i+1, c)
	}
	return strings.Join(said, "　")
}

// sheetName makes a name that a workbook takes: no more than 31 characters, none
// of those that mean something in a reference, and no name twice.
func sheetName(wanted, otherwise string, taken map[string]bool) string {
	if wanted == "" {
		wanted = otherwise
	}
	clean := []rune(strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]`, r) || r < ' ' {
			return '_'
		}
		return r
	}, wanted), "' "))
	base := string(clean[:min(len(clean), 25)])
	if base == "" {
		base = "表"
	}
	name := base
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s (%d)", base, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}
