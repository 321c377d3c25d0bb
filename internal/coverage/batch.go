package coverage

import (
	"time"

	"github.com/google/uuid"
)

// BatchRequest asks for runs of several facility types with one set of settings.
type BatchRequest struct {
	FacilityTypes []string // empty: all of the profile that have a place and a limit
	Settings
}

// Batch is a set of runs that were made together (十五分钟生活圈体检).
type Batch struct {
	ID        uuid.UUID `json:"id"`
	District  string    `json:"district"`
	Method    string    `json:"method" enum:"radius,walk,walk_slope"`
	Profile   string    `json:"profile"`
	Area      Area      `json:"area"`
	Runs      []Run     `json:"runs" doc:"in the order of the standards table"`
	Skipped   []Skipped `json:"skipped"`
	CreatedBy string    `json:"created_by"`
	CreatedAt time.Time `json:"created_at"`
}

// Skipped is a type of the profile that could not be run, and why.
type Skipped struct {
	FacilityType string `json:"facility_type"`
	FacilityName string `json:"facility_name"`
	Reason       string `json:"reason"`
}

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
	// Share of the households that are covered or spared, by column; null where
	// the community has no households and no building is known.
	Share []*float64 `json:"share"`
	Have  int        `json:"have" doc:"types that at least half of the households have within reach"`
	Score float64    `json:"score" doc:"mean of the shares, 0 to 1"`
}

// Services are what a zone or a community has within reach, computed now.
type Services struct {
	Method string        `json:"method" enum:"radius,walk,walk_slope"`
	Walker *WalkerUsed   `json:"walker"`
	Types  []ServiceType `json:"types" doc:"the most uncovered households first"`
	Notes  []string      `json:"notes"`
}

// ServiceType is what is within reach of one facility type.
type ServiceType struct {
	FacilityType string          `json:"facility_type"`
	FacilityName string          `json:"facility_name"`
	Limit        Limit           `json:"limit"`
	Standard     *Standard       `json:"standard"`
	FirstStep    *FirstStep      `json:"first_step"`
	Uncovered    int64           `json:"uncovered" doc:"households neither covered nor spared"`
	Nearest      *float64        `json:"nearest_m" doc:"metres from the nearest of its buildings to a facility"`
	Works        []CatalogueItem `json:"works"`
	Figures
}
