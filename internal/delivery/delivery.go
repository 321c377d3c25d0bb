// Package delivery makes packages of area plans: what was ordered, made by a
// job, kept for a set time and handed out to those who may have it.
package delivery

import "github.com/lianpian/lianpian/internal/atlas"

// Order says what a package is to hold. The zero value of each field means its
// default.
type Order struct {
	Title    string        `json:"title,omitempty" maxLength:"100" doc:"项目名称"`
	Author   string        `json:"author,omitempty" maxLength:"100" doc:"编制单位"`
	Scenario string        `json:"scenario,omitempty" doc:"code; the main one when empty"`
	Zones    []string      `json:"zones" minItems:"1" maxItems:"500" doc:"codes, in the order of the sheets"`
	Parts    []string      `json:"parts" doc:"atlas, forms, book, report, and formats of GIS files: geopackage, shapefile, dxf, kml, kmz, geojson, flatgeobuf, csv"`
	CRS      string        `json:"crs,omitempty" doc:"EPSG:4490 (default), EPSG:4326, a zone of CGCS2000, or gk:cm=…,fe=…,prefix=…"`
	Encoding string        `json:"encoding,omitempty" enum:"utf-8,gbk" doc:"of Shapefile and CSV texts"`
	Atlas    atlas.Options `json:"atlas,omitempty"`
	Month    string        `json:"month,omitempty" doc:"of the monthly forms, 2026-10; the newest frozen one when empty"`
}
