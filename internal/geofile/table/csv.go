package table

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/lianpian/lianpian/internal/seal"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

// addCSV opens a delimited text.
func (o *opener) addCSV(ctx context.Context, path string, key *seal.Key, name string) error {
	file, err := seal.Open(path, key)
	if err != nil {
		return fmt.Errorf("open the file: %w", err)
	}
	info, err := file.Stat()
	file.Close()
	if err != nil {
		return fmt.Errorf("look at the file: %w", err)
	}
	if info.Size() > o.opts.Limits.Bytes {
		return geofile.Refuse("文件有 %d MB，超过 %d MB 的上限", info.Size()>>20, o.opts.Limits.Bytes>>20)
	}
	found, mark, err := detect(ctx, path, key)
	if err != nil {
		return err
	}
	if told, ok := charset.Lookup(o.opts.Encoding); ok {
		found = charset.Found{Encoding: told, Certain: true}
	}
	layer := strings.TrimSuffix(name, filepath.Ext(name))
	if found.Encoding == charset.GB18030 && o.opts.Encoding == "" {
		o.data.Findings = append(o.data.Findings, geofile.Finding{Kind: "encoding_guessed", Layer: layer, Detail: "文字编码按内容判断为 GB18030（GBK）：" + found.Evidence})
	}
	c := csvFile{path: path, key: key, mark: mark, encoding: found.Encoding}
	if c.comma, err = c.delimiter(); err != nil {
		return err
	}
	return o.add(ctx, layer, found.Encoding, c.rows)
}

// detect looks through all of a file for its encoding.
func detect(ctx context.Context, path string, key *seal.Key) (charset.Found, int, error) {
	file, err := seal.Open(path, key)
	if err != nil {
		return charset.Found{}, 0, fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	found, mark, binary, err := charset.DetectReader(&geofile.ContextReader{Ctx: ctx, R: file})
	if err != nil {
		return found, 0, fmt.Errorf("read the file: %w", err)
	}
	if binary {
		return found, 0, geofile.Refuse("这不是文本表格；如果是 Excel 文件，请确认是 .xlsx")
	}
	return found, mark, nil
}

// csvFile is a delimited text that can be read from its beginning.
type csvFile struct {
	path     string
	key      *seal.Key
	mark     int
	encoding string
	comma    rune
}

// open gives the text as UTF-8.
func (c csvFile) open(ctx context.Context) (*bufio.Reader, io.Closer, error) {
	file, err := seal.Open(c.path, c.key)
	if err != nil {
		return nil, nil, fmt.Errorf("open the file: %w", err)
	}
	if _, err := file.Seek(int64(c.mark), io.SeekStart); err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("read the file: %w", err)
	}
	var r io.Reader = &geofile.ContextReader{Ctx: ctx, R: file}
	switch c.encoding {
	case charset.UTF8:
	case charset.UTF16LE:
		r = transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewDecoder())
	case charset.UTF16BE:
		r = transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewDecoder())
	case charset.Big5:
		r = transform.NewReader(r, traditionalchinese.Big5.NewDecoder())
	default:
		r = transform.NewReader(r, simplifiedchinese.GB18030.NewDecoder())
	}
	return bufio.NewReaderSize(r, 64<<10), file, nil
}

// delimiter finds what separates the cells: the sign that most of the first lines
// hold equally often, outside of quotes.
func (c csvFile) delimiter() (rune, error) {
	r, closer, err := c.open(context.Background())
	if err != nil {
		return 0, err
	}
	defer closer.Close()
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(r, head)
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		return 0, fmt.Errorf("read the file: %w", err)
	}
	best, bestScore := ',', 0
	for _, candidate := range ",\t;|，" {
		counts := map[int]int{}
		quoted, count, lines := false, 0, 0
		for _, r := range string(head[:n]) {
			switch {
			case r == '"':
				quoted = !quoted
			case r == candidate && !quoted:
				count++
			case r == '\n' && !quoted:
				counts[count]++
				count = 0
				lines++
			}
			if lines >= 50 {
				break
			}
		}
		counts[count]++
		for count, lines := range counts {
			if score := min(count, 50) * lines; score > bestScore {
				best, bestScore = candidate, score
			}
		}
	}
	return best, nil
}

// rows reads the cells (RFC 4180); a quotation mark in the middle of a cell that
// does not begin with one stands for itself.
func (c csvFile) rows(ctx context.Context, yield func(line int64, cells []string) error) error {
	r, closer, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer closer.Close()
	p := csvParser{r: r, comma: c.comma, line: 1}
	for {
		line, cells, err := p.record()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if len(cells) > maxColumns {
			return geofile.Refuse("第 %d 行有 %d 列，超过 %d 列的上限", line, len(cells), maxColumns)
		}
		if len(cells) == 0 {
			continue
		}
		if err := yield(line, cells); err != nil {
			return err
		}
	}
}

type csvParser struct {
	r     *bufio.Reader
	comma rune
	line  int64
	cells []string
	cell  []byte
	bytes int
}

// record reads a row; io.EOF after the last.
func (p *csvParser) record() (line int64, cells []string, err error) {
	p.cells, p.cell, p.bytes = p.cells[:0], p.cell[:0], 0
	line = p.line
	for {
		r, err := p.next()
		switch {
		case err == io.EOF && len(p.cells) == 0 && len(p.cell) == 0:
			return line, nil, io.EOF
		case err == io.EOF, err == nil && r == '\n':
			p.end()
			return line, trimmed(p.cells), nil
		case err != nil:
			return line, nil, err
		case r == p.comma:
			if p.end(); len(p.cells) > maxBlankCells {
				return line, nil, geofile.Refuse("第 %d 行超过 %d 列", line, maxBlankCells)
			}
		case r == '"' && len(p.cell) == 0:
			if err := p.quoted(line); err != nil {
				return line, nil, err
			}
		default:
			p.cell = utf8.AppendRune(p.cell, r)
		}
	}
}

// next reads a rune; ends of lines are one.
func (p *csvParser) next() (rune, error) {
	r, size, err := p.r.ReadRune()
	if err != nil {
		if err != io.EOF {
			err = fmt.Errorf("read the table: %w", err)
		}
		return 0, err
	}
	if p.bytes += size; p.bytes > maxRecord {
		return 0, geofile.Refuse("第 %d 行过长：超过 %d MB，可能是引号没有配对", p.line, maxRecord>>20)
	}
	if r == '\r' {
		if b, err := p.r.Peek(1); err == nil && b[0] == '\n' {
			_, _ = p.r.ReadByte()
		}
		r = '\n'
	}
	if r == '\n' {
		p.line++
	}
	return r, nil
}

// quoted reads up to the closing quotation mark.
func (p *csvParser) quoted(line int64) error {
	for {
		r, err := p.next()
		if err == io.EOF {
			return geofile.Refuse("第 %d 行不是合法的 CSV：引号没有配对", line)
		}
		if err != nil {
			return err
		}
		if r != '"' {
			p.cell = utf8.AppendRune(p.cell, r)
			continue
		}
		if b, err := p.r.Peek(1); err != nil || b[0] != '"' {
			return nil
		}
		_, _ = p.r.ReadByte()
		p.cell = append(p.cell, '"')
	}
}

func (p *csvParser) end() {
	p.cells = append(p.cells, string(p.cell))
	p.cell = p.cell[:0]
}

// trimmed leaves out blank cells at the end.
func trimmed(cells []string) []string {
	for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}
