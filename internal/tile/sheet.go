package tile

import (
	"bytes"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/cespare/xxhash/v2"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// Encodings are the content codings that a client takes.
type Encodings uint8

// The content codings that a tile may be sent in; every client takes it as it is.
const (
	Gzip Encodings = 1 << iota
	Zstd
)

// codings in the order in which they are preferred.
var codings = [...]struct {
	bit  Encodings
	name string
	pack func(body []byte) []byte
}{
	{Zstd, "zstd", packZstd},
	{Gzip, "gzip", packGzip},
}

// sheet is a finished tile as it is kept: its bytes, and its compressed forms from
// when they are first asked for, which are made once.
type sheet struct {
	body   []byte
	etag   string
	packed [len(codings)]packing
	extra  atomic.Int64 // bytes of the compressed forms that have been made
}

type packing struct {
	once sync.Once
	body []byte // nil where compression gains nothing
}

func newSheet(body []byte) *sheet {
	return &sheet{body: body, etag: strconv.FormatUint(xxhash.Sum64(body), 36)}
}

// representation picks what to send to a client, and tells whether a compressed form
// was made for it. The entity tag differs between encodings because strong tags
// promise the same bytes.
func (s *sheet) representation(takes Encodings) (t Tile, grew bool) {
	for i, coding := range codings {
		if takes&coding.bit == 0 || len(s.body) == 0 {
			continue
		}
		p := &s.packed[i]
		p.once.Do(func() {
			if packed := coding.pack(s.body); len(packed) < len(s.body) {
				p.body = packed
				s.extra.Add(int64(cap(packed)))
				grew = true
			}
		})
		if p.body != nil {
			return Tile{Body: p.body, Encoding: coding.name, ETag: `"` + s.etag + "-" + coding.name + `"`}, grew
		}
	}
	return Tile{Body: s.body, ETag: `"` + s.etag + `"`}, grew
}

var gzipWriters = sync.Pool{New: func() any {
	w, err := gzip.NewWriterLevel(nil, 5)
	if err != nil {
		panic(err) // the level is a constant
	}
	return w
}}

func packGzip(body []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(body)/2 + 64)
	w := gzipWriters.Get().(*gzip.Writer)
	defer gzipWriters.Put(w)
	w.Reset(&out)
	if _, err := w.Write(body); err != nil {
		return body // it was written to memory: this does not happen
	}
	if err := w.Close(); err != nil {
		return body
	}
	return bytes.Clone(out.Bytes())
}

var zstdWriters = sync.Pool{New: func() any {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		panic(err) // the options are constants
	}
	return w
}}

func packZstd(body []byte) []byte {
	w := zstdWriters.Get().(*zstd.Encoder)
	defer zstdWriters.Put(w)
	return bytes.Clone(w.EncodeAll(body, make([]byte, 0, len(body)/2+64)))
}

var emptySheet = newSheet(nil)
