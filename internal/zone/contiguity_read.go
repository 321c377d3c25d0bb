package zone

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Contiguity returns the contiguity of a stored zone under the rules of its
// scenario. A person sees the names of the communities that their scope holds.
func (s *Store) Contiguity(ctx context.Context, scope account.Scope, district, code string) (Contiguity, error) {
	z, err := find(ctx, s.db.Pool, scope, district, code, "")
	if err != nil {
		return Contiguity{}, err
	}
	var ids []int64
	var srid int
	err = s.db.Pool.QueryRow(ctx, `
		select array(select community_id from zone_community where zone_id = $2), gk_srid
		from published_district where code = $1`, district, z.id).Scan(&ids, &srid)
	if err != nil {
		return Contiguity{}, fmt.Errorf("read the communities of zone %s: %w", code, err)
	}
	c, err := s.contiguity(ctx, scope, district, z.scenarioID, ids)
	if err != nil {
		return c, fmt.Errorf("contiguity of zone %s: %w", code, err)
	}
	c.Compactness = compactnessOf(z.shape, srid)
	return c, nil
}

// ContiguityOf returns the contiguity of communities (codes) under the rules of
// a scenario ("" is the main one). Codes that the scope does not hold are an
// *InvalidError.
func (s *Store) ContiguityOf(ctx context.Context, scope account.Scope, district, scenario string, codes []string) (Contiguity, error) {
	sc, err := findScenario(ctx, s.db.Pool, scope, district, scenario, "")
	if err != nil {
		return Contiguity{}, err
	}
	ids, err := readableCommunities(ctx, s.db.Pool, scope, district, codes)
	if err != nil {
		return Contiguity{}, err
	}
	return s.contiguity(ctx, scope, district, sc.id, ids)
}

func (s *Store) contiguity(ctx context.Context, scope account.Scope, district string, scenarioID int64, ids []int64) (Contiguity, error) {
	q, err := s.inquire(ctx, scope, district, scenarioID, ids)
	if err != nil {
		return Contiguity{}, err
	}
	c, err := q.answer()
	if err != nil {
		return c, err
	}
	return c, fillLinks(ctx, s.db.Pool, district, c.Connection)
}

// summarise is the contiguity of communities in short, for who measures a
// boundary that is being drawn. It takes a few milliseconds as long as no
// community or link of the district changes.
func (s *Store) summarise(ctx context.Context, scope account.Scope, district string, scenarioID int64, communityIDs []int64) (ContiguitySummary, error) {
	q, err := s.inquire(ctx, scope, district, scenarioID, communityIDs)
	if err != nil {
		return ContiguitySummary{}, err
	}
	sum, err := q.summary()
	if err != nil {
		return sum, err
	}
	return sum, fillLinks(ctx, s.db.Pool, district, sum.Connection)
}

// inquire prepares a question about communities.
func (s *Store) inquire(ctx context.Context, scope account.Scope, district string, scenarioID int64, ids []int64) (*inquiry, error) {
	d, err := s.links.of(ctx, district)
	if err != nil {
		return nil, err
	}
	rules, err := rulesOf(ctx, s.db.Pool, scenarioID)
	if err != nil {
		return nil, err
	}
	q := &inquiry{d: d, rules: rules, holder: map[int32]string{}}
	q.about(ids)
	own := map[int32]bool{} // of those whom a list of zones limits
	rows, err := s.db.Pool.Query(ctx, `
		select zc.community_id, z.code, z.scenario_id = $2, coalesce(z.id = any($3), false)
		from zone z
		join zone_community zc on zc.zone_id = z.id
		where z.district_code = $1 and (z.scenario_id = $2 or z.id = any($3))`, district, scenarioID, scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("read which zones hold the communities of district %s: %w", district, err)
	}
	var id int64
	var code string
	var here, theirs bool
	_, err = pgx.ForEachRow(rows, []any{&id, &code, &here, &theirs}, func() error {
		at, known := d.position[id]
		if !known {
			return nil
		}
		if here {
			q.holder[at] = code
		}
		if theirs {
			own[at] = true
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read which zones hold the communities of district %s: %w", district, err)
	}
	q.readable = func(at int32) bool {
		return (scope.Subdistricts == nil || slices.Contains(scope.Subdistricts, d.communities[at].subdistrict)) &&
			(scope.Zones == nil || own[at])
	}
	return q, nil
}

// fillLinks adds to the links of a connection the ways and the streets they
// follow.
func fillLinks(ctx context.Context, q reader, district string, c *Connection) error {
	if c == nil || len(c.Links) == 0 {
		return nil
	}
	at := map[[2]int64]*ConnectionLink{}
	var a, b []int64
	for i := range c.Links {
		l := &c.Links[i]
		pair := [2]int64{min(l.aID, l.bID), max(l.aID, l.bID)}
		at[pair] = l
		a, b = append(a, pair[0]), append(b, pair[1])
	}
	rows, err := q.Query(ctx, `
		select l.a_id, l.b_id, coalesce(l.path, l.line), l.streets
		from unnest($2::bigint[], $3::bigint[]) as p (a_id, b_id)
		join published_link l on l.district_code = $1 and l.a_id = p.a_id and l.b_id = p.b_id`, district, a, b)
	if err != nil {
		return fmt.Errorf("read the ways of links: %w", err)
	}
	var aID, bID int64
	var way postgis.Geom
	var streets []byte
	_, err = pgx.ForEachRow(rows, []any{&aID, &bID, &way, &streets}, func() error {
		l := at[[2]int64{aID, bID}]
		if line, ok := way.Geometry.(orb.LineString); ok {
			l.Geometry = geojson.NewGeometry(line)
		}
		return json.Unmarshal(streets, &l.Streets)
	})
	if err != nil {
		return fmt.Errorf("read the ways of links: %w", err)
	}
	return nil
}

// readableCommunities finds communities that the scope holds by their codes; others
// are an *InvalidError that names them.
func readableCommunities(ctx context.Context, q reader, scope account.Scope, district string, codes []string) ([]int64, error) {
	if !reaches(scope, district) {
		return nil, fmt.Errorf("communities of district %s: %w", district, postgis.ErrNotFound)
	}
	rows, err := q.Query(ctx, `
		select c.id, c.code from published_community c
		where c.district_code = $1 and c.code = any($2)
		  and ($3::text[] is null or c.subdistrict_code = any($3))
		  and ($4::bigint[] is null or exists (
		      select from zone_community zc where zc.community_id = c.id and zc.zone_id = any($4)))`,
		district, codes, scope.Subdistricts, scope.Zones)
	if err != nil {
		return nil, fmt.Errorf("find communities of district %s: %w", district, err)
	}
	var ids []int64
	found := map[string]bool{}
	var id int64
	var code string
	_, err = pgx.ForEachRow(rows, []any{&id, &code}, func() error {
		ids, found[code] = append(ids, id), true
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("find communities of district %s: %w", district, err)
	}
	var missing []string
	for _, code := range codes {
		if !found[code] {
			missing = append(missing, code)
		}
	}
	if len(missing) > 0 {
		named := strings.Join(missing[:min(len(missing), 5)], "、")
		return nil, &InvalidError{Field: "communities", Detail: "找不到编号为 " + named + " 的小区"}
	}
	return ids, nil
}
