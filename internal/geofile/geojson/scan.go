package geojson

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/geofile/charset"
)

const (
	// bytesPerPoint is more than any program writes for a position; it bounds what
	// one feature may take in memory.
	bytesPerPoint = 128
	maxOther      = 16 << 20
)

// members are what an object at the top of a file holds beside features.
type members map[string]json.RawMessage

// meteredReader gives no more than its allowance before somebody renews it.
type meteredReader struct {
	r    io.Reader
	left int64
}

var errTooLong = errors.New("one value of the file is too long")

func (m *meteredReader) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errTooLong
	}
	n, err := m.r.Read(p[:min(int64(len(p)), m.left)])
	m.left -= int64(n)
	for i := range n {
		if p[i] == 0x1e { // separates records of RFC 8142; within texts JSON forbids it
			p[i] = ' '
		}
	}
	return n, err
}

// scanner reads a file from its beginning.
type scanner struct {
	source   *meteredReader
	decoder  *json.Decoder
	longest  int64
	feature  func(raw json.RawMessage) error
	features bool // there was a list of features
}

// scan reads the whole file and hands out every feature, also those that stand one
// on a line, and every bare geometry. It returns the members of the first object.
func scan(ctx context.Context, path string, key *seal.Key, encoding string, l geofile.Limits, feature func(json.RawMessage) error) (members, error) {
	file, err := seal.Open(path, key)
	if err != nil {
		return nil, fmt.Errorf("read GeoJSON: %w", err)
	}
	defer func() { _ = file.Close() }()
	s := &scanner{longest: int64(l.Points)*bytesPerPoint + maxOther, feature: feature}
	s.source = &meteredReader{r: charset.Reader(encoding, &geofile.ContextReader{Ctx: ctx, R: file}), left: s.longest}
	s.decoder = json.NewDecoder(s.source)
	found, err := s.file()
	return found, s.refusal(ctx, err)
}

// refusal says where a text stops being JSON; errors of others pass through.
func (s *scanner) refusal(ctx context.Context, err error) error {
	var syntax *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, errTooLong):
		return geofile.Refuse("GeoJSON 中有一项内容超过 %d MiB 的上限。", s.longest>>20)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return geofile.Refuse("GeoJSON 不完整：文件提前结束。")
	case errors.As(err, &syntax):
		return geofile.Refuse("文件不是有效的 GeoJSON：第 %d 字节处不符合 JSON 格式。", syntax.Offset)
	}
	return err
}

func (s *scanner) file() (members, error) {
	if more, err := s.begin(); err != nil || !more {
		return nil, cmp.Or(err, io.EOF)
	}
	first, err := s.object(true)
	if err != nil {
		return nil, err
	}
	if s.features {
		return first, s.end()
	}
	if err := s.whole(first); err != nil {
		return nil, err
	}
	for { // one feature on each line
		more, err := s.begin()
		if err != nil || !more {
			return first, err
		}
		next, err := s.object(false)
		if err != nil {
			return nil, err
		}
		if err := s.whole(next); err != nil {
			return nil, err
		}
	}
}

// begin reads the brace that opens the next object; more is false at the end of
// the file.
func (s *scanner) begin() (more bool, err error) {
	s.source.left = s.longest
	switch token, err := s.decoder.Token(); {
	case errors.Is(err, io.EOF):
		return false, nil
	case err != nil:
		return false, err
	case token != json.Delim('{'):
		return false, geofile.Refuse("文件不是 GeoJSON：内容应以 { 开始。")
	}
	return true, nil
}

func (s *scanner) end() error {
	if more, err := s.begin(); err != nil || !more {
		return err
	}
	return geofile.Refuse("GeoJSON 的要素集合之后还有多余内容。")
}

// whole hands out an object that is a feature or a geometry by itself.
func (s *scanner) whole(m members) error {
	raw, err := json.Marshal(m)
	if err != nil {
		return err
	}
	switch kindOf(m) {
	case "Feature":
		return s.feature(raw)
	case "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection":
		return s.feature(json.RawMessage(`{"type":"Feature","geometry":` + string(raw) + `}`))
	case "FeatureCollection":
		return geofile.Refuse("GeoJSON 的要素集合缺少 features 列表。")
	case "Topology":
		return geofile.Refuse("文件是 TopoJSON，请先转换为 GeoJSON。")
	}
	return geofile.Refuse("文件是 JSON，但不是 GeoJSON：缺少要素或几何。")
}

func kindOf(m members) string {
	var kind string
	_ = json.Unmarshal(m["type"], &kind)
	return kind
}

// object reads the rest of an object; its list of features, where it may have one,
// is handed out and not kept.
func (s *scanner) object(collection bool) (members, error) {
	m := members{}
	size := 0
	for s.decoder.More() {
		token, err := s.decoder.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if name == "features" && collection {
			if err := s.list(); err != nil {
				return nil, err
			}
			continue
		}
		var raw json.RawMessage
		if err := s.decoder.Decode(&raw); err != nil {
			return nil, err
		}
		if size += len(raw); int64(size) > s.longest || len(m) > 10_000 {
			return nil, errTooLong
		}
		m[name] = raw
	}
	_, err := s.decoder.Token()
	return m, err
}

func (s *scanner) list() error {
	token, err := s.decoder.Token()
	if err != nil {
		return err
	}
	if token != json.Delim('[') {
		return geofile.Refuse("GeoJSON 的 features 应为列表。")
	}
	s.features = true
	for s.decoder.More() {
		s.source.left = s.longest
		var raw json.RawMessage
		if err := s.decoder.Decode(&raw); err != nil {
			return err
		}
		if err := s.feature(raw); err != nil {
			return err
		}
	}
	s.source.left = s.longest
	_, err = s.decoder.Token()
	return err
}
