package dashboard

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
)

// Duties are the bodies of the plan and the accounts that do their work here.
type Duties struct {
	Policy PlanName    `json:"policy"`
	Bodies []PlanBody  `json:"bodies"`
	Roles  []RoleInUse `json:"roles"`
}

// PlanBody is an actor of the plan with what its accounts may do.
type PlanBody struct {
	policy.Duty
	Accounts int `json:"accounts" doc:"accounts of the body's role in this district; several bodies share a role"`
}

// RoleInUse is a role of accounts with what it may do.
type RoleInUse struct {
	Role         string               `json:"role" enum:"administrator,planner,officer,contractor,viewer"`
	Capabilities []account.Capability `json:"capabilities"`
	Accounts     int                  `json:"accounts" doc:"in this district"`
	Subdistricts []SubdistrictRole    `json:"subdistricts" doc:"accounts by the subdistrict that they reach"`
}

// SubdistrictRole counts the accounts of a role that reach a subdistrict.
type SubdistrictRole struct {
	Code     string `json:"code"`
	Name     string `json:"name"`
	Accounts int    `json:"accounts"`
}

// Duties maps the plan's bodies to roles, scopes and accounts: counts, no names.
func (s *Store) Duties(ctx context.Context, scope account.Scope, district string) (Duties, error) {
	var d Duties
	err := s.read(ctx, scope, district, func(r *reading) error {
		d.Policy = PlanName{r.choice.Policy.Key, r.choice.Policy.Version, r.choice.Policy.ShortTitle, r.choice.Policy.DocumentNo}
		d.Bodies, d.Roles = []PlanBody{}, []RoleInUse{}
		accounts := map[string]int{}
		for _, role := range account.Roles() {
			one, err := r.role(ctx, role)
			if err != nil {
				return err
			}
			accounts[one.Role] = one.Accounts
			d.Roles = append(d.Roles, one)
		}
		for _, duty := range r.choice.Duties("") {
			d.Bodies = append(d.Bodies, PlanBody{duty, accounts[duty.Role]})
		}
		return nil
	})
	return d, err
}

func (r *reading) role(ctx context.Context, role account.Role) (RoleInUse, error) {
	one := RoleInUse{Role: string(role), Capabilities: []account.Capability{}, Subdistricts: []SubdistrictRole{}}
	for _, c := range account.Capabilities() {
		if (account.Person{Role: role}).Holds(c) {
			one.Capabilities = append(one.Capabilities, c)
		}
	}
	err := r.tx.QueryRow(ctx, `
		select count(*)::integer from published_account_role where (district_code = $1 or district_code is null) and role = $2`,
		r.code, role).Scan(&one.Accounts)
	if err != nil || role != account.Officer {
		return one, err
	}
	rows, err := r.tx.Query(ctx, `
		select s.code, s.name, count(a.role)::integer
		from published_subdistrict s
		left join published_account_role a on a.district_code = s.district_code and a.role = $2 and s.code = any(a.subdistrict_codes)
		where s.district_code = $1 and ($3::text[] is null or s.code = any($3))
		group by s.code, s.name
		order by s.code`, r.code, role, r.scope.Subdistricts)
	if err != nil {
		return one, err
	}
	one.Subdistricts, err = pgx.CollectRows(rows, pgx.RowToStructByPos[SubdistrictRole])
	return one, err
}
