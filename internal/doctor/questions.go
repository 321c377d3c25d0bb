package doctor

import (
	"fmt"
	"slices"
)

// ask lists what the person has to answer before the import, and fills in the
// proposal. What no decision could change is no question.
func (x *examination) ask() {
	d := x.diag
	d.Proposal = Decisions{Encoding: x.i.Decisions.Encoding}
	takes := int64(0)
	for _, w := range x.layers {
		d.Layers = append(d.Layers, w.diag)
		takes += w.diag.Tally.Insert + w.diag.Tally.Update + w.diag.Tally.Skip
		d.Proposal.Layers = append(d.Proposal.Layers, w.proposal())
		d.Questions = append(d.Questions, w.questions()...)
	}
	d.Ready = len(d.Questions) == 0 && takes > 0
}

// proposal are the decisions about a layer with everything filled in.
func (w *layerWork) proposal() LayerDecision {
	p := w.decided
	p.Layer, p.Target = w.source.Name, w.diag.Target.Layer
	if w.profile.placed > 0 {
		p.CRS, p.Axes = w.diag.CRS.Chosen, w.diag.CRS.Axes
		if unit := w.diag.CRS.Unit; unit != "degree" {
			p.Unit = unit
		}
	}
	if s := w.diag.Shift; s != nil && p.Datum == "" {
		p.Datum = s.Proposed
		if s.Proposed == datumOffset {
			p.Offset = s.Offset
		}
	}
	p.Fields = map[string]string{}
	for _, f := range w.diag.Fields {
		if !f.Personal {
			p.Fields[f.Name] = f.Target
		}
	}
	if p.Duplicates == "" {
		p.Duplicates = proposedDuplicates
	}
	if p.Repairs == "" {
		p.Repairs = "accept"
	}
	if q := w.diag.AreaUnit; q != nil {
		p.AreaUnit = q.Proposed
	}
	return p
}

// questions are those about one layer.
func (w *layerWork) questions() []OpenQuestion {
	var list []OpenQuestion
	ask := func(kind, proposed, text string, args ...any) {
		list = append(list, OpenQuestion{Kind: kind, Layer: w.source.Name, Text: fmt.Sprintf(text, args...), Proposed: proposed})
	}
	d := w.diag
	if !d.Target.Sure {
		ask("target", d.Target.Layer, "“%s”是哪一类数据？%s", w.source.Name, d.Target.Reason)
	}
	if w.target.Name == "" {
		return list
	}
	if w.profile.placed == 0 && !w.target.Bare {
		ask("places", "", "“%s”里没有图形，也认不出坐标列，不能作为%s导入", w.source.Name, w.target.Title)
		return list
	}
	if w.profile.placed > 0 && !d.CRS.Sure {
		ask("crs", d.CRS.Chosen, "“%s”的坐标系是哪一种？%s", w.source.Name, d.CRS.Reason)
	}
	if s := d.Shift; s != nil && s.Clear && w.decided.Datum == "" && s.Proposed != datumNone {
		ask("datum", s.Proposed, "“%s”的坐标有偏移，是否改正？%s", w.source.Name, s.Reason)
	}
	w.askFields(ask)
	if n := w.changing(); n > 0 && w.decided.Repairs == "" {
		ask("repairs", "accept", "“%s”有 %d 个图形要修复后才能导入，修复会改变图形，是否接受？", w.source.Name, n)
	}
	if u := d.Duplicates; !u.Decided && u.ByCode+u.ByOverlap+u.ByName > 0 {
		ask("duplicates", proposedDuplicates, "“%s”有与已有数据重复的行（%s），跳过、更新，还是作为新的导入？", w.source.Name, sayMatches(u))
	}
	if d.AreaUnit != nil {
		ask("area_unit", d.AreaUnit.Proposed, "%s", d.AreaUnit.Text)
	}
	return list
}

// askFields asks for what the rows of a layer cannot do without.
func (w *layerWork) askFields(ask func(kind, proposed, text string, args ...any)) {
	if w.target.Name == "facilities" && w.untyped > 0 && w.decided.Type == "" && !w.has("facility_type") {
		ask("type", "", "“%s”没有设施类型，这些设施是哪一类？", w.source.Name)
	}
	if slices.Contains([]string{"zones", "neighborhoods"}, w.target.Name) && !w.has("name") {
		ask("fields", "", "哪一个字段是%s的名称？", w.target.Title)
	}
	if w.target.Name == "communities" && !w.has("name") && w.profile.placed == 0 {
		ask("fields", "", "哪一个字段是小区的名称？")
	}
}

func (w *layerWork) has(field string) bool { _, ok := w.fields[field]; return ok }

// changing counts the shapes whose repair changes them.
func (w *layerWork) changing() int64 {
	n := int64(0)
	for _, g := range w.diag.Geometry {
		if shapeFaults[g.Kind].ask && g.Repair != "" {
			n += g.Count
		}
	}
	return n
}
