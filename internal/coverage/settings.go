package coverage

import (
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/engine/network"
	"github.com/lianpian/lianpian/internal/policy"
)

const (
	maxMetres  = 20_000
	maxMinutes = 240
	maxUnits   = 1000
)

// walkers are the keys that a request may name, the default first.
var walkers = []string{"elder", "adult", "frail"}

// checkSettings refuses what can be refused without looking at data, and fills
// in what was left out.
func (s *Store) checkSettings(o Settings) (Settings, error) {
	invalid := func(field, format string, args ...any) (Settings, error) {
		return o, &InvalidError{Field: field, Detail: fmt.Sprintf(format, args...)}
	}
	switch o.Method {
	case "":
		o.Method = MethodRadius
	case MethodRadius, MethodWalk, MethodWalkSlope:
	default:
		return invalid("method", "不认识的计算方法“%s”", o.Method)
	}
	switch {
	case o.Limit.Metres != nil && o.Limit.Minutes != nil:
		return invalid("limit", "距离（米）和时间（分钟）只能填一个")
	case o.Limit.Metres != nil && !(*o.Limit.Metres > 0 && *o.Limit.Metres <= maxMetres):
		return invalid("limit", "距离应大于 0 且不超过 %d 米", maxMetres)
	case o.Limit.Minutes != nil && !(*o.Limit.Minutes > 0 && *o.Limit.Minutes <= maxMinutes):
		return invalid("limit", "时间应大于 0 且不超过 %d 分钟", maxMinutes)
	case o.Method == MethodRadius && o.Limit.Minutes != nil:
		return invalid("limit", "直线半径法不能按分钟计算，请填写米")
	case o.Method == MethodWalkSlope && o.Limit.Metres != nil:
		return invalid("limit", "计坡度的步行法按分钟计算，请填写分钟")
	case math.IsNaN(o.UnitsPerHouse) || o.UnitsPerHouse < 0 || o.UnitsPerHouse > maxUnits:
		return invalid("units_per_household", "每户占用的服务能力应在 0 到 %d 之间", maxUnits)
	case o.StepFree && o.Method != MethodWalkSlope:
		return invalid("step_free", "无障碍路径只能与计坡度的步行法一起使用")
	}
	if o.UnitsPerHouse == 0 {
		o.UnitsPerHouse = 1
	}
	if o.Walker == "" {
		o.Walker = walkers[0]
	}
	if _, known := s.lib.Walker(o.Walker); !known {
		return invalid("walker", "不认识的步行人群“%s”", o.Walker)
	}
	if o.Profile != "" {
		if _, known := s.lib.Profile(o.Profile); !known {
			return invalid("profile", "不认识的标准组合“%s”", o.Profile)
		}
	}
	var err error
	o.Area, err = checkArea(o.Area)
	return o, err
}

// walkerUsed describes the walker of the settings; nil for the method radius.
func (s *Store) walkerUsed(o Settings) *WalkerUsed {
	if o.Method == MethodRadius {
		return nil
	}
	w, _ := s.lib.Walker(o.Walker)
	return &WalkerUsed{
		Key: w.Key, Name: w.Name, SpeedMS: w.SpeedMS, StairsMS: w.StairsMS, CrossingS: w.CrossingS, StepFree: o.StepFree, Note: w.Note,
	}
}

// lacks says what there is not where a place has no street, in words: none at
// all, or, without steps, none that is fit where it stands. There may well be a
// steep one, or one that is fit but farther off than the nearest.
func (w *WalkerUsed) lacks() string {
	if w != nil && w.StepFree {
		return "就近没有无台阶且坡度不超过 1:12 的道路"
	}
	return fmt.Sprintf("周围 %d 米内没有可步行的道路", reachMetres)
}

// walker is the walker as the network knows it.
func (w *WalkerUsed) walker() network.Walker {
	return network.Walker{SpeedMS: w.SpeedMS, StairsMS: w.StairsMS, CrossingS: w.CrossingS, StepFree: w.StepFree}
}

// spec is a facility type with its limit: what a request comes to.
type spec struct {
	kind     policy.FacilityType
	limit    Limit
	row      *limits // what the profile says, also where a person gave the limit
	standard *Standard
	first    *spec // first step; nil: none
	rule     policy.Standard
}

// place returns a facility type that has a place.
func (s *Store) place(key string) (policy.FacilityType, error) {
	kind, known := s.lib.FacilityType(key)
	switch {
	case !known:
		return kind, &InvalidError{Field: "facility_type", Detail: fmt.Sprintf("不认识的设施类型“%s”", key)}
	case kind.Kind != "" && kind.Kind != "place":
		return kind, &InvalidError{Field: "facility_type", Detail: fmt.Sprintf("“%s”不是有位置的设施，不能计算覆盖", kind.Name)}
	}
	return kind, nil
}

// spec finds the limit of a facility type: the one that was asked for, else
// that of the profile; and the first step that the profile's row asks for.
func (s *Store) spec(o Settings, profile policy.Profile, key string) (spec, error) {
	kind, err := s.place(key)
	if err != nil {
		return spec{}, err
	}
	q := spec{kind: kind, limit: o.Limit}
	row, has := profile.Standard(key)
	if has {
		q.rule = row
		if l, ok := limitsOf(s.lib, row); ok {
			q.row = &l
		}
	}
	if o.Limit == (Limit{}) {
		if q.row == nil {
			name := profile.Name
			if name == "" {
				name = profile.Key
			}
			return q, &InvalidError{Field: "limit", Detail: fmt.Sprintf("所用标准（%s）没有规定“%s”的服务半径或步行时间，请填写", name, kind.Name)}
		}
		q.limit, q.standard = q.row.limit(o.Method), &q.row.standard
	}
	if has && row.OnlyBeyond != "" {
		o.Limit = Limit{}
		if first, err := s.spec(o, profile, row.OnlyBeyond); err == nil {
			q.first = &first
		}
	}
	return q, nil
}

// cost is the limit in what the method counts: metres, or seconds for
// walk_slope.
func (q spec) cost(method string, w *WalkerUsed) float64 {
	switch {
	case q.limit.Metres != nil:
		return *q.limit.Metres
	case method == MethodWalkSlope:
		return *q.limit.Minutes * 60
	}
	return *q.limit.Minutes * 60 * w.SpeedMS
}

// items are those of the district's policy that answer a gap of the type.
func (s *Store) items(policyKey, facilityType string) []CatalogueItem {
	items := []CatalogueItem{}
	p, err := s.lib.Policy(policyKey)
	if err != nil {
		return items // a district may follow a policy that this version does not know any more
	}
	for _, item := range p.ItemsFor(facilityType) {
		items = append(items, CatalogueItem{item.No, item.Name, item.Clause})
	}
	return items
}
