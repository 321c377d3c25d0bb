package policy

import (
	"fmt"
	"slices"
)

// Need says whether a project has to go through a procedure.
type Need string

// The needs. Check: a figure lies exactly on a limit whose clause does not say
// whether it includes it, so that a person has to decide. Unknown: a fact that
// decides is missing.
const (
	Required  Need = "required"
	Exempt    Need = "exempt"
	Check     Need = "check"
	Undecided Need = "unknown"
)

// Task is a line of a project's checklist that a step of the procedure makes.
type Task struct {
	Key          string   `json:"key" yaml:"key"`
	Name         string   `json:"name" yaml:"name"`
	Where        string   `json:"where,omitempty" yaml:"where"` // clause, where it is not the step's
	Departments  []string `json:"departments,omitempty" yaml:"departments"`
	AssumedActor bool     `json:"assumed_actor,omitempty" yaml:"assumed_actor"` // the document does not name them
	Kind         string   `json:"kind,omitempty" yaml:"kind"`                   // approvals: the decision tables stand here; review: the joint review
	Milestone    string   `json:"milestone,omitempty" yaml:"milestone"`         // of the project's progress that does it
	Deadline     string   `json:"deadline,omitempty" yaml:"deadline"`           // key of the date that it is due by
	DeadlineFrom string   `json:"deadline_from,omitempty" yaml:"deadline_from"` // task from whose end the deadline counts
	Note         string   `json:"note,omitempty" yaml:"note"`
}

// The kinds of tasks that stand for something else.
const (
	TaskApprovals = "approvals"
	TaskReview    = "review"
)

// Contradiction are inputs that cannot go together: when all conditions hold,
// one of them has been filled in wrongly.
type Contradiction struct {
	When []Condition `json:"when" yaml:"when"`
	Text string      `json:"text" yaml:"text"`
}

// StepTask is a task of the step that it comes from.
type StepTask struct {
	Task
	Step Step
}

// Place is the clause that asks for the task.
func (t StepTask) Place() string {
	if t.Where != "" {
		return t.Where
	}
	return t.Step.Clause
}

// Tasks returns the lines that the procedure puts on a checklist, in order.
func (p *Policy) Tasks() []StepTask {
	var tasks []StepTask
	for _, step := range p.Procedure {
		for _, t := range step.Tasks {
			tasks = append(tasks, StepTask{t, step})
		}
	}
	return tasks
}

// checkRoute checks what a project's route is made from.
func (p *Policy) checkRoute(inputs map[string]ApprovalInput) error {
	tasks := p.Tasks()
	taskKeys := keys(tasks, func(t StepTask) string { return t.Key })
	if err := unique("task", taskKeys); err != nil {
		return err
	}
	for _, t := range tasks {
		err := firstError(nonEmpty("key", t.Key, "name", t.Name),
			oneOf("kind", t.Kind, "", TaskApprovals, TaskReview),
			oneOf("milestone", t.Milestone, "", "start", "works_done", "acceptance", "filing", "handover"))
		if t.Deadline != "" {
			err = firstError(err, oneOf("deadline", t.Deadline, keys(p.Dates, func(d Date) string { return d.Key })...),
				oneOf("deadline_from", t.DeadlineFrom, taskKeys...))
		}
		if slices.ContainsFunc(p.Approvals, func(a Approval) bool { return a.Key == t.Key }) {
			err = firstError(err, fmt.Errorf("a decision table has the same key"))
		}
		if err != nil {
			return fmt.Errorf("task %s: %w", t.Key, err)
		}
	}
	for _, in := range p.ApprovalInputs {
		if in.OnlyIf != nil && inputs[in.OnlyIf.Input].Type != "boolean" {
			return fmt.Errorf("approval input %s: only_if %q is no question", in.Key, in.OnlyIf.Input)
		}
	}
	for _, c := range p.Contradictions {
		err := nonEmpty("text", c.Text)
		for _, w := range c.When {
			err = firstError(err, p.checkCondition(w, inputs))
		}
		if err != nil {
			return fmt.Errorf("contradiction %q: %w", c.Text, err)
		}
	}
	for _, a := range p.Approvals {
		if err := a.checkNeeds(inputs); err != nil {
			return fmt.Errorf("approval %s: %w", a.Key, err)
		}
	}
	return nil
}

func (a Approval) checkNeeds(inputs map[string]ApprovalInput) error {
	if err := oneOf("otherwise", string(a.Otherwise), "", string(Required), string(Exempt)); err != nil {
		return err
	}
	cases, known := inputs[a.Cases]
	if a.Cases != "" && (!known || cases.Type != "set") {
		return fmt.Errorf("cases %q is no set input", a.Cases)
	}
	for i, row := range a.Rows {
		err := oneOf("need", string(row.Need), "", string(Required), string(Exempt))
		if row.Case != "" {
			err = firstError(err, oneOf("case", row.Case, cases.Values...))
		}
		if err != nil {
			return fmt.Errorf("row %d: %w", i+1, err)
		}
	}
	return nil
}
