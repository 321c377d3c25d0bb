package delivery

import (
	"cmp"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/atlas"
	"github.com/lianpian/lianpian/internal/exporter"
)

// The folders of a package.
const (
	folderAtlas  = "1-图册/"
	folderForms  = "2-表格/"
	folderBook   = "3-片区台账/"
	folderReport = "4-文本/"
	folderData   = "5-数据/"
)

func (m *maker) part(part string) error {
	switch part {
	case PartAtlas:
		return m.atlas()
	case PartForms:
		return m.forms()
	case PartBook:
		m.progress.Phase("片区台账", "份", 1)
		defer m.progress.Advance(1)
		return m.file(folderBook+"片区台账.xlsx", func(w io.Writer) error { return exporter.Book(w, &m.content.Plan) })
	case PartReport:
		return m.report()
	}
	return m.data(part)
}

func (m *maker) atlas() error {
	m.progress.Phase("图册", "幅", 0)
	done := 0
	return m.file(folderAtlas+"片区方案图册（"+m.order.Atlas.Paper+"）.pdf", func(w io.Writer) error {
		return atlas.PDF(m.ctx, w, &m.content.Plan, m.order.Atlas, func(now, total int) {
			if done == 0 {
				m.progress.Phase("图册", "幅", int64(total))
			}
			m.progress.Advance(int64(now - done))
			done = now
		})
	})
}

func (m *maker) forms() error {
	files, err := exporter.Forms(&m.content.Plan, m.content.Forms)
	if err != nil {
		return err
	}
	m.progress.Phase("表格", "份", int64(len(files)))
	for _, f := range files {
		if err := m.file(folderForms+f.Name, f.Write); err != nil {
			return err
		}
		m.progress.Advance(1)
		if err := m.ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

const (
	pictureDPI   = 150
	pictureZones = 6  // of a plan of at most so many zones the report shows every sheet,
	pictureTwo   = 12 // of one of so many two of each zone, of more those of the whole
	pictureTypes = 6  // facility types with a sheet of their own: those that reach the fewest
)

// report writes the report with its pictures.
func (m *maker) report() error {
	m.progress.Phase("文本", "份", 1)
	options := m.order.Atlas
	options.Paper = "A4"
	sheets, err := atlas.Pictures(m.ctx, &m.content.Plan, options, pictureDPI, m.pictured())
	if err != nil {
		return fmt.Errorf("draw its pictures: %w", err)
	}
	pictures := make([]exporter.Picture, len(sheets))
	for i, s := range sheets {
		pictures[i] = exporter.Picture{Kind: s.Kind, Zone: s.Zone, Number: s.Number, Caption: s.Title, PNG: s.PNG, Width: s.Width, Height: s.Height}
	}
	defer m.progress.Advance(1)
	return m.file(folderReport+"片区方案报告.docx", func(w io.Writer) error { return exporter.Report(w, &m.content.Plan, pictures) })
}

// pictured says which sheets the report shows.
func (m *maker) pictured() func(kind, zone, facility string) bool {
	p := &m.content.Plan
	worst := make([]*areaplan.Coverage, len(p.Coverage))
	for i := range p.Coverage {
		worst[i] = &p.Coverage[i]
	}
	slices.SortStableFunc(worst, func(a, b *areaplan.Coverage) int { return cmp.Compare(reached(a), reached(b)) })
	shown := map[string]bool{"": true}
	for _, c := range worst[:min(len(worst), pictureTypes)] {
		shown[c.Run.FacilityType] = true
	}
	return func(kind, zone, facility string) bool {
		switch {
		case kind == "index" || !shown[facility]:
			return false
		case zone == "" || len(p.Zones) <= pictureZones:
			return true
		default:
			return len(p.Zones) <= pictureTwo && (kind == "zone" || kind == "coverage")
		}
	}
}

// reached is the share of the households that a type reaches.
func reached(c *areaplan.Coverage) float64 {
	if c.Households == 0 {
		return 1
	}
	return float64(c.HouseholdsCovered) / float64(c.Households)
}

func extension(name string) string { return strings.ToLower(path.Ext(name)) }
