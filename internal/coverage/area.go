package coverage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/postgis"
)

// ground is an area as the queries need it: the predicates that choose its
// buildings ($1 is the district, $2 what of) and its communities without one.
type ground struct {
	Area
	of          any
	buildings   string // over published_building b
	communities string // over published_community c
	zoneVersion int
	place       account.Place // what a person must be permitted to ask about
}

// checkArea refuses an area that is not sound before any of it reaches the
// database.
func checkArea(a Area) (Area, error) {
	invalid := func(detail string) (Area, error) {
		return Area{}, &InvalidError{Field: "area", Detail: detail}
	}
	a.Name = ""
	switch a.Kind {
	case "":
		if a.Code != "" || a.Geometry != nil {
			return invalid("缺少范围的种类（kind）")
		}
		return Area{Kind: AreaDistrict}, nil
	case AreaDistrict:
		return Area{Kind: AreaDistrict}, nil
	case AreaSubdistrict, AreaNeighborhood, AreaZone, AreaCommunity:
		if a.Code == "" {
			return invalid("缺少范围的编号（code）")
		}
		a.Geometry = nil
		return a, nil
	case AreaPolygon:
		if a.Geometry == nil || a.Geometry.Geometry() == nil {
			return invalid("缺少多边形（geometry）")
		}
		shape, fault := geo.AsMultiPolygon(a.Geometry.Geometry())
		if fault == nil {
			fault = geo.Check(shape, geo.Limits{MaxPoints: geo.MaxDrawnPoints})
		}
		if fault != nil {
			return invalid(fault.Detail)
		}
		return Area{Kind: AreaPolygon, Geometry: geojson.NewGeometry(geo.Rewind(shape))}, nil
	default:
		return invalid(fmt.Sprintf("不认识的范围种类“%s”", a.Kind))
	}
}

// findGround looks an area up, as far as the scope may know of it.
func findGround(ctx context.Context, tx pgx.Tx, scope account.Scope, district string, a Area) (ground, error) {
	g := ground{Area: a, place: account.Place{District: district}}
	missing := func(err error, what string) (ground, error) {
		if errors.Is(err, pgx.ErrNoRows) {
			return g, &InvalidError{Field: "area", Detail: fmt.Sprintf("本区没有编号为“%s”的%s", a.Code, what)}
		}
		return g, fmt.Errorf("find %s %s: %w", a.Kind, a.Code, err)
	}
	switch a.Kind {
	case AreaDistrict:
		g.buildings, g.communities = `$2::text is null`, `$2::text is null`
		g.of = nil
	case AreaSubdistrict:
		err := tx.QueryRow(ctx, `select name from published_subdistrict where district_code = $1 and code = $2`,
			district, a.Code).Scan(&g.Name)
		if err != nil {
			return missing(err, "街道（镇）")
		}
		g.of = a.Code
		g.buildings, g.communities = `b.subdistrict_code = $2::text`, `c.subdistrict_code = $2::text`
		g.place.Subdistricts = []string{a.Code}
	case AreaNeighborhood:
		var subdistrict string
		err := tx.QueryRow(ctx, `
			select name, coalesce(subdistrict_code, '') from published_neighborhood where district_code = $1 and code = $2`,
			district, a.Code).Scan(&g.Name, &subdistrict)
		if err != nil {
			return missing(err, "社区")
		}
		g.of = a.Code
		// A building belongs to the neighborhood of its community or, without one,
		// to the one whose ground it stands on.
		g.buildings = `(b.community_id in (select id from published_community where district_code = $1 and neighborhood_code = $2::text)
			or b.community_id is null and exists (
			    select from published_neighborhood n
			    where n.district_code = $1 and n.code = $2::text and ST_Intersects(n.geom, b.point)))`
		g.communities = `c.neighborhood_code = $2::text`
		if subdistrict != "" {
			g.place.Subdistricts = []string{subdistrict}
		}
	case AreaCommunity:
		var id int64
		var subdistrict string
		err := tx.QueryRow(ctx, `
			select id, name, coalesce(subdistrict_code, '') from published_community
			where district_code = $1 and code = $2
			  and ($3::text[] is null or subdistrict_code = any($3))
			  and ($4::bigint[] is null or id in (select community_id from published_zone_community where zone_id = any($4)))`,
			district, a.Code, scope.Subdistricts, scope.Zones).Scan(&id, &g.Name, &subdistrict)
		if err != nil {
			return missing(err, "小区")
		}
		g.of = id
		g.buildings, g.communities = `b.community_id = $2::bigint`, `c.id = $2::bigint`
		if subdistrict != "" {
			g.place.Subdistricts = []string{subdistrict}
		}
	case AreaZone:
		var id int64
		err := tx.QueryRow(ctx, `
			select id, name, version, subdistrict_codes from published_zone
			where district_code = $1 and code = $2
			  and ($3::text[] is null or subdistrict_codes && $3)
			  and ($4::bigint[] is null or id = any($4))`, district, a.Code, scope.Subdistricts, scope.Zones).
			Scan(&id, &g.Name, &g.zoneVersion, &g.place.Subdistricts)
		if err != nil {
			return missing(err, "片区")
		}
		g.of, g.place.Zone = id, id
		g.buildings = `b.id in (select building_id from published_zone_building where zone_id = $2::bigint)`
		g.communities = `c.id in (select community_id from published_zone_community where zone_id = $2::bigint)`
	case AreaPolygon:
		g.of = postgis.Geom{Geometry: a.Geometry.Geometry()}
		g.buildings = `b.point && $2::geometry and ST_Intersects($2::geometry, b.point)`
		g.communities = `c.location && $2::geometry and ST_Intersects($2::geometry, c.location)`
		g.place.Subdistricts = []string{} // those of its buildings, once they are read
	}
	return g, nil
}

// boundOf is the extent of a set of places.
func boundOf(places []place) orb.Bound {
	if len(places) == 0 {
		return orb.Bound{}
	}
	b := orb.Point{places[0].lon, places[0].lat}.Bound()
	for _, p := range places[1:] {
		b = b.Extend(orb.Point{p.lon, p.lat})
	}
	return b
}

// subdistrictsOf lists where the subjects lie; "" is nowhere known.
func subdistrictsOf(subjects []subject) []string {
	codes := []string{}
	for i := range subjects {
		if !slices.Contains(codes, subjects[i].subdistrict) {
			codes = append(codes, subjects[i].subdistrict)
		}
	}
	slices.Sort(codes)
	return codes
}
