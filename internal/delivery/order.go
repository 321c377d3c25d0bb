package delivery

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lianpian/lianpian/internal/atlas"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/privacy"
	"github.com/lianpian/lianpian/internal/progress"
)

// Order says what a package is to hold. The zero value of each field means its
// default.
type Order struct {
	Title    string        `json:"title,omitempty" maxLength:"100" doc:"项目名称"`
	Author   string        `json:"author,omitempty" maxLength:"100" doc:"编制单位"`
	Period   string        `json:"period,omitempty" maxLength:"50" doc:"规划期限; made from the years of the zones when empty"`
	Scenario string        `json:"scenario,omitempty" maxLength:"100" doc:"code; that of the zones when empty"`
	Zones    []string      `json:"zones" minItems:"1" maxItems:"500" doc:"codes, in the order of the sheets"`
	Parts    []string      `json:"parts,omitempty" maxItems:"20" doc:"atlas, forms, book, report, and formats of GIS files: geopackage, shapefile, dxf, kml, kmz, geojson, flatgeobuf, csv; atlas, forms, book, report, geopackage, shapefile and dxf when empty"`
	CRS      string        `json:"crs,omitempty" maxLength:"100" doc:"EPSG:4490 (default), EPSG:4326, a zone of CGCS2000, or gk:cm=…,fe=…,prefix=…"`
	Encoding string        `json:"encoding,omitempty" enum:"utf-8,gbk" doc:"of Shapefile and CSV texts"`
	Atlas    atlas.Options `json:"atlas,omitempty"`
	Month    string        `json:"month,omitempty" maxLength:"7" doc:"of the monthly forms, 2026-10; the newest frozen one when empty"`
}

// The parts of a package that are no GIS files, in the order in which they are made.
const (
	PartAtlas  = "atlas"
	PartForms  = "forms"
	PartBook   = "book"
	PartReport = "report"
)

// Parts lists every part, in the order in which they are made.
func Parts() []string {
	parts := []string{PartAtlas, PartForms, PartBook, PartReport}
	for _, f := range formats {
		parts = append(parts, f.key)
	}
	return parts
}

var usualParts = []string{PartAtlas, PartForms, PartBook, PartReport, "geopackage", "shapefile", "dxf"}

// checked fills in the defaults and refuses what cannot be.
func (o Order) checked() (Order, error) {
	invalid := func(field, format string, args ...any) (Order, error) {
		return o, &InvalidError{field, fmt.Sprintf(format, args...)}
	}
	for _, text := range []struct {
		field, name string
		text        *string
		most        int
	}{
		{"title", "项目名称", &o.Title, 100},
		{"author", "编制单位", &o.Author, 100},
		{"period", "规划期限", &o.Period, 50},
		{"atlas.reviewer", "审核", &o.Atlas.Reviewer, 50},
	} {
		*text.text = strings.Join(strings.Fields(*text.text), " ")
		if utf8.RuneCountInString(*text.text) > text.most {
			return invalid(text.field, "%s最多 %d 个字", text.name, text.most)
		}
		if privacy.PersonalNumbers(*text.text) {
			return invalid(text.field, "%s%s", text.name, privacy.Refusal)
		}
	}
	if len(o.Zones) == 0 || len(o.Zones) > 500 {
		return invalid("zones", "请选择 1 到 500 个片区")
	}
	all := Parts()
	if len(o.Parts) == 0 {
		o.Parts = usualParts
	}
	for _, part := range o.Parts {
		if !slices.Contains(all, part) {
			return invalid("parts", "不认识的成果内容“%s”", part)
		}
	}
	o.Parts = slices.DeleteFunc(all, func(part string) bool { return !slices.Contains(o.Parts, part) })
	if o.CRS == "" {
		o.CRS = "EPSG:4490"
	}
	crs, err := geo.ParseCRS(o.CRS)
	if _, plane := crs.Zone(); err != nil || !plane && !crs.Geographic() {
		return invalid("crs", "不支持的坐标系“%s”；可用 EPSG:4490、EPSG:4326、国家 2000 三度带（EPSG:4513–4554），或 gk:cm=中央经线,fe=东偏移,prefix=带号", o.CRS)
	}
	o.CRS = crs.String()
	if o.Encoding == "" {
		o.Encoding = "utf-8"
	}
	if o.Encoding != "utf-8" && o.Encoding != "gbk" {
		return invalid("encoding", "编码应为 utf-8 或 gbk")
	}
	if !slices.Contains([]string{"", "A4", "A3", "A1"}, o.Atlas.Paper) {
		return invalid("atlas.paper", "图幅应为 A4、A3 或 A1")
	}
	if o.Atlas.Paper == "" {
		o.Atlas.Paper = "A3"
	}
	if o.Month != "" {
		if _, err := progress.ParseMonth(o.Month); err != nil {
			return invalid("month", "月份应写作 2026-10")
		}
	}
	return o, nil
}

// farMeridian is how many degrees from the central meridian of a plane system a
// plan may lie: half of the width that the zones of China have at most. Beyond,
// lengths are wrong by more than a thousandth.
const farMeridian = 4.5

// suits refuses a plane system that is made for another part of the country.
func suits(crs geo.CRS, lon float64) error {
	zone, plane := crs.Zone()
	if !plane || math.Abs(lon-zone.CentralMeridian) <= farMeridian {
		return nil
	}
	return &InvalidError{"crs", fmt.Sprintf("坐标系的中央经线 %g° 离本区（东经 %.1f°）太远，长度会失真；请选择邻近的带", zone.CentralMeridian, lon)}
}

// has tells whether a part is ordered.
func (o Order) has(part string) bool { return slices.Contains(o.Parts, part) }

// mapped tells whether map sheets are drawn for it.
func (o Order) mapped() bool { return o.has(PartAtlas) || o.has(PartReport) }
