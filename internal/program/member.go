package program

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// TakenError says that communities are in another live project already: a
// community is in one project of one library at a time.
type TakenError struct{ Communities []Taken }

// Taken is a community with the live project that it is in.
type Taken struct {
	Code        string  `json:"code"`
	Name        string  `json:"name"`
	Project     string  `json:"project"`
	ProjectName string  `json:"project_name"`
	Library     Library `json:"library" enum:"comprehensive,management"`
}

// Sentence says it to a person.
func (t Taken) Sentence() string {
	if t.Project == "" {
		return "有小区刚刚加入了别的项目，请刷新后再试"
	}
	return fmt.Sprintf("“%s”已在%s的项目 %s“%s”中，同一小区不能同时进入两个项目", t.Name, t.Library.name(), t.Project, t.ProjectName)
}

func (e *TakenError) Error() string {
	said := make([]string, 0, len(e.Communities))
	for _, t := range e.Communities {
		said = append(said, t.Sentence())
	}
	return strings.Join(said, "；")
}

// member is a community that is to be in a project.
type member struct {
	id           int64
	code, name   string
	subdistrict  string // "" where none is known
	eligibility  policy.Verdict
	reasons      []policy.Reason
	taken        *Taken
	overrideText string
}

// outside says why a community may not enter, with the clause; "" where it may.
func (m member) outside() string {
	if m.eligibility != policy.Out {
		return ""
	}
	return "“" + m.name + "”不在改造范围：" + because(m.reasons, m.overrideText)
}

// because names what a verdict rests on that is not in a community's favour.
func because(reasons []policy.Reason, overrideText string) string {
	if overrideText != "" {
		return "人工认定（" + overrideText + "）"
	}
	var said []string
	for _, outcomes := range [][]policy.Outcome{{policy.Failed, policy.Excluded}, {policy.Doubtful, policy.Unknown}} {
		for _, r := range reasons {
			if slices.Contains(outcomes, r.Outcome) && len(said) < 3 {
				said = append(said, r.Clause+" "+strings.TrimSuffix(r.Text, "。"))
			}
		}
		if len(said) > 0 {
			break
		}
	}
	if len(said) == 0 {
		return "判定依据未登记"
	}
	return strings.Join(said, "；")
}

const memberColumns = `
	c.id, c.code, c.name, coalesce(c.subdistrict_code, ''), c.eligibility, c.verdict_proof,
	case when c.override_verdict is not null then coalesce(c.override_reason, '') else '' end,
	p.code, p.name, p.library`

// memberTables join each community with the live project that it is in, other
// than project $1.
const memberTables = `
	published_community c
	left join project_community pc on pc.community_id = c.id and pc.live and pc.project_id <> $1
	left join project p on p.id = pc.project_id`

// members finds communities by code. Unknown codes are an *InvalidError.
func members(ctx context.Context, q querier, self int64, district string, codes []string) ([]member, error) {
	rows, err := q.Query(ctx, `select `+memberColumns+` from `+memberTables+`
		where c.district_code = $2 and c.code = any($3) order by c.name, c.code`, self, district, onlyStorable(codes))
	found, err := collectMembers(rows, err)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, m := range found {
		known[m.code] = true
	}
	for _, code := range codes {
		if !known[code] {
			return nil, &InvalidError{"communities", "台账中没有这个小区：" + strings.ToValidUTF8(code, "�")}
		}
	}
	return found, nil
}

func collectMembers(rows pgx.Rows, err error) ([]member, error) {
	if err != nil {
		return nil, fmt.Errorf("find communities: %w", err)
	}
	list, err := pgx.CollectRows(rows, scanMember)
	if err != nil {
		return nil, fmt.Errorf("find communities: %w", err)
	}
	return list, nil
}

func scanMember(row pgx.CollectableRow) (member, error) {
	var m member
	var proof json.RawMessage
	var project, name *string
	var library *Library
	err := row.Scan(&m.id, &m.code, &m.name, &m.subdistrict, &m.eligibility, &proof, &m.overrideText, &project, &name, &library)
	if err == nil && len(proof) > 0 {
		err = json.Unmarshal(proof, &m.reasons)
	}
	if project != nil {
		m.taken = &Taken{Code: m.code, Name: m.name, Project: *project, ProjectName: *name, Library: *library}
	}
	return m, err
}

// admit refuses communities that are in another live project, and, with the
// clause, those that are not in the policy's scope.
func admit(list []member) error {
	var taken TakenError
	for _, m := range list {
		if m.taken != nil {
			taken.Communities = append(taken.Communities, *m.taken)
		}
	}
	if len(taken.Communities) > 0 {
		return &taken
	}
	var outside []string
	for _, m := range list {
		if said := m.outside(); said != "" {
			outside = append(outside, said)
		}
	}
	if len(outside) > 0 {
		return &InvalidError{"communities", strings.Join(outside, "；")}
	}
	return nil
}

// subdistrictsOf are the subdistricts of communities, each once; "" stands for
// none known.
func subdistrictsOf(list []member) []string {
	codes := []string{}
	for _, m := range list {
		if !slices.Contains(codes, m.subdistrict) {
			codes = append(codes, m.subdistrict)
		}
	}
	slices.Sort(codes)
	return codes
}

// place is where communities lie, for account.Demand.
func place(district string, list []member) account.Place {
	return account.Place{District: district, Subdistricts: subdistrictsOf(list)}
}

// enter puts communities into a project in place of those that it had.
func enter(ctx context.Context, tx *postgis.Tx, project int64, list []member) error {
	ids := make([]int64, 0, len(list))
	for _, m := range list {
		ids = append(ids, m.id)
	}
	_, err := tx.Exec(ctx, `
		with gone as (delete from project_community where project_id = $1 and community_id <> all($2))
		insert into project_community (project_id, community_id, live, district_code)
		select p.id, c.id, p.live, p.district_code from project p, unnest($2::bigint[]) as c (id) where p.id = $1
		on conflict (project_id, community_id, district_code) do nothing`, project, ids)
	if constraint, ok := postgis.Violation(err); ok && constraint == "project_community_once" {
		return &TakenError{[]Taken{{}}}
	}
	if err != nil {
		return fmt.Errorf("enter communities into a project: %w", err)
	}
	_, err = tx.Exec(ctx, `update project set subdistrict_codes = $2 where id = $1`, project,
		slices.DeleteFunc(subdistrictsOf(list), func(code string) bool { return code == "" }))
	if err != nil {
		return fmt.Errorf("note the subdistricts of a project: %w", err)
	}
	return nil
}

// zone is a zone of a scenario as far as projects need it.
type zone struct {
	id             int64
	scenario, code string
	name           string
	year           *int
	subdistricts   []string
	communities    []string
}

// findZone finds a zone with its communities; "" is the main scenario.
func findZone(ctx context.Context, q querier, district, scenario, code string) (zone, error) {
	z := zone{code: code}
	if !storable(code) || !storable(scenario) {
		return z, &InvalidError{"zone_code", "没有这个片区"}
	}
	err := q.QueryRow(ctx, `
		select z.id, z.scenario_code, z.name, z.year, z.subdistrict_codes,
		       array(select c.code from published_zone_community zc join published_community c on c.id = zc.community_id
		             where zc.zone_id = z.id order by c.code)
		from published_zone z
		where z.district_code = $1 and z.code = $3 and case when $2 = '' then z.main else z.scenario_code = $2 end`,
		district, scenario, code).Scan(&z.id, &z.scenario, &z.name, &z.year, &z.subdistricts, &z.communities)
	if errors.Is(err, pgx.ErrNoRows) {
		return z, &InvalidError{"zone_code", "没有这个片区"}
	}
	if err != nil {
		return z, fmt.Errorf("find zone %s: %w", code, err)
	}
	return z, nil
}
