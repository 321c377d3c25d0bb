package works

import "time"

// Works are what a project renovates: the whole catalogue of the district's plan
// as a menu, each item with what speaks for it and how it was answered. Sums are
// in yuan.
type Works struct {
	Project     string      `json:"project"`
	Name        string      `json:"name"`
	Policy      string      `json:"policy" doc:"key@version of the plan whose catalogue it is"`
	PolicyTitle string      `json:"policy_title"`
	Version     int         `json:"version" doc:"0: nothing answered yet"`
	UpdatedBy   string      `json:"updated_by"`
	UpdatedAt   *time.Time  `json:"updated_at"`
	Communities []Community `json:"communities"`
	Items       []Item      `json:"items"`
	Outdated    []Line      `json:"outdated" doc:"lines of another plan, or of communities that are no longer in the project; saving drops them"`
	Unplaced    []Evidence  `json:"unplaced" doc:"registered as missing, but no item of the catalogue stands for it"`
	Must        Must        `json:"must"`
	Warnings    []Warning   `json:"warnings"`
	Totals      Totals      `json:"totals"`
	CostYuan    float64     `json:"cost_yuan" doc:"sum of what has a quantity and a price"`
	Unpriced    int         `json:"unpriced" doc:"lines to be done that have no quantity or price"`
	Estimated   *float64    `json:"estimated_wan" doc:"预计投资额 of the project, 10,000 yuan"`
}

// Community is one of the project's.
type Community struct {
	Code          string  `json:"code"`
	Name          string  `json:"name"`
	Households    int     `json:"households"`
	BuildingCount int     `json:"building_count"`
	FloorAreaM2   float64 `json:"floor_area_m2"`

	id int64
}

// Item is a line of the menu.
type Item struct {
	No           int        `json:"no"`
	Name         string     `json:"name"`
	Category     string     `json:"category"`
	CategoryName string     `json:"category_name"`
	Nature       string     `json:"nature" doc:"empty where the plan has no natures"`
	NatureName   string     `json:"nature_name"`
	Must         bool       `json:"must" doc:"has to be answered"`
	Clause       string     `json:"clause"`
	Content      string     `json:"content"`
	Standard     string     `json:"standard"`
	Note         string     `json:"note"`
	Equals       []Equal    `json:"equals" doc:"items of the other plans that are the same; our choice, not the documents'"`
	Suggested    bool       `json:"suggested" doc:"something speaks for it"`
	Evidence     []Evidence `json:"evidence"`
	Price        *Price     `json:"price" doc:"of the district's price book"`
	Lines        []Line     `json:"lines"`
	Answered     bool       `json:"answered" doc:"for the project as a whole, or for each of its communities"`
	AmountYuan   float64    `json:"amount_yuan"`
}

// Equal is an item of another plan.
type Equal struct {
	Policy       string `json:"policy"`
	PolicyTitle  string `json:"policy_title"`
	No           int    `json:"no"`
	Name         string `json:"name"`
	CategoryName string `json:"category_name"`
}

// Kinds of evidence.
const (
	ByCheck    = "check"    // what was seen on the ground
	ByCoverage = "coverage" // a coverage run
	ByFact     = "fact"     // what the register says is missing
)

// Whether evidence speaks for an item.
const (
	For     = "for"
	Against = "against"
	Open    = "open" // something has to be found out first
)

// Evidence is something that speaks for an item or against it.
type Evidence struct {
	Kind      string `json:"kind" enum:"check,coverage,fact"`
	Speaks    string `json:"speaks" enum:"for,against,open"`
	Community string `json:"community_code"`
	Name      string `json:"community_name"`
	Facility  string `json:"facility_type" doc:"of a coverage run"`
	Run       string `json:"run" doc:"id of the coverage run"`
	Text      string `json:"text" doc:"a sentence"`
	Clause    string `json:"clause" doc:"where a clause makes it count"`

	beyond bool // whether something else reaches
}

// Answers to an item.
const (
	Do        = "do"
	NotNeeded = "not_needed"
	Cannot    = "cannot"
)

// LineDraft is the answer to an item, for the project as a whole or for one of
// its communities.
type LineDraft struct {
	ItemNo    int      `json:"item_no" minimum:"1" maximum:"1000"`
	Community string   `json:"community_code,omitempty" maxLength:"100" doc:"empty: the project as a whole"`
	Answer    string   `json:"answer" enum:"do,not_needed,cannot"`
	Reason    string   `json:"reason,omitempty" maxLength:"500" doc:"why it is not done"`
	Quantity  *float64 `json:"quantity,omitempty" nullable:"true" minimum:"0" maximum:"99999999999"`
	Unit      string   `json:"unit,omitempty" maxLength:"20"`
	PriceYuan *float64 `json:"price_yuan,omitempty" nullable:"true" minimum:"0" maximum:"999999999999" doc:"per unit"`
	Note      string   `json:"note,omitempty" maxLength:"500"`
}

// Line is a kept answer.
type Line struct {
	LineDraft
	CommunityName string    `json:"community_name"`
	PolicyKey     string    `json:"policy_key"`
	AmountYuan    *float64  `json:"amount_yuan" doc:"quantity × price; null where one is missing"`
	By            string    `json:"by"`
	At            time.Time `json:"at"`
}

// Must says which of the items that have to be answered are not.
type Must struct {
	Clause   string `json:"clause"`
	Text     string `json:"text"`
	Items    int    `json:"items"`
	Answered int    `json:"answered"`
	Missing  []int  `json:"missing" doc:"numbers"`
	Complete bool   `json:"complete"`
}

// Warning is something to look at; it stops nothing.
type Warning struct {
	Kind   string `json:"kind" enum:"together,unpriced,outdated,contradicts,over,unsettled,apportionment"`
	Items  []int  `json:"items"`
	Text   string `json:"text"`
	Clause string `json:"clause"`
}

// Totals are sums of what is done, by the taxonomies of the plans.
type Totals struct {
	Categories []Total      `json:"categories"`
	Natures    []Total      `json:"natures"`
	Others     []OtherTotal `json:"others" doc:"by the categories of the other plans, for those items that have an equal there"`
}

// Total is the sum of one class.
type Total struct {
	Key        string  `json:"key"`
	Name       string  `json:"name"`
	Items      int     `json:"items" doc:"of the catalogue"`
	Done       int     `json:"done" doc:"items to be done"`
	AmountYuan float64 `json:"amount_yuan"`
}

// OtherTotal are sums by another plan's categories.
type OtherTotal struct {
	Policy      string  `json:"policy"`
	PolicyTitle string  `json:"policy_title"`
	Categories  []Total `json:"categories"`
}
