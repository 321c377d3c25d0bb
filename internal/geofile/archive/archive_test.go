package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/lianpian/lianpian/internal/geofile"
)

// part is an entry that a test puts into an archive.
type part struct {
	name    string
	content string
	mode    os.FileMode
	raw     bool // the name is bytes without the flag of UTF-8
	flags   uint16
}

func write(t *testing.T, parts ...part) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range parts {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate, NonUTF8: p.raw, Flags: p.flags}
		if p.mode != 0 {
			h.SetMode(p.mode)
		}
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, p.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return save(t, b.Bytes())
}

func save(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.zip")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func gbk(t *testing.T, s string) string {
	t.Helper()
	b, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func refused(t *testing.T, err error, says string) {
	t.Helper()
	var r *geofile.RefusedError
	if !errors.As(err, &r) {
		t.Fatalf("got %v, want a refusal that says %q", err, says)
	}
	if !strings.Contains(r.Detail, says) {
		t.Errorf("got %q, want %q in it", r.Detail, says)
	}
}

func TestDangerousArchivesAreRefused(t *testing.T) {
	zeros := strings.Repeat("\x00", 8<<20)
	tests := map[string]struct {
		parts []part
		says  string
	}{
		"leads upwards":           {[]part{{name: "../../etc/passwd", content: "x"}}, "外部位置"},
		"leads upwards inside":    {[]part{{name: "a/../../b.shp", content: "x"}}, "外部位置"},
		"leads upwards backwards": {[]part{{name: `..\..\b.shp`, content: "x"}}, "外部位置"},
		"absolute":                {[]part{{name: "/etc/passwd", content: "x"}}, "外部位置"},
		"of a drive":              {[]part{{name: `C:\b.shp`, content: "x"}}, "外部位置"},
		"a share":                 {[]part{{name: `\\server\b.shp`, content: "x"}}, "外部位置"},
		"control characters":      {[]part{{name: "a\x00.shp", content: "x"}}, "不合法"},
		"a link":                  {[]part{{name: "b.shp", content: "/etc/passwd", mode: os.ModeSymlink | 0o777}}, "符号链接"},
		"a device":                {[]part{{name: "b.shp", content: "", mode: os.ModeDevice | 0o777}}, "特殊文件"},
		"zeros":                   {[]part{{name: "b.shp", content: zeros}}, "压缩炸弹"},
		"only an archive":         {[]part{{name: "b.zip", content: "PK"}}, "先解压"},
		"nothing":                 {[]part{{name: "a/", mode: os.ModeDir | 0o755}}, "没有文件"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := Open(write(t, tt.parts...), geofile.Limits{})
			refused(t, err, tt.says)
		})
	}
}

func TestLimitsOfArchives(t *testing.T) {
	path := write(t, part{name: "a.shp", content: "0123456789"}, part{name: "b.shp", content: "0123456789"})
	_, err := Open(path, geofile.Limits{Bytes: 15})
	refused(t, err, "上限")
	_, err = Open(path, geofile.Limits{Entries: 1})
	refused(t, err, "2 个文件")
	a, err := Open(path, geofile.Limits{Bytes: 20})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.ReadAll(a.Entries[0], 9); err == nil {
		t.Error("more than the limit was read")
	}
}

func TestBrokenArchivesAreRefused(t *testing.T) {
	good, err := os.ReadFile(write(t, part{name: "a.shp", content: strings.Repeat("楼", 1000)}))
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 3, 30, len(good) / 2, len(good) - 1} {
		_, err := Open(save(t, good[:n]), geofile.Limits{})
		refused(t, err, "")
	}
	_, err = Open(save(t, []byte("这是一个文本文件")), geofile.Limits{})
	refused(t, err, "不是有效的 ZIP")
	_, err = Open(filepath.Join(t.TempDir(), "none.zip"), geofile.Limits{})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

// directory returns where the directory entry of the first file begins.
func directory(t *testing.T, data []byte) int {
	t.Helper()
	at := bytes.Index(data, []byte("PK\x01\x02"))
	if at < 0 {
		t.Fatal("no directory")
	}
	return at
}

func TestEntriesThatLieAboutThemselves(t *testing.T) {
	good, err := os.ReadFile(write(t, part{name: "a.shp", content: strings.Repeat("a", 5000)}))
	if err != nil {
		t.Fatal(err)
	}
	at := directory(t, good)

	smaller := bytes.Clone(good)
	binary.LittleEndian.PutUint32(smaller[at+24:], 100)
	a, err := Open(save(t, smaller), geofile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	_, err = a.ReadAll(a.Entries[0], 1<<20)
	refused(t, err, "a.shp")

	locked := bytes.Clone(good)
	binary.LittleEndian.PutUint16(locked[at+8:], 1)
	_, err = Open(save(t, locked), geofile.Limits{})
	refused(t, err, "密码")

	method := bytes.Clone(good)
	binary.LittleEndian.PutUint16(method[at+10:], 9)
	_, err = Open(save(t, method), geofile.Limits{})
	refused(t, err, "压缩方法")

	wrong := bytes.Clone(good)
	binary.LittleEndian.PutUint32(wrong[at+16:], 12345)
	b, err := Open(save(t, wrong), geofile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	_, err = b.ReadAll(b.Entries[0], 1<<20)
	refused(t, err, "已损坏")
}

// Two entries of the directory point to the same packed bytes.
func TestOverlappingEntriesAreRefused(t *testing.T) {
	data, err := os.ReadFile(write(t, part{name: "a.shp", content: "content"}, part{name: "b.shp", content: "content"}))
	if err != nil {
		t.Fatal(err)
	}
	first := directory(t, data)
	second := first + 4 + bytes.Index(data[first+4:], []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(data[second+42:], binary.LittleEndian.Uint32(data[first+42:]))
	_, err = Open(save(t, data), geofile.Limits{})
	refused(t, err, "重叠")
}

func TestNamesAreDecoded(t *testing.T) {
	tests := map[string]struct {
		parts []part
		want  []string
	}{
		"UTF-8":                 {[]part{{name: "数据/小区.shp"}}, []string{"数据/小区.shp"}},
		"UTF-8 without flag":    {[]part{{name: "数据/小区.shp", raw: true}}, []string{"数据/小区.shp"}},
		"GBK":                   {[]part{{name: gbk(t, "数据/小区.shp"), raw: true}}, []string{"数据/小区.shp"}},
		"GBK that could be not": {[]part{{name: gbk(t, "小区.shp"), raw: true}, {name: "\xc4\xa3.dbf", raw: true}}, []string{"小区.shp", "模.dbf"}},
		"backslashes":           {[]part{{name: `数据\小区.shp`}}, []string{"数据/小区.shp"}},
		"left behind":           {[]part{{name: "a.shp"}, {name: "__MACOSX/._a.shp"}, {name: ".DS_Store"}, {name: "Thumbs.db"}}, []string{"a.shp"}},
		"twice":                 {[]part{{name: "a.shp"}, {name: "A.SHP"}}, []string{"a.shp"}},
		"with archive":          {[]part{{name: "a.shp"}, {name: "b.rar"}}, []string{"a.shp"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a, err := Open(write(t, tt.parts...), geofile.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			var got []string
			for _, e := range a.Entries {
				got = append(got, e.Name)
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if odd := name == "twice" || name == "with archive"; odd != (len(a.Findings) == 1) {
				t.Errorf("findings: %v", a.Findings)
			}
		})
	}
}

func TestUnpackLeavesNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	a, err := Open(write(t, part{name: "a.shp", content: "content"}), geofile.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	file, removed, err := a.Unpack(t.Context(), a.Entries[0])
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(file)
	if err != nil || string(got) != "content" {
		t.Errorf("got %q, %v", got, err)
	}
	if err := removed(); err != nil {
		t.Error(err)
	}
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := a.Unpack(stopped, a.Entries[0]); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func FuzzOpenArchive(f *testing.F) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.Create("数据/a.shp")
	fmt.Fprint(w, "content")
	_ = z.Close()
	f.Add(b.Bytes())
	f.Add([]byte("PK\x05\x06"))
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Open(save(t, data), geofile.Limits{Bytes: 1 << 20})
		if err != nil {
			return
		}
		defer a.Close()
		total := 0
		for _, e := range a.Entries {
			if checkName(e.Name) != nil {
				t.Errorf("name %q", e.Name)
			}
			content, err := a.ReadAll(e, 1<<20)
			if err == nil {
				total += len(content)
			}
		}
		if total > 1<<20 {
			t.Errorf("%d bytes were unpacked", total)
		}
	})
}
