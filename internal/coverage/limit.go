package coverage

import (
	"fmt"
	"math"
	"strings"

	"github.com/lianpian/lianpian/internal/policy"
)

// impliedSpeed is the walking speed, in metres per second, at which the
// five-minute circle of GB 50180-2018 (table 3.0.4) is 300 m wide.
const impliedSpeed = 1.0

// limits are what a row of a profile comes to: how far, and how long.
type limits struct {
	metres, minutes *float64
	standard        Standard
}

// limitsOf derives the limits of a facility type from its row: the service
// radius, else the walking distance of the row's circle (生活圈), else its
// minutes at the speed that the standard implies. The minutes are the circle's
// where the radius lies within it, else the radius at that speed. false: the
// row gives neither.
func limitsOf(lib *policy.Library, row policy.Standard) (limits, bool) {
	l := limits{standard: Standard{Source: row.Source, Clause: row.Clause, Mark: row.Mark, RadiusM: row.RadiusM, Tier: row.Tier}}
	if l.standard.Source == "" {
		l.standard.Source = row.Code
	}
	circle, known := circleOf(lib, row.Tier)
	if known && circle.MinutesMax != nil {
		l.standard.Minutes = circle.MinutesMax
	}
	switch {
	case row.RadiusM != nil:
		if row.RadiusMark != "" {
			l.standard.Mark = row.RadiusMark
		}
		l.metres = row.RadiusM
		l.standard.Basis = fmt.Sprintf("服务半径 %s 米", short(*row.RadiusM))
		if known && circle.within(*row.RadiusM) {
			l.minutes = circle.MinutesMax
			l.standard.Basis += fmt.Sprintf("；%s，步行 %s 分钟", circle.Name, short(*l.minutes))
		} else {
			minutes := *row.RadiusM / impliedSpeed / 60
			l.minutes, l.standard.Minutes = &minutes, nil
			l.standard.Basis += fmt.Sprintf("；按标准隐含的步速 %s 米/秒折合 %s 分钟", short(impliedSpeed), short(minutes))
		}
	case known && circle.WalkMaxM != nil:
		l.metres, l.minutes, l.standard.Mark = circle.WalkMaxM, circle.MinutesMax, circle.WalkMark
		l.standard.Basis = fmt.Sprintf("该项未规定服务半径，按%s的步行距离 %s 米", circle.Name, short(*circle.WalkMaxM))
	case known && circle.MinutesMax != nil:
		metres := *circle.MinutesMax * 60 * impliedSpeed
		l.metres, l.minutes, l.standard.Mark = &metres, circle.MinutesMax, circle.WalkMark
		l.standard.Basis = fmt.Sprintf("该项未规定服务半径，按%s步行 %s 分钟（%s 米/秒，折合 %s 米）", circle.Name, short(*circle.MinutesMax), short(impliedSpeed), short(metres))
	default:
		return l, false
	}
	if l.minutes == nil {
		minutes := *l.metres / impliedSpeed / 60
		l.minutes = &minutes
	}
	return l, true
}

// limit is the one of the limits that a method counts by.
func (l limits) limit(method string) Limit {
	if method == MethodWalkSlope {
		return Limit{Minutes: l.minutes}
	}
	return Limit{Metres: l.metres}
}

type circle struct{ policy.Circle }

func circleOf(lib *policy.Library, key string) (circle, bool) {
	for _, c := range lib.Circles() {
		if c.Key == key {
			return circle{c}, true
		}
	}
	return circle{}, false
}

// within tells whether a radius is one of the circle's walking distances, so
// that the circle's minutes belong to it.
func (c circle) within(metres float64) bool {
	return c.MinutesMax != nil && c.WalkMinM != nil && c.WalkMaxM != nil && *c.WalkMinM <= metres && metres <= *c.WalkMaxM
}

func (l Limit) equal(m Limit) bool {
	same := func(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }
	return same(l.Metres, m.Metres) && same(l.Minutes, m.Minutes)
}

// Words are the limit for people.
func (l Limit) Words() string {
	var parts []string
	if l.Metres != nil {
		parts = append(parts, short(*l.Metres)+" 米")
	}
	if l.Minutes != nil {
		parts = append(parts, short(*l.Minutes)+" 分钟")
	}
	return strings.Join(parts, "、")
}

// short is a figure without needless zeros.
func short(x float64) string { return fmt.Sprintf("%g", math.Round(x*100)/100) }
