package areaplan

import (
	"fmt"
	"math"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/clip"

	"github.com/lianpian/lianpian/internal/coverage"
)

// part is what coverage is asked about.
func (g *gathering) part() coverage.Part {
	part := coverage.Part{Scenario: g.Scenario.Code, Buildings: g.buildings, Communities: g.communities}
	seen := map[string]bool{}
	for i := range g.Zones {
		part.Zones = append(part.Zones, g.Zones[i].Code)
		for _, code := range g.Zones[i].SubdistrictCodes {
			if !seen[code] {
				seen[code] = true
				part.Subdistricts = append(part.Subdistricts, code)
			}
		}
	}
	return part
}

func (g *gathering) readCoverage() error {
	part := g.part()
	runs, err := g.runs.NewestIn(g.ctx, g.tx, g.scope, g.code, part)
	if err != nil {
		return err
	}
	g.Coverage = make([]Coverage, 0, len(runs))
	for _, run := range runs {
		held, err := g.runs.HeldIn(g.ctx, g.tx, run, part, g.plane)
		if err != nil {
			return err
		}
		g.Coverage = append(g.Coverage, g.coverageOf(held))
	}
	return nil
}

// coverageOf counts as covered what a facility, or that of the first step, serves.
func (g *gathering) coverageOf(held coverage.Held) Coverage {
	c := Coverage{Run: held.Run, Communities: []CommunityCoverage{}, Covered: make(map[string]bool, len(held.Served)), Gaps: held.Gaps}
	c.Run.CreatedAt = c.Run.CreatedAt.UTC()
	for id, served := range held.Served {
		c.Covered[g.buildingOf[id]] = served
	}
	for _, h := range held.Communities {
		have := h.CoveredHouseholds + h.SparedHouseholds
		c.Households += h.Households
		c.HouseholdsCovered += have
		if h.Code == "" { // buildings of no community count in the sums only
			continue
		}
		one := CommunityCoverage{Code: h.Code, Households: h.Households, HouseholdsCovered: have}
		if h.Households > 0 {
			share := math.Round(float64(have)/float64(h.Households)*1e4) / 1e4
			one.Share = &share
		} else if h.Buildings > 0 {
			share := math.Round(float64(h.CoveredBuildings)/float64(h.Buildings)*1e4) / 1e4
			one.Share = &share
		}
		if h.MeanM > 0 {
			mean := math.Round(h.MeanM*10) / 10
			one.NearestM = &mean
		}
		c.Communities = append(c.Communities, one)
	}
	return c
}

// drawReach draws the ground that the facilities of each run reach, as far as
// map sheets look.
func (g *gathering) drawReach() error {
	for i := range g.Coverage {
		c := &g.Coverage[i]
		reach, err := g.runs.Reach(g.ctx, c.Run, g.bound, g.plane)
		if err != nil {
			return fmt.Errorf("what facilities of type %s reach: %w", c.Run.FacilityType, err)
		}
		c.Reach = clipped(reach, g.bound)
	}
	return nil
}

// clipped cuts an area to a box; the area may be changed.
func clipped(area orb.MultiPolygon, box orb.Bound) orb.MultiPolygon {
	if len(area) == 0 {
		return nil
	}
	cut := clip.MultiPolygon(box, area)
	if len(cut) == 0 {
		return nil
	}
	return cut
}
