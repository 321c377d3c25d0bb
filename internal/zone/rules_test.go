package zone_test

import (
	"encoding/json"
	"testing"

	"github.com/lianpian/lianpian/internal/zone"
)

func TestWhichLinksCount(t *testing.T) {
	walk := func(m float64) *float64 { return &m }
	standard := zone.DefaultRules()
	with := func(change func(r *zone.Rules)) zone.Rules {
		r := zone.DefaultRules()
		change(&r)
		return r
	}
	bridge := []zone.Crossing{{Barrier: "river", Kind: "bridge"}}
	cases := map[string]struct {
		rules zone.Rules
		link  zone.Link
		want  string // "" counts
	}{
		"near":                           {standard, zone.Link{GapM: 150}, ""},
		"too far":                        {standard, zone.Link{GapM: 150.5}, "间距 150 米，超过 150 米"},
		"a river":                        {standard, zone.Link{Crossed: []string{"river"}}, "中间隔着河流，附近没有桥梁或通道"},
		"a river with a bridge":          {standard, zone.Link{Crossed: []string{"river"}, Crossings: bridge}, ""},
		"a bridge over the other one":    {standard, zone.Link{Crossed: []string{"river", "railway"}, Crossings: bridge}, "中间隔着铁路，附近没有桥梁或通道"},
		"a primary road is free":         {standard, zone.Link{Crossed: []string{"primary"}}, ""},
		"an unheard-of barrier":          {standard, zone.Link{Crossed: []string{"wall"}}, "中间隔着wall，附近没有桥梁或通道"},
		"never, with a bridge":           {with(func(r *zone.Rules) { r.Barriers["river"] = zone.BarrierNever }), zone.Link{Crossed: []string{"river"}, Crossings: bridge}, "中间隔着河流，按规则不得跨越"},
		"no barriers said":               {with(func(r *zone.Rules) { r.Barriers = nil }), zone.Link{Crossed: []string{"railway"}}, "中间隔着铁路，附近没有桥梁或通道"},
		"a person says together":         {standard, zone.Link{GapM: 9000, Crossed: []string{"river"}, Verdict: zone.Together}, ""},
		"a person says never":            {standard, zone.Link{Verdict: zone.Never}, "已人工指定不相连"},
		"a short walk":                   {with(func(r *zone.Rules) { r.MaxWalkM = walk(300) }), zone.Link{WalkM: walk(300)}, ""},
		"a long walk":                    {with(func(r *zone.Rules) { r.MaxWalkM = walk(300) }), zone.Link{WalkM: walk(301)}, "步行 301 米，超过 300 米"},
		"no walk where one is asked for": {with(func(r *zone.Rules) { r.MaxWalkM = walk(300) }), zone.Link{GapM: 1}, "没有步行通路"},
	}
	for name, c := range cases {
		if got := c.rules.Against(c.link); got != c.want || c.rules.Counts(c.link) != (c.want == "") {
			t.Errorf("%s: %q (counts: %v), want %q", name, got, c.rules.Counts(c.link), c.want)
		}
	}
	for name, c := range map[string]struct {
		link zone.Link
		want float64
	}{
		"the way": {zone.Link{GapM: 5, WalkM: walk(80)}, 80}, "no way": {zone.Link{GapM: 100}, 130},
		"next door": {zone.Link{}, 1}, "across the hall": {zone.Link{WalkM: walk(0)}, 1},
	} {
		if got := c.link.Length(); got != c.want {
			t.Errorf("%s: %g m, want %g", name, got, c.want)
		}
	}
}

func TestDefaultRulesAreThoseOfTheDatabase(t *testing.T) {
	b := newBench(t)
	var stored zone.Rules
	if err := b.db.Pool.QueryRow(t.Context(), `select rules from scenario where main`).Scan(&stored); err != nil {
		t.Fatal(err)
	}
	want, _ := json.Marshal(zone.DefaultRules())
	if got, _ := json.Marshal(stored); string(got) != string(want) {
		t.Errorf("%s, want %s", got, want)
	}
}
