package approval

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/program"
)

// Try says what the tables would say of other inputs. Nothing is saved.
func (s *Store) Try(ctx context.Context, scope account.Scope, district, code string, inputs map[string]any) (policy.Route, error) {
	held, err := s.projects.Find(ctx, scope, district, code)
	if err != nil {
		return policy.Route{}, err
	}
	choice, err := s.reg.Policy(ctx, held.District)
	if err != nil {
		return policy.Route{}, err
	}
	if inputs, err = s.check(ctx, s.db.Pool, held, choice.Policy, inputs); err != nil {
		return policy.Route{}, err
	}
	return choice.Route(inputs), nil
}

// Save keeps the inputs that the person saw at version (0: never saved) and
// makes the checklist anew. Errors: *InvalidError, postgis.ErrVersion,
// *account.OutsideError.
func (s *Store) Save(ctx context.Context, scope account.Scope, district, code string, version int, inputs map[string]any, start *string) (File, error) {
	return s.change(ctx, scope, district, code, version, "approval.save", func(tx *postgis.Tx, held program.Held, choice policy.Choice, f *File) error {
		checked, err := s.check(ctx, tx, held, choice.Policy, inputs)
		if err != nil {
			return err
		}
		from, fault := date("start_on", start)
		if fault != nil {
			return fault
		}
		f.Inputs, f.StartOn = checked, from
		return nil
	})
}

// SetSteps keeps what the person entered about steps, at the version that the
// person saw. Errors as of Save.
func (s *Store) SetSteps(ctx context.Context, scope account.Scope, district, code string, version int, edits []StepEdit) (File, error) {
	return s.change(ctx, scope, district, code, version, "approval.steps", func(_ *postgis.Tx, _ program.Held, choice policy.Choice, f *File) error {
		today := s.today().Format(time.DateOnly)
		fresh := checklist(choice.Policy, f.Route)
		for i, e := range edits {
			if err := e.apply(f.Steps, fresh, f.Review, today); err != nil {
				err.Field = fmt.Sprintf("steps[%d].%s", i, err.Field)
				return err
			}
		}
		return nil
	})
}

// change is the one way to change an approval: it holds the project, checks the
// version, lets do change the file, and makes checklist and dates follow.
func (s *Store) change(ctx context.Context, scope account.Scope, district, code string, version int, action string,
	do func(tx *postgis.Tx, held program.Held, choice policy.Choice, f *File) error,
) (File, error) {
	var after File
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		held, err := s.holdLive(ctx, tx, scope, district, code)
		if err != nil {
			return err
		}
		choice, err := s.reg.Policy(ctx, district)
		if err != nil {
			return err
		}
		before, err := s.file(ctx, tx, held)
		if err != nil {
			return err
		}
		if before.Version != version {
			return fmt.Errorf("approval of %s is at version %d, not %d: %w", code, before.Version, version, postgis.ErrVersion)
		}
		f, err := s.file(ctx, tx, held) // a copy of its own, to be changed
		if err != nil {
			return err
		}
		if err := do(tx, held, choice, &f); err != nil {
			return err
		}
		route := choice.Route(f.Inputs)
		var old []Step
		if f.Version > 0 || action == "approval.steps" {
			old = f.Steps
		}
		f.Steps = follow(old, checklist(choice.Policy, route))
		schedule(f.StartOn, f.Steps)
		if err := write(ctx, tx, held, route.Policy, f); err != nil {
			return err
		}
		tx.Changed(held.Change(layer))
		if after, err = s.file(ctx, tx, held); err != nil {
			return err
		}
		return account.Record(ctx, tx, account.Entry{
			Action: action, Entity: "project", Code: code, District: district, Before: before.forAudit(), After: after.forAudit(),
		})
	})
	return after, err
}

// forAudit is what the audit trail keeps of a file: what people entered and what
// it asked for.
func (f File) forAudit() any {
	if f.Version == 0 {
		return nil
	}
	return map[string]any{"inputs": f.Inputs, "start_on": f.StartOn, "policy": f.DecidedBy, "steps": f.Steps}
}

func write(ctx context.Context, tx *postgis.Tx, held program.Held, policyID string, f File) error {
	inputs, err := json.Marshal(f.Inputs)
	if err != nil {
		return fmt.Errorf("encode the inputs of %s: %w", held.Code, err)
	}
	_, err = tx.Exec(ctx, `
		insert into approval (project_id, inputs, policy, start_on, by, district_code) values ($1, $2, $3, $4::date, $5, $6)
		on conflict (project_id, district_code) do update
		set inputs = excluded.inputs, policy = excluded.policy, start_on = excluded.start_on,
		    version = approval.version + 1, by = excluded.by, at = now()`,
		held.ID, inputs, policyID, f.StartOn, account.Name(ctx), held.District)
	if err != nil {
		return fmt.Errorf("save the approval of %s: %w", held.Code, err)
	}
	list, err := json.Marshal(f.Steps)
	if err != nil {
		return fmt.Errorf("encode the checklist of %s: %w", held.Code, err)
	}
	if _, err = tx.Exec(ctx, `delete from approval_step where project_id = $1`, held.ID); err == nil {
		_, err = tx.Exec(ctx, `
			insert into approval_step (project_id, key, kind, place, name, need, outcome, clause, department, department_set,
			                           milestone, days, due_on, done_on, document_no, note, change, district_code)
			select $1, key, kind, place, name, need, outcome, clause, department, department_set,
			       milestone, days, due_on, case when milestone = '' then done_on end, document_no, note, change, $3
			from jsonb_to_recordset($2) as s (key text, kind text, place integer, name text, need text, outcome text, clause text,
			     department text, department_set boolean, milestone text, days integer, due_on date, done_on date,
			     document_no text, note text, change text)`, held.ID, list, held.District)
	}
	if err != nil {
		return fmt.Errorf("save the checklist of %s: %w", held.Code, err)
	}
	return nil
}

// apply changes the step that the edit names.
func (e StepEdit) apply(steps, fresh []Step, r Review, today string) *InvalidError {
	for i := range steps {
		if steps[i].Key == e.Key {
			return e.applyTo(&steps[i], fresh, r, today)
		}
	}
	return &InvalidError{"key", "清单里没有这一步。"}
}

func (e StepEdit) applyTo(s *Step, fresh []Step, r Review, today string) *InvalidError {
	if err := firstFault(checkText("department", e.Department), checkText("document_no", e.DocumentNo), checkText("note", e.Note)); err != nil {
		return err
	}
	if e.Department != nil {
		s.Department, s.DepartmentSet = strings.TrimSpace(*e.Department), true
		if is, ok := find(fresh, s.Key); ok && (s.Department == "" || s.Department == is.Department) {
			s.Department, s.DepartmentSet = is.Department, false
		}
	}
	if err := e.dates(s, r, today); err != nil {
		return err
	}
	if e.DocumentNo != nil {
		s.DocumentNo = strings.TrimSpace(*e.DocumentNo)
	}
	if e.Note != nil {
		s.Note = strings.TrimSpace(*e.Note)
	}
	return nil
}

func (e StepEdit) dates(s *Step, r Review, today string) *InvalidError {
	if e.DueOn != nil {
		if s.DueClause != "" {
			return &InvalidError{"due_on", "期限由方案规定（" + s.DueClause + "），不能手填。"}
		}
		due, err := date("due_on", e.DueOn)
		if err != nil {
			return err
		}
		s.DueOn, s.Days = due, nil
	}
	if e.Days != nil {
		if s.DueClause != "" {
			return &InvalidError{"days", "期限由方案规定（" + s.DueClause + "），不能按天数排。"}
		}
		s.Days = e.Days
		if *e.Days < 0 {
			s.Days = nil
		}
	}
	if e.DoneOn == nil {
		return nil
	}
	done, err := date("done_on", e.DoneOn)
	switch {
	case err != nil:
		return err
	case s.Milestone != "":
		return &InvalidError{"done_on", "这一步的完成日期在“进度”里登记，这里自动取用。"}
	case done != nil && *done > today:
		return &InvalidError{"done_on", "完成日期不能晚于今天。"}
	case done != nil && s.Kind == "review" && r.Objections > 0:
		return &InvalidError{"done_on", fmt.Sprintf("还有%d条“不同意”的意见没有答复，联合审查不能记为完成。", r.Objections)}
	case done != nil && !s.active():
		return &InvalidError{"done_on", "这一步无需办理。"}
	}
	s.DoneOn = done
	return nil
}
