package privacy

import (
	"slices"
	"strings"
)

// cues stand before the name of a person. The longer of two that begin alike comes
// first.
var cues = []string{
	"联系人姓名", "联系人", "业主姓名", "户主姓名", "户主", "业主", "房主", "房东", "产权人", "所有权人", "权利人", "承租人", "租户", "租客", "申请人", "负责人", "经办人",
	"投诉人", "反映人", "举报人", "信访人", "收件人", "委托人", "代理人", "监护人", "被征收人", "法定代表人", "法人代表", "姓名", "楼栋长", "楼长", "栋长", "单元长", "网格长", "网格员",
	"住户", "居民", "家属", "联系", "书记", "主任", "组长", "经理",
}

// weakCues stand before much else, too: the name has to end where no Chinese
// character follows, or a colon to stand before it.
var weakCues = []string{"联系", "书记", "主任", "组长", "经理", "网格员"}

// colonCues count only with a colon.
var colonCues = []string{"住户", "居民", "家属"}

// titles stand behind the name of a person.
var titles = []string{"先生", "女士", "小姐", "同志", "阿姨", "大爷", "大妈", "大娘", "大姐", "大哥", "大叔", "爷爷", "奶奶", "婆婆", "师傅"}

// goesOn may follow a name without a sign between.
var goesOn = []string{
	"先生", "女士", "小姐", "同志", "电话", "手机", "反映", "反应", "同意", "不同意", "要求", "提出", "表示", "已", "称", "等", "家", "搬", "住", "因", "户", "投诉", "报修", "代签", "签字",
}

// unnamed are characters that are in no given name, or in so few that a place or a
// plain word is likelier.
const unnamed = "的了是在不未没无有已也都就要能会被把让请从到个这那户房屋楼栋幢层室单元门口号路街巷弄区院处所社村镇乡县市省部局厂司店站组委办员工物主管理电水气暖网线管道井盖灯车位停场库地上下内外前后左右里间旁边侧面顶墙底" +
	"加装改造修拆漏污雨垃圾消防款费额钱税价值额度龄职责任约时候年日次种类型件项条式样事情况问题因此及其与或等共各每第几两百千万亿" +
	"沱湾坝坪坡沟塘桥寨堡屯庄集垭岭坎坟冲坳畈圩浜泾渡埠铺窑庙祠寺湖河溪洲岛港码头园苑府邸城厦公里桩岗"

// plain are words that begin as names do.
var plain = []string{
	"方便", "方案", "方向", "方法", "方能", "安置", "安装", "安全", "安静", "安排", "安心", "安康", "安宁", "高度", "高低", "高压", "高兴", "高效", "高明", "高中", "白色", "白天", "黄色", "黄金", "金属", "金融", "石材", "石油", "石板", "马上",
	"常见", "许可", "许多", "许久", "任命", "任职", "任意", "任何", "任课", "余下", "余热", "程序", "程度", "温度", "温馨", "文明", "文化", "康复", "康养", "康健", "施行", "施救", "施力", "向东", "向西", "向南", "向北", "向阳", "向来", "于是", "江北", "江南", "江东", "江西",
	"何时", "何以", "何人", "陆续", "谢绝", "谢谢", "严重", "严格", "严禁", "雷同", "毛坯", "钟点", "田径", "武术", "关于", "关心", "关注", "关闭", "易燃", "易爆", "尚可", "尚待", "左右", "游客", "古树", "宁静", "谈话", "谈判", "席位",
	"申请", "申报", "章程", "纪念", "纪律", "齐全", "齐备", "段落", "史料", "和谐", "夏季", "夏天", "苗木", "梅花", "桂花", "兰花", "童年", "练习", "蒙古", "祝福", "凌晨", "柳树", "牛奶", "康师",
}

// stretch is a part of a text, in characters.
type stretch struct{ from, to int }

// WithoutNames takes the names of persons out of free text: behind a cue such as
// 联系人 or 户主, or before a title such as 女士. With sure it takes only those
// behind a cue and a colon, for texts that are names of places themselves. A bare
// name is not told from that of a place, and stays.
func WithoutNames(s string, sure bool) (clean string, found bool) {
	if len(s) < 9 { // bytes of three Chinese characters
		return s, false
	}
	text := []rune(s)
	var out []stretch
	for i := 0; i < len(text); {
		if names, to := behindCue(text, i, sure); len(names) > 0 {
			out = append(out, names...)
			i = to
			continue
		}
		if name, ok := beforeTitle(text, i); ok && !sure && (len(out) == 0 || name.from >= out[len(out)-1].to) {
			out = append(out, name)
		}
		i++
	}
	if len(out) == 0 {
		return s, false
	}
	var b strings.Builder
	from := 0
	for _, name := range out {
		b.WriteString(string(text[from:name.from]))
		b.WriteString(omitted)
		from = name.to
	}
	b.WriteString(string(text[from:]))
	return b.String(), true
}

// behindCue finds the names behind the cue that stands at i.
func behindCue(text []rune, i int, sure bool) (names []stretch, to int) {
	cue := wordAt(text, i, cues)
	if cue == "" {
		return nil, 0
	}
	at := i + len([]rune(cue))
	colon := false
	for n := 0; at < len(text) && n < 3 && strings.ContainsRune("：:＝= \t\u00a0\u3000（(是为", text[at]); n++ {
		colon = colon || strings.ContainsRune("：:＝=", text[at])
		at++
	}
	if !colon && (sure || slices.Contains(colonCues, cue)) {
		return nil, 0
	}
	strict := !colon && slices.Contains(weakCues, cue)
	for {
		n := nameAt(text[at:], strict)
		if n == 0 {
			return names, to
		}
		names = append(names, stretch{at, at + n})
		at += n
		to = at
		if at >= len(text) || !strings.ContainsRune("、/／和及", text[at]) {
			return names, to
		}
		at++
	}
}

// nameAt is the length of the name that a text begins with, and that ends there: no
// other word may go on from it. 0 is none.
func nameAt(text []rune, strict bool) int {
	family := surname(text)
	if family == 0 || wordAt(text, 0, plain) != "" {
		return 0
	}
	for given := 2; given >= 1; given-- {
		n := family + given
		if n > len(text) || !givenName(text[family:n]) {
			continue
		}
		if n == len(text) || !isHan(text[n]) || !strict && (wordAt(text, n, goesOn) != "" || text[n] == '和' && nameAt(text[n+1:], false) > 0) {
			return n
		}
	}
	return 0
}

// beforeTitle finds the name before the title that stands at i.
func beforeTitle(text []rune, i int) (name stretch, ok bool) {
	if wordAt(text, i, titles) == "" {
		return stretch{}, false
	}
	// 王女士, 王五女士, 王小五女士, 欧阳小五女士: the longest that begins where a
	// word does, else the shortest.
	for _, n := range []int{4, 3, 2, 1} {
		from := i - n
		if whole(text, from, i) && (from == 0 || !isHan(text[from-1]) || strings.ContainsRune("找请由是与和及系人主长户的为给向叫", text[from-1])) {
			return stretch{from, i}, true
		}
	}
	for _, n := range []int{1, 2, 3, 4} {
		if whole(text, i-n, i) {
			return stretch{i - n, i}, true
		}
	}
	return stretch{}, false
}

// whole tells whether a surname, with or without a given name, fills the stretch.
func whole(text []rune, from, to int) bool {
	if from < 0 || from > 0 && hasWord(text[from-1:], "工程") { // 工程师傅 are none of the family 程
		return false
	}
	part := text[from:to]
	family := surname(part)
	return family > 0 && len(part)-family <= 2 && givenName(part[family:]) && wordAt(text, from, plain) == ""
}

func givenName(text []rune) bool {
	return !slices.ContainsFunc(text, func(r rune) bool { return !isHan(r) || strings.ContainsRune(unnamed, r) })
}

func isHan(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }

// wordAt is the word of a list that stands at i, or "".
func wordAt(text []rune, i int, words []string) string {
	for _, word := range words {
		if hasWord(text[i:], word) {
			return word
		}
	}
	return ""
}

func hasWord(text []rune, word string) bool {
	for _, r := range word {
		if len(text) == 0 || text[0] != r {
			return false
		}
		text = text[1:]
	}
	return true
}
