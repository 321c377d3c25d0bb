package dossier

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"strings"
	"testing"

	"github.com/paulmach/orb"
	"pgregory.net/rapid"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// picture is red on the left and blue on the right.
func picture(w, h int) *image.NRGBA {
	p := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := 0; y < h; y++ {
		for x := 0; x < w; x++ {
			c := color.NRGBA{200, 0, 0, 255}
			if x >= w/2 {
				c = color.NRGBA{0, 0, 200, 255}
			}
			p.SetNRGBA(x, y, c)
		}
	}
	return p
}

func jpegOf(p image.Image) []byte {
	var out bytes.Buffer
	_ = jpeg.Encode(&out, p, nil)
	return out.Bytes()
}

func pngOf(p image.Image) []byte {
	var out bytes.Buffer
	_ = png.Encode(&out, p)
	return out.Bytes()
}

// withExif puts an EXIF block into a JPEG: orientation, a moment, a place and the
// name of the photographer.
func withExif(content []byte, orientation uint16, lon, lat float64) []byte {
	le := binary.LittleEndian
	var heap bytes.Buffer
	const entries, gpsEntries = 4, 4
	heapAt := uint32(8 + 2 + 12*entries + 4 + 2 + 12*gpsEntries + 4)
	store := func(data []byte) uint32 {
		at := heapAt + uint32(heap.Len())
		heap.Write(data)
		return at
	}
	rationals := func(v float64) []byte {
		var out []byte
		degrees := math.Floor(v)
		minutes := math.Floor((v - degrees) * 60)
		for _, x := range [][2]uint32{{uint32(degrees), 1}, {uint32(minutes), 1}, {uint32(math.Round((v - degrees - minutes/60) * 3600 * 10000)), 10000}} {
			out = le.AppendUint32(le.AppendUint32(out, x[0]), x[1])
		}
		return out
	}
	entry := func(tag, kind uint16, count, value uint32) []byte {
		return le.AppendUint32(le.AppendUint32(le.AppendUint16(le.AppendUint16(nil, tag), kind), count), value)
	}
	gpsAt := uint32(8 + 2 + 12*entries + 4)
	block := append([]byte("II*\x00"), 8, 0, 0, 0)
	block = le.AppendUint16(block, entries)
	block = append(block, entry(tagOrientation, 3, 1, uint32(orientation))...)
	block = append(block, entry(tagDateTime, 2, 20, store([]byte("2026:03:01 10:20:30\x00")))...)
	block = append(block, entry(0x013b, 2, 12, store([]byte("Photographer")))...)
	block = append(block, entry(tagGPSIFD, 4, 1, gpsAt)...)
	block = le.AppendUint32(block, 0)
	block = le.AppendUint16(block, gpsEntries)
	block = append(block, entry(tagLatitudeRef, 2, 2, uint32('N'))...)
	block = append(block, entry(tagLatitude, 5, 3, store(rationals(lat)))...)
	block = append(block, entry(tagLongitudeRef, 2, 2, uint32('E'))...)
	block = append(block, entry(tagLongitude, 5, 3, store(rationals(lon)))...)
	block = le.AppendUint32(block, 0)
	block = append(block, heap.Bytes()...)
	segment := append([]byte("Exif\x00\x00"), block...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(segment)+2))...)
	return append(append(out, segment...), content[2:]...)
}

// officeFile is a package with the given parts.
func officeFile(parts map[string]string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, text := range parts {
		w, _ := z.Create(name)
		_, _ = w.Write([]byte(text))
	}
	_ = z.Close()
	return out.Bytes()
}

func (b *bench) attach(content []byte, name string) (Attachment, error) {
	return b.Attach(b.t.Context(), account.Everything, Owner{District: b.district, Community: "a"}, Brought{FileName: name, Content: content})
}

func TestAPhotographIsKeptUprightWithoutWhatTheCameraWrote(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	sent := withExif(jpegOf(picture(640, 400)), 6, 106.85, 29.0)
	a, err := b.attach(sent, "北门.jpg")
	b.must(err)
	if a.Kind != "photograph" || a.MediaType != jpegType || a.Title != "北门.jpg" || *a.TakenOn != "2026-03-01" || !a.HasThumbnail {
		t.Errorf("attachment %+v", a)
	}
	if a.Location == nil || math.Abs(a.Location[0]-106.85) > 1e-6 || math.Abs(a.Location[1]-29.0) > 1e-6 {
		t.Errorf("taken at %v", a.Location)
	}
	_, content, err := b.Content(t.Context(), account.Everything, b.district, a.ID)
	b.must(err)
	if bytes.Contains(content, []byte("Exif")) || bytes.Contains(content, []byte("Photographer")) {
		t.Error("the camera's words are still in it")
	}
	kept, err := jpeg.Decode(bytes.NewReader(content))
	b.must(err)
	// Orientation 6 asks for a quarter turn clockwise: left becomes top.
	if size := kept.Bounds(); size.Dx() != 400 || size.Dy() != 640 {
		t.Errorf("size %v", size)
	}
	if r, _, bl, _ := kept.At(200, 20).RGBA(); r < bl {
		t.Error("the top is not what was on the left")
	}
	thumbnail, err := b.Thumbnail(t.Context(), account.Everything, b.district, a.ID)
	b.must(err)
	small, err := jpeg.DecodeConfig(bytes.NewReader(thumbnail))
	if err != nil || small.Height != thumbnailSide || small.Width != thumbnailSide*400/640 {
		t.Errorf("thumbnail %+v, %v", small, err)
	}
	f := b.file("a")
	if len(f.Attachments) != 1 || section(t, f, "photographs").Done != 1 {
		t.Errorf("the file has %+v", f.Attachments)
	}
}

func TestAPhotographFromElsewhereHasNoPlace(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	a, err := b.attach(withExif(jpegOf(picture(40, 40)), 1, 116.4, 39.9), "北京.jpg")
	b.must(err)
	if a.Location != nil {
		t.Errorf("placed at %v", a.Location)
	}
	at := orb.Point{106.86, 29.01}
	a, err = b.ChangeAttachment(t.Context(), account.Everything, b.district, a.ID, AttachmentPatch{Location: &at, Title: ptr("南门")})
	b.must(err)
	if *a.Location != at || a.Title != "南门" {
		t.Errorf("changed to %+v", a)
	}
	beijing := orb.Point{116.4, 39.9}
	var wrong *InvalidError
	if _, err := b.ChangeAttachment(t.Context(), account.Everything, b.district, a.ID, AttachmentPatch{Location: &beijing}); !errors.As(err, &wrong) {
		t.Errorf("put into Beijing: %v", err)
	}
	b.must(b.Detach(t.Context(), account.Everything, b.district, a.ID))
	if _, err := b.Attachment(t.Context(), account.Everything, b.district, a.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
}

func TestPapersAreTakenForWhatTheyAre(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	for name, c := range map[string]struct {
		content []byte
		want    string
	}{
		"会议纪要.pdf": {[]byte("%PDF-1.7\nsomething"), pdfType},
		"申请.docx":  {officeFile(map[string]string{"word/document.xml": "<w:p><w:t>红星小区申请</w:t></w:p>"}), docxType},
		"概算.xlsx":  {officeFile(map[string]string{"xl/workbook.xml": "", "xl/sharedStrings.xml": "<si><t>概算</t></si>"}), xlsxType},
		"总图.png":   {pngOf(picture(30, 20)), pngType},
		"谎称.exe":   {jpegOf(picture(8, 8)), jpegType},
	} {
		a, err := b.attach(c.content, name)
		if err != nil || a.MediaType != c.want {
			t.Errorf("%s: %q, %v", name, a.MediaType, err)
		}
	}
}

func TestFilesThatAreNotTakenAreRefusedWithASentence(t *testing.T) {
	b := newBench(t)
	b.community("a", west, registry.CommunityPatch{})
	once := jpegOf(picture(12, 12))
	_, err := b.attach(once, "一.jpg")
	b.must(err)
	huge := pngOf(image.NewNRGBA(image.Rect(0, 0, 1, 1)))
	binary.BigEndian.PutUint32(huge[16:], 100_000) // the width that it claims
	binary.BigEndian.PutUint32(huge[20:], 100_000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, c := range map[string]struct {
		content []byte
		says    string
	}{
		"空.pdf":           {nil, "空的"},
		"大.pdf":           {append([]byte("%PDF-"), make([]byte, MaxAttachment)...), "20 MB"},
		"程序.exe":          {[]byte("MZ\x90\x00"), "只接收"},
		"网页.html":         {[]byte("<script>alert(1)</script>"), "只接收"},
		"图.svg":           {[]byte("<svg xmlns='http://www.w3.org/2000/svg'/>"), "只接收"},
		"压缩.zip":          {officeFile(map[string]string{"a.txt": "x"}), "压缩包"},
		"半张.jpg":          {jpegOf(picture(200, 200))[:300], "损坏"},
		"炸弹.png":          {huge, "像素"},
		"宏.docx":          {officeFile(map[string]string{"word/document.xml": "x", "word/vbaProject.bin": "x"}), "宏"},
		"签名表.docx":        {officeFile(map[string]string{"word/document.xml": "<w:p><w:r><w:t>138123</w:t></w:r><w:r><w:t>45678</w:t></w:r></w:p>"}), "个人信息"},
		"签名表.xlsx":        {officeFile(map[string]string{"xl/workbook.xml": "", "xl/sharedStrings.xml": "<si><t>500110198001011234</t></si>"}), "个人信息"},
		"13812345678.pdf": {[]byte("%PDF-1"), "个人信息"},
		"又一.jpg":          {once, "已经在档案里"},
	} {
		var wrong *InvalidError
		if _, err := b.attach(c.content, name); !errors.As(err, &wrong) || !strings.Contains(wrong.Detail, c.says) {
			t.Errorf("%s: %v, want a sentence with %q", name, err, c.says)
		}
	}
	if n := len(b.file("a").Attachments); n != 1 {
		t.Errorf("%d attachments", n)
	}
}

func TestAttachmentsOfAProjectAreOfThoseWhoReachIt(t *testing.T) {
	b := newBench(t)
	b.exec(`insert into project (district_code, code, name, library, state, subdistrict_codes) values ($1, 'P1', '红星', 'management', 'applied', '{500110001}')`, b.district)
	of := Owner{District: b.district, Project: "P1"}
	paper := Brought{FileName: "申请.pdf", Content: []byte("%PDF-1")}
	ctx, scope := b.as(account.Officer, east)
	if _, err := b.Attach(ctx, scope, of, paper); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the neighbour attaches: %v", err)
	}
	var outside *account.OutsideError
	ctx, scope = b.as(account.Viewer)
	if _, err := b.Attach(ctx, scope, of, paper); !errors.As(err, &outside) {
		t.Errorf("a viewer attaches: %v", err)
	}
	ctx, scope = b.as(account.Officer, west)
	a, err := b.Attach(ctx, scope, of, paper)
	b.must(err)
	if a.Project != "P1" || a.Community != "" || a.Kind != "document" || a.HasThumbnail {
		t.Errorf("attachment %+v", a)
	}
	ctx, scope = b.as(account.Officer, east)
	if _, _, err := b.Content(ctx, scope, b.district, a.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the neighbour reads: %v", err)
	}
	if err := b.Detach(ctx, scope, b.district, a.ID); !errors.Is(err, postgis.ErrNotFound) {
		t.Errorf("the neighbour removes: %v", err)
	}
}

// A shrunk picture keeps its mean colour, whatever the sizes.
func TestShrinkingKeepsTheColours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 90).Draw(t, "w"), rapid.IntRange(1, 90).Draw(t, "h")
		longest := rapid.IntRange(1, 100).Draw(t, "longest")
		c := color.NRGBA{uint8(rapid.IntRange(0, 255).Draw(t, "r")), uint8(rapid.IntRange(0, 255).Draw(t, "g")), uint8(rapid.IntRange(0, 255).Draw(t, "b")), 255}
		p := image.NewNRGBA(image.Rect(0, 0, w, h))
		for i := 0; i < len(p.Pix); i += 4 {
			copy(p.Pix[i:], []uint8{c.R, c.G, c.B, c.A})
		}
		s := shrink(p, longest)
		if s.Rect.Dx() > max(longest, 1) && s.Rect.Dx() != w || s.Rect.Dy() > max(longest, 1) && s.Rect.Dy() != h || s.Rect.Empty() {
			t.Fatalf("%d×%d to %v", w, h, s.Rect)
		}
		for _, at := range []image.Point{{0, 0}, {s.Rect.Dx() - 1, s.Rect.Dy() - 1}} {
			if got := s.NRGBAAt(at.X, at.Y); got != c {
				t.Fatalf("%v at %v, want %v", got, at, c)
			}
		}
	})
}

// Turning moves every pixel somewhere else, and none away.
func TestTurningLosesNoPixel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 12).Draw(t, "w"), rapid.IntRange(1, 12).Draw(t, "h")
		o := rapid.IntRange(0, 9).Draw(t, "orientation")
		seen := map[[2]int]bool{}
		for y := 0; y < h; y++ {
			for x := 0; x < w; x++ {
				tx, ty := turned(o, x, y, w, h)
				tw, th := w, h
				if o >= 5 && o <= 8 {
					tw, th = h, w
				}
				if tx < 0 || ty < 0 || tx >= tw || ty >= th || seen[[2]int{tx, ty}] {
					t.Fatalf("orientation %d takes %d,%d of %d×%d to %d,%d", o, x, y, w, h, tx, ty)
				}
				seen[[2]int{tx, ty}] = true
			}
		}
	})
}

func FuzzExifNeverPanics(f *testing.F) {
	good := withExif(jpegOf(picture(4, 4)), 3, 106.85, 29)
	f.Add(good)
	f.Add(good[:60])
	f.Add([]byte("\xff\xd8\xff\xe1\x00\x10Exif\x00\x00MM\x00*\x00\x00\x00\x08"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if said := readExif(data); said.where != nil && (math.Abs(said.where[0]) > 180 || math.IsNaN(said.where[0])) {
			t.Errorf("a place off the earth: %v", said.where)
		}
	})
}
