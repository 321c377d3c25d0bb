package survey

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// Picture is the buildings of an area by how many of their households agreed, as
// GeoJSON (RFC 7946), from the newest survey of each community.
type Picture struct {
	Type     string            `json:"type" enum:"FeatureCollection"`
	Features []PictureBuilding `json:"features"`
	Whole    bool              `json:"whole" doc:"false: there are more buildings than are sent"`
}

// PictureBuilding is a building as a GeoJSON feature.
type PictureBuilding struct {
	Type       string            `json:"type" enum:"Feature"`
	Geometry   *geojson.Geometry `json:"geometry" doc:"MultiPolygon"`
	Properties PictureProperties `json:"properties"`
}

// PictureProperties are the properties of a building's feature.
type PictureProperties struct {
	Code      string   `json:"code"`
	Community string   `json:"community" doc:"code"`
	Share     *float64 `json:"share" doc:"of its households that agreed; null: masked, or it has none"`
	Masked    bool     `json:"masked"`
	State     State    `json:"state" enum:"open,closed"`
}

// maxPictured is how many buildings a map is sent at once.
const maxPictured = 4000

// widest is how many degrees a box may span: from afar a map shows communities.
const widest = 0.1

// Picture returns the buildings of a box that were asked about; of a box that is
// too wide, none.
func (s *Store) Picture(ctx context.Context, scope account.Scope, district string, box orb.Bound) (Picture, error) {
	out := Picture{Type: "FeatureCollection", Features: []PictureBuilding{}, Whole: true}
	if box.Max[0]-box.Min[0] > widest || box.Max[1]-box.Min[1] > widest {
		out.Whole = false
		return out, nil
	}
	args := scopeArgs(scope, district)
	args["box"] = postgis.Geom{Geometry: box}
	found, err := s.asked(ctx, args)
	if err != nil {
		return out, fmt.Errorf("read the surveys of a map of %s: %w", district, err)
	}
	shown := map[string]PictureProperties{}
	for _, v := range found {
		rows, _ := byBuilding(v.Counts)
		if !account.SeesCounts(ctx) {
			v.mask()
			rows = v.Counts
		}
		for _, r := range rows {
			p := PictureProperties{Code: r.BuildingCode, Community: v.Community.Code, Masked: r.Masked, State: v.State}
			if r.Agreed != nil && r.Households > 0 {
				share := float64(*r.Agreed) / float64(r.Households)
				p.Share = &share
			}
			shown[r.BuildingCode] = p
		}
	}
	args["limit"] = maxPictured + 1
	rows, err := s.db.Pool.Query(ctx, `
		select b.code, b.geom
		from published_building b
		join published_community c on c.id = b.community_id
		where b.district_code = @district and b.point && @box and `+communityInScope+`
		order by b.code
		limit @limit`, args)
	if err != nil {
		return out, fmt.Errorf("read the buildings of a map of %s: %w", district, err)
	}
	var code string
	var geom postgis.Geom
	_, err = pgx.ForEachRow(rows, []any{&code, &geom}, func() error {
		if p, ok := shown[code]; ok && len(out.Features) < maxPictured {
			out.Features = append(out.Features, PictureBuilding{"Feature", geojson.NewGeometry(geom.Geometry), p})
		} else if ok {
			out.Whole = false
		}
		return nil
	})
	if err != nil {
		return out, fmt.Errorf("read the buildings of a map of %s: %w", district, err)
	}
	return out, nil
}

// asked reads the newest surveys of the communities that have buildings in a box,
// with all their rows: also those outside decide what is masked.
func (s *Store) asked(ctx context.Context, args pgx.NamedArgs) ([]*Survey, error) {
	rows, err := s.db.Pool.Query(ctx, `
		select s.id, c.code, s.state, s.households, s.asked, s.agreed, s.disagreed,
		       n.building_code, n.stairwell, n.households, n.asked, n.agreed, n.disagreed
		from published_community c
		join published_survey s on s.community_id = c.id
		join survey_count n on n.survey_id = s.id
		where n.building_code <> '' and `+communityInScope+`
		  and c.id in (select b.community_id from published_building b where b.district_code = @district and b.point && @box)
		order by s.id, n.building_code, n.stairwell`, args)
	if err != nil {
		return nil, err
	}
	var found []*Survey
	_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (none struct{}, err error) {
		var id uuid.UUID
		var v Survey
		sums := Sums{Asked: new(int), Agreed: new(int), Disagreed: new(int)}
		c := Count{Asked: new(int), Agreed: new(int), Disagreed: new(int)}
		if err := row.Scan(&id, &v.Community.Code, &v.State, &sums.Households, sums.Asked, sums.Agreed, sums.Disagreed,
			&c.BuildingCode, &c.Stairwell, &c.Households, c.Asked, c.Agreed, c.Disagreed); err != nil {
			return none, err
		}
		if len(found) == 0 || found[len(found)-1].ID != id {
			v.ID, v.Sums = id, sums
			found = append(found, &v)
		}
		last := found[len(found)-1]
		last.Counts = append(last.Counts, c)
		return none, nil
	})
	return found, err
}

// Share is how many of the households of a community agreed, by its newest
// survey.
type Share struct {
	Code   string   `json:"code"`
	Share  *float64 `json:"share" doc:"null: masked, or it has no households"`
	Masked bool     `json:"masked"`
}

// Shares returns every community that was asked, for the colours of a map.
func (s *Store) Shares(ctx context.Context, scope account.Scope, district string) ([]Share, error) {
	args := scopeArgs(scope, district)
	args["detail"] = account.SeesCounts(ctx)
	rows, err := s.db.Pool.Query(ctx, `
		select c.code, case when @detail or not s.small then s.agreed::float8 / nullif(s.households, 0) end, not @detail and s.small
		from published_community c
		join published_survey s on s.community_id = c.id
		where `+communityInScope+`
		order by c.code`, args)
	if err != nil {
		return nil, fmt.Errorf("read the shares of %s: %w", district, err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Share])
	if err != nil {
		return nil, fmt.Errorf("read the shares of %s: %w", district, err)
	}
	return list, nil
}
