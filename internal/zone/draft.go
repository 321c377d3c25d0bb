package zone

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/privacy"
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

// maxCommunities is how many communities one request may name.
const maxCommunities = 20_000

// sound returns the draft with its texts trimmed and its communities in order,
// and its boundary; nil where that is to be made from the communities.
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
	switch d.Membership {
	case "", Within, Majority, Touched:
		if d.Communities != nil && d.Membership != "" {
			return d, nil, &InvalidError{Field: "membership", Detail: "逐个指定小区时，归属规则只能是人工指定"}
		}
	case ByHand:
	default:
		return d, nil, &InvalidError{Field: "membership", Detail: "没有这种归属规则"}
	}
	if d.Communities != nil {
		d.Membership = ByHand
		if len(d.Communities) > maxCommunities {
			return d, nil, &InvalidError{Field: "communities", Detail: fmt.Sprintf("小区不能超过 %d 个", maxCommunities)}
		}
		d.Communities = sorted(d.Communities)
	}
	if d.Geometry == nil && len(d.Communities) > 0 {
		return d, nil, nil
	}
	shape, err := sound(d.Geometry)
	return d, shape, err
}

// sorted returns codes in order, each once.
func sorted(codes []string) []string {
	codes = slices.Clone(codes)
	slices.Sort(codes)
	return slices.Compact(codes)
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
	if privacy.PersonalNumbers(s) {
		return &InvalidError{Field: field, Detail: label + privacy.Refusal}
	}
	return nil
}
