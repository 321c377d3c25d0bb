// Package apportion splits a sum of money among those who pay it: exactly to
// the fen, in proportion to weights (households, floor area, or floors for a
// lift), with relief for counted households. It takes numbers and gives numbers;
// it must never know a person, a database or a policy.
package apportion

import (
	"cmp"
	"fmt"
	"math/big"
	"slices"
)

// maxTotal is the largest sum in fen that is taken, a thousand billion yuan.
const maxTotal = 100_000_000_000_000

// Group are payers of one weight: the households of a floor, of a building, of a
// community.
type Group struct {
	Name string
	// Payers is their number, e.g. of households; at least 0.
	Payers int
	// Weight of the group as a whole where Whole, else of each payer; at least 0.
	Weight *big.Rat
	// Whole: the group pays one sum (e.g. by its floor area), which its payers
	// split among themselves by a measure that is not known here.
	Whole bool
	// Relieved are the numbers of payers that pay less, by kind of relief.
	Relieved []int
}

// Relief is what the relieved of one kind pay, of what others pay.
type Relief struct {
	Name string
	Pays *big.Rat // 0 = nothing, 1 = all
}

// Problem is what is to be split.
type Problem struct {
	TotalFen int64
	Groups   []Group
	Reliefs  []Relief
	// ByBudget: what the relieved do not pay is paid by a budget. Else the others
	// pay it.
	ByBudget bool
}

// Answer is how it is split. The sums of its shares and BudgetFen are exactly the
// problem's total.
type Answer struct {
	Shares    []Share // one per group
	PayersFen int64   // what all payers pay together
	BudgetFen int64
}

// Share is what one group pays.
type Share struct {
	Full     Part
	Relieved []Part // by kind of relief
	TotalFen int64
}

// Part is what payers of one kind in a group pay: More of them pay EachFen + 1,
// the rest EachFen. Of a group that pays as a whole, EachFen is what they pay
// together, and More is 0.
type Part struct {
	Payers   int
	EachFen  int64
	More     int
	TotalFen int64
}

// InvalidError says what cannot be split.
type InvalidError struct {
	Group  int // -1: the problem as a whole
	Detail string
}

func (e *InvalidError) Error() string { return fmt.Sprintf("group %d: %s", e.Group, e.Detail) }

// Split splits the total. It is fair in this sense: nobody pays more than
// somebody of greater weight and equal relief, and nobody's share differs from
// the exact proportion by a fen or more, but for the fen that a relieved payer's
// part is rounded down by where a budget pays the rest.
func Split(p Problem) (Answer, error) {
	if err := p.check(); err != nil {
		return Answer{}, err
	}
	cells := p.cells()
	if err := settle(p.TotalFen, cells); err != nil {
		return Answer{}, err
	}
	return p.answer(cells), nil
}

func (p Problem) check() error {
	if p.TotalFen < 0 || p.TotalFen > maxTotal {
		return &InvalidError{-1, "金额超出范围"}
	}
	for k, r := range p.Reliefs {
		if r.Pays == nil || r.Pays.Sign() < 0 || r.Pays.Cmp(big.NewRat(1, 1)) > 0 {
			return &InvalidError{-1, fmt.Sprintf("第%d类减免的缴纳比例应在0到1之间", k+1)}
		}
	}
	for i, g := range p.Groups {
		if g.Payers < 0 || g.Weight == nil || g.Weight.Sign() < 0 {
			return &InvalidError{i, "户数、面积和系数不能为负"}
		}
		relieved := 0
		for _, n := range g.Relieved {
			if n < 0 {
				return &InvalidError{i, "减免户数不能为负"}
			}
			relieved += n
		}
		if len(g.Relieved) > len(p.Reliefs) {
			return &InvalidError{i, "减免类别不明"}
		}
		if relieved > g.Payers {
			return &InvalidError{i, fmt.Sprintf("减免户数%d超过总户数%d", relieved, g.Payers)}
		}
	}
	return nil
}

// cell are payers of one group and one kind of relief; kind -1 is none.
type cell struct {
	group, kind int
	payers      int
	units       int64    // what the sum is split into: payers, or 1 where the group pays as a whole
	weight      *big.Rat // of a unit
	each, more  int64
}

// cells lists who pays by what weight. Where the others bear the relief, a
// relieved payer weighs less; where a budget does, relief comes after the split.
func (p Problem) cells() []*cell {
	var cells []*cell
	for i, g := range p.Groups {
		full := g.Payers
		for _, n := range g.Relieved {
			full -= n
		}
		if full > 0 || g.Payers == 0 && g.Whole {
			cells = append(cells, g.cell(i, -1, full)) // before the relieved: a fen more is theirs first
		}
		for k, n := range g.Relieved {
			if n == 0 {
				continue
			}
			c := g.cell(i, k, n)
			if !p.ByBudget {
				c.weight = new(big.Rat).Mul(c.weight, p.Reliefs[k].Pays)
			}
			cells = append(cells, c)
		}
	}
	return cells
}

func (g Group) cell(group, kind, payers int) *cell {
	c := &cell{group: group, kind: kind, payers: payers, units: int64(payers), weight: g.Weight}
	if g.Whole {
		c.units = 1
		if g.Payers > 0 {
			c.weight = new(big.Rat).Mul(g.Weight, big.NewRat(int64(payers), int64(g.Payers)))
		}
	}
	return c
}

// settle gives every cell its share by largest remainder: first whole fen, then
// the fen that are left to those who lost most by rounding down, the greater
// weight and the earlier group first.
func settle(total int64, cells []*cell) error {
	sum := new(big.Rat)
	for _, c := range cells {
		sum.Add(sum, new(big.Rat).Mul(c.weight, big.NewRat(c.units, 1)))
	}
	if sum.Sign() == 0 {
		if total == 0 {
			return nil
		}
		return &InvalidError{-1, "没有可以分摊的户数、面积或系数"}
	}
	left := total
	rest := make(map[*cell]*big.Rat, len(cells))
	for _, c := range cells {
		exact := new(big.Rat).Mul(big.NewRat(total, 1), c.weight)
		exact.Quo(exact, sum)
		whole := new(big.Int).Quo(exact.Num(), exact.Denom())
		c.each = whole.Int64()
		left -= c.each * c.units
		rest[c] = exact.Sub(exact, new(big.Rat).SetInt(whole))
	}
	order := slices.Clone(cells)
	slices.SortStableFunc(order, func(a, b *cell) int {
		return cmp.Or(rest[b].Cmp(rest[a]), b.weight.Cmp(a.weight))
	})
	for _, c := range order {
		c.more = min(left, c.units)
		left -= c.more
	}
	return nil
}

func (p Problem) answer(cells []*cell) Answer {
	a := Answer{Shares: make([]Share, len(p.Groups))}
	for i := range a.Shares {
		a.Shares[i].Relieved = make([]Part, len(p.Reliefs))
	}
	for _, c := range cells {
		part := Part{Payers: c.payers, EachFen: c.each, More: int(c.more), TotalFen: c.each*c.units + c.more}
		if p.Groups[c.group].Whole {
			part.EachFen, part.More = part.TotalFen, 0
		}
		share := &a.Shares[c.group]
		if c.kind >= 0 {
			if p.ByBudget {
				part = c.relieved(p.Reliefs[c.kind].Pays, part, p.Groups[c.group].Whole)
			}
			share.Relieved[c.kind] = part
		} else {
			share.Full = part
		}
		share.TotalFen += part.TotalFen
		a.PayersFen += part.TotalFen
	}
	a.BudgetFen = p.TotalFen - a.PayersFen
	return a
}

// relieved is what remains to be paid of a part; every payer's sum is rounded
// down to a fen, to the budget's cost.
func (c *cell) relieved(pays *big.Rat, full Part, whole bool) Part {
	part := Part{Payers: full.Payers}
	if whole {
		part.EachFen = scaled(full.TotalFen, pays)
		part.TotalFen = part.EachFen
		return part
	}
	less, more := scaled(c.each, pays), scaled(c.each+1, pays)
	part.EachFen = less
	if more > less {
		part.More = int(c.more)
	}
	part.TotalFen = less*c.units + int64(part.More)
	return part
}

func scaled(fen int64, by *big.Rat) int64 {
	exact := new(big.Rat).Mul(big.NewRat(fen, 1), by)
	return new(big.Int).Quo(exact.Num(), exact.Denom()).Int64()
}
