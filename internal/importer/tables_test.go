package importer

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/lianpian/lianpian/internal/job"
)

const ledgerCSV = "小区编码,小区名称,街道,建成年份,户数,建筑面积(万㎡),经度,纬度\n" +
	"A01,红星小区,万盛街道,1998年,1124户,5.2,106.90,28.97\n" +
	"A02,\"东风,二村\",东林街道,暂无数据,80,0.6,106.98,28.95\n"

func writeFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func encode(t *testing.T, text string, how string) []byte {
	t.Helper()
	var out []byte
	var err error
	switch how {
	case "utf8":
		return []byte(text)
	case "utf8 bom":
		return append([]byte{0xef, 0xbb, 0xbf}, text...)
	case "gbk":
		out, err = simplifiedchinese.GBK.NewEncoder().Bytes([]byte(text))
	case "gb18030":
		out, err = simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(text))
	case "utf16":
		out, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestCSVIsReadInEveryEncodingAndDelimiter(t *testing.T) {
	for _, how := range []string{"utf8", "utf8 bom", "gbk", "gb18030", "utf16"} {
		for name, sign := range map[string]string{"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"} {
			t.Run(how+" "+name, func(t *testing.T) {
				text := strings.ReplaceAll(strings.ReplaceAll(ledgerCSV, "东风,二村", "东风二村"), ",", sign)
				s, err := readCSV(Args{Path: writeFile(t, "x.csv", encode(t, text, how))})
				if err != nil {
					t.Fatal(err)
				}
				if len(s.rows) != 3 || s.rows[1][1] != "红星小区" || s.rows[2][0] != "A02" || s.lines[2] != 3 {
					t.Errorf("got %q, lines %v", s.rows, s.lines)
				}
			})
		}
	}
}

func TestCSVKeepsRowNumbersOverQuotedLineBreaks(t *testing.T) {
	s, err := readCSV(Args{Path: writeFile(t, "x.csv", []byte("小区名称,备注\n甲,\"一\n二\"\n\n乙,三\n"))})
	if err != nil {
		t.Fatal(err)
	}
	if len(s.rows) != 3 || s.lines[1] != 2 || s.lines[2] != 5 {
		t.Errorf("got lines %v", s.lines)
	}
}

func TestCSVThatCannotBeReadIsRefusedWithAReason(t *testing.T) {
	latin := []byte("小区名称\n")
	latin = append(latin, 0x80, 0xff, 0xff, '\n') // neither UTF-8 nor GB18030
	tests := []struct {
		name string
		data []byte
		say  string
	}{
		{"empty", nil, "空"},
		{"only blanks", []byte(" \n\n"), "空"},
		{"binary", []byte("PK\x00\x01\x02"), "不是文本"},
		{"wrong encoding", latin, "GBK"},
		{"a mark that lies", append([]byte{0xef, 0xbb, 0xbf}, 0xc4, 0xe3, '\n'), "UTF-8"},
		{"a quote that never ends", []byte("小区名称,户数\n\"甲,3\n乙,4\n"), "引号"},
		{"too many columns", []byte(strings.Repeat("小区名称,", 600) + "\n"), "列"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := readCSV(Args{Path: writeFile(t, "x.csv", tt.data)})
			wantRefusal(t, err, tt.say)
		})
	}
}

func wantRefusal(t *testing.T, err error, say string) {
	t.Helper()
	var refusal *job.Refusal
	if !errors.As(err, &refusal) {
		t.Fatalf("got %v, want a refusal", err)
	}
	if !strings.Contains(refusal.Detail, say) {
		t.Errorf("the refusal says %q, want it to name %q", refusal.Detail, say)
	}
	if strings.ContainsAny(refusal.Detail, "\n") {
		t.Errorf("the refusal has more than one line: %q", refusal.Detail)
	}
}

func workbook(t testing.TB, sheets map[string][][]any, order ...string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for _, name := range order {
		if _, err := f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, row := range sheets[name] {
			at, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := f.SetSheetRow(name, at, &row); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = f.DeleteSheet("Sheet1")
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestXLSXReadsTheSheetWithHeadersAndFillsMergedCells(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if _, err := f.NewSheet("台账"); err != nil {
		t.Fatal(err)
	}
	rows := [][]any{
		{"附件1 老旧小区改造台账"},
		{"街道", "小区名称", "户数"},
		{"万盛街道", "甲", 10},
		{nil, "乙", 20},
		{"东林街道", "丙", 30},
	}
	for i, row := range rows {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		_ = f.SetSheetRow("台账", at, &row)
	}
	_ = f.SetCellStr("Sheet1", "A1", "填表说明")
	_ = f.MergeCell("台账", "A3", "A4")
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	s, err := readXLSX(Args{Path: writeFile(t, "x.xlsx", out.Bytes())})
	if err != nil {
		t.Fatal(err)
	}
	head, m, ok := headerRow(communityColumns, s.rows)
	if !ok || head != 1 {
		t.Fatalf("header at %d, %v", head, ok)
	}
	if got, _ := m.cell(s.rows[3], colSubdistrict); got != "万盛街道" {
		t.Errorf("the merged street of 乙 is %q", got)
	}
	if got, _ := m.cell(s.rows[4], colSubdistrict); got != "东林街道" || s.lines[4] != 5 {
		t.Errorf("the street of 丙 is %q in row %d", got, s.lines[4])
	}
}

func TestWorkbooksThatAreNoneOrBombsAreRefusedFast(t *testing.T) {
	bomb := func(size int, lie uint64) []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for _, name := range []string{"[Content_Types].xml", "xl/workbook.xml"} {
			w, _ := z.Create(name)
			_, _ = w.Write([]byte("<x/>"))
		}
		w, err := z.Create("xl/worksheets/sheet1.xml")
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for range size {
			_, _ = w.Write(zeros)
		}
		_ = z.Close()
		data := out.Bytes()
		if lie > 0 { // claim a small size in the directory
			at := bytes.LastIndex(data, []byte("xl/worksheets/sheet1.xml")) - 46 + 24
			for i := range 4 {
				data[at+i] = byte(lie >> (8 * i))
			}
		}
		return data
	}
	many := func() []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for range 3000 {
			_, _ = z.Create("xl/a.xml")
		}
		_ = z.Close()
		return out.Bytes()
	}
	plainZip := func() []byte {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		_, _ = z.Create("readme.txt")
		_ = z.Close()
		return out.Bytes()
	}
	good := workbook(t, map[string][][]any{"台账": {{"小区名称", "户数"}, {"甲", 1}}}, "台账")
	tests := []struct {
		name string
		data []byte
		say  string
	}{
		{"a bomb", bomb(400, 0), "压缩炸弹"},
		{"a bomb that lies about its size", bomb(300, 1000), "损坏"},
		{"thousands of parts", many(), "部分"},
		{"a zip of something else", plainZip(), "不是 .xlsx"},
		{"a text", []byte("小区名称,户数\n甲,1\n"), "不是有效的 .xlsx"},
		{"cut off", good[:len(good)/2], "不是有效的 .xlsx"},
		{"an old .xls", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and more"), ".xls"},
		{"a million columns", workbook(t, map[string][][]any{"台账": {{"小区名称"}, append(make([]any, 2000), "x")}}, "台账"), "列"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := writeFile(t, "x.xlsx", tt.data)
			started := time.Now()
			_, err := readXLSX(Args{Path: path})
			if took := time.Since(started); took > time.Second {
				t.Errorf("it took %v", took)
			}
			wantRefusal(t, err, tt.say)
		})
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(ledgerCSV))
	f.Add([]byte("\xef\xbb\xbf小区名称|户数\n甲|3"))
	f.Add([]byte{0xff, 0xfe, 'a', 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		text, _, err := decodeText(data)
		if err != nil {
			return
		}
		s, err := parseCSV(text)
		if err == nil && len(s.rows) != len(s.lines) {
			t.Error("rows without numbers")
		}
		headerRow(communityColumns, s.rows[:min(len(s.rows), headerLook)])
	})
}

func FuzzXLSX(f *testing.F) {
	f.Add(workbook(f, map[string][][]any{"台账": {{"小区名称", "户数"}, {"甲", 1}}}, "台账"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = readXLSX(Args{Path: writeFile(t, "x.xlsx", data)})
	})
}
