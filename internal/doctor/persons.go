package doctor

import (
	"context"
	"fmt"

	"github.com/lianpian/lianpian/internal/geofile"
	"github.com/lianpian/lianpian/internal/importer"
	"github.com/lianpian/lianpian/internal/privacy"
)

// opened is a file whose layers say nothing about persons any more.
type opened struct {
	*geofile.Dataset
	persons []*importer.Persons // by layer
}

// withoutPersons puts a filter between a file and everything that looks at it or
// keeps anything of it: columns of persons are empty, cells with their numbers too.
func withoutPersons(data *geofile.Dataset) opened {
	o := opened{Dataset: data}
	for n := range data.Layers {
		l := &data.Layers[n]
		l.Name, _ = privacy.WithoutPersonalNumbers(l.Name)
		p := importer.NewPersons(l.Name)
		o.persons = append(o.persons, p)
		headers := make([]string, len(l.Fields))
		fields := make([]geofile.Field, len(l.Fields))
		for i, f := range l.Fields {
			if privacy.PersonalNumbers(f.Name) || privacy.PersonalNumbers(f.Title) {
				f.Name, f.Title = importer.Header(f.Name, i+1), importer.Header(f.Title, i+1)
			}
			if headers[i] = f.Name; importer.Personal(f.Title) {
				headers[i] = f.Title
			}
			fields[i] = f
		}
		l.Fields = fields
		rows := l.Rows
		l.Rows = func(ctx context.Context, find func(geofile.Finding), yield func(geofile.Row) error) error {
			p.Again()
			return rows(ctx, find, func(r geofile.Row) error {
				for i, v := range r.Values {
					header := ""
					if i < len(headers) {
						header = headers[i]
					}
					if text := cellText(v); text != "" {
						if left := p.Cell(header, text); left == "" {
							r.Values[i] = nil
						} else if left != text {
							r.Values[i] = left
						}
					}
				}
				r.Fault, _ = privacy.WithoutPersonalNumbers(r.Fault)
				return yield(r)
			})
		}
	}
	return o
}

// dropped lists what was dropped when the layers were read last.
func (o opened) dropped() []importer.Dropped {
	var out []importer.Dropped
	for _, p := range o.persons {
		out = append(out, p.Dropped()...)
	}
	return out
}

// tellDropped makes findings of what was dropped.
func (x *examination) tellDropped(list []importer.Dropped) {
	x.diag.Dropped = list
	for _, d := range list {
		detail := fmt.Sprintf("“%s”列含个人信息，没有读取，也不会保存（%d 格）", d.Column, d.Cells)
		if !d.Whole {
			detail = fmt.Sprintf("“%s”列有 %d 格含手机号码、身份证号码或姓名，已略去，不会保存", d.Column, d.Cells)
		}
		x.findings.add(geofile.Finding{Kind: "personal_dropped", Layer: d.Layer, Detail: detail})
	}
}
