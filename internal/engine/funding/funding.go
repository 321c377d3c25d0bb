// Package funding matches a project pool with a fund pool: which projects, taken
// in the order of their priority, can be paid in full by the funds that may be
// spent on them. What it leaves unfunded it proves: by the funds that are used up,
// and what those in front need of them. It takes numbers and gives numbers; it
// must never know a database, HTTP or a file.
package funding

import (
	"fmt"
	"math"
)

// Part is a share of a project's need that some of the funds may pay.
type Part struct {
	Need  int64 // fen, at least 0
	Funds []int // indexes into Problem.Funds, ascending
}

// Problem is what is to be matched. Projects come in the order of their priority.
type Problem struct {
	Funds    []int64  // fen, at least 0
	Projects [][]Part // each the parts of a project's need
	// Ceiling on what all funds pay together, in fen; nil is none.
	Ceiling *int64
	// Partial lets a project have what is left where it cannot have all.
	Partial bool
}

// Answer says who gets what. A project that is not Funded gets nothing, or with
// Partial less than it needs. No other matching is better: taking the projects in
// their order, none can be funded in place of this answer's without a project in
// front of it losing its money.
type Answer struct {
	Projects []Outcome // one per project
	Used     []int64   // per fund
}

// Outcome is what a project gets.
type Outcome struct {
	Funded  bool
	Got     int64
	Pays    []Payment
	Lacking *Cut // why it is not funded in full; nil where it is
}

// Payment is money of a fund for a part.
type Payment struct {
	Fund, Part int
	Fen        int64
}

// Cut proves that a project cannot be funded in full: all the money that may be
// spent on some of its parts is in Funds, which hold Money, while the projects in
// front and this one need Need of them. Need − Money is what is missing.
type Cut struct {
	Funds    []int // what may pay, all used up; empty where nothing may
	Parts    []int // of the project, that only those may pay
	Projects []int // in front of it, that are paid from those
	Money    int64
	Need     int64
	Ceiling  bool // it is the ceiling that is used up; Funds then are all
}

// Missing is by how much the money falls short.
func (c Cut) Missing() int64 { return c.Need - c.Money }

// Solve matches the pools. An error is one about the problem's numbers.
func Solve(p Problem) (Answer, error) {
	if err := p.check(); err != nil {
		return Answer{}, err
	}
	n := newNetwork(p)
	for i := range p.Projects {
		n.admit(i)
	}
	return n.answer(), nil
}

func (p Problem) check() error {
	var sum int64
	for i, f := range p.Funds {
		if f < 0 || f > math.MaxInt64-sum {
			return fmt.Errorf("fund %d holds %d", i, f)
		}
		sum += f
	}
	sum = 0
	for i, parts := range p.Projects {
		for k, part := range parts {
			if part.Need < 0 || part.Need > math.MaxInt64-sum {
				return fmt.Errorf("part %d of project %d needs %d", k, i, part.Need)
			}
			sum += part.Need
			last := -1
			for _, f := range part.Funds {
				if f <= last || f >= len(p.Funds) {
					return fmt.Errorf("part %d of project %d: funds %v", k, i, part.Funds)
				}
				last = f
			}
		}
	}
	return nil
}
