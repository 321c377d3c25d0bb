package site

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/siting"
)

// solve asks the engine and puts its answer into the planner's terms.
func (m *modelled) solve(ctx context.Context) (*Answer, error) {
	q := siting.Question{Model: siting.Model(m.request.Model), N: m.request.N, Limit: m.demand.Limit, Seed: 1}
	found, err := siting.Solve(ctx, m.problem, q)
	if err != nil {
		return nil, refused(err)
	}
	a := &Answer{
		Proven: found.Proven, GapPercent: math.Round(found.Gap*1e4) / 100, Candidates: len(m.candidates), Rows: m.rows(),
		Digest: m.digest(), Network: m.demand.Run.Inputs.Network, Curve: []Point{}, Sites: []Site{},
	}
	m.value(a, found)
	m.sites(a, found)
	a.Sentence = m.sentence(a, found)
	return a, nil
}

// refused turns what the engine says of a question into a sentence.
func refused(err error) error {
	var infeasible *siting.InfeasibleError
	switch {
	case errors.Is(err, siting.ErrUndecided):
		return &InvalidError{Field: "n", Detail: "没有在限定的计算量内找到可行的方案，请放宽条件或减少候选位置"}
	case !errors.As(err, &infeasible):
		return fmt.Errorf("look for sites: %w", err)
	case infeasible.Field == "Capacity":
		return &InvalidError{Field: "capacity", Detail: "全部候选位置的服务能力加起来仍不够，请提高服务能力或增加候选位置"}
	case infeasible.Field == "Conflicts" && infeasible.Sites > 0:
		return &InvalidError{Field: "apart_m", Detail: fmt.Sprintf("按最小间距最多只能同时新建 %d 处，不能满足要求", infeasible.Sites)}
	case infeasible.Field == "Conflicts":
		return &InvalidError{Field: "apart_m", Detail: "按最小间距不能满足要求，请缩小间距或增加候选位置"}
	case infeasible.Sites > 0:
		return &InvalidError{Field: "n", Detail: fmt.Sprintf("要使能到达的住户都有设施，至少需要新建 %d 处", infeasible.Sites)}
	}
	return &InvalidError{Field: "n", Detail: "新建数量太少：有的住户到不了任何新建或保留的设施，请增加数量或缩小范围"}
}

// value fills in value and bound in the planner's units.
func (m *modelled) value(a *Answer, found *siting.Answer) {
	per := 1.0
	length := "metres"
	if m.demand.Seconds {
		per, length = 60, "minutes"
	}
	for _, h := range m.demand.Homes {
		a.Demand += h.Households
	}
	for _, i := range found.Unreachable {
		a.Hopeless += m.demand.Homes[i].Households
	}
	switch m.request.Model {
	case CoverAll:
		a.Unit = "sites"
	case CoverMost:
		a.Unit = "households"
	case LeastWalk:
		a.Unit = length
		per *= max(1, a.Demand-a.Hopeless)
	case LeastFar:
		a.Unit = length
	}
	a.Value, a.Bound = found.Value/per, found.Bound/per
	if m.request.Model == CoverAll {
		a.Bound = math.Ceil(a.Bound - 1e-6)
	}
}

// sites says what each chosen site serves within the limit: the homes that it is
// the nearest of all sites for or, where there are capacities, what is assigned
// to it. Covered is who has a site within the limit, served or not.
func (m *modelled) sites(a *Answer, found *siting.Answer) {
	open := make([]bool, m.problem.Sites)
	for _, j := range m.problem.Fixed {
		open[j] = true
	}
	for _, j := range found.Sites {
		open[j] = true
	}
	served, fresh := make([]float64, m.problem.Sites), make([]float64, m.problem.Sites)
	before := make([]bool, len(m.demand.Homes)) // covered without new sites
	costs := m.problem.Costs
	for i, h := range m.demand.Homes {
		nearest, least := int32(-1), math.Inf(1)
		for k := costs.First[i]; k < costs.First[i+1]; k++ {
			j, c := costs.Site[k], costs.Cost[k]
			before[i] = before[i] || int(j) < m.fixed && c <= m.demand.Limit
			if open[j] && (c < least || c == least && j < nearest) {
				nearest, least = j, c
			}
		}
		if before[i] {
			a.Before += h.Households
		}
		if least > m.demand.Limit {
			continue
		}
		a.After += h.Households
		if m.problem.Capacity == nil {
			served[nearest] += h.Households
			if !before[i] {
				fresh[nearest] += h.Households
			}
		}
	}
	if m.problem.Capacity != nil {
		for _, share := range found.Shares {
			if share.Cost > m.demand.Limit {
				continue
			}
			served[share.Site] += share.Weight
			if !before[share.Row] {
				fresh[share.Site] += share.Weight
			}
		}
	}
	for _, j := range found.Sites {
		c := m.candidates[j-m.fixed]
		a.Sites = append(a.Sites, Site{Kind: c.kind, Code: c.code, Name: c.name, Location: c.at, Households: served[j], New: fresh[j]})
	}
	slices.SortStableFunc(a.Sites, func(x, y Site) int {
		return cmp.Or(cmp.Compare(y.New, x.New), cmp.Compare(y.Households, x.Households))
	})
	for i := range a.Sites {
		a.Sites[i].Index = i
	}
}

// rows counts the homes, those that could use the same sites taken together. For
// the models that count every way each home is a row of its own.
func (m *modelled) rows() int {
	costs := m.problem.Costs
	if !m.request.covers() {
		return costs.Rows()
	}
	seen := map[string]bool{}
	var key []byte
	for i := range costs.Rows() {
		sites := slices.Clone(costs.Site[costs.First[i]:costs.First[i+1]])
		slices.Sort(sites)
		key = key[:0]
		for _, j := range sites {
			key = binary.LittleEndian.AppendUint32(key, uint32(j))
		}
		seen[string(key)] = true
	}
	return len(seen)
}

// curve is the households covered against the number of new sites.
func (m *modelled) curve(ctx context.Context, to int) ([]Point, error) {
	to = min(to, len(m.candidates), mostCurve)
	p := m.problem
	if !m.request.covers() { // only what is within the limit can be covered
		near := *m.problem
		near.Costs = siting.Costs{First: []int32{0}}
		for i := range m.demand.Homes {
			for k := p.Costs.First[i]; k < p.Costs.First[i+1]; k++ {
				if p.Costs.Cost[k] <= m.demand.Limit {
					near.Costs.Site = append(near.Costs.Site, p.Costs.Site[k])
					near.Costs.Cost = append(near.Costs.Cost, p.Costs.Cost[k])
				}
			}
			near.Costs.First = append(near.Costs.First, int32(len(near.Costs.Site)))
		}
		p = &near
	}
	points, err := siting.Curve(ctx, p, siting.Question{Model: siting.MCLP, N: to, Limit: m.demand.Limit, Seed: 1})
	if err != nil {
		return nil, refused(err)
	}
	list := make([]Point, 0, len(points))
	for _, p := range points {
		list = append(list, Point{N: p.N, Households: p.Value, Bound: p.Bound})
	}
	return list, nil
}

// sentence is the proof in words.
func (m *modelled) sentence(a *Answer, found *siting.Answer) string {
	var what string
	switch m.request.Model {
	case CoverAll:
		what = fmt.Sprintf("新建 %d 处即可覆盖所有能覆盖的住户", len(a.Sites))
	case CoverMost:
		what = fmt.Sprintf("新建 %d 处后覆盖 %.0f 户（现状 %.0f 户）", len(a.Sites), a.After, a.Before)
		if m.problem.Capacity != nil {
			what = fmt.Sprintf("新建 %d 处后按服务能力可服务 %.0f 户", len(a.Sites), a.Value)
		}
	case LeastWalk:
		what = fmt.Sprintf("新建 %d 处后平均%s", len(a.Sites), m.measured(a.Value))
	case LeastFar:
		what = fmt.Sprintf("新建 %d 处后最远%s", len(a.Sites), m.measured(a.Value))
	}
	switch {
	case a.Proven:
		return what + "；已证明在这些候选位置中没有更好的方案。"
	case found.Stopped == siting.StoppedCaller:
		return fmt.Sprintf("%s；计算提前停止，与最优相差至多 %.2f %%。", what, a.GapPercent)
	}
	return fmt.Sprintf("%s；与最优相差至多 %.2f %%。", what, a.GapPercent)
}

func (m *modelled) measured(value float64) string {
	way := "步行"
	if m.demand.Run.Method == "radius" {
		way = "直线距离"
	}
	if m.demand.Seconds {
		return fmt.Sprintf("%s %.1f 分钟", way, value)
	}
	return fmt.Sprintf("%s %.0f 米", way, value)
}

// digest is the SHA-256 of all that an answer follows from.
func (m *modelled) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "siting/2 %s %d %g %g %d\n", m.request.Model, m.request.N, m.demand.Limit, m.request.ApartM, m.fixed)
	p := m.problem
	for _, list := range []any{p.Weight, p.Capacity, p.Costs.First, p.Costs.Site, p.Costs.Cost} {
		_ = binary.Write(h, binary.LittleEndian, list) // a hash takes all
	}
	for _, c := range p.Conflicts {
		fmt.Fprintf(h, "%d %d\n", c[0], c[1])
	}
	return hex.EncodeToString(h.Sum(nil))
}
