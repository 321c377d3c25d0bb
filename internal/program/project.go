package program

import "time"

// Library is one of the two project libraries.
type Library string

// The libraries: comprehensive renovation (综合改造) and management improvement
// (管理提升), wansheng-2020 三 and 五(二).
const (
	Comprehensive Library = "comprehensive"
	Management    Library = "management"
)

// name is the Chinese word for the library.
func (l Library) name() string {
	if l == Management {
		return "管理提升项目库"
	}
	return "综合改造项目库"
}

// State is where a project stands in the intake (wansheng-2020 五(二)): applied
// for in writing, accepted by the subdistrict, confirmed by the bureau, or
// returned with a reason, or withdrawn, or closed: done, or gone on in another
// library.
type State string

// The states of the intake.
const (
	Applied   State = "applied"
	Accepted  State = "accepted"
	Confirmed State = "confirmed"
	Returned  State = "returned"
	Withdrawn State = "withdrawn"
	Closed    State = "closed"
)

var stateNames = map[State]string{
	Applied: "已申请", Accepted: "已受理", Confirmed: "已入库", Returned: "已退回", Withdrawn: "已撤回", Closed: "已结项",
}

// Phase is the batch of a project (实施一批、谋划一批、储备一批), wansheng-2020 二(二).
type Phase string

// The phases, in the order in which a project passes them.
const (
	Reserve   Phase = "reserve"
	Plan      Phase = "plan"
	Implement Phase = "implement"
)

var phaseNames = map[Phase]string{Reserve: "储备", Plan: "谋划", Implement: "实施"}

// rank orders the phases; 0 is none.
func (p Phase) rank() int {
	switch p {
	case Reserve:
		return 1
	case Plan:
		return 2
	case Implement:
		return 3
	}
	return 0
}

// Project is an entry of a project library. Figures are sums of its communities:
// areas in m². Money is in 10,000 yuan (万元) where the name says wan.
type Project struct {
	Code           string    `json:"code"`
	Name           string    `json:"name"`
	Library        Library   `json:"library" enum:"comprehensive,management"`
	State          State     `json:"state" enum:"applied,accepted,confirmed,returned,withdrawn,closed"`
	StateReason    string    `json:"state_reason"`
	Live           bool      `json:"live" doc:"applied, accepted or confirmed"`
	Applicant      string    `json:"applicant"`
	AppliedOn      string    `json:"applied_on" format:"date"`
	Phase          *Phase    `json:"phase" enum:"reserve,plan,implement" nullable:"true"`
	ProposedPhase  *Phase    `json:"proposed_phase" enum:"reserve,plan,implement" nullable:"true" doc:"until it is confirmed"`
	Year           *int      `json:"year"`
	Owner          string    `json:"owner" doc:"项目业主单位"`
	Demonstration  bool      `json:"demonstration"`
	CentralSubsidy bool      `json:"central_subsidy" doc:"reported on annex 6, else on annex 7"`
	EstimatedWan   *float64  `json:"estimated_wan" doc:"预计投资额, 10,000 yuan"`
	ScenarioCode   *string   `json:"scenario_code"`
	ZoneCode       *string   `json:"zone_code"`
	ZoneName       string    `json:"zone_name" doc:"empty where it renovates no zone, or the zone is gone"`
	PromotedFrom   *string   `json:"promoted_from" doc:"code of the management project that it grew out of"`
	PromotedTo     *string   `json:"promoted_to" doc:"code of the comprehensive project that grew out of it"`
	Follows        *string   `json:"follows" doc:"code of the comprehensive project whose management it improves"`
	FollowedBy     *string   `json:"followed_by" doc:"code of the management project that goes on after it"`
	Subdistricts   []string  `json:"subdistrict_codes"`
	Neighborhoods  []string  `json:"neighborhood_codes"`
	Communities    []string  `json:"communities" doc:"codes"`
	Households     int       `json:"households"`
	BuildingCount  int       `json:"building_count"`
	FloorAreaM2    float64   `json:"floor_area_m2"`
	Strays         int       `json:"strays" doc:"communities that have left the policy's scope while the project runs"`
	Doubtful       int       `json:"doubtful" doc:"communities whose eligibility is borderline"`
	Note           string    `json:"note"`
	Generated      []string  `json:"generated"`
	Version        int       `json:"version"`
	UpdatedBy      string    `json:"updated_by"`
	UpdatedAt      time.Time `json:"updated_at"`
}

// date is how dates are written.
const date = time.DateOnly
