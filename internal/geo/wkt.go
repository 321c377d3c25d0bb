package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// The geographic systems in the well-known text of GDAL and of ESRI.
const (
	wktCGCS2000 = `GEOGCS["China Geodetic Coordinate System 2000",DATUM["China_2000",SPHEROID["CGCS2000",6378137,298.257222101,AUTHORITY["EPSG","1024"]],AUTHORITY["EPSG","1043"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],%sAUTHORITY["EPSG","4490"]]`
	wktWGS84    = `GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],%sAUTHORITY["EPSG","4326"]]`
	prjCGCS2000 = `GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
	prjWGS84    = `GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137.0,298.257223563]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]`
)

const wktNorthEast = `AXIS["Latitude",NORTH],AXIS["Longitude",EAST],`

// WKT returns the system as well-known text of the first version (OGC 01-009)
// with authority codes, as GDAL, PROJ and GeoPackage take it. A custom zone has
// no code.
func (c CRS) WKT() string {
	switch {
	case c.mercator:
		return `PROJCS["WGS 84 / Pseudo-Mercator",` + fmt.Sprintf(wktWGS84, "") +
			`,PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",0],PARAMETER["scale_factor",1],PARAMETER["false_easting",0],PARAMETER["false_northing",0],` +
			`UNIT["metre",1,AUTHORITY["EPSG","9001"]],AXIS["Easting",EAST],AXIS["Northing",NORTH],` +
			`EXTENSION["PROJ4","+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs"],AUTHORITY["EPSG","3857"]]`
	case c.plane == nil && c.SRID() == SRIDWGS84:
		return fmt.Sprintf(wktWGS84, wktNorthEast)
	case c.plane == nil:
		return fmt.Sprintf(wktCGCS2000, wktNorthEast)
	}
	base, axes := fmt.Sprintf(wktCGCS2000, ""), `,AXIS["Northing",NORTH],AXIS["Easting",EAST]`
	if c.scale != 1 {
		base, axes = fmt.Sprintf(wktWGS84, ""), `,AXIS["Easting",EAST],AXIS["Northing",NORTH]`
	}
	var b strings.Builder
	fmt.Fprintf(&b, `PROJCS["%s",%s,PROJECTION["Transverse_Mercator"],PARAMETER["latitude_of_origin",0],PARAMETER["central_meridian",%s],PARAMETER["scale_factor",%s],PARAMETER["false_easting",%s],PARAMETER["false_northing",%s],UNIT["metre",1,AUTHORITY["EPSG","9001"]]%s`,
		c.registryName(), base, plain(c.plane.CentralMeridian), plain(c.scale), plain(c.wholeEasting()), plain(c.plane.FalseNorthing), axes)
	if c.SRID() != 0 {
		fmt.Fprintf(&b, `,AUTHORITY["EPSG","%d"]`, c.SRID())
	}
	b.WriteByte(']')
	return b.String()
}

// PRJ returns the system as the .prj file of a Shapefile has it: well-known text
// in ESRI's names, without codes.
func (c CRS) PRJ() string {
	switch {
	case c.mercator:
		return `PROJCS["WGS_1984_Web_Mercator_Auxiliary_Sphere",` + prjWGS84 +
			`,PROJECTION["Mercator_Auxiliary_Sphere"],PARAMETER["False_Easting",0.0],PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",0.0],` +
			`PARAMETER["Standard_Parallel_1",0.0],PARAMETER["Auxiliary_Sphere_Type",0.0],UNIT["Meter",1.0]]`
	case c.plane == nil && c.SRID() == SRIDWGS84:
		return prjWGS84
	case c.plane == nil:
		return prjCGCS2000
	}
	base, method := prjCGCS2000, "Gauss_Kruger"
	if c.scale != 1 {
		base, method = prjWGS84, "Transverse_Mercator"
	}
	return fmt.Sprintf(`PROJCS["%s",%s,PROJECTION["%s"],PARAMETER["False_Easting",%s],PARAMETER["False_Northing",%s],PARAMETER["Central_Meridian",%s],PARAMETER["Scale_Factor",%s],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]`,
		c.esriName(), base, method, pointed(c.wholeEasting()), pointed(c.plane.FalseNorthing), pointed(c.plane.CentralMeridian), pointed(c.scale))
}

// Name is the system in Chinese, as map sheets and lists show it:
// CGCS2000 / 3度带高斯-克吕格 中央经线108°E.
func (c CRS) Name() string {
	switch {
	case c.mercator:
		return "WGS 84 / 网络墨卡托"
	case c.plane == nil && c.SRID() == SRIDWGS84:
		return "WGS 84 经纬度"
	case c.plane == nil:
		return "CGCS2000 经纬度"
	case c.scale != 1:
		return fmt.Sprintf("WGS 84 / UTM %d 带（北）中央经线%s°E", c.srid-32600, plain(c.plane.CentralMeridian))
	}
	meridian := "中央经线" + plain(c.plane.CentralMeridian) + "°E"
	switch {
	case c.srid == 0:
		name := "CGCS2000 / 自定义高斯-克吕格 " + meridian + " 东偏" + plain(c.wholeEasting()) + "米"
		if c.plane.FalseNorthing != 0 {
			name += " 北偏" + plain(c.plane.FalseNorthing) + "米"
		}
		return name
	case c.plane.ZonePrefix != 0:
		return fmt.Sprintf("CGCS2000 / %s高斯-克吕格 第%d带（坐标含带号）%s", c.width(), c.plane.ZonePrefix, meridian)
	}
	return "CGCS2000 / " + c.width() + "高斯-克吕格 " + meridian
}

func (c CRS) width() string {
	if c.sixDegrees() {
		return "6度带"
	}
	return "3度带"
}

func (c CRS) sixDegrees() bool { return c.srid >= 4491 && c.srid <= 4512 }

// wholeEasting is the false easting with the zone number before it.
func (c CRS) wholeEasting() float64 {
	return float64(c.plane.ZonePrefix)*1e6 + c.plane.FalseEasting
}

// registryName is the name of a plane system in the EPSG registry, or one in its
// manner.
func (c CRS) registryName() string {
	meridian := plain(c.plane.CentralMeridian) + "E"
	switch {
	case c.scale != 1:
		return fmt.Sprintf("WGS 84 / UTM zone %dN", c.srid-32600)
	case c.srid == 0:
		return "CGCS2000 / Gauss-Kruger CM " + meridian + " (custom)"
	}
	name := "CGCS2000 / 3-degree Gauss-Kruger"
	if c.sixDegrees() {
		name = "CGCS2000 / Gauss-Kruger"
	}
	if c.plane.ZonePrefix != 0 {
		return fmt.Sprintf("%s zone %d", name, c.plane.ZonePrefix)
	}
	return name + " CM " + meridian
}

func (c CRS) esriName() string {
	meridian := plain(c.plane.CentralMeridian) + "E"
	switch {
	case c.scale != 1:
		return fmt.Sprintf("WGS_1984_UTM_Zone_%dN", c.srid-32600)
	case c.srid == 0:
		return "CGCS2000_GK_CM_" + strings.ReplaceAll(meridian, ".", "_") + "_Custom"
	}
	name := "CGCS2000_3_Degree_GK"
	if c.sixDegrees() {
		name = "CGCS2000_GK"
	}
	if c.plane.ZonePrefix != 0 {
		return fmt.Sprintf("%s_Zone_%d", name, c.plane.ZonePrefix)
	}
	return name + "_CM_" + meridian
}

// plain writes a number without exponent.
func plain(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }

// pointed writes a number as ESRI does: always with a point.
func pointed(v float64) string {
	if v == math.Trunc(v) {
		return strconv.FormatFloat(v, 'f', 1, 64)
	}
	return plain(v)
}
