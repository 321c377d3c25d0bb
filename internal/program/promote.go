package program

import (
	"context"
	"fmt"
	"strings"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Continuation is the written application by which a project goes on in the
// other library.
type Continuation struct {
	Applicant string `json:"applicant,omitempty" maxLength:"200" doc:"omitted: as before"`
	AppliedOn string `json:"applied_on" format:"date"`
	Name      string `json:"name,omitempty" maxLength:"200" doc:"omitted: as before"`
	Note      string `json:"note,omitempty" maxLength:"5000"`
}

// Promote lets a management project go on as one of comprehensive renovation
// (wansheng-2020, note of annex 2: when conditions are ripe). It ends, and the
// new one is applied for with the same communities. Returns the new project.
func (s *Store) Promote(ctx context.Context, scope account.Scope, district, code string, version int, c Continuation) (Project, error) {
	return s.goOn(ctx, scope, district, code, version, "project.promote", c, func(_ context.Context, _ *postgis.Tx, h Held) error {
		if h.Library != Management {
			return &InvalidError{"library", "只有管理提升项目可以升级为综合改造"}
		}
		return nil
	})
}

// Follow ends a comprehensive project whose works passed acceptance, and lets
// management improvement follow, as it must (wansheng-2020, note of annex 2).
// Returns the new project.
func (s *Store) Follow(ctx context.Context, scope account.Scope, district, code string, version int, c Continuation) (Project, error) {
	return s.goOn(ctx, scope, district, code, version, "project.follow", c, func(ctx context.Context, tx *postgis.Tx, h Held) error {
		if h.Library != Comprehensive {
			return &InvalidError{"library", "只有综合改造项目接续管理提升"}
		}
		done, err := passed(ctx, tx, h.ID)
		if err == nil && !done {
			return &InvalidError{"state", "竣工验收之后才能结项并接续管理提升"}
		}
		return err
	})
}

// passed tells whether the works of a project passed acceptance.
func passed(ctx context.Context, q querier, project int64) (done bool, err error) {
	err = q.QueryRow(ctx, `select exists (select from published_milestone where project_id = $1 and kind = 'acceptance')`, project).Scan(&done)
	if err != nil {
		return false, fmt.Errorf("look the acceptance of a project up: %w", err)
	}
	return done, nil
}

// goOn closes a confirmed project and applies for one in the other library with
// the same communities, those included that left the scope meanwhile.
func (s *Store) goOn(ctx context.Context, scope account.Scope, district, code string, version int, action string, c Continuation,
	may func(ctx context.Context, tx *postgis.Tx, h Held) error,
) (Project, error) {
	choice, err := s.choice(ctx, scope, district)
	if err != nil {
		return Project{}, err
	}
	var next Project
	_, err = s.change(ctx, scope, district, code, version, action, func(ctx context.Context, tx *postgis.Tx, h Held, before Project) (string, error) {
		if h.State != Confirmed {
			return "", &InvalidError{"state", "项目" + stateNames[h.State] + "，入库之后才能" + continueNames[h.Library]}
		}
		if err := account.Demand(ctx, taker(Confirm)(choice, Accepted), h.Place()); err != nil {
			return "", err
		}
		if err := may(ctx, tx, h); err != nil {
			return "", err
		}
		list, err := members(ctx, tx, h.ID, district, before.Communities)
		if err != nil {
			return "", err
		}
		answers, err := readiness(ctx, tx, h.ID)
		if err != nil {
			return "", err
		}
		e := newEntry{library: Management, members: list, year: nil, generated: before.Generated}
		if h.Library == Management {
			e.library, e.promotedFrom = Comprehensive, &h.ID
		} else {
			e.follows = &h.ID
		}
		e.facts = facts{
			name: orElse(c.Name, before.Name), applicant: orElse(c.Applicant, before.Applicant), appliedOn: c.AppliedOn,
			owner: before.Owner, note: c.Note, readiness: answers,
		}
		if before.ZoneName != "" {
			e.zone = &zone{scenario: *before.ScenarioCode, code: *before.ZoneCode}
		}
		if err := e.facts.check(choice, s.today()); err != nil {
			return "", err
		}
		if err := setState(ctx, tx, h.ID, Closed, continueNames[h.Library]); err != nil {
			return "", err
		}
		nextCode, err := s.insert(ctx, tx, district, e)
		if err != nil {
			return "", err
		}
		next, err = s.recorded(ctx, tx, district, nextCode, "project.apply", nil)
		return continueNames[h.Library] + "：" + nextCode, err
	})
	return next, err
}

// continueNames say how a project of a library goes on.
var continueNames = map[Library]string{Management: "升级为综合改造", Comprehensive: "结项并接续管理提升"}

func orElse(text, otherwise string) string {
	if text = strings.TrimSpace(text); text != "" {
		return text
	}
	return otherwise
}
