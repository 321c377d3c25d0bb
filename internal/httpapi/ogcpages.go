package httpapi

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/cql"
	"github.com/lianpian/lianpian/internal/ogc"
)

//go:embed ogcpages/page.html
var ogcPageFiles embed.FS

var ogcPageTemplate = template.Must(template.ParseFS(ogcPageFiles, "ogcpages/page.html"))

// ogcPage is a page for people: every resource of the door is tables and links.
type ogcPage struct {
	Lang               string
	Title, Description string
	Crumbs             []ogc.Link
	JSON               string // address of the same as JSON; "" has none
	Map                *ogcMap
	Tables             []ogcTable
	More               []ogc.Link
}

type ogcTable struct {
	Title   string
	Columns []string
	Rows    [][]ogcCell
}

type ogcCell struct {
	Text string
	Href string
	Code bool
}

// ogcMap is a small picture of shapes: paths of SVG.
type ogcMap struct {
	Width, Height, Dot float64
	Areas, Lines       []string
	Points             [][2]float64
}

func (s *Server) ogcPage(w http.ResponseWriter, r *http.Request, page ogcPage) error {
	return s.ogcPageOf(w, r, http.StatusOK, page)
}

func (s *Server) ogcPageOf(w http.ResponseWriter, r *http.Request, status int, page ogcPage) error {
	v := s.voice(r)
	page.Lang = v.Say("zh-CN", "en")
	page.Crumbs = slices.Concat([]ogc.Link{{Href: "/", Title: v.Say("连片", "Lianpian")}, {Href: ogcDoor + "/?f=html", Title: "OGC API"}}, page.Crumbs)
	if page.JSON == "" && status == http.StatusOK {
		page.JSON = r.URL.Path + with(r.URL.Query(), "f", "json")
	}
	var body bytes.Buffer
	if err := ogcPageTemplate.Execute(&body, page); err != nil {
		return fmt.Errorf("write a page: %w", err)
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; style-src "+
		strings.Join(hashes(inlineStyle, body.Bytes()), " ")+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
	return nil
}

// ogcProblemPage tells a person what a program is told by a problem document.
func (s *Server) ogcProblemPage(w http.ResponseWriter, r *http.Request, p *Problem) {
	for name, values := range p.headers {
		w.Header()[name] = values
	}
	w.Header().Set("Cache-Control", "no-store")
	v := s.voice(r)
	said := p.in(r.Header.Get("Accept-Language"))
	page := ogcPage{Title: said.Detail, Description: fmt.Sprintf("%d %s", p.Status, p.Title)}
	if p.Status == http.StatusUnauthorized {
		page.More = []ogc.Link{{Href: "/", Title: v.Say("在网页上登录", "Sign in on the web")}}
	}
	if err := s.ogcPageOf(w, r, p.Status, page); err != nil {
		writeProblem(w, r, s.problemOf(r.Context(), err))
	}
}

func linkRows(links []ogc.Link) [][]ogcCell {
	var rows [][]ogcCell
	for _, l := range links {
		if l.Rel == "self" || l.Rel == "alternate" || strings.HasPrefix(l.Rel, "http") || l.Rel == "describedBy" {
			continue
		}
		rows = append(rows, []ogcCell{{Text: l.Title, Href: l.Href}, {Text: l.Type, Code: true}})
	}
	return rows
}

func landingPage(v ogc.Voice, landing ogc.Landing) ogcPage {
	open := func(path, chinese, english, what, about string) []ogcCell {
		return []ogcCell{{Text: v.Say(chinese, english), Href: v.Root(path) + "?f=html"}, {Text: v.Say(what, about)}}
	}
	return ogcPage{
		Title: landing.Title, Description: landing.Description,
		Tables: []ogcTable{
			{Rows: [][]ogcCell{
				open("/collections", "图层", "Collections", "要素及其属性，可筛选、分页", "features with their properties, filtered and in pages"),
				open("/tiles", "矢量瓦片", "Vector tiles", "网页地图所用的瓦片", "those of the map on the web"),
				open("/styles", "样式", "Styles", "瓦片的浅色、深色样式", "light and dark ones for the tiles"),
				open("/api", "接口说明", "API documentation", "全部地址和方法", "every address and method"),
				open("/conformance", "符合的标准", "Conformance classes", "OGC 标准的符合性类", "of the standards of OGC"),
			}},
			{Title: v.Say("在 QGIS、GDAL 中打开", "Open in QGIS or GDAL"), Rows: [][]ogcCell{
				{{Text: v.Say("地址", "Address")}, {Text: v.Base, Code: true}},
				{{Text: v.Say("认证", "Sign-in")}, {Text: v.Say("基本认证，用户名任意，口令为访问令牌", "Basic; any name, an access token for the password")}},
				{{Text: "GDAL"}, {Text: "ogrinfo -oo PAGE_SIZE=10000 OAPIF:" + v.Base, Code: true}},
			}},
		},
	}
}

func conformancePage(v ogc.Voice) ogcPage {
	page := ogcPage{Title: v.Say("符合的标准", "Conformance classes"), Tables: []ogcTable{{}}}
	for _, c := range ogc.Conformance {
		page.Tables[0].Rows = append(page.Tables[0].Rows, []ogcCell{{Text: c, Code: true}})
	}
	return page
}

func apiPage(v ogc.Voice, document map[string]any) ogcPage {
	page := ogcPage{
		Title:       v.Say("接口说明", "API documentation"),
		Description: v.Say("机器可读的 OpenAPI 3.0 文档见右上的 JSON。", "The JSON above is the OpenAPI 3.0 document for programs."),
	}
	paths, _ := document["paths"].(map[string]any)
	names := make([]string, 0, len(paths))
	for name := range paths {
		names = append(names, name)
	}
	slices.Sort(names)
	table := ogcTable{Columns: []string{v.Say("地址", "path"), v.Say("方法", "method"), v.Say("说明", "what it is")}}
	for _, name := range names {
		methods, _ := paths[name].(map[string]any)
		for _, method := range []string{"get", "post", "put", "patch", "delete"} {
			operation, is := methods[method].(map[string]any)
			if !is {
				continue
			}
			summary, _ := operation["summary"].(string)
			table.Rows = append(table.Rows, []ogcCell{{Text: name, Code: true}, {Text: strings.ToUpper(method)}, {Text: summary}})
		}
	}
	page.Tables = []ogcTable{table}
	return page
}

func collectionsCrumb(v ogc.Voice) ogc.Link {
	return ogc.Link{Href: ogcDoor + "/collections?f=html", Title: v.Say("图层", "Collections")}
}

func collectionsPage(v ogc.Voice, list ogc.Collections) ogcPage {
	table := ogcTable{Columns: []string{v.Say("名称", "title"), v.Say("编号", "id"), ""}}
	for _, c := range list.Collections {
		path := v.Root("/collections/" + url.PathEscape(c.ID))
		table.Rows = append(table.Rows, []ogcCell{
			{Text: c.Title, Href: path + "?f=html"}, {Text: c.ID, Code: true}, {Text: v.Say("浏览要素", "features"), Href: path + "/items?f=html"},
		})
	}
	return ogcPage{Title: v.Say("图层", "Collections"), Tables: []ogcTable{table}}
}

func collectionPage(v ogc.Voice, c ogc.Collection, layer ogc.Layer) ogcPage {
	page := queryablesPage(v, c, layer)
	page.Title, page.Description = c.Title, c.Description
	page.Tables = append([]ogcTable{{Rows: linkRows(c.Links)}}, page.Tables...)
	page.Crumbs = page.Crumbs[:1]
	return page
}

func queryablesPage(v ogc.Voice, c ogc.Collection, layer ogc.Layer) ogcPage {
	table := ogcTable{Title: v.Say("属性", "Properties"), Columns: []string{v.Say("字段", "name"), v.Say("类型", "type"), v.Say("含义", "what it is")}}
	for _, p := range layer.Properties {
		meaning := v.Say(p.Chinese, p.Title)
		if p.Values != nil {
			meaning += " (" + strings.Join(p.Values, ", ") + ")"
		}
		table.Rows = append(table.Rows, []ogcCell{{Text: p.Name, Code: true}, {Text: kindName(v, p.Kind)}, {Text: meaning}})
	}
	return ogcPage{Title: c.Title, Crumbs: []ogc.Link{collectionsCrumb(v), collectionCrumb(v, c.ID, c.Title)}, Tables: []ogcTable{table}}
}

// kindNames are what people call the kinds of properties.
var kindNames = map[cql.Kind]string{
	cql.Text: "文本", cql.Number: "数值", cql.Boolean: "是 / 否", cql.Timestamp: "时刻", cql.Date: "日期", cql.Texts: "多个文本", cql.Geometry: "图形",
}

func kindName(v ogc.Voice, k cql.Kind) string { return v.Say(kindNames[k], k.String()) }

func collectionCrumb(_ ogc.Voice, id, title string) ogc.Link {
	return ogc.Link{Href: ogcDoor + "/collections/" + url.PathEscape(id) + "?f=html", Title: title}
}

// properties reads a feature's properties for a table.
func propertiesOf(f ogc.Feature) map[string]string {
	var raw map[string]any
	decoder := json.NewDecoder(bytes.NewReader(f.Properties))
	decoder.UseNumber()
	if decoder.Decode(&raw) != nil {
		return nil
	}
	out := make(map[string]string, len(raw))
	for name, value := range raw {
		switch value := value.(type) {
		case nil:
		case []any:
			parts := make([]string, 0, len(value))
			for _, one := range value {
				parts = append(parts, fmt.Sprint(one))
			}
			out[name] = strings.Join(parts, ", ")
		default:
			out[name] = fmt.Sprint(value)
		}
	}
	return out
}

func (s *Server) ogcItemsPage(w http.ResponseWriter, r *http.Request, d ogc.District, request ogc.Request, q url.Values) error {
	v := s.voice(r)
	c := v.Collection(d, request.Layer)
	shown := request.Layer.Properties[:min(8, len(request.Layer.Properties))]
	table := ogcTable{Columns: []string{"id"}}
	for _, p := range shown {
		table.Columns = append(table.Columns, v.Say(p.Chinese, p.Name))
	}
	var shapes []orb.Geometry
	page, err := s.OGC.Items(r.Context(), scopeOf(r.Context()), request, func(f ogc.Feature) error {
		row := []ogcCell{{Text: f.ID, Href: v.Root(itemsPath(d.Code, request.Layer)) + "/" + url.PathEscape(f.ID) + "?f=html"}}
		values := propertiesOf(f)
		for _, p := range shown {
			row = append(row, ogcCell{Text: values[p.Name]})
		}
		table.Rows = append(table.Rows, row)
		shapes = append(shapes, shapeOf(f, request.CRS))
		return nil
	})
	if err != nil {
		return err
	}
	out := ogcPage{Title: c.Title, Crumbs: []ogc.Link{collectionsCrumb(v), collectionCrumb(v, c.ID, c.Title)}, Map: drawMap(shapes), Tables: []ogcTable{table}}
	if page.Matched >= 0 {
		out.Description = v.Say(fmt.Sprintf("共 %d 个要素", page.Matched), fmt.Sprintf("%d features", page.Matched))
	}
	if q.Has("cursor") {
		out.More = append(out.More, ogc.Link{Href: r.URL.Path + with(q, "cursor", ""), Title: v.Say("第一页", "first page")})
	}
	if page.Next != "" {
		out.More = append(out.More, ogc.Link{Href: r.URL.Path + with(q, "cursor", page.Next), Title: v.Say("下一页", "next page")})
	}
	out.JSON = r.URL.Path + with(r.URL.Query(), "f", "json")
	return s.ogcPage(w, r, out)
}

func itemPage(v ogc.Voice, d ogc.District, request ogc.Request, f ogc.Feature) ogcPage {
	c := v.Collection(d, request.Layer)
	values := propertiesOf(f)
	table := ogcTable{}
	for _, p := range request.Layer.Properties {
		if value, known := values[p.Name]; known {
			table.Rows = append(table.Rows, []ogcCell{{Text: v.Say(p.Chinese, p.Title)}, {Text: value}})
		}
	}
	title := values["name"]
	if title == "" {
		title = f.ID
	}
	items := ogc.Link{Href: ogcDoor + itemsPath(d.Code, request.Layer) + "?f=html", Title: v.Say("要素", "Features")}
	return ogcPage{
		Title: title, Crumbs: []ogc.Link{collectionsCrumb(v), collectionCrumb(v, c.ID, c.Title), items},
		Map: drawMap([]orb.Geometry{shapeOf(f, request.CRS)}), Tables: []ogcTable{table},
	}
}

// shapeOf is a feature's geometry for a picture; nil where there is none.
func shapeOf(f ogc.Feature, crs ogc.CRS) orb.Geometry {
	if string(f.Geometry) == "null" || crs.URI != ogc.CRS84.URI {
		return nil
	}
	g, err := geojson.UnmarshalGeometry(f.Geometry)
	if err != nil {
		return nil
	}
	return g.Geometry()
}

// drawMap draws shapes in longitude/latitude side by side, north up; nil where
// there is nothing to draw.
func drawMap(shapes []orb.Geometry) *ogcMap {
	var bound orb.Bound
	found := false
	for _, g := range shapes {
		if g == nil {
			continue
		}
		if !found {
			bound, found = g.Bound(), true
		}
		bound = bound.Union(g.Bound())
	}
	if !found {
		return nil
	}
	bound = bound.Pad(max(0.0005, 0.03*max(bound.Max[0]-bound.Min[0], bound.Max[1]-bound.Min[1])))
	squeeze := math.Cos(bound.Center()[1] * math.Pi / 180)
	scale := 1000 / max((bound.Max[0]-bound.Min[0])*squeeze, bound.Max[1]-bound.Min[1])
	m := &ogcMap{Dot: 5}
	at := func(p orb.Point) [2]float64 {
		round := func(v float64) float64 { return math.Round(v*10) / 10 }
		return [2]float64{round((p[0] - bound.Min[0]) * squeeze * scale), round((bound.Max[1] - p[1]) * scale)}
	}
	corner := at(orb.Point{bound.Max[0], bound.Min[1]})
	m.Width, m.Height = corner[0], corner[1]
	line := func(points []orb.Point) string {
		var b strings.Builder
		for i, p := range points {
			b.WriteString([]string{"L", "M"}[btoi(i == 0)])
			q := at(p)
			b.WriteString(strconv.FormatFloat(q[0], 'f', -1, 64) + " " + strconv.FormatFloat(q[1], 'f', -1, 64))
		}
		return b.String()
	}
	for _, g := range shapes {
		m.draw(g, line, at)
	}
	return m
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m *ogcMap) draw(g orb.Geometry, line func([]orb.Point) string, at func(orb.Point) [2]float64) {
	switch g := g.(type) {
	case orb.Point:
		m.Points = append(m.Points, at(g))
	case orb.LineString:
		m.Lines = append(m.Lines, line(g))
	case orb.MultiLineString:
		for _, l := range g {
			m.Lines = append(m.Lines, line(l))
		}
	case orb.Polygon:
		path := ""
		for _, ring := range g {
			path += line(ring) + "Z"
		}
		m.Areas = append(m.Areas, path)
	case orb.MultiPolygon:
		for _, p := range g {
			m.draw(p, line, at)
		}
	}
}

func matrixSetsPage(v ogc.Voice) ogcPage {
	table := ogcTable{Columns: []string{v.Say("级别", "matrix"), v.Say("比例尺分母", "scale denominator"), v.Say("像元（米）", "cell (m)")}}
	matrices, _ := v.WebMercatorQuad()["tileMatrices"].([]any)
	for _, one := range matrices {
		m, _ := one.(map[string]any)
		table.Rows = append(table.Rows, []ogcCell{{Text: fmt.Sprint(m["id"])}, {Text: fmt.Sprintf("%.3f", m["scaleDenominator"])}, {Text: fmt.Sprintf("%.6g", m["cellSize"])}})
	}
	return ogcPage{Title: "WebMercatorQuad", Tables: []ogcTable{table}}
}

func tileSetsPage(v ogc.Voice, sets []ogc.TileSet) ogcPage {
	table := ogcTable{Columns: []string{v.Say("名称", "title"), v.Say("瓦片地址", "address of the tiles")}}
	for _, t := range sets {
		row := []ogcCell{{Text: t.Title}, {Code: true}}
		for _, l := range t.Links {
			switch l.Rel {
			case "self":
				row[0].Href = l.Href + "?f=html"
			case "item":
				row[1].Text = l.Href
			}
		}
		table.Rows = append(table.Rows, row)
	}
	return ogcPage{Title: v.Say("矢量瓦片", "Vector tiles"), Tables: []ogcTable{table}}
}

func stylesPage(v ogc.Voice, districts []ogc.District) ogcPage {
	table := ogcTable{Columns: []string{v.Say("名称", "title"), v.Say("编号", "id")}}
	for _, d := range districts {
		for _, theme := range ogc.Themes {
			id := ogc.StyleID(d.Code, theme)
			table.Rows = append(table.Rows, []ogcCell{{Text: d.Name + " · " + v.Theme(theme), Href: v.Root("/styles/" + url.PathEscape(id))}, {Text: id, Code: true}})
		}
	}
	return ogcPage{Title: v.Say("样式", "Styles"), Tables: []ogcTable{table}}
}
