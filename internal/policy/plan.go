package policy

// Term is a key with its Chinese name.
type Term struct {
	Key    string `json:"key" yaml:"key"`
	Name   string `json:"name" yaml:"name"`
	Clause string `json:"clause" yaml:"clause"`
	Text   string `json:"text,omitempty" yaml:"text"`
	Fact   string `json:"fact,omitempty" yaml:"fact"` // of items: the fact of a community that a missing one belongs to
}

// Target is a figure or a state that the document sets for a date.
type Target struct {
	ID      string   `json:"id" yaml:"id"`
	Clause  string   `json:"clause" yaml:"clause"`
	By      string   `json:"by" yaml:"by"`                       // YYYY or YYYY-MM-DD
	Metric  string   `json:"metric" yaml:"metric"`               // completed | started | launched | demonstration | state
	Count   *int     `json:"count" yaml:"count"`                 // 个; nil: not given
	AreaWan *float64 `json:"area_wan" yaml:"area_wan"`           // 万平方米; nil: not given
	BuiltTo *int     `json:"built_to,omitempty" yaml:"built_to"` // last built year that the target speaks of
	Places  []string `json:"places,omitempty" yaml:"places"`     // subdistricts by name
	Text    string   `json:"text" yaml:"text"`
	SeeAlso []string `json:"see_also,omitempty" yaml:"see_also"` // ambiguities
	// LinkedTo is a target that may speak of the same communities; LinkParam says
	// whether the district reads it so.
	LinkedTo  string `json:"linked_to,omitempty" yaml:"linked_to"`
	LinkParam string `json:"link_parameter,omitempty" yaml:"link_parameter"`
}

// ProjectLibrary is one of the libraries that projects are entered in (项目库).
type ProjectLibrary struct {
	Key        string             `json:"key" yaml:"key"` // comprehensive | management
	Route      string             `json:"route" yaml:"route"`
	Name       string             `json:"name" yaml:"name"`
	Clause     string             `json:"clause" yaml:"clause"`
	Conditions []LibraryCondition `json:"conditions" yaml:"conditions"` // all must hold
	Applicant  string             `json:"applicant" yaml:"applicant"`
	Acceptor   string             `json:"acceptor" yaml:"acceptor"`
	Priority   string             `json:"priority" yaml:"priority"`
	Rules      []string           `json:"rules" yaml:"rules"`
	First      PriorityRule       `json:"first" yaml:"first"` // which of its projects come first
}

// LibraryCondition is one thing that must hold before a project enters a library.
type LibraryCondition struct {
	Key      string `json:"key" yaml:"key"` // e.g. cost_share
	Text     string `json:"text" yaml:"text"`
	Clause   string `json:"clause" yaml:"clause"`
	Evidence string `json:"evidence" yaml:"evidence"` // survey: counts; readiness: what residents decided, entered by hand; management: the same, and the recorded management modes
}

// Item is a line of the catalogue of works (改造内容).
type Item struct {
	No         int      `json:"no" yaml:"no"`
	Numbered   bool     `json:"numbered" yaml:"numbered"` // the document itself prints the number
	Name       string   `json:"name" yaml:"name"`
	Category   string   `json:"category" yaml:"category"`
	Nature     string   `json:"nature" yaml:"nature"`
	Clause     string   `json:"clause" yaml:"clause"`
	Content    string   `json:"content,omitempty" yaml:"content"`
	Standard   string   `json:"standard,omitempty" yaml:"standard"`
	Mappable   bool     `json:"mappable" yaml:"mappable"`               // a place on the map that coverage can test
	GapTrigger bool     `json:"gap_trigger" yaml:"gap_trigger"`         // asked for only where coverage shows a gap
	Facilities []string `json:"facilities,omitempty" yaml:"facilities"` // facility types
	Equals     []string `json:"equals,omitempty" yaml:"equals"`         // items of other policies, e.g. wansheng-2020#1; our choice, not the document's
	Note       string   `json:"note,omitempty" yaml:"note"`
}

// CheckGroup is a group of the management improvement standard (管理提升).
type CheckGroup struct {
	No     int      `json:"no" yaml:"no"`
	Key    string   `json:"key" yaml:"key"`
	Name   string   `json:"name" yaml:"name"`
	Clause string   `json:"clause" yaml:"clause"`
	Count  int      `json:"count" yaml:"count"` // checks that the document counts
	Checks []string `json:"checks" yaml:"checks"`
	Fields []string `json:"fields,omitempty" yaml:"fields"` // of the public notice board
}

// Mode is a way to manage a community after renovation; each has exactly one.
type Mode struct {
	Key       string `json:"key" yaml:"key"` // professional | service_centre | self_managed
	Name      string `json:"name" yaml:"name"`
	Clause    string `json:"clause" yaml:"clause"`
	Condition string `json:"condition" yaml:"condition"`
}

// Survey says how residents are asked and what lets a project start.
type Survey struct {
	Clause       string   `json:"clause" yaml:"clause"`
	By           string   `json:"by" yaml:"by"`
	Means        []string `json:"means" yaml:"means"`
	StartRule    string   `json:"start_rule" yaml:"start_rule"`
	ShareParam   string   `json:"share_parameter" yaml:"share_parameter"`
	BasisParam   string   `json:"basis_parameter" yaml:"basis_parameter"`
	PersonalData []string `json:"personal_data" yaml:"personal_data"` // never stored, mapped or exported
	Note         string   `json:"note,omitempty" yaml:"note"`
}

// Step is a step of the procedure.
type Step struct {
	No     int      `json:"no" yaml:"no"`
	Name   string   `json:"name" yaml:"name"`
	Clause string   `json:"clause" yaml:"clause"`
	Rules  []string `json:"rules" yaml:"rules"`
	Tasks  []Task   `json:"tasks,omitempty" yaml:"tasks"` // what it puts on a project's checklist
}

// Actor is a body with duties.
type Actor struct {
	Key    string   `json:"key" yaml:"key"`
	Name   string   `json:"name" yaml:"name"`
	Clause string   `json:"clause" yaml:"clause"`
	Duties []string `json:"duties" yaml:"duties"`
	Bodies []string `json:"bodies,omitempty" yaml:"bodies"` // where one line names several
	Role   string   `json:"role,omitempty" yaml:"role"`     // of its accounts; "" has none
	Reach  string   `json:"reach,omitempty" yaml:"reach"`   // district | subdistrict | zone
	Tasks  []string `json:"tasks,omitempty" yaml:"tasks"`   // what it does in the product; see actorTasks
}

// Date is a deadline: on a date, on a day of each month, or some days after an
// event.
type Date struct {
	Key        string `json:"key" yaml:"key"`
	Name       string `json:"name" yaml:"name"`
	Clause     string `json:"clause" yaml:"clause"`
	On         string `json:"on,omitempty" yaml:"on"` // YYYY-MM-DD
	DayOfMonth *int   `json:"day_of_month,omitempty" yaml:"day_of_month"`
	Days       *int   `json:"days,omitempty" yaml:"days"`
	After      string `json:"after,omitempty" yaml:"after"`
	From       string `json:"from,omitempty" yaml:"from"` // who reports
	To         string `json:"to,omitempty" yaml:"to"`     // to whom
	Parameter  string `json:"parameter,omitempty" yaml:"parameter"`
	Text       string `json:"text,omitempty" yaml:"text"`
	// KindParameter says whether Days are calendar or working days.
	KindParameter string `json:"kind_parameter,omitempty" yaml:"kind_parameter"`
}

// Fund is a source of money (资金渠道).
type Fund struct {
	Key    string   `json:"key" yaml:"key"`
	Name   string   `json:"name" yaml:"name"`
	Clause string   `json:"clause" yaml:"clause"`
	Means  []string `json:"means" yaml:"means"`
	Rules  []string `json:"rules,omitempty" yaml:"rules"`
}

// ApprovalInput is a fact of a project that the approval tables ask for.
type ApprovalInput struct {
	Key    string   `json:"key" yaml:"key"`
	Name   string   `json:"name" yaml:"name"`
	Type   string   `json:"type" yaml:"type"` // number | boolean | choice | set
	Unit   string   `json:"unit,omitempty" yaml:"unit"`
	Values []string `json:"values,omitempty" yaml:"values"`
	Names  []string `json:"names,omitempty" yaml:"names"` // of the values, for people
	Note   string   `json:"note,omitempty" yaml:"note"`
	// OnlyIf is what has to be so for the question to arise at all.
	OnlyIf *OnlyIf `json:"only_if,omitempty" yaml:"only_if"`
	// AtMost is the key of the number of which this one is a part.
	AtMost string `json:"-" yaml:"at_most"`
}

// OnlyIf is a yes-or-no input with the answer after which another question arises.
type OnlyIf struct {
	Input string `json:"input" yaml:"input"`
	Value bool   `json:"value" yaml:"value"`
}

// Approval is one decision table; the rows are independent.
type Approval struct {
	Key          string        `json:"key" yaml:"key"`
	Name         string        `json:"name" yaml:"name"`
	Clause       string        `json:"clause" yaml:"clause"`
	Procedure    string        `json:"procedure,omitempty" yaml:"procedure"`         // what is asked for where no row spares it
	Otherwise    Need          `json:"otherwise,omitempty" yaml:"otherwise"`         // need where no row applies; "" is required
	Cases        string        `json:"cases,omitempty" yaml:"cases"`                 // a set input: every value in it needs a row of its own that applies
	Departments  []string      `json:"departments,omitempty" yaml:"departments"`     // who decides
	AssumedActor bool          `json:"assumed_actor,omitempty" yaml:"assumed_actor"` // the document does not name them; a default of the product
	Rows         []ApprovalRow `json:"rows" yaml:"rows"`
}

// ApprovalRow says what follows when the conditions hold.
type ApprovalRow struct {
	Join      string      `json:"join,omitempty" yaml:"join"` // all | any; how the conditions combine
	JoinParam string      `json:"join_parameter,omitempty" yaml:"join_parameter"`
	When      []Condition `json:"when,omitempty" yaml:"when"`       // none: always
	Require   []Condition `json:"require,omitempty" yaml:"require"` // must hold besides, whatever the join
	Unless    []Condition `json:"unless,omitempty" yaml:"unless"`
	Text      string      `json:"text" yaml:"text"` // the condition in the document's words
	Outcome   string      `json:"outcome" yaml:"outcome"`
	Need      Need        `json:"need,omitempty" yaml:"need"`         // required | exempt; "" only informs
	Case      string      `json:"case,omitempty" yaml:"case"`         // the value of the table's cases that the row is about
	SeeAlso   []string    `json:"see_also,omitempty" yaml:"see_also"` // ambiguities
}

// Condition compares one input.
type Condition struct {
	Input    string `json:"input" yaml:"input"`
	Op       string `json:"op" yaml:"op"` // eq | ne | lt | le | gt | ge | in | has
	Value    any    `json:"value" yaml:"value"`
	Boundary string `json:"boundary_parameter,omitempty" yaml:"boundary_parameter"` // says whether lt means le
}

// Provision is a rule in words.
type Provision struct {
	Clause string `json:"clause" yaml:"clause"`
	Topic  string `json:"topic" yaml:"topic"`
	Text   string `json:"text" yaml:"text"`
}

// Form is a printed form of the document, its words copied exactly.
type Form struct {
	Key     string       `json:"key" yaml:"key"`
	Title   string       `json:"title" yaml:"title"`
	Clause  string       `json:"clause" yaml:"clause"`
	Header  []string     `json:"header" yaml:"header"`
	Blocks  []FormBlock  `json:"blocks,omitempty" yaml:"blocks"`
	Columns []FormColumn `json:"columns,omitempty" yaml:"columns"`
	Rows    string       `json:"rows,omitempty" yaml:"rows"`
	Footer  []string     `json:"footer,omitempty" yaml:"footer"`
	Notes   []string     `json:"notes,omitempty" yaml:"notes"`
	Checks  []string     `json:"checks,omitempty" yaml:"checks"`   // validation that follows from the notes
	SameAs  string       `json:"same_as,omitempty" yaml:"same_as"` // form with the same header and columns
}

// FormBlock is a titled block of fields.
type FormBlock struct {
	Title  string   `json:"title" yaml:"title"`
	Fields []string `json:"fields" yaml:"fields"`
}

// FormColumn is a leaf column with the headers above it.
type FormColumn struct {
	Path []string `json:"path,omitempty" yaml:"path"`
	Name string   `json:"name" yaml:"name"`
	Unit string   `json:"unit,omitempty" yaml:"unit"`
	Key  string   `json:"key,omitempty" yaml:"key"`
}
