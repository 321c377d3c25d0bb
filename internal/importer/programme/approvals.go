package programme

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// step is one of a project's checklist.
type step struct {
	p                                      *project
	key, kind, name, need, outcome, clause string
	place                                  int
	department, milestone, document        string
	due, done                              *time.Time
}

// writeApprovals gives the projects of a year's programme their checklist: what
// lies behind them done, what lies before them due, and some of it late.
func (in *inventor) writeApprovals(ctx context.Context, tx pgx.Tx) error {
	var begun []*project
	var steps []step
	for _, p := range in.projects {
		if p.begun() {
			begun = append(begun, p)
			steps = append(steps, in.steps(p)...)
		}
	}
	in.made.Steps = len(steps)
	err := write(ctx, tx, "approval", []string{"project_id", "inputs", "policy", "by"}, begun, func(p *project) []any {
		return []any{p.id, in.inputs(p), in.Policy.ID(), by}
	})
	if err != nil {
		return err
	}
	err = write(ctx, tx, "approval_step", []string{
		"project_id", "key", "kind", "place", "name", "need", "outcome", "clause", "department", "milestone", "due_on", "done_on", "document_no",
	}, steps, func(s step) []any {
		return []any{s.p.id, s.key, s.kind, s.place, s.name, s.need, s.outcome, s.clause, s.department, s.milestone, s.due, s.done, s.document}
	})
	if err != nil {
		return err
	}
	return in.writeOpinions(ctx, tx, begun)
}

// inputs are what the approval of a project is decided by.
func (in *inventor) inputs(p *project) map[string]any {
	all := map[string]any{
		"total_investment_wan": float64(p.cost/1e4) / 100, "works_investment_wan": float64(p.cost/1.2e4) / 100,
		"independent_infrastructure": false, "new_construction_land": false, "independent_land": false, "land_right_change": false,
		"structure_change": false, "added_floor_area_m2": 0, "construction_kind": "alter", "risks": []any{}, "commitment_system": true,
		"changes_fire_lane": false, "affects_evacuation": false, "affects_neighbours": false,
		"low_risk": true, "affects_sunlight_or_green": false, "idle_building_reuse": p.id%5 == 0,
		"planning_works": []any{"site_facilities", "landscape"}, "changes_registered_use": false, "own_land": true,
		"partial_rebuild": false, "heritage": false, "freed_space": p.id%4 == 0, "elevator": p.id%3 == 0,
		"road_excavation": p.id%2 == 0, "parking": p.id%2 == 1,
	}
	inputs := map[string]any{}
	for _, q := range in.Policy.ApprovalInputs {
		if v, known := all[q.Key]; known {
			inputs[q.Key] = v
		}
	}
	return inputs
}

// steps are the procedure of the plan with its decision tables, as far as the
// project has come.
func (in *inventor) steps(p *project) []step {
	steps := in.checklist(p)
	behind := -1 // the last step that is done
	for i, s := range steps {
		if _, reached := p.milestones[s.milestone]; reached {
			behind = i
		}
	}
	if behind < 0 && p.stage >= preparing {
		behind = min(1, len(steps)-1)
		if p.stage > preparing {
			behind = len(steps) * 2 / 3
		}
	}
	start := time.Date(in.today.Year()+p.year, 1, in.between(8, 28), 0, 0, 0, 0, time.UTC)
	next := in.today.AddDate(0, 0, in.between(-25, 40))
	for i := range steps {
		s := &steps[i]
		s.p, s.place = p, i+1
		if s.need == string(policy.Exempt) {
			continue
		}
		if i > behind {
			due := next
			s.due, next = &due, next.AddDate(0, 0, in.between(15, 40))
			continue
		}
		due := start.AddDate(0, 0, 20*(i+1))
		if s.due = &due; s.milestone != "" {
			continue // its day is the milestone's
		}
		on := due.AddDate(0, 0, -in.between(0, 12))
		if on.After(in.today) {
			on = in.daysAgo(in.between(1, 20))
		}
		s.done, s.document = &on, fmt.Sprintf("演示〔%d〕%d号", on.Year(), in.between(10, 180))
	}
	return steps
}

// checklist is what the plan asks of a project.
func (in *inventor) checklist(p *project) []step {
	var steps []step
	tasks := in.Policy.Tasks()
	if len(tasks) == 0 { // a plan whose procedure is in words only
		for _, s := range in.Policy.Procedure {
			tasks = append(tasks, policy.StepTask{Task: policy.Task{Key: fmt.Sprintf("step-%d", s.No), Name: s.Name}, Step: s})
		}
	}
	for _, t := range tasks {
		if t.Kind == policy.TaskApprovals {
			for _, table := range (policy.Choice{Policy: in.Policy}).Route(in.inputs(p)).Tables {
				steps = append(steps, step{
					key: table.Key, kind: "table", name: table.Name, need: string(table.Need), outcome: table.Outcome, clause: table.Clause,
					department: strings.Join(table.Departments, "、"),
				})
			}
			continue
		}
		kind := "task"
		if t.Kind == policy.TaskReview {
			kind = "review"
		}
		steps = append(steps, step{
			key: t.Key, kind: kind, name: t.Name, need: string(policy.Required), outcome: t.Note, clause: t.Place(),
			department: strings.Join(t.Departments, "、"), milestone: t.Milestone,
		})
	}
	return steps
}

// reviewer is the department of the plan's joint review whose name holds one of
// the words, else the first word with 部门 behind it.
func (in *inventor) reviewer(names ...string) string {
	for _, t := range in.Policy.Tasks() {
		for _, d := range t.Departments {
			if t.Kind == policy.TaskReview && slices.ContainsFunc(names, func(n string) bool { return strings.Contains(d, n) }) {
				return d
			}
		}
	}
	return names[0] + "部门"
}

// writeOpinions lets a review say what is wrong, some of it at a place.
func (in *inventor) writeOpinions(ctx context.Context, tx pgx.Tx, begun []*project) error {
	type opinion struct {
		id                        uuid.UUID
		p                         *project
		department, verdict, text string
		at                        *orb.Point
		resolved                  *string
	}
	said := []struct{ department, verdict, text string }{
		{in.reviewer("城市管理", "城管"), "agree_if", "道路开挖须与雨污管网同步实施，恢复路面后验收"},
		{in.reviewer("规划自然资源"), "object", "拟建停车位占用消防登高场地，请调整"},
		{in.reviewer("财政"), "agree", ""},
		{in.reviewer("住房城乡建设"), "agree_if", "消防车道净宽不足，请拓宽转弯处"},
	}
	var opinions []opinion
	for i, p := range begun {
		if p.stage == unbegun {
			continue
		}
		for k := range 1 + i%2 {
			s := said[(i+k)%len(said)]
			o := opinion{id: in.id(), p: p, department: s.department, verdict: s.verdict, text: s.text}
			if s.verdict != "agree" {
				o.at = p.towns[0].at
				if p.stage > preparing || in.chance(0.3) {
					answer := "已按意见修改方案"
					o.resolved = &answer
				}
			}
			opinions = append(opinions, o)
		}
	}
	in.made.Opinions = len(opinions)
	for _, o := range opinions {
		var at any
		if o.at != nil {
			at = postgis.Geom{Geometry: *o.at}
		}
		_, err := tx.Exec(ctx, `
			insert into review_opinion (id, project_id, department, verdict, text, location, resolved, by, at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
			o.id, o.p.id, o.department, o.verdict, o.text, at, o.resolved, by, in.today)
		if err != nil {
			return fmt.Errorf("write an opinion: %w", err)
		}
	}
	return nil
}
