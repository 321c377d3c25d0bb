package exporter

import (
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/survey"
	"github.com/lianpian/lianpian/internal/works"
)

// annex3Files are the survey sheets of each community of the plan: by its survey
// where one was held, else by its buildings.
func annex3Files(p *areaplan.Plan, surveys []survey.Survey) []File {
	var files []File
	for i := range p.Communities {
		c := &p.Communities[i]
		place := placeOf(c)
		sheets, wanted := doorsOfBuildings(p, c), workNames(p, c.Code)
		if at := slices.IndexFunc(surveys, func(s survey.Survey) bool { return s.Community.Code == c.Code }); at >= 0 {
			place = surveys[at].Community
			if len(surveys[at].Counts) > 0 {
				sheets = doorsOf(surveys[at])
			}
			if len(surveys[at].Contents) > 0 {
				wanted = surveys[at].Contents
			}
		}
		sheets = printable(sheets)
		files = append(files, File{"附件3-征求意见表-" + place.Name + ".xlsx", func(w io.Writer) error {
			if err := surveySheets(w, place, wanted, sheets, p.By, p.At); err != nil {
				return fmt.Errorf("write annex 3 of %s: %w", place.Code, err)
			}
			return nil
		}})
	}
	return files
}

func placeOf(c *areaplan.Community) survey.Place {
	return survey.Place{Code: c.Code, Name: c.Name, Address: c.Address, SubdistrictCode: c.SubdistrictCode, SubdistrictName: c.SubdistrictName}
}

// printable leaves the lines of a sheet blank where there are more households
// than a workbook of sheets should hold.
func printable(sheets []doorSheet) []doorSheet {
	doors := 0
	for _, s := range sheets {
		if s.households != nil {
			doors += *s.households
		}
	}
	if doors <= maxDoors {
		return sheets
	}
	out := slices.Clone(sheets)
	for i := range out {
		out[i].households = nil
	}
	return out
}

// doorsOfBuildings are the sheets of a community by its buildings with
// households; where no building has any, one for the community as a whole.
func doorsOfBuildings(p *areaplan.Plan, c *areaplan.Community) []doorSheet {
	var sheets []doorSheet
	for i := range p.Buildings {
		b := &p.Buildings[i]
		if b.CommunityCode != c.Code || b.Households == nil || *b.Households <= 0 {
			continue
		}
		place := b.Name
		if place == "" {
			place = b.Code
		}
		households := int(*b.Households)
		sheets = append(sheets, doorSheet{
			place: place, areaM2: rounded(b.FloorAreaM2), households: &households,
			generated: slices.Contains(b.Generated, "households") || slices.Contains(b.Generated, "floor_area_m2"),
		})
	}
	if len(sheets) > 0 {
		return sheets
	}
	whole := doorSheet{areaM2: rounded(c.FloorAreaM2), generated: slices.Contains(c.Generated, "households")}
	if c.Households != nil && *c.Households > 0 {
		households := int(*c.Households)
		whole.households = &households
	}
	return []doorSheet{whole}
}

// rounded is an area to the square centimetre that forms have room for.
func rounded(m2 *float64) *float64 {
	if m2 == nil {
		return nil
	}
	v := math.Round(*m2*100) / 100
	return &v
}

// workNames are what is to be done in a community, by the projects of the plan.
func workNames(p *areaplan.Plan, community string) []string {
	var names []string
	for i := range p.Items {
		item := &p.Items[i]
		if item.Answer != works.Do || slices.Contains(names, item.Name) {
			continue
		}
		of := slices.IndexFunc(p.Projects, func(x areaplan.Project) bool { return x.Code == item.ProjectCode })
		if item.CommunityCode == community ||
			item.CommunityCode == "" && of >= 0 && slices.Contains(p.Projects[of].Communities, community) {
			names = append(names, item.Name)
		}
	}
	return names
}

// statisticsOf are the rows of annex 4: every community of the plan, those that
// were asked by their newest survey, the others by what the register says.
func statisticsOf(p *areaplan.Plan, asked []survey.Statistic) []survey.Statistic {
	list := make([]survey.Statistic, 0, len(p.Communities))
	for i := range p.Communities {
		c := &p.Communities[i]
		if at := slices.IndexFunc(asked, func(s survey.Statistic) bool { return s.Community.Code == c.Code }); at >= 0 {
			list = append(list, asked[at])
			continue
		}
		s := survey.Statistic{
			Community: placeOf(c), LandAreaM2: c.LandAreaM2, FloorAreaM2: c.FloorAreaM2, BuiltYear: c.BuiltYear, Generated: c.Generated, State: survey.None,
		}
		buildings := int(c.Buildings)
		s.BuildingCount = &buildings
		if c.Households != nil {
			households := int(*c.Households)
			s.Households = &households
		}
		list = append(list, s.Agreeing(c.HouseholdsAgreed, c.AreaAgreedM2, c.CountsMasked))
	}
	slices.SortStableFunc(list, func(a, b survey.Statistic) int {
		return bySubdistrict(a.Community.SubdistrictCode, b.Community.SubdistrictCode)
	})
	return list
}
