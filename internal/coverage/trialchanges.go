package coverage

import (
	"fmt"
	"slices"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/geo"
)

const (
	mostPoints      = 500    // of a drawn path
	mostDrawnPoints = 2000   // of all drawn paths together
	mostDrawnMetres = 50_000 // likewise
)

// check refuses changes that are not sound.
func (t *trial) check(changes []Change) error {
	invalid := func(i int, detail string) error {
		return &InvalidError{Field: fmt.Sprintf("changes[%d]", i), Detail: detail}
	}
	points, drawn := 0, 0.0
	for i, c := range changes {
		switch c.Kind {
		case "move", "close":
			if _, known := withCode(t.question.set, c.Facility); !known {
				return invalid(i, "没有这个设施")
			}
		case "add":
		case "path":
			if t.in.settings.Method == MethodRadius {
				return invalid(i, "直线半径法不沿道路计算，新增步道没有作用；请改用步行方法")
			}
			if !slices.Contains([]string{"footpath", "stairs", "bridge"}, c.Path) {
				return invalid(i, "不认识的步道种类")
			}
			if len(c.Line) < 2 || len(c.Line) > mostPoints {
				return invalid(i, fmt.Sprintf("步道应有 2 到 %d 个点", mostPoints))
			}
			if fault := geo.Check(c.Line, geo.Limits{MaxPoints: mostPoints}); fault != nil {
				return invalid(i, fault.Detail)
			}
			if points += len(c.Line); points > mostDrawnPoints {
				return invalid(i, fmt.Sprintf("全部步道的点不能超过 %d 个", mostDrawnPoints))
			}
			if drawn += lengthOf(c.Line); drawn > mostDrawnMetres {
				return invalid(i, fmt.Sprintf("全部步道的总长不能超过 %d 公里", mostDrawnMetres/1000))
			}
			continue
		default:
			return invalid(i, "不认识的改动")
		}
		if c.Kind != "close" {
			if c.Location == nil {
				return invalid(i, "缺少位置")
			}
			if fault := geo.Check(*c.Location, geo.Limits{MaxPoints: 1}); fault != nil {
				return invalid(i, fault.Detail)
			}
		}
	}
	return nil
}

// lengthOf is the length of a line (longitude/latitude) in metres.
func lengthOf(line orb.LineString) (sum float64) {
	for i := 1; i < len(line); i++ {
		sum += Metres(line[i-1], line[i])
	}
	return sum
}
