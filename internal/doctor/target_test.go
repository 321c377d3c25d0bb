package doctor

import (
	"testing"

	"github.com/lianpian/lianpian/internal/geofile"
)

func TestAColumnOfTheRegistersOwnNameComesBeforeOneThatIsCalledAlike(t *testing.T) {
	target, _ := targetOf("communities")
	s := geofile.Source{Name: "小区", Fields: []geofile.Field{{Name: "名称"}, {Name: "name"}}}
	for name, c := range map[string]struct {
		filled [2]int64
		want   [2]string
	}{
		"both filled":                  {[2]int64{3, 3}, [2]string{"", "name"}},
		"texts stand on their layer":   {[2]int64{0, 3}, [2]string{"", "name"}},
		"a drawing of somebody else's": {[2]int64{3, 0}, [2]string{"name", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			p := profile{fields: make([]fieldProfile, 2)}
			for i := range p.fields {
				p.fields[i].filled = c.filled[i]
			}
			got := mapFields(s, target, LayerDecision{}, p)
			if got[0].Target != c.want[0] || got[1].Target != c.want[1] {
				t.Errorf("名称 is for %q, name for %q; want %q", got[0].Target, got[1].Target, c.want)
			}
		})
	}
}

func TestLayersThatNoFileIsImportedIntoAreLeftOutWithoutAQuestion(t *testing.T) {
	for _, name := range []string{"小区_注记", "railways", "waterways", "green", "subdistricts", "镇街"} {
		guess := guessTarget(geofile.Source{Name: name, Shape: geofile.Areas}, "register.gpkg", profile{})
		if guess.Layer != targetNone || !guess.Sure || guess.Reason == "" {
			t.Errorf("%s: %+v", name, guess)
		}
	}
}
