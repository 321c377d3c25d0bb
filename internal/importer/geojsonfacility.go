package importer

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/registry"
)

// facilities is the sequence of the file's facilities.
func (g *featureReading) facilities(yield func(registry.FacilityRow) bool) {
	g.err = g.features(func(n int64, raw []byte) error {
		rows, err := g.facility(n, raw)
		if err != nil {
			return err
		}
		for _, row := range rows {
			g.lines = append(g.lines, n)
			if !yield(row) {
				return errStopped
			}
		}
		return nil
	})
	if g.err == errStopped {
		g.err = nil
	}
}

// entranceType matches classifications such as 通行设施;出入口;门 of map services.
var entranceType = regexp.MustCompile(`出入口|(^|[;；|/])[^;；|/]*门$|entrance|gate`)

func (g *featureReading) facility(n int64, raw []byte) ([]registry.FacilityRow, error) {
	f, fault := decodeFeature(raw)
	r := g.reader(n, f, facilityColumns)
	if fault != "" {
		r.refuseWhole(fault, "")
		return nil, nil
	}
	var p orb.Point
	if isPoint(f.geometry) {
		at := g.point(r, f)
		if at == nil {
			return nil, nil
		}
		p = *at
	} else {
		area, ok, err := g.area(r, f)
		if err != nil || !ok {
			return nil, err
		}
		p, _ = innerPoint(area)
	}
	if !g.near.Contains(p) {
		r.refuseWhole(fmt.Sprintf("位置在%s范围 %d 公里以外", g.district.name, marginM/1000), showPoint(p))
		return nil, nil
	}
	name := r.text(colName, 200)
	types := g.facilityTypes(r, f, name)
	if len(types) == 0 {
		return nil, nil
	}
	row := registry.FacilityRow{
		Name: name, Address: r.text(colAddress, 500), Geometry: p, Source: sourceGeoJSON,
		Capacity: take(r, colCapacity, r.cell(colCapacity).count("张", "床", "个", "人", "位", "座", "辆"), strconv.Itoa),
	}
	if sub := r.cell(colSubdistrict).words(100); sub != "" {
		code, ok := g.district.subdistrict(sub)
		if !ok {
			r.refuse(colSubdistrict, "不在"+g.district.name)
		}
		row.SubdistrictCode = code
	}
	if r.bad {
		return nil, nil
	}
	var ok bool
	if row.Code, row.SourceRef, ok = g.identify(r, p, name+strings.Join(types, " ")); !ok {
		return nil, nil
	}
	if len(types) > 1 && row.Code != "" { // codes are one per facility
		row.SourceRef, row.Code = sourceGeoJSON+":"+row.Code, ""
	}
	rows := make([]registry.FacilityRow, 0, len(types))
	for _, key := range types {
		row.FacilityType = key
		rows = append(rows, row)
	}
	return rows, nil
}

// facilityTypes reads the type by its key or Chinese name, or from OpenStreetMap
// tags among the properties.
func (g *featureReading) facilityTypes(r *rowReader, f feature, name string) []string {
	given := r.cell(colFacilityType).words(200)
	if given != "" {
		if t, ok := g.lib.FacilityType(given); ok {
			return []string{t.Key}
		}
		for _, t := range g.lib.FacilityTypes() {
			if sameName(t.Name, given) {
				return []string{t.Key}
			}
		}
		if entranceType.MatchString(given) {
			r.refuseWhole("是出入口，不是设施", given)
			return nil
		}
	}
	var tags osmTags
	for i, key := range f.keys {
		if wantedKey(key) {
			tags = append(tags, osmTag{key, f.cells[i]})
		}
	}
	if types := g.mapping.types(tags, name, 0); len(types) > 0 {
		return types
	}
	if gateName.MatchString(name) {
		r.refuseWhole("是出入口，不是设施", name)
		return nil
	}
	r.refuse(colFacilityType, "不是认识的设施类型")
	return nil
}

var nameParts = regexp.MustCompile(`[（）()/、或\s]+`)

// sameName compares a type's name with what a person wrote: the full name, or the
// part of it before brackets or one of the names it joins by /、或.
func sameName(name, given string) bool {
	if name == given {
		return true
	}
	for _, part := range nameParts.Split(name, -1) {
		if part != "" && part == given {
			return true
		}
	}
	return false
}
