package program

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// entry is a project to be, with all that was found about it.
type newEntry struct {
	library       Library
	facts         facts
	zone          *zone
	year          *int
	proposedPhase *Phase
	promotedFrom  *int64
	follows       *int64
	members       []member
	generated     []string
}

// Create takes an application in: the project is applied for. Errors:
// *InvalidError, *TakenError, *account.OutsideError.
func (s *Store) Create(ctx context.Context, scope account.Scope, district string, n NewProject) (Project, error) {
	choice, err := s.choice(ctx, scope, district)
	if err != nil {
		return Project{}, err
	}
	var made Project
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		e, err := s.resolve(ctx, tx, district, choice, n)
		if err != nil {
			return err
		}
		if err := account.Demand(ctx, account.EditProgram, place(district, e.members)); err != nil {
			return err
		}
		if n.Demonstration {
			if err := account.Demand(ctx, account.DecideProgram, place(district, e.members)); err != nil {
				return err
			}
		}
		if err := admit(e.members); err != nil {
			return err
		}
		code, err := s.insert(ctx, tx, district, e)
		if err != nil {
			return err
		}
		made, err = s.recorded(ctx, tx, district, code, "project.apply", nil)
		return err
	})
	return made, err
}

// choice is the policy of a district that the scope reaches.
func (s *Store) choice(ctx context.Context, scope account.Scope, district string) (policy.Choice, error) {
	if scope.District != "" && scope.District != district || !storable(district) {
		return policy.Choice{}, fmt.Errorf("district %q: %w", district, postgis.ErrNotFound)
	}
	return s.reg.Policy(ctx, district)
}

// today is the day in the time zone of China, in which the plans' dates are.
func (s *Store) today() string { return s.now().In(clock.China).Format(date) }

// resolve finds what an application names and checks what it says.
func (s *Store) resolve(ctx context.Context, tx *postgis.Tx, district string, choice policy.Choice, n NewProject) (newEntry, error) {
	e := newEntry{library: n.Library, year: n.Year, proposedPhase: n.ProposedPhase}
	if n.ZoneCode != "" {
		z, err := findZone(ctx, tx, district, n.ScenarioCode, n.ZoneCode)
		if err != nil {
			return e, err
		}
		e.zone = &z
		if n.Communities == nil {
			n.Communities = z.communities
		}
	}
	if len(n.Communities) == 0 {
		return e, &InvalidError{"communities", "请选择小区，或选择有小区的片区"}
	}
	var err error
	if e.members, err = members(ctx, tx, 0, district, n.Communities); err != nil {
		return e, err
	}
	name := strings.TrimSpace(n.Name)
	if name == "" {
		zoneName := ""
		if e.zone != nil {
			zoneName = e.zone.name
		}
		name = defaultName(zoneName, e.members)
	}
	e.facts = facts{
		name: name, applicant: strings.TrimSpace(n.Applicant), appliedOn: n.AppliedOn,
		owner: strings.TrimSpace(n.Owner), note: n.Note, demonstration: n.Demonstration, centralSubsidy: n.CentralSubsidy,
		estimatedWan: n.EstimatedWan, readiness: n.Readiness,
	}
	if e.facts.owner == "" {
		e.facts.owner = ownerOf(choice)
	}
	if err := checkPlanned(e.library, e.proposedPhase, e.year); err != nil {
		return e, err
	}
	return e, e.facts.check(choice, s.today())
}

// ownerOf is the owner that the district's reading of the plan gives to every
// project; "" where it is chosen for each (wansheng-2020 A4).
func ownerOf(choice policy.Choice) string {
	switch choice.Text("project_owner") {
	case "city_investment":
		return "城投公司"
	case "subdistrict":
		return "所在街道办事处（镇人民政府）"
	}
	return ""
}

func checkPlanned(library Library, phase *Phase, year *int) error {
	if library != Comprehensive && library != Management {
		return &InvalidError{"library", "没有这个项目库"}
	}
	if phase != nil && phase.rank() == 0 {
		return &InvalidError{"phase", "没有这个批次"}
	}
	if year != nil && (*year < 1990 || *year > 2200) {
		return &InvalidError{"year", "年份不在允许的范围内"}
	}
	if phase != nil && *phase != Reserve && year == nil {
		return &InvalidError{"year", "列入" + phaseNames[*phase] + "的项目须有年度"}
	}
	return nil
}

// insert stores a project to be and returns its code.
func (s *Store) insert(ctx context.Context, tx *postgis.Tx, district string, e newEntry) (string, error) {
	code, err := nextCode(ctx, tx, district, e.library, e.facts.appliedOn)
	if err != nil {
		return "", err
	}
	readiness, err := json.Marshal(e.facts.readiness)
	if err != nil {
		return "", fmt.Errorf("encode what residents decided: %w", err)
	}
	if e.facts.readiness == nil {
		readiness = []byte("{}")
	}
	var scenario, zoneCode *string
	if e.zone != nil {
		scenario, zoneCode = &e.zone.scenario, &e.zone.code
	}
	if e.generated == nil {
		e.generated = []string{}
	}
	var id int64
	err = tx.QueryRow(ctx, `
		insert into project (district_code, code, name, library, applicant, applied_on, year, proposed_phase, owner, demonstration,
		                     central_subsidy, estimated_wan, readiness, scenario_code, zone_code, promoted_from, follows, note,
		                     generated, created_by, updated_by)
		values ($1, $2, $3, $4, $5, $6::date, $7, $8, $9, $10, $11, $12::float8::numeric, $13, $14, $15, $16, $17, $18, $19, $20, $20)
		returning id`,
		district, code, e.facts.name, e.library, e.facts.applicant, e.facts.appliedOn, e.year, e.proposedPhase, e.facts.owner,
		e.facts.demonstration, e.facts.centralSubsidy, e.facts.estimatedWan, readiness, scenario, zoneCode, e.promotedFrom, e.follows,
		e.facts.note, e.generated, account.Name(ctx)).Scan(&id)
	if err != nil {
		return "", fmt.Errorf("create project %s: %w", code, err)
	}
	return code, enter(ctx, tx, id, e.members)
}

var codeLetters = map[Library]string{Comprehensive: "综", Management: "管"}

// nextCode is the next number of the year and library, e.g. 2026-综-001. The
// lock ends with the transaction.
func nextCode(ctx context.Context, tx *postgis.Tx, district string, library Library, appliedOn string) (string, error) {
	prefix := appliedOn[:4] + "-" + codeLetters[library] + "-"
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('project code ' || $1, 0))`, district); err != nil {
		return "", fmt.Errorf("number a project: %w", err)
	}
	var last int
	err := tx.QueryRow(ctx, `
		select coalesce(max(substring(code from '[0-9]+$')::integer), 0) from project
		where district_code = $1 and starts_with(code, $2) and code ~ '-[0-9]{1,6}$'`, district, prefix).Scan(&last)
	if err != nil {
		return "", fmt.Errorf("number a project: %w", err)
	}
	return fmt.Sprintf("%s%03d", prefix, last+1), nil
}

// recorded reads a project as it is now, leaves an audit entry, and says that
// projects changed.
func (s *Store) recorded(ctx context.Context, tx *postgis.Tx, district, code, action string, before any) (Project, error) {
	r, err := s.read(ctx, tx, account.Everything, district, code)
	if err != nil {
		return r.Project, err
	}
	h, err := find(ctx, tx, account.Everything, district, code, "")
	if err != nil {
		return r.Project, err
	}
	tx.Changed(h.Change("projects"))
	return r.Project, account.Record(ctx, tx, account.Entry{
		Action: action, Entity: "project", Code: code, District: district, Before: before, After: r.Project,
	})
}

// Communities gives a project other communities. Those that it has already may
// stay although they left the scope. A reason is needed, and the bureau decides,
// once it is accepted.
func (s *Store) Communities(ctx context.Context, scope account.Scope, district, code string, version int, codes []string, reason string) (Project, error) {
	if len(codes) == 0 {
		return Project{}, &InvalidError{"communities", "项目至少要有一个小区"}
	}
	if err := checkTexts(map[string]string{"reason": reason}); err != nil {
		return Project{}, err
	}
	return s.change(ctx, scope, district, code, version, "project.communities", func(ctx context.Context, tx *postgis.Tx, h Held, before Project) (string, error) {
		if !h.Live {
			return "", &InvalidError{"state", "项目" + stateNames[h.State] + "，不能再改小区"}
		}
		list, err := members(ctx, tx, h.ID, district, codes)
		if err != nil {
			return "", err
		}
		needed := account.EditProgram
		if h.State != Applied {
			needed = account.DecideProgram
			if strings.TrimSpace(reason) == "" {
				return "", &InvalidError{"reason", "受理之后调整小区须说明理由"}
			}
		}
		for _, at := range []account.Place{h.Place(), place(district, list)} {
			if err := account.Demand(ctx, needed, at); err != nil {
				return "", err
			}
		}
		added := slices.DeleteFunc(slices.Clone(list), func(m member) bool {
			return m.taken == nil && slices.Contains(before.Communities, m.code)
		})
		if err := admit(added); err != nil {
			return "", err
		}
		return reason, enter(ctx, tx, h.ID, list)
	})
}

// Update changes the facts of a project. Once it is confirmed, only the note and
// what residents decided stay the subdistrict's to write.
func (s *Store) Update(ctx context.Context, scope account.Scope, district, code string, version int, p ProjectPatch) (Project, error) {
	choice, err := s.choice(ctx, scope, district)
	if err != nil {
		return Project{}, err
	}
	return s.change(ctx, scope, district, code, version, "project.update", func(ctx context.Context, tx *postgis.Tx, h Held, before Project) (string, error) {
		if h.State == Confirmed && !p.onlyAfterwards() || p.Demonstration != nil && *p.Demonstration != before.Demonstration {
			if err := account.Demand(ctx, account.DecideProgram, h.Place()); err != nil {
				return "", err
			}
		}
		answers, err := readiness(ctx, tx, h.ID)
		if err != nil {
			return "", err
		}
		f := facts{
			name: before.Name, applicant: before.Applicant, appliedOn: before.AppliedOn, owner: before.Owner, note: before.Note,
			demonstration: before.Demonstration, centralSubsidy: before.CentralSubsidy, estimatedWan: before.EstimatedWan, readiness: answers,
		}
		p.apply(&f)
		if err := f.check(choice, s.today()); err != nil {
			return "", err
		}
		text, err := json.Marshal(f.readiness)
		if err != nil {
			return "", fmt.Errorf("encode what residents decided: %w", err)
		}
		_, err = tx.Exec(ctx, `
			update project set name = $2, applicant = $3, applied_on = $4::date, owner = $5, note = $6, demonstration = $7,
			       central_subsidy = $8, estimated_wan = $9::float8::numeric, readiness = $10
			where id = $1`,
			h.ID, strings.TrimSpace(f.name), strings.TrimSpace(f.applicant), f.appliedOn, strings.TrimSpace(f.owner), f.note,
			f.demonstration, f.centralSubsidy, f.estimatedWan, text)
		if err != nil {
			return "", fmt.Errorf("update project %s: %w", code, err)
		}
		return "", nil
	})
}

func readiness(ctx context.Context, q querier, project int64) (map[string]EntryAnswer, error) {
	answers := map[string]EntryAnswer{}
	var text []byte
	if err := q.QueryRow(ctx, `select readiness from project where id = $1`, project).Scan(&text); err != nil {
		return nil, fmt.Errorf("read what residents decided: %w", err)
	}
	if err := json.Unmarshal(text, &answers); err != nil {
		return nil, fmt.Errorf("read what residents decided: %w", err)
	}
	return answers, nil
}

// change is the one way to change a project: it locks the row, checks the
// person's area and the version that they saw, and leaves an audit entry. fn may
// give a reason for the entry.
func (s *Store) change(ctx context.Context, scope account.Scope, district, code string, version int, action string,
	fn func(ctx context.Context, tx *postgis.Tx, h Held, before Project) (string, error),
) (Project, error) {
	var after Project
	err := s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		h, err := s.Hold(ctx, tx, scope, district, code, account.EditProgram)
		if err != nil {
			return err
		}
		if h.Version != version {
			return fmt.Errorf("project %s is at version %d, not %d: %w", code, h.Version, version, postgis.ErrVersion)
		}
		before, err := s.read(ctx, tx, account.Everything, district, code)
		if err != nil {
			return err
		}
		reason, err := fn(ctx, tx, h, before.Project)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `update project set version = version + 1, updated_at = now(), updated_by = $2 where id = $1`, h.ID, account.Name(ctx))
		if err != nil {
			return fmt.Errorf("change project %s: %w", code, err)
		}
		tx.Changed(h.Change("projects")) // where it lay
		after, err = s.recorded(ctx, tx, district, code, action, withReason{before.Project, reason})
		return err
	})
	return after, err
}

// withReason is a project as it was before a change that has a reason.
type withReason struct {
	Project
	Reason string `json:"reason,omitempty"`
}
