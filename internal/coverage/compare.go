package coverage

import (
	"cmp"
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// Comparison is what is different between two runs.
type Comparison struct {
	Earlier          Run               `json:"earlier"`
	Later            Run               `json:"later"`
	Comparable       bool              `json:"comparable" doc:"same type, method, walker, limit and area"`
	Differences      []string          `json:"differences" doc:"what of settings and data is different, in words"`
	GainedHouseholds int64             `json:"gained_households" doc:"of buildings that are covered now and were not"`
	LostHouseholds   int64             `json:"lost_households" doc:"of buildings that were covered and are not"`
	GainedBuildings  int64             `json:"gained_buildings"`
	LostBuildings    int64             `json:"lost_buildings"`
	Communities      []CommunityChange `json:"communities" doc:"that are different, the largest change first"`
}

// CommunityChange is what is different for a community.
type CommunityChange struct {
	Code       string `json:"code"`
	Name       string `json:"name"`
	Households int64  `json:"households"`
	Before     int64  `json:"before" doc:"covered households"`
	After      int64  `json:"after"`
}

// Compare says what is different in a later run.
func (s *Store) Compare(ctx context.Context, scope account.Scope, district string, earlier, later uuid.UUID) (Comparison, error) {
	c := Comparison{Differences: []string{}, Communities: []CommunityChange{}}
	var err error
	if c.Earlier, err = s.detailed(ctx, scope, district, earlier); err != nil {
		return c, err
	}
	if c.Later, err = s.detailed(ctx, scope, district, later); err != nil {
		return c, err
	}
	c.Comparable = c.settings()
	if err := s.counted(ctx, &c); err != nil {
		return c, err
	}
	c.data()
	// A building that is in one run only is neither gained nor lost.
	err = s.db.Pool.QueryRow(ctx, `
		select coalesce(sum(b.households) filter (where b.covered and not a.covered), 0)::bigint,
		       coalesce(sum(b.households) filter (where a.covered and not b.covered), 0)::bigint,
		       count(*) filter (where b.covered and not a.covered and a.building_id > 0),
		       count(*) filter (where a.covered and not b.covered and a.building_id > 0)
		from coverage_building a
		join coverage_building b on b.run_id = $2 and b.building_id = a.building_id
		where a.run_id = $1`, earlier, later).
		Scan(&c.GainedHouseholds, &c.LostHouseholds, &c.GainedBuildings, &c.LostBuildings)
	if err != nil {
		return c, fmt.Errorf("compare coverage runs %s and %s: %w", earlier, later, err)
	}
	rows, err := s.db.Pool.Query(ctx, `
		select b.code, b.name, b.households, coalesce(a.covered_households, 0), b.covered_households
		from coverage_community b
		left join coverage_community a on a.run_id = $1 and a.community_id = b.community_id
		where b.run_id = $2 and coalesce(a.covered_households, 0) <> b.covered_households
		order by abs(coalesce(a.covered_households, 0) - b.covered_households) desc, b.code`, earlier, later)
	if err != nil {
		return c, fmt.Errorf("compare the communities of coverage runs %s and %s: %w", earlier, later, err)
	}
	if c.Communities, err = pgx.CollectRows(rows, pgx.RowToStructByPos[CommunityChange]); err != nil {
		return c, fmt.Errorf("compare the communities of coverage runs %s and %s: %w", earlier, later, err)
	}
	return c, nil
}

func (c *Comparison) differ(format string, args ...any) {
	c.Differences = append(c.Differences, fmt.Sprintf(format, args...))
}

// settings notes how the runs were asked for differently; true: not at all.
func (c *Comparison) settings() bool {
	a, b := &c.Earlier, &c.Later
	if a.FacilityType != b.FacilityType {
		c.differ("设施类型：%s → %s", a.FacilityName, b.FacilityName)
	}
	if a.Method != b.Method {
		c.differ("计算方法：%s → %s（两种方法的数值不能直接相比）", methodNames[a.Method], methodNames[b.Method])
	}
	if !a.Limit.equal(b.Limit) {
		c.differ("限值：%s → %s", a.Limit.Words(), b.Limit.Words())
	}
	if walkerWords(a.Walker) != walkerWords(b.Walker) {
		c.differ("步行人群：%s → %s", walkerWords(a.Walker), walkerWords(b.Walker))
	}
	if a.Area.Kind != b.Area.Kind || a.Area.Code != b.Area.Code || !sameGround(a.Area, b.Area) {
		c.differ("范围不同")
	}
	if (a.FirstStep == nil) != (b.FirstStep == nil) {
		c.differ("两步判定只用于其中一次")
	}
	return len(c.Differences) == 0
}

// counted notes what else was asked for: it may change figures, but not what
// they mean.
func (s *Store) counted(ctx context.Context, c *Comparison) error {
	a, b := &c.Earlier.settings, &c.Later.settings
	if a.UnitsPerHouse != b.UnitsPerHouse {
		c.differ("每户占用的服务能力：%s → %s", short(a.UnitsPerHouse), short(b.UnitsPerHouse))
	}
	if a.Scenario == b.Scenario {
		return nil
	}
	names := map[string]string{"": "无"}
	rows, err := s.db.Pool.Query(ctx, `select code, name from published_scenario where district_code = $1 and code in ($2, $3)`,
		c.Later.District, a.Scenario, b.Scenario)
	if err != nil {
		return fmt.Errorf("read the scenarios of district %s: %w", c.Later.District, err)
	}
	var code, name string
	if _, err := pgx.ForEachRow(rows, []any{&code, &name}, func() error { names[code] = name; return nil }); err != nil {
		return fmt.Errorf("read the scenarios of district %s: %w", c.Later.District, err)
	}
	called := func(code string) string { return cmp.Or(names[code], "已删除的方案") }
	c.differ("计入拟建设施的方案：%s → %s", called(a.Scenario), called(b.Scenario))
	return nil
}

// data notes which data have changed.
func (c *Comparison) data() {
	a, b := &c.Earlier.Inputs, &c.Later.Inputs
	if a.Profile != b.Profile {
		c.differ("标准组合：%s → %s", a.Profile, b.Profile)
	}
	if a.Buildings != b.Buildings {
		c.differ("楼栋：%d → %d", a.Buildings, b.Buildings)
	}
	if a.Facilities != b.Facilities {
		c.differ("设施：%d → %d", a.Facilities, b.Facilities)
	}
	if a.Proposed != b.Proposed {
		c.differ("其中拟建设施：%d → %d", a.Proposed, b.Proposed)
	}
	if a.Network != nil && b.Network != nil && a.Network.Version != b.Network.Version {
		c.differ("步行网络或地形数据已更新")
	}
	if a.Software != b.Software {
		c.differ("计算程序版本：%s → %s", a.Software, b.Software)
	}
	if a.Digest != b.Digest && len(c.Differences) == 0 {
		c.differ("楼栋、小区或设施的数据有修改")
	}
}

var methodNames = map[string]string{MethodRadius: "直线距离", MethodWalk: "步行距离", MethodWalkSlope: "步行时间（计坡度）"}

func walkerWords(w *WalkerUsed) string {
	if w == nil {
		return "无"
	}
	words := fmt.Sprintf("%s %s 米/秒", w.Name, short(w.SpeedMS))
	if w.StepFree {
		words += "，无障碍"
	}
	return words
}

func sameGround(a, b Area) bool {
	if a.Geometry == nil || b.Geometry == nil {
		return a.Geometry == nil && b.Geometry == nil
	}
	x, errX := a.Geometry.MarshalJSON()
	y, errY := b.Geometry.MarshalJSON()
	return errX == nil && errY == nil && string(x) == string(y)
}
