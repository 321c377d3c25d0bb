package survey

import (
	"time"

	"github.com/google/uuid"
)

// State is where a survey stands.
type State string

// The states of a survey. None is that of a community that was never asked.
const (
	None   State = "none"
	Open   State = "open"
	Closed State = "closed"
)

// Place is the community that a survey asks.
type Place struct {
	Code            string `json:"code"`
	Name            string `json:"name"`
	Address         string `json:"address"`
	SubdistrictCode string `json:"subdistrict_code"`
	SubdistrictName string `json:"subdistrict_name"`
}

// Sums are the counts of a survey added up. Counts are null where they are
// masked; areas are null also where they are not known of every row.
type Sums struct {
	Households   int      `json:"households"`
	FloorAreaM2  *float64 `json:"floor_area_m2"`
	Asked        *int     `json:"asked"`
	Agreed       *int     `json:"agreed"`
	Disagreed    *int     `json:"disagreed"`
	AgreedAreaM2 *float64 `json:"agreed_area_m2"`
	Masked       bool     `json:"masked" doc:"small counts are not shown to this person"`
}

// Count is what was found in a building, or in one of its stairwells.
type Count struct {
	BuildingCode string   `json:"building_code" doc:"empty: the community as a whole"`
	BuildingName string   `json:"building_name"`
	Stairwell    string   `json:"stairwell" doc:"empty: the building as a whole"`
	Households   int      `json:"households"`
	FloorAreaM2  *float64 `json:"floor_area_m2"`
	Asked        *int     `json:"asked"`
	Agreed       *int     `json:"agreed"`
	Disagreed    *int     `json:"disagreed"`
	AgreedAreaM2 *float64 `json:"agreed_area_m2"`
	Masked       bool     `json:"masked" doc:"small counts are not shown to this person"`
}

// CountDraft is what a person writes into a row. Nothing in it names a resident.
type CountDraft struct {
	BuildingCode string   `json:"building_code" maxLength:"100" doc:"empty: the community as a whole"`
	Stairwell    string   `json:"stairwell,omitempty" maxLength:"40" doc:"e.g. 2单元; empty: the building as a whole"`
	Households   int      `json:"households"`
	FloorAreaM2  *float64 `json:"floor_area_m2,omitempty" doc:"m²"`
	Asked        int      `json:"asked,omitempty"`
	Agreed       int      `json:"agreed,omitempty"`
	Disagreed    int      `json:"disagreed,omitempty"`
	AgreedAreaM2 *float64 `json:"agreed_area_m2,omitempty" doc:"m² of those who agreed; omitted: not known"`
}

// Draft is what a person says when residents begin to be asked.
type Draft struct {
	Community       string    `json:"community" minLength:"1" maxLength:"100" doc:"code"`
	Contents        *[]string `json:"contents,omitempty" maxItems:"60" doc:"改造和提升的内容"`
	Means           *[]string `json:"means,omitempty" maxItems:"20" doc:"e.g. 入户调查; omitted: those of the policy"`
	StartedOn       string    `json:"started_on,omitempty" format:"date" doc:"omitted: today"`
	DueOn           string    `json:"due_on,omitempty" format:"date"`
	OwnersCommittee string    `json:"owners_committee,omitempty" maxLength:"200" doc:"业主委员会（名称）"`
	Note            string    `json:"note,omitempty" maxLength:"2000"`
}

// Patch changes the fields that it names; an empty date clears it.
type Patch struct {
	Contents        *[]string `json:"contents,omitempty" maxItems:"60"`
	Means           *[]string `json:"means,omitempty" maxItems:"20"`
	StartedOn       *string   `json:"started_on,omitempty"`
	DueOn           *string   `json:"due_on,omitempty"`
	PublicisedFrom  *string   `json:"publicised_from,omitempty"`
	PublicisedTo    *string   `json:"publicised_to,omitempty"`
	OwnersCommittee *string   `json:"owners_committee,omitempty" maxLength:"200"`
	Note            *string   `json:"note,omitempty" maxLength:"2000"`
}

// Head is a survey without its rows.
type Head struct {
	ID              uuid.UUID `json:"id"`
	Community       Place     `json:"community"`
	Round           int       `json:"round" doc:"1 is the first time that the residents were asked"`
	Newest          bool      `json:"newest"`
	State           State     `json:"state" enum:"open,closed"`
	Contents        []string  `json:"contents"`
	Means           []string  `json:"means"`
	StartedOn       string    `json:"started_on" format:"date"`
	DueOn           *string   `json:"due_on" format:"date"`
	ClosedOn        *string   `json:"closed_on" format:"date"`
	PublicisedFrom  *string   `json:"publicised_from" format:"date"`
	PublicisedTo    *string   `json:"publicised_to" format:"date"`
	OwnersCommittee string    `json:"owners_committee"`
	Note            string    `json:"note"`
	Recorded        bool      `json:"recorded" doc:"its counts are those of the community's facts, by which eligibility is judged"`
	Generated       []string  `json:"generated"`
	Version         int       `json:"version"`
	UpdatedBy       string    `json:"updated_by"`
	UpdatedAt       time.Time `json:"updated_at"`

	Sums Sums `json:"sums"`
}

// Survey is how the residents of a community were asked, with what the policy's
// rule of consent says to it.
type Survey struct {
	Head
	Counts     []Count    `json:"counts"`
	Registered Registered `json:"registered"`
	Verdict    Verdict    `json:"verdict"`
}

// Registered is what the register says of the community, against which the sums
// of a survey can be held.
type Registered struct {
	Households  *int     `json:"households"`
	FloorAreaM2 *float64 `json:"floor_area_m2"`
	Differences []string `json:"differences" doc:"sentences; empty: both say the same"`
}

// InvalidError says which field of a survey cannot be. Detail is a sentence for
// people.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return "survey, " + e.Field + ": " + e.Detail }

// StateError says why a survey cannot be changed any more, or not yet begun.
// Detail is a sentence for people.
type StateError struct{ Detail string }

func (e *StateError) Error() string { return "survey: " + e.Detail }
