package policy

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestWorksRulesOfTheDocuments(t *testing.T) {
	mustAnswer := func(p *Policy) (numbers []int) {
		for _, item := range p.Items {
			if p.MustAnswer(item) {
				numbers = append(numbers, item.No)
			}
		}
		return numbers
	}
	payer := func(p *Policy, source string) []int {
		for _, r := range p.Works.Payers {
			if r.Source == source {
				return r.Items
			}
		}
		return nil
	}
	with := func(p *Policy, no int) []int {
		for _, pair := range p.Works.Together.Pairs {
			if pair.Item == no {
				return pair.With
			}
		}
		return nil
	}
	wansheng, tongnan := named(t, "wansheng-2020"), named(t, "tongnan-2021")
	beyond, _ := wansheng.OnlyBeyond(34)
	for _, tt := range []struct {
		name      string
		got, want any
	}{
		{"万盛 附件1: the 21 basic items must be answered", mustAnswer(wansheng), []int{1, 2, 3, 4, 6, 7, 8, 10, 11, 12, 13, 14, 16, 17, 20, 22, 23, 24, 26, 27, 28}},
		{"万盛 三(一): roads next door with the roads inside", with(wansheng, 12), []int{6}},
		{"万盛 三(一): pipes next door with the pipes inside", with(wansheng, 13), []int{1, 2, 3}},
		{"万盛 三(一): every item next door has a counterpart inside", len(wansheng.Works.Together.Pairs), 6},
		{"万盛 附件1第34项: only where the health centre does not reach", beyond.Facilities, []string{"health_centre"}},
		{"万盛 六(二)2: pipeline units pay for their networks", payer(wansheng, "pipelines"), []int{1, 2, 3, 13, 23}},
		{"万盛 六(二)1: relief is printed", wansheng.Works.Relief.Text, "低保家庭、特困人员可减免"},
		{"潼南 二(二): the 14 items of the basic class must be answered", mustAnswer(tongnan), []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14}},
		{"潼南 三(二): pipelines are built at the same time", with(tongnan, 5), []int{1, 2, 3, 4}},
		{"潼南 四: pipeline units pay for their lines", payer(tongnan, "pipelines"), []int{1, 2, 3, 4}},
		{"潼南 四: no relief is printed", tongnan.Works.Relief == nil, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, tt.got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, pair := range wansheng.Works.Together.Pairs {
		if item, _ := wansheng.Item(pair.Item); item.Category != "adjacent" || slices.ContainsFunc(pair.With, func(no int) bool {
			inside, _ := wansheng.Item(no)
			return inside.Category == "adjacent"
		}) {
			t.Errorf("pair %+v is not one of an adjacent item with items inside", pair)
		}
	}
}
