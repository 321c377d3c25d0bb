package works

import (
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/lianpian/lianpian/internal/engine/apportion"
	"github.com/lianpian/lianpian/internal/engine/funding"
)

// need is what a project needs of the pool, item by item: what sources that pay
// by themselves pay comes off the items that they pay for first, then off all of
// them in proportion.
type need struct {
	numbers []int // of the items; 0 is what no item is known of
	fen     []int64
}

func (g ground) need(p PoolProject, year int) need {
	n := need{}
	basis, from := p.cost.basis()
	if from == "items" {
		for _, no := range slices.Sorted(maps.Keys(p.cost.items)) {
			n.numbers, n.fen = append(n.numbers, no), append(n.fen, p.cost.items[no])
		}
	} else {
		n.numbers, n.fen = []int{0}, []int64{basis}
	}
	for _, source := range []string{Pipelines, Residents, Society} {
		paid := p.shares[source]
		if rule, ok := payerOf(g.policy, source); ok {
			paid = n.less(paid, func(no int) bool { return slices.Contains(rule.Items, no) })
		}
		n.less(paid, func(int) bool { return true })
	}
	var elsewhere int64
	for y, amount := range p.allocated {
		if y != year {
			elsewhere += amount
		}
	}
	n.less(elsewhere, func(int) bool { return true })
	return n
}

// less takes a sum off some items in proportion, to the fen, and returns what
// there was nothing to take off from.
func (n need) less(paid int64, of func(no int) bool) int64 {
	problem := apportion.Problem{}
	var there int64
	for i, no := range n.numbers {
		group := apportion.Group{Payers: 1, Weight: new(big.Rat)}
		if of(no) {
			group.Weight = big.NewRat(n.fen[i], 1)
			there += n.fen[i]
		}
		problem.Groups = append(problem.Groups, group)
	}
	problem.TotalFen = min(paid, there)
	answer, err := apportion.Split(problem)
	if err != nil { // there is nothing
		return paid
	}
	for i, share := range answer.Shares {
		n.fen[i] -= share.TotalFen
	}
	return paid - problem.TotalFen
}

// parts joins the items that the same funds may pay.
func (g ground) parts(p PoolProject, year int, funds []Fund) []funding.Part {
	n := g.need(p, year)
	var parts []funding.Part
	at := map[string]int{}
	for i, no := range n.numbers {
		if n.fen[i] == 0 {
			continue
		}
		var may []int
		for f, fund := range funds {
			if fund.Restriction.admits(p) && fund.Restriction.covers(g.policy, no) {
				may = append(may, f)
			}
		}
		key := fmt.Sprint(may)
		k, ok := at[key]
		if !ok {
			k = len(parts)
			at[key] = k
			parts = append(parts, funding.Part{Funds: may})
		}
		parts[k].Need += n.fen[i]
	}
	return parts
}
