package zone

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

const (
	maxName = 100   // characters
	maxNote = 4_000 // characters
)

// sound returns the boundary as it may be sent to the database, wound as RFC
// 7946 asks, or an *InvalidError with the place of the fault.
func sound(g orb.Geometry) (orb.MultiPolygon, error) {
	if g == nil {
		return nil, &InvalidError{Field: "geometry", Detail: "缺少片区边界"}
	}
	shape, fault := geo.AsMultiPolygon(g)
	if fault == nil {
		fault = geo.Check(shape, geo.Limits{MaxPoints: geo.MaxDrawnPoints})
	}
	if fault != nil {
		invalid := &InvalidError{Field: "geometry", Detail: fault.Detail}
		if fault.At != (orb.Point{}) {
			invalid.At = &fault.At
		}
		return nil, invalid
	}
	return geo.Rewind(shape), nil
}

// sound returns the draft with its texts trimmed, and its boundary.
func (d Draft) sound() (Draft, orb.MultiPolygon, error) {
	d.Name = strings.TrimSpace(d.Name)
	d.Note = strings.TrimSpace(d.Note)
	if d.Name == "" {
		return d, nil, &InvalidError{Field: "name", Detail: "请填写片区名称"}
	}
	if err := text("name", "片区名称", d.Name, maxName, false); err != nil {
		return d, nil, err
	}
	if err := text("note", "备注", d.Note, maxNote, true); err != nil {
		return d, nil, err
	}
	shape, err := sound(d.Geometry)
	return d, shape, err
}

// text refuses what cannot be stored or shown.
func text(field, label, s string, max int, lines bool) error {
	if !utf8.ValidString(s) {
		return &InvalidError{Field: field, Detail: label + "不是有效的 UTF-8 文字"}
	}
	if utf8.RuneCountInString(s) > max {
		return &InvalidError{Field: field, Detail: fmt.Sprintf("%s不能超过 %d 个字", label, max)}
	}
	for _, r := range s {
		if unicode.IsControl(r) && !(lines && (r == '\n' || r == '\r' || r == '\t')) {
			return &InvalidError{Field: field, Detail: label + "含有控制字符"}
		}
	}
	return nil
}
