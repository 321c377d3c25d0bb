package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
)

// judge is a district's policy with the readings that it has chosen.
type judge struct {
	policy *policy.Policy
	params map[string]any
}

// judgeOf reads which policy a district follows.
func (s *Store) judgeOf(ctx context.Context, q querier, district string) (judge, error) {
	key, params, err := s.policyOf(ctx, q, district)
	if err != nil {
		return judge{}, err
	}
	p, err := s.lib.Policy(key)
	if err != nil {
		return judge{}, fmt.Errorf("policy of district %s: %w", district, err)
	}
	return judge{p, params}, nil
}

// policyOf reads the key of a district's policy and the parameters that it
// overrides, or postgis.ErrNotFound.
func (s *Store) policyOf(ctx context.Context, q querier, district string) (key string, params map[string]any, err error) {
	err = q.QueryRow(ctx, `select policy_key, policy_params from district where code = $1`, district).Scan(&key, &params)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil, fmt.Errorf("district %s: %w", district, postgis.ErrNotFound)
	}
	if err != nil {
		return "", nil, fmt.Errorf("read the policy of %s: %w", district, err)
	}
	return key, params, nil
}

// name is what verdict_policy stores.
func (j judge) name() string { return j.policy.Key + "@" + j.policy.Version }

func (j judge) judge(c *Community) {
	c.Verdict, c.VerdictProof = j.policy.Judge(c.Facts(), j.params)
	c.VerdictPolicy = j.name()
	c.Eligibility = c.Verdict
	if c.OverrideVerdict != nil {
		c.Eligibility = *c.OverrideVerdict
	}
}

// RejudgeDistrict judges every community of a district by its policy as it is
// now, and returns how many verdicts or proofs changed. Overrides stay.
func (s *Store) RejudgeDistrict(ctx context.Context, district string) (changed int64, err error) {
	err = s.db.Write(ctx, func(ctx context.Context, tx *postgis.Tx) error {
		changed, err = s.rejudge(ctx, tx, district, nil, raiseVersion)
		if err != nil || changed == 0 {
			return err
		}
		return account.Record(ctx, tx, account.Entry{
			Action: "community.rejudge", Entity: "community", District: district,
			After: map[string]int64{"changed": changed},
		})
	})
	return changed, err
}

// FollowPolicies judges anew those districts that were judged by another version
// of their policy than the library has. Call it at the start of the service.
func (s *Store) FollowPolicies(ctx context.Context) error {
	rows, err := s.db.Pool.Query(ctx, `select code, policy_key, policy_version, policy_params from district order by code`)
	if err != nil {
		return fmt.Errorf("list the policies of the districts: %w", err)
	}
	type chosen struct {
		Code, PolicyKey, PolicyVersion string
		PolicyParams                   map[string]any
	}
	districts, err := pgx.CollectRows(rows, pgx.RowToStructByPos[chosen])
	if err != nil {
		return fmt.Errorf("list the policies of the districts: %w", err)
	}
	for _, d := range districts {
		p, err := s.lib.Policy(d.PolicyKey)
		if err != nil {
			return fmt.Errorf("policy of district %s: %w", d.Code, err)
		}
		if p.Version == d.PolicyVersion {
			continue
		}
		if _, err := s.ChoosePolicy(ctx, d.Code, d.PolicyKey, d.PolicyParams); err != nil {
			return fmt.Errorf("follow version %s of %s in district %s: %w", p.Version, p.Key, d.Code, err)
		}
	}
	return nil
}

// raiseVersion is what rejudge adds where judging is the write itself.
const raiseVersion = 1

// rejudge judges the communities with the given ids (nil: all of the district)
// in one read and one write, however many they are. A community whose verdict
// and proof stay as they are is not touched. raise is what to add to the version:
// nothing, where the write that makes judging necessary has raised it.
func (s *Store) rejudge(ctx context.Context, tx *postgis.Tx, district string, ids []int64, raise int) (int64, error) {
	if ids != nil && len(ids) == 0 {
		return 0, nil
	}
	j, err := s.judgeOf(ctx, tx, district)
	if err != nil {
		return 0, err
	}
	verdicts, err := j.verdicts(ctx, tx, district, ids)
	if err != nil {
		return 0, fmt.Errorf("judge the communities of %s: %w", district, err)
	}
	if len(verdicts.ids) == 0 {
		return 0, nil
	}
	var count int64
	var places, buildings extents
	var subdistricts []string
	err = tx.QueryRow(ctx, `
		with changed as (
			update community c
			set verdict = v.verdict, verdict_proof = v.proof::jsonb, verdict_policy = $4,
			    version = c.version + $5, updated_at = now()
			from unnest($1::bigint[], $2::text[], $3::text[]) as v (id, verdict, proof)
			join community was on was.id = v.id
			where c.id = v.id
			  and (c.verdict, c.verdict_proof, c.verdict_policy) is distinct from (v.verdict, v.proof::jsonb, $4)
			returning c.id, c.geom, c.location, c.subdistrict_code, c.eligibility <> was.eligibility as turned
		), known as (
			select count(*), `+extentsOf("coalesce(geom, location)", "changed")+`, `+subdistrictsIn("subdistrict_code")+` from changed
		)
		select known.*, `+extentsOf("geom", `(
			select b.geom from building b
			where b.district_code = $6 and b.community_id in (select id from changed where turned)
		) painted`)+`
		from known`,
		verdicts.ids, verdicts.verdicts, verdicts.proofs, j.name(), raise, district).
		Scan(&count, &places, &subdistricts, &buildings)
	if err != nil {
		return 0, fmt.Errorf("store the verdicts of %s: %w", district, violation("community", "", err))
	}
	if count > 0 {
		announce(tx, district, "communities", subdistricts, orNowhere(places.bounds())...)
	}
	announce(tx, district, layerEligibility, subdistricts, buildings.bounds()...)
	return count, nil
}

// layerEligibility is that of changes of where buildings stand that show the
// eligibility of their community, which may have no outline or end before them.
const layerEligibility = "eligibility"

// tellTurned announces where the buildings of a community stand, whose eligibility
// has changed.
func tellTurned(ctx context.Context, tx *postgis.Tx, district string, id int64, subdistricts []string) error {
	var e extents
	err := tx.QueryRow(ctx, `select `+extentsOf("geom", `(
		select geom from building where district_code = $1 and community_id = $2
	) theirs`), district, id).Scan(&e)
	if err != nil {
		return fmt.Errorf("find the buildings of a community: %w", err)
	}
	announce(tx, district, layerEligibility, subdistricts, e.bounds()...)
	return nil
}

// verdictColumns are verdicts as parallel columns, ready for unnest.
type verdictColumns struct {
	ids      []int64
	verdicts []string
	proofs   []string
}

func (j judge) verdicts(ctx context.Context, tx *postgis.Tx, district string, ids []int64) (verdictColumns, error) {
	rows, err := tx.Query(ctx, `
		select id, unit_kind, built_year, neglected, municipal_missing, service_missing, households, households_agreed,
		       floor_area_m2, floor_area_agreed_m2, prior_works, in_shantytown_plan, demolish_rebuild,
		       self_built_majority, urban_village, poor_conditions
		from community
		where district_code = $1 and ($2::bigint[] is null or id = any($2))
		order by id
		for no key update`, district, ids)
	if err != nil {
		return verdictColumns{}, err
	}
	var out verdictColumns
	type row struct {
		ID int64
		policy.Facts
	}
	defer rows.Close()
	for rows.Next() {
		r, err := pgx.RowToStructByName[row](rows)
		if err != nil {
			return verdictColumns{}, err
		}
		verdict, proof := j.policy.Judge(r.Facts, j.params)
		encoded, err := json.Marshal(proofOrEmpty(proof))
		if err != nil {
			return verdictColumns{}, err
		}
		out.ids = append(out.ids, r.ID)
		out.verdicts = append(out.verdicts, string(verdict))
		out.proofs = append(out.proofs, string(encoded))
	}
	return out, rows.Err()
}

func proofOrEmpty(proof []policy.Reason) []policy.Reason {
	if proof == nil {
		return []policy.Reason{}
	}
	return proof
}

// OverrideEligibility lets a person decide otherwise than the policy's rules do
// ("原则上"), with a reason. The computed verdict and its proof stay beside it.
// An old version is postgis.ErrVersion.
func (s *Store) OverrideEligibility(ctx context.Context, scope account.Scope, district, code string, version int, verdict policy.Verdict, reason string) (Community, error) {
	v := checker{entity: "community", code: code, row: -1}
	v.oneOf("verdict", string(verdict), string(policy.In), string(policy.Out), string(policy.Borderline))
	v.text("reason", reason, true)
	v.private("reason", &reason)
	if v.fault != nil {
		return Community{}, v.fault
	}
	by := account.Name(ctx)
	if p, ok := account.From(ctx); ok && p.DisplayName != "" {
		by = p.DisplayName
	}
	reason = strings.TrimSpace(reason)
	return s.changeCommunity(ctx, scope, district, code, version, "community.override", func(r *communityRecord) error {
		r.OverrideVerdict, r.OverrideReason, r.OverrideBy = &verdict, &reason, &by
		r.OverrideAt = nil // the database's clock
		return nil
	})
}

// ClearOverride lets the computed verdict hold again.
func (s *Store) ClearOverride(ctx context.Context, scope account.Scope, district, code string, version int) (Community, error) {
	return s.changeCommunity(ctx, scope, district, code, version, "community.clear_override", func(r *communityRecord) error {
		r.OverrideVerdict, r.OverrideReason, r.OverrideBy, r.OverrideAt = nil, nil, nil, nil
		return nil
	})
}

// subdistrictsIn is the SQL of the subdistricts that an aggregate sees; none is null.
func subdistrictsIn(column string) string {
	return `array_agg(distinct ` + column + `) filter (where ` + column + ` is not null)`
}

// extents scans what extentsOf selects: boxes of west, south, east and north around
// things that lie near each other.
type extents [][]float64

const (
	// nearDegrees is the side of the cells whose things have one box.
	nearDegrees = "0.05"
	// mostBounds is up to how many boxes are told of one write, of old places as of new
	// ones: every map and every tile that is kept is held against each.
	mostBounds = 24
)

// extentsOf is the SQL of the boxes around the shapes of a relation, by where they begin.
func extentsOf(geom, relation string) string {
	return fmt.Sprintf(`(
		select array_agg(array[ST_XMin(box), ST_YMin(box), ST_XMax(box), ST_YMax(box)])
		from (select ST_Extent(%[1]s) as box
		      from %[2]s
		      where %[1]s is not null
		      group by floor(ST_XMin(%[1]s) / %[3]s), floor(ST_YMin(%[1]s) / %[3]s)) near)`, geom, relation, nearDegrees)
}

// bounds are the boxes, or one around all where they are many; none where nothing was
// there.
func (e extents) bounds() []*orb.Bound {
	var bounds []*orb.Bound
	for _, b := range e {
		bounds = append(bounds, &orb.Bound{Min: orb.Point{b[0], b[1]}, Max: orb.Point{b[2], b[3]}})
	}
	if len(bounds) <= mostBounds {
		return bounds
	}
	var around *orb.Bound
	for _, b := range bounds {
		around = union(around, b)
	}
	return []*orb.Bound{around}
}

// Policy returns the policy that a district follows, with its readings, or
// postgis.ErrNotFound.
func (s *Store) Policy(ctx context.Context, district string) (policy.Choice, error) {
	j, err := s.judgeOf(ctx, s.db.Pool, district)
	return policy.Choice{Policy: j.policy, Params: j.params}, err
}
