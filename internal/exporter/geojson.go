package exporter

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/paulmach/orb"
	"github.com/paulmach/orb/geojson"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/clock"
	"github.com/lianpian/lianpian/internal/geo"
	"github.com/lianpian/lianpian/internal/zone"
)

// GeoJSON writes a plan as an RFC 7946 FeatureCollection: its zones, their
// communities, buildings and strings, told apart by the property "layer". What the
// plan is and where it comes from stands in the foreign member "metadata".
func GeoJSON(w io.Writer, p *areaplan.Plan) error {
	out := bufio.NewWriterSize(w, 64<<10)
	name := p.Title
	if len(p.Zones) == 1 {
		name = p.Zones[0].Name
	}
	head, err := json.Marshal(struct {
		Type     string     `json:"type"`
		Name     string     `json:"name"`
		BBox     [4]float64 `json:"bbox"`
		Metadata metadata   `json:"metadata"`
	}{"FeatureCollection", name, boxOf(p), metadataOf(p)})
	if err != nil {
		return fmt.Errorf("write GeoJSON: %w", err)
	}
	_, _ = out.Write(head[:len(head)-1]) // bufio keeps its first error for Flush
	_, _ = out.WriteString(`,"features":[`)
	separator := "\n"
	for f, err := range features(p) {
		if err != nil {
			return fmt.Errorf("write GeoJSON: %w", err)
		}
		_, _ = out.WriteString(separator)
		_, _ = out.Write(f)
		separator = ",\n"
	}
	_, _ = out.WriteString("\n]}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write GeoJSON: %w", err)
	}
	return nil
}

type metadata struct {
	District      string         `json:"district"`
	DistrictCode  string         `json:"district_code"`
	Scenario      string         `json:"scenario"`
	Zones         []metadataZone `json:"zones"`
	Policy        string         `json:"policy"`
	Software      string         `json:"software"`
	ExportedAt    string         `json:"exported_at"`
	ExportedBy    string         `json:"exported_by"`
	CRS           string         `json:"crs"`
	Sources       []string       `json:"sources"`
	Attribution   string         `json:"attribution,omitempty"`
	Notice        string         `json:"notice,omitempty"`
	Demo          bool           `json:"demo"`
	GeneratedNote string         `json:"generated_note,omitempty"`
}

type metadataZone struct {
	Name    string `json:"name"`
	Code    string `json:"code"`
	Version int    `json:"version"`
}

func metadataOf(p *areaplan.Plan) metadata {
	m := metadata{
		District: p.District.Name, DistrictCode: p.District.Code, Scenario: p.Scenario.Name, Zones: []metadataZone{},
		Policy: p.Versions.Policy, Software: p.Versions.Software,
		ExportedAt: p.At.In(clock.China).Format(time.RFC3339), ExportedBy: p.By,
		CRS: crs, Sources: sourcesOf(p), Notice: p.District.Notice, Demo: p.District.Demo,
	}
	for i := range p.Zones {
		m.Zones = append(m.Zones, metadataZone{p.Zones[i].Name, p.Zones[i].Code, p.Zones[i].Version})
	}
	if m.Sources == nil {
		m.Sources = []string{}
	}
	if fromOpenStreetMap(p) {
		m.Attribution = attribution
	}
	if p.Totals.Generated {
		m.GeneratedNote = "属性 generated 列出的字段为演示数据（生成），不能用于实际工作"
	}
	return m
}

// boxOf holds the zones and everything of them, also what reaches over their edge.
func boxOf(p *areaplan.Plan) [4]float64 {
	var b orb.Bound
	for i := range p.Zones {
		if i == 0 {
			b = p.Zones[i].Outline.Bound()
		}
		b = b.Union(p.Zones[i].Outline.Bound())
		for _, s := range p.Zones[i].Strings {
			b = b.Union(s.Path.Bound())
		}
	}
	for i := range p.Communities {
		if c := &p.Communities[i]; c.Outline != nil {
			b = b.Union(c.Outline.Bound())
		} else if c.Location != nil {
			b = b.Extend(*c.Location)
		}
	}
	for i := range p.Buildings {
		b = b.Union(p.Buildings[i].Outline.Bound())
	}
	return [4]float64{b.Min[0], b.Min[1], b.Max[0], b.Max[1]}
}

// The properties of the four layers. Null is unknown.
type (
	zoneProperties struct {
		Layer            string   `json:"layer"`
		Code             string   `json:"code"`
		Name             string   `json:"name"`
		Note             string   `json:"note"`
		Version          int      `json:"version"`
		SubdistrictCodes []string `json:"subdistrict_codes"`
		zone.Totals
		UpdatedBy string    `json:"updated_by"`
		UpdatedAt time.Time `json:"updated_at"`
	}
	communityProperties struct {
		Layer           string    `json:"layer"`
		Code            string    `json:"code"`
		Name            string    `json:"name"`
		Address         string    `json:"address"`
		SubdistrictCode string    `json:"subdistrict_code"`
		SubdistrictName string    `json:"subdistrict_name"`
		UnitKind        string    `json:"unit_kind"`
		BuiltYear       *int      `json:"built_year"`
		Buildings       int64     `json:"buildings"`
		Households      *int64    `json:"households"`
		FloorAreaM2     *float64  `json:"floor_area_m2"`
		LandAreaM2      *float64  `json:"land_area_m2"`
		ManagementMode  string    `json:"management_mode"`
		Eligibility     string    `json:"eligibility"`
		Verdict         string    `json:"verdict"`
		OverrideReason  string    `json:"override_reason"`
		Remark          string    `json:"remark"`
		Generated       []string  `json:"generated"`
		Source          string    `json:"source"`
		UpdatedAt       time.Time `json:"updated_at"`
	}
	buildingProperties struct {
		Layer         string    `json:"layer"`
		Code          string    `json:"code"`
		Name          string    `json:"name"`
		CommunityCode string    `json:"community_code"`
		CommunityName string    `json:"community_name"`
		Use           string    `json:"use"`
		Storeys       *int      `json:"storeys"`
		HeightM       *float64  `json:"height_m"`
		BuiltYear     *int      `json:"built_year"`
		Households    *int64    `json:"households"`
		FloorAreaM2   *float64  `json:"floor_area_m2"`
		FootprintM2   *float64  `json:"footprint_m2"`
		Generated     []string  `json:"generated"`
		Source        string    `json:"source"`
		UpdatedAt     time.Time `json:"updated_at"`
	}
	stringProperties struct {
		Layer    string  `json:"layer"`
		Zone     string  `json:"zone"`
		A        string  `json:"a"`
		B        string  `json:"b"`
		AName    string  `json:"a_name"`
		BName    string  `json:"b_name"`
		Name     string  `json:"name"`
		LengthM  float64 `json:"length_m"`
		Streets  string  `json:"streets"`
		Straight bool    `json:"straight"`
	}
)

// features yields each feature as JSON.
func features(p *areaplan.Plan) func(yield func([]byte, error) bool) {
	return func(yield func([]byte, error) bool) {
		for i := range p.Zones {
			z := &p.Zones[i]
			if !yield(feature("zone/"+z.Code, z.Outline, zoneProperties{
				"zone", z.Code, z.Name, z.Note, z.Version, z.SubdistrictCodes, z.Totals, z.UpdatedBy, z.UpdatedAt,
			})) {
				return
			}
		}
		for i := range p.Communities {
			c := &p.Communities[i]
			var shape orb.Geometry
			if c.Outline != nil {
				shape = c.Outline
			} else if c.Location != nil {
				shape = *c.Location
			}
			if !yield(feature("community/"+c.Code, shape, communityProperties{
				"communities", c.Code, c.Name, c.Address, c.SubdistrictCode, c.SubdistrictName, c.UnitKind, c.BuiltYear,
				c.Buildings, c.Households, c.FloorAreaM2, c.LandAreaM2, c.ManagementMode, c.Eligibility, c.Verdict,
				c.OverrideReason, c.Remark, c.Generated, c.Source, c.UpdatedAt,
			})) {
				return
			}
		}
		for i := range p.Buildings {
			b := &p.Buildings[i]
			if !yield(feature("building/"+b.Code, b.Outline, buildingProperties{
				"buildings", b.Code, b.Name, b.CommunityCode, b.CommunityName, b.Use, b.Storeys, b.HeightM, b.BuiltYear,
				b.Households, b.FloorAreaM2, b.FootprintM2, b.Generated, b.Source, b.UpdatedAt,
			})) {
				return
			}
		}
		for i := range p.Zones {
			for _, f := range p.Zones[i].Strings {
				if !yield(feature("string/"+f.From+"/"+f.To, f.Path, stringProperties{
					"strings", p.Zones[i].Code, f.From, f.To, f.FromName, f.ToName, f.Name, cents(f.LengthM), f.Streets, f.Straight,
				})) {
					return
				}
			}
		}
	}
}

func feature(id string, shape orb.Geometry, properties any) ([]byte, error) {
	var geometry *geojson.Geometry // null where the place is not known
	switch shape := shape.(type) {
	case orb.MultiPolygon:
		geometry = geojson.NewGeometry(geo.Rewind(shape))
	case orb.Point, orb.LineString:
		geometry = geojson.NewGeometry(shape)
	}
	return json.Marshal(struct {
		Type       string            `json:"type"`
		ID         string            `json:"id"`
		Geometry   *geojson.Geometry `json:"geometry"`
		Properties any               `json:"properties"`
	}{"Feature", id, geometry, properties})
}
