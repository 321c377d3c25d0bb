package table

import (
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/geofile"
)

// The names of coordinate columns, most telling first. What counts is the name
// without units, signs and case.
var (
	xNames = []*regexp.Regexp{
		regexp.MustCompile(`经度|^东经$|^(.*)?(lng|lon|longitude)$|^(lng|lon|longitude)`),
		regexp.MustCompile(`^东坐标|^(easting|east|e)$|东向坐标|^横坐标`),
		regexp.MustCompile(`^x$|^(x坐标|坐标x|点x|中心x|pointx|xcoord|coordx|coordinatex|centroidx|centerx)$`),
	}
	yNames = []*regexp.Regexp{
		regexp.MustCompile(`纬度|^北纬$|^(.*)?(lat|latitude)$|^(lat|latitude)`),
		regexp.MustCompile(`^北坐标|^(northing|north|n)$|北向坐标|^纵坐标`),
		regexp.MustCompile(`^y$|^(y坐标|坐标y|点y|中心y|pointy|ycoord|coordy|coordinatey|centroidy|centery)$`),
	}
	pairNames = regexp.MustCompile(`^(经纬度|经纬度坐标|坐标|坐标点|中心点|中心坐标|位置|位置坐标|定位|location|lnglat|lonlat|latlng|latlon|coordinates?|coord|point|xy)$`)
	crsNames  = regexp.MustCompile(`^(坐标系|坐标系统|空间参考|crs|srs|srid|epsg|coordsys)$`)
)

var nameUnit = regexp.MustCompile(`[(（\[【][^)）\]】]*[)）\]】]`)

// nameKey is a header without unit, signs and case.
func nameKey(name string) string {
	name = strings.ToLower(width.Fold.String(nameUnit.ReplaceAllString(name, "")))
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t_-/.:*\u00a0\u3000", r) {
			return -1
		}
		return r
	}, name)
}

// findColumns finds the columns of coordinates: those that were told, else by names
// and values.
func (t *sheet) findColumns(told geofile.Columns, rows []line) {
	t.at = places{-1, -1, -1, -1}
	t.columns = geofile.Columns{Angles: told.Angles, None: told.None}
	t.findCRS(rows)
	if told.None || t.takeTold(told) {
		t.nameColumns()
		return
	}
	if t.at.geometry = t.geometryColumn(rows); t.at.geometry < 0 {
		t.at.x, t.at.y = t.pairByName(rows)
		if t.at.x < 0 {
			t.at.x, t.at.y = t.pairByValue(rows)
		}
		t.turnAxes(rows)
		t.suspectPacked(rows)
	}
	t.nameColumns()
}

func (t *sheet) takeTold(told geofile.Columns) bool {
	find := func(name string) int {
		if name == "" {
			return -1
		}
		return slices.IndexFunc(t.fields, func(f geofile.Field) bool { return strings.EqualFold(f.Name, strings.TrimSpace(name)) })
	}
	if t.at.geometry = find(told.Geometry); t.at.geometry >= 0 {
		return true
	}
	t.at.x, t.at.y = find(told.X), find(told.Y)
	if t.at.x >= 0 && t.at.y >= 0 {
		return true
	}
	if told.Geometry != "" || told.X != "" || told.Y != "" {
		t.find("no_such_column", "表里没有指定的坐标列，已自动判断")
	}
	t.at.x, t.at.y = -1, -1
	return false
}

func (t *sheet) nameColumns() {
	name := func(i int) string {
		if i < 0 {
			return ""
		}
		return t.fields[i].Name
	}
	t.columns.X, t.columns.Y, t.columns.Geometry = name(t.at.x), name(t.at.y), name(t.at.geometry)
}

// geometryColumn is the column whose cells are geometries, or pairs of coordinates
// under a name for such.
func (t *sheet) geometryColumn(rows []line) int {
	for i, f := range t.fields {
		pairs := pairNames.MatchString(nameKey(f.Name))
		all, good := 0, 0
		for _, r := range rows {
			if i >= len(r.cells) || strings.TrimSpace(r.cells[i]) == "" {
				continue
			}
			all++
			if geometryWord(r.cells[i]) != "" {
				good++
			} else if _, ok := pair(r.cells[i]); pairs && ok {
				good++
			}
		}
		if all > 0 && good*10 >= all*8 {
			return i
		}
	}
	return -1
}

// pairByName finds X and Y by headers of the same manner whose cells are numbers.
func (t *sheet) pairByName(rows []line) (x, y int) {
	for rank := range xNames {
		x, y = t.named(xNames[rank], rows), t.named(yNames[rank], rows)
		if x >= 0 && y >= 0 {
			return x, y
		}
	}
	return -1, -1
}

func (t *sheet) named(pattern *regexp.Regexp, rows []line) int {
	return slices.IndexFunc(t.fields, func(f geofile.Field) bool {
		return pattern.MatchString(nameKey(f.Name)) && t.numeric(rows, slices.IndexFunc(t.fields, func(g geofile.Field) bool { return g.Name == f.Name }))
	})
}

// numeric tells whether most cells of a column are coordinates; a column without
// any cell passes.
func (t *sheet) numeric(rows []line, i int) bool {
	all, good := 0, 0
	for _, r := range rows {
		if i < len(r.cells) && strings.TrimSpace(r.cells[i]) != "" {
			all++
			if _, ok := coordinate(r.cells[i], t.columns.Angles); ok {
				good++
			}
		}
	}
	return good*2 >= all
}

// pairByValue finds two columns that can only be longitudes and latitudes in China:
// each cell within the range and with four decimals or more.
func (t *sheet) pairByValue(rows []line) (x, y int) {
	x, y = -1, -1
	for i := range t.fields {
		lon, lat, all := 0, 0, 0
		for _, r := range rows {
			if i >= len(r.cells) || strings.TrimSpace(r.cells[i]) == "" {
				continue
			}
			all++
			v, ok := coordinate(r.cells[i], "")
			_, fraction, _ := strings.Cut(strings.TrimSpace(r.cells[i]), ".")
			if !ok || len(fraction) < 4 {
				continue
			}
			if isLon(v) {
				lon++
			} else if isLat(v) {
				lat++
			}
		}
		if all > 0 && lon == all && x < 0 {
			x = i
		}
		if all > 0 && lat == all && y < 0 {
			y = i
		}
	}
	if x < 0 || y < 0 {
		return -1, -1
	}
	t.find("columns_guessed", "没有列名表示坐标，按数值判断“%s”为经度、“%s”为纬度", t.fields[x].Name, t.fields[y].Name)
	return x, y
}

func isLon(v float64) bool { return v >= 73 && v <= 136 }
func isLat(v float64) bool { return v >= 3 && v <= 54 }

// Ranges of Gauss-Krüger coordinates within China, in metres.
func isNorthing(v float64) bool { return v >= 1_800_000 && v <= 6_100_000 }

func isEasting(v float64) bool {
	return v >= 100_000 && v <= 900_000 || v >= 13_100_000 && v <= 46_000_000
}

// turnAxes exchanges X and Y where the values say so: surveyors call the northing X,
// and people fill in latitude first.
func (t *sheet) turnAxes(rows []line) {
	if t.at.x < 0 {
		return
	}
	as, turned, both := 0, 0, 0
	for _, r := range rows {
		x, y, ok := t.values(r.cells)
		if !ok {
			continue
		}
		both++
		switch {
		case isLon(x) && isLat(y), isEasting(x) && isNorthing(y):
			as++
		case isLat(x) && isLon(y), isNorthing(x) && isEasting(y):
			turned++
		}
	}
	switch {
	case turned > as && turned*2 > both:
		x, y := t.fields[t.at.x].Name, t.fields[t.at.y].Name
		t.at.x, t.at.y = t.at.y, t.at.x
		t.find("axes_swapped", "“%s”的值像北坐标或纬度，“%s”的值像东坐标或经度，已按值对调（测量中 X 指北）", x, y)
	case both > 0 && as == 0 && turned == 0:
		t.find("axes_unsure", "“%s”“%s”的值既不像经纬度，也不像常用的高斯-克吕格坐标，哪一列是东坐标请核对", t.fields[t.at.x].Name, t.fields[t.at.y].Name)
	}
}

func (t *sheet) values(cells []string) (x, y float64, ok bool) {
	if t.at.x >= len(cells) || t.at.y >= len(cells) {
		return 0, 0, false
	}
	x, okX := coordinate(cells[t.at.x], t.columns.Angles)
	y, okY := coordinate(cells[t.at.y], t.columns.Angles)
	return x, y, okX && okY
}

// suspectPacked tells when decimals could be minutes and seconds written without
// signs: of true decimals, only one row in three could be.
func (t *sheet) suspectPacked(rows []line) {
	if t.at.x < 0 || t.columns.Angles != "" {
		return
	}
	seen := 0
	for _, r := range rows {
		for _, i := range []int{t.at.x, t.at.y} {
			if i >= len(r.cells) || strings.TrimSpace(r.cells[i]) == "" {
				continue
			}
			v, ok := coordinate(r.cells[i], geofile.DecimalDegrees)
			if _, packed := coordinate(r.cells[i], geofile.PackedDMS); !ok || !packed || !isLon(v) && !isLat(v) {
				return
			}
			seen++
		}
	}
	if seen >= 20 {
		t.find("maybe_packed", "所有坐标的小数都小于 60 分 60 秒，可能是“度.分秒”写法（如 106.5548 表示 106°55′48″），请核对；未指定时按十进制度读取")
	}
}

// findCRS reads a column that says the system of all rows.
func (t *sheet) findCRS(rows []line) {
	for i, f := range t.fields {
		if !crsNames.MatchString(nameKey(f.Name)) {
			continue
		}
		text := ""
		for _, r := range rows {
			if i >= len(r.cells) || strings.TrimSpace(r.cells[i]) == "" {
				continue
			}
			if text != "" && text != r.cells[i] {
				return
			}
			text = r.cells[i]
		}
		t.at.crs, t.crsText = i, strings.TrimSpace(text)
		if c, known := namedCRS(t.crsText); known {
			t.crs = &c
		}
		return
	}
}

// namedCRS reads a code, a custom zone, or one of the two names that need no more.
func namedCRS(text string) (geo.CRS, bool) {
	switch strings.ToUpper(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(text)) {
	case "CGCS2000", "2000国家大地坐标系", "国家2000", "国家大地2000":
		return geo.CRS{}, true
	case "WGS84":
		return geo.NewCRS(geo.SRIDWGS84)
	}
	c, err := geo.ParseCRS(text)
	return c, err == nil
}
