package program

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/lianpian/lianpian/internal/account"
)

// ProjectGroup are the communities of a neighborhood (the basic spatial unit,
// wansheng-2020 三(一)3), zone or subdistrict, with the projects they are in.
type ProjectGroup struct {
	Code        string          `json:"code" doc:"empty: communities of none"`
	Name        string          `json:"name"`
	Communities int             `json:"communities"`
	Households  int             `json:"households"`
	InScope     int             `json:"in_scope" doc:"communities that the policy takes in"`
	InProject   int             `json:"in_project" doc:"communities of a live project"`
	OpenCount   int             `json:"open_count" doc:"communities that the policy takes in and no live project has"`
	Projects    []string        `json:"projects" doc:"codes of live projects"`
	Open        []OpenCommunity `json:"open" doc:"the first 100 of open_count"`
}

// OpenCommunity is a community that could enter a project.
type OpenCommunity struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

// groupings are what communities can be grouped by: a key and a name.
var groupings = map[string]struct{ key, name, join string }{
	"neighborhood": {
		"coalesce(c.neighborhood_code, '')", "coalesce(g.name, '')",
		"left join published_neighborhood g on g.district_code = c.district_code and g.code = c.neighborhood_code",
	},
	"subdistrict": {
		"coalesce(c.subdistrict_code, '')", "coalesce(g.name, '')",
		"left join published_subdistrict g on g.district_code = c.district_code and g.code = c.subdistrict_code",
	},
	"zone": {
		"coalesce(g.code, '')", "coalesce(g.name, '')",
		`left join (published_zone_community zc join published_zone g on g.id = zc.zone_id and g.main and g.district_code = @district)
		 on zc.community_id = c.id`,
	},
}

// Groups lists the communities of a district by neighborhood, zone of the main
// scenario, or subdistrict, with the projects they are in.
func (s *Store) Groups(ctx context.Context, scope account.Scope, district, by string) ([]ProjectGroup, error) {
	if _, err := s.choice(ctx, scope, district); err != nil {
		return nil, err
	}
	g, known := groupings[by]
	if !known {
		return nil, &InvalidError{"by", "不能按此分组"}
	}
	rows, err := s.db.Pool.Query(ctx, `
		select `+g.key+` as code, max(`+g.name+`) as name, count(distinct c.id)::integer, coalesce(sum(c.households), 0)::integer,
		       (count(distinct c.id) filter (where c.eligibility = 'in'))::integer,
		       (count(distinct c.id) filter (where p.id is not null))::integer,
		       (count(*) filter (where c.eligibility = 'in' and p.id is null))::integer,
		       coalesce(array_agg(distinct p.code) filter (where p.id is not null), '{}'),
		       coalesce((array_agg(c.code order by c.name, c.code) filter (where c.eligibility = 'in' and p.id is null))[:100], '{}'),
		       coalesce((array_agg(c.name order by c.name, c.code) filter (where c.eligibility = 'in' and p.id is null))[:100], '{}')
		from published_community c
		`+g.join+`
		left join project_community pc on pc.community_id = c.id and pc.live
		left join project p on p.id = pc.project_id
		where c.district_code = @district
		  and (@own_subdistricts::text[] is null or c.subdistrict_code = any(@own_subdistricts))
		  and (@own_zones::bigint[] is null or exists (
		      select from published_zone_community oz where oz.community_id = c.id and oz.zone_id = any(@own_zones)))
		group by 1
		order by `+g.key+` = '', max(`+g.name+`) collate "zh-x-icu", 1`, scopeArgs(scope, district))
	if err != nil {
		return nil, fmt.Errorf("group the communities of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, func(r pgx.CollectableRow) (g ProjectGroup, err error) {
		var codes, names []string
		err = r.Scan(&g.Code, &g.Name, &g.Communities, &g.Households, &g.InScope, &g.InProject, &g.OpenCount, &g.Projects, &codes, &names)
		g.Open = make([]OpenCommunity, 0, len(codes))
		for i, code := range codes {
			g.Open = append(g.Open, OpenCommunity{code, names[i]})
		}
		return g, err
	})
	if err != nil {
		return nil, fmt.Errorf("group the communities of %s: %w", district, err)
	}
	if list == nil {
		list = []ProjectGroup{}
	}
	return list, nil
}
