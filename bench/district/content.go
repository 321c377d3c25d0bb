package district

import (
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/paulmach/orb"
)

const subdistrictsAlong = 3

func (d *District) subdistrictCode(col, row int) string {
	part := func(i int) int { return min(i*subdistrictsAlong/d.side, subdistrictsAlong-1) }
	return fmt.Sprintf("%s%03d", Code, part(row)*subdistrictsAlong+part(col)+1)
}

// drawSubdistricts cuts the district into nine along its streets.
func (d *District) drawSubdistricts() {
	n := d.side + 1
	cut := func(i int) int { return (i*d.side + subdistrictsAlong - 1) / subdistrictsAlong }
	for row := range subdistrictsAlong {
		for col := range subdistrictsAlong {
			west, east, south, north := cut(col), cut(col+1), cut(row), cut(row+1)
			var ring orb.Ring
			add := func(c, r int) { ring = append(ring, lonLat(d.corner[r*n+c])) }
			for c := west; c < east; c++ {
				add(c, south)
			}
			for r := south; r < north; r++ {
				add(east, r)
			}
			for c := east; c > west; c-- {
				add(c, north)
			}
			for r := north; r > south; r-- {
				add(west, r)
			}
			ring = append(ring, ring[0])
			d.Subdistricts = append(d.Subdistricts, Subdistrict{
				Code: d.subdistrictCode(west, south),
				Name: fmt.Sprintf("第%d街道", row*subdistrictsAlong+col+1),
				Area: orb.MultiPolygon{{ring}},
			})
		}
	}
}

func (d *District) nameCommunities(random *rand.Rand) {
	first := []string{"和平", "新华", "建设", "胜利", "红旗", "东风", "团结", "光明", "向阳", "春晓", "桃园", "柳林", "清溪", "南山", "松藻", "万盛"}
	last := []string{"一村", "二村", "三村", "小区", "家园", "花园", "新村", "苑", "里", "坊"}
	inset := street / 2 / blockSide
	for _, b := range d.blocks {
		if b.community < 0 {
			continue
		}
		year := 1978 + int(random.ExpFloat64()*9)
		if year > 2020 {
			year = 2020
		}
		verdict := "out"
		switch {
		case year < 2000:
			verdict = "in"
		case year == 2000 || random.IntN(10) == 0:
			verdict = "borderline"
		}
		d.Communities[b.community] = Community{
			Code:        fmt.Sprintf("C%05d", b.community+1),
			Name:        fmt.Sprintf("%s%s%d号", first[random.IntN(len(first))], last[random.IntN(len(last))], b.community+1),
			Subdistrict: d.subdistrictCode(b.col, b.row),
			BuiltYear:   year,
			Households:  b.buildings * (8 + random.IntN(16)),
			Verdict:     verdict,
			Area:        d.quad(b, inset, inset, 1-inset, 1-inset),
			Location:    lonLat(d.inBlock(b.col, b.row, 0.5, 0.5)),
		}
	}
}

// drawRoads takes the streets around the densest blocks first, in two pieces
// each, and then the paths inside communities.
func (d *District) drawRoads(random *rand.Rand) {
	n := d.side + 1
	drawn := map[[3]int]bool{}
	add := func(class, name string, from, to orb.Point) {
		if len(d.Roads) < d.Size.Roads {
			d.Roads = append(d.Roads, Road{
				Ref: fmt.Sprintf("bench:%d", len(d.Roads)+1), Class: class, Name: name,
				Line: orb.LineString{lonLat(from), lonLat(to)},
			})
		}
	}
	side := func(col, row, down int) {
		if drawn[[3]int{col, row, down}] {
			return
		}
		drawn[[3]int{col, row, down}] = true
		line, class, name := row, "residential", ""
		a, b := d.corner[row*n+col], orb.Point{}
		if down == 1 {
			line, b = col, d.corner[(row+1)*n+col]
		} else {
			b = d.corner[row*n+col+1]
		}
		switch {
		case line%24 == 0:
			class = "trunk"
		case line%12 == 0:
			class = "primary"
		case line%6 == 0:
			class = "secondary"
		case line%3 == 0:
			class = "tertiary"
		}
		if class != "residential" || line%2 == 0 {
			name = fmt.Sprintf("%s%d路", []string{"纬", "经"}[down], line)
		}
		middle := orb.Point{(a[0]+b[0])/2 + random.Float64()*6, (a[1]+b[1])/2 + random.Float64()*6}
		add(class, name, a, middle)
		add(class, name, middle, b)
	}
	order := d.densestFirst()
	for _, at := range order {
		b := d.blocks[at]
		side(b.col, b.row, 0)
		side(b.col, b.row, 1)
		side(b.col, b.row+1, 0)
		side(b.col+1, b.row, 1)
	}
	for pass := 1; len(d.Roads) < d.Size.Roads && pass < 20; pass++ {
		for _, at := range order {
			b := d.blocks[at]
			v := float64(pass) / 20
			add("footway", "", d.inBlock(b.col, b.row, 0.06, v), d.inBlock(b.col, b.row, 0.94, v))
		}
	}
}

func (d *District) placeFacilities(random *rand.Rand) {
	types := []struct{ key, name string }{
		{"health_station", "卫生服务站"},
		{"elder_daycare", "日间照料中心"},
		{"kindergarten", "幼儿园"},
		{"bus_stop", "公交站"},
		{"wet_market", "菜市场"},
		{"community_shop", "便民店"},
		{"outdoor_fitness", "健身场地"},
		{"community_service_station", "社区服务站"},
		{"primary_school", "小学"},
	}
	order := d.densestFirst()
	for i := range d.Size.Facilities {
		// Twice random: facilities prefer dense places, too.
		b := d.blocks[order[int(random.Float64()*random.Float64()*float64(len(order)))]]
		t := types[random.IntN(len(types))]
		d.Facilities = append(d.Facilities, Facility{
			Code: fmt.Sprintf("F%05d", i+1), Type: t.key, Name: fmt.Sprintf("%s%d", t.name, i+1),
			Subdistrict: d.subdistrictCode(b.col, b.row),
			Place:       lonLat(d.inBlock(b.col, b.row, random.Float64(), random.Float64())),
		})
	}
}

// Buildings yields the buildings, always the same ones in the same order.
func (d *District) Buildings() iter.Seq[Building] {
	return func(yield func(Building) bool) {
		random := rand.New(rand.NewPCG(d.seed, 2))
		for _, b := range d.blocks {
			for i := range b.buildings {
				if !yield(d.building(random, b, i)) {
					return
				}
			}
		}
	}
}

// building stands in its own slot of the block's rows.
func (d *District) building(random *rand.Rand, b block, i int) Building {
	across := 1
	for across*across*2 < b.buildings {
		across++
	}
	rows := (b.buildings + across - 1) / across
	inset := street / blockSide
	slotU, slotV := (1-2*inset)/float64(across), (1-2*inset)/float64(rows)
	// Not more than 60 by 14 m, but most of a small slot.
	width := min(60/blockSide, slotU*(0.6+0.3*random.Float64()))
	depth := min(14/blockSide, slotV*(0.5+0.3*random.Float64()))
	u := inset + float64(i%across)*slotU + (slotU-width)*random.Float64()
	v := inset + float64(i/across)*slotV + (slotV-depth)*random.Float64()

	var ring orb.Ring
	for _, p := range outlines[random.IntN(len(outlines))] {
		ring = append(ring, lonLat(d.inBlock(b.col, b.row, u+p[0]*width, v+p[1]*depth)))
	}
	made := Building{
		Code:        fmt.Sprintf("B%07d", b.first+i+1),
		Community:   b.community,
		Subdistrict: d.subdistrictCode(b.col, b.row),
		Use:         "residential",
		Storeys:     1 + random.IntN(3),
		BuiltYear:   1965 + random.IntN(55),
		Area:        orb.MultiPolygon{{ring}},
	}
	if b.community >= 0 {
		made.Storeys = 3 + random.IntN(5)
		made.BuiltYear = d.Communities[b.community].BuiltYear
		if random.IntN(8) == 0 {
			made.Storeys = 8 + random.IntN(26)
		}
	}
	made.Households = made.Storeys * (1 + random.IntN(6))
	if random.IntN(12) == 0 {
		made.Use, made.Households = "commercial", 0
	}
	return made
}

// outlines of buildings in a unit square, counter-clockwise and closed, with 5
// to 12 vertices.
var outlines = []orb.Ring{
	{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}},
	{{0, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}},
	{{0, 0}, {1, 0}, {1, 1}, {0.2, 1}, {0, 0.7}, {0, 0}},
	{{0, 0}, {1, 0}, {1, 0.6}, {0.6, 0.6}, {0.6, 1}, {0, 1}, {0, 0}},
	{{0, 0}, {1, 0}, {1, 1}, {0.7, 1}, {0.7, 0.6}, {0.3, 0.6}, {0.3, 1}, {0, 1}, {0, 0}},
	{{0, 0}, {0.35, 0}, {0.35, 0.15}, {0.65, 0.15}, {0.65, 0}, {1, 0}, {1, 1}, {0, 1}, {0, 0}},
	{{0, 0.2}, {0.3, 0.2}, {0.3, 0}, {0.7, 0}, {0.7, 0.2}, {1, 0.2}, {1, 1}, {0.5, 0.85}, {0, 1}, {0, 0.2}},
	{{0, 0}, {1, 0}, {1, 0.7}, {0.8, 0.7}, {0.8, 1}, {0.55, 1}, {0.55, 0.75}, {0.45, 0.75}, {0.45, 1}, {0.2, 1}, {0, 0.8}, {0, 0}},
}
