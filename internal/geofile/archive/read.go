package archive

import (
	"context"
	"fmt"
	"io"
	"os"

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
// about in it. Removed says how to be rid of it.
func (a *Archive) Unpack(ctx context.Context, e Entry) (file *os.File, removed func() error, err error) {
	file, err = os.CreateTemp("", "lianpian-unpacked-*")
	if err != nil {
		return nil, nil, fmt.Errorf("make a temporary file: %w", err)
	}
	removed = func() error {
		err := file.Close()
		if gone := os.Remove(file.Name()); err == nil {
			err = gone
		}
		return err
	}
	r, err := a.Open(e)
	if err == nil {
		defer r.Close()
		_, err = io.Copy(file, &geofile.ContextReader{Ctx: ctx, R: r})
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		_ = removed()
		return nil, nil, err
	}
	return file, removed, nil
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
