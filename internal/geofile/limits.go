package geofile

import (
	"fmt"

	"github.com/lianpian/lianpian/internal/geo"
)

// WithDefaults returns the limits with the default in place of every zero.
func (l Limits) WithDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = 2 << 30
	}
	if l.Entries <= 0 {
		l.Entries = 2_000
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	if l.Rows <= 0 {
		l.Rows = 2_000_000
	}
	if l.Points <= 0 {
		l.Points = geo.MaxImportPoints
	}
	if l.AllPoints <= 0 {
		l.AllPoints = 50_000_000
	}
	if l.Depth <= 0 {
		l.Depth = 32
	}
	return l
}

// Meter counts what one pass over a file has read, against its limits.
type Meter struct {
	limits Limits
	rows   int64
	points int64
}

// NewMeter returns a meter at zero.
func NewMeter(l Limits) *Meter { return &Meter{limits: l.WithDefaults()} }

// Row counts a row. The error is a *RefusedError.
func (m *Meter) Row() error {
	if m.rows++; m.rows > m.limits.Rows {
		return &RefusedError{fmt.Sprintf("文件超过 %d 行的上限，请分成几个文件。", m.limits.Rows)}
	}
	return nil
}

// Points counts the points of a geometry. The error is a *RefusedError.
func (m *Meter) Points(n int) error {
	if m.points += int64(n); m.points > m.limits.AllPoints {
		return &RefusedError{fmt.Sprintf("文件超过 %d 个坐标点的上限，请分成几个文件。", m.limits.AllPoints)}
	}
	return nil
}
