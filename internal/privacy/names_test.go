package privacy

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestNamesBehindACueOrBeforeATitleAreTakenOut(t *testing.T) {
	for text, want := range map[string]string{
		"联系人：张三":            "联系人：（已略去）",
		"联系人:李建国，住3幢":       "联系人:（已略去），住3幢",
		"户主李四":              "户主（已略去）",
		"户主：欧阳小明；已签字":       "户主：（已略去）；已签字",
		"业主 赵六 同意加装电梯":      "业主 （已略去） 同意加装电梯",
		"业主（王秀英）反映漏水":       "业主（（已略去））反映漏水",
		"王五女士反映污水外溢":        "（已略去）女士反映污水外溢",
		"请找王女士":             "请找（已略去）女士",
		"3栋刘大爷家漏雨":          "3栋（已略去）大爷家漏雨",
		"由陈建华先生代签":          "由（已略去）先生代签",
		"联系人：张三、李四":         "联系人：（已略去）、（已略去）",
		"楼长：周桂芳 2单元":        "楼长：（已略去） 2单元",
		"社区书记李红梅":           "社区书记（已略去）",
		"产权人：司马懿":           "产权人：（已略去）",
		"户主姓名 何静":           "户主姓名 （已略去）",
		"申请人＝朱丽":            "申请人＝（已略去）",
		"租户孙倩倩已搬走":          "租户（已略去）已搬走",
		"居民：吴刚":             "居民：（已略去）",
		"联系张伟，电话见台账":        "联系（已略去），电话见台账",
		"负责人是郭强":            "负责人是（已略去）",
		"户主张三家屋面漏水":         "户主（已略去）家屋面漏水",
		"户主张三和李四同意":         "户主（已略去）和（已略去）同意",
		"和平路12号，联系人 徐磊（白天）": "和平路12号，联系人 （已略去）（白天）",
	} {
		if got, found := WithoutNames(text, false); got != want || !found {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestPlacesAndPlainWordsAreNoNames(t *testing.T) {
	for _, text := range []string{
		"", "张家湾", "王府井路", "李家沱小区", "李家沱", "张三", "赵家坝社区", "陈家桥街道", "黄泥塝", "马家堡", "万家花园", "何家巷12号", "钱江新城", "唐家沱", "石桥铺",
		"业主委员会已成立", "业主大会表决通过", "业主自治", "业主意见分歧较大", "业主方面无异议", "业主代表12人", "业主 高龄占比高", "业主余款未付", "业主：无", "业主：不详", "户主不在",
		"户主：李家沱", "户主：王府井路3号", "户主住张家湾", "户主：常住", "住户：安置户", "住户高度关注", "户主高龄独居", "联系人：物业", "联系人：社区居委会", "联系人：街道办事处",
		"联系方式见附件", "联系万科物业", "联系安全员", "联系程度不高", "居民常年投诉积水", "居民安全意识强", "居民安置方案", "居民马路停车", "居民康养中心", "居民 文化活动室",
		"租户任意搭建", "租户许可证过期", "负责人：任命中", "负责人未定", "书记办公室", "主任办公会", "组长单位", "经理办", "网格员 12 名",
		"向物业反映", "业主向物业反映", "业主向社区反映多次", "高龄女士较多", "任课先生", "雷锋广场", "王老吉仓库旧址", "李宁专卖店", "康师傅饮品店", "工程师傅到场", "老先生", "单身女士",
		"房东不同意", "房主已搬离", "产权人：某某厂", "产权人为万盛区房管局", "权利人：重庆市住房公司", "申请人数 32", "申请人：业委会", "姓名牌", "姓名：", "东方红小区",
		"户主白天不在家", "户主 江北区", "业主：江北区石桥铺", "业主 陈家坪片区", "业主：石油公司", "户主 2 人", "业主任意改动", "联系向阳社区", "联系：向阳路派出所", "联系人：向阳社区",
	} {
		if got, found := WithoutNames(text, false); found || got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestNamesOfPlacesLoseOnlyWhatIsSurelyAPerson(t *testing.T) {
	for text, want := range map[string]string{
		"张奶奶养老院":       "张奶奶养老院",
		"业主李四":         "业主李四",
		"红星小区 联系人：张三":  "红星小区 联系人：（已略去）",
		"户主王五女士":       "户主王五女士",
		"人民路3号（业主：赵六）": "人民路3号（业主：（已略去））",
	} {
		if got, _ := WithoutNames(text, true); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

// Every text of the demo district and of the samples.
func TestNoNameOfThePlacesAtHandIsTouched(t *testing.T) {
	seen := map[string]bool{}
	look := func(text string) {
		if seen[text] {
			return
		}
		seen[text] = true
		for _, sure := range []bool{false, true} {
			if got, found := WithoutNames(text, sure); found {
				t.Errorf("%q became %q", text, got)
			}
		}
	}
	var walk func(v any)
	walk = func(v any) {
		switch v := v.(type) {
		case string:
			look(v)
		case []any:
			for _, one := range v {
				walk(one)
			}
		case map[string]any:
			for _, one := range v {
				walk(one)
			}
		}
	}
	packed, err := filepath.Glob("../../demo/data/*.geojson.gz")
	if err != nil || len(packed) == 0 {
		t.Fatalf("no demo data: %v", err)
	}
	for _, name := range packed {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		unpacked, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		var document struct {
			Features []struct {
				Properties map[string]any `json:"properties"`
			} `json:"features"`
		}
		if err := json.NewDecoder(unpacked).Decode(&document); err != nil {
			t.Fatal(name, err)
		}
		for _, f := range document.Features {
			walk(map[string]any(f.Properties))
		}
		_ = file.Close()
	}
	samples := 0
	for _, root := range []string{"../../demo/samples", "../importer/testdata", "../httpapi/testdata", "../walking/testdata"} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch filepath.Ext(path) {
			case ".csv", ".geojson", ".json", ".txt", ".xml", ".osm":
			default:
				return err
			}
			file, err := os.Open(path)
			if err != nil {
				return err
			}
			defer file.Close()
			lines := bufio.NewScanner(file)
			lines.Buffer(nil, 64<<20)
			for lines.Scan() {
				samples++
				for cell := range strings.SplitSeq(lines.Text(), ",") {
					look(strings.Trim(cell, `" `))
				}
			}
			return lines.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(seen) < 3000 || samples == 0 {
		t.Errorf("only %d texts were looked at, and %d lines", len(seen), samples)
	}
}

// A place behind a cue keeps its name, too, wherever it ends as places do.
func TestPlacesBehindACueAreKept(t *testing.T) {
	for _, place := range []string{
		"张家湾", "李家沱", "王家坝", "陈家坪", "赵家沟", "马家堡", "石桥铺", "唐家桥", "何家巷", "周家渡", "江湾镇", "金桥镇", "梅园社区", "崔家村", "潘家园小区", "黄浦江大道12号", "罗家庄", "徐家汇街道", "郭家沱", "田家寨",
	} {
		for _, cue := range []string{"业主：", "住户：", "联系人 ", "户主", "联系"} {
			if got, found := WithoutNames(cue+place, false); found {
				t.Errorf("%q became %q", cue+place, got)
			}
		}
	}
}

func FuzzWithoutNames(f *testing.F) {
	for _, seed := range []string{"联系人：张三", "王五女士", "业主、业主：李四和王五", "户主欧阳", "先生"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		clean, found := WithoutNames(text, false)
		if !found && clean != text {
			t.Fatalf("%q became %q", text, clean)
		}
		if again, more := WithoutNames(clean, false); more {
			t.Fatalf("%q: %q still loses something: %q", text, clean, again)
		}
	})
}
