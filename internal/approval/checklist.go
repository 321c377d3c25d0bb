package approval

import (
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/policy"
)

// checklist makes the steps of a project: the tasks of the policy's procedure in
// their order, the decision tables where the approvals stand.
func checklist(p *policy.Policy, route policy.Route) []Step {
	var steps []Step
	placed := false
	for _, t := range p.Tasks() {
		if t.Kind == policy.TaskApprovals {
			steps, placed = append(steps, ofTables(route)...), true
			continue
		}
		kind := "task"
		if t.Kind == policy.TaskReview {
			kind = "review"
		}
		steps = append(steps, Step{
			Key: t.Key, Kind: kind, Name: t.Name, Need: policy.Required, Outcome: t.Note, Clause: t.Place(),
			Department: strings.Join(t.Departments, "、"), Assumed: t.AssumedActor, Milestone: t.Milestone,
		})
	}
	if !placed {
		steps = append(steps, ofTables(route)...)
	}
	for i := range steps {
		steps[i].Place = i + 1
	}
	return steps
}

func ofTables(route policy.Route) []Step {
	steps := make([]Step, 0, len(route.Tables))
	for _, t := range route.Tables {
		steps = append(steps, Step{
			Key: t.Key, Kind: "table", Name: t.Name, Need: t.Need, Outcome: t.Outcome, Clause: t.Clause,
			Department: strings.Join(t.Departments, "、"), Assumed: t.AssumedActor,
		})
	}
	return steps
}

// follow carries what people entered from an old checklist over to a new one.
// What was done and is no longer needed stays and says so; what comes into a
// checklist that was begun says that it is new.
func follow(old, fresh []Step) []Step {
	before, begun := map[string]Step{}, false
	for _, s := range old {
		before[s.Key] = s
		begun = begun || s.done()
	}
	for i := range fresh {
		was, known := before[fresh[i].Key]
		delete(before, fresh[i].Key)
		if known {
			fresh[i].keep(was)
		} else if begun && fresh[i].active() {
			fresh[i].Change = Added
		}
	}
	for _, s := range old { // what the policy no longer has
		if _, gone := before[s.Key]; gone && s.done() {
			s.Need, s.Change, s.Place = policy.Exempt, Dropped, len(fresh)+1
			fresh = append(fresh, s)
		}
	}
	for i := range fresh {
		if was, known := find(old, fresh[i].Key); known && begun && fresh[i].Change == Unchanged {
			fresh[i].Change = changeOf(was, fresh[i])
		}
	}
	return fresh
}

// done tells whether something was done about a step.
func (s Step) done() bool { return s.DoneOn != nil || s.DocumentNo != "" }

// keep takes what people entered about the step before.
func (s *Step) keep(was Step) {
	if was.DepartmentSet {
		s.Department, s.DepartmentSet, s.Assumed = was.Department, true, false
	}
	s.Days, s.DueOn, s.DoneOn = was.Days, was.DueOn, was.DoneOn
	s.DocumentNo, s.Note = was.DocumentNo, was.Note
}

func changeOf(was, is Step) Change {
	switch {
	case is.Need == policy.Exempt && is.done() && (was.Need != policy.Exempt || was.Change == Dropped):
		return Dropped
	case is.Need != policy.Exempt && !is.done() && (was.Need == policy.Exempt || was.Change == Added):
		return Added
	}
	return Unchanged
}

func find(steps []Step, key string) (Step, bool) {
	for _, s := range steps {
		if s.Key == key {
			return s, true
		}
	}
	return Step{}, false
}

// sameRoute tells whether two checklists ask for the same.
func sameRoute(a, b []Step) bool {
	live := 0
	for _, s := range a {
		t, ok := find(b, s.Key)
		if s.Change == Dropped && !ok {
			continue
		}
		if !ok || s.Need != t.Need || s.Outcome != t.Outcome {
			return false
		}
		live++
	}
	return live == len(b)
}

// schedule gives every step with allowed days its due date: that many days after
// the active step before it was done, or is due; the first counts from start.
func schedule(start *string, steps []Step) {
	base := start
	for i := range steps {
		s := &steps[i]
		if !s.active() {
			if s.Days != nil {
				s.DueOn = nil
			}
			continue
		}
		if s.Days != nil {
			s.DueOn = daysAfter(base, *s.Days)
		}
		switch {
		case s.DoneOn != nil:
			base = s.DoneOn
		case s.DueOn != nil:
			base = s.DueOn
		}
	}
}

const day = 24 * time.Hour

func daysAfter(from *string, days int) *string {
	if from == nil {
		return nil
	}
	t, err := time.Parse(time.DateOnly, *from)
	if err != nil {
		return nil
	}
	on := t.AddDate(0, 0, days).Format(time.DateOnly)
	return &on
}

// withDeadlines gives the steps that the policy sets a deadline for their due
// date, and every open step the days that are left.
func withDeadlines(c policy.Choice, steps []Step, today time.Time) {
	for _, t := range c.Policy.Tasks() {
		if t.Deadline == "" {
			continue
		}
		from, _ := find(steps, t.DeadlineFrom)
		for i := range steps {
			if steps[i].Key == t.Key {
				steps[i].DueOn, steps[i].DueClause = deadline(c, t, from)
			}
		}
	}
	for i := range steps {
		steps[i].count(today)
	}
}

func (s *Step) count(today time.Time) {
	s.DaysLeft = nil
	if s.DueOn == nil || s.DoneOn != nil || !s.active() {
		return
	}
	due, err := time.Parse(time.DateOnly, *s.DueOn)
	if err != nil {
		return
	}
	on := time.Date(today.Year(), today.Month(), today.Day(), 0, 0, 0, 0, time.UTC)
	left := int(due.Sub(on) / day)
	s.DaysLeft = &left
}
