// Package atlas draws area plans as map sheets: PDF with vectors and embedded
// fonts, and the same sheets as pictures. It must never compute a figure that
// the plan does not hold, and gives the same bytes for the same plan.
package atlas

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/areaplan"
	"github.com/lianpian/lianpian/internal/atlas/font"
	"github.com/lianpian/lianpian/internal/atlas/paper"
)

// Options say how an atlas is drawn. The zero value is A3 landscape.
type Options struct {
	Paper    string `json:"paper,omitempty" enum:"A4,A3,A1" doc:"landscape; A3 when empty"`
	Reviewer string `json:"reviewer,omitempty" maxLength:"50" doc:"审核"`
	Grey     bool   `json:"grey,omitempty" doc:"for printing without colours"`

	Font  *font.Font `json:"-"` // another TrueType font than Noto Sans SC
	Plain bool       `json:"-"` // PDF streams are not compressed, for tests
}

// Kinds of sheets.
const (
	Index    = "index"    // 图幅索引
	Overview = "overview" // 总图
	Existing = "existing" // 现状图, of a zone
	Zone     = "zone"     // 片区方案图
	Coverage = "coverage" // 服务设施覆盖图, of a zone
	Phasing  = "phasing"  // 分期实施图, of a zone
	Facility = "facility" // 服务设施覆盖图 of one facility type over all zones
)

// Sheet is one map sheet as a picture.
type Sheet struct {
	Kind          string // overview, existing, zone, coverage, phasing, facility, index
	Number        string // 图号
	Title         string // 图名
	Zone          string // code, "" for sheets of the whole plan
	Facility      string // facility type, "" for others
	PNG           []byte
	Width, Height int // pixels
}

// errNoZones is what a plan without zones is refused with.
var errNoZones = errors.New("an atlas needs a plan with at least one zone")

// PDF writes the atlas; advance is told of each sheet that is done (nil: nobody).
func PDF(ctx context.Context, w io.Writer, p *areaplan.Plan, o Options, advance func(done, total int)) error {
	a, err := newAtlas(p, o)
	if err != nil {
		return err
	}
	creator := "连片"
	if p.Versions.Software != "" {
		creator += " " + p.Versions.Software
	}
	file := paper.NewPDF(w, a.typo.font, paper.About{
		Title: a.typo.clean(projectTitle(p) + "图集"), Author: a.typo.clean(p.Author), Subject: a.typo.clean(p.District.Name + " " + p.Scenario.Name),
		Creator: creator, At: p.At, Plain: o.Plain,
	})
	for i, sh := range a.sheets {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("draw an atlas: %w", err)
		}
		bookmark, level := sh.Number+" "+sh.Title, 0
		if sh.zone >= 0 && i > 0 && a.sheets[i-1].zone == sh.zone {
			level = 1
		}
		err := file.Page(a.page.width, a.page.height, bookmark, level, func(s paper.Surface) error {
			a.drawSheet(a.surface(s), sh)
			return nil
		})
		if err != nil {
			return err
		}
		if advance != nil {
			advance(i+1, len(a.sheets))
		}
	}
	return file.Close()
}

// Pictures draws chosen sheets as PNG, dpi dots per inch, without frame and title
// block: the map with legend, scale bar and north arrow, 250 mm wide. Sheets with
// an index have none.
func Pictures(ctx context.Context, p *areaplan.Plan, o Options, dpi int, want func(kind, zone, facility string) bool) ([]Sheet, error) {
	if dpi < 30 || dpi > 600 {
		return nil, fmt.Errorf("draw map sheets as pictures: %d dots per inch are not between 30 and 600", dpi)
	}
	a, err := newAtlas(p, o)
	if err != nil {
		return nil, err
	}
	var out []Sheet
	for _, sh := range a.sheets {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("draw map sheets as pictures: %w", err)
		}
		if sh.Kind == Index || want != nil && !want(sh.Kind, sh.Zone, sh.Facility) {
			continue
		}
		picture := paper.NewPicture(a.typo.font, pictureWidth, pictureHeight, float64(dpi))
		a.drawPicture(a.surface(picture), sh)
		var png bytes.Buffer
		if err := picture.PNG(&png); err != nil {
			return nil, fmt.Errorf("draw map sheets as pictures: %w", err)
		}
		one := sh.Sheet
		one.PNG = png.Bytes()
		one.Width, one.Height = picture.Size()
		out = append(out, one)
	}
	return out, nil
}

// atlas is what all sheets are drawn from.
type atlas struct {
	plan    *areaplan.Plan
	ground  *ground
	options Options
	page    pageSize
	layout  layout
	typo    typography
	sheets  []sheet
	years   []int // of the plan, in order: each has its style
}

func newAtlas(p *areaplan.Plan, o Options) (*atlas, error) {
	if p == nil || len(p.Zones) == 0 {
		return nil, errNoZones
	}
	page, err := pageOf(o.Paper)
	if err != nil {
		return nil, err
	}
	f := o.Font
	if f == nil {
		if f, err = font.Embedded(); err != nil {
			return nil, err
		}
	}
	a := &atlas{plan: p, ground: newGround(p), options: o, page: page, layout: page.layout(), typo: typography{f, page.k}}
	a.years = a.ground.years()
	a.sheets = a.list()
	return a, nil
}

func (a *atlas) surface(s paper.Surface) paper.Surface {
	if a.options.Grey {
		return paper.InGrey{Surface: s}
	}
	return s
}

// sheet is a sheet that is to be drawn.
type sheet struct {
	Sheet
	zone, coverage int       // places in the plan, -1 for none
	content        orb.Bound // what has to be seen, metres
	scale          int       // on the paper of the atlas
	part           int       // of several index sheets
}

// list are the sheets: index and overview, four for each zone, one for each
// facility type.
func (a *atlas) list() []sheet {
	var out []sheet
	add := func(kind, title string, zone, coverage int, content orb.Bound) {
		s := sheet{zone: zone, coverage: coverage, content: content}
		s.Kind, s.Title, s.Number = kind, title, fmt.Sprintf("%02d", len(out)+1)
		if zone >= 0 {
			s.Zone = a.plan.Zones[zone].Code
		}
		if kind == Facility {
			s.Facility = a.plan.Coverage[coverage].Run.FacilityType
		}
		s.scale = a.viewOf(a.layout.inner, content, series).scale
		out = append(out, s)
	}
	for i := range a.indexCount() {
		title := "图幅索引"
		if i > 0 {
			title += fmt.Sprintf("（续%d）", i)
		}
		add(Index, title, -1, -1, a.ground.everything)
		out[i].part = i
	}
	add(Overview, "片区总图", -1, -1, a.ground.everything)
	for i, z := range a.plan.Zones {
		name, content := a.typo.clean(z.Name), a.ground.zones[i].bound
		for _, c := range a.ground.inZone[z.Code] {
			content = content.Union(a.ground.communities[c].bound)
		}
		if !(content.Min[0] <= content.Max[0]) { // nothing of it has a place
			content = a.ground.everything
		}
		add(Existing, name+"现状图", i, -1, content)
		add(Zone, strings.TrimSuffix(name, "片区")+"片区方案图", i, -1, content)
		add(Coverage, name+"服务设施覆盖图", i, -1, content)
		add(Phasing, name+"分期实施图", i, -1, content)
	}
	for i, c := range a.plan.Coverage {
		add(Facility, shortTitle(a.typo.clean(facilityName(&c)))+"覆盖分析图", -1, i, a.ground.everything)
	}
	return out
}

// indexCount is how many index sheets there are; these are listed, too.
func (a *atlas) indexCount() int {
	zones := len(a.plan.Zones)
	others := 1 + len(a.plan.Coverage)
	if 1+others+4*zones > 60 {
		others += zones
	} else {
		others += 4 * zones
	}
	count := 1
	for a.indexSheets(others+count) > count {
		count = a.indexSheets(others + count)
	}
	return count
}

func facilityName(c *areaplan.Coverage) string {
	if c.Run.FacilityName != "" {
		return c.Run.FacilityName
	}
	return c.Run.FacilityType
}

func projectTitle(p *areaplan.Plan) string {
	if p.Title != "" {
		return p.Title
	}
	return p.District.Name + "城镇老旧小区改造片区方案"
}
