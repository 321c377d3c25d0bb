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
		Proven: found.Proven, GapPercent: math.Round(found.Gap*1e4) / 100, Candidates: len(m.candidates),
		Digest: m.digest(), Network: m.demand.Run.Inputs.Network, Curve: []Point{}, Sites: []Site{},
	}
	m.value(a, found)
	m.sites(a, found.Sites)
	a.Sentence = m.sentence(a, found)
	return a, nil
}

// refused turns what the engine says of a question into a sentence.
func refused(err error) error {
	var infeasible *siting.InfeasibleError
	if errors.As(err, &infeasible) {
		return &InvalidError{Field: "n", Detail: "这些条件不能同时满足：" + infeasible.Error()}
	}
	return fmt.Errorf("look for sites: %w", err)
}

// value fills in value and bound in the planner's units.
func (m *modelled) value(a *Answer, found *siting.Answer) {
	per := 1.0
	length := "metres"
	if m.demand.Seconds {
		per, length = 60, "minutes"
	}
	reached := 0.0
	for i, h := range m.demand.Homes {
		a.Demand += h.Households
		if !slices.Contains(found.Unreachable, i) {
			reached += h.Households
		}
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
		per *= max(1, reached)
	case LeastFar:
		a.Unit = length
	}
	a.Value, a.Bound = found.Value/per, found.Bound/per
	if m.request.Model == CoverAll {
		a.Bound = math.Ceil(a.Bound - 1e-6)
	}
}

// sites says what each chosen site serves: the homes that it is the nearest of
// all sites for, within the limit.
func (m *modelled) sites(a *Answer, chosen []int) {
	open := make([]bool, m.problem.Sites)
	for _, j := range m.problem.Fixed {
		open[j] = true
	}
	for _, j := range chosen {
		open[j] = true
	}
	served, fresh := make([]float64, m.problem.Sites), make([]float64, m.problem.Sites)
	costs := m.problem.Costs
	for i, h := range m.demand.Homes {
		nearest, least, before := int32(-1), math.Inf(1), math.Inf(1)
		for k := costs.First[i]; k < costs.First[i+1]; k++ {
			j, c := costs.Site[k], costs.Cost[k]
			if int(j) < m.fixed {
				before = min(before, c)
			}
			if open[j] && (c < least || c == least && j < nearest) {
				nearest, least = j, c
			}
		}
		if before <= m.demand.Limit {
			a.Before += h.Households
		}
		if least > m.demand.Limit {
			continue
		}
		a.After += h.Households
		served[nearest] += h.Households
		if before > m.demand.Limit {
			fresh[nearest] += h.Households
		}
	}
	for _, j := range chosen {
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

// curve is the households covered against the number of new sites.
func (m *modelled) curve(ctx context.Context, to int) ([]Point, error) {
	to = min(to, len(m.candidates))
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
	fmt.Fprintf(h, "siting/1 %s %d %g %g %d\n", m.request.Model, m.request.N, m.demand.Limit, m.request.ApartM, m.fixed)
	p := m.problem
	for _, list := range []any{p.Weight, p.Capacity, p.Costs.First, p.Costs.Site, p.Costs.Cost} {
		_ = binary.Write(h, binary.LittleEndian, list) // a hash takes all
	}
	for _, c := range p.Conflicts {
		fmt.Fprintf(h, "%d %d\n", c[0], c[1])
	}
	return hex.EncodeToString(h.Sum(nil))
}
