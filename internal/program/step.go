package program

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Step is what can be done to a project in the intake.
type Step string

// The steps. Reapply takes a returned or withdrawn application up again; Close
// ends a project that is done.
const (
	Accept   Step = "accept"
	Return   Step = "return"
	Confirm  Step = "confirm"
	Withdraw Step = "withdraw"
	Reapply  Step = "reapply"
	Close    Step = "close"
)

// Steps lists them in their order.
func Steps() []Step { return []Step{Accept, Confirm, Return, Withdraw, Reapply, Close} }

// StepAsk says more about a step.
type StepAsk struct {
	Reason string `json:"reason,omitempty" maxLength:"2000" doc:"required to return, to withdraw what is accepted, to close, and to confirm while a condition of entry does not hold"`
	Phase  *Phase `json:"phase,omitempty" enum:"reserve,plan,implement" nullable:"true" doc:"with confirm; omitted: the proposed one, else reserve"`
	Year   *int   `json:"year,omitempty" minimum:"1990" maximum:"2200" nullable:"true" doc:"with confirm; omitted: the year that it has"`
}

// rule says from which states a step leads where, who may take it, and whether
// it needs a reason.
type rule struct {
	from   []State
	to     State
	reason func(State) bool
	who    func(choice policy.Choice, from State) account.Capability
}

func always(State) bool { return true }
func never(State) bool  { return false }

// taker says who enters a project in its library: the subdistrict accepts and
// the bureau confirms, or one of them does both (wansheng-2020 A5: 四(二), 四(九)1,
// 五(二)). It is the district's reading of the plan.
func taker(step Step) func(policy.Choice, State) account.Capability {
	return func(choice policy.Choice, from State) account.Capability {
		switch choice.Text("library_owner") {
		case "development_reform":
			return account.DecideProgram
		case "subdistrict":
			return account.EditProgram
		}
		if step == Accept || step == Return && from == Applied {
			return account.EditProgram
		}
		return account.DecideProgram
	}
}

// once is for what the bureau decides of a project that is in its library, and
// the subdistrict before.
func once(_ policy.Choice, from State) account.Capability {
	if from == Confirmed {
		return account.DecideProgram
	}
	return account.EditProgram
}

var rules = map[Step]rule{
	Accept:   {[]State{Applied}, Accepted, never, taker(Accept)},
	Confirm:  {[]State{Accepted}, Confirmed, never, taker(Confirm)},
	Return:   {[]State{Applied, Accepted}, Returned, always, taker(Return)},
	Withdraw: {[]State{Applied, Accepted, Confirmed}, Withdrawn, func(s State) bool { return s != Applied }, once},
	Reapply:  {[]State{Returned, Withdrawn}, Applied, never, once},
	Close:    {[]State{Confirmed}, Closed, always, once},
}

// Step takes a step. Errors: *InvalidError, *TakenError, *account.OutsideError,
// postgis.ErrVersion, postgis.ErrNotFound.
func (s *Store) Step(ctx context.Context, scope account.Scope, district, code string, version int, step Step, ask StepAsk) (Project, error) {
	r, known := rules[step]
	if !known {
		return Project{}, &InvalidError{"step", "没有这个步骤"}
	}
	ask.Reason = strings.TrimSpace(ask.Reason)
	if err := checkTexts(map[string]string{"reason": ask.Reason}); err != nil {
		return Project{}, err
	}
	choice, err := s.choice(ctx, scope, district)
	if err != nil {
		return Project{}, err
	}
	return s.change(ctx, scope, district, code, version, auditAction(step), func(ctx context.Context, tx *postgis.Tx, h Held, before Project) (string, error) {
		if !slices.Contains(r.from, h.State) {
			return "", &InvalidError{"state", "项目" + stateNames[h.State] + "，不能" + stepNames[step]}
		}
		if err := account.Demand(ctx, r.who(choice, h.State), h.Place()); err != nil {
			return "", err
		}
		how, err := wayOf(ctx, tx, h.ID)
		if err != nil {
			return "", err
		}
		if step == Withdraw && how.finished() {
			return "", &InvalidError{"state", how.said() + "，不能撤回；做完的项目应结项"}
		}
		if (r.reason(h.State) || step == Withdraw && how.begun()) && ask.Reason == "" {
			return "", &InvalidError{"reason", "请说明" + stepNames[step] + "的理由" + how.because(step == Withdraw)}
		}
		return ask.Reason, s.take(ctx, tx, choice, h, before, step, ask)
	})
}

// auditAction is what the audit trail calls a step; to close is to sign out there.
func auditAction(step Step) string {
	if step == Close {
		return "project.finish"
	}
	return "project." + string(step)
}

var stepNames = map[Step]string{
	Accept: "受理", Confirm: "确认入库", Return: "退回", Withdraw: "撤回", Reapply: "重新申请", Close: "结项",
}

func (s *Store) take(ctx context.Context, tx *postgis.Tx, choice policy.Choice, h Held, before Project, step Step, ask StepAsk) error {
	switch step {
	case Confirm:
		return s.confirm(ctx, tx, choice, h, before, ask)
	case Reapply:
		return reapply(ctx, tx, h, before)
	case Close:
		if h.Library == Comprehensive {
			return &InvalidError{"library", "综合改造后必须接续管理提升（附件2注）：请用“接续管理提升”结项"}
		}
	}
	return setState(ctx, tx, h.ID, rules[step].to, ask.Reason)
}

// setState moves a project to a state. Only a confirmed one has a phase.
func setState(ctx context.Context, tx *postgis.Tx, id int64, to State, reason string) error {
	_, err := tx.Exec(ctx, `
		update project set state = $2, state_reason = $3, phase = case when $2 = 'confirmed' then phase end,
		       proposed_phase = case when $2 in ('applied', 'accepted') then proposed_phase else coalesce(phase, proposed_phase) end
		where id = $1`, id, to, reason)
	if constraint, ok := postgis.Violation(err); ok && constraint == "project_community_once" {
		return &TakenError{[]Taken{{}}}
	}
	if err != nil {
		return fmt.Errorf("move a project to %s: %w", to, err)
	}
	return nil
}

// confirm enters a project in its library: every condition of entry holds, or a
// reason says why it is entered all the same, and is kept.
func (s *Store) confirm(ctx context.Context, tx *postgis.Tx, choice policy.Choice, h Held, before Project, ask StepAsk) error {
	g, err := s.groundOf(ctx, tx, choice, h.ID, h.Library, true)
	if err != nil {
		return err
	}
	open := unmet(g.entry(h.Library))
	if len(open) > 0 && ask.Reason == "" {
		return &EntryError{open}
	}
	phase, year := Reserve, before.Year
	if before.ProposedPhase != nil {
		phase = *before.ProposedPhase
	}
	if ask.Phase != nil {
		phase = *ask.Phase
	}
	if ask.Year != nil {
		year = ask.Year
	}
	if err := checkPlanned(h.Library, &phase, year); err != nil {
		return err
	}
	override := ""
	if len(open) > 0 {
		override = ask.Reason
	}
	_, err = tx.Exec(ctx, `
		update project set state = 'confirmed', state_reason = $2, phase = $3, proposed_phase = null, year = $4,
		       entry_override = $5, entry_override_by = case when $5 = '' then '' else $6 end
		where id = $1`, h.ID, ask.Reason, phase, year, override, account.Name(ctx))
	if err != nil {
		return fmt.Errorf("confirm project %s: %w", h.Code, err)
	}
	return nil
}

// EntryError says which conditions of entry do not hold. A reason enters the
// project all the same.
type EntryError struct{ Conditions []EntryCondition }

func (e *EntryError) Error() string {
	said := make([]string, 0, len(e.Conditions))
	for _, c := range e.Conditions {
		said = append(said, c.Sentence())
	}
	return strings.Join(said, "；")
}

// Sentence says a condition and why it does not hold to a person.
func (c EntryCondition) Sentence() string { return c.Clause + " " + c.Text + "：" + c.Why }

// reapply takes an application up again: its communities are judged as those of
// a new one.
func reapply(ctx context.Context, tx *postgis.Tx, h Held, before Project) error {
	list, err := members(ctx, tx, h.ID, h.District, before.Communities)
	if err != nil {
		return err
	}
	if err := admit(list); err != nil {
		return err
	}
	return setState(ctx, tx, h.ID, Applied, "")
}

// SetPhase moves a confirmed project to another phase and year. Back, or over a
// phase, needs a reason, and so does a later year for what has begun; what is
// finished does not go back.
func (s *Store) SetPhase(ctx context.Context, scope account.Scope, district, code string, version int, phase Phase, year *int, reason string) (Project, error) {
	reason = strings.TrimSpace(reason)
	if err := checkTexts(map[string]string{"reason": reason}); err != nil {
		return Project{}, err
	}
	return s.change(ctx, scope, district, code, version, "project.phase", func(ctx context.Context, tx *postgis.Tx, h Held, before Project) (string, error) {
		if h.State != Confirmed {
			return "", &InvalidError{"state", "项目" + stateNames[h.State] + "，入库之后才能列入批次"}
		}
		if err := account.Demand(ctx, account.DecideProgram, h.Place()); err != nil {
			return "", err
		}
		if err := checkPlanned(h.Library, &phase, year); err != nil {
			return "", err
		}
		if err := mayMove(ctx, tx, h.ID, before, phase, year, reason); err != nil {
			return "", err
		}
		if step := phase.rank() - before.Phase.rankOr(0); before.Phase != nil && reason == "" && (step < 0 || step > 1) {
			return "", &InvalidError{"reason", fmt.Sprintf("由%s调整到%s须说明理由", phaseNames[*before.Phase], phaseNames[phase])}
		}
		_, err := tx.Exec(ctx, `update project set phase = $2, year = $3 where id = $1`, h.ID, phase, year)
		if err != nil {
			return "", fmt.Errorf("phase project %s: %w", code, err)
		}
		return reason, nil
	})
}

func (p *Phase) rankOr(none int) int {
	if p == nil {
		return none
	}
	return p.rank()
}
