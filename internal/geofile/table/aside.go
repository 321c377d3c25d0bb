package table

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/width"
)

// What rows of a table are when they are none of its data.
const (
	totalsRow      = "totals_row"
	repeatedHeader = "repeated_header"
	twoHeaders     = "two_headers"
)

var (
	// totalsWord is what stands at the beginning of a row of sums, alone or after
	// the name of what is summed up.
	totalsWord = regexp.MustCompile(`^(合计|总计|小计|共计|总和|累计|合計|總計|小計|total|subtotal|grandtotal|sum)$|^.{2,20}(街道|镇|乡|社区|片区|全区|全县)(合计|总计|小计|共计)$|^(本页|全区|全县|全市|各街道)(合计|总计|小计|共计)$|^(合计|总计|小计|共计)\d+(个|处|栋|户|户数|个小区)?$`)
	// unitCell is a unit of measurement, which ledgers put below the headers.
	unitCell = regexp.MustCompile(`^[(（\[【]?(户|人|年|月|日|层|栋|幢|个|处|座|米|m|km|公里|千米|度|°|平方米|㎡|m²|m2|亩|公顷|ha|元|万元|亿元|万平方米|万㎡|%|％|文本|数字|日期|单位)[)）\]】]?$`)
	keyCell  = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)
)

// aside counts the rows that are left out, by what they are.
type aside struct {
	first, count int64
}

// isAside tells what a row is when it is none of the data, "" when it is.
func (t *sheet) isAside(cells []string) string {
	switch {
	case t.repeats(cells):
		return repeatedHeader
	case t.sums(cells):
		return totalsRow
	}
	return ""
}

// repeats tells whether a row is one of the headers again: ledgers that were put
// together of pages have them on each.
func (t *sheet) repeats(cells []string) bool {
	for _, header := range t.headers {
		same, names := 0, 0
		for i := range max(len(header), len(cells)) {
			name, cell := cellAt(header, i), cellAt(cells, i)
			if name != "" {
				names++
			}
			if cell == "" {
				continue
			}
			if cell != name {
				same = 0
				break
			}
			same++
		}
		if same >= 2 && same*2 >= names {
			return true
		}
	}
	return false
}

// sums tells whether a row sums the others up: one of its first cells says so, and
// it has no place.
func (t *sheet) sums(cells []string) bool {
	said, seen := false, 0
	for _, c := range cells {
		word := strings.Trim(strings.ToLower(strings.Join(strings.Fields(width.Fold.String(c)), "")), ":")
		if word == "" {
			continue
		}
		if totalsWord.MatchString(word) {
			said = true
			break
		}
		if seen++; seen == 3 {
			break
		}
	}
	if !said {
		return false
	}
	if t.at.geometry >= 0 && cellAt(cells, t.at.geometry) != "" {
		return false
	}
	if t.at.x >= 0 {
		if _, _, placed := t.values(cells); placed {
			return false
		}
	}
	return true
}

// leaveOut counts a row that is no data.
func (t *sheet) leaveOut(kind string, number int64) {
	if t.aside == nil {
		t.aside = map[string]*aside{}
	}
	if t.aside[kind] == nil {
		t.aside[kind] = &aside{first: number}
	}
	t.aside[kind].count++
}

// tellAside makes findings of the rows that were left out.
func (t *sheet) tellAside() {
	for _, kind := range []string{repeatedHeader, totalsRow} {
		a := t.aside[kind]
		if a == nil {
			continue
		}
		what := map[string]string{repeatedHeader: "重复的表头", totalsRow: "合计行"}[kind]
		if a.count == 1 {
			t.find(kind, "第 %d 行是%s，没有当作数据", a.first, what)
		} else {
			t.find(kind, "%d 行是%s（第一处在第 %d 行），没有当作数据", a.count, what, a.first)
		}
		t.findings[len(t.findings)-1].Row = a.first
	}
}

// headerNames are the names of the columns, and how many rows below the header
// belong to it: groups of columns have their names below that of the group, and
// some ledgers give units or keys there.
func (t *sheet) headerNames(sample []line, header int) (names []string, below int) {
	top := sample[header]
	t.headers = [][]string{top.cells}
	if header > 0 && sample[header-1].number+1 == top.number {
		above := sample[header-1].cells
		if filled(above) >= 2 && numbers(above) == 0 && fillsBlank(above, top.cells) && grouped(above, top.cells) {
			t.headers = append(t.headers, above)
			t.find(twoHeaders, "第 %d、%d 行合起来是表头", top.number-1, top.number)
			return joinedNames(above, top.cells), 0
		}
	}
	if header+2 >= len(sample) || sample[header+1].number != top.number+1 {
		return top.cells, 0
	}
	next := sample[header+1].cells
	if filled(next) == 0 || numbers(next) > 0 || hasGeometry(next) {
		return top.cells, 0
	}
	switch {
	case grouped(top.cells, next):
		names = joinedNames(top.cells, next)
	case filled(next) >= 2 && all(next, func(c string) bool { return unitCell.MatchString(strings.ToLower(c)) }):
		names = slices.Clone(top.cells)
		for i := range names {
			if unit := strings.Trim(cellAt(next, i), "()（）[]【】"); unit != "" && cellAt(names, i) != "" {
				names[i] = fmt.Sprintf("%s（%s）", cellAt(names, i), unit)
			}
		}
	case filled(next) >= 3 && all(next, keyCell.MatchString) && all(top.cells, hasHan) && numbers(sample[header+2].cells) > 0:
		names = top.cells
	default:
		return top.cells, 0
	}
	t.headers = append(t.headers, next)
	t.find(twoHeaders, "第 %d、%d 行合起来是表头", top.number, top.number+1)
	return names, 1
}

// grouped tells whether a row of headers has names of groups, whose columns a second
// row names: a group's cell stands over the first of its columns, the cells right of
// it are blank, and all its columns have names below.
func grouped(top, below []string) bool {
	n := max(len(top), len(below))
	groups := 0
	for i := 0; i < n; {
		name := cellAt(top, i)
		end := i + 1
		for name != "" && end < n && cellAt(top, end) == "" && cellAt(below, end) != "" {
			end++
		}
		if end > i+1 && cellAt(below, i) != "" {
			groups++
			i = end
			continue
		}
		if under := cellAt(below, i); under != "" && under != name {
			return false
		}
		i++
	}
	return groups > 0
}

// fillsBlank tells whether a row has a cell where the one below has none.
func fillsBlank(above, below []string) bool {
	for i := range above {
		if cellAt(above, i) != "" && cellAt(below, i) == "" {
			return true
		}
	}
	return false
}

// joinedNames are the names of columns in two rows: the lower one, behind that of
// its group where several columns are called the same.
func joinedNames(top, below []string) []string {
	out := make([]string, max(len(top), len(below)))
	times := map[string]int{}
	for i := range out {
		times[cellAt(below, i)]++
	}
	group := ""
	for i := range out {
		if name := cellAt(top, i); name != "" {
			group = name
		}
		switch under := cellAt(below, i); {
		case under == "":
			out[i] = cellAt(top, i)
		case times[under] > 1 && under != group:
			out[i] = group + under
		default:
			out[i] = under
		}
	}
	return out
}

// cellAt is a cell without surplus space, "" beyond the end of a row.
func cellAt(cells []string, i int) string {
	if i >= len(cells) {
		return ""
	}
	return strings.Join(strings.Fields(cells[i]), " ")
}

// all tells whether every cell that is not blank is such.
func all(cells []string, such func(string) bool) bool {
	for i := range cells {
		if c := cellAt(cells, i); c != "" && !such(c) {
			return false
		}
	}
	return true
}

func hasHan(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff })
}
