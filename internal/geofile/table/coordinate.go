package table

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/paulmach/orb"
	"golang.org/x/text/width"

	"github.com/lianpian/lianpian/internal/geofile"
)

var (
	thousands  = regexp.MustCompile(`^[-+]?\d{1,3}(,\d{3})+(\.\d+)?$`)
	sexagesima = regexp.MustCompile(`^(\d{1,3})[°度:\s-]\s*(\d{1,2}(?:\.\d+)?)(?:['′分:\s-]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:"|″|秒|'')?)?)?$`)
	packedPlan = regexp.MustCompile(`^(\d{1,3})\.(\d{4,})$`)
	hemisphere = regexp.MustCompile(`^(东经|北纬|西经|南纬|[EWNS])[:\s]*|\s*(东经|北纬|西经|南纬|[EWNS])$`)
	signs      = strings.NewReplacer("º", "°", "˚", "°", "∘", "°", "’", "'", "‘", "'", "′", "'", "`", "'", "“", `"`, "”", `"`, "″", `"`, "''", `"`, "：", ":", "－", "-", "−", "-", "\u00a0", " ", "\u3000", " ")
)

// coordinate reads a number of metres or degrees, or degrees with minutes and
// seconds: 106.9303, 3,206,212.5, 106°55′48.9″, E106度55分48.9秒, 106:55:48.9,
// 106-55-48.9. angles is
// as in geofile.Columns.
func coordinate(cell, angles string) (float64, bool) {
	text := strings.TrimSpace(signs.Replace(width.Fold.String(unprotected(strings.TrimSpace(cell)))))
	if text == "" || len(text) > 40 {
		return 0, false
	}
	text = strings.ToUpper(text)
	sign := 1.0
	text = hemisphere.ReplaceAllStringFunc(text, func(s string) string {
		if strings.ContainsAny(s, "WS西南") {
			sign = -sign
		}
		return ""
	})
	if rest, negative := strings.CutPrefix(text, "-"); negative {
		sign, text = -sign, rest
	}
	if angles == geofile.PackedDMS {
		v, ok := packedAngle(text)
		return sign * v, ok
	}
	if m := sexagesima.FindStringSubmatch(text); m != nil && angles != geofile.DecimalDegrees {
		v, ok := angle(m[1], m[2], m[3])
		return sign * v, ok
	}
	text = strings.TrimSpace(strings.TrimRight(text, "°度米M"))
	if thousands.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	if strings.Trim(text, "0123456789.+") != "" && !exponent.MatchString(text) {
		return 0, false // no hexadecimal, no infinity
	}
	v, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, false
	}
	return sign * v, true
}

var exponent = regexp.MustCompile(`^\d+(\.\d+)?E[-+]?\d{1,2}$`)

func angle(degrees, minutes, seconds string) (float64, bool) {
	d, _ := strconv.ParseFloat(degrees, 64)
	m, _ := strconv.ParseFloat(minutes, 64)
	s := 0.0
	if seconds != "" {
		s, _ = strconv.ParseFloat(seconds, 64)
		if m != math.Trunc(m) {
			return 0, false
		}
	}
	return d + m/60 + s/3600, d <= 180 && m < 60 && s < 60
}

// packedAngle reads degrees with minutes and seconds as decimals: 106.55489 is
// 106°55′48.9″.
func packedAngle(text string) (float64, bool) {
	m := packedPlan.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	return angle(m[1], m[2][:2], m[2][2:4]+"."+m[2][4:]+"0")
}

var pairPlan = regexp.MustCompile(`^[\[(]?\s*([-+]?\d+(?:\.\d+)?)\s*[,;\s]\s*([-+]?\d+(?:\.\d+)?)\s*[\])]?$`)

// pair reads two coordinates in a cell: 106.93,28.96. Latitude first is turned
// round.
func pair(cell string) (orb.Point, bool) {
	text := strings.NewReplacer("，", ",", "；", ";", "、", ",").Replace(strings.TrimSpace(cell))
	m := pairPlan.FindStringSubmatch(strings.TrimSpace(width.Fold.String(text)))
	if m == nil {
		return orb.Point{}, false
	}
	x, errX := strconv.ParseFloat(m[1], 64)
	y, errY := strconv.ParseFloat(m[2], 64)
	if errX != nil || errY != nil || math.IsInf(x, 0) || math.IsInf(y, 0) {
		return orb.Point{}, false
	}
	if isLat(x) && isLon(y) || isNorthing(x) && isEasting(y) {
		x, y = y, x
	}
	return orb.Point{x, y}, true
}

// geometry reads the place of a row.
func (t *sheet) geometry(cells []string) (g orb.Geometry, fault string, points int) {
	cell := func(i int) string {
		if i < 0 || i >= len(cells) {
			return ""
		}
		return strings.TrimSpace(cells[i])
	}
	if t.at.geometry >= 0 {
		return t.geometryOf(cell(t.at.geometry))
	}
	x, y := cell(t.at.x), cell(t.at.y)
	if t.at.x < 0 || x == "" && y == "" {
		return nil, "", 0
	}
	vx, okX := coordinate(x, t.columns.Angles)
	vy, okY := coordinate(y, t.columns.Angles)
	switch {
	case x == "" || y == "":
		return nil, "只有一个坐标", 0
	case !okX:
		return nil, "“" + geofile.Shorten(x, 30) + "”不是坐标", 0
	case !okY:
		return nil, "“" + geofile.Shorten(y, 30) + "”不是坐标", 0
	}
	return orb.Point{vx, vy}, "", 1
}

func (t *sheet) geometryOf(text string) (g orb.Geometry, fault string, points int) {
	if text == "" {
		return nil, "", 0
	}
	switch word := geometryWord(text); word {
	case "":
		if p, ok := pair(text); ok {
			return p, "", 1
		}
		return nil, "“" + geofile.Shorten(text, 30) + "”不是几何图形", 0
	case geoJSONWord:
		return fromGeoJSON(text, t.limits)
	default:
		return fromWKT(text, t.limits)
	}
}
