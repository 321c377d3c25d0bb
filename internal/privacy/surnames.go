package privacy

import "strings"

// commonest are the hundred commonest surnames (Ministry of Public Security, 2020
// report of names, in its order as far as it goes).
const commonest = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许邓冯韩曹曾彭萧蔡潘田董袁于余叶蒋杜苏魏程吕丁沈任姚卢傅钟姜崔谭廖范汪陆金石戴贾韦夏邱方侯邹熊孟秦白江阎薛尹段雷黎史龙陶贺顾毛郝龚邵万钱严覃武莫孔向汤"

// further are common ones behind those, without such that are ordinary words of
// the trade (单, 管, 路, 房, 车, 水 …).
const further = "肖温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝尚裴舒凌柯游阮冉梅童毕骆靳翁纪苗涂谷蓝邬敖柴蒙闵娄冼佘辛牟屈瞿艾练宁卓褚古桂臧巫卞虞鞠席郎晏阙宗谈麦鄢窦苟苑祁喻霍宓"

var doubleSurnames = []string{
	"欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "司徒", "夏侯", "令狐", "端木", "宇文", "长孙", "南宫", "轩辕", "独孤", "澹台", "呼延", "申屠",
}

// CommonSurname tells one of the hundred commonest surnames.
func CommonSurname(r rune) bool { return strings.ContainsRune(commonest, r) }

// surname is how many characters of a surname a text begins with; 0 is none.
func surname(text []rune) int {
	if len(text) >= 2 {
		for _, double := range doubleSurnames {
			if string(text[:2]) == double {
				return 2
			}
		}
	}
	if len(text) > 0 && (CommonSurname(text[0]) || strings.ContainsRune(further, text[0])) {
		return 1
	}
	return 0
}
