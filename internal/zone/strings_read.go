package zone

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
)

// String is one link of a zone's minimal tree, drawn along the streets that tie
// its two communities together (串点成线).
type String struct {
	A        string // code of a community
	B        string // code of a community
	AName    string
	BName    string
	Name     string // of the street that most of it follows
	LengthM  float64
	Streets  []Street // longest first
	Straight bool     // no way along streets is known: Line is a straight one
	Line     orb.LineString
}

// Strings returns the strings of a zone between communities that the scope may
// read, by the name of their street. postgis.ErrNotFound where there is no such
// zone in the scope.
func (s *Store) Strings(ctx context.Context, scope account.Scope, district, code string) ([]String, error) {
	return s.StringsIn(ctx, s.db.Pool, scope, district, code)
}

// StringsIn is Strings inside the caller's transaction.
func (s *Store) StringsIn(ctx context.Context, q reader, scope account.Scope, district, code string) ([]String, error) {
	z, err := find(ctx, q, scope, district, code, "")
	if err != nil {
		return nil, err
	}
	rows, err := q.Query(ctx, `
		select a.code, b.code, a.name, b.name, s.name, s.length_m, s.streets, s.straight, s.geom
		from zone_string s
		join published_community a on a.id = s.a_id
		join published_community b on b.id = s.b_id
		where s.zone_id = $1
		  and ($2::text[] is null or a.subdistrict_code = any($2) and b.subdistrict_code = any($2))
		order by s.name = '', s.name, a.code, b.code`, z.id, scope.Subdistricts)
	if err != nil {
		return nil, fmt.Errorf("read the strings of zone %s: %w", code, err)
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (String, error) {
		var line String
		var streets []byte
		var geom postgis.Geom
		err := row.Scan(&line.A, &line.B, &line.AName, &line.BName, &line.Name, &line.LengthM, &streets, &line.Straight, &geom)
		if err != nil {
			return line, err
		}
		line.Line, _ = geom.Geometry.(orb.LineString)
		return line, json.Unmarshal(streets, &line.Streets)
	})
	if err != nil {
		return nil, fmt.Errorf("read the strings of zone %s: %w", code, err)
	}
	return found, nil
}

// StringCollection is the strings of a zone as GeoJSON (RFC 7946).
type StringCollection struct {
	Type     string          `json:"type" enum:"FeatureCollection"`
	Features []StringFeature `json:"features" doc:"by the name of their street"`
	TotalM   float64         `json:"total_m" doc:"length of all of them"`
}

// StringFeature is a string as a GeoJSON feature.
type StringFeature struct {
	Type       string            `json:"type" enum:"Feature"`
	Geometry   *geojson.Geometry `json:"geometry" doc:"LineString"`
	Properties StringProperties  `json:"properties"`
}

// StringProperties are the properties of a string's feature.
type StringProperties struct {
	A        string   `json:"a" doc:"code of a community"`
	B        string   `json:"b"`
	AName    string   `json:"a_name"`
	BName    string   `json:"b_name"`
	Name     string   `json:"name" doc:"of the street that most of it follows; empty where none has one"`
	LengthM  float64  `json:"length_m"`
	Streets  []Street `json:"streets" doc:"that it follows, longest first"`
	Straight bool     `json:"straight" doc:"no way along streets is known; the line is a straight one"`
}

// CollectStrings puts strings into a collection.
func CollectStrings(lines []String) StringCollection {
	c := StringCollection{Type: "FeatureCollection", Features: make([]StringFeature, 0, len(lines))}
	for _, l := range lines {
		c.TotalM += l.LengthM
		c.Features = append(c.Features, StringFeature{
			Type: "Feature", Geometry: geojson.NewGeometry(l.Line),
			Properties: StringProperties{l.A, l.B, l.AName, l.BName, l.Name, cents(l.LengthM), l.Streets, l.Straight},
		})
	}
	c.TotalM = cents(c.TotalM)
	return c
}

// StreetsText tells streets with their lengths in one line. Short pieces have a
// decimal, and those that this cannot show are left out, unless there is no other.
func StreetsText(streets []Street) string {
	said := make([]string, 0, len(streets))
	for i, s := range streets {
		name, metres := s.Name, fmt.Sprintf("%.0f 米", s.LengthM)
		if name == "" {
			name = "无名路"
		}
		switch {
		case s.LengthM < 0.05 && i > 0:
			continue
		case s.LengthM < 0.05:
			metres = "不足 0.1 米"
		case s.LengthM < 9.95:
			metres = fmt.Sprintf("%.1f 米", s.LengthM)
		}
		said = append(said, name+" "+metres)
	}
	return strings.Join(said, "、")
}
