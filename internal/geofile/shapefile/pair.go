package shapefile

import (
	"fmt"
)

// pairing says which shape belongs to which row of the table. The format pairs them
// by place: the first with the first.
type pairing struct {
	shapes, rows int64
	packed       bool // deleted rows have no shape
	byNumber     bool // the number of a shape's record is that of its row
}

// pair compares what both files hold.
func (l *layer) pair(erased int64, find func(kind, detail string)) pairing {
	p := pairing{rows: l.table.rows}
	if l.shapes == nil {
		return p
	}
	p.shapes = int64(len(l.shapes.records))
	if p.shapes == p.rows {
		return p
	}
	detail := fmt.Sprintf("图形有 %d 个，属性表有 %d 行，数目不一致：", p.shapes, p.rows)
	switch {
	case erased > 0 && p.shapes == p.rows-erased:
		p.packed = true
		detail += "已删除的行没有图形，其余按顺序一一对应"
	case p.shapes < p.rows && l.shapes.numbered(p.rows):
		p.byNumber = true
		detail += "已按图形记录的编号对应，没有图形的行只有属性"
	default:
		detail += fmt.Sprintf("前 %d 个按顺序对应，其余只有图形或只有属性；请核对对应关系是否正确", min(p.shapes, p.rows))
	}
	find("counts_differ", detail)
	return p
}

// numbered tells whether the records carry numbers with gaps in them, as where
// shapes were lost and the numbers kept.
func (s *shapes) numbered(rows int64) bool {
	if !s.scanned || len(s.records) == 0 {
		return false
	}
	gap := false
	last := uint32(0)
	for _, r := range s.records {
		if r.number <= last || int64(r.number) > rows {
			return false
		}
		gap = gap || r.number != last+1
		last = r.number
	}
	return gap
}

func (p pairing) count() int64 { return max(p.shapes, p.rows) }

// each gives the pairs in the order of the table, -1 for what is missing. Deleted
// rows and their shapes are left out.
func (p pairing) each(l *layer, dbf *window, yield func(shape, row int64) error) error {
	next := int64(0) // shape
	for row := range p.rows {
		raw, err := l.table.read(dbf, row)
		if err != nil {
			return fmt.Errorf("read the attributes: %w", err)
		}
		gone := deleted(raw)
		shape := int64(-1)
		switch {
		case gone && p.packed:
			continue
		case p.byNumber:
			if next < p.shapes && int64(l.shapes.records[next].number) == row+1 {
				shape = next
				next++
			}
		case next < p.shapes:
			shape = next
			next++
		}
		if gone {
			continue
		}
		if err := yield(shape, row); err != nil {
			return err
		}
	}
	for ; next < p.shapes; next++ {
		if err := yield(next, -1); err != nil {
			return err
		}
	}
	return nil
}
