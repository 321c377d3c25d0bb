package importer

import (
	"bytes"
	_ "embed"
	"fmt"
	"regexp"
	"slices"

	"gopkg.in/yaml.v3"
)

//go:embed osm_facilities.yaml
var facilityRules []byte

// facilityMapping says which facility types an OpenStreetMap object stands for.
type facilityMapping struct {
	entries []facilityEntry
}

type facilityEntry struct {
	When       map[string][]string `yaml:"when"`
	NamedGates bool                `yaml:"may_be_named_after_a_gate"`
	Choose     []facilityChoice    `yaml:"choose"`
}

type facilityChoice struct {
	Facilities []string          `yaml:"facilities"`
	Name       string            `yaml:"name"`
	Tags       map[string]string `yaml:"tags"`
	AreaFrom   float64           `yaml:"area_from"`
	AreaBelow  float64           `yaml:"area_below"`

	name *regexp.Regexp
}

func loadFacilityMapping() (*facilityMapping, error) {
	var m facilityMapping
	d := yaml.NewDecoder(bytes.NewReader(facilityRules))
	d.KnownFields(true)
	if err := d.Decode(&m.entries); err != nil {
		return nil, fmt.Errorf("read osm_facilities.yaml: %w", err)
	}
	for i, e := range m.entries {
		for j, c := range e.Choose {
			if c.Name == "" {
				continue
			}
			pattern, err := regexp.Compile(c.Name)
			if err != nil {
				return nil, fmt.Errorf("osm_facilities.yaml, entry %d: %w", i+1, err)
			}
			m.entries[i].Choose[j].name = pattern
		}
	}
	return &m, nil
}

// gateName matches what is only a way into something: 某某小学西门, 2号门, B出入口.
var gateName = regexp.MustCompile(`(出入口|入口|出口|[东西南北正侧后前大]门|[0-9A-Za-z一二三四五六七八九十]+号?门|门岗|传达室)([(（].*[)）])?$`)

// types returns the facility types of an object, none for most. m2 is its area,
// 0 for a node.
func (m *facilityMapping) types(tags osmTags, name string, m2 float64) []string {
	if tags.is("entrance") || tags.is("disused") || tags.is("abandoned") || tags.get("railway") == "subway_entrance" {
		return nil
	}
	switch tags.get("barrier") {
	case "gate", "lift_gate", "entrance", "swing_gate":
		return nil
	}
	gate := gateName.MatchString(name)
	var found []string
	for _, e := range m.entries {
		if gate && !e.NamedGates || !e.holds(tags) {
			continue
		}
		for _, c := range e.Choose {
			if !c.fits(tags, name, m2) {
				continue
			}
			for _, key := range c.Facilities {
				if !slices.Contains(found, key) {
					found = append(found, key)
				}
			}
			break
		}
	}
	return found
}

func (e facilityEntry) holds(tags osmTags) bool {
	for key, values := range e.When {
		if !slices.Contains(values, tags.get(key)) {
			return false
		}
	}
	return true
}

func (c facilityChoice) fits(tags osmTags, name string, m2 float64) bool {
	for key, value := range c.Tags {
		if tags.get(key) != value {
			return false
		}
	}
	return (c.name == nil || c.name.MatchString(name)) &&
		m2 >= c.AreaFrom && (c.AreaBelow == 0 || m2 < c.AreaBelow)
}
