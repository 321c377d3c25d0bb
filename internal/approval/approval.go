package approval

import (
	"time"

	"github.com/google/uuid"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/policy"
)

// File is the approval of a project: what it is decided by, what the tables say
// and the checklist that follows.
type File struct {
	Project   string                 `json:"project" doc:"code"`
	Asked     []policy.ApprovalInput `json:"asked" doc:"what the district's policy asks for"`
	Inputs    map[string]any         `json:"inputs" doc:"by the keys of what is asked; before the first save what is known of the project"`
	Known     []Known                `json:"known" doc:"values that other parts of the product know"`
	StartOn   *string                `json:"start_on" format:"date" doc:"the day from which allowed days count"`
	DecidedBy string                 `json:"decided_by" doc:"policy key@version of the last save; empty before it"`
	Outdated  bool                   `json:"outdated" doc:"the policy or its readings have changed since, and the checklist would be another"`
	Route     policy.Route           `json:"route" doc:"by the policy and its readings as they are now"`
	Doubts    []policy.Ambiguity     `json:"doubts" doc:"the ambiguities that the tables touch"`
	Steps     []Step                 `json:"steps"`
	Review    Review                 `json:"review"`
	Version   int                    `json:"version" doc:"0: never saved"`
	By        string                 `json:"by"`
	At        *time.Time             `json:"at"`
}

// Known is a value of an input that another part of the product knows.
type Known struct {
	Input  string  `json:"input"`
	Value  float64 `json:"value"`
	Source string  `json:"source" enum:"cost,estimate" doc:"cost: sum of the works; estimate: 预计投资额 of the project"`
}

// Change says what a new route did to a step that stood in the checklist.
type Change string

// The changes: a step that came into a checklist that had been begun, one that
// was done and is no longer needed.
const (
	Unchanged Change = ""
	Added     Change = "new"
	Dropped   Change = "dropped"
)

// Step is a line of a project's checklist.
type Step struct {
	Key           string      `json:"key"`
	Kind          string      `json:"kind" enum:"task,table,review" doc:"table: of a decision table; review: the joint review"`
	Place         int         `json:"place"`
	Name          string      `json:"name"`
	Need          policy.Need `json:"need" enum:"required,exempt,check,unknown"`
	Outcome       string      `json:"outcome"`
	Clause        string      `json:"clause"`
	Department    string      `json:"department"`
	DepartmentSet bool        `json:"department_set" doc:"by hand"`
	Assumed       bool        `json:"assumed" doc:"the policy does not name the department; a default of the product"`
	Milestone     string      `json:"milestone" doc:"of the project's progress that does it; empty: done_on is entered here"`
	Days          *int        `json:"days" doc:"allowed after the step before; due_on follows from it"`
	DueOn         *string     `json:"due_on" format:"date"`
	DueClause     string      `json:"due_clause" doc:"of the policy's deadline that due_on follows from, in words; empty: days or by hand"`
	DoneOn        *string     `json:"done_on" format:"date"`
	DocumentNo    string      `json:"document_no"`
	Note          string      `json:"note"`
	Change        Change      `json:"change" enum:",new,dropped"`
	DaysLeft      *int        `json:"days_left" doc:"until due_on while it is not done; negative: late"`
}

// active tells whether the step is still to be gone through at all.
func (s Step) active() bool { return s.Need != policy.Exempt && s.Change != Dropped }

// StepEdit is what a person enters about a step; what is omitted stays.
type StepEdit struct {
	Key        string  `json:"key" maxLength:"60"`
	Department *string `json:"department,omitempty" maxLength:"200" doc:"empty: the policy's"`
	Days       *int    `json:"days,omitempty" minimum:"-1" maximum:"3650" doc:"-1: none; due_on is by hand then"`
	DueOn      *string `json:"due_on,omitempty" maxLength:"10" doc:"YYYY-MM-DD; empty: none"`
	DoneOn     *string `json:"done_on,omitempty" maxLength:"10" doc:"YYYY-MM-DD; empty: not done"`
	DocumentNo *string `json:"document_no,omitempty" maxLength:"100"`
	Note       *string `json:"note,omitempty" maxLength:"1000"`
}

// Review is where the joint review of a project stands.
type Review struct {
	Departments []DepartmentView `json:"departments" doc:"those that the policy calls, then others that spoke"`
	Open        int              `json:"open" doc:"conditions and objections that are not answered"`
	Objections  int              `json:"objections" doc:"objections among them"`
}

// DepartmentView is what a department says in the joint review.
type DepartmentView struct {
	Name    string  `json:"name"`
	Called  bool    `json:"called" doc:"named by the policy"`
	Verdict *string `json:"verdict" enum:"agree,agree_if,object" doc:"the sternest that is open, else the latest; null: has not spoken"`
	Open    int     `json:"open"`
}

// Opinion is one of the joint review (联合审查).
type Opinion struct {
	ID          uuid.UUID  `json:"id"`
	Project     string     `json:"project" doc:"code"`
	ProjectName string     `json:"project_name"`
	Department  string     `json:"department"`
	Verdict     string     `json:"verdict" enum:"agree,agree_if,object"`
	Text        string     `json:"text"`
	Location    *orb.Point `json:"location" doc:"what it is about; null: the project as a whole"`
	Resolved    *string    `json:"resolved" doc:"how it was answered; null: open"`
	By          string     `json:"by"`
	At          time.Time  `json:"at"`
	Version     int        `json:"version"`
}

// OpinionDraft is what a person writes down of an opinion.
type OpinionDraft struct {
	Department string     `json:"department" minLength:"1" maxLength:"100"`
	Verdict    string     `json:"verdict" enum:"agree,agree_if,object"`
	Text       string     `json:"text" maxLength:"2000"`
	Location   *orb.Point `json:"location,omitempty" doc:"longitude, latitude"`
	Resolved   string     `json:"resolved,omitempty" maxLength:"2000" doc:"how it was answered; empty: open"`
}

// InvalidError says which field of an approval cannot be. Detail is a sentence
// for people.
type InvalidError struct{ Field, Detail string }

func (e *InvalidError) Error() string { return "approval, " + e.Field + ": " + e.Detail }
