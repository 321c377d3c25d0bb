package survey

import (
	"context"
	"fmt"
	"math"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// Statistic is a community on annex 4 (征求意见情况统计表), by its newest survey.
type Statistic struct {
	Community       Place    `json:"community"`
	LandAreaM2      *float64 `json:"land_area_m2" doc:"占地面积, of its outline"`
	FloorAreaM2     *float64 `json:"floor_area_m2" doc:"总建筑面积"`
	BuiltYear       *int     `json:"built_year"`
	BuildingCount   *int     `json:"building_count"`
	Households      *int     `json:"households"`
	OwnersCommittee string   `json:"owners_committee"`
	State           State    `json:"state" enum:"open,closed"`
	Agreed          *int     `json:"agreed" doc:"需要改造提升的并签名的户数; null: masked"`
	AgreedPercent   *float64 `json:"agreed_percent" doc:"占小区总户数, cut to one decimal"`
	AgreedAreaM2    *float64 `json:"agreed_area_m2"`
	AreaPercent     *float64 `json:"area_percent" doc:"占小区总面积, cut to one decimal"`
	Masked          bool     `json:"masked"`
	Generated       []string `json:"generated"`
}

// Sentence is how annex 4 prints what the residents want; what is not known is
// left open, to be filled in by hand.
func (s Statistic) Sentence() string {
	households, percent, area, areaPercent := "　", "　", "　", "　"
	if s.Agreed != nil {
		households = fmt.Sprint(*s.Agreed)
	}
	if s.AgreedPercent != nil {
		percent = figure(*s.AgreedPercent)
	}
	if s.AgreedAreaM2 != nil {
		area = figure(*s.AgreedAreaM2)
	}
	if s.AreaPercent != nil {
		areaPercent = figure(*s.AreaPercent)
	}
	return fmt.Sprintf("需要改造提升的并签名的户数%s户，占小区总户数%s%%；面积%s平方米，占小区总面积%s%%。", households, percent, area, areaPercent)
}

// Statistics is annex 4 of a subdistrict ("": of all that the scope reaches): its
// communities that have been asked, by name.
func (s *Store) Statistics(ctx context.Context, scope account.Scope, district, subdistrict string) ([]Statistic, error) {
	args := scopeArgs(scope, district)
	args["subdistrict"] = subdistrict
	rows, err := s.db.Pool.Query(ctx, `
		select c.code, c.name, c.address, coalesce(c.subdistrict_code, ''), coalesce(d.name, ''),
		       c.land_area_m2, c.floor_area_m2, c.built_year, c.building_count, c.households,
		       (select o.owners_committee from survey o where o.id = s.id), s.state,
		       s.households, s.floor_area_m2, s.asked, s.agreed, s.disagreed, s.agreed_area_m2, s.generated
		from published_community c
		join published_survey s on s.community_id = c.id
		left join published_subdistrict d on d.district_code = c.district_code and d.code = c.subdistrict_code
		where `+communityInScope+` and (@subdistrict = '' or c.subdistrict_code = @subdistrict)
		order by d.code, c.name collate "zh-x-icu", c.code`, args)
	if err != nil {
		return nil, fmt.Errorf("read the survey statistics of %s: %w", district, err)
	}
	detail := account.SeesCounts(ctx)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (t Statistic, err error) {
		sums := Sums{Asked: new(int), Agreed: new(int), Disagreed: new(int)}
		c := &t.Community
		err = row.Scan(&c.Code, &c.Name, &c.Address, &c.SubdistrictCode, &c.SubdistrictName,
			&t.LandAreaM2, &t.FloorAreaM2, &t.BuiltYear, &t.BuildingCount, &t.Households, &t.OwnersCommittee, &t.State,
			&sums.Households, &sums.FloorAreaM2, sums.Asked, sums.Agreed, sums.Disagreed, &sums.AgreedAreaM2, &t.Generated)
		if !detail {
			sums.mask()
		}
		t.take(sums)
		return t, err
	})
	if err != nil {
		return nil, fmt.Errorf("read the survey statistics of %s: %w", district, err)
	}
	return list, nil
}

func (s *Statistic) take(sums Sums) {
	s.Agreed, s.AgreedAreaM2, s.Masked = sums.Agreed, sums.AgreedAreaM2, sums.Masked
	if s.Households == nil && sums.Households > 0 {
		s.Households = &sums.Households
	}
	if s.FloorAreaM2 == nil {
		s.FloorAreaM2 = sums.FloorAreaM2
	}
	if sums.Agreed != nil && sums.Households > 0 {
		s.AgreedPercent = percent(float64(*sums.Agreed), float64(sums.Households))
	}
	if sums.AgreedAreaM2 != nil && sums.FloorAreaM2 != nil && *sums.FloorAreaM2 > 0 {
		s.AreaPercent = percent(*sums.AgreedAreaM2, *sums.FloorAreaM2)
	}
}

// Agreeing is the row of a community of which the register knows who agreed,
// without a survey.
func (s Statistic) Agreeing(households *int64, areaM2 *float64, masked bool) Statistic {
	s.Masked, s.AgreedAreaM2 = masked, areaM2
	if households != nil {
		agreed := int(*households)
		s.Agreed = &agreed
		if s.Households != nil && *s.Households > 0 {
			s.AgreedPercent = percent(float64(agreed), float64(*s.Households))
		}
	}
	if areaM2 != nil && s.FloorAreaM2 != nil && *s.FloorAreaM2 > 0 {
		s.AreaPercent = percent(*areaM2, *s.FloorAreaM2)
	}
	return s
}

// percent is cut, not rounded: 49.96 % must not read as 50.0 %.
func percent(part, whole float64) *float64 {
	p := math.Floor(part/whole*1000+1e-9) / 10
	return &p
}
