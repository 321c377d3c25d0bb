package geo

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The names of datums that ReadWKT returns. Coordinates in the first three equal
// those of the product to 5 cm. The others cannot be taken there by a formula: GCJ-02
// and BD-09 have functions of their own, the older Chinese datums need control points.
const (
	DatumCGCS2000  = "CGCS2000"
	DatumWGS84     = "WGS 84"
	DatumUnnamed   = "" // not named, on the ellipsoid of CGCS2000 or WGS 84
	DatumGCJ02     = "GCJ-02"
	DatumBD09      = "BD-09"
	DatumXian80    = "西安 1980"
	DatumBeijing54 = "北京 1954"
	DatumOther     = "其他基准"
)

var (
	errNoWKT     = errors.New("not a well-known text of a coordinate reference system")
	errLongWKT   = errors.New("the well-known text of the coordinate reference system is too long")
	errLocalWKT  = errors.New("a local system, not tied to the earth")
	errNoMethod  = errors.New("a map projection that is not supported")
	errUnitsWKT  = errors.New("units other than metres and degrees")
	errOriginWKT = errors.New("parameters of the projection that are not supported")
)

// ReadWKT understands the text that files describe their system with: well-known
// text of OGC, ESRI (.prj) and ISO 19162 (WKT 2), or just "EPSG:4545". known tells
// that c.Inverse gives lon/lat of the product. For a datum that needs more than
// this, known is false and c is the projection as if it were on CGCS2000, so that a
// shift found elsewhere can be added. err says why no system was found; c is then
// the zero value.
func ReadWKT(text string) (c CRS, known bool, datum string, err error) {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	if !strings.ContainsAny(text, "[(") {
		if c, err = ParseCRS(text); err != nil {
			return CRS{}, false, "", errNoWKT
		}
		return c, true, datumOfCRS(c), nil
	}
	root, err := parseWKT(text)
	if err != nil {
		return CRS{}, false, "", err
	}
	plane := root.find("PROJCS", "PROJCRS", "PROJECTEDCRS")
	globe := root.find("GEOGCS", "GEOGCRS", "GEOGRAPHICCRS", "GEODCRS", "GEODETICCRS", "BASEGEOGCRS", "BASEGEODCRS")
	if globe == nil {
		if root.find("LOCAL_CS", "ENGCRS", "ENGINEERINGCRS") != nil {
			return CRS{}, false, "", errLocalWKT
		}
		return CRS{}, false, "", errNoWKT
	}
	datum, ok := datumOfWKT(globe)
	if !greenwich(globe) || !degrees(globe) {
		return CRS{}, false, datum, errUnitsWKT
	}
	if plane == nil {
		if datum == DatumWGS84 {
			c = CRS{srid: SRIDWGS84}
		}
		return c, ok, datum, nil
	}
	c, err = planeOfWKT(plane)
	if err != nil {
		return CRS{}, false, datum, err
	}
	return c, ok, datum, nil
}

func datumOfCRS(c CRS) string {
	if c.mercator || c.srid == SRIDWGS84 || c.plane != nil && c.scale != 1 {
		return DatumWGS84
	}
	return DatumCGCS2000
}

// datumNames are what names of datums contain, without signs and in small letters.
var datumNames = []struct{ part, datum string }{
	{"gcj02", DatumGCJ02},
	{"火星", DatumGCJ02},
	{"bd09", DatumBD09},
	{"百度", DatumBD09},
	{"cgcs2000", DatumCGCS2000},
	{"china2000", DatumCGCS2000},
	{"chinageodetic", DatumCGCS2000},
	{"国家大地2000", DatumCGCS2000},
	{"2000国家大地", DatumCGCS2000},
	{"xian1980", DatumXian80},
	{"xian80", DatumXian80},
	{"西安", DatumXian80},
	{"beijing1954", DatumBeijing54},
	{"beijing54", DatumBeijing54},
	{"北京54", DatumBeijing54},
	{"北京1954", DatumBeijing54},
	{"wgs1984", DatumWGS84},
	{"wgs84", DatumWGS84},
	{"worldgeodeticsystem1984", DatumWGS84},
}

// datumOfWKT names the datum of a geographic system; ok tells that its coordinates
// equal those of the product.
func datumOfWKT(globe *wktNode) (datum string, ok bool) {
	node := globe.find("DATUM", "GEODETICDATUM", "TRF", "ENSEMBLE")
	names := []string{globe.text(0)}
	if node != nil {
		names = append(names, node.text(0))
	}
	for _, name := range names {
		key := wktKey(name)
		for _, known := range datumNames {
			if strings.Contains(key, known.part) {
				return known.datum, known.datum == DatumCGCS2000 || known.datum == DatumWGS84
			}
		}
	}
	ball := globe.find("SPHEROID", "ELLIPSOID")
	if ball == nil {
		return DatumOther, false
	}
	axis, _ := ball.number(1)
	inverse, _ := ball.number(2)
	switch {
	case math.Abs(axis-6378140) < 0.5:
		return DatumXian80, false
	case math.Abs(axis-6378245) < 0.5:
		return DatumBeijing54, false
	case math.Abs(axis-semiMajor) < 0.01 && math.Abs(inverse-1/flattening) < 1e-4 && unnamed(names):
		return DatumUnnamed, true
	}
	return DatumOther, false
}

// unnamed tells datums without a name of their own: "Not specified, based on GRS
// 1980", "unknown".
func unnamed(names []string) bool {
	last := wktKey(names[len(names)-1])
	return last == "" || strings.Contains(last, "unknown") || strings.Contains(last, "notspecified") ||
		strings.Contains(last, "unnamed") || strings.Contains(last, "undefined") || last == "dgrs1980" || last == "grs80"
}

func greenwich(globe *wktNode) bool {
	meridian := globe.find("PRIMEM", "PRIMEMERIDIAN")
	if meridian == nil {
		return true
	}
	v, ok := meridian.number(1)
	return !ok || v == 0
}

func degrees(globe *wktNode) bool {
	unit := globe.child("UNIT", "ANGLEUNIT")
	if unit == nil {
		return true
	}
	v, ok := unit.number(1)
	return !ok || math.Abs(v-math.Pi/180) < 1e-9
}

// planeOfWKT finds the projection.
func planeOfWKT(plane *wktNode) (CRS, error) {
	if pseudoMercator(plane) {
		return CRS{srid: SRIDWebMercator, mercator: true}, nil
	}
	method := ""
	if node := plane.find("PROJECTION", "METHOD"); node != nil {
		method = wktKey(node.text(0))
	}
	switch method {
	case "transversemercator", "gausskruger", "gausskrueger", "gausskrüger", "transversemercatorgausskruger", "transversemercatorcomplex":
	default:
		return CRS{}, errNoMethod
	}
	unit := plane.child("UNIT", "LENGTHUNIT")
	if axes := plane.find("CS"); unit == nil && axes != nil {
		unit = plane.find("LENGTHUNIT")
	}
	if unit != nil {
		if v, ok := unit.number(1); ok && v != 1 {
			return CRS{}, errUnitsWKT
		}
	}
	zone, scale, ok := zoneOfWKT(plane)
	if !ok {
		return CRS{}, errOriginWKT
	}
	return named(zone, scale)
}

// pseudoMercator tells whether the system is that of web maps, by its method or
// code.
func pseudoMercator(plane *wktNode) bool {
	method := plane.find("PROJECTION", "METHOD")
	if method == nil {
		return false
	}
	switch wktKey(method.text(0)) {
	case "mercatorauxiliarysphere", "popularvisualisationpseudomercator":
		return true
	case "mercator1sp", "mercator":
		if strings.Contains(wktKey(plane.text(0)), "pseudomercator") || strings.Contains(wktKey(plane.text(0)), "webmercator") {
			return true
		}
		code := plane.child("AUTHORITY", "ID")
		return code != nil && slices.Contains([]string{"3857", "900913", "3785", "102100", "102113"}, code.text(1))
	}
	return false
}

// zoneOfWKT reads the parameters of a transverse Mercator. Angles are degrees
// unless WKT 2 says otherwise beside one.
func zoneOfWKT(plane *wktNode) (zone GaussKruger, scale float64, ok bool) {
	zone.CentralMeridian, scale = math.NaN(), 1
	easting, origin := 0.0, 0.0
	for _, p := range plane.all("PARAMETER") {
		v, isNumber := p.number(1)
		if !isNumber {
			return zone, 0, false
		}
		switch wktKey(p.text(0)) {
		case "centralmeridian", "longitudeofnaturalorigin", "longitudeoforigin", "longitudeofcenter":
			zone.CentralMeridian = p.degrees(v)
		case "latitudeoforigin", "latitudeofnaturalorigin", "latitudeofcenter":
			origin = p.degrees(v)
		case "scalefactor", "scalefactoratnaturalorigin":
			scale = v
		case "falseeasting":
			easting = v
		case "falsenorthing":
			zone.FalseNorthing = v
		default:
			return zone, 0, false
		}
	}
	if math.IsNaN(zone.CentralMeridian) || math.Abs(zone.CentralMeridian) > 180 || origin != 0 ||
		math.Abs(easting) >= 1e8 || math.Abs(zone.FalseNorthing) > 1e8 {
		return zone, 0, false
	}
	zone.FalseEasting = easting
	if easting >= 1e6 {
		prefix := math.Floor(easting / 1e6)
		zone.ZonePrefix, zone.FalseEasting = int(prefix), math.Round((easting-prefix*1e6)*1e6)/1e6 // a micrometre, for the floats
	}
	return zone, scale, true
}

// named finds the EPSG code of a zone, if it has one.
func named(zone GaussKruger, scale float64) (CRS, error) {
	meridian := zone.CentralMeridian
	if scale == 0.9996 {
		utm := (meridian + 183) / 6
		if utm != math.Trunc(utm) || zone.FalseEasting != 500_000 || zone.ZonePrefix != 0 || zone.FalseNorthing != 0 {
			return CRS{}, errOriginWKT
		}
		c, ok := NewCRS(32600 + int(utm))
		if !ok {
			return CRS{}, errOriginWKT
		}
		return c, nil
	}
	if math.Abs(scale-1) > 1e-12 {
		return CRS{}, errOriginWKT
	}
	for srid := 4554; srid >= 4491; srid-- {
		if known, ok := ZoneOfSRID(srid); ok && known == zone {
			c, _ := NewCRS(srid)
			return c, nil
		}
	}
	return CustomCRS(zone), nil
}

// wktKey is a name without signs, in small letters.
func wktKey(name string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9', r > 127 && r != '（' && r != '）' && r != '　':
			return r
		}
		return -1
	}, name)
}

// wktNode is a keyword with what stands in its brackets, in order.
type wktNode struct {
	keyword string
	args    []any // string, float64, *wktNode
}

func (n *wktNode) text(i int) string {
	plainArgs := 0
	for _, a := range n.args {
		if _, isNode := a.(*wktNode); isNode {
			continue
		}
		if plainArgs == i {
			switch a := a.(type) {
			case string:
				return a
			case float64:
				return strconv.FormatFloat(a, 'f', -1, 64)
			}
		}
		plainArgs++
	}
	return ""
}

func (n *wktNode) number(i int) (float64, bool) {
	if i >= len(n.args) {
		return 0, false
	}
	v, ok := n.args[i].(float64)
	return v, ok
}

// degrees takes a parameter of WKT 2 to degrees.
func (n *wktNode) degrees(v float64) float64 {
	if unit := n.child("ANGLEUNIT"); unit != nil {
		if size, ok := unit.number(1); ok && math.Abs(size-math.Pi/180) > 1e-12 {
			return v * size * 180 / math.Pi
		}
	}
	return v
}

// child is the first argument with one of the keywords.
func (n *wktNode) child(keywords ...string) *wktNode {
	for _, a := range n.args {
		if node, ok := a.(*wktNode); ok && slices.Contains(keywords, node.keyword) {
			return node
		}
	}
	return nil
}

// all are the nodes with a keyword, at any depth.
func (n *wktNode) all(keyword string) []*wktNode {
	var out []*wktNode
	for _, a := range n.args {
		node, ok := a.(*wktNode)
		if !ok {
			continue
		}
		if node.keyword == keyword {
			out = append(out, node)
		}
		out = append(out, node.all(keyword)...)
	}
	return out
}

// find is the first node with one of the keywords: this one or one below.
func (n *wktNode) find(keywords ...string) *wktNode {
	if slices.Contains(keywords, n.keyword) {
		return n
	}
	for _, a := range n.args {
		if node, ok := a.(*wktNode); ok {
			if found := node.find(keywords...); found != nil {
				return found
			}
		}
	}
	return nil
}
