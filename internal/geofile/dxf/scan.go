package dxf

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/geofile"
)

// group is a pair of lines: what it is, and the value.
type group struct {
	code  int
	value string // as bytes of the file, without blanks around
}

// number is the value as a number: NaN for none.
func (g group) number() float64 {
	v, err := strconv.ParseFloat(g.value, 64)
	if err != nil || math.IsInf(v, 0) {
		return math.NaN()
	}
	return v
}

// scanner reads groups. One that was read can be put back.
type scanner struct {
	r    *bufio.Reader
	line int64
	back *group
	most int // groups of an entity
}

func (s *scanner) next() (group, error) {
	if s.back != nil {
		g := *s.back
		s.back = nil
		return g, nil
	}
	text, err := s.text()
	for err == nil && text == "" { // some programs leave blank lines at the end
		text, err = s.text()
	}
	if err != nil {
		return group{}, err
	}
	code, bad := strconv.Atoi(text)
	if bad != nil {
		return group{}, geofile.Refuse("DXF 文件第 %d 行应是组码，却是“%s”", s.line, geofile.Shorten(strings.ToValidUTF8(text, "?"), 20))
	}
	value, err := s.text()
	if err == io.EOF {
		return group{}, geofile.Refuse("DXF 文件不完整：中途结束")
	}
	return group{code, value}, err
}

// text reads a line.
func (s *scanner) text() (string, error) {
	line, err := s.r.ReadSlice('\n')
	s.line++
	if err == bufio.ErrBufferFull || len(line) > maxLine {
		return "", geofile.Refuse("DXF 文件第 %d 行过长", s.line)
	}
	if err == io.EOF && len(line) > 0 {
		err = nil
	}
	return string(bytes.TrimSpace(line)), err
}

// entity is an object of a drawing with its groups, and what belongs to it:
// vertices, attributes.
type entity struct {
	kind     string
	layer    string
	groups   []group
	children []*entity
	tooLong  bool // more groups than are kept
}

// first is the value of the first group with a code.
func (e *entity) first(code int) (string, bool) {
	for _, g := range e.groups {
		if g.code == code {
			return g.value, true
		}
	}
	return "", false
}

// number is the first group with a code as a number, or a default.
func (e *entity) number(code int, none float64) float64 {
	if v, ok := e.first(code); ok {
		return group{code, v}.number()
	}
	return none
}

// flags are the bits of a group.
func (e *entity) flags(code int) int {
	v := e.number(code, 0)
	if math.IsNaN(v) {
		return 0
	}
	return int(v)
}

// entity reads an object whose kind was read.
func (s *scanner) entity(kind string) (*entity, error) {
	e := &entity{kind: kind, layer: "0"}
	for {
		g, err := s.next()
		if err != nil {
			return nil, err
		}
		if g.code == 0 {
			s.back = &g
			break
		}
		if g.code == 8 {
			e.layer = g.value
		}
		if len(e.groups) >= s.most {
			e.tooLong = true
			continue
		}
		e.groups = append(e.groups, g)
	}
	if kind == "POLYLINE" || kind == "INSERT" && e.flags(66) == 1 {
		return e, s.children(e)
	}
	return e, nil
}

// children reads the vertices or attributes up to SEQEND.
func (s *scanner) children(e *entity) error {
	for {
		g, err := s.next()
		if err != nil {
			return err
		}
		if g.code != 0 || g.value != "VERTEX" && g.value != "ATTRIB" && g.value != "SEQEND" {
			s.back = &g // SEQEND is missing
			return nil
		}
		child, err := s.entity(g.value)
		if err != nil {
			return err
		}
		if g.value == "SEQEND" {
			return nil
		}
		if len(e.children) >= s.most/4 {
			e.tooLong = true
			continue
		}
		e.children = append(e.children, child)
	}
}
