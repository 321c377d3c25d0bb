package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestPoliciesAreComplete(t *testing.T) {
	l := library(t)
	var got []string
	for _, p := range l.Policies() {
		got = append(got, p.ID())
	}
	if diff := cmp.Diff([]string{"wansheng-2020@2", "tongnan-2021@2"}, got); diff != "" {
		t.Error(diff)
	}
	if _, err := l.Policy("nowhere-1999"); !errors.Is(err, ErrUnknown) {
		t.Errorf("an unknown policy: %v", err)
	}
}

// Counts that the document itself prints (三(一), 附件1, 附件2).
func TestWanshengCatalogue(t *testing.T) {
	p := named(t, "wansheng-2020")
	counts := map[string]int{}
	var mappable, triggers []int
	for _, item := range p.Items {
		counts[item.Nature]++
		counts[item.Category]++
		if item.Mappable {
			mappable = append(mappable, item.No)
		}
		if item.GapTrigger {
			triggers = append(triggers, item.No)
		}
		if want := fmt.Sprintf("附件1第%d项", item.No); item.Clause != want || !item.Numbered || item.Content == "" || item.Standard == "" {
			t.Errorf("item %d is incomplete: %+v", item.No, item)
		}
	}
	want := map[string]int{"basic": 21, "extra": 10, "overall": 8, "inside": 11, "adjacent": 6, "building": 8, "service": 14}
	if diff := cmp.Diff(want, counts); diff != "" || len(p.Items) != 39 {
		t.Errorf("%d items: %s", len(p.Items), diff)
	}
	if diff := cmp.Diff([]int{11, 15, 17, 20, 26, 27, 29, 31, 33, 34, 35, 37, 38, 39}, mappable); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]int{34}, triggers); diff != "" {
		t.Error(diff)
	}
	for no, name := range map[int]string{11: "增设垃圾收分类容器", 35: "日间料理站配置", 36: "实施“雪亮工程”"} {
		if item, _ := p.Item(no); item.Name != name {
			t.Errorf("item %d is %q, the document prints %q", no, item.Name, name)
		}
	}
	var checks []int
	for _, g := range p.ManagementChecks {
		checks = append(checks, len(g.Checks))
	}
	if diff := cmp.Diff([]int{8, 6, 4, 2, 4, 1}, checks); diff != "" {
		t.Error(diff)
	}
	if n := len(p.ManagementChecks[5].Fields); n != 6 {
		t.Errorf("the notice board has %d fields, want 6", n)
	}
	if _, ok := p.Item(40); ok {
		t.Error("there is no item 40")
	}
}

func TestWanshengForms(t *testing.T) {
	columns := map[string]int{}
	for _, f := range named(t, "wansheng-2020").Forms {
		columns[f.Key] = len(f.Columns)
	}
	if diff := cmp.Diff(map[string]int{"annex3": 6, "annex4": 0, "annex5": 12, "annex6": 17, "annex7": 0}, columns); diff != "" {
		t.Error(diff)
	}
}

// 一(三) of the document.
func TestTongnanTargets(t *testing.T) {
	type figure struct {
		Count *int
		Area  *float64
	}
	got := map[string]figure{}
	for _, target := range named(t, "tongnan-2021").Targets {
		if target.Metric != "state" {
			got[target.By[:4]+" "+target.Metric] = figure{target.Count, target.AreaWan}
		}
	}
	want := map[string]figure{
		"2021 completed": {ptr(77), ptr(66.7)}, "2021 started": {ptr(99), ptr(77.3)},
		"2022 launched": {ptr(38), ptr(62.0)}, "2022 completed": {ptr(99), nil},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAgeClasses(t *testing.T) {
	p := named(t, "tongnan-2021")
	for year, want := range map[int]string{
		1900: "before_2000", 1998: "before_2000", 1999: "before_2000", 2000: "in_2000",
		2001: "in_2001_2005", 2005: "in_2001_2005", 2006: "after_2005", 2026: "after_2005",
	} {
		if c, ok := p.AgeClass(year); !ok || c.Key != want {
			t.Errorf("%d is %q, want %q", year, c.Key, want)
		}
	}
}

// Every ambiguity of the digests is there, and each that a parameter decides
// offers at least two readings or a figure to set.
func TestAmbiguitiesStayVisible(t *testing.T) {
	want := map[string][]string{
		"wansheng-2020": {"A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9"},
		"tongnan-2021":  {"B1", "B2", "B3", "B4", "B5", "B6"},
	}
	for key, ids := range want {
		p := named(t, key)
		for _, id := range ids {
			if !slices.Contains(p.ambiguityIDs(), id) {
				t.Errorf("%s: %s is missing", key, id)
			}
		}
		for _, q := range p.Parameters {
			if q.Ambiguity == "" || q.Clause == "" {
				t.Errorf("%s: parameter %s names no ambiguity or clause", key, q.Key)
			}
		}
	}
}

func TestFacilityTypes(t *testing.T) {
	l := library(t)
	rows := map[string]int{}
	for _, ft := range l.FacilityTypes() {
		if len(ft.Standards) == 0 {
			t.Errorf("%s has no row", ft.Key)
		}
		for _, s := range ft.Standards {
			rows[s.Code]++
			if s.Source == "" || s.Mark == "" || s.RadiusMark == "" || s.Context == "" || s.FacilityKey != ft.Key {
				t.Errorf("half a row: %+v", s)
			}
			if (s.RadiusM != nil) != (s.Method == "radius") {
				t.Errorf("%s: method %q", s.ID, s.Method)
			}
		}
	}
	// Tables 2.1 (21 rows and the beds of GB 50437), 2.2 (14, one with two
	// radii), 2.3 (9, one with two contexts), 2.4 and 2.5.
	want := map[string]int{"GB50180": 21 + 15 + 10, "WZSQ": 24, "WZSD": 1, "QRS": 1, "TIJIAN": 1, "JB143": 3, "GB50437": 1, "WS2020": 2, "TN2021": 2}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Error(diff)
	}
	if _, ok := l.FacilityType("casino"); ok {
		t.Error("there is no casino")
	}
}

// Spot checks against the printed table: radius, its mark, the row's mark.
func TestStandardFigures(t *testing.T) {
	l := library(t)
	profile, ok := l.Profile("gb50180")
	if !ok {
		t.Fatal("no profile gb50180")
	}
	tests := []struct {
		key        string
		radius     float64 // 0: none
		radiusMark string
		mark       string
		clause     string
	}{
		{"middle_school", 1000, "P", "M", "表C.0.1"},
		{"primary_school", 500, "P", "M", "表C.0.1"},
		{"health_centre", 1000, "M", "M", "表C.0.1"},
		{"police_station", 800, "M", "M", "表C.0.1"},
		{"metro", 800, "M", "M", "表C.0.1"},
		{"bus_stop", 500, "M", "M", "表C.0.1"},
		{"wet_market", 500, "M", "M", "表C.0.1"},
		{"nursing_home", 0, "M", "M", "表C.0.1"},
		{"park_c10", 0, "C", "C", "4.0.4"},
		{"culture_station", 500, "M", "M", "表C.0.2"},
		{"kindergarten", 300, "P", "M", "表C.0.2"},
		{"elder_daycare", 300, "M", "M", "表C.0.2"},
		{"health_station", 300, "M", "M", "表C.0.2"},
		{"waste_station", 400, "M", "M", "表C.0.2"},
		{"waste_point", 70, "P", "M", "表C.0.3"},
		{"car_parking", 150, "M", "M", "表C.0.3"},
		{"convenience_store", 0, "M", "M", "表C.0.3"},
	}
	for _, tt := range tests {
		s, ok := profile.Standard(tt.key)
		if !ok {
			t.Errorf("%s: no row", tt.key)
			continue
		}
		radius := 0.0
		if s.RadiusM != nil {
			radius = *s.RadiusM
		}
		if radius != tt.radius || s.RadiusMark != tt.radiusMark || s.Mark != tt.mark || s.Clause != tt.clause || s.Version != "2018" {
			t.Errorf("%s: %v m (%s), %s, %s %s", tt.key, radius, s.RadiusMark, s.Mark, s.Clause, s.Version)
		}
	}
	if s, _ := profile.Standard("health_station"); s.OnlyBeyond != "health_centre" || s.OnlyBeyondMark != "C" {
		t.Errorf("a health station is asked for only beyond the health centre: %+v", s)
	}
}

func TestProfiles(t *testing.T) {
	l := library(t)
	var got []string
	for _, p := range l.Profiles() {
		got = append(got, p.Key)
		for _, key := range p.FacilityKeys {
			if _, ok := p.Standard(key); !ok {
				t.Errorf("%s lists %s without a row", p.Key, key)
			}
		}
	}
	if diff := cmp.Diff([]string{"gb50180", "wzsq", "wansheng-2020", "tongnan-2021"}, got); diff != "" {
		t.Error(diff)
	}
	for key, share := range map[string]float64{"gb50180": 0.50, "wansheng-2020": 0.35, "tongnan-2021": 0.35} {
		p, _ := l.Profile(key)
		if s, _ := p.Standard("block_green"); s.PerCapitaM2 == nil || *s.PerCapitaM2 != share {
			t.Errorf("%s: block green %+v, want %v m² a head", key, s, share)
		}
	}
	// What the plans name can be checked with the profile that goes with them.
	for _, p := range l.Policies() {
		profile, _ := l.Profile(p.Profile)
		for _, item := range p.Items {
			for _, key := range item.Facilities {
				if _, ok := profile.Standard(key); !ok || !slices.Contains(profile.Focus, key) {
					t.Errorf("%s names %s (item %d), its profile does not", p.Key, key, item.No)
				}
			}
		}
	}
	if _, ok := l.Profile("none"); ok {
		t.Error("there is no profile none")
	}
	wzsq, _ := l.Profile("wzsq")
	if _, ok := wzsq.Standard("metro"); ok {
		t.Error("WZSQ says nothing of metros")
	}
}

func TestReferenceIsComplete(t *testing.T) {
	l := library(t)
	if got := l.markKeys(); !slices.Equal(got, []string{"C", "P", "M", "L"}) {
		t.Errorf("marks %v", got)
	}
	if n := len(l.Circles()); n != 8 {
		t.Errorf("%d circles, want 8", n)
	}
	if len(l.Sources()) == 0 || len(l.GeneralRules()) == 0 || len(l.Practices()) == 0 || len(l.Marks()) == 0 {
		t.Error("a part of the reference is empty")
	}
}

func TestWalkersAreAssumedAndSaySo(t *testing.T) {
	l := library(t)
	for key, speed := range map[string]float64{"adult": 1.25, "elder": 1.0, "frail": 0.75} {
		w, ok := l.Walker(key)
		if !ok || w.SpeedMS != speed || w.StairsMS != 0.5 || w.CrossingS != 20 || !strings.Contains(w.Note, "假设值，非标准") || w.SlopeSource != "TOBLER1993" {
			t.Errorf("%s: %+v", key, w)
		}
	}
	if n := len(l.Walkers()); n != 3 {
		t.Errorf("%d walkers, want 3", n)
	}
	if _, ok := l.Walker("default"); ok {
		t.Error("a walker that nobody described")
	}
}

func TestAGapLeadsToItemsOfTheCatalogue(t *testing.T) {
	l := library(t)
	for _, c := range []struct {
		policy, facility string
		want             []int
	}{
		{"wansheng-2020", "elder_daycare", []int{27}},
		{"wansheng-2020", "nursery", []int{27}},
		{"wansheng-2020", "health_station", []int{34}},
		{"wansheng-2020", "community_canteen", []int{35}},
		{"wansheng-2020", "wet_market", []int{26}},
		{"wansheng-2020", "car_parking", []int{15, 31, 38}},
		{"wansheng-2020", "metro", nil},
		{"tongnan-2021", "elder_daycare", []int{24}},
		{"tongnan-2021", "nursery", []int{25}},
		{"tongnan-2021", "health_station", []int{23}},
		{"tongnan-2021", "community_canteen", []int{26}},
		{"tongnan-2021", "", nil},
	} {
		p, err := l.Policy(c.policy)
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for _, item := range p.ItemsFor(c.facility) {
			got = append(got, item.No)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s, %s: items %v, want %v", c.policy, c.facility, got, c.want)
		}
	}
}

// The API shows policies as they are: every value must survive JSON.
func TestLibraryIsJSON(t *testing.T) {
	l := library(t)
	for _, v := range []any{l.Policies(), l.FacilityTypes(), l.Profiles(), l.Circles(), l.Practices()} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), `"Key"`) {
			t.Errorf("%T has members without a JSON name", v)
		}
	}
}

// broken returns the data folder with one text replaced.
func broken(t *testing.T, name, old, new string) fs.FS {
	t.Helper()
	data := fstest.MapFS{}
	root, err := fs.Sub(embedded, "data")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(root, path)
		data[path] = &fstest.MapFile{Data: text}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	text := string(data[name].Data)
	if !strings.Contains(text, old) {
		t.Fatalf("%s does not contain %q", name, old)
	}
	data[name].Data = []byte(strings.Replace(text, old, new, 1))
	return data
}

func TestLoadRefusesBrokenData(t *testing.T) {
	const (
		wansheng = "policies/wansheng-2020.yaml"
		tongnan  = "policies/tongnan-2021.yaml"
		gb       = "standards/gb50180.yaml"
		profiles = "profiles.yaml"
	)
	tests := []struct {
		name, file, old, new string
		want                 string // part of the error
	}{
		{"an unknown member", wansheng, "issuer:", "isuer:", "isuer"},
		{"an unknown member of a test", wansheng, "year: 1999", "years: 1999", "years"},
		{"two documents", wansheng, "\nage_classes:", "\n---\nage_classes:", "more than one document"},
		{"a key that is not the file's", wansheng, "key: wansheng-2020", "key: wansheng", "want"},
		{"no date", wansheng, `issued_on: "2020-08-24"`, `issued_on: "24.8.2020"`, "issued_on"},
		{"a profile that is not there", wansheng, "profile: wansheng-2020", "profile: none", "no profile"},
		{"a clause that points nowhere", wansheng, "clause: 五(三)", "clause: page 3", "does not point into the document"},
		{"a rule without a clause", wansheng, "      clause: 二(一)\n      text: 2000年以前建成\n", "      text: 2000年以前建成\n", "clause"},
		{"a rule twice", wansheng, "id: S2", "id: S1", "appears twice"},
		{"an unknown op", wansheng, "op: some", "op: any", "unknown op"},
		{"an op for another fact", wansheng, "fact: neglected", "fact: built_year", "cannot ask"},
		{"a fact that is not there", wansheng, "fact: urban_village", "fact: village", "cannot ask"},
		{"a gap that cannot be filled", wansheng, "建成于{year}年，符合", "建成于{jahr}年，符合", "placeholder"},
		{"half a sentence", wansheng, "met: 调查认定房屋失养失修失管。", "met: 调查认定房屋失养失修失管", "not a sentence"},
		{"no sentence for unknown", wansheng, "unknown: 房屋是否失养失修失管尚未调查。", `unknown: ""`, "say.unknown"},
		{"a parameter that is not there", wansheng, "share_parameter: consent_share", "share_parameter: share", "share_parameter"},
		{"a default that is no reading", wansheng, "default: ask", "default: maybe", "default"},
		{"a choice with one reading", wansheng, "      - {value: area, text: 按建筑面积}\n      - {value: both, text: 户数与面积都要过半}\n      - {value: either, text: 户数或面积过半即可}\n", "", "both readings"},
		{"an ambiguity that is not there", wansheng, "ambiguity: A2", "ambiguity: A77", "ambiguity"},
		{"an ambiguity with another's parameter", wansheng, "parameters: [built_2000]", "parameters: [prior_full]", "does not belong"},
		{"age classes with a hole", wansheng, "from: 2001, to: null", "from: 2002, to: null", "does not follow"},
		{"an exclusion without op no", wansheng, `op: "no"`, `op: "yes"`, "op no"},
		{"a route without rules", wansheng, "    - {key: basic, name: 改造范围, clause: 二(一)}", "    - {key: basic, name: 改造范围, clause: 二(一)}\n    - {key: side, name: x, clause: 二(一)}", "no rule"},
		{"an item out of order", wansheng, "{no: 5,", "{no: 50,", "stands at place"},
		{"an item of no category", wansheng, "name: 道路平整, category: inside", "name: 道路平整, category: outside", "category"},
		{"an item with an unknown facility", wansheng, "facilities: [police_room]", "facilities: [police]", "facility"},
		{"checks that the document counts otherwise", wansheng, "count: 8", "count: 9", "the document counts"},
		{"a date that its parameter contradicts", wansheng, "day_of_month: 28", "day_of_month: 27", "does not hold its figure"},
		{"a form like one that is not there", wansheng, "same_as: annex6", "same_as: annex9", "no form"},
		{"an item equal to one that is not there", tongnan, "equals: [wansheng-2020#1]", "equals: [wansheng-2020#99]", "no such item"},
		{"an input that is not there", tongnan, "{input: land_right_change, op: eq, value: false}", "{input: land, op: eq, value: false}", "no input"},
		{"an input compared with the wrong kind", tongnan, "{input: new_construction_land, op: eq, value: false}", "{input: new_construction_land, op: eq, value: 0}", "cannot be compared"},
		{"an op that the input does not have", tongnan, "{input: new_construction_land, op: eq, value: false}", "{input: new_construction_land, op: lt, value: false}", "op"},
		{"a row with an unknown mark", gb, "radius_mark: P, mark: M", "radius_mark: P, mark: X", "mark"},
		{"a row of an unknown type", gb, "facility: metro", "facility: subway", "facility"},
		{"a row twice", gb, "facility: bus_stop", "facility: metro", "appears twice"},
		{"a negative radius", gb, "radius_m: 800", "radius_m: -800", "not a positive number"},
		{"sizes turned round", gb, "floor_min_m2: 2000, floor_max_m2: 5000", "floor_min_m2: 5000, floor_max_m2: 2000", "above"},
		{"a profile with a row that is not there", profiles, "ws2020:police_room", "ws2020:police", "no row"},
		{"a profile twice", profiles, "key: wzsq", "key: gb50180", "appears twice"},
		{"a profile that focuses on nothing", profiles, "focus: [street_service_centre", "focus: [casino", "focus"},
		{"a type of no tier", "standards/types.yaml", "tier: c15", "tier: c20", "tier"},
		{"a walker that runs up stairs", "standards/reference.yaml", "speed_m_s: 0.75, stairs_m_s: 0.5", "speed_m_s: 0.75, stairs_m_s: 0.8", "walker frail"},
		{"a walker that stands still", "standards/reference.yaml", "speed_m_s: 1.25", "speed_m_s: 0", "walker adult"},
		{"a mark that says nothing", "standards/reference.yaml", "key: L", "key: C", "appears twice"},
		{"a practice with a national mark", "standards/practices.yaml", "mark: L", "mark: C", "mark"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(broken(t, tt.file, tt.old, tt.new))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
	if _, err := load(fstest.MapFS{}); err == nil {
		t.Error("an empty folder was loaded")
	}
}
