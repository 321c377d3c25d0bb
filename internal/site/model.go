package site

import (
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/paulmach/orb"

	"github.com/lianpian/lianpian/internal/coverage"
	"github.com/lianpian/lianpian/internal/engine/siting"
)

const (
	mostCandidates = 20_000     // for the models that cover
	mostMedians    = 1500       // for the models where all ways count
	mostWays       = 12_000_000 // homes times sites with a way: about a gigabyte
	mostPairs      = 4_000_000  // of candidates too near to each other
)

// modelled is the question in numbers. Sites are the existing facilities that
// are kept, in their order, and then the candidates.
type modelled struct {
	request    Request
	demand     *coverage.Demand
	candidates []candidate
	fixed      int
	problem    *siting.Problem
	notes      []string
}

func (m *modelled) note(format string, args ...any) {
	m.notes = append(m.notes, fmt.Sprintf(format, args...))
}

// covers tells whether only ways within the limit count.
func (r Request) covers() bool { return r.Model == CoverAll || r.Model == CoverMost }

// far is up to where ways count, in what the method counts.
func (m *modelled) far() float64 {
	if m.request.covers() {
		return m.demand.Limit
	}
	return math.MaxFloat64
}

// nearestKept tells whether of the existing facilities only the nearest one
// matters to a home: where nothing is ever full, nobody goes farther, nor to a
// new site that is no nearer.
func (m *modelled) nearestKept() bool { return m.request.keeps() && m.request.Capacity == nil }

// model reads what a request is about and puts it into numbers.
func (s *Store) model(ctx context.Context, d *coverage.Demand, r Request, subdistricts []string) (*modelled, error) {
	m := &modelled{request: r, demand: d, notes: []string{}}
	if len(d.Homes) == 0 {
		return nil, &InvalidError{Field: "area", Detail: "所选范围内没有需要服务的住户"}
	}
	reach := d.Limit
	if d.Seconds {
		reach *= 2 // metres per second, more than anybody walks
	}
	ground := groundOf(d.Homes, min(reach, 20_000))
	list, err := s.candidates(ctx, d.Run.District, r, ground, subdistricts)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, &InvalidError{Field: "candidates", Detail: "没有符合条件的候选位置，请增加候选种类或缩小排除范围"}
	}
	if err := m.choose(ctx, list); err != nil {
		return nil, err
	}
	if n := len(m.candidates); n < len(list) {
		m.note("候选位置共 %d 个，已按住户分布精简为 %d 个；证明只对这些候选位置成立。", len(list), n)
	}
	m.remark()
	return m, nil
}

// choose takes as many of the places as the ways to them can be counted for, and
// builds the problem of them.
func (m *modelled) choose(ctx context.Context, list []candidate) error {
	most, sure := mostCandidates, mostCandidates
	if !m.request.covers() {
		most, sure = mostMedians, max(10, min(mostMedians, mostWays/len(m.demand.Homes)))
		if !m.nearestKept() { // every way counts
			most = sure
		}
	}
	for ; ; most = max(sure, most/3) {
		m.candidates = thin(list, m.lacking(), most)
		if n := m.request.N; m.request.Model != CoverAll && n > len(m.candidates) {
			return &InvalidError{Field: "n", Detail: fmt.Sprintf("新建 %d 处超过了候选位置的数量（%d）", n, len(m.candidates))}
		}
		err := m.build(ctx)
		if !errors.Is(err, coverage.ErrTooManyWays) {
			return err
		}
		if most == sure {
			return &InvalidError{Field: "candidates", Detail: fmt.Sprintf("候选位置和住户之间的路线太多（超过 %d 万条），请减少候选种类或缩小范围", mostWays/10_000)}
		}
	}
}

// lacking are the homes that candidates are thinned out for: where coverage
// counts, those that no kept facility covers.
func (m *modelled) lacking() []coverage.Home {
	if !m.request.covers() || !m.nearestKept() {
		return m.demand.Homes
	}
	var list []coverage.Home
	for _, h := range m.demand.Homes {
		if h.Cost > m.demand.Limit {
			list = append(list, h)
		}
	}
	return list
}

// build makes the problem.
func (m *modelled) build(ctx context.Context) error {
	p := &siting.Problem{Weight: make([]float64, len(m.demand.Homes))}
	for i, h := range m.demand.Homes {
		p.Weight[i] = h.Households
	}
	var places []orb.Point
	capacity := []float64{}
	if m.request.keeps() {
		for _, f := range m.demand.Existing {
			c := math.Inf(1)
			if f.Capacity != nil && m.request.Capacity != nil {
				c = float64(*f.Capacity) / m.request.units()
			}
			if c == 0 {
				continue // serves nobody
			}
			places, capacity = append(places, f.At), append(capacity, c)
		}
	}
	m.fixed = len(places)
	for _, c := range m.candidates {
		places = append(places, c.at)
		if m.request.Capacity != nil {
			capacity = append(capacity, *m.request.Capacity/m.request.units())
		}
	}
	for i := range m.fixed {
		p.Fixed = append(p.Fixed, i)
	}
	if m.request.Capacity != nil {
		p.Capacity = capacity
	}
	p.Sites = len(places)
	var err error
	if p.Costs, err = m.ways(ctx, places); err != nil {
		return err
	}
	if p.Conflicts, err = m.conflicts(places); err != nil {
		return err
	}
	m.problem = p
	return nil
}

// ways puts the ways from the homes to the sites into the engine's rows.
func (m *modelled) ways(ctx context.Context, places []orb.Point) (siting.Costs, error) {
	homes := m.demand.Homes
	rules := coverage.WayRules{Cost: m.far(), Nearer: m.nearestKept(), Most: mostWays}
	first := 0 // site that the ways are listed from
	if m.nearestKept() {
		first = m.fixed
	}
	ways, err := m.demand.Ways(ctx, places[first:], rules)
	if err != nil {
		return siting.Costs{}, err
	}
	c := siting.Costs{First: make([]int32, 1, len(homes)+1)}
	for i, h := range homes {
		if m.nearestKept() && h.Existing >= 0 && h.Cost <= m.far() {
			c.Site, c.Cost = append(c.Site, int32(h.Existing)), append(c.Cost, h.Cost)
		}
		for _, o := range ways.Of(i) {
			c.Site, c.Cost = append(c.Site, int32(first)+o.Facility), append(c.Cost, o.Cost)
		}
		c.First = append(c.First, int32(len(c.Site)))
	}
	return c, nil
}

// conflicts are the pairs of sites that are nearer to each other than allowed.
func (m *modelled) conflicts(places []orb.Point) ([][2]int, error) {
	apart := m.request.ApartM
	if apart == 0 {
		return nil, nil
	}
	grid := newCells(nil, apart)
	grid.cos = math.Cos(places[0][1] * math.Pi / 180)
	size := apart * 1.02 // the grid is laid on a sphere
	in := map[[2]int][]int{}
	for i, p := range places {
		key := grid.key(p, size)
		in[key] = append(in[key], i)
	}
	var pairs [][2]int
	for i, p := range places {
		at := grid.key(p, size)
		for dx := -1; dx <= 1; dx++ {
			for dy := -1; dy <= 1; dy++ {
				for _, j := range in[[2]int{at[0] + dx, at[1] + dy}] {
					if j <= i || j < m.fixed || coverage.Metres(p, places[j]) >= apart {
						continue
					}
					if pairs = append(pairs, [2]int{i, j}); len(pairs) > mostPairs {
						return nil, &InvalidError{Field: "apart_m", Detail: "相互距离过近的候选位置太多，请减少候选种类或缩小最小间距"}
					}
				}
			}
		}
	}
	return pairs, nil
}

// remark notes what a reader of the answer must know.
func (m *modelled) remark() {
	d := m.demand
	if d.Plain {
		m.note("没有户数数据，每栋楼按一户计，已知为非居住用途的楼栋不计。")
	}
	if d.Spared > 0 {
		m.note("%s已服务到的 %d 户不再要求“%s”，未计入。", d.Run.FirstStep.FacilityName, d.Spared, d.Run.FacilityName)
	}
	if m.request.keeps() && len(d.Existing) > 0 {
		m.note("现有（含方案拟建）的 %d 处设施保留，继续服务。", len(d.Existing))
	}
	if !m.request.keeps() && len(d.Existing) > 0 {
		m.note("未考虑现有的 %d 处设施。", len(d.Existing))
	}
	if m.request.Capacity != nil {
		m.note("住户可以分到几处设施；现有设施没有能力数据的按不限计。")
	}
}
