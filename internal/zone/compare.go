package zone

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// At names a scenario at a revision; 0 is as it is now.
type At struct {
	Scenario string
	Revision int
}

// Comparison is what two scenarios, or two revisions of one, have different.
type Comparison struct {
	A        Scenario         `json:"a"`
	B        Scenario         `json:"b"`
	Zones    []ZonePair       `json:"zones" doc:"zones of both, matched by the households that they share"`
	Moved    []MovedCommunity `json:"moved" doc:"communities that are in different zones, most households first"`
	TotalsA  Totals           `json:"totals_a"`
	TotalsB  Totals           `json:"totals_b"`
	CostA    *float64         `json:"cost_a" doc:"estimate in yuan by the scenario's own rules; null: its rules have no cost"`
	CostB    *float64         `json:"cost_b"`
	Coverage []CoverageChange `json:"coverage" doc:"by facility type, from the latest run over the whole district"`
}

// ZonePair is a zone of each of two scenarios, or of one of them.
type ZonePair struct {
	A       *string `json:"a" doc:"code; null: only in the other scenario"`
	B       *string `json:"b"`
	NameA   string  `json:"name_a"`
	NameB   string  `json:"name_b"`
	TotalsA *Totals `json:"totals_a"`
	TotalsB *Totals `json:"totals_b"`
	Change  string  `json:"change" enum:"same,changed,only_a,only_b"`
}

// MovedCommunity is a community whose zone is another one in the second scenario.
type MovedCommunity struct {
	Code       string   `json:"code"`
	Name       string   `json:"name"`
	Households int64    `json:"households"`
	From       *ZoneRef `json:"from" doc:"null: in no zone of the first"`
	To         *ZoneRef `json:"to" doc:"null: in no zone of the second"`
}

// ZoneRef names a zone.
type ZoneRef struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// CoverageChange is how many households of the zones' communities are covered.
type CoverageChange struct {
	FacilityType       string    `json:"facility_type"`
	CoveredHouseholdsA int64     `json:"covered_households_a"`
	CoveredHouseholdsB int64     `json:"covered_households_b"`
	RunAt              time.Time `json:"run_at"`
}

// side is one of the two that are compared.
type side struct {
	scenario    Scenario // as it was at the revision
	zones       []comparedZone
	communities map[int64][]int // by id: the zones, as positions, that hold it
	totals      map[string]Totals
	ids         []int64 // of all its communities
}

type comparedZone struct {
	code, name, mark string // two zones of the same mark are the same
	match            int    // position of the zone on the other side; -1 is none
}

type comparedCommunity struct {
	code, name string
	households int64
}

// Compare tells what two scenarios, or two revisions, have different. Whose
// scope is narrower than the district sees the zones and communities in it, and
// nothing of coverage. Errors: postgis.ErrNotFound, *InvalidError for what is no
// revision.
func (s *Store) Compare(ctx context.Context, scope account.Scope, district string, a, b At) (Comparison, error) {
	tx, err := s.db.Pool.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return Comparison{}, fmt.Errorf("begin a transaction: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	communities := map[int64]comparedCommunity{}
	left, err := readSide(ctx, tx, scope, district, a, communities)
	if err != nil {
		return Comparison{}, err
	}
	right, err := readSide(ctx, tx, scope, district, b, communities)
	if err != nil {
		return Comparison{}, err
	}
	match(left, right, communities)
	c := Comparison{
		A: left.scenario, B: right.scenario, TotalsA: left.scenario.Totals, TotalsB: right.scenario.Totals,
		CostA: left.cost(), CostB: right.cost(), Zones: pairs(left, right), Moved: moved(left, right, communities),
	}
	c.Coverage, err = coverageOf(ctx, tx, scope, district, left.ids, right.ids)
	return c, err
}

func readSide(ctx context.Context, tx pgx.Tx, scope account.Scope, district string, at At, communities map[int64]comparedCommunity) (*side, error) {
	sc, err := findScenario(ctx, tx, scope, district, at.Scenario, "")
	if err != nil {
		return nil, err
	}
	if at.Revision == 0 {
		at.Revision = sc.Revision
	}
	if err := sc.has(at.Revision); err != nil {
		return nil, err
	}
	fail := func(err error) (*side, error) {
		return nil, fmt.Errorf("read scenario %s at revision %d: %w", sc.Code, at.Revision, err)
	}
	d := &side{communities: map[int64][]int{}}
	const states = `
		from zone_state z
		where z.scenario_id = $1 and z.since <= $4 and (z.until is null or z.until > $4)` + stateInScope
	rows, err := tx.Query(ctx, `
		select z.zone_code, z.name,
		       md5(concat_ws('|', z.name, z.note, z.membership, z.year, z.year_locked, z.communities, ST_AsBinary(z.geom)))`+
		states+` order by z.name, z.zone_code`, sc.id, scope.Subdistricts, scope.Zones, at.Revision)
	if err != nil {
		return fail(err)
	}
	position := map[string]int{}
	z := comparedZone{match: -1}
	_, err = pgx.ForEachRow(rows, []any{&z.code, &z.name, &z.mark}, func() error {
		position[z.code] = len(d.zones)
		d.zones = append(d.zones, z)
		return nil
	})
	if err != nil {
		return fail(err)
	}
	rows, err = tx.Query(ctx, `
		with held as materialized (
		    select z.zone_code, unnest(z.communities) as code`+states+`
		)
		select h.zone_code, c.id, c.code, c.name,
		       coalesce(c.households, (select sum(b.households) from published_building b where b.community_id = c.id), 0)::bigint
		from held h
		join published_community c on c.district_code = $5 and c.code = h.code
		where $2::text[] is null or c.subdistrict_code = any($2)
		order by c.id, h.zone_code`, sc.id, scope.Subdistricts, scope.Zones, at.Revision, district)
	if err != nil {
		return fail(err)
	}
	var code string
	var id int64
	var c comparedCommunity
	_, err = pgx.ForEachRow(rows, []any{&code, &id, &c.code, &c.name, &c.households}, func() error {
		if len(d.communities[id]) == 0 {
			d.ids = append(d.ids, id)
		}
		d.communities[id] = append(d.communities[id], position[code])
		communities[id] = c
		return nil
	})
	if err != nil {
		return fail(err)
	}
	if d.totals, err = totalsAt(ctx, tx, scope, sc, at.Revision); err != nil {
		return nil, err
	}
	all, err := readTotals(ctx, tx, stateSQL("0::bigint"),
		pgx.QueryExecModeCacheDescribe, district, scope.Subdistricts, scope.Zones, sc.id, at.Revision)
	if err != nil {
		return fail(err)
	}
	d.scenario = sc
	d.scenario.Revision, d.scenario.Zones, d.scenario.Totals = at.Revision, len(d.zones), all[0]
	return d, nil
}

// cost estimates what the communities of a side cost, by its scenario's rules.
func (d *side) cost() *float64 {
	if d.scenario.Rules.Cost == (Cost{}) {
		return nil
	}
	yuan := d.scenario.Rules.Cost.Of(float64(d.scenario.Totals.Households), d.scenario.Totals.FloorAreaM2)
	return &yuan
}

// match pairs the zones of two sides: those that share most households first,
// then by code, then by name.
func match(a, b *side, communities map[int64]comparedCommunity) {
	type pair struct {
		a, b                int
		households, members int64
	}
	shared := map[[2]int]*pair{}
	for id, zones := range a.communities {
		for _, i := range zones {
			for _, j := range b.communities[id] {
				p := shared[[2]int{i, j}]
				if p == nil {
					p = &pair{a: i, b: j}
					shared[[2]int{i, j}] = p
				}
				p.households += communities[id].households
				p.members++
			}
		}
	}
	ranked := make([]pair, 0, len(shared))
	for _, p := range shared {
		ranked = append(ranked, *p)
	}
	slices.SortFunc(ranked, func(p, q pair) int {
		return cmp.Or(cmp.Compare(q.households, p.households), cmp.Compare(q.members, p.members), cmp.Compare(p.a, q.a), cmp.Compare(p.b, q.b))
	})
	join := func(i, j int) {
		if a.zones[i].match < 0 && b.zones[j].match < 0 {
			a.zones[i].match, b.zones[j].match = j, i
		}
	}
	for _, p := range ranked {
		join(p.a, p.b)
	}
	for _, key := range []func(comparedZone) string{
		func(z comparedZone) string { return z.code },
		func(z comparedZone) string { return z.name },
	} {
		byKey := map[string]int{}
		for j, z := range b.zones {
			byKey[key(z)] = j
		}
		for i, z := range a.zones {
			if j, found := byKey[key(z)]; found {
				join(i, j)
			}
		}
	}
}

// pairs lists the zones of both sides, those of the first by name, then those
// that only the second has.
func pairs(a, b *side) []ZonePair {
	list := make([]ZonePair, 0, len(a.zones))
	for _, z := range a.zones {
		totals := a.totals[z.code]
		p := ZonePair{A: &z.code, NameA: z.name, TotalsA: &totals, Change: "only_a"}
		if z.match >= 0 {
			other := b.zones[z.match]
			totals := b.totals[other.code]
			p.B, p.NameB, p.TotalsB, p.Change = &other.code, other.name, &totals, "changed"
			if other.mark == z.mark {
				p.Change = "same"
			}
		}
		list = append(list, p)
	}
	for _, z := range b.zones {
		if z.match < 0 {
			totals := b.totals[z.code]
			list = append(list, ZonePair{B: &z.code, NameB: z.name, TotalsB: &totals, Change: "only_b"})
		}
	}
	return list
}

// moved lists the communities that are not in matching zones on both sides.
func moved(a, b *side, communities map[int64]comparedCommunity) []MovedCommunity {
	list := []MovedCommunity{}
	for id, c := range communities {
		inA, inB := a.communities[id], b.communities[id]
		// What is in a pair of matching zones on both sides stays there.
		left := slices.DeleteFunc(slices.Clone(inA), func(i int) bool { return slices.Contains(inB, a.zones[i].match) })
		right := slices.DeleteFunc(slices.Clone(inB), func(j int) bool { return slices.Contains(inA, b.zones[j].match) })
		if len(left) == 0 && len(right) == 0 {
			continue
		}
		m := MovedCommunity{Code: c.code, Name: c.name, Households: c.households}
		if len(left) > 0 {
			z := a.zones[left[0]]
			m.From = &ZoneRef{z.code, z.name}
		}
		if len(right) > 0 {
			z := b.zones[right[0]]
			m.To = &ZoneRef{z.code, z.name}
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(p, q MovedCommunity) int {
		return cmp.Or(cmp.Compare(q.Households, p.Households), cmp.Compare(p.Code, q.Code))
	})
	return list
}

// coverageOf sums what the latest run over the whole district found of the
// communities of both sides, for each facility type.
func coverageOf(ctx context.Context, tx pgx.Tx, scope account.Scope, district string, a, b []int64) ([]CoverageChange, error) {
	if scope.Subdistricts != nil || scope.Zones != nil {
		return []CoverageChange{}, nil
	}
	rows, err := tx.Query(ctx, `
		with latest as (
		    select distinct on (facility_type) id, facility_type, created_at
		    from published_coverage_run
		    where district_code = $1 and area_kind = 'district'
		    order by facility_type, created_at desc
		)
		select l.facility_type,
		       coalesce(sum(v.covered_households) filter (where a.id is not null), 0)::bigint,
		       coalesce(sum(v.covered_households) filter (where b.id is not null), 0)::bigint,
		       l.created_at
		from latest l
		left join published_coverage_community v on v.run_id = l.id
		left join unnest($2::bigint[]) a (id) on a.id = v.community_id
		left join unnest($3::bigint[]) b (id) on b.id = v.community_id
		group by l.facility_type, l.created_at
		order by l.facility_type`, district, a, b)
	if err != nil {
		return nil, fmt.Errorf("compare the coverage of scenarios: %w", err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[CoverageChange])
	if err != nil {
		return nil, fmt.Errorf("compare the coverage of scenarios: %w", err)
	}
	return list, nil
}
