package coverage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Services are what a zone or a community has within reach, computed now.
type Services struct {
	Method  string        `json:"method" enum:"radius,walk,walk_slope"`
	Profile string        `json:"profile" doc:"profile of standards, with its version"`
	Walker  *WalkerUsed   `json:"walker"`
	Types   []ServiceType `json:"types" doc:"the most uncovered households first"`
	Notes   []string      `json:"notes"`
}

// ServiceType is what is within reach of one facility type.
type ServiceType struct {
	FacilityType string          `json:"facility_type"`
	FacilityName string          `json:"facility_name"`
	Limit        Limit           `json:"limit"`
	Standard     *Standard       `json:"standard"`
	FirstStep    *FirstStep      `json:"first_step"`
	Facilities   int64           `json:"facilities" doc:"of the type, in the whole district"`
	Uncovered    int64           `json:"uncovered" doc:"households neither covered nor spared"`
	Nearest      *float64        `json:"nearest_m" doc:"metres from the nearest of its buildings to a facility"`
	Works        []CatalogueItem `json:"works"`
	Figures
}

// Services computes which facility types of the profile reach a zone or a
// community. Nothing is kept. Errors: those of Run; postgis.ErrNotFound for an
// area that the scope does not hold.
func (s *Store) Services(ctx context.Context, scope account.Scope, district string, o Settings) (Services, error) {
	o, err := s.checkSettings(o)
	if err != nil {
		return Services{}, err
	}
	if o.Area.Kind != AreaZone && o.Area.Kind != AreaCommunity {
		return Services{}, &InvalidError{Field: "area", Detail: "这里只能查看一个片区或小区"}
	}
	in, err := s.gather(ctx, scope, "", district, o, nil)
	var missing *InvalidError
	if errors.As(err, &missing) && missing.Field == "area" {
		return Services{}, fmt.Errorf("%s %s of district %s: %w", o.Area.Kind, o.Area.Code, district, postgis.ErrNotFound)
	}
	if err != nil {
		return Services{}, err
	}
	answer := Services{Method: o.Method, Profile: in.profile, Walker: in.walker, Types: []ServiceType{}, Notes: []string{}}
	if len(in.subjects) == 0 {
		answer.Notes = append(answer.Notes, "所选范围内没有楼栋。")
		return answer, nil
	}
	if len(in.questions) == 0 {
		answer.Notes = append(answer.Notes, fmt.Sprintf("所用标准组合（%s）没有可以计算的设施。", in.profile))
		return answer, nil
	}
	runs, err := s.answerAll(ctx, in, true)
	if err != nil {
		return Services{}, err
	}
	for _, a := range runs {
		answer.Types = append(answer.Types, a.service())
	}
	slices.SortStableFunc(answer.Types, func(a, b ServiceType) int {
		return cmp.Or(cmp.Compare(b.Uncovered, a.Uncovered), cmp.Compare(b.Buildings-b.CoveredBuildings, a.Buildings-a.CoveredBuildings))
	})
	if n := len(in.skipped); n > 0 {
		answer.Notes = append(answer.Notes, fmt.Sprintf("另有 %d 类设施，标准没有规定服务半径或步行时间，未计算。", n))
	}
	if slices.ContainsFunc(runs, func(a *answered) bool { return a.run.Summary.Generated }) {
		answer.Notes = append(answer.Notes, "部分数据为演示数据（生成），结果不能用于实际工作。")
	}
	return answer, nil
}

func (a *answered) service() ServiceType {
	sum := &a.run.Summary
	t := ServiceType{
		FacilityType: a.run.FacilityType, FacilityName: a.run.FacilityName, Limit: a.run.Limit, Standard: a.run.Standard,
		FirstStep: a.run.FirstStep, Facilities: sum.Facilities, Works: a.run.Items,
		Uncovered: sum.Households - sum.CoveredHouseholds - sum.SparedHouseholds,
		Figures: Figures{
			Buildings: sum.Buildings, CoveredBuildings: sum.CoveredBuildings, Households: sum.Households,
			CoveredHouseholds: sum.CoveredHouseholds, FloorAreaM2: sum.FloorAreaM2, CoveredFloorAreaM2: sum.CoveredFloorAreaM2,
			SparedHouseholds: sum.SparedHouseholds, UnreachedBuildings: sum.UnreachedBuildings,
			MeanM: sum.MeanM, MeanMinutes: sum.MeanMinutes, ServedHouseholds: sum.CoveredHouseholds,
		},
	}
	if sum.Capacity != nil {
		t.ServedHouseholds, t.Access = sum.Capacity.ServedHouseholds, sum.Capacity.MeanAccess
	}
	for i := range a.outcomes {
		if o := &a.outcomes[i]; o.facility >= 0 && (t.Nearest == nil || o.metres < *t.Nearest) {
			metres := math.Round(o.metres*10) / 10
			t.Nearest = &metres
		}
	}
	return t
}
