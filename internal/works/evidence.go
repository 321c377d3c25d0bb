package works

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/policy"
)

// gatherer collects what speaks for the items of a catalogue in some communities.
type gatherer struct {
	lib         *policy.Library
	policy      *policy.Policy
	communities []Community
	found       map[int][]Evidence
	unplaced    []Evidence
}

// gather reads what was checked on the ground, what the newest coverage runs say,
// and what the register says is missing.
func (g *gatherer) gather(ctx context.Context, tx pgx.Tx, district string) error {
	g.found = map[int][]Evidence{}
	for _, read := range []func(context.Context, pgx.Tx, string) error{g.checks, g.coverage, g.facts} {
		if err := read(ctx, tx, district); err != nil {
			return err
		}
	}
	return nil
}

func (g *gatherer) ids() []int64 {
	ids := make([]int64, 0, len(g.communities))
	for _, c := range g.communities {
		ids = append(ids, c.id)
	}
	return ids
}

func (g *gatherer) community(id int64) Community {
	at := slices.IndexFunc(g.communities, func(c Community) bool { return c.id == id })
	if at < 0 {
		return Community{}
	}
	return g.communities[at]
}

func (g *gatherer) add(no int, community int64, e Evidence) {
	c := g.community(community)
	e.Community, e.Name = c.Code, c.Name
	g.found[no] = append(g.found[no], e)
}

var results = map[string]string{"faulty": "破损或不达标", "missing": "缺失", "ok": "完好", "not_applicable": "不适用"}

func (g *gatherer) checks(ctx context.Context, tx pgx.Tx, _ string) error {
	rows, err := tx.Query(ctx, `
		select community_id, no, result, note, checked_on from published_condition
		where community_id = any($1) and policy_key = $2 and kind = 'item'
		order by community_id, no`, g.ids(), g.policy.Key)
	if err != nil {
		return fmt.Errorf("read condition checks: %w", err)
	}
	var community int64
	var no, result, note string
	var on time.Time
	_, err = pgx.ForEachRow(rows, []any{&community, &no, &result, &note, &on}, func() error {
		number := 0
		if _, err := fmt.Sscan(no, &number); err != nil {
			return nil // of a standard that has no such number
		}
		e := Evidence{Kind: ByCheck, Speaks: Against, Text: fmt.Sprintf("现状核查（%s）：%s", on.Format(time.DateOnly), results[result])}
		if result == "faulty" || result == "missing" {
			e.Speaks = For
		}
		if note != "" {
			e.Text += "，" + note
		}
		e.Text += "。"
		g.add(number, community, e)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read condition checks: %w", err)
	}
	return nil
}

// answer is what the newest coverage run says of a community.
type answer struct {
	Run                string
	Text               string
	Households, Served int64
	Buildings, Reached int64
}

// gap tells whether somebody is not covered.
func (a answer) gap() bool {
	return a.Households > a.Served || a.Households == 0 && a.Buildings > a.Reached
}

func (a answer) sentence(facility string) string {
	if a.Households > 0 {
		return fmt.Sprintf("%s：%d户中%d户未覆盖（%s）。", facility, a.Households, a.Households-a.Served, a.Text)
	}
	return fmt.Sprintf("%s：%d栋中%d栋未覆盖（%s）。", facility, a.Buildings, a.Buildings-a.Reached, a.Text)
}

func (g *gatherer) coverage(ctx context.Context, tx pgx.Tx, district string) error {
	var types []string
	for _, item := range g.policy.Items {
		types = append(types, item.Facilities...)
		if rule, ok := g.policy.OnlyBeyond(item.No); ok {
			types = append(types, rule.Facilities...)
		}
	}
	known, err := g.answers(ctx, tx, district, types)
	if err != nil {
		return err
	}
	for _, item := range g.policy.Items {
		for _, key := range item.Facilities {
			g.reach(item, key, known[key])
		}
		if rule, ok := g.policy.OnlyBeyond(item.No); ok {
			for _, key := range rule.Facilities {
				g.beyond(item, rule, key, known[key])
			}
		}
	}
	return nil
}

func (g *gatherer) facility(key string) string {
	t, _ := g.lib.FacilityType(key)
	return t.Name
}

func (g *gatherer) reach(item policy.Item, key string, known map[int64]answer) {
	for _, c := range g.communities {
		a, ok := known[c.id]
		if !ok {
			continue
		}
		e := Evidence{Kind: ByCoverage, Speaks: Against, Facility: key, Run: a.Run, Text: a.sentence(g.facility(key))}
		if a.gap() {
			e.Speaks = For
		}
		g.add(item.No, c.id, e)
	}
}

// beyond says whether an item is asked for at all: only where what the rule names
// does not reach.
func (g *gatherer) beyond(item policy.Item, rule policy.BeyondRule, key string, known map[int64]answer) {
	for _, c := range g.communities {
		e := Evidence{Kind: ByCoverage, Facility: key, Clause: rule.Clause, beyond: true}
		a, ok := known[c.id]
		e.Run = a.Run
		switch {
		case !ok:
			e.Speaks, e.Text = Open, fmt.Sprintf("尚无“%s”的覆盖分析；%s，请先检验。", g.facility(key), rule.Text)
		case a.gap():
			e.Speaks, e.Text = For, a.sentence(g.facility(key))+rule.Text+"。"
		default:
			e.Speaks, e.Text = Against, fmt.Sprintf("“%s”已全部覆盖（%s）；%s。", g.facility(key), a.Text, rule.Text)
		}
		g.add(item.No, c.id, e)
	}
}

var methods = map[string]string{"radius": "直线", "walk": "步行", "walk_slope": "步行（计坡度）"}

// answers are those of the newest run over the district or a subdistrict, by
// facility type and community.
func (g *gatherer) answers(ctx context.Context, tx pgx.Tx, district string, types []string) (map[string]map[int64]answer, error) {
	rows, err := tx.Query(ctx, `
		select distinct on (r.facility_type, v.community_id)
		       r.facility_type, v.community_id, r.id, m.method, m.radius_m, m.minutes, r.created_at,
		       v.households, v.covered_households, v.buildings, v.covered_buildings
		from published_coverage_run r
		join published_coverage_measure m on m.run_id = r.id
		join published_coverage_community v on v.run_id = r.id and v.community_id = any($3)
		where r.district_code = $1 and r.facility_type = any($2) and r.area_kind in ('district', 'subdistrict')
		order by r.facility_type, v.community_id, r.created_at desc`, district, types, g.ids())
	if err != nil {
		return nil, fmt.Errorf("read coverage of communities: %w", err)
	}
	known := map[string]map[int64]answer{}
	var key, method string
	var community int64
	var run uuid.UUID
	var metres, minutes *float64
	var at time.Time
	var a answer
	scan := []any{&key, &community, &run, &method, &metres, &minutes, &at, &a.Households, &a.Served, &a.Buildings, &a.Reached}
	_, err = pgx.ForEachRow(rows, scan, func() error {
		limit := ""
		switch {
		case minutes != nil:
			limit = fmt.Sprintf("%g分钟", *minutes)
		case metres != nil:
			limit = fmt.Sprintf("%g米", *metres)
		}
		a.Run, a.Text = run.String(), fmt.Sprintf("%s%s，%s分析", methods[method], limit, at.Format(time.DateOnly))
		if known[key] == nil {
			known[key] = map[int64]answer{}
		}
		known[key][community] = a
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read coverage of communities: %w", err)
	}
	return known, nil
}

// facts are the names, or keys of facility types, that the register says are
// missing.
func (g *gatherer) facts(ctx context.Context, tx pgx.Tx, _ string) error {
	rows, err := tx.Query(ctx, `
		select id, coalesce(municipal_missing, '{}') || coalesce(service_missing, '{}')
		from published_community_condition where id = any($1) order by id`, g.ids())
	if err != nil {
		return fmt.Errorf("read what communities miss: %w", err)
	}
	var community int64
	var missing []string
	_, err = pgx.ForEachRow(rows, []any{&community, &missing}, func() error {
		for _, name := range missing {
			if name = strings.TrimSpace(name); name != "" {
				g.fact(community, name)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what communities miss: %w", err)
	}
	return nil
}

func (g *gatherer) fact(community int64, name string) {
	items, shown := g.itemsOf(name)
	e := Evidence{Kind: ByFact, Speaks: For, Text: fmt.Sprintf("台账登记缺“%s”。", shown)}
	for _, no := range items {
		g.add(no, community, e)
	}
	if len(items) == 0 {
		c := g.community(community)
		e.Community, e.Name = c.Code, c.Name
		g.unplaced = append(g.unplaced, e)
	}
}

// itemsOf finds the items that a missing thing stands for: by the facility type,
// else by the name of the item that contains it.
func (g *gatherer) itemsOf(name string) (numbers []int, shown string) {
	shown = name
	for _, t := range g.lib.FacilityTypes() {
		if t.Key == name || t.Name == name {
			shown = t.Name
			for _, item := range g.policy.ItemsFor(t.Key) {
				numbers = append(numbers, item.No)
			}
		}
	}
	if len(numbers) > 0 {
		return numbers, shown
	}
	for _, item := range g.policy.Items {
		if item.Name == name || strings.Contains(item.Name, name) && len([]rune(name)) > 1 || strings.HasPrefix(name, item.Name) {
			numbers = append(numbers, item.No)
		}
	}
	if len(numbers) == 0 {
		numbers = g.byOtherNames(name)
	}
	return numbers, shown
}

// byOtherNames finds an item by what another plan calls it.
func (g *gatherer) byOtherNames(name string) []int {
	for _, other := range g.lib.Policies() {
		for _, theirs := range other.Items {
			if other.Key == g.policy.Key || len([]rune(theirs.Name)) < 2 || !strings.Contains(name, theirs.Name) {
				continue
			}
			for _, item := range g.policy.Items {
				if same(other, theirs, g.policy, item) {
					return []int{item.No}
				}
			}
		}
	}
	return nil
}
