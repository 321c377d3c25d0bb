package importer

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/lianpian/lianpian/internal/privacy"
)

// Dropped says how many cells of a column were dropped because they hold what is
// not stored of persons.
type Dropped struct {
	Layer  string `json:"layer" doc:"of the file; empty where it has one"`
	Column string `json:"column" doc:"as the file has it"`
	Cells  int64  `json:"cells"`
	// Whole says that the column is one of persons; else only cells with a mobile
	// or identity number were dropped, and names of persons taken out.
	Whole bool `json:"whole" doc:"the column is one of persons, by its header; else cells with a mobile or identity number, or the name of a person"`
}

// Persons drops, between a file and everything that keeps anything of it, what the
// file says about persons, and counts it by column.
type Persons struct {
	layer   string
	columns map[string]*personColumn
	order   []string
}

type personColumn struct {
	keeps keeps
	cells int64
}

// keeps is what a column keeps of a cell in which there is a number of a person.
type keeps int

const (
	keepsNothing  keeps = iota
	keepsRest           // all but the number: a row is nothing without its name
	keepsCode           // a bare code that looks like a number
	keepsNoCell         // nothing of any cell
	maxDropped    = 200
	maxPersonKeys = 10_000
)

var (
	codeHeader = regexp.MustCompile(`(?i)编码|编号|代码|序号|统一码|(code|id|ref|fid|gid)$`)
	nameHeader = regexp.MustCompile(`(?i)名|小区|楼|栋|幢|院|地址|位置|坐落|街道|社区|片区|name|address|label|title`)
)

// NewPersons begins the reading of a layer.
func NewPersons(layer string) *Persons {
	return &Persons{layer: layer, columns: map[string]*personColumn{}}
}

// Again forgets the counts, before a file is read from its beginning once more.
func (p *Persons) Again() {
	for _, c := range p.columns {
		c.cells = 0
	}
}

func (p *Persons) column(header string) *personColumn {
	c := p.columns[header]
	if c != nil {
		return c
	}
	c = &personColumn{}
	switch {
	case Personal(header):
		c.keeps = keepsNoCell
	case codeHeader.MatchString(header):
		c.keeps = keepsCode
	case nameHeader.MatchString(header):
		c.keeps = keepsRest
	}
	if len(p.columns) < maxPersonKeys {
		p.columns[header] = c
		p.order = append(p.order, header)
	}
	return c
}

// Cell is what is left of a cell: nothing in columns of persons, and where a number
// of a person is in it; of a name or an address, all but the number. Of a text in
// which a cue or a title tells the name of a person, all but the name.
func (p *Persons) Cell(header, text string) string {
	c := p.column(header)
	switch {
	case c.keeps == keepsNoCell:
		if strings.TrimSpace(text) != "" {
			c.cells++
		}
		return ""
	case c.keeps == keepsCode && bareCode(text):
		return text
	}
	clean, named := text, false
	if c.keeps != keepsCode {
		clean, named = privacy.WithoutNames(text, c.keeps == keepsRest)
	}
	numbered := privacy.PersonalNumbers(text)
	if numbered || named {
		c.cells++
	}
	if !numbered {
		return clean
	}
	if c.keeps == keepsRest {
		clean, _ = privacy.WithoutPersonalNumbers(clean)
		return clean
	}
	return ""
}

// bareCode tells a code of 11 digits, which codes of places have too, from a text
// with a mobile number in it.
func bareCode(text string) bool {
	text = strings.TrimSpace(text)
	return len(text) == 11 && strings.Trim(text, "0123456789") == ""
}

// Dropped lists what was dropped, by columns in the order of the file.
func (p *Persons) Dropped() []Dropped {
	var out []Dropped
	for _, header := range p.order {
		c := p.columns[header]
		if (c.cells > 0 || c.keeps == keepsNoCell) && len(out) < maxDropped {
			out = append(out, Dropped{p.layer, Header(header, 0), c.cells, c.keeps == keepsNoCell})
		}
	}
	return out
}

// Header is the header of a column as it may be shown and kept: without numbers of
// persons, which stand there where a file has no headers. n counts columns from 1.
func Header(header string, n int) string {
	if header == "" || !privacy.PersonalNumbers(header) {
		return shorten(strings.Join(strings.Fields(cleanText(header)), " "), 60)
	}
	if n > 0 {
		return fmt.Sprintf("第 %d 列（已略去）", n)
	}
	clean, _ := privacy.WithoutPersonalNumbers(header)
	return shorten(clean, 60)
}

// DroppedNotes says in sentences what was dropped.
func DroppedNotes(list []Dropped) []string {
	layers := slices.ContainsFunc(list, func(d Dropped) bool { return d.Layer != list[0].Layer })
	said := func(whole bool) string {
		var columns []string
		for _, d := range list {
			if d.Whole != whole || len(columns) >= 50 {
				continue
			}
			name := d.Column
			if layers {
				name = d.Layer + "/" + name
			}
			columns = append(columns, fmt.Sprintf("%s（%d 格）", name, d.Cells))
		}
		return strings.Join(columns, "、")
	}
	var notes []string
	if columns := said(true); columns != "" {
		notes = append(notes, "含个人信息的列没有读取，也不会保存："+columns)
	}
	if columns := said(false); columns != "" {
		notes = append(notes, "单元格里有个人信息（手机号码、身份证号码或姓名），已略去，不会保存："+columns)
	}
	return notes
}

// NameLike tells a text that may be the name of a person: two to four Chinese
// characters that begin with a common surname. Many names of places do too.
func NameLike(text string) bool {
	n := utf8.RuneCountInString(text)
	if n < 2 || n > 4 || !hanOnly(text) {
		return false
	}
	first, _ := utf8.DecodeRuneInString(text)
	return privacy.CommonSurname(first)
}

func hanOnly(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < 0x4e00 || r > 0x9fff })
}
