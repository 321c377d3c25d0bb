// Package siting finds the best places for new facilities: the fewest sites that
// cover all (LSCP), n sites that cover most households (MCLP), that make all
// walks together (p-median) or the worst walk (p-center) shortest; and proves how
// far from the best possible an answer can be at most. It takes numbers and
// gives numbers; it must never know of databases, HTTP or files, and draws no
// random number that the caller's seed does not decide.
package siting

// Problem is what does not change from question to question: the demand rows,
// the sites, what it costs to get from one to the other. A Problem is only read,
// so that any number of questions may be asked of it at once.
type Problem struct {
	// Weight of each demand row, at least 0: households.
	Weight []float64
	// Sites is how many there are, numbered from 0: candidates and fixed ones.
	Sites int
	// Costs from each row to the sites that it has a way to.
	Costs Costs
	// Fixed sites are open whatever is chosen (existing facilities that are
	// kept). They do not count towards n.
	Fixed []int
	// Conflicts are pairs of sites that may not both be opened. A candidate in
	// conflict with a fixed site can't be chosen; two fixed sites stand already,
	// whatever is said of them.
	Conflicts [][2]int
	// Capacity of each site in units of weight, above 0; +Inf: unlimited. Nil:
	// all unlimited. Where there are capacities, a row may be served by several
	// sites.
	Capacity []float64
}

// Costs in compressed sparse rows: the sites that row i has a way to are
// Site[First[i]:First[i+1]], in any order, each once, with their cost in metres
// or seconds. A site that is not listed, or with cost +Inf, can't be reached.
type Costs struct {
	First []int32
	Site  []int32
	Cost  []float64
}

// Add appends a row.
func (c *Costs) Add(sites []int32, costs []float64) {
	if len(c.First) == 0 {
		c.First = append(c.First, 0)
	}
	c.Site = append(c.Site, sites...)
	c.Cost = append(c.Cost, costs...)
	c.First = append(c.First, int32(len(c.Site)))
}

// Rows returns how many rows there are.
func (c *Costs) Rows() int { return max(0, len(c.First)-1) }

// Model says what is asked for.
type Model string

// The models. A row that no site can serve is listed as unreachable and left
// out of what is asked for.
const (
	// LSCP (location set covering problem, Toregas et al. 1971): the fewest
	// sites so that every row is within the limit of one.
	LSCP Model = "lscp"
	// MCLP (maximal covering location problem, Church and ReVelle 1974): n sites
	// with the most weight within the limit.
	MCLP Model = "mclp"
	// PMedian (Hakimi 1964): n sites with the least sum of weight × cost.
	PMedian Model = "pmedian"
	// PCenter (Hakimi 1964): n sites with the least worst cost of a row that has
	// a weight.
	PCenter Model = "pcenter"
)

// Question of a problem.
type Question struct {
	Model Model
	// N is how many new sites may be opened at most; LSCP does not read it. An
	// answer has fewer where one more would not help.
	N int
	// Limit is the cost up to which a row is covered (LSCP, MCLP).
	Limit float64
	// Beyond is what a unit of weight costs that no open site serves, and no
	// site is then worth more than that (PMedian); 0: all that can be served
	// must be.
	Beyond float64
	// Gap that is good enough: 0.001 = at most 0.1 % from the best possible; 0:
	// go on until the answer is proven or the effort is spent.
	Gap float64
	// Effort in steps of a thousand looked-at costs each; 0: UsualEffort.
	Effort int
	// Seed of the search: the same question, seed and effort have the same answer.
	Seed uint64
}

// UsualEffort takes some five seconds of one core.
const UsualEffort = 2_000_000

// Answer is a set of sites with its value and its proof.
type Answer struct {
	Model Model
	// Sites that are to be opened, ascending, without the fixed ones.
	Sites []int
	// Value of the answer: number of new sites (LSCP), weight served (MCLP), sum
	// of weight × cost (PMedian), worst cost (PCenter).
	Value float64
	// Bound is proven: no choice has a larger value (MCLP), a smaller one (the
	// others). Gap is what lies between, as a share of the larger of the two.
	Bound, Gap float64
	// Proven: no choice is better, within one part in 10⁹.
	Proven bool
	// Stopped says why the answer is not proven.
	Stopped Stop
	// Shares say which open site serves which row, by row, then site.
	Shares []Share
	// Unserved are rows that some site could serve, but that the open ones do
	// not serve in full; ascending.
	Unserved []int
	// Unreachable are rows that no site can serve: none within the limit, or no
	// way to any. They are no part of Value and Bound.
	Unreachable []int
	// Effort spent, in steps.
	Effort int
}

// Share of a row that is served by a site.
type Share struct {
	Row, Site    int
	Weight, Cost float64
}

// Stop says why the search for a proof ended.
type Stop string

// The reasons.
const (
	NotStopped    Stop = ""            // the answer is proven
	StoppedGood   Stop = "good_enough" // the gap that was asked for is reached
	StoppedEffort Stop = "effort"      // the effort is spent
	StoppedCaller Stop = "caller"      // the caller's context ended
)

// Point of a curve: the best that is known for n sites.
type Point struct {
	N            int
	Sites        []int // ascending, without the fixed ones
	Value, Bound float64
	Proven       bool
}
