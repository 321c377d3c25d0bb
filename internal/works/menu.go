package works

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/policy"
)

// menu makes the items of the catalogue with what is known about each.
type menu struct {
	lib         *policy.Library
	policy      *policy.Policy
	communities []Community
	evidence    map[int][]Evidence
	prices      map[int]Price
	lines       []Line
}

// fill writes everything that follows from the menu into w.
func (m menu) fill(w *Works) {
	lines := m.place(w)
	for _, item := range m.policy.Items {
		w.Items = append(w.Items, m.item(item, lines[item.No]))
	}
	w.Must = m.must(w.Items)
	w.Totals = m.totals(w.Items)
	var cost int64
	for _, item := range w.Items {
		cost += fen(item.AmountYuan)
		for _, line := range item.Lines {
			if line.Answer == Do && line.AmountYuan == nil {
				w.Unpriced++
			}
		}
	}
	w.CostYuan = yuan(cost)
	w.Warnings = m.warnings(w)
}

// place sorts the lines by item, and out those that no longer belong.
func (m menu) place(w *Works) map[int][]Line {
	lines := map[int][]Line{}
	for _, line := range m.lines {
		_, known := m.policy.Item(line.ItemNo)
		here := line.Community == "" || slices.ContainsFunc(m.communities, func(c Community) bool { return c.Code == line.Community })
		if line.PolicyKey != m.policy.Key || !known || !here {
			w.Outdated = append(w.Outdated, line)
			continue
		}
		lines[line.ItemNo] = append(lines[line.ItemNo], line)
	}
	return lines
}

func (m menu) item(item policy.Item, lines []Line) Item {
	out := Item{
		No: item.No, Name: item.Name, Category: item.Category, CategoryName: nameOf(m.policy.Categories, item.Category),
		Nature: item.Nature, NatureName: nameOf(m.policy.Natures, item.Nature), Must: m.policy.MustAnswer(item),
		Clause: item.Clause, Content: item.Content, Standard: item.Standard, Note: item.Note,
		Equals: m.equals(item), Evidence: m.evidence[item.No], Lines: lines, Answered: m.answered(lines),
	}
	if price, ok := m.prices[item.No]; ok {
		out.Price = &price
	}
	out.Suggested = m.suggested(item.No)
	var sum int64
	for _, line := range lines {
		if line.Answer == Do && line.AmountYuan != nil {
			sum += fen(*line.AmountYuan)
		}
	}
	out.AmountYuan = yuan(sum)
	return out
}

func nameOf(terms []policy.Term, key string) string {
	for _, t := range terms {
		if t.Key == key {
			return t.Name
		}
	}
	return ""
}

// answered tells whether lines answer an item: one for the project as a whole, or
// one for each community.
func (m menu) answered(lines []Line) bool {
	for _, line := range lines {
		if line.Community == "" {
			return true
		}
	}
	return len(lines) > 0 && len(lines) >= len(m.communities)
}

// suggested tells whether something speaks for an item. What is asked for only
// beyond the reach of something else is suggested only where, in one community,
// both speak for it.
func (m menu) suggested(no int) bool {
	_, only := m.policy.OnlyBeyond(no)
	own, beyond := map[string]bool{}, map[string]bool{}
	for _, e := range m.evidence[no] {
		if e.Speaks != For {
			continue
		}
		if e.beyond {
			beyond[e.Community] = true
		} else {
			own[e.Community] = true
		}
	}
	if !only {
		return len(own) > 0
	}
	for community := range own {
		if beyond[community] {
			return true
		}
	}
	return false
}

// equals finds the items of other plans that are the same.
func (m menu) equals(item policy.Item) []Equal {
	var equals []Equal
	for _, other := range m.lib.Policies() {
		if other.Key == m.policy.Key {
			continue
		}
		for _, theirs := range other.Items {
			if same(other, theirs, m.policy, item) {
				equals = append(equals, Equal{other.Key, other.ShortTitle, theirs.No, theirs.Name, nameOf(other.Categories, theirs.Category)})
			}
		}
	}
	return equals
}

// same tells whether an item of one plan equals one of another, whichever says so.
func same(p *policy.Policy, a policy.Item, q *policy.Policy, b policy.Item) bool {
	return slices.Contains(a.Equals, fmt.Sprintf("%s#%d", q.Key, b.No)) || slices.Contains(b.Equals, fmt.Sprintf("%s#%d", p.Key, a.No))
}

func (m menu) must(items []Item) Must {
	out := Must{Clause: m.policy.Works.Must.Clause, Text: m.policy.Works.Must.Text}
	for _, item := range items {
		switch {
		case !item.Must:
			continue
		case item.Answered:
			out.Answered++
		default:
			out.Missing = append(out.Missing, item.No)
		}
		out.Items++
	}
	out.Complete = len(out.Missing) == 0
	return out
}

func (m menu) warnings(w *Works) []Warning {
	warnings := m.together(w.Items)
	if numbers := contradicted(w.Items); len(numbers) > 0 {
		warnings = append(warnings, Warning{Kind: "contradicts", Items: numbers, Text: fmt.Sprintf("第%s项有缺失或破损的依据，但答复为不需要，请核对。", listed(numbers))})
	}
	if w.Unpriced > 0 {
		warnings = append(warnings, Warning{Kind: "unpriced", Items: unpriced(w.Items), Text: fmt.Sprintf("%d项列入改造但没有数量或单价，未计入造价。", w.Unpriced)})
	}
	if len(w.Outdated) > 0 {
		warnings = append(warnings, Warning{Kind: "outdated", Text: fmt.Sprintf("%d条答复属于其他实施方案或已不在本项目的小区，保存后不再保留。", len(w.Outdated))})
	}
	return warnings
}

// contradicted are items that something speaks for and that are said not to be
// needed.
func contradicted(items []Item) (numbers []int) {
	for _, item := range items {
		if item.Suggested && slices.ContainsFunc(item.Lines, func(l Line) bool { return l.Answer == NotNeeded }) {
			numbers = append(numbers, item.No)
		}
	}
	return numbers
}

func listed(numbers []int) string {
	texts := make([]string, 0, len(numbers))
	for _, no := range numbers {
		texts = append(texts, strconv.Itoa(no))
	}
	return strings.Join(texts, "、")
}

func unpriced(items []Item) (numbers []int) {
	for _, item := range items {
		if slices.ContainsFunc(item.Lines, func(l Line) bool { return l.Answer == Do && l.AmountYuan == nil }) {
			numbers = append(numbers, item.No)
		}
	}
	return numbers
}

// together says what has to be done along with something that is done and has
// not been answered.
func (m menu) together(items []Item) []Warning {
	rule := m.policy.Works.Together
	var warnings []Warning
	for _, pair := range rule.Pairs {
		if items[pair.Item-1].Answered {
			continue
		}
		var done []int
		var names []string
		for _, no := range pair.With {
			if item := items[no-1]; item.does() {
				done, names = append(done, no), append(names, "“"+item.Name+"”")
			}
		}
		if len(done) > 0 {
			warnings = append(warnings, Warning{
				Kind: "together", Items: append([]int{pair.Item}, done...), Clause: rule.Clause,
				Text: fmt.Sprintf("%s已列入改造，“%s”尚未答复：%s。", strings.Join(names, "、"), items[pair.Item-1].Name, rule.Text),
			})
		}
	}
	return warnings
}

func (i Item) does() bool {
	return slices.ContainsFunc(i.Lines, func(l Line) bool { return l.Answer == Do })
}

func (m menu) totals(items []Item) Totals {
	t := Totals{
		Categories: sumUp(m.policy.Categories, items, func(i Item) string { return i.Category }),
		Natures:    sumUp(m.policy.Natures, items, func(i Item) string { return i.Nature }),
	}
	for _, other := range m.lib.Policies() {
		if other.Key == m.policy.Key {
			continue
		}
		classes := sumUp(other.Categories, items, func(i Item) string { return classIn(other, i) })
		t.Others = append(t.Others, OtherTotal{other.Key, other.ShortTitle, classes})
	}
	return t
}

// classIn is the category of an item's first equal in another plan.
func classIn(other *policy.Policy, i Item) string {
	for _, e := range i.Equals {
		if e.Policy == other.Key {
			item, _ := other.Item(e.No)
			return item.Category
		}
	}
	return ""
}

func sumUp(terms []policy.Term, items []Item, class func(Item) string) []Total {
	var totals []Total
	for _, term := range terms {
		total := Total{Key: term.Key, Name: term.Name}
		var sum int64
		for _, item := range items {
			if class(item) != term.Key {
				continue
			}
			total.Items++
			sum += fen(item.AmountYuan)
			if item.does() {
				total.Done++
			}
		}
		total.AmountYuan = yuan(sum)
		totals = append(totals, total)
	}
	return totals
}
