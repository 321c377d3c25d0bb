package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/registry"
	"github.com/lianpian/lianpian/internal/zone"
)

// targetNone leaves a layer of the file out.
const targetNone = "none"

// targets are the layers of the register that files may be brought into.
func targets() []registry.ImportLayer {
	return append(registry.ImportLayers(), zone.ImportLayer())
}

func targetOf(name string) (registry.ImportLayer, bool) {
	for _, t := range targets() {
		if t.Name == name {
			return t, true
		}
	}
	return registry.ImportLayer{}, false
}

// hints are what layers and files are called, and fields that only one kind of
// thing has.
var hints = []struct {
	target string
	names  []string
	fields []string
}{
	{"idle_buildings", []string{"idle", "闲置"}, []string{"原用途", "闲置面积", "use_before", "owner_kind", "available_from", "可用时间"}},
	{"facilities", []string{"facilit", "设施", "poi", "服务点"}, []string{"设施类型", "设施名称", "设施编码", "facility_type", "capacity"}},
	{"neighborhoods", []string{"neighborhood", "neighbourhood", "社区", "居委", "村居"}, []string{"社区名称", "社区编码", "居委会", "社区代码"}},
	{"zones", []string{"zone", "片区"}, []string{"片区名称", "片区编码"}},
	{"barriers", []string{"barrier", "阻隔", "围墙", "wall", "fence"}, []string{"barrier", "阻隔类型"}},
	{"roads", []string{"road", "道路", "street", "路网", "highway"}, []string{"highway", "道路等级", "道路名称", "路名", "oneway", "walkable"}},
	{"buildings", []string{"building", "楼栋", "建筑", "房屋", "楼房", "居民楼", "住宅楼", "住宅", "宿舍", "jzw", "fw"}, []string{"楼栋编码", "层数", "地上层数", "建筑高度", "高度", "楼号", "幢号", "栋号", "storeys", "floors", "floor", "height", "height_m", "community_code"}},
	{"communities", []string{"communit", "小区", "小區", "compound", "院落"}, []string{"小区名称", "小区编码", "楼栋数", "unit_kind", "building_count", "neglected", "management_mode", "物业管理"}},
}

// otherLayers are those of the register's own export that no file is imported into.
var otherLayers = []string{
	"subdistricts", "railways", "waterways", "water", "green", "land_use", "places", "gates", "crossings",
	"镇街", "街道（镇）", "铁路", "水道", "水面", "绿地", "用地", "地名", "出入口", "过街设施",
}

// guessTarget says which layer of the register a layer of a file is for.
func guessTarget(s geofile.Source, file string, p profile) TargetGuess {
	shape := p.shape()
	fits := func(target string) bool {
		t, ok := targetOf(target)
		return ok && (shape == geofile.NoShape && t.Bare || shape == geofile.Mixed || slices.Contains(t.Shapes, shape))
	}
	if strings.HasSuffix(s.Name, "_注记") {
		return TargetGuess{Layer: targetNone, Sure: true, Reason: "注记图层只有文字，不导入"}
	}
	if slices.Contains(otherLayers, s.Name) {
		return TargetGuess{Layer: targetNone, Sure: true, Reason: "图层“" + s.Name + "”属于底图，不由文件导入"}
	}
	exact := slices.IndexFunc(targets(), func(t registry.ImportLayer) bool { return t.Name == s.Name || t.Title == s.Name })
	if exact >= 0 && fits(targets()[exact].Name) {
		return TargetGuess{Layer: targets()[exact].Name, Sure: true, Reason: "图层名就是“" + s.Name + "”"}
	}
	scores := map[string]int{}
	why := map[string][]string{}
	for _, h := range hints {
		if !fits(h.target) {
			continue
		}
		for at, name := range []string{strings.ToLower(s.Name), strings.ToLower(file)} {
			name = strings.ReplaceAll(name, "住宅小区", "小区") // of dwellings, but no building
			for _, n := range h.names {
				if strings.Contains(name, n) {
					scores[h.target] += 3 - at
					why[h.target] = append(why[h.target], "名称含“"+n+"”")
					break
				}
			}
		}
		for _, f := range s.Fields {
			if slices.ContainsFunc(h.fields, func(n string) bool { return sameHeader(n, f.Name) }) {
				scores[h.target] += 2
				why[h.target] = append(why[h.target], "有字段“"+geofile.Shorten(f.Name, 20)+"”")
			}
		}
		known := 0
		for _, f := range s.Fields {
			if field, _, ok := importer.FieldFor(h.target, f.Name); ok && field != "" {
				known++
			}
		}
		if known >= 3 {
			scores[h.target]++
		}
	}
	best, second := "", 0
	for _, h := range hints {
		switch n := scores[h.target]; {
		case n > scores[best]:
			best, second = h.target, scores[best]
		case n > second:
			second = n
		}
	}
	if best == "" {
		return guessByShape(shape, p)
	}
	title := titleOf(best)
	sure := scores[best] >= 2 && scores[best] > second
	return TargetGuess{Layer: best, Sure: sure, Reason: fmt.Sprintf("看来是%s：%s", title, strings.Join(why[best][:min(3, len(why[best]))], "、"))}
}

func guessByShape(shape geofile.Shape, p profile) TargetGuess {
	switch {
	case shape == geofile.Lines:
		return TargetGuess{Layer: "roads", Reason: "图形是线，可能是道路，也可能是阻隔"}
	case shape == geofile.Areas && p.rows >= 50:
		return TargetGuess{Layer: "buildings", Reason: "图形是面，且数量较多，可能是楼栋"}
	case shape == geofile.Points:
		return TargetGuess{Layer: "facilities", Reason: "图形是点，可能是服务设施"}
	}
	return TargetGuess{Reason: "看不出是哪一类数据，请选择图层"}
}

func titleOf(target string) string {
	t, _ := targetOf(target)
	return t.Title
}

func sameHeader(a, b string) bool {
	clean := func(s string) string {
		return strings.ToLower(strings.NewReplacer(" ", "", "_", "", "\u3000", "").Replace(s))
	}
	return clean(a) == clean(b)
}

// mapFields says which field of the register each column of a file is for.
func mapFields(s geofile.Source, target registry.ImportLayer, d LayerDecision, p profile) []FieldDiagnosis {
	taken := map[string]bool{}
	for _, to := range d.Fields {
		taken[to] = to != ""
	}
	named := namedExactly(s, target, d, p, taken)
	out := make([]FieldDiagnosis, 0, len(s.Fields))
	for i, f := range s.Fields {
		one := FieldDiagnosis{Name: f.Name, Personal: importer.Personal(f.Name) || importer.Personal(f.Title), Filled: p.fields[i].filled, Samples: p.fields[i].samples}
		to, decided := d.Fields[f.Name]
		switch {
		case one.Personal:
			one.Filled, one.Samples = 0, nil
		case decided:
			one.Target = to
		case named[i] != "":
			one.Target = named[i]
		default:
			guess := guessField(target, f)
			if guess != "" && !taken[guess] {
				one.Target, taken[guess] = guess, true
			}
		}
		one.Title = fieldTitle(target, one.Target)
		if one.Title == "" {
			one.Target = ""
			one.Samples = slices.DeleteFunc(one.Samples, importer.NameLike)
		}
		out = append(out, one)
	}
	return out
}

// namedExactly are the columns that bear the very name of a field of the register
// and say something: they come before those that are merely called alike, such as
// the column of a drawing for the texts inside its outlines. What it finds is taken.
func namedExactly(s geofile.Source, target registry.ImportLayer, d LayerDecision, p profile, taken map[string]bool) []string {
	named := make([]string, len(s.Fields))
	for i, f := range s.Fields {
		if _, decided := d.Fields[f.Name]; decided || p.fields[i].filled == 0 {
			continue
		}
		at := slices.IndexFunc(target.Fields, func(t geofile.Field) bool { return t.Name == f.Name })
		if at >= 0 && !taken[f.Name] {
			named[i], taken[f.Name] = f.Name, true
		}
	}
	return named
}

// guessField finds the field of the register for a column, by its name or title.
func guessField(target registry.ImportLayer, f geofile.Field) string {
	for _, name := range []string{f.Name, f.Title} {
		if name == "" {
			continue
		}
		for _, t := range target.Fields {
			if strings.EqualFold(t.Name, name) || t.Title == name || t.Short != "" && strings.EqualFold(t.Short, name) {
				return t.Name
			}
		}
		if field, _, ok := importer.FieldFor(target.Name, name); ok {
			return field
		}
	}
	return ""
}

func fieldTitle(target registry.ImportLayer, field string) string {
	for _, t := range target.Fields {
		if t.Name == field {
			return t.Title
		}
	}
	return ""
}

func choicesOf(target registry.ImportLayer) []FieldChoice {
	out := make([]FieldChoice, 0, len(target.Fields))
	for _, f := range target.Fields {
		out = append(out, FieldChoice{f.Name, f.Title})
	}
	return out
}
