// Package exporter writes area plans to files, one file per format. A plan is
// gathered first, from one moment of the database, then written. It must never
// compute a figure that another package has a rule for.
package exporter

import (
	"slices"
	"strings"
	"time"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/zone"
)

// Plan is an area plan (片区方案): a zone with everything that is written about
// it, and where it comes from.
type Plan struct {
	District     District
	Zone         zone.Zone
	Subdistricts []string       // names of those in which the zone lies
	Communities  []Community    // by name
	Buildings    []Building     // by community and code; those of no community last
	Strings      []zone.String  // by the name of their street
	Runs         []coverage.Run // the latest of each facility type over this zone
	By           string         // who exports
	At           time.Time
}

// District is what a plan says about the district it lies in.
type District struct {
	Code          string
	Name          string
	Demo          bool
	Notice        string // attribution and what is generated
	PolicyKey     string
	PolicyVersion string
	PolicyTitle   string
	ProfileName   string // of the standards of facilities
}

// Community is a community of the zone. Households and floor area are the
// figures that the zone's totals count: the community's own, else the sum over
// its buildings.
type Community struct {
	Code            string
	Name            string
	Address         string
	SubdistrictCode string
	SubdistrictName string
	UnitKind        string
	BuiltYear       *int
	Buildings       int64
	Households      *int64
	FloorAreaM2     *float64
	LandAreaM2      *float64
	ManagementMode  string
	Eligibility     string
	Verdict         string
	Proof           []policy.Reason
	OverrideReason  string
	OverrideBy      string
	Outline         orb.MultiPolygon // nil where none is known
	Location        *orb.Point
	Remark          string
	Generated       []string
	Source          string
	UpdatedAt       time.Time
}

// Building is a building of the zone.
type Building struct {
	Code            string
	Name            string
	CommunityCode   string // "" for none
	CommunityName   string
	SubdistrictName string
	Use             string
	Storeys         *int
	HeightM         *float64
	BuiltYear       *int
	Households      *int64
	FloorAreaM2     *float64
	FootprintM2     *float64
	Outline         orb.MultiPolygon
	Generated       []string
	Source          string
	UpdatedAt       time.Time
}

// beijing is the time that people in China read; a fixed offset needs no time
// zone data on the machine.
var beijing = time.FixedZone("UTC+8", 8*60*60)

// attribution is what the licence of OpenStreetMap's data asks to be shown.
const attribution = "© OpenStreetMap contributors，依据开放数据库许可（ODbL 1.0）使用，https://www.openstreetmap.org/copyright"

// crs says which coordinates a plan has.
const crs = "CGCS2000 经纬度（EPSG:4490），在本图精度内与 WGS 84 相同"

// sources lists where the rows come from, each once.
func (p Plan) sources() []string {
	var list []string
	add := func(source string) {
		if source != "" && !slices.Contains(list, source) {
			list = append(list, source)
		}
	}
	for i := range p.Communities {
		add(p.Communities[i].Source)
	}
	for i := range p.Buildings {
		add(p.Buildings[i].Source)
	}
	slices.Sort(list)
	return list
}

// openStreetMap tells whether some row comes from OpenStreetMap.
func (p Plan) openStreetMap() bool {
	return slices.ContainsFunc(p.sources(), func(s string) bool {
		s = strings.ToLower(s)
		return strings.Contains(s, "osm") || strings.Contains(s, "openstreetmap")
	})
}

// generated lists the fields of which some value is generated demo data.
func generated[T any](rows []T, of func(*T) []string) map[string]bool {
	fields := map[string]bool{}
	for i := range rows {
		for _, field := range of(&rows[i]) {
			fields[field] = true
		}
	}
	return fields
}

func (c *Community) generated() []string { return c.Generated }
func (b *Building) generated() []string  { return b.Generated }

// loose sums up the buildings of no community, which the zone's totals count,
// too. It is nil where there are none.
func (p Plan) loose() *Community {
	var sum *Community
	for i := range p.Buildings {
		b := &p.Buildings[i]
		if b.CommunityCode != "" {
			continue
		}
		if sum == nil {
			sum = &Community{Name: "（不属于小区的楼栋）", Households: new(int64), FloorAreaM2: new(float64)}
		}
		sum.Buildings++
		if b.Households != nil {
			*sum.Households += *b.Households
		}
		if b.FloorAreaM2 != nil {
			*sum.FloorAreaM2 += *b.FloorAreaM2
		}
		for _, field := range b.Generated {
			if !slices.Contains(sum.Generated, field) {
				sum.Generated = append(sum.Generated, field)
			}
		}
	}
	return sum
}

// FileName is a name for a file of the plan; extension comes without a dot.
// Characters that some file system refuses become underscores.
func (p Plan) FileName(extension string) string {
	clean := func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`\/:*?"<>|`, r) {
			return '_'
		}
		return r
	}
	name := strings.Trim(strings.Map(clean, p.Zone.Name), " .")
	return p.District.Name + "-" + name + "-" + p.At.In(beijing).Format("20060102") + "." + extension
}
