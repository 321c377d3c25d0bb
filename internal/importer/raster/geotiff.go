package raster

import (
	"io"
	"math"
)

// openTIFF reads what a GeoTIFF says of itself; heights are read later.
func openTIFF(file io.ReaderAt, size int64) (*Raster, error) {
	t := &tiffFile{file: file, size: size}
	d, err := t.imageDirectory()
	if err != nil {
		return nil, err
	}
	image, err := t.image(d)
	if err != nil {
		return nil, err
	}
	r := &Raster{Format: "geotiff", Cols: image.cols, Rows: image.rows, source: image}
	keys, err := t.geoKeys(d)
	if err != nil {
		return nil, err
	}
	if r.crs, err = keys.crs(); err != nil {
		return nil, err
	}
	r.CRS = r.crs.name
	if image.metres, err = keys.metres(); err != nil {
		return nil, err
	}
	if err := t.place(d, r, keys.points()); err != nil {
		return nil, err
	}
	if !r.onEarth() {
		return nil, fault("GeoTIFF 文件的坐标不在地球上，请检查它的坐标系")
	}
	return r, nil
}

// place finds where the samples are. A raster of areas (the usual kind) is placed
// by its corners, a raster of points by its samples.
func (t *tiffFile) place(d directory, r *Raster, points bool) error {
	var originX, originY float64
	matrix, err := t.doubles(d, tagTransformation)
	if err != nil {
		return err
	}
	scale, err := t.doubles(d, tagPixelScale)
	if err != nil {
		return err
	}
	tie, err := t.doubles(d, tagTiepoint)
	if err != nil {
		return err
	}
	switch {
	case len(scale) >= 2 && len(tie) >= 6:
		r.stepX, r.stepY = scale[0], scale[1]
		originX, originY = tie[3]-tie[0]*r.stepX, tie[4]+tie[1]*r.stepY
	case len(matrix) == 16:
		if matrix[1] != 0 || matrix[4] != 0 {
			return fault("GeoTIFF 文件的栅格是旋转的，请先转为正北方向再导入")
		}
		r.stepX, r.stepY = matrix[0], -matrix[5]
		originX, originY = matrix[3], matrix[7]
	default:
		return fault("GeoTIFF 文件没有说明位置（缺少像元大小和控制点）")
	}
	for _, v := range []float64{r.stepX, r.stepY, originX, originY} {
		if math.IsNaN(v) || math.Abs(v) > 1e8 {
			return damaged("位置")
		}
	}
	if r.stepX < 1e-9 || r.stepY < 1e-9 {
		return fault("GeoTIFF 文件的行不是由北向南、列不是由西向东，请先转换再导入")
	}
	half := 0.5
	if points {
		half = 0
	}
	r.x, r.y = originX+half*r.stepX, originY-half*r.stepY
	return nil
}

// geoKeys are the short keys of the GeoKey directory.
type geoKeys map[uint16]uint16

// The keys that matter here, and the codes for "user defined".
const (
	keyModelType    = 1024
	keyRasterType   = 1025
	keyGeographic   = 2048
	keyProjected    = 3072
	keyVerticalUnit = 4099

	userDefined = 32767
)

func (t *tiffFile) geoKeys(d directory) (geoKeys, error) {
	list, err := t.numbers(d, tagGeoKeys)
	if err != nil {
		return nil, err
	}
	if len(list) < 4 {
		return nil, fault("GeoTIFF 文件没有说明坐标系，请用 GIS 软件写入坐标系后再导入")
	}
	keys := geoKeys{}
	for i := 4; i+3 < len(list) && uint64(i/4) <= list[3]; i += 4 {
		if list[i+1] == 0 { // the value itself, not a place in another tag
			keys[uint16(list[i])] = uint16(list[i+3])
		}
	}
	return keys, nil
}

func (k geoKeys) crs() (crs, error) {
	switch k[keyModelType] {
	case 1:
		code := int(k[keyProjected])
		if code == 0 || code == userDefined {
			return crs{}, fault("GeoTIFF 文件用的是自定义投影，没有 EPSG 代码；请先转为 WGS 84、CGCS2000 或 UTM 再导入")
		}
		return crsOf(code)
	case 2:
		code := int(k[keyGeographic])
		if code == 0 || code == userDefined {
			return crs{}, fault("GeoTIFF 文件用的是自定义坐标系，没有 EPSG 代码；请先转为 WGS 84 或 CGCS2000 再导入")
		}
		c, err := crsOf(code)
		if err == nil && !c.geographic {
			return crs{}, damaged("坐标系")
		}
		return c, err
	}
	return crs{}, fault("GeoTIFF 文件没有说明坐标系，请用 GIS 软件写入坐标系后再导入")
}

// points tells whether the samples stand for points and not for areas.
func (k geoKeys) points() bool { return k[keyRasterType] == 2 }

// metres is how many metres a unit of height is.
func (k geoKeys) metres() (float64, error) {
	switch k[keyVerticalUnit] {
	case 0, 9001, userDefined:
		return 1, nil
	case 9002:
		return 0.3048, nil
	case 9003:
		return 1200.0 / 3937, nil
	}
	return 0, fault("GeoTIFF 文件的高程单位不是米或英尺")
}
