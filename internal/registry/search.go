package registry

import (
	"context"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/account"
)

// Hit is one thing that a search found.
type Hit struct {
	Kind     string     `json:"kind" enum:"community,facility,subdistrict,place,road,coordinate"`
	Code     string     `json:"code"` // "" where the thing has none that can be opened
	Name     string     `json:"name"`
	Detail   string     `json:"detail"` // address, type, class: what tells namesakes apart
	Location *orb.Point `json:"location"`
	BBox     *BBox      `json:"bbox"`
}

const maxHits = 50

// Search finds communities, facilities, subdistricts, places and roads by a part
// of their name (communities also by address and code), the best match first:
// whole name, beginning, anywhere. A pair of coordinates is a hit, too. Zones
// are searched by the zone package.
func (s *Store) Search(ctx context.Context, scope account.Scope, district, q string, limit int) ([]Hit, error) {
	if err := inDistrict(scope, district); err != nil {
		return nil, err
	}
	q = strings.Join(strings.Fields(q), " ")
	hits := []Hit{}
	if q == "" || !storable(q) || len(q) > 500 {
		return hits, nil
	}
	if p, ok := ParseCoordinate(q); ok {
		name := fmt.Sprintf("%s, %s", strconv.FormatFloat(p[0], 'f', -1, 64), strconv.FormatFloat(p[1], 'f', -1, 64))
		hits = append(hits, Hit{Kind: "coordinate", Name: name, Detail: "坐标（CGCS2000 经度, 纬度）", Location: &p})
	}
	if limit <= 0 || limit > maxHits {
		limit = maxHits
	}
	args := scopeArgs(scope, district)
	args["q"], args["pattern"], args["prefix"] = q, contains(q), likeEscaper.Replace(q)+"%"
	args["limit"] = limit
	rows, err := s.db.Pool.Query(ctx, `
		with found as (
			select 1 as kind_order, 'community' as kind, c.code, c.name,
			       concat_ws(' ', nullif(s.name, ''), nullif(c.address, '')) as detail, c.location, c.geom
			from community c
			left join subdistrict s on s.district_code = c.district_code and s.code = c.subdistrict_code
			where (c.name ilike @pattern or c.address ilike @pattern or c.code ilike @prefix) and `+communityInScope+`
			union all
			select 2, 'facility', f.code, f.name, f.facility_type, f.geom, null
			from facility f
			where f.name ilike @pattern and `+facilityInScope+`
			union all
			select 0, 'subdistrict', s.code, s.name, '', null, s.geom
			from subdistrict s
			where s.district_code = @district and s.name ilike @pattern
			union all
			select 3, 'place', '', p.name, p.class, p.geom, null
			from place p
			where p.district_code = @district and p.name ilike @pattern
			union all
			-- A street is many pieces: one hit, placed on its middle piece.
			select 4, 'road', '', r.name, min(r.class),
			       (array_agg(ST_PointN(r.geom, (ST_NPoints(r.geom) + 1) / 2) order by r.source_ref))[(count(*)::int + 1) / 2],
			       ST_SetSRID(ST_Extent(r.geom)::geometry, 4490)
			from road r
			where r.district_code = @district and r.name ilike @pattern
			group by r.name
		)
		select kind, code, name, detail,
		       `+pointOf("coalesce(location, ST_PointOnSurface(geom))")+` as location, `+bboxOf("geom")+` as bbox
		from found
		order by (lower(name) = lower(@q)) desc, (name ilike @prefix) desc, (name ilike @pattern) desc,
		         kind_order, length(name), name collate "zh-x-icu", code collate "C"
		limit @limit`, args)
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", district, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByName[Hit])
	if err != nil {
		return nil, fmt.Errorf("search %s: %w", district, err)
	}
	for i := range found {
		if found[i].Kind == "facility" {
			if t, ok := s.lib.FacilityType(found[i].Detail); ok {
				found[i].Detail = t.Name
			}
		}
	}
	return append(hits, found...), nil
}

var coordinatePair = regexp.MustCompile(
	`^\s*(东经|西经|北纬|南纬|经度|纬度|[EWNSewns])?\s*[:：]?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*([EWNSewns])?` +
		`\s*[,，;；、\s]\s*` +
		`(东经|西经|北纬|南纬|经度|纬度|[EWNSewns])?\s*[:：]?\s*([+-]?\d{1,3}(?:\.\d+)?)\s*°?\s*([EWNSewns])?\s*$`)

// ParseCoordinate reads a pair of decimal degrees as people write it:
// "106.9,28.97", "28.97N 106.9E", "东经106.9，北纬28.97". Without letters the
// longitude comes first, unless only the other order is possible.
func ParseCoordinate(text string) (orb.Point, bool) {
	m := coordinatePair.FindStringSubmatch(text)
	if m == nil {
		return orb.Point{}, false
	}
	first, second := readAngle(m[2], m[1]+m[3]), readAngle(m[5], m[4]+m[6])
	switch {
	case first.axis == "lat" && second.axis != "lat", second.axis == "lon" && first.axis != "lon":
		first, second = second, first
	case first.axis == "" && second.axis == "" && math.Abs(second.value) > 90 && math.Abs(first.value) <= 90:
		first, second = second, first
	}
	if first.axis == "lat" || second.axis == "lon" || math.Abs(first.value) > 180 || math.Abs(second.value) > 90 {
		return orb.Point{}, false
	}
	return orb.Point{first.value, second.value}, true
}

type angle struct {
	value float64
	axis  string // lon, lat or "" unknown
}

func readAngle(digits, mark string) angle {
	value, err := strconv.ParseFloat(digits, 64)
	if err != nil { // the pattern only lets numbers through
		return angle{math.NaN(), ""}
	}
	a := angle{value: value}
	switch strings.ToUpper(mark) {
	case "E", "东经", "经度":
		a.axis = "lon"
	case "N", "北纬", "纬度":
		a.axis = "lat"
	case "W", "西经":
		a = angle{-value, "lon"}
	case "S", "南纬":
		a = angle{-value, "lat"}
	}
	return a
}
