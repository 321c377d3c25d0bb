package privacy

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var persons = []string{
	"13812345678", "138-0013-8000", "138 0013 8000", "138.0013.8000", "138·0013·8000", "1380 013 8000", "138-001-38000",
	"138 00138000", "1380013 8000", "138 - 0013 - 8000", "138—0013—8000", "138\u30000013\u30008000", "1 3 8 0 0 1 3 8 0 0 0",
	"+8613800138000", "+86 138 0013 8000", "8613800138000", "86-13800138000", "008613800138000", "0086 138 0013 8000",
	"１３８００１３８０００", "１３８－００１３－８０００", "＋８６１３８００１３８０００",
	"联系人张三13812345678，住3幢", "tel13812345678", "2024年 138 0013 8000", "1.13800138000", "wx13812345678", "13800138000.", "300户 13800138000",
	"500110197001011234", "500110 19700101 1234", "500110-1970-0101-1234", "500 110 1970 0101 1234", "500110·19700101·1234", "500110 1970.01.01 1234",
	"50011019800101123X", "50011019800101123x", "500110 19800101 123X", "５００１１０１９８００１０１１２３Ｘ",
	"身份证号：500110199001011234。", "911156199001011234",
	"500110700101123", "500110 700101 123", "户主500110700101123搬走",
}

var others = []string{
	"", "2026-综-001", "w1234567890123", "w13812345678", "osm:n13812345678", "way/13812345678", "编号 500110001，户数 300",
	"13812345678元", "13800138000.00", "1,380,013,800.00", "投资 13,800,138,000 元", "31642.00 万平方米", "207768.00000000003",
	"91500113MA5U12345X", "915001137815890123", "125001194504121012", "91110000600037341L",
	"2026-11-25", "2024-01-01 至 2026-12-31", "20240101-20261231", "2026-11-25 12:30:45", "2024 2025 2026", "1998 300 2021", "1998-2021 300",
	"106.138123456780123", "189.13812345678", "106.9345612, 30.1234567", "110.105198 30.1234567", "110.105198001011234", "110.10580010112",
	"131.12345678", "023-49812345", "400-820-8820", "310115001-230112", "310115-2023-0112-0001", "310115001 20241130 1", "12345678901", "10086",
	"138号 20240101", "138-20240101", "1-101 2-202 3-303 4-404", "1380 户 0013 栋 8000",
}

func TestNumbersOfPersonsAreFoundAsPeopleWriteThem(t *testing.T) {
	for _, text := range persons {
		if !PersonalNumbers(text) {
			t.Errorf("%q passes", text)
		}
		clean, found := WithoutPersonalNumbers(text)
		if !found || PersonalNumbers(clean) || !strings.Contains(clean, omitted) {
			t.Errorf("%q became %q", text, clean)
		}
	}
}

func TestOtherNumbersAreLeftAlone(t *testing.T) {
	for _, text := range others {
		if PersonalNumbers(text) {
			t.Errorf("%q is refused", text)
		}
		if clean, found := WithoutPersonalNumbers(text); found || clean != text {
			t.Errorf("%q became %q", text, clean)
		}
	}
}

func TestOnlyTheNumberIsTakenOut(t *testing.T) {
	for text, want := range map[string]string{
		"联系张三+86 138-0013-8000，3幢":           "联系张三（已略去），3幢",
		"13812345678、13912345678":            "（已略去）、（已略去）",
		"1998年 500110 19700101 123X 与 300 户": "1998年 （已略去） 与 300 户",
		"乱码\xff 13812345678":                 "乱码\ufffd （已略去）",
	} {
		if got, _ := WithoutPersonalNumbers(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestAnyWayOfWritingANumberIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		number := strconv.Itoa(rapid.IntRange(13_000_000_000, 19_999_999_999).Draw(t, "phone"))
		cuts := rapid.SampledFrom([][]int{{}, {3, 7}, {3, 6}, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10}}).Draw(t, "cuts")
		if rapid.Bool().Draw(t, "identity") {
			day := rapid.IntRange(10101, 10128).Draw(t, "day")
			number = "500110" + strconv.Itoa(rapid.IntRange(1920, 2010).Draw(t, "year")) + strconv.Itoa(day)[1:] +
				strconv.Itoa(rapid.IntRange(1000, 1999).Draw(t, "tail"))[1:]
			number += string(identityCheck(number))
			cuts = rapid.SampledFrom([][]int{{}, {6, 14}, {6, 10, 14}, {3, 6, 10, 14}, {4, 8, 12, 16}}).Draw(t, "cuts")
		}
		separator := rapid.SampledFrom([]string{" ", "-", "·", "—", "\u3000", " - "}).Draw(t, "separator")
		var b strings.Builder
		b.WriteString(rapid.SampledFrom([]string{"", "电话", "户主 ", "("}).Draw(t, "before"))
		wide := rapid.Bool().Draw(t, "wide")
		for i, r := range number {
			for _, c := range cuts {
				if i == c {
					b.WriteString(separator)
				}
			}
			if wide && r != 'X' {
				r += '０' - '0'
			}
			b.WriteRune(r)
		}
		b.WriteString(rapid.SampledFrom([]string{"", "，已迁出", ")", " 3幢"}).Draw(t, "after"))
		if !PersonalNumbers(b.String()) {
			t.Fatalf("%q passes", b.String())
		}
		if clean, _ := WithoutPersonalNumbers(b.String()); PersonalNumbers(clean) {
			t.Fatalf("%q is left", clean)
		}
	})
}

func TestFiguresAndDaysAreNeverTakenForAPerson(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lon := rapid.Float64Range(73, 135).Draw(t, "lon")
		lat := rapid.Float64Range(18, 53).Draw(t, "lat")
		text := strconv.FormatFloat(lon, 'f', -1, 64) + ", " + strconv.FormatFloat(lat, 'f', rapid.IntRange(1, 15).Draw(t, "digits"), 64) +
			" w" + strconv.Itoa(rapid.IntRange(1, 99_999_999_999).Draw(t, "way")) +
			"；" + strconv.Itoa(rapid.IntRange(1900, 2100).Draw(t, "year")) + "-综-" + strconv.Itoa(rapid.IntRange(1000, 1999).Draw(t, "no"))[1:] +
			"；" + strconv.Itoa(rapid.IntRange(0, 99_999_999).Draw(t, "count")) + "户"
		if PersonalNumbers(text) {
			t.Fatalf("%q is refused", text)
		}
	})
}
