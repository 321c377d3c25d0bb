package geofile

// Meter counts what one pass over a file has read, against its limits.
type Meter struct {
	limits Limits
	rows   int64
	points int64
}

// NewMeter returns a meter at zero.
func NewMeter(l Limits) *Meter { return &Meter{limits: l.Filled()} }

// Row counts a row. The error is a *RefusedError.
func (m *Meter) Row() error {
	if m.rows++; m.rows > m.limits.Rows {
		return Refuse("文件超过 %d 行的上限，请分成几个文件。", m.limits.Rows)
	}
	return nil
}

// Rows is how many rows were counted.
func (m *Meter) Rows() int64 { return m.rows }

// Points counts the points of a geometry. The error is a *RefusedError.
func (m *Meter) Points(n int) error {
	if m.points += int64(n); m.points > m.limits.AllPoints {
		return Refuse("文件超过 %d 个坐标点的上限，请分成几个文件。", m.limits.AllPoints)
	}
	return nil
}
