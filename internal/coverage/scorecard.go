package coverage

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// Scorecard says for every community which facilities it has within reach, the
// worst first.
type Scorecard struct {
	Batch       Batch            `json:"batch"`
	Types       []ScoreType      `json:"types"`
	Communities []ScoreCommunity `json:"communities"`
}

// ScoreType is a column of the scorecard.
type ScoreType struct {
	FacilityType string          `json:"facility_type"`
	FacilityName string          `json:"facility_name"`
	Run          uuid.UUID       `json:"run"`
	Tier         string          `json:"tier"`
	Limit        Limit           `json:"limit"`
	Standard     *Standard       `json:"standard"`
	Facilities   int64           `json:"facilities"`
	Works        []CatalogueItem `json:"works"`
}

// ScoreCommunity is a row of the scorecard.
type ScoreCommunity struct {
	Code            string `json:"code"`
	Name            string `json:"name"`
	SubdistrictName string `json:"subdistrict_name"`
	Households      int64  `json:"households"`
	// Share of the households that are covered or spared, by column; of the
	// buildings where there are no households; null where there is neither.
	Share []*float64 `json:"share"`
	Have  int        `json:"have" doc:"types that at least half of the households have within reach"`
	Score float64    `json:"score" doc:"mean of the shares, 0 to 1"`
}

// enough is the share of a community's households from which on it is said to
// have a facility within reach.
const enough = 0.5

// Scorecard returns a scorecard; postgis.ErrNotFound where there is none in the
// scope.
func (s *Store) Scorecard(ctx context.Context, scope account.Scope, district string, id uuid.UUID) (Scorecard, error) {
	batch, err := s.Batch(ctx, scope, district, id)
	if err != nil {
		return Scorecard{}, err
	}
	card := Scorecard{Batch: batch, Types: make([]ScoreType, 0, len(batch.Runs)), Communities: []ScoreCommunity{}}
	column := make(map[uuid.UUID]int, len(batch.Runs))
	for i := range batch.Runs {
		r := &batch.Runs[i]
		column[r.ID] = i
		kind, _ := s.lib.FacilityType(r.FacilityType)
		card.Types = append(card.Types, ScoreType{
			FacilityType: r.FacilityType, FacilityName: r.FacilityName, Run: r.ID, Tier: kind.Tier, Limit: r.Limit,
			Standard: r.Standard, Facilities: r.Summary.Facilities, Works: r.Items,
		})
	}
	rows, err := s.db.Pool.Query(ctx, `
		select c.run_id, c.code, c.name, c.subdistrict_name, c.households, c.covered_households + c.spared_households,
		       c.buildings, c.covered_buildings
		from coverage_community c
		join coverage_run r on r.id = c.run_id
		where r.batch_id = $1
		order by c.code`, id)
	if err != nil {
		return Scorecard{}, fmt.Errorf("read the communities of scorecard %s: %w", id, err)
	}
	var run uuid.UUID
	var c ScoreCommunity
	var have, buildings, covered int64
	_, err = pgx.ForEachRow(rows, []any{&run, &c.Code, &c.Name, &c.SubdistrictName, &c.Households, &have, &buildings, &covered}, func() error {
		last := len(card.Communities) - 1
		if last < 0 || card.Communities[last].Code != c.Code {
			c.Share = make([]*float64, len(card.Types))
			card.Communities, last = append(card.Communities, c), last+1
		}
		card.Communities[last].Share[column[run]] = shareOf(have, c.Households, covered, buildings)
		return nil
	})
	if err != nil {
		return Scorecard{}, fmt.Errorf("read the communities of scorecard %s: %w", id, err)
	}
	for i := range card.Communities {
		card.Communities[i].score()
	}
	slices.SortStableFunc(card.Communities, func(a, b ScoreCommunity) int {
		return cmp.Or(cmp.Compare(a.Score, b.Score), cmp.Compare(b.Households, a.Households), cmp.Compare(a.Code, b.Code))
	})
	return card, nil
}

// shareOf is the share of the households or, where there are none, of the
// buildings.
func shareOf(have, households, covered, buildings int64) *float64 {
	var share float64
	switch {
	case households > 0:
		share = float64(have) / float64(households)
	case buildings > 0:
		share = float64(covered) / float64(buildings)
	default:
		return nil
	}
	share = math.Round(share*1e4) / 1e4
	return &share
}

func (c *ScoreCommunity) score() {
	sum, n := 0.0, 0
	for _, share := range c.Share {
		if share == nil {
			continue
		}
		n++
		sum += *share
		if *share >= enough {
			c.Have++
		}
	}
	if n > 0 {
		c.Score = math.Round(sum/float64(n)*1e4) / 1e4
	}
}

// sortByType puts runs into the order of the standards table.
func (s *Store) sortByType(runs []Run) {
	order := s.typeOrder()
	slices.SortStableFunc(runs, func(a, b Run) int { return cmp.Compare(order[a.FacilityType], order[b.FacilityType]) })
}

// inOrder puts facility types into the order of the standards table, each once.
func (s *Store) inOrder(types []string) []string {
	order := s.typeOrder()
	types = slices.Clone(types)
	slices.SortStableFunc(types, func(a, b string) int { return cmp.Or(cmp.Compare(order[a], order[b]), cmp.Compare(a, b)) })
	return slices.Compact(types)
}

func (s *Store) typeOrder() map[string]int {
	order := map[string]int{}
	for i, kind := range s.lib.FacilityTypes() {
		order[kind.Key] = i
	}
	return order
}
