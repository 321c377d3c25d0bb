package importer

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// The bounds of a ledger. A district has a few thousand communities.
const (
	maxLedgerBytes   = 64 << 20
	maxLedgerRows    = 200_000
	maxLedgerColumns = 512
)

// sheet is the table of a ledger in memory. lines are the row numbers that the
// person sees, from 1.
type sheet struct {
	rows  [][]string
	lines []int64
	notes []string
}

// readCSV reads a delimited text: UTF-8 (with or without mark), UTF-16 with mark,
// or GB18030, which holds GBK; separated by comma, semicolon, tab or bar.
func readCSV(args Args) (sheet, error) {
	file, err := args.open()
	if err != nil {
		return sheet{}, fmt.Errorf("open the file: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return sheet{}, fmt.Errorf("look at the file: %w", err)
	}
	if info.Size() > maxLedgerBytes {
		return sheet{}, refuse("台账文件有 %d MB，超过 %d MB 的上限", info.Size()>>20, maxLedgerBytes>>20)
	}
	data, err := io.ReadAll(file)
	if err != nil {
		return sheet{}, fmt.Errorf("read the file: %w", err)
	}
	text, encoding, err := decodeText(data)
	if err != nil {
		return sheet{}, err
	}
	s, err := parseCSV(text)
	if encoding != "" {
		s.notes = append(s.notes, "文字编码为 "+encoding)
	}
	return s, err
}

// decodeText turns a text of unknown encoding into UTF-8. encoding names it
// where it is not UTF-8.
func decodeText(data []byte) (text []byte, encoding string, err error) {
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return nil, "", refuse("文件是空的")
	case bytes.HasPrefix(data, []byte{0xef, 0xbb, 0xbf}):
		data = data[3:]
		if !utf8.Valid(data) {
			return nil, "", refuse("文件标明为 UTF-8，但第 %d 行含有不合法的字节，请用原软件另存为 UTF-8 后再导入", lineOf(data, invalidAt(data)))
		}
		return data, "", nil
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		text, err := unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, "", refuse("文件标明为 UTF-16，但内容不合法")
		}
		return text, "UTF-16", nil
	case bytes.IndexByte(data, 0) >= 0:
		return nil, "", refuse("这不是文本文件；如果是 Excel 文件，请确认扩展名为 .xlsx")
	case utf8.Valid(data):
		return data, "", nil
	}
	text, err = simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, "", refuse("文字编码既不是 UTF-8 也不是 GBK/GB18030（第 %d 行起无法识别），请另存为 UTF-8 后再导入", lineOf(data, invalidAt(data)))
	}
	return text, "GBK/GB18030", nil
}

func invalidAt(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return 0
}

func lineOf(data []byte, at int) int { return bytes.Count(data[:at], []byte("\n")) + 1 }

func parseCSV(text []byte) (sheet, error) {
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma = delimiter(text)
	r.FieldsPerRecord = -1
	var s sheet
	for {
		row, err := r.Read()
		if err == io.EOF {
			return s, nil
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			return s, refuse("第 %d 行不是合法的 CSV：引号没有配对，或引号出现在文字中间", bad.StartLine)
		}
		if err != nil {
			return s, fmt.Errorf("read the table: %w", err)
		}
		line, _ := r.FieldPos(0)
		if len(row) > maxLedgerColumns {
			return s, refuse("第 %d 行有 %d 列，超过 %d 列的上限", line, len(row), maxLedgerColumns)
		}
		if len(s.rows) >= maxLedgerRows {
			return s, refuse("台账超过 %d 行", maxLedgerRows)
		}
		s.rows = append(s.rows, row)
		s.lines = append(s.lines, int64(line))
	}
}

// delimiter finds what separates the fields: the sign that the first lines hold
// most evenly, outside of quotes.
func delimiter(text []byte) rune {
	const look = 20
	best, bestScore := ',', 0
	for _, candidate := range []byte{',', '\t', ';', '|'} {
		score, lines := 0, 0
		inQuotes, count := false, 0
		for _, c := range text {
			switch {
			case c == '"':
				inQuotes = !inQuotes
			case c == candidate && !inQuotes:
				count++
			case c == '\n' && !inQuotes:
				score += min(count, 50)
				count = 0
				lines++
			}
			if lines >= look {
				break
			}
		}
		if score += count; score > bestScore {
			best, bestScore = rune(candidate), score
		}
	}
	if bestScore == 0 && strings.ContainsRune(string(text[:min(len(text), 4096)]), '，') {
		return '，' // typed with a Chinese keyboard
	}
	return best
}
