package programme

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/postgis"
)

// step is one of a project's checklist.
type step struct {
	p                    *project
	key, name, clause    string
	place                int
	department, document string
	due, done            *time.Time
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
	err = write(ctx, tx, "approval_step", []string{"project_id", "key", "place", "name", "need", "clause", "department", "due_on", "done_on", "document_no"},
		steps, func(s step) []any {
			return []any{s.p.id, s.key, s.place, s.name, "required", s.clause, s.department, s.due, s.done, s.document}
		})
	if err != nil {
		return err
	}
	return in.writeOpinions(ctx, tx, begun)
}

func (in *inventor) inputs(p *project) json.RawMessage {
	all := map[string]any{
		"total_investment_wan": float64(p.cost) / 1e6, "works_investment_wan": float64(p.cost) / 1.2e6,
		"independent_infrastructure": false, "new_construction_land": false, "independent_land": false, "land_right_change": false,
		"structure_change": false, "added_floor_area_m2": 0, "construction_kind": "alter", "risks": []string{}, "commitment_system": true,
		"changes_fire_lane": false, "affects_evacuation": false, "affects_neighbours": false,
		"low_risk": true, "affects_sunlight_or_green": false, "idle_building_reuse": false,
	}
	inputs := map[string]any{}
	for _, q := range in.Policy.ApprovalInputs {
		if v, known := all[q.Key]; known {
			inputs[q.Key] = v
		}
	}
	raw, _ := json.Marshal(inputs) // numbers, words and booleans: cannot fail
	return raw
}

// done says how many steps of the procedure lie behind a stage.
func (s stage) done(of int) int {
	switch s {
	case idle, unbegun:
		return 0
	case preparing:
		return min(of, 2)
	case working, done:
		return max(0, of-2)
	case accepted, overdue:
		return max(0, of-1)
	}
	return of
}

func (in *inventor) steps(p *project) []step {
	behind := p.stage.done(len(in.Policy.Procedure))
	start := time.Date(in.today.Year()+p.year, 1, in.between(8, 28), 0, 0, 0, 0, time.UTC)
	steps := make([]step, 0, len(in.Policy.Procedure))
	for i, s := range in.Policy.Procedure {
		due := start.AddDate(0, 0, 40*(i+1))
		k := step{p: p, key: fmt.Sprintf("step-%d", s.No), name: s.Name, clause: s.Clause, place: i + 1, department: in.department(i), due: &due}
		if i < behind {
			on := due.AddDate(0, 0, -in.between(0, 12))
			if on.After(in.today) {
				on = in.daysAgo(in.between(1, 20))
			}
			k.done = &on
			k.document = fmt.Sprintf("演示〔%d〕%d号", on.Year(), in.between(10, 180))
		} else if due.Before(in.today) {
			due = in.today.AddDate(0, 0, in.between(-20, 70))
		}
		steps = append(steps, k)
	}
	return steps
}

func (in *inventor) department(i int) string {
	if len(in.Policy.Actors) == 0 {
		return "住房城乡建设部门"
	}
	return in.Policy.Actors[min(1+i%3, len(in.Policy.Actors)-1)].Name
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
		{"城市管理部门", "agree_if", "道路开挖须与雨污管网同步实施，恢复路面后验收"},
		{"规划自然资源部门", "object", "拟建停车位占用消防登高场地，请调整"},
		{"财政部门", "agree", ""},
		{"消防救援部门", "agree_if", "消防车道净宽不足，请拓宽转弯处"},
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
