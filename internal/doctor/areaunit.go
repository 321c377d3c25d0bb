package doctor

import (
	"fmt"
	"math"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/registry"
)

// doubtArea looks whether the area of a row is possible for its households.
func (w *layerWork) doubtArea(s *staged, row registry.ImportRow) {
	if w.target.Name != "communities" {
		return
	}
	m2, ok := row.Values["floor_area_m2"].(float64)
	if !ok || m2 == 0 {
		return
	}
	e := importer.Example{Row: s.number, Name: s.name, Value: geofile.Shorten(s.cells["floor_area_m2"], 40), AsReadM2: m2}
	if n, ok := row.Values["households"].(int64); ok && n > 0 {
		households := int(n)
		e.Households = &households
		e.PerHousehold = math.Round(m2/float64(n)*100) / 100
	}
	w.looked++
	by := importer.AreaDoubt(m2, e.Households)
	if by == 1 {
		return
	}
	e.AsProposedM2 = m2 * by
	if e.Households != nil {
		e.ProposedShare = math.Round(m2*by/float64(*e.Households)*100) / 100
	}
	w.slips[by] = append(w.slips[by], e)
	if w.decided.AreaUnit == "" {
		return
	}
	s.fault = fmt.Sprintf("建筑面积“%s”不合情理，是否单位弄错？应为 %.0f 平方米", e.Value, e.AsProposedM2)
}

// askAreaUnit asks where more than half of the areas are wrong by 10,000 in one
// direction: then the unit of the column is not what it seems.
func (w *layerWork) askAreaUnit() {
	if w.decided.AreaUnit != "" {
		return
	}
	for by, examples := range w.slips {
		if len(examples)*2 <= w.looked {
			continue
		}
		q := &importer.Question{Kind: "area_unit", Column: w.header("floor_area_m2"), ReadAs: "m2", Proposed: "wan_m2", Rows: len(examples), Of: w.looked}
		read, proposed := "平方米", "万平方米"
		if by < 1 {
			q.ReadAs, q.Proposed, read, proposed = q.Proposed, q.ReadAs, proposed, read
		}
		q.Text = fmt.Sprintf("“%s”按%s读取时，%d 行里有 %d 行的面积不合情理，相差约一万倍。这一列的单位是%s吗？", q.Column, read, w.looked, len(examples), proposed)
		q.Examples = examples[:min(len(examples), 5)]
		w.diag.AreaUnit = q
	}
}

// header is what the file calls a field of the register.
func (w *layerWork) header(field string) string {
	if i, ok := w.fields[field]; ok {
		return w.source.Fields[i].Name
	}
	return fieldTitle(w.target, field)
}
