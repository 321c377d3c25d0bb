package archive

import (
	"context"
	"crypto/rand"
	"io"

	"github.com/lianpian/lianpian/internal/seal"

	"github.com/lianpian/lianpian/internal/geofile"
)

// Open reads an entry from its beginning. It gives no more than the directory
// says, which was found to be within the limits. Errors are
// *geofile.RefusedError.
func (a *Archive) Open(e Entry) (io.ReadCloser, error) {
	r, err := e.file.Open()
	if err != nil {
		return nil, errorOf(err, e.Name)
	}
	return &reader{entry: e, r: r, left: e.Size}, nil
}

// ReadAll returns a small entry: over limit bytes it is refused.
func (a *Archive) ReadAll(e Entry, limit int64) ([]byte, error) {
	if e.Size > limit {
		return nil, geofile.Refuse("压缩包里的文件“%s”超过 %s 的上限", geofile.Shorten(e.Base(), 60), bytesText(limit))
	}
	r, err := a.Open(e)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// Unpack copies an entry to a temporary file, for readers that have to move
// about in it. It is sealed: open it again by its name and key. Removed says how to
// be rid of it.
func (a *Archive) Unpack(ctx context.Context, e Entry) (file *seal.File, removed func() error, err error) {
	r, err := a.Open(e)
	if err != nil {
		return nil, nil, err
	}
	defer r.Close()
	file, err = seal.Temporary(rand.Reader, "lianpian-unpacked-*", func(w io.Writer) error {
		_, err := io.Copy(w, &geofile.ContextReader{Ctx: ctx, R: r})
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	return file, file.Remove, nil
}

// reader gives no more of an entry than its claim.
type reader struct {
	entry Entry
	r     io.ReadCloser
	left  int64
}

func (r *reader) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	r.left -= int64(n)
	if r.left < 0 {
		return 0, geofile.Refuse("压缩包里的文件“%s”比它声明的大，疑似压缩炸弹，未读取", geofile.Shorten(r.entry.Base(), 60))
	}
	return n, errorOf(err, r.entry.Name)
}

func (r *reader) Close() error { return r.r.Close() }
