package policy

import (
	"fmt"
	"slices"
)

// Borrow is a part that the document does not have but the product needs: it is
// taken from another plan, and every line of it says so in place of a clause.
type Borrow struct {
	Part string   `json:"part" yaml:"part"` // phases | libraries | management_checks | dates | forms
	From string   `json:"from" yaml:"from"` // key of the other plan
	Keys []string `json:"keys,omitempty" yaml:"keys"`
	Note string   `json:"note" yaml:"note"`
}

// borrow fills in the parts that a plan takes from others.
func (l *Library) borrow(p *Policy) error {
	for _, b := range p.Borrows {
		other, err := l.Policy(b.From)
		if err != nil || other == p {
			return fmt.Errorf("borrow %s: %q lends nothing", b.Part, b.From)
		}
		mark := func(clause string) string {
			return fmt.Sprintf("%s（参照%s%s）", NotInDocument, other.DocumentNo, clause)
		}
		switch b.Part {
		case "phases":
			p.Phases = lend(p.Phases, other.Phases, b.Keys, func(t *Term) string { t.Clause = mark(t.Clause); return t.Key })
		case "libraries":
			p.Libraries = lend(p.Libraries, other.Libraries, b.Keys, func(x *ProjectLibrary) string {
				x.Clause, x.First.Clause = mark(x.Clause), mark(x.First.Clause)
				x.Conditions = slices.Clone(x.Conditions)
				for i := range x.Conditions {
					x.Conditions[i].Clause = mark(x.Conditions[i].Clause)
				}
				return x.Key
			})
		case "management_checks":
			p.ManagementChecks = lend(p.ManagementChecks, other.ManagementChecks, b.Keys, func(g *CheckGroup) string { g.Clause = mark(g.Clause); return g.Key })
		case "dates":
			p.Dates = lend(p.Dates, other.Dates, b.Keys, func(d *Date) string { d.Clause = mark(d.Clause); return d.Key })
		case "forms":
			p.Forms = lend(p.Forms, other.Forms, b.Keys, func(f *Form) string { f.Clause = mark(f.Clause); return f.Key })
		default:
			return fmt.Errorf("borrow: no part %q can be lent", b.Part)
		}
	}
	return nil
}

// lend adds the lines with the given keys (all where none are given).
func lend[T any](own, others []T, keys []string, mark func(*T) string) []T {
	for _, line := range others { // line is a copy: what is marked is the borrower's
		if key := mark(&line); len(keys) == 0 || slices.Contains(keys, key) {
			own = append(own, line)
		}
	}
	return own
}
