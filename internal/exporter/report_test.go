package exporter_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/exporter"
)

func reportOf(t *testing.T, p *areaplan.Plan, pictures []exporter.Picture) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := exporter.Report(&out, p, pictures); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func partOf(t *testing.T, file []byte, name string) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := archive.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var tag = regexp.MustCompile(`<[^>]*>`)

// textOf is the text of a report without its fields.
func textOf(t *testing.T, file []byte) string {
	t.Helper()
	body := partOf(t, file, "word/document.xml")
	body = regexp.MustCompile(`<w:instrText[^>]*>[^<]*</w:instrText>`).ReplaceAllString(body, "")
	body = strings.ReplaceAll(body, "</w:p>", "\n")
	text := tag.ReplaceAllString(body, "")
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&amp;", "&").Replace(text)
}

func TestTheReportSaysThePlansNumbers(t *testing.T) {
	p := areaPlan()
	text := textOf(t, reportOf(t, p, pictures(t, 2)))
	for _, want := range []string{
		"本方案位于万盛经开区万盛街道、东林街道，包括一号/片区 & <试点>、二号片区 2 个片区，用地面积 152000.5 平方米，共有小区 3 个、楼栋 6 栋、户数 511 户、建筑面积 37281.75 平方米（演示数据：生成）。",
		"纳入改造范围的小区 2 个、470 户，占片区户数的 92%",
		"小区最早建成于 1987 年，最晚建成于 1995 年，1 个小区的建成年份未登记。",
		"不属于任何小区的楼栋 2 栋、1 户，已登记的建筑面积 100.25 平方米",
		"雨污分流：1 个小区缺失，为崂山五村。",
		"社区卫生服务站：1 个小区缺失，为崂山五村。", // the register has the key of the type
		"社区卫生服务站：71 户未覆盖，占 13.9%，形成 1 处缺口。",
		"建成年份未知。",
		"二号片区：小区分为 2 个互不相连的部分。",
		"已登记征求意见结果的小区 1 个，同意改造的 300 户（这些小区共 420 户），1 个小区尚未登记，1 个小区因户数过少不显示。",
		"投资合计 350 万元",
		"电梯加装（建设小区）：无法实施，无条件。",
		"社区卫生服务站：-2+3（0%）、建设小区（40%）。",
		"对应的改造内容为卫生服务站配置（附件1第34项）",
		"规划社区食堂、助餐“拟建食堂”，规模 60。",
		"2 个填报了预计投资额，合计 420.5 万元；1 个按改造内容列明了投资，合计 350 万元",
		"已安排资金 250 万元",
		"规划期限为 2026–2028年，",
		"表 1　片区概况", "图 2　片区方案图之2（图号 02）",
		"EPSG:4544", "© OpenStreetMap contributors", "wansheng-2020@1", "national@2", "v0.6.0", "规划员甲",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	if t.Failed() {
		t.Log(text)
	}
}

// A plan in which nothing is known must not claim anything.
func TestAnEmptyPlanMakesATrueReport(t *testing.T) {
	text := textOf(t, reportOf(t, &areaplan.Plan{At: areaPlan().At}, nil))
	for _, want := range []string{
		"片区内没有小区。", "片区内和周边没有登记的服务设施。", "尚未计算服务设施覆盖，缺口有待核实。", "片区内还没有项目入库或申请。",
		"片区的项目还没有填报要实施的改造内容。", "片区没有服务设施覆盖的计算结果，无法分析覆盖情况。", "项目还没有落实资金分摊。",
		"片区和项目还没有安排实施年度。", "本报告没有附图。",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	for _, lie := range []string{"全部纳入", "都连成一片。", "覆盖了一半以上", "NaN", "%!", "没有登记市政配套设施缺失"} {
		if strings.Contains(text, lie) {
			t.Errorf("the report says %q of nothing", lie)
		}
	}
}

func TestTheSamePlanMakesTheSameReport(t *testing.T) {
	one := reportOf(t, areaPlan(), pictures(t, 2))
	for range 3 {
		if !bytes.Equal(one, reportOf(t, areaPlan(), pictures(t, 2))) {
			t.Fatal("the bytes differ")
		}
	}
}

// A plan is kept as JSON and its files are made again from that.
func TestAPlanThatWasKeptMakesTheSameFiles(t *testing.T) {
	p := areaPlan()
	kept, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var read areaplan.Plan
	if err := json.Unmarshal(kept, &read); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(reportOf(t, p, nil), reportOf(t, &read, nil)) {
		t.Error("the report differs")
	}
	one, _ := bookOf(t, p)
	if two, _ := bookOf(t, &read); !bytes.Equal(one, two) {
		t.Error("the book differs")
	}
	_, files := forms(t, p, exporter.FormsInput{})
	_, again := forms(t, &read, exporter.FormsInput{})
	for name := range files {
		if !bytes.Equal(files[name], again[name]) {
			t.Errorf("%s differs", name)
		}
	}
}

// A reason as long as a book runs over several pages; nothing of it is lost.
func TestALongTextOfATableGoesOnOnTheNextPage(t *testing.T) {
	p := areaPlan()
	p.Communities[2].Proof[0].Text = strings.Repeat("该小区的情况需要逐栋核实后再判定。", 400) + "到此为止。"
	file := reportOf(t, p, nil)
	all := squeezed(strings.Join(pdfPages(t, file, "long.docx"), ""))
	if !strings.Contains(all, "到此为止") || strings.Count(all, "逐栋核实") < 300 {
		t.Error("the text is cut")
	}
}

func TestAPictureThatIsNoneIsAnError(t *testing.T) {
	err := exporter.Report(io.Discard, areaPlan(), []exporter.Picture{{Caption: "图", PNG: []byte("no picture")}})
	if err == nil {
		t.Error("it was taken")
	}
}

var entryInContents = regexp.MustCompile(`(?s)<w:hyperlink w:anchor="[^"]*" w:history="1">(.*?)</w:hyperlink>`)

// The contents say where LibreOffice puts the headings, in short reports and in
// those of many pages.
func TestTheContentsSayOnWhichPageAHeadingStands(t *testing.T) {
	needs(t, "soffice", "pdftotext")
	files := map[string][]byte{}
	for name, p := range map[string]*areaplan.Plan{"small.docx": areaPlan(), "large.docx": large(150), "empty.docx": {At: areaPlan().At}} {
		files[name] = reportOf(t, p, pictures(t, 4))
	}
	shown := pdfs(t, files)
	for name, file := range files {
		t.Run(name, func(t *testing.T) {
			pages := shown[name]
			number := regexp.MustCompile(`—(\d+)—`)
			stands := func(heading, page string) bool {
				for _, text := range pages {
					var lines []string
					for line := range strings.Lines(text) {
						lines = append(lines, squeezed(line))
					}
					if n := number.FindStringSubmatch(strings.Join(lines, "\n")); n == nil || n[1] != page {
						continue
					}
					for _, line := range lines {
						if line == squeezed(heading) {
							return true
						}
					}
				}
				return false
			}
			body := partOf(t, file, "word/document.xml")
			found := 0
			for _, entry := range entryInContents.FindAllStringSubmatch(body, -1) {
				line := regexp.MustCompile(`<w:instrText[^>]*>[^<]*</w:instrText>`).ReplaceAllString(entry[1], "")
				line = strings.ReplaceAll(line, "<w:tab/>", "\t")
				heading, page, _ := strings.Cut(tag.ReplaceAllString(line, ""), "\t")
				found++
				if !stands(heading, page) {
					t.Errorf("%s does not stand on page %s", heading, page)
				}
			}
			if found < 8 {
				t.Errorf("only %d entries", found)
			}
		})
	}
}

func TestLibreOfficeShowsTheReport(t *testing.T) {
	pages := pdfPages(t, reportOf(t, areaPlan(), pictures(t, 2)), "report.docx")
	all := squeezed(strings.Join(pages, "\n"))
	for _, want := range []string{"万盛经开区老旧小区改造片区方案", "编制单位：万盛规划设计院", "二〇二六年十一月", "目录", "37281.75", "511户", "图2片区方案图之2", "表1片区概况"} {
		if !strings.Contains(all, want) {
			t.Errorf("the PDF does not show %q", want)
		}
	}
	if !strings.Contains(squeezed(pages[0]), "编制单位") || strings.Contains(squeezed(pages[0]), "目录") {
		t.Error("the cover is not a page by itself")
	}
	for i, page := range pages {
		if squeezed(page) == "" {
			t.Errorf("page %d is empty", i+1)
		}
	}
}

func TestALongReportRepeatsTheHeadsOfItsTables(t *testing.T) {
	pages := pdfPages(t, reportOf(t, large(150), nil), "report.docx")
	shown := 0
	for _, page := range pages {
		if strings.Contains(squeezed(page), "示范小区") && strings.Contains(squeezed(page), squeezed("小区编号")) {
			shown++
		}
	}
	if shown < 4 {
		t.Errorf("the head stands on %d pages", shown)
	}
	last := fmt.Sprintf("示范小区%d", 150)
	if !strings.Contains(squeezed(strings.Join(pages, "")), last) {
		t.Errorf("%s is missing", last)
	}
}
