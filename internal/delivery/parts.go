package delivery

import (
	"fmt"
	"io"
	"path"
	"strings"

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
	pictureDPI  = 150
	pictureMost = 12 // zones of which the report shows every sheet
)

// report writes the report with its pictures: of a plan of many zones the sheets
// of the whole only.
func (m *maker) report() error {
	m.progress.Phase("文本", "份", 1)
	few := len(m.content.Plan.Zones) <= pictureMost
	options := m.order.Atlas
	options.Paper = "A4"
	sheets, err := atlas.Pictures(m.ctx, &m.content.Plan, options, pictureDPI, func(kind, zone, _ string) bool {
		return kind != "index" && (zone == "" || few)
	})
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

func extension(name string) string { return strings.ToLower(path.Ext(name)) }
