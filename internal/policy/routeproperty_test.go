package policy

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// anyInputs draws inputs, each of which may be missing. Figures are often on a
// limit.
func anyInputs(t *rapid.T, p *Policy) set {
	inputs := set{}
	for _, in := range p.ApprovalInputs {
		if rapid.IntRange(0, 4).Draw(t, "missing "+in.Key) == 0 {
			continue
		}
		switch in.Type {
		case "number":
			inputs[in.Key] = rapid.SampledFrom([]float64{0, 50, 99.99, 100, 100.01, 499.99, 500, 500.01, 999.99, 1000, 1000.01, 5000}).Draw(t, in.Key)
		case "boolean":
			inputs[in.Key] = rapid.Bool().Draw(t, in.Key)
		case "choice":
			inputs[in.Key] = rapid.SampledFrom(in.Values).Draw(t, in.Key)
		case "set":
			some := []any{}
			for _, v := range in.Values {
				if rapid.Bool().Draw(t, v) {
					some = append(some, v)
				}
			}
			inputs[in.Key] = some
		}
	}
	return inputs
}

func anyChoice(t *rapid.T, p *Policy) Choice {
	params := set{}
	for _, q := range p.Parameters {
		if q.Type == "choice" {
			params[q.Key] = rapid.SampledFrom(q.Readings).Draw(t, q.Key).Value
		}
	}
	return Choice{Policy: p, Params: params}
}

// Learning what was not known never turns a decided answer into another.
func TestWhatIsDecidedStaysDecided(t *testing.T) {
	for _, key := range []string{"wansheng-2020", "tongnan-2021"} {
		p := planOf(t, key)
		t.Run(key, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				c, full, part := anyChoice(t, p), anyInputs(t, p), set{}
				for _, key := range slices.Sorted(maps.Keys(full)) {
					if rapid.Bool().Draw(t, "known "+key) {
						part[key] = full[key]
					}
				}
				after := c.Route(full)
				for _, before := range c.Route(part).Tables {
					now, _ := after.Table(before.Key)
					if decided := before.Need == Required || before.Need == Exempt; decided && before.Need != now.Need {
						t.Fatalf("%s was %s, is %s", before.Key, before.Need, now.Need)
					}
					if before.Need == Undecided && len(before.Missing) == 0 {
						t.Fatalf("%s is undecided and misses nothing", before.Key)
					}
				}
			})
		})
	}
}

// strictness orders the needs that are decided.
func strictness(n Need) int { return slices.Index([]Need{Exempt, Check, Required}, n) }

// complete is any project of Tongnan about which everything is known.
func complete(t *rapid.T, p *Policy) set {
	inputs := small()
	maps.Copy(inputs, anyInputs(t, p))
	return inputs
}

// More floor area, more money and more risks never spare a project from what it
// needed with less.
func TestMoreWorksNeverNeedLess(t *testing.T) {
	p := planOf(t, "tongnan-2021")
	rapid.Check(t, func(t *rapid.T) {
		c, less := anyChoice(t, p), complete(t, p)
		more := maps.Clone(less)
		for _, key := range []string{"added_floor_area_m2", "works_investment_wan", "total_investment_wan"} {
			more[key] = less[key].(float64) + rapid.SampledFrom([]float64{0, 0.01, 1, 500}).Draw(t, "more "+key)
		}
		if rapid.Bool().Draw(t, "risky") {
			more["risks"] = []any{"high_slope", "deep_pit", "high_fill", "high_work", "heavy_lift"}
		}
		for _, before := range c.Route(less).Tables {
			if now := tableOf(t, c, before.Key, more); before.Need != Undecided && strictness(now.Need) < strictness(before.Need) {
				t.Fatalf("%s: %s with less, %s with more", before.Key, before.Need, now.Need)
			}
		}
	})
}

// “Check” is said exactly where the two other readings differ.
func TestCheckMeansThatTheReadingDecides(t *testing.T) {
	p := planOf(t, "tongnan-2021")
	rapid.Check(t, func(t *rapid.T) {
		inputs := complete(t, p)
		read := func(reading string) Choice { return Choice{Policy: p, Params: set{"below_includes": reading}} }
		for _, checked := range read("check").Route(inputs).Tables {
			a, b := tableOf(t, read("included"), checked.Key, inputs), tableOf(t, read("excluded"), checked.Key, inputs)
			if (checked.Need == Check) != (a.Need != b.Need) {
				t.Fatalf("%s: check says %s, included %s, excluded %s", checked.Key, checked.Need, a.Need, b.Need)
			}
		}
	})
}
