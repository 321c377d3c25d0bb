package dashboard

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
)

// shownTasks is how many things a task lists; all are counted.
const shownTasks = 20

// Tasks is what a person has to do now, by role and scope.
type Tasks struct {
	Role     string        `json:"role" enum:"administrator,planner,officer,contractor,viewer"`
	Today    string        `json:"today" format:"date"`
	Sentence string        `json:"sentence" doc:"the list in one sentence"`
	Tasks    []Task        `json:"tasks"`
	Duties   []policy.Duty `json:"duties" doc:"what the plan asks of this role"`
}

// Task is one kind of thing to do.
type Task struct {
	Kind   string     `json:"kind" enum:"survey,survey_none,accept,check,report,report_returned,confirm,roll_up,filing,step,opinion,milestone,stray"`
	Whose  string     `json:"whose" enum:"own,subdistricts" doc:"subdistricts: theirs to do; shown to the bureau, which sees all"`
	Tab    string     `json:"tab" enum:"board,projects,surveys,money,approvals,months,policy" doc:"where it is done"`
	Count  int        `json:"count"`
	Late   int        `json:"late" doc:"of them"`
	DueOn  *string    `json:"due_on" format:"date" doc:"the next date"`
	Text   string     `json:"text" doc:"in words, e.g. 3 个征求意见待完成"`
	Clause string     `json:"clause"`
	Items  []TaskItem `json:"items" doc:"the most urgent ones first, at most 20"`

	phrase string
}

// TaskItem is one thing to do.
type TaskItem struct {
	Kind  string  `json:"kind" enum:"community,project,subdistrict"`
	Code  string  `json:"code"`
	Name  string  `json:"name"`
	DueOn *string `json:"due_on" format:"date"`
	Late  bool    `json:"late"`
	Note  string  `json:"note"`
}

// thing is a TaskItem as it is read.
type thing struct {
	Code, Name, Note string
	DueOn            *time.Time
}

// Tasks lists what the person has to do in a district.
func (s *Store) Tasks(ctx context.Context, p account.Person, district string) (Tasks, error) {
	t := Tasks{Role: string(p.Role), Tasks: []Task{}}
	err := s.read(ctx, p.Scope, district, func(r *reading) error {
		r.counts = p.Holds(account.SeeCounts)
		t.Today = r.today.Format(dateForm)
		role := p.Role
		if role == account.Administrator {
			role = account.Planner // who may do everything does the bureau's work
		}
		t.Duties = r.choice.Duties(string(role))
		var finders []finder
		switch {
		case p.Holds(account.DecideProgram):
			finders = append(own(bureau), theirs(subdistrict)...)
		case p.Holds(account.EditProgram):
			finders = own(subdistrict)
		case p.Holds(account.FillProgress):
			finders = own(contractor)
		}
		for _, f := range finders {
			task, err := f.find(ctx, r)
			if err != nil {
				return fmt.Errorf("the tasks of %s in %s: %w", p.Name, district, err)
			}
			if task.Count > 0 {
				task.Whose = f.whose
				t.Tasks = append(t.Tasks, task)
			}
		}
		return nil
	})
	t.Sentence = sentence(t.Tasks)
	return t, err
}

type find func(context.Context, *reading) (Task, error)

type finder struct {
	find  find
	whose string
}

func own(list []find) []finder    { return finders(list, "own") }
func theirs(list []find) []finder { return finders(list, "subdistricts") }

func finders(list []find, whose string) []finder {
	found := make([]finder, 0, len(list))
	for _, f := range list {
		found = append(found, finder{f, whose})
	}
	return found
}

// Who does what: the plans' duties as far as they are work in the product.
var (
	subdistrict = []find{openSurveys, unsurveyed, toAccept, unchecked, dueReports, returnedReports}
	bureau      = []find{toConfirm, toRollUp, filings, lateStepsTask, objections, strays}
	contractor  = []find{filings, toStart, dueReports, returnedReports}
)

// sentence says the own tasks in one: 还有 3 个征求意见待完成，12月25日前应报 1 张月报。
func sentence(tasks []Task) string {
	var phrases []string
	for _, t := range tasks {
		if t.Whose == "own" && t.phrase != "" {
			phrases = append(phrases, t.phrase)
		}
	}
	if len(phrases) == 0 {
		return "目前没有待办事项"
	}
	return "还有 " + strings.Join(phrases, "，")
}

// task makes a task of things, the most urgent first.
func (r *reading) task(kind, of, tab string, things []thing, phrase string) Task {
	t := Task{Kind: kind, Tab: tab, Count: len(things), Items: []TaskItem{}, phrase: fmt.Sprintf(phrase, len(things))}
	for _, x := range things {
		item := TaskItem{Kind: of, Code: x.Code, Name: x.Name, Note: x.Note}
		if x.DueOn != nil {
			due := x.DueOn.Format(dateForm)
			item.DueOn, item.Late = &due, r.today.After(*x.DueOn)
			if item.Late {
				t.Late++
			}
			if t.DueOn == nil || due < *t.DueOn {
				t.DueOn = &due
			}
		}
		if len(t.Items) < shownTasks {
			t.Items = append(t.Items, item)
		}
	}
	t.Text = t.phrase
	return t
}
