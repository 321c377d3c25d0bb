package works_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/works"
)

// covered puts a coverage run over the whole district into the database.
func (b *bench) covered(facilityType, community string, households, covered int) {
	b.t.Helper()
	b.exec(`with run as (
		    insert into coverage_run (id, district_code, facility_type, method, minutes, area, inputs, summary, created_at)
		    values (gen_random_uuid(), $1, $2, 'walk', 10, '{"kind":"district"}', '{}', '{}', '2026-11-20T08:00:00Z') returning id)
		insert into coverage_community (run_id, community_id, code, name, buildings, covered_buildings, households, covered_households, floor_area_m2, covered_floor_area_m2)
		select run.id, c.id, c.code, c.name, 3, 0, $4, $5, 1, 0 from run, community c where c.code = $3`,
		district, facilityType, community, households, covered)
}

func (b *bench) checked(community, no, result, note string) {
	b.t.Helper()
	b.exec(`insert into condition_check (community_id, policy_key, kind, no, result, note, checked_on)
		select id, 'wansheng-2020', 'item', $2, $3, $4, '2026-11-01' from community where code = $1`, community, no, result, note)
}

func TestTheMenuIsTheWholeCatalogue(t *testing.T) {
	b := newBench(t)
	w := b.read()
	if len(w.Items) != 39 || w.Version != 0 || w.Policy != "wansheng-2020@1" && !strings.HasPrefix(w.Policy, "wansheng-2020@") {
		t.Fatalf("%d items of %s at version %d", len(w.Items), w.Policy, w.Version)
	}
	if w.Must.Items != 21 || w.Must.Answered != 0 || len(w.Must.Missing) != 21 || w.Must.Complete || w.Must.Clause == "" {
		t.Errorf("附件1: 21 basic items, none answered: %+v", w.Must)
	}
	first := w.Items[0]
	if first.Name != "供水管网改造" || first.Standard == "" || first.CategoryName != "小区内基础设施" || first.NatureName != "基础项" || first.Suggested || first.Answered {
		t.Errorf("%+v", first)
	}
	if !slices.ContainsFunc(first.Equals, func(e works.Equal) bool {
		return e.Policy == "tongnan-2021" && e.No == 1 && e.CategoryName == "基础类"
	}) {
		t.Errorf("item 1 equals %+v", first.Equals)
	}
	var counts []int
	for _, c := range w.Totals.Categories {
		counts = append(counts, c.Items)
	}
	for _, c := range w.Totals.Natures {
		counts = append(counts, c.Items)
	}
	if diff := cmp.Diff([]int{11, 6, 8, 14, 21, 10, 8}, counts); diff != "" {
		t.Error(diff)
	}
}

func TestItemsAreSuggestedByWhatIsMissing(t *testing.T) {
	for _, tt := range []struct {
		name      string
		arrange   func(*bench)
		item      int
		suggested bool
		evidence  []string
	}{
		{"a check that finds it missing", func(b *bench) { b.checked("A", "7", "missing", "整条主路无灯") }, 7, true, []string{"for 现状核查（2026-11-01）：缺失，整条主路无灯。"}},
		{"a check that finds it broken", func(b *bench) { b.checked("B", "24", "faulty", "") }, 24, true, []string{"for 现状核查（2026-11-01）：破损或不达标。"}},
		{"a check that finds it in order", func(b *bench) { b.checked("A", "7", "ok", "") }, 7, false, []string{"against 现状核查（2026-11-01）：完好。"}},
		{"a gap of coverage", func(b *bench) { b.covered("parcel_locker", "A", 100, 40) }, 29, true, []string{"for 邮件和快递送达设施：100户中60户未覆盖（步行10分钟，2026-11-20分析）。"}},
		{"everybody is covered", func(b *bench) { b.covered("parcel_locker", "A", 100, 100) }, 29, false, []string{"against 邮件和快递送达设施：100户中0户未覆盖（步行10分钟，2026-11-20分析）。"}},
		{"a fact of the register, by name", func(b *bench) { b.exec(`update community set municipal_missing = array['供气'] where code = 'A'`) }, 3, true, []string{"for 台账登记缺“供气”。"}},
		{"a fact of the register, by facility type", func(b *bench) {
			b.exec(`update community set service_missing = array['public_toilet'] where code = 'A'`)
		}, 39, true, []string{"for 台账登记缺“公共厕所”。"}},
		{
			"附件1第34项: a gap of the station, the centre not looked at",
			func(b *bench) { b.covered("health_station", "A", 100, 0) }, 34, false,
			[]string{"for 社区卫生服务站：100户中100户未覆盖（步行10分钟，2026-11-20分析）。", "open 尚无“卫生服务中心（社区医院）”的覆盖分析；在社区卫生服务中心难以覆盖的地区设置卫生服务站，请先检验。", "open 尚无“卫生服务中心（社区医院）”的覆盖分析；在社区卫生服务中心难以覆盖的地区设置卫生服务站，请先检验。"},
		},
		{
			"附件1第34项: the centre reaches everybody",
			func(b *bench) { b.covered("health_station", "A", 100, 0); b.covered("health_centre", "A", 100, 100) }, 34, false, nil,
		},
		{
			"附件1第34项: neither the station nor the centre reach",
			func(b *bench) { b.covered("health_station", "A", 100, 0); b.covered("health_centre", "A", 100, 30) }, 34, true, nil,
		},
		{
			"附件1第34项: the gaps lie in different communities",
			func(b *bench) {
				b.covered("health_station", "A", 100, 0)
				b.covered("health_centre", "A", 100, 100)
				b.covered("health_centre", "B", 60, 0)
			}, 34, false, nil,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newBench(t)
			tt.arrange(b)
			w := b.read()
			item := w.Items[tt.item-1]
			if item.Suggested != tt.suggested {
				t.Errorf("suggested %v: %+v", item.Suggested, item.Evidence)
			}
			if tt.evidence != nil {
				if diff := cmp.Diff(tt.evidence, evidence(w, tt.item)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestWhatLeadsToNoItemIsSaid(t *testing.T) {
	b := newBench(t)
	b.exec(`update community set municipal_missing = array['无人机停机坪'] where code = 'A'`)
	w := b.read()
	if len(w.Unplaced) != 1 || !strings.Contains(w.Unplaced[0].Text, "无人机停机坪") || w.Unplaced[0].Community != "A" {
		t.Errorf("%+v", w.Unplaced)
	}
}

func TestAnswersAddUp(t *testing.T) {
	b := newBench(t)
	b.checked("A", "1", "faulty", "")
	extra := done(31, 20, 1500)
	extra.Unit = "个"
	unpriced := works.LineDraft{ItemNo: 6, Answer: works.Do}
	perCommunity := []works.LineDraft{done(10, 3, 1000.005), done(10, 2, 500)}
	perCommunity[0].Community, perCommunity[1].Community = "A", "B"
	w := b.save(0, append(perCommunity, done(1, 160, 3000), notNeeded(2), extra, unpriced)...)

	if w.Version != 1 || w.CostYuan != 480000+30000+3000.03+1000 || w.Unpriced != 1 {
		t.Errorf("version %d, cost %v, %d unpriced", w.Version, w.CostYuan, w.Unpriced)
	}
	if w.Must.Answered != 4 || slices.Contains(w.Must.Missing, 10) || !slices.Contains(w.Must.Missing, 3) {
		t.Errorf("%+v", w.Must)
	}
	if c := w.Totals.Categories; c[0].AmountYuan != 484000.03 || c[0].Done != 3 || c[3].AmountYuan != 30000 {
		t.Errorf("by category %+v", c)
	}
	if n := w.Totals.Natures; n[0].AmountYuan != 484000.03 || n[1].AmountYuan != 30000 || n[2].Done != 0 {
		t.Errorf("by nature %+v", n)
	}
	if o := w.Totals.Others[0]; o.Policy != "tongnan-2021" || o.Categories[0].AmountYuan != 484000.03 || o.Categories[1].AmountYuan != 30000 {
		t.Errorf("by the other plan's classes %+v", o)
	}
	var kept string
	if err := b.db.Pool.QueryRow(t.Context(), `select evidence ->> 0 from work_item where item_no = 1`).Scan(&kept); err != nil || !strings.Contains(kept, "破损") {
		t.Errorf("evidence kept with the line: %s, %v", kept, err)
	}
	var published float64
	if err := b.db.Pool.QueryRow(t.Context(), `select cost_yuan::float8 from published_project_cost`).Scan(&published); err != nil || published != w.CostYuan {
		t.Errorf("published cost %v, %v", published, err)
	}
}

func TestAllBasicItemsHaveToBeAnswered(t *testing.T) {
	b := newBench(t)
	var lines []works.LineDraft
	for _, item := range b.read().Items {
		if item.Must && item.No != 28 {
			lines = append(lines, notNeeded(item.No))
		}
	}
	half := notNeeded(28)
	half.Community = "A"
	if w := b.save(0, append(lines, half)...); w.Must.Complete || !slices.Equal(w.Must.Missing, []int{28}) {
		t.Errorf("answered for one of two communities: %+v", w.Must)
	}
	other := half
	other.Community = "B"
	if w := b.save(1, append(lines, half, other)...); !w.Must.Complete || w.Must.Answered != 21 {
		t.Errorf("三(一) 附件1: all 21 answered: %+v", w.Must)
	}
}

func TestAdjacentWorksAreDoneTogether(t *testing.T) {
	warned := func(w works.Works) (items [][]int) {
		for _, warning := range w.Warnings {
			if warning.Kind == "together" {
				if warning.Clause != "三(一)" || !strings.Contains(warning.Text, "一并实施") {
					t.Errorf("%+v", warning)
				}
				items = append(items, warning.Items)
			}
		}
		return items
	}
	b := newBench(t)
	if diff := cmp.Diff([][]int{{12, 6}}, warned(b.save(0, done(6, 1, 1)))); diff != "" {
		t.Errorf("三(一) roads inside, roads next door unanswered: %s", diff)
	}
	if got := warned(b.save(1, done(6, 1, 1), notNeeded(12))); got != nil {
		t.Errorf("三(一) answered: %v", got)
	}
	if got := warned(b.save(2, notNeeded(6))); got != nil {
		t.Errorf("三(一) nothing inside: %v", got)
	}
	if diff := cmp.Diff([][]int{{13, 1, 2}, {14, 1}}, warned(b.save(3, done(1, 1, 1), done(2, 1, 1)))); diff != "" {
		t.Errorf("三(一) pipes: %s", diff)
	}
}

func TestWhatCannotBeAnsweredIsRefused(t *testing.T) {
	b := newBench(t)
	line := func(change func(*works.LineDraft)) works.LineDraft {
		l := done(1, 1, 1)
		change(&l)
		return l
	}
	minus := -1.0
	for _, tt := range []struct {
		name        string
		lines       []works.LineDraft
		field, says string
	}{
		{"no such item", []works.LineDraft{done(40, 1, 1)}, "lines[0].item_no", "没有第40项"},
		{"twice", []works.LineDraft{done(1, 1, 1), done(1, 2, 1)}, "lines[1].item_no", "两次"},
		{"a community of another project", []works.LineDraft{line(func(l *works.LineDraft) { l.Community = "C" })}, "lines[0].community_code", "不在本项目中"},
		{"as a whole and by community", []works.LineDraft{done(1, 1, 1), line(func(l *works.LineDraft) { l.Community = "A" })}, "lines[1].community_code", "只用一种"},
		{"not done without a reason", []works.LineDraft{line(func(l *works.LineDraft) { l.Answer = works.Cannot })}, "lines[0].reason", "理由"},
		{"no answer", []works.LineDraft{line(func(l *works.LineDraft) { l.Answer = "" })}, "lines[0].answer", "答复"},
		{"less than nothing", []works.LineDraft{line(func(l *works.LineDraft) { l.Quantity = &minus })}, "lines[0].quantity", "不合理"},
		{"a price below nothing", []works.LineDraft{line(func(l *works.LineDraft) { l.PriceYuan = &minus })}, "lines[0].price_yuan", "不合理"},
		{"more money than there is", []works.LineDraft{done(1, 1e9, 1e9)}, "lines[0].quantity", "过大"},
		{"somebody's mobile number", []works.LineDraft{line(func(l *works.LineDraft) { l.Note = "联系13912345678" })}, "lines[0].note", "个人信息"},
		{"somebody's identity number", []works.LineDraft{line(func(l *works.LineDraft) { l.Reason = "500110197001011234" })}, "lines[0].reason", "个人信息"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := b.works.Save(t.Context(), account.Everything, district, project, 0, tt.lines)
			refused(t, err, tt.field, tt.says)
		})
	}
	if w := b.read(); w.Version != 0 || w.CostYuan != 0 {
		t.Errorf("what was refused left version %d", w.Version)
	}
}

func TestTwoOfficersOnOneProjectsWorks(t *testing.T) {
	b := newBench(t)
	b.save(0, done(1, 1, 100))
	_, err := b.works.Save(t.Context(), account.Everything, district, project, 0, []works.LineDraft{done(2, 1, 100)})
	if !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("the second of two who saw version 0: %v", err)
	}
	if w := b.read(); w.Version != 1 || !w.Items[0].Answered || w.Items[1].Answered {
		t.Error("the first one's answers are lost")
	}
}

func TestAClosedProjectTakesNoAnswers(t *testing.T) {
	b := newBench(t)
	b.exec(`update project set state = 'returned', state_reason = '材料不齐', phase = null`)
	_, err := b.works.Save(t.Context(), account.Everything, district, project, 0, []works.LineDraft{done(1, 1, 1)})
	refused(t, err, "project", "退回")
}

func TestLinesThatNoLongerBelongAreShownUntilTheNextSave(t *testing.T) {
	b := newBench(t)
	line := done(1, 2, 50)
	line.Community = "B"
	b.save(0, line, done(2, 1, 7))
	b.exec(`delete from project_community where community_id = (select id from community where code = 'B')`)
	w := b.read()
	if len(w.Outdated) != 1 || w.CostYuan != 7 || w.Items[0].Answered || !slices.ContainsFunc(w.Warnings, func(x works.Warning) bool { return x.Kind == "outdated" }) {
		t.Errorf("a community left: %+v, cost %v", w.Outdated, w.CostYuan)
	}
	if m, err := b.works.Money(t.Context(), account.Everything, district, project); err != nil || m.CostYuan != 7 {
		t.Errorf("cost to share %v, %v", m.CostYuan, err)
	}
	b.exec(`update district set policy_key = 'tongnan-2021'`)
	if w := b.read(); len(w.Outdated) != 2 || len(w.Items) != 29 || w.Must.Items != 14 {
		t.Errorf("another plan: %d outdated, %d items, %d to answer", len(w.Outdated), len(w.Items), w.Must.Items)
	}
	if w := b.save(1, done(1, 1, 1)); len(w.Outdated) != 0 || w.CostYuan != 1 {
		t.Errorf("saved again: %+v", w.Outdated)
	}
}

func TestThePriceBook(t *testing.T) {
	b := newBench(t)
	book, err := b.works.SavePrices(t.Context(), account.Everything, district, 0, []works.Price{{ItemNo: 1, Unit: " 户 ", PriceYuan: 3000.5, Source: "2026年造价信息"}})
	if err != nil || book.Version != 1 || len(book.Prices) != 1 || book.Prices[0].Unit != "户" {
		t.Fatalf("%+v, %v", book, err)
	}
	if price := b.read().Items[0].Price; price == nil || price.PriceYuan != 3000.5 {
		t.Errorf("the menu's price: %+v", price)
	}
	if _, err := b.works.SavePrices(t.Context(), account.Everything, district, 0, nil); !errors.Is(err, postgis.ErrVersion) {
		t.Errorf("an old version: %v", err)
	}
	for name, tt := range map[string]struct {
		price       works.Price
		field, says string
	}{
		"no such item": {works.Price{ItemNo: 99, Unit: "户"}, "prices[0].item_no", "没有第99项"},
		"no unit":      {works.Price{ItemNo: 1, Unit: " "}, "prices[0].unit", "单位"},
		"below zero":   {works.Price{ItemNo: 1, Unit: "户", PriceYuan: -1}, "prices[0].price_yuan", "不合理"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := b.works.SavePrices(t.Context(), account.Everything, district, 1, []works.Price{tt.price})
			refused(t, err, tt.field, tt.says)
		})
	}
	_, err = b.works.SavePrices(t.Context(), account.Everything, district, 1, []works.Price{{ItemNo: 1, Unit: "户"}, {ItemNo: 1, Unit: "栋"}})
	refused(t, err, "prices[1].item_no", "两个单价")
}

func TestAnAnswerAgainstTheEvidenceIsSaid(t *testing.T) {
	b := newBench(t)
	b.checked("A", "7", "missing", "")
	w := b.save(0, notNeeded(7), notNeeded(8))
	if !slices.ContainsFunc(w.Warnings, func(x works.Warning) bool { return x.Kind == "contradicts" && slices.Equal(x.Items, []int{7}) }) {
		t.Errorf("%+v", w.Warnings)
	}
}

func TestAMissingThingIsFoundByTheOtherPlansName(t *testing.T) {
	b := newBench(t)
	b.exec(`update community set municipal_missing = array['小区道路'] where code = 'A'`)
	if w := b.read(); !w.Items[5].Suggested || w.Items[11].Suggested || len(w.Unplaced) != 0 {
		t.Errorf("%+v, unplaced %+v", w.Items[5].Evidence, w.Unplaced)
	}
}
