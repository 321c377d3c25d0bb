package dashboard

import "time"

// Board is the one screen for the head of the bureau. Everything in it lies in
// the scope of whoever looks; areas are in m², money in yuan.
type Board struct {
	District  string    `json:"district"`
	Name      string    `json:"name"`
	Demo      bool      `json:"demo" doc:"the programme is generated"`
	Whole     bool      `json:"whole" doc:"false: only the part of the district that the person reaches"`
	Policy    PlanName  `json:"policy"`
	Today     string    `json:"today" format:"date"`
	Year      int       `json:"year"`
	MadeAt    time.Time `json:"made_at"`
	Generated int       `json:"generated" doc:"projects with generated figures"`

	Targets     []BoardTarget   `json:"targets"`
	Eligibility []BoardVerdict  `json:"eligibility"`
	Projects    []ProjectSum    `json:"projects" doc:"by library, state, phase and year"`
	Stages      []StageSum      `json:"stages" doc:"of the projects implemented in the year"`
	Strays      int             `json:"strays" doc:"communities in live projects that are out of the plan's scope"`
	Late        BoardLate       `json:"late"`
	Money       BoardMoney      `json:"money"`
	Consent     BoardConsent    `json:"consent"`
	Coverage    []BoardCoverage `json:"coverage"`
	Months      []MonthSum      `json:"months" doc:"of the year, by the reports handed in"`
}

// PlanName says which plan the figures are judged by.
type PlanName struct {
	Key        string `json:"key"`
	Version    string `json:"version"`
	ShortTitle string `json:"short_title"`
	DocumentNo string `json:"document_no"`
}

// BoardTarget is a target of the plan, or of the year's own programme, with what
// has been reached.
type BoardTarget struct {
	ID       string         `json:"id"`
	Clause   string         `json:"clause"`
	Text     string         `json:"text" doc:"in the plan's words"`
	By       string         `json:"by" doc:"YYYY or YYYY-MM-DD"`
	Year     int            `json:"year"`
	Metric   string         `json:"metric" enum:"completed,started,launched,demonstration,state"`
	Own      bool           `json:"own" doc:"set by the year's own projects, not by the plan"`
	Count    *int           `json:"count" doc:"communities; null: no figure"`
	AreaM2   *float64       `json:"area_m2" doc:"null: no figure"`
	Actual   int            `json:"actual"`
	ActualM2 float64        `json:"actual_m2"`
	Share    *float64       `json:"share" doc:"reached, by count; null where there is nothing to divide by"`
	AreaPart *float64       `json:"area_share" doc:"reached, by area"`
	How      string         `json:"how" doc:"how it was counted"`
	Over     bool           `json:"over" doc:"its year has passed"`
	Forecast *BoardForecast `json:"forecast" doc:"to the end of a running year"`
	SeeAlso  []string       `json:"see_also" doc:"ambiguities of the plan"`
}

// BoardForecast is what a running year may come to by the planned dates.
type BoardForecast struct {
	Count   int     `json:"count"`
	AreaM2  float64 `json:"area_m2"`
	Pace    int     `json:"pace" doc:"communities, as fast as this year so far"`
	Text    string  `json:"text" doc:"how it was reckoned"`
	Reaches *bool   `json:"reaches" doc:"whether it reaches the target; null: no figure"`
}

// BoardVerdict sums up the communities of one verdict.
type BoardVerdict struct {
	Verdict     string  `json:"verdict" enum:"in,out,borderline"`
	Communities int     `json:"communities"`
	Households  int     `json:"households"`
	FloorAreaM2 float64 `json:"floor_area_m2"`
}

// ProjectSum sums up projects that are alike.
type ProjectSum struct {
	Library     string  `json:"library" enum:"comprehensive,management"`
	State       string  `json:"state"`
	Counts      bool    `json:"counts" doc:"in its library, or closed because it is done"`
	Phase       *string `json:"phase" enum:"reserve,plan,implement" doc:"of a closed project that counts: the last one"`
	Year        *int    `json:"year"`
	Projects    int     `json:"projects"`
	Communities int     `json:"communities"`
	Households  int     `json:"households"`
	FloorAreaM2 float64 `json:"floor_area_m2"`
}

// StageSum sums up the projects of the year by what they have reached last.
type StageSum struct {
	Stage       string  `json:"stage" enum:"not_started,start,works_done,acceptance,filing,handover"`
	Projects    int     `json:"projects"`
	Communities int     `json:"communities"`
	Households  int     `json:"households"`
	FloorAreaM2 float64 `json:"floor_area_m2"`
}

// BoardLate is what should have been done by now.
type BoardLate struct {
	Total  int        `json:"total"`
	ByKind []LateKind `json:"by_kind"`
	Items  []LateItem `json:"items" doc:"the latest ones first, at most 60"`
}

// LateKind counts late things of a kind.
type LateKind struct {
	Kind  string `json:"kind" enum:"filing,step,report,survey"`
	Count int    `json:"count"`
}

// LateItem is one of them.
type LateItem struct {
	Kind       string `json:"kind" enum:"filing,step,report,survey"`
	Code       string `json:"code" doc:"of the project, the community or the subdistrict"`
	Name       string `json:"name"`
	What       string `json:"what"`
	DueOn      string `json:"due_on" format:"date"`
	Days       int    `json:"days" doc:"late"`
	Department string `json:"department"`
	Clause     string `json:"clause"`
}

// BoardMoney is what the projects cost and who pays.
type BoardMoney struct {
	Projects      int         `json:"projects" doc:"live ones of the library of comprehensive renovation"`
	EstimatedYuan float64     `json:"estimated_yuan" doc:"of the applications"`
	CostYuan      float64     `json:"cost_yuan" doc:"of the works as listed"`
	SharedYuan    float64     `json:"shared_yuan" doc:"of it, taken on by somebody"`
	Funds         *float64    `json:"funds_yuan" doc:"of the pool, all years; null for a person who sees only a part"`
	AllocatedYuan float64     `json:"allocated_yuan" doc:"to projects, from the pool"`
	Sources       []SourceSum `json:"sources"`
	Years         []YearMoney `json:"years"`
}

// SourceSum is the money of one source.
type SourceSum struct {
	Source     string   `json:"source" enum:"residents,pipelines,society,central,municipal,district,bonds"`
	SharedYuan float64  `json:"shared_yuan"`
	FundsYuan  *float64 `json:"funds_yuan" doc:"of the pool; null for a person who sees only a part"`
}

// YearMoney is the project pool of a year beside its fund pool, by the same
// figures as the list of funds.
type YearMoney struct {
	Year          int      `json:"year"`
	Projects      int      `json:"projects" doc:"confirmed for the year"`
	CostYuan      float64  `json:"cost_yuan" doc:"of the works, else the estimate"`
	DirectYuan    float64  `json:"direct_yuan" doc:"paid by residents, pipeline units and society themselves"`
	NeedYuan      float64  `json:"need_yuan" doc:"what is left for the pool"`
	BudgetYuan    *float64 `json:"budget_yuan" doc:"what may be spent of the pool; null: none has been set, or for a person who sees only a part"`
	FundsYuan     *float64 `json:"funds_yuan" doc:"null for a person who sees only a part"`
	AllocatedYuan float64  `json:"allocated_yuan" doc:"to the year's projects, of any year's funds"`
	UnfundedYuan  float64  `json:"unfunded_yuan" doc:"of the need, what no fund has been given for"`
	NoBudget      bool     `json:"no_budget" doc:"projects are planned, and no budget has been set"`
}

// BoardConsent sums up how residents were asked, by the newest survey of each community.
type BoardConsent struct {
	Open       int    `json:"open" doc:"surveys"`
	Overdue    int    `json:"overdue" doc:"of the open ones"`
	Closed     int    `json:"closed"`
	Passed     int    `json:"passed" doc:"of the closed ones, by the plan's rule"`
	Unasked    int    `json:"unasked" doc:"communities in scope or doubtful without a survey"`
	Households int    `json:"households" doc:"of the surveyed communities"`
	Asked      int    `json:"asked"`
	Agreed     int    `json:"agreed"`
	Rounded    bool   `json:"rounded" doc:"the households of each community are rounded to tens, so that no small count can be worked out; for who needs no detail"`
	Rule       string `json:"rule"`
	Clause     string `json:"clause"`
	Basis      string `json:"basis" doc:"which count decides"`
}

// BoardCoverage compares the reach of a type of facility before and after. Both are by
// the same method and limit over the same area.
type BoardCoverage struct {
	FacilityType string   `json:"facility_type"`
	FacilityName string   `json:"facility_name"`
	Method       string   `json:"method" enum:"radius,walk,walk_slope"`
	Metres       *float64 `json:"metres" doc:"limit"`
	Minutes      *float64 `json:"minutes" doc:"limit"`
	Standard     string   `json:"standard"`
	Before       Reached  `json:"before"`
	After        Reached  `json:"after"`
	Kind         string   `json:"kind" enum:"same,later,scenario" doc:"same: there is one run; later: two moments; scenario: with the proposed facilities of a scenario"`
	Scenario     string   `json:"scenario" doc:"code"`
}

// Reached is the answer of a coverage run.
type Reached struct {
	Run        string    `json:"run"`
	At         time.Time `json:"at"`
	Households float64   `json:"households"`
	Covered    float64   `json:"covered" doc:"households"`
	Share      float64   `json:"share"`
}

// MonthSum is a month of the year as handed in, cumulative from 1 January.
type MonthSum struct {
	Month        string  `json:"month" doc:"YYYY-MM"`
	State        string  `json:"state" enum:"none,partial,submitted,frozen" doc:"none: nothing was handed in"`
	Reports      int     `json:"reports" doc:"of subdistricts, handed in: submitted or frozen"`
	Owed         int     `json:"owed" doc:"reports that the month asks for; 0: it has not begun"`
	Projects     int     `json:"projects"`
	PlanM2       float64 `json:"plan_m2"`
	PreparingM2  float64 `json:"preparing_m2" doc:"group 1"`
	WorkingM2    float64 `json:"working_m2" doc:"group 2"`
	DoneM2       float64 `json:"done_m2" doc:"group 3"`
	InvestedYuan float64 `json:"invested_yuan" doc:"planned investment"`
	SpentYuan    float64 `json:"spent_yuan"`
}
