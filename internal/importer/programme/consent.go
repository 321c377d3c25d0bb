package programme

import (
	"context"
	"math"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// survey is how the residents of a community were asked.
type survey struct {
	id      uuid.UUID
	of      *community
	open    bool
	started time.Time
	due     *time.Time
	closed  *time.Time
}

type count struct {
	survey                   uuid.UUID
	building, stairwell      string
	households               int
	area                     float64
	asked, agreed, disagreed int
	agreedArea               float64
}

// writeSurveys asks the residents of every project, and of some communities
// that have not come so far.
func (in *inventor) writeSurveys(ctx context.Context, tx pgx.Tx) error {
	var surveys []survey
	var counts []count
	ask := func(c *community, open bool, on time.Time) {
		s := survey{id: in.id(), of: c, open: open, started: on}
		due := on.AddDate(0, 0, 30)
		s.due = &due
		if !open {
			closed := on.AddDate(0, 0, in.between(14, 30))
			s.closed = &closed
		}
		surveys = append(surveys, s)
		counts = append(counts, in.counts(s)...)
	}
	taken := map[int64]bool{}
	for _, p := range in.projects {
		for _, c := range p.towns {
			if taken[c.id] {
				continue
			}
			taken[c.id] = true
			open := p.state == "applied" && p.library == comprehensive
			on := p.appliedOn.AddDate(0, 0, -in.between(60, 120))
			if open {
				on = in.daysAgo(in.between(20, 40))
			}
			ask(c, open, on)
		}
	}
	for _, c := range in.towns {
		if taken[c.id] || c.verdict == "out" || !in.chance(in.Surveyed) {
			continue
		}
		// some have been open for longer than they were given
		ask(c, c.agreed == nil || in.chance(0.4), in.daysAgo(in.between(10, 60)))
	}
	in.made.Surveys, in.made.Counts = len(surveys), len(counts)
	err := write(ctx, tx, "survey", []string{
		"id", "district_code", "community_id", "state", "contents", "started_on", "due_on", "closed_on", "means", "created_by", "created_at", "updated_by", "updated_at", "recorded", "generated",
	}, surveys, func(s survey) []any {
		state := "closed"
		if s.open {
			state = "open"
		}
		return []any{
			s.id, in.District, s.of.id, state,
			[]string{"水电气和雨污管网", "道路和照明", "消防和安防设施"},
			s.started, s.due, s.closed,
			[]string{"入户调查", "居民大会"},
			by, s.started, by, s.started,
			!s.open && s.of.agreed != nil,
			[]string{"counts", "started_on", "due_on", "closed_on", "contents", "means"},
		}
	})
	if err != nil {
		return err
	}
	return write(ctx, tx, "survey_count", []string{
		"survey_id", "building_code", "stairwell", "households", "floor_area_m2", "asked", "agreed", "disagreed", "agreed_area_m2",
	}, counts, func(c count) []any {
		return []any{c.survey, c.building, c.stairwell, c.households, c.area, c.asked, c.agreed, c.disagreed, c.agreedArea}
	})
}

// counts shares what the register knows of the consent out among the buildings.
func (in *inventor) counts(s survey) []count {
	c := s.of
	blocks := c.blocks
	if len(blocks) == 0 {
		blocks = []block{{"", c.households, c.area}}
	}
	share := 0.3 + 0.6*in.random.Float64()
	if c.agreed != nil {
		share = min(1, float64(*c.agreed)/float64(c.households))
	}
	counts := make([]count, 0, len(blocks))
	carry := 0.0 // so that the sum comes out as the register has it
	for _, b := range blocks {
		k := count{survey: s.id, building: b.code, households: b.households, area: math.Round(b.area*10) / 10}
		carry += float64(b.households) * share
		k.agreed = min(b.households, int(math.Round(carry)))
		carry -= float64(k.agreed)
		if s.open && in.chance(0.4) { // not everybody has been asked
			k.agreed = k.agreed * in.between(0, 8) / 10
		}
		k.asked = in.between(k.agreed, b.households)
		k.disagreed = in.between(0, k.asked-k.agreed)
		if !s.open {
			k.disagreed = k.asked - k.agreed
		}
		if k.households > 0 {
			k.agreedArea = math.Floor(k.area*float64(k.agreed)/float64(k.households)*10) / 10
		}
		counts = append(counts, k)
	}
	return in.stairwells(counts)
}

// stairwells divides the first building, where it is large, into its three.
func (in *inventor) stairwells(counts []count) []count {
	first := counts[0]
	if first.building == "" || first.households < 24 || !in.chance(0.5) {
		return counts
	}
	var parts []count
	rest := first
	for i, name := range []string{"1单元", "2单元", "3单元"} {
		k := count{survey: first.survey, building: first.building, stairwell: name}
		left := 3 - i
		k.households = rest.households / left
		k.agreed = min(k.households, rest.agreed/left)
		k.asked = min(k.households, max(k.agreed, rest.asked/left))
		k.disagreed = min(k.asked-k.agreed, rest.disagreed/left)
		k.area = math.Floor(rest.area/float64(left)*10) / 10
		if k.agreed > 0 {
			k.agreedArea = min(k.area, math.Floor(rest.agreedArea/float64(left)*10)/10)
		}
		rest.households -= k.households
		rest.asked -= k.asked
		rest.agreed -= k.agreed
		rest.disagreed -= k.disagreed
		rest.area -= k.area
		rest.agreedArea -= k.agreedArea
		parts = append(parts, k)
	}
	if rest.households != 0 || rest.agreed != 0 {
		return counts // it does not divide without losing a household
	}
	return append(parts, counts[1:]...)
}
