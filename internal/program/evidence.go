package program

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/registry"
)

// evidence is what is known of a community that a project's entry and priority
// rest on.
type evidence struct {
	code, name   string
	subdistrict  string
	neighborhood string
	eligibility  policy.Verdict
	reasons      []policy.Reason // of the computed verdict
	override     string          // reason of a verdict by hand, else empty
	mode         string          // of management; "" is not on record
	condition    registry.Condition
	failedChecks int // of its management

	households, buildings int
	floorAreaM2           float64
	surveyed              bool // asked is what a survey counted, else what the register says
	surveyOpen            bool
	asked                 policy.Asked
}

// poorManagement tells whether the management is poor as far as is known.
func (e evidence) poorManagement() bool {
	return e.condition.Neglected != nil && *e.condition.Neglected || e.failedChecks > 0
}

// gather reads the evidence of the communities of projects, by project.
func gather(ctx context.Context, q querier, projects []int64) (map[int64][]evidence, error) {
	rows, err := q.Query(ctx, `
		select pc.project_id, c.code, c.name, coalesce(c.subdistrict_code, ''), coalesce(c.neighborhood_code, ''),
		       c.eligibility, c.verdict_proof, case when c.override_verdict is not null then coalesce(c.override_reason, '') else '' end, coalesce(c.management_mode, ''),
		       c.built_year, k.neglected, k.poor_conditions,
		       case when k.municipal_missing is null and k.service_missing is null then null
		            else coalesce(cardinality(k.municipal_missing), 0) + coalesce(cardinality(k.service_missing), 0) end,
		       coalesce(m.failed, 0)::integer,
		       coalesce(c.households, b.households, 0)::integer, coalesce(c.building_count, b.buildings, 0)::integer,
		       coalesce(c.floor_area_m2, b.floor_area_m2, 0)::float8,
		       coalesce(s.asked > 0, false), coalesce(s.state = 'open', false), case when s.asked > 0 then s.asked end,
		       case when s.asked > 0 then s.households else c.households end,
		       case when s.asked > 0 then s.agreed else k.households_agreed end,
		       case when s.asked > 0 then s.floor_area_m2 else c.floor_area_m2 end,
		       case when s.asked > 0 then s.agreed_area_m2 else k.floor_area_agreed_m2 end
		from project_community pc
		join published_community c on c.id = pc.community_id
		join published_community_condition k on k.id = c.id
		left join published_survey s on s.community_id = c.id
		left join (
		    select community_id, count(*) as failed from published_condition
		    where kind = 'management' and result in ('faulty', 'missing') group by community_id
		) m on m.community_id = c.id
		left join lateral (
		    select count(*) as buildings, sum(households) as households, sum(floor_area_m2) as floor_area_m2
		    from published_building where community_id = c.id
		) b on c.households is null or c.floor_area_m2 is null or c.building_count is null
		where pc.project_id = any($1)
		order by pc.project_id, c.name, c.code`, projects)
	if err != nil {
		return nil, fmt.Errorf("read the communities of projects: %w", err)
	}
	found := map[int64][]evidence{}
	var id int64
	var e evidence
	var proof json.RawMessage
	_, err = pgx.ForEachRow(rows, []any{
		&id, &e.code, &e.name, &e.subdistrict, &e.neighborhood, &e.eligibility, &proof, &e.override, &e.mode,
		&e.condition.BuiltYear, &e.condition.Neglected, &e.condition.Poor, &e.condition.Missing, &e.failedChecks,
		&e.households, &e.buildings, &e.floorAreaM2, &e.surveyed, &e.surveyOpen,
		&e.asked.Asked, &e.asked.Households, &e.asked.Agreed, &e.asked.FloorAreaM2, &e.asked.AgreedAreaM2,
	}, func() error {
		e.reasons = nil
		if len(proof) > 0 {
			if err := json.Unmarshal(proof, &e.reasons); err != nil {
				return fmt.Errorf("read the verdict of community %s: %w", e.code, err)
			}
		}
		found[id] = append(found[id], e)
		e, proof = evidence{}, nil
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the communities of projects: %w", err)
	}
	return found, nil
}
