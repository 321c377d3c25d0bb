package areaplan

import (
	"encoding/json"
	"strings"

	"github.com/jackc/pgx/v5"
)

// readProjects reads the projects that are live, or count because they are done,
// and hold a community of the zones. Of their communities those are named that
// the scope may read.
func (g *gathering) readProjects() error {
	rows, err := g.tx.Query(g.ctx, `
		select p.code, p.name, p.library, p.state, coalesce(p.phase, ''), p.year, coalesce(p.zone_code, ''), m.communities,
		       p.estimated_wan::float8, nullif(k.cost_yuan, 0)::float8,
		       coalesce((select jsonb_object_agg(s.source, s.amount_yuan) from published_cost_share s where s.project_id = p.id), '{}'),
		       array(select ms.kind from published_milestone ms where ms.project_id = p.id order by ms.on_date, ms.kind),
		       p.central_subsidy, p.generated
		from published_project p
		join published_project_cost k on k.project_id = p.id
		cross join lateral (
		    select array_agg(c.code order by c.name, c.code) as communities, bool_or(c.id = any($2::bigint[])) as ours
		    from published_project_community pc
		    join published_community c on c.id = pc.community_id
		    where pc.project_id = p.id and ($3::text[] is null or c.subdistrict_code = any($3))
		) m
		where p.district_code = $1 and (p.live or p.counts) and m.ours
		  and ($4::bigint[] is null or p.zone_id = any($4))
		order by p.code`, g.code, g.communities, g.scope.Subdistricts, g.scope.Zones)
	if err != nil {
		return err
	}
	g.Projects, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Project, error) {
		p := Project{Shares: map[string]float64{}}
		var shares json.RawMessage
		var passed []string
		err := row.Scan(&p.Code, &p.Name, &p.Library, &p.State, &p.Phase, &p.Year, &p.ZoneCode, &p.Communities,
			&p.EstimatedWan, &p.CostYuan, &shares, &passed, &p.Central, &p.Generated)
		if err != nil {
			return p, err
		}
		p.Progress = progressOf(p, passed)
		return p, json.Unmarshal(shares, &p.Shares)
	})
	if err != nil {
		return err
	}
	g.costs()
	return nil
}

// progressOf says how a project stands in the words that annex 5 of wansheng-2020
// gives as examples: 已开工、已完工、处于前期X阶段、正在包装策划. passed are its
// milestones.
func progressOf(p Project, passed []string) string {
	begun := false
	for _, kind := range passed {
		switch kind {
		case "works_done", "acceptance", "filing", "handover":
			return "已完工"
		case "start":
			begun = true
		}
	}
	switch {
	case begun:
		return "已开工"
	case p.State == "closed":
		return "已完工"
	case p.State == "confirmed" && p.Phase == "implement":
		return "处于前期手续办理阶段"
	case p.State == "confirmed":
		return "处于前期谋划阶段"
	default:
		return "正在包装策划"
	}
}

// costs sums up what each zone costs: of its projects (those made for it, and
// those that hold only communities of it) the works, else the estimate; without
// any project what the scenario's rules estimate for its totals.
func (g *gathering) costs() {
	for i := range g.Zones {
		z := &g.Zones[i]
		inside := map[string]bool{}
		for _, code := range z.Communities {
			inside[code] = true
		}
		items, estimates := 0.0, 0.0
		for j := range g.Projects {
			p := &g.Projects[j]
			if p.ZoneCode != z.Code && (p.ZoneCode != "" || !all(p.Communities, inside)) {
				continue
			}
			switch {
			case p.CostYuan != nil:
				items += *p.CostYuan
			case p.EstimatedWan != nil:
				estimates += *p.EstimatedWan * 10_000
			}
		}
		z.CostYuan = items + estimates
		switch {
		case estimates > 0:
			z.CostBasis = "estimate"
		case items > 0:
			z.CostBasis = "items"
		default:
			z.CostYuan = g.rules.Cost.Of(float64(z.Totals.Households), z.Totals.FloorAreaM2)
			z.CostBasis = "none"
			if z.CostYuan > 0 {
				z.CostBasis = "estimate"
			}
		}
	}
}

func all(codes []string, inside map[string]bool) bool {
	for _, code := range codes {
		if !inside[code] {
			return false
		}
	}
	return len(codes) > 0
}

// readItems reads the renovation content of the projects by the catalogue of the
// district's plan, without lines of communities that have left the project or are
// outside the scope.
func (g *gathering) readItems() error {
	codes := make([]string, 0, len(g.Projects))
	for i := range g.Projects {
		codes = append(codes, g.Projects[i].Code)
	}
	categories, natures := map[string]string{}, map[string]string{}
	for _, t := range g.policy.Categories {
		categories[t.Key] = t.Name
	}
	for _, t := range g.policy.Natures {
		natures[t.Key] = t.Name
	}
	rows, err := g.tx.Query(g.ctx, `
		select p.code, coalesce(c.code, ''), w.item_no, w.answer, w.reason, w.quantity::float8, w.unit,
		       w.price_yuan::float8, w.amount_yuan::float8, w.evidence
		from published_project p
		join published_work_item w on w.project_id = p.id
		left join published_community c on c.id = w.community_id
		where p.district_code = $1 and p.code = any($2) and w.policy_key = $3
		  and (w.community_id is null
		       or exists (select from published_project_community pc where pc.project_id = p.id and pc.community_id = w.community_id)
		          and ($4::text[] is null or c.subdistrict_code = any($4)))
		order by p.code, w.item_no, c.name nulls first, c.code`, g.code, codes, g.policy.Key, g.scope.Subdistricts)
	if err != nil {
		return err
	}
	g.Items, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (Item, error) {
		var i Item
		var evidence json.RawMessage
		err := row.Scan(&i.ProjectCode, &i.CommunityCode, &i.No, &i.Answer, &i.Reason, &i.Quantity, &i.Unit, &i.PriceYuan, &i.AmountYuan, &evidence)
		if item, known := g.policy.Item(i.No); known {
			i.Name, i.Standard = item.Name, item.Standard
			i.Category, i.Nature = categories[item.Category], natures[item.Nature]
		}
		i.Evidence = evidenceText(evidence)
		return i, err
	})
	return err
}

// evidenceText is what speaks for an item, in sentences.
func evidenceText(kept json.RawMessage) string {
	var evidence []struct {
		Speaks string `json:"speaks"`
		Text   string `json:"text"`
	}
	if json.Unmarshal(kept, &evidence) != nil { // of an older form
		return ""
	}
	var said []string
	for _, e := range evidence {
		if (e.Speaks == "for" || e.Speaks == "") && e.Text != "" {
			said = append(said, e.Text)
		}
	}
	return strings.Join(said, "；")
}
