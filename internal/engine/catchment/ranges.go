package catchment

import (
	"cmp"
	"math"
	"slices"
)

// Option is a facility that is in range of a home.
type Option struct {
	Facility int32
	Cost     float64 // metres or seconds
}

// Pair is a home with an option.
type Pair struct {
	Home int32
	Option
}

// Ranges says for each home which facilities are in range. It does not change;
// any number of goroutines may read it.
type Ranges struct {
	facilities int
	first      []int32 // the options of home h are option[first[h]:first[h+1]]
	option     []Option
}

// NewRanges puts pairs, which come in any order, in the order of homes and
// facilities. Of two pairs of the same home and facility the cheaper one stays.
func NewRanges(homes, facilities int, pairs []Pair) (*Ranges, error) {
	r := &Ranges{facilities: facilities, first: make([]int32, homes+1)}
	for i, p := range pairs {
		switch {
		case p.Home < 0 || int(p.Home) >= homes:
			return nil, &InputError{"home", i, "there is no such home"}
		case p.Facility < 0 || int(p.Facility) >= facilities:
			return nil, &InputError{"facility", i, "there is no such facility"}
		case !(p.Cost >= 0) || math.IsInf(p.Cost, 1):
			return nil, &InputError{"cost", i, "it must be a number from 0 on"}
		}
		r.first[p.Home+1]++
	}
	for h := range homes {
		r.first[h+1] += r.first[h]
	}
	r.option = make([]Option, len(pairs))
	next := slices.Clone(r.first)
	for _, p := range pairs {
		r.option[next[p.Home]] = p.Option
		next[p.Home]++
	}
	r.tidy()
	return r, nil
}

// tidy sorts the options of each home and drops the dearer of two alike.
func (r *Ranges) tidy() {
	kept := int32(0)
	for h := range r.Homes() {
		options := r.option[r.first[h]:r.first[h+1]]
		slices.SortFunc(options, func(a, b Option) int {
			return cmp.Or(cmp.Compare(a.Facility, b.Facility), cmp.Compare(a.Cost, b.Cost))
		})
		r.first[h] = kept
		for i, o := range options {
			if i == 0 || o.Facility != options[i-1].Facility {
				r.option[kept] = o
				kept++
			}
		}
	}
	r.first[r.Homes()] = kept
	r.option = r.option[:kept]
}

// Homes returns how many homes there are, in range of something or not.
func (r *Ranges) Homes() int { return len(r.first) - 1 }

// Facilities returns how many facilities there are.
func (r *Ranges) Facilities() int { return r.facilities }

// Of returns what is in range of a home, by number of the facility. It must not
// be changed.
func (r *Ranges) Of(home int) []Option { return r.option[r.first[home]:r.first[home+1]] }

// check tells what is wrong with figures of homes or facilities.
func check(what string, figures []float64, want int, infinite bool) error {
	if len(figures) != want {
		return &InputError{what, -1, "there must be one for each"}
	}
	for i, f := range figures {
		if !(f >= 0) || !infinite && math.IsInf(f, 1) {
			return &InputError{what, i, "it must be a number from 0 on"}
		}
	}
	return nil
}
