package geofile

import (
	"cmp"
	"context"
	"fmt"
	"io"

	"github.com/lianpian/lianpian/internal/geo"
)

// Filled returns the limits with the defaults in place of zeros.
func (l Limits) Filled() Limits {
	l.Bytes = cmp.Or(l.Bytes, 2<<30)
	l.Entries = cmp.Or(l.Entries, 2_000)
	l.Ratio = cmp.Or(l.Ratio, 200)
	l.Rows = cmp.Or(l.Rows, 2_000_000)
	l.Points = cmp.Or(l.Points, geo.MaxImportPoints)
	l.AllPoints = cmp.Or(l.AllPoints, 50_000_000)
	l.Depth = cmp.Or(l.Depth, 32)
	return l
}

// Refuse makes a RefusedError of a Chinese sentence.
func Refuse(format string, args ...any) error {
	return &RefusedError{Detail: fmt.Sprintf(format, args...)}
}

// Shorten cuts a text from a file for a message; control characters, which could
// deceive, become spaces.
func Shorten(s string, limit int) string {
	runes := make([]rune, 0, limit)
	for _, r := range s {
		if len(runes) >= limit {
			return string(runes) + "…"
		}
		if r < ' ' || r == 0x7f || (r >= 0x202a && r <= 0x202e) || (r >= 0x2066 && r <= 0x2069) {
			r = ' '
		}
		runes = append(runes, r)
	}
	return string(runes)
}

// ContextReader ends a reading with its context.
type ContextReader struct {
	Ctx context.Context
	R   io.Reader
}

func (r *ContextReader) Read(p []byte) (int, error) {
	if err := r.Ctx.Err(); err != nil {
		return 0, err
	}
	return r.R.Read(p)
}
