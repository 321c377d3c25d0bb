package dossier

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/privacy"
)

// kept is a file as it is stored.
type kept struct {
	mediaType string
	content   []byte
	thumbnail []byte
	takenOn   *time.Time
	location  postgis.Geom
}

const (
	jpegType = "image/jpeg"
	pngType  = "image/png"
	pdfType  = "application/pdf"
	docxType = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// look finds out what a file is from its content, never from its name, refuses
// what is not taken, and makes what is stored of it.
func (s *Store) look(ctx context.Context, district string, b *Brought) (kept, error) {
	b.Title = strings.TrimSpace(b.Title)
	if b.Title == "" {
		b.Title = strings.TrimSpace(shorten(b.FileName, 190))
	}
	switch {
	case len(b.Content) == 0:
		return kept{}, invalid("file", "文件是空的")
	case len(b.Content) > MaxAttachment:
		return kept{}, invalid("file", "文件超过 %d MB", MaxAttachment>>20)
	case b.Kind != "" && !knownKind(b.Kind):
		return kept{}, invalid("kind", "类别应为照片、文件或图纸")
	}
	for field, text := range map[string]string{"title": b.Title, "file": b.FileName} {
		if err := clean(field, text, 200); err != nil {
			return kept{}, err
		}
	}
	k := kept{content: b.Content}
	var said exifData
	var err error
	switch {
	case bytes.HasPrefix(b.Content, []byte{0xff, 0xd8, 0xff}), bytes.HasPrefix(b.Content, []byte("\x89PNG\r\n\x1a\n")):
		k, said, err = s.photograph(ctx, b.Content)
	case bytes.HasPrefix(b.Content, []byte("%PDF-")):
		k.mediaType = pdfType
	case bytes.HasPrefix(b.Content, []byte("PK\x03\x04")):
		k.mediaType, err = office(b.Content)
	default:
		err = invalid("file", "只接收 JPEG、PNG、PDF、DOCX 和 XLSX 文件")
	}
	if err != nil {
		return kept{}, err
	}
	picture := k.mediaType == jpegType || k.mediaType == pngType
	switch {
	case b.Kind == "" && picture:
		b.Kind = "photograph"
	case b.Kind == "":
		b.Kind = "document"
	case b.Kind == "photograph" && !picture:
		return kept{}, invalid("kind", "照片应为 JPEG 或 PNG 文件")
	}
	return k, s.whenAndWhere(ctx, district, b, said, &k)
}

// whenAndWhere takes day and place from the person, else from the photograph:
// from the latter only what can be.
func (s *Store) whenAndWhere(ctx context.Context, district string, b *Brought, said exifData, k *kept) error {
	if b.TakenOn == "" && !said.at.IsZero() && s.notLater("taken_on", said.at) == nil {
		b.TakenOn = said.at.Format(time.DateOnly)
	}
	if b.TakenOn != "" {
		on, err := day("taken_on", b.TakenOn, s.now())
		if err != nil {
			return err
		}
		if err := s.notLater("taken_on", on); err != nil {
			return err
		}
		k.takenOn = &on
	}
	where, given := b.Location, b.Location != nil
	if !given {
		where = said.where
	}
	if where == nil {
		return nil
	}
	inside, err := insideDistrict(ctx, s.db.Pool, district, *where)
	switch {
	case err != nil:
		return err
	case inside:
		k.location = postgis.Geom{Geometry: *where}
	case given:
		return invalid("location", "位置不在本区范围内")
	}
	return nil
}

const (
	maxParts   = 2000
	maxPartXML = 64 << 20 // of all parts that are looked through
)

// office tells DOCX from XLSX by what the package holds, and refuses programs
// and personal numbers inside.
func office(content []byte) (mediaType string, err error) {
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil || len(archive.File) > maxParts {
		return "", invalid("file", "这个文件已损坏，或不是 DOCX、XLSX 文件")
	}
	for _, part := range archive.File {
		switch name := strings.ToLower(part.Name); {
		case name == "word/document.xml":
			mediaType = docxType
		case name == "xl/workbook.xml":
			mediaType = xlsxType
		case strings.HasSuffix(name, "vbaproject.bin"):
			return "", invalid("file", "文件里带有宏程序，不能保存；请另存为不带宏的格式")
		}
	}
	if mediaType == "" {
		return "", invalid("file", "这是压缩包，不是 DOCX 或 XLSX 文件")
	}
	return mediaType, lookInside(archive)
}

// lookInside refuses texts and tables that hold identity or mobile numbers:
// signed survey sheets and lists of residents do not belong here.
func lookInside(archive *zip.Reader) error {
	left := int64(maxPartXML)
	for _, part := range archive.File {
		name := strings.ToLower(part.Name)
		if !strings.HasSuffix(name, ".xml") || !strings.HasPrefix(name, "word/") && !strings.HasPrefix(name, "xl/") {
			continue
		}
		if part.UncompressedSize64 > uint64(left) {
			return invalid("file", "这个文件展开后过大，不能检查其内容")
		}
		r, err := part.Open()
		if err != nil {
			return invalid("file", "这个文件已损坏，无法读取")
		}
		personal, size, err := personalIn(io.LimitReader(r, left+1))
		_ = r.Close()
		switch left -= size; {
		case err != nil:
			return invalid("file", "这个文件已损坏，无法读取")
		case left < 0:
			return invalid("file", "这个文件展开后过大，不能检查其内容")
		case personal:
			return invalid("file", "文件里含有手机号码或身份证号码：本系统不保存居民个人信息，请删去后再上传")
		}
	}
	return nil
}

// pieceText is how much text is looked through at once, in bytes.
const pieceText = 256 << 10

// breaks are the elements at whose end a text ends: cells and paragraphs.
var breaks = []string{"/w:p", "/w:tc", "/c", "/si", "/t", "/v"}

// personalIn tells whether a part of a document holds a number of a person, and how
// many bytes it has. Elements stand between the digits of one where a person has
// written it in two fonts; so they are left out, and the text is looked through in
// pieces that share a little.
func personalIn(part io.Reader) (personal bool, size int64, err error) {
	const shared = 256 // bytes
	in := bufio.NewReaderSize(part, 64<<10)
	text := make([]byte, 0, pieceText)
	var element [8]byte // the beginning of the element that is being read
	inside, n := false, 0
	for {
		c, err := in.ReadByte()
		if err == io.EOF {
			return privacy.PersonalNumbers(string(text)), size, nil
		}
		if err != nil {
			return false, size, err
		}
		size++
		switch {
		case inside && c == '>':
			inside = false
			if slices.Contains(breaks, string(element[:n])) {
				text = append(text, '\n')
			}
		case inside:
			if n < len(element) {
				element[n] = c
				n++
			}
		case c == '<':
			inside, n = true, 0
		default:
			text = append(text, c)
		}
		if len(text) == cap(text) {
			if privacy.PersonalNumbers(string(text)) {
				return true, size, nil
			}
			text = text[:copy(text, text[len(text)-shared:])]
		}
	}
}
