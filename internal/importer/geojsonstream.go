package importer

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

const (
	// maxFeatureBytes bounds one feature of a GeoJSON file; the largest shape
	// that may enter has about a third of that.
	maxFeatureBytes = 16 << 20
	maxMemberBytes  = 64 << 10 // of what is kept beside the features
	maxJSONDepth    = 128
)

// collection is what a GeoJSON file says beside its features.
type collection struct {
	kind     string // its type
	crs      []byte
	features int64 // -1: there is no list of features
}

var errNotJSON = errors.New("not JSON")

// streamFeatures reads a GeoJSON FeatureCollection and hands out one feature at a
// time, however long the line is. raw is valid during the call only; it is nil for
// a feature of more than maxFeatureBytes. What is between the brackets is checked
// only to belong together: whoever decodes a feature finds the rest.
func streamFeatures(ctx context.Context, r io.Reader, each func(n int64, raw []byte) error) (collection, error) {
	s := jsonScanner{r: bufio.NewReaderSize(&contextReader{ctx, r}, 256<<10), limit: -1}
	c := collection{features: -1}
	first, err := s.next()
	if first == 0xef { // byte order mark
		_, _ = s.r.Discard(2)
		first, err = s.next()
	}
	if err != nil {
		return c, s.fault(err)
	}
	if first != '{' {
		return c, s.fault(errNotJSON)
	}
	for i := 0; ; i++ {
		b, err := s.next()
		if err != nil {
			return c, s.fault(err)
		}
		if b == '}' && i == 0 {
			break
		}
		if b != '"' {
			return c, s.fault(errNotJSON)
		}
		key, err := s.value(b, maxMemberBytes)
		if err != nil {
			return c, s.fault(err)
		}
		name := string(key)
		if b, err = s.next(); err != nil || b != ':' {
			return c, s.fault(orNotJSON(err))
		}
		if b, err = s.next(); err != nil {
			return c, s.fault(err)
		}
		if name == `"features"` && b == '[' {
			err = s.features(&c, each)
		} else {
			err = s.member(&c, name, b)
		}
		if err != nil {
			return c, s.fault(err)
		}
		if b, err = s.next(); err != nil {
			return c, s.fault(err)
		}
		if b == '}' {
			break
		}
		if b != ',' {
			return c, s.fault(errNotJSON)
		}
	}
	if _, err := s.next(); err != io.EOF {
		return c, s.fault(orNotJSON(err))
	}
	return c, nil
}

func orNotJSON(err error) error {
	if err == nil {
		return errNotJSON
	}
	return err
}

// jsonScanner walks over JSON text byte by byte.
type jsonScanner struct {
	r     *bufio.Reader
	at    int64 // bytes read
	buf   []byte
	limit int
	over  bool // the value was longer than its limit
}

// formatError says where a text stops being JSON.
type formatError struct {
	at  int64
	cut bool
}

func (e *formatError) Error() string {
	if e.cut {
		return "the text ends too early"
	}
	return fmt.Sprintf("not JSON at byte %d", e.at)
}

// fault gives an error about the text its place; errors of others pass through.
func (s *jsonScanner) fault(err error) error {
	switch {
	case err == io.EOF, errors.Is(err, io.ErrUnexpectedEOF):
		return &formatError{at: s.at, cut: true}
	case errors.Is(err, errNotJSON):
		return &formatError{at: s.at}
	}
	return err
}

func (s *jsonScanner) read() (byte, error) {
	b, err := s.r.ReadByte()
	if err == nil {
		s.at++
	}
	return b, err
}

// next is the first byte that is no white space.
func (s *jsonScanner) next() (byte, error) {
	for {
		b, err := s.read()
		if err != nil || b != ' ' && b != '\n' && b != '\t' && b != '\r' {
			return b, err
		}
	}
}

func (s *jsonScanner) keep(b byte) {
	if len(s.buf) < s.limit {
		s.buf = append(s.buf, b)
	} else {
		s.over = true
	}
}

// value reads the value that begins with first and returns its text, nil when it
// is longer than limit.
func (s *jsonScanner) value(first byte, limit int) ([]byte, error) {
	s.buf, s.limit, s.over = s.buf[:0], limit, false
	var err error
	switch first {
	case '"':
		s.keep(first)
		err = s.text()
	case '{', '[':
		s.keep(first)
		err = s.nested(first)
	case '}', ']', ',', ':':
		err = errNotJSON
	default:
		s.keep(first)
		err = s.literal()
	}
	if err != nil {
		return nil, err
	}
	if s.over {
		return nil, nil
	}
	return s.buf, nil
}

func (s *jsonScanner) text() error {
	for {
		b, err := s.read()
		if err != nil {
			return err
		}
		s.keep(b)
		switch {
		case b == '"':
			return nil
		case b == '\\':
			if b, err = s.read(); err != nil {
				return err
			}
			s.keep(b)
		case b < ' ':
			return errNotJSON
		}
	}
}

func (s *jsonScanner) nested(first byte) error {
	open := make([]byte, 1, 16)
	open[0] = first
	for len(open) > 0 {
		b, err := s.read()
		if err != nil {
			return err
		}
		s.keep(b)
		switch b {
		case '"':
			if err := s.text(); err != nil {
				return err
			}
		case '{', '[':
			if open = append(open, b); len(open) > maxJSONDepth {
				return errNotJSON
			}
		case '}', ']':
			if last := open[len(open)-1]; last == '{' != (b == '}') {
				return errNotJSON
			}
			open = open[:len(open)-1]
		}
	}
	return nil
}

func (s *jsonScanner) literal() error {
	for n := 0; ; n++ {
		b, err := s.read()
		if err == io.EOF {
			return nil // the caller finds that more was to come
		}
		if err != nil {
			return err
		}
		switch b {
		case ',', '}', ']', ' ', '\n', '\r', '\t':
			s.at--
			return s.r.UnreadByte()
		}
		if s.keep(b); n > 1000 {
			return errNotJSON
		}
	}
}

func (s *jsonScanner) member(c *collection, name string, first byte) error {
	text, err := s.value(first, maxMemberBytes)
	if err != nil {
		return err
	}
	switch name {
	case `"type"`:
		if json.Unmarshal(text, &c.kind) != nil {
			return errNotJSON
		}
	case `"crs"`:
		c.crs = bytes.Clone(text)
	}
	return nil
}

func (s *jsonScanner) features(c *collection, each func(int64, []byte) error) error {
	c.features = 0
	for {
		b, err := s.next()
		if err != nil {
			return err
		}
		if b == ']' && c.features == 0 {
			return nil
		}
		raw, err := s.value(b, maxFeatureBytes)
		if err != nil {
			return err
		}
		c.features++
		if err := each(c.features, raw); err != nil {
			return err
		}
		if cap(s.buf) > 4<<20 { // one large feature must not cost memory for good
			s.buf = nil
		}
		if b, err = s.next(); err != nil {
			return err
		}
		if b == ']' {
			return nil
		}
		if b != ',' {
			return errNotJSON
		}
	}
}
