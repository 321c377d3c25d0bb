package dossier

import (
	"archive/zip"
	"bufio"
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/jpeg"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/lianpian/lianpian/internal/geofile/geofiletest"
)

// lookAt looks at a brought file as a store does, without a database.
func lookAt(ctx context.Context, path string) string {
	content, err := os.ReadFile(path)
	if err != nil {
		return geofiletest.Failed + err.Error()
	}
	s := &Store{drawing: make(chan struct{}, picturesAtOnce)}
	k, err := s.look(ctx, "", &Brought{FileName: "a", Content: content})
	var wrong *InvalidError
	switch {
	case errors.As(err, &wrong):
		return "refused: " + wrong.Detail
	case err != nil:
		return geofiletest.Failed + err.Error()
	}
	return "taken as " + k.mediaType
}

func TestHostileChild(t *testing.T) { geofiletest.Child(t, lookAt) }

// However a photograph or a paper is made to hurt, it is refused in a sentence or
// taken, in bounded memory and time.
func TestHostileAttachmentsAreTakenInBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("decodes pictures of some hundred MB")
	}
	for name, c := range map[string]struct {
		content []byte
		refused bool
	}{
		"png: 100000 by 100000":             {hostilePNG(t, 100_000, 100_000, 8, 6, 0), true},
		"png: two thousand million across":  {hostilePNG(t, 1<<31-1, 1, 8, 6, 0), true},
		"png: 60 million pixels of nothing": {hostilePNG(t, 10_000, 6000, 8, 6, 0), false},
		"png: 60 million of 16 bits":        {hostilePNG(t, 10_000, 6000, 16, 6, 0), true},
		"png: 60 million interlaced":        {hostilePNG(t, 10_000, 6000, 8, 6, 1), true},
		"png: 30 million interlaced":        {hostilePNG(t, 6000, 5000, 8, 6, 1), false},
		"png: 30 million of 16 bits":        {hostilePNG(t, 6000, 5000, 16, 2, 0), false},
		"jpeg: 65500 by 65500":              {resized(plainJPEG(t, 64, 64), 65500, 65500), true},
		"jpeg: 60 million, cut":             {resized(plainJPEG(t, 64, 64), 10_000, 6000), true},
		"jpeg: 60 million":                  {plainJPEG(t, 10_000, 6000), false},
		"jpeg: 60 million, progressive":     {resized(bytes.Replace(plainJPEG(t, 64, 64), []byte{0xff, 0xc0}, []byte{0xff, 0xc2}, 1), 10_000, 6000), true},
		"docx: 10 MB of digits":             {paper(t, strings.Repeat("1 ", 1<<19), 10, ""), false},
		"docx: 1 GB":                        {paper(t, strings.Repeat("1 ", 1<<19), 1000, ""), true},
		"docx: 60 MB of elements":           {paper(t, strings.Repeat("<a>", 1<<18), 80, ""), false},
		"docx: 30 MB and then a number":     {paper(t, strings.Repeat("<w:p>x</w:p>", 1<<17), 20, "<w:t>138001</w:t><w:t>38000</w:t>"), true},
	} {
		t.Run(name, func(t *testing.T) {
			path := geofiletest.Made(t, "a", func(w *bufio.Writer) { _, _ = w.Write(c.content) })
			said := geofiletest.Bounded(t, "TestHostileChild", path)
			if strings.HasPrefix(said, "refused") != c.refused {
				t.Errorf("it is %s", said)
			}
		})
	}
}

// A number that two pieces share is found, whatever stands between its digits.
func TestPersonalNumbersAreFoundAcrossPieces(t *testing.T) {
	for _, before := range []int{0, pieceText - 40, pieceText - 25, pieceText - 10, pieceText, 2*pieceText - 20} {
		for _, fill := range []string{"x", "<b>", "1</t>"} {
			text := strings.Repeat(fill, before) + "<w:t>138001</w:t></w:r><w:r><w:t>38000</w:t>" + strings.Repeat("y", 100)
			if found, size, err := personalIn(strings.NewReader(text)); !found || err != nil {
				t.Errorf("after %d times %s: %v, %d, %v", before, fill, found, size, err)
			}
		}
	}
	if found, size, err := personalIn(strings.NewReader(strings.Repeat("<w:p>1380</w:p>", 200_000))); found || size != 3_000_000 || err != nil {
		t.Errorf("%v, %d, %v", found, size, err)
	}
}

// hostilePNG is a picture of zeros.
func hostilePNG(t *testing.T, w, h int, depth, colour, interlace byte) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(kind string, body []byte) {
		_ = binary.Write(&out, binary.BigEndian, uint32(len(body)))
		out.WriteString(kind)
		out.Write(body)
		_ = binary.Write(&out, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(kind), body...)))
	}
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, uint32(w)), uint32(h))
	chunk("IHDR", append(head, depth, colour, 0, 0, interlace))
	var packed bytes.Buffer
	z, _ := zlib.NewWriterLevel(&packed, zlib.BestSpeed)
	channels := map[byte]int{2: 3, 6: 4}[colour]
	if size := int64(w) * int64(h); size < 100_000_000 {
		passes := [][4]int{{0, 0, 1, 1}}
		if interlace != 0 {
			passes = [][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}} // PNG, 8.2
		}
		for _, p := range passes {
			across, down := (w-p[0]+p[2]-1)/p[2], (h-p[1]+p[3]-1)/p[3]
			_, _ = io.CopyN(z, zeros{}, int64(down)*int64(1+across*channels*int(depth)/8))
		}
	}
	_ = z.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return out.Bytes()
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func plainJPEG(t *testing.T, w, h int) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420), nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// resized is a JPEG that claims another size.
func resized(content []byte, w, h uint16) []byte {
	at := max(bytes.Index(content, []byte{0xff, 0xc0}), bytes.Index(content, []byte{0xff, 0xc2}))
	binary.BigEndian.PutUint16(content[at+5:], h)
	binary.BigEndian.PutUint16(content[at+7:], w)
	return content
}

// paper is a document whose text repeats.
func paper(t *testing.T, text string, times int, end string) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	w, err := z.Create("word/document.xml")
	if err != nil {
		t.Fatal(err)
	}
	geofiletest.Repeat(w, text, times)
	_, _ = io.WriteString(w, end)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
